#include "recon/recon_priv.h"

/* Share of a name's weight that has found a partner. */
static double
cover(const struct name *n, const double *like)
{
	double sum = 0, all = 0;

	for (unsigned i = 0; i < n->n; i++) {
		sum += n->tokens[i].weight * like[i];
		all += n->tokens[i].weight;
	}
	return all > 0 ? sum / all : 0;
}

/* Share of a name's weight that has found the same word, or its plural. */
static double
strict(const struct name *n, const double *like)
{
	double sum = 0, all = 0;

	for (unsigned i = 0; i < n->n; i++) {
		if (like[i] >= 0.97)
			sum += n->tokens[i].weight;
		all += n->tokens[i].weight;
	}
	return all > 0 ? sum / all : 0;
}

/* Share of a name's weight in known words that have found no partner. */
static double
lone_known(const struct name *n, const double *like)
{
	double sum = 0, all = 0;

	for (unsigned i = 0; i < n->n; i++) {
		if (n->tokens[i].word != RECON_NONE)
			sum += n->tokens[i].weight * (1 - like[i]);
		all += n->tokens[i].weight;
	}
	return all > 0 ? sum / all : 0;
}

/* The last (or first) word that says something; n->n if none. */
static unsigned
edge(const struct name *n, bool last)
{
	unsigned skip = TOKEN_NOISE | TOKEN_UNIT | TOKEN_ASIDE | TOKEN_NUMBER;
	unsigned found = n->n;

	for (unsigned i = 0; i < n->n; i++)
		if ((n->tokens[i].flags & skip) == 0) {
			found = i;
			if (!last)
				break;
		}
	return found;
}

static double
edges_like(const struct name *s, const struct name *t,
    const struct aligned *a, bool last)
{
	unsigned i = edge(s, last), j = edge(t, last);

	return ((i < s->n ? a->s[i] : 0) + (j < t->n ? a->t[j] : 0)) / 2;
}

/* Weight of numbers without a partner. */
static double
lone_numbers(const struct name *n, const double *like)
{
	for (unsigned i = 0; i < n->n; i++)
		if ((n->tokens[i].flags & TOKEN_NUMBER) &&
		    (n->tokens[i].flags & (TOKEN_NOISE | TOKEN_UNIT)) == 0 &&
		    like[i] == 0)
			return n->tokens[i].p[0] == '0' ? 0.3 : 1;
	return 0;
}

/* The name ends in a word like id, type or url, and it is not matched. */
static double
lone_role(const struct name *n, const double *like)
{
	unsigned skip = TOKEN_NOISE | TOKEN_UNIT | TOKEN_ASIDE | TOKEN_NUMBER;

	for (unsigned i = n->n; i-- > 0;) {
		if (n->tokens[i].flags & TOKEN_ROLE)
			return i == 0 ? 0 : 1 - like[i];
		if ((n->tokens[i].flags & skip) == 0)
			return 0;
	}
	return 0;
}

/* How little the least matched qualifier is matched. */
static double
lone_qualifier(const struct name *n, const double *like)
{
	double worst = 0;

	for (unsigned i = 0; i < n->n; i++)
		if ((n->tokens[i].flags & (TOKEN_QUALIFIER | TOKEN_UNIT)) ==
		    TOKEN_QUALIFIER && 1 - like[i] > worst)
			worst = 1 - like[i];
	return worst;
}

/* The two names are on different sides of something. */
static double
contrast(const struct name *s, const struct name *t)
{
	double sum = 0;

	for (unsigned i = 0; i < s->nsides; i++)
		for (unsigned j = 0; j < t->nsides; j++)
			if (s->sides[i].group == t->sides[j].group &&
			    (s->sides[i].bits & t->sides[j].bits) == 0)
				sum += 1;
	return sum > 1 ? 1 : sum;
}

static void
compare_units(const struct name *s, const struct name *t,
    const struct recon_lexicon *l, struct pair *out)
{
	int best = 0, n;

	if (s->nunits == 0 || t->nunits == 0)
		return;
	for (unsigned i = 0; i < s->nunits; i++)
		for (unsigned j = 0; j < t->nunits; j++) {
			n = lexicon_units(l, s->units[i], t->units[j]);
			if (n > best)
				best = n;
		}
	if (best == 2)
		out->f[F_UNIT_SAME] = 1;
	else if (best == 1)
		out->f[F_UNIT_DIMENSION] = 1;
	else if (s->unit_sure && t->unit_sure)
		out->f[F_UNIT_CLASH] = 1;
}

/*
 * Dice's coefficient of the pairs of neighbouring letters; both lists are
 * sorted.
 */
static double
chars_like(const struct name *s, const struct name *t)
{
	unsigned i = 0, j = 0, common = 0;

	while (i < s->npairs && j < t->npairs) {
		if (s->pairs[i] == t->pairs[j]) {
			common++;
			i++;
			j++;
		} else if (s->pairs[i] < t->pairs[j]) {
			i++;
		} else {
			j++;
		}
	}
	return i + j == 0 ? 0 : 2.0 * common / (s->npairs + t->npairs);
}

/*
 * The longest common subsequence of the letters of two names, as a share of
 * the longer; 0 below three quarters.
 */
static double
letters_like(const struct name *s, const struct name *t)
{
	uint8_t row[FLAT_MAX + 1] = {0}, left, corner, up;
	unsigned most = s->nletters > t->nletters ? s->nletters : t->nletters;

	if (most < 3 || (s->nletters + t->nletters) * 3u < most * 4u)
		return 0;
	for (unsigned i = 0; i < s->nletters; i++) {
		corner = left = 0;
		for (unsigned j = 0; j < t->nletters; j++) {
			up = row[j + 1];
			if (s->letters[i] == t->letters[j])
				left = (uint8_t)(corner + 1);
			else if (up > left)
				left = up;
			corner = up;
			row[j + 1] = left;
		}
	}
	return row[t->nletters] * 4u < most * 3u ? 0 :
	    (double)row[t->nletters] / most;
}

void
name_compare(const struct name *s, const struct name *t,
    const struct recon_lexicon *l, struct pair *out)
{
	struct aligned a;
	double *f = out->f, x, y;

	names_align(s, t, l, &a);
	f[F_BIAS] = 1;
	f[F_COVER_TARGET] = cover(t, a.t);
	f[F_COVER_SOURCE] = cover(s, a.s);
	f[F_COVER_BOTH] = f[F_COVER_TARGET] * f[F_COVER_SOURCE];
	f[F_EXACT] = s->npairs != 0 && s->npairs == t->npairs &&
	    s->flat == t->flat;
	f[F_CHARS] = f[F_EXACT] > 0 ? 1 : chars_like(s, t);
	f[F_EDITS] = f[F_CHARS] < 0.2 ? 0 : letters_like(s, t);
	f[F_HEAD] = edges_like(s, t, &a, true);
	f[F_FIRST] = edges_like(s, t, &a, false);
	f[F_COVER_LEAST] = f[F_COVER_TARGET] < f[F_COVER_SOURCE] ?
	    f[F_COVER_TARGET] : f[F_COVER_SOURCE];
	f[F_STRICT] = strict(s, a.s);
	f[F_LONE_KNOWN] = lone_known(s, a.s);
	x = lone_numbers(s, a.s);
	y = lone_numbers(t, a.t);
	f[F_NUMBER_CLASH] = x * y;
	f[F_NUMBER_EXTRA] = x + y > 1 ? 1 - f[F_NUMBER_CLASH] : x + y;
	f[F_ROLE_SOURCE] = lone_role(s, a.s);
	f[F_ROLE_TARGET] = lone_role(t, a.t);
	f[F_QUALIFIER_SOURCE] = lone_qualifier(s, a.s);
	f[F_QUALIFIER_TARGET] = lone_qualifier(t, a.t);
	f[F_CONTRAST] = contrast(s, t);
	compare_units(s, t, l, out);
}
