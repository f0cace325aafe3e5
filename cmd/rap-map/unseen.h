#ifndef RAP_MAP_UNSEEN_H
#define RAP_MAP_UNSEEN_H

#include "mapping.h"

/*
 * Paths of a mapping that no record had: most likely they are misspelled.
 * Workers know what they found (the hints of their paths, the names they met);
 * at the end that is joined, in any order, and what nobody found is told.
 *
 *	s = sights_new(c);
 *	... flow_seen(flow, s) for each worker ...
 *	sights_warn(s, c, prog);
 */
struct prog;

/* What was seen in a step. */
struct sight {
	bool mapped;  /* some item passed all fields */
	struct json_hint *hints; /* not 0: some worker's is not */
	bool *met;    /* for each of its known names */
	bool *shaped; /* for each shape: it ran */
};

/* One for each step. */
struct sight *sights_new(const struct chain *c);
void sights_free(struct sight *s, const struct chain *c);

/*
 * Warn [map.unseen] of the paths of fields, drop, redact and pseudonym, each
 * once.  Not of what no record came to, of fields with a default, and of those
 * for which another of the paths in from was found.
 */
void sights_warn(const struct sight *s, const struct chain *c,
    struct prog *p);

#endif
