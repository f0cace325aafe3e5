#define _GNU_SOURCE /* memrchr */
#include "merkle/stream.h"

#include <string.h>

void
merkle_stream_init(struct merkle_stream *s, const struct hash_kernel *k)
{
	memset(s, 0, sizeof *s);
	s->whole = hash_new();
	s->many = hash_many_new(k);
	s->final_lf = true;
	s->level = MERKLE_TILE_LEVEL;
	s->leaves.max = SIZE_MAX;
}

void
merkle_stream_free(struct merkle_stream *s)
{
	hash_free(s->whole);
	hash_many_free(s->many);
	hash_free(s->open);
	buf_free(&s->tiles);
	buf_free(&s->leaves);
	merkle_part_free(&s->part);
	memset(s, 0, sizeof *s);
}

static bool
next_line(void *arg, struct str *line)
{
	struct str *left = arg;
	const char *lf;

	if (left->len == 0)
		return false;
	lf = memchr(left->p, '\n', left->len);
	*line = *left;
	if (lf == NULL) {
		left->len = 0;
		return true;
	}
	line->len = (size_t)(lf - left->p);
	left->p = lf + 1;
	left->len -= line->len + 1;
	return true;
}

/* The leaves of lines, and what goes on meanwhile, if anything. */
static void
hash_leaves(struct hash_many *m, struct str lines, struct buf *leaves,
    const struct hash_more *more, size_t n)
{
	struct hash_texts t = {.prefix = MERKLE_LEAF, .next = next_line,
	    .arg = &lines, .out = leaves};

	hash_many(m, &t, more, n);
}

void
merkle_stream_leaves(struct hash_many *m, const char *data, size_t len,
    struct buf *leaves)
{
	hash_leaves(m, (struct str){data, len}, leaves, NULL, 0);
}

/* Join each two tiles: half as many, each over twice the leaves. */
static void
coarsen(struct merkle_stream *s)
{
	struct hash *one = hash_many_one(s->many);
	uint8_t *at = (uint8_t *)s->tiles.p;
	size_t n = s->tiles.len / (2 * HASH_LEN);

	for (size_t i = 0; i < n; i++)
		merkle_node(one, at + 2 * i * HASH_LEN,
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
	struct hash *one = hash_many_one(s->many);
	uint8_t sum[HASH_LEN];

	memcpy(sum, part, sizeof sum);
	for (unsigned k = level; k < s->level; k++)
		merkle_node(one, s->tree.peak[k], sum, sum);
	s->tree.n -= ((uint64_t)1 << s->level) - ((uint64_t)1 << level);
	merkle_append_whole(&s->tree, one, s->level, sum);
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
		merkle_append_whole(&s->tree, hash_many_one(s->many), level,
		    sum);
	s->records += (uint64_t)1 << level;
}

static void
put_part(struct merkle_part *part, unsigned level, const uint8_t sum[HASH_LEN])
{
	buf_put(&part->sums, sum, HASH_LEN);
	buf_putc(&part->levels, (char)level);
}

struct pairs {
	const uint8_t *at;
	size_t n;
};

static bool
next_pair(void *arg, struct str *pair)
{
	struct pairs *left = arg;

	if (left->n == 0)
		return false;
	left->n--;
	*pair = (struct str){(const char *)left->at, 2 * HASH_LEN};
	left->at += 2 * HASH_LEN;
	return true;
}

/*
 * A level at a time.  A right half whose left half came before the block cannot
 * be joined here, nor a left half whose right half comes later; nor need be
 * what makes a tile.
 */
void
merkle_stream_join(struct hash_many *m, uint64_t first,
    const struct buf *leaves, struct merkle_part *part)
{
	uint8_t later[MERKLE_TILE_LEVEL][HASH_LEN];
	const uint8_t *at = (const uint8_t *)leaves->p;
	size_t n = leaves->len / HASH_LEN;
	unsigned have = 0; /* bit k: later[k] is filled */

	part->up[0].max = part->up[1].max = SIZE_MAX;
	buf_clear(&part->sums);
	buf_clear(&part->levels);
	for (unsigned k = 0; k < MERKLE_TILE_LEVEL && n > 0; k++) {
		struct buf *up = &part->up[k % 2];
		struct pairs pairs;
		struct hash_texts t = {.prefix = MERKLE_NODE,
		    .next = next_pair, .arg = &pairs, .out = up};

		if (first % 2 != 0) {
			put_part(part, k, at);
			at += HASH_LEN;
			n--;
		}
		if (n % 2 != 0) {
			memcpy(later[k], at + (n - 1) * HASH_LEN, HASH_LEN);
			have |= 1u << k;
		}
		pairs = (struct pairs){at, n / 2};
		buf_clear(up);
		hash_many(m, &t, NULL, 0);
		at = (const uint8_t *)up->p;
		n /= 2;
		first = first / 2 + first % 2;
	}
	for (; n > 0; n--, at += HASH_LEN)
		put_part(part, MERKLE_TILE_LEVEL, at);
	for (unsigned k = MERKLE_TILE_LEVEL; k-- > 0;)
		if ((have >> k & 1) != 0)
			put_part(part, k, later[k]);
}

void
merkle_part_free(struct merkle_part *part)
{
	buf_free(&part->sums);
	buf_free(&part->levels);
	buf_free(&part->up[0]);
	buf_free(&part->up[1]);
}

static void
count_bytes(struct merkle_stream *s, struct str data)
{
	s->bytes += data.len;
	s->final_lf = data.p[data.len - 1] == '\n';
}

static void
take_part(struct merkle_stream *s, const struct merkle_part *part)
{
	const uint8_t *sum = (const uint8_t *)part->sums.p;

	for (size_t i = 0; i < part->levels.len; i++, sum += HASH_LEN)
		add_whole(s, (unsigned char)part->levels.p[i], sum);
}

void
merkle_stream_add_both(struct merkle_stream *s, struct merkle_stream *also,
    const char *data, size_t len)
{
	struct merkle_stream *const to[] = {s, also};
	size_t n = also != NULL ? 2 : 1;
	struct str lines = {data, len};
	struct hash_more more[2];

	if (len == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		count_bytes(to[i], lines);
		more[i] = (struct hash_more){to[i]->whole, lines};
	}
	buf_clear(&s->leaves);
	hash_leaves(s->many, lines, &s->leaves, more, n);
	for (size_t i = 0; i < n; i++) {
		merkle_stream_join(s->many, to[i]->records, &s->leaves,
		    &s->part);
		take_part(to[i], &s->part);
	}
}

void
merkle_stream_add(struct merkle_stream *s, const char *data, size_t len)
{
	merkle_stream_add_both(s, NULL, data, len);
}

void
merkle_stream_take(const struct merkle_block *b, size_t n)
{
	struct hash_more more[MERKLE_BLOCKS];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		struct merkle_stream *s = b[i].stream;

		if (b[i].bytes.len == 0)
			continue;
		count_bytes(s, b[i].bytes);
		more[k++] = (struct hash_more){s->whole, b[i].bytes};
		take_part(s, b[i].part);
	}
	if (k > 0)
		hash_many(b[0].stream->many, NULL, more, k);
}

static void
add_bytes(struct merkle_stream *s, const char *data, size_t len)
{
	hash_add(s->whole, data, len);
	count_bytes(s, (struct str){data, len});
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
		hash_add(s->open, &(char){MERKLE_LEAF}, 1);
		s->in_line = true;
	}
	hash_add(s->open, data, len);
}

void
merkle_stream_feed(struct merkle_stream *s, const char *data, size_t len)
{
	const char *lf;
	size_t n;

	if (len == 0)
		return;
	if (s->in_line) {
		lf = memchr(data, '\n', len);
		n = lf != NULL ? (size_t)(lf - data) : len;
		hash_add(s->open, data, n);
		if (lf != NULL) {
			merkle_stream_end(s);
			n++;
		}
		add_bytes(s, data, n);
		data += n;
		len -= n;
	}
	lf = len > 0 ? memrchr(data, '\n', len) : NULL;
	if (lf != NULL) {
		n = (size_t)(lf - data) + 1;
		merkle_stream_add(s, data, n);
		data += n;
		len -= n;
	}
	if (len > 0) {
		add_bytes(s, data, len);
		feed_open(s, data, len);
	}
}

void
merkle_stream_end(struct merkle_stream *s)
{
	uint8_t leaf[HASH_LEN];

	if (!s->in_line)
		return;
	hash_end(s->open, leaf);
	add_whole(s, 0, leaf);
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
	merkle_root(&s->tree, hash_many_one(s->many), out->root);
}

void
merkle_stream_tiles(struct merkle_stream *s, struct buf *out)
{
	uint8_t tail[HASH_LEN];

	buf_put(out, s->tiles.p, s->tiles.len);
	if (s->tree.n >> s->level << s->level == s->tree.n)
		return;
	merkle_tail(&s->tree, hash_many_one(s->many), s->level, tail);
	buf_put(out, tail, sizeof tail);
}
