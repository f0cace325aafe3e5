#include "recon_gold.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/json.h"

/* decisions.ndjson: append only, one answer of a person on each line. */

/* The verdict of the pair, added when it is new. */
static struct verdict *
find_verdict(struct people *p, struct str source, struct str target)
{
	uint32_t pair[2];
	size_t nsources = p->sources.n, n = p->pairs.n, at;

	pair[0] = (uint32_t)map_add(&p->sources, source);
	pair[1] = (uint32_t)map_add(&p->targets, target);
	if (pair[0] >= p->cap_first) {
		p->cap_first = p->cap_first != 0 ? p->cap_first * 2 : 64;
		p->first = mem_realloc(p->first,
		    p->cap_first * sizeof *p->first);
	}
	if (pair[0] == nsources)
		p->first[pair[0]] = RECON_NONE;
	at = map_add(&p->pairs, (struct str){(const char *)pair, sizeof pair});
	if (at < n)
		return &p->verdicts[at];
	if (at == p->cap) {
		p->cap = p->cap != 0 ? p->cap * 2 : 64;
		p->verdicts = mem_realloc(p->verdicts,
		    p->cap * sizeof *p->verdicts);
	}
	p->verdicts[at] = (struct verdict){.target = pair[1],
	    .next = p->first[pair[0]]};
	p->first[pair[0]] = (uint32_t)at;
	return &p->verdicts[at];
}

/* A member that must be there, as a string. */
static int
member_text(const struct json_doc *d, const char *name, struct arena *mem,
    struct str *out, struct err *e)
{
	uint32_t v = json_member(d, 0, str_of(name));

	if (v == JSON_NONE || json_type(d, v) != JSON_STRING)
		return err_set(e, ERR_CONFIG, "map.decision",
		    "a decision needs a string as %s", name);
	*out = json_string(d, v, mem);
	return 0;
}

static int
read_decision(struct people *p, const struct json_doc *d, struct arena *mem,
    struct err *e)
{
	struct str source, target, word;
	struct verdict *v;
	bool yes;

	if (json_type(d, 0) != JSON_OBJECT)
		return err_set(e, ERR_CONFIG, "map.decision",
		    "a decision must be an object");
	if (member_text(d, "source", mem, &source, e) != 0 ||
	    member_text(d, "target", mem, &target, e) != 0 ||
	    member_text(d, "decision", mem, &word, e) != 0)
		return -1;
	yes = str_eq(word, STR("approved")) || str_eq(word, STR("corrected"));
	if (!yes && !str_eq(word, STR("rejected"))) {
		err_set(e, ERR_CONFIG, "map.decision", "unknown decision");
		return err_hint(e, "approved, corrected or rejected");
	}
	v = find_verdict(p, source, target);
	v->yes += yes;
	v->no += !yes;
	v->last_no = !yes;
	return 0;
}

int
people_read(struct people *p, const char *text, size_t len, struct err *e)
{
	struct json_doc d = {0};
	struct arena mem = {0};
	size_t line = 0;
	int rc = 0;

	for (size_t at = 0, end; at < len && rc == 0; at = end + 1) {
		const char *nl = memchr(text + at, '\n', len - at);

		end = nl != NULL ? (size_t)(nl - text) : len;
		line++;
		if (end == at)
			continue;
		if (line > DECISIONS_MAX)
			rc = err_set(e, ERR_CONFIG, "map.limit",
			    "more than %d decisions", DECISIONS_MAX);
		else if (json_parse(&d, text + at, end - at, e) != 0)
			rc = -1;
		else
			rc = read_decision(p, &d, &mem, e);
		if (rc != 0) {
			e->code = ERR_CONFIG;
			e->line = line;
		}
		arena_reset(&mem);
	}
	json_free(&d);
	arena_free(&mem);
	return rc;
}

void
people_free(struct people *p)
{
	map_free(&p->sources);
	map_free(&p->targets);
	map_free(&p->pairs);
	mem_free(p->verdicts);
	mem_free(p->first);
	*p = (struct people){0};
}

uint32_t
people_learned(const struct gold *g, struct str source)
{
	const struct people *p = &g->people;
	size_t s = map_find(&p->sources, source), t;
	const struct verdict *top = NULL;
	uint32_t all = 0;

	if (s == MAP_NONE)
		return RECON_NONE;
	for (uint32_t i = p->first[s]; i != RECON_NONE;
	     i = p->verdicts[i].next) {
		const struct verdict *v = &p->verdicts[i];

		all += v->yes + v->no;
		if (top == NULL || v->yes >= top->yes)
			top = v;
	}
	/* At least four fifths. */
	if (top == NULL || top->yes == 0 || top->yes * 5 < all * 4)
		return RECON_NONE;
	t = map_find(&g->names, map_key(&p->targets, top->target));
	return t == MAP_NONE ? RECON_NONE : (uint32_t)t;
}

struct str
people_stray(const struct gold *g, struct str source)
{
	const struct people *p = &g->people;
	size_t s = map_find(&p->sources, source);

	if (s == MAP_NONE || people_learned(g, source) != RECON_NONE)
		return STR("");
	for (uint32_t i = p->first[s]; i != RECON_NONE;
	     i = p->verdicts[i].next) {
		const struct verdict *v = &p->verdicts[i];
		struct str target = map_key(&p->targets, v->target);

		if (v->yes != 0 && !v->last_no &&
		    map_find(&g->names, target) == MAP_NONE)
			return target;
	}
	return STR("");
}

size_t
people_count(const struct gold *g, struct str source)
{
	const struct people *p = &g->people;
	size_t s = map_find(&p->sources, source), n = 0;

	if (s == MAP_NONE)
		return 0;
	for (uint32_t i = p->first[s]; i != RECON_NONE;
	     i = p->verdicts[i].next)
		n++;
	return n;
}

size_t
people_pins(const struct gold *g, struct str source, uint32_t index,
    struct recon_pin *pins)
{
	const struct people *p = &g->people;
	size_t s = map_find(&p->sources, source), n = 0, t;
	uint32_t learned = people_learned(g, source);

	if (s == MAP_NONE)
		return 0;
	for (uint32_t i = p->first[s]; i != RECON_NONE;
	     i = p->verdicts[i].next) {
		const struct verdict *v = &p->verdicts[i];

		if (!v->last_no)
			continue;
		t = map_find(&g->names, map_key(&p->targets, v->target));
		if (t != MAP_NONE && t != learned)
			pins[n++] = (struct recon_pin){index, (uint32_t)t,
			    true};
	}
	if (learned != RECON_NONE)
		pins[n++] = (struct recon_pin){index, learned, false};
	return n;
}
