#include "hash/hash.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/mem.h"

/* A message this short is hashed from a copy: one call into libcrypto costs
 * more than moving it behind its prefix. */
enum { SHORT = 2048 };

struct hash {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
	uint8_t near[1 + SHORT];
};

struct hash *
hash_new(void)
{
	struct hash *h = mem_alloc(sizeof *h);

	h->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	h->ctx = EVP_MD_CTX_new();
	if (h->md == NULL || h->ctx == NULL)
		mem_die();
	hash_begin(h);
	return h;
}

void
hash_free(struct hash *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->md);
	mem_free(h);
}

/* With a fetched digest and a context that has its state these cannot fail
 * but for want of memory. */
void
hash_begin(struct hash *h)
{
	if (EVP_DigestInit_ex2(h->ctx, h->md, NULL) != 1)
		mem_die();
}

void
hash_add(struct hash *h, const void *p, size_t n)
{
	if (n != 0 && EVP_DigestUpdate(h->ctx, p, n) != 1)
		mem_die();
}

void
hash_end(struct hash *h, uint8_t out[HASH_LEN])
{
	if (EVP_DigestFinal_ex(h->ctx, out, NULL) != 1)
		mem_die();
}

void
hash_peek(const struct hash *h, uint8_t out[HASH_LEN])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();

	if (copy == NULL || EVP_MD_CTX_copy_ex(copy, h->ctx) != 1 ||
	    EVP_DigestFinal_ex(copy, out, NULL) != 1)
		mem_die();
	EVP_MD_CTX_free(copy);
}

void
hash_bytes(struct hash *h, const void *p, size_t n, uint8_t out[HASH_LEN])
{
	hash_begin(h);
	hash_add(h, p, n);
	hash_end(h, out);
}

void
hash_prefixed(struct hash *h, uint8_t prefix, const void *p, size_t n,
    uint8_t out[HASH_LEN])
{
	hash_begin(h);
	h->near[0] = prefix;
	if (n <= SHORT) {
		if (n != 0)
			memcpy(h->near + 1, p, n);
		hash_add(h, h->near, n + 1);
	} else {
		hash_add(h, h->near, 1);
		hash_add(h, p, n);
	}
	hash_end(h, out);
}

void
hash_hex(char *dst, const uint8_t digest[HASH_LEN])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < HASH_LEN; i++) {
		*dst++ = digits[digest[i] >> 4];
		*dst++ = digits[digest[i] & 15];
	}
	*dst = '\0';
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
hash_unhex(uint8_t digest[HASH_LEN], const char *text, size_t len)
{
	if (len != HASH_HEX)
		return -1;
	for (size_t i = 0; i < HASH_LEN; i++) {
		int hi = nibble(text[2 * i]), lo = nibble(text[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		digest[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

void
hash_base64(char *dst, const uint8_t digest[HASH_LEN])
{
	EVP_EncodeBlock((unsigned char *)dst, digest, HASH_LEN);
}
