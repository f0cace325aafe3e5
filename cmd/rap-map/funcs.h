#ifndef RAP_MAP_FUNCS_H
#define RAP_MAP_FUNCS_H

#include "expr/expr.h"
#include "mapping.h"

/*
 * The functions that expressions of a mapping have beside those of
 * rap-expr(5): unit(x, "km/h", "m/s") and lookup("table", key).
 */
enum { FUNCS_N = 2, FUNCS_UNITS = 8, FUNCS_CODE = 32 };

/* Conversions that were compiled last; of one thread. */
struct funcs {
	const struct mapping *m;
	struct {
		char from[FUNCS_CODE], to[FUNCS_CODE];
		size_t nfrom, nto;
		struct unit_conv conv;
	} units[FUNCS_UNITS];
	size_t next;
};

/* The conversion between two codes.  ERR_CONFIG [unit.*]. */
int funcs_unit(struct funcs *f, struct str from, struct str to,
    struct unit_conv *c, struct err *e);

/* Fill out[FUNCS_N]; ctx is NULL for what is only compiled. */
void funcs_fill(struct expr_func *out, struct funcs *ctx);

/*
 * Are the units and the table that the text names in quotes there?  So that a
 * wrong one is found before a record is read.  ERR_CONFIG, placed in the file.
 */
int funcs_check(const struct mapping *m, uint32_t node, struct str text,
    struct err *e);

#endif
