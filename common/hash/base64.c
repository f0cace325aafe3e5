#include "hash/base64.h"

#include <openssl/evp.h>

#include "base/buf.h"
#include "hash/hash.h"

enum { STEP = 3 << 20 }; /* bytes a call, a multiple of three: no padding
			    in the middle, lengths that fit an int */

void
base64_put(struct buf *out, const void *p, size_t n)
{
	const unsigned char *at = p;

	while (n > 0) {
		size_t part = n < STEP ? n : STEP;
		int len;

		/* EVP_EncodeBlock ends with a NUL. */
		if (!buf_need(out, (part + 2) / 3 * 4 + 1))
			return;
		len = EVP_EncodeBlock((unsigned char *)out->p + out->len, at,
		    (int)part);
		out->len += (size_t)len;
		at += part;
		n -= part;
	}
}

void
hash_base64(char *dst, const uint8_t digest[HASH_LEN])
{
	EVP_EncodeBlock((unsigned char *)dst, digest, HASH_LEN);
}
