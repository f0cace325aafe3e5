#include <math.h>

#include "expr/lib_priv.h"

/* The math extension, and functions of numbers that are ours.  A double comes
 * from libm; the rest is exact. */

static double
num(const struct expr_value *v)
{
	return v->type == EXPR_INT ? (double)v->u.i :
	    v->type == EXPR_UINT ? (double)v->u.u : v->u.d;
}

/* Keep v as the best when it is, want being 1 for the greatest. */
static bool
better(struct call *c, struct expr_value *best, struct expr_value *v,
    int want)
{
	if (!value_force(c->run, v, c->pc))
		*best = *v;
	else if (!value_is_number(v))
		*best = value_fail_types(c->pc, v, NULL);
	else if (best->type == EXPR_NULL || number_cmp(v, best) == want)
		*best = *v;
	if (--c->run->steps < 0)
		*best = call_fail(c, FAIL_LIMIT, NULL);
	return best->type != EXPR_ERROR;
}

/* Of the arguments, or of the list that is the only one. */
static struct expr_value
extreme(struct call *c, int want)
{
	struct expr_value best = {.type = EXPR_NULL}, v;
	struct expr_walk w = expr_walk(&c->arg[0]);

	if (c->n == 1 && c->arg[0].type == EXPR_LIST) {
		while (expr_next(&w, &v, NULL) && better(c, &best, &v, want))
			continue;
	} else {
		for (uint32_t i = 0; i < c->n; i++)
			if (!better(c, &best, &c->arg[i], want))
				break;
	}
	if (best.type == EXPR_NULL)
		return call_fail(c, FAIL_VALUE, "the list is empty");
	return best;
}

static struct expr_value
greatest(struct call *c)
{
	return extreme(c, 1);
}

static struct expr_value
least(struct call *c)
{
	return extreme(c, -1);
}

#define REAL(name, call_of)                                                    \
	static struct expr_value name(struct call *c)                          \
	{                                                                      \
		return value_double(call_of(num(&c->arg[0])));                 \
	}
REAL(real_ceil, ceil)
REAL(real_floor, floor)
REAL(real_round, round)
REAL(real_trunc, trunc)
REAL(real_sqrt, sqrt)
REAL(real_log, log)
REAL(real_log2, log2)
REAL(real_log10, log10)
REAL(real_exp, exp)
REAL(real_sin, sin)
REAL(real_cos, cos)
REAL(real_tan, tan)
REAL(real_asin, asin)
REAL(real_acos, acos)
REAL(real_atan, atan)

static struct expr_value
real_pow(struct call *c)
{
	if (!value_is_number(&c->arg[0]) || !value_is_number(&c->arg[1]))
		return value_fail_types(c->pc, &c->arg[0], &c->arg[1]);
	if (c->arg[0].type == EXPR_BIGINT || c->arg[1].type == EXPR_BIGINT)
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return value_double(pow(num(&c->arg[0]), num(&c->arg[1])));
}

static struct expr_value
real_atan2(struct call *c)
{
	if (!value_is_number(&c->arg[0]) || !value_is_number(&c->arg[1]) ||
	    c->arg[0].type == EXPR_BIGINT || c->arg[1].type == EXPR_BIGINT)
		return value_fail_types(c->pc, &c->arg[0], &c->arg[1]);
	return value_double(atan2(num(&c->arg[0]), num(&c->arg[1])));
}

static struct expr_value
abs_int(struct call *c)
{
	int64_t i = c->arg[0].u.i;

	if (i == INT64_MIN)
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return value_int(i < 0 ? -i : i);
}

static struct expr_value
same(struct call *c)
{
	return c->arg[0];
}

static struct expr_value
abs_double(struct call *c)
{
	return value_double(fabs(c->arg[0].u.d));
}

static struct expr_value
sign_int(struct call *c)
{
	int64_t i = c->arg[0].u.i;

	return value_int((i > 0) - (i < 0));
}

static struct expr_value
sign_uint(struct call *c)
{
	struct expr_value v = c->arg[0];

	v.u.u = v.u.u != 0;
	return v;
}

static struct expr_value
sign_double(struct call *c)
{
	double d = c->arg[0].u.d;

	return value_double(d > 0 ? 1 : d < 0 ? -1 : d);
}

static struct expr_value
is_nan(struct call *c)
{
	return value_bool(isnan(c->arg[0].u.d));
}

static struct expr_value
is_inf(struct call *c)
{
	return value_bool(isinf(c->arg[0].u.d));
}

static struct expr_value
is_finite(struct call *c)
{
	return value_bool(isfinite(c->arg[0].u.d));
}

/* int and uint have their bits at one place. */
static struct expr_value
bit_and(struct call *c)
{
	struct expr_value v = c->arg[0];

	v.u.u &= c->arg[1].u.u;
	return v;
}

static struct expr_value
bit_or(struct call *c)
{
	struct expr_value v = c->arg[0];

	v.u.u |= c->arg[1].u.u;
	return v;
}

static struct expr_value
bit_xor(struct call *c)
{
	struct expr_value v = c->arg[0];

	v.u.u ^= c->arg[1].u.u;
	return v;
}

static struct expr_value
bit_not(struct call *c)
{
	struct expr_value v = c->arg[0];

	v.u.u = ~v.u.u;
	return v;
}

/* Shifts are logical: bits that leave are gone, past 63 all of them. */
static struct expr_value
shift(struct call *c, bool left)
{
	struct expr_value v = c->arg[0];
	int64_t by = c->arg[1].u.i;

	if (by < 0)
		return call_fail(c, FAIL_VALUE, "a shift by less than 0");
	v.u.u = by > 63 ? 0 : left ? v.u.u << by : v.u.u >> by;
	return v;
}

static struct expr_value
shift_left(struct call *c)
{
	return shift(c, true);
}

static struct expr_value
shift_right(struct call *c)
{
	return shift(c, false);
}

/* Great-circle distance on a sphere of the Earth's mean radius (IUGG R1). */
static struct expr_value
haversine_km(struct call *c)
{
	const double radius = 6371.0088, deg = 3.14159265358979323846 / 180;
	double v[4], a, b, h;

	for (int i = 0; i < 4; i++) {
		if (!value_is_number(&c->arg[i]) ||
		    c->arg[i].type == EXPR_BIGINT)
			return value_fail_types(c->pc, &c->arg[i], NULL);
		v[i] = num(&c->arg[i]);
		if (!(fabs(v[i]) <= (i % 2 == 0 ? 90 : 360)))
			return call_fail(c, FAIL_VALUE, "haversine_km() takes "
			    "latitudes within 90 and longitudes within 360");
	}
	a = sin((v[2] - v[0]) * deg / 2);
	b = sin((v[3] - v[1]) * deg / 2);
	h = a * a + cos(v[0] * deg) * cos(v[2] * deg) * b * b;
	return value_double(2 * radius * asin(sqrt(h < 1 ? h : 1)));
}

/* Of any number, giving a double. */
#define OF_NUMBER(name, fn)                                                    \
	{name, "double: double", fn, false}, {name, "int: double", fn, false}, \
	{name, "uint: double", fn, false}
#define OF_BITS(name, fn)                                                      \
	{name, "int, int: int", fn, false},                                    \
	{name, "uint, uint: uint", fn, false}
#define UP_TO_8(name, fn)                                                      \
	{name, "list(A): A", fn, false}, {name, "int: int", fn, false},        \
	{name, "uint: uint", fn, false}, {name, "double: double", fn, false},  \
	{name, "int, int: int", fn, false},                                    \
	{name, "uint, uint: uint", fn, false},                                 \
	{name, "double, double: double", fn, false},                           \
	{name, "dyn, dyn: dyn", fn, false},                                    \
	{name, "dyn, dyn, dyn: dyn", fn, false},                               \
	{name, "dyn, dyn, dyn, dyn: dyn", fn, false},                          \
	{name, "dyn, dyn, dyn, dyn, dyn: dyn", fn, false},                     \
	{name, "dyn, dyn, dyn, dyn, dyn, dyn: dyn", fn, false},                \
	{name, "dyn, dyn, dyn, dyn, dyn, dyn, dyn: dyn", fn, false},           \
	{name, "dyn, dyn, dyn, dyn, dyn, dyn, dyn, dyn: dyn", fn, false}

static const struct builtin rows[] = {
	UP_TO_8("math.greatest", greatest),
	UP_TO_8("math.least", least),
	OF_NUMBER("math.ceil", real_ceil), OF_NUMBER("ceil", real_ceil),
	OF_NUMBER("math.floor", real_floor), OF_NUMBER("floor", real_floor),
	OF_NUMBER("math.round", real_round), OF_NUMBER("round", real_round),
	OF_NUMBER("math.trunc", real_trunc), OF_NUMBER("trunc", real_trunc),
	OF_NUMBER("math.sqrt", real_sqrt), OF_NUMBER("sqrt", real_sqrt),
	OF_NUMBER("log", real_log), OF_NUMBER("log2", real_log2),
	OF_NUMBER("log10", real_log10), OF_NUMBER("exp", real_exp),
	OF_NUMBER("sin", real_sin), OF_NUMBER("cos", real_cos),
	OF_NUMBER("tan", real_tan), OF_NUMBER("asin", real_asin),
	OF_NUMBER("acos", real_acos), OF_NUMBER("atan", real_atan),
	{"atan2", "dyn, dyn: double", real_atan2, false},
	{"pow", "dyn, dyn: double", real_pow, false},
	{"math.abs", "int: int", abs_int, false},
	{"math.abs", "uint: uint", same, false},
	{"math.abs", "double: double", abs_double, false},
	{"abs", "int: int", abs_int, false},
	{"abs", "uint: uint", same, false},
	{"abs", "double: double", abs_double, false},
	{"math.sign", "int: int", sign_int, false},
	{"math.sign", "uint: uint", sign_uint, false},
	{"math.sign", "double: double", sign_double, false},
	{"math.isNaN", "double: bool", is_nan, false},
	{"math.isInf", "double: bool", is_inf, false},
	{"math.isFinite", "double: bool", is_finite, false},
	OF_BITS("math.bitAnd", bit_and), OF_BITS("math.bitOr", bit_or),
	OF_BITS("math.bitXor", bit_xor),
	{"math.bitNot", "int: int", bit_not, false},
	{"math.bitNot", "uint: uint", bit_not, false},
	{"math.bitShiftLeft", "int, int: int", shift_left, false},
	{"math.bitShiftLeft", "uint, int: uint", shift_left, false},
	{"math.bitShiftRight", "int, int: int", shift_right, false},
	{"math.bitShiftRight", "uint, int: uint", shift_right, false},
	{"haversine_km", "dyn, dyn, dyn, dyn: double", haversine_km, false},
};

const struct lib expr_lib_math = {rows, ARRAY_LEN(rows)};
