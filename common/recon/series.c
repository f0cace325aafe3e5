#include <stdlib.h>

#include "base/mem.h"
#include "recon/recon_priv.h"

/*
 * Series: names that differ in one letter or number, and those follow each
 * other, as Volt_R, Volt_S, Volt_T or phase1, phase2, phase3.  The first of
 * one series is the first of another as long, whatever they count with.
 */
enum { KEY_MAX = NAME_TEXT + NAME_TOKENS + 2 };

struct place {
	uint32_t key; /* the name without the token; the same for siblings */
	uint32_t rank;
	uint32_t name;
	uint8_t token;
};

/* Does token t count?  Its rank among letters or numbers. */
static bool
counts(const struct token *t, uint32_t *rank)
{
	*rank = 0;
	if (t->flags & TOKEN_UNIT)
		return false;
	if (t->len == 1 && t->p[0] >= 'a' && t->p[0] <= 'z') {
		*rank = 1000u + (unsigned char)t->p[0];
		return true;
	}
	if ((t->flags & TOKEN_NUMBER) == 0 || t->len > 2)
		return false;
	for (unsigned i = 0; i < t->len; i++) {
		if (t->p[i] < '0' || t->p[i] > '9')
			return false;
		*rank = *rank * 10 + (uint32_t)(t->p[i] - '0');
	}
	return true;
}

/* The name with a hole where token `at` is; its length. */
static size_t
with_hole(const struct name *n, unsigned at, char *dst)
{
	size_t len = 0;

	for (unsigned i = 0; i < n->n; i++) {
		if (i != at) {
			memcpy(dst + len, n->tokens[i].p, n->tokens[i].len);
			len += n->tokens[i].len;
		}
		dst[len++] = i == at ? '\1' : '\2';
	}
	return len;
}

static int
place_cmp(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

/* The n places of one key, by rank: a series if each follows the last. */
static void
mark(struct name *names, const struct place *p, size_t n)
{
	if (n < 2 || n > UINT8_MAX || p[n - 1].rank - p[0].rank != n - 1)
		return;
	for (size_t i = 1; i < n; i++)
		if (p[i].rank == p[i - 1].rank)
			return;
	for (size_t i = 0; i < n; i++) {
		struct token *t = &names[p[i].name].tokens[p[i].token];

		t->series = (uint8_t)(i + 1);
		t->of = (uint8_t)n;
		t->flags &= (uint8_t)~TOKEN_NOISE;
		if (t->weight < SERIES_WEIGHT)
			t->weight = SERIES_WEIGHT;
		/* The l of l1, l2, l3. */
		if (p[i].token > 0 && t[-1].len == 1)
			t[-1].weight *= 0.3;
	}
}

void
names_series(struct name *names, size_t n)
{
	struct map keys = {0};
	struct place *all = NULL;
	size_t nall = 0, cap = 0, j;
	char key[KEY_MAX];
	uint32_t rank;

	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < names[i].n; k++) {
			if (names[i].n < 2 ||
			    !counts(&names[i].tokens[k], &rank))
				continue;
			if (nall == cap) {
				cap = cap != 0 ? cap * 2 : 64;
				all = mem_realloc(all, cap * sizeof *all);
			}
			all[nall++] = (struct place){
			    (uint32_t)map_add(&keys, (struct str){key,
				with_hole(&names[i], k, key)}),
			    rank, (uint32_t)i, (uint8_t)k};
		}
	if (nall != 0)
		qsort(all, nall, sizeof *all, place_cmp);
	for (size_t i = 0; i < nall; i = j) {
		for (j = i + 1; j < nall && all[j].key == all[i].key; j++)
			continue;
		mark(names, all + i, j - i);
	}
	mem_free(all);
	map_free(&keys);
}
