#include "write.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"

/* One item as one line. */

void
write_slice(const struct worker *w, struct buf *out, struct str s)
{
	uintptr_t from = (uintptr_t)s.p - (uintptr_t)w->d->text;
	size_t at, end;

	if (w->nholes == 0 || from >= w->d->len) {
		buf_str(out, s);
		return;
	}
	at = from;
	end = from + s.len;
	for (size_t i = 0; i < w->nholes; i++) {
		const struct hole *h = &w->holes[i];

		if (h->off < at || h->end > end) {
			/* Within another hole, or of another member. */
			continue;
		}
		buf_put(out, w->d->text + at, h->off - at);
		at = h->end;
	}
	buf_put(out, w->d->text + at, end - at);
}

void
write_label(struct buf *out, struct str label)
{
	if (out->len != 0 && out->p[out->len - 1] != '{')
		buf_putc(out, ',');
	buf_str(out, label);
}

void
write_field(struct worker *w, struct buf *out, uint32_t i)
{
	struct str label = w->m->fields[i].label, value = w->result[i];
	char *p;

	if (value.p == NULL || w->done[i])
		return;
	w->done[i] = true;
	/* One look at the room for all: this is the hot path. */
	if (!buf_need(out, 1 + label.len + value.len))
		return;
	p = out->p + out->len;
	if (out->len != 0 && p[-1] != '{')
		*p++ = ',';
	memcpy(p, label.p, label.len);
	memcpy(p + label.len, value.p, value.len);
	out->len = (size_t)(p - out->p) + label.len + value.len;
}

int
write_ops(struct worker *w, struct buf *out, size_t i, size_t end,
    struct err *e)
{
	size_t start[JSON_PATH_STEPS], filled[JSON_PATH_STEPS], depth = 0;
	struct cell c;

	for (; i < end; i++) {
		const struct op *op = &w->m->ops[i];

		switch (op->kind) {
		case OP_FIELD:
			write_field(w, out, op->field);
			break;
		case OP_OPEN:
			if (op->host != NO_HOST &&
			    eval_find(w, w->m->fields[op->host].src, &c)) {
				write_label(out, op->label);
				if (write_into(w, out, &c, i, e) != 0)
					return -1;
				i = op->end;
				break;
			}
			start[depth] = out->len;
			write_label(out, op->label);
			buf_putc(out, '{');
			filled[depth++] = out->len;
			break;
		case OP_CLOSE:
			/* An object with nothing in it is not made. */
			if (out->len == filled[--depth])
				out->len = start[depth];
			else
				buf_putc(out, '}');
			break;
		}
	}
	return 0;
}

/* --- what is left out of members that stay --- */

static int
by_offset(const void *a, const void *b)
{
	const struct hole *x = a, *y = b;

	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	/* The larger first: it swallows the smaller. */
	return x->end > y->end ? -1 : x->end < y->end;
}

static void
add_hole(struct worker *w, uint32_t off, uint32_t end)
{
	if (w->nholes == w->holes_cap) {
		w->holes_cap = w->holes_cap != 0 ? w->holes_cap * 2 : 16;
		w->holes = mem_realloc(w->holes,
		    w->holes_cap * sizeof *w->holes);
	}
	w->holes[w->nholes++] = (struct hole){off, end};
}

static bool
dropped(const struct worker *w, const struct drop *g, uint32_t name)
{
	for (size_t i = 0; i < g->n; i++)
		if (json_string_is(w->d, name, g->names[i])) {
			w->hints[g->hints[i]].at[g->parent.path->n] = 1;
			return true;
		}
	return false;
}

/* A member goes with the comma before it, or the one after it when nothing
 * is left before it. */
static void
hole_members(struct worker *w, const struct drop *g, uint32_t obj)
{
	const struct json_node *v = w->d->nodes;
	uint32_t before = 0;
	bool kept = false;

	for (uint32_t k = obj + 1; k < v[obj].next; k = v[k + 1].next) {
		uint32_t end = v[k + 1].off + v[k + 1].len;
		uint32_t next = v[k + 1].next;

		if (!dropped(w, g, k))
			kept = true;
		else if (kept)
			add_hole(w, before, end);
		else
			add_hole(w, v[k].off,
			    next < v[obj].next ? v[next].off : end);
		before = end;
	}
}

static int
find_holes(struct worker *w, struct err *e)
{
	struct cell parent;

	w->nholes = 0;
	for (size_t i = 0; i < w->m->ndrops; i++) {
		const struct drop *g = &w->m->drops[i];

		if (g->n == 0 || !eval_find(w, &g->parent, &parent))
			continue;
		if (parent.type == JSON_ARRAY)
			return cell_err(w, &parent, e, "map.drop",
			    "members are dropped of objects, not of arrays");
		if (parent.type == JSON_OBJECT)
			hole_members(w, g, parent.node);
	}
	if (w->nholes > 1)
		qsort(w->holes, w->nholes, sizeof *w->holes, by_offset);
	return 0;
}

/* --- members that stay --- */

struct member {
	struct str name, label;
	struct cell value;
	uint32_t node; /* of the name, or JSON_NONE */
	size_t place;  /* among the members */
};

/* memcmp for names, which are too short for its call. */
static bool
same_bytes(const char *a, const char *b, size_t n)
{
	uint64_t x, y;

	if (n < sizeof x)
		return memcmp(a, b, n) == 0;
	for (size_t i = 0; i + sizeof x < n; i += sizeof x) {
		memcpy(&x, a + i, sizeof x);
		memcpy(&y, b + i, sizeof y);
		if (x != y)
			return false;
	}
	memcpy(&x, a + n - sizeof x, sizeof x);
	memcpy(&y, b + n - sizeof y, sizeof y);
	return x == y;
}

/* What the mapping knows of the name, or NULL.  Records are much alike: the
 * name that stood here last time is looked at first. */
static const struct known *
known_of(struct worker *w, const struct member *mb)
{
	struct guess *g = &w->guess[mb->place % GUESSES];
	size_t i;

	if (g->len != mb->name.len || mb->name.len == 0 ||
	    !same_bytes(g->name, mb->name.p, g->len)) {
		i = map_find(&w->m->names, mb->name);
		g->known = i != MAP_NONE ? (uint32_t)i : UINT32_MAX;
		if (i != MAP_NONE)
			w->met[i] = true;
		g->len = 0;
		if (mb->name.len <= GUESS_NAME && mb->name.len != 0) {
			g->len = (uint32_t)mb->name.len;
			memcpy(g->name, mb->name.p, g->len);
		}
	}
	return g->known != UINT32_MAX ? &w->m->known[g->known] : NULL;
}

/* Has the field something to write?  What is moved may not be met yet. */
static bool
is_written(struct worker *w, uint32_t i)
{
	const struct field *f = &w->m->fields[i];
	struct cell c;

	return f->moved ? eval_find(w, f->src, &c) : w->result[i].p != NULL;
}

/* Does a field write to the name, which stays? */
static bool
is_met(struct worker *w, const struct known *k)
{
	for (uint32_t n = 0; n < k->nout; n++)
		if (is_written(w, k->out[n]))
			return true;
	return false;
}

int
write_conflict(struct worker *w, const struct cell *c, struct str name,
    struct err *e)
{
	cell_err(w, c, e, "map.conflict",
	    "\"%.*s\" is there already, and a field writes to it",
	    (int)name.len, name.p);
	return err_hint(e, "name it in that field's from, or drop it");
}

static int
unmapped(struct worker *w, const struct member *mb, struct err *e)
{
	cell_err(w, &mb->value, e, "map.unmapped",
	    "the mapping does not know the member \"%.*s\"",
	    (int)mb->name.len, mb->name.p);
	return err_hint(e, "map it, drop it, or say unmapped: keep or drop");
}

static int
put_member(struct worker *w, struct buf *out, const struct member *mb,
    struct err *e)
{
	const struct known *k = w->bare ? NULL : known_of(w, mb);

	if (!w->m->keeps && !w->bare)
		return w->m->sees_all ||
		    (k != NULL && (k->nin != 0 || k->seen)) ? 0 :
		    unmapped(w, mb, e);
	if (k != NULL) {
		for (uint32_t n = 0; n < k->nin; n++) {
			const struct field *f = &w->m->fields[k->in[n]];

			if (f->moved)
				w->result[k->in[n]] = mb->value.raw;
			if (f->in_place)
				write_field(w, out, k->in[n]);
		}
		if (k->nin != 0 || k->drop)
			return 0;
		if (k->group == 0 && is_met(w, k))
			return write_conflict(w, &mb->value, mb->name, e);
	}
	write_label(out, mb->label);
	if (mb->node != JSON_NONE)
		buf_putc(out, ':');
	if (k != NULL && k->group != 0)
		return write_into(w, out, &mb->value, k->group - 1, e);
	write_slice(w, out, mb->value.raw);
	return 0;
}

static int
put_explosion(struct worker *w, struct buf *out, struct err *e)
{
	const struct explode *x = &w->m->explode;
	struct member mb = {.node = JSON_NONE};

	for (size_t i = 0; i < x->ncarry; i++) {
		mb.place = i;
		mb.name = x->carry[i].name;
		mb.label = x->carry[i].label;
		if (eval_find(w, &x->carry[i].src, &mb.value) &&
		    put_member(w, out, &mb, e) != 0)
			return -1;
	}
	mb.value = (struct cell){.raw = w->index_text, .node = JSON_NONE,
	    .type = JSON_NUMBER};
	mb.place = x->ncarry;
	mb.name = x->index;
	mb.label = x->index_label;
	if (mb.label.len != 0 && w->index_text.len != 0 &&
	    put_member(w, out, &mb, e) != 0)
		return -1;
	if (x->as_label.len == 0 || w->item == JSON_NONE)
		return 0;
	mb.place = x->ncarry + 1;
	mb.name = x->as;
	mb.label = x->as_label;
	mb.value = (struct cell){.raw = json_raw(w->d, w->item),
	    .node = w->item, .type = json_type(w->d, w->item)};
	return put_member(w, out, &mb, e);
}

static int
put_members(struct worker *w, struct buf *out, struct err *e)
{
	const struct json_node *v = w->d->nodes;
	size_t place = w->m->explode.ncarry + 2;
	uint32_t end;

	if (put_explosion(w, out, e) != 0)
		return -1;
	if (w->m->explode.as_label.len != 0 || w->item == JSON_NONE)
		return 0;
	end = v[w->item].next;
	for (uint32_t k = w->item + 1; k < end; k = v[k + 1].next) {
		struct member mb = {.node = k, .place = place++};

		mb.label = json_raw(w->d, k);
		mb.name = (struct str){mb.label.p + 1, mb.label.len - 2};
		if ((v[k].flags & JSON_ESCAPED) != 0)
			mb.name = json_string(w->d, k, &w->scratch);
		mb.value = (struct cell){.raw = json_raw(w->d, k + 1),
		    .node = k + 1, .type = json_type(w->d, k + 1)};
		if (put_member(w, out, &mb, e) != 0)
			return -1;
	}
	return 0;
}

int
write_bare(struct worker *w, struct buf *out, struct err *e)
{
	int rc;

	w->nholes = 0;
	w->bare = true;
	buf_putc(out, '{');
	rc = put_members(w, out, e);
	buf_putc(out, '}');
	w->bare = false;
	return rc;
}

int
write_item(struct worker *w, struct buf *out, struct err *e)
{
	const struct mapping *m = w->m;

	if (m->nfields != 0)
		memset(w->done, 0, m->nfields * sizeof *w->done);
	if (m->ndrops != 0 && find_holes(w, e) != 0)
		return -1;
	buf_putc(out, '{');
	if (m->unmapped != UNMAPPED_DROP && put_members(w, out, e) != 0)
		return -1;
	for (uint32_t i = 0; m->keeps && i < m->nfields; i++)
		if (m->fields[i].in_place)
			write_field(w, out, i);
	if (write_ops(w, out, 0, m->nops, e) != 0)
		return -1;
	buf_putc(out, '}');
	w->mapped = true;
	return 0;
}
