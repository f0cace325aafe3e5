#include "recon/recon_priv.h"

enum { EDIT_MAX = 24 };

static unsigned
bits(uint32_t x)
{
	unsigned n = 0;

	for (; x != 0; x &= x - 1)
		n++;
	return n;
}

static bool
vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' ||
	    c == 'y';
}

/*
 * Edits (insert, delete, replace, swap of neighbours) that make a of b, when
 * at most `most`; else more than that.  Both at most EDIT_MAX bytes.
 */
static unsigned
edits(const struct token *a, const struct token *b, unsigned most)
{
	uint8_t rows[3][EDIT_MAX + 1];
	uint8_t *two = rows[0], *one = rows[1], *row = rows[2], *t;

	for (unsigned j = 0; j <= b->len; j++)
		one[j] = (uint8_t)j;
	for (unsigned i = 1; i <= a->len; i++) {
		unsigned least = row[0] = (uint8_t)i;

		for (unsigned j = 1; j <= b->len; j++) {
			bool same = a->p[i - 1] == b->p[j - 1];
			unsigned c = one[j - 1] + !same;

			if (c > one[j] + 1u)
				c = one[j] + 1u;
			if (c > row[j - 1] + 1u)
				c = row[j - 1] + 1u;
			if (i > 1 && j > 1 && a->p[i - 1] == b->p[j - 2] &&
			    a->p[i - 2] == b->p[j - 1] && c > two[j - 2] + 1u)
				c = two[j - 2] + 1u;
			row[j] = (uint8_t)c;
			if (c < least)
				least = c;
		}
		if (least > most)
			return most + 1;
		t = two;
		two = one;
		one = row;
		row = t;
	}
	return one[b->len];
}

/*
 * Is the short word an abbreviation of the long one: its letters in order,
 * the first the same?  Consonants taken without a gap are how people do it.
 */
static double
abbreviation(const struct token *a, const struct token *b)
{
	unsigned j = 1, skipped = 0;
	double s;

	if (a->len < 2 || a->p[0] != b->p[0])
		return 0;
	for (unsigned i = 1; i < a->len; i++, j++) {
		while (j < b->len && b->p[j] != a->p[i]) {
			skipped += !vowel(b->p[j]);
			j++;
		}
		if (j == b->len)
			return 0;
	}
	s = a->len == 2 ? 0.42 : a->len == 3 ? 0.6 : 0.7;
	if (skipped == 0)
		s += 0.18;
	else if (j == b->len)
		s += 0.08; /* both ends kept */
	return s - 0.02 * (skipped > 5 ? 5 : skipped);
}

double
word_shortened(const struct token *a, struct str word)
{
	struct token b = {.p = word.p};

	if (word.len > EDIT_MAX * 2 || word.len + 1u < a->len)
		return 0;
	b.len = (uint8_t)word.len;
	if (word.len > a->len + 1u)
		return abbreviation(a, &b);
	/* One letter wrong, missing, or too many. */
	if (a->len < 5 || a->len > EDIT_MAX || edits(a, &b, 1) > 1)
		return 0;
	return 0.92;
}

/* a is the start of b. */
static double
truncation(const struct token *a, const struct token *b)
{
	switch (a->len) {
	case 1:
		return 0.25;
	case 2:
		return 0.5;
	case 3:
		return 0.78;
	default:
		return 0.84 + 0.12 * a->len / b->len;
	}
}

static unsigned
common_start(const struct token *a, const struct token *b)
{
	unsigned n = 0;

	while (n < a->len && n < b->len && a->p[n] == b->p[n])
		n++;
	return n;
}

/* Likeness by letters alone; a is not longer than b. */
static double
spelled_like(const struct token *a, const struct token *b)
{
	unsigned start = common_start(a, b), d, most;
	double best = 0, s;

	if (start == a->len)
		return truncation(a, b);
	if (start >= 4 && start * 10 >= b->len * 5u)
		best = 0.5 + 0.45 * start / b->len; /* passing, passed */
	if (bits(a->letters & ~b->letters) == 0 && a->len < b->len) {
		s = abbreviation(a, b);
		if (s > best)
			best = s;
	}
	if (a->len >= 4 && b->len <= EDIT_MAX &&
	    bits(a->letters ^ b->letters) <= 4) {
		most = b->len >= 8 ? 2 : 1;
		d = edits(a, b, most);
		s = d > most ? 0 : 1 - 1.2 * d / b->len;
		if (s > best)
			best = s;
	}
	return best;
}

/* The start of a word that means what b does: veloc, speed. */
static double
whole_like(const struct token *a, const struct token *b,
    const struct recon_lexicon *l)
{
	double best = 0, s;

	for (unsigned i = 0; i < a->nwhole; i++) {
		s = 0.9 * lexicon_shared(l, a->whole[i], b->word);
		if (s > best)
			best = s;
	}
	return best;
}

/* Is one the person who does the other: review, reviewer? */
static bool
does_it(const struct token *a, const struct token *b)
{
	const struct token *x = a->len < b->len ? a : b;
	const struct token *y = a->len < b->len ? b : a;
	unsigned start = common_start(x, y);

	return start + 1 >= x->len && y->stem == y->len &&
	    y->len >= start + 1u && y->p[y->len - 1] == 'r' &&
	    (y->p[y->len - 2] == 'e' || y->p[y->len - 2] == 'o');
}

/* Likeness by meaning. */
static double
meant_like(const struct token *a, const struct token *b,
    const struct recon_lexicon *l)
{
	if (a->word != RECON_NONE && b->word != RECON_NONE)
		return lexicon_shared(l, a->word, b->word);
	if (a->nwhole != 0 && b->word != RECON_NONE)
		return whole_like(a, b, l);
	if (b->nwhole != 0 && a->word != RECON_NONE)
		return whole_like(b, a, l);
	return 0;
}

double
token_like(const struct token *a, const struct token *b,
    const struct recon_lexicon *l)
{
	double s, k;
	bool words = a->word != RECON_NONE && b->word != RECON_NONE;

	if (a->series != 0 && b->series != 0 && a->of == b->of)
		return a->series == b->series ? 1 : 0;
	if (a->stem == b->stem && memcmp(a->p, b->p, a->stem) == 0)
		return a->len == b->len ? 1 : 0.98;
	if ((a->flags | b->flags) & TOKEN_NUMBER)
		return 0;
	s = meant_like(a, b, l);
	k = a->len <= b->len ? spelled_like(a, b) : spelled_like(b, a);
	/* Two words with meanings of their own are no typing errors of each
	 * other. */
	if (words && s == 0 && a->len > 1 && b->len > 1)
		k *= common_start(a, b) >= 4 && !does_it(a, b) ? 0.85 : 0.5;
	return k > s ? k : s;
}
