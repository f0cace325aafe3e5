#ifndef RAP_MAP_SHAPE_H
#define RAP_MAP_SHAPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "hash/hash.h"
#include "parts.h"

/*
 * What a step does to its records after the fields: each shape makes none, one
 * or many records of one.  They run in the order of this list.
 */
enum shape_kind {
	SHAPE_SPLIT,
	SHAPE_UNPIVOT,
	SHAPE_NEST,
	SHAPE_UNFLATTEN,
	SHAPE_FLATTEN,
	SHAPE_REDACT,
	SHAPE_PSEUDONYM
};

/* A record of a split: its name, and what it takes under which name. */
struct split_row {
	struct str name; /* as JSON */
	struct carried *take;
	size_t ntake;
};

struct shape {
	enum shape_kind kind;
	struct str label, value_label; /* "name": of members that are made */
	struct map names;  /* of members that it takes, or (except) leaves */
	bool except, keep_null, whole_arrays;
	struct str prefix; /* of nest */
	struct split_row *rows;
	size_t nrows;
	struct str sep;
	struct source *paths; /* of redact, pseudonym */
	size_t npaths;
	struct str with; /* of redact: JSON */
	struct buf key;	 /* of pseudonym */
	char key_id[17];
	size_t digits;
};

/* The last thing in a step: what depends on the order of the records. */
enum order_kind { ORDER_NONE, ORDER_DEDUPE, ORDER_PIVOT };

struct order {
	enum order_kind kind;
	struct carried *key;
	size_t nkey;
	struct source name, value;
	bool all; /* groups need not lie together */
	enum { TWICE_ERROR, TWICE_FIRST, TWICE_LAST } twice;
	size_t memory; /* bytes */
};

struct err;
struct mapping;

/* shape_load.c.  Reads all that the step says; fills m->shapes, m->order. */
int shape_load(struct mapping *m, struct err *e);
void shape_free(struct mapping *m);

struct json_hint;

/* What a worker has of a shape. */
struct shaper {
	const struct shape *s;
	struct json_hint *hints; /* of the mapping */
	bool ran;
	struct hash_mac *mac;
	struct arena mem; /* for one record */
	struct buf text;
};

/* Append what d becomes, as whole lines: their number, or -1. */
int64_t shape_run(struct shaper *w, const struct json_doc *d,
    struct buf *out, struct err *e);

/* The parts of shape_run that have files of their own. */
int64_t shape_flatten(struct shaper *w, const struct json_doc *d,
    struct buf *out, struct err *e);
int64_t shape_unflatten(struct shaper *w, const struct json_doc *d,
    struct buf *out, struct err *e);
int64_t shape_hide(struct shaper *w, const struct json_doc *d,
    struct buf *out, struct err *e);

#endif
