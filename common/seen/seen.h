#ifndef RAP_SEEN_SEEN_H
#define RAP_SEEN_SEEN_H

#include <stddef.h>
#include <stdint.h>

/*
 * The set of keys that were seen: exact, of any size, in bounded memory.
 *
 *	struct seen *s = seen_new((size_t)64 << 20);
 *
 *	switch (seen_add(s, key, &e)) { case 1: the first of its kind ...
 *
 * Keys are kept in memory; when they pass its bound they go to disk, sorted
 * by their hash (a run), and a filter in memory tells most keys that are new
 * from those that may be on disk.  Only for the latter a page of a run is
 * read, and the key compared.  Runs of like size are merged, so that there are
 * few.  Each answer is known at once.
 *
 * Memory: the bound, and less than 1 MiB of buffers.  Half of it is the
 * filter, once there are runs: at 12 bits of it a key, one new key in a
 * hundred is looked for on disk.  Disk: about 12 bytes and the key, and as
 * much again while the largest runs are merged; each key is written some
 * log8(keys / keys that fit in memory) + 1 times.  The files are in $TMPDIR
 * and have no name, so that nothing is left of them, however the process ends.
 *
 * One thread at a time.
 */
struct err;
struct seen;
struct str;

enum { SEEN_KEY_MAX = 255 };

/* memory is in bytes; less than 64 KiB is taken as 64 KiB. */
struct seen *seen_new(size_t memory);
void seen_free(struct seen *s);

/*
 * 1: the key is new and has been added; 0: it was there.  -1: ERR_CANTCREATE
 * [io.create], ERR_IO [io.write, io.read] for the files, ERR_INTERNAL
 * [seen.key] for a key of more than SEEN_KEY_MAX bytes; the set can then only
 * be freed.
 */
int seen_add(struct seen *s, struct str key, struct err *e);

/* 1: the key is there; 0: it is not.  -1 as above. */
int seen_has(struct seen *s, struct str key, struct err *e);

/* Bytes of memory that are held, and of disk. */
size_t seen_memory(const struct seen *s);
uint64_t seen_disk(const struct seen *s);

#endif
