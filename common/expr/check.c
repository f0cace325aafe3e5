#include <string.h>

#include "base/buf.h"
#include "expr/ast_priv.h"

/*
 * Names and types of a tree.  With env->nocheck what does not fit is left for
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
static int
mismatch(struct compile *c, struct node *n, const struct node *at,
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

static const struct type *
declared(struct compile *c, const struct expr_var *v)
{
	struct str s;
	const struct type *t;

	if (v->type == NULL)
		return DYN;
	s = str_of(v->type);
	t = type_parse(c, &s, c->nsubst);
	return t != NULL && s.len == 0 ? t : DYN;
}

static const struct expr_var *
find_var(const struct expr_var *v, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_of(v[i].name), name))
			return &v[i];
	return NULL;
}

static bool
type_name(struct compile *c, struct node *n, struct str s)
{
	static const char *const names[] = {"bool", "int", "uint", "double",
	    "string", "bytes", "list", "map", "null_type", "optional_type",
	    "google.protobuf.Timestamp", "google.protobuf.Duration", "type"};
	size_t i, count = ARRAY_LEN(names);

	/* A record may well have a member `type`; the type of types is rare. */
	if (c->env->record)
		count--;
	for (i = 0; i < count && !str_eq(s, str_of(names[i])); i++)
		continue;
	if (i == count)
		return false;
	n->kind = NODE_IDENT;
	n->ref = REF_TYPE;
	n->nkids = 0;
	n->lit = value_string(names[i], s.len);
	n->lit.type = EXPR_TYPE;
	n->type = &type_simple[T_TYPE];
	return true;
}

/* A declared variable or type of that name as it is, no container. */
static bool
find_plain(struct compile *c, struct node *n, struct str s)
{
	const struct expr_env *env = c->env;
	const struct expr_var *v = find_var(env->vars, env->nvars, s);

	if (v != NULL) {
		n->kind = NODE_IDENT;
		n->ref = REF_VAR;
		n->nkids = 0;
		n->var = (uint32_t)(v - env->vars);
		n->type = declared(c, v);
		return true;
	}
	if (env->record && find_var(env->members, env->nmembers, s) != NULL)
		return false;
	return type_name(c, n, s);
}

/* In container a.b, x may mean a.b.x, a.x or x: the first there is. */
static bool
find_name(struct compile *c, struct node *n, struct str s, bool absolute)
{
	struct str in = c->env->container != NULL && !absolute ?
	    str_of(c->env->container) : STR("");

	while (in.len != 0) {
		char *p = arena_alloc(&c->tmp, in.len + 1 + s.len);

		memcpy(p, in.p, in.len);
		p[in.len] = '.';
		memcpy(p + in.len + 1, s.p, s.len);
		if (find_plain(c, n, (struct str){p, in.len + 1 + s.len}))
			return true;
		while (in.len != 0 && in.p[in.len - 1] != '.')
			in.len--;
		if (in.len != 0)
			in.len--;
	}
	return find_plain(c, n, s);
}

static struct local *
find_local(const struct compile *c, struct str name)
{
	struct local *l = c->scope;

	while (l != NULL && !str_eq(l->name, name))
		l = l->up;
	return l;
}

static void
near_name(struct compile *c, struct str name)
{
	const struct expr_env *env = c->env;
	size_t n = env->nvars + env->nmembers;
	const char **names = arena_array(&c->tmp, n + 1, sizeof *names);
	const char *near;

	for (size_t i = 0; i < n; i++)
		names[i] = i < env->nvars ? env->vars[i].name :
		    env->members[i - env->nvars].name;
	near = str_near(name, names, n);
	if (near != NULL)
		err_hint(c->e, "did you mean \"%s\"", near);
}

static int
check_ident(struct compile *c, struct node *n)
{
	const struct expr_var *v;

	if (n->ref != REF_MEMBER && !n->test) {
		n->local = n->opt ? NULL : find_local(c, n->name);
		if (n->local != NULL) {
			n->ref = REF_LOCAL;
			n->type = n->local->type;
			return 0;
		}
		if (find_name(c, n, n->name, n->opt))
			return 0;
	}
	if (!c->env->record) {
		n->ref = REF_UNKNOWN;
		n->type = DYN;
		if (c->env->nocheck)
			return 0;
		compile_fail(c, n->at, n->end, "expr.name", "no name \"%.*s\"",
		    (int)n->name.len, n->name.p);
		near_name(c, n->name);
		return -1;
	}
	if (n->ref != REF_MEMBER && !n->test && str_eq(n->name, STR("r"))) {
		n->ref = REF_RECORD;
		n->type = &type_simple[T_MAP];
		return 0;
	}
	n->ref = REF_MEMBER;
	v = find_var(c->env->members, c->env->nmembers, n->name);
	n->type = n->test ? BOOL_TYPE : v != NULL ? declared(c, v) : DYN;
	return 0;
}

/* The dotted name a chain of members spells, or empty. */
static struct str
dotted(struct compile *c, const struct node *n)
{
	size_t len = 0;
	const struct node *k;
	char *p;

	for (k = n; k->kind == NODE_SELECT && !k->opt && !k->test;
	     k = k->kids[0])
		len += k->name.len + 1;
	if (k->kind != NODE_IDENT || k->test || k->ref != REF_NONE ||
	    len > EXPR_TEXT_MAX || find_local(c, k->name) != NULL)
		return (struct str){0};
	len += k->name.len;
	p = arena_alloc(&c->tmp, len);
	for (k = n, p += len; k->kind == NODE_SELECT; k = k->kids[0]) {
		p -= k->name.len;
		memcpy(p, k->name.p, k->name.len);
		*--p = '.';
	}
	p -= k->name.len;
	memcpy(p, k->name.p, k->name.len);
	return (struct str){p, len};
}

static const struct node *
root_of(const struct node *n)
{
	while (n->kind == NODE_SELECT)
		n = n->kids[0];
	return n;
}

/* Only names that hold a dot make a chain worth looking up. */
static bool
may_be_dotted(const struct compile *c)
{
	const struct expr_env *env = c->env;

	for (size_t i = 0; i < env->nvars; i++)
		if (strchr(env->vars[i].name, '.') != NULL)
			return true;
	return env->container != NULL;
}

static const struct type *
member_type(struct compile *c, const struct type *t)
{
	t = type_resolve(c, t, false);
	if (t->kind == T_DYN || t->kind == T_VAR)
		return DYN;
	if (t->kind == T_MAP)
		return t->param[1];
	if (t->kind == T_OPTIONAL) {
		t = member_type(c, t->param[0]);
		return t == NULL || t->kind == T_OPTIONAL ? t :
		    type_make(c, T_OPTIONAL, t, NULL);
	}
	return NULL;
}

static int
check_select(struct compile *c, struct node *n)
{
	const struct node *root = root_of(n);
	const struct type *t;

	if (!n->opt && !n->test && root->kind == NODE_IDENT &&
	    (may_be_dotted(c) || str_eq(root->name, STR("google")))) {
		struct str s = dotted(c, n);

		if (s.len != 0 && find_name(c, n, s, root->opt))
			return 0;
	}
	if (check_tree(c, n->kids[0]) != 0)
		return -1;
	if (n->kids[0]->kind == NODE_IDENT && !n->opt &&
	    n->kids[0]->ref == REF_RECORD) { /* r.name is name */
		n->kind = NODE_IDENT;
		n->ref = REF_MEMBER;
		n->nkids = 0;
		return check_ident(c, n);
	}
	t = member_type(c, n->kids[0]->type);
	if (t == NULL)
		return mismatch(c, n, n->kids[0],
		    "only a map has members", n->kids[0]->type);
	n->type = n->test ? BOOL_TYPE : t;
	if (n->opt && t->kind != T_OPTIONAL)
		n->type = type_make(c, T_OPTIONAL, t, NULL);
	return 0;
}

static int
want_bool(struct compile *c, struct node *n, const struct node *k)
{
	return type_assign(c, BOOL_TYPE, k->type) ? 0 :
	    mismatch(c, n, k, "this must be a bool", k->type);
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
				return mismatch(c, n, n->kids[i],
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
		    mismatch(c, n, n->kids[i],
		    "a key must be a string, int, uint or bool", k) != 0)
			return -1;
		if (n->kids[i]->entry_opt) {
			const struct type *o = type_make(c, T_OPTIONAL,
			    type_fresh(c), NULL);

			if (!type_assign(c, o, v))
				return mismatch(c, n, n->kids[i + 1],
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
		if (mismatch(c, n, n->kids[2],
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
	else if (mismatch(c, n, n->kids[0], "this must be a list or a map",
	    t) != 0)
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
	if (!type_assign(c, o, n->kids[0]->type) && mismatch(c, n,
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
		return mismatch(c, n, n->kids[1], "this must be an optional",
		    n->type);
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
