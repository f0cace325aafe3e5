#ifndef RAP_AGG_AGG_H
#define RAP_AGG_AGG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "num/num.h"

/*
 * rap-agg: records in, one row for each group out.
 *
 *	operand.c  operands and keys taken apart, as text
 *	spec.c	   what they ask for, compiled
 *	term.c	   what keys, arguments and conditions read of a record: a path,
 *		   or a CEL expression
 *	state.c	   what one aggregate remembers of a group: a commutative
 *		   monoid, so neither order nor the split over workers shows
 *
 * and in table.h groups, what is kept of them, and rows.
 */
struct buf;
struct cli_list;
struct err;
struct agg_cell;
struct agg_term;

enum agg_func { AGG_COUNT, AGG_SUM, AGG_MEAN, AGG_MIN, AGG_MAX };
enum agg_missing { AGG_GROUP, AGG_SKIP, AGG_REJECT };
enum agg_format { AGG_NDJSON, AGG_CSV, AGG_TSV };

struct agg_key {
	struct str name; /* of the output member */
	struct str label; /* "name": as JSON */
	size_t term;
};

struct agg_item {
	struct str name, label;
	enum agg_func func;
	size_t term;  /* AGG_NONE: count() */
	size_t where; /* a term, or AGG_NONE */
};

#define AGG_NONE SIZE_MAX

/* What to compute; read-only once the run has begun. */
struct agg_spec {
	struct agg_key *keys;
	size_t nkeys;
	struct agg_item *items;
	size_t nitems;
	struct agg_term *terms; /* each different path once */
	size_t nterms;
	bool computes; /* some term is an expression */
	enum agg_missing missing;
	enum agg_format format;
	uint64_t max_groups;
	size_t max_bytes;   /* of keys and states, in one table */
	struct arena names; /* owns the names and labels */
};

/* ---- operand.c */

/* NAME=FUNC(ARG) [where WHERE]; what is missing is empty. */
struct agg_call {
	struct str name, func, arg, where;
};

/* Is an operand an aggregate, even a malformed one, and not a file? */
bool agg_is_item(const char *operand);
/* Take one apart.  ERR_USAGE [agg.form]. */
int agg_call_split(const char *operand, struct agg_call *c, struct err *e);
/* The agg_func, or -1. */
int agg_func_find(struct str name);
/* Bytes of s before the first `stop` outside of CEL's brackets and quotes. */
size_t agg_until(struct str s, char stop);
struct str agg_trim(struct str s);

/* ---- spec.c */

/*
 * Compile the values of -g and the operands that are aggregates.  ERR_CONFIG
 * [agg.func, agg.arg, agg.key, path.*, expr.*] or ERR_USAGE [agg.name,
 * agg.form].
 */
int agg_spec_compile(struct agg_spec *s, const struct cli_list *keys,
    const struct cli_list *items, struct err *e);
void agg_spec_free(struct agg_spec *s);

/* ---- state.c */

/* The extreme so far: numbers canonical, strings unescaped. */
struct agg_best {
	char *p;
	uint32_t len, cap;
	uint8_t types; /* bit json_type: what was seen */
};

struct agg_state {
	uint64_t n; /* values folded in */
	union {
		struct num_sum sum;
		struct agg_best best;
	};
};

/*
 * Can item take this value?  Called for all items of a record before any is
 * folded, so a bad record leaves no trace.  ERR_DATA [agg.type, num.limit,
 * num.range].
 */
int agg_check(const struct agg_item *it, const struct agg_cell *c,
    struct err *e);
/* Fold in a value that agg_check took; returns bytes of memory added. */
size_t agg_fold(const struct agg_item *it, struct agg_state *s,
    const struct agg_cell *c, struct arena *a);
/* into += from, which stays as it is; returns bytes of memory added. */
size_t agg_merge(const struct agg_item *it, struct agg_state *into,
    const struct agg_state *from);
/* The result as JSON.  ERR_DATA [agg.mixed, num.range]. */
int agg_put(const struct agg_item *it, const struct agg_state *s,
    struct buf *out, struct err *e);
void agg_state_free(const struct agg_item *it, struct agg_state *s);

#endif
