/*
 * Tables of text: fields with blanks between, as programs of science write
 * them.  A line that begins with # is a comment, but for a first line #name...
 * without a blank after the #, which is the header.
 */
#include "table.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "columns.h"

enum { TABLE_COLUMNS = 16384 };

struct table {
	const struct format_opts *opts;
	struct sink *sink;
	struct columns columns;
	size_t width; /* fields of a row; 0: no row was there */
	uint64_t skip;
	bool begun; /* past the first line that is not blank */
};

static bool
next_word(struct str *s, struct str *word)
{
	size_t n = 0;

	while (s->len != 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = (struct str){s->p + 1, s->len - 1};
	while (n < s->len && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	*word = (struct str){s->p, n};
	*s = (struct str){s->p + n, s->len - n};
	return n != 0;
}

static size_t
count_words(struct str s)
{
	struct str word;
	size_t n = 0;

	while (next_word(&s, &word))
		n++;
	return n;
}

static int
take_header(struct table *t, struct str line, bool sure, struct err *e)
{
	struct str s = line, word;

	while (next_word(&s, &word)) {
		size_t at = (size_t)(word.p - line.p);

		if (!sure && columns_is_number(word)) {
			err_at(e, at, ERR_DATA, "csv.header",
			    "the header has a number for a name");
			return err_hint(e, "if this row is data: --no-header; "
			    "if another line has the names: --header-line N");
		}
		if (columns_add(&t->columns, word, e) != 0) {
			e->pos = at;
			return -1;
		}
	}
	return 0;
}

/* The first row tells how many fields there are: names behind the last have no
 * value, and are told. */
static int
take_width(struct table *t, size_t n, struct err *e)
{
	const struct columns *c = &t->columns;
	struct err w;

	if (t->opts->no_header)
		columns_number(&t->columns, n);
	t->width = n;
	if (n > c->n) {
		err_at(e, 0, ERR_DATA, "csv.ragged", "%zu fields where the "
		    "header has %zu names", n, c->n);
		return err_hint(e, "--no-header numbers the columns");
	}
	if (n == c->n)
		return 0;
	err_set(&w, ERR_OK, "table.short", "the header has %zu names and the "
	    "rows have %zu fields: no %.*s", c->n, n,
	    (int)c->names[n].len - 1, c->names[n].p);
	t->sink->warn(t->sink, &w);
	return 0;
}

static int
put_row(struct table *t, struct str s, struct err *e)
{
	struct buf *out = &t->sink->lines;
	struct str word;

	for (size_t i = 0; next_word(&s, &word); i++)
		columns_put(&t->columns, i, word, false, t->opts, out);
	buf_puts(out, "}\n");
	return sink_record(t->sink, e);
}

static enum table_line
row(struct table *t, struct str line, struct err *e)
{
	size_t n = count_words(line);

	if (n > TABLE_COLUMNS) {
		err_at(e, 0, ERR_DATA, "csv.columns", "more than %d columns",
		    TABLE_COLUMNS);
		return TABLE_BAD;
	}
	if (t->columns.n == 0 && !t->opts->no_header)
		return take_header(t, line, t->opts->header_line, e) == 0 ?
		    TABLE_TAKEN : TABLE_STOP;
	if (t->width == 0 && take_width(t, n, e) != 0)
		return TABLE_STOP;
	if (n != t->width) {
		err_at(e, 0, ERR_DATA, "csv.ragged",
		    "%zu fields where the first row has %zu", n, t->width);
		return TABLE_BAD;
	}
	return put_row(t, line, e) == 0 ? TABLE_TAKEN : TABLE_STOP;
}

enum table_line
table_line(struct table *t, struct str line, struct err *e)
{
	size_t valid;
	bool first;

	if (t->skip != 0) {
		t->skip--;
		return TABLE_TAKEN;
	}
	valid = utf8_valid(line.p, line.len);
	if (valid != line.len) {
		err_at(e, valid, ERR_DATA, "csv.utf8", "not UTF-8: byte 0x%02x",
		    (unsigned char)line.p[valid]);
		return TABLE_BAD;
	}
	if (count_words(line) == 0) {
		t->sink->blank++;
		return TABLE_TAKEN;
	}
	first = !t->begun;
	t->begun = true;
	if (line.p[0] != '#')
		return row(t, line, e);
	line = (struct str){line.p + 1, line.len - 1};
	/* --header-line names it: a blank may follow the #. */
	if (first && !t->opts->no_header && count_words(line) != 0 &&
	    (t->opts->header_line || strchr(" \t#", line.p[0]) == NULL))
		return take_header(t, line, true, e) == 0 ? TABLE_TAKEN :
		    TABLE_STOP;
	return TABLE_TAKEN;
}

int
table_end(struct table *t, struct err *e)
{
	if (t->skip == 0)
		return 0;
	return err_set(e, ERR_DATA, "csv.header",
	    "the source ends before its header line");
}

struct table *
table_new(const struct format_opts *opts, struct sink *sink)
{
	struct table *t = mem_zalloc(sizeof *t);

	t->opts = opts;
	t->sink = sink;
	t->skip = opts->skip_lines;
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	columns_free(&t->columns);
	mem_free(t);
}
