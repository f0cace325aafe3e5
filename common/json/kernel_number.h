#ifndef RAP_JSON_KERNEL_NUMBER_H
#define RAP_JSON_KERNEL_NUMBER_H

#include "json/kernel.h"

#if defined(TARGET)

/*
 * Numbers, 64 bytes at a time: the grammar of RFC 8259 section 6 on masks, bit
 * i for byte i, and where each number ends.  Several words at once, one in each
 * lane; what a word leaves to the next one goes up by a lane.
 *
 * A number is here a run of its bytes without the '-' that may begin it; who
 * walks the text looks at that one, and at the first digit behind it.  What is
 * no number, a '.' alone or the letters of `1true`, may have an end or none:
 * the walk stops there.
 */

/* Of the words before. */
struct numbers {
	LANES digit, letter;
	LANES zero;   /* integer parts of 0 */
	LANES number; /* any byte of a number */
	LANES part, exponent; /* 1: goes on behind a '.' or E, behind an E */
	LANES bad;    /* not 0: something was no number */
};

/* The masks moved up by one. */
TARGET static inline LANES
number_behind(LANES mask, LANES *before)
{
	LANES last = lanes_up(*before, mask) >> 63;

	*before = mask;
	return mask << 1 | last;
}

/*
 * The marks that are not the first of their run.  A mark added to the run's
 * bits is carried through to its end: of the bits behind it only those are left
 * to which one was added again.  A carry through a whole word is bad: none goes
 * on to the next, and json_parse has to judge that number.
 */
TARGET static inline LANES
number_again(LANES runs, LANES marks, LANES *carry, LANES *bad)
{
	LANES sum = runs + marks;
	LANES over = (runs & ~(sum & ~marks)) >> 63;

	sum += lanes_up(*carry, over);
	*carry = over;
	*bad |= over ^ (runs & ~(sum & ~marks)) >> 63;
	return sum & marks;
}

/* The words at i and up: a bit for each first byte behind a number. */
TARGET static inline LANES
number_ends(struct numbers *s, const struct kernel_words *w, uint32_t i)
{
	LANES digit, zero, point, letter, sign, number, behind, ends;
	LANES behind_digit;

	memcpy(&digit, w->digit + i, sizeof digit);
	memcpy(&zero, w->zero + i, sizeof zero);
	memcpy(&point, w->point + i, sizeof point);
	memcpy(&letter, w->letter + i, sizeof letter);
	memcpy(&sign, w->sign + i, sizeof sign);
	behind_digit = number_behind(digit, &s->digit);
	point &= behind_digit;
	letter &= behind_digit;
	sign &= number_behind(letter, &s->letter);
	number = digit | point | letter | sign;
	behind = number_behind(number, &s->number);
	ends = behind & ~number;
	s->bad |= ends & ~behind_digit;
	zero &= digit & ~behind;
	s->bad |= number_behind(zero, &s->zero) & digit;
	s->bad |= number_again(number, point | letter, &s->part, &s->bad) &
	    point;
	s->bad |= number_again(number, letter, &s->exponent, &s->bad);
	return ends;
}

#endif
#endif
