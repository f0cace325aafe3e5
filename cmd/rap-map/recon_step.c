#include "recon_step.h"

#include "base/err.h"
#include "base/mem.h"

/* --reconcile: what is new is decided about, what was decided is applied. */

struct decision {
	struct recon_source *sources;
	uint32_t *place; /* of each */
	size_t n;
};

/*
 * What the record shows of each of its places.  When there are too many, those
 * that were decided about are left out first.
 */
static void
gather(struct recon_step *st, const struct prog_record *rec, bool all,
    struct decision *x)
{
	struct map slots = {0};
	struct recon_profile *values = NULL;

	x->n = 0;
	x->sources = arena_array(rec->arena, RECON_FIELDS_MAX,
	    sizeof *x->sources);
	x->place = arena_array(rec->arena, RECON_FIELDS_MAX,
	    sizeof *x->place);
	for (size_t i = 0; i < st->nnow && x->n < RECON_FIELDS_MAX; i++) {
		const struct met *m = &st->now[i];
		const struct place *p = &st->gold.places.at[m->place];
		size_t slot;

		if (!m->source ||
		    (!all && p->standing > PLACE_GOLD))
			continue;
		slot = map_add(&slots, (struct str){
		    (const char *)&m->place, sizeof m->place});
		if (slot == x->n) {
			values = arena_zalloc(rec->arena, sizeof *values);
			x->place[slot] = m->place;
			x->sources[x->n++] = (struct recon_source){p->text,
			    values, p->arrays};
		}
		recon_profile_add((struct recon_profile *)(uintptr_t)
		    x->sources[slot].values, rec->doc, m->node);
	}
	map_free(&slots);
}

/* What was decided before, and what people said. */
static size_t
pin_all(const struct recon_step *st, const struct decision *x,
    struct recon_pin *pins)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct place *p = &st->gold.places.at[x->place[i]];
		uint32_t at = (uint32_t)i;

		if (p->standing == PLACE_NEW)
			n += people_pins(&st->gold, p->text, at, pins + n);
		else if (p->standing == PLACE_GOLD ||
		    p->standing == PLACE_APPLIED)
			pins[n++] = (struct recon_pin){at, p->target, false};
		else
			pins[n++] = (struct recon_pin){at, RECON_NONE, false};
	}
	return n;
}

static void
settle(struct recon_step *st, const struct decision *x,
    const struct recon_result *r)
{
	for (size_t i = 0; i < x->n; i++) {
		struct place *p = &st->gold.places.at[x->place[i]];
		struct recon_choice c = r->matches[i].best;
		uint32_t learned = people_learned(&st->gold, p->text);

		if (p->standing != PLACE_NEW)
			continue;
		/* What people said holds for all records, also when in this
		 * one another member has the name. */
		if (learned != RECON_NONE)
			c = (struct recon_choice){.target = learned,
			    .confidence = RECON_CERTAIN};
		p->standing = PLACE_ALONE;
		if (c.target == RECON_NONE ||
		    c.confidence < st->gold.review)
			continue;
		p->target = c.target;
		p->confidence = c.confidence;
		p->standing = c.confidence >= st->gold.accept ?
		    PLACE_APPLIED : PLACE_QUEUED;
	}
}

/*
 * A member of an array's element stays in its element: it gets no name of
 * another place.  Then the decisions are told.
 */
static int
confine(struct recon_step *st, const struct decision *x, const bool *news,
    const struct prog_record *rec, struct err *e)
{
	struct place *at = st->gold.places.at;

	for (size_t i = 0; i < x->n; i++) {
		struct place *p = &at[x->place[i]];

		if (!news[i])
			continue;
		if (p->target != RECON_NONE && p->arrays != 0 &&
		    !walk_same_home(st, p->up,
			at[st->gold.place[p->target]].up, false)) {
			p->standing = PLACE_ALONE;
			p->target = RECON_NONE;
			p->confidence = 0;
		}
		if (drift_log(st, x->place[i], rec, e) != 0)
			return -1;
	}
	return 0;
}

/* What there was no room for stays as it is. */
static void
give_up(struct recon_step *st)
{
	for (size_t i = 0; i < st->nnow; i++) {
		struct place *p = &st->gold.places.at[st->now[i].place];

		if (p->standing == PLACE_NEW && st->now[i].source)
			p->standing = PLACE_ALONE;
	}
}

/* Decide about what is new. */
static int
decide(struct recon_step *st, const struct prog_record *rec, struct err *e)
{
	struct recon_query q = {.least = st->gold.review != 0 ?
	    st->gold.review : 1};
	struct decision x;
	struct recon_pin *pins;
	struct recon_result r;
	size_t room = 0;
	bool *news;
	int rc;

	gather(st, rec, true, &x);
	if (x.n == RECON_FIELDS_MAX)
		gather(st, rec, false, &x);
	news = arena_array(rec->arena, x.n + 1, sizeof *news);
	for (size_t i = 0; i < x.n; i++) {
		room += people_count(&st->gold, x.sources[i].name) + 2;
		news[i] = st->gold.places.at[x.place[i]].standing ==
		    PLACE_NEW;
	}
	pins = arena_array(rec->arena, room + 1, sizeof *pins);
	q.sources = x.sources;
	q.n = x.n;
	q.pins = pins;
	q.npins = pin_all(st, &x, pins);
	rc = recon_match(st->gold.target, &q, &r, e);
	if (rc == 0) {
		settle(st, &x, &r);
		give_up(st);
		rc = confine(st, &x, news, rec, e);
	}
	recon_result_free(&r);
	return rc;
}

/* Does a have the better claim to their target than b? */
static bool
beats(const struct place *a, const struct place *b)
{
	if (a->standing != b->standing)
		return a->standing == PLACE_GOLD;
	return a->confidence > b->confidence;
}

/* Find who gets each target: in a record, or an element, only one. */
static void
elect(struct recon_step *st, const struct json_doc *d)
{
	struct place *at = st->gold.places.at;

	for (size_t i = 0; i < st->nnow; i++) {
		struct met *m = &st->now[i];
		const struct place *p = &at[m->place];
		struct won *won;

		if (p->standing != PLACE_GOLD && p->standing != PLACE_APPLIED)
			continue;
		won = &st->won[p->target];
		if (won->record == st->record && won->scope == m->scope) {
			if (!beats(p, &at[st->now[won->by].place]))
				continue;
			st->now[won->by].rename = false;
		}
		*won = (struct won){st->record, m->scope, (uint32_t)i};
		m->rename = p->standing == PLACE_APPLIED;
	}
	/* An array before what is in it. */
	for (size_t i = 0; i < st->nnow; i++) {
		struct met *m = &st->now[i];

		if (!m->rename)
			continue;
		m->rename = edit_possible(st, m->place, d);
		if (m->rename)
			at[m->place].renamed = st->record;
	}
}

/* List what is renamed: a record with the same places needs no more. */
static void
plan(struct recon_step *st)
{
	const struct place *at = st->gold.places.at;

	st->nplan = 0;
	st->planned = true;
	for (size_t i = 0; i < st->nnow; i++) {
		const struct met *m = &st->now[i];

		if (at[m->place].standing != PLACE_APPLIED)
			continue;
		/* What moves depends on what is at the other place. */
		if (at[m->place].up !=
		    at[st->gold.place[at[m->place].target]].up)
			st->planned = false;
		if (!m->rename)
			continue;
		if (st->nplan == st->plan_cap) {
			st->plan_cap = st->nplan != 0 ? st->nplan * 2 : 16;
			st->plan = mem_realloc(st->plan,
			    st->plan_cap * sizeof *st->plan);
		}
		st->plan[st->nplan++] = (uint32_t)i;
	}
}

/* Rename what was decided about.  True: something was. */
static bool
rename_all(struct recon_step *st, const struct prog_record *rec,
    struct buf *line)
{
	if (!st->same || !st->planned) {
		elect(st, rec->doc);
		plan(st);
	}
	if (st->nplan == 0)
		return false;
	if (st->planned)
		edit_in_place(st, rec, line);
	else
		edit_record(st, rec, line);
	return true;
}

int
recon_step_record(struct recon_step *st, const struct prog_record *rec,
    struct buf *line, bool *renamed, struct err *e)
{
	st->record++;
	if (walk_record(st, rec, e) != 0)
		return -1;
	if (st->news) {
		st->planned = false;
		if (decide(st, rec, e) != 0 || walk_record(st, rec, e) != 0)
			return -1;
	}
	*renamed = st->applied && rename_all(st, rec, line);
	walk_missing(st, rec->number);
	return 0;
}

struct recon_step *
recon_step_new(struct prog *p, const struct recon_args *a,
    const struct chain *c, struct err *e)
{
	struct recon_step *st = mem_zalloc(sizeof *st);

	st->p = p;
	st->drift = a->drift;
	if ((a->drift != NULL && prog_guard(p, a->drift, e) != 0) ||
	    gold_load(&st->gold, p, a, c, e) != 0) {
		recon_step_free(st);
		return NULL;
	}
	st->won = mem_array(st->gold.n, sizeof *st->won);
	p->opt.jobs = 1;
	return st;
}

int
recon_step_end(struct recon_step *st, struct err *e)
{
	if (st->drift != NULL && drift_write(st, e) != 0)
		return -1;
	drift_warn(st);
	return 0;
}

void
recon_step_free(struct recon_step *st)
{
	if (st == NULL)
		return;
	gold_free(&st->gold);
	mem_free(st->now);
	mem_free(st->before);
	mem_free(st->order);
	mem_free(st->won);
	mem_free(st->plan);
	mem_free(st->editor.edits);
	mem_free(st->editor.moves);
	buf_free(&st->editor.ins);
	mem_free(st);
}
