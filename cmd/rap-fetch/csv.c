/*
 * CSV as RFC 4180 has it, and TSV as the IANA registration has it (no quoting
 * at all).  Every value is a string unless --infer asked for numbers.  Rows
 * end with LF or CRLF; a lone CR outside quotes, a quote inside a field that
 * does not begin with one, text after a closing quote, and a row of another
 * width than the header are bad records.  A bad row costs its first line only:
 * reading goes on at the next one, so an open quote cannot swallow the rest.
 */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "columns.h"
#include "engine/block.h"
#include "format.h"
#include "window.h"

enum {
	CSV_COLUMNS = 16384,
	CSV_QUOTED_LINES = 1000 /* line ends inside one row */
};

struct field {
	size_t off, len; /* in the row, quotes left out */
	bool quoted;
	bool doubled; /* holds "" for " */
};

struct csv {
	struct format base;
	const struct format_opts *opts;
	struct sink *sink;
	struct window win;
	struct field *fields;
	size_t nfields, cap;
	struct columns columns;
	struct buf text;   /* a field with its quotes undoubled */
	uint64_t skip;	   /* lines still to skip */
	size_t seen;	   /* unused bytes known to hold no LF */
	bool quoting, ended;
	bool skipping; /* the rest of a line past max_line */
	char delimiter;
};

enum scan { SCAN_ROW, SCAN_MORE, SCAN_BAD };

struct row {
	size_t len;	/* bytes, line end included */
	uint64_t lines; /* line ends in it */
};

static struct field *
field_add(struct csv *c, size_t off)
{
	if (c->nfields == c->cap) {
		c->cap = c->cap == 0 ? 32 : c->cap * 2;
		c->fields = mem_realloc(c->fields, c->cap * sizeof *c->fields);
	}
	c->fields[c->nfields] = (struct field){.off = off};
	return &c->fields[c->nfields++];
}

/* The field at p[i] begins with a quote.  *at: the byte after its closing
 * quote. */
static enum scan
scan_quoted(struct csv *c, struct str s, size_t *at, struct row *row,
    struct err *e)
{
	size_t open = *at, i = open + 1;
	struct field *fld = field_add(c, i);

	fld->quoted = true;
	for (;;) {
		const char *q = i < s.len ? memchr(s.p + i, '"', s.len - i) :
		    NULL;
		size_t stop = q != NULL ? (size_t)(q - s.p) : s.len;
		const char *lf = s.p + i;

		while (lf < s.p + stop &&
		    (lf = memchr(lf, '\n', (size_t)(s.p + stop - lf))) != NULL)
			lf++, row->lines++;
		if (row->lines > CSV_QUOTED_LINES || (q == NULL && c->ended)) {
			err_at(e, open, ERR_DATA, "csv.quote",
			    "a quote is opened and not closed");
			return SCAN_BAD;
		}
		if (q == NULL)
			return SCAN_MORE;
		if (stop + 1 == s.len && !c->ended)
			return SCAN_MORE;
		if (stop + 1 < s.len && s.p[stop + 1] == '"') {
			fld->doubled = true;
			i = stop + 2;
			continue;
		}
		fld->len = stop - fld->off;
		*at = stop + 1;
		return SCAN_ROW;
	}
}

static enum scan
scan_plain(struct csv *c, struct str s, size_t *at, struct err *e)
{
	size_t i = *at;
	struct field *fld = field_add(c, i);
	char delimiter = c->delimiter;

	while (i < s.len && s.p[i] != delimiter && s.p[i] != '\n' &&
	    s.p[i] != '\r' && (s.p[i] != '"' || !c->quoting))
		i++;
	fld->len = i - fld->off;
	*at = i;
	if (i < s.len && s.p[i] == '"') {
		err_at(e, i, ERR_DATA, "csv.quote",
		    "a quote inside a field that does not begin with one");
		return SCAN_BAD;
	}
	return SCAN_ROW;
}

/* After a field: 1: another follows, 0: the row ended, else -1 (*verdict). */
static int
scan_after(struct csv *c, struct str s, size_t *at, enum scan *verdict,
    struct err *e)
{
	size_t i = *at;
	bool quoted = c->fields[c->nfields - 1].quoted;

	*verdict = SCAN_MORE;
	if (i < s.len && s.p[i] == '\r') {
		if (i + 1 == s.len && !c->ended)
			return -1;
		if (i + 1 < s.len && s.p[i + 1] != '\n') {
			*verdict = SCAN_BAD;
			return err_at(e, i, ERR_DATA, "csv.cr",
			    "a carriage return outside quotes");
		}
		i++;
	}
	if (i == s.len && !c->ended)
		return -1;
	if (i == s.len || s.p[i] == '\n') {
		*at = i < s.len ? i + 1 : i;
		return 0;
	}
	if (s.p[i] == c->delimiter && i == *at) {
		*at = i + 1;
		return 1;
	}
	*verdict = SCAN_BAD;
	return err_at(e, i, ERR_DATA, quoted ? "csv.quote" : "csv.cr",
	    quoted ? "text after a closing quote" :
		     "a carriage return outside quotes");
}

/* Cut the first row of s into fields. */
static enum scan
scan_row(struct csv *c, struct str s, struct row *row, struct err *e)
{
	size_t at = 0;

	c->nfields = 0;
	*row = (struct row){0};
	for (;;) {
		enum scan r;
		int more;

		if (at == s.len && !c->ended)
			return SCAN_MORE;
		if (c->nfields == CSV_COLUMNS) {
			err_at(e, at, ERR_DATA, "csv.columns",
			    "more than %d columns", CSV_COLUMNS);
			return SCAN_BAD;
		}
		r = c->quoting && at < s.len && s.p[at] == '"' ?
		    scan_quoted(c, s, &at, row, e) : scan_plain(c, s, &at, e);
		if (r != SCAN_ROW)
			return r;
		more = scan_after(c, s, &at, &r, e);
		if (more < 0)
			return r;
		if (more == 0)
			break;
	}
	row->len = at;
	row->lines += at > 0 && s.p[at - 1] == '\n';
	return SCAN_ROW;
}

/* The value of a field; valid until the next call. */
static struct str
field_text(struct csv *c, const struct field *fld)
{
	struct str s = {window_ptr(&c->win) + fld->off, fld->len};

	if (!fld->doubled)
		return s;
	buf_clear(&c->text);
	while (s.len != 0) {
		const char *q = memchr(s.p, '"', s.len);
		size_t n = q != NULL ? (size_t)(q - s.p) + 1 : s.len;

		buf_put(&c->text, s.p, n);
		s.p += q != NULL ? n + 1 : n;
		s.len -= q != NULL ? n + 1 : n;
	}
	return buf_view(&c->text);
}

/* The row is bad: its first line is put aside, reading goes on behind it. */
static int
row_bad(struct csv *c, size_t len, struct err *e)
{
	const char *p = window_ptr(&c->win);
	struct format_bad bad = {{p, len}, c->win.line, c->win.offset, false};
	const char *lf = memchr(p, '\n', len);

	format_place_bad(e, &bad, 0);
	if (c->columns.n == 0 && !c->opts->no_header)
		return err_hint(e, "this row is the header; if another one is: "
		    "--header-line N");
	if (lf != NULL)
		bad.raw.len = (size_t)(lf - p);
	bad.cut = bad.raw.len > c->opts->max_line;
	if (bad.cut)
		bad.raw.len = ENGINE_OVERLONG;
	else if (lf != NULL && lf > p && lf[-1] == '\r')
		bad.raw.len--;
	if (c->sink->bad(c->sink, &bad, e) != 0)
		return -1;
	if (lf == NULL) {
		window_use(&c->win, len, 0);
		c->skipping = !c->ended;
	} else
		window_use(&c->win, (size_t)(lf - p) + 1, 1);
	return 0;
}

/* Remember the names of the columns: from the row at hand, or numbers. */
static int
take_names(struct csv *c, struct err *e)
{
	if (c->opts->no_header)
		columns_number(&c->columns, c->nfields);
	for (size_t i = 0; i < c->nfields && !c->opts->no_header; i++) {
		if (columns_add(&c->columns, field_text(c, &c->fields[i]),
			e) == 0)
			continue;
		e->pos = c->fields[i].off;
		format_place(e, (struct str){window_ptr(&c->win),
		    window_len(&c->win)}, c->win.line, 0);
		return -1;
	}
	return 0;
}

static int
put_row(struct csv *c, struct err *e)
{
	struct buf *out = &c->sink->lines;

	for (size_t i = 0; i < c->nfields; i++)
		columns_put(&c->columns, i, field_text(c, &c->fields[i]),
		    c->fields[i].quoted, c->opts, out);
	buf_puts(out, "}\n");
	return sink_record(c->sink, e);
}

static int
ragged(struct csv *c, size_t len, struct err *e)
{
	size_t have = c->nfields, want = c->columns.n;

	err_at(e, 0, ERR_DATA, "csv.ragged",
	    "%zu columns where the header has %zu", have, want);
	if (want == 1)
		err_hint(e, "a header of one column: is it a title above the "
		    "names (--header-line N), or --delimiter another?");
	else if (have > want)
		err_hint(e, "is a field with the delimiter in it not quoted? "
		    "--reject FILE puts such rows aside");
	else
		err_hint(e, "is it no row of the table? --reject FILE puts "
		    "such rows aside");
	return row_bad(c, len, e);
}

static int
row_done(struct csv *c, const struct row *row, struct err *e)
{
	const char *p = window_ptr(&c->win);
	size_t valid = utf8_valid(p, row->len);

	if (valid != row->len) {
		err_at(e, valid, ERR_DATA, "csv.utf8", "not UTF-8: byte 0x%02x",
		    (unsigned char)p[valid]);
		return row_bad(c, row->len, e);
	}
	if (c->nfields == 1 && c->fields[0].len == 0 && !c->fields[0].quoted) {
		c->sink->blank++;
	} else if (c->columns.n == 0) {
		if (take_names(c, e) != 0)
			return -1;
		if (c->opts->no_header && put_row(c, e) != 0)
			return -1;
	} else if (c->nfields != c->columns.n) {
		return ragged(c, row->len, e);
	} else if (put_row(c, e) != 0)
		return -1;
	window_use(&c->win, row->len, row->lines);
	return 0;
}

/* Pass over the rest of a line: false when its end is not there yet. */
static bool
skip_line(struct csv *c)
{
	const char *p = window_ptr(&c->win);
	const char *lf = memchr(p, '\n', window_len(&c->win));

	window_use(&c->win, lf != NULL ? (size_t)(lf - p) + 1 :
	    window_len(&c->win), lf != NULL);
	return lf != NULL;
}

/* Is there a line end among the bytes not looked at?  Without one no row can
 * be whole, and it is not scanned again. */
static bool
has_lf(struct csv *c)
{
	size_t n = window_len(&c->win);
	const char *p = window_ptr(&c->win);
	bool found = n > c->seen &&
	    memchr(p + c->seen, '\n', n - c->seen) != NULL;

	if (!found)
		c->seen = n;
	return found;
}

static int
csv_rows(struct csv *c, struct err *e)
{
	while (window_len(&c->win) != 0) {
		struct str s;
		struct row row;
		enum scan r;

		if (c->skipping || c->skip != 0) {
			if (!skip_line(c))
				return 0;
			c->skip -= c->skip != 0 && !c->skipping;
			c->skipping = false;
			continue;
		}
		s = (struct str){window_ptr(&c->win), window_len(&c->win)};
		r = c->ended || has_lf(c) ? scan_row(c, s, &row, e) :
		    SCAN_MORE;
		if (r == SCAN_MORE && s.len > c->opts->max_line) {
			err_at(e, 0, ERR_DATA, "csv.rowlen",
			    "row longer than %zu bytes", c->opts->max_line);
			r = SCAN_BAD;
		}
		if (r == SCAN_MORE) {
			c->seen = s.len;
			return 0;
		}
		c->seen = 0;
		if ((r == SCAN_BAD ? row_bad(c, s.len, e) :
		    row_done(c, &row, e)) != 0)
			return -1;
	}
	return 0;
}

static int
csv_push(struct format *base, const char *p, size_t n, struct err *e)
{
	struct csv *c = (struct csv *)base;

	window_add(&c->win, p, n);
	return window_begin(&c->win, c->ended) ? csv_rows(c, e) : 0;
}

static int
csv_end(struct format *base, struct err *e)
{
	struct csv *c = (struct csv *)base;

	c->ended = true;
	if (csv_push(base, NULL, 0, e) != 0)
		return -1;
	if (c->skip == 0)
		return 0;
	return err_set(e, ERR_DATA, "csv.header",
	    "the source ends before its header line");
}

static void
csv_free(struct format *base)
{
	struct csv *c = (struct csv *)base;

	columns_free(&c->columns);
	mem_free(c->fields);
	buf_free(&c->text);
	buf_free(&c->win.b);
	mem_free(c);
}

struct format *
csv_new(const struct format_opts *opts, struct sink *sink, bool quoting,
    char delimiter)
{
	struct csv *c = mem_zalloc(sizeof *c);

	c->base = (struct format){.push = csv_push, .end = csv_end,
	    .free = csv_free};
	c->opts = opts;
	c->sink = sink;
	c->quoting = quoting;
	c->delimiter = delimiter;
	c->skip = opts->skip_lines;
	c->win.line = 1;
	return &c->base;
}
