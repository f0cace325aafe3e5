#ifndef RAP_FETCH_UNPACK_H
#define RAP_FETCH_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * gzip (RFC 1952, through zlib) and zstd (RFC 8878, through libzstd), told by
 * their first bytes; what is neither passes through.  All members and frames
 * are read, checksums are checked, a cut is an error.  Memory: 64 KiB and the
 * decoder's window (zstd: at most 128 MiB, as libzstd allows).
 *
 *	struct unpack *u = unpack_new(take, ctx);
 *	while (more)
 *		if (unpack_push(u, p, n, &e) != 0) ...
 *	unpack_end(u, &e);
 *	unpack_free(u);
 *
 * take gets the unpacked bytes in pieces; its -1 is passed on.
 */
struct err;
struct unpack;

struct unpack *unpack_new(
    int (*take)(void *ctx, const char *p, size_t n, struct err *e), void *ctx);

/* ERR_DATA [gzip.data, gzip.trail, zstd.data]. */
int unpack_push(struct unpack *u, const char *p, size_t n, struct err *e);
/* The input is over.  ERR_DATA [gzip.trunc, zstd.trunc] when it was cut. */
int unpack_end(struct unpack *u, struct err *e);
/* The bytes were packed (known after four, or after the end). */
bool unpack_packed(const struct unpack *u);
void unpack_free(struct unpack *u);

#endif
