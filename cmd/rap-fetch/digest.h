#ifndef RAP_FETCH_DIGEST_H
#define RAP_FETCH_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "hash/hash.h"

/*
 * The SHA-256 of a source that is read in pieces.  As long as what is written
 * is what was read, the digest of the output is the source's too, and no byte
 * is hashed twice; from the first byte that differs on the source is hashed
 * for itself.
 *
 *	digest_begin(&d, prog);
 *	while (a piece came) {
 *		digest_read(&d, piece);
 *		... for what is about to be written: digest_write(&d, lines) ...
 *		digest_keep(&d);
 *	}
 *	digest_end(&d, sum);
 *	digest_free(&d);
 */
struct prog;

struct digest {
	struct prog *prog;
	struct hash *hash;
	bool same;	   /* so far; then: */
	struct buf behind; /* read before and not written, from `at` on */
	size_t at;
	struct str piece;  /* read now and not written */
};

void digest_begin(struct digest *d, struct prog *p);
/* The piece must stay until digest_keep. */
void digest_read(struct digest *d, struct str piece);
/* Before prog_write. */
void digest_write(struct digest *d, struct str lines);
void digest_keep(struct digest *d);
void digest_end(struct digest *d, uint8_t sum[HASH_LEN]);
/* Also of `{0}`. */
void digest_free(struct digest *d);

#endif
