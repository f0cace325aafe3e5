#include "recon/recon_priv.h"

/*
 * Fitted by conditional maximum likelihood on labelled tables of many domains;
 * see tests/conformance/fieldmatch.c for what they give.
 */
const struct weights recon_weights = {
    .first = {
	[F_BIAS] = -2.85,
	[F_COVER_TARGET] = 1.68,
	[F_COVER_SOURCE] = 3.11,
	[F_COVER_BOTH] = 3.56,
	[F_EXACT] = 0.67,
	[F_CHARS] = 2.31,
	[F_EDITS] = -0.60,
	[F_HEAD] = -0.75,
	[F_FIRST] = -1.06,
	[F_NUMBER_CLASH] = 0.02,
	[F_NUMBER_EXTRA] = -0.86,
	[F_CONTRAST] = -1.79,
	[F_UNIT_SAME] = 2.27,
	[F_UNIT_DIMENSION] = -1.15,
	[F_UNIT_CLASH] = -1.26,
	[F_TYPE] = 1.48,
	[F_TYPE_BAD] = -0.80,
	[F_RANGE_IN] = -0.11,
	[F_RANGE_OUT] = -1.41,
	[F_OVERLAP] = 2.50,
	[F_USUAL] = -0.03,
	[F_UNUSUAL] = -0.62,
	[F_NARROW] = 0.26,
	[F_NAMELESS] = 1.22,
	[F_NAMELESS_USUAL] = 3.89,
	[F_NAMELESS_TYPE] = 0.05,
	[F_ONLY] = 3.47,
	[F_ROLE_SOURCE] = -0.50,
	[F_ROLE_TARGET] = -0.22,
	[F_QUALIFIER_SOURCE] = -0.55,
	[F_QUALIFIER_TARGET] = -0.18,
	[F_STRICT] = -0.30,
	[F_COVER_LEAST] = 2.68,
	[F_SET_IN] = 1.57,
	[F_SET_OUT] = -0.51,
	[F_SET_ELSE] = -1.09,
	[F_LONE_KNOWN] = -1.02,
    },
    .margin = {-0.10, 0.02, 0.78, 0.80},
};
