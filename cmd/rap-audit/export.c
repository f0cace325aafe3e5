#include <string.h>

#include "audit.h"
#include "base/map.h"
#include "base/mem.h"
#include "json/write.h"
#include "num/num.h"

/*
 * rap-audit export --format audit: reproducibility_audit.json.  A function of
 * the log alone, so that it can be made again and compared.
 */

/* "sha256:HEX" of a digest, or null. */
static void
w_hash(struct json_w *w, const char *member, struct str hex)
{
	struct buf text = {0};

	json_w_name(w, str_of(member));
	if (hex.len == 0)
		json_w_null(w);
	else {
		buf_printf(&text, "sha256:%.*s", (int)hex.len, hex.p);
		json_w_string(w, buf_view(&text));
	}
	buf_free(&text);
}

/* What the stage read: its input stream, else its one input file. */
static struct str
input_digest(const struct json_doc *d, struct arena *a)
{
	uint32_t files = json_member(d, 0, STR("files"));
	uint32_t in = prov_get_object(d, 0, "in");
	struct str found = {NULL, 0};
	size_t n = 0;

	if (in != JSON_NONE)
		return prov_get_text(d, in, "sha256", a);
	if (files == JSON_NONE)
		return found;
	for (uint32_t f = files + 1; f < d->nodes[files].next;
	     f = d->nodes[f].next) {
		struct str role = prov_get_text(d, f, "role", a);

		if (role.len > 0 && str_eq(role, STR("input"))) {
			found = prov_get_text(d, f, "sha256", a);
			n++;
		}
	}
	return n == 1 ? found : (struct str){NULL, 0};
}

/* A mapping turned round: for each source the targets it feeds. */
struct fields {
	struct map from;
	struct buf *to; /* quoted targets with commas between them */
	size_t *n, cap;
};

static void
add_field(struct fields *f, struct str from, struct str to)
{
	size_t known = f->from.n, i = map_add(&f->from, from);

	if (i == known) {
		if (i == f->cap) {
			f->cap = f->cap != 0 ? f->cap * 2 : 32;
			f->to = mem_realloc(f->to, f->cap * sizeof *f->to);
			f->n = mem_realloc(f->n, f->cap * sizeof *f->n);
		}
		f->to[i] = (struct buf){0};
		f->n[i] = 0;
	}
	if (f->n[i]++ > 0)
		buf_putc(&f->to[i], ',');
	json_put_string(&f->to[i], to);
}

static void
add_entry(struct fields *f, const struct json_doc *d, uint32_t entry,
    struct arena *a)
{
	struct str to = prov_get_text(d, entry, "to", a);
	uint32_t from;

	if (to.p == NULL)
		return;
	from = json_member(d, entry, STR("from"));
	if (from == JSON_NONE)
		return;
	if (json_type(d, from) == JSON_STRING)
		add_field(f, json_string(d, from, a), to);
	else if (json_type(d, from) == JSON_ARRAY) {
		for (uint32_t k = from + 1; k < d->nodes[from].next;
		     k = d->nodes[k].next) {
			if (json_type(d, k) == JSON_STRING)
				add_field(f, json_string(d, k, a), to);
		}
	}
}

static void
w_fields(struct json_w *w, struct fields *f)
{
	json_w_name(w, STR("field_mapping"));
	json_w_object(w);
	for (size_t i = 0; i < f->from.n; i++) {
		struct buf list = {0};

		json_w_name(w, map_key(&f->from, i));
		buf_printf(&list, "[%.*s]", (int)f->to[i].len, f->to[i].p);
		json_w_raw(w, f->n[i] == 1 ? buf_view(&f->to[i])
					   : buf_view(&list));
		buf_free(&list);
		buf_free(&f->to[i]);
	}
	json_w_end(w);
	mem_free(f->to);
	mem_free(f->n);
	map_free(&f->from);
}

/* A confidence as the record has it: a number as its text, or one in a string
 * since the log holds integers only. */
static struct str
confidence(const struct json_doc *d, uint32_t entry, struct arena *a)
{
	struct json_doc number = {0};
	struct err ignored;
	struct str s;
	uint32_t v = json_member(d, entry, STR("confidence"));
	bool ok;

	if (v == JSON_NONE)
		return (struct str){NULL, 0};
	s = json_type(d, v) == JSON_STRING ? json_string(d, v, a)
					   : json_raw(d, v);
	ok = json_parse(&number, s.p, s.len, &ignored) == 0 &&
	    json_type(&number, 0) == JSON_NUMBER;
	json_free(&number);
	return ok ? s : (struct str){NULL, 0};
}

static void
w_mapping(struct json_w *w, const struct json_doc *d, struct arena *a)
{
	uint32_t m = json_member(d, 0, STR("mapping"));
	struct fields f = {0};
	struct str lowest = {NULL, 0};

	if (m != JSON_NONE && json_type(d, m) == JSON_ARRAY) {
		for (uint32_t k = m + 1; k < d->nodes[m].next;
		     k = d->nodes[k].next) {
			struct str c;

			if (json_type(d, k) != JSON_OBJECT)
				continue;
			add_entry(&f, d, k, a);
			c = confidence(d, k, a);
			if (c.p != NULL &&
			    (lowest.p == NULL || num_cmp(c, lowest) < 0))
				lowest = c;
		}
	}
	w_fields(w, &f);
	json_w_name(w, STR("reconciliation_confidence"));
	if (lowest.p == NULL)
		json_w_null(w);
	else
		json_w_raw(w, lowest);
}

/* Did the stage change what passed, or fail?  One that did neither is no
 * entry. */
static bool
transforms(const struct json_doc *d, struct arena *a)
{
	uint32_t in = prov_get_object(d, 0, "in");
	uint32_t out = prov_get_object(d, 0, "out");

	if (!prov_is(d, "rap/stage/1"))
		return false;
	if (audit_failed(d))
		return true;
	if (out == JSON_NONE)
		return false;
	if (json_member(d, 0, STR("mapping")) != JSON_NONE ||
	    in == JSON_NONE)
		return true;
	return !str_eq(prov_get_text(d, in, "sha256", a),
	    prov_get_text(d, out, "sha256", a));
}

/* As a shell has it, 128 and its number for a signal; null without one. */
static void
w_exit(struct json_w *w, const struct json_doc *d)
{
	uint32_t x = d != NULL ? prov_get_object(d, 0, "exit") : JSON_NONE;
	int64_t sig = prov_get_int(d, x, "signal");

	json_w_name(w, STR("exit"));
	if (x == JSON_NONE)
		json_w_null(w);
	else
		json_w_i64(w, sig != 0 ? 128 + sig
				       : prov_get_int(d, x, "code"));
}

/* The run's end was recorded, and that of every stage that began. */
static void
w_complete(struct json_w *w, const struct prov_run *run)
{
	int64_t open = 0;
	bool ended = false;

	for (size_t i = 0; i < run->n; i++) {
		const struct json_doc *d = &run->rec[i].doc;

		ended = ended || prov_is(d, "rap/end/1");
		open += prov_is(d, "rap/begin/1");
		open -= prov_is(d, "rap/stage/1");
	}
	json_w_name(w, STR("complete"));
	json_w_bool(w, ended && open == 0);
}

static void
w_records(struct json_w *w, const struct prov_run *run, struct arena *a)
{
	json_w_name(w, STR("records"));
	json_w_array(w);
	for (size_t i = 0; i < run->n; i++) {
		const struct json_doc *d = &run->rec[i].doc;
		uint32_t out;

		if (!transforms(d, a))
			continue;
		json_w_object(w);
		w_hash(w, "input_hash", input_digest(d, a));
		out = prov_get_object(d, 0, "out");
		w_hash(w, "output_hash", prov_get_text(d, out, "sha256", a));
		w_mapping(w, d, a);
		w_exit(w, d);
		json_w_end(w);
	}
	json_w_end(w);
}

/* The run's name, else the first stage it had, else null. */
static void
w_adapter(struct json_w *w, const struct prov_run *run, struct arena *a)
{
	struct str name = {NULL, 0};

	for (size_t i = 0; i < run->n && name.len == 0; i++) {
		const struct json_doc *d = &run->rec[i].doc;

		if (prov_is(d, "rap/run/1"))
			name = prov_get_text(d, 0, "name", a);
	}
	for (size_t i = 0; i < run->n && name.len == 0; i++) {
		const struct json_doc *d = &run->rec[i].doc;

		if (prov_is(d, "rap/stage/1"))
			name = prov_get_text(d, 0, "stage", a);
	}
	json_w_name(w, STR("adapter"));
	if (name.len == 0)
		json_w_null(w);
	else
		json_w_string(w, name);
}

static void
export_audit(const struct prov_run *run, struct buf *out)
{
	struct json_w w = {.out = out};
	const struct json_doc *end = NULL;
	struct arena a = {0};

	json_w_object(&w);
	json_w_member(&w, "run_id", str_of(run->id));
	json_w_member(&w, "timestamp",
	    prov_get_text(&run->rec[0].doc, 0, "t0", &a));
	w_adapter(&w, run, &a);
	w_complete(&w, run);
	for (size_t i = 0; i < run->n; i++)
		if (prov_is(&run->rec[i].doc, "rap/end/1"))
			end = &run->rec[i].doc;
	w_exit(&w, end);
	w_records(&w, run, &a);
	json_w_end(&w);
	buf_putc(out, '\n');
	arena_free(&a);
}

int
verb_export(struct prog *p, const struct audit_call *c, struct err *e)
{
	const char *format = c->opt->format;
	struct prov_run run = {0};
	struct prov_store *s;
	struct buf out = {0};
	int rc;

	if (format == NULL || strcmp(format, "audit") != 0) {
		err_set(e, ERR_USAGE, "usage.value",
		    "export needs a format it knows");
		return err_hint(e, "--format audit");
	}
	if (c->operands.n > 0 && strcmp(c->operands.item[0], "-") == 0)
		return err_set(e, ERR_USAGE, "usage.operand",
		    "export is of a run; '-' is none");
	s = prov_find(p->opt.store, e);
	if (s == NULL)
		return -1;
	rc = prov_run_collect(s,
	    c->operands.n > 0 ? c->operands.item[0] : "last",
	    &run, e);
	if (rc == 0) {
		export_audit(&run, &out);
		rc = prog_write(p, out.p, out.len, e);
	}
	prov_run_free(&run);
	prov_close(s);
	buf_free(&out);
	return rc;
}
