#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "num/num_priv.h"

enum {
	SHORT_DIGITS = 18, /* fit an int64 whatever they are */
	SCALE_MAX = 36,    /* of the int128: more goes to the wide one */
	SUM_DIGITS = 34,   /* a sum prints that many: decimal128 */
	MEAN_DIGITS = 25   /* of a quotient; almost always enough to round */
};

/* Move what the int128 holds to the wide accumulator. */
static void
flush(struct num_sum *s)
{
	num_wide_add128(&s->wide, s->coef, s->scale);
	s->coef = 0;
	s->scale = 0;
}

/* v *= 10^n, n <= SHORT_DIGITS; false: it would overflow. */
static inline bool
shift(num_i128 *v, uint32_t n)
{
	const num_i128 max =
	    (num_i128)(~(num_u128)0 >> 1) / (int64_t)num_pow10[n];

	if (*v > max || *v < -max)
		return false;
	*v *= (int64_t)num_pow10[n];
	return true;
}

/* v *= 10^n, n <= SCALE_MAX; false: it would overflow, and v is lost. */
static inline bool
shift_up(num_i128 *v, uint32_t n)
{
	/* Below 2^63 * 10^18 there is always room. */
	if (n <= SHORT_DIGITS && *v == (int64_t)*v) {
		*v *= (int64_t)num_pow10[n];
		return true;
	}
	if (n > SHORT_DIGITS && !shift(v, SHORT_DIGITS))
		return false;
	return shift(v, n > SHORT_DIGITS ? n - SHORT_DIGITS : n);
}

/* += m / 10^scale, scale <= SCALE_MAX */
static void
add128(struct num_sum *s, num_i128 m, uint32_t scale)
{
	num_i128 a = s->coef, b = m;
	uint32_t top = scale > s->scale ? scale : s->scale;

	if (shift_up(&a, top - s->scale) && shift_up(&b, top - scale) &&
	    !__builtin_add_overflow(a, b, &a)) {
		s->coef = a;
		s->scale = top;
		return;
	}
	flush(s);
	s->coef = m;
	s->scale = scale;
}

/*
 * A number of at most SHORT_DIGITS digits without an exponent as m / 10^scale.
 * False: it is longer.
 */
static inline bool
scan_short(struct str text, int64_t *m, uint32_t *scale)
{
	const char *p = text.p, *end = p + text.len, *dot = NULL;
	bool neg = *p == '-';
	uint64_t v = 0;

	p += neg;
	if (end - p > SHORT_DIGITS + 1)
		return false;
	for (; p < end; p++) {
		unsigned d = (unsigned)(*p - '0');

		if (d < 10)
			v = v * 10 + d;
		else if (*p == '.')
			dot = p + 1;
		else
			return false;
	}
	/* SHORT_DIGITS + 1 digits and no point are still below 2^64. */
	if (v >= num_pow10[SHORT_DIGITS])
		return false;
	*m = neg ? -(int64_t)v : (int64_t)v;
	*scale = dot != NULL ? (uint32_t)(end - dot) : 0;
	return true;
}

static int
check_limits(const struct num_scan *s, struct err *e)
{
	if (s->nd > NUM_DIGITS_MAX)
		return err_set(e, ERR_DATA, "num.limit",
		    "number has %zu significant digits, arithmetic stops at %d",
		    s->nd, NUM_DIGITS_MAX);
	if (s->point - 1 > NUM_EXP_MAX || s->point - 1 < -NUM_EXP_MAX)
		return err_set(e, ERR_DATA, "num.limit",
		    "number is not between 1e-%d and 1e%d, where arithmetic "
		    "stops",
		    NUM_EXP_MAX, NUM_EXP_MAX + 1);
	return 0;
}

int
num_check(struct str text, struct err *e)
{
	struct num_scan s;
	size_t i = 0;

	/* So few characters and no exponent cannot say too much. */
	if (text.len <= NUM_DIGITS_MAX) {
		while (i < text.len && (text.p[i] | 0x20) != 'e')
			i++;
		if (i == text.len)
			return 0;
	}
	num_scan(&s, text);
	return check_limits(&s, e);
}

int
num_sum_add(struct num_sum *s, struct str text, struct err *e)
{
	struct num_scan n;
	uint32_t scale;
	num_i128 sum;
	int64_t m;

	if (scan_short(text, &m, &scale)) {
		if (scale == s->scale &&
		    !__builtin_add_overflow(s->coef, (num_i128)m, &sum))
			s->coef = sum;
		else
			add128(s, m, scale);
		return 0;
	}
	num_scan(&n, text);
	if (check_limits(&n, e) != 0)
		return -1;
	num_wide_add(&s->wide, &n);
	return 0;
}

void
num_sum_merge(struct num_sum *into, const struct num_sum *from)
{
	add128(into, from->coef, from->scale);
	num_wide_merge(&into->wide, from->wide);
}

/* The exact value as digits in tmp (NUM_WIDE_DIGITS bytes). */
static void
sum_digits(const struct num_sum *s, char *tmp, struct num_scan *n)
{
	num_u128 m = s->coef < 0 ? -(num_u128)s->coef : (num_u128)s->coef;
	char *to = tmp + 40, *end = to;
	struct num_wide *w;

	if (s->wide != NULL) {
		w = num_wide_copy(s->wide);
		num_wide_add128(&w, s->coef, s->scale);
		num_wide_digits(w, tmp, n);
		mem_free(w);
		return;
	}
	for (; m != 0; m /= 10)
		*--to = (char)('0' + (int)(m % 10));
	n->neg = s->coef < 0;
	n->point = (end - to) - (int64_t)s->scale;
	while (end > to && end[-1] == '0')
		end--;
	n->p = to;
	n->nd = n->dot = (size_t)(end - to);
}

/* Round to SUM_DIGITS, half to even; d is n->p, writable. */
static void
round_digits(struct num_scan *n, char *d)
{
	size_t k = SUM_DIGITS;

	if (n->nd <= k)
		return;
	/* The last digit is not zero, so a tie is a 5 and nothing more. */
	if (d[k] > '5' ||
	    (d[k] == '5' && (n->nd > k + 1 || (d[k - 1] - '0') % 2 != 0))) {
		num_step_up(n, d, k);
		return;
	}
	while (d[k - 1] == '0')
		k--;
	n->nd = n->dot = k;
}

void
num_sum_put(const struct num_sum *s, struct buf *out)
{
	char tmp[NUM_WIDE_DIGITS];
	struct num_scan n;

	sum_digits(s, tmp, &n);
	round_digits(&n, tmp + (n.p - tmp));
	num_put(out, &n);
}

/*
 * The first max digits of a / n in q, cut, with its place; returns whether
 * something was cut off.
 */
static bool
divide(const struct num_scan *a, uint64_t n, char *d, size_t max,
    struct num_scan *q)
{
	num_u128 rem = 0;
	size_t i = 0;

	*q = (struct num_scan){.p = d, .neg = a->neg, .point = a->point};
	while (q->nd < max && (rem != 0 || i < a->nd)) {
		unsigned digit;

		rem = rem * 10 + (i < a->nd ? num_digit(a, i) : 0);
		i++;
		digit = (unsigned)(rem / n);
		rem %= n;
		if (digit == 0 && q->nd == 0)
			q->point--;
		else
			d[q->nd++] = (char)('0' + digit);
	}
	q->dot = q->nd;
	return rem != 0 || i < a->nd;
}

int
num_sum_put_mean(
    const struct num_sum *s, uint64_t n, struct buf *out, struct err *e)
{
	char tmp[NUM_WIDE_DIGITS], d[1000];
	struct num_scan a, q;
	bool rest;
	double v;

	sum_digits(s, tmp, &a);
	rest = divide(&a, n, d, MEAN_DIGITS, &q);
	v = num_nearest(&q, false);
	if (rest) {
		/*
		 * The quotient lies between what was cut and one more in its
		 * last place: if both are nearest to v, so is it.  Else all
		 * digits that can matter are worked out.
		 */
		num_step_up(&q, d, MEAN_DIGITS);
		if (num_nearest(&q, false) != v) {
			rest = divide(&a, n, d, sizeof d, &q);
			v = num_nearest(&q, rest);
		}
	}
	if (isinf(v))
		return err_set(
		    e, ERR_DATA, "num.range", "mean is too large for a double");
	num_put_double(out, v);
	return 0;
}

size_t
num_sum_held(const struct num_sum *s)
{
	return s->wide != NULL ? num_wide_bytes(s->wide) : 0;
}

void
num_sum_free(struct num_sum *s)
{
	mem_free(s->wide);
	*s = (struct num_sum){0};
}
