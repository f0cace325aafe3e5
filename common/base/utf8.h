#ifndef RAP_BASE_UTF8_H
#define RAP_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past
 * U+10FFFF.  No state; safe in any thread.
 */

/*
 * Decode the character at p (len bytes are there).  Returns its length, 1 to
 * 4, and the code point; 0 when the bytes are malformed or cut short.
 */
size_t utf8_decode(const char *p, size_t len, uint32_t *c);

/* Write c (a scalar value) to dst, room for 4 bytes.  Returns the length. */
size_t utf8_encode(char *dst, uint32_t c);

/* Offset of the first byte that is not part of a whole character, or len. */
size_t utf8_valid(const char *p, size_t len);

#endif
