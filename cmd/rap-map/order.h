#ifndef RAP_MAP_ORDER_H
#define RAP_MAP_ORDER_H

#include "prog/record.h"
#include "shape.h"

/*
 * dedupe and pivot: what depends on the order of the records.  Workers note
 * each record with its key (order_note); the notes are read in the order of
 * the input (order_commit), so that threads and blocks change nothing.
 */
struct json_hint;
struct orderer; /* of a worker */
struct ordered; /* of the run */

struct orderer *order_worker(const struct order *o, struct json_hint *hints);
void order_worker_free(struct orderer *w);

/* Note whole lines, which one input record has become; number is its line. */
int order_note(struct orderer *w, struct str lines, uint64_t number,
    struct buf *note, struct err *e);

struct ordered *order_new(const struct order *o);
void order_free(struct ordered *r);
/*
 * Read notes, write what is known.  ERR_DATA [map.pivot]: a name twice in a
 * group; ERR_OS [map.limit]: more memory than the mapping allows.
 */
int order_commit(struct ordered *r, const struct buf *note,
    const struct prog_commit *out, struct err *e);
/* The groups that were still open. */
int order_finish(struct ordered *r, struct buf *out, uint64_t *written,
    struct err *e);

#endif
