#include "hash/many.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "test.h"

/*
 * Against one message at a time by libcrypto (hash_prefixed, hash_add), whose
 * digests tests/unit/hash.c holds against those of NIST.
 */
enum { TEXTS = 10, ROOM = 1 << 17 };

struct list {
	const struct str *text;
	size_t n, at;
};

static bool
next(void *arg, struct str *text)
{
	struct list *l = arg;

	if (l->at == l->n)
		return false;
	*text = l->text[l->at++];
	return true;
}

static char *bytes; /* ROOM of them */

static void
fill(void)
{
	uint32_t x = 1;

	bytes = mem_alloc(ROOM);
	for (size_t i = 0; i < ROOM; i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (char)(x >> 24);
	}
}

/* n messages, and what goes on: each more[i] was begun with `before` bytes. */
static void
check(struct hash_many *m, const struct str *text, size_t n,
    const struct str *more, size_t nmore, size_t before)
{
	struct list list = {text, n, 0};
	struct buf out = {0};
	struct hash_texts t = {.prefix = (uint8_t)(n * 37), .next = next,
	    .arg = &list, .out = &out};
	struct hash *one = hash_new(), *h[2] = {hash_new(), hash_new()};
	struct hash_more on[2];
	uint8_t want[HASH_LEN], got[HASH_LEN];

	buf_puts(&out, "before");
	for (size_t i = 0; i < nmore; i++) {
		hash_add(h[i], bytes + i, before);
		on[i] = (struct hash_more){h[i], more[i]};
	}
	hash_many(m, n != 0 ? &t : NULL, on, nmore);
	TEST(out.len == 6 + n * HASH_LEN);
	TEST(memcmp(out.p, "before", 6) == 0);
	for (size_t i = 0; i < n; i++) {
		hash_prefixed(one, t.prefix, text[i].p, text[i].len, want);
		TEST(memcmp(out.p + 6 + i * HASH_LEN, want, HASH_LEN) == 0);
	}
	for (size_t i = 0; i < nmore; i++) {
		/* And once more: the message can go on. */
		hash_add(h[i], "tail", 4);
		hash_end(h[i], got);
		hash_begin(one);
		hash_add(one, bytes + i, before);
		hash_add(one, more[i].p, more[i].len);
		hash_add(one, "tail", 4);
		hash_end(one, want);
		TEST(memcmp(got, want, HASH_LEN) == 0);
		hash_free(h[i]);
	}
	for (size_t i = nmore; i < 2; i++)
		hash_free(h[i]);
	hash_free(one);
	buf_free(&out);
}

/* Each length, alone, with its like and with others, at each alignment. */
static void
lengths(struct hash_many *m)
{
	for (size_t len = 0; len <= 300; len++) {
		struct str text[3] = {{bytes + len % 67, len},
		    {bytes + 1 + len % 64, len},
		    {bytes + 2, (len * 7) % 300}};

		for (size_t n = 1; n <= 3; n++)
			check(m, text, n, NULL, 0, 0);
	}
	/* Around what is hashed from a copy. */
	for (size_t len = 900; len < 2200; len += len > 960 && len < 1160 ?
	    1 : 61) {
		struct str text[2] = {{bytes + 5, len}, {bytes, 2200 - len}};

		check(m, text, 2, NULL, 0, 0);
	}
}

/* A lane that ends takes the next message, whatever the lengths and counts. */
static void
handover(struct hash_many *m)
{
	uint32_t x = 7;

	for (size_t round = 0; round < 300; round++) {
		struct str text[TEXTS];

		for (size_t i = 0; i < TEXTS; i++) {
			x = x * 1664525 + 1013904223;
			/* Mostly short, some long, some empty. */
			text[i] = (struct str){bytes + (x >> 8) % 1000,
			    (x >> 20) % (round % 3 == 0 ? 4000 : 260)};
			if ((x >> 16) % 11 == 0)
				text[i] = (struct str){NULL, 0};
		}
		for (size_t n = 0; n < TEXTS; n++)
			check(m, text, n, NULL, 0, 0);
	}
}

/* One or two messages go on, from any place inside a block, beside none to
 * nine others. */
static void
beside(struct hash_many *m)
{
	static const size_t length[] = {0, 1, 40, 63, 64, 65, 127, 128, 700,
	    5000, 100000};
	struct str text[TEXTS];

	for (size_t i = 0; i < TEXTS; i++)
		text[i] = (struct str){bytes + i, 100 + 50 * i};
	for (size_t i = 0; i < ARRAY_LEN(length); i++) {
		for (size_t before = 0; before < 130; before += 13) {
			struct str more[2] = {{bytes + 3, length[i]},
			    {bytes + 9, length[(i * 5 + before) %
				    ARRAY_LEN(length)]}};

			for (size_t n = 0; n < TEXTS; n++) {
				check(m, text, n, more, 1, before);
				check(m, text, n, more, 2, before);
			}
		}
	}
}

/* The count of bits of a message that goes on past 512 MiB carries over. */
static void
carry(struct hash_many *m)
{
	struct hash *a = hash_new(), *b = hash_new(), *c = hash_new();
	uint8_t got[HASH_LEN], want[HASH_LEN];

	for (size_t i = 0; i < (512 << 20) / ROOM + 3; i++) {
		struct hash_more more[2] = {{a, {bytes, ROOM}},
		    {b, {bytes, ROOM}}};

		hash_many(m, NULL, more, 2);
		hash_add(c, bytes, ROOM);
	}
	hash_end(c, want);
	hash_end(a, got);
	TEST(memcmp(got, want, HASH_LEN) == 0);
	hash_end(b, got);
	TEST(memcmp(got, want, HASH_LEN) == 0);
	hash_free(a);
	hash_free(b);
	hash_free(c);
}

/* Digests that pass the ceiling of out are left out, as any append. */
static void
ceiling(struct hash_many *m)
{
	struct str text[3] = {{bytes, 10}, {bytes, 20}, {bytes, 30}};
	struct list list = {text, 3, 0};
	struct buf out = {.max = 2 * HASH_LEN};
	struct hash_texts t = {.next = next, .arg = &list, .out = &out};

	hash_many(m, &t, NULL, 0);
	TEST(out.over && out.len == 2 * HASH_LEN);
	buf_free(&out);
}

/* FIPS 180-4 examples: the prefix is their first byte. */
static void
vectors(struct hash_many *m)
{
	static const char abc[] =
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	static const char abcdbc[] =
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
	struct str text[2] = {STR("bc"), STR("bc")};
	struct list list = {text, 2, 0};
	struct buf out = {0};
	struct hash_texts t = {.prefix = 'a', .next = next, .arg = &list,
	    .out = &out};
	char hex[HASH_HEX + 1];

	hash_many(m, &t, NULL, 0);
	text[0] = STR("bcdbcdecdefdefgefghfghighijhijk"
	    "ijkljklmklmnlmnomnopnopq");
	list = (struct list){text, 2, 0};
	hash_many(m, &t, NULL, 0);
	TEST(out.len == 4 * HASH_LEN);
	for (size_t i = 0; i < 4 && out.len == 4 * HASH_LEN; i++) {
		hash_hex(hex, (uint8_t *)out.p + i * HASH_LEN);
		TEST(strcmp(hex, i == 2 ? abcdbc : abc) == 0);
	}
	buf_free(&out);
}

static void
all(const struct hash_kernel *k)
{
	struct hash_many *m = hash_many_new(k);

	vectors(m);
	lengths(m);
	handover(m);
	beside(m);
	ceiling(m);
	if (k != NULL)
		carry(m);
	hash_many_free(m);
}

int
main(void)
{
	fill();
	TEST(hash_kernel_choose("scalar") == NULL);
	all(NULL);
	if (hash_kernel_choose(NULL) != NULL)
		all(hash_kernel_choose(NULL));
	else
		printf("no kernel for this processor: libcrypto alone\n");
	hash_many_free(NULL);
	mem_free(bytes);
	return test_done();
}
