#include <string.h>

#include "expr/ops_priv.h"
#include "json/json.h"
#include "re/re.h"

/*
 * The stack machine.  Errors are values: an operation on one gives it back,
 * the leftmost of several, and only && || ?: all() exists() look at them, as
 * CEL wants it.  One that must end everything (the budget) does so at once.
 */

enum { MATCH_STEPS = 20, MATCH_LIMIT_STEPS = 1000000 };

static bool
is_error(const struct expr_value *v)
{
	return v->type == EXPR_ERROR;
}

/*
 * && and ||, n-ary: `v` is the operand just made, `acc` what those before it
 * gave (true for &&, or an error).  True when the outcome is settled.
 */
static bool
logic(struct expr_run *run, uint32_t pc, struct expr_value *acc,
    struct expr_value *v)
{
	const struct ins *in = &run->x->code[pc];
	int t = value_truth(run, v, pc);

	if (t == (in->op == OP_OR)) {
		*acc = *v;
		return true;
	}
	if (!is_error(acc) || in->a)
		*acc = *v;
	return false;
}

static struct expr_value
call(struct expr_run *run, uint32_t pc, struct expr_value *arg)
{
	const struct ins *in = &run->x->code[pc];
	const struct fref *f = &run->x->frefs[in->c];
	struct call c = {.run = run, .arg = arg, .n = in->a, .pc = pc};

	for (uint32_t i = 0; i < c.n; i++) {
		if (arg[i].type == EXPR_JSON)
			value_force(run, &arg[i], pc);
		if (is_error(&arg[i]))
			return arg[i];
		if (arg[i].type == EXPR_STRING ||
		    arg[i].type == EXPR_BYTES_TYPE)
			run->steps -= arg[i].n / BYTES_A_STEP;
	}
	for (uint32_t i = 0; i < f->n; i++) {
		const struct row *r = &f->rows[i];
		uint32_t k = 0;

		while (k < r->n && (r->code[k] == CODE_ANY ||
		    r->code[k] == arg[k].type))
			k++;
		if (k != r->n || r->n != c.n)
			continue;
		if (r->host == NULL)
			return r->fn(&c);
		return eval_host(&c, r->host);
	}
	for (uint32_t i = 0; i < c.n; i++)
		if (arg[i].type == EXPR_BIGINT)
			return value_fail(FAIL_OVERFLOW, pc, NULL);
	if (f->n == 0)
		return value_fail(FAIL_NAME, pc, NULL);
	return value_fail_types(pc, &arg[0], c.n > 1 ? &arg[1] : NULL);
}

/* How hard a match was is not told, but that it was too hard. */
struct expr_value
eval_match(struct expr_run *run, uint32_t pc, const struct re *re,
    struct str text)
{
	struct err e;
	int rc;

	if (run->scratch == NULL)
		run->scratch = re_scratch_new();
	rc = re_match(re, run->scratch, text, &e);
	run->steps -= MATCH_STEPS + text.len / BYTES_A_STEP;
	if (rc >= 0)
		return value_bool(rc);
	run->steps -= MATCH_LIMIT_STEPS;
	return value_fail(FAIL_REGEX, pc, NULL);
}

static struct expr_value
match(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	if (!value_force(run, v, pc))
		return *v;
	if (v->type != EXPR_STRING)
		return value_fail_types(pc, v, NULL);
	return eval_match(run, pc, run->x->res[run->x->code[pc].c],
	    (struct str){v->u.p, v->n});
}

/* optMap, optFlatMap: false when the body is to be skipped. */
static bool
bind(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	if (!value_force(run, v, pc))
		return false;
	if (v->type != EXPR_OPTIONAL) {
		*v = value_fail_types(pc, v, NULL);
		return false;
	}
	if (v->u.opt == NULL)
		return false;
	*v = *v->u.opt;
	return true;
}

static struct expr_value
bind_end(struct expr_run *run, uint32_t pc, const struct expr_value *v)
{
	if (is_error(v))
		return *v;
	if (!run->x->code[pc].a)
		return value_optional(run, v);
	if (v->type == EXPR_OPTIONAL)
		return *v;
	return value_fail_types(pc, v, NULL);
}

/* ?element: marked, so that the literal drops or unwraps it. */
static void
mark_optional(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	if (!value_force(run, v, pc))
		return;
	if (v->type == EXPR_OPTIONAL)
		v->spare = 1;
	else
		*v = value_fail_types(pc, v, NULL);
}

static struct expr_value
negate(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	if (!value_force(run, v, pc))
		return *v;
	if (v->type == EXPR_DOUBLE)
		return value_double(-v->u.d);
	if (v->type == EXPR_INT && v->u.i != INT64_MIN)
		return value_int(-v->u.i);
	if (v->type == EXPR_INT || v->type == EXPR_BIGINT)
		return value_fail(FAIL_OVERFLOW, pc, NULL);
	return value_fail_types(pc, v, NULL);
}

static struct expr_value
equality(struct expr_run *run, uint32_t pc, const struct expr_value *a,
    const struct expr_value *b)
{
	int eq;

	if (is_error(a))
		return *a;
	if (is_error(b))
		return *b;
	eq = value_eq(run, a, b, 0);
	if (eq < 0)
		return value_fail(run->steps < 0 ? FAIL_LIMIT : FAIL_RANGE,
		    pc, NULL);
	return value_bool(eq == (run->x->code[pc].op == OP_EQ));
}

/* What is one value for the topmost one or two. */
static void
operate(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	const struct ins *in = &run->x->code[pc];

	switch ((enum op)in->op) {
	case OP_NEG:
		v[0] = negate(run, pc, &v[0]);
		break;
	case OP_NOT:
		if (value_truth(run, &v[0], pc) >= 0)
			v[0].u.b = !v[0].u.b;
		break;
	case OP_IN:
		v[0] = op_in(run, pc, v);
		break;
	case OP_SELECT:
	case OP_OPTSELECT:
	case OP_HAS:
		v[0] = op_select(run, pc, &v[0]);
		break;
	case OP_INDEX:
	case OP_OPTINDEX:
		v[0] = op_index(run, pc, v);
		break;
	case OP_MATCH:
		v[0] = match(run, pc, &v[0]);
		break;
	default: /* OP_OPTELEM */
		mark_optional(run, pc, &v[0]);
	}
}

/* A value from nothing, or an aggregate of n on the stack. */
static void
produce(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	const struct ins *in = &run->x->code[pc];

	switch ((enum op)in->op) {
	case OP_RECORD:
		*v = (struct expr_value){.type = EXPR_JSON, .n = run->root,
		    .u.doc = run->doc};
		break;
	case OP_VAR:
		*v = run->vars[in->c];
		if (v->type == EXPR_ERROR)
			*v = value_fail(FAIL_NAME, pc, NULL);
		break;
	case OP_LIST:
		*v = make_list(run, pc, v, in->c);
		break;
	case OP_MAP:
		*v = make_map(run, pc, v, in->c);
		break;
	case OP_CALL:
		*v = call(run, pc, v);
		break;
	default: /* OP_FAIL */
		*v = value_fail((enum fail)in->a, pc, NULL);
	}
}

/* Do they take two operands, of operate()'s instructions? */
static inline bool
is_binary(enum op op)
{
	return op == OP_IN || op == OP_INDEX || op == OP_OPTINDEX;
}

struct expr_value
eval_code(struct expr_run *run, uint32_t pc, uint32_t start)
{
	const struct expr *x = run->x;
	struct expr_value *base = run->stack, *sp = base + start;

	/* sp is past the topmost value; jumps back are counted by loop_next. */
	for (;; pc++) {
		const struct ins *in = &x->code[pc];

		switch ((enum op)in->op) {
		case OP_CONST:
			*sp++ = x->consts[in->c];
			break;
		case OP_LOCAL:
			*sp++ = base[in->c];
			break;
		case OP_MEMBER:
		case OP_HASMEMBER:
			*sp++ = op_member(run, pc);
			break;
		case OP_ADD:
		case OP_SUB:
		case OP_MUL:
		case OP_DIV:
		case OP_MOD:
			sp--;
			sp[-1] = op_arith(run, pc, sp - 1, sp);
			break;
		case OP_LT:
		case OP_LE:
		case OP_GT:
		case OP_GE:
			sp--;
			sp[-1] = op_compare(run, pc, sp - 1, sp);
			break;
		case OP_EQ:
		case OP_NE:
			sp--;
			sp[-1] = equality(run, pc, sp - 1, sp);
			break;
		case OP_AND:
		case OP_OR:
			if (!in->a)
				sp--;
			if (logic(run, pc, sp - 1, in->a ? sp - 1 : sp))
				pc = in->c - 1;
			break;
		case OP_COND:
			switch (value_truth(run, sp - 1, pc)) {
			case 0:
				pc = in->c - 1;
				sp--;
				break;
			case 1:
				sp--;
				break;
			default: /* past the other branch too */
				pc = x->code[in->c - 1].c - 1;
			}
			break;
		case OP_JUMP:
			pc = in->c - 1;
			break;
		case OP_ITER:
			if (loop_begin(run, pc, sp - 1))
				sp += SLOT_COUNT - 1;
			else
				pc = in->c;
			break;
		case OP_NEXT:
			if (!loop_next(run, pc, base + in->b))
				pc = in->c - 1;
			break;
		case OP_STEP:
			pc = loop_step(run, pc, base + in->b, --sp);
			break;
		case OP_ITEREND:
			sp = base + in->b + 1;
			sp[-1] = sp[SLOT_ACC - 1];
			break;
		case OP_OPTBIND:
			if (!bind(run, pc, sp - 1))
				pc = in->c - 1;
			break;
		case OP_OPTEND:
			sp--;
			sp[-1] = bind_end(run, pc, sp);
			break;
		case OP_RET:
			return sp[-1];
		case OP_LIST:
		case OP_MAP:
			sp -= in->c;
			produce(run, pc, sp++);
			break;
		case OP_CALL:
			sp -= in->a;
			produce(run, pc, sp++);
			break;
		case OP_VAR:
		case OP_RECORD:
		case OP_FAIL:
			produce(run, pc, sp++);
			break;
		default:
			if (is_binary((enum op)in->op))
				sp--;
			operate(run, pc, sp - 1);
		}
		if (run->steps < 0)
			return value_fail(FAIL_LIMIT, pc, NULL);
	}
}
