#include "eval.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "canon/canon.h"
#include "json/write.h"
#include "num/num.h"

struct str
cell_text(struct worker *w, const struct cell *c)
{
	if (c->node != JSON_NONE)
		return json_string(c->d != NULL ? c->d : w->d, c->node,
		    &w->scratch);
	return c->text;
}

struct str
cell_key(struct worker *w, const struct cell *c, struct buf *buf)
{
	switch (c->type) {
	case JSON_STRING:
		return cell_text(w, c);
	case JSON_NUMBER:
		buf_clear(buf);
		num_canon(c->raw, buf);
		return buf_view(buf);
	default:
		return cell_canon(w, c, buf);
	}
}

struct str
cell_canon(struct worker *w, const struct cell *c, struct buf *buf)
{
	struct err none;

	buf_clear(buf);
	if (c->node != JSON_NONE)
		canon_write(c->d != NULL ? c->d : w->d, c->node, buf);
	else if (c->type == JSON_NUMBER)
		num_canon(c->raw, buf);
	else if (c->type != JSON_ARRAY && c->type != JSON_OBJECT)
		return c->raw;
	else if (json_parse(&w->again, c->raw.p, c->raw.len, &none) == 0)
		canon_write(&w->again, 0, buf);
	return buf_view(buf);
}

bool
cell_same(struct worker *w, const struct cell *a, const struct cell *b)
{
	if (str_eq(a->raw, b->raw))
		return true;
	if (a->type != b->type)
		return false;
	return str_eq(cell_canon(w, a, &w->key), cell_canon(w, b, &w->other));
}

struct cell
cell_string(struct worker *w, struct str text)
{
	struct cell c = {.node = JSON_NONE, .type = JSON_STRING};

	buf_clear(&w->key);
	json_put_string(&w->key, text);
	c.raw = arena_str(&w->scratch, buf_view(&w->key));
	c.text = arena_str(&w->scratch, text);
	return c;
}

int
cell_err(struct worker *w, const struct cell *c, struct err *e,
    const char *id, const char *fmt, ...)
{
	struct buf path = {.max = 64 << 10};
	bool here = c->node != JSON_NONE && (c->d == NULL || c->d == w->d);
	uint32_t node = here ? c->node : w->item;
	char msg[400];
	va_list ap;

	if (node == JSON_NONE)
		node = 0;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	err_at(e, w->d->nodes[node].off, ERR_DATA, id, "%s", msg);
	json_pointer_of(w->d, node, &path);
	err_path(e, path.len != 0 ? path.p : "", path.len);
	buf_free(&path);
	return -1;
}

int
cell_case(struct worker *w, struct cell *c, enum letters letters,
    struct err *e)
{
	char from = letters == CASE_UPPER ? 'a' : 'A';
	struct str s;
	char *p;

	if (c->type == JSON_NULL)
		return 0;
	if (c->type != JSON_STRING)
		return cell_err(w, c, e, "map.cast",
		    "upper and lower case is for strings, not for %s",
		    json_type_name(c->type));
	s = arena_str(&w->scratch, cell_text(w, c));
	p = (char *)(uintptr_t)s.p;
	for (size_t i = 0; i < s.len; i++)
		if (p[i] >= from && p[i] < from + 26)
			p[i] ^= 0x20;
	*c = cell_string(w, s);
	return 0;
}
