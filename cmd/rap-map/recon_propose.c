#include "recon_step.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/write.h"

/*
 * --propose: look at the values of every place, and which places are in one
 * record, then match all at once.
 */

/* A place that is a source. */
struct surveyed {
	struct recon_profile values;
	size_t slot; /* in meet; more than it has: not counted */
};

struct survey {
	struct recon_step *st;
	struct surveyed **seen; /* by place */
	size_t cap, nslots;
	uint64_t (*meet)[RECON_MEET_WORDS]; /* by slot: the slots it meets */
	struct arena mem;
	uint64_t sample;
};

static struct surveyed *
surveyed_of(struct survey *s, uint32_t place)
{
	size_t cap = s->cap;

	if (place >= cap) {
		s->cap = s->st->gold.places.cap;
		s->seen = mem_realloc(s->seen, s->cap * sizeof *s->seen);
		memset(s->seen + cap, 0, (s->cap - cap) * sizeof *s->seen);
	}
	if (s->seen[place] == NULL) {
		s->seen[place] = arena_zalloc(&s->mem, sizeof **s->seen);
		s->seen[place]->slot = s->nslots++;
	}
	return s->seen[place];
}

/* What the record at hand has meets. */
static void
note_meeting(struct survey *s)
{
	const struct recon_step *st = s->st;
	uint64_t now[RECON_MEET_WORDS] = {0};

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < st->nnow; i++) {
			const struct met *m = &st->now[i];
			size_t slot = m->source ?
			    s->seen[m->place]->slot : RECON_FIELDS_MAX;

			if (slot >= RECON_FIELDS_MAX)
				continue;
			if (pass == 0)
				now[slot / 64] |= UINT64_C(1) << slot % 64;
			for (size_t w = 0; w < RECON_MEET_WORDS && pass == 1;
			     w++)
				s->meet[slot][w] |= now[w];
		}
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
			recon_profile_add(&surveyed_of(s,
			    st->now[i].place)->values, rec->doc,
			    st->now[i].node);
	note_meeting(s);
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

/* Meetings by the numbers of the n sources; place: of each. */
static void
number_meetings(const struct survey *s, const uint32_t *place, size_t n,
    uint64_t (*out)[RECON_MEET_WORDS])
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			size_t a = s->seen[place[i]]->slot;
			size_t b = s->seen[place[k]]->slot;

			if (s->meet[a][b / 64] >> b % 64 & 1)
				out[i][k / 64] |= UINT64_C(1) << k % 64;
		}
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
	uint64_t (*meet)[RECON_MEET_WORDS];
	struct recon_pin *pins;
	struct recon_result r;
	size_t room = 1;

	for (size_t i = 0; i < s->st->norder; i++) {
		const struct place *p = &at[s->st->order[i]];

		if (p->first == 0)
			continue;
		place[q.n] = s->st->order[i];
		sources[q.n++] = (struct recon_source){p->text,
		    &s->seen[s->st->order[i]]->values, p->arrays};
		room += people_count(g, p->text) + 1;
	}
	pins = arena_array(&s->mem, room, sizeof *pins);
	for (size_t i = 0; i < q.n; i++)
		q.npins += pin_place(g, &at[place[i]], (uint32_t)i,
		    pins + q.npins);
	q.pins = pins;
	if (q.n <= RECON_FIELDS_MAX && s->nslots <= RECON_FIELDS_MAX) {
		meet = arena_zalloc(&s->mem, (q.n + 1) * sizeof *meet);
		number_meetings(s, place, q.n, meet);
		q.meet = (const uint64_t (*)[RECON_MEET_WORDS])meet;
	}
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

	s.meet = arena_zalloc(&s.mem, RECON_FIELDS_MAX * sizeof *s.meet);
	s.st = recon_step_new(p, a, c, e);
	if (s.st != NULL)
		rc = prog_records(p, &filter, &s, NULL, e);
	recon_step_free(s.st);
	mem_free(s.seen);
	arena_free(&s.mem);
	return rc;
}
