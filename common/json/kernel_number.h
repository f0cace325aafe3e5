#ifndef RAP_JSON_KERNEL_NUMBER_H
#define RAP_JSON_KERNEL_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Numbers, 64 bytes at a time: the grammar of RFC 8259 section 6 on masks, bit
 * i for byte i, and where each number ends.  Words that kernel_number_in says
 * no to may be left out.
 *
 * A number is here a run of its bytes without the '-' that may begin it; who
 * walks the text looks at that one, and at the first digit behind it.  What is
 * no number, a '.' alone or the letters of `1true`, may have an end or none:
 * the walk stops there.
 */

/* What a word is made of. */
struct kernel_word {
	uint64_t digit; /* outside strings */
	uint64_t zero, point, letter, sign; /* 0 . eE +-, anywhere */
};

/* May the word have a part of a number?  `before` are the digits of the word
 * before: a number that goes on has one among its last three bytes, behind that
 * '.', E, or E and a sign. */
static inline bool
kernel_number_in(uint64_t digit, uint64_t before)
{
	return (digit | before >> 61) != 0;
}

/* What the last byte of the words before was: 0 or 1 each. */
struct kernel_number {
	uint64_t digit, letter;
	uint64_t zero;	 /* an integer part of 0 */
	uint64_t number; /* any byte of a number */
	uint64_t part, exponent; /* of one that has a '.' or E, an E */
	uint64_t bad;	 /* not 0: something was no number */
};

/* The mask moved up by one, *carry the bit before it; *carry is that of the
 * next word afterwards. */
static inline uint64_t
kernel_behind(uint64_t mask, uint64_t *carry)
{
	uint64_t behind = mask * 2 + *carry;

	*carry = mask >> 63;
	return behind;
}

/*
 * The marks that are not the first of their run.  A mark added to the run's
 * bits is carried through to its end: of the bits behind it only those are left
 * to which one was added again.
 */
static inline uint64_t
kernel_again(uint64_t runs, uint64_t marks, uint64_t *carry)
{
	uint64_t sum = runs + marks + *carry;

	*carry = (runs & ~(sum & ~marks)) >> 63;
	return sum & marks;
}

/* The next word: a bit for each first byte behind a number. */
static inline uint64_t
kernel_number(struct kernel_number *s, const struct kernel_word *w)
{
	uint64_t digit = w->digit;
	uint64_t behind_digit = kernel_behind(digit, &s->digit);
	uint64_t point = w->point & behind_digit;
	uint64_t letter = w->letter & behind_digit;
	uint64_t sign = w->sign & kernel_behind(letter, &s->letter);
	uint64_t number = digit | point | letter | sign;
	uint64_t behind = kernel_behind(number, &s->number);
	uint64_t ends = behind & ~number;
	uint64_t zero = w->zero & digit & ~behind;

	s->bad |= ends & ~behind_digit;
	s->bad |= kernel_behind(zero, &s->zero) & digit;
	s->bad |= kernel_again(number, point | letter, &s->part) & point;
	s->bad |= kernel_again(number, letter, &s->exponent);
	return ends;
}

#endif
