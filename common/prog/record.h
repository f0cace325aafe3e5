#ifndef RAP_PROG_RECORD_H
#define RAP_PROG_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "json/json.h"
#include "prog/prog.h"

/*
 * Filters over JSON records: the engine's lines, parsed, one call each.  Blank
 * lines are counted and skipped; a line that is not JSON (or, with
 * needs_object, not an object) is a bad record and never reaches the filter.
 */
struct prog_record {
	const struct json_doc *doc;
	struct str line; /* the bytes of the line, without LF or CRLF */
	const char *source;
	uint64_t number; /* line in the source, from 1 */
	uint64_t offset; /* of the line in the source */
	struct arena *arena; /* reset after each record */
};

enum prog_verdict {
	PROG_END = -3, /* of order: the run ends with e, which says where */
	PROG_STOP = -2, /* as BAD, and the run stops even under --reject */
	PROG_BAD = -1, /* a bad record; e says why (e->pos in rec->line) */
	PROG_PASS = 0,
	PROG_FILTERED = 1, /* left out because it was asked for */
	PROG_INVALID = 2 /* a rule said no: reported, kept from stdout, counted
			    against the limits, never stops the run alone */
};

struct prog_out {
	struct buf *lines;  /* append whole lines, LF included */
	uint64_t *written;  /* add the number of lines */
	struct buf *note;   /* bytes to commit; dropped for BAD only */
	struct buf *errors; /* for BAD and INVALID: a JSON array with detail
			       for the reject envelope, or left empty */
};

struct prog_filter {
	bool needs_object;
	bool syntax_only; /* the verdict is all: no record call, no doc */
	/* PROG_PASS writes the line as it is: record appends none, and whole
	 * runs of lines are written without being copied. */
	bool passes;
	int (*worker_open)(void *shared, void **worker, struct err *e);
	/* What was appended to lines is dropped for BAD and INVALID. */
	enum prog_verdict (*record)(void *shared, void *worker,
	    const struct prog_record *rec, const struct prog_out *out,
	    struct err *e);
	int (*commit)(void *shared, const struct buf *note, struct err *e);
	/*
	 * With this record writes nothing: what it noted of a record that
	 * passed comes here, in input order, and this writes lines and has
	 * the verdict.  rec has no doc and no arena, out no note.
	 */
	enum prog_verdict (*order)(void *shared, const struct prog_record *rec,
	    struct str note, const struct prog_out *out, struct err *e);
	int (*worker_merge)(void *shared, void *worker, struct err *e);
	int (*finish)(void *shared, struct buf *out, uint64_t *written,
	    struct err *e);
	void (*worker_close)(void *worker);
};

/* Run over the operands, or over files when it is not NULL. */
int prog_records(struct prog *p, const struct prog_filter *f, void *shared,
    const struct cli_list *files, struct err *e);

#endif
