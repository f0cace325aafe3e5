#ifndef RAP_SEEN_SEEN_PRIV_H
#define RAP_SEEN_SEEN_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Shared by the files of this folder only. */
struct err;

/* A key and its hash, of 64 bits that look like chance. */
struct seen_key {
	uint64_t hash;
	struct str text;
};

/* --- young.c: the keys in memory, in the order of their hashes --- */

struct young_slot {
	uint64_t hash;
	uint64_t at; /* of the text, in heap: its length, and its bytes */
};

/* `{0}` is empty. */
struct young {
	struct young_slot *slots; /* places, then those behind the last */
	unsigned bits;		  /* 2^bits places */
	size_t n;
	unsigned char *heap;
	size_t len, cap;
};

bool young_has(const struct young *y, const struct seen_key *k);
/*
 * Add a key that is not there.  old: it is on disk too, and is held because it
 * may come again.  False: there is no room within `limit` bytes.
 */
bool young_add(struct young *y, const struct seen_key *k, bool old,
    size_t limit);
/* The keys that are not on disk, in order, from *i = 0: false at the end. */
bool young_next(const struct young *y, size_t *i, struct seen_key *k);
size_t young_bytes(const struct young *y);
/* Empty it; memory is kept as far as it is within limit. */
void young_clear(struct young *y, size_t limit);
void young_free(struct young *y);

/* --- filter.c: is a key surely not on disk? --- */

struct filter {
	uint64_t *words; /* NULL: there is no filter */
	size_t blocks;	 /* of 8 words */
};

void filter_init(struct filter *f, size_t bytes);
void filter_add(struct filter *f, uint64_t hash);
bool filter_may_have(const struct filter *f, uint64_t hash);
void filter_free(struct filter *f);

/* --- run.c: keys on disk, in the order of their hashes --- */

enum {
	RUN_PAGE = 4096,
	RUN_CHUNK = 16 * RUN_PAGE, /* what is read or written at once */
	RUN_ENTRY = sizeof(uint64_t) + 1 /* bytes, beside the key */
};

struct run {
	int fd;
	unsigned level;	/* how many merges it has gone through */
	uint64_t homes; /* pages that keys belong to */
	uint64_t pages; /* and what was needed */
	uint64_t bytes; /* of the entries */
};

struct run_writer {
	struct run *run;
	unsigned char *chunk;
	uint64_t first; /* number of the page at chunk[0] */
	size_t page;	/* the one that is filled: offset in chunk, */
	size_t used;	/* and bytes of it */
	struct err *e;
};

/* Begin a run of so many bytes of entries.  -1: ERR_CANTCREATE, ERR_IO.  The
 * keys come in order; run_end whether or not all went well. */
int run_begin(struct run_writer *w, struct run *r, uint64_t bytes,
    struct err *e);
int run_put(struct run_writer *w, const struct seen_key *k, struct err *e);
int run_end(struct run_writer *w, bool good, struct err *e);
void run_free(struct run *r);

/* 1: it is there; 0; -1: ERR_IO.  page is RUN_PAGE bytes to work in. */
int run_has(const struct run *r, const struct seen_key *k,
    unsigned char *page, struct err *e);

struct run_reader {
	const struct run *run;
	unsigned char *chunk;
	uint64_t next;	   /* page to be read */
	size_t have, page; /* bytes in chunk; where the page begins */
	size_t at;	   /* in the page */
	struct seen_key key;
};

void run_open(struct run_reader *in, const struct run *r);
/* The next key into in->key, valid until the next call: 1, 0 at the end. */
int run_next(struct run_reader *in, struct err *e);
void run_close(struct run_reader *in);

/* Make one run of n, which are freed. */
int run_merge(struct run *from, size_t n, struct run *to, struct err *e);

#endif
