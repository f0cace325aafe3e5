#include "expr/lib_priv.h"
#include "hash/hash.h"
#include "hash/uuid.h"

/* Names for things: digests and name-based UUIDs. */

static struct expr_value
sha256(struct call *c)
{
	uint8_t digest[HASH_LEN];
	char *hex = run_alloc(c->run, HASH_HEX + 1);

	if (hex == NULL)
		return call_fail(c, FAIL_LIMIT, NULL);
	if (c->run->hash == NULL)
		c->run->hash = hash_new();
	hash_bytes(c->run->hash, c->arg[0].u.p, c->arg[0].n, digest);
	hash_hex(hex, digest);
	return value_string(hex, HASH_HEX);
}

static struct expr_value
make_uuid5(struct call *c)
{
	char *text = run_alloc(c->run, UUID_LEN + 1);

	if (text == NULL)
		return call_fail(c, FAIL_LIMIT, NULL);
	if (uuid5(text, c->arg[0].u.p, c->arg[0].n, c->arg[1].u.p,
	    c->arg[1].n) != 0)
		return call_fail(c, FAIL_VALUE,
		    "the namespace of uuid5() is not a UUID");
	return value_string(text, UUID_LEN);
}

static const struct builtin rows[] = {
	{"sha256", "string: string", sha256, false},
	{"sha256", "bytes: string", sha256, false},
	{"uuid5", "string, string: string", make_uuid5, false},
};

const struct lib expr_lib_hash = {rows, ARRAY_LEN(rows)};
