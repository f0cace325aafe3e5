#include "trial.h"

#include "base/mem.h"
#include "check.h"
#include "flow.h"
#include "read.h"
#include "schema/schema.h"

/*
 * --check by example: records that the input's schema allows go through the
 * steps, and what comes out is held against the output's.  A finding is a
 * fact: the record that is shown does it.
 */
enum {
	REPAIRS = 400,
	MIXED = 500,  /* records of choices by chance, the same each time */
	WORK = 16 << 20, /* bytes of records that are made, about */
	ERRORS = 16
};

/* The record of t->text through the steps. */
static void
try(struct trial *t)
{
	const struct chain *chain = t->c->chain;
	bool stop = false;
	struct err e;

	buf_clear(&t->lines);
	if (flow_record(t->flow, &t->record, &t->lines, &stop, &e) < 0) {
		trial_error(t, &e);
		return;
	}
	t->c->step = &chain->steps[chain->nsteps - 1];
	t->c->fields = read_key(t->c->step, t->c->step->root, "fields");
	if (t->out == NULL)
		return;
	for (size_t at = 0; at < t->lines.len;) {
		const char *lf = memchr(t->lines.p + at, '\n',
		    t->lines.len - at);
		size_t n = (size_t)(lf - t->lines.p) - at;

		trial_line(t, (struct str){t->lines.p + at, n});
		at += n + 1;
	}
}

/* Make the record: does the input's schema allow it?  errors as there. */
static bool
make_valid(struct trial *t, struct schema_error *errors, size_t *n)
{
	struct err none;

	if (t->work > WORK)
		return false;
	buf_clear(&t->text);
	sample_make(&t->s, &t->text);
	t->work += t->text.len;
	return !t->text.over && json_parse(&t->record, t->text.p, t->text.len,
	    &none) == 0 && schema_check(t->in, t->in_run, &t->record, 0,
	    errors, errors != NULL ? ERRORS : 0, n, &none) == 1;
}

/* Choose something else where the schema objects, or above it. */
static bool
repair_one(struct trial *t, const struct schema_error *x)
{
	struct buf path = {0};
	bool done = false;

	json_pointer_of(&t->record, x->instance, &path);
	while (!done && path.len != 0) {
		struct sample_place *p = sample_at(&t->s, buf_view(&path));

		if (p != NULL && p->choice + 1 < p->n) {
			p->choice++;
			done = true;
		} else if (p != NULL && p->optional && !p->absent) {
			p->absent = true;
			done = true;
		} else {
			while (path.len != 0 && path.p[--path.len] != '/')
				;
		}
	}
	buf_free(&path);
	return done;
}

static bool
repair(struct trial *t)
{
	struct schema_error errors[ERRORS];
	size_t n = 0;

	for (int i = 0; i < REPAIRS; i++) {
		if (make_valid(t, errors, &n))
			return true;
		if (n == 0 || !repair_one(t, &errors[0]))
			return false;
	}
	return false;
}

/* Each place with each of its alternatives, the others as they are. */
static void
vary(struct trial *t)
{
	for (size_t i = 0; i < t->s.places.n; i++) {
		struct sample_place was = t->s.place[i];

		for (uint32_t k = 0; k < was.n; k++) {
			t->s.place[i].choice = k;
			t->s.place[i].absent = false;
			if (make_valid(t, NULL, NULL))
				try(t);
		}
		t->s.place[i].absent = true;
		if (was.optional && make_valid(t, NULL, NULL))
			try(t);
		t->s.place[i] = was;
	}
}

/* Choices by chance: the generator of Park and Miller. */
static void
mix(struct trial *t)
{
	uint64_t x = 20240505;

	for (size_t n = 0; n < MIXED; n++) {
		for (size_t i = 0; i < t->s.places.n; i++) {
			struct sample_place *p = &t->s.place[i];

			x = x * 48271 % 2147483647;
			p->choice = p->n != 0 ? (uint32_t)(x / 7 % p->n) : 0;
			p->absent = p->optional && x % 5 == 0;
		}
		if (make_valid(t, NULL, NULL))
			try(t);
	}
}

/* Small records first: they show best. */
static void
run_samples(struct trial *t)
{
	struct sample_place full[SAMPLE_PLACES];
	bool found = repair(t);

	if (t->s.blind)
		return;
	memcpy(full, t->s.place, sizeof full);
	for (size_t i = 0; i < t->s.places.n; i++)
		t->s.place[i].absent = t->s.place[i].optional;
	if (repair(t)) {
		try(t);
		vary(t);
	}
	memcpy(t->s.place, full, sizeof full);
	if (found && make_valid(t, NULL, NULL)) {
		try(t);
		vary(t);
	}
	mix(t);
}

/* Nothing is known of the input: what does not come from it? */
static void
run_empty(struct trial *t)
{
	struct err none;

	if (t->c->chain->nsteps != 1 || t->c->chain->steps->nshapes != 0)
		return;
	buf_puts(&t->text, "{}");
	if (json_parse(&t->record, t->text.p, t->text.len, &none) == 0)
		try(t);
}

static void
trial_free(struct trial *t)
{
	flow_free(t->flow);
	schema_run_free(t->in_run);
	schema_run_free(t->out_run);
	schema_free(t->in);
	schema_free(t->out);
	sample_free(&t->s);
	json_free(&t->record);
	json_free(&t->made);
	buf_free(&t->text);
	buf_free(&t->lines);
	buf_free(&t->key);
	map_free(&t->told);
	mem_free(t);
}

/* What pivot makes hangs on other records: the steps up to one. */
static size_t
up_to_pivot(const struct chain *c)
{
	size_t n = 0;

	while (n < c->nsteps && c->steps[n++].order.kind != ORDER_PIVOT)
		;
	return n;
}

void
check_try(struct checker *c, bool in_known, bool out_known)
{
	struct trial *t;
	struct err none;
	size_t end = up_to_pivot(c->chain);

	/* Names may be others before the mapping sees them. */
	if (c->chain->nsteps == 0 || c->reconciled)
		return;
	t = mem_zalloc(sizeof *t);
	t->c = c;
	t->s.root = (struct view){&c->schema[0].doc, in_known ? 0 : JSON_NONE};
	t->text.max = t->lines.max = (size_t)1 << 20;
	/* A keyword that schema_compile refuses leaves it unknown. */
	t->in = in_known ? schema_compile(&c->schema[0].doc, 0, &none) : NULL;
	if (out_known && c->chain->steps[end - 1].order.kind != ORDER_PIVOT)
		t->out = schema_compile(&c->schema[1].doc, 0, &none);
	if (t->out != NULL)
		t->out_run = schema_run_new(t->out);
	t->flow = flow_new(c->chain, 0, end, false);
	if (t->in != NULL) {
		t->in_run = schema_run_new(t->in);
		run_samples(t);
	} else if (!in_known && t->out != NULL) {
		run_empty(t);
	}
	trial_free(t);
}
