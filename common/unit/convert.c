#include "unit/unit_priv.h"

#include "base/buf.h"
#include "base/err.h"
#include "num/num.h"

/*
 * result = (value * mul + add) / odd * 10^ten, in 128 bits where that holds
 * and digit by digit where it does not.
 */
enum {
	FAST_DIGITS = 18,
	/* Digits and places of the number, and those of mul and add. */
	SLOW_DIGITS = 2 * (NUM_DIGITS_MAX + 60),
	TEXT = SLOW_DIGITS + 40
};

struct digits {
	struct str text; /* digits with at most one point among them */
	int64_t exp;	 /* value = digits without the point * 10^exp */
	size_t n;	 /* digits */
	bool neg;
};

/* The parts of a JSON number that num_check took. */
static void
scan(struct str s, struct digits *d)
{
	size_t i = s.len != 0 && s.p[0] == '-', from;
	int64_t e = 0;
	bool minus, point = false;

	*d = (struct digits){.neg = i != 0};
	while (i < s.len && s.p[i] == '0')
		i++;
	from = i;
	for (; i < s.len && s.p[i] != 'e' && s.p[i] != 'E'; i++) {
		if (s.p[i] == '.') {
			point = true;
			continue;
		}
		d->n++;
		d->exp -= point;
	}
	d->text = (struct str){s.p + from, i - from};
	if (i++ >= s.len)
		return;
	minus = s.p[i] == '-';
	if (s.p[i] == '-' || s.p[i] == '+')
		i++;
	/* A zero may have any exponent; it stays a zero. */
	for (; i < s.len; i++)
		e = e > 1000000 ? e : e * 10 + (s.p[i] - '0');
	d->exp += minus ? -e : e;
}

/*
 * What is written of a result that does not end: `keep` digits, the last one
 * rounded, or with more behind it a 1, so that who reads it rounds once.
 */
struct style {
	size_t keep;
	bool cut;
};

static const struct style as_text = {UNIT_DIGITS, false};
static const struct style for_double = {29, true};

/* A result: digits, most significant first, times 10^exp. */
struct result {
	const char *d;
	size_t n;
	int64_t exp;
	bool neg;
	bool more; /* digits that are not zero follow */
	bool round; /* to what the style keeps */
};

/* Should the last digit that is kept go one up? */
static bool
goes_up(const char *d, size_t keep, size_t n, bool more)
{
	for (size_t i = keep + 1; i < n; i++)
		more = more || d[i] != '0';
	return d[keep] > '5' ||
	    (d[keep] == '5' && (more || (d[keep - 1] & 1) != 0));
}

/* Digits, after a '-' when neg, times 10^exp. */
static void
put_layout(struct str d, bool neg, int64_t exp, struct buf *out)
{
	int64_t point;
	char whole[TEXT + 32];
	struct buf b = {.p = whole, .cap = sizeof whole, .max = sizeof whole};

	while (exp < 0 && d.p[d.len - 1] == '0') {
		d.len--;
		exp++;
	}
	point = (int64_t)(d.len - neg) + exp;
	if (exp == 0 && point <= 21) {
		buf_str(out, d);
	} else if (exp < 0 && point > 0 && point <= 21) {
		size_t before = (size_t)point + neg;

		buf_put(out, d.p, before);
		buf_putc(out, '.');
		buf_put(out, d.p + before, d.len - before);
	} else {
		buf_str(&b, d);
		buf_printf(&b, "e%lld", (long long)exp);
		num_canon(buf_view(&b), out);
	}
}

static void
emit(struct result r, const struct style *style, struct buf *out)
{
	const char *d = r.d;
	size_t n = r.n;
	int64_t exp = r.exp;
	bool neg = r.neg;
	char text[TEXT];
	size_t len = 0;
	bool up = false;

	while (n != 0 && *d == '0') {
		d++;
		n--;
	}
	if (r.round && !style->cut && n > style->keep) {
		up = goes_up(d, style->keep, n, r.more);
		exp += (int64_t)(n - style->keep);
		n = style->keep;
	}
	if (n == 0) {
		buf_putc(out, '0');
		return;
	}
	text[len++] = '-';
	text[len++] = '0';
	memcpy(text + len, d, n);
	for (size_t i = len + n; up; i--) {
		up = text[i - 1] == '9';
		text[i - 1] = up ? '0' : (char)(text[i - 1] + 1);
	}
	/* The zero in front is there for a carry. */
	if (text[1] == '0') {
		text[1] = '-';
		d = text + 1;
	} else {
		d = text;
	}
	len += n - (size_t)(d - text);
	if (style->cut && r.more) {
		text[d - text + (ptrdiff_t)len] = '1';
		len++;
		exp--;
	}
	put_layout((struct str){d + !neg, len - !neg}, neg, exp, out);
}

static size_t
put_u128(char *dst, num_u128 v)
{
	char tmp[40];
	size_t n = 0;

	/* Nineteen digits at a time: 64-bit divisions are cheap. */
	while (v >> 64 != 0) {
		uint64_t low = (uint64_t)(v % 10000000000000000000u);

		v /= 10000000000000000000u;
		for (int i = 0; i < 19; i++, low /= 10)
			tmp[n++] = (char)('0' + low % 10);
	}
	for (uint64_t low = (uint64_t)v; low != 0; low /= 10)
		tmp[n++] = (char)('0' + low % 10);
	for (size_t i = 0; i < n; i++)
		dst[i] = tmp[n - 1 - i];
	return n;
}

/* In 128 bits: true when it was done. */
static bool
fast(const struct unit_conv *c, const struct digits *d,
    const struct style *style, struct buf *out)
{
	num_u128 whole = 0, left;
	num_i128 v, add = c->add;
	int64_t exp = d->exp;
	char text[48];
	bool neg;

	for (size_t i = 0; i < d->text.len; i++)
		if (d->text.p[i] != '.')
			whole = whole * 10 + (unsigned)(d->text.p[i] - '0');
	if (__builtin_mul_overflow((num_i128)whole, (num_i128)c->mul, &v))
		return false;
	if (d->neg)
		v = -v;
	if (add != 0) {
		for (; exp > 0 && v != 0; exp--)
			if (__builtin_mul_overflow(v, (num_i128)10, &v))
				return false;
		exp = v == 0 ? 0 : exp;
		for (int64_t i = exp; i < 0; i++)
			if (__builtin_mul_overflow(add, (num_i128)10, &add))
				return false;
		if (__builtin_add_overflow(v, add, &v))
			return false;
	}
	neg = v < 0;
	left = neg ? -(num_u128)v : (num_u128)v;
	exp += c->ten;
	if (left % c->odd == 0) {
		emit((struct result){text, put_u128(text, left / c->odd), exp,
		    neg, false, c->rounded}, style, out);
		return true;
	}
	/* Enough digits for one more than are kept. */
	while (left / c->odd < (style->cut ? (num_u128)UNIT_E18 * UNIT_E18 /
	    100000000 : UNIT_E18)) {
		if (__builtin_mul_overflow(left, (num_u128)1000, &left))
			return false;
		exp -= 3;
	}
	emit((struct result){text, put_u128(text, left / c->odd), exp, neg,
	    left % c->odd != 0, true}, style, out);
	return true;
}

/* Decimal digits, least significant first. */
struct wide {
	uint8_t d[SLOW_DIGITS];
	size_t n;
};

static void
wide_mul(struct wide *w, num_u128 by)
{
	num_u128 carry = 0;

	for (size_t i = 0; i < w->n || carry != 0; i++) {
		if (i == w->n)
			w->d[w->n++] = 0;
		carry += by * w->d[i];
		w->d[i] = (uint8_t)(carry % 10);
		carry /= 10;
	}
}

static void
wide_shift(struct wide *w, int64_t places)
{
	if (places <= 0 || w->n == 0)
		return;
	memmove(w->d + places, w->d, w->n);
	memset(w->d, 0, (size_t)places);
	w->n += (size_t)places;
}

static int
wide_cmp(const struct wide *a, const struct wide *b)
{
	size_t i = a->n > b->n ? a->n : b->n;

	while (i-- > 0) {
		int x = i < a->n ? a->d[i] : 0, y = i < b->n ? b->d[i] : 0;

		if (x != y)
			return x - y;
	}
	return 0;
}

/* a += b, or a -= b when it is not less. */
static void
wide_add(struct wide *a, const struct wide *b, bool minus)
{
	int carry = 0;

	for (size_t i = 0; i < b->n || carry != 0; i++) {
		int x = i < b->n ? b->d[i] : 0;

		if (i >= a->n)
			a->d[a->n++] = 0;
		x = a->d[i] + carry + (minus ? -x : x);
		carry = x < 0 ? -1 : x > 9;
		a->d[i] = (uint8_t)(x - 10 * carry);
	}
}

/* One step of a long division; zeros in front are left out. */
static void
next_digit(num_u128 *rest, unsigned digit, num_u128 by, char *q, size_t *n)
{
	*rest = *rest * 10 + digit;
	q[*n] = (char)('0' + (int)(*rest / by));
	*n += *n != 0 || q[0] != '0';
	*rest %= by;
}

static void
slow(const struct unit_conv *c, const struct digits *d,
    const struct style *style, struct buf *out)
{
	struct wide v = {.n = 0}, add = {.n = 0};
	int64_t exp = d->exp;
	bool neg = d->neg;
	num_u128 rest = 0;
	char q[SLOW_DIGITS + 40];
	size_t n = 0;

	for (size_t i = d->text.len; i-- > 0;)
		if (d->text.p[i] != '.')
			v.d[v.n++] = (uint8_t)(d->text.p[i] - '0');
	wide_mul(&v, c->mul);
	if (c->add != 0) {
		add.d[add.n++] = 1;
		wide_mul(&add, c->add < 0 ? -(num_u128)c->add :
		    (num_u128)c->add);
		wide_shift(&v, exp);
		wide_shift(&add, -exp);
		exp = exp < 0 ? exp : 0;
		if (neg == (c->add < 0)) {
			wide_add(&v, &add, false);
		} else if (wide_cmp(&v, &add) >= 0) {
			wide_add(&v, &add, true);
		} else {
			wide_add(&add, &v, true);
			v = add;
			neg = !neg;
		}
	}
	for (size_t i = v.n; i-- > 0;)
		next_digit(&rest, v.d[i], c->odd, q, &n);
	/* Where they do not end, as many as are kept and one more. */
	for (; rest != 0 && n <= style->keep; exp--)
		next_digit(&rest, 0, c->odd, q, &n);
	emit((struct result){q, n, exp + c->ten, neg, rest != 0,
	    rest != 0 || c->rounded}, style, out);
}

/* Few digits and a near point, as nearly every number has. */
static bool
is_short(const struct digits *d)
{
	return d->n <= FAST_DIGITS && d->exp < 40 && d->exp > -60;
}

static int
convert(const struct unit_conv *c, struct str number,
    const struct style *style, struct buf *out, struct err *e)
{
	char canon[TEXT];
	struct buf b = {.p = canon, .cap = sizeof canon, .max = sizeof canon};
	struct digits d;

	if (c->same) {
		buf_str(out, number);
		return 0;
	}
	scan(number, &d);
	if (is_short(&d) && fast(c, &d, style, out))
		return 0;
	if (num_check(number, e) != 0)
		return -1;
	/* Without zeros that mean nothing, however many there are. */
	num_canon(number, &b);
	scan(buf_view(&b), &d);
	slow(c, &d, style, out);
	return 0;
}

int
unit_convert(const struct unit_conv *c, struct str number, struct buf *out,
    struct err *e)
{
	return convert(c, number, &as_text, out, e);
}

int
unit_to_double(const struct unit_conv *c, struct str number, double *out,
    struct err *e)
{
	struct buf text = {.max = 64 << 10};
	int rc = convert(c, number, &for_double, &text, e);

	if (rc == 0)
		rc = num_to_double(buf_view(&text), out, e);
	buf_free(&text);
	return rc;
}
