/*
 * The scheduler.  Threads are alike: each takes what there is to do, in this
 * order: commit the oldest block if it is ready, else read the next one (one
 * thread at a time) and work on it, else wait.  With one job it is the same
 * loop on the calling thread.
 */
#include "engine/engine_priv.h"

#include <string.h>

#include "base/io.h"
#include "base/mem.h"

struct run {
	const struct engine_filter *filter;
	void *shared;
	const struct engine_opts *opts;
	struct reader reader;
	struct committer committer;
	pthread_mutex_t lock, writing;
	struct mem_hook outer; /* the program's own, when memory ends */
	pthread_cond_t change;
	/* Below: under lock. */
	struct slot *ring;
	size_t nslots;
	uint64_t head, tail; /* blocks read, blocks committed */
	bool reading, committing;
	bool eof;	     /* nothing more to read */
	bool failed;	     /* err is set; nothing more to do */
	struct err err;
	int wake[2];
};

struct worker {
	struct run *run;
	void *state;
	bool open;
	struct hash_many *many; /* with more than one job */
	pthread_t thread;
};

static void
empty_result(struct engine_result *res)
{
	buf_clear(&res->out);
	res->same = (struct str){0};
	buf_clear(&res->side);
	buf_clear(&res->note);
	buf_clear(&res->diag);
	res->nmarks = 0;
	res->read = res->passed = res->filtered = res->written = res->blank =
	    0;
}

static void
do_work(struct worker *w, struct slot *s)
{
	const struct engine_opts *o = w->run->opts;

	empty_result(&s->res);
	s->hashed = o->jobs > 1;
	if (s->hashed && o->in_hash != NULL && !s->part) {
		buf_clear(&s->in_leaves);
		merkle_stream_leaves(w->many, s->bytes.p, s->raw_len,
		    &s->in_leaves);
		merkle_stream_join(w->many, s->first_leaf, &s->in_leaves,
		    &s->in_part);
	}
	if (s->block.len != 0 &&
	    w->run->filter->work(w->run->shared, w->state, &s->block, &s->res,
		&s->err) != 0)
		s->failed = true;
	if (s->hashed && o->out_hash != NULL) {
		struct str out = result_bytes(&s->res);

		buf_clear(&s->out_leaves);
		/* What passes unchanged was hashed on its way in. */
		if (o->in_hash != NULL && out.p == s->bytes.p &&
		    out.len == s->raw_len)
			buf_put(&s->out_leaves, s->in_leaves.p,
			    s->in_leaves.len);
		else
			merkle_stream_leaves(w->many, out.p, out.len,
			    &s->out_leaves);
	}
}

/* Under lock: end the run; a reader that waits is woken. */
static void
fail_run(struct run *r, const struct err *e)
{
	if (r->failed)
		return;
	r->failed = true;
	r->err = *e;
	io_wake(r->wake[1]);
}

/* Under lock, which is let go meanwhile. */
static void
step_commit(struct run *r)
{
	struct slot *s = &r->ring[r->tail % r->nslots];
	struct err e;
	int rc;

	r->committing = true;
	pthread_mutex_unlock(&r->lock);
	rc = commit_slot(&r->committer, s, &e);
	pthread_mutex_lock(&r->lock);
	r->committing = false;
	r->tail++;
	if (rc != 0)
		fail_run(r, &e);
	pthread_cond_broadcast(&r->change);
}

static void
step_read(struct worker *w)
{
	struct run *r = w->run;
	struct slot *s = &r->ring[r->head % r->nslots];
	struct err e;
	int rc;

	r->reading = true;
	pthread_mutex_unlock(&r->lock);
	rc = reader_fill(&r->reader, s, signal_flag(), &e);
	pthread_mutex_lock(&r->lock);
	r->reading = false;
	if (rc == 0)
		r->eof = true;
	else if (rc < 0) {
		/* Takes its turn, so that earlier blocks are written. */
		r->eof = true;
		s->failed = true;
		s->err = e;
		s->raw_len = 0;
		empty_result(&s->res);
		s->done = true;
		r->head++;
	} else {
		r->head++;
		pthread_cond_broadcast(&r->change);
		pthread_mutex_unlock(&r->lock);
		do_work(w, s);
		pthread_mutex_lock(&r->lock);
		s->done = true;
	}
	pthread_cond_broadcast(&r->change);
}

static bool
can_commit(const struct run *r)
{
	return !r->committing && r->tail < r->head &&
	    r->ring[r->tail % r->nslots].done;
}

static bool
can_read(const struct run *r)
{
	return !r->reading && !r->eof && r->head - r->tail < r->nslots;
}

static void *
work_loop(void *arg)
{
	struct worker *w = arg;
	struct run *r = w->run;

	pthread_mutex_lock(&r->lock);
	while (!r->failed && (!r->eof || r->tail < r->head)) {
		if (can_commit(r))
			step_commit(r);
		else if (can_read(r))
			step_read(w);
		else
			pthread_cond_wait(&r->change, &r->lock);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

static int
worker_start(struct worker *w, struct run *r, struct err *e)
{
	w->run = r;
	if (r->opts->jobs > 1 &&
	    (r->opts->in_hash != NULL || r->opts->out_hash != NULL))
		w->many = hash_many_new(r->opts->hash_kernel);
	if (r->filter->worker_open != NULL &&
	    r->filter->worker_open(r->shared, &w->state, e) != 0)
		return -1;
	w->open = true;
	return 0;
}

/* Run on all workers; the first is this thread.  A system that gives fewer
 * threads gets the same bytes, later. */
static void
run_threads(struct worker *w, size_t n)
{
	size_t made = 1;

	while (made < n &&
	    pthread_create(&w[made].thread, NULL, work_loop, &w[made]) == 0)
		made++;
	work_loop(&w[0]);
	for (size_t i = 1; i < made; i++)
		pthread_join(w[i].thread, NULL);
}

/* In the thread that ran out of memory: no line may be cut.  The lock stays
 * taken until the process is gone. */
static void
finish_line(void *arg)
{
	struct run *r = arg;

	pthread_mutex_lock(&r->writing);
	if (r->outer.run != NULL)
		r->outer.run(r->outer.arg);
}

static void
run_init(struct run *r, const struct engine_filter *f, void *shared,
    const struct engine_opts *o)
{
	*r = (struct run){.filter = f, .shared = shared, .opts = o,
	    .reader.fd = -1, .wake = {-1, -1}};
	pthread_mutex_init(&r->lock, NULL);
	pthread_mutex_init(&r->writing, NULL);
	pthread_cond_init(&r->change, NULL);
	r->nslots = o->jobs > 1 ? 2 * (size_t)o->jobs + 2 : 1;
	r->ring = mem_array(r->nslots, sizeof *r->ring);
	r->committer = (struct committer){.opts = o, .filter = f,
	    .shared = shared, .writing = &r->writing};
	r->committer.as_read = o->in_hash != NULL && o->out_hash != NULL;
}

static void
slot_free(struct slot *s)
{
	buf_free(&s->bytes);
	buf_free(&s->in_leaves);
	merkle_part_free(&s->in_part);
	buf_free(&s->out_leaves);
	merkle_part_free(&s->out_part);
	buf_free(&s->res.out);
	buf_free(&s->res.side);
	buf_free(&s->res.note);
	buf_free(&s->res.diag);
	mem_free(s->res.marks);
}

static void
run_free(struct run *r)
{
	for (size_t i = 0; i < r->nslots; i++)
		slot_free(&r->ring[i]);
	mem_free(r->ring);
	reader_free(&r->reader);
	io_close_quiet(r->wake[0]);
	io_close_quiet(r->wake[1]);
	pthread_mutex_destroy(&r->lock);
	pthread_mutex_destroy(&r->writing);
	pthread_cond_destroy(&r->change);
}

/* After the last block: merge the workers and let the filter finish. */
static int
run_finish(struct run *r, struct worker *w, size_t n, struct err *e)
{
	int rc = 0;

	commit_alike(&r->committer);
	progress_show(&r->committer, true);
	if (r->failed) {
		*e = r->err;
		return -1;
	}
	if (*signal_flag() != 0)
		return 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		if (r->filter->worker_merge != NULL)
			rc = r->filter->worker_merge(r->shared, w[i].state, e);
	return rc == 0 ? commit_finish(&r->committer, e) : rc;
}

/* The run stopped before the end of the input: tell what was read of what was
 * opened.  Of a single source that is what the stream took. */
static void
tell_unread(struct run *r)
{
	const struct engine_opts *o = r->opts;
	struct engine_source s = {.name = r->reader.name};

	if (o->source_done == NULL || r->committer.counts->eof)
		return;
	if (o->nfiles == 1 && s.name != NULL) {
		s.bytes = o->in_hash->bytes;
		hash_peek(o->in_hash->whole, s.sha256);
		o->source_done(o->arg, &s);
	} else if (o->nfiles > 1) {
		/* The block before tail may be the one that failed. */
		for (uint64_t i = r->tail - (r->tail > 0); i < r->head; i++) {
			struct slot *slot = &r->ring[i % r->nslots];

			if (slot->source_end)
				o->source_done(o->arg, &slot->source);
		}
		if (r->reader.fd >= 0) {
			s.bytes = r->reader.bytes;
			hash_end(r->reader.digest, s.sha256);
			o->source_done(o->arg, &s);
		}
	}
}

int
engine_run(const struct engine_filter *f, void *shared,
    const struct engine_opts *o, struct engine_counts *counts,
    int *signal_seen, struct err *e)
{
	size_t n = o->jobs > 1 ? o->jobs : 1;
	struct worker *w;
	struct run r;
	int rc = 0;

	*signal_seen = 0;
	run_init(&r, f, shared, o);
	r.committer.counts = counts;
	w = mem_array(n, sizeof *w);
	if (io_pipe(r.wake, e) != 0)
		rc = -1;
	if (rc == 0)
		rc = reader_init(&r.reader, o, r.wake[0]);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = worker_start(&w[i], &r, e);
	if (rc == 0) {
		signal_catch(r.wake[1]);
		r.outer = mem_on_fail((struct mem_hook){finish_line, &r});
		run_threads(w, n);
		mem_on_fail(r.outer);
		rc = run_finish(&r, w, n, e);
		commit_part_streams(&r.committer);
		tell_unread(&r);
		signal_quiet();
		/* One that came while the filter finished counts too. */
		*signal_seen = *signal_flag();
	}
	for (size_t i = 0; i < n; i++) {
		if (w[i].open && f->worker_close != NULL)
			f->worker_close(w[i].state);
		hash_many_free(w[i].many);
	}
	mem_free(w);
	run_free(&r);
	return rc;
}
