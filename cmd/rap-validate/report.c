#include "validate.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/write.h"

enum { FLUSH = 1 << 18 };

/* "#" and the place of a keyword in the schema file. */
static void
put_place(struct json_w *w, const struct rules *rules, uint32_t place)
{
	struct buf at = {0};

	buf_putc(&at, '#');
	json_pointer_of(&rules->conf.doc, place, &at);
	json_w_member(w, "absoluteKeywordLocation", buf_view(&at));
	buf_free(&at);
}

static void
put_error(struct json_w *w, const struct rules *rules,
    const struct json_doc *d, const struct schema_error *x)
{
	struct buf at = {0};

	json_w_object(w);
	json_w_member(w, "keywordLocation", x->keyword);
	json_pointer_of(&rules->conf.doc, x->place, &at);
	/* Where $ref was followed, the file has it elsewhere. */
	if (!str_eq(buf_view(&at), x->keyword))
		put_place(w, rules, x->place);
	buf_clear(&at);
	json_pointer_of(d, x->instance, &at);
	json_w_member(w, "instanceLocation",
	    at.len != 0 ? buf_view(&at) : STR(""));
	json_w_member(w, "error", x->message);
	json_w_end(w);
	buf_free(&at);
}

void
report_errors(const struct rules *rules, const struct prog_record *rec,
    const struct schema_error *errors, size_t n, struct buf *out)
{
	struct json_w w = {.out = out};

	json_w_array(&w);
	for (size_t i = 0; i < n; i++)
		put_error(&w, rules, rec->doc, &errors[i]);
	json_w_end(&w);
}

/*
 * A note is, for each record: how many places, the places, the length of the
 * report's line, the line.
 */
struct note_head {
	uint32_t nplaces;
	size_t len;
};

void
report_note(const struct rules *rules, const struct prog_record *rec,
    const struct schema_error *errors, size_t n, struct buf *note)
{
	struct note_head head = {(uint32_t)n, 0};
	size_t at = note->len;
	struct json_w w = {.out = note};
	struct buf list = {0};

	buf_put(note, &head, sizeof head);
	for (size_t i = 0; i < n; i++)
		buf_put(note, &errors[i].place, sizeof errors[i].place);
	head.len = note->len;
	json_w_object(&w);
	json_w_member(&w, "source", str_of(rec->source));
	json_w_member_u64(&w, "line", rec->number);
	json_w_name(&w, STR("valid"));
	json_w_bool(&w, false);
	json_w_name(&w, STR("errors"));
	report_errors(rules, rec, errors, n, &list);
	json_w_raw(&w, buf_view(&list));
	json_w_end(&w);
	buf_putc(note, '\n');
	buf_free(&list);
	head.len = note->len - head.len;
	if (!note->over)
		memcpy(note->p + at, &head, sizeof head);
}

int
report_open(struct report *r, const char *path, const struct rules *rules,
    struct err *e)
{
	if (io_pub_open(&r->pub, path, 0666, e) != 0)
		return -1;
	r->path = path;
	r->count = mem_array(rules->conf.doc.n + 1, sizeof *r->count);
	return 0;
}

static int
flush(struct report *r, struct err *e)
{
	if (io_write(r->pub.fd, r->out.p, r->out.len, r->path, e) != 0)
		return -1;
	buf_clear(&r->out);
	return 0;
}

int
report_commit(struct report *r, const struct buf *note, struct err *e)
{
	size_t i = 0;

	while (i < note->len) {
		struct note_head head;
		uint32_t place;

		memcpy(&head, note->p + i, sizeof head);
		i += sizeof head;
		for (uint32_t k = 0; k < head.nplaces; k++) {
			memcpy(&place, note->p + i, sizeof place);
			i += sizeof place;
			r->count[place]++;
		}
		buf_put(&r->out, note->p + i, head.len);
		i += head.len;
		r->invalid++;
	}
	return r->out.len < FLUSH ? 0 : flush(r, e);
}

int
report_close(struct report *r, const struct rules *rules,
    const struct engine_counts *counts, bool complete, struct err *e)
{
	struct json_w w = {.out = &r->out};

	json_w_object(&w);
	json_w_name(&w, STR("summary"));
	json_w_bool(&w, true);
	json_w_member(&w, "schema", str_of(rules->path));
	json_w_name(&w, STR("complete"));
	json_w_bool(&w, complete);
	json_w_member_u64(&w, "read", counts->read);
	json_w_member_u64(&w, "valid", counts->passed);
	json_w_member_u64(&w, "invalid", r->invalid);
	json_w_name(&w, STR("keywords"));
	json_w_array(&w);
	for (uint32_t k = 0; k < rules->conf.doc.n; k++) {
		if (r->count[k] == 0)
			continue;
		json_w_object(&w);
		put_place(&w, rules, k);
		json_w_member_u64(&w, "errors", r->count[k]);
		json_w_end(&w);
	}
	json_w_end(&w);
	json_w_end(&w);
	buf_putc(&r->out, '\n');
	if (flush(r, e) != 0)
		return -1;
	return io_pub_commit(&r->pub, e);
}

void
report_abort(struct report *r)
{
	io_pub_abort(&r->pub);
	buf_free(&r->out);
	mem_free(r->count);
}
