#ifndef RAP_JSON_JSON_PRIV_H
#define RAP_JSON_JSON_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include "json/json.h"

/* Shared by the files of this folder only. */
struct err;

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

/* A byte that tells most names apart; n bytes at p, without escapes. */
static inline uint8_t
json_name_hash(const char *p, size_t n)
{
	/* First, middle and last byte and the length: names of one object
	 * differ in one of them nearly always. */
	unsigned h = (unsigned)n * 0x1f;

	if (n != 0)
		h += (unsigned char)p[0] * 0x2fu +
		    (unsigned char)p[n / 2] * 0x65u +
		    (unsigned char)p[n - 1] * 0x0bu;
	return (uint8_t)(h ^ h >> 8);
}

#endif
