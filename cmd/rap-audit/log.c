#include <string.h>

#include "audit.h"

/* rap-audit log: one line for each record, in the order they came. */

enum { SHORT_ID = 13, SECONDS = 19 };

struct list {
	struct prog *p;
	bool json;
	struct buf out;
	struct arena arena;
};

static void
put_records(struct buf *out, const struct json_doc *d, const char *member)
{
	uint32_t s = prov_get_object(d, 0, member);
	uint32_t n = s == JSON_NONE ? s : json_member(d, s, STR("records"));

	if (n == JSON_NONE)
		buf_putc(out, '-');
	else
		audit_put_safe(out, json_raw(d, n));
}

/* The beginning of s in a column of n. */
static void
put_column(struct buf *out, struct str s, size_t n)
{
	size_t from = out->len;

	audit_put_safe(out, (struct str){s.p, s.len < n ? s.len : n});
	while (out->len - from <= n)
		buf_putc(out, ' ');
}

/* What the record is about, after its head. */
static void
put_what(struct list *l, const struct json_doc *d)
{
	struct buf *out = &l->out;
	struct str name;

	if (prov_is(d, "rap/run/1")) {
		buf_puts(out, "run    ");
		name = prov_get_text(d, 0, "name", &l->arena);
		if (name.len > 0) {
			audit_put_safe(out, name);
			buf_puts(out, ": ");
		}
		audit_put_argv(out, d, &l->arena);
	} else if (prov_is(d, "rap/begin/1")) {
		buf_puts(out, "begin  ");
		audit_put_safe(out, prov_get_text(d, 0, "stage", &l->arena));
	} else if (prov_is(d, "rap/stage/1")) {
		buf_puts(out, "stage  ");
		audit_put_safe(out, prov_get_text(d, 0, "stage", &l->arena));
		buf_puts(out, " ");
		put_records(out, d, "in");
		buf_puts(out, " -> ");
		put_records(out, d, "out");
		buf_puts(out, " records, ");
		audit_put_exit(out, d);
	} else if (prov_is(d, "rap/end/1")) {
		buf_puts(out, "end    ");
		audit_put_exit(out, d);
	} else
		audit_put_safe(out, prov_get_text(d, 0, "type", &l->arena));
}

static int
list_record(void *arg, uint64_t seq, struct str line,
    const struct json_doc *d, struct err *e)
{
	struct list *l = arg;
	struct str run = prov_get_text(d, 0, "run", &l->arena);
	struct str t = prov_get_text(d, 0, "t1", &l->arena);

	buf_clear(&l->out);
	if (l->json) {
		buf_str(&l->out, line);
	} else {
		if (t.len == 0)
			t = prov_get_text(d, 0, "t0", &l->arena);
		buf_printf(&l->out, "%-5llu ", (unsigned long long)seq);
		put_column(&l->out, t, SECONDS);
		put_column(&l->out, run, SHORT_ID);
		put_what(l, d);
	}
	buf_putc(&l->out, '\n');
	arena_reset(&l->arena);
	return prog_write(l->p, l->out.p, l->out.len, e);
}

int
verb_log(struct prog *p, const struct audit_call *c, struct err *e)
{
	struct list l = {.p = p, .json = c->opt->json};
	struct prov_walk walk = {.each = list_record, .arg = &l};
	struct prov_store *s = prov_find(p->opt.store, e);
	int rc;

	if (s == NULL)
		return -1;
	rc = prov_walk(s, &walk, e);
	prov_close(s);
	buf_free(&l.out);
	arena_free(&l.arena);
	return rc;
}
