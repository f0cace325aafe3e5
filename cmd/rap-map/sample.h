#ifndef RAP_MAP_SAMPLE_H
#define RAP_MAP_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/map.h"
#include "check.h"

/*
 * Records that a schema allows, made from it: each place of a record has
 * alternatives (the values of enum, const, examples and default, samples of
 * each type, bounds), and a record is a choice for each.  What is made may not
 * fit the schema, which says more than is looked at here: ask schema_check.
 */
enum {
	SAMPLE_PLACES = 400,
	SAMPLE_ALTERNATIVES = 48,
	SAMPLE_DEPTH = 8
};

struct sample_place {
	uint32_t choice, n;   /* of n alternatives */
	bool optional, absent;
};

struct sampler {
	struct view root;
	struct map places; /* JSON Pointers */
	struct sample_place place[SAMPLE_PLACES];
	struct buf path;
	/* Some place says nothing of its value, or of what is inside; some
	 * that must be there does not. */
	bool vague, blind;
};

/* Append a record as chosen; new places get their first alternative. */
void sample_make(struct sampler *s, struct buf *out);
/* The place of a pointer, or NULL. */
struct sample_place *sample_at(struct sampler *s, struct str pointer);
/* Is it a value that is made up, and not of a schema? */
bool sample_is_made(struct str json);
void sample_free(struct sampler *s);

#endif
