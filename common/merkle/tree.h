#ifndef RAP_MERKLE_TREE_H
#define RAP_MERKLE_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "hash/hash.h"

/*
 * The Merkle tree of RFC 6962 section 2.1 (the same in RFC 9162) with
 * SHA-256: leaf = H(0x00 || data), node = H(0x01 || left || right), empty
 * tree = H("").  Only the frontier is kept: 64 hashes for any size.
 */
enum { MERKLE_LEAF = 0x00, MERKLE_NODE = 0x01 }; /* prefixes */

struct merkle_tree {
	uint64_t n;
	uint8_t peak[64][HASH_LEN]; /* peak[k]: whole subtree of 2^k leaves */
};

void merkle_leaf(struct hash *h, const void *data, size_t len,
    uint8_t out[HASH_LEN]);
void merkle_node(struct hash *h, const uint8_t left[HASH_LEN],
    const uint8_t right[HASH_LEN], uint8_t out[HASH_LEN]);
/* `{0}` is the empty tree. */
void merkle_append(struct merkle_tree *t, struct hash *h,
    const uint8_t leaf[HASH_LEN]);
/*
 * Append a whole subtree of 2^level leaves by its root: the same tree as its
 * leaves one by one.  t->n must be a multiple of 2^level.
 */
void merkle_append_whole(struct merkle_tree *t, struct hash *h, unsigned level,
    const uint8_t sum[HASH_LEN]);
/* The root of the last n mod 2^level leaves, which must not be none. */
void merkle_tail(const struct merkle_tree *t, struct hash *h, unsigned level,
    uint8_t out[HASH_LEN]);
void merkle_root(const struct merkle_tree *t, struct hash *h,
    uint8_t out[HASH_LEN]);

#endif
