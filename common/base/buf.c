#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "base/mem.h"

bool
buf_grow(struct buf *b, size_t n)
{
	size_t max = b->max != 0 ? b->max : BUF_MAX;
	size_t cap = b->cap != 0 ? b->cap : 64;

	if (b->len > max || n > max - b->len) {
		b->over = true;
		return false;
	}
	if (n <= b->cap - b->len)
		return true;
	while (cap < b->len + n)
		cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
	b->p = mem_realloc(b->p, cap);
	b->cap = cap;
	return true;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_need(b, (size_t)n + 1))
		return;
	va_start(ap, fmt);
	vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
buf_u64(struct buf *b, unsigned long long v)
{
	char tmp[20];
	size_t at = sizeof tmp;

	do {
		tmp[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_put(b, tmp + at, sizeof tmp - at);
}

const char *
buf_cstr(struct buf *b)
{
	if (!buf_need(b, 1))
		return "";
	b->p[b->len] = '\0';
	return b->p;
}

void
buf_free(struct buf *b)
{
	mem_free(b->p);
	*b = (struct buf){.max = b->max};
}
