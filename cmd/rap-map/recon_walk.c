#include "recon_step.h"

#include "base/err.h"
#include "base/mem.h"

/* What a record has, place by place, without recursion. */

/* true and false are one type. */
static uint8_t
type_of(const struct json_doc *d, uint32_t node)
{
	enum json_type t = json_type(d, node);

	return (uint8_t)(t == JSON_FALSE ? JSON_TRUE : t);
}

/* Records that could have shown the place, so far. */
static uint64_t
clock_of(const struct recon_step *st, const struct place *p)
{
	return p->scope == PLACE_TOP ? st->record :
	    st->gold.places.at[p->scope].count;
}

static void
first_sight(struct recon_step *st, uint32_t i)
{
	struct place *p = &st->gold.places.at[i];

	p->since = clock_of(st, p);
	if (st->norder == st->order_cap) {
		st->order_cap = st->order_cap != 0 ? st->order_cap * 2 : 64;
		st->order = mem_realloc(st->order,
		    st->order_cap * sizeof *st->order);
	}
	st->order[st->norder++] = i;
}

/* null says nothing about the type. */
static void
note_type(struct recon_step *st, struct place *p, uint8_t type,
    uint64_t line)
{
	if (type == p->type || type == JSON_NULL)
		return;
	if (p->type == JSON_NULL) {
		p->type = type;
		return;
	}
	if (p->odd == st->record)
		return;
	p->odd = st->record;
	if (p->changes++ == 0) {
		p->changed = line;
		p->other = type;
	}
}

/* The place stands in this record, with value node; drift tells of it. */
static void
meet(struct recon_step *st, uint32_t i, const struct prog_record *rec,
    uint32_t node, bool tell)
{
	struct place *p = &st->gold.places.at[i], *scope;

	p->node = node;
	if (p->last != st->record) {
		p->last = st->record;
		if (p->count++ == 0)
			first_sight(st, i);
	}
	if (tell && p->first == 0) {
		p->first = rec->number;
		scope = &st->gold.places.at[p->scope];
		p->follows = scope->unbroken;
		scope->unbroken = i;
	}
	note_type(st, p, type_of(rec->doc, node), rec->number);
}

bool
walk_same_home(const struct recon_step *st, uint32_t a, uint32_t b, bool now)
{
	const struct place *at = st->gold.places.at;

	while (a != b) {
		const struct place *x = &at[a], *y = &at[b], *list;

		if (a == PLACE_TOP || b == PLACE_TOP ||
		    x->element != y->element)
			return false;
		if (!x->element) {
			if (!str_eq(x->name, y->name))
				return false;
		} else {
			list = &at[x->up];
			if (list->standing == PLACE_APPLIED &&
			    st->gold.place[list->target] == y->up) {
				if (now && list->renamed != st->record)
					return false;
				a = list->up;
				b = at[y->up].up;
				continue;
			}
		}
		a = x->up;
		b = y->up;
	}
	return true;
}

/* Is what is inside the value looked at, too? */
static bool
goes_in(const struct recon_step *st, const struct place *p,
    const struct json_doc *d, uint32_t v)
{
	bool list = json_type(d, v) == JSON_ARRAY;
	const struct place *to;

	if ((!list && json_type(d, v) != JSON_OBJECT) ||
	    d->nodes[v].next == v + 1 || p->depth + 1 >= PLACE_DEPTH)
		return false;
	if (list && (!st->gold.starred ||
	    json_type(d, v + 1) != JSON_OBJECT))
		return false;
	if (p->standing == PLACE_GOLD || p->standing == PLACE_KNOWN)
		return p->inner;
	if (p->standing != PLACE_APPLIED)
		return true;
	to = &st->gold.places.at[st->gold.place[p->target]];
	return list && to->inner && walk_same_home(st, p->up, to->up, false);
}

/* Is it something that can be called otherwise?  Objects are what they hold,
 * unless people said more, or the target has some that are not described. */
static bool
is_source(const struct recon_step *st, const struct place *p,
    const struct json_doc *d, uint32_t v, bool leaf)
{
	bool object = json_type(d, v) == JSON_OBJECT;

	if (p->standing == PLACE_GOLD || p->standing == PLACE_APPLIED ||
	    p->learned)
		return true;
	/* What holds a target is no other one, whatever it is here. */
	if (p->inner)
		return false;
	return leaf || !object || st->gold.whole;
}

/* Room for one more thing met. */
static struct met *
add_met(struct recon_step *st, uint32_t place, uint32_t node, uint32_t scope)
{
	size_t n = st->nnow;

	if (n == st->now_cap) {
		st->now_cap = n != 0 ? n * 2 : 64;
		st->now = mem_realloc(st->now, st->now_cap * sizeof *st->now);
	}
	st->same = st->same && n < st->nbefore &&
	    st->before[n].place == place;
	st->now[n] = (struct met){.place = place, .node = node,
	    .scope = scope};
	st->nnow++;
	return &st->now[n];
}

/* The place of the member: most often what came next before. */
static uint32_t
member_place(struct recon_step *st, uint32_t up, uint32_t last,
    const struct prog_record *rec, uint32_t k)
{
	struct places *ps = &st->gold.places;
	const struct json_node *name = &rec->doc->nodes[k];
	uint32_t i = ps->at[last].next;
	const struct place *p = &ps->at[i];

	if (p->up == up && !p->element && name->len == p->name.len + 2 &&
	    (name->flags & JSON_ESCAPED) == 0 &&
	    memcmp(rec->doc->text + name->off + 1, p->name.p,
		p->name.len) == 0)
		return i;
	i = place_child(ps, up, json_string(rec->doc, k, rec->arena));
	ps->at[last].next = i;
	if (ps->at[i].count == 0)
		ps->at[i].learned = people_learned(&st->gold,
		    ps->at[i].text) != RECON_NONE;
	return i;
}

/* An open object, or an array of them. */
struct open {
	uint32_t k, end, place, scope;
	bool list;
};

struct walk {
	struct open open[PLACE_DEPTH + 1];
	unsigned depth;
	uint32_t last; /* place met before */
};

static void
open_value(struct walk *w, const struct json_doc *d, uint32_t v,
    uint32_t place, uint32_t scope)
{
	w->open[w->depth++] = (struct open){v + 1, d->nodes[v].next, place,
	    scope, json_type(d, v) == JSON_ARRAY};
}

static void
walk_element(struct recon_step *st, struct walk *w, struct open *o,
    const struct prog_record *rec)
{
	const struct json_doc *d = rec->doc;
	uint32_t v = o->k, i;

	o->k = d->nodes[v].next;
	if (json_type(d, v) != JSON_OBJECT)
		return;
	i = place_elements(&st->gold.places, o->place);
	add_met(st, i, v, ++st->scopes);
	if (st->gold.places.at[i].last != st->record) {
		st->gold.places.at[i].last = st->record;
		st->gold.places.at[i].count++;
	}
	w->last = i;
	open_value(w, d, v, i, st->scopes);
}

static void
walk_member(struct recon_step *st, struct walk *w, struct open *o,
    const struct prog_record *rec)
{
	const struct json_doc *d = rec->doc;
	uint32_t k = o->k, i = member_place(st, o->place, w->last, rec, k);
	struct met *m = add_met(st, i, k + 1, o->scope);
	const struct place *p = &st->gold.places.at[i];

	w->last = i;
	o->k = d->nodes[k + 1].next;
	m->leaf = !goes_in(st, p, d, k + 1);
	m->source = is_source(st, p, d, k + 1, m->leaf);
	meet(st, i, rec, k + 1, m->source);
	p = &st->gold.places.at[i];
	st->news |= p->standing == PLACE_NEW && m->source;
	st->applied |= p->standing == PLACE_APPLIED;
	if (!m->leaf)
		open_value(w, d, k + 1, i, o->scope);
}

int
walk_record(struct recon_step *st, const struct prog_record *rec,
    struct err *e)
{
	struct walk w = {.depth = 0, .last = PLACE_TOP};

	st->nnow = 0;
	st->scopes = 0;
	st->same = true;
	st->news = false;
	st->applied = false;
	st->gold.places.at[PLACE_TOP].node = 0;
	st->gold.places.at[PLACE_TOP].last = st->record;
	open_value(&w, rec->doc, 0, PLACE_TOP, 0);
	while (w.depth != 0) {
		struct open *o = &w.open[w.depth - 1];

		if (o->k == o->end)
			w.depth--;
		else if (o->list)
			walk_element(st, &w, o, rec);
		else
			walk_member(st, &w, o, rec);
		if (st->gold.places.n > PLACES_MAX) {
			err_set(e, ERR_DATA, "map.limit",
			    "more than %d names", PLACES_MAX);
			return err_hint(e, "is it a table by ids? what is "
			    "inside a field of the target is not looked at");
		}
	}
	st->same = st->same && st->nnow == st->nbefore;
	return 0;
}

/* Places of the scope that were in all of its records, but not in this. */
static void
miss_in(struct recon_step *st, uint32_t scope, uint64_t line)
{
	struct place *at = st->gold.places.at;
	uint32_t *link = &at[scope].unbroken;

	while (*link != PLACE_NONE) {
		struct place *p = &at[*link];

		if (p->last == st->record) {
			link = &p->follows;
			continue;
		}
		p->gone = line;
		*link = p->follows;
	}
}

void
walk_missing(struct recon_step *st, uint64_t line)
{
	struct met *list = st->before;
	size_t cap = st->before_cap;

	if (!st->same) {
		miss_in(st, PLACE_TOP, line);
		for (size_t i = 0; i < st->nnow && st->scopes != 0; i++)
			if (st->gold.places.at[st->now[i].place].element)
				miss_in(st, st->now[i].place, line);
	}
	st->before = st->now;
	st->nbefore = st->nnow;
	st->before_cap = st->now_cap;
	st->now = list;
	st->now_cap = cap;
}
