#include "conf/conf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf_priv.h"
#include "json/write.h"

int
conf_err_at(struct err *e, size_t line, size_t col, const char *id,
    const char *msg)
{
	err_at(e, col, ERR_CONFIG, id, "%s", msg);
	e->line = line;
	return -1;
}

void
conf_origin(struct conf_build *b, uint32_t line, uint32_t col)
{
	if (b->n == b->cap) {
		b->cap = b->cap != 0 ? b->cap * 2 : 64;
		b->at = mem_realloc(b->at, b->cap * sizeof *b->at);
	}
	b->at[b->n++] =
	    (struct conf_origin){(uint32_t)b->text->len, line, col};
}

/* Does it look like JSON?  A flow collection of YAML may, too. */
static bool
maybe_json(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && (text[i] == ' ' || text[i] == '\t' ||
	    text[i] == '\n' || text[i] == '\r'))
		i++;
	return i < len && (text[i] == '{' || text[i] == '[');
}

/* Where the nodes of a JSON text began; they come in text order. */
static void
place_json(struct conf_build *b, const struct json_doc *d)
{
	size_t at = 0, begin = 0;
	uint32_t line = 1;

	for (uint32_t i = 0; i < d->n; i++) {
		for (; at < d->nodes[i].off; at++)
			if (d->text[at] == '\n') {
				line++;
				begin = at + 1;
			}
		conf_origin(b, line, (uint32_t)(at - begin));
	}
}

/* 1: it was JSON; 0: it was not, ask YAML. */
static int
try_json(struct conf_build *b, const char *text, size_t len)
{
	struct json_doc d = {0};
	struct err ignored;
	int is = json_parse(&d, text, len, &ignored) == 0;

	if (is) {
		place_json(b, &d);
		/* Slices of the text end up in single lines. */
		json_put_compact(b->text, (struct str){text, len});
	}
	json_free(&d);
	return is;
}

/* An error of json_parse about the text we made, in terms of the file. */
static int
translate(const struct conf_build *b, struct err *e)
{
	struct err j = *e;
	size_t i = 0;

	while (i + 1 < b->n && b->at[i + 1].off <= j.pos)
		i++;
	if (b->n == 0)
		return conf_err_at(e, 1, 0, "conf.syntax", j.msg);
	return conf_err_at(e, b->at[i].line, b->at[i].col,
	    "conf.syntax", j.msg);
}

static int
build(struct conf *c, struct conf_build *b, struct str text, struct err *e)
{
	if (!(maybe_json(text.p, text.len) &&
	    try_json(b, text.p, text.len)) &&
	    conf_yaml(b, text, e) != 0)
		return -1;
	if (c->text.over)
		return err_set(e, ERR_CONFIG, "conf.toobig",
		    "the file is too large");
	if (json_parse(&c->doc, c->text.p, c->text.len, e) != 0)
		return translate(b, e);
	if (c->doc.n != b->n)
		return err_set(e, ERR_INTERNAL, "conf.internal",
		    "%u nodes have %zu places", c->doc.n, b->n);
	c->line = mem_array(b->n, sizeof *c->line);
	c->col = mem_array(b->n, sizeof *c->col);
	for (size_t i = 0; i < b->n; i++) {
		c->line[i] = b->at[i].line;
		c->col[i] = b->at[i].col;
	}
	return 0;
}

int
conf_parse(struct conf *c, const char *text, size_t len, struct err *e)
{
	struct conf_build b = {.text = &c->text};
	int rc;

	if (len > CONF_TEXT_MAX)
		return err_set(e, ERR_CONFIG, "conf.toobig",
		    "the file is larger than 64 MiB");
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	buf_put(&c->source, text, len);
	rc = build(c, &b, (struct str){text, len}, e);
	mem_free(b.at);
	if (rc != 0)
		conf_show_at(buf_view(&c->source), e);
	return rc;
}

void
conf_free(struct conf *c)
{
	buf_free(&c->text);
	buf_free(&c->source);
	json_free(&c->doc);
	mem_free(c->line);
	mem_free(c->col);
	*c = (struct conf){0};
}

int
conf_err(const struct conf *c, uint32_t node, struct err *e, const char *id,
    const char *fmt, ...)
{
	struct buf path = {.max = 64 << 10};
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	err_set(e, ERR_CONFIG, id, "%s", msg);
	conf_place(c, node, e);
	json_pointer_of(&c->doc, node, &path);
	err_path(e, path.len != 0 ? path.p : "", path.len);
	buf_free(&path);
	return -1;
}

static int
unknown_key(const struct conf *c, uint32_t key, const char *const *words,
    size_t n, struct err *e)
{
	struct str raw = json_raw(&c->doc, key);
	const char *near;

	raw = (struct str){raw.p + 1, raw.len - 2};
	conf_err(c, key, e, "conf.unknown", "unknown key \"%.*s\"",
	    (int)(raw.len < 80 ? raw.len : 80), raw.p);
	near = str_near(raw, words, n);
	if (near != NULL)
		return err_hint(e, "did you mean \"%s\"?", near);
	return -1;
}

int
conf_keys(const struct conf *c, uint32_t node, const char *const *words,
    size_t n, struct err *e)
{
	const struct json_node *nodes = c->doc.nodes;

	if (json_type(&c->doc, node) != JSON_OBJECT)
		return conf_err(c, node, e, "conf.type",
		    "expected a mapping, got %s",
		    json_type_name(json_type(&c->doc, node)));
	for (uint32_t k = node + 1; k < nodes[node].next;
	     k = nodes[k + 1].next) {
		size_t i = 0;

		while (i < n &&
		    !json_string_is(&c->doc, k, str_of(words[i])))
			i++;
		if (i == n)
			return unknown_key(c, k, words, n, e);
	}
	return 0;
}
