#include "recon_step.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/write.h"

/* --propose: look at the values of every place, then match all at once. */

struct survey {
	struct recon_step *st;
	struct recon_profile **profiles; /* of places */
	size_t cap;
	struct arena mem;
	uint64_t sample;
};

static struct recon_profile *
profile_of(struct survey *s, uint32_t place)
{
	size_t cap = s->cap;

	if (place >= cap) {
		s->cap = s->st->gold.places.cap;
		s->profiles = mem_realloc(s->profiles,
		    s->cap * sizeof *s->profiles);
		memset(s->profiles + cap, 0,
		    (s->cap - cap) * sizeof *s->profiles);
	}
	if (s->profiles[place] == NULL)
		s->profiles[place] = arena_zalloc(&s->mem,
		    sizeof **s->profiles);
	return s->profiles[place];
}

static enum prog_verdict
look(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct survey *s = shared;
	struct recon_step *st = s->st;

	(void)worker;
	(void)out;
	if (s->sample != 0 && st->record >= s->sample)
		return PROG_PASS;
	st->record++;
	if (walk_record(st, rec, e) != 0)
		return PROG_STOP;
	for (size_t i = 0; i < st->nnow; i++)
		if (st->now[i].source)
			recon_profile_add(profile_of(s, st->now[i].place),
			    rec->doc, st->now[i].node);
	return PROG_PASS;
}

static void
put_parts(struct json_w *w, const struct recon_parts *p)
{
	json_w_name(w, STR("parts"));
	json_w_object(w);
	json_w_name(w, STR("name"));
	put_confidence(w, p->name);
	json_w_name(w, STR("type"));
	put_confidence(w, p->type);
	json_w_name(w, STR("values"));
	put_confidence(w, p->values);
	json_w_name(w, STR("unit"));
	put_confidence(w, p->unit);
	json_w_end(w);
}

static void
put_choice(struct json_w *w, const struct gold *g,
    const struct recon_choice *c)
{
	json_w_member(w, "target", gold_text(g, c->target));
	json_w_name(w, STR("confidence"));
	put_confidence(w, c->confidence);
}

static void
put_match(const struct gold *g, const struct place *p,
    const struct recon_match *m, struct buf *out)
{
	struct json_w w = {.out = out};
	const struct recon_choice *c = &m->best;

	json_w_object(&w);
	json_w_member(&w, "source", p->text);
	if (c->target != RECON_NONE) {
		put_choice(&w, g, c);
	} else {
		json_w_name(&w, STR("target"));
		json_w_null(&w);
		json_w_name(&w, STR("confidence"));
		json_w_u64(&w, 0);
	}
	json_w_member(&w, "status", str_of(gold_status(g, c)));
	if (c->target != RECON_NONE)
		put_parts(&w, &c->parts);
	json_w_name(&w, STR("alternatives"));
	json_w_array(&w);
	for (uint32_t k = 0; k < m->nothers; k++) {
		json_w_object(&w);
		put_choice(&w, g, &m->others[k]);
		put_parts(&w, &m->others[k].parts);
		json_w_end(&w);
	}
	json_w_end(&w);
	json_w_member_u64(&w, "line", p->first);
	json_w_end(&w);
	buf_putc(out, '\n');
}

/* What has its name already, what the mapping knows, what people said. */
static size_t
pin_place(const struct gold *g, const struct place *p, uint32_t at,
    struct recon_pin *pins)
{
	if (p->standing == PLACE_NEW)
		return people_pins(g, p->text, at, pins);
	pins[0] = (struct recon_pin){at, p->target, false};
	return 1;
}

static int
propose(void *shared, struct buf *out, uint64_t *written, struct err *e)
{
	struct survey *s = shared;
	const struct gold *g = &s->st->gold;
	const struct place *at = g->places.at;
	struct recon_source *sources = arena_array(&s->mem,
	    s->st->norder + 1, sizeof *sources);
	uint32_t *place = arena_array(&s->mem, s->st->norder + 1,
	    sizeof *place);
	struct recon_query q = {.sources = sources,
	    .least = g->review != 0 ? g->review : 1};
	struct recon_pin *pins;
	struct recon_result r;
	size_t room = 1;

	for (size_t i = 0; i < s->st->norder; i++) {
		const struct place *p = &at[s->st->order[i]];

		if (p->first == 0)
			continue;
		place[q.n] = s->st->order[i];
		sources[q.n++] = (struct recon_source){p->text,
		    s->profiles[s->st->order[i]], p->arrays};
		room += people_count(g, p->text) + 1;
	}
	pins = arena_array(&s->mem, room, sizeof *pins);
	for (size_t i = 0; i < q.n; i++)
		q.npins += pin_place(g, &at[place[i]], (uint32_t)i,
		    pins + q.npins);
	q.pins = pins;
	if (recon_match(g->target, &q, &r, e) != 0)
		return -1;
	for (size_t i = 0; i < q.n; i++)
		put_match(g, &at[place[i]], &r.matches[i], out);
	*written += q.n;
	recon_result_free(&r);
	return 0;
}

int
recon_propose(struct prog *p, const struct recon_args *a,
    const struct chain *c, struct err *e)
{
	struct prog_filter filter = {.needs_object = true, .record = look,
	    .finish = propose};
	struct survey s = {.sample = a->sample};
	int rc = -1;

	s.st = recon_step_new(p, a, c, e);
	if (s.st != NULL)
		rc = prog_records(p, &filter, &s, NULL, e);
	recon_step_free(s.st);
	mem_free(s.profiles);
	arena_free(&s.mem);
	return rc;
}
