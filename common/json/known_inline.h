#ifndef RAP_JSON_KNOWN_INLINE_H
#define RAP_JSON_KNOWN_INLINE_H

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "json/known.h"

/*
 * How a member name is compared with what is known, and hashed, for walk.c and
 * known.c.  Little-endian, as whatever has a kernel.
 */

/* Are the bytes at p the text of name n?  May look KNOWN_TEXT bytes ahead. */
static inline __attribute__((always_inline)) bool
json_known_text(const struct json_name *n, const char *p)
{
#ifdef __SSE2__
	const __m128i *text = (const __m128i *)(const void *)n->text;
	const __m128i *at = (const __m128i *)(const void *)p;
	uint32_t same = (uint32_t)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(_mm_loadu_si128(at), _mm_load_si128(text)));

	if ((same | n->spare) == 0xffff)
		return true;
	return same == 0xffff && n->len > KNOWN_WORD &&
	    memcmp(p + KNOWN_WORD, n->text + KNOWN_WORD,
		n->len - KNOWN_WORD) == 0;
#else
	return memcmp(p, n->text, n->len) == 0;
#endif
}

/* Is it, and not yet used in the object with that stamp? */
static inline __attribute__((always_inline)) bool
json_known_is(const struct json_name *n, const char *p, uint32_t stamp)
{
	return __builtin_expect(json_known_text(n, p) && n->stamp != stamp, 1);
}

static inline __attribute__((always_inline)) uint32_t
json_known_kind(uint32_t depth)
{
	return JSON_STRING | JSON_NAME << 8 | (depth & 255) << 16;
}

/*
 * Hash of a name: size bytes at p with its quotes, and 8 readable ones.  It
 * depends on the name alone, whatever stands behind.
 */
static inline __attribute__((always_inline)) uint64_t
json_known_hash(uint32_t mark, const char *p, size_t size)
{
	size_t most = size < 8 ? size : 8;
	uint64_t head, tail;

	memcpy(&head, p, sizeof head);
	memcpy(&tail, p + size - most, sizeof tail);
	/* Bytes behind a short name are shifted out; what they add to goes
	 * with them. */
	return ((head + tail * 5) << (64 - 8 * most) ^ mark ^ size) *
	    0x9e3779b97f4a7c15u;
}

/* Where it is looked for first; KNOWN_WAYS that differ in the last bits. */
static inline __attribute__((always_inline)) uint32_t
json_known_at(uint64_t hash)
{
	return (uint32_t)(hash >> 53);
}

/* What stands there: more of the hash, its depth, and, added here, its index
 * among the names. */
static inline __attribute__((always_inline)) uint32_t
json_known_slot(uint64_t hash, uint32_t mark)
{
	return ((uint32_t)hash & ~(uint32_t)0x3ffff) | mark;
}

/* Note a name that is not known, by its hash; whether the object is a
 * dictionary counts for what follows. */
static inline __attribute__((always_inline)) struct json_taken
json_known_note(struct json_level *l, uint64_t hash, bool any)
{
	uint32_t *last = &l->seen[json_known_at(hash)];

	l->doubt |= *last == l->stamp;
	*last = l->stamp;
	return (struct json_taken){l->start + (any ? KNOWN_GUESSES : 0),
	    json_known_kind(l->depth)};
}

#endif
