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

/* The leaf that makes a tile whole: its peaks are all there, and the tile goes
 * into the tree in one piece. */
static void
close_tile(struct merkle_stream *s, const uint8_t leaf[HASH_LEN])
{
	uint8_t sum[HASH_LEN];

	memcpy(sum, leaf, sizeof sum);
	for (unsigned k = 0; k < s->level; k++)
		merkle_node(s->nodes, s->tree.peak[k], sum, sum);
	s->tree.n -= ((uint64_t)1 << s->level) - 1;
	merkle_append_whole(&s->tree, s->nodes, s->level, sum);
	buf_put(&s->tiles, sum, sizeof sum);
	if (s->tiles.len == (size_t)MERKLE_TILES_MAX * HASH_LEN)
		coarsen(s);
}

static void
add_leaf(struct merkle_stream *s, const uint8_t leaf[HASH_LEN])
{
	if ((s->tree.n + 1) >> s->level << s->level == s->tree.n + 1)
		close_tile(s, leaf);
	else
		merkle_append(&s->tree, s->nodes, leaf);
	s->records++;
}

void
merkle_stream_take(struct merkle_stream *s, const char *data, size_t len,
    const struct buf *leaves)
{
	const uint8_t *leaf = (const uint8_t *)leaves->p;
	size_t n = leaves->len / HASH_LEN;

	if (len == 0)
		return;
	hash_add(s->whole, data, len);
	for (size_t i = 0; i < n; i++, leaf += HASH_LEN)
		add_leaf(s, leaf);
	s->bytes += len;
	s->final_lf = data[len - 1] == '\n';
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
	hash_add(s->whole, data, len);
	s->bytes += len;
	s->final_lf = data[len - 1] == '\n';
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
