#include "hash/hash.h"

#include <stdint.h>
#include <string.h>

#include "test.h"

static char hex[HASH_HEX + 1];

static const char *
hex_of(const uint8_t digest[HASH_LEN])
{
	hash_hex(hex, digest);
	return hex;
}

#define HEX(digest) ((struct text){hex_of(digest), HASH_HEX})

struct text {
	const char *p;
	size_t len;
};

/* FIPS 180-4 examples (NIST, "SHA256.pdf" and the million of 'a'). */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define MILLION                                                                \
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void
vectors(struct hash *h)
{
	uint8_t d[HASH_LEN];
	char a[1000];

	hash_bytes(h, "", 0, d);
	TEST_STR(HEX(d), EMPTY);
	hash_bytes(h, "abc", 3, d);
	TEST_STR(HEX(d), ABC);
	memset(a, 'a', sizeof a);
	hash_begin(h);
	for (int i = 0; i < 1000; i++)
		hash_add(h, a, sizeof a);
	hash_end(h, d);
	TEST_STR(HEX(d), MILLION);
}

/* The pieces, the peeks in between and the prefix do not change the digest. */
static void
pieces(struct hash *h)
{
	uint8_t one[HASH_LEN], two[HASH_LEN];
	char text[5000];

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(i * 7);
	for (size_t n = 1; n < sizeof text; n += 311) {
		hash_bytes(h, text, n, one);
		hash_prefixed(h, (uint8_t)text[0], text + 1, n - 1, two);
		TEST(memcmp(one, two, sizeof one) == 0);
		hash_begin(h);
		hash_add(h, text, n / 3);
		hash_peek(h, two);
		TEST(memcmp(one, two, sizeof one) != 0);
		hash_add(h, text + n / 3, n - n / 3);
		hash_peek(h, two);
		TEST(memcmp(one, two, sizeof one) == 0);
		hash_end(h, two);
		TEST(memcmp(one, two, sizeof one) == 0);
	}
}

static void
hexes(void)
{
	uint8_t d[HASH_LEN], back[HASH_LEN];
	char bad[HASH_HEX + 1], b64[HASH_BASE64 + 1];

	for (int i = 0; i < HASH_LEN; i++)
		d[i] = (uint8_t)(i * 9);
	hex_of(d);
	TEST(hash_unhex(back, hex, HASH_HEX) == 0);
	TEST(memcmp(d, back, sizeof d) == 0);
	TEST(hash_unhex(back, hex, HASH_HEX - 1) == -1);
	memcpy(bad, hex, sizeof bad);
	bad[9] = 'A';
	TEST(hash_unhex(back, bad, HASH_HEX) == -1);
	hash_base64(b64, d);
	TEST(strcmp(b64, "AAkSGyQtNj9IUVpjbHV+h5CZoqu0vcbP2OHq8/wFDhc=") == 0);
	bad[9] = 'g';
	TEST(hash_unhex(back, bad, HASH_HEX) == -1);
}

int
main(void)
{
	struct hash *h = hash_new();

	vectors(h);
	pieces(h);
	hexes();
	hash_free(h);
	hash_free(NULL);
	return test_done();
}
