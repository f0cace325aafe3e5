#include <string.h>

#include "base/buf.h"
#include "expr/ast_priv.h"

/* What names mean: variables, members of the record, types. */

#define DYN (&type_simple[T_DYN])
#define BOOL_TYPE (&type_simple[T_BOOL])

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

/* What is known of the member at the path that n spells, or NULL. */
static const struct expr_var *
find_member(struct compile *c, const struct node *n)
{
	const struct expr_env *env = c->env;
	const struct expr_var *v = NULL;
	struct buf b = {0};
	size_t i = 0;

	if (n->kind == NODE_IDENT)
		v = find_var(env->members, env->nmembers, n->name);
	while (i < env->nmembers && env->members[i].name[0] != '/')
		i++;
	if (v == NULL && i < env->nmembers && path_put(n, &b))
		v = find_var(env->members, env->nmembers, buf_view(&b));
	buf_free(&b);
	return v;
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

	for (size_t i = 0; i < n; i++) {
		names[i] = i < env->nvars ? env->vars[i].name :
		    env->members[i - env->nvars].name;
		names[i] += names[i][0] == '/';
	}
	near = str_near(name, names, n);
	if (near != NULL)
		err_hint(c->e, "did you mean \"%s\"?", near);
}

int
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
	v = find_member(c, n);
	if (v == NULL && c->env->closed && !n->test) {
		compile_fail(c, n->at, n->end, "expr.name",
		    "no member \"%.*s\"", (int)n->name.len, n->name.p);
		near_name(c, n->name);
		return -1;
	}
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

int
check_select(struct compile *c, struct node *n)
{
	const struct node *root = root_of(n);
	const struct expr_var *v;
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
		return check_mismatch(c, n, n->kids[0],
		    "only a map has members", n->kids[0]->type);
	if (t->kind == T_DYN && (v = find_member(c, n)) != NULL)
		t = declared(c, v);
	n->type = n->test ? BOOL_TYPE : t;
	if (n->opt && t->kind != T_OPTIONAL)
		n->type = type_make(c, T_OPTIONAL, t, NULL);
	return 0;
}
