#ifndef RAP_RECON_LEXICON_PRIV_H
#define RAP_RECON_LEXICON_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "base/str.h"

/* What the files of share/lexicon become; never included from outside. */
struct err;
struct recon_lexicon;

enum {
	LEXICON_SIDES = 16, /* of one contrast */
	LEXICON_SETS = 64,  /* of values */
	SPELLING_MAX = 96,  /* bytes */
	LIMIT_CONCEPTS = 1 << 18
};

/* What kind of values a concept has. ORDER kind_names in lexicon.c */
enum kind {
	KIND_NONE,
	KIND_NUMBER,
	KIND_INTEGER,
	KIND_COUNT,
	KIND_TIME,
	KIND_DURATION,
	KIND_YEAR,
	KIND_FLAG,
	KIND_ID,
	KIND_CODE,
	KIND_TEXT,
	KIND_URL,
	KIND_EMAIL,
	KIND_IP,
	KIND_PHONE,
	KINDS
};

struct concept {
	uint8_t kind; /* enum kind */
	uint32_t plain; /* its first spelling, a word */
	bool has_range;
	double lo, hi;
};

/* What most values of a quantity are, perhaps only in one unit. */
struct usual {
	uint32_t unit; /* in usual_units, or RECON_NONE: any */
	double lo, hi;
};

/* Spelling -> concepts it may mean: a chain of senses. */
struct sense {
	uint32_t id;
	uint32_t next;
};

/* A short spelling, a word that it stands for, and the next such. */
struct alias {
	uint32_t brief, full, next;
};

struct senses {
	struct map words;  /* squeezed, stemmed spellings */
	uint32_t *first;   /* by word, into all, or RECON_NONE */
	uint32_t *count;   /* senses of the word */
	bool *joined;	   /* its words are written apart in every file */
	struct sense *all;
	size_t nall, cap, cap_all;
};

struct recon_lexicon {
	struct senses concepts, units;
	struct senses sides; /* group * LEXICON_SIDES + side */
	struct alias *aliases;
	uint32_t *alias_of; /* by word: the first of its aliases, or NONE */
	size_t naliases, cap_aliases;
	uint8_t *brief; /* by word: token flags of all that it is short for */
	struct concept *concept;
	uint32_t *spelled, *spelled_at; /* words of concept c: from at[c] */
	uint32_t *sorted; /* concept words by their bytes */
	size_t nsorted;
	size_t nconcepts, cap;
	uint32_t *dimension; /* by unit */
	uint32_t *quantity; /* by dimension: the word for it */
	size_t nunits, cap_units;
	uint32_t ndimensions;
	uint32_t ncontrasts;
	struct senses usual;	/* word -> struct usual */
	struct usual *usuals;
	struct map usual_units; /* spellings; looked up in units */
	size_t nusuals, cap_usuals;
	struct senses sets;	/* word -> set of values */
	struct map members;	/* hashes of values */
	uint64_t *member_of;	/* the sets of each */
	size_t nsets, cap_members;
	struct map noise, roles, blank, qualifiers;
	struct map heads; /* last words whose values are known ... */
	uint8_t *head_kind; /* ... to be of this kind */
	size_t cap_heads;
};

/* Let word mean id, once. */
void senses_mean(struct senses *s, uint32_t word, uint32_t id);
/* The number of a word, added without a sense when it is new. */
uint32_t senses_word(struct senses *s, struct str word);
/* Words that begin with start, up to max: their number. */
size_t lexicon_completions(const struct recon_lexicon *l, struct str start,
    uint32_t *words, size_t max);

uint32_t lexicon_word(const struct recon_lexicon *l, struct str squeezed);
uint32_t lexicon_unit(const struct recon_lexicon *l, struct str squeezed);
/* Strength of the best concept two words share, 0 to 1. */
double lexicon_shared(const struct recon_lexicon *l, uint32_t a, uint32_t b);
/* Do two unit words share a unit (2), only a dimension (1), nothing (0)? */
int lexicon_units(const struct recon_lexicon *l, uint32_t a, uint32_t b);
/*
 * Lower case, blanks out, each word stemmed: what is the same spelling has the
 * same bytes.  Returns the length, or 0 when it does not fit.
 */
size_t lexicon_squeeze(char *dst, size_t cap, struct str s, bool stems);
/* Room for one more, empty; NULL with e when there are too many. */
struct concept *lexicon_concept(struct recon_lexicon *l, struct err *e);
/* Words that mean one thing more; lexicon_finish after the last. */
int lexicon_synonyms(struct recon_lexicon *l, const struct str *words,
    size_t n, struct err *e);
struct conf;
/* Let each spelling of a list mean id in s. */
int lexicon_spellings(const struct conf *c, uint32_t list, struct senses *s,
    uint32_t id, struct err *e);
/* {words, values}: a set of values and what fields of them are called. */
int lexicon_add_set(struct recon_lexicon *l, const struct conf *c,
    uint32_t node, struct err *e);
/* Make aliases and orders right after what was added. */
int lexicon_finish(struct recon_lexicon *l, struct err *e);
/* The plural taken off: new length. */
size_t lexicon_stem(const char *p, size_t len);

#endif
