#include "flow.h"

#include "base/err.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "eval.h"

/* What one step leaves, and its index for the next. */
struct between {
	struct buf lines;
	struct json_doc doc;
};

struct flow {
	const struct chain *c;
	bool canonical;
	size_t failed; /* number of the step */
	struct worker *w;	/* of each step */
	struct between *between; /* after each step */
	struct between last;	/* for --canonical */
};

static void
worker_open(struct worker *w, const struct mapping *m)
{
	w->m = m;
	w->hints = mem_array(m->nhints + 1, sizeof *w->hints);
	w->result = mem_array(m->nfields + 1, sizeof *w->result);
	w->done = mem_array(m->nfields + 1, sizeof *w->done);
	w->tables = mem_array(m->nlookups + 1, sizeof *w->tables);
	cel_open(w);
}

static void
worker_close(struct worker *w)
{
	cel_close(w);
	mem_free(w->hints);
	mem_free(w->result);
	mem_free(w->done);
	mem_free(w->tables);
	mem_free(w->holes);
	arena_free(&w->scratch);
	arena_free(&w->line);
	buf_free(&w->key);
	buf_free(&w->other);
	buf_free(&w->item_text);
	json_free(&w->item_doc);
	json_free(&w->again);
}

struct flow *
flow_new(const struct chain *c, bool canonical)
{
	struct flow *f = mem_zalloc(sizeof *f);
	size_t n = c != NULL ? c->nsteps : 0;

	f->c = c;
	f->canonical = canonical;
	f->w = mem_array(n + 1, sizeof *f->w);
	f->between = mem_array(n + 1, sizeof *f->between);
	for (size_t i = 0; i < n; i++)
		worker_open(&f->w[i], &c->steps[i]);
	return f;
}

static void
between_free(struct between *b)
{
	buf_free(&b->lines);
	json_free(&b->doc);
}

void
flow_free(struct flow *f)
{
	size_t n = f->c != NULL ? f->c->nsteps : 0;

	for (size_t i = 0; i < n; i++) {
		worker_close(&f->w[i]);
		between_free(&f->between[i]);
	}
	between_free(&f->last);
	mem_free(f->w);
	mem_free(f->between);
	mem_free(f);
}

/* Lines [start..) of the buffer in canonical form. */
static int
canonize(struct flow *f, struct buf *lines, size_t start, struct err *e)
{
	struct buf *out = &f->last.lines;
	const char *p = lines->p + start, *end = lines->p + lines->len;

	buf_clear(out);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (json_parse(&f->last.doc, p, (size_t)(lf - p), e) != 0)
			return -1;
		canon_write(&f->last.doc, 0, out);
		buf_putc(out, '\n');
		p = lf + 1;
	}
	lines->len = start;
	buf_str(lines, buf_view(out));
	return 0;
}

static int64_t run_step(struct flow *f, size_t i, const struct json_doc *d,
    struct buf *lines, struct err *e);

/* Hand what step i left to the next. */
static int64_t
go_on(struct flow *f, size_t i, struct buf *lines, struct err *e)
{
	struct between *b = &f->between[i];
	const char *p = b->lines.p, *end = p + b->lines.len;
	int64_t n = 0, more;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (json_parse(&b->doc, p, (size_t)(lf - p), e) != 0)
			return -1;
		more = run_step(f, i + 1, &b->doc, lines, e);
		if (more < 0)
			return -1;
		n += more;
		p = lf + 1;
	}
	return n;
}

/* At most MAPPING_STEPS_MAX deep. */
static int64_t
run_step(struct flow *f, size_t i, const struct json_doc *d,
    struct buf *lines, struct err *e)
{
	struct worker *w = &f->w[i];
	bool last = i + 1 == f->c->nsteps;
	int64_t n;

	w->d = d;
	w->stop = false;
	f->failed = i;
	if (last)
		return item_map(w, lines, e);
	buf_clear(&f->between[i].lines);
	n = item_map(w, &f->between[i].lines, e);
	return n <= 0 ? n : go_on(f, i, lines, e);
}

/* An error of a later step is about a text nobody has seen. */
static int
place_error(const struct flow *f, struct err *e)
{
	if (f->failed == 0 || e->code != ERR_DATA)
		return -1;
	e->pos = 0;
	if (e->hint[0] == '\0')
		err_hint(e, "in step %zu of the mapping", f->failed + 1);
	return -1;
}

int64_t
flow_record(struct flow *f, const struct json_doc *d, struct buf *lines,
    bool *stop, struct err *e)
{
	size_t start = lines->len;
	int64_t n;

	if (f->c == NULL) {
		canon_write(d, 0, lines);
		buf_putc(lines, '\n');
		return 1;
	}
	n = run_step(f, 0, d, lines, e);
	if (n > 0 && f->canonical && !lines->over)
		return canonize(f, lines, start, e) == 0 ? n : -1;
	if (n >= 0)
		return n;
	for (size_t i = 0; i < f->c->nsteps; i++)
		*stop = *stop || f->w[i].stop;
	return place_error(f, e);
}
