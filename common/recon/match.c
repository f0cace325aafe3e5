#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "recon/recon_priv.h"

/* Less than any score: of two that cannot be one. */
#define APART (-99.0)

/* One call of recon_match; rows are sources, columns targets. */
struct matcher {
	const struct recon_target *t;
	const struct recon_query *q;
	struct scene scene;
	struct name *names;  /* by source */
	double *score;	     /* n * m */
	int32_t *gain;	     /* confidence less threshold, n * m */
	uint32_t *row, *col; /* by name: position -> index */
	uint32_t *pick;
	struct meeting meeting;
	size_t n, m;
};

uint32_t
score_chance(double x)
{
	/* 10000 / (1 + exp(-i / 4)) for i = 0..32 */
	static const uint16_t at[] = {5000, 5622, 6225, 6792, 7311, 7773, 8176,
	    8520, 8808, 9047, 9241, 9399, 9526, 9627, 9707, 9770, 9820, 9861,
	    9890, 9914, 9933, 9948, 9959, 9968, 9975, 9981, 9985, 9988, 9991,
	    9993, 9994, 9996, 9997};
	double y = (x < 0 ? -x : x) * 4;
	uint32_t i, c;

	if (!(y < 32))
		c = 9997;
	else {
		i = (uint32_t)y;
		c = at[i] + (uint32_t)((at[i + 1] - at[i]) * (y - i));
	}
	return x < 0 ? 10000 - c : c;
}

static void
count_sets(uint64_t sets, uint32_t *count)
{
	for (size_t k = 0; k < LEXICON_SETS && sets >> k != 0; k++)
		count[k] += sets >> k & 1;
}

void
match_scene(const struct recon_target *t, const struct recon_source *s,
    size_t n, struct scene *out)
{
	*out = (struct scene){0};
	for (size_t i = 0; i < n; i++) {
		out->sources[values_kind(s[i].values)]++;
		count_sets(values_sets(s[i].values, t->lex),
		    out->set_sources);
	}
	for (size_t j = 0; j < t->n; j++) {
		out->targets[t->expect[j].kind]++;
		count_sets(t->expect[j].sets, out->set_targets);
	}
}

/* The only currency of the sources, and the only one of the targets. */
static bool
only_set(const struct scene *scene, uint64_t sets)
{
	for (size_t k = 0; k < LEXICON_SETS && sets >> k != 0; k++)
		if ((sets >> k & 1) && scene->set_sources[k] == 1 &&
		    scene->set_targets[k] == 1)
			return true;
	return false;
}

void
match_pair(const struct recon_target *t, const struct scene *scene,
    struct candidate s, size_t j, struct pair *out)
{
	enum kind kind = values_kind(s.values);

	*out = (struct pair){0};
	name_compare(s.name, &t->names[j], t->lex, out);
	values_compare(s.values, &t->expect[j], out);
	sets_compare(s.values, s.sets, t->expect[j].sets, out);
	out->f[F_ONLY] = kind != KIND_NONE && kind == t->expect[j].kind &&
	    scene->sources[kind] == 1 && scene->targets[kind] == 1;
	if (only_set(scene, s.sets & t->expect[j].sets))
		out->f[F_ONLY] = 1;
	if (name_empty(s.name)) {
		out->f[F_NAMELESS] = 1;
		out->f[F_NAMELESS_USUAL] = out->f[F_NARROW];
		out->f[F_NAMELESS_TYPE] = out->f[F_TYPE];
	}
}

static double
weighted(const struct pair *p)
{
	double sum = 0;

	for (unsigned k = 0; k < FEATURES; k++)
		sum += recon_weights.first[k] * p->f[k];
	return sum;
}

struct named {
	struct str name;
	uint32_t index;
};

static int
named_cmp(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int c = str_cmp(x->name, y->name);

	if (c != 0)
		return c;
	return (x->index > y->index) - (x->index < y->index);
}

/* Indices in byte order of the names. */
static void
sort_names(struct named *names, size_t n, uint32_t *order)
{
	for (size_t i = 0; i < n; i++)
		names[i].index = (uint32_t)i;
	qsort(names, n, sizeof *names, named_cmp);
	for (size_t i = 0; i < n; i++)
		order[i] = names[i].index;
}

static void
sort_all(struct matcher *k, struct arena *mem)
{
	struct named *s = arena_array(mem, k->n, sizeof *s);
	struct named *t = arena_array(mem, k->m, sizeof *t);

	for (size_t i = 0; i < k->n; i++)
		s[i].name = k->q->sources[i].name;
	for (size_t j = 0; j < k->m; j++)
		t[j].name = k->t->raw[j];
	sort_names(s, k->n, k->row);
	sort_names(t, k->m, k->col);
}

static void
score_all(struct matcher *k)
{
	struct pair p;

	for (size_t i = 0; i < k->n; i++) {
		const struct recon_source *s = &k->q->sources[k->row[i]];
		struct candidate c = {&k->names[i], s->values,
		    values_sets(s->values, k->t->lex)};

		for (size_t j = 0; j < k->m; j++) {
			k->score[i * k->m + j] = APART;
			if (s->arrays != k->t->arrays[k->col[j]])
				continue;
			match_pair(k->t, &k->scene, c, k->col[j], &p);
			k->score[i * k->m + j] = weighted(&p);
		}
	}
}

struct best {
	double one, two; /* the best score and the next */
};

static void
raise_best(struct best *b, double x)
{
	if (x > b->one) {
		b->two = b->one;
		b->one = x;
	} else if (x > b->two) {
		b->two = x;
	}
}

/* How far x is ahead of what else there is, within -3 to 3. */
double
score_margin(double x, double one, double two)
{
	double other = x >= one ? two : one, d;

	if (other < 0)
		other = 0;
	d = x - other;
	return d > 3 ? 3 : d < -3 ? -3 : d;
}

/* The best of each column among the rows that meet row i. */
static void
best_of_columns(const struct matcher *k, size_t i, struct best *col)
{
	for (size_t j = 0; j < k->m; j++)
		col[j] = (struct best){APART, APART};
	for (size_t r = 0; r < k->n; r++) {
		if (!meeting_has(&k->meeting, i, r))
			continue;
		for (size_t j = 0; j < k->m; j++)
			raise_best(&col[j], k->score[r * k->m + j]);
	}
}

/* The chance of each pair of row i, given the pairs it competes with. */
static void
judge_row(struct matcher *k, size_t i, const struct best *col)
{
	const double *w = recon_weights.margin;
	struct best row = {APART, APART};

	for (size_t j = 0; j < k->m; j++)
		raise_best(&row, k->score[i * k->m + j]);
	for (size_t j = 0; j < k->m; j++) {
		double x = k->score[i * k->m + j];
		double z = w[0] + w[1] * x +
		    w[2] * score_margin(x, row.one, row.two) +
		    w[3] * score_margin(x, col[j].one, col[j].two);

		k->gain[i * k->m + j] = x <= APART ? -1 :
		    (int32_t)score_chance(z);
	}
}

static void
judge_all(struct matcher *k, struct arena *mem)
{
	struct best *col = arena_array(mem, k->m, sizeof *col);

	for (size_t c = 0; c < k->meeting.nkinds; c++) {
		best_of_columns(k, k->meeting.first[c], col);
		for (size_t i = 0; i < k->n; i++)
			if (k->meeting.kind[i] == c)
				judge_row(k, i, col);
	}
}

/* What people said beats what we think. */
static void
apply_pins(struct matcher *k, const uint32_t *row_of, const uint32_t *col_of)
{
	for (size_t p = 0; p < k->q->npins; p++) {
		const struct recon_pin *x = &k->q->pins[p];
		int32_t *row = k->gain + row_of[x->source] * k->m;

		if (x->never || x->target == RECON_NONE) {
			for (size_t j = 0; j < k->m; j++)
				if (x->target == RECON_NONE ||
				    j == col_of[x->target])
					row[j] = -1;
			continue;
		}
		for (size_t j = 0; j < k->m; j++)
			if (j != col_of[x->target])
				row[j] = -1;
		for (size_t i = 0; i < k->n; i++)
			if (i != row_of[x->source] && meeting_has(
			    &k->meeting, row_of[x->source], i))
				k->gain[i * k->m + col_of[x->target]] = -1;
		row[col_of[x->target]] = RECON_CERTAIN;
	}
}

static void
assign(struct matcher *k, struct arena *mem)
{
	size_t n = k->n * k->m;
	int32_t *over = arena_array(mem, n, sizeof *over);
	int32_t least = (int32_t)(k->q->least != 0 ? k->q->least :
	    RECON_REVIEW);

	for (size_t i = 0; i < n; i++)
		over[i] = k->gain[i] - least;
	assign_best(over, k->n, k->m, k->pick);
	assign_shared(over, &k->meeting, k->m, k->pick);
}

static void
fill_choice(const struct matcher *k, size_t i, size_t j,
    struct recon_choice *c)
{
	const struct recon_source *s = &k->q->sources[k->row[i]];
	struct pair p;
	double unit;

	match_pair(k->t, &k->scene, (struct candidate){&k->names[i], s->values,
	    values_sets(s->values, k->t->lex)}, k->col[j], &p);
	c->target = k->col[j];
	c->confidence = (uint32_t)k->gain[i * k->m + j];
	c->parts.name = (uint32_t)((p.f[F_COVER_TARGET] +
	    p.f[F_COVER_SOURCE]) / 2 * RECON_CERTAIN);
	c->parts.type = (uint32_t)((p.f[F_TYPE] + 1) / 2 * RECON_CERTAIN);
	c->parts.values = (uint32_t)((p.f[F_RANGE_IN] - p.f[F_RANGE_OUT] + 1) /
	    2 * RECON_CERTAIN);
	if (p.f[F_OVERLAP] > 0)
		c->parts.values = (uint32_t)(p.f[F_OVERLAP] * RECON_CERTAIN);
	unit = p.f[F_UNIT_SAME] + p.f[F_UNIT_DIMENSION] / 2 -
	    p.f[F_UNIT_CLASH];
	c->parts.unit = (uint32_t)((unit + 1) / 2 * RECON_CERTAIN);
}

/* The best targets of row i but the one that it got. */
static void
fill_others(const struct matcher *k, size_t i, struct recon_match *out)
{
	size_t best[RECON_ALTERNATIVES], n = 0, at;
	const int32_t *row = k->gain + i * k->m;

	for (size_t j = 0; j < k->m; j++) {
		if (j == k->pick[i] || row[j] < 500)
			continue;
		for (at = n; at > 0 && row[j] > row[best[at - 1]]; at--)
			if (at < RECON_ALTERNATIVES)
				best[at] = best[at - 1];
		if (at < RECON_ALTERNATIVES)
			best[at] = j;
		if (n < RECON_ALTERNATIVES)
			n++;
	}
	for (size_t x = 0; x < n; x++)
		fill_choice(k, i, best[x], &out->others[x]);
	out->nothers = (uint32_t)n;
}

static void
fill_result(const struct matcher *k, struct recon_result *r)
{
	r->matches = arena_array(&r->mem, k->n, sizeof *r->matches);
	for (size_t i = 0; i < k->n; i++) {
		struct recon_match *x = &r->matches[k->row[i]];

		x->best.target = RECON_NONE;
		if (k->pick[i] != RECON_NONE)
			fill_choice(k, i, k->pick[i], &x->best);
		fill_others(k, i, x);
	}
}

/*
 * The letter with which at least half of the names begin though no word is
 * known that does: a mark of the format, like the T of ID3 frames.  Else 0.
 */
static char
common_letter(const struct name *names, size_t n)
{
	uint32_t count[26] = {0};

	for (size_t i = 0; i < n; i++) {
		const struct token *t = &names[i].tokens[0];

		if (names[i].n != 0 && t->word == RECON_NONE && t->len >= 3 &&
		    t->p[0] >= 'a' && t->p[0] <= 'z')
			count[t->p[0] - 'a']++;
	}
	for (size_t c = 0; c < 26; c++)
		if (count[c] >= 6 && count[c] * 2 >= n)
			return (char)('a' + c);
	return 0;
}

/* The word of the target that a word of a source is short for, if only one. */
static uint32_t
own_word(const struct recon_target *t, const struct token *x)
{
	const struct recon_lexicon *l = t->lex;
	uint32_t found = RECON_NONE;

	if (x->word == RECON_NONE || map_find(&t->vocab,
	    (struct str){x->p, x->stem}) != MAP_NONE)
		return x->word;
	for (uint32_t k = l->alias_of[x->word]; k != RECON_NONE;
	     k = l->aliases[k].next) {
		uint32_t full = l->aliases[k].full;

		if (map_find(&t->vocab, map_key(&l->concepts.words, full)) ==
		    MAP_NONE)
			continue;
		if (found != RECON_NONE)
			return RECON_NONE;
		found = full;
	}
	return found;
}

void
match_cut(const struct recon_target *t, const struct recon_source *s,
    const uint32_t *order, size_t n, struct name *names)
{
	char c;

	for (size_t i = 0; i < n; i++)
		name_cut(&names[i], s[order[i]].name, t->lex, &t->vocab);
	c = common_letter(names, n);
	for (size_t i = 0; i < n && c != 0; i++) {
		const struct token *x = &names[i].tokens[0];
		struct str raw = s[order[i]].name;

		if (names[i].n != 0 && x->word == RECON_NONE && x->len >= 3 &&
		    x->p[0] == c && (raw.p[0] | 32) == c)
			name_cut(&names[i], (struct str){raw.p + 1,
			    raw.len - 1}, t->lex, &t->vocab);
	}
	names_weigh(names, n);
	names_series(names, n);
	for (size_t i = 0; i < n; i++)
		for (unsigned j = 0; j < names[i].n; j++)
			names[i].tokens[j].own = own_word(t,
			    &names[i].tokens[j]);
}

int
recon_match(const struct recon_target *t, const struct recon_query *q,
    struct recon_result *r, struct err *e)
{
	struct arena mem = {0};
	struct matcher k = {.t = t, .q = q, .n = q->n, .m = t->n};
	uint32_t *row_of, *col_of;

	*r = (struct recon_result){0};
	if (q->n > RECON_FIELDS_MAX)
		return err_set(e, ERR_DATA, "recon.limit",
		    "more than %d source fields", RECON_FIELDS_MAX);
	k.names = arena_array(&mem, k.n, sizeof *k.names);
	k.score = arena_array(&mem, k.n * k.m, sizeof *k.score);
	k.gain = arena_array(&mem, k.n * k.m, sizeof *k.gain);
	k.row = arena_array(&mem, k.n, sizeof *k.row);
	k.col = arena_array(&mem, k.m, sizeof *k.col);
	k.pick = arena_array(&mem, k.n, sizeof *k.pick);
	row_of = arena_array(&mem, k.n, sizeof *row_of);
	col_of = arena_array(&mem, k.m, sizeof *col_of);
	sort_all(&k, &mem);
	meeting_init(&k.meeting, q, k.row, &mem);
	for (size_t i = 0; i < k.n; i++)
		row_of[k.row[i]] = (uint32_t)i;
	for (size_t j = 0; j < k.m; j++)
		col_of[k.col[j]] = (uint32_t)j;
	match_cut(t, q->sources, k.row, k.n, k.names);
	match_scene(t, q->sources, q->n, &k.scene);
	score_all(&k);
	judge_all(&k, &mem);
	apply_pins(&k, row_of, col_of);
	assign(&k, &mem);
	fill_result(&k, r);
	arena_free(&mem);
	return 0;
}

void
recon_result_free(struct recon_result *r)
{
	arena_free(&r->mem);
	*r = (struct recon_result){0};
}
