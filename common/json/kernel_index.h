#ifndef RAP_JSON_KERNEL_INDEX_H
#define RAP_JSON_KERNEL_INDEX_H

/*
 * The loops of a kernel, included by each behind what it has of its own:
 *
 *	TARGET			attributes of its functions
 *	struct word		64 bytes
 *	load(p)			those at p
 *	equal(&w, c)		mask of the bytes that are c
 *	between(&w, from, to)	mask of those in a range
 *	either(&w, &x)		the bits that are in either
 *	high(&w)		is a byte 0x80 or more?
 *	letters(&w), signs(&w)	mask of e and E, of + and -
 *	utf8_errors(p)		not 0: those at p, behind the 3 before them, are
 *				malformed UTF-8
 *	parity(mask)		of bits 0..i, for each i
 *	put_bits(to, mask, base)	base + i for each set bit; how many
 *	LANES			a vector of uint64_t
 *	lanes_up(before, v)	the lanes of v moved up by one, the last one of
 *				before below them
 *
 * Which words have numbers cannot be guessed, and a branch on it for each would
 * cost more than it saves: they are noted without one, and looked at by lanes.
 */
#include "json/kernel.h"
#include "json/kernel_number.h"

#if defined(TARGET)

struct run {
	const char *data;
	size_t len;
	struct kernel_out *out;
	struct numbers numbers;
	struct kernel_words words;
};

/* The numbers of the n words noted, as many as fill lanes.  The others become
 * the first ones: how many. */
TARGET static __attribute__((noinline)) uint32_t
index_numbers(struct run *r, uint32_t n)
{
	enum { AT_ONCE = sizeof(LANES) / 8 };
	struct kernel_words *w = &r->words;
	struct numbers s = r->numbers;
	uint32_t *ends = r->out->ends + r->out->nends;
	uint32_t left = n % AT_ONCE;
	char edge[KERNEL_EDGE];

	n -= left;
	for (uint32_t i = 0; i < n; i++) {
		struct word v = load(kernel_at(r->data, r->len, w->at[i],
		    edge));

		w->zero[i] = equal(&v, '0');
		w->point[i] = equal(&v, '.');
		w->letter[i] = letters(&v);
		w->sign[i] = signs(&v);
	}
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
	}
	return left;
}

/* Those left; the last number may end with the block. */
TARGET static void
index_last_numbers(struct run *r, uint32_t n)
{
	LANES bad;

	do {
		r->words.at[n] = (uint32_t)r->len;
		r->words.digit[n] = 0;
		n = index_numbers(r, n + 1);
	} while (n != 0);
	bad = r->numbers.bad;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		r->out->bad |= bad[i] != 0;
}

/* The characters of the words of data[at..end). */
TARGET static __attribute__((noinline)) bool
bad_characters(const struct run *r, size_t at, size_t end)
{
	uint64_t errors = 0;
	char edge[KERNEL_EDGE];

	for (; at < end; at += 64)
		errors |= utf8_errors(kernel_at(r->data, r->len, at, edge));
	return errors != 0;
}

TARGET static void
index_block(const char *data, size_t len, struct kernel_out *out)
{
	struct run r = {.data = data, .len = len, .out = out};
	uint64_t carry = 0, inside = 0, ctrl_in = 0, before = 0;
	uint32_t nq = 0, ne = 0, n = 0;
	char edge[KERNEL_EDGE];

	for (size_t at = 0, end; at < len; at = end) {
		struct word all = load(kernel_at(data, len, at, edge));

		end = len - at > KERNEL_CHUNK ? at + KERNEL_CHUNK : len;
		for (size_t i = at; i < end; i += 64) {
			struct word v = load(kernel_at(data, len, i, edge));
			uint64_t quote, escapes, in, digit;

			quote = equal(&v, '"');
			quote &= ~kernel_escaped(equal(&v, '\\'), &carry,
			    &escapes);
			in = parity(quote) ^ inside;
			inside = (uint64_t)((int64_t)in >> 63);
			ctrl_in |= between(&v, 0, 0x1f) & in;
			nq += put_bits(out->quotes + nq, quote, (uint32_t)i);
			if (escapes != 0)
				ne += put_bits(out->escapes + ne, escapes,
				    (uint32_t)i);
			digit = between(&v, '0', '9') & ~in;
			r.words.at[n] = (uint32_t)i;
			r.words.digit[n] = digit;
			n += number_in(digit, before);
			before = digit;
			all = either(&all, &v);
		}
		n = index_numbers(&r, n);
		if (high(&all) || (at != 0 && (data[at - 1] & 0x80) != 0))
			out->bad |= bad_characters(&r, at, end);
	}
	index_last_numbers(&r, n);
	out->nquotes = nq;
	out->nescapes = ne;
	out->bad |= ctrl_in != 0 || inside != 0;
}

#endif
#endif
