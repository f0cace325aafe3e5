#ifndef RAP_MAP_PARTS_H
#define RAP_MAP_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/str.h"
#include "json/path.h"
#include "unit/unit.h"

/*
 * The parts of a mapping, in the order of rap-map(5): where a value is found,
 * lookups, conditions, fields, what is left out, explode.
 */

enum base {
	BASE_ITEM,  /* below the element, or the record when none explodes */
	BASE_LINE,  /* below the record: what is carried */
	BASE_INDEX, /* the position of the element */
	BASE_NONE   /* can never be there */
};

struct source {
	const struct json_path *path; /* from the base */
	struct str text;	      /* as the mapping has it */
	struct str first; /* its first name; top: there is no other */
	bool top;
	enum base base;
	uint32_t hint; /* index of the worker's hint */
};

/* Rows of a file by the text of their key: row i is node rows[i]. */
struct table_file {
	struct buf text; /* a JSON array of rows */
	struct json_doc doc;
	struct map index;
	uint32_t *rows;
};

/* A table: of a file, or rows inside the record. */
struct lookup {
	struct str name;
	struct table_file *table; /* or NULL */
	struct source *from; /* arrays of rows, or objects that are a row */
	size_t nfrom;
	struct source key; /* below a row */
};

enum { NO_EXPR = UINT32_MAX };

struct cond {
	struct source src;
	uint32_t expr; /* or NO_EXPR */
	struct map set; /* canonical texts */
	bool has_set, negate, present;
};

enum origin { FROM_PATH, FROM_LOOKUP, FROM_LITERAL, FROM_EXPR };
/* ORDER field.c */
enum cast {
	CAST_NONE,
	CAST_INTEGER,
	CAST_NUMBER,
	CAST_STRING,
	CAST_BOOLEAN,
	CAST_TIMESTAMP,
	CAST_DATE,
	CAST_DURATION,
	CAST_DECIMAL
};
enum rounding { ROUND_NONE, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_DOWN };
/* How a duration is spelled. */
enum span { SPAN_TEXT, SPAN_S, SPAN_MS, SPAN_US, SPAN_NS, SPAN_CLOCK };
enum letters { CASE_KEEP, CASE_UPPER, CASE_LOWER };
enum on_error { ON_REJECT, ON_NULL, ON_DEFAULT, ON_KEEP, ON_FAIL };
enum table_else { ELSE_ERROR, ELSE_KEEP, ELSE_MISSING, ELSE_VALUE };

/* type:, and what it needs. */
struct caster {
	enum cast kind;
	unsigned places; /* of decimal */
	enum rounding rounding;
	uint32_t expr; /* of timestamp and date, over the variable v */
	bool as_number; /* the result is a count of seconds or parts of it */
	bool same; /* ... which must be spelled as it was */
	bool keep; /* the spelling stays */
	enum span from, to; /* of duration */
};

struct field {
	struct str to;	    /* as the mapping has it */
	struct str label;   /* "name": as it is written */
	const struct json_path *path; /* of to */
	struct source *src; /* from, concat, or by; nsrc of them */
	size_t nsrc;
	struct source *take; /* below the row of a lookup; ntake of them */
	size_t ntake;
	size_t lookup;
	uint32_t expr;
	struct str sep;
	struct str literal;   /* value: */
	struct str if_missing; /* default:, or empty */
	struct str if_null;   /* default_null:, or empty */
	struct map values;    /* texts -> results */
	struct str *results;
	struct str else_value;
	enum origin origin;
	enum table_else table_else;
	enum on_error on_error;
	struct caster cast;
	bool has_unit;
	struct unit_conv unit;
	struct source *unit_from; /* where the record has the code, or NULL */
	struct str unit_code, unit_to; /* of the value before, after */
	enum letters letters;
	bool concat, has_values, required, miss_is_error;
	bool plain;    /* copied as it is: one path and nothing else */
	bool counted;  /* where it was, and a step may count an array */
	bool in_place; /* keeps the place of the member it comes from */
	bool moved;    /* in place and plain: taken when the member is met */
	bool takes;    /* of an object that stays: the member it writes to */
};

/* Members of one object that are left out of what is kept. */
struct drop {
	struct source parent;
	struct str *names;
	uint32_t *hints; /* of the paths, for each name */
	size_t n;
};

struct carried {
	struct str name, label;
	struct source src;
};

struct explode {
	bool on, keep_empty;
	struct source path;
	struct carried *carry;
	size_t ncarry;
	struct str index, index_label; /* or empty */
	struct str as, as_label;       /* or empty */
};

#endif
