#ifndef RAP_FETCH_SOURCE_H
#define RAP_FETCH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "format.h"

/*
 * What the operands name: URLs, files, "-", and source files (rap-source(5))
 * with the parameters that follow them.
 *
 *	rap-fetch openf1 session=9158 driver=1 more.csv
 *
 * is the source file openf1.yaml with two parameters, and a file.
 */
struct err;
struct prog;

struct source {
	const char *target; /* URL, path or "-" */
	bool url;
	struct cli_list headers; /* as written, ${...} not yet filled in */
	/* What a source file says; NULL, 0 and AUTO: nothing. */
	const char *records;
	enum format_kind format;
	uint64_t timeout_ms, base_ms, cap_ms;
	bool has_retries;
	uint64_t retries;
};

struct source_list {
	struct source *item;
	size_t n;
	struct arena arena; /* owns the texts */
};

/*
 * Read the operands of p (none: "-").  `{0}` before, source_list_free after.
 * ERR_USAGE [source.param, source.missing], ERR_CONFIG [source.*, conf.*],
 * ERR_NOINPUT.
 */
int source_plan(struct prog *p, struct source_list *list, struct err *e);
void source_list_free(struct source_list *list);

/* "500ms", "10s", "5m", "1h", "30" (seconds): 0, or -1 (no error is set). */
int source_duration(struct str s, uint64_t *ms);

#endif
