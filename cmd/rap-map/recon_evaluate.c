#include "recon_gold.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/write.h"
#include "num/num.h"
#include "prog/prog.h"

/*
 * --evaluate GOLD.  A line of GOLD is a labelled table,
 *
 *	{"domain", "target": [name], "source": [{"name", "values": []}],
 *	 "gold": {source: target or null}}
 *
 * which is matched here; or one answer, {"source", "target": name or null},
 * with which the proposals of the operands are compared.
 */

enum { STEPS = 24 };

struct score {
	uint64_t accepted, correct, pairs, nulls, mapped;
};

struct exam {
	struct prog *p;
	const struct recon_args *a;
	struct gold words; /* lexicon and thresholds */
	struct score at[STEPS];
	uint32_t steps[STEPS]; /* rising; nsteps of them */
	size_t nsteps;
	struct map answers; /* sources */
	struct map targets;
	uint32_t *target; /* of an answer: in targets, or RECON_NONE */
	size_t cap;
	bool *asked; /* a proposal was seen */
	struct buf out;
};

/* Count one source: what it was given, and what is right. */
static void
count(struct exam *x, uint32_t confidence, bool given, bool right, bool pair)
{
	for (size_t i = 0; i < x->nsteps; i++) {
		struct score *s = &x->at[i];
		bool taken = given && confidence >= x->steps[i];

		s->accepted += taken;
		s->correct += taken && right;
		s->pairs += pair;
		s->nulls += !pair;
		s->mapped += taken && !pair;
	}
}

/* One table, for as long as it is matched. */
struct table {
	const struct json_doc *d;
	struct arena mem;
	struct recon_field *fields;
	struct recon_source *sources;
	size_t nfields, nsources;
	uint32_t gold; /* node */
};

static int
table_error(struct err *e, const char *what)
{
	return err_set(e, ERR_CONFIG, "map.gold", "a table needs %s", what);
}

static int
read_targets(struct table *t, struct err *e)
{
	const struct json_doc *d = t->d;
	uint32_t list = json_member(d, 0, STR("target"));

	if (list == JSON_NONE || json_type(d, list) != JSON_ARRAY)
		return table_error(e, "target, a list of names");
	t->fields = arena_array(&t->mem, json_count(d, list),
	    sizeof *t->fields);
	for (uint32_t k = list + 1; k < d->nodes[list].next;
	     k = d->nodes[k].next) {
		if (json_type(d, k) != JSON_STRING)
			return table_error(e, "target, a list of names");
		t->fields[t->nfields++].name = json_string(d, k, &t->mem);
	}
	return 0;
}

static int
read_sources(struct table *t, struct err *e)
{
	const struct json_doc *d = t->d;
	uint32_t list = json_member(d, 0, STR("source"));
	struct recon_profile *p;

	t->gold = json_member(d, 0, STR("gold"));
	if (list == JSON_NONE || json_type(d, list) != JSON_ARRAY ||
	    t->gold == JSON_NONE || json_type(d, t->gold) != JSON_OBJECT)
		return table_error(e, "source, a list, and gold, an object");
	t->sources = arena_array(&t->mem, json_count(d, list),
	    sizeof *t->sources);
	for (uint32_t k = list + 1; k < d->nodes[list].next;
	     k = d->nodes[k].next) {
		uint32_t name = json_type(d, k) == JSON_OBJECT ?
		    json_member(d, k, STR("name")) : k;
		uint32_t v = name == k || name == JSON_NONE ? JSON_NONE :
		    json_member(d, k, STR("values"));

		if (name == JSON_NONE || json_type(d, name) != JSON_STRING)
			return table_error(e, "a name for each source");
		p = arena_zalloc(&t->mem, sizeof *p);
		t->sources[t->nsources++] = (struct recon_source){
		    json_string(d, name, &t->mem), p, 0};
		for (uint32_t i = v == JSON_NONE ? 0 : v + 1;
		     v != JSON_NONE && i < d->nodes[v].next;
		     i = d->nodes[i].next)
			recon_profile_add(p, d, i);
	}
	return 0;
}

/* The line of predictions of a table. */
static void
put_matches(struct exam *x, const struct table *t,
    const struct recon_result *r)
{
	struct json_w w = {.out = &x->out};
	uint32_t domain = json_member(t->d, 0, STR("domain"));

	json_w_object(&w);
	if (domain != JSON_NONE) {
		json_w_name(&w, STR("domain"));
		json_w_raw(&w, json_raw(t->d, domain));
	}
	json_w_name(&w, STR("matches"));
	json_w_array(&w);
	for (size_t i = 0; i < t->nsources; i++) {
		const struct recon_choice *c = &r->matches[i].best;

		if (c->target == RECON_NONE)
			continue;
		json_w_object(&w);
		json_w_member(&w, "source", t->sources[i].name);
		json_w_member(&w, "target", t->fields[c->target].name);
		json_w_name(&w, STR("confidence"));
		put_confidence(&w, c->confidence);
		json_w_end(&w);
	}
	json_w_end(&w);
	json_w_end(&w);
	buf_putc(&x->out, '\n');
}

static void
mark(struct exam *x, const struct table *t, const struct recon_result *r)
{
	for (size_t i = 0; i < t->nsources; i++) {
		const struct recon_choice *c = &r->matches[i].best;
		uint32_t v = json_member(t->d, t->gold, t->sources[i].name);
		bool pair = v != JSON_NONE &&
		    json_type(t->d, v) == JSON_STRING;
		bool given = c->target != RECON_NONE;
		bool right = pair && given && json_string_is(t->d, v,
		    t->fields[c->target].name);

		count(x, c->confidence, given, right, pair);
	}
}

static int
match_table(struct exam *x, const struct json_doc *d, struct err *e)
{
	struct table t = {.d = d};
	struct recon_target *target = NULL;
	struct recon_result r = {0};
	struct recon_query q = {.least = x->words.review != 0 ?
	    x->words.review : 1};
	int rc = read_targets(&t, e) != 0 || read_sources(&t, e) != 0 ? -1 : 0;

	if (rc == 0) {
		target = recon_target_new(x->words.lex, t.fields, t.nfields,
		    e);
		rc = target != NULL ? 0 : -1;
	}
	if (rc == 0) {
		q.sources = t.sources;
		q.n = t.nsources;
		rc = recon_match(target, &q, &r, e);
	}
	if (rc == 0) {
		if (x->a->propose)
			put_matches(x, &t, &r);
		mark(x, &t, &r);
	}
	recon_result_free(&r);
	recon_target_free(target);
	arena_free(&t.mem);
	return rc;
}

/* Call each for every line of a file. */
static int
each_line(struct exam *x, const char *path, const struct buf *b,
    int (*each)(struct exam *, const struct json_doc *, struct err *),
    struct err *e)
{
	struct json_doc d = {0};
	size_t line = 0;
	int rc = 0;

	for (size_t at = 0, end; at < b->len && rc == 0; at = end + 1) {
		const char *nl = memchr(b->p + at, '\n', b->len - at);

		end = nl != NULL ? (size_t)(nl - b->p) : b->len;
		line++;
		if (end == at)
			continue;
		rc = json_parse(&d, b->p + at, end - at, e);
		if (rc == 0 && json_type(&d, 0) != JSON_OBJECT)
			rc = err_set(e, ERR_CONFIG, "map.gold",
			    "a line must be an object");
		if (rc == 0)
			rc = each(x, &d, e);
		if (rc != 0) {
			e->line = line;
			err_source(e, path);
		}
	}
	json_free(&d);
	return rc;
}

/* {"source","target"} of an answer or a proposal; target may be null. */
static int
read_pair(const struct json_doc *d, struct arena *mem, struct str *source,
    struct str *target, struct err *e)
{
	uint32_t s = json_member(d, 0, STR("source"));
	uint32_t t = json_member(d, 0, STR("target"));

	if (s == JSON_NONE || json_type(d, s) != JSON_STRING ||
	    t == JSON_NONE || (json_type(d, t) != JSON_STRING &&
	    json_type(d, t) != JSON_NULL))
		return err_set(e, ERR_CONFIG, "map.gold",
		    "an answer needs source and target");
	*source = json_string(d, s, mem);
	*target = json_type(d, t) == JSON_NULL ? (struct str){NULL, 0} :
	    json_string(d, t, mem);
	return 0;
}

static int
read_answer(struct exam *x, const struct json_doc *d, struct err *e)
{
	struct arena mem = {0};
	struct str source, target;
	size_t n = x->answers.n, i;
	int rc = read_pair(d, &mem, &source, &target, e);

	if (rc == 0) {
		i = map_add(&x->answers, source);
		if (i < n)
			rc = err_set(e, ERR_CONFIG, "map.gold",
			    "two answers for one source");
		if (i >= x->cap) {
			x->cap = x->cap != 0 ? x->cap * 2 : 64;
			x->target = mem_realloc(x->target,
			    x->cap * sizeof *x->target);
		}
		x->target[i] = target.p == NULL ? RECON_NONE :
		    (uint32_t)map_add(&x->targets, target);
	}
	arena_free(&mem);
	return rc;
}

static int
read_proposal(struct exam *x, const struct json_doc *d, struct err *e)
{
	struct arena mem = {0};
	struct str source, target;
	uint32_t c = json_member(d, 0, STR("confidence"));
	double confidence = 0;
	size_t i;
	int rc = read_pair(d, &mem, &source, &target, e);

	if (rc == 0 && (c == JSON_NONE || json_type(d, c) != JSON_NUMBER ||
	    num_to_double(json_raw(d, c), &confidence, e) != 0 ||
	    !(confidence >= 0 && confidence <= 1)))
		rc = err_set(e, ERR_CONFIG, "map.gold",
		    "a proposal needs a confidence from 0 to 1");
	i = rc == 0 ? map_find(&x->answers, source) : MAP_NONE;
	if (i != MAP_NONE && !x->asked[i]) {
		bool pair = x->target[i] != RECON_NONE;

		x->asked[i] = true;
		count(x, (uint32_t)(confidence * RECON_CERTAIN + 0.5),
		    target.p != NULL, pair && target.p != NULL &&
		    str_eq(map_key(&x->targets, x->target[i]), target), pair);
	}
	arena_free(&mem);
	return rc;
}

/* Is the first line a table? */
static bool
is_tables(const struct buf *b)
{
	struct json_doc d = {0};
	const char *nl = memchr(b->p, '\n', b->len);
	struct err e;
	bool yes = json_parse(&d, b->p, nl != NULL ? (size_t)(nl - b->p) :
	    b->len, &e) == 0 && json_type(&d, 0) == JSON_OBJECT &&
	    json_member(&d, 0, STR("gold")) != JSON_NONE;

	json_free(&d);
	return yes;
}

static void
put_ratio(struct json_w *w, const char *name, uint64_t a, uint64_t b)
{
	struct buf text = {0};

	json_w_name(w, str_of(name));
	if (b == 0) {
		json_w_null(w);
	} else {
		num_put_double(&text,
		    (double)(a * 10000 / b) / 10000);
		json_w_raw(w, buf_view(&text));
	}
	buf_free(&text);
}

static void
put_scores(struct exam *x)
{
	for (size_t i = 0; i < x->nsteps; i++) {
		const struct score *s = &x->at[i];
		struct json_w w = {.out = &x->out};

		json_w_object(&w);
		json_w_name(&w, STR("threshold"));
		put_confidence(&w, x->steps[i]);
		if (x->steps[i] == x->words.review)
			json_w_member(&w, "use", STR("review"));
		if (x->steps[i] == x->words.accept)
			json_w_member(&w, "use", STR("accept"));
		json_w_member_u64(&w, "accepted", s->accepted);
		json_w_member_u64(&w, "correct", s->correct);
		json_w_member_u64(&w, "pairs", s->pairs);
		json_w_member_u64(&w, "nulls", s->nulls);
		put_ratio(&w, "precision", s->correct, s->accepted);
		put_ratio(&w, "recall", s->correct, s->pairs);
		/* 2PR / (P + R) in whole numbers */
		put_ratio(&w, "f1", 2 * s->correct, s->accepted + s->pairs);
		put_ratio(&w, "false_map_rate", s->mapped, s->nulls);
		json_w_end(&w);
		buf_putc(&x->out, '\n');
	}
}

static void
add_step(struct exam *x, uint32_t step)
{
	size_t i = x->nsteps;

	for (size_t k = 0; k < x->nsteps; k++)
		if (x->steps[k] == step)
			return;
	for (; i > 0 && x->steps[i - 1] > step; i--)
		x->steps[i] = x->steps[i - 1];
	x->steps[i] = step;
	x->nsteps++;
}

/* The thresholds of the sweep: review, accept, and steps above review. */
static void
plan_steps(struct exam *x)
{
	add_step(x, x->words.review);
	add_step(x, x->words.accept);
	for (uint32_t step = 500; step < RECON_CERTAIN; step += 500)
		if (step > x->words.review)
			add_step(x, step);
}

static int
grade(struct exam *x, const struct buf *gold, struct err *e)
{
	const struct cli_list *files = &x->p->operands;
	int rc = each_line(x, x->a->evaluate, gold, read_answer, e);

	x->asked = mem_array(x->answers.n + 1, sizeof *x->asked);
	if (rc == 0 && files->n == 0)
		rc = err_set(e, ERR_USAGE, "usage.missing",
		    "--evaluate needs the proposals to compare");
	for (size_t i = 0; i < files->n && rc == 0; i++) {
		struct buf b = {0};

		rc = io_load(files->item[i], &b, e);
		if (rc == 0)
			rc = each_line(x, files->item[i], &b, read_proposal,
			    e);
		buf_free(&b);
	}
	/* What nobody proposed anything for is unmapped. */
	for (size_t i = 0; i < x->answers.n && rc == 0; i++)
		if (!x->asked[i])
			count(x, 0, false, false, x->target[i] != RECON_NONE);
	return rc;
}

int
recon_evaluate(struct prog *p, const struct recon_args *a, struct err *e)
{
	struct exam x = {.p = p, .a = a};
	struct buf gold = {0};
	int rc = gold_words(&x.words, p, a, e);

	if (rc == 0)
		rc = prog_load(p, "", a->evaluate, &gold, NULL, e);
	plan_steps(&x);
	if (rc == 0 && gold.len != 0)
		rc = is_tables(&gold) ?
		    each_line(&x, a->evaluate, &gold, match_table, e) :
		    grade(&x, &gold, e);
	if (rc == 0 && !a->propose)
		put_scores(&x);
	if (rc == 0)
		rc = prog_write(p, x.out.p, x.out.len, e);
	buf_free(&gold);
	buf_free(&x.out);
	map_free(&x.answers);
	map_free(&x.targets);
	mem_free(x.target);
	mem_free(x.asked);
	gold_free(&x.words);
	return rc;
}
