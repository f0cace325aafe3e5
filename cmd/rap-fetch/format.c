/* Which reader: by name, by content type, by the name of the source, or by
 * the first bytes. */
#include "format.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "json/json.h"
#include "window.h"

static const struct {
	const char *name;
	enum format_kind kind;
} kinds[] = {
    {"auto", FORMAT_AUTO},
    {"json", FORMAT_JSON},
    {"ndjson", FORMAT_NDJSON},
    {"csv", FORMAT_CSV},
    {"tsv", FORMAT_TSV},
    {"table", FORMAT_TABLE},
    {"lines", FORMAT_LINES},
};

static const struct {
	const char *suffix;
	enum format_kind kind;
} suffixes[] = {
    {".json", FORMAT_JSON},
    {".ndjson", FORMAT_NDJSON},
    {".jsonl", FORMAT_NDJSON},
    {".csv", FORMAT_CSV},
    {".tsv", FORMAT_TSV},
    {".tab", FORMAT_TSV},
};

static const struct {
	const char *type;
	enum format_kind kind;
} types[] = {
    {"application/json", FORMAT_JSON},
    {"application/x-ndjson", FORMAT_NDJSON},
    {"application/ndjson", FORMAT_NDJSON},
    {"application/jsonl", FORMAT_NDJSON},
    {"application/x-jsonlines", FORMAT_NDJSON},
    {"text/csv", FORMAT_CSV},
    {"text/tab-separated-values", FORMAT_TSV},
};

int
format_by_name(const char *name, enum format_kind *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(name, kinds[i].name) == 0) {
			*kind = kinds[i].kind;
			return 0;
		}
	return -1;
}

static bool
has_suffix(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && strncasecmp(name + len - n, suffix, n) == 0;
}

static enum format_kind
kind_of(const char *name, const char *type)
{
	size_t len = name != NULL ? strlen(name) : 0;

	for (size_t i = 0; type != NULL && i < ARRAY_LEN(types); i++) {
		size_t n = strlen(types[i].type);

		if (strncasecmp(type, types[i].type, n) == 0 &&
		    (type[n] == '\0' || type[n] == ';' || type[n] == ' '))
			return types[i].kind;
	}
	if (has_suffix(name, len, ".gz"))
		len -= 3;
	else if (has_suffix(name, len, ".zst"))
		len -= 4;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (has_suffix(name, len, suffixes[i].suffix))
			return suffixes[i].kind;
	return FORMAT_AUTO;
}

/* A reader that waits for the bytes that tell which one it shall be; they are
 * at most a little more than max_line, and each is looked at once. */
struct guess {
	struct format base;
	const struct format_opts *opts;
	struct sink *sink;
	struct buf held;
	size_t begin;	      /* of held: a mark and blanks */
	size_t seen;	      /* of held: no LF; with array: blanks too */
	bool array;	      /* the first line is an array, and whole */
	struct format *inner; /* once it is known */
};

static struct format *
reader_new(enum format_kind kind, const struct format_opts *opts,
    struct sink *sink)
{
	struct format *f;

	switch (kind) {
	case FORMAT_CSV:
		f = csv_new(opts, sink, true,
		    opts->delimiter != '\0' ? opts->delimiter : ',');
		break;
	case FORMAT_TSV:
		f = csv_new(opts, sink, false, '\t');
		break;
	case FORMAT_JSON:
		f = doc_new(opts, sink);
		break;
	default:
		f = line_new(opts, sink, kind);
		break;
	}
	f->kind = kind;
	return f;
}

static size_t
skip_blanks(const struct buf *b, size_t i)
{
	while (i < b->len && (b->p[i] == ' ' || b->p[i] == '\t' ||
	    b->p[i] == '\r' || b->p[i] == '\n'))
		i++;
	return i;
}

/*
 * A document begins with "["; so may NDJSON, but then its first line is a
 * whole value, and a document's is too when it is on one line: more must
 * follow it.  An object whose first line is whole is a line of NDJSON.
 * FORMAT_AUTO: more bytes are needed.
 */
static enum format_kind
guess_json(struct guess *g, bool full, bool end)
{
	const char *p = g->held.p + g->begin, *lf;
	struct json_doc d = {0};
	struct err ignore;
	size_t n = g->held.len;
	bool whole;

	if (!g->array) {
		if (g->seen < g->begin)
			g->seen = g->begin;
		lf = memchr(g->held.p + g->seen, '\n', n - g->seen);
		g->seen = lf != NULL ? (size_t)(lf - g->held.p) : n;
		if (lf == NULL && !end)
			return full ? FORMAT_JSON : FORMAT_AUTO;
		whole = json_parse(&d, p, g->seen - g->begin, &ignore) == 0;
		json_free(&d);
		if (!whole || *p != '[')
			return whole ? FORMAT_NDJSON : FORMAT_JSON;
		g->array = true;
	}
	g->seen = skip_blanks(&g->held, g->seen);
	if (g->seen < n)
		return FORMAT_NDJSON;
	return full ? FORMAT_JSON : FORMAT_AUTO;
}

static int
guess_settle(struct guess *g, bool end, struct err *e)
{
	const char *p = g->held.p;
	size_t n = g->held.len, i = g->begin;
	bool full = end || n > g->opts->max_line;
	enum format_kind kind;

	if (i == 0 && n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	g->begin = i = skip_blanks(&g->held, i);
	if (i == n && !full)
		return 0;
	if (i < n && (p[i] == '[' || p[i] == '{'))
		kind = guess_json(g, full, end);
	else if (!end && n != 0 && n < 3 && (unsigned char)p[0] == 0xef)
		return 0; /* perhaps a byte order mark */
	else
		kind = FORMAT_NDJSON;
	if (kind == FORMAT_AUTO)
		return 0;
	g->inner = reader_new(kind, g->opts, g->sink);
	g->base.kind = kind;
	return g->inner->push(g->inner, p, n, e);
}

static int
guess_push(struct format *base, const char *p, size_t n, struct err *e)
{
	struct guess *g = (struct guess *)base;

	if (g->inner != NULL)
		return g->inner->push(g->inner, p, n, e);
	buf_put(&g->held, p, n);
	return guess_settle(g, false, e);
}

static int
guess_end(struct format *base, struct err *e)
{
	struct guess *g = (struct guess *)base;

	if (g->inner == NULL && guess_settle(g, true, e) != 0)
		return -1;
	return g->inner->end(g->inner, e);
}

static void
guess_free(struct format *base)
{
	struct guess *g = (struct guess *)base;

	format_free(g->inner);
	buf_free(&g->held);
	mem_free(g);
}

struct format *
format_new(const struct format_opts *opts, struct sink *sink, const char *name,
    const char *type)
{
	enum format_kind kind = opts->kind;
	struct guess *g;

	if (kind == FORMAT_AUTO)
		kind = kind_of(name, type);
	if (kind != FORMAT_AUTO)
		return reader_new(kind, opts, sink);
	g = mem_zalloc(sizeof *g);
	g->base = (struct format){.push = guess_push,
	    .end = guess_end, .free = guess_free};
	g->opts = opts;
	g->sink = sink;
	return &g->base;
}

const char *
format_name(const struct format *f)
{
	size_t i = 0;

	while (kinds[i].kind != f->kind)
		i++;
	return kinds[i].name;
}

int
format_push(struct format *f, const char *p, size_t n, struct err *e)
{
	return f->push(f, p, n, e);
}

int
format_end(struct format *f, struct err *e)
{
	return f->end(f, e);
}

void
format_free(struct format *f)
{
	if (f != NULL)
		f->free(f);
}

void
format_place(struct err *e, struct str text, uint64_t line, uint64_t column)
{
	size_t pos = e->pos, from = 0;

	if (pos == ERR_NOPOS || pos > text.len) {
		e->line = line;
		return;
	}
	for (size_t i = 0; i < pos; i++)
		if (text.p[i] == '\n') {
			line++;
			from = i + 1;
		}
	e->line = line;
	e->pos = from == 0 ? pos + column : pos - from;
}

void
format_place_bad(struct err *e, struct format_bad *bad, uint64_t column)
{
	if (e->pos == ERR_NOPOS)
		e->pos = 0;
	bad->offset += e->pos;
	format_place(e, bad->raw, bad->line, column);
	bad->offset -= e->pos;
}
