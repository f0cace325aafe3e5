#ifndef RAP_PROV_PROV_PRIV_H
#define RAP_PROV_PROV_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "hash/hash.h"
#include "json/json.h"
#include "merkle/tree.h"
#include "prov/log.h"

/* What the files of prov/ share. */

#define PROV_INTEGER_MAX 9007199254740991 /* 2^53 - 1: exact everywhere */

struct prov_store {
	char *dir;
	struct hash *hash;
	unsigned wait_ms;
	bool warned;
	struct err warning;
	bool begun; /* prov_stage_begin was called; its record is this: */
	uint64_t begin_seq;
	uint64_t last_seq; /* of the record appended last */
	char exe[HASH_HEX + 1]; /* SHA-256 of our own program file, or "" */
	struct json_doc doc;
	struct buf path;
};

/* dir/name, in s->path: until the next call. */
const char *prov_path(struct prov_store *s, const char *name);

/* A file of a store is a regular one, or not there: ERR_POLICY [store.unsafe]
 * for a link, a FIFO, a device.  Look before it is opened. */
int prov_plain(const char *path, struct err *e);

/*
 * Where the log ends: its tree, and the last line so that the next can follow
 * it.  state/head caches it; what is read from there is believed only as far
 * as the log and the checkpoint agree.
 */
struct prov_head {
	struct prov_chain chain;
	uint64_t bytes;	   /* of the log up to here */
	uint64_t last_len; /* bytes of the last line, without LF */
};

/* Load the cache: true, or false when there is none that can be used. */
bool prov_head_load(struct prov_store *s, struct prov_head *h);
int prov_head_save(struct prov_store *s, const struct prov_head *h,
    struct err *e);

/* Write the checkpoint for a log of this tree. */
int prov_checkpoint_save(struct prov_store *s, const char *origin,
    const struct merkle_tree *tree, struct err *e);

/* Hash fd to its end; with out >= 0 the bytes are copied there too. */
int prov_digest_fd(struct prov_store *s, int fd, int out,
    uint8_t got[HASH_LEN], struct err *e);

/* ERR_VERDICT [log.form] unless every number is an integer within 2^53. */
int prov_numbers(const struct json_doc *d, struct err *e);

/* text as a line of the log in line; large members are moved to objects/ (and
 * text is changed).  ERR_INTERNAL [log.record, log.number], ERR_DATA
 * [log.toolong]. */
int prov_fit(struct prov_store *s, struct buf *text, struct buf *line,
    struct err *e);

#endif
