#include "expr/ops_priv.h"
#include "json/json.h"

/*
 * Comprehensions: a range, a cursor, what was gathered and the variable, in
 * four slots of the stack.  What list macros gather grows in place, in room
 * taken once for the whole range.
 */

static bool
start_list(struct expr_run *run, struct expr_value *acc, size_t n)
{
	struct expr_list *l = run_alloc(run, sizeof *l +
	    n * sizeof(struct expr_value));

	if (l == NULL)
		return false;
	*l = (struct expr_list){.cap = (uint32_t)n,
	    .v = (struct expr_value *)(l + 1)};
	*acc = (struct expr_value){.type = EXPR_LIST, .u.list = l};
	return true;
}

static void
append(struct expr_value *acc, const struct expr_value *v)
{
	struct expr_list *l = (struct expr_list *)acc->u.list;

	l->v[l->n++] = *v; /* the room is for the whole range */
}

/* Set the slots up; false when there is nothing to iterate over. */
bool
loop_begin(struct expr_run *run, uint32_t pc, struct expr_value *slot)
{
	enum comp how = (enum comp)run->x->code[pc].a;
	struct expr_value *range = &slot[SLOT_RANGE];
	struct expr_value *acc = &slot[SLOT_ACC];

	if (!value_force(run, range, pc))
		return false;
	if (range->type != EXPR_LIST && range->type != EXPR_MAP) {
		*range = value_fail_types(pc, range, NULL);
		return false;
	}
	slot[SLOT_AT] = value_int(0);
	if (range->form == FORM_JSON)
		slot[SLOT_AT].u.i = (int64_t)range->n + 1;
	if (how == COMP_ALL || how == COMP_EXISTS || how == COMP_ONE)
		*acc = value_bool(how == COMP_ALL);
	else
		start_list(run, acc, expr_count(range));
	return true;
}

static bool
next_json(const struct expr_value *range, int64_t *at, struct expr_value *v)
{
	const struct json_doc *d = range->u.doc;
	uint32_t k = (uint32_t)*at;

	if (k >= d->nodes[range->n].next)
		return false;
	*v = (struct expr_value){.type = EXPR_JSON, .n = k, .u.doc = d};
	*at = d->nodes[range->type == EXPR_MAP ? k + 1 : k].next;
	return true;
}

/* The next element, or key, into the variable. */
bool
loop_next(struct expr_run *run, uint32_t pc, struct expr_value *slot)
{
	const struct expr_value *range = &slot[SLOT_RANGE];
	int64_t *at = &slot[SLOT_AT].u.i;
	struct expr_value *v = &slot[SLOT_VAR];

	run->steps -= (int64_t)run->x->code[pc].c - pc;
	if (range->form == FORM_JSON)
		return next_json(range, at, v);
	if (range->type == EXPR_LIST) {
		if (*at >= (int64_t)range->u.list->n)
			return false;
		*v = range->u.list->v[(*at)++];
	} else {
		if (*at >= (int64_t)range->u.map->n)
			return false;
		*v = range->u.map->kv[2 * (*at)++];
	}
	return true;
}

static uint32_t
step_list(struct expr_run *run, uint32_t pc, struct expr_value *slot,
    struct expr_value *v)
{
	const struct ins *in = &run->x->code[pc];
	uint32_t done = run->x->code[in->c].c;
	int t;

	if (in->a == COMP_MAP) {
		if (v->type == EXPR_ERROR) {
			slot[SLOT_ACC] = *v;
			return done - 1;
		}
		append(&slot[SLOT_ACC], v);
		return in->c - 1;
	}
	t = value_truth(run, v, pc);
	if (t < 0) {
		slot[SLOT_ACC] = *v;
		return done - 1;
	}
	if (in->a == COMP_MAPIF)
		return t ? pc : in->c - 1;
	if (t)
		append(&slot[SLOT_ACC], &slot[SLOT_VAR]);
	return in->c - 1;
}

/* Take the value of the body; gives the instruction before the next one. */
uint32_t
loop_step(struct expr_run *run, uint32_t pc, struct expr_value *slot,
    struct expr_value *v)
{
	const struct ins *in = &run->x->code[pc];
	struct expr_value *acc = &slot[SLOT_ACC];
	uint32_t done = run->x->code[in->c].c;
	int t;

	if (in->a > COMP_ONE)
		return step_list(run, pc, slot, v);
	t = value_truth(run, v, pc);
	if (in->a == COMP_ONE) {
		if (t < 0) {
			*acc = *v;
			return done - 1;
		}
		acc->n += (uint32_t)t;
		acc->u.b = acc->n == 1;
	} else if (t == (in->a == COMP_EXISTS)) {
		*acc = value_bool(t);
		return done - 1;
	} else if (t < 0 && acc->type != EXPR_ERROR) {
		*acc = *v;
	}
	return in->c - 1;
}
