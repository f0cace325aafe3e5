#include "base/mem.h"
#include "recon/recon_priv.h"

struct recon_lexicon *
recon_lexicon_new(void)
{
	return mem_zalloc(sizeof(struct recon_lexicon));
}

static void
senses_free(struct senses *s)
{
	map_free(&s->words);
	mem_free(s->first);
	mem_free(s->count);
	mem_free(s->joined);
	mem_free(s->all);
}

void
recon_lexicon_free(struct recon_lexicon *l)
{
	if (l == NULL)
		return;
	senses_free(&l->concepts);
	senses_free(&l->units);
	senses_free(&l->sides);
	senses_free(&l->usual);
	senses_free(&l->sets);
	map_free(&l->members);
	mem_free(l->member_of);
	map_free(&l->usual_units);
	mem_free(l->usuals);
	map_free(&l->noise);
	map_free(&l->roles);
	map_free(&l->blank);
	map_free(&l->qualifiers);
	map_free(&l->heads);
	mem_free(l->head_kind);
	mem_free(l->aliases);
	mem_free(l->alias_of);
	mem_free(l->brief);
	mem_free(l->concept);
	mem_free(l->sorted);
	mem_free(l->spelled);
	mem_free(l->spelled_at);
	mem_free(l->dimension);
	mem_free(l->quantity);
	mem_free(l);
}

/* Is the last s of p[0..len) part of the word? */
static bool
ends_in_ss(const char *p, size_t len)
{
	char c = p[len - 2];

	return c == 's' || c == 'u' || c == 'i' || (c >= '0' && c <= '9');
}

size_t
lexicon_stem(const char *p, size_t len)
{
	if (len < 4 || p[len - 1] != 's' || ends_in_ss(p, len))
		return len;
	if (len > 4 && p[len - 2] == 'e' &&
	    (p[len - 3] == 'x' || p[len - 3] == 'h' ||
		(p[len - 3] == 's' && p[len - 4] == 's')))
		return len - 2;
	return len - 1;
}

uint32_t
senses_word(struct senses *s, struct str word)
{
	size_t n = s->words.n, w = map_add(&s->words, word);

	if (w >= s->cap) {
		s->cap = s->cap != 0 ? s->cap * 2 : 1024;
		s->first = mem_realloc(s->first, s->cap * sizeof *s->first);
		s->count = mem_realloc(s->count, s->cap * sizeof *s->count);
		s->joined = mem_realloc(s->joined, s->cap);
	}
	if (w == n) {
		s->first[w] = RECON_NONE;
		s->count[w] = 0;
		s->joined[w] = true;
	}
	return (uint32_t)w;
}

void
senses_mean(struct senses *s, uint32_t word, uint32_t id)
{
	for (uint32_t i = s->first[word]; i != RECON_NONE; i = s->all[i].next)
		if (s->all[i].id == id)
			return;
	if (s->nall == s->cap_all) {
		s->cap_all = s->cap_all != 0 ? s->cap_all * 2 : 1024;
		s->all = mem_realloc(s->all, s->cap_all * sizeof *s->all);
	}
	s->all[s->nall] = (struct sense){id, s->first[word]};
	s->first[word] = (uint32_t)s->nall++;
	s->count[word]++;
}

static uint32_t
find_word(const struct senses *s, struct str word)
{
	size_t w = map_find(&s->words, word);

	return w == MAP_NONE ? RECON_NONE : (uint32_t)w;
}

uint32_t
lexicon_word(const struct recon_lexicon *l, struct str squeezed)
{
	return find_word(&l->concepts, squeezed);
}

uint32_t
lexicon_unit(const struct recon_lexicon *l, struct str squeezed)
{
	return find_word(&l->units, squeezed);
}

double
lexicon_shared(const struct recon_lexicon *l, uint32_t a, uint32_t b)
{
	const struct senses *s = &l->concepts;
	uint32_t n, common = 0;

	for (uint32_t i = s->first[a]; i != RECON_NONE; i = s->all[i].next)
		for (uint32_t k = s->first[b]; k != RECON_NONE;
		     k = s->all[k].next)
			common += s->all[i].id == s->all[k].id;
	if (common == 0)
		return 0;
	/* Many other meanings say little. */
	n = s->count[a] + s->count[b] - 2 * common;
	return 0.96 - 0.015 * (n < 6 ? n : 6);
}

int
lexicon_units(const struct recon_lexicon *l, uint32_t a, uint32_t b)
{
	const struct senses *s = &l->units;
	int best = 0;

	for (uint32_t i = s->first[a]; i != RECON_NONE; i = s->all[i].next)
		for (uint32_t k = s->first[b]; k != RECON_NONE;
		     k = s->all[k].next) {
			uint32_t x = s->all[i].id, y = s->all[k].id;

			if (x == y)
				return 2;
			if (l->dimension[x] == l->dimension[y])
				best = 1;
		}
	return best;
}

size_t
lexicon_completions(const struct recon_lexicon *l, struct str start,
    uint32_t *words, size_t max)
{
	const struct map *m = &l->concepts.words;
	size_t lo = 0, hi = l->nsorted, n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (str_cmp(map_key(m, l->sorted[mid]), start) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < l->nsorted && n < max; lo++) {
		struct str w = map_key(m, l->sorted[lo]);

		if (w.len < start.len ||
		    memcmp(w.p, start.p, start.len) != 0)
			break;
		words[n++] = l->sorted[lo];
	}
	return n;
}
