#ifndef RAP_JSON_KERNEL_INDEX_H
#define RAP_JSON_KERNEL_INDEX_H

/*
 * Stage 1 of a block, included by each kernel behind what it has of its own,
 * or what kernel_plain.h makes of that:
 *
 *	TARGET			attributes of its functions
 *	LANES			a vector of uint64_t
 *	look(p, &masks, i)	the masks of as many words at p, to i and up:
 *				is a byte 0x80 or more?
 *	utf8_errors(p)		not 0: the 64 bytes at p, behind the 3 before
 *				them, are malformed UTF-8
 *	inside_strings(q, &in)	which bytes of words with those quotes are in
 *				strings; in: the last one of those before, in
 *				all bits
 *	note_numbers(&words, n, &masks, i, &place)
 *				those at i and up that may have numbers, behind
 *				the n noted: how many then
 *	number_bytes(&words, n, data, len)
 *				what note_numbers left out
 *	put_bits(to, mask, base)
 *				base + i for each set bit i; how many
 *	lanes_up(before, v)	the lanes of v moved up by one, the last one of
 *				before below them
 *
 * A chunk goes through one loop after the other, each short enough to keep in
 * registers what it needs; the masks between them stay in the cache.  Where
 * lanes can do it, a loop takes a vector of words at once.
 */
#include "json/kernel.h"
#include "json/kernel_run.h"
#include "json/kernel_string.h"

#if defined(TARGET)

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

/* The masks of data[at..end), with blanks behind it for a whole vector of
 * words: is a byte 0x80 or more? */
TARGET static inline bool
index_masks(struct run *r, size_t at, size_t end)
{
	char rest[64 * AT_ONCE];
	uint32_t i = 0;
	bool wide = false;

	for (; end - at >= sizeof rest; at += sizeof rest, i += AT_ONCE)
		wide |= look(r->data + at, &r->masks, i);
	if (at != end) {
		memset(rest, ' ', sizeof rest);
		memcpy(rest, r->data + at, end - at);
		wide |= look(rest, &r->masks, i);
	}
	return wide;
}

TARGET static void
index_block(const char *data, size_t len, struct kernel_out *out)
{
	struct run r = {.data = data, .len = len, .out = out};
	uint32_t nw = 0;

	for (size_t at = 0, end; at < len; at = end) {
		uint32_t n;
		bool wide;

		end = len - at > KERNEL_CHUNK ? at + KERNEL_CHUNK : len;
		n = (uint32_t)((end - at + 63) / 64);
		wide = index_masks(&r, at, end);
		if (r.escaped != 0 || any_slash(&r, n))
			index_escapes(&r, at, n);
		index_inside(&r, n);
		index_quotes(&r, at, n);
		nw = index_numbers(&r, index_words(&r, at, n, nw));
		if (wide || (at != 0 && (data[at - 1] & 0x80) != 0))
			out->bad |= bad_characters(&r, at, end);
	}
	index_last_numbers(&r, nw);
	out->bad |= any_lane(r.control) || r.inside != 0;
}

#endif
#endif
