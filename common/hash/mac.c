#include "hash/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/mem.h"

/* The context keeps the key: each message starts from its state. */
struct hash_mac {
	EVP_MAC *mac;
	EVP_MAC_CTX *ctx;
};

struct hash_mac *
hash_mac_new(const void *key, size_t len)
{
	struct hash_mac *m = mem_alloc(sizeof *m);
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
	    OSSL_PARAM_construct_end()};

	m->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	m->ctx = m->mac != NULL ? EVP_MAC_CTX_new(m->mac) : NULL;
	if (m->ctx == NULL ||
	    EVP_MAC_init(m->ctx, key, len, params) != 1)
		mem_die();
	return m;
}

void
hash_mac_free(struct hash_mac *m)
{
	if (m == NULL)
		return;
	EVP_MAC_CTX_free(m->ctx);
	EVP_MAC_free(m->mac);
	mem_free(m);
}

void
hash_mac(struct hash_mac *m, const void *p, size_t n, uint8_t out[HASH_LEN])
{
	size_t len;

	/* As with digests, only memory can be missing. */
	if (EVP_MAC_init(m->ctx, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(m->ctx, p, n) != 1 ||
	    EVP_MAC_final(m->ctx, out, &len, HASH_LEN) != 1)
		mem_die();
}
