#include "unit/unit_priv.h"

/*
 * Fractions in lowest terms, powers of ten kept apart.  Numerators and
 * denominators stay below 10^37, so that a digit more always fits 128 bits.
 */

num_u128
unit_limit(void)
{
	return (num_u128)UNIT_E18 * UNIT_E18 * 10;
}

static num_u128
gcd(num_u128 a, num_u128 b)
{
	while (b != 0) {
		num_u128 t = a % b;

		a = b;
		b = t;
	}
	return a;
}

static void
take_tens(struct unit_ratio *r)
{
	for (; r->num != 0 && r->num % 10 == 0; r->ten++)
		r->num /= 10;
	for (; r->den % 10 == 0; r->ten--)
		r->den /= 10;
}

static bool
product(num_u128 a, num_u128 b, num_u128 *out)
{
	return !__builtin_mul_overflow(a, b, out) && *out < unit_limit();
}

bool
unit_ratio_mul(struct unit_ratio *a, const struct unit_ratio *b)
{
	num_u128 g = gcd(a->num, b->den), h = gcd(b->num, a->den);

	if (a->num == 0)
		return true;
	if (!product(a->num / g, b->num / h, &a->num) ||
	    !product(a->den / h, b->den / g, &a->den))
		return false;
	a->ten += b->ten;
	a->pi += b->pi;
	take_tens(a);
	return a->ten > -1000 && a->ten < 1000 && a->pi > -100 && a->pi < 100;
}

bool
unit_ratio_inverse(struct unit_ratio *a)
{
	num_u128 num = a->num;

	if (num == 0)
		return false;
	*a = (struct unit_ratio){a->den, num, -a->ten, -a->pi};
	return true;
}

bool
unit_ratio_power(struct unit_ratio *a, int n)
{
	struct unit_ratio one = {1, 1, 0, 0}, base = *a;

	if (n < 0 && !unit_ratio_inverse(&base))
		return false;
	for (int i = n < 0 ? -n : n; i > 0; i--)
		if (!unit_ratio_mul(&one, &base))
			return false;
	*a = one;
	return true;
}

struct unit_ratio
unit_ratio_of(const char *decimal)
{
	struct unit_ratio r = {0, 1, 0, 0};
	const char *p = decimal;
	bool point = false, minus;
	int e = 0;

	if (p[0] == 'P')
		return (struct unit_ratio){1, 1, 0, 1};
	for (; *p != '\0' && *p != 'e'; p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		r.num = r.num * 10 + (unsigned)(*p - '0');
		r.ten -= point;
	}
	if (*p == 'e') {
		minus = *++p == '-';
		for (p += minus; *p != '\0'; p++)
			e = e * 10 + (*p - '0');
		r.ten += minus ? -e : e;
	}
	take_tens(&r);
	return r;
}
