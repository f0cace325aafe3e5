#ifndef RAP_SCHEMA_SCHEMA_PRIV_H
#define RAP_SCHEMA_SCHEMA_PRIV_H

#include "base/arena.h"
#include "re/re.h"
#include "schema/rules_priv.h"
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
		const struct num_divisor *divisor;
		const struct re *re;
		const struct value_set *set;
		const struct units *units;
		const struct branch *branch;
		const struct array_rules *array;
		const struct object_rules *object;
		const struct dependents *dependents;
	};
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

/* By length, then bytes: the order of sorted names and values. */
int schema_order(struct str a, struct str b);

#endif
