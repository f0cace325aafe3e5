#include "eval.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "canon/canon.h"

/* The mapping as a filter over records. */

struct job {
	const struct mapping *m; /* or NULL */
	bool canonical;
};

static int
open_worker(void *shared, void **worker, struct err *e)
{
	const struct job *job = shared;
	struct worker *w = mem_zalloc(sizeof *w);

	(void)e;
	w->m = job->m;
	w->canonical = job->canonical;
	if (w->m != NULL) {
		w->hints = mem_array(w->m->nhints + 1, sizeof *w->hints);
		w->result = mem_array(w->m->nfields + 1, sizeof *w->result);
		w->done = mem_array(w->m->nfields + 1, sizeof *w->done);
		w->tables = mem_array(w->m->nlookups + 1, sizeof *w->tables);
	}
	*worker = w;
	return 0;
}

static void
close_worker(void *worker)
{
	struct worker *w = worker;

	mem_free(w->hints);
	mem_free(w->result);
	mem_free(w->done);
	mem_free(w->tables);
	mem_free(w->holes);
	arena_free(&w->scratch);
	buf_free(&w->key);
	buf_free(&w->other);
	json_free(&w->again);
	mem_free(w);
}

/* The line that begins at start, in canonical form. */
static int
canonize(struct worker *w, struct buf *lines, size_t start, struct err *e)
{
	if (json_parse(&w->again, lines->p + start, lines->len - start, e) != 0)
		return -1;
	buf_clear(&w->other);
	canon_write(&w->again, 0, &w->other);
	lines->len = start;
	buf_putc(&w->other, '\n');
	buf_str(lines, buf_view(&w->other));
	return 0;
}

/* Write the item, unless the conditions leave it out: 1 written, 0, -1. */
static int
map_item(struct worker *w, const struct prog_out *out, struct err *e)
{
	size_t start = out->lines->len;

	arena_reset(&w->scratch);
	if (!eval_where(w))
		return 0;
	if (eval_fields(w, e) != 0 || write_item(w, out->lines, e) != 0)
		return -1;
	buf_putc(out->lines, '\n');
	if (w->canonical && !out->lines->over &&
	    canonize(w, out->lines, start, e) != 0)
		return -1;
	/* A ceiling of memory, not of data: no record is to blame. */
	if (out->lines->over)
		return err_set(e, ERR_OS, "map.limit",
		    "one block of input maps to more than 1 GiB");
	++*out->written;
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
    const struct prog_out *out, struct err *e)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%zu", index);

	w->item = node;
	w->index_text = (struct str){digits, (size_t)n};
	if (check_element(w, e) != 0)
		return -1;
	return map_item(w, out, e);
}

/* The items written, or -1. */
static int64_t
explode_array(struct worker *w, uint32_t arr, const struct prog_out *out,
    struct err *e)
{
	size_t start = out->lines->len, index = 0;
	struct cell c = {.node = arr};
	int64_t written = 0;

	for (uint32_t k = arr + 1; k < w->d->nodes[arr].next;
	     k = w->d->nodes[k].next) {
		int rc = map_element(w, k, index++, out, e);

		if (rc < 0)
			return -1;
		written += rc;
		if (out->lines->len - start > MAPPING_EXPLODE_MAX)
			return cell_err(w, &c, e, "map.limit",
			    "the record explodes into more than %d MiB",
			    MAPPING_EXPLODE_MAX >> 20);
	}
	return written;
}

static int64_t
explode(struct worker *w, const struct prog_out *out, struct err *e)
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
		return explode_array(w, arr, out, e);
	if (!x->keep_empty)
		return 0;
	w->item = JSON_NONE;
	w->index_text = (struct str){0};
	return map_item(w, out, e);
}

static enum prog_verdict
map_record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct worker *w = worker;
	int64_t written;

	(void)shared;
	w->rec = rec;
	w->d = rec->doc;
	if (w->m == NULL) {
		canon_write(w->d, 0, out->lines);
		buf_putc(out->lines, '\n');
		++*out->written;
		return PROG_PASS;
	}
	for (size_t i = 0; i < w->m->nlookups; i++)
		w->tables[i].built = false;
	w->item = 0;
	w->stop = false;
	written = w->m->explode.on ? explode(w, out, e) : map_item(w, out, e);
	if (written < 0)
		return w->stop ? PROG_STOP : PROG_BAD;
	return written == 0 ? PROG_FILTERED : PROG_PASS;
}

int
mapping_run(struct prog *p, const struct mapping *m, bool canonical,
    struct err *e)
{
	struct job job = {m, canonical};
	struct prog_filter filter = {.needs_object = m != NULL,
	    .worker_open = open_worker, .record = map_record,
	    .worker_close = close_worker};

	return prog_records(p, &filter, &job, NULL, e);
}
