#ifndef RAP_JSON_KERNEL_RUN_H
#define RAP_JSON_KERNEL_RUN_H

/*
 * What the loops of a kernel share, and those about numbers; see
 * kernel_index.h.
 *
 * Which words have numbers cannot be guessed, and a branch on it for each would
 * cost more than it saves: they are noted without one, and looked at by lanes.
 */
#include "json/kernel.h"
#include "json/kernel_number.h"

#if defined(TARGET)

enum { AT_ONCE = sizeof(LANES) / 8 };

struct run {
	const char *data;
	size_t len;
	struct kernel_out *out;
	/* Of the words before: is the next byte escaped, all bits set if it is
	 * in a string, the digits of the last one. */
	uint64_t escaped, inside, digit;
	LANES control; /* not 0: control bytes in strings */
	struct numbers numbers;
	struct kernel_words words;
	struct kernel_masks masks; /* of the chunk */
};

TARGET static inline bool
any_lane(LANES v)
{
	uint64_t any = 0;

	for (int i = 0; i < AT_ONCE; i++)
		any |= v[i];
	return any != 0;
}

/* The words that may have numbers, behind the nw noted before: how many. */
TARGET static inline uint32_t
index_words(struct run *r, size_t at, uint32_t n, uint32_t nw)
{
	struct kernel_place p = {.before = r->digit};

	for (uint32_t i = 0; i < n; i += AT_ONCE) {
		p.at = (uint32_t)at + i * 64;
		p.n = n - i < AT_ONCE ? n - i : AT_ONCE;
		nw = note_numbers(&r->words, nw, &r->masks, i, &p);
		p.before = r->masks.digit[i + AT_ONCE - 1];
	}
	r->digit = p.before;
	return nw;
}

/* The numbers of the n words noted, as many as fill lanes.  The others become
 * the first ones: how many. */
TARGET static __attribute__((noinline)) uint32_t
index_numbers(struct run *r, uint32_t n)
{
	struct kernel_words *w = &r->words;
	struct numbers s = r->numbers;
	uint32_t *ends = r->out->ends + r->out->nends;
	uint32_t left = n % AT_ONCE;

	n -= left;
	number_bytes(w, n, r->data, r->len);
	for (uint32_t i = 0; i < n; i += AT_ONCE) {
		LANES bits = number_ends(&s, w, i);

		memcpy(w->ends + i, &bits, sizeof bits);
	}
	for (uint32_t i = 0; i < n; i++)
		ends += put_bits(ends, w->ends[i], w->at[i]);
	r->numbers = s;
	r->out->nends = (uint32_t)(ends - r->out->ends);
	for (uint32_t i = 0; i < left; i++) {
		w->at[i] = w->at[n + i];
		w->digit[i] = w->digit[n + i];
		w->zero[i] = w->zero[n + i];
		w->point[i] = w->point[n + i];
		w->letter[i] = w->letter[n + i];
		w->sign[i] = w->sign[n + i];
	}
	return left;
}

/* Those left; the last number may end with the block. */
TARGET static void
index_last_numbers(struct run *r, uint32_t n)
{
	do {
		r->words.at[n] = (uint32_t)r->len;
		r->words.digit[n] = 0;
		r->words.zero[n] = r->words.point[n] = 0;
		r->words.letter[n] = r->words.sign[n] = 0;
		n = index_numbers(r, n + 1);
	} while (n != 0);
	r->out->bad |= any_lane(r->numbers.bad);
}

#endif
#endif
