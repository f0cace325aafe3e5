#ifndef RAP_FETCH_WINDOW_H
#define RAP_FETCH_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The bytes of a source that a reader has not used up, in one piece, and where
 * they are: `{.line = 1}` is the start.  A byte order mark at the start of the
 * source is dropped.  The reader bounds what it leaves unused.
 */
enum { WINDOW_PAD = 64 }; /* readable bytes behind what window_add added */

struct window {
	struct buf b;
	size_t at;	 /* first unused byte in b */
	uint64_t offset; /* of that byte in the source */
	uint64_t line;	 /* of that byte, from 1 */
	bool begun;	 /* past the place of the byte order mark */
};

/* Append a piece; pointers into the window are void after it. */
void window_add(struct window *w, const char *p, size_t n);

/* False while too little is there to tell a byte order mark; end: no more
 * will come. */
bool window_begin(struct window *w, bool end);

static inline const char *
window_ptr(const struct window *w)
{
	return w->b.p + w->at;
}

static inline size_t
window_len(const struct window *w)
{
	return w->b.len - w->at;
}

/* Use n bytes that hold so many line ends. */
static inline void
window_use(struct window *w, size_t n, uint64_t lines)
{
	w->at += n;
	w->offset += n;
	w->line += lines;
}

#endif
