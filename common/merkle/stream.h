#ifndef RAP_MERKLE_STREAM_H
#define RAP_MERKLE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "hash/hash.h"
#include "merkle/tree.h"

/*
 * The stream tree: what crosses a pipe as a Merkle tree with one leaf per
 * line, leaf data = the bytes before LF as they are.  An empty line is a leaf;
 * bytes after the last LF are a leaf and final_lf is false.
 *
 * Blocks of whole lines are hashed in any thread (merkle_stream_leaves, into a
 * buffer of the block) and taken into the stream in order
 * (merkle_stream_take), which also feeds the plain SHA-256 of all bytes.
 *
 * Tiles are the hashes of one level of the tree, kept so that two streams can
 * be compared later without their data: one hash per 256 leaves, 0.125 bytes
 * a record.  Past MERKLE_TILES_MAX of them each two are joined (512 leaves a
 * hash, then 1024...), so memory does not grow with the stream.
 */
enum { MERKLE_TILE_LEVEL = 8, MERKLE_TILES_MAX = 65536 };

struct merkle_stream {
	struct merkle_tree tree;
	struct hash *whole; /* running SHA-256 of the bytes */
	struct hash *nodes; /* for the nodes of the tree */
	uint64_t records, bytes;
	bool final_lf;	    /* true for an empty stream */
	struct buf tiles;   /* one hash per 2^level leaves, as far as whole */
	unsigned level;
	struct hash *open;  /* merkle_stream_feed: the line that goes on */
	bool in_line;
};

struct merkle_summary {
	uint64_t records, bytes;
	bool final_lf;
	uint8_t sha256[HASH_LEN], root[HASH_LEN];
};

void merkle_stream_init(struct merkle_stream *s);
void merkle_stream_free(struct merkle_stream *s);

/*
 * Append the leaf hash (32 bytes) of each line of data[0..len) to leaves.
 * data starts at a line start; a last line without LF counts.
 */
void merkle_stream_leaves(struct hash *h, const char *data, size_t len,
    struct buf *leaves);

/*
 * Hashes of a block's lines, joined as far as the block goes: whole subtrees
 * of 2^level leaves, in order.  `{0}` is empty.
 */
struct merkle_part {
	struct buf sums;   /* 32 bytes each */
	struct buf levels; /* a byte each; at most MERKLE_TILE_LEVEL */
};

/*
 * Join leaves (32 bytes each) that begin at leaf number first of their stream:
 * part is what merkle_stream_join_take needs.  For any thread.
 */
void merkle_stream_join(struct hash *h, uint64_t first,
    const struct buf *leaves, struct merkle_part *part);
void merkle_part_free(struct merkle_part *part);

/* Take a block and its leaf hashes into the stream.  Blocks must come in
 * order; only the last may end without LF. */
void merkle_stream_take(struct merkle_stream *s, const char *data, size_t len,
    const struct buf *leaves);
/* The same for a block that was joined at its place in this stream. */
void merkle_stream_join_take(struct merkle_stream *s, const char *data,
    size_t len, const struct merkle_part *part);

/*
 * For one thread: take bytes that may be cut anywhere.  Call end when no more
 * come: what follows the last LF is a leaf then.  take may follow where a line
 * has ended.
 */
void merkle_stream_feed(struct merkle_stream *s, const char *data, size_t len);
void merkle_stream_end(struct merkle_stream *s);

/* Make to what from is now; to is fresh from init. */
void merkle_stream_copy(struct merkle_stream *to,
    const struct merkle_stream *from);

/* What crossed so far.  The stream can go on. */
void merkle_stream_summary(struct merkle_stream *s,
    struct merkle_summary *out);

/*
 * Append the tiles to out: ceil(records / 2^level) hashes, the last one over
 * what is left when it is not whole.  Taken as leaf hashes of a tree their
 * root is the stream's root.
 */
void merkle_stream_tiles(struct merkle_stream *s, struct buf *out);

#endif
