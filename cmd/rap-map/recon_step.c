#include "reconcile.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/write.h"
#include "num/num.h"
#include "prog/record.h"

/*
 * --reconcile: one thread, so that a name is decided by the first record that
 * shows it, whatever -j says.
 */

enum { NAMES_MAX = 1 << 16 };

enum standing { NEW, GOLD, APPLIED, QUEUED, ALONE };

/* A name of the input's top level. */
struct seen {
	uint8_t standing, type, other; /* JSON types; other: changed to */
	uint32_t target, confidence;
	uint64_t first, gone, changed; /* lines; 0: never */
	uint64_t count, changes;
	uint64_t since, last;	       /* records, from 1 */
};

struct state {
	struct prog *p;
	struct gold gold;
	struct map names;
	struct seen *seen;
	size_t cap;
	uint32_t *now, *before; /* names of this record and the last */
	size_t nnow, nbefore, cap_now, cap_before;
	uint32_t *winner; /* by target: position in now, of this record */
	uint64_t *won;	  /* ... when equal to record */
	uint64_t record;
};

/* true and false are one type, and null is none. */
static uint8_t
type_of(const struct json_doc *d, uint32_t node)
{
	enum json_type t = json_type(d, node);

	return (uint8_t)(t == JSON_FALSE ? JSON_TRUE : t);
}

static uint32_t *
room(uint32_t *list, size_t n, size_t *cap)
{
	if (n < *cap)
		return list;
	*cap = *cap != 0 ? *cap * 2 : 64;
	return mem_realloc(list, *cap * sizeof *list);
}

/* Note that name number i stands in this record with value node. */
static void
meet(struct state *st, uint32_t i, const struct prog_record *rec,
    uint32_t node)
{
	struct seen *s = &st->seen[i];
	uint8_t type = type_of(rec->doc, node);

	if (s->count++ == 0) {
		s->first = rec->number;
		s->since = st->record;
	}
	s->last = st->record;
	if (type == JSON_NULL)
		return;
	if (s->type == JSON_NULL)
		s->type = type;
	if (type == s->type)
		return;
	if (s->changes++ == 0) {
		s->changed = rec->number;
		s->other = type;
	}
}

/* List the record's names.  -1: too many. */
static int
list_names(struct state *st, const struct prog_record *rec, bool *news,
    struct err *e)
{
	const struct json_doc *d = rec->doc;

	st->nnow = 0;
	*news = false;
	for (uint32_t k = 1; k < d->nodes[0].next; k = d->nodes[k + 1].next) {
		struct str name = json_string(d, k, rec->arena);
		size_t n = st->names.n, i = map_add(&st->names, name), g;

		if (i == NAMES_MAX)
			return err_set(e, ERR_DATA, "map.limit",
			    "more than %d names", NAMES_MAX);
		if (i >= st->cap) {
			st->cap = st->cap != 0 ? st->cap * 2 : 64;
			st->seen = mem_realloc(st->seen,
			    st->cap * sizeof *st->seen);
		}
		if (i == n) {
			g = map_find(&st->gold.names, name);
			st->seen[i] = (struct seen){.standing = NEW,
			    .target = RECON_NONE};
			if (g != MAP_NONE) {
				st->seen[i].standing = GOLD;
				st->seen[i].target = (uint32_t)g;
				st->seen[i].confidence = RECON_CERTAIN;
			}
		}
		*news |= st->seen[i].standing == NEW;
		meet(st, (uint32_t)i, rec, k + 1);
		st->now = room(st->now, st->nnow, &st->cap_now);
		st->now[st->nnow++] = (uint32_t)i;
	}
	return 0;
}

/* Which names of the last record are not in this one? */
static void
miss(struct state *st, uint64_t line)
{
	uint32_t *list = st->before;
	size_t cap = st->cap_before;

	for (size_t i = 0; i < st->nbefore; i++) {
		struct seen *s = &st->seen[st->before[i]];

		if (s->last != st->record && s->gone == 0)
			s->gone = line;
	}
	st->before = st->now;
	st->nbefore = st->nnow;
	st->cap_before = st->cap_now;
	st->now = list;
	st->cap_now = cap;
}

static const char *const standings[] = {"new", "gold", "applied", "queued",
    "alone"};

/* The decision about a name, for the log. */
static int
log_decision(struct state *st, uint32_t i, const struct prog_record *rec,
    struct err *e)
{
	const struct seen *s = &st->seen[i];
	struct buf text = {0}, number = {0};
	struct json_w w = {.out = &text};
	int rc;

	if (!prog_has_store(st->p))
		return 0;
	num_put_double(&number, s->confidence / (double)RECON_CERTAIN);
	json_w_object(&w);
	json_w_member(&w, "type", STR("rap/decision/1"));
	json_w_member(&w, "by", STR("rap-map"));
	json_w_member(&w, "source", map_key(&st->names, i));
	if (s->target != RECON_NONE)
		json_w_member(&w, "target",
		    st->gold.fields[s->target].name);
	json_w_member(&w, "confidence", buf_view(&number));
	json_w_member(&w, "decision", str_of(standings[s->standing]));
	json_w_member(&w, "input", str_of(rec->source));
	json_w_member_u64(&w, "line", rec->number);
	json_w_end(&w);
	/* The braces are the log's own. */
	text.len--;
	memmove(text.p, text.p + 1, --text.len);
	rc = prog_log(st->p, &text, e);
	buf_free(&text);
	buf_free(&number);
	return rc;
}

/* What the record shows of each of its members, for the matcher. */
static void
gather(struct state *st, const struct prog_record *rec,
    struct recon_source *sources)
{
	const struct json_doc *d = rec->doc;
	struct recon_profile *p = arena_array(rec->arena, st->nnow,
	    sizeof *p);
	uint32_t k = 1;

	for (size_t i = 0; i < st->nnow; i++, k = d->nodes[k + 1].next) {
		recon_profile_add(&p[i], d, k + 1);
		sources[i].name = json_string(d, k, rec->arena);
		sources[i].values = &p[i];
	}
}

/* What was decided before, and what people said. */
static size_t
pin_all(struct state *st, const struct recon_source *sources,
    struct recon_pin *pins)
{
	size_t n = 0;

	for (size_t i = 0; i < st->nnow; i++) {
		const struct seen *s = &st->seen[st->now[i]];
		uint32_t at = (uint32_t)i;

		if (s->standing == NEW)
			n += people_pins(&st->gold, sources[i].name, at,
			    pins + n);
		else if (s->standing == GOLD || s->standing == APPLIED)
			pins[n++] = (struct recon_pin){at, s->target, false};
		else
			pins[n++] = (struct recon_pin){at, RECON_NONE, false};
	}
	return n;
}

static int
settle(struct state *st, const struct prog_record *rec,
    const struct recon_result *r, struct err *e)
{
	for (size_t i = 0; i < st->nnow; i++) {
		struct seen *s = &st->seen[st->now[i]];
		const struct recon_choice *c = &r->matches[i].best;

		if (s->standing != NEW)
			continue;
		s->standing = ALONE;
		if (c->target != RECON_NONE &&
		    c->confidence >= st->gold.review) {
			s->target = c->target;
			s->confidence = c->confidence;
			s->standing = c->confidence >= st->gold.accept ?
			    APPLIED : QUEUED;
		}
		if (log_decision(st, st->now[i], rec, e) != 0)
			return -1;
	}
	return 0;
}

/* Decide about the names that are new. */
static int
decide(struct state *st, const struct prog_record *rec, struct err *e)
{
	struct recon_source *sources = arena_array(rec->arena, st->nnow,
	    sizeof *sources);
	struct recon_pin *pins;
	struct recon_query q = {.sources = sources, .n = st->nnow,
	    .least = st->gold.review != 0 ? st->gold.review : 1};
	struct recon_result r;
	size_t room_for = 0;
	int rc;

	gather(st, rec, sources);
	for (size_t i = 0; i < st->nnow; i++)
		room_for += people_count(&st->gold, sources[i].name) + 2;
	pins = arena_array(rec->arena, room_for, sizeof *pins);
	q.pins = pins;
	q.npins = pin_all(st, sources, pins);
	rc = recon_match(st->gold.target, &q, &r, e);
	if (rc == 0)
		rc = settle(st, rec, &r, e);
	recon_result_free(&r);
	return rc;
}

/* Does a have the better claim to their target than b? */
static bool
beats(const struct seen *a, const struct seen *b)
{
	if (a->standing != b->standing)
		return a->standing == GOLD;
	return a->confidence > b->confidence;
}

/* Find who gets each target: in one record only one.  Anything to rename? */
static bool
elect(struct state *st)
{
	bool any = false;

	for (size_t i = 0; i < st->nnow; i++) {
		const struct seen *s = &st->seen[st->now[i]];

		if (s->standing != GOLD && s->standing != APPLIED)
			continue;
		any |= s->standing == APPLIED;
		if (st->won[s->target] == st->record && !beats(s,
		    &st->seen[st->now[st->winner[s->target]]]))
			continue;
		st->won[s->target] = st->record;
		st->winner[s->target] = (uint32_t)i;
	}
	return any;
}

/* The line with the names that won replaced; all else as it is. */
static void
rewrite(struct state *st, const struct prog_record *rec, struct buf *out)
{
	const struct json_doc *d = rec->doc;
	uint32_t k = 1, from = 0;

	for (size_t i = 0; i < st->nnow; i++, k = d->nodes[k + 1].next) {
		const struct seen *s = &st->seen[st->now[i]];
		const struct json_node *name = &d->nodes[k];

		if (s->standing != APPLIED || st->winner[s->target] != i)
			continue;
		buf_put(out, rec->line.p + from, name->off - from);
		json_put_string(out, st->gold.fields[s->target].name);
		from = name->off + name->len;
	}
	buf_put(out, rec->line.p + from, rec->line.len - from);
	buf_putc(out, '\n');
}

static enum prog_verdict
reconcile(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct state *st = shared;
	bool news;

	(void)worker;
	st->record++;
	if (list_names(st, rec, &news, e) != 0)
		return PROG_STOP;
	if (news && decide(st, rec, e) != 0)
		return PROG_STOP;
	if (elect(st))
		rewrite(st, rec, out->lines);
	else {
		buf_str(out->lines, rec->line);
		buf_putc(out->lines, '\n');
	}
	++*out->written;
	miss(st, rec->number);
	return PROG_PASS;
}

static void
put_drift(struct json_w *w, const struct state *st, const char *kind,
    size_t i)
{
	json_w_object(w);
	json_w_member(w, "kind", str_of(kind));
	json_w_member(w, "source", map_key(&st->names, i));
}

static void
end_drift(struct json_w *w, uint64_t line, uint64_t count)
{
	json_w_member_u64(w, "line", line);
	json_w_member_u64(w, "count", count);
	json_w_end(w);
	buf_putc(w->out, '\n');
}

/* What happened to one name. */
static void
report(const struct state *st, size_t i, struct buf *out)
{
	const struct seen *s = &st->seen[i];
	struct json_w w = {.out = out};

	if (s->standing == APPLIED || s->standing == QUEUED) {
		put_drift(&w, st, "renamed", i);
		json_w_member(&w, "target", st->gold.fields[s->target].name);
		json_w_name(&w, STR("confidence"));
		put_confidence(&w, s->confidence);
		json_w_member(&w, "status", str_of(standings[s->standing]));
		end_drift(&w, s->first, s->count);
	} else if (s->standing == ALONE) {
		put_drift(&w, st, "new", i);
		end_drift(&w, s->first, s->count);
	}
	if (s->gone != 0) {
		put_drift(&w, st, "vanished", i);
		end_drift(&w, s->gone, st->record - s->since + 1 - s->count);
	}
	if (s->changes != 0) {
		put_drift(&w, st, "type changed", i);
		json_w_member(&w, "from", str_of(json_type_name(s->type)));
		json_w_member(&w, "to", str_of(json_type_name(s->other)));
		end_drift(&w, s->changed, s->changes);
	}
}

/* "mapping": for the stage record; its numbers must be integers. */
static void
describe(const struct state *st, struct buf *out)
{
	struct json_w w = {.out = out};
	struct buf number = {0};

	buf_puts(out, "\"mapping\":");
	json_w_array(&w);
	for (size_t i = 0; i < st->names.n; i++) {
		const struct seen *s = &st->seen[i];

		if (s->standing != APPLIED)
			continue;
		buf_clear(&number);
		num_put_double(&number,
		    s->confidence / (double)RECON_CERTAIN);
		json_w_object(&w);
		json_w_member(&w, "to", st->gold.fields[s->target].name);
		json_w_member(&w, "from", map_key(&st->names, i));
		json_w_member(&w, "confidence", buf_view(&number));
		json_w_end(&w);
	}
	json_w_end(&w);
	buf_free(&number);
}

static int
finish(struct state *st, const char *drift, struct err *e)
{
	struct buf out = {0};
	int rc = 0;

	describe(st, &st->p->extra);
	for (size_t i = 0; i < st->names.n && drift != NULL; i++)
		report(st, i, &out);
	if (drift != NULL)
		rc = io_publish(drift, 0666, out.p, out.len, e);
	buf_free(&out);
	return rc;
}

/* Fields that wait for an answer are told of. */
static void
warn_queued(struct state *st)
{
	struct err e = {0};
	size_t n = 0;

	for (size_t i = 0; i < st->names.n; i++)
		n += st->seen[i].standing == QUEUED;
	if (n == 0)
		return;
	err_set(&e, ERR_OK, "map.review", "%zu name%s left as %s for review",
	    n, n == 1 ? " was" : "s were", n == 1 ? "it is" : "they are");
	err_hint(&e, "see --propose and --decide");
	prog_warn(st->p, &e);
}

int
recon_stream(struct prog *p, const struct recon_args *a, struct err *e)
{
	struct prog_filter filter = {.needs_object = true,
	    .record = reconcile};
	struct state st = {.p = p};
	int rc = gold_load(&st.gold, p, a, e);

	if (rc == 0) {
		st.winner = mem_array(st.gold.n, sizeof *st.winner);
		st.won = mem_array(st.gold.n, sizeof *st.won);
		p->opt.jobs = 1;
		rc = prog_records(p, &filter, &st, NULL, e);
	}
	if (rc == 0) {
		rc = finish(&st, a->drift, e);
		warn_queued(&st);
	}
	map_free(&st.names);
	mem_free(st.seen);
	mem_free(st.now);
	mem_free(st.before);
	mem_free(st.winner);
	mem_free(st.won);
	gold_free(&st.gold);
	return rc;
}
