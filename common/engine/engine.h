#ifndef RAP_ENGINE_ENGINE_H
#define RAP_ENGINE_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/block.h"

/*
 * The engine: inputs are cut into blocks of whole lines, blocks are worked on
 * in any thread, and what they gave is committed in input order.
 *
 *	source -> block -> ring -> work (parallel) -> commit (in order) -> out
 *
 * It owns threads, reading, writing, line numbers, rejects, thresholds,
 * counts, progress, signals and the hashing of what crosses.  It knows lines
 * and not JSON; prog/record.h puts records on top.
 *
 * What one read(2) brought is a block (at most `block` bytes, cut at a
 * newline): a slow producer is answered line by line, a fast one in large
 * blocks, without a flush option.  For an input the output is the same bytes
 * whatever the number of threads, the block size, or how the pipe was cut.
 */
struct buf;
struct err;
struct hash_kernel;
struct merkle_stream;

/* A filter.  Any of these may be NULL but work. */
struct engine_filter {
	/* Once per worker, before its first block; *worker is its own. */
	int (*worker_open)(void *shared, void **worker, struct err *e);
	/*
	 * Parallel; shared is read-only to it.  -1 ends the run at once with
	 * the error (our own trouble, not bad data: that is a mark).
	 */
	int (*work)(void *shared, void *worker, const struct engine_block *in,
	    struct engine_result *res, struct err *e);
	/*
	 * One at a time, in input order, before the marks are looked at: makes
	 * the result anew (result->remade), where it depends on the records
	 * before.  -1 ends the run after what is in the result.
	 */
	int (*order)(void *shared, const struct engine_block *in,
	    struct engine_result *res, struct err *e);
	/* The same, after the marks were looked at. */
	int (*commit)(void *shared, const struct engine_block *in,
	    struct engine_result *res, struct err *e);
	/* Once, with each worker's state, after the last commit. */
	int (*worker_merge)(void *shared, void *worker, struct err *e);
	/* Last: may append whole lines to out; *written counts them. */
	int (*finish)(void *shared, struct buf *out, uint64_t *written,
	    struct err *e);
	void (*worker_close)(void *worker);
};

struct engine_counts {
	uint64_t read, passed, rejected, filtered, written, blank, bytes_in,
	    bytes_out;
	bool eof; /* every source was read to its end, and all of it taken */
};

/* What was read of one source, when streams are hashed. */
struct engine_source {
	const char *name;
	uint64_t bytes;
	bool eof; /* read to its end; else these are its first bytes */
	uint8_t sha256[32];
};

/* How many records may be rejected. */
struct engine_limits {
	uint64_t rejects;
	uint64_t rate_ppm; /* rejects per million; 10^6: no limit */
};

/*
 * Are so many rejects of so many records within them?  -1: ERR_DATA
 * [engine.rejects].  A rate means something after a thousand records, and at
 * the end of the input, whatever their number.
 */
int engine_rejects(const struct engine_limits *l, uint64_t rejected,
    uint64_t read, bool at_end, struct err *e);

struct engine_opts {
	const char *name;	  /* program, for progress */
	const char *const *files; /* "-" is stdin */
	size_t nfiles;
	unsigned jobs;		  /* 1: no threads are made */
	size_t block;		  /* bytes, at least 1 */
	size_t max_line;	  /* bytes without LF */
	bool drop_bom;		  /* at the start of each source */
	int out;		  /* descriptor for stdout data */
	const char *out_name;	  /* for messages */
	int side;		  /* descriptor of the reject file, or -1 */
	const char *side_name;
	struct engine_limits limits;
	bool keep_going;	  /* --reject was given */
	int progress;		  /* 0 never, 1 auto, 2 always */
	struct merkle_stream *in_hash, *out_hash; /* or NULL */
	struct merkle_stream *side_hash; /* of the reject file, or NULL */
	const struct hash_kernel *hash_kernel; /* as in hash/many.h */
	void *arg; /* of the calls below; any may be NULL */
	/* With in_hash: called once for each source that was opened, at its
	 * end or, when the run stops before, at the end of the run. */
	void (*source_done)(void *arg, const struct engine_source *s);
	/* At the end: n diagnostics with this id were not shown. */
	void (*alike)(void *arg, const char *id, uint64_t n);
};

/*
 * Run it to the end of the input.  0, or -1 with the first fatal error in
 * input order; counts are right either way, up to where it stopped.  On
 * SIGINT, SIGTERM and SIGHUP reading stops, what was read is committed, and
 * *signal_seen is the signal's number: the caller seals its files and raises
 * it again.
 *
 * Errors: ERR_DATA [engine.rejects] when a limit is passed; ERR_DATA with the
 * id of the bad record that stopped the run and an empty message, since its
 * diagnostic was written; ERR_IO io.*; ERR_NOINPUT io.open.
 */
int engine_run(const struct engine_filter *f, void *shared,
    const struct engine_opts *opts, struct engine_counts *counts,
    int *signal_seen, struct err *e);

/*
 * Copy stdin to the output, byte for byte and whatever they are, on the
 * calling thread; files are not looked at.  in_hash takes what was written.
 * Signals and errors as above.
 */
int engine_pass(const struct engine_opts *opts, struct engine_counts *counts,
    int *signal_seen, struct err *e);

/*
 * engine_run and engine_pass leave the signals caught, so that what follows
 * (publishing, the record of the stage) is not torn by a first one;
 * engine_catch_end puts the system's way back.
 *
 * Signals for a program with a loop of its own: from now on SIGINT, SIGTERM
 * and SIGHUP set the flag to their number and make *wake readable, once; a
 * second one kills.  Wait with io_wait(fd, wake, flag) before each read, or a
 * signal may come just before it.  NULL: ERR_OS.
 */
const atomic_int *engine_catch(int *wake, struct err *e);
void engine_catch_end(void);

#endif
