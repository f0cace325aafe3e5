#include "num/num.h"

#include <string.h>

#include "base/buf.h"
#include "num/num_priv.h"

/* From here on the layout has an exponent (ECMA-262, Number::toString). */
enum { LAYOUT_HIGH = 21, LAYOUT_LOW = -6 };

const uint64_t num_pow10[20] = {1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u,
    10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u,
    1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u,
    10000000000000000u, 100000000000000000u, 1000000000000000000u,
    10000000000000000000u};

static inline const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && (unsigned char)(*p - '0') < 10)
		p++;
	return p;
}

static inline const char *
skip_zeros(const char *p, const char *end)
{
	while (p < end && *p == '0')
		p++;
	return p;
}

static inline const char *
drop_zeros(const char *p, const char *end)
{
	while (end > p && end[-1] == '0')
		end--;
	return end;
}

/* The exponent at p ("e+5"), held within what cannot overflow later. */
static int64_t
scan_exponent(const char *p, const char *end)
{
	const int64_t max = 1000000000000000000;
	int64_t v = 0;
	bool neg;

	if (p == end)
		return 0;
	p++;
	neg = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (; p < end; p++)
		v = v > max / 10 ? max : v * 10 + (*p - '0');
	return neg ? -v : v;
}

void
num_scan(struct num_scan *s, struct str text)
{
	const char *p = text.p, *end = text.p + text.len;
	const char *whole, *whole_end, *frac, *frac_end, *first;

	s->neg = p < end && *p == '-';
	whole = p + s->neg;
	whole_end = skip_digits(whole, end);
	frac = frac_end = whole_end;
	if (frac < end && *frac == '.')
		frac_end = skip_digits(++frac, end);
	s->point = scan_exponent(frac_end, end);

	frac_end = drop_zeros(frac, frac_end);
	first = skip_zeros(whole, whole_end);
	s->point += whole_end - first;
	if (first == whole_end) {
		first = skip_zeros(frac, frac_end);
		s->point -= first - frac;
		s->dot = s->nd = (size_t)(frac_end - first);
	} else if (frac == frac_end) {
		s->dot = s->nd = (size_t)(drop_zeros(first, whole_end) - first);
	} else {
		s->dot = (size_t)(whole_end - first);
		s->nd = s->dot + (size_t)(frac_end - frac);
	}
	s->p = first;
	if (s->nd == 0) {
		s->neg = false;
		s->point = 0;
	}
}

/* Digits from..to; '.' is stepped over. */
static void
put_digits(struct buf *out, const struct num_scan *s, size_t from, size_t to)
{
	size_t mid = to < s->dot ? to : s->dot;

	if (from < mid) {
		buf_put(out, s->p + from, mid - from);
		from = mid;
	}
	if (from < to)
		buf_put(out, s->p + from + 1, to - from);
}

void
num_put(struct buf *out, const struct num_scan *s)
{
	static const char zeros[] = "000000000000000000000";
	int64_t point = s->point, exp = s->point - 1;
	size_t n = s->nd;

	if (n == 0) {
		buf_putc(out, '0');
		return;
	}
	if (s->neg)
		buf_putc(out, '-');
	if (point > LAYOUT_HIGH || point <= LAYOUT_LOW) {
		put_digits(out, s, 0, 1);
		if (n > 1) {
			buf_putc(out, '.');
			put_digits(out, s, 1, n);
		}
		buf_put(out, exp < 0 ? "e-" : "e+", 2);
		buf_u64(out, (unsigned long long)(exp < 0 ? -exp : exp));
	} else if (point <= 0) {
		buf_put(out, "0.", 2);
		buf_put(out, zeros, (size_t)-point);
		put_digits(out, s, 0, n);
	} else if ((size_t)point >= n) {
		put_digits(out, s, 0, n);
		buf_put(out, zeros, (size_t)point - n);
	} else {
		put_digits(out, s, 0, (size_t)point);
		buf_putc(out, '.');
		put_digits(out, s, (size_t)point, n);
	}
}

void
num_step_up(struct num_scan *s, char *d, size_t n)
{
	while (n > 0 && d[n - 1] == '9')
		n--;
	if (n == 0) {
		d[n++] = '1';
		s->point++;
	} else {
		d[n - 1]++;
	}
	s->nd = s->dot = n;
}

void
num_canon(struct str text, struct buf *out)
{
	const char *end = text.p + text.len;
	struct num_scan s;

	/* The common case is spelled canonically: a short whole number. */
	if (text.len <= LAYOUT_HIGH && text.p[0] != '-' &&
	    skip_digits(text.p, end) == end) {
		buf_put(out, text.p, text.len);
		return;
	}
	num_scan(&s, text);
	num_put(out, &s);
}

static int
sign_of(const struct num_scan *s)
{
	return s->nd == 0 ? 0 : s->neg ? -1 : 1;
}

static int
cmp_size(const struct num_scan *a, const struct num_scan *b)
{
	size_t n = a->nd < b->nd ? a->nd : b->nd;

	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	for (size_t i = 0; i < n; i++) {
		unsigned x = num_digit(a, i), y = num_digit(b, i);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a->nd > b->nd) - (a->nd < b->nd);
}

int
num_cmp(struct str a, struct str b)
{
	struct num_scan x, y;

	num_scan(&x, a);
	num_scan(&y, b);
	if (sign_of(&x) != sign_of(&y))
		return sign_of(&x) < sign_of(&y) ? -1 : 1;
	return x.neg ? cmp_size(&y, &x) : cmp_size(&x, &y);
}

bool
num_is_integer(struct str text)
{
	struct num_scan s;

	num_scan(&s, text);
	return s.nd == 0 || (s.point > 0 && (uint64_t)s.point >= s.nd);
}

int
num_to_i64(struct str text, int64_t *v)
{
	const uint64_t top = (uint64_t)1 << 63;
	struct num_scan s;
	num_u128 m = 0;

	num_scan(&s, text);
	if (s.nd != 0 && (s.point > 19 || s.point < (int64_t)s.nd))
		return -1;
	for (size_t i = 0; i < s.nd; i++)
		m = m * 10 + num_digit(&s, i);
	if (s.nd != 0)
		m *= num_pow10[s.point - (int64_t)s.nd];
	if (m > (s.neg ? top : top - 1))
		return -1;
	*v = s.neg && m == top ? INT64_MIN : s.neg ? -(int64_t)m : (int64_t)m;
	return 0;
}
