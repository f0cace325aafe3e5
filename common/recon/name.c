#include "recon/recon_priv.h"

enum { FORMS_MAX = 8 };

void
name_add_unit(struct name *n, uint32_t unit)
{
	for (size_t i = 0; i < n->nunits; i++)
		if (n->units[i] == unit)
			return;
	if (n->nunits < NAME_UNITS)
		n->units[n->nunits++] = unit;
}

/*
 * The stems of n tokens from `from`, end to end.  Returns the length, 0 when
 * they do not fit.
 */
static size_t
join(const struct name *n, size_t from, size_t count, bool stems, char *dst,
    size_t cap)
{
	size_t len = 0;

	for (size_t i = from; i < from + count; i++) {
		size_t m = stems ? n->tokens[i].stem : n->tokens[i].len;

		if (len + m > cap)
			return 0;
		memcpy(dst + len, n->tokens[i].p, m);
		len += m;
	}
	return len;
}

size_t
name_join(const struct name *n, size_t from, size_t count, char *dst,
    size_t cap)
{
	return join(n, from, count, true, dst, cap);
}

bool
name_empty(const struct name *n)
{
	bool number = false, blank = false;

	for (unsigned i = 0; i < n->n; i++) {
		const struct token *t = &n->tokens[i];

		if ((t->flags & TOKEN_NUMBER) || t->len == 1)
			number = true;
		else if (t->flags & TOKEN_BLANK)
			blank = true;
		else if ((t->flags & TOKEN_NOISE) == 0)
			return false;
	}
	return number || !blank;
}

/* Spellings that a token may stand for: its own, and plain words. */
static size_t
forms(const struct token *t, const struct recon_lexicon *l, struct str *out)
{
	const struct senses *s = &l->concepts;
	size_t n = 1;

	out[0] = (struct str){t->p, t->stem};
	if (t->word == RECON_NONE)
		return 1;
	for (uint32_t i = s->first[t->word]; i != RECON_NONE && n < FORMS_MAX;
	     i = s->all[i].next) {
		uint32_t plain = l->concept[s->all[i].id].plain;

		if (plain != t->word && !s->joined[plain])
			out[n++] = map_key(&s->words, plain);
	}
	return n;
}

/* The two tokens from i as a spelling, abbreviations written out. */
static void
find_pair(struct name *n, const struct recon_lexicon *l, size_t i)
{
	struct str a[FORMS_MAX], b[FORMS_MAX];
	size_t na = forms(&n->tokens[i], l, a);
	size_t nb = forms(&n->tokens[i + 1], l, b);
	char text[96];
	uint32_t w;

	for (size_t x = 0; x < na; x++) {
		for (size_t y = x == 0; y < nb; y++) {
			size_t len = a[x].len + b[y].len;

			if (len > sizeof text || n->nspans == NAME_SPANS)
				continue;
			memcpy(text, a[x].p, a[x].len);
			memcpy(text + a[x].len, b[y].p, b[y].len);
			w = lexicon_word(l, (struct str){text, len});
			if (w != RECON_NONE)
				n->spans[n->nspans++] = (struct span){
				    (uint8_t)i, 2, w};
		}
	}
}

/* Find the spellings of several words. */
static void
find_spans(struct name *n, const struct recon_lexicon *l)
{
	char text[96];
	size_t len;
	uint32_t w;

	for (size_t i = 0; i < n->n; i++) {
		for (size_t m = 1; m <= SPAN_WORDS && i + m <= n->n; m++) {
			if (n->nspans == NAME_SPANS)
				return;
			len = join(n, i, m, true, text, sizeof text);
			w = len == 0 ? RECON_NONE :
			    lexicon_word(l, (struct str){text, len});
			if (w != RECON_NONE)
				n->spans[n->nspans++] = (struct span){
				    (uint8_t)i, (uint8_t)m, w};
		}
		if (i + 1 < n->n && ((n->tokens[i].flags |
		    n->tokens[i + 1].flags) & TOKEN_NUMBER) == 0)
			find_pair(n, l, i);
	}
}

/* Units without brackets: at the end of the name, or anywhere when long. */
static void
find_units(struct name *n, const struct recon_lexicon *l)
{
	char text[48];
	size_t len;
	uint32_t u;

	for (size_t m = 3; m > 0; m--) {
		for (size_t i = n->n; i-- > 0;) {
			bool last = i + m == n->n;

			if (i + m > n->n || (n->tokens[i].flags & TOKEN_UNIT))
				continue;
			len = join(n, i, m, false, text, sizeof text);
			if (len == 0 || (len == 1 && (!last || n->n < 2)))
				continue;
			u = lexicon_unit(l, (struct str){text, len});
			if (u == RECON_NONE)
				continue;
			name_add_unit(n, u);
			/* Not "hr": an hour, and more than that. */
			if (n->n == m || !last || lexicon_word(l,
			    (struct str){text, len}) != RECON_NONE)
				continue;
			for (size_t k = i; k < i + m; k++)
				n->tokens[k].flags |= TOKEN_UNIT;
			if (last && len > 1 && n->nunits == 1)
				n->unit_sure = true;
		}
	}
}

static void
add_side(struct name *n, uint32_t id)
{
	uint32_t group = id / LEXICON_SIDES;
	uint32_t bit = (uint32_t)1 << id % LEXICON_SIDES;

	for (size_t i = 0; i < n->nsides; i++)
		if (n->sides[i].group == group) {
			n->sides[i].bits |= bit;
			return;
		}
	if (n->nsides < NAME_SIDES)
		n->sides[n->nsides++] = (struct side){group, bit};
}

/* Which side of left/right, min/max ... the name is on. */
static void
find_sides(struct name *n, const struct recon_lexicon *l)
{
	const struct senses *s = &l->sides;
	char text[48];
	size_t len, w;

	for (size_t i = 0; i < n->n; i++) {
		for (size_t m = 1; m <= 2 && i + m <= n->n; m++) {
			if (n->tokens[i].flags & TOKEN_UNIT)
				continue;
			len = join(n, i, m, true, text, sizeof text);
			if (len == 0)
				continue;
			w = map_find(&s->words, (struct str){text, len});
			if (w == MAP_NONE)
				continue;
			for (uint32_t k = s->first[w]; k != RECON_NONE;
			     k = s->all[k].next)
				add_side(n, s->all[k].id);
		}
	}
}

/* FLD_NAME, From (m): noise says something where there are but roles. */
static void
raise_noise(struct name *n)
{
	unsigned mind = TOKEN_NOISE | TOKEN_UNIT | TOKEN_ROLE | TOKEN_BLANK;
	bool role = false;

	for (size_t i = 0; i < n->n; i++) {
		const struct token *t = &n->tokens[i];

		if (t->flags & TOKEN_ROLE)
			role = true;
		else if ((t->flags & (TOKEN_NOISE | TOKEN_UNIT)) == 0)
			return;
	}
	for (size_t i = 0; i < n->n; i++) {
		struct token *t = &n->tokens[i];

		if (role ? (t->flags & mind & ~TOKEN_BLANK) == TOKEN_NOISE &&
		    i + 1 < n->n && t->len >= 3 :
		    (t->flags & mind) == TOKEN_NOISE && t->len >= 2)
			t->flags &= (uint8_t)~TOKEN_NOISE;
	}
}

static void
raise_side(struct token *t, const struct recon_lexicon *l)
{
	if ((t->flags & (TOKEN_NOISE | TOKEN_BLANK)) == TOKEN_NOISE &&
	    t->len >= 2 && map_find(&l->sides.words,
		(struct str){t->p, t->stem}) != MAP_NONE)
		t->flags &= (uint8_t)~TOKEN_NOISE;
}

/* depth_from, in_time: a first or last word that takes a side is no noise. */
static void
raise_sides(struct name *n, const struct recon_lexicon *l)
{
	size_t i = n->n;

	while (i > 1 && (n->tokens[i - 1].flags & TOKEN_UNIT))
		i--;
	if (i < 2)
		return;
	raise_side(&n->tokens[0], l);
	raise_side(&n->tokens[i - 1], l);
}

/* Words that say little weigh little. */
static void
weigh(struct name *n)
{
	bool content = false;

	for (size_t i = 0; i < n->n; i++) {
		struct token *t = &n->tokens[i];

		t->weight = 1;
		if (t->flags & TOKEN_UNIT)
			t->weight = 0.12;
		else if (t->flags & TOKEN_NOISE)
			t->weight = 0.2;
		else if (t->flags & TOKEN_NUMBER)
			t->weight = t->p[0] == '0' && t->len > 1 ? 0.2 : 0.6;
		else if (t->len == 1)
			t->weight = 0.6;
		else if (t->flags & TOKEN_ASIDE)
			t->weight = 0.5;
	}
	for (size_t i = 0; i < n->n; i++) {
		unsigned skip = TOKEN_NOISE | TOKEN_UNIT | TOKEN_NUMBER;

		if ((n->tokens[i].flags & (skip | TOKEN_ROLE)) == 0)
			content = true;
	}
	/* The number of the driver is more of a driver than of a number. */
	for (size_t i = 0; i < n->n && content; i++)
		if (n->tokens[i].flags & TOKEN_ROLE)
			n->tokens[i].weight *= 0.6;
	/* v2, v 01: a version says nothing. */
	for (size_t i = 0; i + 1 < n->n; i++)
		if (n->tokens[i].len == 1 && n->tokens[i].p[0] == 'v' &&
		    (n->tokens[i + 1].flags & TOKEN_NUMBER)) {
			n->tokens[i].weight = n->tokens[i + 1].weight = 0.05;
			n->tokens[i].flags |= TOKEN_NOISE;
			n->tokens[i + 1].flags |= TOKEN_NOISE;
		}
}

/* The words that say something, as one text: its hash and its pairs. */
static void
flatten(struct name *n)
{
	uint64_t h = 0xcbf29ce484222325u;
	unsigned last = 0, k;

	for (unsigned i = 0; i < n->n; i++) {
		const struct token *t = &n->tokens[i];

		if (t->flags & (TOKEN_UNIT | TOKEN_NOISE))
			continue;
		for (unsigned j = 0; j < t->len; j++) {
			unsigned c = (unsigned char)t->p[j];
			uint16_t pair = (uint16_t)(last << 8 | c);

			h = (h ^ c) * 0x100000001b3u;
			if (n->nletters < FLAT_MAX)
				n->letters[n->nletters++] = (char)c;
			if (last != 0 && n->npairs < NAME_PAIRS) {
				for (k = n->npairs++;
				     k > 0 && n->pairs[k - 1] > pair; k--)
					n->pairs[k] = n->pairs[k - 1];
				n->pairs[k] = pair;
			}
			last = c;
		}
	}
	n->flat = h;
}

void
name_cut(struct name *name, struct str raw, const struct recon_lexicon *l,
    const struct map *vocab)
{
	memset(name, 0, sizeof *name);
	name_tokens(name, raw, l, vocab);
	find_spans(name, l);
	find_units(name, l);
	find_sides(name, l);
	raise_noise(name);
	raise_sides(name, l);
	weigh(name);
	flatten(name);
}
