#include <string.h>

#include "expr/ast_priv.h"

/*
 * The CEL grammar by precedence.  Brackets and conditionals nest by recursion,
 * at most EXPR_NEST deep; chains of operators are loops.
 */

enum { KIDS_MAX = 10000 };

struct kids {
	struct node **v;
	uint32_t n, cap;
};

static struct node *parse_expr(struct compile *c);

static struct node *
node_of(struct compile *c, struct node *n, struct node *a, struct node *b)
{
	struct node **kids = arena_array(&c->tmp, 2, sizeof *kids);

	kids[0] = a;
	kids[1] = b;
	return node_kids(c, n, kids, b != NULL ? 2 : 1);
}

static bool
kids_add(struct compile *c, struct kids *k, struct node *n)
{
	if (n == NULL)
		return false;
	if (k->n == KIDS_MAX) {
		compile_fail(c, n->at, n->end, "expr.limit",
		    "more than %d items", KIDS_MAX);
		return false;
	}
	if (k->n == k->cap) {
		struct node **old = k->v;

		k->cap = k->cap != 0 ? k->cap * 2 : 4;
		k->v = arena_array(&c->tmp, k->cap, sizeof *k->v);
		if (k->n != 0)
			memcpy(k->v, old, k->n * sizeof *old);
	}
	k->v[k->n++] = n;
	return true;
}

static int
next(struct compile *c)
{
	return lex_next(&c->lex, c->where, c->e);
}

static bool
is_punct(const struct compile *c, int punct)
{
	return c->lex.tok.kind == TOK_PUNCT && c->lex.tok.punct == punct;
}

static int
unexpected(struct compile *c, const char *want)
{
	const struct token *t = &c->lex.tok;
	const char *meant;
	struct str word;

	if (t->kind == TOK_END)
		return compile_fail(c, t->at, t->at, "expr.syntax",
		    "the expression ends where %s is due", want);
	word = (struct str){c->lex.text.p + t->at, t->end - t->at};
	compile_fail(c, t->at, t->end, "expr.syntax",
	    "\"%.*s\" where %s is due", (int)word.len, word.p, want);
	meant = expr_foreign(word);
	if (meant == NULL && t->kind != TOK_PUNCT) /* not x */
		meant = expr_foreign_end(c->lex.text, c->lex.prev);
	return meant != NULL ? err_hint(c->e, "%s", meant) : -1;
}

/* 1 and past it, 0 when it is not there, -1. */
static int
accept(struct compile *c, int punct)
{
	if (!is_punct(c, punct))
		return 0;
	return next(c) != 0 ? -1 : 1;
}

static int
expect(struct compile *c, int punct)
{
	char want[] = {'\'', (char)punct, '\'', '\0'};

	return is_punct(c, punct) ? next(c) : unexpected(c, want);
}

/* Keywords are no names; the reserved ones are names of members only. */
static bool
is_reserved(struct str s)
{
	static const char *const words[] = {"as", "break", "const", "continue",
	    "else", "for", "function", "if", "import", "let", "loop",
	    "package", "namespace", "return", "var", "void", "while", "in"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(s, str_of(words[i])))
			return true;
	return false;
}

/* expr, expr... up to the closing bracket, which is passed. */
static int
parse_items(struct compile *c, struct kids *k, int close, bool optional)
{
	while (!is_punct(c, close)) {
		int opt = optional ? accept(c, '?') : 0;
		struct node *n;

		if (opt < 0)
			return -1;
		n = parse_expr(c);
		if (!kids_add(c, k, n))
			return -1;
		n->entry_opt = opt;
		if (!is_punct(c, close) && expect(c, ',') != 0)
			return -1;
	}
	return next(c);
}

static struct node *
parse_call(struct compile *c, struct node *n, struct node *target)
{
	struct kids k = {0};

	n->kind = NODE_CALL;
	n->member = target != NULL;
	if (target != NULL && !kids_add(c, &k, target))
		return NULL;
	if (next(c) != 0 || parse_items(c, &k, ')', false) != 0)
		return NULL;
	n->end = c->lex.prev;
	n = node_kids(c, n, k.v, k.n);
	return n != NULL ? macro_expand(c, n) : NULL;
}

static struct node *
parse_list(struct compile *c, uint32_t at)
{
	struct node *n = node_new(c, NODE_LIST, at, at + 1);
	struct kids k = {0};

	if (next(c) != 0 || parse_items(c, &k, ']', true) != 0)
		return NULL;
	n->end = c->lex.prev;
	return node_kids(c, n, k.v, k.n);
}

static struct node *
parse_map(struct compile *c, uint32_t at)
{
	struct node *n = node_new(c, NODE_MAP, at, at + 1);
	struct kids k = {0};

	if (next(c) != 0)
		return NULL;
	while (!is_punct(c, '}')) {
		int opt = accept(c, '?');
		struct node *key;

		if (opt < 0)
			return NULL;
		key = parse_expr(c);
		if (!kids_add(c, &k, key) || expect(c, ':') != 0 ||
		    !kids_add(c, &k, parse_expr(c)))
			return NULL;
		key->entry_opt = opt;
		if (!is_punct(c, '}') && expect(c, ',') != 0)
			return NULL;
	}
	if (next(c) != 0)
		return NULL;
	n->end = c->lex.prev;
	return node_kids(c, n, k.v, k.n);
}

static struct node *
parse_word(struct compile *c)
{
	struct token t = c->lex.tok;
	struct node *n = node_new(c, NODE_IDENT, t.at, t.end);
	const char *meant;

	n->name = t.s;
	if (is_reserved(t.s)) {
		compile_fail(c, t.at, t.end, "expr.syntax",
		    "\"%.*s\" is a reserved word", (int)t.s.len, t.s.p);
		meant = expr_foreign(t.s);
		if (meant != NULL)
			err_hint(c->e, "%s", meant);
		else if (c->env->record)
			err_hint(c->e, "the member of that name is r.%.*s",
			    (int)t.s.len, t.s.p);
		return NULL;
	}
	if (next(c) != 0)
		return NULL;
	if (is_punct(c, '('))
		return parse_call(c, n, NULL);
	if (str_eq(t.s, STR("null"))) {
		n->kind = NODE_LIT;
	} else if (str_eq(t.s, STR("true")) || str_eq(t.s, STR("false"))) {
		n->kind = NODE_LIT;
		n->lit = value_bool(t.s.len == 4);
	}
	return n;
}

static struct node *
parse_literal(struct compile *c, bool minus)
{
	struct token t = c->lex.tok;
	struct node *n = node_new(c, NODE_LIT, t.at, t.end);

	if (t.kind == TOK_INT) {
		if (t.v.u > (uint64_t)INT64_MAX + minus) {
			compile_fail(c, t.at, t.end, "expr.syntax",
			    "integer past 64 bits in the expression");
			return NULL;
		}
		n->lit = value_int((int64_t)(minus ? 0 - t.v.u : t.v.u));
	} else if (t.kind == TOK_UINT) {
		n->lit = (struct expr_value){.type = EXPR_UINT, .u.u = t.v.u};
	} else if (t.kind == TOK_DOUBLE) {
		n->lit = value_double(t.v.d);
	} else {
		n->lit = value_string(t.s.p, t.s.len);
		if (t.kind == TOK_BYTES)
			n->lit.type = EXPR_BYTES_TYPE;
	}
	return next(c) != 0 ? NULL : n;
}

static struct node *
parse_primary(struct compile *c)
{
	const struct token *t = &c->lex.tok;
	struct node *n;

	switch (t->kind) {
	case TOK_IDENT:
		return parse_word(c);
	case TOK_INT:
	case TOK_UINT:
	case TOK_DOUBLE:
	case TOK_STRING:
	case TOK_BYTES:
		return parse_literal(c, false);
	case TOK_FIELD:
		if (!c->env->record)
			break;
		n = node_new(c, NODE_IDENT, t->at, t->end);
		n->name = t->s;
		n->ref = REF_MEMBER; /* quoted: always a member */
		return next(c) != 0 ? NULL : n;
	default:
		break;
	}
	if (is_punct(c, '[')) {
		return parse_list(c, t->at);
	} else if (is_punct(c, '{')) {
		return parse_map(c, t->at);
	} else if (is_punct(c, '(')) {
		if (next(c) != 0)
			return NULL;
		n = parse_expr(c);
		return n == NULL || expect(c, ')') != 0 ? NULL : n;
	} else if (is_punct(c, '.')) { /* .name: without the container */
		if (next(c) != 0 || c->lex.tok.kind != TOK_IDENT) {
			unexpected(c, "a name");
			return NULL;
		}
		n = parse_word(c);
		if (n != NULL && n->kind == NODE_IDENT)
			n->opt = true;
		return n;
	}
	unexpected(c, "a value");
	return NULL;
}

/* What follows a value: .name, .?name, .name(...), [index], [?index]. */
static struct node *
parse_select(struct compile *c, struct node *on, uint32_t at)
{
	int opt = next(c) != 0 ? -1 : accept(c, '?');
	struct token t = c->lex.tok;
	struct node *n;

	if (opt < 0)
		return NULL;
	if ((t.kind != TOK_IDENT && t.kind != TOK_FIELD) ||
	    str_eq(t.s, STR("in"))) {
		unexpected(c, "the name of a member");
		return NULL;
	}
	n = node_new(c, NODE_SELECT, at, t.end);
	n->mark = t.at;
	n->mark_end = t.end;
	n->name = t.s;
	n->opt = opt;
	if (next(c) != 0)
		return NULL;
	if (is_punct(c, '(') && t.kind == TOK_IDENT && !opt)
		return parse_call(c, n, on);
	return node_of(c, n, on, NULL);
}

static struct node *
parse_member(struct compile *c)
{
	struct node *n = parse_primary(c);

	while (n != NULL) {
		uint32_t at = c->lex.tok.at;

		if (is_punct(c, '.')) {
			n = parse_select(c, n, at);
		} else if (is_punct(c, '[')) {
			int opt = next(c) != 0 ? -1 : accept(c, '?');
			struct node *key = opt < 0 ? NULL : parse_expr(c);
			struct node *index;

			if (key == NULL || !is_punct(c, ']')) {
				if (key != NULL)
					unexpected(c, "']'");
				return NULL;
			}
			index = node_new(c, NODE_INDEX, at, c->lex.tok.end);
			index->opt = opt;
			if (next(c) != 0)
				return NULL;
			n = node_of(c, index, n, key);
		} else {
			break;
		}
	}
	return n;
}

static struct node *
parse_unary(struct compile *c)
{
	uint32_t at = c->lex.tok.at;
	bool minus = is_punct(c, '-');
	unsigned many = 0;
	struct node *n;

	while (is_punct(c, minus ? '-' : '!')) {
		many++;
		if (next(c) != 0)
			return NULL;
	}
	/* -1 is a literal, so that the least int can be written. */
	if (minus && c->lex.tok.kind == TOK_INT &&
	    c->lex.tok.v.u > INT64_MAX) {
		n = parse_literal(c, true);
		many--;
	} else {
		n = parse_member(c);
	}
	while (n != NULL && many-- > 0) {
		struct node *op = node_new(c, NODE_OP, at, at + 1);

		op->op = minus ? OP_NEG : OP_NOT;
		n = node_of(c, op, n, NULL);
	}
	return n;
}

/* 0: no binary operator; * / % 3, + - 2, relations 1. */
static int
binary_op(const struct compile *c, enum op *op)
{
	static const struct { int punct; uint8_t op, level; } table[] = {
	    {'*', OP_MUL, 3}, {'/', OP_DIV, 3}, {'%', OP_MOD, 3},
	    {'+', OP_ADD, 2}, {'-', OP_SUB, 2}, {'<', OP_LT, 1},
	    {PUNCT_LE, OP_LE, 1}, {'>', OP_GT, 1}, {PUNCT_GE, OP_GE, 1},
	    {PUNCT_EQ, OP_EQ, 1}, {PUNCT_NE, OP_NE, 1}};

	if (c->lex.tok.kind == TOK_IDENT &&
	    str_eq(c->lex.tok.s, STR("in"))) {
		*op = OP_IN;
		return 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (is_punct(c, table[i].punct)) {
			*op = (enum op)table[i].op;
			return table[i].level;
		}
	return 0;
}

static struct node *
parse_binary(struct compile *c, int level)
{
	struct node *n = level < 3 ? parse_binary(c, level + 1) :
	    parse_unary(c);
	enum op op = OP_MUL;

	while (n != NULL && binary_op(c, &op) == level) {
		struct node *o = node_new(c, NODE_OP, c->lex.tok.at,
		    c->lex.tok.end);
		struct node *right;

		o->op = op;
		if (next(c) != 0)
			return NULL;
		right = level < 3 ? parse_binary(c, level + 1) :
		    parse_unary(c);
		n = right == NULL ? NULL : node_of(c, o, n, right);
	}
	return n;
}

/* a && b && c is one node, so that long ones are not deep. */
static struct node *
parse_logic(struct compile *c, bool or)
{
	struct node *n = or ? parse_logic(c, false) : parse_binary(c, 1);
	int punct = or ? PUNCT_OR : PUNCT_AND;
	struct node *all;
	struct kids k = {0};

	if (n == NULL || !is_punct(c, punct))
		return n;
	all = node_new(c, or ? NODE_OR : NODE_AND, c->lex.tok.at,
	    c->lex.tok.end);
	if (!kids_add(c, &k, n))
		return NULL;
	while (is_punct(c, punct))
		if (next(c) != 0 || !kids_add(c, &k,
		    or ? parse_logic(c, false) : parse_binary(c, 1)))
			return NULL;
	return node_kids(c, all, k.v, k.n);
}

static struct node *
parse_expr(struct compile *c)
{
	uint32_t at = c->lex.tok.at;
	struct node *n, *cond;
	struct kids k = {0};

	if (++c->nest > EXPR_NEST) {
		compile_fail(c, at, c->lex.tok.end, "expr.limit",
		    "nesting deeper than %d", EXPR_NEST);
		return NULL;
	}
	n = parse_logic(c, true);
	if (n != NULL && is_punct(c, '?')) {
		cond = node_new(c, NODE_COND, c->lex.tok.at, c->lex.tok.end);
		if (!kids_add(c, &k, n) || next(c) != 0 ||
		    !kids_add(c, &k, parse_logic(c, true)) ||
		    expect(c, ':') != 0 || !kids_add(c, &k, parse_expr(c)))
			n = NULL;
		else
			n = node_kids(c, cond, k.v, k.n);
	}
	c->nest--;
	return n;
}

struct node *
parse_text(struct compile *c)
{
	struct node *n;

	if (next(c) != 0)
		return NULL;
	n = parse_expr(c);
	if (n != NULL && c->lex.tok.kind != TOK_END) {
		unexpected(c, "the end");
		return NULL;
	}
	return n;
}
