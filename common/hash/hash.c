#include "hash/hash.h"

#include <string.h>

#include "base/mem.h"
#include "hash/hash_priv.h"

/* None of these can fail (their int is always 1). */

struct hash *
hash_new(void)
{
	struct hash *h = mem_alloc(sizeof *h);

	hash_begin(h);
	return h;
}

void
hash_free(struct hash *h)
{
	mem_free(h);
}

void
hash_begin(struct hash *h)
{
	SHA256_Init(&h->ctx);
}

void
hash_add(struct hash *h, const void *p, size_t n)
{
	SHA256_Update(&h->ctx, p, n);
}

void
hash_end(struct hash *h, uint8_t out[HASH_LEN])
{
	SHA256_Final(out, &h->ctx);
}

void
hash_copy(struct hash *to, const struct hash *from)
{
	to->ctx = from->ctx;
}

void
hash_peek(const struct hash *h, uint8_t out[HASH_LEN])
{
	SHA256_CTX copy = h->ctx;

	SHA256_Final(out, &copy);
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
	if (n <= HASH_SHORT) {
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
