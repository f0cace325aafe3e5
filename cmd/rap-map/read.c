#include "read.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/write.h"

uint32_t
read_key(const struct mapping *m, uint32_t obj, const char *name)
{
	return json_member(&m->conf->doc, obj, str_of(name));
}

static int
want(const struct mapping *m, uint32_t node, enum json_type type,
    struct err *e)
{
	enum json_type is = json_type(&m->conf->doc, node);

	if (is == type)
		return 0;
	return conf_err(m->conf, node, e, "conf.type", "expected %s, got %s",
	    json_type_name(type), json_type_name(is));
}

int
read_text(struct mapping *m, uint32_t node, struct str *out, struct err *e)
{
	if (want(m, node, JSON_STRING, e) != 0)
		return -1;
	*out = json_string(&m->conf->doc, node, &m->mem);
	return 0;
}

int
read_description(const struct conf *c, uint32_t obj, struct err *e)
{
	uint32_t k = json_type(&c->doc, obj) != JSON_OBJECT ? JSON_NONE :
	    json_member(&c->doc, obj, STR("description"));

	if (k == JSON_NONE || json_type(&c->doc, k) == JSON_STRING)
		return 0;
	return conf_err(c, k, e, "conf.type", "expected a string");
}

int
read_form(const struct mapping *m, uint32_t node, const char *key,
    struct err *e)
{
	static const char *const forms[][2] = {
		{"explode", "{path: items}"},
		{"lookups", "{teams: {from: teams, key: id}}"},
		{"where", "'a > 1', or {path: a, in: [1, 2]}"},
		{"fields", "[{to: name, from: path}]"},
		{"split", "{as: side, rows: {home: {goals: homeGoals}}}"},
		{"unpivot", "{columns: [a, b]}"},
		{"nest", "{into: pos, members: [x, y]}"},
		{"flatten", "true, or {sep: _}"},
		{"unflatten", "true, or {sep: _}"},
		{"pseudonym", "{paths: [id], key: {env: NAME}}"},
		{"dedupe", "{key: id}, or true"},
		{"pivot", "{key: id, name: n, value: v}"},
	};
	const struct json_doc *d = &m->conf->doc;

	/* A list may have what is wrong in one of its mappings. */
	if (json_type(d, node) == JSON_ARRAY && json_count(d, node) != 0)
		node++;
	if (strcmp(e->id, "conf.type") != 0 || e->hint[0] != '\0' ||
	    json_type(d, node) == JSON_OBJECT)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (strcmp(forms[i][0], key) == 0)
			return err_hint(e, "for example %s: %s", key,
			    forms[i][1]);
	return -1;
}

int
read_bool(struct mapping *m, uint32_t node, bool *out, struct err *e)
{
	*out = json_type(&m->conf->doc, node) == JSON_TRUE;
	return *out ? 0 : want(m, node, JSON_FALSE, e);
}

int
read_word(struct mapping *m, uint32_t node, const char *const *words,
    size_t n, struct err *e)
{
	struct buf list = {.max = 200};
	struct str s;
	const char *near;

	/* `on_error: null` and `else: null` are words, too. */
	if (json_type(&m->conf->doc, node) == JSON_NULL)
		s = STR("null");
	else if (read_text(m, node, &s, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, str_of(words[i])))
			return (int)i;
	for (size_t i = 0; i < n; i++)
		buf_printf(&list, "%s%s", i != 0 ? ", " : "", words[i]);
	conf_err(m->conf, node, e, "map.config", "\"%.*s\" is none of %s",
	    (int)(s.len < 60 ? s.len : 60), s.p, buf_cstr(&list));
	buf_free(&list);
	near = str_near(s, words, n);
	if (near != NULL)
		err_hint(e, "did you mean \"%s\"?", near);
	return -1;
}

/* A compiled path that the mapping owns. */
static const struct json_path *
own_path(struct mapping *m, uint32_t node, struct str text, struct err *e)
{
	struct owned *o = arena_zalloc(&m->mem, sizeof *o);
	struct err why;

	if (json_path_compile(&o->path, text, &why) != 0) {
		conf_err(m->conf, node, e, "map.config", "%s", why.msg);
		return NULL;
	}
	o->next = m->owned;
	m->owned = o;
	return &o->path;
}

int
read_path(struct mapping *m, uint32_t node, struct source *out, struct err *e)
{
	*out = (struct source){.base = BASE_LINE};
	if (read_text(m, node, &out->text, e) != 0)
		return -1;
	out->path = own_path(m, node, out->text, e);
	out->hint = m->nhints++;
	return out->path != NULL ? 0 : -1;
}

/* The pointer without its first step. */
static struct str
rest_of(struct str pointer)
{
	const char *slash =
	    memchr(pointer.p + 1, '/', pointer.len - 1);

	if (slash == NULL)
		return STR("");
	return (struct str){slash,
	    pointer.len - (size_t)(slash - pointer.p)};
}

/* The path is below `first`: put head in its place. */
static int
rebase(struct mapping *m, uint32_t node, struct source *src, struct str head,
    struct err *e)
{
	struct str rest = rest_of(src->path->text);
	struct buf text = {0};

	buf_str(&text, head);
	buf_str(&text, rest);
	src->path = own_path(m, node, buf_view(&text), e);
	buf_free(&text);
	return src->path != NULL ? 0 : -1;
}

int
read_source(struct mapping *m, uint32_t node, struct source *out,
    struct err *e)
{
	const struct explode *x = &m->explode;
	struct str first;

	if (read_path(m, node, out, e) != 0)
		return -1;
	if (out->path->n == 0)
		return conf_err(m->conf, node, e, "map.config",
		    "the whole record is no field");
	out->base = BASE_ITEM;
	out->top = out->path->n == 1;
	out->first = out->path->steps[0].name;
	first = out->first;
	link_known(m, first)->seen = true;
	if (!x->on)
		return 0;
	if (x->index.len != 0 && str_eq(first, x->index)) {
		out->base = out->path->n == 1 ? BASE_INDEX : BASE_NONE;
		return 0;
	}
	for (size_t i = 0; i < x->ncarry; i++)
		if (str_eq(first, x->carry[i].name)) {
			out->base = BASE_LINE;
			return rebase(m, node, out,
			    x->carry[i].src.path->text, e);
		}
	if (x->as.len == 0)
		return 0;
	if (str_eq(first, x->as))
		return rebase(m, node, out, STR(""), e);
	out->base = BASE_NONE;
	return 0;
}

int
read_parent(struct mapping *m, uint32_t node, const struct source *src,
    struct source *out, struct err *e)
{
	struct str t = src->path->text;

	while (t.p[t.len - 1] != '/')
		t.len--;
	t.len--;
	*out = *src;
	out->path = own_path(m, node, t, e);
	out->hint = m->nhints++;
	return out->path != NULL ? 0 : -1;
}

int
read_sources(struct mapping *m, uint32_t node, bool below,
    struct source **out, size_t *n, struct err *e)
{
	const struct json_doc *d = &m->conf->doc;
	uint32_t k = node, end = node + 1;
	size_t i = 0;

	*n = 1;
	if (json_type(d, node) == JSON_ARRAY) {
		*n = json_count(d, node);
		k = node + 1;
		end = d->nodes[node].next;
	}
	if (*n == 0)
		return conf_err(m->conf, node, e, "map.config",
		    "an empty list of paths");
	*out = arena_array(&m->mem, *n, sizeof **out);
	for (; k < end; k = d->nodes[k].next, i++)
		if ((below ? read_path : read_source)(m, k, &(*out)[i], e) != 0)
			return -1;
	return 0;
}

struct str
read_label(struct mapping *m, struct str name)
{
	struct buf b = {0};
	struct str s;

	json_put_string(&b, name);
	buf_putc(&b, ':');
	s = arena_str(&m->mem, buf_view(&b));
	buf_free(&b);
	return s;
}

struct str
read_literal(const struct mapping *m, uint32_t node)
{
	return json_raw(&m->conf->doc, node);
}
