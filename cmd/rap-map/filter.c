#include "mapping.h"

#include "base/err.h"
#include "base/mem.h"
#include "flow.h"
#include "order.h"
#include "prog/record.h"

/* The mapping as a filter over records. */

struct job {
	const struct chain *c; /* or NULL */
	const struct order *order; /* or NULL */
	bool canonical;
	struct ordered *run;
};

struct mapper {
	struct flow *flow;
	struct orderer *order;
	struct json_hint *hints;
	struct buf lines; /* of one record, before they are noted */
};

static int
open_worker(void *shared, void **worker, struct err *e)
{
	const struct job *job = shared;

	struct mapper *w = mem_zalloc(sizeof *w);

	(void)e;
	w->flow = flow_new(job->c, job->canonical);
	if (job->order != NULL) {
		w->hints = mem_array(
		    job->c->steps[job->c->nsteps - 1].nhints + 1,
		    sizeof *w->hints);
		w->order = order_worker(job->order, w->hints);
	}
	*worker = w;
	return 0;
}

static void
close_worker(void *worker)
{
	struct mapper *w = worker;

	flow_free(w->flow);
	order_worker_free(w->order);
	mem_free(w->hints);
	buf_free(&w->lines);
	mem_free(w);
}

static enum prog_verdict
map_record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct mapper *w = worker;
	bool stop = false;
	int64_t n = flow_record(w->flow, rec->doc, out->lines, &stop, e);

	(void)shared;
	if (n < 0)
		return stop ? PROG_STOP : PROG_BAD;
	*out->written += (uint64_t)n;
	return n == 0 ? PROG_FILTERED : PROG_PASS;
}

/* Nothing is written yet: what is depends on the records before. */
static enum prog_verdict
note_record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct mapper *w = worker;
	bool stop = false;
	int64_t n;

	(void)shared;
	buf_clear(&w->lines);
	n = flow_record(w->flow, rec->doc, &w->lines, &stop, e);
	if (n < 0)
		return stop ? PROG_STOP : PROG_BAD;
	if (n == 0)
		return PROG_FILTERED;
	return order_note(w->order, buf_view(&w->lines), rec->number,
	    out->note, e) == 0 ? PROG_PASS : PROG_BAD;
}

static int
commit_notes(void *shared, const struct buf *note,
    const struct prog_commit *out, struct err *e)
{
	return order_commit(((struct job *)shared)->run, note, out, e);
}

static int
finish_groups(void *shared, struct buf *out, uint64_t *written,
    struct err *e)
{
	return order_finish(((struct job *)shared)->run, out, written, e);
}

int
chain_run(struct prog *p, const struct chain *c, bool canonical,
    struct err *e)
{
	struct job job = {.c = c, .canonical = canonical};
	struct prog_filter filter = {.needs_object = c != NULL,
	    .worker_open = open_worker, .record = map_record,
	    .worker_close = close_worker};
	int rc;

	if (c != NULL && c->nsteps != 0 &&
	    c->steps[c->nsteps - 1].order.kind != ORDER_NONE) {
		job.order = &c->steps[c->nsteps - 1].order;
		job.run = order_new(job.order);
		filter.record = note_record;
		filter.commit_out = commit_notes;
		filter.finish = finish_groups;
	}
	rc = prog_records(p, &filter, &job, NULL, e);
	order_free(job.run);
	return rc;
}
