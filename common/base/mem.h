#ifndef RAP_BASE_MEM_H
#define RAP_BASE_MEM_H

#include <stddef.h>

/*
 * The one allocator.  It never returns NULL: when memory ends, the hook below
 * runs and the process ends with status 71 and a static message, so no other
 * code tests for NULL.  That is safe because everything that grows has a
 * ceiling of its own first (base/buf.h).
 */

void *mem_alloc(size_t n);
void *mem_zalloc(size_t n);
/* count * size bytes, zeroed; an overflow ends the process as above. */
void *mem_array(size_t count, size_t size);
void *mem_realloc(void *p, size_t n);
void *mem_dup(const void *p, size_t n);
/* A copy with a NUL behind it. */
char *mem_dupz(const char *p, size_t n);
void mem_free(void *p);

/*
 * What runs, in the thread that failed, before the process ends: the program
 * removes its temporary file, and around that the engine sees to it that the
 * line that is being written is finished.
 */
struct mem_hook {
	void (*run)(void *arg);
	void *arg;
};

/* Set the hook, returning the one before.  Call while there is one thread. */
struct mem_hook mem_on_fail(struct mem_hook hook);

/* End the process with 71 and the out-of-memory message.  Runs no hook. */
_Noreturn void mem_die(void);

#endif
