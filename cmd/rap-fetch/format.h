#ifndef RAP_FETCH_FORMAT_H
#define RAP_FETCH_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Bytes of a source in, NDJSON lines out.  A reader is pushed the bytes in
 * pieces of any size and gives the same lines whatever the pieces were:
 *
 *	struct format *f = format_new(&opts, &sink, "games.csv", NULL);
 *	while (more)
 *		if (format_push(f, p, n, &e) != 0) ...
 *	format_end(f, &e);
 *	format_free(f);
 *
 * Memory: one row, element or line (max_line) and one piece; a JSON document
 * that is not a top-level array is held whole (max_doc) beside its index, 16
 * bytes for each value in it.
 */
enum format_kind {
	FORMAT_AUTO,   /* content type, name, then the first bytes */
	FORMAT_JSON,   /* one document (RFC 8259) */
	FORMAT_NDJSON, /* one value in each line */
	FORMAT_CSV,    /* RFC 4180 */
	FORMAT_TSV,    /* text/tab-separated-values: no quoting at all */
	FORMAT_TABLE,  /* fields with blanks between, # comments */
	FORMAT_LINES   /* each line is {"line":"..."} */
};

struct format_opts {
	enum format_kind kind;
	const char *records; /* JSON Pointer in a document; NULL: found */
	char delimiter;	     /* of CSV; 0: a comma */
	const char *nulls;   /* of cells: texts that become null, with commas
				between; NULL: none */
	bool no_header;	     /* columns are named c1, c2... */
	bool header_line;    /* skip_lines leads to a header for sure */
	bool infer;	     /* canonical number literals become numbers */
	uint64_t skip_lines; /* of CSV, TSV and tables, before the header */
	const struct json_kernel *kernel; /* as in json/scan.h */
	size_t max_line;     /* bytes of a row, an element, a line */
	size_t max_doc;	     /* bytes of a document held whole */
};

/* What a source holds but is no record: kept for the reject file. */
struct format_bad {
	struct str raw;	 /* its bytes, or their beginning */
	uint64_t line;	 /* its first line in the source, from 1 */
	uint64_t offset; /* in the unpacked source, of the first byte of the
			    line that the error is in */
	bool cut;	 /* raw is the beginning only */
};

/*
 * Where lines go.  A reader appends whole lines to `lines` and calls
 * sink_record after each; what it appended for a record that turned out bad
 * it takes back.
 */
struct sink {
	struct buf lines;  /* whole lines not yet written */
	uint64_t records;  /* in lines */
	uint64_t blank;	   /* blank lines passed over */
	int (*flush)(struct sink *s, struct err *e);
	/* e says why; 0: it was put aside, go on; -1: stop, e is set. */
	int (*bad)(struct sink *s, const struct format_bad *bad,
	    struct err *e);
	void (*warn)(struct sink *s, struct err *e);
	void *ctx;
};

enum { SINK_FLUSH = 256 * 1024 };

/* The line just appended is a record: count it, write when enough wait. */
static inline int
sink_record(struct sink *s, struct err *e)
{
	s->records++;
	return s->lines.len >= SINK_FLUSH ? s->flush(s, e) : 0;
}

struct format;

/* What a kind of reader is made of; the first member of each. */
struct format {
	int (*push)(struct format *f, const char *p, size_t n, struct err *e);
	int (*end)(struct format *f, struct err *e);
	void (*free)(struct format *f);
	enum format_kind kind; /* FORMAT_AUTO: not yet told */
};

/*
 * A reader.  opts and sink must outlive it.  name (a file name or URL path,
 * may be NULL) and type (a content type, may be NULL) are looked at only now,
 * for FORMAT_AUTO.
 */
struct format *format_new(const struct format_opts *opts, struct sink *sink,
    const char *name, const char *type);

/* -1: fatal, e has line and byte in the source (ERR_DATA, or the sink's). */
int format_push(struct format *f, const char *p, size_t n, struct err *e);
/* The source ended well.  Do not call it after a cut. */
int format_end(struct format *f, struct err *e);
void format_free(struct format *f);
/* "csv" and so on; "auto" as long as too few bytes have come to tell. */
const char *format_name(const struct format *f);

/* "json" and so on: 0, or -1 when there is no such format. */
int format_by_name(const char *name, enum format_kind *kind);

/*
 * e->pos is a byte of text, which begins on that line, `column` bytes into it:
 * make it the line and byte of the source.
 */
void format_place(struct err *e, struct str text, uint64_t line,
    uint64_t column);

/* The same for a bad record: bad->raw is the text (or more of the source),
 * bad->line and offset are those of its first byte. */
void format_place_bad(struct err *e, struct format_bad *bad, uint64_t column);

/* The readers, for format.c. */
struct format *csv_new(const struct format_opts *opts, struct sink *sink,
    bool quoting, char delimiter);
struct format *line_new(const struct format_opts *opts, struct sink *sink,
    enum format_kind kind);
struct format *doc_new(const struct format_opts *opts, struct sink *sink);

#endif
