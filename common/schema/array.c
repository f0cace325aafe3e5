#include <stdlib.h>

#include "base/mem.h"
#include "schema/run_priv.h"

struct walk {
	struct schema_run *r;
	const struct array_rules *a;
	uint64_t n, found;
};

/* One element against prefixItems, items and contains. */
static int
element(struct walk *w, uint32_t k)
{
	struct schema_run *r = w->r;
	const struct array_rules *a = w->a;
	uint64_t i = w->n;
	int rc = 1;

	if (a->prefix != NULL && i < a->prefix->n)
		rc = schema_below(r, a->prefix->unit[i], k, a->prefix_node,
		    STEP_INDEX((size_t)i));
	else if (a->items != UNIT_NONE)
		rc = schema_below(r, a->items, k, a->items_node, STEP_NONE);
	if (rc < 0 || (rc == 0 && schema_stop(r)))
		return rc;
	if (a->contains != UNIT_NONE) {
		int found = schema_test(r, a->contains, k);

		if (found < 0)
			return -1;
		w->found += (uint64_t)found;
	}
	return rc;
}

static int
contained(struct schema_run *r, const struct array_rules *a, uint64_t found,
    uint32_t inst)
{
	uint32_t node = a->contains_node;
	int ok = 1;

	if (a->contains == UNIT_NONE)
		return 1;
	if (found < a->min_contains)
		ok = schema_fail(r,
		    a->min_contains_node != 0 ? a->min_contains_node : node,
		    inst, "%llu elements match, and at least %llu must",
		    (unsigned long long)found,
		    (unsigned long long)a->min_contains);
	if (found > a->max_contains)
		ok = schema_fail(r, a->max_contains_node, inst,
		    "%llu elements match, and at most %llu may",
		    (unsigned long long)found,
		    (unsigned long long)a->max_contains);
	return ok;
}

int
schema_array(struct schema_run *r, const struct array_rules *a, uint32_t inst)
{
	const struct json_node *nodes = r->d->nodes;
	struct walk w = {.r = r, .a = a};
	int ok = 1;

	for (uint32_t k = inst + 1; k < nodes[inst].next; k = nodes[k].next) {
		int rc = element(&w, k);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			ok = 0;
			if (schema_stop(r))
				return 0;
		}
		w.n++;
	}
	if (!contained(r, a, w.found, inst))
		ok = 0;
	if (!schema_size(r, &a->size, w.n, inst))
		ok = 0;
	return ok;
}

/* An element's canonical text: in the record, or at an offset of `texts`. */
struct element {
	struct str text; /* p == NULL: in the texts */
	size_t off;
	uint32_t node;
};

static int
by_text(const void *a, const void *b)
{
	const struct element *x = a, *y = b;
	int cmp = schema_order(x->text, y->text);

	return cmp != 0 ? cmp : x->node < y->node ? -1 : x->node > y->node;
}

/* Nodes of two equal elements of n, or false. */
static bool
find_pair(const struct element *el, size_t n, uint32_t pair[2])
{
	bool found = false;

	for (size_t i = 1; i < n; i++) {
		if (schema_order(el[i - 1].text, el[i].text) != 0)
			continue;
		/* The earliest second one: the same pair whatever the sort. */
		if (found && el[i].node >= pair[1])
			continue;
		pair[0] = el[i - 1].node;
		pair[1] = el[i].node;
		found = true;
	}
	return found;
}

int
schema_unique(struct schema_run *r, const struct op *op, uint32_t inst)
{
	const struct json_node *nodes = r->d->nodes;
	size_t count = json_count(r->d, inst), n = 0;
	struct element *el;
	struct buf texts = {0};
	uint32_t pair[2] = {0, 0};
	bool twice;

	if (count < 2)
		return 1;
	el = mem_array(count, sizeof *el);
	for (uint32_t k = inst + 1; k < nodes[inst].next; k = nodes[k].next) {
		struct str s = schema_canon(r, k);

		el[n].node = k;
		el[n].off = SIZE_MAX;
		el[n].text = s;
		if (s.p == r->canon.p) {
			el[n].off = texts.len;
			buf_str(&texts, s);
		}
		n++;
	}
	for (size_t i = 0; i < n; i++)
		if (el[i].off != SIZE_MAX)
			el[i].text.p = texts.p + el[i].off;
	qsort(el, n, sizeof *el, by_text);
	twice = find_pair(el, n, pair);
	mem_free(el);
	buf_free(&texts);
	if (!twice)
		return 1;
	return schema_fail(r, op->node, pair[1],
	    "is equal to an element before it");
}
