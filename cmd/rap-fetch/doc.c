/*
 * A JSON document.  A top-level array is read element by element, each checked
 * whole and then given as one line; any other document is held and the array
 * that was asked for, or the only one there is, is taken from it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "engine/block.h"
#include "format.h"
#include "json/json.h"
#include "json/path.h"
#include "json/write.h"
#include "window.h"

enum place {
	AT_START, /* before the document */
	AT_FIRST, /* after "[": an element or "]" */
	AT_NEXT,  /* after ",": an element */
	IN_ELEMENT,
	AT_COMMA, /* after an element: "," or "]" */
	AT_END,	  /* after the array: only blanks */
	IN_WHOLE  /* a document that is held whole */
};

struct doc {
	struct format base;
	const struct format_opts *opts;
	struct sink *sink;
	struct window win;
	struct json_doc json;
	uint64_t line_off; /* offset of the first byte of win.line */
	enum place at;
	/* Within an element: what was scanned of it, and where that stands. */
	size_t seen, depth;
	bool string, escape;
	bool dropping; /* the rest of an element past max_line */
	bool ended;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Use n bytes; lines and columns are counted here. */
static void
doc_use(struct doc *d, size_t n)
{
	const char *p = window_ptr(&d->win), *end = p + n, *lf = p;
	uint64_t lines = 0;

	while (lf < end &&
	    (lf = memchr(lf, '\n', (size_t)(end - lf))) != NULL) {
		lf++;
		lines++;
		d->line_off = d->win.offset + (uint64_t)(lf - p);
	}
	window_use(&d->win, n, lines);
}

static void
doc_place(struct doc *d, struct str text, struct err *e)
{
	format_place(e, text, d->win.line, d->win.offset - d->line_off);
}

/* An error at the first unused byte that nothing can follow. */
static int
doc_fail(struct doc *d, struct err *e, const char *id, const char *want)
{
	struct str s = {window_ptr(&d->win), window_len(&d->win)};

	if (s.len == 0)
		err_at(e, 0, ERR_DATA, "json.trunc",
		    "the document ends where %s should be", want);
	else
		err_at(e, 0, ERR_DATA, id, "'%c' where %s should be", s.p[0],
		    want);
	doc_place(d, s, e);
	return -1;
}

/* A checked value, as one line: its own bytes if it is on one already. */
static int
put_value(struct doc *d, struct str s, struct err *e)
{
	struct buf *out = &d->sink->lines;

	if (memchr(s.p, '\n', s.len) != NULL ||
	    memchr(s.p, '\r', s.len) != NULL)
		json_put_compact(out, s);
	else
		buf_str(out, s);
	buf_putc(out, '\n');
	return sink_record(d->sink, e);
}

static int
bad_value(struct doc *d, struct str s, struct err *e)
{
	struct format_bad bad = {s, d->win.line, d->win.offset, false};

	format_place_bad(e, &bad, d->win.offset - d->line_off);
	bad.cut = s.len > d->opts->max_line;
	if (bad.cut)
		bad.raw.len = ENGINE_OVERLONG;
	return d->sink->bad(d->sink, &bad, e);
}

static int
bad_long(struct doc *d, struct str s, struct err *e)
{
	err_at(e, 0, ERR_DATA, "json.linelen", "element longer than %zu bytes",
	    d->opts->max_line);
	return bad_value(d, s, e);
}

/*
 * Scan on from d->seen for the end of the element that begins at p: true when
 * it is there, n bytes long.  Whether the bytes are JSON is told later.
 */
static bool
element_end(struct doc *d, const char *p, size_t len, size_t *n)
{
	size_t i = d->seen;

	for (; i < len; i++) {
		char c = p[i];

		if (d->string) {
			if (d->escape)
				d->escape = false;
			else if (c == '\\')
				d->escape = true;
			else if (c == '"') {
				d->string = false;
				if (d->depth == 0) {
					i++;
					goto found;
				}
			}
		} else if (c == '"')
			d->string = true;
		else if (c == '{' || c == '[')
			d->depth++;
		else if (c == '}' || c == ']') {
			if (d->depth == 0)
				goto found;
			if (--d->depth == 0) {
				i++;
				goto found;
			}
		} else if (d->depth == 0 && (c == ',' || is_blank(c)))
			goto found;
	}
	d->seen = len;
	return false;
found:
	d->seen = 0;
	*n = i;
	return true;
}

/* The document ends in an element, or right behind a number in the array. */
static int
cut_element(struct doc *d, struct str s, struct err *e)
{
	if (d->dropping || json_parse(&d->json, s.p, s.len, e) == 0)
		err_at(e, s.len, ERR_DATA, "json.trunc",
		    "the document ends inside an array");
	doc_place(d, s, e);
	return -1;
}

/* In an element.  1: go on behind it, 0: more bytes are needed. */
static int
step_element(struct doc *d, struct err *e)
{
	struct str s = {window_ptr(&d->win), window_len(&d->win)};
	size_t n;
	int rc = 0;

	if (!element_end(d, s.p, s.len, &n)) {
		if (d->ended)
			return cut_element(d, s, e);
		if (!d->dropping && s.len > d->opts->max_line) {
			d->dropping = true;
			rc = bad_long(d, s, e);
		}
		if (d->dropping) {
			doc_use(d, s.len);
			d->seen = 0;
		}
		return rc;
	}
	s.len = n;
	if (d->dropping)
		d->dropping = false;
	else if (n > d->opts->max_line)
		rc = bad_long(d, s, e);
	else if (json_parse(&d->json, s.p, n, e) != 0)
		rc = bad_value(d, s, e);
	else
		rc = put_value(d, s, e);
	doc_use(d, n);
	d->at = AT_COMMA;
	return rc != 0 ? -1 : 1;
}

/* Between the elements.  As step_element. */
static int
step_between(struct doc *d, struct err *e)
{
	const char *p = window_ptr(&d->win);
	size_t len = window_len(&d->win), i = 0;

	while (i < len && is_blank(p[i]))
		i++;
	doc_use(d, i);
	if (i == len) {
		if (!d->ended || d->at == AT_END)
			return 0;
		return doc_fail(d, e, "json.trunc",
		    d->at == AT_COMMA ? "',' or ']'" : "a value");
	}
	if (d->at == AT_END)
		return doc_fail(d, e, "json.trail", "the end");
	if (d->at == AT_COMMA && p[i] != ',' && p[i] != ']')
		return doc_fail(d, e, "json.syntax", "',' or ']'");
	if (p[i] == ']' && d->at != AT_NEXT) {
		doc_use(d, 1);
		d->at = AT_END;
	} else if (p[i] == ',' && d->at == AT_COMMA) {
		doc_use(d, 1);
		d->at = AT_NEXT;
	} else if (p[i] == ']' || p[i] == ',' || p[i] == '}' || p[i] == ':')
		return doc_fail(d, e, "json.syntax", "a value");
	else {
		d->at = IN_ELEMENT;
		d->seen = d->depth = 0;
		d->string = d->escape = false;
	}
	return 1;
}

static int
step_start(struct doc *d)
{
	const char *p = window_ptr(&d->win), *records = d->opts->records;
	size_t len = window_len(&d->win), i = 0;

	while (i < len && is_blank(p[i]))
		i++;
	if (i == len)
		return 0;
	if (p[i] == '[' && (records == NULL || records[0] == '\0')) {
		doc_use(d, i + 1);
		d->at = AT_FIRST;
	} else
		d->at = IN_WHOLE;
	return 1;
}

static int
doc_push(struct format *base, const char *p, size_t n, struct err *e)
{
	struct doc *d = (struct doc *)base;
	int rc = 1;

	if (d->at == IN_WHOLE && window_len(&d->win) + n > d->opts->max_doc) {
		err_set(e, ERR_DATA, "json.toobig",
		    "document longer than %zu bytes", d->opts->max_doc);
		return err_hint(e, "--max-doc raises the limit; a top-level "
		    "array has none");
	}
	window_add(&d->win, p, n);
	if (!window_begin(&d->win, d->ended))
		return 0;
	while (rc == 1)
		rc = d->at == AT_START ? step_start(d) :
		    d->at == IN_ELEMENT ? step_element(d, e) :
		    d->at == IN_WHOLE ? 0 : step_between(d, e);
	return rc;
}

/* Find the array of a whole document: it, the document itself, or an error. */
static int
find_auto(struct doc *d, uint32_t *found, struct err *e)
{
	const struct json_doc *j = &d->json;
	struct buf names = {0};
	size_t arrays = 0;
	int rc = 0;

	*found = 0;
	if (json_type(j, 0) != JSON_OBJECT)
		return 0;
	for (uint32_t k = 1; k < j->nodes[0].next; k = j->nodes[k + 1].next) {
		if (json_type(j, k + 1) != JSON_ARRAY)
			continue;
		if (arrays++ == 0)
			*found = k + 1;
		else
			buf_puts(&names, ", ");
		json_pointer_of(j, k + 1, &names);
	}
	if (arrays > 1) {
		rc = err_set(e, ERR_DATA, "fetch.records",
		    "the document has %zu arrays: which one holds the records?",
		    arrays);
		err_hint(e, "--records POINTER, one of: %s; or --records '' "
		    "for the document as one record", buf_cstr(&names));
	}
	buf_free(&names);
	return rc;
}

/* What there is, as a hint. */
static int
name_members(const struct doc *d, struct err *e)
{
	const struct json_doc *j = &d->json;
	struct buf names = {0};
	struct arena a = {0};
	int rc;

	if (json_type(j, 0) != JSON_OBJECT)
		return err_hint(e, "it is no object but %s",
		    json_type_name(json_type(j, 0)));
	for (uint32_t k = 1; k < j->nodes[0].next && names.len < 100;
	     k = j->nodes[k + 1].next) {
		buf_puts(&names, k == 1 ? "/" : ", /");
		buf_str(&names, json_string(j, k, &a));
	}
	rc = err_hint(e, "it has %.*s", (int)names.len,
	    names.len != 0 ? names.p : "");
	arena_free(&a);
	buf_free(&names);
	return rc;
}

static int
find_records(struct doc *d, uint32_t *found, struct err *e)
{
	struct json_path path = {0};
	struct json_hint hint = {0};
	struct str text;

	if (d->opts->records == NULL)
		return find_auto(d, found, e);
	text = str_of(d->opts->records);
	if (json_path_compile(&path, text, e) != 0)
		return -1;
	*found = json_path_find(&path, &d->json, 0, &hint);
	json_path_free(&path);
	if (*found != JSON_NONE)
		return 0;
	err_set(e, ERR_DATA, "fetch.records",
	    "the document has nothing at '%s'", d->opts->records);
	return name_members(d, e);
}

static int
put_whole(struct doc *d, uint32_t node, struct err *e)
{
	const struct json_doc *j = &d->json;
	uint32_t k = node, end = j->nodes[node].next;

	if (json_type(j, node) == JSON_ARRAY)
		k = node + 1;
	for (; k < end; k = j->nodes[k].next) {
		struct str s = json_raw(j, k);

		if (s.len > d->opts->max_line) {
			struct format_bad bad = {{j->text, j->len},
			    d->win.line, d->win.offset, true};

			err_at(e, j->nodes[k].off, ERR_DATA, "json.linelen",
			    "element longer than %zu bytes",
			    d->opts->max_line);
			format_place_bad(e, &bad, d->win.offset - d->line_off);
			bad.raw = (struct str){s.p, ENGINE_OVERLONG};
			if (d->sink->bad(d->sink, &bad, e) != 0)
				return -1;
		} else if (put_value(d, s, e) != 0)
			return -1;
	}
	return 0;
}

static int
doc_end(struct format *base, struct err *e)
{
	struct doc *d = (struct doc *)base;
	struct str s;
	uint32_t node;

	d->ended = true;
	if (doc_push(base, NULL, 0, e) != 0)
		return -1;
	if (d->at == AT_END)
		return 0;
	s = (struct str){window_ptr(&d->win), window_len(&d->win)};
	if (json_parse(&d->json, s.p, s.len, e) != 0) {
		bool trail = strcmp(e->id, "json.trail") == 0;

		doc_place(d, s, e);
		if (trail)
			err_hint(e, "one value in each line is --format "
			    "ndjson");
		return -1;
	}
	if (find_records(d, &node, e) != 0)
		return -1;
	return put_whole(d, node, e);
}

static void
doc_free(struct format *base)
{
	struct doc *d = (struct doc *)base;

	json_free(&d->json);
	buf_free(&d->win.b);
	mem_free(d);
}

struct format *
doc_new(const struct format_opts *opts, struct sink *sink)
{
	struct doc *d = mem_zalloc(sizeof *d);

	d->base = (struct format){.push = doc_push, .end = doc_end,
	    .free = doc_free};
	d->opts = opts;
	d->sink = sink;
	d->win.line = 1;
	return &d->base;
}
