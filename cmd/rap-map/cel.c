#include "eval.h"

#include "base/err.h"
#include "base/mem.h"
#include "expr/expr.h"
#include "funcs.h"
#include "read.h"
#include "write.h"

/* Expressions: compiled with their mapping, run for each item. */

/* Beside what the expression's own hint says: the words that are wrong. */
static int
point(struct str text, struct expr_span at, struct err *e)
{
	size_t len = at.len < 40 ? at.len : 40;
	char was[sizeof e->hint];

	if (at.at >= text.len || len == 0)
		return -1;
	if (at.at + len > text.len)
		len = text.len - at.at;
	memcpy(was, e->hint, sizeof was);
	return err_hint(e, "%s%sit is at: %.*s", was,
	    was[0] != '\0' ? "; " : "", (int)len, text.p + at.at);
}

static int
check_type(const struct mapping *m, uint32_t node, const struct expr *x,
    const char *want, struct err *e)
{
	struct buf type = {.max = 200};
	bool fits;

	expr_put_type(x, &type);
	fits = want == NULL || str_eq(buf_view(&type), str_of(want)) ||
	    str_eq(buf_view(&type), STR("dyn"));
	if (!fits)
		conf_err(m->conf, node, e, "expr.type",
		    "the expression must give %s, and this gives %s", want,
		    buf_cstr(&type));
	buf_free(&type);
	return fits ? 0 : -1;
}

/* Which members it reads. */
static int
note_paths(struct mapping *m, uint32_t node, const struct expr *x,
    struct err *e)
{
	size_t n;
	const struct str *paths = expr_paths(x, &n);

	for (size_t i = 0; i < n; i++) {
		struct json_path p = {0};
		struct err why;

		if (paths[i].len == 0) {
			m->sees_all = true;
			continue;
		}
		if (json_path_compile(&p, paths[i], &why) != 0)
			return conf_err(m->conf, node, e, "expr.limit", "%s",
			    why.msg);
		link_known(m, arena_str(&m->mem, p.steps[0].name))->seen =
		    true;
		json_path_free(&p);
	}
	return 0;
}

uint32_t
read_keep(struct mapping *m, struct expr *x, bool cast)
{
	m->exprs = mem_realloc(m->exprs, (m->nexprs + 1) * sizeof *m->exprs);
	m->exprs[m->nexprs] = (struct compiled){x, cast};
	return (uint32_t)m->nexprs++;
}

int
read_expr(struct mapping *m, uint32_t node, const char *want, uint32_t *expr,
    struct err *e)
{
	struct expr_func funcs[FUNCS_N];
	struct expr_env env = {.record = true, .funcs = funcs,
	    .nfuncs = FUNCS_N};
	struct expr_span where = {0};
	struct expr *x;
	struct str text;
	struct err why;

	if (read_text(m, node, &text, e) != 0)
		return -1;
	funcs_fill(funcs, NULL);
	x = expr_compile(text, &env, &where, &why);
	if (x == NULL) {
		conf_err(m->conf, node, e, why.id, "%s", why.msg);
		memcpy(e->hint, why.hint, sizeof e->hint);
		return conf_point(m->conf, node, where.at, where.len, e), -1;
	}
	*expr = read_keep(m, x, false);
	if (check_type(m, node, x, want, e) != 0)
		return -1;
	if (funcs_check(m, node, text, e) != 0)
		return -1;
	return note_paths(m, node, x, e);
}

/*
 * Expressions have functions with a memory (the units they have seen), so each
 * worker compiles its own.
 */
void
cel_open(struct worker *w)
{
	static const struct expr_var var = {"v", "dyn"};
	struct expr_func funcs[FUNCS_N];
	struct expr_env env = {.record = true, .funcs = funcs,
	    .nfuncs = FUNCS_N};
	struct expr_env cast = {.vars = &var, .nvars = 1};
	struct err none;

	w->funcs = mem_zalloc(sizeof *w->funcs);
	w->funcs->m = w->m;
	funcs_fill(funcs, w->funcs);
	w->exprs = mem_array(w->m->nexprs + 1, sizeof(void *));
	w->runs = mem_array(w->m->nexprs + 1, sizeof(void *));
	for (size_t i = 0; i < w->m->nexprs; i++) {
		const struct compiled *x = &w->m->exprs[i];

		w->exprs[i] = expr_compile(expr_text(x->x),
		    x->cast ? &cast : &env, NULL, &none);
		w->runs[i] = expr_run_new(w->exprs[i]);
	}
}

void
cel_close(struct worker *w)
{
	for (size_t i = 0; i < w->m->nexprs; i++) {
		expr_run_free(w->runs[i]);
		expr_free(w->exprs[i]);
	}
	mem_free(w->runs);
	mem_free(w->exprs);
	mem_free(w->funcs);
}

/* --- for each item --- */

/* The record as expressions see it: a node of the line, or, where explode has
 * put it together, a text of its own. */
static int
item_doc(struct worker *w, const struct json_doc **d, uint32_t *node,
    struct err *e)
{
	const struct explode *x = &w->m->explode;

	if (!x->on || (x->ncarry == 0 && x->index.len == 0 &&
	    x->as_label.len == 0 && w->item != JSON_NONE)) {
		*d = w->d;
		*node = w->item;
		return 0;
	}
	*d = &w->item_doc;
	*node = 0;
	if (w->item_ready)
		return 0;
	buf_clear(&w->item_text);
	if (write_bare(w, &w->item_text, e) != 0)
		return -1;
	if (w->item_text.over)
		return err_set(e, ERR_DATA, "map.limit",
		    "the record is too large for an expression");
	w->item_ready = true;
	return json_parse(&w->item_doc, w->item_text.p, w->item_text.len, e);
}

/* A failed evaluation, placed in the record. */
static int
failed(struct worker *w, uint32_t expr, const struct json_doc *d,
    struct err *e)
{
	const struct expr *x = w->m->exprs[expr].x;
	struct cell c = {.d = d, .node = JSON_NONE};
	struct json_path p = {0};
	struct json_hint hint = {0};
	struct err why = *e, none;

	if (why.code != ERR_DATA)
		return -1;
	if (why.path[0] != '\0' && d == w->d &&
	    json_path_compile(&p, str_of(why.path), &none) == 0) {
		c.node = json_path_find(&p, d, w->item, &hint);
		json_path_free(&p);
	}
	cell_err(w, &c, e, why.id, "%s", why.msg);
	memcpy(e->hint, why.hint, sizeof e->hint);
	if (c.node == JSON_NONE && e->path[0] == '\0')
		memcpy(e->path, why.path, sizeof e->path);
	return point(expr_text(x), expr_where(w->runs[expr]), e);
}

static enum json_type
type_of(const struct expr_value *v)
{
	switch (v->type) {
	case EXPR_NULL:
		return JSON_NULL;
	case EXPR_BOOL:
		return v->u.b ? JSON_TRUE : JSON_FALSE;
	case EXPR_INT:
	case EXPR_UINT:
	case EXPR_DOUBLE:
	case EXPR_BIGINT:
		return JSON_NUMBER;
	case EXPR_LIST:
		return JSON_ARRAY;
	case EXPR_MAP:
		return JSON_OBJECT;
	default:
		return JSON_STRING;
	}
}

static int
cell_of_value(struct worker *w, const struct expr_value *v, struct cell *c,
    struct err *e)
{
	*c = (struct cell){.node = JSON_NONE, .type = type_of(v)};
	if (v->type == EXPR_JSON) {
		c->d = v->u.doc;
		c->node = v->n;
		c->raw = json_raw(c->d, c->node);
		c->type = json_type(c->d, c->node);
		return 0;
	}
	if (v->type == EXPR_BOOL) {
		c->raw = v->u.b ? STR("true") : STR("false");
		return 0;
	}
	if (v->type == EXPR_STRING) {
		*c = cell_string(w, (struct str){v->u.p, v->n});
		return 0;
	}
	buf_clear(&w->key);
	if (expr_put_json(&w->key, v, e) != 0)
		return -1;
	if (w->key.over)
		return err_set(e, ERR_DATA, "expr.limit",
		    "the result is too large");
	c->raw = arena_str(&w->scratch, buf_view(&w->key));
	if (c->type == JSON_STRING)
		c->text = (struct str){c->raw.p + 1, c->raw.len - 2};
	return 0;
}

int
cel_value(struct worker *w, uint32_t expr, struct cell *c, struct err *e)
{
	const struct json_doc *d;
	struct expr_value v;
	uint32_t node;

	if (item_doc(w, &d, &node, e) != 0)
		return -1;
	if (expr_eval(w->runs[expr], d, node, &w->scratch, &v, e) != 0)
		return failed(w, expr, d, e);
	if (v.type == EXPR_OPTIONAL) {
		if (v.u.opt == NULL)
			return 0;
		v = *v.u.opt;
	}
	return cell_of_value(w, &v, c, e) == 0 ? 1 : failed(w, expr, d, e);
}

int
cel_test(struct worker *w, uint32_t expr, struct err *e)
{
	const struct json_doc *d;
	uint32_t node;
	bool yes;

	if (item_doc(w, &d, &node, e) != 0)
		return -1;
	if (expr_test(w->runs[expr], d, node, &w->scratch, &yes, e) != 0)
		return failed(w, expr, d, e);
	return yes;
}
