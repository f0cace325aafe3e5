#ifndef RAP_JSON_KERNEL_PLAIN_H
#define RAP_JSON_KERNEL_PLAIN_H

/*
 * What kernel_index.h wants of a kernel, for those that find the bytes of one
 * kind at a time; included behind
 *
 *	struct word		64 bytes
 *	load(p)			those at p
 *	equal(&w, c)		mask of the bytes that are c
 *	between(&w, from, to)	mask of those in a range
 *	either(&w, &x)		the bits that are in either
 *	high(&w)		is a byte 0x80 or more?
 *	letters(&w), signs(&w)	mask of e and E, of + and -
 *	parity(mask)		of bits 0..i, for each i
 *
 * The bytes of numbers are looked for in the words only that may have some.
 */
#include "json/kernel.h"

#if defined(TARGET)

TARGET static inline bool
look(const char *p, struct kernel_masks *m, uint32_t i)
{
	struct word all = load(p);

#pragma GCC unroll 4
	for (size_t k = 0; k < sizeof(LANES) / 8; k++, p += 64) {
		struct word v = load(p);

		m->quote[i + k] = equal(&v, '"');
		m->slash[i + k] = equal(&v, '\\');
		m->low[i + k] = between(&v, 0, 0x1f);
		m->digit[i + k] = between(&v, '0', '9');
		all = either(&all, &v);
	}
	return high(&all);
}

TARGET static inline LANES
inside_strings(const uint64_t *quote, uint64_t *inside)
{
	LANES in;

#pragma GCC unroll 4
	for (size_t k = 0; k < sizeof in / 8; k++) {
		in[k] = parity(quote[k]) ^ *inside;
		*inside = (uint64_t)((int64_t)in[k] >> 63);
	}
	return in;
}

TARGET static inline uint32_t
note_numbers(struct kernel_words *w, uint32_t n, const struct kernel_masks *m,
    uint32_t i, const struct kernel_place *p)
{
	uint64_t before = p->before;

	for (uint32_t k = 0; k < p->n; k++) {
		uint64_t digit = m->digit[i + k];

		w->at[n] = p->at + 64 * k;
		w->digit[n] = digit;
		n += kernel_number_in(digit, before);
		before = digit;
	}
	return n;
}

TARGET static inline void
number_bytes(struct kernel_words *w, uint32_t n, const char *data, size_t len)
{
	char edge[KERNEL_EDGE];

	for (uint32_t i = 0; i < n; i++) {
		struct word v = load(kernel_at(data, len, w->at[i], edge));

		w->zero[i] = equal(&v, '0');
		w->point[i] = equal(&v, '.');
		w->letter[i] = letters(&v);
		w->sign[i] = signs(&v);
	}
}

#endif
#endif
