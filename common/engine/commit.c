/* In input order: rejects, limits, counts, writing, hashing. */
#include "engine/engine_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"

/* Rates are judged after this many records, and at the end of the input. */
enum { RATE_AFTER = 1000, MILLION = 1000000 };

static struct alike *
alike_of(struct committer *c, const char *id)
{
	for (size_t i = 0; i < c->nalike; i++)
		if (strcmp(c->alike[i].id, id) == 0)
			return &c->alike[i];
	if (c->nalike == ALIKE_IDS)
		return &c->alike[ALIKE_IDS - 1];
	c->alike[c->nalike].id = id;
	return &c->alike[c->nalike++];
}

/* To stderr; that a diagnostic cannot be written is nobody's to tell. */
static void
say(const char *p, size_t n)
{
	struct err ignored;

	(void)io_write(2, p, n, "stderr", &ignored);
}

static void
show_marks(struct committer *c, struct slot *s, size_t n)
{
	const struct engine_result *res = &s->res;

	for (size_t i = 0; i < n; i++) {
		const struct engine_mark *m = &res->marks[i];
		struct alike *a = alike_of(c, m->id);

		if (a->n++ < ALIKE_MAX)
			say(res->diag.p + m->diag, m->diag_end - m->diag);
	}
}

void
commit_alike(struct committer *c)
{
	for (size_t i = 0; i < c->nalike; i++)
		if (c->alike[i].n > ALIKE_MAX && c->opts->alike != NULL)
			c->opts->alike(c->opts->arg, c->alike[i].id,
			    c->alike[i].n - ALIKE_MAX);
}

int
engine_rejects(const struct engine_limits *l, uint64_t rejected,
    uint64_t read, bool at_end, struct err *e)
{
	if (rejected > l->rejects) {
		err_set(e, ERR_DATA, "engine.rejects",
		    "more than %llu records rejected",
		    (unsigned long long)l->rejects);
		return err_hint(e, "raise --max-rejects to go on");
	}
	/* Cannot overflow before 10^13 records. */
	if ((!at_end && read < RATE_AFTER) || l->rate_ppm >= MILLION ||
	    rejected * MILLION <= read * l->rate_ppm)
		return 0;
	return err_set(e, ERR_DATA, "engine.rejects",
	    "%llu of %llu records rejected: over the rate",
	    (unsigned long long)rejected, (unsigned long long)read);
}

/*
 * The index of the mark the run must stop at, or nmarks.  The decision is a
 * function of the records before it, never of where blocks were cut.
 */
static size_t
stop_at(const struct committer *c, const struct engine_result *res,
    struct err *e)
{
	const struct engine_opts *o = c->opts;

	for (size_t i = 0; i < res->nmarks; i++) {
		const struct engine_mark *m = &res->marks[i];

		if (m->stop || (!m->verdict && !o->keep_going)) {
			err_set(e, ERR_DATA, m->id, "%s", "");
			return i;
		}
		if (engine_rejects(&o->limits, c->counts->rejected + i + 1,
		    c->counts->read + m->read + 1, false, e) != 0)
			return i;
	}
	return res->nmarks;
}

static void
cut_result(struct slot *s, size_t stop)
{
	struct engine_result *res = &s->res;
	const struct engine_mark *m = &res->marks[stop];

	res->out.len = m->out;
	res->note.len = m->note;
	res->side.len = m->side_end;
	res->read = m->read + 1;
	res->passed = m->passed;
	res->filtered = m->filtered;
	res->written = m->written;
	res->nmarks = stop + 1;
}

static void
count(struct committer *c, const struct slot *s)
{
	struct engine_counts *n = c->counts;

	n->read += s->res.read;
	n->passed += s->res.passed;
	n->filtered += s->res.filtered;
	n->written += s->res.written;
	n->blank += s->res.blank;
	n->rejected += s->res.nmarks;
	n->bytes_in += s->raw_len;
	n->bytes_out += result_bytes(&s->res).len;
}

static int
write_out(struct committer *c, struct str out, struct err *e)
{
	int rc;

	if (out.len == 0)
		return 0;
	pthread_mutex_lock(c->writing);
	rc = io_write(c->opts->out, out.p, out.len, c->opts->out_name, e);
	pthread_mutex_unlock(c->writing);
	return rc;
}

void
commit_part_streams(struct committer *c)
{
	if (c->as_read)
		merkle_stream_copy(c->opts->out_hash, c->opts->in_hash);
	c->as_read = false;
}

/* 1: *b is left to be taken, its leaves are hashed; 0: all was done.  With one
 * job nothing was hashed before: all of a block at once is the fastest. */
static size_t
hash_input(struct merkle_stream *in, struct slot *s, struct merkle_block *b)
{
	if (s->part)
		merkle_stream_feed(in, s->bytes.p, s->raw_len);
	else if (!s->hashed)
		merkle_stream_add(in, s->bytes.p, s->raw_len);
	else {
		*b = (struct merkle_block){in, {s->bytes.p, s->raw_len},
		    &s->in_part};
		return 1;
	}
	return 0;
}

static size_t
hash_output(struct merkle_stream *out, struct slot *s, bool cut,
    struct merkle_block *b)
{
	struct str bytes = result_bytes(&s->res);

	if (cut || !s->hashed) {
		merkle_stream_add(out, bytes.p, bytes.len);
		return 0;
	}
	merkle_stream_join(out->many, out->records, &s->out_leaves,
	    &s->out_part);
	*b = (struct merkle_block){out, bytes, &s->out_part};
	return 1;
}

/*
 * As long as every byte that was read is written, one stream is both; where
 * they part the other one goes on from a copy.
 */
static void
hash_streams(struct committer *c, struct slot *s, bool cut)
{
	const struct engine_opts *o = c->opts;
	struct merkle_stream *in = o->in_hash, *out = o->out_hash;
	struct str bytes = result_bytes(&s->res);
	bool same = !cut && bytes.len == s->raw_len &&
	    (bytes.len == 0 || bytes.p == s->bytes.p);
	struct merkle_block b[MERKLE_BLOCKS];
	size_t n = 0;

	if (c->as_read && !same)
		commit_part_streams(c);
	if (c->as_read)
		out = NULL; /* in is both */
	if (in != NULL && out != NULL && same && !s->part && !s->hashed)
		merkle_stream_add_both(in, out, bytes.p, bytes.len);
	else {
		if (in != NULL)
			n += hash_input(in, s, &b[n]);
		if (out != NULL)
			n += hash_output(out, s, cut, &b[n]);
		merkle_stream_take(b, n);
	}
	if (in != NULL && s->source_end)
		merkle_stream_end(in);
}

static int
over_ceiling(const struct engine_result *res, struct err *e)
{
	if (!res->out.over && !res->side.over && !res->note.over &&
	    !res->diag.over)
		return 0;
	return err_set(e, ERR_OS, "engine.ceiling",
	    "the output of one block passes %zu bytes", BUF_MAX);
}

static void
end_source(struct committer *c, struct slot *s)
{
	const struct engine_opts *o = c->opts;

	c->counts->eof = ++c->ended == o->nfiles;
	s->source_end = false;
	if (o->source_done == NULL)
		return;
	if (o->nfiles == 1 && o->in_hash != NULL)
		hash_peek(o->in_hash->whole, s->source.sha256);
	o->source_done(o->arg, &s->source);
}

int
commit_slot(struct committer *c, struct slot *s, struct err *e)
{
	const struct engine_opts *o = c->opts;
	struct err stop_err = {0}, order_err;
	int ordered = 0;
	size_t stop;
	bool cut;

	if (c->filter->order != NULL && !s->failed)
		ordered = c->filter->order(c->shared, &s->block, &s->res,
		    &order_err);
	stop = stop_at(c, &s->res, &stop_err);
	cut = stop < s->res.nmarks;
	/* A bad record before our own trouble wins: input order decides. */
	if (!cut && s->failed) {
		*e = s->err;
		return -1;
	}
	if (over_ceiling(&s->res, e) != 0)
		return -1;
	if (cut)
		cut_result(s, stop);
	show_marks(c, s, s->res.nmarks);
	if (o->side >= 0 && s->res.side.len != 0 &&
	    io_write(o->side, s->res.side.p, s->res.side.len, o->side_name,
		e) != 0)
		return -1;
	if (o->side_hash != NULL)
		merkle_stream_feed(o->side_hash, s->res.side.p,
		    s->res.side.len);
	if (c->filter->commit != NULL &&
	    c->filter->commit(c->shared, &s->block, &s->res, e) != 0)
		return -1;
	hash_streams(c, s, cut || s->res.remade);
	if (write_out(c, result_bytes(&s->res), e) != 0)
		return -1;
	count(c, s);
	if (s->source_end)
		end_source(c, s);
	progress_show(c, false);
	if (cut)
		*e = stop_err;
	else if (ordered != 0)
		*e = order_err;
	return cut ? -1 : ordered;
}

int
commit_finish(struct committer *c, struct err *e)
{
	const struct engine_opts *o = c->opts;
	struct slot s = {0};
	int rc = 0;

	if (engine_rejects(&o->limits, c->counts->rejected, c->counts->read,
	    true, e) != 0)
		return -1;
	s.res.out.max = SIZE_MAX;
	if (c->filter->finish != NULL)
		rc = c->filter->finish(c->shared, &s.res.out, &s.res.written,
		    e);
	if (rc == 0) {
		hash_streams(c, &s, true);
		rc = write_out(c, result_bytes(&s.res), e);
		count(c, &s);
	}
	buf_free(&s.res.out);
	return rc;
}
