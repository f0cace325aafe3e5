#ifndef RAP_RECON_PROFILE_H
#define RAP_RECON_PROFILE_H

#include <stdint.h>

/*
 * What the values of a field look like, in a struct of fixed size however many
 * are counted; no pointer is kept.
 *
 *	struct recon_profile p = {0};
 *	recon_profile_add(&p, &doc, node);
 */
struct json_doc;

/* What a scalar looks like, finer than its JSON type. */
enum recon_shape {
	RECON_INTEGER,
	RECON_FRACTION,	 /* a number with a fraction or an exponent */
	RECON_BOOLEAN,	 /* true, false, "yes", "n" ... */
	RECON_NUMERIC,	 /* a number in quotes */
	RECON_EPOCH,	 /* s or ms since 1970, or a day as 20230131 */
	RECON_TIME,	 /* a date, with or without the time of day */
	RECON_CLOCK,	 /* "1:36.236", "0 days 00:01:37", "PT5M" */
	RECON_PAIR,	 /* "21/33", "5-45" */
	RECON_URL,
	RECON_PATH,	 /* "/index.html" */
	RECON_EMAIL,
	RECON_IP,
	RECON_UUID,
	RECON_OPAQUE,	 /* letters and digits mixed, no blanks */
	RECON_CODE,	 /* up to five letters, all capitals */
	RECON_WORD,	 /* one word of letters */
	RECON_PHRASE,	 /* several words */
	RECON_PHONE,
	RECON_NESTED,	 /* an array or an object */
	RECON_SHAPES
};

enum { RECON_SAMPLE = 64 };

/* What is known of a field's values: fixed size, `{0}` is none. */
struct recon_profile {
	uint64_t n, nulls;		/* values seen, nulls among them */
	uint64_t shapes[RECON_SHAPES];
	double lo, hi;			/* of the numbers */
	uint64_t numbers;
	uint64_t zero_one;		/* numbers that are 0 or 1 */
	uint64_t seen[RECON_SAMPLE];	/* hashes of distinct values */
	uint32_t nseen;
	uint32_t longest;		/* bytes of the longest string */
	double samples[RECON_SAMPLE];	/* the first numbers */
};

/* Count one value. */
void recon_profile_add(struct recon_profile *p, const struct json_doc *d,
    uint32_t node);

#endif
