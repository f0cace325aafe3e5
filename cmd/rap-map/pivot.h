#ifndef RAP_MAP_PIVOT_H
#define RAP_MAP_PIVOT_H

#include "shape.h"

/* The groups of a pivot, in the order of the input. */
struct buf;
struct err;
struct groups;

/* Where a record was read; the name outlives the run. */
struct place {
	const char *source;
	uint64_t line;
};

/* What a record brings to its group: the canonical key, the members of the
 * key as they are written, `"name":`, the value. */
struct member {
	struct str key, lead, label, value;
};

struct groups *groups_new(const struct order *o);
void groups_free(struct groups *g);

/*
 * Take the member of a record at `at`.  The group that is complete by that is
 * written to row (else left empty), and *begun is the place of its first.
 * ERR_DATA [map.pivot]: a name twice; [map.limit]: a group past 64 MiB;
 * ERR_OS [map.limit]: more memory than the mapping allows.
 */
int groups_add(struct groups *g, const struct member *m,
    const struct place *at, struct buf *row, struct place *begun,
    struct err *e);

/* At the end: the next group that is open into row, or false. */
bool groups_next(struct groups *g, struct buf *row, struct place *begun);

#endif
