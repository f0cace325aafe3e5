#ifndef RAP_JSON_KERNEL_H
#define RAP_JSON_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a kernel gives for a block: see json/scan.h.  Shared by the files of
 * this folder only.
 */
struct kernel_out {
	uint32_t *quotes, *escapes; /* room for the block's length + 64 each */
	uint32_t nquotes, nescapes;
	bool bad; /* malformed UTF-8, or a control byte (an LF too) in a string,
		     or a string that does not end */
};

struct json_kernel {
	const char *name;
	bool (*supported)(void);
	/* 64 bytes may be read past data[len]; what they hold is not used. */
	void (*index)(const char *data, size_t len, struct kernel_out *out);
};

extern const struct json_kernel json_kernel_avx2;
extern const struct json_kernel json_kernel_avx512;
extern const struct json_kernel json_kernel_neon;

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

/*
 * The tables of Keiser and Lemire, "Validating UTF-8 in less than one
 * instruction per byte" (2021): each kind of fault is a bit; a pair of bytes
 * is wrong when its bit is in all three look-ups, by the high nibble of the
 * first byte, its low nibble, and the high nibble of the second.
 */
enum {
	U_SHORT = 1 << 0,    /* lead, then no continuation */
	U_LONG = 1 << 1,     /* ASCII, then a continuation */
	U_OVER3 = 1 << 2,    /* E0 80..9F */
	U_LARGE = 1 << 3,    /* F4 90.. and above */
	U_SURROGATE = 1 << 4, /* ED A0.. */
	U_OVER2 = 1 << 5,    /* C0, C1 */
	U_LARGE1000 = 1 << 6, /* F5.. 80..8F; with OVER4: F0 80..8F */
	U_OVER4 = 1 << 6,
	U_TWO = 1 << 7,	     /* two continuations: right only after E0.. */
	U_CARRY = U_SHORT | U_LONG | U_TWO
};

#define KERNEL_UTF8_HIGH1                                                      \
	U_LONG, U_LONG, U_LONG, U_LONG, U_LONG, U_LONG, U_LONG, U_LONG,        \
	    U_TWO, U_TWO, U_TWO, U_TWO, U_SHORT | U_OVER2, U_SHORT,            \
	    U_SHORT | U_OVER3 | U_SURROGATE,                                   \
	    U_SHORT | U_LARGE | U_LARGE1000 | U_OVER4

#define KERNEL_UTF8_LOW1                                                       \
	U_CARRY | U_OVER3 | U_OVER2 | U_OVER4, U_CARRY | U_OVER2, U_CARRY,     \
	    U_CARRY, U_CARRY | U_LARGE, U_CARRY | U_LARGE | U_LARGE1000,       \
	    U_CARRY | U_LARGE | U_LARGE1000, U_CARRY | U_LARGE | U_LARGE1000,  \
	    U_CARRY | U_LARGE | U_LARGE1000, U_CARRY | U_LARGE | U_LARGE1000,  \
	    U_CARRY | U_LARGE | U_LARGE1000, U_CARRY | U_LARGE | U_LARGE1000,  \
	    U_CARRY | U_LARGE | U_LARGE1000,                                   \
	    U_CARRY | U_LARGE | U_LARGE1000 | U_SURROGATE,                     \
	    U_CARRY | U_LARGE | U_LARGE1000, U_CARRY | U_LARGE | U_LARGE1000

#define KERNEL_UTF8_HIGH2                                                      \
	U_SHORT, U_SHORT, U_SHORT, U_SHORT, U_SHORT, U_SHORT, U_SHORT,         \
	    U_SHORT,                                                           \
	    U_LONG | U_OVER2 | U_TWO | U_OVER3 | U_LARGE1000 | U_OVER4,        \
	    U_LONG | U_OVER2 | U_TWO | U_OVER3 | U_LARGE,                      \
	    U_LONG | U_OVER2 | U_TWO | U_SURROGATE | U_LARGE,                  \
	    U_LONG | U_OVER2 | U_TWO | U_SURROGATE | U_LARGE, U_SHORT,         \
	    U_SHORT, U_SHORT, U_SHORT

#endif
