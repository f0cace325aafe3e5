#include "num/num_priv.h"

enum { SMALL_DIGITS = 18 };

/*
 * With v = a * 10^p and d = m * 10^q, both without trailing zeros in a and m:
 * when p < q no power of ten in d divides v; else v is a multiple when
 * a * 10^(p - q) mod m is 0.
 */

int
num_divisor(struct num_divisor *d, struct str text)
{
	struct num_scan s;

	num_scan(&s, text);
	if (s.nd == 0 || s.neg || s.nd > SMALL_DIGITS)
		return -1;
	d->coef = 0;
	d->exp = s.point - (int64_t)s.nd;
	for (size_t i = 0; i < s.nd; i++)
		d->coef = d->coef * 10 + num_digit(&s, i);
	return 0;
}

static uint64_t
mul_mod(uint64_t a, uint64_t b, uint64_t m)
{
	return (uint64_t)((num_u128)a * b % m);
}

bool
num_is_multiple(struct str text, const struct num_divisor *d)
{
	uint64_t rest = 0, ten = 10 % d->coef, power;
	struct num_scan s;
	int64_t exp;

	num_scan(&s, text);
	if (s.nd == 0)
		return true;
	exp = s.point - (int64_t)s.nd;
	if (exp < d->exp)
		return false;
	for (size_t i = 0; i < s.nd; i++)
		rest = (uint64_t)(((num_u128)rest * 10 + num_digit(&s, i)) %
		    d->coef);
	power = (uint64_t)exp - (uint64_t)d->exp;
	for (; power != 0 && rest != 0; power >>= 1) {
		if (power & 1)
			rest = mul_mod(rest, ten, d->coef);
		ten = mul_mod(ten, ten, d->coef);
	}
	return rest == 0;
}
