#include "check.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "expr/expr.h"
#include "prog/prog.h"
#include "read.h"

static struct known_member *
member_of(struct record_type *t, struct str name)
{
	size_t had = t->names.n, i = map_add(&t->names, name);

	if (i >= t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 32;
		t->m = mem_realloc(t->m, t->cap * sizeof *t->m);
	}
	if (i == had)
		t->m[i] = (struct known_member){.may = MAY_ALL,
		    .view = {NULL, JSON_NONE}};
	return &t->m[i];
}

static void
type_free(struct record_type *t)
{
	map_free(&t->names);
	mem_free(t->m);
	*t = (struct record_type){0};
}

/* The finding before this one is told, this one kept. */
void
check_found(struct checker *c, const struct err *e)
{
	if (c->found++ != 0)
		prog_diag(c->prog, &c->last);
	c->last = *e;
	err_source(&c->last, c->step->file);
}

void
check_say(struct checker *c, uint32_t node, const char *fmt, struct str name,
    const char *types)
{
	struct err e;
	char msg[200];

	snprintf(msg, sizeof msg, fmt,
	    (int)(name.len < 80 ? name.len : 80), name.p, types);
	conf_err(c->step->conf, node, &e, "map.check", "%s", msg);
	check_found(c, &e);
}

/* --- steps --- */

static bool
stays(const struct mapping *m, struct str name)
{
	size_t i = map_find(&m->names, name);

	return i == MAP_NONE || (m->known[i].nin == 0 && !m->known[i].drop);
}

/* What an object is into which a field may write. */
static struct known_member
into_object(const struct known_member *was, bool sure)
{
	struct known_member k = {.view = {NULL, JSON_NONE}};

	k.may = sure || was->may == MAY_ALL ? MAY_OBJECT :
	    was->may | MAY_OBJECT;
	k.sure = sure || was->sure;
	k.loose = was->loose;
	return k;
}

/* A condition over the path may leave less of its values than there were. */
static void
loosen(struct checker *c, struct str first)
{
	size_t i = map_find(&c->in.names, first);

	for (size_t k = 0; k < c->in.names.n; k++)
		if (k == i || first.len == 0)
			c->in.m[k].loose = true;
}

static void
loosen_all(struct checker *c, const struct expr *x)
{
	size_t n;
	const struct str *paths = expr_paths(x, &n);

	for (size_t i = 0; i < n; i++) {
		struct json_path p = {0};
		struct err none;

		if (paths[i].len != 0 &&
		    json_path_compile(&p, paths[i], &none) == 0)
			loosen(c, p.steps[0].name);
		else
			loosen(c, STR(""));
		json_path_free(&p);
	}
}

static void
check_conditions(struct checker *c, const struct mapping *m)
{
	for (size_t i = 0; i < m->nconds; i++) {
		uint32_t node = read_key(m, m->root, "where");
		const struct cond *cond = &m->conds[i];

		if (json_type(&m->conf->doc, node) == JSON_ARRAY)
			node = json_element(&m->conf->doc, node, i);
		if (cond->expr == NO_EXPR) {
			loosen(c, cond->src.first);
			/* Then the condition never holds. */
			if ((cond->has_set ? !cond->negate : cond->present) &&
			    check_nothing(c, &cond->src))
				check_say(c, node, "the input has nothing at "
				    "%.*s%s", cond->src.text, "");
			continue;
		}
		check_expr(c, node, cond->expr);
		loosen_all(c, m->exprs[cond->expr].x);
	}
}

static void
check_step(struct checker *c, const struct mapping *m)
{
	struct record_type *out = &c->out;

	c->step = m;
	c->fields = read_key(m, m->root, "fields");
	check_conditions(c, m);
	out->open = m->keeps && (c->in.open || m->explode.on);
	for (size_t i = 0; m->keeps && !m->explode.on &&
	     i < c->in.names.n; i++) {
		struct str name = map_key(&c->in.names, i);
		struct known_member k = c->in.m[i];

		if (stays(m, name))
			*member_of(out, name) = k;
	}
	for (size_t i = 0; i < m->nfields; i++) {
		uint32_t node = json_element(&m->conf->doc, c->fields, i);
		struct known_member k = check_field(c, node, &m->fields[i]);
		const struct json_path *to = m->fields[i].path;

		if (to->n > 1)
			k = into_object(member_of(out, to->steps[0].name),
			    k.sure);
		*member_of(out, to->steps[0].name) = k;
	}
	if (m->nshapes == 0 && m->order.kind != ORDER_PIVOT)
		return;
	type_free(out);
	out->open = true;
}

/* --- the ends --- */

static void
add_name(void *arg, struct str name)
{
	member_of(arg, name);
}

static int
load_schema(struct checker *c, size_t which, const char *name, struct err *e)
{
	struct buf text = {0};
	char *found = NULL;
	int rc = prog_load(c->prog, "schemas", name, &text, &found, e);

	if (rc == 0 && conf_parse(&c->schema[which], text.p, text.len, e) != 0)
		rc = err_source(e, found);
	buf_free(&text);
	mem_free(found);
	return rc;
}

static void
start(struct checker *c, bool known)
{
	struct view root = {&c->schema[0].doc, 0};

	c->in.open = !known || view_open(root);
	if (!known)
		return;
	view_names(root, add_name, &c->in);
	for (size_t i = 0; i < c->in.names.n; i++) {
		struct known_member *k = &c->in.m[i];
		struct str name = map_key(&c->in.names, i);

		view_member(root, name, &k->view);
		k->may = view_types(k->view);
		k->sure = view_requires(root, name);
	}
}

/* The list of fields, or what stands for it in messages. */
uint32_t
check_place(const struct checker *c, struct str name)
{
	for (size_t i = 0; i < c->step->nfields; i++)
		if (str_eq(c->step->fields[i].path->steps[0].name, name))
			return json_element(&c->step->conf->doc, c->fields,
			    i);
	return c->fields != JSON_NONE ? c->fields : c->step->root;
}

static void
check_member(struct checker *c, struct view root, struct str name,
    const struct known_member *k)
{
	struct buf text = {.max = 400};
	struct view want;
	unsigned may;

	if (!view_member(root, name, &want)) {
		map_add(&c->told, name);
		check_say(c, check_place(c, name),
		    "the output may not have the member \"%.*s\"%s", name, "");
		return;
	}
	may = view_types(want);
	/* Where a condition looked, only what never fits is sure. */
	if (k->may != MAY_ALL && (k->loose ? (k->may & may) == 0 :
	    (k->may & ~may) != 0)) {
		view_put_types(k->may, &text);
		buf_puts(&text, ", but the output wants ");
		view_put_types(may, &text);
		map_add(&c->told, name);
		check_say(c, check_place(c, name), "\"%.*s\" may be %s", name,
		    buf_cstr(&text));
	}
	buf_free(&text);
}

/* in holds what the last step leaves. */
static void
finish(struct checker *c, bool in_known)
{
	struct view root = {&c->schema[1].doc, 0};
	struct record_type wanted = {0};

	for (size_t i = 0; i < c->in.names.n; i++)
		check_member(c, root, map_key(&c->in.names, i), &c->in.m[i]);
	view_names(root, add_name, &wanted);
	for (size_t i = 0; i < wanted.names.n; i++) {
		struct str name = map_key(&wanted.names, i);
		size_t at = map_find(&c->in.names, name);

		if (!view_requires(root, name) ||
		    map_find(&c->told, name) != MAP_NONE)
			continue;
		if (at == MAP_NONE ? c->in.open : c->in.m[at].sure ||
		    c->in.m[at].loose || !in_known)
			continue;
		map_add(&c->told, name);
		if (at == MAP_NONE)
			check_say(c, check_place(c, name),
			    "nothing writes \"%.*s\", which the output "
			    "requires%s", name, "");
		else
			check_say(c, check_place(c, name),
			    "\"%.*s\" may be missing, and the output requires "
			    "it%s", name, "");
	}
	type_free(&wanted);
}

int
check_run(struct prog *p, const struct chain *chain,
    const struct check_ends *ends, struct err *e)
{
	struct checker c = {.prog = p, .chain = chain,
	    .reconciled = ends->reconciled};
	const char *in = ends->in, *out = ends->out;
	int rc = 0;

	if ((in != NULL && load_schema(&c, 0, in, e) != 0) ||
	    (out != NULL && load_schema(&c, 1, out, e) != 0))
		rc = -1;
	if (rc == 0)
		start(&c, in != NULL);
	for (size_t i = 0; rc == 0 && i < chain->nsteps; i++) {
		check_step(&c, &chain->steps[i]);
		type_free(&c.in);
		c.in = c.out;
		c.out = (struct record_type){0};
	}
	if (rc == 0 && out != NULL)
		finish(&c, in != NULL);
	if (rc == 0)
		check_try(&c, in != NULL, out != NULL);
	if (c.found != 0 && rc == 0) {
		*e = c.last;
		rc = -1;
	}
	type_free(&c.in);
	type_free(&c.out);
	map_free(&c.told);
	conf_free(&c.schema[0]);
	conf_free(&c.schema[1]);
	return rc;
}
