#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>

#include "base/mem.h"

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	alignas(16) char data[];
};

enum { CHUNK = 64 * 1024 - 64 };

static void
grow(struct arena *a, size_t n)
{
	size_t size = n > CHUNK ? n : CHUNK;
	struct arena_chunk *c;

	if (size > SIZE_MAX / 2)
		mem_die();
	c = mem_alloc(sizeof *c + size);
	c->next = a->head;
	c->size = size;
	a->head = c;
	a->at = c->data;
	a->end = c->data + size;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	char *p;

	if (n > SIZE_MAX - 15)
		mem_die();
	n = (n + 15) & ~(size_t)15;
	if (a->head == NULL || n > (size_t)(a->end - a->at))
		grow(a, n);
	p = a->at;
	a->at += n;
	a->used += n;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		mem_die();
	return arena_zalloc(a, n);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);

	if (s.len != 0)
		memcpy(p, s.p, s.len);
	p[s.len] = '\0';
	return (struct str){p, s.len};
}

void
arena_reset(struct arena *a)
{
	struct arena_chunk *c = a->head;

	if (c == NULL)
		return;
	while (c->next != NULL) {
		struct arena_chunk *old = c->next;

		c->next = old->next;
		mem_free(old);
	}
	a->at = c->data;
	a->end = c->data + c->size;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	arena_reset(a);
	mem_free(a->head);
	*a = (struct arena){0};
}
