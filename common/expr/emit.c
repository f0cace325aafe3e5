#include <string.h>

#include "base/mem.h"
#include "expr/ast_priv.h"
#include "re/re.h"

/*
 * The tree as flat code for a stack machine.  What depends on nothing is run
 * here, once, and becomes a constant.
 */

enum { FOLD_STEPS = 100000, FOLD_BYTES = 1 << 20,
	STACK_MAX = UINT16_MAX - 8 };

static int emit(struct compile *c, struct node *n, bool *pure);

/* Room for one more in an array of the expression; it owns the memory. */
static void *
room(void *p, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap != 0 ? *cap * 2 : 8;
	return mem_realloc(p, *cap * size);
}

static uint32_t
put(struct compile *c, const struct node *n, struct ins ins)
{
	struct expr *x = c->x;
	uint32_t cap = x->capcode;

	x->code = room(x->code, x->ncode, &x->capcode, sizeof *x->code);
	x->spans = room(x->spans, x->ncode, &cap, sizeof *x->spans);
	x->code[x->ncode] = ins;
	x->spans[x->ncode] = (struct expr_span){n->mark,
	    n->mark_end - n->mark};
	return x->ncode++;
}

static void
set_sp(struct compile *c, uint32_t sp)
{
	c->sp = sp;
	if (sp > c->x->depth)
		c->x->depth = sp;
}

static void
put_const(struct compile *c, const struct node *n, struct expr_value v)
{
	struct expr *x = c->x;

	x->consts = room(x->consts, x->nconsts, &x->capconsts,
	    sizeof *x->consts);
	x->consts[x->nconsts] = v;
	put(c, n, (struct ins){.op = OP_CONST, .c = x->nconsts++});
}

static uint32_t
add_name(struct compile *c, struct str s)
{
	struct expr *x = c->x;
	struct name name = {.s = s};
	char *q;

	for (uint32_t i = 0; i < x->nnames; i++)
		if (str_eq(x->names[i].s, s))
			return i;
	name.s = arena_str(&x->arena, s);
	q = arena_alloc(&x->arena, s.len + 2);
	q[0] = q[s.len + 1] = '"';
	if (s.len != 0)
		memcpy(q + 1, s.p, s.len);
	name.quoted = (struct str){q, s.len + 2};
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == '"' ||
		    s.p[i] == '\\')
			name.quoted.len = 0;
	x->names = room(x->names, x->nnames, &x->capnames, sizeof *x->names);
	x->names[x->nnames] = name;
	return x->nnames++;
}

static void
index_constant(struct expr *x, const struct expr_value *v)
{
	struct expr_list *l = (struct expr_list *)v->u.list;
	struct expr_map *m = (struct expr_map *)v->u.map;

	if (v->type == EXPR_LIST)
		l->index = index_make(&x->arena, l->v, l->n, 1);
	else if (v->type == EXPR_MAP)
		m->index = index_make(&x->arena, m->kv, m->n, 2);
}

/* Run what was emitted from start on; keep the value when there is one. */
static void
fold(struct compile *c, const struct node *n, uint32_t start)
{
	struct expr *x = c->x;
	struct expr_run run = {.x = x, .arena = &x->arena,
	    .steps = FOLD_STEPS, .bytes = FOLD_BYTES};
	struct expr_value v;
	uint32_t consts = x->nconsts;

	if (x->ncode - start < 2)
		return;
	put(c, n, (struct ins){.op = OP_RET});
	run.stack = mem_array(x->depth + 2, sizeof *run.stack);
	run.hints = mem_array(x->ncode, sizeof *run.hints);
	v = eval_code(&run, start, 0);
	expr_run_clear(&run);
	if (v.type == EXPR_ERROR || v.spare != 0) {
		x->ncode--;
		return;
	}
	x->ncode = start;
	x->nconsts = consts;
	index_constant(x, &v);
	put_const(c, n, v);
}

static int
emit_kids(struct compile *c, struct node *n, bool *pure)
{
	for (uint32_t i = 0; i < n->nkids; i++)
		if (emit(c, n->kids[i], pure) != 0)
			return -1;
	return 0;
}

static int
emit_ident(struct compile *c, struct node *n, bool *pure)
{
	*pure = n->ref == REF_TYPE;
	switch ((enum ref_kind)n->ref) {
	case REF_LOCAL:
		put(c, n, (struct ins){.op = OP_LOCAL, .c = n->local->slot});
		break;
	case REF_VAR:
		put(c, n, (struct ins){.op = OP_VAR, .c = n->var});
		break;
	case REF_RECORD:
		put(c, n, (struct ins){.op = OP_RECORD});
		break;
	case REF_MEMBER:
		put(c, n, (struct ins){.op = n->test ? OP_HASMEMBER :
		    OP_MEMBER, .c = add_name(c, n->name)});
		break;
	case REF_TYPE:
		put_const(c, n, n->lit);
		break;
	default:
		put(c, n, (struct ins){.op = OP_FAIL, .a = FAIL_NAME});
	}
	set_sp(c, c->sp + 1);
	return 0;
}

static int
emit_logic(struct compile *c, struct node *n, bool *pure)
{
	uint8_t op = n->kind == NODE_AND ? OP_AND : OP_OR;
	uint32_t sp = c->sp, at = c->x->ncode;

	for (uint32_t i = 0; i < n->nkids; i++) {
		if (emit(c, n->kids[i], pure) != 0)
			return -1;
		put(c, n->kids[i], (struct ins){.op = op, .a = i == 0});
		set_sp(c, sp + 1);
	}
	/* Ours are the instructions that have no target yet. */
	for (; at < c->x->ncode; at++)
		if (c->x->code[at].op == op && c->x->code[at].c == 0)
			c->x->code[at].c = c->x->ncode;
	return 0;
}

static int
emit_cond(struct compile *c, struct node *n, bool *pure)
{
	uint32_t sp = c->sp, test, jump;

	if (emit(c, n->kids[0], pure) != 0)
		return -1;
	test = put(c, n->kids[0], (struct ins){.op = OP_COND});
	set_sp(c, sp);
	if (emit(c, n->kids[1], pure) != 0)
		return -1;
	jump = put(c, n, (struct ins){.op = OP_JUMP});
	c->x->code[test].c = c->x->ncode;
	set_sp(c, sp);
	if (emit(c, n->kids[2], pure) != 0)
		return -1;
	c->x->code[jump].c = c->x->ncode;
	return 0;
}

static int
emit_comp(struct compile *c, struct node *n, bool *pure)
{
	uint32_t slot = c->sp, iter, loop;
	uint16_t b = (uint16_t)slot;

	if (emit(c, n->kids[0], pure) != 0)
		return -1;
	*pure = false;
	iter = put(c, n->kids[0], (struct ins){.op = OP_ITER, .a = n->op,
	    .b = b});
	set_sp(c, slot + SLOT_COUNT);
	n->local->slot = slot + SLOT_VAR;
	loop = put(c, n, (struct ins){.op = OP_NEXT, .b = b});
	if (emit(c, n->kids[1], pure) != 0)
		return -1;
	put(c, n->kids[1], (struct ins){.op = OP_STEP, .a = n->op, .b = b,
	    .c = loop});
	set_sp(c, slot + SLOT_COUNT);
	if (n->op == COMP_MAPIF) {
		if (emit(c, n->kids[2], pure) != 0)
			return -1;
		put(c, n->kids[2], (struct ins){.op = OP_STEP, .a = COMP_MAP,
		    .b = b, .c = loop});
	}
	*pure = false;
	c->x->code[iter].c = c->x->code[loop].c = c->x->ncode;
	put(c, n, (struct ins){.op = OP_ITEREND, .a = n->op, .b = b});
	set_sp(c, slot + 1);
	return 0;
}

static int
emit_bind(struct compile *c, struct node *n, bool *pure)
{
	uint32_t slot = c->sp, test;

	if (emit(c, n->kids[0], pure) != 0)
		return -1;
	test = put(c, n->kids[0], (struct ins){.op = OP_OPTBIND});
	n->local->slot = slot;
	if (emit(c, n->kids[1], pure) != 0)
		return -1;
	*pure = false;
	put(c, n->kids[1], (struct ins){.op = OP_OPTEND, .a = n->op});
	c->x->code[test].c = c->x->ncode;
	set_sp(c, slot + 1);
	return 0;
}

/* List and map literals; a map's kids are key, value, key... */
static int
emit_items(struct compile *c, struct node *n, bool *pure)
{
	bool map = n->kind == NODE_MAP;
	uint32_t sp = c->sp;

	for (uint32_t i = 0; i < n->nkids; i++) {
		if (emit(c, n->kids[i], pure) != 0)
			return -1;
		if (map ? i % 2 == 1 && n->kids[i - 1]->entry_opt :
		    n->kids[i]->entry_opt)
			put(c, n->kids[i], (struct ins){.op = OP_OPTELEM});
	}
	put(c, n, (struct ins){.op = map ? OP_MAP : OP_LIST, .c = n->nkids});
	set_sp(c, sp + 1);
	return 0;
}

/* x.matches(constant): the pattern is compiled here. */
static int
emit_match(struct compile *c, struct node *n, uint32_t pattern, bool *done)
{
	struct expr *x = c->x;
	struct expr_value v;
	struct re *re;

	*done = false;
	if (n->nkids != 2 || !str_eq(n->name, STR("matches")) ||
	    x->ncode != pattern + 1 || x->code[pattern].op != OP_CONST)
		return 0;
	v = x->consts[x->code[pattern].c];
	if (v.type != EXPR_STRING)
		return 0;
	re = re_compile((struct str){v.u.p, v.n}, RE_LINEAR, c->e);
	if (re == NULL)
		return compile_fail(c, n->kids[1]->at, n->kids[1]->end,
		    "expr.regex", "%s", c->e->msg);
	x->res = room(x->res, x->nres, &x->capres, sizeof(*x->res));
	x->res[x->nres] = re;
	x->ncode--; /* the constant */
	put(c, n, (struct ins){.op = OP_MATCH, .c = x->nres++});
	*done = true;
	return 0;
}

static int
emit_call(struct compile *c, struct node *n, bool *pure)
{
	struct expr *x = c->x;
	uint32_t sp = c->sp, last = x->ncode;
	bool done;

	for (uint32_t i = 0; i < n->nkids; i++) {
		last = x->ncode;
		if (emit(c, n->kids[i], pure) != 0)
			return -1;
	}
	if (emit_match(c, n, last, &done) != 0)
		return -1;
	set_sp(c, sp + 1);
	if (done) {
		*pure = false;
		return 0;
	}
	for (uint32_t i = 0; i < n->fref->n; i++)
		if (n->fref->rows[i].host != NULL)
			*pure = false;
	x->frefs = room(x->frefs, x->nfrefs, &x->capfrefs, sizeof *x->frefs);
	x->frefs[x->nfrefs] = *n->fref;
	put(c, n, (struct ins){.op = OP_CALL, .a = (uint8_t)n->nkids,
	    .c = x->nfrefs++});
	return 0;
}

static int
emit_other(struct compile *c, struct node *n, bool *pure)
{
	uint32_t sp = c->sp;
	struct ins ins = {.op = n->op};

	if (emit_kids(c, n, pure) != 0)
		return -1;
	if (n->kind == NODE_SELECT) {
		ins.op = n->test ? OP_HAS : n->opt ? OP_OPTSELECT : OP_SELECT;
		ins.c = add_name(c, n->name);
	} else if (n->kind == NODE_INDEX) {
		ins.op = n->opt ? OP_OPTINDEX : OP_INDEX;
	}
	put(c, n, ins);
	set_sp(c, sp + 1);
	return 0;
}

/* Leaves one value more on the stack.  *pure: it depended on nothing. */
static int
emit(struct compile *c, struct node *n, bool *pure)
{
	uint32_t start = c->x->ncode;
	bool mine = true;
	int rc;

	switch ((enum node_kind)n->kind) {
	case NODE_LIT:
		put_const(c, n, n->lit);
		set_sp(c, c->sp + 1);
		return 0;
	case NODE_IDENT:
		rc = emit_ident(c, n, &mine);
		break;
	case NODE_AND:
	case NODE_OR:
		rc = emit_logic(c, n, &mine);
		break;
	case NODE_COND:
		rc = emit_cond(c, n, &mine);
		break;
	case NODE_LIST:
	case NODE_MAP:
		rc = emit_items(c, n, &mine);
		break;
	case NODE_COMP:
		rc = emit_comp(c, n, &mine);
		break;
	case NODE_BIND:
		rc = emit_bind(c, n, &mine);
		break;
	case NODE_CALL:
		rc = emit_call(c, n, &mine);
		break;
	default:
		rc = emit_other(c, n, &mine);
	}
	if (rc != 0)
		return -1;
	if (mine)
		fold(c, n, start);
	else
		*pure = false;
	return 0;
}

int
emit_all(struct compile *c, struct node *n)
{
	bool pure = true;

	set_sp(c, 0);
	if (emit(c, n, &pure) != 0)
		return -1;
	put(c, n, (struct ins){.op = OP_RET});
	if (c->x->depth >= STACK_MAX)
		return compile_fail(c, n->at, n->end, "expr.limit",
		    "too many items within each other");
	return 0;
}
