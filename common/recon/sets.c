#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "json/json.h"
#include "recon/recon_priv.h"

/*
 * Value sets: what a currency or a month may be.  Values of one set are
 * evidence for the fields that its words name, and against the others.
 */
static struct str
key_of(const uint64_t *h)
{
	return (struct str){(const char *)h, sizeof *h};
}

static int
add_value(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    uint64_t bit, struct err *e)
{
	struct arena mem = {0};
	uint64_t h;
	size_t k, n = l->members.n;

	if (json_type(&c->doc, node) == JSON_STRING)
		h = values_hash(json_string(&c->doc, node, &mem));
	else if (json_type(&c->doc, node) == JSON_NUMBER)
		h = values_hash(json_raw(&c->doc, node));
	else
		return conf_err(c, node, e, "recon.lexicon",
		    "a value must be a string or a number");
	arena_free(&mem);
	if (n >= RECON_WORDS_MAX)
		return conf_err(c, node, e, "recon.limit",
		    "more than %d values", RECON_WORDS_MAX);
	k = map_add(&l->members, key_of(&h));
	if (k >= l->cap_members) {
		l->cap_members = l->cap_members != 0 ? l->cap_members * 2 :
		    1024;
		l->member_of = mem_realloc(l->member_of,
		    l->cap_members * sizeof *l->member_of);
	}
	l->member_of[k] = bit | (k < n ? l->member_of[k] : 0);
	return 0;
}

int
lexicon_add_set(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    struct err *e)
{
	const struct json_doc *d = &c->doc;
	uint32_t words, values;

	if (json_type(d, node) != JSON_OBJECT)
		return conf_err(c, node, e, "recon.lexicon",
		    "must be a mapping");
	words = json_member(d, node, STR("words"));
	values = json_member(d, node, STR("values"));
	if (words == JSON_NONE || values == JSON_NONE ||
	    json_type(d, values) != JSON_ARRAY)
		return conf_err(c, node, e, "recon.lexicon",
		    "needs words and values");
	if (l->nsets == LEXICON_SETS)
		return conf_err(c, node, e, "recon.limit",
		    "more than %d sets of values", LEXICON_SETS);
	if (lexicon_spellings(c, words, &l->sets, (uint32_t)l->nsets, e) != 0)
		return -1;
	for (uint32_t k = values + 1; k < d->nodes[values].next;
	     k = d->nodes[k].next)
		if (add_value(l, c, k, (uint64_t)1 << l->nsets, e) != 0)
			return -1;
	l->nsets++;
	return 0;
}

uint64_t
values_sets(const struct recon_profile *p, const struct recon_lexicon *l)
{
	uint32_t count[LEXICON_SETS] = {0};
	uint64_t sets = 0, any = 0;

	if (p == NULL)
		return 0;
	for (uint32_t i = 0; i < p->nseen; i++) {
		size_t k = map_find(&l->members, key_of(&p->seen[i]));

		if (k == MAP_NONE)
			continue;
		any |= l->member_of[k];
		for (size_t s = 0; s < l->nsets; s++)
			count[s] += l->member_of[k] >> s & 1;
	}
	for (size_t s = 0; s < l->nsets && any != 0; s++)
		if (count[s] != 0 && count[s] * 5 >= p->nseen * 4)
			sets |= (uint64_t)1 << s;
	return sets;
}

/* The sets that a spelling names, itself or by a word that means the same. */
static uint64_t
named_sets(const struct recon_lexicon *l, uint32_t word)
{
	const struct senses *s = &l->sets;
	uint64_t sets = 0;

	for (size_t w = 0; w < s->words.n; w++) {
		uint32_t same = lexicon_word(l, map_key(&s->words, w));

		if (same != word && (same == RECON_NONE ||
		    lexicon_shared(l, same, word) < 0.9))
			continue;
		for (uint32_t i = s->first[w]; i != RECON_NONE;
		     i = s->all[i].next)
			sets |= (uint64_t)1 << s->all[i].id;
	}
	return sets;
}

uint64_t
name_sets(const struct name *n, const struct recon_lexicon *l)
{
	uint64_t sets = 0, one;
	unsigned longest = 0, end = 0;

	for (unsigned i = 0; i < n->nspans; i++) {
		const struct span *s = &n->spans[i];

		if ((n->tokens[s->from].flags & TOKEN_UNIT) || s->n < longest)
			continue;
		one = named_sets(l, s->word);
		if (one == 0)
			continue;
		/* The longest; of equals the last, for heads come last. */
		if (s->n > longest || s->from + s->n > end)
			sets = 0;
		longest = s->n;
		end = s->from + s->n;
		sets |= one;
	}
	return sets;
}

void
sets_compare(const struct recon_profile *p, uint64_t sets, uint64_t want,
    struct pair *out)
{
	uint64_t text;

	if (p == NULL || p->nseen == 0)
		return;
	text = p->n - p->nulls - p->numbers;
	if (sets & want)
		out->f[F_SET_IN] = 1;
	else if (want != 0 && text * 2 > p->n - p->nulls)
		out->f[F_SET_OUT] = 1;
	if (sets != 0 && (sets & want) == 0)
		out->f[F_SET_ELSE] = 1;
}
