#include <string.h>

#include "expr/ops_priv.h"

/*
 * Constant lists and maps of some size are looked up by hash.  The keys are
 * those of the expression's author and the table never grows, so the hash
 * needs no secret; a probe is as long as the author's luck is bad.
 */

enum { INDEX_MIN = 9, INDEX_MAX = 1 << 20 };

struct expr_index {
	uint32_t mask;
	uint32_t slot[]; /* number of the key + 1; 0: free */
};

/* Equal keys have equal hashes: numbers by their double.  0: no key. */
static uint64_t
hash(const struct expr_value *v)
{
	uint64_t h = 0xcbf29ce484222325u;
	double d;

	if (v->type == EXPR_STRING) {
		for (uint32_t i = 0; i < v->n; i++)
			h = (h ^ (unsigned char)v->u.p[i]) * 0x100000001b3u;
	} else if (value_is_number(v)) {
		d = number_double(v) + 0.0; /* -0 is 0 */
		memcpy(&h, &d, sizeof h);
	} else if (v->type == EXPR_BOOL) {
		h = v->u.b ? 2 : 1;
	} else {
		return 0;
	}
	h *= 0x9e3779b97f4a7c15u;
	return (h ^ h >> 32) | 1;
}

const struct expr_index *
index_make(struct arena *a, const struct expr_value *keys, uint32_t n,
    unsigned stride)
{
	struct expr_index *x;
	uint32_t cap = 32;

	if (n < INDEX_MIN || n > INDEX_MAX)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		if (hash(&keys[i * stride]) == 0)
			return NULL;
	while (cap < 2 * n)
		cap *= 2;
	x = arena_zalloc(a, sizeof *x + cap * sizeof *x->slot);
	x->mask = cap - 1;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t at = hash(&keys[i * stride]) >> 1;

		while (x->slot[at & x->mask] != 0)
			at++;
		x->slot[at & x->mask] = i + 1;
	}
	return x;
}

uint32_t
index_find(const struct expr_index *x, const struct expr_value *keys,
    unsigned stride, const struct expr_value *key)
{
	uint64_t at = hash(key) >> 1;

	for (;; at++) {
		uint32_t i = x->slot[at & x->mask];

		if (i == 0)
			return UINT32_MAX;
		if (key_eq(&keys[(i - 1) * stride], key))
			return i - 1;
	}
}
