#ifndef RAP_JSON_KERNEL_H
#define RAP_JSON_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "json/kernel_utf8.h"

/*
 * What a kernel gives for a block: see json/scan.h.  Shared by the files of
 * this folder only.
 */
struct kernel_out {
	/* Room for the block's length + 64 each. */
	uint32_t *quotes, *escapes, *ends;
	uint32_t nquotes, nescapes, nends;
	bool bad; /* malformed UTF-8, or a control byte (an LF too) in a string,
		     or a string that does not end, or a malformed number */
};

struct json_kernel {
	const char *name;
	bool (*supported)(void);
	/* *out begins as 0 but for its arrays. */
	void (*index)(const char *data, size_t len, struct kernel_out *out);
};

extern const struct json_kernel json_kernel_avx2;
extern const struct json_kernel json_kernel_avx512;
extern const struct json_kernel json_kernel_neon;

enum {
	KERNEL_CHUNK = 4096, /* bytes looked at together */
	KERNEL_LANES = 8,    /* at most */
	KERNEL_WORDS = KERNEL_CHUNK / 64 + 2 * KERNEL_LANES,
	KERNEL_BEFORE = 3,
	KERNEL_EDGE = KERNEL_BEFORE + 64
};

/* The words of 64 bytes of a chunk: a bit for each byte. */
struct kernel_masks {
	uint64_t quote[KERNEL_WORDS]; /* then without the escaped ones */
	uint64_t slash[KERNEL_WORDS]; /* then those that escape */
	uint64_t low[KERNEL_WORDS];   /* below 0x20 */
	uint64_t digit[KERNEL_WORDS]; /* then outside strings */
	/* 0 . eE +-, if the kernel finds these with the others */
	uint64_t zero[KERNEL_WORDS], point[KERNEL_WORDS];
	uint64_t letter[KERNEL_WORDS], sign[KERNEL_WORDS];
};

/* Words that may have numbers. */
struct kernel_words {
	uint32_t at[KERNEL_WORDS];    /* offset in the block */
	uint64_t digit[KERNEL_WORDS]; /* outside strings */
	/* 0 . eE +-, anywhere */
	uint64_t zero[KERNEL_WORDS], point[KERNEL_WORDS];
	uint64_t letter[KERNEL_WORDS], sign[KERNEL_WORDS];
	uint64_t ends[KERNEL_WORDS];
};

/* Where words are that a vector has a lane for each of, or fewer. */
struct kernel_place {
	uint32_t at;	 /* offset of the first in the block */
	uint32_t n;	 /* how many */
	uint64_t before; /* the digits of the word before them */
};

/* May the word have a part of a number?  `before` are the digits of the word
 * before: a number that goes on has one among its last three bytes, behind that
 * '.', E, or E and a sign.  Words without one may be left out. */
static inline bool
kernel_number_in(uint64_t digit, uint64_t before)
{
	return (digit | before >> 61) != 0;
}

/* The word at an offset, as it is with 3 bytes before it, or else copied to
 * edge: blanks before the block and behind it change nothing. */
static inline const char *
kernel_at(const char *data, size_t len, size_t at, char edge[KERNEL_EDGE])
{
	size_t left = len - at;
	size_t before = at < KERNEL_BEFORE ? at : KERNEL_BEFORE;

	if (__builtin_expect(at != 0 && left >= 64, 1))
		return data + at;
	memset(edge, ' ', KERNEL_EDGE);
	memcpy(edge + KERNEL_BEFORE - before, data + at - before,
	    before + (left < 64 ? left : 64));
	return edge + KERNEL_BEFORE;
}

/*
 * Which bytes are escaped by a backslash, 64 at a time.  *carry is 1 when the
 * last byte of the words before was a backslash that escapes.  *escapes gets
 * the backslashes that escape something.
 */
static inline uint64_t
kernel_escaped(uint64_t slash, uint64_t *carry, uint64_t *escapes)
{
	const uint64_t even = 0x5555555555555555u;
	uint64_t starts, follows, sum, over, escaped;

	if (slash == 0) {
		escaped = *carry;
		*carry = 0;
		*escapes = 0;
		return escaped;
	}
	/*
	 * A run of backslashes escapes every second byte from its second on.
	 * Runs that start on an odd place are carried to their end by an
	 * addition (Langdale and Lemire 2019, section 3.1.1).
	 */
	slash &= ~*carry;
	follows = slash << 1 | *carry;
	starts = slash & ~even & ~follows;
	over = (uint64_t)__builtin_add_overflow(starts, slash, &sum);
	escaped = (even ^ sum << 1) & follows;
	*carry = over;
	*escapes = slash & ~escaped;
	return escaped;
}

/* Bit i of the result: parity of bits 0..i. */
static inline uint64_t
kernel_parity(uint64_t x)
{
	x ^= x << 1;
	x ^= x << 2;
	x ^= x << 4;
	x ^= x << 8;
	x ^= x << 16;
	x ^= x << 32;
	return x;
}

#endif
