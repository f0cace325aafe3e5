/* Stage by stage: what went in, what came out, how it ended. */
#include <string.h>

#include "base/mem.h"
#include "json/write.h"
#include "replay.h"

enum verdict { SAME, DIFFERS, MISSING, NEW };

static const char *const verdict_words[] = {"same", "differs", "missing",
    "new"};

/* A stage record's parts that must be equal.  {NULL, 0}: no such stream. */
struct stage {
	const struct json_doc *doc;
	struct str name, program, argv;
	struct str in, out; /* roots */
	bool in_eof;
	int64_t in_records, out_records, code, sig;
	bool taken;
};

struct stages {
	struct stage *s;
	size_t n;
};

static struct str
raw_member(const struct json_doc *d, const char *name)
{
	uint32_t v = json_member(d, 0, str_of(name));

	return v == JSON_NONE ? (struct str){0} : json_raw(d, v);
}

static void
load_stage(struct stage *s, const struct json_doc *d, struct arena *a)
{
	uint32_t in = prov_get_object(d, 0, "in");
	uint32_t out = prov_get_object(d, 0, "out");
	uint32_t end = prov_get_object(d, 0, "exit");
	uint32_t eof = in == JSON_NONE ? in : json_member(d, in, STR("eof"));

	*s = (struct stage){
	    .doc = d,
	    .name = prov_get_text(d, 0, "stage", a),
	    .program = prov_get_text(d, 0, "program", a),
	    .argv = raw_member(d, "argv"),
	    .in = prov_get_text(d, in, "root", a),
	    .out = prov_get_text(d, out, "root", a),
	    .in_eof = eof == JSON_NONE || json_type(d, eof) == JSON_TRUE,
	    .in_records = prov_get_int(d, in, "records"),
	    .out_records = prov_get_int(d, out, "records"),
	    .code = prov_get_int(d, end, "code"),
	    .sig = prov_get_int(d, end, "signal"),
	};
}

static struct stages
load_stages(const struct prov_run *run, struct arena *a)
{
	struct stages all = {.s = arena_array(a, run->n, sizeof *all.s)};

	for (size_t i = 0; i < run->n; i++)
		if (prov_is(&run->rec[i].doc, "rap/stage/1"))
			load_stage(&all.s[all.n++], &run->rec[i].doc, a);
	return all;
}

/* A reader that stopped early may have read more or less this time. */
static bool
same_input(const struct stage *a, const struct stage *b)
{
	return !a->in_eof || !b->in_eof || str_eq(a->in, b->in);
}

static bool
same_end(const struct stage *a, const struct stage *b)
{
	/* Dying of SIGPIPE is a matter of time too. */
	return a->code == b->code && (a->sig == b->sig || !a->in_eof);
}

static bool
same_output(const struct stage *a, const struct stage *b)
{
	return str_eq(a->out, b->out);
}

/*
 * The stage of this time that answers to s: the same words, and of several the
 * one whose streams agree best.
 */
static struct stage *
find_match(const struct stage *s, struct stages *again)
{
	struct stage *best = NULL;
	int best_score = -1;

	for (size_t i = 0; i < again->n; i++) {
		struct stage *t = &again->s[i];
		int score;

		if (t->taken || !str_eq(s->name, t->name) ||
		    !str_eq(s->program, t->program) ||
		    !str_eq(s->argv, t->argv))
			continue;
		score = 2 * same_input(s, t) + same_output(s, t);
		if (score > best_score) {
			best = t;
			best_score = score;
		}
	}
	if (best != NULL)
		best->taken = true;
	return best;
}

/* One stage to the output. */
struct line {
	enum verdict v;
	const struct stage *then, *now; /* either may be NULL */
};

static void
put_stream(struct buf *out, const struct stage *s)
{
	char name[200];

	buf_put(out, name,
	    str_escape(name, sizeof name, s->name.p, s->name.len));
	buf_printf(out, "  %lld -> %lld records, exit %lld",
	    (long long)s->in_records, (long long)s->out_records,
	    (long long)s->code);
	if (s->out.len >= 16)
		buf_printf(out, ", root %.16s", s->out.p);
}

static void
put_text(struct buf *out, const struct line *l)
{
	buf_printf(out, "%-8s ", verdict_words[l->v]);
	put_stream(out, l->then != NULL ? l->then : l->now);
	if (l->v == DIFFERS) {
		buf_puts(out, "\n    now: ");
		put_stream(out, l->now);
		if (same_input(l->then, l->now) &&
		    !same_output(l->then, l->now))
			buf_puts(out,
			    "\n    the same input gave another output: "
			    "look here");
		else if (!same_input(l->then, l->now))
			buf_puts(out, "\n    its input differs already");
	}
	buf_putc(out, '\n');
}

static void
put_side(struct json_w *w, const char *member, const struct stage *s)
{
	json_w_name(w, str_of(member));
	json_w_object(w);
	if (s->in.len != 0)
		json_w_member(w, "in", s->in);
	if (s->out.len != 0)
		json_w_member(w, "out", s->out);
	json_w_name(w, STR("exit"));
	json_w_i64(w, s->code);
	json_w_end(w);
}

static void
put_json(struct buf *out, const struct line *l)
{
	const struct stage *s = l->then != NULL ? l->then : l->now;
	struct json_w w = {.out = out};

	json_w_object(&w);
	json_w_member(&w, "stage", s->name);
	json_w_member(&w, "program", s->program);
	json_w_member(&w, "verdict", str_of(verdict_words[l->v]));
	if (l->then != NULL)
		put_side(&w, "recorded", l->then);
	if (l->now != NULL)
		put_side(&w, "replayed", l->now);
	json_w_end(&w);
	buf_putc(out, '\n');
}

static void
put_verdict(struct buf *out, const struct replay *r, size_t n, size_t bad,
    bool json)
{
	struct json_w w = {.out = out};

	if (json) {
		json_w_object(&w);
		json_w_member(&w, "run", str_of(r->run.id));
		json_w_name(&w, STR("reproduced"));
		json_w_bool(&w, bad == 0);
		json_w_member_u64(&w, "stages", n);
		json_w_member_u64(&w, "different", bad);
		json_w_end(&w);
		buf_putc(out, '\n');
	} else if (bad == 0)
		buf_printf(out, "reproduced: run %s, %zu stages, every stream "
		    "the same\n", r->run.id, n);
	else
		buf_printf(out, "not reproduced: run %s, %zu of %zu stages "
		    "differ\n", r->run.id, bad, n);
}

static void
put_line(struct buf *out, const struct line *l, bool json)
{
	if (json)
		put_json(out, l);
	else
		put_text(out, l);
}

int
replay_compare(struct replay *r, bool json, struct err *e)
{
	struct stages then = load_stages(&r->run, &r->arena);
	struct stages now = load_stages(&r->again, &r->arena);
	struct buf out = {0};
	size_t bad = 0, n = then.n;
	int rc;

	for (size_t i = 0; i < then.n; i++) {
		struct line l = {.then = &then.s[i]};

		l.now = find_match(l.then, &now);
		l.v = l.now == NULL ? MISSING
		    : same_input(l.then, l.now) && same_output(l.then, l.now) &&
			same_end(l.then, l.now)
		    ? SAME
		    : DIFFERS;
		bad += l.v != SAME;
		put_line(&out, &l, json);
	}
	for (size_t i = 0; i < now.n; i++) {
		const struct line l = {.v = NEW, .now = &now.s[i]};

		if (now.s[i].taken)
			continue;
		n++;
		bad++;
		put_line(&out, &l, json);
	}
	put_verdict(&out, r, n, bad, json);
	r->p->verdict |= bad != 0;
	rc = prog_write(r->p, out.p, out.len, e);
	buf_free(&out);
	return rc;
}
