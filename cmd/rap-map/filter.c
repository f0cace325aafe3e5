#include "mapping.h"

#include "base/err.h"
#include "flow.h"
#include "prog/record.h"

/* The mapping as a filter over records. */

struct job {
	const struct chain *c; /* or NULL */
	bool canonical;
};

static int
open_worker(void *shared, void **worker, struct err *e)
{
	const struct job *job = shared;

	(void)e;
	*worker = flow_new(job->c, job->canonical);
	return 0;
}

static void
close_worker(void *worker)
{
	flow_free(worker);
}

static enum prog_verdict
map_record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	bool stop = false;
	int64_t n = flow_record(worker, rec->doc, out->lines, &stop, e);

	(void)shared;
	if (n < 0)
		return stop ? PROG_STOP : PROG_BAD;
	*out->written += (uint64_t)n;
	return n == 0 ? PROG_FILTERED : PROG_PASS;
}

int
chain_run(struct prog *p, const struct chain *c, bool canonical,
    struct err *e)
{
	struct job job = {c, canonical};
	struct prog_filter filter = {.needs_object = c != NULL,
	    .worker_open = open_worker, .record = map_record,
	    .worker_close = close_worker};

	return prog_records(p, &filter, &job, NULL, e);
}
