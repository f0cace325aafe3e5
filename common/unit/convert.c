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

/* --- compiling --- */

/* pi with 30 digits, or with 21 where they would not fit: more than is kept of
 * a result. */
static bool
spell_pi(struct unit_ratio *f, bool *rounded)
{
	struct unit_ratio wide = {(num_u128)314159265358979 * 1000000000000000
	    + 323846264338328, 1, -29, 0};
	struct unit_ratio near = {(num_u128)31415926535897932 * 10000 + 3846,
	    1, -20, 0};
	struct unit_ratio was;
	int n = f->pi;

	f->pi = 0;
	*rounded = n != 0;
	if (n == 0)
		return true;
	if (n < -1 || n > 1)
		return false;
	if (n < 0 &&
	    (!unit_ratio_inverse(&wide) || !unit_ratio_inverse(&near)))
		return false;
	was = *f;
	if (unit_ratio_mul(f, &wide))
		return true;
	*f = was;
	return unit_ratio_mul(f, &near);
}

/* Move factors 2 and 5 of the denominator into the power of ten. */
static bool
decimal(struct unit_ratio *f)
{
	struct unit_ratio five = {5, 1, -1, 0}, two = {2, 1, -1, 0};

	while (f->den % 2 == 0) {
		f->den /= 2;
		if (!unit_ratio_mul(f, &five))
			return false;
	}
	while (f->den % 5 == 0) {
		f->den /= 5;
		if (!unit_ratio_mul(f, &two))
			return false;
	}
	return true;
}

/* num * 10^places */
static bool
scale_up(num_u128 *num, int places)
{
	for (; places > 0; places--)
		if (__builtin_mul_overflow(*num, (num_u128)10, num))
			return false;
	return *num < unit_limit();
}

/* add = from's shift times the factor, less to's shift. */
static bool
shifts(struct unit_conv *c, struct unit_ratio f, const struct unit *from,
    const struct unit *to)
{
	struct unit_ratio a = from->shift, b = to->shift, odd;

	if (!unit_ratio_mul(&a, &f))
		return false;
	odd = (struct unit_ratio){f.den, 1, 0, 0};
	/* Both over the factor's denominator; b is a decimal already. */
	if (!unit_ratio_mul(&a, &odd) || !unit_ratio_mul(&b, &odd) ||
	    !decimal(&a) || !decimal(&b) || a.den != 1 || b.den != 1)
		return false;
	if (a.num == 0)
		a.ten = c->ten;
	if (b.num == 0)
		b.ten = c->ten;
	if (a.ten < c->ten && !scale_up(&c->mul, c->ten - a.ten))
		return false;
	c->ten = a.ten < c->ten ? a.ten : c->ten;
	if (b.ten < c->ten && !scale_up(&c->mul, c->ten - b.ten))
		return false;
	c->ten = b.ten < c->ten ? b.ten : c->ten;
	if (!scale_up(&a.num, a.ten - c->ten) ||
	    !scale_up(&b.num, b.ten - c->ten))
		return false;
	c->add = (num_i128)a.num - (num_i128)b.num;
	return true;
}

int
unit_conv_init(struct unit_conv *c, const struct unit *from,
    const struct unit *to, struct err *e)
{
	struct unit_ratio f = from->factor, back = to->factor;
	struct buf a = {0}, b = {0};
	bool ok;

	*c = (struct unit_conv){0};
	if (memcmp(from->dim, to->dim, sizeof from->dim) != 0) {
		unit_put_dim(from, &a);
		unit_put_dim(to, &b);
		err_set(e, ERR_CONFIG, "unit.dimension",
		    "the units measure different things: %s and %s",
		    buf_cstr(&a), buf_cstr(&b));
		buf_free(&a);
		buf_free(&b);
		return -1;
	}
	ok = unit_ratio_inverse(&back) && unit_ratio_mul(&f, &back) &&
	    spell_pi(&f, &c->rounded) && decimal(&f);
	c->mul = f.num;
	c->odd = f.den;
	c->ten = f.ten;
	if (ok && (from->affine || to->affine))
		ok = shifts(c, f, from, to);
	if (!ok)
		return err_set(e, ERR_CONFIG, "unit.limit",
		    "the factor between the units is too large");
	c->same = c->add == 0 && c->mul == 1 && c->odd == 1 && c->ten == 0;
	return 0;
}

/* --- converting --- */

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

/* Digits, most significant first, rounded when asked, as a number. */
static void
emit(const char *d, size_t n, int64_t exp, bool neg, bool sticky, bool round,
    struct buf *out)
{
	char text[TEXT];
	size_t len = 0;
	bool up = false;

	while (n != 0 && *d == '0') {
		d++;
		n--;
	}
	if (round && n > UNIT_DIGITS) {
		const char *rest = d + UNIT_DIGITS;

		for (size_t i = UNIT_DIGITS + 1; i < n; i++)
			sticky = sticky || d[i] != '0';
		up = *rest > '5' || (*rest == '5' &&
		    (sticky || (d[UNIT_DIGITS - 1] & 1) != 0));
		exp += (int64_t)(n - UNIT_DIGITS);
		n = UNIT_DIGITS;
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
	if (exp == 0 && len <= 21) {
		buf_put(out, d + !neg, len - !neg);
		return;
	}
	{
		char whole[TEXT + 32];
		struct buf b = {.p = whole, .cap = sizeof whole,
		    .max = sizeof whole};

		buf_put(&b, d + !neg, len - !neg);
		buf_printf(&b, "e%lld", (long long)exp);
		num_canon(buf_view(&b), out);
	}
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
fast(const struct unit_conv *c, const struct digits *d, struct buf *out)
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
		emit(text, put_u128(text, left / c->odd), exp, neg, false,
		    c->rounded, out);
		return true;
	}
	/* Enough digits for one more than are kept. */
	while (left / c->odd < UNIT_E18) {
		if (__builtin_mul_overflow(left, (num_u128)1000, &left))
			return false;
		exp -= 3;
	}
	emit(text, put_u128(text, left / c->odd), exp, neg,
	    left % c->odd != 0, true, out);
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
slow(const struct unit_conv *c, const struct digits *d, struct buf *out)
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
	for (; rest != 0 && n <= UNIT_DIGITS; exp--)
		next_digit(&rest, 0, c->odd, q, &n);
	emit(q, n, exp + c->ten, neg, rest != 0, rest != 0 || c->rounded,
	    out);
}

/* Few digits and a near point, as nearly every number has. */
static bool
is_short(const struct digits *d)
{
	return d->n <= FAST_DIGITS && d->exp < 40 && d->exp > -60;
}

int
unit_convert(const struct unit_conv *c, struct str number, struct buf *out,
    struct err *e)
{
	char canon[TEXT];
	struct buf b = {.p = canon, .cap = sizeof canon, .max = sizeof canon};
	struct digits d;

	if (c->same) {
		buf_str(out, number);
		return 0;
	}
	scan(number, &d);
	if (is_short(&d) && fast(c, &d, out))
		return 0;
	if (num_check(number, e) != 0)
		return -1;
	/* Without zeros that mean nothing, however many there are. */
	num_canon(number, &b);
	scan(buf_view(&b), &d);
	slow(c, &d, out);
	return 0;
}
