/* Terms: what keys, arguments and conditions read of a record. */
#include <ctype.h>
#include <string.h>

#include "term.h"

#include "base/caret.h"
#include "base/err.h"
#include "base/mem.h"
#include "expr/expr.h"
#include "prog/record.h"

/*
 * A path is a JSON Pointer, or names with dots between of which the first is
 * as a CEL name is: nothing that computes.  r.a is the expression.
 */
static bool
is_path(struct str s)
{
	static const struct str words[] = {{"true", 4}, {"false", 5},
	    {"null", 4}};
	bool begin = true;

	if (s.len != 0 && s.p[0] == '/')
		return true;
	if (s.len == 0 || isdigit((unsigned char)s.p[0]) ||
	    (s.len > 2 && s.p[0] == 'r' && s.p[1] == '.'))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(s, words[i]))
			return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '.' ? begin : !(isalnum(c) || c == '_' || c >= 0x80))
			return false;
		begin = c == '.';
	}
	return !begin;
}

/* Beside what the hint says: the words that are wrong. */
static int
point(struct str text, struct expr_span w, struct err *e)
{
	char was[sizeof e->hint];

	if (w.at >= text.len || w.len == 0)
		return -1;
	if (w.len > 40)
		w.len = 40;
	if (w.at + w.len > text.len)
		w.len = text.len - w.at;
	memcpy(was, e->hint, sizeof was);
	return err_hint(e, "%s%sit is at: %.*s", was,
	    was[0] != '\0' ? "; " : "", (int)w.len, text.p + w.at);
}

/* Does the type the checker found suit? */
static int
check_type(const struct expr *x, enum agg_use use, struct err *e)
{
	static const char *const want[] = {
	    [AGG_FOR_NUMBER] = "int uint double null_type dyn",
	    [AGG_FOR_ORDER] = "int uint double string null_type dyn",
	    [AGG_FOR_TEST] = "bool dyn",
	};
	static const char *const say[] = {
	    [AGG_FOR_NUMBER] = "a number",
	    [AGG_FOR_ORDER] = "a number or a string",
	    [AGG_FOR_TEST] = "true or false",
	};
	struct buf type = {.max = 200};
	struct str t;
	bool fits = use == AGG_FOR_KEY;
	const char *at;

	expr_put_type(x, &type);
	t = buf_view(&type);
	if (use == AGG_FOR_COUNT && str_eq(t, STR("bool"))) {
		buf_free(&type);
		err_set(e, ERR_CONFIG, "agg.arg", "count(x) counts the values "
		    "that are there, also false");
		return err_hint(e, "for those that are true: count() where "
		    "%.90s", expr_text(x).p);
	}
	if (use == AGG_FOR_COUNT || t.len == 0 ||
	    memchr(t.p, '(', t.len) != NULL) /* optional(T): at run time */
		fits = use != AGG_FOR_TEST &&
		    (t.len < 4 || memcmp(t.p, "list", 4) != 0) &&
		    (t.len < 3 || memcmp(t.p, "map", 3) != 0);
	for (at = want[use]; at != NULL && !fits; at = strchr(at, ' ')) {
		at += *at == ' ';
		fits = strncmp(at, t.p, t.len) == 0 &&
		    (at[t.len] == ' ' || at[t.len] == '\0');
	}
	if (!fits) {
		err_set(e, ERR_CONFIG, "expr.type",
		    "the expression must give %s, and this gives %s",
		    say[use], buf_cstr(&type));
		if (str_eq(t, STR("timestamp")))
			err_hint(e, "int(t) is its seconds since 1970");
	}
	buf_free(&type);
	return fits ? 0 : -1;
}

static int
add_expr(struct agg_spec *s, struct str text, enum agg_use use, size_t *index,
    struct err *e)
{
	struct expr_env env = {.record = true};
	struct expr_span where = {0};
	struct agg_term t = {.x = expr_compile(text, &env, &where, e)};

	if (t.x == NULL) {
		e->pos = where.at;
		caret_note(e, text, where.at, where.len);
		return -1;
	}
	if (check_type(t.x, use, e) != 0) {
		expr_free(t.x);
		e->pos = 0;
		caret_note(e, text, 0, text.len);
		return -1;
	}
	s->computes = true;
	*index = s->nterms;
	s->terms[s->nterms++] = t;
	return 0;
}

int
agg_term_add(struct agg_spec *s, struct str text, enum agg_use use,
    size_t *index, struct err *e)
{
	struct agg_term t = {0};

	if (use == AGG_FOR_TEST || !is_path(text))
		return add_expr(s, text, use, index, e);
	if (json_path_compile(&t.path, text, e) != 0)
		return -1;
	for (size_t i = 0; i < s->nterms; i++)
		if (s->terms[i].x == NULL &&
		    str_eq(s->terms[i].path.text, t.path.text)) {
			json_path_free(&t.path);
			*index = i;
			return 0;
		}
	*index = s->nterms;
	s->terms[s->nterms++] = t;
	return 0;
}

void
agg_term_free(struct agg_term *t)
{
	if (t->x != NULL)
		expr_free(t->x);
	else
		json_path_free(&t->path);
}

/* ---- for each record */

void
agg_reader_open(struct agg_reader *r, const struct agg_spec *s)
{
	size_t n = s->nterms;

	*r = (struct agg_reader){.spec = s};
	r->hints = mem_array(n, sizeof *r->hints);
	r->cells = mem_array(n, sizeof *r->cells);
	r->seen = mem_array(n, sizeof *r->seen);
	r->runs = mem_array(n, sizeof *r->runs);
	r->docs = mem_array(n, sizeof *r->docs);
	for (size_t i = 0; i < n; i++)
		if (s->terms[i].x != NULL)
			r->runs[i] = expr_run_new(s->terms[i].x);
}

void
agg_reader_close(struct agg_reader *r)
{
	for (size_t i = 0; i < r->spec->nterms; i++) {
		if (r->runs[i] != NULL)
			expr_run_free(r->runs[i]);
		json_free(&r->docs[i]);
	}
	buf_free(&r->text);
	mem_free(r->hints);
	mem_free(r->cells);
	mem_free(r->seen);
	mem_free(r->runs);
	mem_free(r->docs);
}

void
agg_read_paths(struct agg_reader *r, const struct json_doc *d)
{
	const struct agg_spec *s = r->spec;

	r->records++;
	for (size_t i = 0; i < s->nterms; i++) {
		struct agg_cell *c = &r->cells[i];

		*c = (struct agg_cell){.d = d, .node = JSON_NONE};
		if (s->terms[i].x != NULL)
			continue;
		c->node = json_path_find(&s->terms[i].path, d, 0,
		    &r->hints[i]);
		r->seen[i] |= c->node != JSON_NONE;
	}
}

/* An evaluation that failed: the place in the record, and the words. */
static int
failed(struct agg_reader *r, size_t i, const struct json_doc *d,
    struct err *e)
{
	struct expr_span where = expr_where(r->runs[i]);
	struct json_path p = {0};
	struct json_hint hint = {0};
	struct err none;
	uint32_t node = 0;

	if (e->path[0] != '\0' &&
	    json_path_compile(&p, str_of(e->path), &none) == 0) {
		node = json_path_find(&p, d, 0, &hint);
		json_path_free(&p);
	}
	e->pos = d->nodes[node != JSON_NONE ? node : 0].off;
	return point(expr_text(r->spec->terms[i].x), where, e);
}

int
agg_read(struct agg_reader *r, size_t i, const struct prog_record *rec,
    struct err *e)
{
	struct agg_cell *c = &r->cells[i];
	struct expr_value v;
	struct str text;

	if (r->spec->terms[i].x == NULL)
		return 0;
	if (expr_eval(r->runs[i], rec->doc, 0, rec->arena, &v, e) != 0)
		return failed(r, i, rec->doc, e);
	if (v.type == EXPR_OPTIONAL && v.u.opt == NULL)
		return 0;
	if (v.type == EXPR_OPTIONAL)
		v = *v.u.opt;
	if (v.type == EXPR_JSON) {
		c->d = v.u.doc;
		c->node = v.n;
		return 0;
	}
	buf_clear(&r->text);
	if (expr_put_json(&r->text, &v, e) != 0)
		return failed(r, i, rec->doc, e);
	if (r->text.over)
		return err_at(e, 0, ERR_DATA, "expr.limit",
		    "the result is too large");
	text = arena_str(rec->arena, buf_view(&r->text));
	if (json_parse(&r->docs[i], text.p, text.len, e) != 0)
		return failed(r, i, rec->doc, e);
	c->d = &r->docs[i];
	c->node = 0;
	c->made = true;
	c->time = v.type == EXPR_TIMESTAMP || v.type == EXPR_DURATION;
	return 0;
}

int
agg_read_test(struct agg_reader *r, size_t i, const struct prog_record *rec,
    bool *yes, struct err *e)
{
	if (expr_test(r->runs[i], rec->doc, 0, rec->arena, yes, e) == 0)
		return 0;
	return failed(r, i, rec->doc, e);
}
