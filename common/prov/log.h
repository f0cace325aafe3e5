#ifndef RAP_PROV_LOG_H
#define RAP_PROV_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "hash/hash.h"
#include "json/json.h"
#include "merkle/tree.h"

/*
 * Reading the log of a store: its checkpoint, its lines, and the rules that
 * make it a chain.  prov.h appends, this believes nothing:
 *
 *	struct prov_log log;
 *	struct prov_chain chain;
 *
 *	prov_log_open(&log, store, &e);
 *	prov_chain_init(&chain, hash, &log.checkpoint);
 *	while ((rc = prov_log_next(&log, &line, &e)) > 0)
 *		if (prov_chain_next(&chain, &doc, line, &e) != 0)
 *			break;
 *	if (rc == 0)
 *		rc = prov_chain_seal(&chain, &unsealed, &e);
 *
 * Every error of damage is ERR_VERDICT, with the log as its source and
 * e->line the line it was seen at.
 */
struct err;
struct prov_store;

enum {
	PROV_LINE_MAX = 65535, /* bytes of a record (C2SP tlog-tiles) */
	PROV_ORIGIN_MAX = 255
};

/* C2SP tlog-checkpoint without signatures: three lines. */
struct prov_checkpoint {
	bool present;
	char origin[PROV_ORIGIN_MAX + 1];
	uint64_t size; /* records */
	char root[HASH_BASE64 + 1];
};

/* A file that is not there is fine (present is false).  ERR_VERDICT
 * [log.checkpoint] when it is malformed. */
int prov_checkpoint_load(struct prov_store *s, struct prov_checkpoint *c,
    struct err *e);

struct prov_log {
	struct prov_checkpoint checkpoint;
	int fd;
	char *path;
	uint64_t end;	 /* bytes of the log when it was opened */
	uint64_t offset; /* of the next line */
	uint64_t number; /* of the line read last, from 1 */
	struct buf buf;
	size_t at;
};

/*
 * Take a picture of the log: its checkpoint and its length are read under a
 * shared lock, so that a writer at work is never mistaken for damage; lines
 * that come later are not seen.  ERR_TEMP [store.lock], ERR_VERDICT,
 * ERR_NOINPUT.  prov_log_close after, also when it failed.
 */
int prov_log_open(struct prov_log *l, struct prov_store *s, struct err *e);
/*
 * The next line, without LF, until the next call: 1; 0 at the end; -1 with
 * ERR_VERDICT [log.torn] for a last line without LF, [log.toolong], ERR_IO.
 */
int prov_log_next(struct prov_log *l, struct str *line, struct err *e);
void prov_log_close(struct prov_log *l);

/*
 * A line as it was before prov_append moved large members to objects/:
 * appended to out.  doc is the line, parsed.  ERR_NOINPUT [object.missing],
 * ERR_VERDICT [object.digest].
 */
int prov_expand(struct prov_store *s, const struct json_doc *doc,
    struct buf *out, struct err *e);
/* Is the node {"bytes":N,"object":"HEX"}, what stands for a moved member? */
bool prov_moved(const struct json_doc *doc, uint32_t node,
    uint8_t digest[HASH_LEN]);

/* The chain up to a line. */
struct prov_chain {
	struct hash *hash;			 /* borrowed */
	const struct prov_checkpoint *checkpoint; /* borrowed */
	struct merkle_tree tree;
	uint8_t last[HASH_LEN]; /* what prev of the next record must be */
};

void prov_chain_init(struct prov_chain *c, struct hash *hash,
    const struct prov_checkpoint *checkpoint);
/*
 * Is line the record that follows?  JSON in canonical form [log.form], its
 * numbers integers up to 2^53 - 1, seq [log.seq] and prev [log.chain]; and
 * with the last record the checkpoint counts, the root [log.checkpoint].  The
 * line is taken into the tree whatever the answer, so that the next can be
 * judged by itself.  doc is left parsed over line (d->n is 0 when it is not
 * JSON).
 */
int prov_chain_next(struct prov_chain *c, struct json_doc *doc,
    struct str line, struct err *e);
/*
 * At the end of the log: ERR_VERDICT [log.cut] when the checkpoint counts more
 * records, [log.checkpoint] when there is none for a log with records.
 * *unsealed is the number of records that came after the checkpoint: whole,
 * but not covered by it (a writer was stopped between the two; the next append
 * seals them).
 */
int prov_chain_seal(const struct prov_chain *c, uint64_t *unsealed,
    struct err *e);

#endif
