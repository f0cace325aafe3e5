#include "merkle/stream.h"

#include <string.h>

void
merkle_stream_init(struct merkle_stream *s)
{
	memset(s, 0, sizeof *s);
	s->whole = hash_new();
	s->nodes = hash_new();
	s->final_lf = true;
	s->level = MERKLE_TILE_LEVEL;
}

void
merkle_stream_free(struct merkle_stream *s)
{
	hash_free(s->whole);
	hash_free(s->nodes);
	hash_free(s->open);
	buf_free(&s->tiles);
	memset(s, 0, sizeof *s);
}

void
merkle_stream_leaves(struct hash *h, const char *data, size_t len,
    struct buf *leaves)
{
	uint8_t leaf[HASH_LEN];

	while (len > 0) {
		const char *lf = memchr(data, '\n', len);
		size_t n = lf != NULL ? (size_t)(lf - data) : len;

		merkle_leaf(h, data, n, leaf);
		buf_put(leaves, leaf, sizeof leaf);
		if (lf == NULL)
			return;
		data += n + 1;
		len -= n + 1;
	}
}

/* Join each two tiles: half as many, each over twice the leaves. */
static void
coarsen(struct merkle_stream *s)
{
	uint8_t *at = (uint8_t *)s->tiles.p;
	size_t n = s->tiles.len / (2 * HASH_LEN);

	for (size_t i = 0; i < n; i++)
		merkle_node(s->nodes, at + 2 * i * HASH_LEN,
		    at + (2 * i + 1) * HASH_LEN, at + i * HASH_LEN);
	s->tiles.len = n * HASH_LEN;
	s->level++;
}

/* The subtree that makes a tile whole: the tile's peaks from its level on are
 * there, and the tile goes into the tree in one piece. */
static void
close_tile(struct merkle_stream *s, unsigned level,
    const uint8_t part[HASH_LEN])
{
	uint8_t sum[HASH_LEN];

	memcpy(sum, part, sizeof sum);
	for (unsigned k = level; k < s->level; k++)
		merkle_node(s->nodes, s->tree.peak[k], sum, sum);
	s->tree.n -= ((uint64_t)1 << s->level) - ((uint64_t)1 << level);
	merkle_append_whole(&s->tree, s->nodes, s->level, sum);
	buf_put(&s->tiles, sum, sizeof sum);
	if (s->tiles.len == (size_t)MERKLE_TILES_MAX * HASH_LEN)
		coarsen(s);
}

/* A whole subtree of 2^level leaves, at a place that is a multiple of that. */
static void
add_whole(struct merkle_stream *s, unsigned level, const uint8_t sum[HASH_LEN])
{
	uint64_t n = s->tree.n + ((uint64_t)1 << level);

	if (n >> s->level << s->level == n)
		close_tile(s, level, sum);
	else
		merkle_append_whole(&s->tree, s->nodes, level, sum);
	s->records += (uint64_t)1 << level;
}

static void
add_leaf(struct merkle_stream *s, const uint8_t leaf[HASH_LEN])
{
	add_whole(s, 0, leaf);
}

static void
put_part(struct merkle_part *part, unsigned level, const uint8_t sum[HASH_LEN])
{
	buf_put(&part->sums, sum, HASH_LEN);
	buf_putc(&part->levels, (char)level);
}

/*
 * As adding to a binary number whose lower digits are leaves of this block.  A
 * right half whose left half came before the block cannot be joined here, nor
 * need be what makes a tile.
 */
void
merkle_stream_join(struct hash *h, uint64_t first, const struct buf *leaves,
    struct merkle_part *part)
{
	uint8_t peak[MERKLE_TILE_LEVEL][HASH_LEN], sum[HASH_LEN];
	const uint8_t *leaf = (const uint8_t *)leaves->p;
	size_t n = leaves->len / HASH_LEN;
	unsigned have = 0; /* bit k: peak[k] is filled */

	buf_clear(&part->sums);
	buf_clear(&part->levels);
	for (uint64_t i = first; i < first + n; i++, leaf += HASH_LEN) {
		unsigned k = 0;

		memcpy(sum, leaf, sizeof sum);
		for (; k < MERKLE_TILE_LEVEL && (have >> k & 1) != 0; k++) {
			merkle_node(h, peak[k], sum, sum);
			have &= ~(1u << k);
		}
		if (k < MERKLE_TILE_LEVEL && (i >> k & 1) == 0) {
			memcpy(peak[k], sum, sizeof sum);
			have |= 1u << k;
		} else
			put_part(part, k, sum);
	}
	for (unsigned k = MERKLE_TILE_LEVEL; k-- > 0;)
		if ((have >> k & 1) != 0)
			put_part(part, k, peak[k]);
}

void
merkle_part_free(struct merkle_part *part)
{
	buf_free(&part->sums);
	buf_free(&part->levels);
}

static void
add_bytes(struct merkle_stream *s, const char *data, size_t len)
{
	hash_add(s->whole, data, len);
	s->bytes += len;
	s->final_lf = data[len - 1] == '\n';
}

void
merkle_stream_take(struct merkle_stream *s, const char *data, size_t len,
    const struct buf *leaves)
{
	const uint8_t *leaf = (const uint8_t *)leaves->p;
	size_t n = leaves->len / HASH_LEN;

	if (len == 0)
		return;
	add_bytes(s, data, len);
	for (size_t i = 0; i < n; i++, leaf += HASH_LEN)
		add_leaf(s, leaf);
}

void
merkle_stream_join_take(struct merkle_stream *s, const char *data, size_t len,
    const struct merkle_part *part)
{
	const uint8_t *sum = (const uint8_t *)part->sums.p;

	if (len == 0)
		return;
	add_bytes(s, data, len);
	for (size_t i = 0; i < part->levels.len; i++, sum += HASH_LEN)
		add_whole(s, (unsigned char)part->levels.p[i], sum);
}

/* A line that did not end in its block goes on: its leaf is hashed in
 * pieces. */
static void
feed_open(struct merkle_stream *s, const char *data, size_t len)
{
	if (s->open == NULL)
		s->open = hash_new();
	if (!s->in_line) {
		hash_begin(s->open);
		hash_add(s->open, "\0", 1); /* a leaf */
		s->in_line = true;
	}
	hash_add(s->open, data, len);
}

void
merkle_stream_feed(struct merkle_stream *s, const char *data, size_t len)
{
	const char *end = data + len;
	uint8_t leaf[HASH_LEN];

	if (len == 0)
		return;
	add_bytes(s, data, len);
	while (data < end) {
		const char *lf = memchr(data, '\n', (size_t)(end - data));

		if (lf == NULL) {
			feed_open(s, data, (size_t)(end - data));
			return;
		}
		if (s->in_line) {
			hash_add(s->open, data, (size_t)(lf - data));
			merkle_stream_end(s);
		} else {
			merkle_leaf(s->nodes, data, (size_t)(lf - data), leaf);
			add_leaf(s, leaf);
		}
		data = lf + 1;
	}
}

void
merkle_stream_end(struct merkle_stream *s)
{
	uint8_t leaf[HASH_LEN];

	if (!s->in_line)
		return;
	hash_end(s->open, leaf);
	add_leaf(s, leaf);
	s->in_line = false;
}

void
merkle_stream_copy(struct merkle_stream *to, const struct merkle_stream *from)
{
	to->tree = from->tree;
	to->records = from->records;
	to->bytes = from->bytes;
	to->final_lf = from->final_lf;
	to->level = from->level;
	hash_copy(to->whole, from->whole);
	buf_clear(&to->tiles);
	buf_put(&to->tiles, from->tiles.p, from->tiles.len);
}

void
merkle_stream_summary(struct merkle_stream *s, struct merkle_summary *out)
{
	out->records = s->records;
	out->bytes = s->bytes;
	out->final_lf = s->final_lf;
	hash_peek(s->whole, out->sha256);
	merkle_root(&s->tree, s->nodes, out->root);
}

void
merkle_stream_tiles(struct merkle_stream *s, struct buf *out)
{
	uint8_t tail[HASH_LEN];

	buf_put(out, s->tiles.p, s->tiles.len);
	if (s->tree.n >> s->level << s->level == s->tree.n)
		return;
	merkle_tail(&s->tree, s->nodes, s->level, tail);
	buf_put(out, tail, sizeof tail);
}
