#ifndef RAP_MERKLE_STREAM_H
#define RAP_MERKLE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "hash/hash.h"
#include "hash/many.h"
#include "merkle/tree.h"

/*
 * The stream tree: what crosses a pipe as a Merkle tree with one leaf per
 * line, leaf data = the bytes before LF as they are.  An empty line is a leaf;
 * bytes after the last LF are a leaf and final_lf is false.
 *
 * Blocks of whole lines are hashed one after the other (merkle_stream_add);
 * or their leaves in any thread (merkle_stream_leaves, _join, into buffers of
 * the block) and taken into the stream in order (merkle_stream_take).  The
 * plain SHA-256 of all bytes comes beside it.
 *
 * Tiles are the hashes of one level of the tree, kept so that two streams can
 * be compared later without their data: one hash per 256 leaves, 0.125 bytes
 * a record.  Past MERKLE_TILES_MAX of them each two are joined (512 leaves a
 * hash, then 1024...), so memory does not grow with the stream.
 */
enum { MERKLE_TILE_LEVEL = 8, MERKLE_TILES_MAX = 65536 };

/*
 * Hashes of a block's lines, joined as far as the block goes: whole subtrees
 * of 2^level leaves, in order.  `{0}` is empty.
 */
struct merkle_part {
	struct buf sums;   /* 32 bytes each */
	struct buf levels; /* a byte each; at most MERKLE_TILE_LEVEL */
	struct buf up[2];  /* on the way there */
};

struct merkle_stream {
	struct merkle_tree tree;
	struct hash *whole; /* running SHA-256 of the bytes */
	struct hash_many *many;
	uint64_t records, bytes;
	bool final_lf;	    /* true for an empty stream */
	struct buf tiles;   /* one hash per 2^level leaves, as far as whole */
	unsigned level;
	struct buf leaves; /* of merkle_stream_add, and part */
	struct merkle_part part;
	struct hash *open;  /* merkle_stream_feed: the line that goes on */
	bool in_line;
};

struct merkle_summary {
	uint64_t records, bytes;
	bool final_lf;
	uint8_t sha256[HASH_LEN], root[HASH_LEN];
};

/* k: as in hash/many.h. */
void merkle_stream_init(struct merkle_stream *s, const struct hash_kernel *k);
void merkle_stream_free(struct merkle_stream *s);

/*
 * Append the leaf hash (32 bytes) of each line of data[0..len) to leaves.
 * data starts at a line start; a last line without LF counts.
 */
void merkle_stream_leaves(struct hash_many *m, const char *data, size_t len,
    struct buf *leaves);

/*
 * Join leaves (32 bytes each) that begin at leaf number first of their stream:
 * part is what merkle_stream_take needs.  For any thread.
 */
void merkle_stream_join(struct hash_many *m, uint64_t first,
    const struct buf *leaves, struct merkle_part *part);
void merkle_part_free(struct merkle_part *part);

/* Take a block of whole lines, all in this thread.  Blocks must come in order;
 * one that ends without LF ends the line. */
void merkle_stream_add(struct merkle_stream *s, const char *data, size_t len);
/* The same block into another stream too, its leaves hashed once; also may be
 * NULL. */
void merkle_stream_add_both(struct merkle_stream *s,
    struct merkle_stream *also, const char *data, size_t len);

/* The same for blocks whose leaves were joined at their place, each of another
 * stream; MERKLE_BLOCKS at most. */
enum { MERKLE_BLOCKS = 2 };

struct merkle_block {
	struct merkle_stream *stream;
	struct str bytes;
	const struct merkle_part *part;
};

void merkle_stream_take(const struct merkle_block *b, size_t n);

/*
 * For one thread: take bytes that may be cut anywhere.  Call end when no more
 * come: what follows the last LF is a leaf then.  add and take may follow where
 * a line has ended.
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
