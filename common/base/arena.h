#ifndef RAP_BASE_ARENA_H
#define RAP_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

/*
 * Memory with one life: many allocations, one reset.  `{0}` is an empty
 * arena.  One arena belongs to one thread.
 */
struct arena_chunk;

struct arena {
	struct arena_chunk *head; /* newest first */
	char *at, *end;		  /* free room in head */
	size_t used;		  /* bytes handed out since the reset */
};

/* n bytes aligned for any type, not zeroed; lives until reset or free. */
void *arena_alloc(struct arena *a, size_t n);
void *arena_zalloc(struct arena *a, size_t n);
/* count * size bytes, zeroed; an overflow ends the process (base/mem.h). */
void *arena_array(struct arena *a, size_t count, size_t size);
/* A copy with a NUL behind it (not counted in the length). */
struct str arena_str(struct arena *a, struct str s);
/* Forget everything; keeps the newest chunk. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
