#ifndef RAP_MAP_RECONCILE_H
#define RAP_MAP_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "cli/cli.h"

/*
 * rap-map --reconcile and the verbs around it: fields of the input whose names
 * are not those of a target schema are matched with it (common/recon).
 *
 *	--reconcile T            rename in the stream what is sure
 *	--reconcile T --propose  what would be renamed, and why
 *	--decide                 people's answers, appended to --decisions
 *	--evaluate GOLD          how good the matching is
 */
struct arena;
struct buf;
struct chain;
struct err;
struct json_w;
struct prog;

/* The options, as they were given. */
struct recon_args {
	const char *target, *accept, *review, *decisions, *drift, *evaluate;
	const char *by, *at; /* who decides, and when */
	struct cli_list lexicon;
	uint64_t sample; /* records that --propose reads; 0: all */
	bool propose, decide;
};

/* Was any of the options given? */
bool recon_wanted(const struct recon_args *a);
/* Is it one of the verbs, which map nothing? */
bool recon_is_verb(const struct recon_args *a);
/* What the key reconcile of the mapping says, where no option did. */
int recon_configure(struct recon_args *a, const struct chain *c,
    struct arena *mem, struct err *e);
/* --decide, --evaluate, or --propose (c: the mapping at hand, or NULL). */
int recon_run(struct prog *p, const struct recon_args *a,
    const struct chain *c, struct err *e);

/*
 * The step before the mapping, of one thread (recon_step.h).  NULL with e, as
 * gold_load; [io.samefile] for --drift.  The describer writes {to, from,
 * confidence} of what was renamed, in an open array.
 */
struct recon_step;
struct prog_record;

struct recon_step *recon_step_new(struct prog *p, const struct recon_args *a,
    const struct chain *c, struct err *e);
/* A record that gets new names is appended to line, without LF. */
int recon_step_record(struct recon_step *st, const struct prog_record *rec,
    struct buf *line, bool *renamed, struct err *e);
/* After the last record: --drift, and what waits for a person. */
int recon_step_end(struct recon_step *st, struct err *e);
void recon_step_describe(const struct recon_step *st, struct json_w *w);
void recon_step_free(struct recon_step *st);

/* The verbs. */
int recon_propose(struct prog *p, const struct recon_args *a,
    const struct chain *c, struct err *e);
int recon_decide(struct prog *p, const struct recon_args *a, struct err *e);
int recon_evaluate(struct prog *p, const struct recon_args *a,
    struct err *e);

#endif
