#ifndef RAP_ENGINE_BLOCK_H
#define RAP_ENGINE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * What a filter sees of its input and gives for it: a block of whole lines,
 * and a result whose bytes are written in input order.
 *
 *	struct engine_cursor c = {.block = in};
 *	struct engine_line l;
 *
 *	while (engine_next(&c, &l))
 *		... append to res->out, or mark a bad line ...
 */

/* Bytes kept of a line past max_line; max_line is at least this. */
enum { ENGINE_OVERLONG = 1024 };

/* Whole lines of one source.  64 readable bytes follow data[len]. */
struct engine_block {
	const char *source; /* name for diagnostics */
	const char *data;
	size_t len;
	uint64_t line;	 /* number of the first line in its source, from 1 */
	uint64_t offset; /* of data[0] in its source */
	bool overlong;	 /* one line past max_line: data is its beginning */
	size_t max_line; /* bytes; the cursor marks longer lines */
};

/*
 * A bad record: where the block's buffers stood when it was met.  If the run
 * must stop at it, everything after the mark is dropped.
 */
struct engine_mark {
	size_t out, side, note, diag; /* lengths before this record's bytes */
	size_t side_end, diag_end;    /* and after */
	uint64_t read, passed, filtered, written; /* counts before it */
	const char *id;	 /* mnemonic of its error, for counting alike ones */
	bool verdict;	 /* a rule said no (rap-validate): never stops alone */
	bool stop;	 /* stops the run even when rejects are kept */
};

/* What one block gives.  Emptied by the engine before each block. */
struct engine_result {
	struct buf out;	 /* whole lines for stdout */
	/* Or, with out empty and no marks: lines of the block to be written
	 * as they lie there. */
	struct str same;
	struct buf side; /* whole lines for the reject file */
	struct buf note; /* bytes from work to commit, the filter's own */
	struct buf diag; /* whole diagnostic lines for stderr */
	struct engine_mark *marks;
	size_t nmarks, marks_cap;
	uint64_t read, passed, filtered, written, blank;
	bool remade; /* out was written again: what was hashed of it is void */
};

/* One line of a block, without its LF or CRLF. */
struct engine_line {
	const char *p;
	size_t len;
	bool overlong;	 /* past max_line; p[0..len) is its beginning */
	uint64_t number; /* in the source, from 1 */
	uint64_t offset; /* of p[0] in the source */
};

struct engine_cursor {
	const struct engine_block *block;
	size_t at;
	uint64_t line;
};

/* As engine_next, for who knows already that the next line has len bytes
 * before its LF (or the end of the block): no search. */
void engine_take(struct engine_cursor *c, size_t len, struct engine_line *l);

/* The next line into *l: true, or false at the end of the block. */
bool engine_next(struct engine_cursor *c, struct engine_line *l);

/* A new mark at the present lengths; the caller fills side_end, diag_end, id
 * and verdict after it has appended to side and diag. */
struct engine_mark *engine_mark(struct engine_result *res);

#endif
