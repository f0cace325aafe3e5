#ifndef RAP_PROV_PROV_H
#define RAP_PROV_PROV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash/hash.h"

/*
 * The evidence of runs, in a store directory (.rap):
 *
 *	log.ndjson        one JCS record per line, append only
 *	checkpoint        origin, size, root of the log (C2SP checkpoint)
 *	objects/ab/cdef.. bytes by SHA-256
 *	streams/<root>.tiles  hashes of one level of a stream tree
 *	state/head        a cache of the log's frontier; may be deleted
 *
 * Every line of the log has seq (from 0) and prev, the lower-case hex leaf
 * hash (RFC 6962) of the line before; the first line's prev is the root of the
 * empty tree.  A writer takes an OFD lock, reads the tail, appends one line
 * with one write, and syncs.  A tail without LF is torn: it is moved to
 * log.ndjson.torn-<offset> and reported, never dropped.
 *
 * Records written here: rap/run/1, rap/begin/1, rap/stage/1, rap/end/1
 * (reference: rap-log(5)).
 */
struct buf;
struct err;
struct merkle_summary;
struct prov_store;

/* Open the store at dir.  ERR_NOINPUT [store.absent] when it is not there;
 * ERR_VERDICT [log.cut] when its log was taken away. */
struct prov_store *prov_open(const char *dir, struct err *e);
/* Make a store; an existing one stays as it is. */
int prov_create(const char *dir, struct err *e);
void prov_close(struct prov_store *s);
/* The directory, as it was given. */
const char *prov_dir(const struct prov_store *s);
/*
 * What the last append had to mend (a torn tail moved aside), or NULL: to be
 * shown as a warning.  The record that was appended says so too.
 */
const struct err *prov_warning(const struct prov_store *s);

/*
 * Append one record.  members is the text of its members without braces, in
 * any order ("\"type\":\"rap/end/1\",..."); seq and prev are added and the
 * whole is written as JCS.  line (may be NULL) gets the line without LF.
 * ERR_TEMP [store.lock] after 30 s of waiting (RAP_LOCK_WAIT seconds when that
 * is set), ERR_IO, ERR_VERDICT [log.*] when the log is damaged: then nothing
 * is written.  Numbers must be integers up to 2^53 - 1, else ERR_INTERNAL
 * [log.number].  A line past 65,535 bytes has its largest members moved to
 * objects/; {"bytes","object"} stands in their place.
 */
int prov_append(struct prov_store *s, const struct buf *members,
    struct buf *line, struct err *e);

/* Put bytes into objects/ (atomic; an equal one is left); digest out. */
int prov_object_put(struct prov_store *s, const void *p, size_t n,
    uint8_t digest[HASH_LEN], struct err *e);
/* Read an object and check its digest.  ERR_NOINPUT [object.missing],
 * ERR_VERDICT [object.digest]. */
int prov_object_get(struct prov_store *s, const uint8_t digest[HASH_LEN],
    struct buf *out, struct err *e);

/* Is there an object of that name?  Its bytes are not looked at. */
bool prov_object_has(struct prov_store *s, const uint8_t digest[HASH_LEN]);
/*
 * Store the bytes of fd (read from where it stands) as the object `digest`;
 * ERR_DATA [object.changed] when they have another digest: then nothing is
 * kept.  Memory does not grow with the file.
 */
int prov_object_copy(struct prov_store *s, int fd,
    const uint8_t digest[HASH_LEN], struct err *e);
/*
 * Write an object to fd; ERR_NOINPUT [object.missing], ERR_VERDICT
 * [object.digest] when the bytes written were not those it is named after.
 */
int prov_object_write(struct prov_store *s, const uint8_t digest[HASH_LEN],
    int fd, struct err *e);
/* Hash an object where it lies: 0, ERR_NOINPUT, ERR_VERDICT as above. */
int prov_object_check(struct prov_store *s, const uint8_t digest[HASH_LEN],
    struct err *e);

/*
 * Keep the tiles of a stream (merkle_stream_tiles) under its root.  A single
 * tile is the root itself and is not kept.
 */
int prov_tiles_put(struct prov_store *s, const uint8_t root[HASH_LEN],
    const struct buf *tiles, struct err *e);

/* A file a stage read or wrote, hashed from the bytes that were used. */
struct prov_file {
	const char *path; /* as the command line named it */
	const char *role; /* "config", "input", "output", "reject" */
	bool partial;	  /* not read to its end: what was read of it */
	uint64_t bytes;
	uint8_t sha256[HASH_LEN];
};

/*
 * The digests of a file as it is now: of its first `first` bytes (zeros when
 * it has fewer) and of all.  With out >= 0 its bytes are written there.
 * ERR_NOINPUT [io.open], ERR_IO.
 */
struct prov_file_hash {
	uint8_t first[HASH_LEN], all[HASH_LEN];
};

int prov_file_hash(const char *path, uint64_t first, int out,
    struct prov_file_hash *got, struct err *e);

struct prov_stage_info {
	const char *run;     /* id of the run, or NULL outside one */
	const char *stage;   /* --stage NAME, else the program's name */
	const char *program, *version;
	int argc;
	char **argv;	     /* redacted before it is written */
	const struct prov_file *files;
	size_t nfiles;
	const struct merkle_summary *in, *out; /* NULL: no such stream */
	bool in_eof;	     /* the input was read to its end */
	uint64_t read, passed, rejected, filtered, written;
	int exit_code, exit_signal;
	uint64_t t0_ns, t1_ns; /* CLOCK_REALTIME */
	const char *extra; /* more members as JSON text ("\"map\":{...}"), or
			      NULL: the program's own, such as field mappings */
};

/* Append rap/begin/1 (from run, stage, program, version, argv, t0_ns). */
int prov_stage_begin(struct prov_store *s, const struct prov_stage_info *i,
    struct err *e);
/* Append rap/stage/1. */
int prov_stage_end(struct prov_store *s, const struct prov_stage_info *i,
    struct err *e);

#endif
