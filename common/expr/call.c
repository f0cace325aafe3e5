#include <string.h>

#include "base/buf.h"
#include "expr/ast_priv.h"
#include "expr/lib_priv.h"

/* Which overloads a call or an operator may mean. */

static const struct lib *const libs[] = {&expr_lib_conv, &expr_lib_str,
    &expr_lib_list, &expr_lib_math, &expr_lib_time, &expr_lib_hash};

/* Row i of all libraries, then of the host; false past the end. */
static bool
row_at(const struct compile *c, size_t i, struct builtin *row,
    const struct expr_func **host)
{
	*host = NULL;
	for (size_t k = 0; k < ARRAY_LEN(libs); k++) {
		if (i < libs[k]->n) {
			*row = libs[k]->rows[i];
			return true;
		}
		i -= libs[k]->n;
	}
	if (i >= c->env->nfuncs)
		return false;
	*host = &c->env->funcs[i];
	*row = (struct builtin){(*host)->name, (*host)->type, NULL,
	    (*host)->member};
	return true;
}

/* Is there a function of that name, called that way? */
static bool
call_known(struct compile *c, struct str name, bool member)
{
	const struct expr_func *host;
	struct builtin row;

	for (size_t i = 0; row_at(c, i, &row, &host); i++)
		if (row.member == member && str_eq(str_of(row.name), name))
			return true;
	return false;
}

/*
 * Do the arguments fit "T1, T2: R"?  Fills the codes of the row and the type
 * of the result.
 */
static bool
fits(struct compile *c, const char *sig, struct node **args, uint32_t n,
    struct row *row, const struct type **result)
{
	struct str s = str_of(sig);
	uint32_t base = c->nsubst, mark = type_mark(c);
	const struct type *t;

	row->n = 0;
	while (s.len != 0 && s.p[0] != ':') {
		t = type_parse(c, &s, base);
		if (t == NULL || row->n == n || row->n == ARGS_MAX)
			goto no;
		if (!c->env->nocheck && !type_assign(c, t,
		    args[row->n]->type))
			goto no;
		row->code[row->n++] = t->kind <= T_BIGINT &&
		    t->kind != T_DYN ? (uint8_t)t->kind : CODE_ANY;
		while (s.len != 0 && (s.p[0] == ',' || s.p[0] == ' ')) {
			s.p++;
			s.len--;
		}
	}
	if (row->n != n || s.len == 0)
		goto no;
	s.p++;
	s.len--;
	t = type_parse(c, &s, base);
	*result = t != NULL ? type_resolve(c, t, false) :
	    &type_simple[T_DYN];
	return true;
no:
	type_undo(c, mark);
	return false;
}

static void
put_args(struct compile *c, const struct node *n, struct buf *b)
{
	uint32_t i = n->member ? 1 : 0;

	if (n->member) {
		type_put(type_resolve(c, n->kids[0]->type, true), b);
		buf_putc(b, '.');
	}
	buf_str(b, n->name);
	buf_putc(b, '(');
	for (uint32_t k = i; k < n->nkids; k++) {
		if (k != i)
			buf_puts(b, ", ");
		type_put(type_resolve(c, n->kids[k]->type, true), b);
	}
	buf_putc(b, ')');
}

static int
unknown(struct compile *c, struct node *n)
{
	const struct expr_func *host;
	const char *names[512], *near;
	struct builtin row;
	struct buf b = {0};
	size_t count = 0;

	n->type = &type_simple[T_DYN];
	if (c->env->nocheck)
		return 0;
	if (call_known(c, n->name, n->member)) {
		put_args(c, n, &b);
		compile_fail(c, n->at, n->end, "expr.type", "no overload %s",
		    buf_cstr(&b));
		buf_clear(&b);
		for (size_t i = 0; row_at(c, i, &row, &host); i++)
			if (row.member == n->member &&
			    str_eq(str_of(row.name), n->name))
				buf_printf(&b, "%s(%s)", b.len == 0 ?
				    "there is " : ", ", row.type);
		err_hint(c->e, "%s", buf_cstr(&b));
		buf_free(&b);
		return -1;
	}
	compile_fail(c, n->mark, n->mark_end, "expr.name",
	    "no function \"%.*s\"", (int)n->name.len, n->name.p);
	if (call_known(c, n->name, !n->member))
		return err_hint(c->e, n->member ? "it is called as %.*s(x)" :
		    "it is called as x.%.*s()", (int)n->name.len, n->name.p);
	if (str_eq(n->name, STR("unit")) || str_eq(n->name, STR("lookup")))
		return err_hint(c->e, "it is there in mappings only");
	near = expr_foreign(n->name);
	if (near != NULL)
		return err_hint(c->e, "%s", near);
	for (size_t i = 0; count < ARRAY_LEN(names) && row_at(c, i, &row,
	    &host); i++)
		if (row.member == n->member)
			names[count++] = row.name;
	near = str_near(n->name, names, count);
	if (near != NULL)
		err_hint(c->e, "did you mean \"%s\"?", near);
	return -1;
}

/* a.b.f(x) is the function a.b.f when there is one. */
static bool
namespaced(struct compile *c, struct node *n)
{
	const struct node *k = n->kids[0];
	size_t len = n->name.len;
	struct str full;
	char *p;

	for (; k->kind == NODE_SELECT && !k->opt && !k->test; k = k->kids[0])
		len += k->name.len + 1;
	if (k->kind != NODE_IDENT || k->test || k->ref != REF_NONE)
		return false;
	for (const struct local *l = c->scope; l != NULL; l = l->up)
		if (str_eq(l->name, k->name))
			return false;
	len += k->name.len + 1;
	p = arena_alloc(&c->tmp, len);
	p += len - n->name.len;
	memcpy(p, n->name.p, n->name.len);
	for (k = n->kids[0];; k = k->kids[0]) {
		*--p = '.';
		p -= k->name.len;
		memcpy(p, k->name.p, k->name.len);
		if (k->kind == NODE_IDENT)
			break;
	}
	full = (struct str){p, len};
	if (!call_known(c, full, false))
		return false;
	n->name = full;
	n->member = false;
	n->kids++;
	n->nkids--;
	return true;
}

/* Is the type of each argument known, so that the first fit is the one? */
static bool
all_known(struct compile *c, const struct node *n)
{
	for (uint32_t i = 0; i < n->nkids; i++) {
		uint8_t k = type_resolve(c, n->kids[i]->type, false)->kind;

		if (k == T_DYN || k == T_VAR)
			return false;
	}
	return true;
}

/* Keep the row; the types of several results are joined. */
static void
add_row(struct compile *c, struct node *n, const struct row *row,
    const struct type *result)
{
	struct fref *f = n->fref;
	struct row *rows;

	rows = arena_array(&c->x->arena, f->n + 1, sizeof *rows);
	if (f->n != 0)
		memcpy(rows, f->rows, f->n * sizeof *rows);
	rows[f->n] = *row;
	f->rows = rows;
	n->type = f->n++ == 0 ? result : type_join(c, n->type, result);
}

int
check_call(struct compile *c, struct node *n)
{
	const struct expr_func *host;
	const struct type *result;
	struct builtin b;
	struct row row;

	if (n->member)
		namespaced(c, n);
	for (uint32_t i = 0; i < n->nkids; i++)
		if (check_tree(c, n->kids[i]) != 0)
			return -1;
	if (n->nkids > ARGS_MAX)
		return compile_fail(c, n->at, n->end, "expr.limit",
		    "more than %d arguments", ARGS_MAX);
	n->fref = arena_zalloc(&c->tmp, sizeof *n->fref);
	n->fref->name = arena_str(&c->x->arena, n->name);
	for (size_t i = 0; row_at(c, i, &b, &host); i++) {
		if (b.member != n->member ||
		    !str_eq(str_of(b.name), n->name) ||
		    !fits(c, b.type, n->kids, n->nkids, &row, &result))
			continue;
		row.fn = b.fn;
		row.host = NULL;
		if (host != NULL) {
			struct expr_func *copy = arena_alloc(&c->x->arena,
			    sizeof *copy);

			*copy = *host;
			row.host = copy;
		}
		add_row(c, n, &row, result);
		if (!c->env->nocheck && all_known(c, n))
			break;
	}
	return n->fref->n == 0 ? unknown(c, n) : 0;
}

/* ORDER op, as far as the operators go */
static const char *const op_types[] = {
	[OP_NEG] = "int: int|double: double",
	[OP_NOT] = "bool: bool",
	[OP_ADD] = "int, int: int|uint, uint: uint|double, double: double|"
	    "string, string: string|bytes, bytes: bytes|"
	    "list(A), list(A): list(A)|timestamp, duration: timestamp|"
	    "duration, timestamp: timestamp|duration, duration: duration",
	[OP_SUB] = "int, int: int|uint, uint: uint|double, double: double|"
	    "timestamp, timestamp: duration|timestamp, duration: timestamp|"
	    "duration, duration: duration",
	[OP_MUL] = "int, int: int|uint, uint: uint|double, double: double",
	[OP_DIV] = "int, int: int|uint, uint: uint|double, double: double",
	[OP_MOD] = "int, int: int|uint, uint: uint",
	[OP_EQ] = "A, A: bool",
	[OP_NE] = "A, A: bool",
	[OP_IN] = "A, list(A): bool|A, map(A, B): bool",
	[OP_INDEX] = "list(A), int: A|map(A, B), A: B|"
	    "optional(list(A)), int: optional(A)|"
	    "optional(map(A, B)), A: optional(B)",
};
static const char order_types[] = "bool, bool: bool|int, int: bool|"
    "uint, uint: bool|double, double: bool|string, string: bool|"
    "bytes, bytes: bool|timestamp, timestamp: bool|duration, duration: bool|"
    "int, uint: bool|int, double: bool|uint, int: bool|uint, double: bool|"
    "double, int: bool|double, uint: bool";

static bool
is_number(const struct type *t)
{
	return t->kind == T_INT || t->kind == T_UINT || t->kind == T_DOUBLE;
}

static int
op_mismatch(struct compile *c, struct node *n)
{
	const struct type *a = type_resolve(c, n->kids[0]->type, true);
	const struct type *b = n->nkids < 2 ? NULL :
	    type_resolve(c, n->kids[1]->type, true);
	struct buf s = {0};

	n->type = &type_simple[T_DYN];
	if (c->env->nocheck)
		return 0;
	if (b == NULL)
		buf_put(&s, c->x->text.p + n->mark, 1);
	type_put(a, &s);
	if (b != NULL && n->kind != NODE_INDEX) {
		buf_printf(&s, " %.*s ", (int)(n->mark_end - n->mark),
		    c->x->text.p + n->mark);
		type_put(b, &s);
	} else if (b != NULL) {
		buf_puts(&s, "[");
		type_put(b, &s);
		buf_puts(&s, "]");
	}
	compile_fail(c, n->mark, n->mark_end, "expr.type", "no overload %s",
	    buf_cstr(&s));
	buf_free(&s);
	if (b != NULL && is_number(a) && is_number(b))
		err_hint(c->e, "convert one side: double(x), int(x)");
	else if (b != NULL && n->op == OP_ADD &&
	    (a->kind == T_STRING || b->kind == T_STRING))
		err_hint(c->e, "convert the other side: string(x)");
	for (uint32_t i = 0; i < n->nkids; i++)
		type_hint(c, n->kids[i]);
	return -1;
}

int
check_op(struct compile *c, struct node *n)
{
	enum op op = n->kind == NODE_INDEX ? OP_INDEX : (enum op)n->op;
	const char *sig = op >= OP_LT && op <= OP_GE ? order_types :
	    op_types[op];
	const struct type *result, *all = NULL;
	struct row row;

	for (;;) {
		size_t len = strcspn(sig, "|");
		char one[64];

		memcpy(one, sig, len);
		one[len] = '\0';
		if (fits(c, one, n->kids, n->nkids, &row, &result))
			all = type_join(c, all, result);
		if (sig[len] == '\0')
			break;
		sig += len + 1;
	}
	if (all == NULL)
		return op_mismatch(c, n);
	n->type = all;
	if (n->kind == NODE_INDEX && n->opt &&
	    type_resolve(c, all, false)->kind != T_OPTIONAL)
		n->type = type_make(c, T_OPTIONAL, all, NULL);
	return 0;
}
