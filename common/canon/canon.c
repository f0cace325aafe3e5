#include "canon/canon.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/write.h"
#include "num/num.h"

struct member {
	struct str name; /* unescaped */
	uint32_t value;	 /* node */
};

struct writer {
	const struct json_doc *doc;
	struct buf *out;
	struct arena names;	/* those that had escapes */
	struct member *members; /* of the open objects, a stack */
	size_t n, cap;
};

/*
 * Order of UTF-16 code units, on UTF-8: at the first difference bytes compare
 * as code points do, but that what is past U+FFFF (F0 to F4, in UTF-16 the
 * surrogates D800 to DFFF) comes before U+E000 to U+FFFF (EE, EF).
 */
static int
name_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	unsigned x, y;

	for (size_t i = 0; i < n; i++) {
		if (a.p[i] == b.p[i])
			continue;
		x = (unsigned char)a.p[i];
		y = (unsigned char)b.p[i];
		if (x >= 0xee && y >= 0xee && (x < 0xf0) != (y < 0xf0))
			return x < 0xf0 ? 1 : -1;
		return x < y ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static int
member_cmp(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return name_cmp(x->name, y->name);
}

/* Push the members of obj in canonical order; returns how many. */
static size_t
push_members(struct writer *w, uint32_t obj)
{
	const struct json_node *v = w->doc->nodes;
	size_t from = w->n;
	bool sorted = true;

	for (uint32_t k = obj + 1; k < v[obj].next; k = v[k + 1].next) {
		struct member *m;

		if (w->n == w->cap) {
			w->cap = w->cap != 0 ? w->cap * 2 : 32;
			w->members = mem_realloc(w->members,
			    w->cap * sizeof *w->members);
		}
		m = &w->members[w->n++];
		m->name = json_string(w->doc, k, &w->names);
		m->value = k + 1;
		if (w->n - from > 1 && name_cmp(m[-1].name, m->name) > 0)
			sorted = false;
	}
	if (!sorted)
		qsort(w->members + from, w->n - from, sizeof *w->members,
		    member_cmp);
	return w->n - from;
}

static void write_value(struct writer *w, uint32_t node);

static void
write_object(struct writer *w, uint32_t obj)
{
	size_t n = push_members(w, obj), from = w->n - n;

	buf_putc(w->out, '{');
	for (size_t i = 0; i < n; i++) {
		/* The array may move while the value is written. */
		struct member m = w->members[from + i];

		if (i != 0)
			buf_putc(w->out, ',');
		json_put_string(w->out, m.name);
		buf_putc(w->out, ':');
		write_value(w, m.value);
	}
	buf_putc(w->out, '}');
	w->n = from;
}

static void
write_array(struct writer *w, uint32_t arr)
{
	const struct json_node *v = w->doc->nodes;

	buf_putc(w->out, '[');
	for (uint32_t k = arr + 1; k < v[arr].next; k = v[k].next) {
		if (k != arr + 1)
			buf_putc(w->out, ',');
		write_value(w, k);
	}
	buf_putc(w->out, ']');
}

/* Recursion goes as deep as the text, which json_parse held to JSON_DEPTH. */
static void
write_value(struct writer *w, uint32_t node)
{
	struct str raw = json_raw(w->doc, node);

	switch (json_type(w->doc, node)) {
	case JSON_OBJECT:
		write_object(w, node);
		break;
	case JSON_ARRAY:
		write_array(w, node);
		break;
	case JSON_NUMBER:
		num_canon(raw, w->out);
		break;
	case JSON_STRING:
		/* Without a backslash there is nothing to escape either. */
		if ((w->doc->nodes[node].flags & JSON_ESCAPED) == 0)
			buf_str(w->out, raw);
		else
			json_put_string(w->out,
			    json_string(w->doc, node, &w->names));
		break;
	default:
		buf_str(w->out, raw);
	}
}

void
canon_write(const struct json_doc *d, uint32_t node, struct buf *out)
{
	struct writer w = {.doc = d, .out = out};

	write_value(&w, node);
	mem_free(w.members);
	arena_free(&w.names);
}
