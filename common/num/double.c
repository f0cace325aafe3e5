#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "num/num_priv.h"

enum {
	/*
	 * A point half way between two doubles has at most 767 significant
	 * digits, so what follows here can only break a tie.
	 */
	NEAREST_DIGITS = 800,
	/* Beyond these powers every double is infinite or zero. */
	NEAREST_EXP = 5000,
	EXACT_POW = 22 /* 10^22 is a double, 10^23 is not */
};

/*
 * The digits are handed to strtod as a whole number with an exponent, so that
 * no locale's decimal point matters.
 */
static double
read_back(const struct num_scan *s, bool sticky)
{
	char tmp[NEAREST_DIGITS + 32];
	size_t n = s->nd;
	int64_t exp;

	if (n > NEAREST_DIGITS) {
		n = NEAREST_DIGITS;
		sticky = true; /* the last significant digit is not zero */
	}
	for (size_t i = 0; i < n; i++)
		tmp[i] = (char)('0' + num_digit(s, i));
	exp = s->point - (int64_t)n;
	if (sticky) {
		tmp[n++] = '1';
		exp--;
	}
	if (exp > NEAREST_EXP)
		exp = NEAREST_EXP;
	if (exp < -NEAREST_EXP)
		exp = -NEAREST_EXP;
	snprintf(tmp + n, sizeof tmp - n, "e%d", (int)exp);
	return strtod(tmp, NULL);
}

double
num_nearest(const struct num_scan *s, bool sticky)
{
	static const double pow10[EXACT_POW + 1] = {1e0, 1e1, 1e2, 1e3, 1e4,
	    1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
	    1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	int64_t exp = s->point - (int64_t)s->nd;
	uint64_t m = 0;
	double v;

	if (s->nd == 0)
		return 0;
	/* Clinger: both operands are exact, so one operation rounds once. */
	if (s->nd <= 15 && !sticky && exp >= -EXACT_POW && exp <= EXACT_POW) {
		for (size_t i = 0; i < s->nd; i++)
			m = m * 10 + num_digit(s, i);
		v = exp < 0 ? (double)m / pow10[-exp] : (double)m * pow10[exp];
	} else {
		v = read_back(s, sticky);
	}
	return s->neg ? -v : v;
}

int
num_to_double(struct str text, double *v, struct err *e)
{
	struct num_scan s;

	num_scan(&s, text);
	*v = num_nearest(&s, false);
	if (isinf(*v))
		return err_set(e, ERR_DATA, "num.range",
		    "number is too large for a double");
	return 0;
}

/* v to prec significant digits, all written to d, described by s. */
static void
format(double v, int prec, char *d, struct num_scan *s)
{
	char tmp[40];
	size_t n = 0;
	char *at;

	snprintf(tmp, sizeof tmp, "%.*e", prec - 1, v);
	for (at = tmp; *at != 'e'; at++)
		if (*at >= '0' && *at <= '9')
			d[n++] = *at;
	s->point = strtol(at + 1, NULL, 10) + 1;
	while (n > 1 && d[n - 1] == '0')
		n--;
	s->p = d;
	s->nd = s->dot = n;
}

void
num_put_double(struct buf *out, double v)
{
	struct num_scan s = {.neg = v < 0};
	double size = fabs(v);
	int prec, from = size < 2.2250738585072014e-308 ? 1 : 15;
	char d[24];

	if (v == 0) {
		buf_putc(out, '0');
		return;
	}
	s.neg = false;
	for (prec = from; prec <= 17; prec++) {
		format(size, prec, d, &s);
		if (prec == 17 || num_nearest(&s, false) == size)
			break;
		/*
		 * At a power of two the interval that reads back as v is
		 * wider above than below, and the shortest text may be the
		 * second nearest (2^-44).
		 */
		num_step_up(&s, d, (size_t)prec);
		if (num_nearest(&s, false) == size)
			break;
	}
	s.neg = v < 0;
	num_put(out, &s);
}
