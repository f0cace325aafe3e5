#define _GNU_SOURCE
#include "base/map.h"

#include <sys/random.h>
#include <time.h>

#include "base/mem.h"

/* The upper 16 bits of the hash are kept beside the number: most misses are
 * settled without touching the key. */
struct map_entry {
	uint64_t tag_num; /* tag << 48 | number + 1; 0: empty */
};

enum { TAG_SHIFT = 48 };
#define NUM_MASK (((uint64_t)1 << TAG_SHIFT) - 1)

static inline uint64_t
rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

#define SIPROUND(v)                                                            \
	do {                                                                   \
		v[0] += v[1];                                                  \
		v[1] = rotl(v[1], 13) ^ v[0];                                  \
		v[0] = rotl(v[0], 32);                                         \
		v[2] += v[3];                                                  \
		v[3] = rotl(v[3], 16) ^ v[2];                                  \
		v[0] += v[3];                                                  \
		v[3] = rotl(v[3], 21) ^ v[0];                                  \
		v[2] += v[1];                                                  \
		v[1] = rotl(v[1], 17) ^ v[2];                                  \
		v[2] = rotl(v[2], 32);                                         \
	} while (0)

/* SipHash-1-3 (Aumasson and Bernstein 2012, with reduced rounds). */
uint64_t
map_hash(const uint64_t seed[2], struct str s)
{
	uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575u,
	    seed[1] ^ 0x646f72616e646f6du, seed[0] ^ 0x6c7967656e657261u,
	    seed[1] ^ 0x7465646279746573u};
	uint64_t w;
	size_t i;

	for (i = 0; i + 8 <= s.len; i += 8) {
		memcpy(&w, s.p + i, 8);
		v[3] ^= w;
		SIPROUND(v);
		v[0] ^= w;
	}
	w = (uint64_t)s.len << 56;
	for (size_t k = 0; i + k < s.len; k++)
		w |= (uint64_t)(unsigned char)s.p[i + k] << 8 * k;
	v[3] ^= w;
	SIPROUND(v);
	v[0] ^= w;
	v[2] ^= 0xff;
	SIPROUND(v);
	SIPROUND(v);
	SIPROUND(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void
map_seed(uint64_t seed[2])
{
	enum { BYTES = 2 * sizeof *seed };
	struct timespec t;

	if (getrandom(seed, BYTES, GRND_NONBLOCK) == BYTES)
		return;
	/* Early boot, or a sandbox: weaker, and still not a constant. */
	clock_gettime(CLOCK_MONOTONIC, &t);
	seed[0] = (uint64_t)t.tv_nsec * 0x9e3779b97f4a7c15u;
	seed[1] = (uint64_t)(uintptr_t)seed ^ (uint64_t)t.tv_sec;
}

struct str
map_key(const struct map *m, size_t i)
{
	size_t from = i != 0 ? m->ends[i - 1] : 0;

	return (struct str){m->keys + from, m->ends[i] - from};
}

/* The slot of key: its entry, or the empty one where it belongs. */
static struct map_entry *
probe(const struct map *m, struct str key, uint64_t h)
{
	size_t mask = m->nslots - 1;

	for (size_t i = h & mask;; i = (i + 1) & mask) {
		struct map_entry *s = &m->slots[i];

		if (s->tag_num == 0)
			return s;
		if (s->tag_num >> TAG_SHIFT == h >> TAG_SHIFT &&
		    str_eq(map_key(m, (s->tag_num & NUM_MASK) - 1), key))
			return s;
	}
}

static void
rehash(struct map *m)
{
	size_t nslots = m->nslots != 0 ? m->nslots * 2 : 16;

	if (m->nslots == 0)
		map_seed(m->seed);
	mem_free(m->slots);
	m->slots = mem_array(nslots, sizeof *m->slots);
	m->nslots = nslots;
	for (size_t i = 0; i < m->n; i++) {
		uint64_t h = map_hash(m->seed, map_key(m, i));

		probe(m, map_key(m, i), h)->tag_num =
		    h >> TAG_SHIFT << TAG_SHIFT | (i + 1);
	}
}

static void
keep(struct map *m, struct str key)
{
	if (m->keys_cap - m->keys_len < key.len) {
		size_t cap = m->keys_cap != 0 ? m->keys_cap : 256;

		while (cap - m->keys_len < key.len)
			cap *= 2;
		m->keys = mem_realloc(m->keys, cap);
		m->keys_cap = cap;
	}
	if (m->n == m->ends_cap) {
		m->ends_cap = m->ends_cap != 0 ? m->ends_cap * 2 : 16;
		m->ends = mem_realloc(m->ends, m->ends_cap * sizeof *m->ends);
	}
	if (key.len != 0)
		memcpy(m->keys + m->keys_len, key.p, key.len);
	m->keys_len += key.len;
	m->ends[m->n++] = m->keys_len;
}

size_t
map_add(struct map *m, struct str key)
{
	struct map_entry *s;
	uint64_t h;

	if (m->n * 3 >= m->nslots * 2)
		rehash(m);
	h = map_hash(m->seed, key);
	s = probe(m, key, h);
	if (s->tag_num == 0) {
		keep(m, key);
		s->tag_num = h >> TAG_SHIFT << TAG_SHIFT | m->n;
	}
	return (s->tag_num & NUM_MASK) - 1;
}

size_t
map_find(const struct map *m, struct str key)
{
	struct map_entry *s;

	if (m->nslots == 0)
		return MAP_NONE;
	s = probe(m, key, map_hash(m->seed, key));
	return s->tag_num == 0 ? MAP_NONE : (s->tag_num & NUM_MASK) - 1;
}

size_t
map_bytes(const struct map *m)
{
	return m->nslots * sizeof *m->slots + m->keys_cap +
	    m->ends_cap * sizeof *m->ends;
}

void
map_free(struct map *m)
{
	mem_free(m->slots);
	mem_free(m->keys);
	mem_free(m->ends);
	*m = (struct map){0};
}
