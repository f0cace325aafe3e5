/* Verdicts that depend on the records before. */
#include "prog/order_priv.h"

#include "base/err.h"
#include "base/mem.h"
#include "prog/prog_priv.h"

/* Before the note of a record. */
struct frame {
	uint64_t number, offset; /* of its line */
	size_t line, note;	 /* bytes */
	enum prog_verdict verdict;
};

void
prog_order_open(struct engine_result *res)
{
	static const struct frame none;

	buf_put(&res->note, &none, sizeof none);
}

void
prog_order_close(struct engine_result *res, size_t at,
    const struct engine_line *l, enum prog_verdict v)
{
	struct frame f = {.number = l->number, .offset = l->offset,
	    .line = l->len, .verdict = v};

	if (res->note.over)
		return;
	f.note = res->note.len - at - sizeof f;
	memcpy(res->note.p + at, &f, sizeof f);
}

/* A mark of the worker, with what it says. */
static void
copy_mark(struct engine_result *to, const struct engine_result *from,
    const struct engine_mark *m)
{
	struct engine_mark *n = engine_mark(to);

	buf_put(&to->side, from->side.p + m->side, m->side_end - m->side);
	buf_put(&to->diag, from->diag.p + m->diag, m->diag_end - m->diag);
	n->side_end = to->side.len;
	n->diag_end = to->diag.len;
	n->id = m->id;
	n->verdict = m->verdict;
	n->stop = m->stop;
	to->read++;
}

/* One record: 1, 0 when nothing after it counts, -1 when the run ends. */
static int
judge(struct prog_ordering *o, const struct engine_block *in,
    const struct frame *f, struct str note, struct err *e)
{
	struct engine_result *res = &o->again;
	const struct prog_out out = {.lines = &res->out,
	    .written = &res->written, .errors = &o->errors};
	const struct engine_line l = {.number = f->number,
	    .offset = f->offset, .p = in->data + (f->offset - in->offset),
	    .len = f->line};
	const struct prog_record rec = {.line = {l.p, l.len},
	    .source = in->source, .number = f->number, .offset = f->offset};
	size_t at = res->out.len;
	uint64_t written = res->written;
	struct prog_bad bad = {f->verdict, e, &o->errors, true};

	buf_clear(&o->errors);
	if (bad.verdict == PROG_PASS)
		bad.verdict = o->filter->order(o->user, &rec, note, &out, e);
	if (bad.verdict == PROG_PASS || bad.verdict == PROG_FILTERED) {
		res->passed += bad.verdict == PROG_PASS;
		res->filtered += bad.verdict == PROG_FILTERED;
		res->read++;
		return 1;
	}
	if (bad.verdict == PROG_END || e->code != ERR_DATA)
		return -1;
	res->out.len = at;
	res->written = written;
	return prog_mark(o->prog, in, &l, &bad, res);
}

static void
swap(struct engine_result *a, struct engine_result *b)
{
	struct engine_result x = *a;

	*a = *b;
	*b = x;
}

int
prog_order(struct prog_ordering *o, const struct engine_block *in,
    struct engine_result *res, struct err *e)
{
	struct engine_result *to = &o->again;
	size_t at = 0, mark = 0;
	int rc = 1;

	if (res->note.over || res->side.over || res->diag.over)
		return 0; /* the engine says so */
	buf_clear(&to->out);
	buf_clear(&to->side);
	buf_clear(&to->diag);
	buf_clear(&to->note);
	to->nmarks = 0;
	to->read = to->passed = to->filtered = to->written = 0;
	to->blank = res->blank;
	while (rc > 0) {
		struct frame f;

		for (; mark < res->nmarks && res->marks[mark].note <= at;
		     mark++)
			copy_mark(to, res, &res->marks[mark]);
		if (at >= res->note.len)
			break;
		memcpy(&f, res->note.p + at, sizeof f);
		at += sizeof f;
		rc = judge(o, in, &f, (struct str){res->note.p + at, f.note},
		    e);
		at += f.note;
	}
	swap(res, to);
	res->remade = true;
	return rc < 0 ? -1 : 0;
}

void
prog_ordering_free(struct prog_ordering *o)
{
	buf_free(&o->again.out);
	buf_free(&o->again.side);
	buf_free(&o->again.note);
	buf_free(&o->again.diag);
	mem_free(o->again.marks);
	buf_free(&o->errors);
}
