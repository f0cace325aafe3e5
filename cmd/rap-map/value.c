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

static size_t
digits(struct str s, size_t i)
{
	while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i;
}

/* A JSON number: 'i' without, 'd' with a fraction or exponent; else 0. */
static char
number_kind(struct str s)
{
	size_t from = s.len != 0 && s.p[0] == '-', i = digits(s, from);
	char kind = 'i';

	if (i == from || (s.p[from] == '0' && i - from > 1))
		return 0;
	if (i < s.len && s.p[i] == '.') {
		kind = 'd';
		from = i + 1;
		i = digits(s, from);
		if (i == from)
			return 0;
	}
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E')) {
		kind = 'd';
		from = i + 1;
		from += from < s.len && (s.p[from] == '-' || s.p[from] == '+');
		i = digits(s, from);
		if (i == from || i - from > JSON_EXPONENT_DIGITS)
			return 0;
	}
	return i == s.len ? kind : 0;
}

static int
cannot(struct worker *w, const struct cell *c, const char *type,
    struct err *e)
{
	enum { SHOWN = 60 };
	bool cut = c->raw.len > SHOWN;

	return cell_err(w, c, e, "map.cast", "cannot cast %.*s%s to %s",
	    (int)(cut ? SHOWN : c->raw.len), c->raw.p, cut ? "..." : "", type);
}

/* What somebody may have meant by a string that is no number. */
static int
number_hint(struct str s, struct err *e)
{
	struct str inner = s;

	while (inner.len != 0 && inner.p[0] == ' ')
		inner = (struct str){inner.p + 1, inner.len - 1};
	while (inner.len != 0 && inner.p[inner.len - 1] == ' ')
		inner.len--;
	if (s.len == 0)
		return err_hint(e, "an empty string is no number; on_error: "
		    "null makes it null");
	if (inner.len != s.len && number_kind(inner) != 0)
		return err_hint(e, "there are blanks around the number");
	if (memchr(s.p, ',', s.len) != NULL)
		return err_hint(e, "numbers have a decimal point and no "
		    "thousands separators, whatever the locale");
	if (s.p[0] == '0' || s.p[0] == '+')
		return err_hint(e, "numbers are written as in JSON: no sign "
		    "'+' and no zeros in front");
	return -1;
}

static int
cast_number(struct worker *w, struct cell *c, bool integer, struct err *e)
{
	const char *name = integer ? "integer" : "number";
	struct str s = c->raw;
	char kind;
	int64_t v;
	char whole[24];

	if (c->type == JSON_STRING)
		s = cell_text(w, c);
	else if (c->type != JSON_NUMBER)
		return cannot(w, c, name, e);
	kind = number_kind(s);
	if (kind == 0) {
		cannot(w, c, name, e);
		return number_hint(s, e);
	}
	if (integer && kind == 'd') {
		/* 42.0 is an integer; 42.5 is not, and is not rounded. */
		if (num_to_i64(s, &v) != 0)
			return cannot(w, c, name, e);
		snprintf(whole, sizeof whole, "%lld", (long long)v);
		s = arena_str(&w->scratch, str_of(whole));
	}
	c->raw = s;
	c->type = JSON_NUMBER;
	return 0;
}

static int
cast_boolean(struct worker *w, struct cell *c, struct err *e)
{
	struct str s = {0};

	if (c->type == JSON_TRUE || c->type == JSON_FALSE)
		return 0;
	if (c->type == JSON_STRING)
		s = cell_text(w, c);
	if (str_eq(s, STR("true")) || str_eq(s, STR("false"))) {
		c->raw = s;
		c->type = s.len == 4 ? JSON_TRUE : JSON_FALSE;
		return 0;
	}
	cannot(w, c, "boolean", e);
	return err_hint(e, "say what counts as true: values: {0: false, 1: "
	    "true}");
}

static int
cast_string(struct worker *w, struct cell *c, struct err *e)
{
	if (c->type == JSON_STRING)
		return 0;
	if (c->type == JSON_ARRAY || c->type == JSON_OBJECT)
		return cannot(w, c, "string", e);
	*c = cell_string(w, c->raw);
	return 0;
}

int
cell_cast(struct worker *w, struct cell *c, enum cast cast, struct err *e)
{
	if (c->type == JSON_NULL)
		return 0;
	switch (cast) {
	case CAST_INTEGER:
		return cast_number(w, c, true, e);
	case CAST_NUMBER:
		return cast_number(w, c, false, e);
	case CAST_BOOLEAN:
		return cast_boolean(w, c, e);
	case CAST_STRING:
		return cast_string(w, c, e);
	default:
		return 0;
	}
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
