#ifndef RAP_HASH_HASH_PRIV_H
#define RAP_HASH_HASH_PRIV_H

/*
 * libcrypto's SHA256_* rather than EVP: OpenSSL 3 calls them deprecated, but
 * a record of 200 bytes and its node in the tree cost 30 ns less each, and no
 * provider has to be loaded when a program starts.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shared by the files of this folder only. */

/* A message this short is hashed from a copy behind its prefix: one update
 * costs less than two. */
enum { HASH_SHORT = 2048, HASH_BLOCK = 64 };

struct hash {
	SHA256_CTX ctx;
	uint8_t near[1 + HASH_SHORT];
};

/*
 * Compressions (FIPS 180-4, 6.2.2) of whole blocks.  A state is eight words in
 * the order the instructions have them, which is FEBAHGDC.
 */
struct hash_kernel {
	bool (*supported)(void);
	/* The next `blocks` blocks of one message. */
	void (*one)(uint32_t s[8], const uint8_t *p, size_t blocks);
	/* Of two. */
	void (*two)(uint32_t s[8], const uint8_t *p, uint32_t t[8],
	    const uint8_t *q, size_t blocks);
};

extern const struct hash_kernel hash_kernel_sha;

#endif
