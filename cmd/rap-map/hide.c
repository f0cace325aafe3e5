#include "shape.h"

#include <stdlib.h>

#include "base/err.h"
#include "canon/canon.h"
#include "json/write.h"
#include "num/num.h"

/* redact and pseudonym: values that are replaced where they stand. */

struct patch {
	uint32_t off, end, node;
};

static int
by_place(const void *a, const void *b)
{
	const struct patch *x = a, *y = b;

	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	/* The larger first: it hides the smaller, too. */
	return x->end > y->end ? -1 : x->end < y->end;
}

/* The value as it is hashed: 5, 5.0 and "5" are one. */
static void
put_text(struct shaper *w, const struct json_doc *d, uint32_t node)
{
	buf_clear(&w->text);
	if (json_type(d, node) == JSON_STRING)
		buf_str(&w->text, json_string(d, node, &w->mem));
	else if (json_type(d, node) == JSON_NUMBER)
		num_canon(json_raw(d, node), &w->text);
	else
		canon_write(d, node, &w->text);
}

static void
put_pseudonym(struct shaper *w, const struct json_doc *d, uint32_t node,
    struct buf *out)
{
	uint8_t digest[HASH_LEN];
	char hex[HASH_HEX + 1];

	put_text(w, d, node);
	hash_mac(w->mac, w->text.p, w->text.len, digest);
	hash_hex(hex, digest);
	buf_putc(out, '"');
	buf_put(out, hex, w->s->digits);
	buf_putc(out, '"');
}

int64_t
shape_hide(struct shaper *w, const struct json_doc *d, struct buf *out,
    struct err *e)
{
	struct patch *p = arena_array(&w->mem, w->s->npaths + 1, sizeof *p);
	size_t n = 0, at = 0;

	(void)e;
	for (size_t i = 0; i < w->s->npaths; i++) {
		const struct source *src = &w->s->paths[i];
		uint32_t node = json_path_find(src->path, d, 0,
		    &w->hints[src->hint]);

		if (node == JSON_NONE || json_type(d, node) == JSON_NULL)
			continue;
		p[n++] = (struct patch){d->nodes[node].off,
		    d->nodes[node].off + d->nodes[node].len, node};
	}
	if (n > 1)
		qsort(p, n, sizeof *p, by_place);
	for (size_t i = 0; i < n; i++) {
		if (p[i].off < at)
			continue;
		buf_put(out, d->text + at, p[i].off - at);
		if (w->s->kind == SHAPE_REDACT)
			buf_str(out, w->s->with);
		else
			put_pseudonym(w, d, p[i].node, out);
		at = p[i].end;
	}
	buf_put(out, d->text + at, d->len - at);
	buf_putc(out, '\n');
	return 1;
}
