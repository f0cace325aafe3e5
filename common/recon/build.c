#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "recon/recon_priv.h"

/* What load.c and wordnet.c read becomes the lexicon here. */

size_t
lexicon_squeeze(char *dst, size_t cap, struct str s, bool stems)
{
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= s.len; i++) {
		char c = i < s.len ? s.p[i] : ' ';

		if (c == ' ' || c == '_') {
			if (stems && n > from)
				n = from + lexicon_stem(dst + from, n - from);
			from = n;
			continue;
		}
		if (n == cap)
			return 0;
		dst[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	return n;
}

struct concept *
lexicon_concept(struct recon_lexicon *l, struct err *e)
{
	if (l->nconcepts == LIMIT_CONCEPTS) {
		err_set(e, ERR_CONFIG, "recon.limit",
		    "more than %d concepts", LIMIT_CONCEPTS);
		return NULL;
	}
	if (l->nconcepts == l->cap) {
		l->cap = l->cap != 0 ? l->cap * 2 : 256;
		l->concept = mem_realloc(l->concept,
		    l->cap * sizeof *l->concept);
	}
	l->concept[l->nconcepts] = (struct concept){0};
	return &l->concept[l->nconcepts++];
}

/*
 * Let each alias mean what its word means by now; a word of which nothing
 * was said means itself.
 */
static int
resolve_aliases(struct recon_lexicon *l, struct err *e)
{
	struct senses *s = &l->concepts;
	struct concept *x;

	for (size_t k = 0; k < l->naliases; k++) {
		uint32_t full = l->aliases[k].full;

		if (s->first[full] == RECON_NONE) {
			x = lexicon_concept(l, e);
			if (x == NULL)
				return -1;
			x->plain = full;
			s->joined[full] = false;
			senses_mean(s, full, (uint32_t)(x - l->concept));
		}
		for (uint32_t i = s->first[full]; i != RECON_NONE;
		     i = s->all[i].next)
			senses_mean(s, l->aliases[k].brief, s->all[i].id);
	}
	return 0;
}

struct entry {
	struct str text;
	uint32_t word;
};

static int
entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return str_cmp(x->text, y->text);
}

/* The words in the order of their bytes. */
static void
sort_words(struct recon_lexicon *l)
{
	size_t n = l->concepts.words.n;
	struct entry *all = mem_array(n + 1, sizeof *all);

	l->sorted = mem_realloc(l->sorted, (n + 1) * sizeof *l->sorted);
	for (size_t i = 0; i < n; i++)
		all[i] = (struct entry){map_key(&l->concepts.words, i),
		    (uint32_t)i};
	qsort(all, n, sizeof *all, entry_cmp);
	for (size_t i = 0; i < n; i++)
		l->sorted[i] = all[i].word;
	l->nsorted = n;
	mem_free(all);
}

/* The words of each concept, one concept after the other. */
static void
list_words(struct recon_lexicon *l)
{
	const struct senses *s = &l->concepts;
	uint32_t *at;

	l->spelled = mem_realloc(l->spelled, (s->nall + 1) *
	    sizeof *l->spelled);
	l->spelled_at = at = mem_realloc(l->spelled_at, (l->nconcepts + 2) *
	    sizeof *at);
	memset(at, 0, (l->nconcepts + 2) * sizeof *at);
	for (size_t i = 0; i < s->nall; i++)
		at[s->all[i].id + 2]++;
	for (size_t c = 2; c < l->nconcepts + 2; c++)
		at[c] += at[c - 1];
	for (size_t w = 0; w < s->words.n; w++)
		for (uint32_t i = s->first[w]; i != RECON_NONE;
		     i = s->all[i].next)
			l->spelled[at[s->all[i].id + 1]++] = (uint32_t)w;
}

/*
 * Link what each word is short for.  What is short for roles alone is a role:
 * nm, typ; qualifiers likewise.
 */
static void
link_aliases(struct recon_lexicon *l)
{
	size_t n = l->concepts.words.n + 1;
	struct str word;
	uint8_t flags;

	l->brief = mem_realloc(l->brief, n);
	memset(l->brief, TOKEN_ROLE | TOKEN_QUALIFIER, n);
	l->alias_of = mem_realloc(l->alias_of, n * sizeof *l->alias_of);
	memset(l->alias_of, 0xff, n * sizeof *l->alias_of);
	for (size_t k = 0; k < l->naliases; k++) {
		struct alias *a = &l->aliases[k];

		a->next = l->alias_of[a->brief];
		l->alias_of[a->brief] = (uint32_t)k;
		word = map_key(&l->concepts.words, a->full);
		flags = 0;
		if (map_find(&l->roles, word) != MAP_NONE)
			flags |= TOKEN_ROLE;
		if (map_find(&l->qualifiers, word) != MAP_NONE)
			flags |= TOKEN_QUALIFIER;
		l->brief[a->brief] &= flags;
	}
	for (size_t w = 0; w < n; w++)
		if (l->alias_of[w] == RECON_NONE)
			l->brief[w] = 0;
}

int
lexicon_finish(struct recon_lexicon *l, struct err *e)
{
	if (resolve_aliases(l, e) != 0)
		return -1;
	link_aliases(l);
	sort_words(l);
	list_words(l);
	return 0;
}

int
lexicon_synonyms(struct recon_lexicon *l, const struct str *words, size_t n,
    struct err *e)
{
	struct concept *at = lexicon_concept(l, e);
	uint32_t id, w;
	char text[SPELLING_MAX];

	if (at == NULL)
		return -1;
	id = (uint32_t)(at - l->concept);
	for (size_t i = 0; i < n; i++) {
		size_t len = lexicon_squeeze(text, sizeof text, words[i], true);

		if (len == 0)
			continue;
		if (l->concepts.words.n >= RECON_WORDS_MAX)
			return err_set(e, ERR_CONFIG, "recon.limit",
			    "more than %d spellings", RECON_WORDS_MAX);
		w = senses_word(&l->concepts, (struct str){text, len});
		senses_mean(&l->concepts, w, id);
		if (memchr(words[i].p, '_', words[i].len) == NULL)
			l->concepts.joined[w] = false;
		if (i == 0)
			l->concept[id].plain = w;
	}
	return 0;
}
