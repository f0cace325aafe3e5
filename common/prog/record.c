/* Lines to records: parse, call the filter, and account for what is bad. */
#include "prog/record.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "json/scan.h"
#include "prog/order_priv.h"
#include "prog/prog_priv.h"

enum { ALIKE = 20, ALIKE_IDS = 8 };

struct shared {
	struct prog *prog;
	const struct prog_filter *filter;
	void *user;
	struct prog_ordering ordering;
};

struct worker {
	struct json_scan scan;
	struct json_doc doc;
	bool parsed; /* doc holds the line at hand */
	struct arena arena;
	struct buf errors; /* detail of one bad record */
	const struct prog_filter *filter;
	void *user;
	/* Diagnostics of one block, so that no block makes too many. */
	struct {
		const char *id;
		unsigned n;
	} alike[ALIKE_IDS];
};

static int
worker_open(void *arg, void **out, struct err *e)
{
	struct shared *sh = arg;
	struct worker *w = mem_zalloc(sizeof *w);

	w->filter = sh->filter;
	w->scan.kernel = sh->prog->state->kernel;
	if (sh->filter->worker_open != NULL &&
	    sh->filter->worker_open(sh->user, &w->user, e) != 0) {
		mem_free(w);
		return -1;
	}
	*out = w;
	return 0;
}

static int
worker_merge(void *arg, void *worker, struct err *e)
{
	struct shared *sh = arg;
	struct worker *w = worker;

	if (sh->filter->worker_merge == NULL)
		return 0;
	return sh->filter->worker_merge(sh->user, w->user, e);
}

static int
order(void *arg, const struct engine_block *in, struct engine_result *res,
    struct err *e)
{
	struct shared *sh = arg;

	return prog_order(&sh->ordering, in, res, e);
}

static int
commit(void *arg, const struct engine_block *in, struct engine_result *res,
    struct err *e)
{
	struct shared *sh = arg;

	(void)in;
	if (sh->filter->commit == NULL)
		return 0;
	return sh->filter->commit(sh->user, &res->note, e);
}

static int
finish(void *arg, struct buf *out, uint64_t *written, struct err *e)
{
	struct shared *sh = arg;

	if (sh->filter->finish == NULL)
		return 0;
	return sh->filter->finish(sh->user, out, written, e);
}

static bool
worth_saying(struct worker *w, const char *id)
{
	for (size_t i = 0; i < ALIKE_IDS; i++) {
		if (w->alike[i].id == NULL)
			w->alike[i].id = id;
		if (strcmp(w->alike[i].id, id) == 0)
			return w->alike[i].n++ < ALIKE;
	}
	return true;
}

bool
prog_mark(struct prog *p, const struct engine_block *in,
    const struct engine_line *l, const struct prog_bad *bad,
    struct engine_result *res)
{
	const struct prog_opts *o = &p->opt;
	struct engine_mark *m = engine_mark(res);
	struct err *e = bad->e;
	bool stops;

	m->verdict = bad->verdict == PROG_INVALID;
	m->stop = bad->verdict == PROG_STOP;
	stops = m->stop || (o->reject == NULL && !m->verdict);
	res->read++;
	err_source(e, in->source);
	e->line = (size_t)l->number;
	if (e->pos == ERR_NOPOS)
		e->pos = 0;
	m->id = e->id;
	if (o->reject != NULL)
		prog_envelope(l, e, bad->errors, &res->side);
	/* A record that stops the run is told whatever -q says. */
	if (bad->tell && (!o->quiet || stops))
		prog_diag_put(p, e, &res->diag);
	m->side_end = res->side.len;
	m->diag_end = res->diag.len;
	return !stops && res->nmarks <= o->limits.rejects;
}

/*
 * The next line of the block.  Most are good, and the scanner finds their end
 * as it goes: w->parsed says that it has.
 */
static bool
next_line(struct shared *sh, struct worker *w, struct engine_cursor *c,
    struct engine_line *l)
{
	const struct engine_block *in = c->block;
	size_t len;

	w->parsed = false;
	if (c->at < in->len && !in->overlong &&
	    json_scan_ahead(&w->scan, &w->doc, in->data + c->at,
		!sh->filter->syntax_only, &len)) {
		engine_take(c, len, l);
		w->parsed = !l->overlong;
		return true;
	}
	return engine_next(c, l);
}

/* What a line that is not JSON may be instead. */
static enum prog_verdict
not_json(const struct engine_line *l, struct err *e)
{
	size_t from = 0, to = l->len;
	bool json;

	while (from < to && memchr(" \t\r", l->p[from], 3) != NULL)
		from++;
	while (to > from && memchr(" \t\r", l->p[to - 1], 3) != NULL)
		to--;
	json = from < to && memchr("{[", l->p[from], 2) != NULL;
	if (e->hint[0] != '\0' || from == to)
		return PROG_BAD;
	if (strcmp(e->id, "json.trail") == 0 && e->pos < l->len)
		return (enum prog_verdict)err_hint(e, l->p[e->pos] == ',' ?
		    "is it a line of an array? rap-fetch FILE makes NDJSON of "
		    "those" :
		    "NDJSON has one value on each line");
	if (l->number == 1 && strcmp(e->id, "json.trunc") == 0 && json &&
	    memchr("{[,:", l->p[to - 1], 4) != NULL)
		return (enum prog_verdict)err_hint(e, "JSON spread over "
		    "lines? rap-fetch FILE makes NDJSON of it");
	if (l->number == 1 && strcmp(e->id, "json.syntax") == 0 && !json)
		return (enum prog_verdict)err_hint(e, "no JSON? rap-fetch "
		    "FILE makes NDJSON of CSV and others");
	return PROG_BAD;
}

static int
no_object(const struct json_doc *d, struct err *e)
{
	enum json_type t = json_type(d, 0);

	err_at(e, d->nodes[0].off, ERR_DATA, "json.type",
	    "record is no object but %s", json_type_name(t));
	return t != JSON_ARRAY ? -1 : err_hint(e,
	    "its elements are the records? rap-fetch --format json");
}

/* Parse one line, unless it is, and hand it to the filter. */
static enum prog_verdict
one_record(struct shared *sh, struct worker *w, const struct engine_block *in,
    const struct engine_line *l, struct engine_result *res, struct err *e)
{
	struct prog_out out = {.lines = &res->out, .written = &res->written,
	    .note = &res->note, .errors = &w->errors};
	struct prog_record rec = {
	    .doc = &w->doc,
	    .line = {l->p, l->len},
	    .source = in->source,
	    .number = l->number,
	    .offset = l->offset,
	    .arena = &w->arena,
	};

	buf_clear(&w->errors);
	arena_reset(&w->arena);
	if (l->overlong)
		return (enum prog_verdict)err_at(e, in->max_line, ERR_DATA,
		    "json.linelen", "line longer than %zu bytes",
		    in->max_line);
	if (!w->parsed &&
	    json_scan_line(&w->scan, &w->doc, l->p, l->len, e) != 0)
		return not_json(l, e);
	if (sh->filter->syntax_only)
		return PROG_PASS;
	if (sh->filter->needs_object && json_type(&w->doc, 0) != JSON_OBJECT)
		return (enum prog_verdict)no_object(&w->doc, e);
	return sh->filter->record(sh->user, w->user, &rec, &out, e);
}

static bool
is_blank(const struct engine_line *l)
{
	for (size_t i = 0; i < l->len; i++)
		if (l->p[i] != ' ' && l->p[i] != '\t' && l->p[i] != '\r')
			return false;
	return !l->overlong;
}

/* Lines that pass unchanged, as long as they lie end to end. */
struct range {
	const char *from, *to;
};

static void
flush_range(struct range *r, struct engine_result *res)
{
	if (r->from != NULL)
		buf_put(&res->out, r->from, (size_t)(r->to - r->from));
	r->from = NULL;
}

static void
pass_line(struct range *r, const struct engine_block *in,
    const struct engine_line *l, struct engine_result *res)
{
	const char *end = l->p + l->len;

	res->written++;
	if (r->from == NULL || r->to != l->p)
		flush_range(r, res);
	if (end == in->data + in->len || *end != '\n') {
		/* A CR before the LF, or no LF at all. */
		flush_range(r, res);
		buf_put(&res->out, l->p, l->len);
		buf_putc(&res->out, '\n');
		return;
	}
	if (r->from == NULL)
		r->from = l->p;
	r->to = end + 1;
}

/* Undo what a bad record wrote, and account for it.  True: go on. */
static bool
take_back(struct shared *sh, struct worker *w, const struct engine_block *in,
    const struct engine_line *l, struct prog_bad *bad,
    struct engine_result *res, const struct engine_mark *before)
{
	res->out.len = before->out;
	/* A verdict keeps its note: reports are made of them. */
	if (bad->verdict != PROG_INVALID || sh->filter->order != NULL)
		res->note.len = before->note;
	res->written = before->written;
	bad->errors = &w->errors;
	bad->tell = worth_saying(w, bad->e->id);
	return prog_mark(sh->prog, in, l, bad, res);
}

static int
work(void *arg, void *worker, const struct engine_block *in,
    struct engine_result *res, struct err *e)
{
	struct shared *sh = arg;
	struct worker *w = worker;
	struct engine_cursor c = {.block = in};
	struct engine_line l;
	struct range range = {0};

	memset(w->alike, 0, sizeof w->alike);
	json_scan_block(&w->scan, in->data, in->len);
	while (next_line(sh, w, &c, &l)) {
		struct engine_mark before = {.out = res->out.len,
		    .note = res->note.len, .written = res->written};
		struct prog_bad bad;
		enum prog_verdict v;

		if (!w->parsed && is_blank(&l)) {
			res->blank++;
			continue;
		}
		if (sh->filter->order != NULL)
			prog_order_open(res);
		if (w->parsed && sh->filter->syntax_only)
			v = PROG_PASS;
		else
			v = one_record(sh, w, in, &l, res, e);
		if (v == PROG_PASS || v == PROG_FILTERED) {
			if (sh->filter->order != NULL)
				prog_order_close(res, before.note, &l, v);
			res->passed += v == PROG_PASS;
			res->filtered += v == PROG_FILTERED;
			res->read++;
			if (v == PROG_PASS && sh->filter->passes)
				pass_line(&range, in, &l, res);
			continue;
		}
		/* Not a bad record but trouble of our own: the run ends. */
		if (v == PROG_BAD && e->code != ERR_DATA)
			return -1;
		if (range.from != NULL) {
			flush_range(&range, res);
			before.out = res->out.len;
		}
		bad = (struct prog_bad){v, e, NULL, false};
		if (!take_back(sh, w, in, &l, &bad, res, &before))
			return 0;
	}
	if (range.from != NULL && res->out.len == 0 && res->nmarks == 0)
		res->same = (struct str){range.from,
		    (size_t)(range.to - range.from)};
	else
		flush_range(&range, res);
	return 0;
}

static void
worker_close(void *worker)
{
	struct worker *w = worker;

	if (w->filter->worker_close != NULL)
		w->filter->worker_close(w->user);
	json_scan_free(&w->scan);
	json_free(&w->doc);
	arena_free(&w->arena);
	buf_free(&w->errors);
	mem_free(w);
}

int
prog_records(struct prog *p, const struct prog_filter *f, void *shared,
    const struct cli_list *files, struct err *e)
{
	struct shared sh = {.prog = p, .filter = f, .user = shared,
	    .ordering = {.prog = p, .filter = f, .user = shared}};
	const struct engine_filter ef = {
	    .worker_open = worker_open,
	    .work = work,
	    .order = f->order != NULL ? order : NULL,
	    .commit = commit,
	    .worker_merge = worker_merge,
	    .finish = finish,
	    .worker_close = worker_close,
	};

	int rc = prog_blocks(p, &ef, &sh, files, e);

	prog_ordering_free(&sh.ordering);
	return rc;
}
