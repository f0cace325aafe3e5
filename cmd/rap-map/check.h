#ifndef RAP_MAP_CHECK_H
#define RAP_MAP_CHECK_H

#include "base/err.h"
#include "conf/conf.h"
#include "mapping.h"

/*
 * --check: would the mapping make of records as one schema says records as
 * another says?  Types and names are followed through the fields; what explode
 * and the shapes make is unknown there.  Then records that the first schema
 * allows are made up (sample.h), mapped, and looked at with the second: what
 * is found has a record that shows it.  What cannot be settled is no finding.
 */

/* What a value may be: one bit for each. */
enum {
	MAY_NULL = 1,
	MAY_BOOL = 2,
	MAY_INT = 4,
	MAY_REAL = 8, /* a number that is no integer */
	MAY_STRING = 16,
	MAY_ARRAY = 32,
	MAY_OBJECT = 64,
	MAY_ALL = 127,
	MAY_NUMBER = MAY_INT | MAY_REAL
};

/* A schema and where in it we are; node JSON_NONE: nothing is known. */
struct view {
	const struct json_doc *doc;
	uint32_t node;
};

/* schema_view.c */

/* What the schema allows. */
unsigned view_types(struct view v);
/* Go to a member of an object, or an element: false when it cannot be there. */
bool view_member(struct view v, struct str name, struct view *out);
/* Must the member be there? */
bool view_requires(struct view v, struct str name);
/* Call fn for each name of properties, and of required. */
void view_names(struct view v, void (*fn)(void *arg, struct str name),
    void *arg);
/* Call fn for each name of properties and required, here, in allOf and in the
 * first of anyOf and oneOf; a name may come several times. */
void view_all_names(struct view v, void (*fn)(void *arg, struct str name),
    void *arg);
/* Call fn for each value of enum and const (closed: there are no others),
 * default, examples and the bounds of numbers, here and in the branches. */
void view_values(struct view v, void (*fn)(void *arg, struct str json,
    bool closed), void *arg);
/* Where elements are described: false when nowhere. */
bool view_items(struct view v, struct view *out);
/* May there be other names than those? */
bool view_open(struct view v);
/* "string or null" */
void view_put_types(unsigned types, struct buf *out);

/* What is known of the members of a record, between two steps. */
struct known_member {
	unsigned may;
	bool sure;	  /* it is always there */
	bool loose;	  /* a condition has looked at it: it may be less */
	struct view view; /* of what is inside */
};

struct record_type {
	struct map names;
	struct known_member *m;
	size_t cap;
	bool open; /* there may be others */
};

struct checker {
	struct prog *prog;
	const struct chain *chain;
	bool reconciled; /* before the mapping */
	struct map told; /* names and nodes that have a finding */
	const struct mapping *step;
	uint32_t fields; /* node of the step's list */
	struct record_type in, out;
	struct conf schema[2]; /* of the input, of the output */
	struct err last;       /* the finding that was not told yet */
	size_t found;
};

void check_found(struct checker *c, const struct err *e);
/* fmt takes the name and one more text. */
void check_say(struct checker *c, uint32_t node, const char *fmt,
    struct str name, const char *types);

/* The node of the field of the last step that writes the name, or of what
 * stands for it in messages. */
uint32_t check_place(const struct checker *c, struct str name);

/* check_field.c: is there never anything at the path? */
bool check_nothing(struct checker *c, const struct source *src);
/* The type of what a field, or an expression at node, gives. */
struct known_member check_field(struct checker *c, uint32_t node,
    const struct field *f);
struct known_member check_expr(struct checker *c, uint32_t node,
    uint32_t expr);

/* check_try.c: findings with a record that shows them. */
void check_try(struct checker *c, bool in_known, bool out_known);

struct check_ends {
	const char *in, *out; /* names of schemas, or NULL */
	bool reconciled;      /* names may change before the mapping */
};

/*
 * Check the chain between its ends.  Findings are diagnostics, the last of
 * them in e.  ERR_CONFIG [map.check, expr.*].
 */
int check_run(struct prog *p, const struct chain *c,
    const struct check_ends *ends, struct err *e);

#endif
