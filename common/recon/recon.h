#ifndef RAP_RECON_RECON_H
#define RAP_RECON_RECON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "recon/profile.h"

/*
 * Which field of an incoming table is which field of a target schema: names,
 * types, units and values are weighed, and at most one source of those that
 * meet in a record is given to each target.  No state, no files, no clock; the
 * order in which sources and targets are given does not change who is matched
 * with whom.
 *
 *	lex = recon_lexicon_new();
 *	recon_lexicon_add(lex, &conf, &e);	... for each file
 *	t = recon_target_new(lex, fields, nfields, &e);
 *	recon_profile_add(&p, &doc, node);	... some values of a source
 *	recon_match(t, &(struct recon_query){.sources = s, .n = n}, &r, &e);
 *	... r.matches[i] is about s[i] ...
 *	recon_result_free(&r);
 *
 * A confidence is the chance that the match is right, in ten-thousandths,
 * fitted on labelled tables (tests/conformance/fieldmatch.c).
 */
struct conf;
struct err;

enum {
	RECON_FIELDS_MAX = 1024, /* targets, and sources of one call */
	RECON_NAME_MAX = 256,	 /* bytes of a name that are looked at */
	RECON_WORDS_MAX = 1 << 20, /* spellings in a lexicon */
	RECON_CERTAIN = 10000,	 /* a confidence of 1 */
	RECON_ACCEPT = 8500,	 /* use it without asking */
	RECON_REVIEW = 4500,	 /* ask a person */
	RECON_ALTERNATIVES = 3,
	RECON_MEET_WORDS = RECON_FIELDS_MAX / 64
};

#define RECON_NONE UINT32_MAX

/* Synonyms, abbreviations and units.  Read-only once built. */
struct recon_lexicon;

struct recon_lexicon *recon_lexicon_new(void);
/*
 * Add a file of the form share/schemas/lexicon-1.json.  ERR_CONFIG
 * [recon.lexicon] with its line, or [recon.limit].
 */
int recon_lexicon_add(struct recon_lexicon *l, const struct conf *c,
    struct err *e);
/*
 * Add the synonyms of WordNet, from the text of its index.noun: the lemmas
 * that share their most frequent sense.  ERR_CONFIG as above.
 */
int recon_lexicon_add_wordnet(struct recon_lexicon *l, const char *text,
    size_t len, struct err *e);
void recon_lexicon_free(struct recon_lexicon *l);

/* A field of the target; all but the name may be left zero. */
struct recon_field {
	struct str name;
	/* "km/h"; as if it stood in brackets, when the lexicon knows it */
	struct str unit;
	const struct str *unit_words; /* what else it may be called */
	size_t nunit_words;
	struct str format; /* of JSON Schema: "date-time", "email" ... */
	unsigned types; /* bit (1 << enum json_type) for each allowed */
	bool has_lo, has_hi;
	double lo, hi;
	const struct recon_profile *samples;
	unsigned arrays; /* that it is in: only sources in as many match */
};

struct recon_target;

/*
 * Prepare a target; copies what it needs but the lexicon, which must outlive
 * it.  ERR_CONFIG [recon.limit], [recon.name] (empty, or twice the same).
 */
struct recon_target *recon_target_new(const struct recon_lexicon *l,
    const struct recon_field *fields, size_t n, struct err *e);
void recon_target_free(struct recon_target *t);

struct recon_source {
	struct str name;
	const struct recon_profile *values; /* or NULL */
	unsigned arrays; /* that it is in */
};

/* What people said: this source is (or is never) that target. */
struct recon_pin {
	uint32_t source, target; /* target RECON_NONE: it is nothing */
	bool never;
};

struct recon_query {
	const struct recon_source *sources;
	size_t n;
	const struct recon_pin *pins;
	size_t npins;
	uint32_t least; /* a match needs more confidence; 0: RECON_REVIEW */
	/* Which sources meet in a record, symmetric: bit k of row i.  Those
	 * that never do may have the same target.  NULL: all meet. */
	const uint64_t (*meet)[RECON_MEET_WORDS];
};

/* Why, each part 0 to RECON_CERTAIN; half of it when there was no evidence. */
struct recon_parts {
	uint32_t name, type, values, unit;
};

struct recon_choice {
	uint32_t target; /* index, or RECON_NONE */
	uint32_t confidence;
	struct recon_parts parts;
};

struct recon_match {
	struct recon_choice best;
	struct recon_choice others[RECON_ALTERNATIVES]; /* best first */
	uint32_t nothers;
};

struct recon_result {
	struct recon_match *matches; /* one for each source, in its order */
	struct arena mem;
};

/*
 * The best one-to-one assignment.  With meet it starts from that, and those
 * that meet the same ones are assigned together anew, the best way that all
 * others leave, as long as the whole gains (and, with very many fields, for
 * some seconds' worth of steps).  r need not be initialised.  ERR_DATA
 * [recon.limit] when there are more than RECON_FIELDS_MAX sources.
 */
int recon_match(const struct recon_target *t, const struct recon_query *q,
    struct recon_result *r, struct err *e);
void recon_result_free(struct recon_result *r);

#endif
