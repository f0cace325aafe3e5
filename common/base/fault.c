#include "base/fault.h"

#ifdef RAP_DEBUG

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[FAULT_KINDS] = {
    "alloc", "read", "write", "fsync", "rename", "close", "short"};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_ulong calls[FAULT_KINDS];
static unsigned long first[FAULT_KINDS]; /* 0: never */
static bool later[FAULT_KINDS];

static void
print_counts(void)
{
	for (int k = 0; k < FAULT_KINDS; k++)
		fprintf(stderr, "fault %s %lu\n", names[k],
		    atomic_load(&calls[k]));
}

static void
load(void)
{
	const char *spec = getenv("RAP_FAULT");

	if (spec == NULL)
		return;
	if (strcmp(spec, "count:1") == 0)
		atexit(print_counts);
	for (int k = 0; k < FAULT_KINDS; k++) {
		size_t n = strlen(names[k]);
		char *end;

		if (strncmp(spec, names[k], n) != 0 || spec[n] != ':')
			continue;
		first[k] = strtoul(spec + n + 1, &end, 10);
		later[k] = *end == '+' || k == FAULT_SHORT;
	}
}

bool
fault_hit(enum fault_kind kind)
{
	unsigned long n;

	pthread_once(&once, load);
	n = atomic_fetch_add(&calls[kind], 1) + 1;
	if (first[kind] == 0)
		return false;
	return n == first[kind] || (later[kind] && n > first[kind]);
}

#endif
