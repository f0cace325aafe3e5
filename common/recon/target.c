#include "base/err.h"
#include "base/mem.h"
#include "recon/recon_priv.h"

#define COMMON 0.4 /* of a word that half of the names have */

/* Every stem of a name, once. */
static void
count_stems(struct map *m, uint32_t **df, size_t *cap, const struct name *n)
{
	for (unsigned i = 0; i < n->n; i++) {
		struct str s = {n->tokens[i].p, n->tokens[i].stem};
		size_t k, before = m->n;
		bool again = false;

		for (unsigned j = 0; j < i && !again; j++)
			again = n->tokens[j].stem == s.len &&
			    memcmp(n->tokens[j].p, s.p, s.len) == 0;
		if (again)
			continue;
		k = map_add(m, s);
		if (k >= *cap) {
			*cap = *cap != 0 ? *cap * 2 : 64;
			*df = mem_realloc(*df, *cap * sizeof **df);
		}
		if (k == before)
			(*df)[k] = 0;
		(*df)[k]++;
	}
}

void
names_weigh(struct name *names, size_t n)
{
	struct map m = {0};
	uint32_t *df = NULL;
	size_t cap = 0;

	for (size_t i = 0; i < n; i++)
		count_stems(&m, &df, &cap, &names[i]);
	for (size_t i = 0; i < n; i++) {
		for (unsigned k = 0; k < names[i].n; k++) {
			struct token *t = &names[i].tokens[k];
			uint32_t d = df[map_find(&m,
			    (struct str){t->p, t->stem})];

			/* A word that half the table has tells no two fields
			 * apart. */
			if (t->flags & TOKEN_NUMBER)
				continue;
			t->weight /= 1 + 0.12 * (d - 1) * 20 / (20 + d);
			if (d >= 3 && d * 2 >= n)
				t->weight *= COMMON; /* a maker's prefix */
		}
	}
	mem_free(df);
	map_free(&m);
}

static int
check_fields(const struct recon_field *fields, size_t n, struct err *e)
{
	struct map seen = {0};
	int rc = 0;

	if (n > RECON_FIELDS_MAX)
		return err_set(e, ERR_CONFIG, "recon.limit",
		    "more than %d target fields", RECON_FIELDS_MAX);
	for (size_t i = 0; i < n && rc == 0; i++) {
		if (fields[i].name.len == 0)
			rc = err_set(e, ERR_CONFIG, "recon.name",
			    "target field %zu has no name", i + 1);
		else if (map_add(&seen, fields[i].name) != i)
			rc = err_set(e, ERR_CONFIG, "recon.name",
			    "target field %zu has the name of another", i + 1);
	}
	map_free(&seen);
	return rc;
}

/* The words of the target, by which the sources' names are cut. */
static void
collect_words(struct recon_target *t)
{
	for (size_t i = 0; i < t->n; i++) {
		for (unsigned k = 0; k < t->names[i].n; k++) {
			const struct token *x = &t->names[i].tokens[k];

			if (x->len >= 3 && (x->flags & TOKEN_NUMBER) == 0)
				map_add(&t->vocab,
				    (struct str){x->p, x->stem});
		}
	}
}

/* The word of a unit by its spelling, or RECON_NONE. */
static uint32_t
unit_word(const struct recon_lexicon *l, struct str unit)
{
	char text[SPELLING_MAX];
	size_t n = lexicon_squeeze(text, sizeof text, unit, false);

	return n != 0 ? lexicon_unit(l, (struct str){text, n}) : RECON_NONE;
}

/* The name as it would stand with its unit: "Speed (km/h)". */
static struct str
with_unit(struct arena *mem, const struct recon_field *f)
{
	size_t n = f->name.len;
	char *p;

	p = arena_alloc(mem, n + f->unit.len + 3);
	memcpy(p, f->name.p, n);
	memcpy(p + n, " (", 2);
	memcpy(p + n + 2, f->unit.p, f->unit.len);
	p[n + 2 + f->unit.len] = ')';
	return (struct str){p, n + f->unit.len + 3};
}

/*
 * Cut the name, with the unit when it is known.  What else the unit may be
 * called counts as far as it is of the same dimension; one that is not known
 * at all says nothing.
 */
static void
cut_field(struct recon_target *t, const struct recon_field *f,
    struct name *name)
{
	uint32_t own = unit_word(t->lex, f->unit), word;

	name_cut(name, own != RECON_NONE ? with_unit(&t->mem, f) : f->name,
	    t->lex, NULL);
	for (size_t i = 0; i < f->nunit_words; i++) {
		word = unit_word(t->lex, f->unit_words[i]);
		if (word == RECON_NONE || (own != RECON_NONE &&
		    lexicon_units(t->lex, own, word) == 0))
			continue;
		name_add_unit(name, word);
		name->unit_sure = true;
	}
}

struct recon_target *
recon_target_new(const struct recon_lexicon *l,
    const struct recon_field *fields, size_t n, struct err *e)
{
	struct recon_target *t;

	if (check_fields(fields, n, e) != 0)
		return NULL;
	t = mem_zalloc(sizeof *t);
	t->lex = l;
	t->n = n;
	t->names = arena_array(&t->mem, n, sizeof *t->names);
	t->raw = arena_array(&t->mem, n, sizeof *t->raw);
	t->expect = arena_array(&t->mem, n, sizeof *t->expect);
	t->arrays = arena_array(&t->mem, n, sizeof *t->arrays);
	for (size_t i = 0; i < n; i++) {
		struct recon_profile *p = NULL;

		t->arrays[i] = fields[i].arrays;
		t->raw[i] = arena_str(&t->mem, fields[i].name);
		cut_field(t, &fields[i], &t->names[i]);
		values_expect(&t->expect[i], &t->names[i], l, &fields[i]);
		if (fields[i].samples != NULL) {
			p = arena_alloc(&t->mem, sizeof *p);
			*p = *fields[i].samples;
			t->expect[i].samples = p;
		}
	}
	names_weigh(t->names, n);
	names_series(t->names, n);
	collect_words(t);
	return t;
}

void
recon_target_free(struct recon_target *t)
{
	if (t == NULL)
		return;
	map_free(&t->vocab);
	arena_free(&t->mem);
	mem_free(t);
}
