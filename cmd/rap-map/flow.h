#ifndef RAP_MAP_FLOW_H
#define RAP_MAP_FLOW_H

#include "mapping.h"

/*
 * A worker: a record through the steps, each of which may make none, one or
 * many of it.
 */
struct flow;

struct flow *flow_new(const struct chain *c, bool canonical);
void flow_free(struct flow *f);

/*
 * Append what the record makes, as whole lines: their number, or -1 with e.
 * *stop is set when the error is one of on_error: fail.
 */
int64_t flow_record(struct flow *f, const struct json_doc *d,
    struct buf *lines, bool *stop, struct err *e);

#endif
