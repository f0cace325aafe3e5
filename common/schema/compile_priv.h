#ifndef RAP_SCHEMA_COMPILE_PRIV_H
#define RAP_SCHEMA_COMPILE_PRIV_H

#include "base/buf.h"
#include "base/map.h"
#include "schema/schema_priv.h"

/*
 * Compiling, in the order of the files: load.c finds every schema of the
 * document and numbers it, keyword.c knows the words, apply.c and words.c turn
 * each into instructions, compile.c drives them and ties the ends.
 */
enum draft {
	DRAFT_06 = 1,
	DRAFT_07 = 2,
	DRAFT_2019 = 4,
	DRAFT_2020 = 8,
	DRAFT_OLD = DRAFT_06 | DRAFT_07, /* $ref hides what is beside it */
	DRAFT_NEW = DRAFT_2019 | DRAFT_2020,
	DRAFT_LISTS = DRAFT_OLD | DRAFT_2019, /* items may be a list */
	DRAFT_ALL = DRAFT_OLD | DRAFT_NEW
};

/* Where a keyword's value holds schemas. */
enum shape {
	HOLDS_NONE,
	HOLDS_SCHEMA,
	HOLDS_LIST,
	HOLDS_MAP,
	HOLDS_ITEMS, /* a schema or a list of them */
	HOLDS_NEEDS  /* a map of schemas and lists of names */
};

struct build;

struct keyword {
	const char *name;
	uint8_t drafts;
	uint8_t shape;
	/* NULL: says nothing about validity, or is read by load.c */
	int (*compile)(struct build *b, uint32_t value);
};

struct compiler {
	struct schema *s;
	const struct json_doc *doc;
	struct err *e;
	unsigned draft;	     /* enum draft; 0: not known yet */
	uint32_t *at;	     /* document node: its unit + 1, or 0 */
	uint32_t *node;	     /* unit: its document node */
	uint32_t *resource;  /* unit: number of its $id resource */
	uint32_t n, cap, resource_cap;
	uint32_t seen;	     /* units whose keywords load.c has walked */
	struct str *base;    /* resource: its URI without fragment */
	uint32_t nbases, bases_cap;
	struct map places;   /* "uri#anchor" */
	uint32_t *place;     /* document node of each */
	uint32_t places_cap;
	uint32_t *edge;	     /* units applied to the same instance */
	uint32_t nedges, edges_cap;
	uint32_t *edge_at;   /* unit: its first edge; one more at the end */
	struct op *op;	     /* of the unit being built */
	uint32_t nop, ops_cap;
};

/* One unit being built. */
struct build {
	struct compiler *c;
	uint32_t unit;
	struct object_rules *object; /* NULL until a keyword wants it */
	struct array_rules *array;
	uint32_t properties, required; /* values, or JSON_NONE */
	uint32_t items, additional_items;
	struct branch *branch;
	uint32_t if_node;
};

/* Make room for element n; returns the array. */
void *schema_grow(void *p, uint32_t *cap, uint32_t n, size_t size);

/* ERR_CONFIG about a node of the schema: position and path.  Returns -1. */
int schema_err(struct compiler *c, uint32_t node, const char *id,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* load.c: number every schema at and below root. */
int schema_load(struct compiler *c, uint32_t root);
/* The unit that $ref `value` in `unit` leads to; may number new ones. */
int schema_refer(struct compiler *c, uint32_t unit, uint32_t value,
    uint32_t *target);

/*
 * keyword.c: the row of a name, or NULL: then *annotation says whether it is
 * one; if not, the error was set.
 */
const struct keyword *schema_keyword(struct compiler *c, uint32_t name,
    bool *annotation);
/* The same without an opinion on other names. */
const struct keyword *schema_keyword_find(const struct compiler *c,
    uint32_t name);

/* compile.c, for the keyword functions.  An op is valid until the next. */
struct op *schema_op(struct build *b, enum unit_group g, enum op_code code,
    uint32_t value);
/* The unit of a subschema; in_place when it sees the same instance. */
uint32_t schema_sub(struct build *b, uint32_t value, bool in_place);
struct object_rules *schema_build_object(struct build *b);
struct array_rules *schema_build_array(struct build *b);
/* Compile the pattern in a string node; NULL: error. */
const struct re *schema_re(struct build *b, uint32_t value);

/* words.c: what looks at a value */
int schema_word_type(struct build *b, uint32_t value);
int schema_word_enum(struct build *b, uint32_t value);
int schema_word_const(struct build *b, uint32_t value);
int schema_word_bound(struct build *b, uint32_t value);
int schema_word_multiple(struct build *b, uint32_t value);
int schema_word_count(struct build *b, uint32_t value);
int schema_word_pattern(struct build *b, uint32_t value);
int schema_word_unique(struct build *b, uint32_t value);
int schema_word_required(struct build *b, uint32_t value);
int schema_word_refused(struct build *b, uint32_t value);

/* apply.c: what holds schemas */
int schema_word_ref(struct build *b, uint32_t value);
int schema_word_all(struct build *b, uint32_t value);
int schema_word_any(struct build *b, uint32_t value);
int schema_word_one(struct build *b, uint32_t value);
int schema_word_not(struct build *b, uint32_t value);
int schema_word_if(struct build *b, uint32_t value);
int schema_word_then(struct build *b, uint32_t value);
int schema_word_else(struct build *b, uint32_t value);
int schema_word_properties(struct build *b, uint32_t value);
int schema_word_patterns(struct build *b, uint32_t value);
int schema_word_additional(struct build *b, uint32_t value);
int schema_word_names(struct build *b, uint32_t value);
int schema_word_prefix(struct build *b, uint32_t value);
int schema_word_items(struct build *b, uint32_t value);
int schema_word_additional_items(struct build *b, uint32_t value);
int schema_word_contains(struct build *b, uint32_t value);
int schema_word_needs(struct build *b, uint32_t value);
/* Once all keywords of a unit are read. */
void schema_finish_object(struct build *b);
void schema_finish_array(struct build *b);
void schema_finish_branch(struct build *b);

#endif
