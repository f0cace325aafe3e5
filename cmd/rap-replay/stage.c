/* Stage records of two times, and what of them can be compared. */
#include <signal.h>

#include "stage.h"

static struct str
raw_member(const struct json_doc *d, const char *name)
{
	uint32_t v = json_member(d, 0, str_of(name));

	return v == JSON_NONE ? (struct str){0} : json_raw(d, v);
}

/* The digests of the stage's files of one role, end to end.  *whole is cleared
 * when one was not read to its end. */
static struct str
file_digests(const struct json_doc *d, const char *role, bool *whole,
    struct arena *a)
{
	uint32_t files = json_member(d, 0, STR("files"));
	struct buf all = {0};
	struct str kept = {0};

	if (files == JSON_NONE || json_type(d, files) != JSON_ARRAY)
		return kept;
	for (uint32_t f = files + 1; f < d->nodes[files].next;
	     f = d->nodes[f].next) {
		struct str is = prov_get_text(d, f, "role", a);
		uint32_t eof;

		if (is.len == 0 || !str_eq(is, str_of(role)))
			continue;
		eof = json_member(d, f, STR("eof"));
		if (eof != JSON_NONE && json_type(d, eof) == JSON_FALSE)
			*whole = false;
		buf_str(&all, prov_get_text(d, f, "sha256", a));
	}
	if (all.len > 0)
		kept = arena_str(a, buf_view(&all));
	buf_free(&all);
	return kept;
}

static void
load(struct stage *s, const struct json_doc *d, struct arena *a)
{
	uint32_t in = prov_get_object(d, 0, "in");
	uint32_t out = prov_get_object(d, 0, "out");
	uint32_t end = prov_get_object(d, 0, "exit");
	uint32_t eof = in == JSON_NONE ? in : json_member(d, in, STR("eof"));
	bool whole = true, any = true;

	*s = (struct stage){
	    .name = prov_get_text(d, 0, "stage", a),
	    .program = prov_get_text(d, 0, "program", a),
	    .argv = raw_member(d, "argv"),
	    .in = prov_get_text(d, in, "root", a),
	    .out = prov_get_text(d, out, "root", a),
	    .files = file_digests(d, "input", &whole, a),
	    .config = file_digests(d, "config", &any, a),
	    .in_records = prov_get_int(d, in, "records"),
	    .out_records = prov_get_int(d, out, "records"),
	    .code = prov_get_int(d, end, "code"),
	    .sig = prov_get_int(d, end, "signal"),
	};
	s->whole = s->in.len != 0
	    ? eof == JSON_NONE || json_type(d, eof) == JSON_TRUE
	    : whole;
}

struct stages
stages_load(const struct prov_run *run, struct arena *a)
{
	struct stages all = {.s = arena_array(a, run->n, sizeof *all.s)};

	for (size_t i = 0; i < run->n; i++)
		if (prov_is(&run->rec[i].doc, "rap/stage/1"))
			load(&all.s[all.n++], &run->rec[i].doc, a);
	return all;
}

enum stage_input
stage_input(const struct stage *a, const struct stage *b)
{
	bool stream = a->in.len != 0;

	if (stream != (b->in.len != 0))
		return INPUT_DIFFERS;
	if (!stream && a->files.len == 0 && b->files.len == 0)
		return INPUT_NONE;
	if (!a->whole || !b->whole)
		return INPUT_CUT;
	if (stream)
		return str_eq(a->in, b->in) ? INPUT_SAME : INPUT_DIFFERS;
	return str_eq(a->files, b->files) ? INPUT_SAME : INPUT_DIFFERS;
}

bool
stage_cut(const struct stage *s)
{
	/* A reader that went away is an error of writing where SIGPIPE was
	 * ignored. */
	return s->sig != 0 || s->code == ERR_IO;
}

bool
stage_same_output(const struct stage *a, const struct stage *b)
{
	return stage_cut(a) || stage_cut(b) || str_eq(a->out, b->out);
}

bool
stage_same_end(const struct stage *a, const struct stage *b)
{
	if (a->sig == SIGPIPE || b->sig == SIGPIPE)
		return true;
	return a->code == b->code && a->sig == b->sig;
}
