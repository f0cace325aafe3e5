#include "reconcile.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/write.h"
#include "prog/record.h"

/* --propose: look at the values of every field, then match all at once. */

enum { DEPTH_MAX = 16 };

struct survey {
	struct gold gold;
	struct map names; /* of the fields: a name, or a pointer below */
	struct recon_profile **profiles;
	uint64_t *first; /* line of the first sight */
	size_t cap;
	struct arena mem;
	uint64_t sample, records;
	struct buf path;
};

static int
note(struct survey *s, struct str name, const struct prog_record *rec,
    uint32_t node, struct err *e)
{
	size_t n = s->names.n, i = map_add(&s->names, name);

	if (i == RECON_FIELDS_MAX)
		return err_set(e, ERR_DATA, "recon.limit",
		    "more than %d source fields", RECON_FIELDS_MAX);
	if (i >= s->cap) {
		s->cap = s->cap != 0 ? s->cap * 2 : 64;
		s->profiles = mem_realloc(s->profiles,
		    s->cap * sizeof *s->profiles);
		s->first = mem_realloc(s->first, s->cap * sizeof *s->first);
	}
	if (i == n) {
		s->profiles[i] = arena_zalloc(&s->mem, sizeof **s->profiles);
		s->first[i] = rec->number;
	}
	recon_profile_add(s->profiles[i], rec->doc, node);
	return 0;
}

/*
 * The leaves below the record: members at the top by their names, deeper ones
 * by their JSON Pointers.  Objects within objects are walked without
 * recursion: end[] holds where each open one ends.
 */
static int
survey_record(struct survey *s, const struct prog_record *rec, struct err *e)
{
	const struct json_doc *d = rec->doc;
	uint32_t end[DEPTH_MAX + 1], k = 1;
	unsigned depth = 0;

	end[0] = d->nodes[0].next;
	for (;;) {
		struct str name;
		uint32_t v;

		while (k == end[depth])
			if (depth-- == 0)
				return 0;
		v = k + 1;
		if (json_type(d, v) == JSON_OBJECT && depth < DEPTH_MAX &&
		    d->nodes[v].next > v + 1) {
			end[++depth] = d->nodes[v].next;
			k = v + 1;
			continue;
		}
		if (depth == 0) {
			name = json_string(d, k, rec->arena);
		} else {
			buf_clear(&s->path);
			json_pointer_of(d, v, &s->path);
			name = buf_view(&s->path);
		}
		if (note(s, name, rec, v, e) != 0)
			return -1;
		k = d->nodes[v].next;
	}
}

static enum prog_verdict
look(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct survey *s = shared;

	(void)worker;
	(void)out;
	if (s->sample != 0 && s->records >= s->sample)
		return PROG_PASS;
	s->records++;
	return survey_record(s, rec, e) == 0 ? PROG_PASS : PROG_STOP;
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
	json_w_member(w, "target", g->fields[c->target].name);
	json_w_name(w, STR("confidence"));
	put_confidence(w, c->confidence);
}

static void
put_match(const struct survey *s, size_t i, const struct recon_match *m,
    struct buf *out)
{
	struct json_w w = {.out = out};
	const struct recon_choice *c = &m->best;

	json_w_object(&w);
	json_w_member(&w, "source", map_key(&s->names, i));
	if (c->target != RECON_NONE) {
		put_choice(&w, &s->gold, c);
	} else {
		json_w_name(&w, STR("target"));
		json_w_null(&w);
		json_w_name(&w, STR("confidence"));
		json_w_u64(&w, 0);
	}
	json_w_member(&w, "status", str_of(gold_status(&s->gold, c)));
	if (c->target != RECON_NONE)
		put_parts(&w, &c->parts);
	json_w_name(&w, STR("alternatives"));
	json_w_array(&w);
	for (uint32_t k = 0; k < m->nothers; k++) {
		json_w_object(&w);
		put_choice(&w, &s->gold, &m->others[k]);
		put_parts(&w, &m->others[k].parts);
		json_w_end(&w);
	}
	json_w_end(&w);
	json_w_member_u64(&w, "line", s->first[i]);
	json_w_end(&w);
	buf_putc(out, '\n');
}

static int
propose(void *shared, struct buf *out, uint64_t *written, struct err *e)
{
	struct survey *s = shared;
	struct recon_source *sources = arena_array(&s->mem, s->names.n,
	    sizeof *sources);
	struct recon_query q = {.sources = sources, .n = s->names.n,
	    .least = s->gold.review != 0 ? s->gold.review : 1};
	struct recon_pin *pins;
	struct recon_result r;
	size_t room = 1;

	for (size_t i = 0; i < s->names.n; i++) {
		sources[i].name = map_key(&s->names, i);
		sources[i].values = s->profiles[i];
		room += people_count(&s->gold, sources[i].name) + 1;
	}
	pins = arena_array(&s->mem, room, sizeof *pins);
	for (size_t i = 0; i < s->names.n; i++) {
		size_t g = map_find(&s->gold.names, sources[i].name);

		if (g != MAP_NONE) /* it has its name already */
			pins[q.npins++] = (struct recon_pin){(uint32_t)i,
			    (uint32_t)g, false};
		else
			q.npins += people_pins(&s->gold, sources[i].name,
			    (uint32_t)i, pins + q.npins);
	}
	q.pins = pins;
	if (recon_match(s->gold.target, &q, &r, e) != 0)
		return -1;
	for (size_t i = 0; i < s->names.n; i++)
		put_match(s, i, &r.matches[i], out);
	*written += s->names.n;
	recon_result_free(&r);
	return 0;
}

int
recon_propose(struct prog *p, const struct recon_args *a, struct err *e)
{
	struct prog_filter filter = {.needs_object = true, .record = look,
	    .finish = propose};
	struct survey s = {.sample = a->sample};
	int rc = gold_load(&s.gold, p, a, e);

	if (rc == 0) {
		p->opt.jobs = 1;
		rc = prog_records(p, &filter, &s, NULL, e);
	}
	map_free(&s.names);
	mem_free(s.profiles);
	mem_free(s.first);
	arena_free(&s.mem);
	buf_free(&s.path);
	gold_free(&s.gold);
	return rc;
}
