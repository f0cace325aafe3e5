#ifndef RAP_MAP_PLACE_H
#define RAP_MAP_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/str.h"

/*
 * Places in records: number 0 is the record, each other one a member of the
 * place that holds it, or, as one place, every element of an array.  People
 * see a member at the top by its name and what is deeper as a JSON Pointer
 * in which an asterisk stands for every element: "pulse", "/vitals/hr".
 *
 *	places_init(&ps);
 *	i = place_child(&ps, PLACE_TOP, STR("vitals"));
 *	i = place_child(&ps, i, STR("hr"));
 *	... ps.at[i].text is "/vitals/hr" ...
 */
struct err;

enum {
	PLACE_TOP = 0,
	PLACE_DEPTH = 16,    /* what is deeper counts as one value */
	PLACES_MAX = 1 << 16 /* the caller looks at ps.n */
};

#define PLACE_NONE UINT32_MAX

/* What is to become of a place.  ORDER standings in recon_drift.c */
enum standing {
	PLACE_NEW,     /* not decided about */
	PLACE_GOLD,    /* is a target */
	PLACE_KNOWN,   /* of the mapping: never renamed */
	PLACE_APPLIED, /* is renamed to the target */
	PLACE_QUEUED,  /* would be, if a person agrees */
	PLACE_ALONE
};

struct place {
	struct str name; /* unescaped; empty of an element */
	struct str text; /* as people see it */
	struct str json; /* the name as JSON; of a target */
	uint32_t up;	 /* what holds it */
	uint32_t every;	 /* its elements, or PLACE_NONE */
	uint32_t next;	 /* what came behind it in the record before */
	uint32_t scope;	 /* the elements it is in, or PLACE_TOP */
	uint32_t target; /* index of a gold field, or RECON_NONE */
	uint32_t confidence;
	uint8_t standing, depth, arrays;
	bool element;
	bool inner;	 /* something gold or known is within */
	bool learned;	 /* people said what it is */
	/* What the records showed (recon_walk.c). */
	uint8_t type, other; /* JSON types; other: changed to */
	uint32_t unbroken; /* of a scope: its first place never missing */
	uint32_t follows;  /* the next of those */
	uint32_t node;	   /* in this record */
	uint64_t first, gone, changed; /* lines; 0: never */
	uint64_t count, changes, since; /* records; since: from 1 */
	uint64_t last, odd; /* record that showed it, the other type */
	uint64_t renamed;   /* record in which it was renamed, in place */
};

struct places {
	struct place *at;
	size_t n, cap;
	struct map keys; /* holder and name: number + 1 is the place */
	struct buf key;
	struct arena mem;
};

void places_init(struct places *ps);
void places_free(struct places *ps);

/* The member, or the elements, of a place; added when new. */
uint32_t place_child(struct places *ps, uint32_t up, struct str name);
uint32_t place_elements(struct places *ps, uint32_t up);

/*
 * The place that text names: a name at the top, or (it begins with a slash) a
 * pointer.  ERR_CONFIG [map.target]: no pointer, or too deep.
 */
int place_parse(struct places *ps, struct str text, uint32_t *out,
    struct err *e);

/* Say of all that hold place i that something is within. */
void place_mark(struct places *ps, uint32_t i);

#endif
