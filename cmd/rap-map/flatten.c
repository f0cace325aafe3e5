#include "shape.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/write.h"

/*
 * Objects inside objects to names with a separator, and back.  Two members
 * that come to the same name are found when what was written is read.
 */
enum { FLAT_DEPTH = 64, FLAT_NAME_MAX = 64 << 10 };

static int
too_deep(struct err *e)
{
	return err_set(e, ERR_DATA, "map.limit",
	    "objects more than %d deep are not made or unmade", FLAT_DEPTH);
}

/* Is there anything inside to go on with? */
static bool
opens(const struct shaper *w, const struct json_doc *d, uint32_t node)
{
	enum json_type t = json_type(d, node);

	return (t == JSON_OBJECT || (t == JSON_ARRAY && !w->s->whole_arrays))
	    && d->nodes[node].next != node + 1;
}

/* The open containers, from outside in. */
struct frame {
	uint32_t end;  /* node behind it */
	uint32_t next; /* its next member or element */
	size_t index;
	bool array;
	size_t name; /* length of the name up to here */
};

static int
flatten(struct shaper *w, const struct json_doc *d, struct buf *out,
    struct err *e)
{
	struct frame stack[FLAT_DEPTH];
	struct buf *name = &w->text;
	size_t depth = 1;

	stack[0] = (struct frame){d->n, 1, 0, false, 0};
	while (depth > 0) {
		struct frame *f = &stack[depth - 1];
		uint32_t value = f->array ? f->next : f->next + 1;

		if (f->next == f->end) {
			depth--;
			continue;
		}
		name->len = f->name;
		if (depth > 1)
			buf_str(name, w->s->sep);
		if (f->array)
			buf_u64(name, f->index++);
		else
			buf_str(name, json_string(d, f->next, &w->mem));
		f->next = d->nodes[value].next;
		if (name->len > FLAT_NAME_MAX)
			return err_set(e, ERR_DATA, "map.limit",
			    "a name of more than %d KiB",
			    FLAT_NAME_MAX >> 10);
		if (opens(w, d, value)) {
			if (depth == FLAT_DEPTH)
				return too_deep(e);
			stack[depth++] = (struct frame){d->nodes[value].next,
			    value + 1, 0,
			    json_type(d, value) == JSON_ARRAY, name->len};
			continue;
		}
		if (out->p[out->len - 1] != '{')
			buf_putc(out, ',');
		json_put_string(out, buf_view(name));
		buf_putc(out, ':');
		buf_str(out, json_raw(d, value));
	}
	return 0;
}

int64_t
shape_flatten(struct shaper *w, const struct json_doc *d, struct buf *out,
    struct err *e)
{
	buf_clear(&w->text);
	buf_putc(out, '{');
	if (flatten(w, d, out, e) != 0)
		return -1;
	buf_puts(out, "}\n");
	return 1;
}

/* --- back --- */

struct twig {
	struct str name;
	uint32_t value; /* node, or JSON_NONE: an object */
	size_t first, last, next; /* twigs, MAP_NONE: none */
};

struct tree {
	struct map paths; /* twig i by the whole name up to it */
	struct twig *twigs;
	size_t cap;
};

static size_t
twig_at(struct tree *t, struct str path, struct str name, size_t parent)
{
	size_t had = t->paths.n, i = map_add(&t->paths, path);
	struct twig *up;

	if (t->paths.n == had)
		return i;
	if (i >= t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 32;
		t->twigs = mem_realloc(t->twigs, t->cap * sizeof *t->twigs);
	}
	t->twigs[i] = (struct twig){name, JSON_NONE, MAP_NONE, MAP_NONE,
	    MAP_NONE};
	if (parent == MAP_NONE)
		return i;
	up = &t->twigs[parent];
	if (up->first == MAP_NONE)
		up->first = i;
	else
		t->twigs[up->last].next = i;
	up->last = i;
	return i;
}

static int
clash(const struct json_doc *d, uint32_t node, struct str name,
    struct err *e)
{
	return err_at(e, d->nodes[node].off, ERR_DATA, "map.conflict",
	    "\"%.*s\" would be a value and an object",
	    (int)(name.len < 100 ? name.len - 1 : 100), name.p + 1);
}

/* Hang the member into the tree; path is a NUL and its name. */
static int
hang(struct tree *t, const struct shape *s, const struct json_doc *d,
    uint32_t node, struct str path, struct err *e)
{
	size_t from = 1, at = 0, twig, depth = 0;

	for (twig = 0;; from = at + s->sep.len) {
		if (t->twigs[twig].value != JSON_NONE)
			return clash(d, node, path, e);
		if (++depth == FLAT_DEPTH)
			return too_deep(e);
		for (at = from; at + s->sep.len <= path.len; at++)
			if (memcmp(path.p + at, s->sep.p, s->sep.len) == 0)
				break;
		if (at + s->sep.len > path.len)
			break;
		twig = twig_at(t, (struct str){path.p, at},
		    (struct str){path.p + from, at - from}, twig);
	}
	twig = twig_at(t, path,
	    (struct str){path.p + from, path.len - from}, twig);
	if (t->twigs[twig].first != MAP_NONE ||
	    t->twigs[twig].value != JSON_NONE)
		return clash(d, node, path, e);
	t->twigs[twig].value = node + 1;
	return 0;
}

static void
put_tree(const struct tree *t, const struct json_doc *d, struct buf *out)
{
	size_t stack[FLAT_DEPTH + 1], depth = 1;

	buf_putc(out, '{');
	stack[0] = t->twigs[0].first;
	while (depth > 0) {
		size_t i = stack[depth - 1];
		const struct twig *g;

		if (i == MAP_NONE) {
			buf_putc(out, '}');
			depth--;
			continue;
		}
		g = &t->twigs[i];
		stack[depth - 1] = g->next;
		if (out->p[out->len - 1] != '{')
			buf_putc(out, ',');
		json_put_string(out, g->name);
		buf_putc(out, ':');
		if (g->value != JSON_NONE) {
			buf_str(out, json_raw(d, g->value));
		} else {
			buf_putc(out, '{');
			stack[depth++] = g->first;
		}
	}
	buf_putc(out, '\n');
}

int64_t
shape_unflatten(struct shaper *w, const struct json_doc *d, struct buf *out,
    struct err *e)
{
	struct tree t = {0};
	int rc = 0;

	twig_at(&t, STR(""), STR(""), MAP_NONE);
	for (uint32_t k = 1; rc == 0 && k < d->n; k = d->nodes[k + 1].next) {
		struct str name = json_string(d, k, &w->mem), path;
		char *p = arena_alloc(&w->mem, name.len + 1);

		/* A NUL in front: the root has the empty path. */
		p[0] = '\0';
		memcpy(p + 1, name.p, name.len);
		path = (struct str){p, name.len + 1};
		rc = hang(&t, w->s, d, k, path, e);
	}
	if (rc == 0)
		put_tree(&t, d, out);
	map_free(&t.paths);
	mem_free(t.twigs);
	return rc == 0 ? 1 : -1;
}
