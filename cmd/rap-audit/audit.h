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

/*
 * The store: dir if it is not NULL, else --store, $RAP_STORE, or the first
 * .rap in the directory at hand and those above it.  ERR_NOINPUT
 * [store.absent].
 */
struct prov_store *audit_store(struct prog *p, const char *dir,
    struct err *e);

/* Call each with every line of the log as its chain is checked; ends with -1
 * at the first damage.  *unsealed as in prov_chain_seal. */
struct audit_walk {
	int (*each)(void *arg, uint64_t seq, struct str line,
	    const struct json_doc *doc, struct err *e);
	void *arg;
	uint64_t records, unsealed;
};

int audit_walk(struct prov_store *s, struct audit_walk *w, struct err *e);

/* The records of one run, whole (prov_expand), in log order. */
struct audit_record {
	uint64_t seq;
	struct json_doc doc;
};

struct audit_run {
	char id[PROV_UUID + 1];
	struct arena arena; /* the texts */
	struct audit_record *rec;
	size_t n, cap;
};

/* name: the beginning of one run's id, or "last".  ERR_NOINPUT [run.absent],
 * ERR_USAGE [run.ambiguous], ERR_DATA [run.toolarge], damage. */
int audit_collect(struct prov_store *s, const char *name,
    struct audit_run *run, struct err *e);
void audit_run_free(struct audit_run *run);

/* Parts of records; what is not there, or is of another kind, is {NULL, 0},
 * JSON_NONE or 0. */
struct str audit_text(const struct json_doc *d, uint32_t obj,
    const char *name, struct arena *a);
uint32_t audit_object(const struct json_doc *d, uint32_t obj,
    const char *name);
int64_t audit_int(const struct json_doc *d, uint32_t obj, const char *name);
bool audit_is(const struct json_doc *d, const char *type);

/* For people: the words of argv, and how it ended, with foreign bytes
 * escaped. */
void audit_put_argv(struct buf *out, const struct json_doc *d,
    struct arena *a);
void audit_put_exit(struct buf *out, const struct json_doc *d);

#endif
