#include <string.h>

#include "base/buf.h"
#include "expr/ast_priv.h"

/*
 * The types of a tree.  With env->nocheck what does not fit is left for
 * evaluation to find; the rest is done all the same.
 */

#define DYN (&type_simple[T_DYN])
#define BOOL_TYPE (&type_simple[T_BOOL])

/* In a record, a member named as a type is asked for as r.name. */
void
type_hint(struct compile *c, const struct node *n)
{
	if (c->env->record && n->kind == NODE_IDENT && n->ref == REF_TYPE)
		err_hint(c->e, "%.*s is a type; the member is r.%.*s",
		    (int)n->name.len, n->name.p, (int)n->name.len, n->name.p);
}

/* A type error, or dyn where types are not to be checked. */
int
check_mismatch(struct compile *c, struct node *n, const struct node *at,
    const char *what, const struct type *got)
{
	struct buf b = {0};
	int rc = 0;

	n->type = DYN;
	if (!c->env->nocheck) {
		type_put(type_resolve(c, got, true), &b);
		rc = compile_fail(c, at->at, at->end, "expr.type", "%s, not %s",
		    what, buf_cstr(&b));
		buf_free(&b);
		type_hint(c, at);
	}
	return rc;
}

static int
want_bool(struct compile *c, struct node *n, const struct node *k)
{
	return type_assign(c, BOOL_TYPE, k->type) ? 0 :
	    check_mismatch(c, n, k, "this must be a bool", k->type);
}

static int
check_list(struct compile *c, struct node *n)
{
	const struct type *t = NULL;

	for (uint32_t i = 0; i < n->nkids; i++) {
		const struct type *k = n->kids[i]->type;

		if (n->kids[i]->entry_opt) {
			const struct type *o = type_make(c, T_OPTIONAL,
			    type_fresh(c), NULL);

			if (!type_assign(c, o, k))
				return check_mismatch(c, n, n->kids[i],
				    "a ?element must be an optional", k);
			k = o->param[0];
		}
		t = type_join(c, t, k);
	}
	n->type = type_make(c, T_LIST, t != NULL ? t : type_fresh(c), NULL);
	return 0;
}

static int
check_map(struct compile *c, struct node *n)
{
	const struct type *kt = NULL, *vt = NULL;

	for (uint32_t i = 0; i < n->nkids; i += 2) {
		const struct type *k = type_resolve(c, n->kids[i]->type,
		    false);
		const struct type *v = n->kids[i + 1]->type;

		if (k->kind != T_BOOL && k->kind != T_INT &&
		    k->kind != T_UINT && k->kind != T_STRING &&
		    k->kind != T_DYN && k->kind != T_VAR &&
		    check_mismatch(c, n, n->kids[i],
		    "a key must be a string, int, uint or bool", k) != 0)
			return -1;
		if (n->kids[i]->entry_opt) {
			const struct type *o = type_make(c, T_OPTIONAL,
			    type_fresh(c), NULL);

			if (!type_assign(c, o, v))
				return check_mismatch(c, n, n->kids[i + 1],
				    "the value of a ?key must be an optional",
				    v);
			v = o->param[0];
		}
		kt = type_join(c, kt, k);
		vt = type_join(c, vt, v);
	}
	n->type = type_make(c, T_MAP, kt != NULL ? kt : type_fresh(c),
	    vt != NULL ? vt : type_fresh(c));
	return 0;
}

static int
check_cond(struct compile *c, struct node *n)
{
	const struct type *a = n->kids[1]->type, *b = n->kids[2]->type;

	if (want_bool(c, n, n->kids[0]) != 0)
		return -1;
	if (a->kind == T_NULL || b->kind == T_NULL) {
		n->type = a->kind == b->kind ? a : DYN;
		return 0;
	}
	if (!type_assign(c, a, b)) {
		if (check_mismatch(c, n, n->kids[2],
		    "both results of ? : must be of one type", b) == 0)
			return 0;
		return err_hint(c->e, "dyn(x) takes any type");
	}
	n->type = type_join(c, a, b);
	return 0;
}

static int
check_comp(struct compile *c, struct node *n)
{
	const struct type *t;
	int rc = 0;

	if (check_tree(c, n->kids[0]) != 0)
		return -1;
	t = type_resolve(c, n->kids[0]->type, false);
	if (t->kind == T_LIST || t->kind == T_MAP)
		t = t->param[0];
	else if (t->kind == T_DYN || t->kind == T_VAR)
		t = DYN;
	else if (check_mismatch(c, n, n->kids[0],
	    "this must be a list or a map", t) != 0)
		return -1;
	else
		t = DYN;
	n->local->type = t;
	n->local->up = c->scope;
	c->scope = n->local;
	for (uint32_t i = 1; rc == 0 && i < n->nkids; i++)
		rc = check_tree(c, n->kids[i]);
	c->scope = n->local->up;
	if (rc != 0)
		return rc;
	n->type = BOOL_TYPE;
	if (n->op == COMP_MAP || n->op == COMP_MAPIF)
		n->type = type_make(c, T_LIST, n->kids[n->nkids - 1]->type,
		    NULL);
	else if (n->op == COMP_FILTER)
		n->type = type_make(c, T_LIST, t, NULL);
	return n->op == COMP_MAP ? 0 : want_bool(c, n, n->kids[1]);
}

static int
check_bind(struct compile *c, struct node *n)
{
	const struct type *o = type_make(c, T_OPTIONAL, type_fresh(c), NULL);
	int rc;

	if (check_tree(c, n->kids[0]) != 0)
		return -1;
	if (!type_assign(c, o, n->kids[0]->type) && check_mismatch(c, n,
	    n->kids[0], "this must be an optional", n->kids[0]->type) != 0)
		return -1;
	n->local->type = type_resolve(c, o->param[0], false);
	n->local->up = c->scope;
	c->scope = n->local;
	rc = check_tree(c, n->kids[1]);
	c->scope = n->local->up;
	if (rc != 0)
		return rc;
	n->type = n->kids[1]->type;
	if (!n->op) {
		n->type = type_make(c, T_OPTIONAL, n->type, NULL);
	} else if (!type_assign(c, type_make(c, T_OPTIONAL, type_fresh(c),
	    NULL), n->type)) {
		return check_mismatch(c, n, n->kids[1],
		    "this must be an optional", n->type);
	}
	return 0;
}

static int
check_kids(struct compile *c, struct node *n)
{
	for (uint32_t i = 0; i < n->nkids; i++)
		if (check_tree(c, n->kids[i]) != 0)
			return -1;
	return 0;
}

int
check_tree(struct compile *c, struct node *n)
{
	switch ((enum node_kind)n->kind) {
	case NODE_LIT: /* ORDER type_kind, expr_type */
		n->type = &type_simple[n->lit.type];
		return 0;
	case NODE_IDENT:
		return check_ident(c, n);
	case NODE_SELECT:
		return check_select(c, n);
	case NODE_COMP:
		return check_comp(c, n);
	case NODE_BIND:
		return check_bind(c, n);
	case NODE_CALL:
		return check_call(c, n);
	default:
		break;
	}
	if (check_kids(c, n) != 0)
		return -1;
	switch ((enum node_kind)n->kind) {
	case NODE_LIST:
		return check_list(c, n);
	case NODE_MAP:
		return check_map(c, n);
	case NODE_COND:
		return check_cond(c, n);
	case NODE_AND:
	case NODE_OR:
		n->type = BOOL_TYPE;
		for (uint32_t i = 0; i < n->nkids; i++)
			if (want_bool(c, n, n->kids[i]) != 0)
				return -1;
		n->type = BOOL_TYPE;
		return 0;
	default:
		return check_op(c, n);
	}
}
