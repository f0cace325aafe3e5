#ifndef RAP_MAP_RECONCILE_H
#define RAP_MAP_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/cli.h"
#include "recon/recon.h"

/*
 * rap-map --reconcile and the verbs around it: fields of the input whose names
 * are not those of a target schema are matched with it (common/recon).
 *
 *	--reconcile T            rename in the stream what is sure
 *	--reconcile T --propose  what would be renamed, and why
 *	--decide                 people's answers, appended to --decisions
 *	--evaluate GOLD          how good the matching is
 */
struct buf;
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

/* What people said of one source and one target. */
struct verdict {
	uint32_t target; /* number in people.targets */
	uint32_t next;	 /* of the same source, or RECON_NONE */
	uint32_t yes, no;
	bool last_no; /* the newest says no */
};

struct people {
	struct map sources, targets;
	struct map pairs;	  /* number = index of the verdict */
	struct verdict *verdicts;
	uint32_t *first;	  /* verdict of a source */
	size_t cap, cap_first;
};

/* A target and all that is known about it. */
struct gold {
	struct recon_lexicon *lex;
	struct recon_target *target;
	struct recon_field *fields;
	size_t n;
	struct map names; /* of the fields: number = index */
	struct arena mem;
	struct people people;
	uint32_t accept, review; /* in ten-thousandths */
};

/* Was any of the options given? */
bool recon_wanted(const struct recon_args *a);
/* Do what the options ask for. */
int recon_run(struct prog *p, const struct recon_args *a, struct err *e);

/* recon_load.c: lexicon, target, decisions and thresholds, for `a`. */
int gold_load(struct gold *g, struct prog *p, const struct recon_args *a,
    struct err *e);
/* The lexicon alone, and the thresholds. */
int gold_words(struct gold *g, struct prog *p, const struct recon_args *a,
    struct err *e);
void gold_free(struct gold *g);

/* recon_people.c */

enum { DECISIONS_MAX = 1 << 20 };

/* Read decisions.ndjson.  ERR_CONFIG [map.decision] with the line. */
int people_read(struct people *p, const char *text, size_t len,
    struct err *e);
void people_free(struct people *p);
/*
 * The target that at least four fifths of what was said about the source
 * speak for (index in g), or RECON_NONE.
 */
uint32_t people_learned(const struct gold *g, struct str source);
/* How many targets were spoken of for the source. */
size_t people_count(const struct gold *g, struct str source);
/*
 * Add to pins what was said about the source, which has number `index` in the
 * query; room for people_count + 1.  Returns how many were added.
 */
size_t people_pins(const struct gold *g, struct str source, uint32_t index,
    struct recon_pin *pins);

/* The verbs. */
int recon_stream(struct prog *p, const struct recon_args *a, struct err *e);
int recon_propose(struct prog *p, const struct recon_args *a, struct err *e);
int recon_decide(struct prog *p, const struct recon_args *a, struct err *e);
int recon_evaluate(struct prog *p, const struct recon_args *a,
    struct err *e);

/* "accept", "review" or "none". */
const char *gold_status(const struct gold *g, const struct recon_choice *c);
/* A confidence as a number: 0.9731. */
void put_confidence(struct json_w *w, uint32_t confidence);

#endif
