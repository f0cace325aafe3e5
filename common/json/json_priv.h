#ifndef RAP_JSON_JSON_PRIV_H
#define RAP_JSON_JSON_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include "json/json.h"

/* Shared by the files of this folder only. */
struct err;

/* Twice the room for nodes, for open containers. */
void json_more_nodes(struct json_doc *d);
void json_more_depth(struct json_doc *d);

/* Four hex digits at p: their value, or -1. */
static inline int32_t
json_hex4(const char *p)
{
	int32_t v = 0;

	for (int i = 0; i < 4; i++) {
		int digit = str_hex(p[i]);

		if (digit < 0)
			return -1;
		v = v << 4 | digit;
	}
	return v;
}

/*
 * Decode the string content at *p (between quotes, already validated) one
 * step: 1 to 4 bytes of UTF-8 to out; *p moves on.  Returns the count.
 */
size_t json_unescape(const char **p, char out[4]);

/* Order of two names by their unescaped bytes. */
int json_name_cmp(const struct json_doc *d, uint32_t a, uint32_t b);

/*
 * Are the names of object node obj all different (after unescaping)?  0, or
 * -1 with ERR_DATA [json.dupkey] at the second of the two.
 */
int json_check_names(struct json_doc *d, uint32_t obj, struct err *e);

/*
 * A byte that tells most names apart: n bytes at p, without escapes, between
 * quotes (so that p[-1] and p[0] are there for an empty name too).  First,
 * middle and last byte and the length: names of one object nearly always
 * differ in one of them.
 */
static inline uint8_t
json_name_hash(const char *p, size_t n)
{
	return (uint8_t)((unsigned char)p[0] +
	    (unsigned)(unsigned char)p[n / 2] * 5 +
	    (unsigned)(unsigned char)p[(ptrdiff_t)n - 1] * 25 +
	    (unsigned)n * 3);
}

#endif
