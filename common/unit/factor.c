#include "unit/unit_priv.h"

#include "base/buf.h"
#include "base/err.h"

/* From two units to the factor, and the shift, between them. */

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

/* Is a code something else than what its writer meant? */
static void
hint_meant(const char *meant, const struct unit *other, struct err *e)
{
	struct err none;
	struct unit u;

	if (meant != NULL && unit_parse(&u, str_of(meant), &none) == 0 &&
	    memcmp(u.dim, other->dim, sizeof u.dim) == 0)
		err_hint(e, "did you mean \"%s\"?", meant);
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
		hint_meant(from->meant, to, e);
		hint_meant(to->meant, from, e);
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
	/* A shift that was taken off again has left its decimals. */
	for (; c->add == 0 && c->ten < 0 && c->mul % 10 == 0; c->ten++)
		c->mul /= 10;
	c->same = c->add == 0 && c->mul == 1 && c->odd == 1 && c->ten == 0;
	return 0;
}
