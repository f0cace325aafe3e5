#ifndef RAP_EXPR_VALUE_H
#define RAP_EXPR_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The values of expressions.  What is read from a record and only handed on
 * stays EXPR_JSON, a node of the record's index, and is written byte for byte;
 * expr_force makes of it what it is.  Values own nothing: what they point to
 * is in the arena of the evaluation, the record or the expression.  A host's
 * function may give any part of a document of its own as {.type = EXPR_JSON,
 * .n = node, .u.doc = doc}.
 */
struct arena;
struct buf;
struct err;
struct json_doc;

enum expr_type {
	EXPR_NULL,
	EXPR_BOOL,
	EXPR_INT,
	EXPR_UINT,
	EXPR_DOUBLE,
	EXPR_STRING,	 /* UTF-8 at u.p, n bytes */
	EXPR_BYTES_TYPE, /* as a string, any bytes */
	EXPR_LIST,
	EXPR_MAP,
	EXPR_TIMESTAMP, /* u.i seconds since 1970, n nanoseconds */
	EXPR_DURATION,	/* u.i nanoseconds */
	EXPR_TYPE,	/* a type itself; its name at u.p, n bytes */
	EXPR_OPTIONAL,	/* u.opt, NULL for none */
	EXPR_BIGINT,	/* an integer past int64: its text at u.p, n bytes */
	EXPR_JSON,	/* not looked at yet: node n of u.doc; see expr_force */
	EXPR_ERROR	/* never leaves this module */
};

struct expr_value {
	uint8_t type; /* enum expr_type */
	uint8_t form; /* list, map, error: for the module alone */
	uint16_t spare;
	uint32_t n;
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double d;
		const char *p;
		const struct json_doc *doc;
		const struct expr_list *list;
		const struct expr_map *map;
		const struct expr_value *opt;
	} u;
};

/* The value behind EXPR_JSON; others stay.  Strings with escapes go to the
 * arena.  ERR_DATA [expr.range] when a number is past double. */
int expr_force(struct expr_value *v, struct arena *a, struct err *e);
/* "int", "google.protobuf.Timestamp"..., of a forced or lazy value. */
const char *expr_type_name(const struct expr_value *v);

/* Elements of a list, entries of a map.  Linear in those of the record. */
size_t expr_count(const struct expr_value *v);

/*
 * Walk a list, or a map in its order; what comes out may be EXPR_JSON.
 *
 *	struct expr_walk w = expr_walk(&v);
 *	while (expr_next(&w, &key, &value)) ...
 *
 * For a list `value` is NULL and `key` the element.
 */
struct expr_walk {
	const struct expr_value *of;
	uint32_t at; /* index, or node */
};

struct expr_walk expr_walk(const struct expr_value *v);
bool expr_next(struct expr_walk *w, struct expr_value *key,
    struct expr_value *value);

/*
 * Append v as JSON.  A part of the record is copied byte for byte; timestamp
 * and duration become strings, bytes base64, keys text.  ERR_DATA
 * [expr.result] for NaN, infinities, types, an empty optional.
 */
int expr_put_json(struct buf *out, const struct expr_value *v,
    struct err *e);

#endif
