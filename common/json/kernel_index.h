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
 *	utf8_errors(p)		not 0: the 64 bytes at p are malformed UTF-8;
 *				looks at the 3 before them too
 *	parity(mask)		of bits 0..i, for each i
 *	put_bits(to, mask, base)	base + i for each set bit; how many
 *
 * Which words have a number, or a character that is not ASCII, cannot be
 * guessed, so that a branch on it for each word would cost more than what it
 * leaves out: they are noted without one, and looked at when there are enough.
 */
#include "json/kernel.h"

#if defined(TARGET)

/* The numbers of n words that were noted. */
TARGET static __attribute__((noinline)) void
index_numbers(struct kernel_run *r, uint32_t n)
{
	struct kernel_number num = r->num;
	uint32_t *ends = r->out->ends + r->out->nends;
	char edge[KERNEL_EDGE];

	for (uint32_t i = 0; i < n; i++) {
		const struct kernel_note *note = &r->notes[i];
		struct word v = load(kernel_at(r, note->at, edge));
		struct kernel_word w = {
		    .digit = note->digit,
		    .zero = equal(&v, '0'),
		    .point = equal(&v, '.'),
		    .letter = letters(&v),
		    .sign = signs(&v),
		};

		ends += put_bits(ends, kernel_number(&num, &w), note->at);
	}
	r->num = num;
	r->out->nends = (uint32_t)(ends - r->out->ends);
}

/* The characters of the words of data[at..end). */
TARGET static __attribute__((noinline)) void
index_characters(struct kernel_run *r, size_t at, size_t end)
{
	uint32_t odd[KERNEL_NOTES], n = 0;
	uint64_t errors = 0;
	char edge[KERNEL_EDGE];

	for (; at < end; at += 64) {
		const char *p = kernel_at(r, at, edge);
		struct word v = load(p);

		/* Also the rest of a character. */
		odd[n] = (uint32_t)at;
		n += high(&v) | (unsigned char)p[-1] >> 7;
	}
	for (uint32_t i = 0; i < n; i++)
		errors |= utf8_errors(kernel_at(r, odd[i], edge));
	r->out->bad |= errors != 0;
}

TARGET static void
index_block(const char *data, size_t len, struct kernel_out *out)
{
	struct kernel_run r = {.data = data, .len = len, .out = out};
	uint64_t carry = 0, inside = 0, ctrl_in = 0, before = 0;
	uint32_t nq = 0, ne = 0;
	char edge[KERNEL_EDGE];

	for (size_t at = 0, end; at < len; at = end) {
		uint32_t n = 0;
		struct word all = load(kernel_at(&r, at, edge));

		end = len - at > KERNEL_CHUNK ? at + KERNEL_CHUNK : len;
		for (size_t i = at; i < end; i += 64) {
			struct word v = load(kernel_at(&r, i, edge));
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
			r.notes[n] = (struct kernel_note){digit, (uint32_t)i};
			n += kernel_number_in(digit, before);
			before = digit;
			all = either(&all, &v);
		}
		index_numbers(&r, n);
		if (high(&all) || (at != 0 && (data[at - 1] & 0x80) != 0))
			index_characters(&r, at, end);
	}
	out->nquotes = nq;
	out->nescapes = ne;
	/* The last number may end with the block. */
	if (kernel_number(&r.num, &(struct kernel_word){0}) != 0)
		out->ends[out->nends++] = (uint32_t)len;
	out->bad |= ctrl_in != 0 || inside != 0 || r.num.bad != 0;
}

#endif
#endif
