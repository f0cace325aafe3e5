#include <string.h>

#include "expr/ops_priv.h"
#include "json/json.h"

/* Equality, as deep as the values are: JSON_DEPTH and EXPR_NEST bound that. */

enum { EQ_DEPTH = 2048 };

static int
list_eq(struct expr_run *run, const struct expr_value *a,
    const struct expr_value *b, unsigned depth)
{
	struct expr_walk wa = expr_walk(a), wb = expr_walk(b);
	struct expr_value x, y;

	for (;;) {
		bool more = expr_next(&wa, &x, NULL);
		int eq;

		run->steps--;
		if (more != expr_next(&wb, &y, NULL))
			return 0;
		if (!more)
			return 1;
		eq = value_eq(run, &x, &y, depth + 1);
		if (eq <= 0)
			return eq;
	}
}

static int
map_eq(struct expr_run *run, const struct expr_value *a,
    const struct expr_value *b, unsigned depth)
{
	struct expr_walk wa = expr_walk(a), wb = expr_walk(b);
	struct expr_value k, v, k2, v2;
	int eq;

	if (expr_count(a) != expr_count(b))
		return 0;
	while (expr_next(&wa, &k, &v)) {
		if (!value_force(run, &k, 0))
			return -1;
		/* Most maps that are equal have their keys in one order. */
		if (!expr_next(&wb, &k2, &v2) || !value_force(run, &k2, 0))
			return -1;
		if (!key_eq(&k, &k2) && map_get(run, b, &k, &v2) == 0)
			return 0;
		eq = value_eq(run, &v, &v2, depth + 1);
		if (eq <= 0)
			return eq;
	}
	return 1;
}

static int
scalar_eq(struct expr_run *run, const struct expr_value *a,
    const struct expr_value *b)
{
	switch (a->type) {
	case EXPR_NULL:
		return 1;
	case EXPR_BOOL:
		return a->u.b == b->u.b;
	case EXPR_STRING:
	case EXPR_BYTES_TYPE:
	case EXPR_TYPE:
		run->steps -= a->n / BYTES_A_STEP;
		return a->n == b->n &&
		    (a->n == 0 || memcmp(a->u.p, b->u.p, a->n) == 0);
	case EXPR_TIMESTAMP:
		return a->u.i == b->u.i && a->n == b->n;
	default: /* EXPR_DURATION */
		return a->u.i == b->u.i;
	}
}

/* A string of the record and one of ours need no unescaping. */
static bool
is_json_string(const struct expr_value *v)
{
	return v->type == EXPR_JSON &&
	    v->u.doc->nodes[v->n].type == JSON_STRING;
}

static bool
json_string_eq(const struct expr_value *j, const struct expr_value *s)
{
	const struct json_node *v = &j->u.doc->nodes[j->n];

	if ((v->flags & JSON_ESCAPED) != 0)
		return json_string_is(j->u.doc, j->n,
		    (struct str){s->u.p, s->n});
	return v->len - 2 == s->n &&
	    memcmp(j->u.doc->text + v->off + 1, s->u.p, s->n) == 0;
}

int
value_eq(struct expr_run *run, const struct expr_value *a,
    const struct expr_value *b, unsigned depth)
{
	struct expr_value x, y;

	run->steps--;
	if (b->type == EXPR_STRING && is_json_string(a)) {
		run->steps -= b->n / BYTES_A_STEP;
		return json_string_eq(a, b);
	}
	if (a->type == EXPR_STRING && is_json_string(b)) {
		run->steps -= a->n / BYTES_A_STEP;
		return json_string_eq(b, a);
	}
	x = *a;
	y = *b;
	if (run->steps < 0 || depth > EQ_DEPTH || !value_force(run, &x, 0) ||
	    !value_force(run, &y, 0))
		return -1;
	if (value_is_number(&x) && value_is_number(&y))
		return number_cmp(&x, &y) == 0;
	if (x.type != y.type)
		return 0;
	if (x.type == EXPR_LIST)
		return list_eq(run, &x, &y, depth);
	if (x.type == EXPR_MAP)
		return map_eq(run, &x, &y, depth);
	if (x.type != EXPR_OPTIONAL)
		return scalar_eq(run, &x, &y);
	if (x.u.opt == NULL || y.u.opt == NULL)
		return x.u.opt == y.u.opt;
	return value_eq(run, x.u.opt, y.u.opt, depth + 1);
}
