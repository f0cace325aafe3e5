#ifndef RAP_HASH_UUID_H
#define RAP_HASH_UUID_H

#include <stddef.h>
#include <stdint.h>

enum { UUID_BYTES = 16, UUID_LEN = 36 };

/* The text of a UUID (RFC 9562): lower case and a NUL, UUID_LEN + 1 bytes. */
void uuid_text(char *dst, const uint8_t u[UUID_BYTES]);

/*
 * The name-based UUID, version 5 (RFC 9562 section 5.5), of p[0..n) in the
 * namespace `ns`, a UUID's text of ns_len bytes.  Lower case and a NUL:
 * UUID_LEN + 1 bytes at dst.  0, or -1 when ns is no UUID.
 */
int uuid5(char *dst, const char *ns, size_t ns_len, const void *p, size_t n);

#endif
