#include "eval.h"

#include <stdlib.h>

#include "base/err.h"

/* Tables inside the record: built when first asked, sorted, searched. */

static int
by_key(const void *a, const void *b)
{
	return str_cmp(((const struct row *)a)->key,
	    ((const struct row *)b)->key);
}

static int
add_row(struct worker *w, const struct lookup *l, struct table *t,
    uint32_t node, struct err *e)
{
	struct cell row = {.node = node}, key = {0};
	struct row *r = &t->rows[t->n];

	key.node = json_path_find(l->key.path, w->d, node,
	    &w->hints[l->key.hint]);
	if (key.node == JSON_NONE ||
	    json_type(w->d, key.node) == JSON_NULL)
		return cell_err(w, &row, e, "map.lookup",
		    "a row of lookup \"%.*s\" has no %.*s",
		    (int)l->name.len, l->name.p, (int)l->key.text.len,
		    l->key.text.p);
	key.raw = json_raw(w->d, key.node);
	key.type = json_type(w->d, key.node);
	r->key = arena_str(&w->line, cell_key(w, &key, &w->key));
	r->node = node;
	t->n++;
	return 0;
}

/* Rows of one place: the elements of an array, or an object itself. */
static int
add_rows(struct worker *w, const struct lookup *l, size_t from,
    struct table *t, struct err *e)
{
	const struct source *src = &l->from[from];
	uint32_t node = json_path_find(src->path, w->d, 0,
	    &w->hints[src->hint]);
	struct cell root = {.node = 0};

	if (node == JSON_NONE)
		return cell_err(w, &root, e, "map.lookup",
		    "nothing at %.*s for lookup \"%.*s\"",
		    (int)src->path->text.len, src->path->text.p,
		    (int)l->name.len, l->name.p);
	if (json_type(w->d, node) == JSON_OBJECT)
		return add_row(w, l, t, node, e);
	if (json_type(w->d, node) != JSON_ARRAY) {
		root.node = node;
		return cell_err(w, &root, e, "map.lookup",
		    "lookup \"%.*s\" needs an array or an object",
		    (int)l->name.len, l->name.p);
	}
	for (uint32_t k = node + 1; k < w->d->nodes[node].next;
	     k = w->d->nodes[k].next)
		if (add_row(w, l, t, k, e) != 0)
			return -1;
	return 0;
}

static size_t
count_rows(struct worker *w, const struct lookup *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nfrom; i++) {
		uint32_t node = json_path_find(l->from[i].path, w->d, 0,
		    &w->hints[l->from[i].hint]);

		if (node != JSON_NONE)
			n += json_type(w->d, node) == JSON_ARRAY ?
			    json_count(w->d, node) : 1;
	}
	return n;
}

static int
build(struct worker *w, const struct lookup *l, struct table *t,
    struct err *e)
{
	struct cell row;

	t->n = 0;
	t->rows = arena_array(&w->line, count_rows(w, l) + 1,
	    sizeof *t->rows);
	for (size_t i = 0; i < l->nfrom; i++)
		if (add_rows(w, l, i, t, e) != 0)
			return -1;
	qsort(t->rows, t->n, sizeof *t->rows, by_key);
	for (size_t i = 1; i < t->n; i++)
		if (str_eq(t->rows[i - 1].key, t->rows[i].key)) {
			/* The same row whatever qsort did with equals. */
			row = (struct cell){.node =
			    t->rows[i].node > t->rows[i - 1].node ?
			    t->rows[i].node : t->rows[i - 1].node};
			return cell_err(w, &row, e, "map.lookup",
			    "lookup \"%.*s\" has the key %.*s twice",
			    (int)l->name.len, l->name.p,
			    (int)(t->rows[i].key.len < 60 ?
			    t->rows[i].key.len : 60), t->rows[i].key.p);
		}
	t->built = true;
	return 0;
}

const struct lookup *
lookup_named(const struct mapping *m, struct str name)
{
	for (size_t i = 0; i < m->nlookups; i++)
		if (str_eq(m->lookups[i].name, name))
			return &m->lookups[i];
	return NULL;
}

int
lookup_row(struct worker *w, size_t lookup, const struct cell *c,
    uint32_t *row, struct err *e)
{
	const struct table_file *f = w->m->lookups[lookup].table;
	struct table *t = &w->tables[lookup];
	size_t lo = 0, hi;
	struct str key;

	if (f != NULL) {
		lo = map_find(&f->index, cell_key(w, c, &w->key));
		if (lo != MAP_NONE)
			*row = f->rows[lo];
		return lo != MAP_NONE;
	}
	if (!t->built && build(w, &w->m->lookups[lookup], t, e) != 0)
		return -1;
	key = cell_key(w, c, &w->key);
	hi = t->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = str_cmp(key, t->rows[mid].key);

		if (order == 0) {
			*row = t->rows[mid].node;
			return 1;
		}
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return 0;
}
