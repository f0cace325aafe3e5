#include "recon/recon_priv.h"

/*
 * Fitted by conditional maximum likelihood on labelled tables of many domains;
 * see tests/conformance/fieldmatch.c for what they give.
 */
const struct weights recon_weights = {
    .first = {
	[F_BIAS] = -3.84,
	[F_COVER_TARGET] = 1.89,
	[F_COVER_SOURCE] = 1.62,
	[F_COVER_BOTH] = 2.04,
	[F_EXACT] = 0.14,
	[F_CHARS] = 1.41,
	[F_EDITS] = 0.31,
	[F_HEAD] = 0.71,
	[F_FIRST] = 0.79,
	[F_NUMBER_CLASH] = 0.03,
	[F_NUMBER_EXTRA] = 0.12,
	[F_CONTRAST] = -0.70,
	[F_UNIT_SAME] = 0.82,
	[F_UNIT_DIMENSION] = -0.10,
	[F_UNIT_CLASH] = -0.31,
	[F_TYPE] = 1.10,
	[F_TYPE_BAD] = -0.81,
	[F_RANGE_IN] = -0.10,
	[F_RANGE_OUT] = -1.50,
	[F_OVERLAP] = 2.50,
	[F_USUAL] = 0.52,
	[F_UNUSUAL] = -0.68,
	[F_NARROW] = 0.40,
	[F_NAMELESS] = 1.14,
	[F_NAMELESS_USUAL] = 1.11,
	[F_NAMELESS_TYPE] = 0.17,
	[F_ONLY] = 1.50,
	[F_ROLE_SOURCE] = -0.56,
	[F_ROLE_TARGET] = 0.02,
	[F_QUALIFIER_SOURCE] = -0.25,
	[F_QUALIFIER_TARGET] = -0.46,
	[F_STRICT] = 0.78,
	[F_COVER_LEAST] = 1.95,
    },
    .margin = {-0.20, 0.04, 0.63, 0.67},
};
