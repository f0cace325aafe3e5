#ifndef RAP_BASE_BUF_H
#define RAP_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/str.h"

/*
 * A growing byte buffer with a stated ceiling.  `{0}` is empty, with the
 * default ceiling.  An append that would pass the ceiling is dropped whole and
 * sets `over`, which sticks until buf_clear: write freely, look once.
 */
#define BUF_MAX ((size_t)1 << 30)

struct buf {
	char *p;
	size_t len, cap;
	size_t max; /* ceiling in bytes; 0: BUF_MAX */
	bool over;
};

/* Make room for n more bytes.  False (and over set) past the ceiling. */
bool buf_grow(struct buf *b, size_t n);

static inline bool
buf_need(struct buf *b, size_t n)
{
	return b->cap - b->len >= n || buf_grow(b, n);
}

static inline void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n != 0 && buf_need(b, n)) {
		memcpy(b->p + b->len, p, n);
		b->len += n;
	}
}

static inline void
buf_putc(struct buf *b, char c)
{
	if (buf_need(b, 1))
		b->p[b->len++] = c;
}

static inline void
buf_puts(struct buf *b, const char *z)
{
	buf_put(b, z, strlen(z));
}

static inline void
buf_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.len);
}

static inline struct str
buf_view(const struct buf *b)
{
	return (struct str){b->p, b->len};
}

void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Append v in decimal. */
void buf_u64(struct buf *b, unsigned long long v);

/* A NUL behind the bytes, not counted in len; returns p. */
const char *buf_cstr(struct buf *b);

/* Empty it, keep the memory and the ceiling. */
static inline void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->over = false;
}

void buf_free(struct buf *b);

#endif
