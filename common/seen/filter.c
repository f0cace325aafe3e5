#include "seen/seen_priv.h"

#include "base/mem.h"

/*
 * A Bloom filter (1970) in blocks of a cache line, as Putze, Sanders and
 * Singler (2007) have it: the first bits of the hash choose the block, the
 * last ones four bits in it.
 */
enum { WORDS = 8, PROBES = 4, PROBE_BITS = 9, WORD_BITS = 6 };

void
filter_init(struct filter *f, size_t bytes)
{
	f->blocks = bytes / (WORDS * sizeof *f->words);
	if (f->blocks > UINT32_MAX)
		f->blocks = UINT32_MAX;
	f->words = mem_array(f->blocks, WORDS * sizeof *f->words);
}

static uint64_t *
block_of(const struct filter *f, uint64_t hash)
{
	return f->words + ((hash >> 32) * f->blocks >> 32) * WORDS;
}

static uint64_t
bit(uint64_t hash, unsigned probe, size_t *word)
{
	uint64_t x = hash >> probe * PROBE_BITS;

	*word = (x >> WORD_BITS) % WORDS;
	return (uint64_t)1 << x % ((uint64_t)1 << WORD_BITS);
}

void
filter_add(struct filter *f, uint64_t hash)
{
	uint64_t *b = block_of(f, hash);

	for (unsigned i = 0; i < PROBES; i++) {
		size_t word;
		uint64_t x = bit(hash, i, &word);

		b[word] |= x;
	}
}

bool
filter_may_have(const struct filter *f, uint64_t hash)
{
	const uint64_t *b = block_of(f, hash);

	for (unsigned i = 0; i < PROBES; i++) {
		size_t word;
		uint64_t x = bit(hash, i, &word);

		if ((b[word] & x) == 0)
			return false;
	}
	return true;
}

void
filter_free(struct filter *f)
{
	mem_free(f->words);
	*f = (struct filter){0};
}
