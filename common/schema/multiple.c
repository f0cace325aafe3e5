/*
 * multipleOf, exactly.  With v = a * 10^p and d = m * 10^q, both without
 * trailing zeros in a and m: when p < q no power of ten in d divides v; else v
 * is a multiple when a * 10^(p - q) mod m is 0.
 */
#include "num/num.h"
#include "schema/schema_priv.h"

/* Of a number's text: digits from the first to the last that is not zero, and
 * the power of ten of the last one. */
struct digits {
	struct str text; /* may hold one '.' */
	int64_t exp;
	bool zero;
};

/* The exponent behind 'e', clamped: json_parse limits its digits to 18. */
static int64_t
exponent(struct str s)
{
	bool minus = s.len != 0 && s.p[0] == '-';
	int64_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			v = v * 10 + (s.p[i] - '0');
	return minus ? -v : v;
}

static struct digits
read_digits(struct str s)
{
	struct digits d = {.text = s};
	size_t mantissa = 0, point = SIZE_MAX, first = SIZE_MAX, last = 0;

	while (mantissa < s.len && (s.p[mantissa] | 32) != 'e')
		mantissa++;
	for (size_t i = 0; i < mantissa; i++) {
		if (s.p[i] == '.')
			point = i;
		if (s.p[i] >= '1' && s.p[i] <= '9') {
			first = first == SIZE_MAX ? i : first;
			last = i;
		}
	}
	d.zero = first == SIZE_MAX;
	if (d.zero)
		return d;
	if (mantissa < s.len)
		d.exp = exponent((struct str){s.p + mantissa + 1,
		    s.len - mantissa - 1});
	if (point == SIZE_MAX)
		point = mantissa;
	if (last < point)
		d.exp += (int64_t)(point - last - 1);
	else
		d.exp -= (int64_t)(last - point);
	d.text = (struct str){s.p + first, last - first + 1};
	return d;
}

int
schema_multiple(struct str text, struct multiple *m)
{
	struct digits d = read_digits(text);
	unsigned n = 0;

	if (d.zero || text.p[0] == '-')
		return -1;
	m->coef = 0;
	m->exp = d.exp;
	for (size_t i = 0; i < d.text.len; i++) {
		if (d.text.p[i] == '.')
			continue;
		if (++n > 18)
			return -1;
		m->coef = m->coef * 10 + (uint64_t)(d.text.p[i] - '0');
	}
	return 0;
}

static uint64_t
mul_mod(uint64_t a, uint64_t b, uint64_t m)
{
	return (uint64_t)((num_u128)a * b % m);
}

bool
schema_is_multiple(const struct multiple *m, struct str text)
{
	struct digits d = read_digits(text);
	uint64_t rest = 0, ten = 10 % m->coef, power;

	if (d.zero)
		return true;
	if (d.exp < m->exp)
		return false;
	for (size_t i = 0; i < d.text.len; i++)
		if (d.text.p[i] != '.')
			rest = (uint64_t)(((num_u128)rest * 10 +
			    (uint64_t)(d.text.p[i] - '0')) % m->coef);
	power = (uint64_t)d.exp - (uint64_t)m->exp;
	for (; power != 0 && rest != 0; power >>= 1) {
		if (power & 1)
			rest = mul_mod(rest, ten, m->coef);
		ten = mul_mod(ten, ten, m->coef);
	}
	return rest == 0;
}
