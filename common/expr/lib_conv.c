#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "expr/lib_priv.h"
#include "num/num.h"

/* From one type to another. */

static struct expr_value
identity(struct call *c)
{
	return c->arg[0];
}

static struct expr_value
bool_string(struct call *c)
{
	static const char *const words[] = {"1", "t", "true", "TRUE", "True",
	    "0", "f", "false", "FALSE", "False"};
	struct str s = {c->arg[0].u.p, c->arg[0].n};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(s, str_of(words[i])))
			return value_bool(i < 5);
	return call_fail(c, FAIL_VALUE, "the text is not a bool");
}

static struct expr_value
int_uint(struct call *c)
{
	if (c->arg[0].u.u > INT64_MAX)
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return value_int((int64_t)c->arg[0].u.u);
}

static struct expr_value
int_double(struct call *c)
{
	double d = c->arg[0].u.d;

	/* The bounds themselves are refused, as the conformance tests ask. */
	if (!(d > -0x1p63 && d < 0x1p63))
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return value_int((int64_t)d);
}

/* Decimal digits; *neg when a sign was there. */
static bool
parse_digits(const struct expr_value *v, bool *neg, uint64_t *out)
{
	uint32_t i = 0;

	*neg = v->n != 0 && v->u.p[0] == '-';
	*out = 0;
	if (*neg || (v->n != 0 && v->u.p[0] == '+'))
		i++;
	if (i == v->n)
		return false;
	for (; i < v->n; i++) {
		unsigned d = (unsigned char)v->u.p[i] - (unsigned)'0';

		if (d > 9 || __builtin_mul_overflow(*out, 10, out) ||
		    __builtin_add_overflow(*out, d, out))
			return false;
	}
	return true;
}

static struct expr_value
int_string(struct call *c)
{
	uint64_t u;
	bool neg;

	if (!parse_digits(&c->arg[0], &neg, &u) ||
	    u > (uint64_t)INT64_MAX + neg)
		return call_fail(c, FAIL_VALUE, "the text is not an int");
	return value_int((int64_t)(neg ? 0 - u : u));
}

static struct expr_value
int_timestamp(struct call *c)
{
	return value_int(c->arg[0].u.i);
}

static struct expr_value
make_uint(uint64_t u)
{
	return (struct expr_value){.type = EXPR_UINT, .u.u = u};
}

static struct expr_value
uint_int(struct call *c)
{
	if (c->arg[0].u.i < 0)
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return make_uint((uint64_t)c->arg[0].u.i);
}

static struct expr_value
uint_double(struct call *c)
{
	double d = c->arg[0].u.d;

	if (!(d > -1 && d < 0x1p64))
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return make_uint((uint64_t)d);
}

static struct expr_value
uint_string(struct call *c)
{
	uint64_t u;
	bool neg;

	if (!parse_digits(&c->arg[0], &neg, &u) || (neg && u != 0))
		return call_fail(c, FAIL_VALUE, "the text is not a uint");
	return make_uint(u);
}

static struct expr_value
double_int(struct call *c)
{
	return value_double((double)c->arg[0].u.i);
}

static struct expr_value
double_uint(struct call *c)
{
	return value_double((double)c->arg[0].u.u);
}

/* Is s a number as num_to_double takes them (JSON's, a leading + or 0s)? */
static bool
is_number(struct str s)
{
	size_t i = 0, digits = 0;

	for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		digits++;
	if (i < s.len && s.p[i] == '.')
		for (i++; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			digits++;
	if (digits == 0)
		return false;
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.len && (s.p[i] == '+' || s.p[i] == '-'))
			i++;
		if (i == s.len)
			return false;
		while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
			i++;
	}
	return i == s.len;
}

static struct expr_value
double_string(struct call *c)
{
	static const struct { const char *name; double d; } words[] = {
	    {"nan", NAN}, {"inf", INFINITY}, {"infinity", INFINITY}};
	struct str s = {c->arg[0].u.p, c->arg[0].n};
	bool neg = s.len != 0 && s.p[0] == '-';
	struct err e;
	double d;

	if (neg || (s.len != 0 && s.p[0] == '+')) {
		s.p++;
		s.len--;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t k = 0;

		while (k < s.len && (s.p[k] | 0x20) == words[i].name[k])
			k++;
		if (k == s.len && words[i].name[k] == '\0')
			return value_double(neg ? -words[i].d : words[i].d);
	}
	if (!is_number(s))
		return call_fail(c, FAIL_VALUE, "the text is not a number");
	if (num_to_double(s, &d, &e) != 0)
		return call_fail(c, FAIL_RANGE, "the number is past double");
	return value_double(neg ? -d : d);
}

static struct expr_value
double_bigint(struct call *c)
{
	struct str s = {c->arg[0].u.p, c->arg[0].n};
	struct err e;
	double d;

	if (num_to_double(s, &d, &e) != 0)
		return call_fail(c, FAIL_RANGE, NULL);
	return value_double(d);
}

static struct expr_value
uint_bigint(struct call *c)
{
	uint64_t u;
	bool neg;

	if (!parse_digits(&c->arg[0], &neg, &u) || neg)
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return make_uint(u);
}

static struct expr_value
string_any(struct call *c)
{
	struct text t = {.run = c->run};

	if (!text_value(&t, &c->arg[0], 0))
		return value_fail_types(c->pc, &c->arg[0], NULL);
	return text_end(&t, c);
}

static struct expr_value
string_bytes(struct call *c)
{
	struct expr_value v = c->arg[0];

	if (utf8_valid(v.u.p, v.n) != v.n)
		return call_fail(c, FAIL_VALUE, "the bytes are not UTF-8");
	v.type = EXPR_STRING;
	return v;
}

static struct expr_value
bytes_string(struct call *c)
{
	struct expr_value v = c->arg[0];

	v.type = EXPR_BYTES_TYPE;
	return v;
}

static struct expr_value
type_of(struct call *c)
{
	const char *name = expr_type_name(&c->arg[0]);
	struct expr_value v = value_string(name, strlen(name));

	v.type = EXPR_TYPE;
	return v;
}

static struct expr_value
timestamp_int(struct call *c)
{
	int64_t s = c->arg[0].u.i;

	if (s < TIME_MIN || s > TIME_MAX)
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return (struct expr_value){.type = EXPR_TIMESTAMP, .u.i = s};
}

static struct expr_value
timestamp_string(struct call *c)
{
	struct expr_value v;

	if (!time_parse((struct str){c->arg[0].u.p, c->arg[0].n}, &v))
		return call_fail(c, FAIL_VALUE, "the text is not an RFC 3339 "
		    "time of the years 1 to 9999");
	return v;
}

static struct expr_value
duration_string(struct call *c)
{
	struct expr_value v;

	if (!duration_parse((struct str){c->arg[0].u.p, c->arg[0].n}, &v))
		return call_fail(c, FAIL_VALUE, "the text is not a duration, "
		    "as \"1h30m\", or out of range");
	return v;
}

static struct expr_value
size_string(struct call *c)
{
	const struct expr_value *v = &c->arg[0];
	int64_t n = 0;

	for (uint32_t i = 0; i < v->n; i++)
		n += ((unsigned char)v->u.p[i] & 0xc0) != 0x80;
	return value_int(n);
}

static struct expr_value
size_bytes(struct call *c)
{
	return value_int(c->arg[0].n);
}

static struct expr_value
size_items(struct call *c)
{
	return value_int((int64_t)expr_count(&c->arg[0]));
}

static const struct builtin rows[] = {
	{"dyn", "A: dyn", identity, false},
	{"type", "A: type", type_of, false},
	{"bool", "bool: bool", identity, false},
	{"bool", "string: bool", bool_string, false},
	{"int", "int: int", identity, false},
	{"int", "uint: int", int_uint, false},
	{"int", "double: int", int_double, false},
	{"int", "string: int", int_string, false},
	{"int", "timestamp: int", int_timestamp, false},
	{"uint", "uint: uint", identity, false},
	{"uint", "int: uint", uint_int, false},
	{"uint", "double: uint", uint_double, false},
	{"uint", "string: uint", uint_string, false},
	{"uint", "bigint: uint", uint_bigint, false},
	{"double", "double: double", identity, false},
	{"double", "int: double", double_int, false},
	{"double", "uint: double", double_uint, false},
	{"double", "string: double", double_string, false},
	{"double", "bigint: double", double_bigint, false},
	{"string", "string: string", identity, false},
	{"string", "bool: string", string_any, false},
	{"string", "int: string", string_any, false},
	{"string", "uint: string", string_any, false},
	{"string", "double: string", string_any, false},
	{"string", "bytes: string", string_bytes, false},
	{"string", "timestamp: string", string_any, false},
	{"string", "duration: string", string_any, false},
	{"string", "bigint: string", string_any, false},
	{"bytes", "bytes: bytes", identity, false},
	{"bytes", "string: bytes", bytes_string, false},
	{"timestamp", "timestamp: timestamp", identity, false},
	{"timestamp", "string: timestamp", timestamp_string, false},
	{"timestamp", "int: timestamp", timestamp_int, false},
	{"duration", "duration: duration", identity, false},
	{"duration", "string: duration", duration_string, false},
	{"size", "string: int", size_string, false},
	{"size", "bytes: int", size_bytes, false},
	{"size", "list(A): int", size_items, false},
	{"size", "map(A, B): int", size_items, false},
	{"size", "string: int", size_string, true},
	{"size", "bytes: int", size_bytes, true},
	{"size", "list(A): int", size_items, true},
	{"size", "map(A, B): int", size_items, true},
};

const struct lib expr_lib_conv = {rows, ARRAY_LEN(rows)};
