#ifndef RAP_HASH_MANY_H
#define RAP_HASH_MANY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "hash/hash.h"

/*
 * SHA-256 of many messages that do not depend on each other: the leaves and
 * the nodes of a tree, and the long text they are cut from.
 *
 * Why not libcrypto's: the SHA instructions of a processor have a latency of
 * several cycles and each waits for the one before, so one message at a time
 * leaves them idle half of the time.  Two messages in turn go through in the
 * time of one.  libcrypto has no call for more than one message.  A processor
 * without the instructions gets libcrypto, and so does who asks for "scalar";
 * the digests are the same.
 *
 *	struct hash_many *m = hash_many_new(hash_kernel_choose(NULL));
 *	struct hash_texts leaves = {.prefix = 0, .next = next_line,
 *	    .arg = &lines, .out = &digests};
 *
 *	hash_many(m, &leaves, &(struct hash_more){whole, block}, 1);
 */
struct buf;
struct hash_kernel;
struct hash_many;

/* The way of this processor; NULL is libcrypto, always there.  name is that
 * of RAP_CPU: NULL, or "scalar" for libcrypto; others say nothing here. */
const struct hash_kernel *hash_kernel_choose(const char *name);

/* Of one thread. */
struct hash_many *hash_many_new(const struct hash_kernel *k);
void hash_many_free(struct hash_many *m);
/* For messages that come one by one. */
struct hash *hash_many_one(struct hash_many *m);

/*
 * Messages prefix || text.  next gives the texts one after the other, false
 * when there are no more; each must stay as long as hash_many runs.  Their
 * digests are appended to out, in that order.
 */
struct hash_texts {
	uint8_t prefix;
	bool (*next)(void *arg, struct str *text);
	void *arg;
	struct buf *out;
};

/* A message of its own that goes on: as hash_add. */
struct hash_more {
	struct hash *h;
	struct str text;
};

/* All of it; texts may be NULL, more[0..n) none.  Each h at most once. */
void hash_many(struct hash_many *m, const struct hash_texts *texts,
    const struct hash_more *more, size_t n);

#endif
