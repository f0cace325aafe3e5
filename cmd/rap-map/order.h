#ifndef RAP_MAP_ORDER_H
#define RAP_MAP_ORDER_H

#include "mapping.h"
#include "prog/record.h"

/*
 * dedupe and pivot: what depends on the order of the records.  The notes of
 * the workers (note.h) are read in the order of the input, so that threads and
 * blocks change nothing.
 *
 * A record passes all steps or is rejected as it was read, and then leaves no
 * key behind: the next one with its key is the first.  What pivot makes of
 * many records cannot be rejected as they were read: when a later step refuses
 * it the run ends.
 */
struct ordered;

/* canonical: of what is written. */
struct ordered *order_new(const struct chain *c, bool canonical);
void order_free(struct ordered *r);

/* The order call of a filter (prog/record.h). */
enum prog_verdict order_take(struct ordered *r, const struct prog_record *rec,
    struct str note, const struct prog_out *out, struct err *e);

/* At the end of the input: the groups that are still open. */
int order_finish(struct ordered *r, struct buf *out, uint64_t *written,
    struct err *e);

/* As flow_seen: the steps behind what pivot made. */
struct sight;
void order_seen(const struct ordered *r, struct sight *all);

#endif
