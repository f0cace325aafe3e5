#ifndef RAP_RECON_NAME_PRIV_H
#define RAP_RECON_NAME_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "base/str.h"

/* Names cut into words, and words compared; never included from outside. */
struct recon_lexicon;

enum {
	NAME_TOKENS = 24,  /* more words of a name are not looked at */
	NAME_TEXT = 320,   /* folded bytes; a character may grow */
	NAME_SPANS = 48,
	SPAN_WORDS = 5,	   /* words of the longest spelling */
	NAME_UNITS = 4,
	NAME_SIDES = 8,
	NAME_PAIRS = 80,
	TOKEN_WHOLES = 4,
	FLAT_MAX = 48
};

enum token_flag {
	TOKEN_NUMBER = 1,
	TOKEN_NOISE = 2,
	TOKEN_UNIT = 4,
	TOKEN_ASIDE = 8, /* stood in brackets */
	TOKEN_BLANK = 32, /* channel, column: with a number it says nothing */
	TOKEN_QUALIFIER = 64, /* least, previous, error of a thing */
	TOKEN_ROLE = 16	 /* id, type, url: what a field is of the thing */
};

struct token {
	const char *p; /* into the name's text; folded, lower case */
	uint8_t len, stem;
	uint8_t flags;
	uint32_t letters; /* bit per letter that occurs */
	uint32_t word;	  /* in the lexicon, or RECON_NONE */
	uint32_t whole[TOKEN_WHOLES]; /* unknown: what it may be cut from */
	uint8_t nwhole;
	uint8_t series, of; /* the series-th, from 1, of `of` siblings; or 0 */
	uint32_t own;	  /* the target's word that it is short for, or NONE */
	double weight;
};

/* Neighbouring tokens that are one spelling of the lexicon. */
struct span {
	uint8_t from, n;
	uint32_t word;
};

struct side {
	uint32_t group, bits;
};

struct name {
	char text[NAME_TEXT];
	struct token tokens[NAME_TOKENS];
	struct span spans[NAME_SPANS];
	uint32_t units[NAME_UNITS]; /* words of the unit table */
	struct side sides[NAME_SIDES];
	uint8_t n, nspans, nunits, nsides;
	uint16_t pairs[NAME_PAIRS]; /* of neighbouring letters, sorted */
	uint8_t npairs;
	char letters[FLAT_MAX]; /* and digits, of words that say something */
	uint8_t nletters;
	uint64_t flat;	/* hash of the letters and digits */
	bool unit_sure; /* the first unit can be nothing else */
};

/*
 * Cut raw into tokens.  vocab (may be NULL) holds words by which what was run
 * together is cut.  name is overwritten.
 */
void name_cut(struct name *name, struct str raw, const struct recon_lexicon *l,
    const struct map *vocab);

/* The tokens of raw; the rest of name is left alone. */
void name_tokens(struct name *name, struct str raw,
    const struct recon_lexicon *l, const struct map *vocab);
void name_add_unit(struct name *n, uint32_t unit);

/* Likeness of two words, 0 to 1. */
double token_like(const struct token *a, const struct token *b,
    const struct recon_lexicon *l);

/*
 * The stems of count tokens, end to end.  Returns the length, 0 when they do
 * not fit.
 */
size_t name_join(const struct name *n, size_t from, size_t count, char *dst,
    size_t cap);

/* Does no word of the name say anything (field3, value)? */
bool name_empty(const struct name *n);

/* Is token a an abbreviation or a misspelling of the word?  0 to 0.92. */
double word_shortened(const struct token *a, struct str word);

/* How well each token is matched by the other name, 0 to 1. */
struct aligned {
	double s[NAME_TOKENS], t[NAME_TOKENS];
};

void names_align(const struct name *s, const struct name *t,
    const struct recon_lexicon *l, struct aligned *out);

#endif
