/* Stage by stage: what went in, what came out, how it ended. */
#include <string.h>

#include "base/mem.h"
#include "json/write.h"
#include "replay.h"
#include "stage.h"

enum verdict { SAME, DIFFERS, MISSING, NEW };

static const char *const verdict_words[] = {"same", "differs", "missing",
    "new"};
static const char *const input_words[] = {"same", "differs", "cut", "none"};

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
		score = 2 * (stage_input(s, t) != INPUT_DIFFERS) +
		    stage_same_output(s, t);
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
	bool orphan; /* no recorded stage wrote its input */
};

static bool
cut_short(const struct line *l)
{
	return (l->then != NULL && stage_cut(l->then)) ||
	    (l->now != NULL && stage_cut(l->now));
}

static void
put_stream(struct buf *out, const struct stage *s)
{
	char name[200];

	buf_put(out, name,
	    str_escape(name, sizeof name, s->name.p, s->name.len));
	buf_printf(out, "  %lld -> %lld records, %s %lld",
	    (long long)s->in_records, (long long)s->out_records,
	    s->sig != 0 ? "signal" : "exit",
	    (long long)(s->sig != 0 ? s->sig : s->code));
	if (s->out.len >= 16)
		buf_printf(out, ", root %.16s", s->out.p);
}

/* Why a stage differs, as far as the records tell. */
static const char *
reason(const struct line *l)
{
	switch (stage_input(l->then, l->now)) {
	case INPUT_SAME:
		if (stage_same_output(l->then, l->now))
			return NULL;
		return str_eq(l->then->config, l->now->config)
		    ? "the same input gave another output: look here"
		    : "the same input gave another output, and its "
		      "configuration differs";
	case INPUT_DIFFERS:
		if (l->then->in.len == 0 || l->now->in.len == 0)
			return "its input was recorded one time only";
		if (l->orphan)
			return "its input differs already, and no recorded "
			       "stage wrote it: put rap-audit tap before";
		return "its input differs already";
	case INPUT_NONE:
		return "its input is not recorded, so it may be the cause";
	case INPUT_CUT:
		break;
	}
	return NULL;
}

static void
put_text(struct buf *out, const struct line *l)
{
	const char *why = NULL;

	buf_printf(out, "%-8s ", verdict_words[l->v]);
	put_stream(out, l->then != NULL ? l->then : l->now);
	if (cut_short(l))
		buf_puts(out, ", stopped early");
	if (l->v == DIFFERS) {
		buf_puts(out, "\n    now: ");
		put_stream(out, l->now);
		why = reason(l);
	}
	if (why != NULL)
		buf_printf(out, "\n    %s", why);
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
	json_w_name(w, STR("signal"));
	json_w_i64(w, s->sig);
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
	if (l->then != NULL && l->now != NULL)
		json_w_member(&w, "input",
		    str_of(input_words[stage_input(l->then, l->now)]));
	json_w_name(&w, STR("stopped_early"));
	json_w_bool(&w, cut_short(l));
	if (l->then != NULL)
		put_side(&w, "recorded", l->then);
	if (l->now != NULL)
		put_side(&w, "replayed", l->now);
	json_w_end(&w);
	buf_putc(out, '\n');
}

struct tally {
	size_t n, bad, early;
	bool lacking; /* a missing file would explain a difference */
};

static void
put_verdict(struct buf *out, const struct replay *r, const struct tally *t,
    bool json)
{
	const char *s = t->n == 1 ? "stage" : "stages";
	struct json_w w = {.out = out};

	if (json) {
		json_w_object(&w);
		json_w_member(&w, "run", str_of(r->run.id));
		json_w_name(&w, STR("reproduced"));
		json_w_bool(&w, t->bad == 0);
		json_w_member_u64(&w, "stages", t->n);
		json_w_member_u64(&w, "different", t->bad);
		json_w_member_u64(&w, "stopped_early", t->early);
		json_w_end(&w);
		buf_putc(out, '\n');
	} else if (t->bad != 0)
		buf_printf(out, "not reproduced: run %s, %zu of %zu %s "
		    "%s\n", r->run.id, t->bad, t->n, s,
		    t->bad == 1 ? "differs" : "differ");
	else if (t->early != 0)
		buf_printf(out, "reproduced: run %s, %zu %s, %zu stopped "
		    "early and %s not compared\n", r->run.id, t->n, s,
		    t->early, t->early == 1 ? "was" : "were");
	else
		buf_printf(out, "reproduced: run %s, %zu %s, every stream "
		    "the same\n", r->run.id, t->n, s);
}

/* Did a stage of this time lack a file?  Then it could not open one, or what
 * comes before it in the pipe could not. */
static bool
lacks(const struct line *l)
{
	if (l->now == NULL)
		return true;
	return l->now->code == ERR_NOINPUT || l->now->code == ERR_CANTCREATE ||
	    (l->orphan && l->then->in_records > 0 && l->now->in_records == 0);
}

static void
add_line(struct buf *out, const struct line *l, struct tally *t, bool json)
{
	t->n++;
	t->bad += l->v != SAME;
	t->early += cut_short(l);
	if (l->v != SAME && l->then != NULL)
		t->lacking = t->lacking || lacks(l);
	if (json)
		put_json(out, l);
	else
		put_text(out, l);
}

/* Its input is a stream that no stage of the run has as its output. */
static bool
is_orphan(const struct stage *s, const struct stages *all)
{
	if (s->in.len == 0 || s->files.len != 0)
		return false;
	for (size_t i = 0; i < all->n; i++)
		if (&all->s[i] != s && str_eq(all->s[i].out, s->in))
			return false;
	return true;
}

static enum verdict
judge(const struct stage *then, const struct stage *now)
{
	if (now == NULL)
		return MISSING;
	return stage_input(then, now) != INPUT_DIFFERS &&
		stage_same_output(then, now) && stage_same_end(then, now)
	    ? SAME
	    : DIFFERS;
}

/* Only what stages recorded is in the scratch directory. */
static void
hint_here(struct replay *r, const struct tally *t)
{
	struct err e;

	if (!t->lacking || r->here || r->command != NULL)
		return;
	err_set(&e, ERR_OK, "replay.scratch",
	    "a file that no stage recorded may be missing from the scratch "
	    "directory");
	err_hint(&e, "try --here");
	prog_warn(r->p, &e);
}

int
replay_compare(struct replay *r, bool json, struct err *e)
{
	struct stages then = stages_load(&r->run, &r->arena);
	struct stages now = stages_load(&r->again, &r->arena);
	struct tally t = {0};
	struct buf out = {0};
	int rc;

	for (size_t i = 0; i < then.n; i++) {
		struct line l = {.then = &then.s[i]};

		l.now = find_match(l.then, &now);
		l.v = judge(l.then, l.now);
		l.orphan = is_orphan(l.then, &then);
		add_line(&out, &l, &t, json);
	}
	for (size_t i = 0; i < now.n; i++) {
		const struct line l = {.v = NEW, .now = &now.s[i]};

		if (!now.s[i].taken)
			add_line(&out, &l, &t, json);
	}
	put_verdict(&out, r, &t, json);
	r->p->verdict |= t.bad != 0;
	rc = prog_write(r->p, out.p, out.len, e);
	buf_free(&out);
	if (rc == 0)
		hint_here(r, &t);
	return rc;
}
