#ifndef RAP_NUM_NUM_PRIV_H
#define RAP_NUM_NUM_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "num/num.h"

/*
 * Shared by the files of num/.  A number is seen as its significant digits
 * (no zero at either end) and the place of the point: 0.DIGITS * 10^point.
 */
struct num_scan {
	const char *p; /* the first significant digit, borrowed */
	size_t nd;     /* significant digits; 0: the number is zero */
	size_t dot;    /* digits before a '.' among them; nd: there is none */
	int64_t point;
	bool neg; /* never for zero */
};

extern const uint64_t num_pow10[20];

void num_scan(struct num_scan *s, struct str text);

static inline unsigned
num_digit(const struct num_scan *s, size_t i)
{
	return (unsigned)(s->p[i + (i >= s->dot)] - '0');
}

/*
 * The first n of the digits d, which s describes: one more in the last place,
 * carried, without the zeros that leaves.
 */
void num_step_up(struct num_scan *s, char *d, size_t n);

/* Append in the layout of ECMAScript's Number::toString. */
void num_put(struct buf *out, const struct num_scan *s);

/*
 * The nearest double to the digits, of which more may follow: sticky says that
 * something not zero does.  Infinite when it is too large.
 */
double num_nearest(const struct num_scan *s, bool sticky);

/*
 * The wide accumulator: limbs of nine decimal digits over the range that was
 * touched, so memory has a ceiling of 346 limbs and is usually a few.  A limb
 * is signed and carries are left for later; the value is what counts, and it
 * does not depend on the order of additions.
 */
enum {
	NUM_EXP_MAX = 1000,
	NUM_LIMB_DIGITS = 9,
	NUM_LIMB = 1000000000,
	/* A number reaches down to 10^-2000, and its limb below it ... */
	NUM_WIDE_LOW = -2025,
	/* ... and up to 10^1001, with room to add 2^64 of them. */
	NUM_WIDE_LIMBS = 346,
	NUM_WIDE_DIGITS = NUM_WIDE_LIMBS * NUM_LIMB_DIGITS
};

/* += v / 10^scale, scale <= 76 */
void num_wide_add128(struct num_wide **w, num_i128 v, uint32_t scale);
/* += s; the caller checked the limits. */
void num_wide_add(struct num_wide **w, const struct num_scan *s);
void num_wide_merge(struct num_wide **into, const struct num_wide *from);
size_t num_wide_bytes(const struct num_wide *w);
struct num_wide *num_wide_copy(const struct num_wide *w);
/* The value as digits in tmp (NUM_WIDE_DIGITS bytes), described by s. */
void num_wide_digits(struct num_wide *w, char *tmp, struct num_scan *s);

#endif
