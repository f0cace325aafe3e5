#include "hash/uuid.h"

#include <openssl/evp.h>

#include "base/mem.h"
#include "base/str.h"

enum { SHA1_BYTES = 20 };

void
uuid_text(char *dst, const uint8_t u[UUID_BYTES])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < UUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*dst++ = '-';
		*dst++ = digits[u[i] >> 4];
		*dst++ = digits[u[i] & 15];
	}
	*dst = '\0';
}

static int
parse(uint8_t out[UUID_BYTES], const char *s, size_t len)
{
	size_t n = 0;

	if (len != UUID_LEN)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s[i] != '-')
				return -1;
			continue;
		}
		if (str_hex(s[i]) < 0)
			return -1;
		out[n / 2] = (uint8_t)(out[n / 2] << 4 | str_hex(s[i]));
		n++;
	}
	return 0;
}

int
uuid5(char *dst, const char *ns, size_t ns_len, const void *p, size_t n)
{
	uint8_t space[UUID_BYTES] = {0}, md[SHA1_BYTES];
	EVP_MD_CTX *ctx;

	if (parse(space, ns, ns_len) != 0)
		return -1;
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) != 1 ||
	    EVP_DigestUpdate(ctx, space, sizeof space) != 1 ||
	    (n != 0 && EVP_DigestUpdate(ctx, p, n) != 1) ||
	    EVP_DigestFinal_ex(ctx, md, NULL) != 1)
		mem_die();
	EVP_MD_CTX_free(ctx);
	md[6] = (uint8_t)((md[6] & 0x0f) | 0x50);
	md[8] = (uint8_t)((md[8] & 0x3f) | 0x80);
	uuid_text(dst, md);
	return 0;
}
