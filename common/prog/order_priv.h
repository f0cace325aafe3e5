#ifndef RAP_PROG_ORDER_PRIV_H
#define RAP_PROG_ORDER_PRIV_H

#include <stdbool.h>

#include "engine/engine.h"
#include "prog/record.h"

/*
 * Filters whose verdict on a record depends on the records before it: workers
 * note each record in a frame, and when it is the block's turn its result is
 * made of the frames, with the marks of the workers among them.
 */
struct prog_ordering {
	struct prog *prog;
	const struct prog_filter *filter;
	void *user;
	struct engine_result again; /* the result that is made */
	struct buf errors;
};

/* Around what the filter notes of the record of line l, which passed or was
 * filtered; `at` is where the note was before. */
void prog_order_open(struct engine_result *res);
void prog_order_close(struct engine_result *res, size_t at,
    const struct engine_line *l, enum prog_verdict v);

/* The order call of the engine. */
int prog_order(struct prog_ordering *o, const struct engine_block *in,
    struct engine_result *res, struct err *e);
void prog_ordering_free(struct prog_ordering *o);

/* A record that is bad or invalid. */
struct prog_bad {
	enum prog_verdict verdict;
	struct err *e;
	const struct buf *errors; /* for the envelope */
	bool tell;
};

/* Mark it in res: keep it, tell why.  True: the block must go on. */
bool prog_mark(struct prog *p, const struct engine_block *in,
    const struct engine_line *l, const struct prog_bad *bad,
    struct engine_result *res);

#endif
