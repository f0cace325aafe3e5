#ifndef RAP_ENGINE_ENGINE_PRIV_H
#define RAP_ENGINE_ENGINE_PRIV_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "engine/engine.h"
#include "hash/hash.h"
#include "merkle/stream.h"

/* Shared by the files of this folder only. */

/* One place of the ring: a block on its way from read to commit. */
struct slot {
	struct buf bytes;	  /* what was read, from `raw` on */
	struct engine_block block; /* what the filter sees of it */
	struct engine_result res;
	struct buf in_leaves, out_leaves;
	struct merkle_part in_part, out_part; /* of them, joined */
	bool hashed;		    /* in_part and out_leaves are made */
	uint64_t first_leaf;	    /* number of its first line among all */
	size_t raw_len;		  /* bytes of the block for hashing */
	bool part;		  /* of a line past max_line, not whole lines */
	bool source_end;	  /* the last block of its source */
	struct engine_source source; /* then: what to report of it */
	bool done;		  /* worked on, ready to commit */
	bool failed;		  /* err is set */
	struct err err;
};

/* What a block gives to stdout. */
static inline struct str
result_bytes(const struct engine_result *r)
{
	return r->same.len != 0 ? r->same : buf_view(&r->out);
}

/* Where reading stands.  Used by one thread at a time. */
struct reader {
	const struct engine_opts *opts;
	size_t next_file;
	int fd;		   /* -1: none open */
	const char *name; /* NULL: none was opened */
	bool regular;	   /* cannot block: no need to poll */
	bool skipping;	   /* inside a line past max_line */
	uint64_t line, offset; /* of the next block in its source */
	uint64_t leaves;   /* lines of all sources before the next block */
	bool in_line;	   /* the last block did not end a line */
	struct buf carry;  /* the beginning of a line */
	struct hash *digest; /* of the source, if there are several */
	uint64_t bytes;
	int wake;	   /* readable: stop waiting */
};

/* Repeated diagnostics are counted, not printed, after this many. */
enum { ALIKE_MAX = 20, ALIKE_IDS = 64 };

struct alike {
	const char *id;
	uint64_t n;
};

/* What is done in order, by one thread at a time. */
struct committer {
	const struct engine_opts *opts;
	const struct engine_filter *filter;
	void *shared;
	struct engine_counts *counts;
	struct alike alike[ALIKE_IDS];
	size_t nalike;
	bool as_read; /* so far the output is the input: hashed once */
	pthread_mutex_t *writing; /* held while a block is written */
	size_t ended; /* sources taken to their end */
	uint64_t started, shown; /* progress, in ns */
};

int reader_init(struct reader *r, const struct engine_opts *o, int wake);
/*
 * Fill slot with the next block.  1: a block; 0: the end of all input (or
 * *stop); -1: error.
 */
int reader_fill(struct reader *r, struct slot *slot, const atomic_int *stop,
    struct err *e);
void reader_free(struct reader *r);

/* Commit one worked slot.  -1: the run ends here, with e. */
int commit_slot(struct committer *c, struct slot *slot, struct err *e);
/* The filter's finish, written like a block. */
int commit_finish(struct committer *c, struct err *e);
/* The output stream is what it is from now on, whatever is read. */
void commit_part_streams(struct committer *c);
/* "N more like this" for what was suppressed. */
void commit_alike(struct committer *c);

void progress_show(struct committer *c, bool last);

/* Catch INT, TERM and HUP (unless ignored); a first one makes `wake` readable
 * and *signal_flag() nonzero, a second one kills. */
void signal_catch(int wake_write);
/* `wake` is about to be closed; the flag goes on. */
void signal_quiet(void);
const atomic_int *signal_flag(void);

#endif
