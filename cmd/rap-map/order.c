#include "order.h"

#include "base/err.h"
#include "base/mem.h"
#include "note.h"
#include "pivot.h"
#include "seen/seen.h"

/* A dedupe or a pivot. */
struct point {
	struct seen *seen;
	struct groups *groups;
	struct noter *noter;  /* of what the groups become */
	struct buf row, note; /* of one group */
};

struct ordered {
	struct point *points; /* point k is at the end of leg k */
	size_t n;
	struct map pending; /* keys that a doubtful record would add */
	struct buf key;
	bool ended; /* by what pivot made; the error says where */
};

/* Where what is taken goes, and where it was read. */
struct sink {
	struct buf *lines;
	uint64_t *written;
	struct place place;
	bool used;
};

struct ordered *
order_new(const struct chain *c, bool canonical)
{
	struct ordered *r = mem_zalloc(sizeof *r);
	struct leg legs[MAPPING_STEPS_MAX + 1];

	r->n = note_legs(c, legs) - 1;
	r->points = mem_array(r->n, sizeof *r->points);
	for (size_t i = 0; i < r->n; i++) {
		struct point *p = &r->points[i];

		if (legs[i].order->kind == ORDER_DEDUPE) {
			p->seen = seen_new(legs[i].order->memory);
			continue;
		}
		p->groups = groups_new(legs[i].order);
		p->noter = note_new(c, i + 1, canonical);
	}
	return r;
}

void
order_free(struct ordered *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		struct point *p = &r->points[i];

		seen_free(p->seen);
		groups_free(p->groups);
		note_free(p->noter);
		buf_free(&p->row);
		buf_free(&p->note);
	}
	mem_free(r->points);
	map_free(&r->pending);
	buf_free(&r->key);
	mem_free(r);
}

/* --- a record that fails in a later leg, if it gets there --- */

/* Would the key be the first of its kind?  1, 0, -1. */
static int
would_add(struct ordered *r, size_t k, struct str key, struct err *e)
{
	int rc = seen_has(r->points[k].seen, key, e);
	size_t had = r->pending.n;

	if (rc != 0)
		return rc > 0 ? 0 : -1;
	buf_clear(&r->key);
	buf_putc(&r->key, (char)k);
	buf_str(&r->key, key);
	map_add(&r->pending, buf_view(&r->key));
	return r->pending.n > had;
}

/* As take, but nothing is changed: the verdict. */
static enum prog_verdict
try(struct ordered *r, size_t k, struct str list, struct err *e)
{
	enum prog_verdict v = PROG_PASS;

	while (list.len != 0 && v == PROG_PASS) {
		struct piece x;
		const char *p = note_piece(&list, &x);
		int rc;

		if (x.kind == PIECE_BAD) {
			note_error(p, e);
			return x.stop ? PROG_STOP : PROG_BAD;
		}
		if (x.kind != PIECE_KEY)
			continue;
		rc = would_add(r, k, (struct str){p, x.key}, e);
		if (rc < 0)
			return PROG_BAD;
		if (rc > 0)
			v = try(r, k + 1, (struct str){p + x.key, x.len}, e);
	}
	return v;
}

/* --- in the order of the input --- */

static int emit(struct ordered *r, size_t k, const struct place *begun,
    const struct sink *to, struct err *e);

static int
take_member(struct ordered *r, size_t k, const struct piece *x,
    const char *p, const struct sink *to, struct err *e)
{
	struct point *at = &r->points[k];
	struct member m = {.key = {p, x->key}};
	struct place begun;

	m.lead = (struct str){m.key.p + x->key, x->lead};
	m.label = (struct str){m.lead.p + x->lead, x->label};
	m.value = (struct str){m.label.p + x->label, x->len};
	buf_clear(&at->row);
	if (groups_add(at->groups, &m, &to->place, &at->row, &begun, e) != 0)
		return -1;
	return at->row.len == 0 ? 0 : emit(r, k, &begun, to, e);
}

/* The pieces that leg k left. */
static int
take(struct ordered *r, size_t k, struct str list, struct sink *to,
    struct err *e)
{
	int rc = 0;

	while (list.len != 0 && rc >= 0) {
		struct piece x;
		const char *p = note_piece(&list, &x);

		if (x.kind == PIECE_LINES) {
			buf_put(to->lines, p, x.len);
			*to->written += x.n;
			to->used = true;
		} else if (x.kind == PIECE_MEMBER) {
			rc = take_member(r, k, &x, p, to, e);
			to->used = true;
		} else {
			rc = seen_add(r->points[k].seen,
			    (struct str){p, x.key}, e);
			if (rc > 0)
				rc = take(r, k + 1,
				    (struct str){p + x.key, x.len}, to, e);
		}
	}
	return rc < 0 ? -1 : 0;
}

static enum prog_verdict
settle(struct ordered *r, size_t k, struct str list, struct sink *to,
    struct err *e)
{
	if (note_doubtful(list)) {
		enum prog_verdict v = try(r, k, list, e);

		map_free(&r->pending);
		if (v != PROG_PASS)
			return v;
	}
	if (take(r, k, list, to, e) != 0)
		return r->ended ? PROG_END : PROG_STOP;
	return to->used ? PROG_PASS : PROG_FILTERED;
}

/* The row that pivot k made goes on. */
static int
emit(struct ordered *r, size_t k, const struct place *begun,
    const struct sink *to, struct err *e)
{
	struct point *p = &r->points[k];
	struct sink next = {.lines = to->lines, .written = to->written,
	    .place = *begun};

	buf_clear(&p->note);
	note_line(p->noter, buf_view(&p->row), &p->note);
	if (p->row.over || p->note.over)
		return err_set(e, ERR_OS, "map.limit",
		    "a group becomes more than 1 GiB");
	if (settle(r, k + 1, buf_view(&p->note), &next, e) >= PROG_PASS)
		return 0;
	if (r->ended || e->code != ERR_DATA)
		return -1;
	r->ended = true;
	err_source(e, begun->source);
	e->line = (size_t)begun->line;
	e->pos = ERR_NOPOS;
	return err_hint(e, "a record that pivot made, of that line and others; "
	    "a second rap-map behind a pipe can reject it");
}

enum prog_verdict
order_take(struct ordered *r, const struct prog_record *rec, struct str note,
    const struct prog_out *out, struct err *e)
{
	struct sink to = {.lines = out->lines, .written = out->written,
	    .place = {rec->source, rec->number}};

	return settle(r, 0, note, &to, e);
}

int
order_finish(struct ordered *r, struct buf *out, uint64_t *written,
    struct err *e)
{
	struct sink to = {.lines = out, .written = written};
	struct place begun;

	for (size_t k = 0; k < r->n; k++) {
		struct point *p = &r->points[k];

		while (p->groups != NULL &&
		    groups_next(p->groups, &p->row, &begun))
			if (emit(r, k, &begun, &to, e) != 0)
				return -1;
	}
	if (!out->over)
		return 0;
	return err_set(e, ERR_OS, "map.limit",
	    "the groups make more than 1 GiB");
}

void
order_seen(const struct ordered *r, struct sight *all)
{
	for (size_t k = 0; k < r->n; k++)
		if (r->points[k].noter != NULL)
			note_seen(r->points[k].noter, all);
}
