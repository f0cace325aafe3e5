#include "mapping.h"

#include "base/err.h"
#include "base/mem.h"
#include "flow.h"
#include "order.h"
#include "prog/record.h"
#include "reconcile.h"

/* The mapping as a filter over records. */

struct job {
	const struct chain *c; /* or NULL */
	const struct order *order; /* or NULL */
	struct recon_step *before; /* or NULL */
	bool canonical;
	struct ordered *run;
};

struct mapper {
	struct flow *flow;
	struct orderer *order;
	struct json_hint *hints;
	struct buf lines; /* of one record, before they are noted */
	bool stop; /* the error ends the run */
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
failed(bool stop, const struct err *e)
{
	/* Trouble of our own is no fault of the record. */
	return stop && e->code == ERR_DATA ? PROG_STOP : PROG_BAD;
}

/* Records as they are, but for names. */
static enum prog_verdict
rename_record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct job *job = shared;
	bool renamed;

	(void)worker;
	if (recon_step_record(job->before, rec, &renamed, e) != 0)
		return failed(true, e);
	buf_str(out->lines, renamed ? recon_step_line(job->before) :
	    rec->line);
	buf_putc(out->lines, '\n');
	++*out->written;
	return PROG_PASS;
}

/* Names first, then the mapping.  The lines written, or -1. */
static int64_t
map_lines(struct job *job, struct mapper *w, const struct prog_record *rec,
    struct buf *lines, struct err *e)
{
	const struct json_doc *d = rec->doc;
	bool renamed = false;
	int64_t n;

	w->stop = false;
	if (job->before != NULL && recon_step_record(job->before, rec,
	    &renamed, e) != 0) {
		w->stop = true;
		return -1;
	}
	if (renamed)
		d = recon_step_doc(job->before, e);
	n = d != NULL ? flow_record(w->flow, d, lines, &w->stop, e) : -1;
	/* A place in a text that nobody has seen. */
	if (n < 0 && renamed)
		e->pos = 0;
	return n;
}

static enum prog_verdict
map_record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct mapper *w = worker;
	int64_t n = map_lines(shared, w, rec, out->lines, e);

	if (n < 0)
		return failed(w->stop, e);
	*out->written += (uint64_t)n;
	return n == 0 ? PROG_FILTERED : PROG_PASS;
}

/* Nothing is written yet: what is depends on the records before. */
static enum prog_verdict
note_record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct mapper *w = worker;
	int64_t n;

	buf_clear(&w->lines);
	n = map_lines(shared, w, rec, &w->lines, e);
	if (n < 0)
		return failed(w->stop, e);
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
chain_run(struct prog *p, const struct chain *c, struct recon_step *before,
    bool canonical, struct err *e)
{
	struct job job = {.c = c, .before = before, .canonical = canonical};
	struct prog_filter filter = {.needs_object = c != NULL ||
	    before != NULL,
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
	if (c == NULL && !canonical)
		filter.record = rename_record;
	rc = prog_records(p, &filter, &job, NULL, e);
	order_free(job.run);
	return rc;
}
