#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expr/ops_priv.h"
#include "expr/lib_priv.h"
#include "json/json.h"
#include "num/num.h"

/* Arithmetic, order and equality. */

static struct expr_value
int_arith(uint32_t pc, enum op op, int64_t a, int64_t b)
{
	int64_t r;

	if (op == OP_DIV || op == OP_MOD) {
		if (b == 0)
			return value_fail(FAIL_DIVZERO, pc, NULL);
		if (a == INT64_MIN && b == -1)
			return value_fail(FAIL_OVERFLOW, pc, NULL);
		return value_int(op == OP_DIV ? a / b : a % b);
	}
	if (op == OP_ADD ? __builtin_add_overflow(a, b, &r) :
	    op == OP_SUB ? __builtin_sub_overflow(a, b, &r) :
	    __builtin_mul_overflow(a, b, &r))
		return value_fail(FAIL_OVERFLOW, pc, NULL);
	return value_int(r);
}

static struct expr_value
uint_arith(uint32_t pc, enum op op, uint64_t a, uint64_t b)
{
	struct expr_value v = {.type = EXPR_UINT};

	if (op == OP_DIV || op == OP_MOD) {
		if (b == 0)
			return value_fail(FAIL_DIVZERO, pc, NULL);
		v.u.u = op == OP_DIV ? a / b : a % b;
	} else if (op == OP_ADD ? __builtin_add_overflow(a, b, &v.u.u) :
	    op == OP_SUB ? __builtin_sub_overflow(a, b, &v.u.u) :
	    __builtin_mul_overflow(a, b, &v.u.u)) {
		return value_fail(FAIL_OVERFLOW, pc, NULL);
	}
	return v;
}

static struct expr_value
double_arith(enum op op, double a, double b)
{
	switch (op) {
	case OP_ADD:
		return value_double(a + b);
	case OP_SUB:
		return value_double(a - b);
	case OP_MUL:
		return value_double(a * b);
	default:
		return value_double(a / b);
	}
}

static struct expr_value
concat(struct expr_run *run, uint32_t pc, const struct expr_value *a,
    const struct expr_value *b)
{
	struct expr_value v = *a;
	char *p;

	if ((uint64_t)a->n + b->n > UINT32_MAX ||
	    (p = run_alloc(run, (size_t)a->n + b->n)) == NULL)
		return value_fail(FAIL_LIMIT, pc, NULL);
	if (a->n != 0)
		memcpy(p, a->u.p, a->n);
	if (b->n != 0)
		memcpy(p + a->n, b->u.p, b->n);
	v.u.p = p;
	v.n = a->n + b->n;
	return v;
}

static struct expr_value
concat_lists(struct expr_run *run, uint32_t pc, const struct expr_value *a,
    const struct expr_value *b)
{
	const struct expr_value *two[] = {a, b};
	size_t n = expr_count(a) + expr_count(b);
	struct expr_list *l = run_alloc(run, sizeof *l +
	    n * sizeof(struct expr_value));

	if (l == NULL)
		return value_fail(FAIL_LIMIT, pc, NULL);
	*l = (struct expr_list){.cap = (uint32_t)n,
	    .v = (struct expr_value *)(l + 1)};
	for (int i = 0; i < 2; i++) {
		const struct json_doc *d = two[i]->u.doc;

		if (two[i]->form == FORM_OWN) {
			memcpy(l->v + l->n, two[i]->u.list->v,
			    two[i]->u.list->n * sizeof *l->v);
			l->n += two[i]->u.list->n;
			continue;
		}
		for (uint32_t k = two[i]->n + 1; k < d->nodes[two[i]->n].next;
		     k = d->nodes[k].next)
			l->v[l->n++] = (struct expr_value){
			    .type = EXPR_JSON, .n = k, .u.doc = d};
	}
	return (struct expr_value){.type = EXPR_LIST, .u.list = l};
}

/* A timestamp and some nanoseconds, within years 1 to 9999. */
static struct expr_value
shift(uint32_t pc, const struct expr_value *ts, int64_t ns, bool back)
{
	struct expr_value v = *ts;
	int64_t s = ns / 1000000000, rest = ns % 1000000000;

	v.u.i += back ? -s : s;
	rest = (int64_t)ts->n + (back ? -rest : rest);
	if (rest < 0) {
		rest += 1000000000;
		v.u.i--;
	} else if (rest >= 1000000000) {
		rest -= 1000000000;
		v.u.i++;
	}
	v.n = (uint32_t)rest;
	if (v.u.i < TIME_MIN || v.u.i > TIME_MAX)
		return value_fail(FAIL_OVERFLOW, pc, NULL);
	return v;
}

static struct expr_value
time_arith(uint32_t pc, enum op op, const struct expr_value *a,
    const struct expr_value *b)
{
	struct expr_value v;
	int64_t ns;

	if (a->type == EXPR_DURATION && b->type == EXPR_DURATION) {
		v = int_arith(pc, op, a->u.i, b->u.i);
		if (v.type == EXPR_INT)
			v.type = EXPR_DURATION;
		return v;
	}
	if (a->type == EXPR_TIMESTAMP && b->type == EXPR_DURATION)
		return shift(pc, a, b->u.i, op == OP_SUB);
	if (op == OP_ADD && a->type == EXPR_DURATION &&
	    b->type == EXPR_TIMESTAMP)
		return shift(pc, b, a->u.i, false);
	if (op != OP_SUB || a->type != b->type)
		return value_fail_types(pc, a, b);
	/* The difference of two timestamps. */
	if (__builtin_mul_overflow(a->u.i - b->u.i, 1000000000, &ns) ||
	    __builtin_add_overflow(ns, (int64_t)a->n - (int64_t)b->n, &ns))
		return value_fail(FAIL_OVERFLOW, pc, NULL);
	return (struct expr_value){.type = EXPR_DURATION, .u.i = ns};
}

static bool
is_time(const struct expr_value *v)
{
	return v->type == EXPR_TIMESTAMP || v->type == EXPR_DURATION;
}

struct expr_value
op_arith(struct expr_run *run, uint32_t pc, struct expr_value *a,
    struct expr_value *b)
{
	enum op op = (enum op)run->x->code[pc].op;

	value_force(run, a, pc);
	value_force(run, b, pc);
	if (a->type == EXPR_ERROR)
		return *a;
	if (b->type == EXPR_ERROR)
		return *b;
	if (a->type == b->type) {
		if (a->type == EXPR_INT)
			return int_arith(pc, op, a->u.i, b->u.i);
		if (a->type == EXPR_DOUBLE && op != OP_MOD)
			return double_arith(op, a->u.d, b->u.d);
		if (a->type == EXPR_UINT)
			return uint_arith(pc, op, a->u.u, b->u.u);
		if (op == OP_ADD && (a->type == EXPR_STRING ||
		    a->type == EXPR_BYTES_TYPE))
			return concat(run, pc, a, b);
		if (op == OP_ADD && a->type == EXPR_LIST)
			return concat_lists(run, pc, a, b);
	}
	if (is_time(a) && is_time(b) && (op == OP_ADD || op == OP_SUB))
		return time_arith(pc, op, a, b);
	if (a->type == EXPR_BIGINT || b->type == EXPR_BIGINT)
		return value_fail(FAIL_OVERFLOW, pc, NULL);
	return value_fail_types(pc, a, b);
}

bool
value_is_number(const struct expr_value *v)
{
	return v->type == EXPR_INT || v->type == EXPR_UINT ||
	    v->type == EXPR_DOUBLE || v->type == EXPR_BIGINT;
}

double
number_double(const struct expr_value *v)
{
	struct err e;
	double d;

	switch (v->type) {
	case EXPR_INT:
		return (double)v->u.i;
	case EXPR_UINT:
		return (double)v->u.u;
	case EXPR_BIGINT:
		if (num_to_double((struct str){v->u.p, v->n}, &d, &e) != 0)
			return v->u.p[0] == '-' ? -INFINITY : INFINITY;
		return d;
	default:
		return v->u.d;
	}
}

/* The exact text of an int or uint, for comparing it with a longer one. */
static struct str
as_text(const struct expr_value *v, char tmp[32])
{
	if (v->type == EXPR_BIGINT)
		return (struct str){v->u.p, v->n};
	if (v->type == EXPR_INT)
		snprintf(tmp, 32, "%lld", (long long)v->u.i);
	else
		snprintf(tmp, 32, "%llu", (unsigned long long)v->u.u);
	return str_of(tmp);
}

static int
double_cmp(double a, double b)
{
	return a < b ? -1 : a > b ? 1 : a == b ? 0 : 2;
}

/*
 * Integers compare exactly, whatever their types; with a double both sides
 * are doubles, as the conformance tests have it at 2^63.
 */
int
number_cmp(const struct expr_value *a, const struct expr_value *b)
{
	char ta[32], tb[32];

	if (a->type == EXPR_DOUBLE || b->type == EXPR_DOUBLE)
		return double_cmp(number_double(a), number_double(b));
	if (a->type == EXPR_BIGINT || b->type == EXPR_BIGINT)
		return num_cmp(as_text(a, ta), as_text(b, tb));
	if (a->type == EXPR_INT && a->u.i < 0)
		return b->type == EXPR_INT && b->u.i <= a->u.i ?
		    b->u.i < a->u.i : -1;
	if (b->type == EXPR_INT && b->u.i < 0)
		return 1;
	return a->u.u < b->u.u ? -1 : a->u.u > b->u.u;
}

static int
same_cmp(struct expr_run *run, const struct expr_value *a,
    const struct expr_value *b)
{
	switch (a->type) {
	case EXPR_BOOL:
		return a->u.b - b->u.b;
	case EXPR_STRING:
	case EXPR_BYTES_TYPE:
		run->steps -= a->n / BYTES_A_STEP;
		return str_cmp((struct str){a->u.p, a->n},
		    (struct str){b->u.p, b->n});
	case EXPR_TIMESTAMP:
		if (a->u.i == b->u.i)
			return a->n < b->n ? -1 : a->n > b->n;
		/* fall through */
	default: /* EXPR_DURATION */
		return a->u.i < b->u.i ? -1 : a->u.i > b->u.i;
	}
}

struct expr_value
op_compare(struct expr_run *run, uint32_t pc, struct expr_value *a,
    struct expr_value *b)
{
	int c;

	value_force(run, a, pc);
	value_force(run, b, pc);
	if (a->type == EXPR_ERROR)
		return *a;
	if (b->type == EXPR_ERROR)
		return *b;
	if (a->type == EXPR_DOUBLE && b->type == EXPR_DOUBLE)
		c = double_cmp(a->u.d, b->u.d);
	else if (value_is_number(a) && value_is_number(b))
		c = number_cmp(a, b);
	else if (a->type == b->type && (a->type == EXPR_STRING ||
	    a->type == EXPR_BOOL || a->type == EXPR_BYTES_TYPE || is_time(a)))
		c = same_cmp(run, a, b);
	else
		return value_fail_types(pc, a, b);
	if (c == 2)
		return value_bool(false);
	switch ((enum op)run->x->code[pc].op) {
	case OP_LT:
		return value_bool(c < 0);
	case OP_LE:
		return value_bool(c <= 0);
	case OP_GT:
		return value_bool(c > 0);
	default:
		return value_bool(c >= 0);
	}
}

/* Of two scalars that no error can be in: keys of maps. */
bool
key_eq(const struct expr_value *a, const struct expr_value *b)
{
	if (value_is_number(a) && value_is_number(b))
		return number_cmp(a, b) == 0;
	if (a->type != b->type)
		return false;
	if (a->type == EXPR_STRING)
		return a->n == b->n && memcmp(a->u.p, b->u.p, a->n) == 0;
	return a->type == EXPR_BOOL && a->u.b == b->u.b;
}
