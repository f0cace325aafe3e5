#ifndef RAP_JSON_KERNEL_UTF8_H
#define RAP_JSON_KERNEL_UTF8_H

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
