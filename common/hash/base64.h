#ifndef RAP_HASH_BASE64_H
#define RAP_HASH_BASE64_H

#include <stddef.h>

struct buf;

/* Append the standard base64 of p[0..n), padded, without line ends (RFC 4648
 * section 4). */
void base64_put(struct buf *out, const void *p, size_t n);

#endif
