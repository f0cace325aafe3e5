#ifndef RAP_RECON_PRIV_H
#define RAP_RECON_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "recon/lexicon_priv.h"
#include "recon/name_priv.h"
#include "recon/recon.h"
#include "recon/values_priv.h"

/* The parts of recon; never included from outside the folder. */

/* What comparing two fields gives; each about 0 to 1. */
enum feature {
	F_BIAS,
	F_COVER_TARGET, /* weight of the target's words that are matched */
	F_COVER_SOURCE,
	F_COVER_BOTH,	/* their product */
	F_EXACT,
	F_CHARS,	/* bigrams of the whole names */
	F_EDITS,	/* letters in common, in order, of the longer */
	F_HEAD,		/* the last word of each agrees */
	F_FIRST,	/* the first word of each agrees */
	F_NUMBER_CLASH,
	F_NUMBER_EXTRA,
	F_CONTRAST,	/* left against right */
	F_UNIT_SAME,
	F_UNIT_DIMENSION,
	F_UNIT_CLASH,
	F_TYPE,		/* -1 to 1: values against what the target expects */
	F_TYPE_BAD,
	F_RANGE_IN,
	F_RANGE_OUT,
	F_OVERLAP,
	F_USUAL,	/* all in the usual range */
	F_UNUSUAL,	/* share that is not */
	F_NARROW,	/* ... and how narrow that range is */
	F_NAMELESS,	/* the source's name says nothing */
	F_NAMELESS_USUAL,
	F_NAMELESS_TYPE,
	F_ONLY,		/* the only time (address ...) on both sides */
	F_ROLE_SOURCE,	/* a last word like id or type without a partner */
	F_ROLE_TARGET,
	F_QUALIFIER_SOURCE, /* a qualifier without a partner */
	F_QUALIFIER_TARGET,
	F_STRICT,	/* covered by equal words */
	F_COVER_LEAST,	/* the smaller of the two */
	F_SET_IN,	/* values of a set that the target's name means */
	F_SET_OUT,	/* the name means a set, and they are none of it */
	F_SET_ELSE,	/* values of a set, and not of the target's */
	F_LONE_KNOWN,	/* share of the source that is known and unmatched */
	FEATURES
};

struct pair {
	double f[FEATURES];
};

/* Fill the features that come from the names. */
void name_compare(const struct name *s, const struct name *t,
    const struct recon_lexicon *l, struct pair *out);

struct recon_target {
	const struct recon_lexicon *lex;
	struct name *names;
	struct str *raw;
	struct expect *expect;
	unsigned *arrays; /* that each is in */
	struct recon_profile *samples;
	size_t n;
	struct map vocab;
	struct arena mem;
};

/*
 * Optimal assignment: gain[i * m + j] of giving row i column j; rows and
 * columns may stay alone.  pick[i] is the column or RECON_NONE.
 */
void assign_best(const int32_t *gain, size_t n, size_t m, uint32_t *pick);

/* Who meets whom; rows in the order of the names. */
struct meeting {
	uint64_t (*rows)[RECON_MEET_WORDS]; /* each meets itself */
	uint32_t *kind;	 /* of a row: rows of one kind meet the same ones */
	uint32_t *first; /* row of a kind */
	size_t n, nkinds;
};

/* Row i is source order[i] of the query. */
void meeting_init(struct meeting *x, const struct recon_query *q,
    const uint32_t *order, struct arena *mem);
bool meeting_has(const struct meeting *x, size_t i, size_t k);
/* Improve an assignment (pick) where rows that never meet may share. */
void assign_shared(const int32_t *gain, const struct meeting *x, size_t m,
    uint32_t *pick);

/* Weights, fitted on labelled tables. */
struct weights {
	double first[FEATURES];
	double margin[4];
};

extern const struct weights recon_weights;

/* Lower the weight of words that many of the names have. */
void names_weigh(struct name *names, size_t n);

#define SERIES_WEIGHT 0.6

/* Find the series among the names; after they were weighed. */
void names_series(struct name *names, size_t n);

/* Cut the names of all sources, in the order given. */
void match_cut(const struct recon_target *t, const struct recon_source *s,
    const uint32_t *order, size_t n, struct name *names);

/* How many sources and targets there are of each kind and set of values. */
struct scene {
	uint32_t sources[KINDS], targets[KINDS];
	uint32_t set_sources[LEXICON_SETS], set_targets[LEXICON_SETS];
};

void match_scene(const struct recon_target *t, const struct recon_source *s,
    size_t n, struct scene *out);

/* One side of a comparison. */
struct candidate {
	const struct name *name;
	const struct recon_profile *values; /* or NULL */
	uint64_t sets; /* values_sets of them */
};

/* All features of one source against target j. */
void match_pair(const struct recon_target *t, const struct scene *scene,
    struct candidate s, size_t j, struct pair *out);

double score_margin(double x, double one, double two);

/* 1 / (1 + exp(-x)) in ten-thousandths, from a table. */
uint32_t score_chance(double x);

#endif
