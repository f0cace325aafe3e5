#ifndef RAP_BASE_MAP_H
#define RAP_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Byte-string keys to numbers 0, 1, 2... in order of first sight: the caller
 * keeps an array beside it.  Open addressing with SipHash-1-3 under a key from
 * the system, so no input can make it slow; the order of the table never shows
 * (iteration is by number).  `{0}` is an empty map.  Not thread-safe.
 */
struct map_entry;

struct map {
	struct map_entry *slots;
	size_t nslots;	    /* a power of two, or 0 */
	size_t n;	    /* keys */
	char *keys;	    /* key bytes, end to end */
	size_t keys_len, keys_cap;
	size_t *ends;	    /* ends[i]: end of key i in keys */
	size_t ends_cap;
	uint64_t seed[2];
};

#define MAP_NONE SIZE_MAX

/* The number of key, adding it (a copy) when it is new: *n grows by one. */
size_t map_add(struct map *m, struct str key);
/* The number of key, or MAP_NONE. */
size_t map_find(const struct map *m, struct str key);
/* Key number i, valid until the next map_add. */
struct str map_key(const struct map *m, size_t i);
/* Bytes of memory held. */
size_t map_bytes(const struct map *m);
void map_free(struct map *m);

/* The hash of the table, for tables of another kind: a key from the system,
 * and 64 bits under it. */
void map_seed(uint64_t seed[2]);
uint64_t map_hash(const uint64_t seed[2], struct str s);

#endif
