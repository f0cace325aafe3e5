/* Rows in the order of their keys. */
#include <stdlib.h>
#include <string.h>

#include "table.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/write.h"

struct row {
	struct str key;
	size_t group;
};

static int
row_cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return agg_key_cmp(x->key, y->key);
}

static void
put_json_part(struct buf *out, const struct agg_part *p)
{
	if (p->type == JSON_STRING)
		json_put_string(out, p->text);
	else
		buf_str(out, p->text);
}

static int
put_object(const struct agg_table *t, const struct agg_spec *s,
    const struct row *r, struct buf *out, struct err *e)
{
	char sep = '{';
	size_t at = 0;

	for (size_t i = 0; i < s->nkeys; i++) {
		struct agg_part p = agg_key_part(r->key, &at);

		if (p.type == AGG_ABSENT)
			continue;
		buf_putc(out, sep);
		sep = ',';
		buf_str(out, s->keys[i].label);
		put_json_part(out, &p);
	}
	for (size_t k = 0; k < s->nitems; k++) {
		buf_putc(out, sep);
		sep = ',';
		buf_str(out, s->items[k].label);
		if (agg_put(&s->items[k], &t->states[r->group * s->nitems + k],
			out, e) != 0)
			return -1;
	}
	buf_puts(out, "}\n");
	return 0;
}

/* RFC 4180, but for LF: quoted where needed, and an empty text always, which
 * tells it from an absent value. */
static void
put_csv(struct buf *out, struct str s)
{
	bool quote = s.len == 0 || s.p[0] == ' ' || s.p[s.len - 1] == ' ';

	for (size_t i = 0; i < s.len && !quote; i++)
		quote = memchr(",\"\n\r", s.p[i], 4) != NULL;
	if (!quote) {
		buf_str(out, s);
		return;
	}
	buf_putc(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_putc(out, '"');
		buf_putc(out, s.p[i]);
	}
	buf_putc(out, '"');
}

/* A field cannot hold what ends it: \t, \n, \r and \\ are written instead. */
static void
put_tsv(struct buf *out, struct str s)
{
	static const char from[] = "\t\n\r\\", to[] = "tnr\\";

	for (size_t i = 0; i < s.len; i++) {
		const char *at = memchr(from, s.p[i], 4);

		if (at != NULL)
			buf_putc(out, '\\');
		buf_putc(out, at != NULL ? to[at - from] : s.p[i]);
	}
}

static void
put_cell(const struct agg_spec *s, struct buf *out, struct str text)
{
	if (s->format == AGG_CSV)
		put_csv(out, text);
	else
		put_tsv(out, text);
}

static void
put_header(const struct agg_spec *s, struct buf *out)
{
	char sep = s->format == AGG_CSV ? ',' : '\t';

	for (size_t i = 0; i < s->nkeys + s->nitems; i++) {
		if (i != 0)
			buf_putc(out, sep);
		put_cell(s, out, i < s->nkeys ? s->keys[i].name :
						s->items[i - s->nkeys].name);
	}
	buf_putc(out, '\n');
}

/* The result of an aggregate as a cell: null is nothing, text is unquoted. */
static int
put_result(const struct agg_spec *s, const struct agg_item *it,
    const struct agg_state *state, struct buf *out, struct err *e)
{
	bool best = it->func == AGG_MIN || it->func == AGG_MAX;

	if (best && state->best.types == 1u << JSON_STRING) {
		put_cell(s, out,
		    (struct str){state->best.p, state->best.len});
		return 0;
	}
	if (state->n == 0 && (best || it->func == AGG_MEAN))
		return 0;
	return agg_put(it, state, out, e);
}

static int
put_line(const struct agg_table *t, const struct agg_spec *s,
    const struct row *r, struct buf *out, struct err *e)
{
	char sep = s->format == AGG_CSV ? ',' : '\t';
	size_t at = 0;

	for (size_t i = 0; i < s->nkeys; i++) {
		struct agg_part p = agg_key_part(r->key, &at);

		if (i != 0)
			buf_putc(out, sep);
		if (p.type != AGG_ABSENT && p.type != JSON_NULL)
			put_cell(s, out, p.text);
	}
	for (size_t k = 0; k < s->nitems; k++) {
		if (s->nkeys + k != 0)
			buf_putc(out, sep);
		if (put_result(s, &s->items[k],
			&t->states[r->group * s->nitems + k], out, e) != 0)
			return -1;
	}
	buf_putc(out, '\n');
	return 0;
}

int
agg_output(const struct agg_table *t, const struct agg_spec *s,
    struct buf *out, uint64_t *written, struct err *e)
{
	size_t n = t->n;
	struct row *rows = mem_array(n, sizeof *rows);
	int r = 0;

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){map_key(&t->keys, i), i};
	qsort(rows, n, sizeof *rows, row_cmp);
	if (s->format != AGG_NDJSON)
		put_header(s, out);
	for (size_t i = 0; i < n && r == 0; i++)
		r = s->format == AGG_NDJSON ?
		    put_object(t, s, &rows[i], out, e) :
		    put_line(t, s, &rows[i], out, e);
	mem_free(rows);
	if (r == 0 && out->over)
		r = err_set(e, ERR_OS, "agg.memory", "output is over %zu MiB",
		    (out->max != 0 ? out->max : BUF_MAX) >> 20);
	*written += n;
	return r;
}
