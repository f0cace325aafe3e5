#include "recon_step.h"

#include "base/err.h"
#include "json/write.h"
#include "num/num.h"

/* What is told of the decisions and of what the records did. */

/* ORDER enum standing */
static const char *const standings[] = {"new", "gold", "known", "applied",
    "queued", "alone"};

static void
put_number(struct json_w *w, const char *name, uint32_t confidence)
{
	struct buf number = {0};

	/* A string: the log holds integers only. */
	num_put_double(&number, confidence / (double)RECON_CERTAIN);
	json_w_member(w, name, buf_view(&number));
	buf_free(&number);
}

int
drift_log(struct recon_step *st, uint32_t place,
    const struct prog_record *rec, struct err *e)
{
	const struct place *p = &st->gold.places.at[place];
	struct buf text = {0};
	struct json_w w = {.out = &text};
	int rc;

	if (!prog_has_store(st->p))
		return 0;
	json_w_object(&w);
	json_w_member(&w, "type", STR("rap/decision/1"));
	json_w_member(&w, "by", STR("rap-map"));
	json_w_member(&w, "source", p->text);
	if (p->target != RECON_NONE)
		json_w_member(&w, "target", gold_text(&st->gold, p->target));
	put_number(&w, "confidence", p->confidence);
	json_w_member(&w, "decision", str_of(standings[p->standing]));
	json_w_member(&w, "input", str_of(rec->source));
	json_w_member_u64(&w, "line", rec->number);
	json_w_end(&w);
	/* The braces are the log's own. */
	text.len--;
	memmove(text.p, text.p + 1, --text.len);
	rc = prog_log(st->p, &text, e);
	buf_free(&text);
	return rc;
}

static void
put_drift(struct json_w *w, const char *kind, const struct place *p)
{
	json_w_object(w);
	json_w_member(w, "kind", str_of(kind));
	json_w_member(w, "source", p->text);
}

static void
end_drift(struct json_w *w, uint64_t line, uint64_t count)
{
	json_w_member_u64(w, "line", line);
	json_w_member_u64(w, "count", count);
	json_w_end(w);
	buf_putc(w->out, '\n');
}

/* Is the place in something that went under another name as a whole? */
static bool
is_covered(const struct recon_step *st, const struct place *p)
{
	const struct place *at = st->gold.places.at;

	for (uint32_t i = p->up; i != PLACE_TOP; i = at[i].up) {
		const struct place *to;

		if (at[i].standing != PLACE_APPLIED)
			continue;
		to = &at[st->gold.place[at[i].target]];
		if (at[i].every == PLACE_NONE || !to->inner ||
		    !walk_same_home(st, at[i].up, to->up, false))
			return true;
	}
	return false;
}

/* What happened to one place. */
static void
report(const struct recon_step *st, const struct place *p, struct buf *out)
{
	const struct place *scope = &st->gold.places.at[p->scope];
	uint64_t records = p->scope == PLACE_TOP ? st->record : scope->count;
	struct json_w w = {.out = out};

	if (p->first != 0 && (p->standing == PLACE_APPLIED ||
	    p->standing == PLACE_QUEUED)) {
		put_drift(&w, "renamed", p);
		json_w_member(&w, "target", gold_text(&st->gold, p->target));
		json_w_name(&w, STR("confidence"));
		put_confidence(&w, p->confidence);
		json_w_member(&w, "status", str_of(standings[p->standing]));
		end_drift(&w, p->first, p->count);
	} else if (p->first != 0 && p->standing == PLACE_ALONE) {
		put_drift(&w, "new", p);
		end_drift(&w, p->first, p->count);
	}
	if (p->gone != 0) {
		put_drift(&w, "vanished", p);
		end_drift(&w, p->gone, records - p->since + 1 - p->count);
	}
	if (p->changes != 0) {
		put_drift(&w, "type changed", p);
		json_w_member(&w, "from", str_of(json_type_name(p->type)));
		json_w_member(&w, "to", str_of(json_type_name(p->other)));
		end_drift(&w, p->changed, p->changes);
	}
}

int
drift_write(struct recon_step *st, struct err *e)
{
	struct buf out = {0};
	int rc;

	for (size_t i = 0; i < st->norder; i++) {
		const struct place *p = &st->gold.places.at[st->order[i]];

		if (!is_covered(st, p))
			report(st, p, &out);
	}
	rc = io_publish(st->drift, 0666, out.p, out.len, e);
	buf_free(&out);
	return rc;
}

void
recon_step_describe(const struct recon_step *st, struct json_w *w)
{
	for (size_t i = 0; i < st->norder; i++) {
		const struct place *p = &st->gold.places.at[st->order[i]];

		if (p->standing != PLACE_APPLIED)
			continue;
		json_w_object(w);
		json_w_member(w, "to", gold_text(&st->gold, p->target));
		json_w_member(w, "from", p->text);
		put_number(w, "confidence", p->confidence);
		json_w_end(w);
	}
}

/* An answer with a name that is no target, as one that is misspelled, changes
 * nothing: the first is told of. */
static void
warn_stray(struct recon_step *st)
{
	struct err e = {0};

	for (size_t i = 0; i < st->norder; i++) {
		struct str name = st->gold.places.at[st->order[i]].text;
		struct str target = people_stray(&st->gold, name);

		if (target.len == 0)
			continue;
		err_set(&e, ERR_OK, "map.decided",
		    "%.*s was decided to be %.*s, which is no target",
		    (int)(name.len < 80 ? name.len : 80), name.p,
		    (int)(target.len < 80 ? target.len : 80), target.p);
		err_hint(&e, "its name stays; correct the line in the file of "
		    "decisions");
		prog_warn(st->p, &e);
		return;
	}
}

/* Fields that wait for an answer are told of. */
void
drift_warn(struct recon_step *st)
{
	struct err e = {0};
	size_t n = 0;

	warn_stray(st);
	for (size_t i = 0; i < st->norder; i++)
		n += st->gold.places.at[st->order[i]].standing ==
		    PLACE_QUEUED;
	if (n == 0)
		return;
	err_set(&e, ERR_OK, "map.review", "%zu name%s left as %s for review",
	    n, n == 1 ? " was" : "s were", n == 1 ? "it is" : "they are");
	err_hint(&e, "see --propose and --decide");
	prog_warn(st->p, &e);
}
