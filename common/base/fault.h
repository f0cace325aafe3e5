#ifndef RAP_BASE_FAULT_H
#define RAP_BASE_FAULT_H

#include <stdbool.h>

/*
 * Fault injection.  In a build with -DRAP_DEBUG (make DEBUG=1, and every SAN
 * build) RAP_FAULT=KIND:N in the environment makes the N-th call of that kind
 * fail, N+ that and every later one: alloc, read, write, fsync, rename, close,
 * short (a 1 byte read or write from then on).  "count:1" prints the number
 * of calls of each kind to stderr at exit.  In other builds it is always
 * false and costs nothing.
 */
enum fault_kind {
	FAULT_ALLOC,
	FAULT_READ,
	FAULT_WRITE,
	FAULT_FSYNC,
	FAULT_RENAME,
	FAULT_CLOSE,
	FAULT_SHORT,
	FAULT_KINDS
};

#ifdef RAP_DEBUG
/* Is this call the one to fail?  Thread-safe. */
bool fault_hit(enum fault_kind kind);
#else
static inline bool
fault_hit(enum fault_kind kind)
{
	(void)kind;
	return false;
}
#endif

#endif
