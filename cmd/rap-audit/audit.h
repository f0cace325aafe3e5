#ifndef RAP_AUDIT_AUDIT_H
#define RAP_AUDIT_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/cli.h"
#include "json/json.h"
#include "prog/prog.h"
#include "prov/id.h"
#include "prov/prov.h"
#include "prov/run.h"

/* Options that one verb takes each. */
struct audit_options {
	const char *name, *format; /* run, export */
	bool capture, json;	   /* run, log */
};

/*
 * The verbs of rap-audit.  Each works on one store, with its operands and
 * options.
 */
struct audit_call {
	const struct audit_options *opt;
	struct cli_list operands;
};

int verb_init(struct prog *p, const struct audit_call *c, struct err *e);
int verb_run(struct prog *p, const struct audit_call *c, struct err *e);
int verb_tap(struct prog *p, const struct audit_call *c, struct err *e);
int verb_log(struct prog *p, const struct audit_call *c, struct err *e);
int verb_show(struct prog *p, const struct audit_call *c, struct err *e);
int verb_verify(struct prog *p, const struct audit_call *c, struct err *e);
int verb_export(struct prog *p, const struct audit_call *c, struct err *e);

/* Copy the inputs of the run into the store; a JSON array of them to kept.
 * What cannot be kept is told. */
int audit_capture(struct prog *p, struct prov_store *s, const char *id,
    struct buf *kept, struct err *e);

/*
 * For people, with foreign bytes escaped: a text; the words of argv, quoted
 * for a shell; how a stage or run ended; "1 record", "2 records".
 */
void audit_put_safe(struct buf *out, struct str s);
void audit_put_argv(struct buf *out, const struct json_doc *d,
    struct arena *a);
void audit_put_exit(struct buf *out, const struct json_doc *d);
void audit_put_count(struct buf *out, uint64_t n, const char *word);

/* Is d a stage that did not end with 0?  That the reader behind it went away
 * (SIGPIPE) is how pipelines end. */
bool audit_failed(const struct json_doc *d);

#endif
