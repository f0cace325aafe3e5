#ifndef RAP_SCHEMA_SCHEMA_PRIV_H
#define RAP_SCHEMA_SCHEMA_PRIV_H

#include "base/arena.h"
#include "base/buf.h"
#include "re/re.h"
#include "schema/schema.h"

/*
 * The compiled form.  A schema object is a unit: the types it allows, and
 * instructions sorted by the type of value they look at.  Units refer to each
 * other by number, so that recursion is no special case.
 */
#define UNIT_NONE UINT32_MAX
#define COUNT_ANY UINT64_MAX /* a count without a limit */

enum unit_kind { UNIT_RULES, UNIT_TRUE, UNIT_FALSE };
enum unit_group { ON_ANY, ON_NUMBER, ON_STRING, ON_ARRAY, ON_OBJECT, ON_N };

struct unit {
	uint8_t kind;
	uint8_t types;	 /* bit n: enum json_type n is allowed */
	bool integer;	 /* numbers only when integer in value */
	uint32_t node;	 /* of the schema */
	uint32_t type_node;
	uint32_t jump;	 /* where a chain of lone $ref ends; else itself */
	uint32_t op[ON_N + 1]; /* op[g] to op[g + 1] - 1: those of group g */
};

enum op_code {
	OP_ENUM,
	OP_REF,
	OP_ALL,
	OP_ANY,
	OP_ONE,
	OP_NOT,
	OP_IF,
	OP_MINIMUM,
	OP_MAXIMUM,
	OP_EXCLUSIVE_MINIMUM,
	OP_EXCLUSIVE_MAXIMUM,
	OP_MULTIPLE,
	OP_MIN_LENGTH,
	OP_MAX_LENGTH,
	OP_PATTERN,
	OP_ARRAY,
	OP_UNIQUE,
	OP_OBJECT,
	OP_DEPENDENT
};

/* Schemas of allOf, anyOf, oneOf, prefixItems. */
struct units {
	uint32_t n;
	uint32_t unit[];
};

/* Canonical texts of enum or const, sorted by length and bytes. */
struct value_set {
	uint32_t n;
	struct str text[];
};

/* coef * 10^exp, coef > 0. */
struct multiple {
	uint64_t coef;
	int64_t exp;
};

struct branch {
	uint32_t cond, yes, no;	/* units; yes and no may be UNIT_NONE */
	uint32_t yes_node, no_node;
};

struct op {
	uint8_t code;
	uint8_t group; /* enum unit_group */
	bool small;    /* a bound that fits `integer` */
	uint32_t node; /* the keyword's value in the schema */
	union {
		struct {
			struct str text;
			int64_t integer;
		} bound;
		uint64_t count;
		uint32_t unit;
		const struct multiple *multiple;
		const struct re *re;
		const struct value_set *set;
		const struct units *units;
		const struct branch *branch;
		const struct array_rules *array;
		const struct object_rules *object;
		const struct dependents *dependents;
	};
};

struct array_rules {
	const struct units *prefix; /* or NULL */
	uint32_t prefix_node;
	uint32_t items, items_node; /* the rest of the elements */
	uint64_t min, max;
	uint32_t min_node, max_node;
	uint32_t contains, contains_node;
	uint64_t min_contains, max_contains;
	uint32_t min_contains_node, max_contains_node;
};

struct property {
	struct str name;
	uint32_t unit; /* UNIT_NONE: only required */
	bool required;
};

struct name_pattern {
	const struct re *re;
	uint32_t unit;
	struct str text;
};

struct object_rules {
	struct property *props; /* in schema order, then required ones */
	uint32_t nprops, nrequired;
	uint32_t *sorted; /* numbers of props by length and bytes */
	uint32_t hints;	  /* first of nprops + 1 in a run's guesses */
	uint32_t props_node, required_node;
	struct name_pattern *patterns;
	uint32_t npatterns, patterns_node;
	uint32_t additional, additional_node;
	uint32_t names, names_node;
	uint64_t min, max;
	uint32_t min_node, max_node;
};

struct dependent {
	struct str name;
	struct str *required; /* nrequired of them */
	uint32_t nrequired;
	uint32_t unit; /* or UNIT_NONE */
};

struct dependents {
	uint32_t n;
	struct dependent of[];
};

struct schema {
	const struct json_doc *doc;
	struct arena arena;
	struct unit *units;
	uint32_t nunits, units_cap;
	struct op *ops;
	uint32_t nops, ops_cap;
	struct re **res; /* owned */
	uint32_t nres, res_cap;
	uint32_t nhints;
	uint32_t root;
};

/* The state of one thread, and of one check in it. */
struct schema_run {
	const struct schema *s;
	uint32_t *guess; /* after property i - 1 (0: at first) came guess[i] */
	struct re_scratch *re;
	struct arena arena;	/* unescaped strings of the record */
	struct buf canon;	/* scratch */
	const struct json_doc *d;
	struct err *e;
	uint64_t work;		/* left */
	unsigned depth;
	/* Detail: the second run over a record that failed. */
	bool detail;
	struct buf path;	/* keyword location so far */
	struct arena texts;
	struct schema_error *errors;
	size_t max, n;
};

/* check.c: 1, 0, -1 as schema_check. */
int schema_eval(struct schema_run *r, uint32_t unit, uint32_t inst);
/* The verdict alone: adds no errors. */
int schema_test(struct schema_run *r, uint32_t unit, uint32_t inst);
/*
 * schema_eval through a keyword (its value's node) and a step below it: a name
 * when p is not NULL, an index when p is NULL and n is not SIZE_MAX.
 */
int schema_below(struct schema_run *r, uint32_t unit, uint32_t inst,
    uint32_t keyword, struct str step);
#define STEP_NONE ((struct str){NULL, SIZE_MAX})
#define STEP_INDEX(i) ((struct str){NULL, (i)})

/* object.c, array.c, value.c */
int schema_object(struct schema_run *r, const struct object_rules *o,
    uint32_t inst);
int schema_dependent(struct schema_run *r, const struct op *op,
    uint32_t inst);
int schema_array(struct schema_run *r, const struct array_rules *a,
    uint32_t inst);
int schema_unique(struct schema_run *r, const struct op *op, uint32_t inst);
int schema_number(struct schema_run *r, const struct op *op, uint32_t inst);
int schema_text(struct schema_run *r, const struct op *op, uint32_t inst);
int schema_enum(struct schema_run *r, const struct op *op, uint32_t inst);
/* The canonical text of an instance node; may use r->canon. */
struct str schema_canon(struct schema_run *r, uint32_t inst);
/* A string node of the instance, unescaped. */
struct str schema_string(struct schema_run *r, uint32_t inst);
bool schema_is_multiple(const struct multiple *m, struct str text);
/* 0, or -1 when it is not positive or has too many digits. */
int schema_multiple(struct str text, struct multiple *m);

/* report.c: note a violation (in a detail run).  Always returns 0. */
int schema_fail(struct schema_run *r, uint32_t keyword, uint32_t inst,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
enum { SHOWN_MAX = 60 };
/* At most max bytes (SHOWN_MAX in messages) of s, whole characters. */
struct str schema_cut(struct str s, size_t max);
/* No more errors are wanted. */
static inline bool
schema_stop(const struct schema_run *r)
{
	return !r->detail || r->n == r->max;
}

/* By length, then bytes. */
static inline int
schema_order(struct str a, struct str b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len == 0 ? 0 : memcmp(a.p, b.p, a.len);
}

#endif
