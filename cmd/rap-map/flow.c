#include "flow.h"

#include "base/err.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "eval.h"
#include "unseen.h"

/* What one step leaves, and its index for the next. */
struct between {
	struct buf lines, other;
	struct json_doc doc;
	struct shaper *shapers; /* of the step */
};

struct flow {
	const struct chain *c;
	size_t from, to; /* its steps */
	bool canonical;
	size_t failed; /* number of the step */
	bool shaping;  /* not in its fields */
	struct worker *w;	 /* of each step */
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
	w->met = mem_array(m->names.n + 1, sizeof *w->met);
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
	mem_free(w->met);
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

static void
shapers_open(struct flow *f, size_t step)
{
	const struct mapping *m = &f->c->steps[step];
	struct shaper *all = mem_array(m->nshapes + 1, sizeof *all);

	f->between[step].shapers = all;
	for (size_t i = 0; i < m->nshapes; i++) {
		all[i].s = &m->shapes[i];
		all[i].hints = f->w[step].hints;
		if (m->shapes[i].kind == SHAPE_PSEUDONYM)
			all[i].mac = hash_mac_new(m->shapes[i].key.p,
			    m->shapes[i].key.len);
	}
}

static void
shapers_close(struct flow *f, size_t step)
{
	struct shaper *all = f->between[step].shapers;

	for (size_t i = 0; i < f->c->steps[step].nshapes; i++) {
		hash_mac_free(all[i].mac);
		arena_free(&all[i].mem);
		buf_free(&all[i].text);
	}
	mem_free(all);
}

struct flow *
flow_new(const struct chain *c, size_t from, size_t to, bool canonical)
{
	struct flow *f = mem_zalloc(sizeof *f);

	f->c = c;
	f->from = from;
	f->to = to;
	f->canonical = canonical;
	f->w = mem_array(to + 1, sizeof *f->w);
	f->between = mem_array(to + 1, sizeof *f->between);
	for (size_t i = from; i < to; i++) {
		worker_open(&f->w[i], &c->steps[i]);
		shapers_open(f, i);
	}
	return f;
}

static void
between_free(struct between *b)
{
	buf_free(&b->lines);
	buf_free(&b->other);
	json_free(&b->doc);
}

void
flow_free(struct flow *f)
{
	if (f == NULL)
		return;
	for (size_t i = f->from; i < f->to; i++) {
		shapers_close(f, i);
		worker_close(&f->w[i]);
		between_free(&f->between[i]);
	}
	between_free(&f->last);
	mem_free(f->w);
	mem_free(f->between);
	mem_free(f);
}

void
flow_seen(const struct flow *f, struct sight *all)
{
	for (size_t i = f->from; i < f->to; i++) {
		const struct worker *w = &f->w[i];
		struct sight *s = &all[i];

		s->mapped |= w->mapped;
		for (size_t k = 0; k < w->m->nhints; k++)
			for (size_t n = 0; n < JSON_PATH_STEPS; n++)
				s->hints[k].at[n] |= w->hints[k].at[n];
		for (size_t k = 0; k < w->m->names.n; k++)
			s->met[k] |= w->met[k];
		for (size_t k = 0; k < w->m->nshapes; k++)
			s->shaped[k] |= f->between[i].shapers[k].ran;
	}
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

/* Each line of b->lines through one shape. */
static int64_t
shape_lines(struct between *b, struct shaper *w, struct err *e)
{
	const char *p = b->lines.p, *end = p + b->lines.len;
	struct buf was;
	int64_t n = 0, more;

	buf_clear(&b->other);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (json_parse(&b->doc, p, (size_t)(lf - p), e) != 0)
			return -1;
		more = shape_run(w, &b->doc, &b->other, e);
		if (more < 0)
			return -1;
		if (b->other.len > MAPPING_EXPLODE_MAX || b->other.over)
			return err_set(e, ERR_DATA, "map.limit",
			    "the record becomes more than %d MiB",
			    MAPPING_EXPLODE_MAX >> 20);
		n += more;
		p = lf + 1;
	}
	was = b->lines;
	b->lines = b->other;
	b->other = was;
	return n;
}

/* Two members may have come to the same name. */
static int
check_lines(struct between *b, struct err *e)
{
	const char *p = b->lines.p, *end = p + b->lines.len;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		struct err why;

		if (json_parse(&b->doc, p, (size_t)(lf - p), &why) != 0)
			return err_set(e, ERR_DATA, "map.conflict",
			    "two members come to the same name: %s", why.msg);
		p = lf + 1;
	}
	return 0;
}

static int64_t
run_shapes(struct flow *f, size_t i, struct err *e)
{
	struct between *b = &f->between[i];
	int64_t n = 1;

	f->shaping = true;
	for (size_t k = 0; n > 0 && k < f->c->steps[i].nshapes; k++) {
		n = shape_lines(b, &b->shapers[k], e);
		if (n > 0 && check_lines(b, e) != 0)
			return -1;
	}
	f->shaping = n < 0;
	return n;
}

/* At most MAPPING_STEPS_MAX deep. */
static int64_t
run_step(struct flow *f, size_t i, const struct json_doc *d,
    struct buf *lines, struct err *e)
{
	struct worker *w = &f->w[i];
	bool last = i + 1 == f->to, shaped = w->m->nshapes != 0;
	int64_t n;

	w->d = d;
	w->stop = false;
	f->failed = i;
	if (last && !shaped)
		return item_map(w, lines, e);
	buf_clear(&f->between[i].lines);
	n = item_map(w, &f->between[i].lines, e);
	if (n > 0 && shaped)
		n = run_shapes(f, i, e);
	if (n > 0 && last)
		buf_str(lines, buf_view(&f->between[i].lines));
	return n <= 0 || last ? n : go_on(f, i, lines, e);
}

/* An error of a later step is about a text nobody has seen. */
static int
place_error(const struct flow *f, struct err *e)
{
	if ((f->failed == 0 && !f->shaping) || e->code != ERR_DATA)
		return -1;
	e->pos = 0;
	if (e->hint[0] == '\0' && f->c->nsteps > 1)
		err_hint(e, "in step %zu of the mapping", f->failed + 1);
	return -1;
}

int64_t
flow_record(struct flow *f, const struct json_doc *d, struct buf *lines,
    bool *stop, struct err *e)
{
	size_t start = lines->len;
	int64_t n;

	if (f->from == f->to) {
		canon_write(d, 0, lines);
		buf_putc(lines, '\n');
		return 1;
	}
	f->shaping = false;
	n = run_step(f, f->from, d, lines, e);
	if (n > 0 && f->canonical && !lines->over)
		return canonize(f, lines, start, e) == 0 ? n : -1;
	if (n >= 0)
		return n;
	*stop = f->w[f->failed].stop;
	return place_error(f, e);
}

const struct worker *
flow_failed(const struct flow *f)
{
	return f->shaping ? NULL : &f->w[f->failed];
}
