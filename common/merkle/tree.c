#include "merkle/tree.h"

#include <string.h>

void
merkle_leaf(struct hash *h, const void *data, size_t len,
    uint8_t out[HASH_LEN])
{
	hash_prefixed(h, MERKLE_LEAF, data, len, out);
}

void
merkle_node(struct hash *h, const uint8_t left[HASH_LEN],
    const uint8_t right[HASH_LEN], uint8_t out[HASH_LEN])
{
	uint8_t pair[2 * HASH_LEN];

	memcpy(pair, left, HASH_LEN);
	memcpy(pair + HASH_LEN, right, HASH_LEN);
	hash_prefixed(h, MERKLE_NODE, pair, sizeof pair, out);
}

/* As adding to a binary number: each carry joins two whole subtrees. */
void
merkle_append_whole(struct merkle_tree *t, struct hash *h, unsigned level,
    const uint8_t sum[HASH_LEN])
{
	uint8_t carry[HASH_LEN];
	unsigned k = level;

	memcpy(carry, sum, HASH_LEN);
	for (; (t->n >> k & 1) != 0; k++)
		merkle_node(h, t->peak[k], carry, carry);
	memcpy(t->peak[k], carry, HASH_LEN);
	t->n += (uint64_t)1 << level;
}

void
merkle_append(struct merkle_tree *t, struct hash *h,
    const uint8_t leaf[HASH_LEN])
{
	merkle_append_whole(t, h, 0, leaf);
}

void
merkle_tail(const struct merkle_tree *t, struct hash *h, unsigned level,
    uint8_t out[HASH_LEN])
{
	uint8_t sum[HASH_LEN];
	unsigned k = 0;

	while ((t->n >> k & 1) == 0)
		k++;
	memcpy(sum, t->peak[k], HASH_LEN);
	for (k++; k < level && t->n >> k != 0; k++) {
		if ((t->n >> k & 1) != 0)
			merkle_node(h, t->peak[k], sum, sum);
	}
	memcpy(out, sum, HASH_LEN);
}

void
merkle_root(const struct merkle_tree *t, struct hash *h,
    uint8_t out[HASH_LEN])
{
	if (t->n == 0)
		hash_bytes(h, "", 0, out);
	else
		merkle_tail(t, h, 64, out);
}
