#include "recon/recon_priv.h"

enum { LINKS_MAX = 192 };

#define OTHERWISE 0.85 /* a synonym, where the word itself is there */

/* A possible agreement: some tokens of the source with some of the target. */
struct link {
	uint32_t source, target; /* bits of the tokens */
	double like, value;
};

struct aligner {
	const struct name *s, *t;
	const struct recon_lexicon *lex;
	struct link links[LINKS_MAX];
	size_t n;
};

static uint32_t
range_bits(unsigned from, unsigned n)
{
	return (((uint32_t)1 << n) - 1) << from;
}

static double
weight_of(const struct name *n, uint32_t tokens)
{
	double w = 0;

	for (unsigned i = 0; i < n->n; i++)
		if (tokens >> i & 1)
			w += n->tokens[i].weight;
	return w;
}

static void
add_link(struct aligner *a, uint32_t source, uint32_t target, double like)
{
	if (like < 0.2 || a->n == LINKS_MAX)
		return;
	a->links[a->n++] = (struct link){source, target, like,
	    like * like * (weight_of(a->s, source) +
		weight_of(a->t, target) + 0.01)};
}

/*
 * A word that the target has means that word, and hardly a synonym: where
 * there is a state, state is not the status.
 */
static double
word_like(const struct aligner *a, unsigned i, unsigned j)
{
	const struct token *s = &a->s->tokens[i];
	double like = token_like(s, &a->t->tokens[j], a->lex);

	if (like >= 0.97)
		return like;
	if (s->own != RECON_NONE && s->own != a->t->tokens[j].word)
		like *= OTHERWISE;
	/* ConnectedToAgent: that is no end. */
	if ((s->flags & TOKEN_NOISE) && i > 0 && i + 1 < a->s->n &&
	    (a->t->tokens[j].flags & TOKEN_NOISE) == 0)
		like *= OTHERWISE * OTHERWISE;
	return like;
}

/* A number says nothing where no word does: the 2 of field2 is not in CO2. */
static void
link_words(struct aligner *a)
{
	bool empty = name_empty(a->s);

	for (unsigned i = 0; i < a->s->n; i++)
		for (unsigned j = 0; j < a->t->n; j++)
			if (!empty || (a->s->tokens[i].flags &
			    TOKEN_NUMBER) == 0)
				add_link(a, range_bits(i, 1), range_bits(j, 1),
				    word_like(a, i, j));
}

/* Spellings of several words that mean the same. */
static void
link_spans(struct aligner *a)
{
	for (unsigned i = 0; i < a->s->nspans; i++)
		for (unsigned j = 0; j < a->t->nspans; j++) {
			const struct span *x = &a->s->spans[i];
			const struct span *y = &a->t->spans[j];

			if (x->n == 1 && y->n == 1)
				continue; /* link_words has it */
			if (x->word == y->word)
				add_link(a, range_bits(x->from, x->n),
				    range_bits(y->from, y->n), 1);
			else
				add_link(a, range_bits(x->from, x->n),
				    range_bits(y->from, y->n),
				    lexicon_shared(a->lex, x->word, y->word));
		}
}

/*
 * Do the letters of word stand for tokens of n from `from`: hr for heart rate?
 * Tokens that say nothing may be passed over.  Returns the tokens, or 0.
 */
static uint32_t
initials(const struct token *word, const struct name *n, unsigned from)
{
	uint32_t used = 0;
	unsigned j = from, i;

	for (i = 0; i < word->len; i++, j++) {
		while (j < n->n && n->tokens[j].p[0] != word->p[i] &&
		    (n->tokens[j].flags & TOKEN_NOISE)) {
			used |= range_bits(j, 1);
			j++;
		}
		if (j == n->n || n->tokens[j].p[0] != word->p[i] ||
		    (n->tokens[j].flags & (TOKEN_NUMBER | TOKEN_UNIT)))
			return 0;
		used |= range_bits(j, 1);
	}
	return used;
}

/* Do these tokens of n, together, mean what word means? */
static bool
means(const struct recon_lexicon *l, uint32_t word, const struct name *n,
    uint32_t tokens)
{
	if (word == RECON_NONE)
		return false;
	for (unsigned i = 0; i < n->nspans; i++)
		if (range_bits(n->spans[i].from, n->spans[i].n) == tokens &&
		    lexicon_shared(l, word, n->spans[i].word) > 0)
			return true;
	return false;
}

static void
link_initials(struct aligner *a, bool swapped)
{
	const struct name *x = swapped ? a->t : a->s;
	const struct name *y = swapped ? a->s : a->t;
	uint32_t used, own;

	for (unsigned i = 0; i < x->n; i++) {
		const struct token *w = &x->tokens[i];

		/* The dt of expir_dt is no days_to. */
		if (w->len < 2 || w->len > 5 || (w->flags & (TOKEN_NUMBER |
		    TOKEN_ROLE | TOKEN_NOISE)))
			continue;
		own = range_bits(i, 1);
		for (unsigned j = 0; j + 1 < y->n; j++) {
			double like = w->len == 2 ? 0.72 :
			    w->len == 3 ? 0.88 : 0.93;

			used = initials(w, y, j);
			if (used == 0)
				continue;
			if (means(a->lex, w->word, y, used))
				like = 0.98; /* both at once */
			else if (w->word != RECON_NONE)
				like *= 0.75; /* it means something else */
			add_link(a, swapped ? used : own,
			    swapped ? own : used, like);
		}
	}
}

/* Words that were written together in one name only. */
static void
link_joined(struct aligner *a, bool swapped)
{
	const struct name *x = swapped ? a->t : a->s;
	const struct name *y = swapped ? a->s : a->t;
	unsigned j, len;

	for (unsigned i = 0; i < x->n; i++) {
		const struct token *w = &x->tokens[i];

		if (w->len < 2)
			continue;
		for (unsigned from = 0; from + 1 < y->n; from++) {
			len = 0;
			for (j = from; j < y->n; j++) {
				const struct token *v = &y->tokens[j];

				if (len + v->len > w->len ||
				    memcmp(w->p + len, v->p, v->len) != 0)
					break;
				len += v->len;
			}
			if (len < w->len || j < from + 2)
				continue;
			add_link(a, swapped ? range_bits(from, j - from) :
			    range_bits(i, 1), swapped ? range_bits(i, 1) :
			    range_bits(from, j - from), 0.99);
		}
	}
}

/*
 * How well p[0..len) stands for the word t as a part of a longer abbreviation:
 * its start, its letters in order, or a word of the same meaning.
 */
static double
piece_like(const char *p, unsigned len, const struct token *t,
    const struct recon_lexicon *l)
{
	unsigned j = 1;
	uint32_t w;

	if (p[0] == t->p[0] && len <= t->len) {
		if (memcmp(p, t->p, len) == 0)
			return 1;
		for (unsigned i = 1; i < len; i++, j++) {
			while (j < t->len && t->p[j] != p[i])
				j++;
			if (j == t->len)
				break;
		}
		if (j < t->len || t->p[t->len - 1] == p[len - 1])
			return j < t->len || len > 1 ? 0.85 : 0;
	}
	if (len < 2 || t->word == RECON_NONE)
		return 0;
	w = lexicon_word(l, (struct str){p, len});
	return w == RECON_NONE ? 0 : lexicon_shared(l, w, t->word);
}

enum { PIECED_MAX = 9, PIECED_WORDS = 4 };

/*
 * Words of n from `from` that w is pieced together from: oreb for offensive
 * rebounds.  best[i] is the least likeness of the pieces of the first i
 * letters, or 0.  Sets *used to the words and returns the likeness, or 0.
 */
static double
pieced(const struct token *w, const struct name *n, unsigned from,
    const struct recon_lexicon *l, uint32_t *used)
{
	double best[PIECED_MAX + 1] = {1}, next[PIECED_MAX + 1];
	unsigned j = from, k;

	for (k = 0; k < PIECED_WORDS && j < n->n; j++) {
		const struct token *t = &n->tokens[j];

		if (t->flags & TOKEN_NOISE)
			continue;
		if (t->flags & (TOKEN_NUMBER | TOKEN_UNIT | TOKEN_ASIDE))
			return 0;
		memset(next, 0, sizeof next);
		for (unsigned i = 0; i < w->len; i++) {
			if (best[i] == 0)
				continue;
			for (unsigned m = 1; i + m <= w->len; m++) {
				double x = piece_like(w->p + i, m, t, l);

				if (x > best[i])
					x = best[i];
				if (x > next[i + m])
					next[i + m] = x;
			}
		}
		memcpy(best, next, sizeof best);
		if (++k >= 2 && best[w->len] > 0) {
			*used = range_bits(from, j - from + 1);
			return best[w->len];
		}
	}
	return 0;
}

static void
link_pieced(struct aligner *a, bool swapped)
{
	const struct name *x = swapped ? a->t : a->s;
	const struct name *y = swapped ? a->s : a->t;
	uint32_t used = 0, own;
	double like;

	for (unsigned i = 0; i < x->n; i++) {
		const struct token *w = &x->tokens[i];

		if (w->len < 3 || w->len > PIECED_MAX ||
		    w->word != RECON_NONE || (w->flags & TOKEN_NUMBER))
			continue;
		own = range_bits(i, 1);
		for (unsigned j = 0; j + 1 < y->n; j++) {
			if (y->tokens[j].p[0] != w->p[0])
				continue;
			like = pieced(w, y, j, a->lex, &used);
			like *= w->len == 3 ? 0.75 : w->len == 4 ? 0.84 : 0.9;
			if (like > 0)
				add_link(a, swapped ? used : own,
				    swapped ? own : used, like);
		}
	}
}

/* The best that w shortens a spelling of what word means. */
static double
spelling_like(const struct token *w, uint32_t word,
    const struct recon_lexicon *l)
{
	const struct senses *s = &l->concepts;
	double best = 0, x;

	for (uint32_t i = s->first[word]; i != RECON_NONE; i = s->all[i].next)
		for (uint32_t k = l->spelled_at[s->all[i].id];
		     k < l->spelled_at[s->all[i].id + 1]; k++) {
			struct str t = map_key(&s->words, l->spelled[k]);

			if (t.p[0] != w->p[0])
				continue;
			x = word_shortened(w, t);
			if (x > best)
				best = x;
		}
	return best;
}

/* An unknown word that shortens another spelling: gbdat, Geburtsdatum. */
static void
link_spellings(struct aligner *a)
{
	for (unsigned i = 0; i < a->s->n; i++) {
		const struct token *w = &a->s->tokens[i];

		if (w->len < 4 || w->word != RECON_NONE ||
		    (w->flags & TOKEN_NUMBER))
			continue;
		for (unsigned j = 0; j < a->t->nspans; j++) {
			const struct span *y = &a->t->spans[j];

			add_link(a, range_bits(i, 1), range_bits(y->from,
			    y->n), 0.88 * spelling_like(w, y->word, a->lex));
		}
	}
}

/* The initials of all words, in another order: fthg, home goals full time. */
static void
link_shuffled(struct aligner *a)
{
	unsigned skip = TOKEN_NOISE | TOKEN_UNIT | TOKEN_ASIDE;
	uint32_t used;

	for (unsigned i = 0; i < a->s->n; i++) {
		const struct token *w = &a->s->tokens[i];
		unsigned left, j, k;

		if (w->len < 3 || w->len > 5 || w->word != RECON_NONE)
			continue;
		used = 0;
		left = (1u << w->len) - 1;
		for (j = 0; j < a->t->n; j++) {
			if (a->t->tokens[j].flags & skip)
				continue;
			for (k = 0; k < w->len; k++)
				if ((left >> k & 1) &&
				    w->p[k] == a->t->tokens[j].p[0])
					break;
			if (k == w->len)
				break;
			left &= ~(1u << k);
			used |= range_bits(j, 1);
		}
		if (j == a->t->n && left == 0)
			add_link(a, range_bits(i, 1), used, 0.74);
	}
}

/* The tokens that are a unit, where there is but one and nothing else it is. */
static uint32_t
unit_tokens(const struct name *n)
{
	uint32_t used = 0;

	for (unsigned i = 0; i < n->n && n->nunits == 1; i++)
		if (n->tokens[i].flags & TOKEN_UNIT)
			used |= range_bits(i, 1);
	return used;
}

/* A unit stands for what it measures: Pmax_kW, peak power. */
static void
link_quantity(struct aligner *a, bool swapped)
{
	const struct name *x = swapped ? a->t : a->s;
	const struct name *y = swapped ? a->s : a->t;
	const struct senses *s = &a->lex->units;
	uint32_t used = unit_tokens(x), bit, i;

	if (used == 0)
		return;
	i = s->first[x->units[0]];
	for (unsigned j = 0; j < y->n; j++) {
		const struct token *t = &y->tokens[j];
		uint32_t q = a->lex->quantity[a->lex->dimension[s->all[i].id]];

		if (t->word == RECON_NONE || (t->flags & TOKEN_UNIT) ||
		    lexicon_shared(a->lex, t->word, q) == 0)
			continue;
		bit = range_bits(j, 1);
		add_link(a, swapped ? bit : used, swapped ? used : bit, 0.7);
	}
}

/* Take the links of most value that do not overlap; first of equals. */
static void
choose(struct aligner *a, struct aligned *out)
{
	uint32_t s = 0, t = 0;
	size_t best;

	for (;;) {
		best = a->n;
		for (size_t i = 0; i < a->n; i++) {
			const struct link *x = &a->links[i];

			if ((x->source & s) != 0 || (x->target & t) != 0)
				continue;
			if (best == a->n || x->value > a->links[best].value)
				best = i;
		}
		if (best == a->n)
			return;
		s |= a->links[best].source;
		t |= a->links[best].target;
		for (unsigned i = 0; i < a->s->n; i++)
			if (a->links[best].source >> i & 1)
				out->s[i] = a->links[best].like;
		for (unsigned i = 0; i < a->t->n; i++)
			if (a->links[best].target >> i & 1)
				out->t[i] = a->links[best].like;
	}
}

void
names_align(const struct name *s, const struct name *t,
    const struct recon_lexicon *l, struct aligned *out)
{
	struct aligner a;

	/* Not all of it: the links are many and few are used. */
	a.s = s;
	a.t = t;
	a.lex = l;
	a.n = 0;
	*out = (struct aligned){0};
	link_words(&a);
	link_spans(&a);
	link_initials(&a, false);
	link_initials(&a, true);
	link_joined(&a, false);
	link_joined(&a, true);
	link_pieced(&a, false);
	link_pieced(&a, true);
	link_shuffled(&a);
	link_quantity(&a, false);
	link_quantity(&a, true);
	link_spellings(&a);
	choose(&a, out);
}
