#ifndef RAP_JSON_PATH_H
#define RAP_JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "json/json.h"

/*
 * A place in a record, compiled once: JSON Pointer (RFC 6901) or dotted names.
 * Lookup remembers, per step, at which member the last record had it: in a
 * homogeneous stream each step is one comparison and no search.
 *
 * The path is read-only after compiling and may be shared by threads; each
 * thread owns a json_hint for it.
 */
struct err;

enum { JSON_PATH_STEPS = 32 };

struct json_step {
	struct str name;  /* unescaped */
	uint32_t index;	  /* as an array index, or JSON_NONE */
};

struct json_path {
	struct json_step steps[JSON_PATH_STEPS];
	size_t n;      /* 0: the whole record */
	struct str text; /* as JSON Pointer, for messages */
	char *mem;     /* owns the bytes */
};

/*
 * Distance in nodes from the object to the name found last; `{0}` to start,
 * and never that again once the step was found.
 */
struct json_hint {
	uint32_t at[JSON_PATH_STEPS];
};

/*
 * "" is the root, "/a/0/b" a pointer; anything else is dotted names: "a.b.c"
 * (a name with a dot needs the pointer form).  ERR_CONFIG [path.syntax],
 * [path.depth].
 */
int json_path_compile(struct json_path *p, struct str text, struct err *e);
void json_path_free(struct json_path *p);

/* The node at the path below node `from` (0: the root), or JSON_NONE. */
uint32_t json_path_find(const struct json_path *p, const struct json_doc *d,
    uint32_t from, struct json_hint *hint);

/* Was the path there, in some record? */
static inline bool
json_path_seen(const struct json_path *p, const struct json_hint *hint)
{
	return p->n == 0 || hint->at[p->n - 1] != 0;
}

#endif
