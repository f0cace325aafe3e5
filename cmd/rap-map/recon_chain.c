#include "recon_gold.h"

#include "base/err.h"
#include "conf/conf.h"
#include "expr/expr.h"
#include "mapping.h"
#include "read.h"

/*
 * What a mapping reads of the records, as places: they are never renamed, and
 * without another target they are the target.  A path is followed back from
 * the step that has it to the record, as long as it can be.
 */

enum { TRAIL_MAX = 2 * JSON_PATH_STEPS };

struct trail {
	struct str name[TRAIL_MAX];
	bool element[TRAIL_MAX]; /* of an array; no name */
	size_t n;
};

/* What is done with the places that are found. */
enum use { FIRST, OTHERS, KEEP };

struct reader {
	struct gold *g;
	const struct chain *c;
	enum use use;
	bool own; /* the mapping is the target */
};

static bool
add_steps(struct trail *t, struct str text, struct arena *mem)
{
	struct json_path path = {0};
	struct err ignored;
	bool ok = json_path_compile(&path, text, &ignored) == 0 &&
	    t->n + path.n <= TRAIL_MAX;

	for (size_t i = 0; i < path.n && ok; i++) {
		t->name[t->n] = arena_str(mem, path.steps[i].name);
		t->element[t->n++] = false;
	}
	json_path_free(&path);
	return ok;
}

static bool
add_element(struct trail *t)
{
	if (t->n == TRAIL_MAX)
		return false;
	t->name[t->n] = (struct str){0};
	t->element[t->n++] = true;
	return true;
}

/* Put head before what t has from step `from` on. */
static bool
lead(struct trail *t, struct trail *head, size_t from)
{
	if (head->n + t->n - from > TRAIL_MAX)
		return false;
	for (size_t i = from; i < t->n; i++) {
		head->name[head->n] = t->name[i];
		head->element[head->n++] = t->element[i];
	}
	*t = *head;
	return true;
}

/* From what explode has made to the record it was made of. */
static bool
before_explode(const struct mapping *m, struct trail *t, struct arena *mem)
{
	const struct explode *x = &m->explode;
	struct trail head = {.n = 0};
	bool as = x->as.len != 0;

	if (!x->on)
		return true;
	if (x->index.len != 0 && str_eq(t->name[0], x->index))
		return false;
	for (size_t i = 0; i < x->ncarry; i++)
		if (str_eq(t->name[0], x->carry[i].name))
			return add_steps(&head, x->carry[i].src.text, mem) &&
			    lead(t, &head, 1);
	if (as && !str_eq(t->name[0], x->as))
		return false;
	return add_steps(&head, x->path.text, mem) && add_element(&head) &&
	    lead(t, &head, as);
}

/* Is it a member that the step leaves as it came? */
static bool
before_fields(const struct mapping *m, const struct trail *t)
{
	if (!m->keeps || t->n == 0)
		return false;
	for (size_t i = 0; i < m->nfields; i++)
		if (str_eq(m->fields[i].path->steps[0].name, t->name[0]))
			return false;
	return true;
}

/* The place of a trail that step `step` reads; line: before it explodes. */
static uint32_t
find_place(struct reader *r, struct trail *t, size_t step, bool line)
{
	const struct mapping *all = r->c->steps;
	struct places *ps = &r->g->places;
	uint32_t i = PLACE_TOP;

	for (; t->n != 0; line = false, step--) {
		if (!line && !before_explode(&all[step], t, &r->g->mem))
			return PLACE_NONE;
		if (step == 0)
			break;
		if (all[step - 1].nshapes != 0 ||
		    all[step - 1].order.kind == ORDER_PIVOT ||
		    !before_fields(&all[step - 1], t))
			return PLACE_NONE;
	}
	for (size_t k = 0; k < t->n; k++) {
		if (ps->at[i].depth == PLACE_DEPTH)
			return PLACE_NONE;
		i = t->element[k] ? place_elements(ps, i) :
		    place_child(ps, i, t->name[k]);
	}
	return i == PLACE_TOP ? PLACE_NONE : i;
}

/* The mapping knows the place: as a field of the target, or by the way. */
static void
note(struct reader *r, uint32_t place, enum use as)
{
	struct place *p;

	if (place == PLACE_NONE || r->g->n == RECON_FIELDS_MAX)
		return;
	p = &r->g->places.at[place];
	if (p->standing != PLACE_NEW || as != r->use)
		return;
	if (r->own && as == FIRST) {
		gold_add(r->g, place);
		return;
	}
	p->standing = PLACE_KNOWN;
	place_mark(&r->g->places, place);
}

static uint32_t
place_of(struct reader *r, struct str path, size_t step, bool line)
{
	struct trail t = {.n = 0};

	return add_steps(&t, path, &r->g->mem) ?
	    find_place(r, &t, step, line) : PLACE_NONE;
}

static void
note_path(struct reader *r, struct str path, size_t step, bool line)
{
	note(r, place_of(r, path, step, line), FIRST);
}

/* What the field's type and unit say of the values. */
static void
describe(struct reader *r, uint32_t place, const struct field *f)
{
	struct recon_field *x;
	uint32_t target = r->g->places.at[place].target;

	if (target == RECON_NONE || f->has_values)
		return;
	x = &r->g->fields[target];
	switch (f->cast.kind) {
	case CAST_INTEGER:
	case CAST_NUMBER:
	case CAST_DECIMAL:
		x->types = 1u << JSON_NUMBER;
		break;
	case CAST_BOOLEAN:
		x->types = 1u << JSON_TRUE | 1u << JSON_FALSE;
		break;
	case CAST_TIMESTAMP:
		if (f->cast.keep)
			x->format = STR("date-time");
		break;
	case CAST_DATE:
		if (f->cast.same)
			x->format = STR("date");
		break;
	default:
		break;
	}
	if (f->has_unit && f->unit_from == NULL)
		x->unit = f->unit_code;
}

/* The first of the paths is what the others stand for. */
static void
note_sources(struct reader *r, size_t step, const struct field *f)
{
	uint32_t first = PLACE_NONE, place, target;
	bool same = !f->concat;

	for (size_t k = 0; k < f->nsrc; k++) {
		place = place_of(r, f->src[k].text, step, false);
		if (place == PLACE_NONE)
			continue;
		if (first == PLACE_NONE || !same) {
			first = place;
			note(r, place, FIRST);
			if (r->use == FIRST && f->origin == FROM_PATH && same)
				describe(r, place, f);
			continue;
		}
		target = r->g->places.at[first].target;
		if (r->use != OTHERS ||
		    r->g->places.at[place].standing != PLACE_NEW)
			continue;
		note(r, place, OTHERS);
		if (r->own && target != RECON_NONE) {
			r->g->places.at[place].standing = PLACE_GOLD;
			r->g->places.at[place].target = target;
		}
	}
}

/* The rows of a table in the record: elements, or an object that is one;
 * which of them only the records tell. */
static void
note_rows(struct reader *r, size_t step, const struct lookup *l,
    const struct source *below)
{
	for (size_t i = 0; i < l->nfrom; i++) {
		struct trail rows = {.n = 0}, row;

		if (!add_steps(&rows, l->from[i].text, &r->g->mem))
			continue;
		row = rows;
		if (add_steps(&row, below->text, &r->g->mem))
			note(r, find_place(r, &row, step, true), FIRST);
		if (add_element(&rows) &&
		    add_steps(&rows, below->text, &r->g->mem))
			note(r, find_place(r, &rows, step, true), FIRST);
	}
}

static void
note_expr(struct reader *r, const struct mapping *m, size_t step,
    uint32_t expr)
{
	size_t n = 0;
	const struct str *paths = expr != NO_EXPR ?
	    expr_paths(m->exprs[expr].x, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		note_path(r, paths[i], step, false);
}

static void
note_fields(struct reader *r, const struct mapping *m, size_t step)
{
	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i];

		note_sources(r, step, f);
		if (f->origin == FROM_EXPR)
			note_expr(r, m, step, f->expr);
		if (f->unit_from != NULL)
			note_path(r, f->unit_from->text, step, false);
		for (size_t k = 0; k < f->ntake; k++)
			note_rows(r, step, &m->lookups[f->lookup],
			    &f->take[k]);
		if (m->keeps)
			note(r, place_of(r, f->to, step, false), KEEP);
	}
}

/* What is left out, or put elsewhere by its name. */
static void
note_names(struct reader *r, const struct mapping *m, size_t step)
{
	for (size_t i = 0; i < m->names.n; i++) {
		struct trail t = {.n = 1};

		t.name[0] = map_key(&m->names, i);
		if (m->known[i].drop)
			note(r, find_place(r, &t, step, false), KEEP);
	}
	for (size_t i = 0; i < m->ndrops; i++)
		for (size_t k = 0; k < m->drops[i].n; k++) {
			struct trail t = {.n = 0};

			if (!add_steps(&t, m->drops[i].parent.text,
			    &r->g->mem) || t.n == 0)
				continue;
			t.name[t.n - 1] = m->drops[i].names[k];
			note(r, find_place(r, &t, step, false), KEEP);
		}
}

/* What is read of the record that the fields have left. */
static void
note_left(struct reader *r, const struct mapping *m, size_t step,
    struct str path)
{
	struct trail t = {.n = 0};

	if (path.len != 0 && add_steps(&t, path, &r->g->mem) &&
	    before_fields(m, &t))
		note(r, find_place(r, &t, step, false), FIRST);
}

/* The shapes see what the fields have left. */
static void
note_shapes(struct reader *r, const struct mapping *m, size_t step)
{
	for (size_t i = 0; i < m->nshapes; i++) {
		const struct shape *s = &m->shapes[i];

		for (size_t k = 0; k < s->npaths; k++)
			note_left(r, m, step, s->paths[k].text);
		for (size_t k = 0; k < s->nrows; k++)
			for (size_t n = 0; n < s->rows[k].ntake; n++)
				note_left(r, m, step,
				    s->rows[k].take[n].src.text);
		for (size_t k = 0; k < s->names.n; k++) {
			struct trail t = {.n = 1};

			t.name[0] = map_key(&s->names, k);
			if (before_fields(m, &t))
				note(r, find_place(r, &t, step, false), KEEP);
		}
	}
	for (size_t i = 0; i < m->order.nkey; i++)
		note_left(r, m, step, m->order.key[i].src.text);
	note_left(r, m, step, m->order.name.text);
	note_left(r, m, step, m->order.value.text);
}

static void
note_step(struct reader *r, size_t step)
{
	const struct mapping *m = &r->c->steps[step];

	if (m->explode.on)
		note_path(r, m->explode.path.text, step, true);
	for (size_t i = 0; i < m->explode.ncarry; i++)
		note_path(r, m->explode.carry[i].src.text, step, true);
	for (size_t i = 0; i < m->nlookups; i++) {
		for (size_t k = 0; k < m->lookups[i].nfrom; k++)
			note_path(r, m->lookups[i].from[k].text, step, true);
		note_rows(r, step, &m->lookups[i], &m->lookups[i].key);
	}
	for (size_t i = 0; i < m->nconds; i++) {
		if (m->conds[i].expr == NO_EXPR)
			note_path(r, m->conds[i].src.text, step, false);
		note_expr(r, m, step, m->conds[i].expr);
	}
	note_fields(r, m, step);
	note_names(r, m, step);
	note_shapes(r, m, step);
}

int
target_of_chain(struct gold *g, const struct chain *c, bool own,
    struct err *e)
{
	struct reader r = {.g = g, .c = c, .own = own};

	for (unsigned use = FIRST; use <= KEEP; use++) {
		r.use = (enum use)use;
		for (size_t i = 0; i < c->nsteps; i++)
			note_step(&r, i);
	}
	if (!own || g->n != 0)
		return 0;
	return err_set(e, ERR_CONFIG, "map.target",
	    "the mapping reads no members by their names");
}
