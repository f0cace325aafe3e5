#include "merkle/stream.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "test.h"

static const struct hash_kernel *kernel;

/* The leaves and roots of the reference implementations of RFC 6962. */
static const struct {
	const char *leaf;
	size_t len;
	const char *root; /* of the tree up to this leaf */
} known[] = {
    {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"\x00", 1,
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"\x10", 1,
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"\x20\x21", 2,
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"\x30\x31", 2,
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"\x40\x41\x42\x43", 4,
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct text {
	const char *p;
	size_t len;
};

static struct text
hex(const uint8_t digest[HASH_LEN])
{
	static char text[HASH_HEX + 1];

	hash_hex(text, digest);
	return (struct text){text, HASH_HEX};
}

static void
roots(struct hash *h)
{
	struct merkle_tree t = {0};
	uint8_t d[HASH_LEN];

	merkle_root(&t, h, d);
	TEST_STR(hex(d), EMPTY);
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		merkle_leaf(h, known[i].leaf, known[i].len, d);
		merkle_append(&t, h, d);
		merkle_root(&t, h, d);
		TEST_STR(hex(d), known[i].root);
	}
	merkle_leaf(h, "L123456", 7, d);
	TEST_STR(hex(d),
	    "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
	hash_prefixed(h, 1, "N123N456", 8, d);
	TEST_STR(hex(d),
	    "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
}

/* RFC 6962 section 2.1 as it is written: split at the largest power of two
 * below n. */
static void
by_definition(struct hash *h, const uint8_t *leaves, size_t n,
    uint8_t out[HASH_LEN])
{
	uint8_t left[HASH_LEN], right[HASH_LEN];
	size_t k = 1;

	if (n == 1) {
		memcpy(out, leaves, HASH_LEN);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	by_definition(h, leaves, k, left);
	by_definition(h, leaves + k * HASH_LEN, n - k, right);
	merkle_node(h, left, right, out);
}

/* n lines "0".."n-1"; the last without LF when cut is set. */
static void
lines(struct buf *b, size_t n, int cut)
{
	buf_clear(b);
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%zu\n", i);
	if (cut && b->len > 0)
		b->len--;
}

/* Feed text in blocks of `step` lines: to one stream, and in turn to another
 * by itself or both at once. */
static void
feed(struct merkle_stream *s, struct merkle_stream *other,
    const struct buf *text, size_t step)
{
	struct buf leaves = {0};
	struct merkle_part part = {0};
	size_t at = 0;

	while (at < text->len) {
		size_t end = at;

		for (size_t i = 0; i < step && end < text->len; i++) {
			const char *lf = memchr(text->p + end, '\n',
			    text->len - end);

			end = lf == NULL ? text->len
					 : (size_t)(lf - text->p) + 1;
		}
		buf_clear(&leaves);
		merkle_stream_leaves(s->many, text->p + at, end - at, &leaves);
		merkle_stream_join(s->many, s->records, &leaves, &part);
		if (at % 2 == 0) {
			struct str bytes = {text->p + at, end - at};

			merkle_stream_take(
			    (struct merkle_block[]){{s, bytes, &part},
				{other, bytes, &part}}, 2);
		} else if (at % 3 == 0) {
			merkle_stream_add(s, text->p + at, end - at);
			merkle_stream_add(other, text->p + at, end - at);
		} else
			merkle_stream_add_both(s, other, text->p + at,
			    end - at);
		at = end;
	}
	merkle_part_free(&part);
	buf_free(&leaves);
}

static void
same(const struct merkle_summary *a, const struct merkle_summary *b)
{
	TEST(a->records == b->records && a->bytes == b->bytes);
	TEST(a->final_lf == b->final_lf);
	TEST(memcmp(a->root, b->root, HASH_LEN) == 0);
	TEST(memcmp(a->sha256, b->sha256, HASH_LEN) == 0);
}

/* The same text, cut anywhere. */
static void
fed(const struct buf *text, size_t step, const struct merkle_summary *want)
{
	struct merkle_stream s;
	struct merkle_summary sum;

	merkle_stream_init(&s, kernel);
	for (size_t at = 0; at < text->len; at += step)
		merkle_stream_feed(&s, text->p + at,
		    text->len - at < step ? text->len - at : step);
	merkle_stream_end(&s);
	merkle_stream_summary(&s, &sum);
	same(&sum, want);
	merkle_stream_free(&s);
}

static void
one_stream(struct hash *h, size_t n, size_t step, int cut)
{
	struct merkle_stream s, other;
	struct merkle_summary sum, sum2;
	struct buf text = {0}, leaves = {0}, tiles = {0};
	uint8_t want[HASH_LEN];

	merkle_stream_init(&s, kernel);
	merkle_stream_init(&other, kernel);
	lines(&text, n, cut);
	feed(&s, &other, &text, step);
	merkle_stream_summary(&s, &sum);
	merkle_stream_summary(&other, &sum2);
	same(&sum, &sum2);
	merkle_stream_free(&other);
	TEST(sum.records == n && sum.bytes == text.len);
	TEST(sum.final_lf == !cut);
	hash_bytes(h, text.p, text.len, want);
	TEST(memcmp(want, sum.sha256, HASH_LEN) == 0);
	merkle_stream_leaves(s.many, text.p, text.len, &leaves);
	TEST(leaves.len == n * HASH_LEN);
	by_definition(h, (uint8_t *)leaves.p, n, want);
	TEST(memcmp(want, sum.root, HASH_LEN) == 0);

	merkle_stream_tiles(&s, &tiles);
	TEST(tiles.len == (n + 255) / 256 * HASH_LEN);
	by_definition(h, (uint8_t *)tiles.p, tiles.len / HASH_LEN, want);
	TEST(memcmp(want, sum.root, HASH_LEN) == 0);
	by_definition(h, (uint8_t *)leaves.p, n < 256 ? n : 256, want);
	TEST(memcmp(want, tiles.p, HASH_LEN) == 0);
	fed(&text, step, &sum);
	buf_free(&text);
	buf_free(&leaves);
	buf_free(&tiles);
	merkle_stream_free(&s);
}

static void
streams(struct hash *h)
{
	static const size_t n[] = {1, 2, 3, 255, 256, 257, 511, 512, 513, 1000,
	    4096, 5000};
	static const size_t step[] = {1, 7, 256, 100000};

	for (size_t i = 0; i < ARRAY_LEN(n); i++) {
		for (size_t j = 0; j < ARRAY_LEN(step); j++) {
			one_stream(h, n[i], step[j], 0);
			one_stream(h, n[i], step[j], 1);
		}
	}
}

static void
edges(struct hash *h)
{
	struct merkle_stream s;
	struct merkle_summary sum;
	struct buf leaves = {0}, tiles = {0};
	uint8_t want[HASH_LEN];

	merkle_stream_init(&s, kernel);
	merkle_stream_summary(&s, &sum);
	TEST(sum.records == 0 && sum.bytes == 0 && sum.final_lf);
	TEST_STR(hex(sum.root), EMPTY);
	TEST_STR(hex(sum.sha256), EMPTY);
	merkle_stream_tiles(&s, &tiles);
	TEST(tiles.len == 0);

	/* An empty line is a leaf, and CR and NUL are bytes of theirs. */
	merkle_stream_leaves(s.many, "\n\r\n\0\n", 5, &leaves);
	TEST(leaves.len == 3 * HASH_LEN);
	merkle_leaf(h, "", 0, want);
	TEST(memcmp(leaves.p, want, HASH_LEN) == 0);
	merkle_leaf(h, "\r", 1, want);
	TEST(memcmp(leaves.p + HASH_LEN, want, HASH_LEN) == 0);
	merkle_leaf(h, "\0", 1, want);
	TEST(memcmp(leaves.p + 2 * HASH_LEN, want, HASH_LEN) == 0);
	buf_free(&leaves);
	merkle_stream_free(&s);
}

/* Past the ceiling of tiles a tile covers more leaves; the root stays. */
static void
many(struct hash *h)
{
	struct merkle_stream s;
	struct merkle_tree t = {0};
	struct merkle_summary sum;
	struct buf leaves = {0}, tiles = {0};
	struct merkle_part part = {0};
	size_t n = (size_t)MERKLE_TILES_MAX * 256 + 300;
	uint8_t want[HASH_LEN], leaf[HASH_LEN];
	char *text = mem_alloc(1000);

	merkle_stream_init(&s, kernel);
	memset(text, '\n', 1000);
	merkle_stream_leaves(s.many, text, 1000, &leaves);
	for (size_t at = 0; at < n; at += 1000) {
		size_t k = n - at < 1000 ? n - at : 1000;

		leaves.len = k * HASH_LEN;
		merkle_stream_join(s.many, s.records, &leaves, &part);
		merkle_stream_take(&(struct merkle_block){&s, {text, k},
		    &part}, 1);
	}
	merkle_leaf(h, "", 0, leaf);
	memcpy(want, leaf, sizeof want);
	for (int i = 0; i < 8; i++)
		merkle_node(h, want, want, want);
	for (size_t i = 0; i < n / 256; i++)
		merkle_append_whole(&t, h, 8, want);
	for (size_t i = 0; i < n % 256; i++)
		merkle_append(&t, h, leaf);
	merkle_root(&t, h, want);
	merkle_stream_summary(&s, &sum);
	TEST(sum.records == n);
	TEST(memcmp(want, sum.root, HASH_LEN) == 0);
	merkle_stream_tiles(&s, &tiles);
	TEST(tiles.len == (size_t)(MERKLE_TILES_MAX / 2 + 1) * HASH_LEN);
	by_definition(h, (uint8_t *)tiles.p, tiles.len / HASH_LEN, want);
	TEST(memcmp(want, sum.root, HASH_LEN) == 0);
	mem_free(text);
	merkle_part_free(&part);
	buf_free(&leaves);
	buf_free(&tiles);
	merkle_stream_free(&s);
}

int
main(void)
{
	struct hash *h = hash_new();

	/* libcrypto's way, then that of this processor. */
	roots(h);
	streams(h);
	edges(h);
	kernel = hash_kernel_choose(NULL);
	streams(h);
	edges(h);
	many(h);
	hash_free(h);
	return test_done();
}
