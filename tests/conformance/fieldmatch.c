/*
 * fieldmatch TABLES.ndjson LEXICON.yaml...: match the labelled tables with the
 * defaults; print precision (P), recall (R), F1 and the false-map rate (FMR:
 * sources that are nothing in the target and were given one) over a sweep of
 * thresholds, how well a confidence says the chance, and the time of a field.
 * Ends with status 1 below the targets.  -v prints each table and each wrong
 * match.  The form of the tables: {domain, target[], source[{name, values}],
 * gold{source: target or null}}.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "json/json.h"
#include "recon/recon.h"

enum { STEPS = 13, BINS = 6 };

struct tally {
	unsigned accepted, correct, pairs, nulls, mapped_nulls;
};

struct run {
	const struct recon_lexicon *lex;
	bool verbose;
	struct tally at[STEPS];	 /* by threshold */
	struct tally table;	 /* the one at hand, all matches */
	unsigned bin[BINS], right[BINS];
	unsigned fields;
	double seconds;
};

/* In ten-thousandths: all matches, then what a --accept would be. */
static const uint32_t steps[STEPS] = {RECON_REVIEW, 5000, 5500, 6000, 6500,
    7000, 7500, 8000, RECON_ACCEPT, 9000, 9500, 9800, 9900};

static void
die(const struct err *e)
{
	fprintf(stderr, "fieldmatch: %s:%zu: %s [%s]\n", e->source, e->line,
	    e->msg, e->id);
	exit(70);
}

static void
load_lexicon(struct recon_lexicon *l, const char *path)
{
	struct buf b = {0};
	struct conf c = {0};
	struct err e;

	if (io_load(path, &b, &e) != 0 ||
	    conf_parse(&c, b.p, b.len, &e) != 0 ||
	    recon_lexicon_add(l, &c, &e) != 0) {
		err_source(&e, path);
		die(&e);
	}
	conf_free(&c);
	buf_free(&b);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Add one source's outcome to the tallies; gold is its target or NONE. */
static void
count(struct run *r, const struct recon_choice *got, uint32_t gold)
{
	bool hit = got->target != RECON_NONE && got->target == gold;

	for (size_t i = 0; i <= STEPS; i++) {
		struct tally *t = i < STEPS ? &r->at[i] : &r->table;
		bool taken = got->target != RECON_NONE &&
		    (i == STEPS || got->confidence >= steps[i]);

		t->pairs += gold != RECON_NONE;
		t->nulls += gold == RECON_NONE;
		t->accepted += taken;
		t->correct += taken && hit;
		t->mapped_nulls += taken && gold == RECON_NONE;
	}
	if (got->target != RECON_NONE) {
		size_t b = (got->confidence - 4000) / 1000;

		r->bin[b < BINS ? b : BINS - 1]++;
		r->right[b < BINS ? b : BINS - 1] += hit;
	}
}

static void
print_tally(const struct tally *t)
{
	double p = t->accepted != 0 ? (double)t->correct / t->accepted : 0;
	double q = t->pairs != 0 ? (double)t->correct / t->pairs : 0;

	printf("P %.3f  R %.3f  F1 %.3f  FMR %.3f\n", p, q,
	    p + q > 0 ? 2 * p * q / (p + q) : 0,
	    t->nulls != 0 ? (double)t->mapped_nulls / t->nulls : 0);
}

/* One table of the file, parsed. */
struct table {
	struct json_doc *d;
	struct arena mem;
	struct recon_field *fields;
	size_t nfields;
	struct recon_source *sources;
	size_t nsources;
	uint32_t gold; /* node of the object */
};

static void
read_table(struct table *t)
{
	const struct json_doc *d = t->d;
	uint32_t target = json_member(d, 0, STR("target"));
	uint32_t source = json_member(d, 0, STR("source"));
	struct recon_profile *p;
	size_t i = 0;

	t->gold = json_member(d, 0, STR("gold"));
	t->nfields = json_count(d, target);
	t->nsources = json_count(d, source);
	t->fields = arena_array(&t->mem, t->nfields, sizeof *t->fields);
	t->sources = arena_array(&t->mem, t->nsources, sizeof *t->sources);
	p = arena_array(&t->mem, t->nsources, sizeof *p);
	for (uint32_t k = target + 1; k < d->nodes[target].next; k++)
		t->fields[i++].name = json_string(d, k, &t->mem);
	i = 0;
	for (uint32_t k = source + 1; k < d->nodes[source].next;
	     k = d->nodes[k].next, i++) {
		uint32_t v = json_member(d, k, STR("values"));

		t->sources[i].name = json_string(d, json_member(d, k,
		    STR("name")), &t->mem);
		t->sources[i].values = &p[i];
		for (uint32_t x = v + 1; x < d->nodes[v].next;
		     x = d->nodes[x].next)
			recon_profile_add(&p[i], d, x);
	}
}

static uint32_t
gold_of(const struct table *t, size_t source)
{
	uint32_t v = json_member(t->d, t->gold, t->sources[source].name);

	if (v == JSON_NONE || json_type(t->d, v) != JSON_STRING)
		return RECON_NONE;
	for (size_t j = 0; j < t->nfields; j++)
		if (json_string_is(t->d, v, t->fields[j].name))
			return (uint32_t)j;
	return RECON_NONE;
}

static const char *
name_of(const struct table *t, uint32_t target, struct arena *mem)
{
	return target == RECON_NONE ? "nothing" :
	    arena_str(mem, t->fields[target].name).p;
}

static void
match_table(struct run *r, struct table *t)
{
	struct recon_query q = {.sources = t->sources, .n = t->nsources};
	struct recon_target *target;
	struct recon_result res;
	struct err e;
	double from = now();

	target = recon_target_new(r->lex, t->fields, t->nfields, &e);
	if (target == NULL || recon_match(target, &q, &res, &e) != 0)
		die(&e);
	r->seconds += now() - from;
	r->fields += (unsigned)t->nsources;
	r->table = (struct tally){0};
	for (size_t i = 0; i < t->nsources; i++) {
		const struct recon_choice *got = &res.matches[i].best;
		uint32_t gold = gold_of(t, i);

		count(r, got, gold);
		if (r->verbose && got->target != gold)
			printf("  %s is %s, not %s (%.2f)\n",
			    arena_str(&t->mem, t->sources[i].name).p,
			    name_of(t, gold, &t->mem),
			    name_of(t, got->target, &t->mem),
			    got->confidence / 1e4);
	}
	recon_result_free(&res);
	recon_target_free(target);
}

static void
run_file(struct run *r, const char *path)
{
	struct buf b = {0};
	struct json_doc d = {0};
	struct err e;

	if (io_load(path, &b, &e) != 0)
		die(&e);
	for (size_t at = 0, end; at < b.len; at = end + 1) {
		struct table t = {.d = &d};
		const char *nl = memchr(b.p + at, '\n', b.len - at);

		end = nl != NULL ? (size_t)(nl - b.p) : b.len;
		if (json_parse(&d, b.p + at, end - at, &e) != 0) {
			err_source(&e, path);
			die(&e);
		}
		read_table(&t);
		match_table(r, &t);
		if (r->verbose) {
			struct str s = json_string(&d, json_member(&d, 0,
			    STR("domain")), &t.mem);

			printf("%-28.*s ", (int)s.len, s.p);
			print_tally(&r->table);
		}
		arena_free(&t.mem);
	}
	json_free(&d);
	buf_free(&b);
}

static bool
below(const char *what, double got, double want, bool most)
{
	bool bad = most ? got > want : got < want;

	if (bad)
		printf("failed: %s is %.3f, must be at %s %.2f\n", what, got,
		    most ? "most" : "least", want);
	return bad;
}

/* The targets of the defaults. */
static int
verdict(const struct run *r)
{
	const struct tally *all = &r->at[0], *a = NULL;
	double p, q;
	bool bad;

	for (size_t i = 0; i < STEPS; i++)
		if (steps[i] == RECON_ACCEPT)
			a = &r->at[i];
	p = (double)all->correct / all->accepted;
	q = (double)all->correct / all->pairs;
	bad = below("F1", 2 * p * q / (p + q), 0.85, false);
	bad |= below("false-map rate", (double)all->mapped_nulls / all->nulls,
	    0.08, true);
	bad |= below("precision at accept", (double)a->correct / a->accepted,
	    0.97, false);
	bad |= below("recall at accept", (double)a->correct / a->pairs, 0.45,
	    false);
	return bad;
}

int
main(int argc, char **argv)
{
	struct recon_lexicon *l = recon_lexicon_new();
	struct run r = {.lex = l};
	int i = 1;

	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		r.verbose = true;
		i++;
	}
	if (argc - i < 2) {
		fprintf(stderr, "usage: fieldmatch [-v] TABLES LEXICON...\n");
		return 64;
	}
	for (int k = i + 1; k < argc; k++)
		load_lexicon(l, argv[k]);
	run_file(&r, argv[i]);
	for (size_t k = 0; k < STEPS; k++) {
		printf("confidence >= %.2f  ", steps[k] / 1e4);
		print_tally(&r.at[k]);
	}
	for (size_t b = 0; b < BINS; b++)
		if (r.bin[b] != 0)
			printf("confidence 0.%zu0-0.%zu9: %u of %u right "
			    "(%.2f)\n", b + 4, b + 4, r.right[b], r.bin[b],
			    (double)r.right[b] / r.bin[b]);
	printf("%u fields, %.1f us a field\n", r.fields,
	    r.seconds / r.fields * 1e6);
	recon_lexicon_free(l);
	return verdict(&r);
}
