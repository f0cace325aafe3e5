#include "read.h"

#include "base/err.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "json/write.h"
#include "num/num.h"
#include "prog/prog.h"

/*
 * Lookup tables from files: read when the mapping is, rows found by the text
 * of their key.
 */
enum { COLUMNS_MAX = 4096 };

struct loading {
	struct mapping *m;
	struct table_file *t;
	struct buf text; /* of the file */
	const char *name;
	size_t *line;	 /* of each row */
	size_t nrows;
};

static int
bad_row(const struct loading *l, size_t line, struct err *e, const char *text)
{
	err_set(e, ERR_CONFIG, "map.lookup", "%s", text);
	e->line = line;
	return err_source(e, l->name);
}

static void
add_line(struct loading *l, size_t line)
{
	if ((l->nrows & (l->nrows + 1)) == 0)
		l->line = mem_realloc(l->line,
		    (l->nrows + 1) * 2 * sizeof *l->line);
	l->line[l->nrows++] = line;
}

/* One JSON object a line. */
static int
read_ndjson(struct loading *l, struct err *e)
{
	const char *p = l->text.p, *end = p + l->text.len;
	struct json_doc d = {0};
	int rc = 0;

	for (size_t line = 1; rc == 0 && p < end; line++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		struct str s = {p, (size_t)((lf != NULL ? lf : end) - p)};

		p = lf != NULL ? lf + 1 : end;
		if (s.len != 0 && s.p[s.len - 1] == '\r')
			s.len--;
		if (s.len == 0)
			continue;
		if (json_parse(&d, s.p, s.len, e) != 0) {
			e->code = ERR_CONFIG;
			e->line = line;
			rc = err_source(e, l->name);
		} else if (json_type(&d, 0) != JSON_OBJECT) {
			rc = bad_row(l, line, e, "a row is no object");
		} else {
			buf_putc(&l->t->text, l->nrows != 0 ? ',' : '[');
			buf_str(&l->t->text, s);
			add_line(l, line);
		}
	}
	json_free(&d);
	return rc;
}

/* --- CSV: RFC 4180, the first row has the names --- */

struct csv {
	const char *p, *end;
	char sep;
	size_t line;
	struct buf cell;
};

/* The next cell into c->cell: 1, 0 when it is the last of its row, -1. */
static int
next_cell(struct csv *c)
{
	bool quoted = c->p < c->end && *c->p == '"';

	buf_clear(&c->cell);
	c->p += quoted;
	while (c->p < c->end) {
		char ch = *c->p;

		if (quoted && ch == '"') {
			c->p++;
			if (c->p < c->end && *c->p == '"') {
				buf_putc(&c->cell, *c->p++);
				continue;
			}
			quoted = false;
			/* Only a separator may follow. */
			if (c->p < c->end && *c->p != c->sep &&
			    *c->p != '\n' && *c->p != '\r')
				return -1;
			continue;
		}
		if (!quoted && (ch == c->sep || ch == '\n'))
			break;
		c->line += ch == '\n';
		buf_putc(&c->cell, ch);
		c->p++;
	}
	if (quoted)
		return -1;
	if (c->p < c->end && *c->p == c->sep) {
		c->p++;
		return 1;
	}
	if (c->cell.len != 0 && c->cell.p[c->cell.len - 1] == '\r')
		c->cell.len--;
	return 0;
}

static void
end_row(struct csv *c)
{
	if (c->p < c->end) {
		c->p++;
		c->line++;
	}
}

static int
csv_names(struct loading *l, struct csv *c, struct str *names, size_t *n,
    struct err *e)
{
	int more = 1;

	while (more == 1) {
		if (*n == COLUMNS_MAX)
			return bad_row(l, c->line, e, "too many columns");
		more = next_cell(c);
		if (more < 0)
			return bad_row(l, c->line, e, "a stray quote");
		names[(*n)++] = read_label(l->m, buf_view(&c->cell));
		for (size_t i = 0; i + 1 < *n; i++)
			if (str_eq(names[i], names[*n - 1]))
				return bad_row(l, c->line, e,
				    "two columns have the same name");
	}
	end_row(c);
	return 0;
}

static int
csv_row(struct loading *l, struct csv *c, const struct str *names, size_t n,
    struct err *e)
{
	struct buf *out = &l->t->text;
	size_t line = c->line, i = 0;
	int more = 1;

	buf_putc(out, l->nrows != 0 ? ',' : '[');
	for (; more == 1; i++) {
		more = next_cell(c);
		if (more < 0)
			return bad_row(l, line, e, "a stray quote");
		if (i < n) {
			buf_putc(out, i == 0 ? '{' : ',');
			buf_str(out, names[i]);
			json_put_string(out, buf_view(&c->cell));
		}
	}
	if (i != n)
		return bad_row(l, line, e,
		    "a row has not as many cells as there are columns");
	buf_putc(out, '}');
	add_line(l, line);
	end_row(c);
	return 0;
}

static int
read_csv(struct loading *l, char sep, struct err *e)
{
	struct csv c = {l->text.p, l->text.p + l->text.len, sep, 1, {0}};
	struct str *names = mem_array(COLUMNS_MAX, sizeof *names);
	size_t n = 0;
	int rc;

	if (l->text.len >= 3 && memcmp(c.p, "\xef\xbb\xbf", 3) == 0)
		c.p += 3;
	rc = csv_names(l, &c, names, &n, e);
	while (rc == 0 && c.p < c.end) {
		if (*c.p == '\n' || *c.p == '\r') {
			c.line += *c.p++ == '\n';
			continue;
		}
		rc = csv_row(l, &c, names, n, e);
	}
	mem_free(names);
	buf_free(&c.cell);
	return rc;
}

/* --- keys --- */

static void
put_key(const struct json_doc *d, uint32_t node, struct arena *a,
    struct buf *out)
{
	buf_clear(out);
	if (json_type(d, node) == JSON_STRING)
		buf_str(out, json_string(d, node, a));
	else if (json_type(d, node) == JSON_NUMBER)
		num_canon(json_raw(d, node), out);
	else
		canon_write(d, node, out);
}

static int
index_rows(struct loading *l, const struct json_path *key, struct err *e)
{
	struct table_file *t = l->t;
	struct json_hint hint = {0};
	struct arena mem = {0};
	struct buf text = {0};
	size_t i = 0;
	int rc = 0;

	t->rows = mem_array(l->nrows + 1, sizeof *t->rows);
	for (uint32_t k = 1; rc == 0 && k < t->doc.n;
	     k = t->doc.nodes[k].next, i++) {
		uint32_t node = json_path_find(key, &t->doc, k, &hint);

		if (node == JSON_NONE ||
		    json_type(&t->doc, node) == JSON_NULL) {
			rc = bad_row(l, l->line[i], e, "a row has no key");
			break;
		}
		arena_reset(&mem);
		put_key(&t->doc, node, &mem, &text);
		t->rows[i] = k;
		if (map_add(&t->index, buf_view(&text)) != i) {
			err_set(e, ERR_CONFIG, "map.lookup",
			    "the key %.*s is there twice",
			    (int)(text.len < 60 ? text.len : 60), text.p);
			e->line = l->line[i];
			rc = err_source(e, l->name);
		}
	}
	buf_free(&text);
	arena_free(&mem);
	return rc;
}

static bool
ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && strcmp(name + n - k, end) == 0;
}

int
table_load(struct mapping *m, const char *file, const struct json_path *key,
    struct table_file **out, struct err *e)
{
	struct table_file *t = mem_zalloc(sizeof *t);
	struct loading l = {.m = m, .t = t};
	char *found = NULL;
	int rc;

	*out = t;
	if (prog_load(m->prog, "maps", file, &l.text, &found, e) != 0) {
		buf_free(&l.text);
		return -1;
	}
	l.name = found;
	rc = ends_in(found, ".csv") ? read_csv(&l, ',', e) :
	    ends_in(found, ".tsv") ? read_csv(&l, '\t', e) :
	    read_ndjson(&l, e);
	if (rc == 0) {
		buf_puts(&t->text, l.nrows != 0 ? "]" : "[]");
		rc = json_parse(&t->doc, t->text.p, t->text.len, e);
		if (rc != 0)
			rc = bad_row(&l, 0, e, "the file is not UTF-8");
	}
	if (rc == 0)
		rc = index_rows(&l, key, e);
	buf_free(&l.text);
	mem_free(l.line);
	mem_free(found);
	return rc;
}

void
table_free(struct table_file *t)
{
	if (t == NULL)
		return;
	buf_free(&t->text);
	json_free(&t->doc);
	map_free(&t->index);
	mem_free(t->rows);
	mem_free(t);
}
