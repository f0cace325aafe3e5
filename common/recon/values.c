#include "json/json.h"
#include "recon/recon_priv.h"

/*
 * How well a shape fits a kind, in percent; -100: never seen so.
 * ORDER recon_shape in recon.h (columns), kind (rows).
 */
static const int8_t fits[KINDS][RECON_SHAPES] = {
    /* int frac bool nmrc epoch time clock pair url path mail ip uuid opaq
     * code word phrs phone nest */
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -30},
    {40, 60, -90, 20, -10, -100, -50, -60, -100, -100, -100, -100, -100, -60,
	-80, -90, -100, -80, -90},
    {60, -60, -80, 30, 0, -100, -80, -60, -100, -100, -100, -100, -100, -60,
	-80, -90, -100, -80, -90},
    {60, -30, -70, 20, -50, -100, -90, -60, -100, -100, -100, -100, -100, -80,
	-90, -90, -100, -90, -60},
    {-50, -60, -100, -40, 80, 90, 40, -60, -100, -100, -100, -100, -100, -50,
	-90, -90, -90, -60, -90},
    {30, 40, -100, 10, -40, -50, 90, -40, -100, -100, -100, -100, -100, -60,
	-90, -80, -70, -60, -90},
    {30, -80, -100, 20, -100, -10, -90, -90, -100, -100, -100, -100, -100,
	-90, -100, -100, -100, -100, -90},
    {-40, -80, 100, -60, -90, -90, -90, -90, -100, -100, -100, -100, -100,
	-80, -20, 0, -50, -90, -90},
    {20, -80, -90, 20, 10, -80, -80, 0, -50, -60, -20, -60, 70, 60, 0, 0,
	-30, -20, -90},
    {10, -60, -50, 40, -40, -80, -80, -10, -60, -60, -80, -60, -30, 30, 60,
	30, -10, 0, -90},
    {-60, -80, -60, -40, -80, -70, -70, -40, -60, -40, -30, -70, -60, -10, 20,
	50, 50, -60, -50},
    {-100, -100, -100, -100, -100, -90, -100, -90, 100, 50, -60, -60, -60,
	-30, -60, -40, -50, -100, -90},
    {-100, -100, -100, -100, -100, -100, -100, -100, -60, -80, 100, -80, -60,
	-40, -60, -50, -60, -90, -90},
    {-80, -80, -100, -80, -80, -100, -80, -80, -70, -80, -80, 100, -70, -40,
	-80, -60, -90, -60, -90},
    {20, -80, -100, 40, 10, -90, -40, 20, -90, -90, -80, -40, -60, 10, -80,
	-80, -60, 100, -90},
};

/* A field called is_... or has_... is a flag whatever follows. */
static bool
flag_prefix(const struct name *n)
{
	const struct token *t = &n->tokens[0];

	return n->n > 1 && ((t->len == 2 && memcmp(t->p, "is", 2) == 0) ||
	    (t->len == 3 && memcmp(t->p, "has", 3) == 0));
}

/* The first sense of a word that says what its values are like. */
static const struct concept *
telling(const struct recon_lexicon *l, uint32_t word, uint8_t *kind)
{
	const struct senses *s = &l->concepts;
	const struct concept *found = NULL;

	/* Chains are newest first: keep the oldest. */
	for (uint32_t i = s->first[word]; i != RECON_NONE; i = s->all[i].next) {
		const struct concept *c = &l->concept[s->all[i].id];

		if (c->kind == KIND_NONE)
			continue;
		if (found != NULL && found->kind != c->kind)
			*kind = KIND_NONE; /* ambiguous */
		else if (found == NULL)
			*kind = c->kind;
		found = c;
	}
	return found;
}

/*
 * Read from the name what the values should be like: the longest spelling
 * counts, and of equals the last, for heads stand at the end.  Returns its
 * words.
 */
static unsigned
expect_from_name(struct expect *x, const struct name *n,
    const struct recon_lexicon *l)
{
	unsigned longest = 0;

	for (unsigned i = 0; i < n->nspans; i++) {
		const struct span *s = &n->spans[i];
		const struct concept *c;
		uint8_t kind = KIND_NONE;

		if (n->tokens[s->from].flags & (TOKEN_UNIT | TOKEN_NUMBER))
			continue;
		if (s->n == 1 && (n->tokens[s->from].flags & TOKEN_NOISE))
			continue;
		c = telling(l, s->word, &kind);
		if (c == NULL) {
			/* A head without a kind: nothing is known of it. */
			if (s->n >= longest && s->from + s->n == n->n &&
			    longest < 2)
				x->kind = KIND_NONE;
			continue;
		}
		if (s->n < longest)
			continue;
		longest = s->n;
		x->kind = kind;
		x->ranged = c->has_range;
		x->lo = c->lo;
		x->hi = c->hi;
	}
	return longest;
}

/* Is one of the name's units the one that u is given in? */
static bool
unit_fits(const struct usual *u, const struct name *n,
    const struct recon_lexicon *l)
{
	uint32_t w;

	if (u->unit == RECON_NONE)
		return true;
	w = lexicon_unit(l, map_key(&l->usual_units, u->unit));
	for (unsigned i = 0; i < n->nunits && w != RECON_NONE; i++)
		if (lexicon_units(l, w, n->units[i]) == 2)
			return true;
	return false;
}

/* What most values are: of the longest spelling, one with the unit first. */
static void
expect_usual(struct expect *x, const struct name *n,
    const struct recon_lexicon *l)
{
	const struct senses *s = &l->usual;
	unsigned best = 0, rank;

	for (unsigned i = 0; i < n->nspans; i++) {
		const struct span *p = &n->spans[i];
		char text[96];
		size_t w, len = name_join(n, p->from, p->n, text, sizeof text);

		if (n->tokens[p->from].flags & TOKEN_UNIT)
			continue;
		w = map_find(&s->words, (struct str){text, len});
		if (w == MAP_NONE)
			continue;
		for (uint32_t k = s->first[w]; k != RECON_NONE;
		     k = s->all[k].next) {
			const struct usual *u = &l->usuals[s->all[k].id];

			rank = p->n * 2u + (u->unit != RECON_NONE);
			if (rank < best || !unit_fits(u, n, l))
				continue;
			best = rank;
			x->usual = true;
			x->usual_lo = u->lo;
			x->usual_hi = u->hi;
		}
	}
}

/* The last word decides where nothing longer than a word is known. */
static void
expect_from_head(struct expect *x, const struct name *n,
    const struct recon_lexicon *l)
{
	unsigned skip = TOKEN_UNIT | TOKEN_NUMBER | TOKEN_ASIDE | TOKEN_NOISE;

	for (unsigned i = n->n; i-- > 0;) {
		const struct token *t = &n->tokens[i];
		size_t k;

		k = map_find(&l->heads, (struct str){t->p, t->stem});
		if ((t->flags & skip) && i > 0 && (k == MAP_NONE ||
		    (t->flags & skip) != TOKEN_NOISE))
			continue;
		if (k != MAP_NONE) {
			if (x->kind != l->head_kind[k])
				x->ranged = false;
			x->kind = l->head_kind[k];
		}
		return;
	}
}

/* The formats of JSON Schema that name a kind. */
static uint8_t
kind_of_format(struct str format, uint8_t otherwise)
{
	static const struct {
		const char *format;
		uint8_t kind;
	} known[] = {{"date-time", KIND_TIME}, {"date", KIND_TIME},
	    {"time", KIND_TIME}, {"duration", KIND_DURATION},
	    {"email", KIND_EMAIL}, {"uri", KIND_URL}, {"ipv4", KIND_IP},
	    {"ipv6", KIND_IP}, {"uuid", KIND_ID}};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(format, str_of(known[i].format)))
			return known[i].kind;
	return otherwise;
}

void
values_expect(struct expect *x, const struct name *n,
    const struct recon_lexicon *l, const struct recon_field *f)
{
	*x = (struct expect){.types = f->types, .samples = f->samples};
	if (expect_from_name(x, n, l) < 2)
		expect_from_head(x, n, l);
	expect_usual(x, n, l);
	x->sets = name_sets(n, l);
	if (flag_prefix(n)) {
		x->kind = KIND_FLAG;
		x->ranged = false;
	} else if (n->unit_sure && x->kind != KIND_DURATION &&
	    x->kind != KIND_COUNT) {
		x->kind = KIND_NUMBER;
	}
	x->kind = kind_of_format(f->format, x->kind);
	if (f->has_lo || f->has_hi) {
		x->ranged = true;
		x->lo = f->has_lo ? f->lo : -1e300;
		x->hi = f->has_hi ? f->hi : 1e300;
	}
}

/* Share of the values whose JSON type the target allows. */
static double
allowed(const struct recon_profile *p, unsigned types)
{
	uint64_t n = 0, all = p->n - p->nulls;
	unsigned number = (unsigned)1 << JSON_NUMBER;
	unsigned string = (unsigned)1 << JSON_STRING;
	unsigned truth = (unsigned)1 << JSON_TRUE | (unsigned)1 << JSON_FALSE;
	unsigned nested = (unsigned)1 << JSON_ARRAY |
	    (unsigned)1 << JSON_OBJECT;

	for (unsigned s = 0; s < RECON_SHAPES; s++) {
		unsigned need = s == RECON_INTEGER || s == RECON_FRACTION ||
		    s == RECON_EPOCH ? number : s == RECON_BOOLEAN ?
		    truth | string : s == RECON_NUMERIC ? number | string :
		    s == RECON_NESTED ? nested | string : string;

		if (types & need)
			n += p->shapes[s];
	}
	return all != 0 ? (double)n / (double)all : 1;
}

static double
fit_of(const struct recon_profile *p, const struct expect *x)
{
	uint64_t all = p->n - p->nulls;
	double sum = 0;

	for (unsigned s = 0; s < RECON_SHAPES; s++) {
		int fit = fits[x->kind][s];

		/* 0 and 1 are how many tables write a flag. */
		if (x->kind == KIND_FLAG && s == RECON_INTEGER &&
		    p->zero_one == p->numbers)
			fit = 60;
		if (x->kind == KIND_YEAR && s == RECON_INTEGER)
			fit = p->lo >= 1000 && p->hi <= 2200 ? 100 : -90;
		sum += fit * (double)p->shapes[s];
	}
	return sum / (double)all / 100;
}

/* Share of the numbers that lie within lo and hi; there is one at least. */
static double
within(const struct recon_profile *p, double lo, double hi)
{
	uint64_t n = p->numbers < RECON_SAMPLE ? p->numbers : RECON_SAMPLE;
	uint64_t in = 0;

	for (uint64_t i = 0; i < n; i++)
		in += p->samples[i] >= lo && p->samples[i] <= hi;
	return (double)in / (double)n;
}

/* How narrow a range is: 1 for 1 and less, 0 for 2^14 and more. */
static double
narrowness(double width)
{
	double steps = 14;

	for (; width >= 2 && steps > 0; steps--)
		width /= 2;
	if (width > 1)
		steps -= width - 1;
	return steps > 0 ? steps / 14 : 0;
}

static void
compare_range(const struct recon_profile *p, const struct expect *x,
    struct pair *out)
{
	double in;

	if (p->numbers == 0)
		return;
	if (x->ranged) {
		in = within(p, x->lo, x->hi);
		out->f[F_RANGE_IN] = in >= 1;
		out->f[F_RANGE_OUT] = 1 - in;
	}
	if (x->usual) {
		in = within(p, x->usual_lo, x->usual_hi);
		out->f[F_USUAL] = in >= 1;
		out->f[F_NARROW] = in >= 1 ? narrowness(x->usual_hi -
		    x->usual_lo) : 0;
		out->f[F_UNUSUAL] = 1 - in;
	}
}

/* Share of the source's distinct values that the target is known to have. */
static void
compare_samples(const struct recon_profile *p, const struct recon_profile *t,
    struct pair *out)
{
	uint32_t common = 0;

	if (t == NULL || t->nseen == 0 || p->nseen == 0)
		return;
	for (uint32_t i = 0; i < p->nseen; i++)
		for (uint32_t k = 0; k < t->nseen; k++)
			common += p->seen[i] == t->seen[k];
	out->f[F_OVERLAP] = (double)common / p->nseen;
}

enum kind
values_kind(const struct recon_profile *p)
{
	static const struct {
		enum recon_shape shape;
		enum kind kind;
	} marks[] = {{RECON_TIME, KIND_TIME}, {RECON_EPOCH, KIND_TIME},
	    {RECON_URL, KIND_URL}, {RECON_EMAIL, KIND_EMAIL},
	    {RECON_IP, KIND_IP}, {RECON_PHONE, KIND_PHONE}};

	if (p == NULL)
		return KIND_NONE;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (p->shapes[marks[i].shape] * 5 > (p->n - p->nulls) * 4)
			return marks[i].kind;
	return KIND_NONE;
}

void
values_compare(const struct recon_profile *p, const struct expect *x,
    struct pair *out)
{
	double fit;

	if (p == NULL || p->n == p->nulls)
		return;
	fit = fit_of(p, x);
	if (x->types != 0) {
		double a = allowed(p, x->types);

		if (a < 1 || x->kind == KIND_NONE)
			fit = a >= 1 ? 0.3 : a * 1.5 - 1;
	}
	out->f[F_TYPE] = fit;
	out->f[F_TYPE_BAD] = fit < -0.5;
	compare_range(p, x, out);
	compare_samples(p, x->samples, out);
}
