#ifndef RAP_HASH_HASH_H
#define RAP_HASH_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256 (FIPS 180-4) from libcrypto.  A struct hash belongs to one thread.
 */
struct hash;

enum { HASH_LEN = 32, HASH_HEX = 64 };

struct hash *hash_new(void);
void hash_free(struct hash *h);

/* One message in one call. */
void hash_bytes(struct hash *h, const void *p, size_t n,
    uint8_t out[HASH_LEN]);
/* prefix || p[0..n): the domain separation of RFC 6962. */
void hash_prefixed(struct hash *h, uint8_t prefix, const void *p, size_t n,
    uint8_t out[HASH_LEN]);

/* A message in pieces; begin forgets the one before. */
void hash_begin(struct hash *h);
void hash_add(struct hash *h, const void *p, size_t n);
void hash_end(struct hash *h, uint8_t out[HASH_LEN]);
/* Make to what from is now. */
void hash_copy(struct hash *to, const struct hash *from);
/* The digest of what was added so far; the message can go on. */
void hash_peek(const struct hash *h, uint8_t out[HASH_LEN]);

/*
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1) under one key; of one thread.  The key
 * is copied and wiped at the end.
 */
struct hash_mac;

struct hash_mac *hash_mac_new(const void *key, size_t len);
void hash_mac_free(struct hash_mac *m);
void hash_mac(struct hash_mac *m, const void *p, size_t n,
    uint8_t out[HASH_LEN]);

/* Lower-case hex and a NUL; HASH_HEX + 1 bytes at dst. */
void hash_hex(char *dst, const uint8_t digest[HASH_LEN]);
/* The reverse: 0, or -1 unless text is 64 lower-case hex digits. */
int hash_unhex(uint8_t digest[HASH_LEN], const char *text, size_t len);

enum { HASH_BASE64 = 44 };
/* Standard base64 with padding (RFC 4648) and a NUL; HASH_BASE64 + 1 bytes. */
void hash_base64(char *dst, const uint8_t digest[HASH_LEN]);

#endif
