#define _GNU_SOURCE /* memrchr */
/* Line by line: NDJSON, whose lines are checked and passed on as they are,
 * plain text, whose lines become a member of an object, and tables. */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/block.h"
#include "format.h"
#include "json/json.h"
#include "json/scan.h"
#include "json/write.h"
#include "table.h"
#include "window.h"

struct line {
	struct format base;
	const struct format_opts *opts;
	struct sink *sink;
	struct window win;
	struct json_scan scan; /* over the whole lines of the window */
	struct json_doc doc;
	size_t seen;  /* unused bytes known to hold no LF */
	bool json;
	struct table *table; /* or NULL */
	bool skipping; /* the rest of a line past max_line */
};

/* A bad line: e's position is a byte of it. */
static int
line_bad(struct line *f, struct str raw, bool cut, struct err *e)
{
	struct format_bad bad = {raw, f->win.line, f->win.offset, cut};

	e->line = f->win.line;
	if (f->win.line == 1 && f->json && strcmp(e->id, "json.syntax") == 0)
		err_hint(e, "if it is no NDJSON: --format csv, tsv, table or "
		    "lines");
	if (f->win.line == 1 && f->json && strcmp(e->id, "json.trunc") == 0)
		err_hint(e, "JSON spread over lines is --format json");
	return f->sink->bad(f->sink, &bad, e);
}

static bool
is_blank(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r')
			return false;
	return true;
}

static int
table_record(struct line *f, struct str s, struct err *e)
{
	switch (table_line(f->table, s, e)) {
	case TABLE_TAKEN:
		return 0;
	case TABLE_BAD:
		return line_bad(f, s, false, e);
	default:
		if (e->pos != ERR_NOPOS)
			e->line = f->win.line;
		return -1;
	}
}

/* Lines of the scanned part have most of their work done. */
static int
check_json(struct line *f, struct str s, struct err *e)
{
	const struct json_scan *in = &f->scan;

	if (in->usable && s.p >= in->data && s.p < in->data + in->len)
		return json_scan_line(&f->scan, &f->doc, s.p, s.len, e);
	return json_parse(&f->doc, s.p, s.len, e);
}

/* The whole lines of the window at once. */
static void
scan_lines(struct line *f)
{
	const char *at = window_ptr(&f->win);
	const char *lf = memrchr(at + f->seen, '\n',
	    window_len(&f->win) - f->seen);

	f->scan.usable = false;
	if (f->json && lf != NULL)
		json_scan_block(&f->scan, at, (size_t)(lf - at) + 1);
}

static int
line_record(struct line *f, struct str s, struct err *e)
{
	struct buf *out = &f->sink->lines;

	if (f->table != NULL)
		return table_record(f, s, e);
	if (f->json && is_blank(s)) {
		f->sink->blank++;
		return 0;
	}
	if (f->json) {
		if (check_json(f, s, e) != 0)
			return line_bad(f, s, false, e);
		buf_str(out, s);
	} else {
		size_t valid = utf8_valid(s.p, s.len);

		if (valid != s.len) {
			err_at(e, valid, ERR_DATA, "text.utf8",
			    "not UTF-8: byte 0x%02x",
			    (unsigned char)s.p[valid]);
			return line_bad(f, s, false, e);
		}
		buf_puts(out, "{\"line\":");
		json_put_string(out, s);
		buf_putc(out, '}');
	}
	buf_putc(out, '\n');
	return sink_record(f->sink, e);
}

/* One line of n bytes without its LF. */
static int
line_one(struct line *f, size_t n, struct err *e)
{
	struct str s = {window_ptr(&f->win), n};

	if (s.len != 0 && s.p[s.len - 1] == '\r')
		s.len--;
	return line_record(f, s, e);
}

static int
line_toolong(struct line *f, struct err *e)
{
	struct str head = {window_ptr(&f->win), ENGINE_OVERLONG};

	err_at(e, f->opts->max_line, ERR_DATA, f->json ? "json.linelen" :
	    "text.linelen",
	    "line longer than %zu bytes", f->opts->max_line);
	return line_bad(f, head, true, e);
}

static int
line_push(struct format *base, const char *p, size_t n, struct err *e)
{
	struct line *f = (struct line *)base;

	window_add(&f->win, p, n);
	if (!window_begin(&f->win, false))
		return 0;
	scan_lines(f);
	for (;;) {
		const char *at = window_ptr(&f->win);
		size_t len = window_len(&f->win);
		const char *lf = len == f->seen ? NULL :
		    memchr(at + f->seen, '\n', len - f->seen);
		size_t have = lf != NULL ? (size_t)(lf - at) : len;

		if (!f->skipping && have > f->opts->max_line) {
			if (line_toolong(f, e) != 0)
				return -1;
			f->skipping = true;
		} else if (lf != NULL && !f->skipping &&
		    line_one(f, have, e) != 0)
			return -1;
		if (lf != NULL) {
			window_use(&f->win, have + 1, 1);
			f->skipping = false;
			f->seen = 0;
			continue;
		}
		if (f->skipping)
			window_use(&f->win, len, 0);
		f->seen = window_len(&f->win);
		return 0;
	}
}

static int
line_end(struct format *base, struct err *e)
{
	struct line *f = (struct line *)base;

	if (!f->win.begun) {
		window_begin(&f->win, true);
		if (line_push(base, NULL, 0, e) != 0)
			return -1;
	}
	if (!f->skipping && window_len(&f->win) != 0 &&
	    line_one(f, window_len(&f->win), e) != 0)
		return -1;
	return f->table != NULL ? table_end(f->table, e) : 0;
}

static void
line_free(struct format *base)
{
	struct line *f = (struct line *)base;

	table_free(f->table);
	buf_free(&f->win.b);
	json_scan_free(&f->scan);
	json_free(&f->doc);
	mem_free(f);
}

struct format *
line_new(const struct format_opts *opts, struct sink *sink,
    enum format_kind kind)
{
	struct line *f = mem_zalloc(sizeof *f);

	f->base = (struct format){.push = line_push, .end = line_end,
	    .free = line_free};
	f->opts = opts;
	f->sink = sink;
	f->json = kind == FORMAT_NDJSON;
	f->scan.kernel = opts->kernel;
	if (kind == FORMAT_TABLE)
		f->table = table_new(opts, sink);
	f->win.line = 1;
	return &f->base;
}
