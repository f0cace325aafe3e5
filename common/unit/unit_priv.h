#ifndef RAP_UNIT_UNIT_PRIV_H
#define RAP_UNIT_UNIT_PRIV_H

#include "unit/unit.h"

/* Shared by the files of this folder only. */

/* A unit with a name of its own: value times unit. */
struct unit_atom {
	const char *code;
	bool metric;	   /* takes prefixes */
	const char *value; /* decimal; NULL: a base unit, or unit NULL */
	const char *unit;  /* a code of other atoms; NULL: special */
	int dim;	   /* of a base unit */
	const char *shift; /* of a temperature scale; decimal */
};

/* The atom called code, or NULL. */
const struct unit_atom *unit_atom_find(struct str code);
/* Power of ten of a prefix, or of 1024 when *binary; false: no prefix. */
bool unit_prefix(struct str code, int *power, bool *binary);
/* What somebody may have meant, or NULL. */
const char *unit_meant(struct str code);

#define UNIT_E18 UINT64_C(1000000000000000000)

/* Above all numerators and denominators. */
num_u128 unit_limit(void);
/* Arithmetic of fractions in lowest terms; false when they grow too large. */
bool unit_ratio_mul(struct unit_ratio *a, const struct unit_ratio *b);
bool unit_ratio_inverse(struct unit_ratio *a);
bool unit_ratio_power(struct unit_ratio *a, int n);
/* "4.54609", "1e-24" */
struct unit_ratio unit_ratio_of(const char *decimal);

#endif
