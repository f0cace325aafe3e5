#ifndef RAP_RECON_VALUES_PRIV_H
#define RAP_RECON_VALUES_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "recon/lexicon_priv.h"
#include "recon/name_priv.h"
#include "recon/profile.h"

/* What values say of a field; never included from outside the folder. */
struct pair;
struct recon_field;

/* What the values of a target should be like. */
struct expect {
	uint8_t kind;
	unsigned types;
	bool ranged, usual;
	double lo, hi;		  /* possible */
	double usual_lo, usual_hi; /* most */
	const struct recon_profile *samples;
	uint64_t sets; /* of values, by their bits */
};

/* FNV-1a of a value, letters in lower case: the same in every run. */
uint64_t values_hash(struct str s);
/* The sets that nearly all values are of. */
uint64_t values_sets(const struct recon_profile *p,
    const struct recon_lexicon *l);
/* The sets that the values of a field of this name would be of. */
uint64_t name_sets(const struct name *n, const struct recon_lexicon *l);
void sets_compare(const struct recon_profile *p, uint64_t sets, uint64_t want,
    struct pair *out);

void values_expect(struct expect *x, const struct name *n,
    const struct recon_lexicon *l, const struct recon_field *f);
/* The kind that the values show without a name: time, url ... or none. */
enum kind values_kind(const struct recon_profile *p);
void values_compare(const struct recon_profile *p, const struct expect *x,
    struct pair *out);

#endif
