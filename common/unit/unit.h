#ifndef RAP_UNIT_UNIT_H
#define RAP_UNIT_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "num/num.h"

/*
 * Units of measure by their UCUM codes ("km/h", "[degF]", "mm[Hg]", case
 * sensitive) and exact conversion between them:
 *
 *	struct unit from, to;
 *	struct unit_conv c;
 *
 *	if (unit_parse(&from, STR("km/h"), e) != 0 ||
 *	    unit_parse(&to, STR("m/s"), e) != 0 ||
 *	    unit_conv_init(&c, &from, &to, e) != 0)
 *		return -1;
 *	unit_convert(&c, STR("36"), &out, e);	(out: "10")
 *
 * Factors are fractions of 128 bits beside a power of ten and one of pi, so
 * nothing is rounded on the way.  A result that ends as a decimal is written
 * exactly; any other, and what takes a pi, is rounded once, half to even, to
 * 17 significant digits.
 *
 * There are the seven base units of UCUM (m s g rad K C cd), its prefixes and
 * about 220 atoms (atom.c), annotations {...}, the affine temperatures Cel,
 * [degF] and [degRe].  The logarithmic units (dB, pH...) are refused.  AU, pc,
 * mol, [e], [h], [k], eV and u have the values of the IAU of 2012 and 2015 and
 * of CODATA 2018, where UCUM's are older.  Plain values: no state, no memory.
 */
struct buf;
struct err;

enum { UNIT_DIMS = 8, UNIT_CODE_MAX = 256, UNIT_DIGITS = 17 };

/* num / den * 10^ten * pi^pi; both > 0 but num of a shift may be 0 */
struct unit_ratio {
	num_u128 num, den;
	int ten, pi;
};

struct unit {
	struct unit_ratio factor;   /* in base units */
	struct unit_ratio shift;    /* base = (value + shift) * factor */
	int8_t dim[UNIT_DIMS];	    /* m s g rad K C cd, arbitrary */
	bool affine;
	const char *meant; /* a code that is often meant by this one; or NULL */
};

/* result = (value * mul + add) / odd * 10^ten */
struct unit_conv {
	num_u128 mul, odd; /* odd: without factors 2 and 5 */
	num_i128 add;
	int ten;
	bool rounded; /* never exact: pi is in it */
	bool same;    /* nothing to do */
};

/*
 * Parse a code.  ERR_CONFIG with e->pos in the code: unit.code (no such unit,
 * with a hint for common misspellings), unit.special (logarithmic, or a
 * temperature scale within a product), unit.limit.
 */
int unit_parse(struct unit *u, struct str code, struct err *e);

/* ERR_CONFIG [unit.dimension], with a hint for codes that are misread, as mph,
 * which is milliphot; [unit.limit]. */
int unit_conv_init(struct unit_conv *c, const struct unit *from,
    const struct unit *to, struct err *e);

/*
 * Append the converted number, in the layout of num_canon; nothing to do
 * leaves its spelling.  ERR_DATA [num.limit] for numbers that arithmetic does
 * not take.
 */
int unit_convert(const struct unit_conv *c, struct str number,
    struct buf *out, struct err *e);

/* The double nearest to the exact result.  ERR_DATA [num.limit, num.range]. */
int unit_to_double(const struct unit_conv *c, struct str number, double *out,
    struct err *e);

/* "m.s-1": the dimension in base units; "1" when there is none. */
void unit_put_dim(const struct unit *u, struct buf *out);

#endif
