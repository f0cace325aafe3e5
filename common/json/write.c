#include "json/write.h"

#include <string.h>

/* Before a value or a name: the comma of the open container. */
static void
separate(struct json_w *w)
{
	uint64_t bit = (uint64_t)1 << w->depth;

	if (w->named) {
		w->named = false;
		return;
	}
	if (w->depth == 0)
		return;
	if ((w->filled & bit) != 0)
		buf_putc(w->out, ',');
	w->filled |= bit;
}

static void
open_with(struct json_w *w, char c, bool array)
{
	uint64_t bit;

	separate(w);
	buf_putc(w->out, c);
	w->depth++;
	bit = (uint64_t)1 << w->depth;
	w->filled &= ~bit;
	w->array = array ? w->array | bit : w->array & ~bit;
}

void
json_w_object(struct json_w *w)
{
	open_with(w, '{', false);
}

void
json_w_array(struct json_w *w)
{
	open_with(w, '[', true);
}

void
json_w_end(struct json_w *w)
{
	bool array = (w->array >> w->depth & 1) != 0;

	w->depth--;
	buf_putc(w->out, array ? ']' : '}');
}

void
json_w_name(struct json_w *w, struct str name)
{
	separate(w);
	json_put_string(w->out, name);
	buf_putc(w->out, ':');
	w->named = true;
}

void
json_w_string(struct json_w *w, struct str s)
{
	separate(w);
	json_put_string(w->out, s);
}

void
json_w_raw(struct json_w *w, struct str json)
{
	separate(w);
	buf_str(w->out, json);
}

void
json_w_u64(struct json_w *w, uint64_t v)
{
	separate(w);
	buf_u64(w->out, v);
}

void
json_w_i64(struct json_w *w, int64_t v)
{
	separate(w);
	if (v < 0)
		buf_putc(w->out, '-');
	buf_u64(w->out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
json_w_bool(struct json_w *w, bool v)
{
	separate(w);
	buf_puts(w->out, v ? "true" : "false");
}

void
json_w_null(struct json_w *w)
{
	separate(w);
	buf_puts(w->out, "null");
}

void
json_w_member(struct json_w *w, const char *name, struct str value)
{
	json_w_name(w, str_of(name));
	json_w_string(w, value);
}

void
json_w_member_u64(struct json_w *w, const char *name, uint64_t v)
{
	json_w_name(w, str_of(name));
	json_w_u64(w, v);
}

/* The escape of c in RFC 8785: two characters, or \u00xx. */
static void
put_escape(struct buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c != 0 ? strchr(from, c) : NULL;

	if (at == NULL) {
		buf_printf(out, "\\u%04x", c);
		return;
	}
	buf_putc(out, '\\');
	buf_putc(out, to[at - from]);
}

void
json_put_string(struct buf *out, struct str s)
{
	size_t from = 0;

	buf_putc(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_put(out, s.p + from, i - from);
		put_escape(out, c);
		from = i + 1;
	}
	buf_put(out, s.p + from, s.len - from);
	buf_putc(out, '"');
}

void
json_put_compact(struct buf *out, struct str s)
{
	size_t from = 0, i = 0;

	while (i < s.len) {
		char c = s.p[i];

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			buf_put(out, s.p + from, i - from);
			from = ++i;
		} else if (s.p[i++] == '"') {
			while (s.p[i] != '"')
				i += s.p[i] == '\\' ? 2 : 1;
			i++;
		}
	}
	buf_put(out, s.p + from, s.len - from);
}
