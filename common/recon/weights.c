#include "recon/recon_priv.h"

/*
 * Fitted by conditional maximum likelihood on labelled tables of many domains;
 * see tests/conformance/fieldmatch.c for what they give.
 */
const struct weights recon_weights = {
    .first = {
	[F_BIAS] = -2.78,
	[F_COVER_TARGET] = 1.85,
	[F_COVER_SOURCE] = 2.82,
	[F_COVER_BOTH] = 3.75,
	[F_EXACT] = 0.99,
	[F_CHARS] = 2.28,
	[F_EDITS] = -0.69,
	[F_HEAD] = -0.90,
	[F_FIRST] = -1.06,
	[F_NUMBER_CLASH] = 0.15,
	[F_NUMBER_EXTRA] = -0.73,
	[F_CONTRAST] = -1.02,
	[F_UNIT_SAME] = 2.25,
	[F_UNIT_DIMENSION] = -1.56,
	[F_UNIT_CLASH] = -2.07,
	[F_TYPE] = 1.60,
	[F_TYPE_BAD] = -0.59,
	[F_RANGE_IN] = -0.02,
	[F_RANGE_OUT] = -1.35,
	[F_OVERLAP] = 2.50,
	[F_USUAL] = -0.22,
	[F_UNUSUAL] = -0.74,
	[F_NARROW] = 0.69,
	[F_NAMELESS] = 1.13,
	[F_NAMELESS_USUAL] = 4.23,
	[F_NAMELESS_TYPE] = -0.05,
	[F_ONLY] = 3.92,
	[F_ROLE_SOURCE] = -0.57,
	[F_ROLE_TARGET] = -0.25,
	[F_QUALIFIER_SOURCE] = -0.29,
	[F_QUALIFIER_TARGET] = -0.16,
	[F_STRICT] = -0.18,
	[F_COVER_LEAST] = 2.56,
	[F_SET_IN] = 0.86,
	[F_SET_OUT] = -0.55,
	[F_SET_ELSE] = -1.31,
	[F_LONE_KNOWN] = -1.06,
    },
    .margin = {-0.07, 0.02, 0.74, 0.80},
};
