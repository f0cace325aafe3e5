#ifndef RAP_SCHEMA_RULES_PRIV_H
#define RAP_SCHEMA_RULES_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * What the larger instructions point to.  Units are numbers (schema_priv.h);
 * a `_node` is the value of the keyword of that name in the schema document.
 */
struct re;

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

struct branch {
	uint32_t cond, yes, no;	/* units; yes and no may be UNIT_NONE */
	uint32_t yes_node, no_node;
};

/* minItems and maxItems, minProperties and maxProperties. */
struct size_rules {
	uint64_t min, max;
	uint32_t min_node, max_node;
};

struct array_rules {
	const struct units *prefix; /* or NULL */
	uint32_t prefix_node;
	uint32_t items, items_node; /* the rest of the elements */
	struct size_rules size;
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
	struct size_rules size;
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

#endif
