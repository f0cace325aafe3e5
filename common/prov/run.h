#ifndef RAP_PROV_RUN_H
#define RAP_PROV_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "json/json.h"
#include "prov/id.h"

/*
 * The log as runs: what rap-audit tells of them and rap-replay does again.
 * Every line is believed only after its place in the chain was checked
 * (prov/log.h).
 */
struct err;
struct prov_store;

/*
 * Open a store: dir if it is not NULL, else $RAP_STORE, else the first .rap in
 * the working directory and those above it.  ERR_NOINPUT [store.absent].
 */
struct prov_store *prov_find(const char *dir, struct err *e);

/* The first .rap in the working directory and those above it: the caller's to
 * mem_free, or NULL. */
char *prov_look_upwards(void);

/* Call each with every line of the log as its chain is checked; ends with -1
 * at the first damage.  *unsealed as in prov_chain_seal. */
struct prov_walk {
	int (*each)(void *arg, uint64_t seq, struct str line,
	    const struct json_doc *doc, struct err *e);
	void *arg;
	uint64_t records, unsealed;
};

int prov_walk(struct prov_store *s, struct prov_walk *w, struct err *e);

/* The records of one run, whole (prov_expand), in log order. */
struct prov_run_record {
	uint64_t seq;
	struct json_doc doc;
};

struct prov_run {
	char id[PROV_UUID + 1];
	struct arena arena; /* the texts */
	struct prov_run_record *rec;
	size_t n, cap;
};

/* name: the beginning of one run's id, or "last"; or "-" for the records of
 * stages outside of a run, under that id.  ERR_NOINPUT [run.absent],
 * ERR_USAGE [run.ambiguous], ERR_DATA [run.toolarge], damage. */
int prov_run_collect(struct prov_store *s, const char *name,
    struct prov_run *run, struct err *e);
void prov_run_free(struct prov_run *run);

/* Parts of records; what is not there, or is of another kind, is {NULL, 0},
 * JSON_NONE or 0. */
struct str prov_get_text(const struct json_doc *d, uint32_t obj,
    const char *name, struct arena *a);
uint32_t prov_get_object(const struct json_doc *d, uint32_t obj,
    const char *name);
int64_t prov_get_int(const struct json_doc *d, uint32_t obj, const char *name);
/* Is a recorded name a URL (with "://") and no file? */
bool prov_is_url(struct str path);
bool prov_is(const struct json_doc *d, const char *type);

#endif
