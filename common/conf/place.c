/*
 * Where a byte of a scalar's value stands in the file.  The spelling is gone
 * through beside the value, as YAML 1.2 (chapters 7.3 and 8.1) reads it: each
 * byte of the value must be found, so that what is not understood here gives
 * no place and never a wrong one.
 */
#include "conf/conf.h"

#include "base/arena.h"
#include "base/caret.h"
#include "base/err.h"
#include "base/utf8.h"
#include "conf/conf_priv.h"

/* at is where value[i] is spelled; from and to: where the span is. */
struct walk {
	struct str src, value;
	size_t at, i;
	size_t want_from, want_to, from, to;
};

static int
peek(const struct walk *w, size_t ahead)
{
	size_t at = w->at + ahead;

	return at < w->src.len ? (unsigned char)w->src.p[at] : -1;
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static bool
is_value(const struct walk *w, char c)
{
	return w->i < w->value.len && w->value.p[w->i] == c;
}

/* n bytes of the file stand for bytes of the value. */
static bool
take(struct walk *w, size_t n, const char *bytes, size_t len)
{
	if (w->value.len - w->i < len ||
	    memcmp(w->value.p + w->i, bytes, len) != 0)
		return false;
	for (size_t k = 0; k < len; k++, w->i++) {
		if (w->i == w->want_from)
			w->from = w->at;
		if (w->i + 1 == w->want_to)
			w->to = w->at + n;
	}
	w->at += n;
	return true;
}

/* Bytes to the line's end when there are only blanks before it, else -1. */
static int
blanks_to_end(const struct walk *w)
{
	int n = 0;

	while (is_blank(peek(w, (size_t)n)))
		n++;
	if (peek(w, (size_t)n) == '\r' && peek(w, (size_t)n + 1) == '\n')
		n++;
	return peek(w, (size_t)n) == '\n' ? n : -1;
}

/* Folded line ends: one is a space, n are n-1 newlines. */
static bool
fold(struct walk *w)
{
	size_t lines = 0;

	for (int n; (n = blanks_to_end(w)) >= 0; lines++) {
		w->at += (size_t)n;
		if (lines != 0 && !take(w, 1, "\n", 1))
			return false;
		w->at += lines == 0;
	}
	if (lines == 1 && !take(w, 0, " ", 1))
		return false;
	while (is_blank(peek(w, 0)))
		w->at++;
	return true;
}

/* An escape of a double-quoted scalar, from its backslash on. */
static bool
escape(struct walk *w)
{
	static const char from[] = "0abt\tnvfre \"/\\";
	static const char to[] = "\0\a\b\t\t\n\v\f\r\x1b \"/\\";
	int c = peek(w, 1);
	size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	const char *simple = c > 0 ? strchr(from, c) : NULL;
	uint32_t code = 0;
	char bytes[4];

	if (simple != NULL)
		return take(w, 2, &to[simple - from], 1);
	if (c == '\n') { /* the line goes on */
		w->at += 2;
		while (is_blank(peek(w, 0)))
			w->at++;
		return true;
	}
	for (size_t k = 0; k < digits; k++) {
		int d = str_hex((char)peek(w, 2 + k));

		if (d < 0)
			return false;
		code = code << 4 | (uint32_t)d;
	}
	return digits != 0 && code <= 0x10ffff &&
	    take(w, 2 + digits, bytes, utf8_encode(bytes, code));
}

/* quote: ' or ", or 0 for a plain scalar. */
static bool
walk_flow(struct walk *w, int quote)
{
	while (w->i < w->want_to) {
		int c = peek(w, 0);
		bool ok;

		if ((is_blank(c) || c == '\n' || c == '\r') &&
		    blanks_to_end(w) >= 0)
			ok = fold(w);
		else if (quote == '"' && c == '\\')
			ok = escape(w);
		else if (quote == '\'' && c == '\'' && peek(w, 1) == '\'')
			ok = take(w, 2, "'", 1);
		else
			ok = c >= 0 && (c != quote || quote == 0) &&
			    take(w, 1, w->src.p + w->at, 1);
		if (!ok)
			return false;
	}
	return true;
}

/* Behind the head of a block, which says no indentation: the indentation of
 * its first line that is not empty. */
static bool
block_begin(struct walk *w, size_t *indent)
{
	size_t ahead = 0;

	for (; peek(w, 0) >= 0 && peek(w, 0) != '\n'; w->at++)
		if (peek(w, 0) >= '1' && peek(w, 0) <= '9')
			return false;
	w->at++;
	for (*indent = 0; peek(w, ahead) == ' ' || peek(w, ahead) == '\n' ||
	    peek(w, ahead) == '\r'; ahead++)
		*indent = peek(w, ahead) == ' ' ? *indent + 1 : 0;
	return true;
}

static bool
walk_block(struct walk *w, bool folded)
{
	size_t indent;

	if (!block_begin(w, &indent))
		return false;
	while (w->i < w->want_to) {
		int c;

		for (size_t k = 0; k < indent && peek(w, 0) == ' '; k++)
			w->at++;
		while ((c = peek(w, 0)) >= 0 && c != '\n' &&
		    w->i < w->want_to) {
			if (c == '\r' && peek(w, 1) == '\n')
				w->at++;
			else if (!take(w, 1, w->src.p + w->at, 1))
				return false;
		}
		if (w->i == w->want_to)
			break;
		if (c < 0)
			return false;
		if (is_value(w, '\n') || (folded && is_value(w, ' ')))
			take(w, 1, w->value.p + w->i, 1);
		else if (folded) /* the first of several */
			w->at++;
		else
			return false;
	}
	return true;
}

/* Anchor and tag stand before a scalar and belong to it. */
static void
skip_properties(struct walk *w)
{
	while (peek(w, 0) == '&' || peek(w, 0) == '!') {
		while (peek(w, 0) > ' ')
			w->at++;
		while (is_blank(peek(w, 0)))
			w->at++;
	}
}

/* Begin of line (from 1) and column (from 0), or the text's end. */
static size_t
offset_of(struct str text, size_t line, size_t col)
{
	size_t at = 0;

	for (; line > 1 && at < text.len; line--) {
		const char *lf = memchr(text.p + at, '\n', text.len - at);

		at = lf != NULL ? (size_t)(lf - text.p) + 1 : text.len;
	}
	return text.len - at < col ? text.len : at + col;
}

/* Bytes [*from, *to) of the file are bytes [at, at+len) of the value. */
static bool
find(struct str src, size_t start, struct str value, struct walk *w)
{
	int c;
	bool ok;

	w->src = src;
	w->value = value;
	w->at = start;
	w->i = 0;
	w->from = w->to = SIZE_MAX;
	skip_properties(w);
	c = peek(w, 0);
	if (c == '|' || c == '>') {
		ok = walk_block(w, c == '>');
	} else {
		w->at += c == '"' || c == '\'';
		ok = walk_flow(w, c == '"' || c == '\'' ? c : 0);
	}
	if (w->want_from == w->want_to || w->want_from == value.len)
		w->from = w->to = w->at;
	return ok && w->from != SIZE_MAX && w->to != SIZE_MAX;
}

/* Lines and the column of byte `at`. */
static void
set_place(struct err *e, struct str text, size_t at)
{
	size_t begin = at;

	while (begin > 0 && text.p[begin - 1] != '\n')
		begin--;
	e->line = str_count(text.p, begin, '\n') + 1;
	e->pos = at - begin;
}

/* Bytes from..to of the text that are in the first's line. */
static size_t
to_line_end(struct str text, size_t from, size_t to)
{
	const char *lf;

	to = to < text.len ? to : text.len;
	if (from >= to)
		return 0;
	lf = memchr(text.p + from, '\n', to - from);
	return lf != NULL ? (size_t)(lf - text.p) - from : to - from;
}

void
conf_point(const struct conf *c, uint32_t node, size_t at, size_t len,
    struct err *e)
{
	struct str src = buf_view(&c->source), value;
	size_t start = offset_of(src, c->line[node], c->col[node]);
	struct arena mem = {0};
	struct walk w;
	bool exact;

	value = json_type(&c->doc, node) == JSON_STRING ?
	    json_string(&c->doc, node, &mem) : json_raw(&c->doc, node);
	at = at < value.len ? at : value.len;
	len = len < value.len - at ? len : value.len - at;
	w.want_from = at;
	w.want_to = at + len + (len == 0 && at < value.len);
	e->line = c->line[node];
	e->pos = c->col[node];
	e->len = 0;
	exact = find(src, start, value, &w);
	if (exact) {
		set_place(e, src, w.from);
		e->len = len != 0 ? to_line_end(src, w.from, w.to) : 0;
	}
	if (exact && !c->made)
		caret_note(e, src, w.from, e->len);
	else
		caret_note(e, value, at, len);
	arena_free(&mem);
}

/* The whole of a scalar with its quotes, one byte of anything else. */
static size_t
spelled(const struct conf *c, uint32_t node, struct str src, size_t start)
{
	enum json_type type = json_type(&c->doc, node);
	struct arena mem = {0};
	struct str value = json_raw(&c->doc, node);
	struct walk w = {.want_from = 0};
	size_t n = 1;

	if (type == JSON_ARRAY || type == JSON_OBJECT || start >= src.len ||
	    src.p[start] == '|' || src.p[start] == '>')
		return 1;
	if (type == JSON_STRING)
		value = json_string(&c->doc, node, &mem);
	w.want_to = value.len;
	if (value.len != 0 && find(src, start, value, &w)) {
		n = w.to - start;
		n += w.to < src.len && src.p[start] == src.p[w.to] &&
		    (src.p[start] == '"' || src.p[start] == '\'');
	}
	arena_free(&mem);
	return n;
}

void
conf_place(const struct conf *c, uint32_t node, struct err *e)
{
	struct str src = buf_view(&c->source);
	size_t start = offset_of(src, c->line[node], c->col[node]);

	if (c->made && json_type(&c->doc, node) == JSON_STRING) {
		conf_point(c, node, 0, SIZE_MAX, e);
		return;
	}
	e->line = c->line[node];
	e->pos = c->col[node];
	e->len = to_line_end(src, start,
	    start + spelled(c, node, src, start));
	caret_note(e, src, start, e->len);
}

void
conf_show_at(struct str src, struct err *e)
{
	if (e->line != 0 && e->pos != ERR_NOPOS)
		caret_note(e, src, offset_of(src, e->line, e->pos), 0);
}
