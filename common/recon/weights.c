#include "recon/recon_priv.h"

/*
 * Fitted by conditional maximum likelihood on labelled tables of many domains;
 * see tests/conformance/fieldmatch.c for what they give.
 */
const struct weights recon_weights = {
    .first = {
	[F_BIAS] = -3.64,
	[F_COVER_TARGET] = 1.81,
	[F_COVER_SOURCE] = 1.62,
	[F_COVER_BOTH] = 2.38,
	[F_EXACT] = 0.19,
	[F_CHARS] = 1.76,
	[F_HEAD] = 0.62,
	[F_FIRST] = 0.73,
	[F_NUMBER_CLASH] = 0.01,
	[F_NUMBER_EXTRA] = 0.02,
	[F_CONTRAST] = -0.69,
	[F_UNIT_SAME] = 1.00,
	[F_UNIT_DIMENSION] = -0.19,
	[F_UNIT_CLASH] = -0.37,
	[F_TYPE] = 1.11,
	[F_TYPE_BAD] = -0.70,
	[F_RANGE_IN] = -0.06,
	[F_RANGE_OUT] = -0.08,
	[F_OVERLAP] = 2.50,
	[F_USUAL] = 0.49,
	[F_UNUSUAL] = -0.63,
	[F_NARROW] = 0.27,
	[F_NAMELESS] = 0.94,
	[F_NAMELESS_USUAL] = 1.25,
	[F_NAMELESS_TYPE] = 0.15,
	[F_ONLY] = 1.83,
	[F_ROLE_SOURCE] = -0.66,
	[F_ROLE_TARGET] = 0.19,
	[F_STRICT] = 0.51,
	[F_COVER_LEAST] = 1.86,
    },
    .margin = {-0.18, 0.04, 0.62, 0.66},
};
