#include "write.h"

#include <stdio.h>

#include "base/err.h"

/* A line to its items, and each to a line. */

/* Write the item, unless the conditions leave it out: 1 written, 0, -1. */
static int
map_item(struct worker *w, struct buf *lines, struct err *e)
{
	int yes;

	arena_reset(&w->scratch);
	w->item_ready = false;
	yes = eval_where(w, e);
	if (yes <= 0)
		return yes;
	if (eval_fields(w, e) != 0 || write_item(w, lines, e) != 0)
		return -1;
	buf_putc(lines, '\n');
	/* A ceiling of memory, not of data: no record is to blame. */
	if (lines->over)
		return err_set(e, ERR_OS, "map.limit",
		    "one block of input maps to more than 1 GiB");
	return 1;
}

/* A name that explode gives must not be the element's own. */
static int
check_element(struct worker *w, struct err *e)
{
	const struct explode *x = &w->m->explode;
	struct cell c = {.node = w->item};

	if (x->as_label.len != 0)
		return 0;
	if (json_type(w->d, w->item) != JSON_OBJECT) {
		cell_err(w, &c, e, "map.explode",
		    "an element is a %s, not an object",
		    json_type_name(json_type(w->d, w->item)));
		return err_hint(e, "explode: {as: NAME} makes it a member");
	}
	for (size_t i = 0; i <= x->ncarry; i++) {
		bool last = i == x->ncarry;
		struct str name = last ? x->index : x->carry[i].name;

		if (last && x->index_label.len == 0)
			continue;
		c.node = json_member(w->d, w->item, name);
		if (c.node == JSON_NONE)
			continue;
		cell_err(w, &c, e, "map.conflict",
		    "the element has a member \"%.*s\" of its own",
		    (int)name.len, name.p);
		return err_hint(e, "give the carried one another name: "
		    "carry: {NAME: PATH}");
	}
	return 0;
}

static int
map_element(struct worker *w, uint32_t node, size_t index,
    struct buf *lines, struct err *e)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%zu", index);

	w->item = node;
	w->index_text = (struct str){digits, (size_t)n};
	if (check_element(w, e) != 0)
		return -1;
	return map_item(w, lines, e);
}

/* The items written, or -1. */
static int64_t
explode_array(struct worker *w, uint32_t arr, struct buf *lines,
    struct err *e)
{
	size_t start = lines->len, index = 0;
	struct cell c = {.node = arr};
	int64_t written = 0;

	for (uint32_t k = arr + 1; k < w->d->nodes[arr].next;
	     k = w->d->nodes[k].next) {
		int rc = map_element(w, k, index++, lines, e);

		if (rc < 0)
			return -1;
		written += rc;
		if (lines->len - start > MAPPING_EXPLODE_MAX)
			return cell_err(w, &c, e, "map.limit",
			    "the record explodes into more than %d MiB",
			    MAPPING_EXPLODE_MAX >> 20);
	}
	return written;
}

static int64_t
explode(struct worker *w, struct buf *lines, struct err *e)
{
	const struct explode *x = &w->m->explode;
	struct cell c = {0};
	uint32_t arr = json_path_find(x->path.path, w->d, 0,
	    &w->hints[x->path.hint]);

	w->item = 0;
	if (arr == JSON_NONE)
		return cell_err(w, &c, e, "map.explode",
		    "nothing to explode at %.*s", (int)x->path.text.len,
		    x->path.text.p);
	c.node = arr;
	if (json_type(w->d, arr) != JSON_NULL &&
	    json_type(w->d, arr) != JSON_ARRAY)
		return cell_err(w, &c, e, "map.explode",
		    "cannot explode a value of type %s",
		    json_type_name(json_type(w->d, arr)));
	if (w->d->nodes[arr].next != arr + 1)
		return explode_array(w, arr, lines, e);
	if (!x->keep_empty)
		return 0;
	w->item = JSON_NONE;
	w->index_text = (struct str){0};
	return map_item(w, lines, e);
}

int64_t
item_map(struct worker *w, struct buf *lines, struct err *e)
{
	if (w->m->nlookups != 0) {
		arena_reset(&w->line);
		for (size_t i = 0; i < w->m->nlookups; i++)
			w->tables[i].built = false;
	}
	w->item = 0;
	return w->m->explode.on ? explode(w, lines, e) : map_item(w, lines, e);
}
