#include "mapping.h"

#include "base/err.h"
#include "base/mem.h"
#include "flow.h"
#include "note.h"
#include "order.h"
#include "prog/record.h"
#include "reconcile.h"
#include "unseen.h"

/* The mapping as a filter over records. */

struct job {
	const struct chain *c; /* or NULL */
	struct recon_step *before; /* or NULL */
	struct prog *prog;
	struct sight *sights; /* of each step */
	bool canonical;
	struct ordered *run; /* or NULL: no step depends on order */
};

struct mapper {
	struct flow *flow;
	struct noter *noter; /* instead */
	struct buf named;    /* the record with its new names */
	struct json_doc doc; /* ... parsed */
};

static int
open_worker(void *shared, void **worker, struct err *e)
{
	const struct job *job = shared;
	struct mapper *w = mem_zalloc(sizeof *w);

	(void)e;
	if (job->run != NULL)
		w->noter = note_new(job->c, 0, job->canonical);
	else
		w->flow = flow_new(job->c, 0,
		    job->c != NULL ? job->c->nsteps : 0, job->canonical);
	*worker = w;
	return 0;
}

static void
close_worker(void *worker)
{
	struct mapper *w = worker;

	flow_free(w->flow);
	note_free(w->noter);
	buf_free(&w->named);
	json_free(&w->doc);
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
	if (recon_step_record(job->before, rec, out->lines, &renamed, e) != 0)
		return failed(true, e);
	if (!renamed)
		buf_str(out->lines, rec->line);
	buf_putc(out->lines, '\n');
	++*out->written;
	return PROG_PASS;
}

/* The record under its new names, if it has some; NULL with e. */
static const struct json_doc *
rename_doc(struct recon_step *before, struct mapper *w,
    const struct prog_record *rec, bool *renamed, struct err *e)
{
	*renamed = false;
	if (before == NULL)
		return rec->doc;
	buf_clear(&w->named);
	if (recon_step_record(before, rec, &w->named, renamed, e) != 0)
		return NULL;
	if (!*renamed)
		return rec->doc;
	return json_parse(&w->doc, w->named.p, w->named.len, e) == 0 ?
	    &w->doc : NULL;
}

/* With a noter nothing is written yet: that depends on the records before. */
static int64_t
map_doc(struct mapper *w, const struct json_doc *d,
    const struct prog_out *out, bool *stop, struct err *e)
{
	return w->noter != NULL ?
	    note_record(w->noter, d, out->note, stop, e) :
	    flow_record(w->flow, d, out->lines, stop, e);
}

/* Names first, then the mapping. */
static enum prog_verdict
map_record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	const struct job *job = shared;
	struct mapper *w = worker;
	bool renamed, stop = false;
	const struct json_doc *d = rename_doc(job->before, w, rec, &renamed,
	    e);
	int64_t n;

	if (d == NULL)
		return failed(true, e);
	n = map_doc(w, d, out, &stop, e);
	if (n < 0) {
		/* A place in a text that nobody has seen. */
		if (renamed)
			e->pos = 0;
		return failed(stop, e);
	}
	if (w->noter == NULL)
		*out->written += (uint64_t)n;
	return n == 0 ? PROG_FILTERED : PROG_PASS;
}

static enum prog_verdict
take_note(void *shared, const struct prog_record *rec, struct str note,
    const struct prog_out *out, struct err *e)
{
	return order_take(((struct job *)shared)->run, rec, note, out, e);
}

static int
merge_worker(void *shared, void *worker, struct err *e)
{
	const struct job *job = shared;
	const struct mapper *w = worker;

	(void)e;
	if (w->noter != NULL)
		note_seen(w->noter, job->sights);
	else
		flow_seen(w->flow, job->sights);
	return 0;
}

static int
finish(void *shared, struct buf *out, uint64_t *written, struct err *e)
{
	const struct job *job = shared;

	if (job->run != NULL) {
		if (order_finish(job->run, out, written, e) != 0)
			return -1;
		order_seen(job->run, job->sights);
	}
	sights_warn(job->sights, job->c, job->prog);
	return 0;
}

int
chain_run(struct prog *p, const struct chain *c, struct recon_step *before,
    bool canonical, struct err *e)
{
	struct job job = {.c = c, .before = before, .canonical = canonical,
	    .prog = p};
	struct prog_filter filter = {.needs_object = c != NULL ||
	    before != NULL,
	    .worker_open = open_worker, .record = map_record,
	    .worker_close = close_worker};
	int rc;

	for (size_t i = 0; c != NULL && i < c->nsteps; i++)
		if (c->steps[i].order.kind != ORDER_NONE)
			filter.order = take_note;
	if (filter.order != NULL)
		job.run = order_new(c, canonical);
	if (c != NULL) {
		job.sights = sights_new(c);
		filter.worker_merge = merge_worker;
		filter.finish = finish;
	}
	if (c == NULL && !canonical)
		filter.record = rename_record;
	rc = prog_records(p, &filter, &job, NULL, e);
	order_free(job.run);
	sights_free(job.sights, c);
	return rc;
}
