#ifndef RAP_SCHEMA_URI_H
#define RAP_SCHEMA_URI_H

#include <stdbool.h>

#include "base/str.h"

/*
 * What $id and $ref need of RFC 3986: names are resolved and compared, and
 * nothing is ever fetched.  No state.
 */
struct buf;

/* Append ref resolved against base (5.2), both without fragment.  An empty
 * base is allowed and gives ref. */
void schema_uri_resolve(struct str base, struct str ref, struct buf *out);

/* Append s with %XX decoded; a % that is no escape stays. */
void schema_uri_decode(struct str s, struct buf *out);

/* Cut s before '#': true, and what follows; false when there is none. */
bool schema_uri_cut(struct str *s, struct str *fragment);

#endif
