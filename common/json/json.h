#ifndef RAP_JSON_JSON_H
#define RAP_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * JSON as a lazy index (RFC 8259, strict).  json_parse checks one text whole,
 * once: UTF-8, escapes, surrogate pairs, numbers, names used twice (compared
 * after unescaping), depth.  What it leaves is a flat array of nodes over the
 * text; nothing is converted until it is asked for, and what is not touched
 * can be copied byte for byte.
 *
 * Nodes are in text order, root first.  An object holds name, value, name,
 * value...; a name is a JSON_STRING node.  The node after a subtree is its
 * `next`, so that members are walked with json_next and skipped in one step:
 *
 *	for (uint32_t k = obj + 1; k < d->nodes[obj].next;
 *	     k = d->nodes[k + 1].next)
 *		... name is node k, value is node k + 1 ...
 */
struct arena;
struct buf;
struct err;

enum json_type {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

enum json_flag {
	JSON_ESCAPED = 1, /* a string with at least one backslash */
	JSON_INTEGER = 2, /* a number without '.', 'e' or 'E' */
	JSON_NAME = 4,	  /* a string that names a member */
};

struct json_node {
	uint32_t off;  /* first byte of the value in the text */
	uint32_t len;  /* bytes; a string's include its quotes */
	uint32_t next; /* index of the node after this subtree */
	uint8_t type;  /* enum json_type */
	uint8_t flags; /* enum json_flag */
	uint8_t depth; /* of a name: open containers around it, modulo 256 */
	uint8_t hash;  /* of a name's bytes: unequal means different names */
};

struct json_doc {
	const char *text; /* borrowed from the caller of json_parse */
	size_t len;
	struct json_node *nodes;
	uint32_t n, cap;
	uint32_t *stack; /* of json_parse; kept for the next text */
	uint32_t stack_cap;
	uint32_t *order; /* scratch of the check for names used twice */
	uint32_t order_cap;
};

#define JSON_NONE UINT32_MAX /* "no such node" */

/* The limits of DESIGN: passing one is ERR_DATA. */
enum {
	JSON_DEPTH = 1024,
	JSON_TEXT_MAX = 1 << 30, /* bytes of one text; offsets are 32 bits */
	JSON_EXPONENT_DIGITS = 18
};

/*
 * Index one JSON value in text[0..len); blanks around it are fine.  text must
 * stay until the doc is parsed into again, and need not end in NUL.  `{0}` is
 * a valid doc; its memory is used again by the next parse.
 *
 * Fails with ERR_DATA, e->pos the offset of the first offending byte, and one
 * of: json.empty json.trunc json.ctrl json.utf8 json.escape json.surrogate
 * json.number json.numlimit json.depth json.dupkey json.trail json.bom
 * json.magic json.syntax json.toobig.
 */
int json_parse(struct json_doc *d, const char *text, size_t len,
    struct err *e);
void json_free(struct json_doc *d);

/* The bytes of a node, quotes included. */
static inline struct str
json_raw(const struct json_doc *d, uint32_t node)
{
	return (struct str){d->text + d->nodes[node].off, d->nodes[node].len};
}

static inline enum json_type
json_type(const struct json_doc *d, uint32_t node)
{
	return (enum json_type)d->nodes[node].type;
}

/* "null", "boolean", "number", "string", "array", "object" */
const char *json_type_name(enum json_type t);

/*
 * The text of a string node after unescaping.  Without escapes it points into
 * the text; otherwise into the arena.
 */
struct str json_string(const struct json_doc *d, uint32_t node,
    struct arena *a);

/* Is the string node, unescaped, equal to s?  No allocation. */
bool json_string_is(const struct json_doc *d, uint32_t node, struct str s);

/* The value of member name of object node obj, or JSON_NONE. */
uint32_t json_member(const struct json_doc *d, uint32_t obj, struct str name);

/* Element i of an array, or JSON_NONE.  Linear. */
uint32_t json_element(const struct json_doc *d, uint32_t arr, size_t i);

/* Members of an object or elements of an array.  Linear. */
size_t json_count(const struct json_doc *d, uint32_t node);

/* The JSON Pointer (RFC 6901) of a node, appended to out. */
void json_pointer_of(const struct json_doc *d, uint32_t node, struct buf *out);

/*
 * Exact value of an integer node that fits.  0, or -1 when it is no integer
 * or too large (no error is set).  1.0 and 1e2 are not integers here.
 */
int json_int64(const struct json_doc *d, uint32_t node, int64_t *v);

#endif
