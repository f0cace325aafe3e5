/* Member names met before: see known.h. */
#include "json/known_inline.h"

#include <string.h>

#include "base/mem.h"
#include "json/json_priv.h"

enum {
	PATIENCE = 4096,
	DICTIONARY = 8 /* names of an object that are not known */
};

static void
forget(struct json_known *k)
{
	struct json_name *none = &k->names[KNOWN_NONE];
	struct json_name *any = &k->names[KNOWN_ANY];

	/* No string begins with a NUL, so no text is like this one. */
	for (size_t i = 0; i < KNOWN_FIRST; i++)
		k->names[i] = (struct json_name){
		    .guess = {none, none},
		    .text = "\"",
		    .spare = 0xfffc,
		    .len = 2,
		};
	for (size_t i = 0; i < ARRAY_LEN(k->start); i++) {
		struct json_name *first = i <= KNOWN_DEPTH ? none : any;

		k->start[i][0][KNOWN_NEXT] = first;
		k->start[i][0][KNOWN_INNER] = first;
		k->start[i][1][KNOWN_NEXT] = any;
		k->start[i][1][KNOWN_INNER] = first;
	}
	memset(k->slot, 0, sizeof k->slot);
	memset(k->wrong, 0, sizeof k->wrong);
	k->n = KNOWN_FIRST;
	k->missed = 0;
}

struct json_known *
json_known_new(void)
{
	struct json_known *k = mem_alloc(sizeof *k);

	for (uint32_t i = 0; i <= JSON_DEPTH; i++)
		k->level[i] = (struct json_level){
		    .type = JSON_NULL,
		    /* No name is of depth 0. */
		    .mark = i <= KNOWN_DEPTH ? i << 10 : 0,
		};
	k->stamp = 0;
	k->patience = PATIENCE;
	k->seen = NULL;
	k->seen_cap = 0;
	forget(k);
	return k;
}

void
json_known_free(struct json_known *k)
{
	if (k != NULL)
		mem_free(k->seen);
	mem_free(k);
}

void
json_known_tidy(struct json_known *k)
{
	for (size_t i = 0; i < ARRAY_LEN(k->wrong); i++)
		k->wrong[i] /= 2;
	if (k->missed < k->patience)
		return;
	/* Names that are always new fill it again and again: try less and
	 * less often. */
	if (k->patience < UINT32_MAX / 4)
		k->patience *= 4;
	forget(k);
}

static uint32_t
kind_at(uint32_t depth)
{
	return JSON_STRING | JSON_NAME << 8 | (depth & 255) << 16;
}

/* Let the text end as it does here: with a blank, or at the colon. */
static void
end_text(struct json_name *n, bool blank)
{
	n->text[n->size] = ':';
	n->text[n->size + 1] = blank ? ' ' : '\0';
	n->len = (uint8_t)(n->size + 1 + blank);
	n->spare = n->len > KNOWN_WORD ? 1 << KNOWN_WORD
				       : 0xffffu << n->len & 0xffff;
}

/* The name, learned if it is new.  NULL: it cannot be known, now and as long
 * as this block lasts. */
static struct json_name *
find(struct json_known *k, uint32_t depth, uint64_t hash, struct str s)
{
	uint32_t want, at = json_known_at(hash);
	struct json_name *n = NULL;
	bool blank;

	if (s.len > KNOWN_TEXT - 2 || depth > KNOWN_DEPTH)
		return NULL;
	want = json_known_slot(hash, k->level[depth].mark);
	blank = s.p[s.len] == ':' && s.p[s.len + 1] == ' ';
	for (uint32_t way = 0; way < KNOWN_WAYS; way++) {
		uint32_t *slot = &k->slot[at ^ way];
		uint32_t i = *slot ^ want;

		if (*slot == 0) {
			if (k->n == KNOWN_NAMES)
				break;
			n = &k->names[k->n];
			*n = (struct json_name){
			    .guess = {&k->names[0], &k->names[0]},
			    .kind = kind_at(depth) |
				(uint32_t)json_name_hash(s.p + 1, s.len - 2)
				    << 24,
			    .size = (uint8_t)s.len,
			};
			memcpy(n->text, s.p, s.len);
			*slot = want | k->n++;
			end_text(n, blank);
			return n;
		}
		n = &k->names[i % KNOWN_NAMES];
		if (i < KNOWN_NAMES && n->size == s.len &&
		    memcmp(n->text, s.p, s.len) == 0) {
			if (blank != (n->len == n->size + 2))
				end_text(n, blank);
			return n;
		}
	}
	k->missed++;
	return NULL;
}

/* A name that is not known, in the innermost object. */
static struct json_taken
other(struct json_known *k, uint32_t depth, bool any)
{
	struct json_level *l = &k->level[depth];

	/* The next object in this place is taken for a dictionary.  This one
	 * goes on as it began: each of its names is looked up, or none is. */
	if (++l->others == DICTIONARY)
		l[-1].guess[KNOWN_INNER] = &k->names[KNOWN_ANY];
	return (struct json_taken){
	    k->start[depth <= KNOWN_DEPTH ? depth : KNOWN_DEPTH + 1][any],
	    kind_at(depth)};
}

static void
more_seen(struct json_known *k, uint32_t depth)
{
	uint32_t old = k->seen_cap;

	k->seen_cap = depth + depth / 2 + 2;
	k->seen = mem_realloc(k->seen, k->seen_cap * sizeof *k->seen);
	memset(k->seen + old, 0, (k->seen_cap - old) * sizeof *k->seen);
}

struct json_taken
json_known_take(struct json_known *k, uint32_t depth,
    struct json_name **guess, uint64_t hash, struct str s)
{
	bool any = *guess == &k->names[KNOWN_ANY];
	struct json_name *n = any ? NULL : find(k, depth, hash, s);
	struct json_level *l = &k->level[depth];
	uint32_t *last;

	if (n != NULL) {
		if (n->stamp == l->stamp)
			return (struct json_taken){NULL, 0};
		n->stamp = l->stamp;
		json_known_learn(k, l, guess, n);
		return (struct json_taken){n->guess, n->kind};
	}
	if (depth >= k->seen_cap)
		more_seen(k, depth);
	last = &k->seen[depth][json_known_at(hash)];
	l->doubt |= *last == l->stamp;
	*last = l->stamp;
	return other(k, depth, any);
}

struct json_taken
json_known_escaped(struct json_known *k, uint32_t depth)
{
	k->level[depth].doubt = true;
	return other(k, depth, false);
}
