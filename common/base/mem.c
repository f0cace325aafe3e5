#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"

/* The only state: what to run when memory ends. */
static struct mem_hook fail_hook;

struct mem_hook
mem_on_fail(struct mem_hook hook)
{
	struct mem_hook old = fail_hook;

	fail_hook = hook;
	return old;
}

_Noreturn void
mem_die(void)
{
	static const char text[] = "rap: out of memory [os.memory]\n";

	/* Nothing can be done about a stderr that is closed. */
	if (write(2, text, sizeof text - 1) < 0)
		_exit(ERR_OS);
	_exit(ERR_OS);
}

static void *
need(void *p)
{
	if (p != NULL)
		return p;
	if (fail_hook.run != NULL)
		fail_hook.run(fail_hook.arg);
	mem_die();
}

void *
mem_alloc(size_t n)
{
	if (fault_hit(FAULT_ALLOC))
		return need(NULL);
	return need(malloc(n != 0 ? n : 1));
}

void *
mem_zalloc(size_t n)
{
	return mem_array(1, n != 0 ? n : 1);
}

void *
mem_array(size_t count, size_t size)
{
	if (fault_hit(FAULT_ALLOC))
		return need(NULL);
	if (count == 0 || size == 0)
		count = size = 1;
	return need(calloc(count, size));
}

void *
mem_realloc(void *p, size_t n)
{
	if (fault_hit(FAULT_ALLOC))
		return need(NULL);
	return need(realloc(p, n != 0 ? n : 1));
}

void *
mem_dup(const void *p, size_t n)
{
	void *q = mem_alloc(n);

	if (n != 0)
		memcpy(q, p, n);
	return q;
}

char *
mem_dupz(const char *p, size_t n)
{
	char *q = mem_alloc(n + 1);

	if (n != 0)
		memcpy(q, p, n);
	q[n] = '\0';
	return q;
}

void
mem_free(void *p)
{
	free(p);
}
