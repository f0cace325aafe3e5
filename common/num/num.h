#ifndef RAP_NUM_NUM_H
#define RAP_NUM_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Numbers as their text.  A JSON number is exact decimal until somebody asks
 * for a double: comparing, adding and normalising never round.  All functions
 * take the text of a number that json_parse accepted, keep no state, and mind
 * no locale.
 */
struct buf;
struct err;

/* Not ISO C, and both compilers have it; the one place that says so. */
__extension__ typedef __int128 num_i128;
__extension__ typedef unsigned __int128 num_u128;

enum { NUM_DIGITS_MAX = 1000 }; /* arithmetic on longer ones is refused */

/*
 * Append the canonical spelling: exact digits in the layout of ECMAScript's
 * Number::toString ("1.10" -> "1.1", "1E+2" -> "100", "-0.0" -> "0",
 * "1e21" -> "1e+21"), any length, linear time.  The same as RFC 8785 whenever
 * the number survives a double.
 */
void num_canon(struct str text, struct buf *out);

/* Exact order of two numbers: <0, 0, >0.  "1.0" equals "1". */
int num_cmp(struct str a, struct str b);

/* Is it an integer in value (1.0, 1e2 are)? */
bool num_is_integer(struct str text);

/* Exact integer value that fits int64 (1.0 and 1e2 do): 0, else -1. */
int num_to_i64(struct str text, int64_t *v);

/* coef * 10^exp, coef > 0. */
struct num_divisor {
	uint64_t coef;
	int64_t exp;
};

/* 0, or -1 when text is not above 0 or has over 18 significant digits. */
int num_divisor(struct num_divisor *d, struct str text);
/* Is text d times an integer, exactly? */
bool num_is_multiple(struct str text, const struct num_divisor *d);

/*
 * The nearest double, ties to even.  ERR_DATA [num.range] when it would be
 * infinite; underflow gives zero or a subnormal.
 */
int num_to_double(struct str text, double *v, struct err *e);

/* Shortest text that reads back as v (finite), in ECMAScript layout. */
void num_put_double(struct buf *out, double v);

/*
 * Would arithmetic take it?  ERR_DATA [num.limit] past NUM_DIGITS_MAX
 * significant digits or out of +-1e-1000 to 1e1001.
 */
int num_check(struct str text, struct err *e);

/*
 * An exact sum.  Adding is order-free: what is printed is a function of the
 * multiset of what was added, whatever the order, the split into partial sums,
 * or the spelling of the numbers.  `{0}` is the empty sum.  A sum takes 32
 * bytes; one that outgrew 38 digits a few more, never over 3 KiB.
 */
struct num_wide;

struct num_sum {
	num_i128 coef; /* value = coef / 10^scale, + *wide */
	uint32_t scale;
	struct num_wide *wide; /* NULL until something did not fit */
};

/* ERR_DATA [num.limit] as num_check; the sum is then as it was. */
int num_sum_add(struct num_sum *s, struct str text, struct err *e);
/* into += from; from stays as it is. */
void num_sum_merge(struct num_sum *into, const struct num_sum *from);
/* Exact, trailing zeros dropped; past 34 significant digits rounded half to
 * even to 34 (IEEE 754-2008 decimal128). */
void num_sum_put(const struct num_sum *s, struct buf *out);
/*
 * sum / n rounded once to the nearest double, shortest text.  n > 0.
 * ERR_DATA [num.range] when that is infinite.
 */
int num_sum_put_mean(
    const struct num_sum *s, uint64_t n, struct buf *out, struct err *e);
/* Bytes held beside the struct: 0, or what outgrew it. */
size_t num_sum_held(const struct num_sum *s);
void num_sum_free(struct num_sum *s);

#endif
