#include <string.h>

#include "base/mem.h"
#include "num/num_priv.h"

/* A limb holds that many additions of less than NUM_LIMB before a carry. */
#define ADDS_MAX ((uint64_t)1 << 32)

struct num_wide {
	uint32_t lo, n; /* limb[i] counts 10^(9 * (lo + i) + NUM_WIDE_LOW) */
	uint64_t adds;  /* additions to one limb since the last carry */
	int64_t limb[];
};

static size_t
wide_size(uint32_t n)
{
	return sizeof(struct num_wide) + n * sizeof(int64_t);
}

/* Make limbs from..to (not included) exist. */
static struct num_wide *
widen(struct num_wide **wp, uint32_t from, uint32_t to)
{
	struct num_wide *w = *wp, *grown;

	if (w != NULL && from >= w->lo && to <= w->lo + w->n)
		return w;
	if (w != NULL && w->lo < from)
		from = w->lo;
	if (w != NULL && w->lo + w->n > to)
		to = w->lo + w->n;
	grown = mem_zalloc(wide_size(to - from));
	grown->lo = from;
	grown->n = to - from;
	if (w != NULL) {
		grown->adds = w->adds;
		memcpy(grown->limb + (w->lo - from), w->limb,
		    w->n * sizeof w->limb[0]);
	}
	mem_free(w);
	return *wp = grown;
}

/* Carry until every limb but the last is 0..NUM_LIMB-1. */
static void
carry(struct num_wide **wp)
{
	struct num_wide *w = *wp;
	int64_t c = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		int64_t v = w->limb[i] + c;

		c = v / NUM_LIMB - (v % NUM_LIMB < 0);
		w->limb[i] = v - c * NUM_LIMB;
		if (i + 1 == w->n && c != 0 && c != -1)
			w = widen(wp, w->lo, w->lo + w->n + 1);
	}
	if (c != 0)
		w->limb[w->n - 1] += c * NUM_LIMB;
	w->adds = 1;
}

/* Room in every limb for as many more additions. */
static void
count_add(struct num_wide **wp, uint64_t times)
{
	if ((*wp)->adds > ADDS_MAX - times)
		carry(wp);
	(*wp)->adds += times;
}

/* The limb of the digit that counts 10^weight, and its place there. */
static inline uint32_t
limb_of(int64_t weight, unsigned *place)
{
	*place = (unsigned)((weight - NUM_WIDE_LOW) % NUM_LIMB_DIGITS);
	return (uint32_t)((weight - NUM_WIDE_LOW) / NUM_LIMB_DIGITS);
}

void
num_wide_add128(struct num_wide **wp, num_i128 v, uint32_t scale)
{
	num_u128 m = v < 0 ? -(num_u128)v : (num_u128)v;
	int64_t sign = v < 0 ? -1 : 1;
	unsigned place;
	uint32_t at = limb_of(-(int64_t)scale, &place), last = at + 1;
	struct num_wide *w;

	if (v == 0)
		return;
	for (num_u128 t = m; t != 0; t /= NUM_LIMB)
		last++;
	widen(wp, at, last);
	count_add(wp, 2);
	w = *wp;
	for (at -= w->lo; m != 0; m /= NUM_LIMB, at++) {
		uint64_t part = (uint64_t)(m % NUM_LIMB) * num_pow10[place];

		w->limb[at] += sign * (int64_t)(part % NUM_LIMB);
		w->limb[at + 1] += sign * (int64_t)(part / NUM_LIMB);
	}
}

void
num_wide_add(struct num_wide **wp, const struct num_scan *s)
{
	int64_t sign = s->neg ? -1 : 1;
	unsigned place, top;
	uint32_t at, last;
	struct num_wide *w;

	if (s->nd == 0)
		return;
	at = limb_of(s->point - (int64_t)s->nd, &place);
	last = limb_of(s->point - 1, &top);
	widen(wp, at, last + 1);
	count_add(wp, 1);
	w = *wp;
	at -= w->lo;
	for (size_t i = s->nd; i > 0;) {
		uint64_t part = 0;

		for (; i > 0 && place < NUM_LIMB_DIGITS; place++)
			part += num_digit(s, --i) * num_pow10[place];
		w->limb[at++] += sign * (int64_t)part;
		place = 0;
	}
}

void
num_wide_merge(struct num_wide **into, const struct num_wide *from)
{
	struct num_wide *w, *small;

	if (from == NULL)
		return;
	small = num_wide_copy(from);
	carry(&small);
	widen(into, small->lo, small->lo + small->n);
	/* The last limb keeps its sign and may be as low as -NUM_LIMB. */
	count_add(into, 2);
	w = *into;
	for (uint32_t i = 0; i < small->n; i++)
		w->limb[small->lo - w->lo + i] += small->limb[i];
	mem_free(small);
}

size_t
num_wide_bytes(const struct num_wide *w)
{
	return wide_size(w->n);
}

struct num_wide *
num_wide_copy(const struct num_wide *w)
{
	return w != NULL ? mem_dup(w, wide_size(w->n)) : NULL;
}

/* w is carried: make all its limbs 0..NUM_LIMB-1 and return the sign. */
static bool
make_positive(struct num_wide **wp)
{
	bool neg;

	carry(wp);
	neg = (*wp)->limb[(*wp)->n - 1] < 0;
	if (neg) {
		for (uint32_t i = 0; i < (*wp)->n; i++)
			(*wp)->limb[i] = -(*wp)->limb[i];
		carry(wp);
	}
	return neg;
}

void
num_wide_digits(struct num_wide *w, char *tmp, struct num_scan *s)
{
	struct num_wide *copy = num_wide_copy(w);
	size_t n, from = 0;

	s->neg = make_positive(&copy);
	n = (size_t)copy->n * NUM_LIMB_DIGITS;
	for (uint32_t i = 0; i < copy->n; i++) {
		uint32_t v = (uint32_t)copy->limb[i];
		char *to = tmp + n - (size_t)i * NUM_LIMB_DIGITS;

		for (int k = 0; k < NUM_LIMB_DIGITS; k++, v /= 10)
			*--to = (char)('0' + v % 10);
	}
	s->point =
	    (int64_t)(copy->lo + copy->n) * NUM_LIMB_DIGITS + NUM_WIDE_LOW;
	mem_free(copy);
	while (n > 0 && tmp[n - 1] == '0')
		n--;
	for (; from < n && tmp[from] == '0'; from++)
		s->point--;
	s->p = tmp + from;
	s->nd = s->dot = n - from;
	if (s->nd == 0) {
		s->neg = false;
		s->point = 0;
	}
}
