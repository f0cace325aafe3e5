#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "expr/lib_priv.h"

/* "%s is %d".format([...]): the string extension's own clauses. */

enum { PRECISION = 6, PRECISION_MAX = 100 };

static const char *
put_digits(struct text *t, const struct expr_value *v, unsigned bits,
    const char *digits)
{
	bool neg = v->type == EXPR_INT && v->u.i < 0;
	uint64_t u = neg ? 0 - v->u.u : v->u.u;
	char tmp[65];
	size_t at = sizeof tmp;

	do {
		tmp[--at] = digits[u & ((1u << bits) - 1)];
		u >>= bits;
	} while (u != 0);
	if (neg)
		tmp[--at] = '-';
	text_put(t, tmp + at, sizeof tmp - at);
	return NULL;
}

static bool
is_integer(const struct expr_value *v)
{
	return v->type == EXPR_INT || v->type == EXPR_UINT;
}

static const char *
put_hex(struct text *t, const struct expr_value *v, const char *digits)
{
	if (is_integer(v))
		return put_digits(t, v, 4, digits);
	if (v->type != EXPR_STRING && v->type != EXPR_BYTES_TYPE)
		return "%x is for an int, a uint, a string or bytes";
	for (uint32_t i = 0; i < v->n; i++) {
		unsigned char b = (unsigned char)v->u.p[i];
		char two[2] = {digits[b >> 4], digits[b & 15]};

		text_put(t, two, 2);
	}
	return NULL;
}

/* NaN and the infinities, which all number clauses spell alike. */
static bool
put_special(struct text *t, const struct expr_value *v)
{
	if (v->type != EXPR_DOUBLE || isfinite(v->u.d))
		return false;
	text_puts(t, isnan(v->u.d) ? "NaN" :
	    v->u.d < 0 ? "-Infinity" : "Infinity");
	return true;
}

static const char *
put_float(struct text *t, const struct expr_value *v, char kind, int prec)
{
	double d;

	if (v->type != EXPR_DOUBLE && !is_integer(v))
		return kind == 'f' ? "%f is for a number" :
		    "%e is for a number";
	if (put_special(t, v))
		return NULL;
	d = v->type == EXPR_DOUBLE ? v->u.d :
	    v->type == EXPR_INT ? (double)v->u.i : (double)v->u.u;
	if (kind == 'f')
		text_putf(t, "%.*f", prec, d);
	else
		text_putf(t, "%.*e", prec, d);
	return NULL;
}

static const char *
put_decimal(struct text *t, const struct expr_value *v)
{
	if (put_special(t, v))
		return NULL;
	if (v->type == EXPR_BIGINT)
		text_put(t, v->u.p, v->n);
	else if (!is_integer(v))
		return "%d is for an int or a uint";
	else if (v->type == EXPR_INT)
		text_putf(t, "%" PRId64, v->u.i);
	else
		text_putf(t, "%" PRIu64, v->u.u);
	return NULL;
}

/* One clause; what is wrong with it, or NULL. */
static const char *
put_clause(struct text *t, const struct expr_value *v, char kind, int prec)
{
	static const char lower[] = "0123456789abcdef";
	static const char upper[] = "0123456789ABCDEF";

	switch (kind) {
	case 's':
		return text_value(t, v, 0) ? NULL :
		    "%s is not for this type of value";
	case 'd':
		return put_decimal(t, v);
	case 'f':
	case 'e':
		return put_float(t, v, kind, prec);
	case 'b':
		if (v->type == EXPR_BOOL) {
			text_puts(t, v->u.b ? "1" : "0");
			return NULL;
		}
		return is_integer(v) ? put_digits(t, v, 1, lower) :
		    "%b is for an int, a uint or a bool";
	case 'o':
		return is_integer(v) ? put_digits(t, v, 3, lower) :
		    "%o is for an int or a uint";
	case 'x':
		return put_hex(t, v, lower);
	case 'X':
		return put_hex(t, v, upper);
	default:
		return "the format has an unknown clause: it has %s %d %f %e "
		    "%b %o %x %X and %%";
	}
}

/* .digits after a %; the default without, -1 when malformed. */
static int
precision(struct str s, size_t *at)
{
	int n = 0;

	if (*at == s.len || s.p[*at] != '.')
		return PRECISION;
	for (++*at; *at < s.len && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at) {
		n = n * 10 + (s.p[*at] - '0');
		if (n > PRECISION_MAX)
			return -1;
	}
	return n;
}

struct expr_value
lib_format(struct call *c)
{
	struct str s = {c->arg[0].u.p, c->arg[0].n};
	struct text t = {.run = c->run};
	struct expr_walk w = expr_walk(&c->arg[1]);
	size_t at = 0;

	while (at < s.len) {
		const char *p = memchr(s.p + at, '%', s.len - at), *wrong;
		size_t to = p != NULL ? (size_t)(p - s.p) : s.len;
		struct expr_value v;
		int prec;

		text_put(&t, s.p + at, to - at);
		if (p == NULL)
			break;
		at = to + 1;
		if (at < s.len && s.p[at] == '%') {
			text_puts(&t, "%");
			at++;
			continue;
		}
		prec = precision(s, &at);
		if (prec < 0 || at == s.len)
			return call_fail(c, FAIL_VALUE,
			    "the format ends in a clause, or has a precision "
			    "past 100");
		if (!expr_next(&w, &v, NULL))
			return call_fail(c, FAIL_VALUE, "the format has more "
			    "clauses than there are values");
		if (!value_force(c->run, &v, c->pc))
			return v;
		wrong = put_clause(&t, &v, s.p[at++], prec);
		if (wrong != NULL)
			return call_fail(c, FAIL_VALUE, wrong);
	}
	return text_end(&t, c);
}
