#include "base/err.h"
#include "base/mem.h"
#include "num/num.h"
#include "schema/run_priv.h"

enum {
	DEPTH_MAX = 3000,   /* schemas inside each other: < 1 MiB of stack */
	WORK_MIN = 1000000, /* schemas tried on one record, and for each */
	WORK_NODE = 1000    /* node of it so many more */
};

static const uint8_t group_of[] = {
    [JSON_NULL] = ON_N,
    [JSON_FALSE] = ON_N,
    [JSON_TRUE] = ON_N,
    [JSON_NUMBER] = ON_NUMBER,
    [JSON_STRING] = ON_STRING,
    [JSON_ARRAY] = ON_ARRAY,
    [JSON_OBJECT] = ON_OBJECT,
};

int
schema_test(struct schema_run *r, uint32_t unit, uint32_t inst)
{
	bool detail = r->detail;
	int rc;

	r->detail = false;
	rc = schema_eval(r, unit, inst);
	r->detail = detail;
	return rc;
}

static int
all_of(struct schema_run *r, const struct op *op, uint32_t inst)
{
	int ok = 1;

	for (uint32_t i = 0; i < op->units->n; i++) {
		int rc = schema_below(r, op->units->unit[i], inst, op->node,
		    STEP_INDEX(i));

		if (rc < 0)
			return -1;
		if (rc == 0) {
			ok = 0;
			if (schema_stop(r))
				break;
		}
	}
	return ok;
}

static int
any_of(struct schema_run *r, const struct op *op, uint32_t inst)
{
	for (uint32_t i = 0; i < op->units->n; i++) {
		int rc = schema_test(r, op->units->unit[i], inst);

		if (rc != 0)
			return rc;
	}
	return schema_fail(r, op->node, inst,
	    "matches none of the %u schemas", op->units->n);
}

static int
one_of(struct schema_run *r, const struct op *op, uint32_t inst)
{
	uint32_t first = UNIT_NONE;

	for (uint32_t i = 0; i < op->units->n; i++) {
		int rc = schema_test(r, op->units->unit[i], inst);

		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		if (first != UNIT_NONE)
			return schema_fail(r, op->node, inst,
			    "matches schemas %u and %u, and must match one",
			    first, i);
		first = i;
	}
	if (first != UNIT_NONE)
		return 1;
	return schema_fail(r, op->node, inst,
	    "matches none of the %u schemas", op->units->n);
}

static int
not_(struct schema_run *r, const struct op *op, uint32_t inst)
{
	int rc = schema_test(r, op->unit, inst);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return 1;
	return schema_fail(r, op->node, inst,
	    "matches the schema it must not match");
}

static int
if_(struct schema_run *r, const struct branch *b, uint32_t inst)
{
	int rc = schema_test(r, b->cond, inst);
	uint32_t unit = rc > 0 ? b->yes : b->no;

	if (rc < 0)
		return -1;
	if (unit == UNIT_NONE)
		return 1;
	return schema_below(r, unit, inst, rc > 0 ? b->yes_node : b->no_node,
	    STEP_NONE);
}

static int
run_op(struct schema_run *r, const struct op *op, uint32_t inst)
{
	switch ((enum op_code)op->code) {
	case OP_ENUM:
		return schema_enum(r, op, inst);
	case OP_REF:
		return schema_below(r, op->unit, inst, op->node, STEP_NONE);
	case OP_ALL:
		return all_of(r, op, inst);
	case OP_ANY:
		return any_of(r, op, inst);
	case OP_ONE:
		return one_of(r, op, inst);
	case OP_NOT:
		return not_(r, op, inst);
	case OP_IF:
		return if_(r, op->branch, inst);
	case OP_MINIMUM:
	case OP_MAXIMUM:
	case OP_EXCLUSIVE_MINIMUM:
	case OP_EXCLUSIVE_MAXIMUM:
	case OP_MULTIPLE:
		return schema_number(r, op, inst);
	case OP_MIN_LENGTH:
	case OP_MAX_LENGTH:
	case OP_PATTERN:
		return schema_text(r, op, inst);
	case OP_ARRAY:
		return schema_array(r, op->array, inst);
	case OP_UNIQUE:
		return schema_unique(r, op, inst);
	case OP_OBJECT:
		return schema_object(r, op->object, inst);
	case OP_DEPENDENT:
		return schema_dependent(r, op, inst);
	}
	return 1;
}

/* Instructions from op a to op b - 1. */
static int
run_ops(struct schema_run *r, uint32_t a, uint32_t b, uint32_t inst)
{
	const struct op *ops = r->s->ops;
	int ok = 1;

	for (; a < b; a++) {
		int rc = run_op(r, &ops[a], inst);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			ok = 0;
			if (schema_stop(r))
				break;
		}
	}
	return ok;
}

/* The rules behind the type, with the limits looked at. */
static int
run_rules(struct schema_run *r, const struct unit *u, uint32_t inst)
{
	unsigned g = group_of[r->d->nodes[inst].type];
	int ok;

	if (r->depth == DEPTH_MAX)
		return err_set(r->e, ERR_DATA, "schema.depth",
		    "more than %d schemas inside each other", DEPTH_MAX);
	if (r->work == 0)
		return err_set(r->e, ERR_DATA, "schema.work",
		    "the schema needs too much work for this record");
	r->work--;
	r->depth++;
	ok = run_ops(r, u->op[ON_ANY], u->op[ON_ANY + 1], inst);
	if (g != ON_N && (ok > 0 || (ok == 0 && !schema_stop(r)))) {
		int rc = run_ops(r, u->op[g], u->op[g + 1], inst);

		ok = rc < ok ? rc : ok;
	}
	r->depth--;
	return ok;
}

static int
wrong_type(struct schema_run *r, const struct unit *u, uint32_t inst)
{
	static const enum json_type order[] = {JSON_NULL, JSON_TRUE,
	    JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT};
	struct buf want = {0};

	if (!r->detail)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		enum json_type t = order[i];

		if (!(u->types >> t & 1))
			continue;
		if (want.len != 0)
			buf_puts(&want, " or ");
		buf_puts(&want, t == JSON_NUMBER && u->integer
		    ? "integer" : json_type_name(t));
	}
	schema_fail(r, u->type_node, inst, "expected %s, got %s",
	    want.len != 0 ? buf_cstr(&want) : "no type",
	    json_type_name(json_type(r->d, inst)));
	buf_free(&want);
	return 0;
}

/* The schema `false`. */
static int
never(struct schema_run *r, const struct unit *u, uint32_t inst)
{
	size_t n = r->n;

	schema_fail(r, JSON_NONE, inst, "must not be here");
	if (r->n > n)
		r->errors[n].place = u->node;
	return 0;
}

int
schema_eval(struct schema_run *r, uint32_t unit, uint32_t inst)
{
	const struct json_node *n = &r->d->nodes[inst];
	const struct unit *u = &r->s->units[unit];
	int ok = 1, rc;

	if (!r->detail)
		u = &r->s->units[u->jump];
	if (u->kind != UNIT_RULES)
		return u->kind == UNIT_TRUE ? 1 : never(r, u, inst);
	if (!(u->types >> n->type & 1) ||
	    (u->integer && n->type == JSON_NUMBER &&
	    !(n->flags & JSON_INTEGER) &&
	    !num_is_integer(json_raw(r->d, inst)))) {
		ok = wrong_type(r, u, inst);
		if (schema_stop(r))
			return 0;
	}
	if (u->op[0] == u->op[ON_N])
		return ok;
	rc = run_rules(r, u, inst);
	return rc < ok ? rc : ok;
}

static void
start(struct schema_run *r, const struct json_doc *d, struct err *e)
{
	r->d = d;
	r->e = e;
	r->depth = 0;
	r->work = WORK_MIN + (uint64_t)WORK_NODE * d->n;
	r->detail = false;
	r->n = 0;
	if (r->arena.used != 0)
		arena_reset(&r->arena);
}

int
schema_check(const struct schema *s, struct schema_run *r,
    const struct json_doc *d, uint32_t node, struct schema_error *errors,
    size_t max, size_t *n, struct err *e)
{
	int rc;

	start(r, d, e);
	if (n != NULL)
		*n = 0;
	rc = schema_eval(r, s->root, node);
	if (rc != 0 || max == 0)
		return rc;
	start(r, d, e);
	arena_reset(&r->texts);
	buf_clear(&r->path);
	r->detail = true;
	r->errors = errors;
	r->max = max;
	rc = schema_eval(r, s->root, node);
	if (n != NULL)
		*n = r->n;
	return rc;
}

struct schema_run *
schema_run_new(const struct schema *s)
{
	struct schema_run *r = mem_zalloc(sizeof *r);

	r->s = s;
	r->guess = mem_array(s->nhints + 1, sizeof *r->guess);
	/* Members are expected in the order of the schema at first. */
	for (uint32_t i = 0; i < s->nops; i++) {
		const struct object_rules *o = s->ops[i].object;

		if (s->ops[i].code != OP_OBJECT)
			continue;
		for (uint32_t k = 0; k < o->nprops; k++)
			r->guess[o->hints + k] = k;
	}
	r->re = re_scratch_new();
	return r;
}

void
schema_run_free(struct schema_run *r)
{
	if (r == NULL)
		return;
	re_scratch_free(r->re);
	mem_free(r->guess);
	arena_free(&r->arena);
	arena_free(&r->texts);
	buf_free(&r->canon);
	buf_free(&r->path);
	mem_free(r);
}
