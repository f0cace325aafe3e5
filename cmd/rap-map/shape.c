#include "shape.h"

#include "base/err.h"
#include "json/write.h"
#include "mapping.h"

/* Shapes over the members of a record: split, unpivot, nest. */

static void
put_label(struct buf *out, struct str label)
{
	if (out->p[out->len - 1] != '{')
		buf_putc(out, ',');
	buf_str(out, label);
}

static void
put_member(struct buf *out, const struct json_doc *d, uint32_t name)
{
	put_label(out, json_raw(d, name));
	buf_putc(out, ':');
	buf_str(out, json_raw(d, name + 1));
}

/* Is the member one of those that are taken? */
static bool
takes(struct shaper *w, const struct json_doc *d, uint32_t name)
{
	const struct shape *s = w->s;
	struct str text = json_string(d, name, &w->mem);

	if (s->prefix.len != 0)
		return text.len > s->prefix.len &&
		    memcmp(text.p, s->prefix.p, s->prefix.len) == 0;
	return (map_find(&s->names, text) != MAP_NONE) != s->except;
}

static void
put_kept(struct shaper *w, const struct json_doc *d, struct buf *out)
{
	for (uint32_t k = 1; k < d->n; k = d->nodes[k + 1].next)
		if (!takes(w, d, k))
			put_member(out, d, k);
}

static int64_t
split(struct shaper *w, const struct json_doc *d, struct buf *out)
{
	for (size_t i = 0; i < w->s->nrows; i++) {
		const struct split_row *r = &w->s->rows[i];

		buf_putc(out, '{');
		put_kept(w, d, out);
		if (w->s->label.len != 0) {
			put_label(out, w->s->label);
			buf_str(out, r->name);
		}
		for (size_t t = 0; t < r->ntake; t++) {
			const struct source *src = &r->take[t].src;
			uint32_t node = json_path_find(src->path, d, 0,
			    &w->hints[src->hint]);

			if (node == JSON_NONE)
				continue;
			put_label(out, r->take[t].label);
			buf_str(out, json_raw(d, node));
		}
		buf_puts(out, "}\n");
	}
	return (int64_t)w->s->nrows;
}

static int64_t
unpivot(struct shaper *w, const struct json_doc *d, struct buf *out,
    struct err *e)
{
	size_t start = out->len;
	int64_t n = 0;

	for (uint32_t k = 1; k < d->n; k = d->nodes[k + 1].next) {
		if (!takes(w, d, k) || (!w->s->keep_null &&
		    json_type(d, k + 1) == JSON_NULL))
			continue;
		buf_putc(out, '{');
		put_kept(w, d, out);
		put_label(out, w->s->label);
		buf_str(out, json_raw(d, k));
		put_label(out, w->s->value_label);
		buf_str(out, json_raw(d, k + 1));
		buf_puts(out, "}\n");
		n++;
		if (out->len - start > MAPPING_EXPLODE_MAX)
			return err_set(e, ERR_DATA, "map.limit",
			    "the record becomes more than %d MiB",
			    MAPPING_EXPLODE_MAX >> 20);
	}
	return n;
}

/* Members go into one object, which stands where the first of them stood. */
static int64_t
nest(struct shaper *w, const struct json_doc *d, struct buf *out)
{
	size_t skip = w->s->prefix.len;
	bool done = false;

	buf_putc(out, '{');
	for (uint32_t k = 1; k < d->n; k = d->nodes[k + 1].next) {
		if (!takes(w, d, k)) {
			put_member(out, d, k);
			continue;
		}
		if (done)
			continue;
		done = true;
		put_label(out, w->s->label);
		buf_putc(out, '{');
		for (uint32_t i = k; i < d->n; i = d->nodes[i + 1].next) {
			struct str name;

			if (!takes(w, d, i))
				continue;
			if (skip == 0) {
				put_member(out, d, i);
				continue;
			}
			name = json_string(d, i, &w->mem);
			name = (struct str){name.p + skip, name.len - skip};
			if (out->p[out->len - 1] != '{')
				buf_putc(out, ',');
			json_put_string(out, name);
			buf_putc(out, ':');
			buf_str(out, json_raw(d, i + 1));
		}
		buf_putc(out, '}');
	}
	buf_puts(out, "}\n");
	return 1;
}

int64_t
shape_run(struct shaper *w, const struct json_doc *d, struct buf *out,
    struct err *e)
{
	arena_reset(&w->mem);
	w->ran = true;
	switch (w->s->kind) {
	case SHAPE_SPLIT:
		return split(w, d, out);
	case SHAPE_UNPIVOT:
		return unpivot(w, d, out, e);
	case SHAPE_NEST:
		return nest(w, d, out);
	case SHAPE_FLATTEN:
		return shape_flatten(w, d, out, e);
	case SHAPE_UNFLATTEN:
		return shape_unflatten(w, d, out, e);
	default:
		return shape_hide(w, d, out, e);
	}
}
