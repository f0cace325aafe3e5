#ifndef RAP_FETCH_INPUT_H
#define RAP_FETCH_INPUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format.h"
#include "get.h"
#include "hash/hash.h"
#include "source.h"

/*
 * One source from its bytes to the output.  A file or stdin streams; a body
 * from the network, or a file whose digest is given, is held whole (max_body)
 * and checked before its first record is written.
 */
struct err;
struct prog;

struct input_opts {
	struct format_opts format;
	struct get_opts get; /* headers, timeouts: of this source */
	const char *sha256;  /* the bytes must have this digest, or NULL */
	const atomic_int *stop;
	int wake; /* readable when stop is set */
};

/*
 * Fetch s.  Records are written and counted in p; what was read is noted in
 * its stage record.  0 also when *stop was set on the way.  ERR_POLICY
 * [fetch.digest] and the errors of format.h, unpack.h, get.h, io.h.
 */
int input_fetch(struct prog *p, const struct source *s,
    const struct input_opts *o, struct err *e);

#endif
