#include "eval.h"

#include "base/err.h"

/* From an item to the values of its fields. */

static void
cell_of(const struct json_doc *d, uint32_t node, struct cell *c)
{
	*c = (struct cell){.raw = json_raw(d, node), .d = d, .node = node,
	    .type = json_type(d, node)};
}

bool
eval_find(struct worker *w, const struct source *src, struct cell *c)
{
	uint32_t node;

	if (src->base == BASE_NONE)
		return false;
	if (src->base == BASE_INDEX) {
		if (w->index_text.len == 0)
			return false;
		*c = (struct cell){.raw = w->index_text, .node = JSON_NONE,
		    .type = JSON_NUMBER};
		return true;
	}
	node = src->base == BASE_ITEM ? w->item : 0;
	/* An empty array that was kept: there is no element. */
	if (node == JSON_NONE)
		return false;
	node = json_path_find(src->path, w->d, node, &w->hints[src->hint]);
	if (node == JSON_NONE)
		return false;
	cell_of(w->d, node, c);
	return true;
}

/*
 * The first of the sources that is there; a null stands back for a value.  Two
 * values that differ are an error: which one is right is not ours to say.
 * 1 found, 0 not, -1 e.
 */
static int
pick(struct worker *w, const struct source *src, size_t n, struct cell *c,
    struct err *e)
{
	struct cell next;
	size_t have = n;

	for (size_t i = 0; i < n; i++) {
		if (!eval_find(w, &src[i], &next))
			continue;
		if (have == n || (c->type == JSON_NULL &&
		    next.type != JSON_NULL)) {
			*c = next;
			have = i;
			continue;
		}
		if (next.type == JSON_NULL || cell_same(w, c, &next))
			continue;
		return cell_err(w, &next, e, "map.conflict",
		    "%.*s and %.*s are both there and differ",
		    (int)src[have].text.len, src[have].text.p,
		    (int)src[i].text.len, src[i].text.p);
	}
	return have != n;
}

/* The texts of all parts, or nothing when one is missing or null. */
static int
concat(struct worker *w, const struct field *f, const struct cell *parts,
    size_t n, struct cell *c, struct err *e)
{
	struct buf text = {.max = 64 << 20};

	for (size_t i = 0; i < n; i++) {
		const struct cell *p = &parts[i];

		if (p->type == JSON_ARRAY || p->type == JSON_OBJECT) {
			buf_free(&text);
			return cell_err(w, p, e, "map.cast",
			    "concat is for strings and numbers, not for %s",
			    json_type_name(p->type));
		}
		if (i != 0)
			buf_str(&text, f->sep);
		buf_str(&text, p->type == JSON_STRING ? cell_text(w, p) :
		    p->raw);
	}
	*c = cell_string(w, buf_view(&text));
	buf_free(&text);
	return 1;
}

/* Where the rows of the field's lookup are. */
static const struct json_doc *
rows_of(const struct worker *w, const struct field *f)
{
	const struct table_file *t = w->m->lookups[f->lookup].table;

	return t != NULL ? &t->doc : w->d;
}

/* What a lookup takes of its row, or the sources of a concat. */
static int
gather(struct worker *w, const struct field *f, uint32_t row,
    struct cell *c, struct err *e)
{
	const struct source *src = f->take != NULL ? f->take : f->src;
	size_t n = f->take != NULL ? f->ntake : f->nsrc;
	struct cell *parts = arena_array(&w->scratch, n, sizeof *parts);

	for (size_t i = 0; i < n; i++) {
		if (f->take != NULL) {
			const struct json_doc *d = rows_of(w, f);
			uint32_t node = json_path_find(src[i].path, d, row,
			    &w->hints[src[i].hint]);

			if (node == JSON_NONE)
				return 0;
			cell_of(d, node, &parts[i]);
		} else if (!eval_find(w, &src[i], &parts[i])) {
			return 0;
		}
		if (parts[i].type == JSON_NULL && f->concat)
			return 0;
	}
	return concat(w, f, parts, n, c, e);
}

static int
take(struct worker *w, const struct field *f, uint32_t row, struct cell *c)
{
	const struct json_doc *d = rows_of(w, f);

	for (size_t i = 0; i < f->ntake; i++) {
		uint32_t node = json_path_find(f->take[i].path, d, row,
		    &w->hints[f->take[i].hint]);

		if (node != JSON_NONE) {
			cell_of(d, node, c);
			return 1;
		}
	}
	return 0;
}

static int
from_lookup(struct worker *w, const struct field *f, struct cell *c,
    struct err *e)
{
	const struct lookup *l = &w->m->lookups[f->lookup];
	struct cell by;
	uint32_t row;
	int rc = pick(w, f->src, f->nsrc, &by, e);

	if (rc <= 0 || by.type == JSON_NULL)
		return rc < 0 ? -1 : 0;
	*c = by; /* for on_error: keep */
	rc = lookup_row(w, f->lookup, &by, &row, e);
	if (rc < 0)
		return -1;
	if (rc == 0 && f->miss_is_error)
		return cell_err(w, &by, e, "map.lookup",
		    "lookup \"%.*s\" has no row for %.*s",
		    (int)l->name.len, l->name.p,
		    (int)(by.raw.len < 60 ? by.raw.len : 60), by.raw.p);
	if (rc == 0)
		return 0;
	return f->concat ? gather(w, f, row, c, e) : take(w, f, row, c);
}

/* The value before anything is done to it: 1, 0 missing, -1. */
static int
originate(struct worker *w, const struct field *f, struct cell *c,
    struct err *e)
{
	switch (f->origin) {
	case FROM_LITERAL:
		*c = (struct cell){.raw = f->literal, .node = JSON_NONE};
		return 1;
	case FROM_LOOKUP:
		return from_lookup(w, f, c, e);
	case FROM_EXPR:
		return cel_value(w, f->expr, c, e);
	default:
		if (f->concat)
			return gather(w, f, 0, c, e);
		return pick(w, f->src, f->nsrc, c, e);
	}
}

enum { GO_ON, SETTLED, MISSING };

/* The table of values: SETTLED with *out, GO_ON with c, MISSING, or -1. */
static int
translate(struct worker *w, const struct field *f, const struct cell *c,
    struct str *out, struct err *e)
{
	size_t i = map_find(&f->values, cell_key(w, c, &w->key));

	if (i != MAP_NONE) {
		*out = f->results[i];
		return SETTLED;
	}
	switch (f->table_else) {
	case ELSE_KEEP:
		return GO_ON;
	case ELSE_MISSING:
		return MISSING;
	case ELSE_VALUE:
		*out = f->else_value;
		return SETTLED;
	default:
		return cell_err(w, c, e, "map.value",
		    "%.*s is not in the table of values",
		    (int)(c->raw.len < 60 ? c->raw.len : 60), c->raw.p);
	}
}

/* A value that is there, through the field's steps. */
static int
refine(struct worker *w, const struct field *f, struct cell c,
    struct str *out, struct err *e)
{
	int rc;

	*out = c.raw;
	if (f->origin == FROM_LITERAL)
		return SETTLED;
	if (c.type == JSON_NULL && f->if_null.len != 0) {
		*out = f->if_null;
		return SETTLED;
	}
	if (f->has_values) {
		rc = translate(w, f, &c, out, e);
		if (rc != GO_ON)
			return rc;
	}
	if (f->letters != CASE_KEEP && cell_case(w, &c, f->letters, e) != 0)
		return -1;
	if (f->has_unit && cell_unit(w, &c, f, e) != 0)
		return -1;
	if (f->cast.kind != CAST_NONE && cell_cast(w, &c, &f->cast, e) != 0)
		return -1;
	*out = c.raw;
	return SETTLED;
}

/* The whole way of one value: 0 and *out (p NULL: missing), or -1; *c is the
 * value as it was found. */
static int
evaluate(struct worker *w, const struct field *f, struct cell *c,
    struct str *out, struct err *e)
{
	struct cell item = {.node = w->item};
	int rc = originate(w, f, c, e);

	if (rc > 0)
		rc = refine(w, f, *c, out, e);
	else if (rc == 0)
		rc = MISSING;
	if (rc != MISSING)
		return rc < 0 ? -1 : 0;
	*out = f->if_missing;
	if (!f->required)
		return 0;
	c->raw = (struct str){0};
	return cell_err(w, &item, e, "map.required",
	    "nothing for the required field \"%.*s\"", (int)f->to.len,
	    f->to.p);
}

/* 0 when the field's on_error takes care of it. */
static int
settle(const struct field *f, const struct cell *c, struct str *out)
{
	switch (f->on_error) {
	case ON_NULL:
		*out = STR("null");
		return 0;
	case ON_DEFAULT:
		*out = f->if_missing;
		return 0;
	case ON_KEEP:
		*out = c->raw;
		return c->raw.p != NULL ? 0 : -1;
	default:
		return -1;
	}
}

/* A member that is copied, which is what most fields are. */
static struct str
copied(struct worker *w, const struct source *src)
{
	struct cell c;
	uint32_t node;

	if (src->base != BASE_ITEM || w->item == JSON_NONE)
		return eval_find(w, src, &c) ? c.raw : (struct str){0};
	node = json_path_find(src->path, w->d, w->item, &w->hints[src->hint]);
	return node != JSON_NONE ? json_raw(w->d, node) : (struct str){0};
}

/* An array that the field's path goes through would become an object. */
static int
check_arrays(struct worker *w, const struct field *f, struct err *e)
{
	struct json_path p = *f->path;
	struct json_hint none = {0};
	struct cell c = {.d = w->d};

	if (f->src->base != BASE_ITEM || w->item == JSON_NONE)
		return 0;
	for (p.n = 1; p.n < f->path->n; p.n++) {
		c.node = json_path_find(&p, w->d, w->item, &none);
		if (c.node == JSON_NONE)
			return 0;
		if (json_type(w->d, c.node) != JSON_ARRAY)
			continue;
		cell_err(w, &c, e, "map.object",
		    "%.*s cannot be kept: array is in the way",
		    (int)f->to.len, f->to.p);
		return err_hint(e, "an element gets a name of its own, "
		    "--rename PATH=NAME");
	}
	return 0;
}

static int
one_field(struct worker *w, const struct field *f, struct str *out,
    struct err *e)
{
	struct cell c = {.node = JSON_NONE};

	*out = (struct str){0};
	if (f->counted && check_arrays(w, f, e) != 0)
		return -1;
	if (evaluate(w, f, &c, out, e) == 0 || settle(f, &c, out) == 0)
		return 0;
	w->stop = f->on_error == ON_FAIL;
	return -1;
}

int
eval_fields(struct worker *w, struct err *e)
{
	const struct mapping *m = w->m;

	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i];

		w->at_field = i;
		if (f->moved)
			w->result[i] = (struct str){0};
		else if (f->plain)
			w->result[i] = copied(w, f->src);
		else if (one_field(w, f, &w->result[i], e) != 0)
			return -1;
	}
	w->at_field = m->nfields;
	return 0;
}

static bool
holds(struct worker *w, const struct cond *c)
{
	struct cell cell;
	bool found = eval_find(w, &c->src, &cell), in;

	if (!c->has_set)
		return found == c->present;
	if (!found)
		return c->negate;
	in = map_find(&c->set, cell_canon(w, &cell, &w->key)) != MAP_NONE;
	return in != c->negate;
}

int
eval_where(struct worker *w, struct err *e)
{
	w->at_field = w->m->nfields;
	for (size_t i = 0; i < w->m->nconds; i++) {
		const struct cond *c = &w->m->conds[w->at_cond = i];
		int yes = c->expr != NO_EXPR ? cel_test(w, c->expr, e) :
		    holds(w, c);

		if (yes <= 0)
			return yes;
	}
	w->at_cond = w->m->nconds;
	return 1;
}
