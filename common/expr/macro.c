#include "expr/ast_priv.h"

/*
 * Macros: calls whose arguments are not evaluated once, in place.  They become
 * nodes of their own kind here, so that no function can take their names.
 */

static struct node *
refuse(struct compile *c, const struct node *at, const char *what)
{
	compile_fail(c, at->at, at->end, "expr.syntax", "%s", what);
	return NULL;
}

static struct node *
expand_has(struct compile *c, struct node *n)
{
	struct node *arg = n->kids[0];

	if (arg->kind == NODE_IDENT && c->env->record) {
		arg->test = true;
		return arg;
	}
	if (arg->kind != NODE_SELECT || arg->opt) {
		refuse(c, arg, "has() needs a member, as in has(a.b)");
		if (arg->kind == NODE_INDEX)
			err_hint(c->e, "for a key that is computed, write "
			    "key in map, or map[?key].hasValue()");
		return NULL;
	}
	arg->test = true;
	return arg;
}

/* x.all(v, P) and its like: kids are range, P and, for map, the filter. */
static struct node *
expand_comp(struct compile *c, struct node *n, enum comp op)
{
	struct node *var = n->kids[1];

	if (var->kind != NODE_IDENT || var->test)
		return refuse(c, var, "the first argument must be a name, as "
		    "in list.map(x, x + 1)");
	n->kind = NODE_COMP;
	n->op = (uint8_t)op;
	n->local = arena_zalloc(&c->tmp, sizeof *n->local);
	n->local->name = var->name;
	n->kids[1] = n->kids[2];
	if (n->nkids == 4)
		n->kids[2] = n->kids[3];
	n->nkids--;
	return n;
}

static struct node *
expand_bind(struct compile *c, struct node *n, bool flat)
{
	struct node *var = n->kids[1];

	if (var->kind != NODE_IDENT || var->test)
		return refuse(c, var, "the first argument must be a name, as "
		    "in a.?b.optMap(x, x + 1)");
	n->kind = NODE_BIND;
	n->op = flat;
	n->local = arena_zalloc(&c->tmp, sizeof *n->local);
	n->local->name = var->name;
	n->kids[1] = n->kids[2];
	n->nkids = 2;
	return n;
}

struct node *
macro_expand(struct compile *c, struct node *n)
{
	static const struct {
		const char *name;
		uint8_t nkids, op;
	} comps[] = {{"all", 3, COMP_ALL}, {"exists", 3, COMP_EXISTS},
	    {"exists_one", 3, COMP_ONE}, {"existsOne", 3, COMP_ONE},
	    {"map", 3, COMP_MAP}, {"map", 4, COMP_MAPIF},
	    {"filter", 3, COMP_FILTER}};

	if (!n->member) {
		if (n->nkids == 1 && str_eq(n->name, STR("has")))
			return expand_has(c, n);
		return n;
	}
	for (size_t i = 0; i < ARRAY_LEN(comps); i++)
		if (n->nkids == comps[i].nkids &&
		    str_eq(n->name, str_of(comps[i].name)))
			return expand_comp(c, n, (enum comp)comps[i].op);
	if (n->nkids == 3 && str_eq(n->name, STR("optMap")))
		return expand_bind(c, n, false);
	if (n->nkids == 3 && str_eq(n->name, STR("optFlatMap")))
		return expand_bind(c, n, true);
	return n;
}
