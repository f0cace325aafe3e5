#include "recon_step.h"

#include <stdlib.h>

#include "base/mem.h"
#include "json/write.h"

/*
 * A record with its new names.  A name that stays in its object is replaced
 * where it stands.  What goes into another object is cut out, with a comma,
 * and put behind that object's members; objects on the way are made.
 */

static uint32_t
target_place(const struct recon_step *st, uint32_t place)
{
	return st->gold.place[st->gold.places.at[place].target];
}

/* The last place on the way to i that the record has. */
static uint32_t
last_there(const struct recon_step *st, uint32_t i)
{
	const struct place *at = st->gold.places.at;

	while (at[i].last != st->record)
		i = at[i].up;
	return i;
}

/* Does the record get the target of place i, by another renaming? */
static bool
is_made(const struct recon_step *st, uint32_t i)
{
	uint32_t target = st->gold.places.at[i].target;

	return target != RECON_NONE && st->gold.place[target] == i &&
	    st->won[target].record == st->record;
}

bool
edit_possible(const struct recon_step *st, uint32_t place,
    const struct json_doc *d)
{
	const struct place *at = st->gold.places.at;
	uint32_t to = target_place(st, place), i;

	if (walk_same_home(st, at[place].up, at[to].up, true))
		return true;
	if (at[place].arrays != 0 || at[to].arrays != 0)
		return false;
	for (i = at[to].up; at[i].last != st->record; i = at[i].up)
		if (is_made(st, i))
			return false;
	return json_type(d, at[i].node) == JSON_OBJECT &&
	    (i == PLACE_TOP || at[i].standing != PLACE_APPLIED);
}

static void
add_edit(struct editor *x, uint32_t off, uint32_t end, size_t from)
{
	if (x->nedits == x->edits_cap) {
		x->edits_cap = x->edits_cap != 0 ? x->edits_cap * 2 : 16;
		x->edits = mem_realloc(x->edits,
		    x->edits_cap * sizeof *x->edits);
	}
	x->edits[x->nedits++] = (struct edit){off, end, from,
	    x->ins.len - from};
}

/* The places from the top down to i, PLACE_NONE behind them. */
static const uint32_t *
trail_of(const struct recon_step *st, uint32_t i, struct arena *mem)
{
	const struct place *at = st->gold.places.at;
	uint32_t *trail = arena_array(mem, (size_t)at[i].depth + 2,
	    sizeof *trail);

	trail[at[i].depth + 1] = PLACE_NONE;
	for (;; i = at[i].up) {
		trail[at[i].depth] = i;
		if (i == PLACE_TOP)
			return trail;
	}
}

static void
add_move(struct recon_step *st, const struct met *m, struct arena *mem)
{
	struct editor *x = &st->editor;
	uint32_t to = target_place(st, m->place);
	uint32_t into = last_there(st, st->gold.places.at[to].up);

	if (x->nmoves == x->moves_cap) {
		x->moves_cap = x->moves_cap != 0 ? x->moves_cap * 2 : 16;
		x->moves = mem_realloc(x->moves,
		    x->moves_cap * sizeof *x->moves);
	}
	x->moves[x->nmoves++] = (struct move){m->place, m->node, to,
	    st->gold.places.at[into].node, trail_of(st, to, mem)};
}

/* Was the value with this node taken out of its object?  Moves are sorted by
 * their nodes. */
static bool
is_moved(const struct editor *x, uint32_t node)
{
	size_t lo = 0, hi = x->nmoves;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (x->moves[mid].node == node)
			return true;
		if (x->moves[mid].node < node)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* Cut members out of an object, each with the comma before it, or the one
 * behind it when nothing is left before it. */
static void
cut_members(struct editor *x, const struct json_doc *d, uint32_t obj)
{
	const struct json_node *v = d->nodes;
	uint32_t before = 0;
	bool kept = false;

	for (uint32_t k = obj + 1; k < v[obj].next; k = v[k + 1].next) {
		uint32_t end = v[k + 1].off + v[k + 1].len;
		uint32_t next = v[k + 1].next;

		if (!is_moved(x, k + 1))
			kept = true;
		else if (kept)
			add_edit(x, before, end, x->ins.len);
		else
			add_edit(x, v[k].off, next < v[obj].next ?
			    v[next].off : end, x->ins.len);
		before = end;
	}
}

static void
cut_all(struct recon_step *st, const struct json_doc *d)
{
	const struct place *at = st->gold.places.at;
	struct editor *x = &st->editor;

	for (size_t i = 0; i < x->nmoves; i++) {
		uint32_t up = at[x->moves[i].place].up;
		bool again = false;

		for (size_t k = 0; k < i && !again; k++)
			again = at[x->moves[k].place].up == up;
		if (!again)
			cut_members(x, d, at[up].node);
	}
}

/* By the object they go into, then by their way from there. */
static int
by_target(const void *a, const void *b)
{
	const struct move *x = a, *y = b;

	if (x->anchor != y->anchor)
		return x->anchor < y->anchor ? -1 : 1;
	for (size_t i = 0;; i++)
		if (x->trail[i] != y->trail[i])
			return x->trail[i] < y->trail[i] ? -1 : 1;
		else if (x->trail[i] == PLACE_NONE)
			return 0;
}

static void
put_name(struct editor *x, const struct place *p)
{
	char last = x->ins.len != 0 ? x->ins.p[x->ins.len - 1] : '{';

	if (last != '{')
		buf_putc(&x->ins, ',');
	json_put_string(&x->ins, p->name);
	buf_putc(&x->ins, ':');
}

/* Does the object keep a member? */
static bool
keeps_any(const struct editor *x, const struct json_doc *d, uint32_t obj)
{
	for (uint32_t k = obj + 1; k < d->nodes[obj].next;
	     k = d->nodes[k + 1].next)
		if (!is_moved(x, k + 1))
			return true;
	return false;
}

/* How deep the object at the end of moves[i] is that the record has. */
static unsigned
anchor_depth(const struct recon_step *st, const struct move *m)
{
	const struct place *at = st->gold.places.at;

	return at[last_there(st, at[m->to].up)].depth;
}

/* Moves [from..to), which go into one object, as text behind its members. */
static void
put_moves(struct recon_step *st, const struct json_doc *d,
    const struct move *m, size_t n)
{
	const struct place *at = st->gold.places.at;
	struct editor *x = &st->editor;
	unsigned base = anchor_depth(st, m), open = base;
	const struct json_node *obj = &d->nodes[m->anchor];
	size_t start = x->ins.len;

	/* put_name looks at the byte before. */
	buf_putc(&x->ins, keeps_any(x, d, m->anchor) ? '}' : '{');
	for (size_t i = 0; i < n; i++) {
		const uint32_t *t = m[i].trail;
		unsigned depth = at[m[i].to].depth, same = base;

		while (i > 0 && same < open && same + 1 < depth &&
		    m[i - 1].trail[same + 1] == t[same + 1])
			same++;
		for (; open > same; open--)
			buf_putc(&x->ins, '}');
		for (; open + 1 < depth; open++) {
			put_name(x, &at[t[open + 1]]);
			buf_putc(&x->ins, '{');
		}
		put_name(x, &at[m[i].to]);
		buf_str(&x->ins, json_raw(d, m[i].node));
	}
	for (; open > base; open--)
		buf_putc(&x->ins, '}');
	add_edit(x, obj->off + obj->len - 1, obj->off + obj->len - 1,
	    start + 1);
}

static int
by_offset(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

static void
move_all(struct recon_step *st, const struct json_doc *d, struct arena *mem)
{
	struct editor *x = &st->editor;
	struct move *sorted = arena_array(mem, x->nmoves, sizeof *sorted);
	size_t n;

	cut_all(st, d);
	memcpy(sorted, x->moves, x->nmoves * sizeof *sorted);
	qsort(sorted, x->nmoves, sizeof *sorted, by_target);
	for (size_t i = 0; i < x->nmoves; i += n) {
		for (n = 1; i + n < x->nmoves &&
		     sorted[i + n].anchor == sorted[i].anchor; n++)
			continue;
		put_moves(st, d, sorted + i, n);
	}
	qsort(x->edits, x->nedits, sizeof *x->edits, by_offset);
}

void
edit_in_place(const struct recon_step *st, const struct prog_record *rec,
    struct buf *out)
{
	const struct place *at = st->gold.places.at;
	const char *line = rec->doc->text;
	size_t done = 0;

	for (size_t i = 0; i < st->nplan; i++) {
		const struct met *m = &st->now[st->plan[i]];
		const struct json_node *name = &rec->doc->nodes[m->node - 1];

		buf_put(out, line + done, name->off - done);
		buf_str(out, at[target_place(st, m->place)].json);
		done = name->off + name->len;
	}
	buf_put(out, line + done, rec->line.len - done);
}

void
edit_record(struct recon_step *st, const struct prog_record *rec,
    struct buf *out)
{
	const struct place *at = st->gold.places.at;
	struct editor *x = &st->editor;
	const char *line = rec->doc->text;
	size_t done = 0;

	x->nedits = 0;
	x->nmoves = 0;
	buf_clear(&x->ins);
	for (size_t i = 0; i < st->nnow; i++) {
		const struct met *m = &st->now[i];
		const struct json_node *name;
		size_t from = x->ins.len;

		if (!m->rename)
			continue;
		if (!walk_same_home(st, at[m->place].up,
		    at[target_place(st, m->place)].up, true)) {
			add_move(st, m, rec->arena);
			continue;
		}
		name = &rec->doc->nodes[m->node - 1];
		buf_str(&x->ins, at[target_place(st, m->place)].json);
		add_edit(x, name->off, name->off + name->len, from);
	}
	if (x->nmoves != 0)
		move_all(st, rec->doc, rec->arena);
	for (size_t i = 0; i < x->nedits; i++) {
		const struct edit *d = &x->edits[i];

		buf_put(out, line + done, d->off - done);
		buf_put(out, x->ins.p + d->from, d->len);
		done = d->end;
	}
	buf_put(out, line + done, rec->line.len - done);
}
