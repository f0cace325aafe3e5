#ifndef RAP_MAP_FLOW_H
#define RAP_MAP_FLOW_H

#include "mapping.h"

/*
 * A worker: a record through some steps that follow each other, each of which
 * may make none, one or many of it.
 */
struct flow;

/* The steps from..to-1.  canonical: what the last one leaves becomes so; when
 * there is no step (c may be NULL) the record does. */
struct flow *flow_new(const struct chain *c, size_t from, size_t to,
    bool canonical);
void flow_free(struct flow *f);

/* Add what it has seen to what others have; of each step of the chain. */
struct sight;
void flow_seen(const struct flow *f, struct sight *all);

/*
 * Append what the record makes, as whole lines: their number, or -1 with e.
 * *stop is set when the error is one of on_error: fail.
 */
int64_t flow_record(struct flow *f, const struct json_doc *d,
    struct buf *lines, bool *stop, struct err *e);

/* After an error: the worker of the step that failed (eval.h), or NULL when it
 * was one of its shapes. */
struct worker;
const struct worker *flow_failed(const struct flow *f);

#endif
