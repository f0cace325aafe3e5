#include "trial.h"

#include <string.h>

#include "check.h"
#include "eval.h"
#include "expr/expr.h"
#include "flow.h"
#include "prog/prog.h"
#include "read.h"
#include "schema/schema.h"

/* What a made-up record shows, and what it does not settle. */
enum {
	ERRORS = 16, /* of a line that are looked at */
	SHOWN = 90   /* bytes of a record in a message */
};

static bool
is_new(struct map *told, struct buf *key)
{
	size_t had = told->n;

	map_add(told, buf_view(key));
	return told->n > had;
}

/* The record, as far as there is room. */
static int
shown(const struct trial *t)
{
	size_t n = t->text.len;

	if (n <= SHOWN)
		return (int)n;
	for (n = SHOWN; ((unsigned char)t->text.p[n] & 0xc0) == 0x80;)
		n--;
	return (int)n;
}

static const char *
more(const struct trial *t)
{
	return t->text.len > SHOWN ? "..." : "";
}

/* Does the input's schema say what is at each path the expression reads? */
static bool
knows_paths(const struct trial *t, const struct expr *x)
{
	size_t n;
	const struct str *paths = expr_paths(x, &n);

	for (size_t i = 0; i < n; i++) {
		struct view v = t->s.root;
		struct json_path p = {0};
		struct err none;
		bool known = paths[i].len != 0 &&
		    json_path_compile(&p, paths[i], &none) == 0;

		for (size_t k = 0; known && k < p.n; k++)
			known = view_member(v, p.steps[k].name, &v) &&
			    view_types(v) != MAY_ALL;
		json_path_free(&p);
		if (!known)
			return false;
	}
	return true;
}

/* The expression that failed, and where it stands; NO_EXPR: a field that says
 * what to do then, or none. */
static uint32_t
failed_expr(const struct worker *w, uint32_t *node)
{
	const struct mapping *m = w->m;
	const struct field *f;

	if (w->at_field < m->nfields) {
		f = &m->fields[w->at_field];
		*node = read_key(m, json_element(&m->conf->doc,
		    read_key(m, m->root, "fields"), w->at_field), "expr");
		return f->origin == FROM_EXPR && f->on_error == ON_REJECT &&
		    f->if_missing.len == 0 ? f->expr : NO_EXPR;
	}
	if (w->at_cond >= m->nconds)
		return NO_EXPR;
	*node = read_key(m, m->root, "where");
	if (json_type(&m->conf->doc, *node) == JSON_ARRAY)
		*node = json_element(&m->conf->doc, *node, w->at_cond);
	return m->conds[w->at_cond].expr;
}

void
trial_error(struct trial *t, const struct err *why)
{
	const struct worker *w = flow_failed(t->flow);
	const struct mapping *m = w != NULL ? w->m : NULL;
	struct expr_span at;
	struct err e;
	uint32_t expr, node;

	/* A step behind another reads what that one has made. */
	if (m == NULL || m != t->c->chain->steps || m->explode.on ||
	    (strcmp(why->id, "expr.type") != 0 &&
	    strcmp(why->id, "expr.missing") != 0))
		return;
	expr = failed_expr(w, &node);
	if (expr == NO_EXPR || !knows_paths(t, m->exprs[expr].x))
		return;
	buf_clear(&t->key);
	buf_printf(&t->key, "expr %u", node);
	if (map_find(&t->c->told, buf_view(&t->key)) != MAP_NONE ||
	    !is_new(&t->told, &t->key))
		return;
	at = expr_where(w->runs[expr]);
	conf_err(m->conf, node, &e, why->id, "%s, for %.*s%s", why->msg,
	    shown(t), t->text.p, more(t));
	conf_point(m->conf, node, at.at, at.len, &e);
	t->c->step = m;
	check_found(t->c, &e);
}

static bool
ends_with(struct str s, const char *word)
{
	size_t n = strlen(word);

	return s.len > n && s.p[s.len - n - 1] == '/' &&
	    memcmp(s.p + s.len - n, word, n) == 0;
}

static bool
has_step(struct str s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n + 1 < s.len; i++)
		if (s.p[i] == '/' && s.p[i + n + 1] == '/' &&
		    memcmp(s.p + i + 1, word, n) == 0)
			return true;
	return false;
}

/* Does a field write the number as the mapping has it? */
static bool
is_literal(const struct mapping *m, struct str json)
{
	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i];

		if (str_eq(f->literal, json) || str_eq(f->else_value, json) ||
		    str_eq(f->if_missing, json) || str_eq(f->if_null, json))
			return true;
		for (size_t k = 0; k < f->values.n; k++)
			if (str_eq(f->results[k], json))
				return true;
	}
	return false;
}

/* Is the text, between quotes, in the mapping? */
static bool
is_quoted(struct str text, struct str s)
{
	for (size_t i = 1; s.len != 0 && i + s.len < text.len; i++)
		if (memcmp(text.p + i, s.p, s.len) == 0 &&
		    strchr("\"'", text.p[i - 1]) != NULL &&
		    strchr("\"'\\", text.p[i + s.len]) != NULL)
			return true;
	return false;
}

/* Is the text in an enum or const of the schema? */
static bool
is_allowed(const struct json_doc *d, struct str json)
{
	for (uint32_t i = 0; i + 1 < d->n; i++) {
		uint32_t end = d->nodes[i + 1].next;

		if (json_type(d, i) != JSON_STRING ||
		    (!json_string_is(d, i, STR("enum")) &&
		    !json_string_is(d, i, STR("const"))))
			continue;
		for (uint32_t k = i + 1; k < end; k++)
			if (str_eq(json_raw(d, k), json))
				return true;
	}
	return false;
}

/* Is a value of the output one that the input or the mapping lists, and none
 * that was made up here? */
static bool
is_listed(const struct trial *t, struct str json)
{
	const struct chain *chain = t->c->chain;

	if (strchr("tfn", json.p[0]) != NULL)
		return true;
	for (size_t i = 0; i < chain->nsteps; i++)
		if (json.p[0] == '"' ? is_quoted(buf_view(
		    &chain->steps[i].conf->text),
		    (struct str){json.p + 1, json.len - 2}) :
		    is_literal(&chain->steps[i], json))
			return true;
	return json.p[0] == '"' && !sample_is_made(json) &&
	    is_allowed(&t->c->schema[0].doc, json);
}

/* Is the violation one of names and types? */
static bool
is_settled(const struct trial *t, const struct schema_error *x)
{
	if (ends_with(x->keyword, "required"))
		return !t->s.vague;
	if (ends_with(x->keyword, "enum") || ends_with(x->keyword, "const"))
		return is_listed(t, json_raw(&t->made, x->instance));
	return ends_with(x->keyword, "type") ||
	    ends_with(x->keyword, "additionalProperties");
}

static bool
is_branch(struct str keyword)
{
	static const char *const words[] = {"anyOf", "oneOf", "not", "if",
	    "then", "else", "contains", "dependentSchemas"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (has_step(keyword, words[i]) ||
		    ends_with(keyword, words[i]))
			return true;
	return false;
}

/* The first name of a violation: of its pointer, or the required one. */
static struct str
name_of(const struct schema_error *x, struct str pointer)
{
	const char *end;
	struct str s = pointer;

	if (pointer.len == 0) {
		s = x->message;
		end = memchr(s.p, '"', s.len);
		if (end == NULL)
			return STR("");
		s = (struct str){end, s.len - (size_t)(end - s.p)};
	}
	s = (struct str){s.p + 1, s.len - 1};
	end = memchr(s.p, pointer.len == 0 ? '"' : '/', s.len);
	if (end != NULL)
		s.len = (size_t)(end - s.p);
	return s;
}

/* The same place of another element is the same. */
static void
put_without_digits(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			buf_putc(out, s.p[i]);
}

/* Does the member come from the mapping alone? */
static bool
is_constant(const struct mapping *m, struct str name)
{
	size_t n = 1;

	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i];

		if (!str_eq(f->path->steps[0].name, name))
			continue;
		if (f->origin == FROM_EXPR)
			expr_paths(m->exprs[f->expr].x, &n);
		return f->origin == FROM_LITERAL ||
		    (f->origin == FROM_EXPR && n == 0);
	}
	return false;
}

static void
bad_output(struct trial *t, const struct schema_error *x)
{
	struct checker *c = t->c;
	struct buf path = {0};
	struct str name;
	struct err e;

	json_pointer_of(&t->made, x->instance, &path);
	name = name_of(x, buf_view(&path));
	buf_clear(&t->key);
	put_without_digits(&t->key, buf_view(&path));
	buf_putc(&t->key, ' ');
	if (ends_with(x->keyword, "required"))
		buf_str(&t->key, x->message);
	else
		buf_str(&t->key, x->keyword);
	if ((t->in != NULL || is_constant(c->step, name)) &&
	    map_find(&c->told, name) == MAP_NONE &&
	    is_new(&t->told, &t->key)) {
		conf_err(c->step->conf, check_place(c, name), &e, "map.check",
		    "the output%s%.*s: %.*s, from %.*s%s",
		    path.len != 0 ? " at " : "", (int)path.len,
		    path.len != 0 ? path.p : "", (int)x->message.len,
		    x->message.p, shown(t), t->text.p, more(t));
		check_found(c, &e);
	}
	buf_free(&path);
}

void
trial_line(struct trial *t, struct str line)
{
	struct schema_error errors[ERRORS];
	struct err none;
	size_t n, settled = 0;

	if (json_parse(&t->made, line.p, line.len, &none) != 0 ||
	    schema_check(t->out, t->out_run, &t->made, 0, errors, ERRORS, &n,
	    &none) != 0)
		return;
	for (size_t i = 0; i < n; i++)
		settled += is_settled(t, &errors[i]);
	/* Of alternatives none fits: that is settled if all of it is. */
	for (size_t i = 0; i < n; i++)
		if (is_settled(t, &errors[i]) &&
		    (!is_branch(errors[i].keyword) || settled == n))
			bad_output(t, &errors[i]);
}
