/* Member names met before: see known.h. */
#include "json/known_inline.h"

#include <string.h>

#include "base/mem.h"
#include "json/json_priv.h"

enum {
	PATIENCE = 4096,
	WRONG = 8, /* guesses, until one is given up */
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

	for (uint32_t i = 0; i <= JSON_DEPTH; i++) {
		bool deep = i > KNOWN_DEPTH;

		k->level[i] = (struct json_level){
		    .start = k->start[deep ? KNOWN_DEPTH + 1 : i][0],
		    .type = JSON_NULL,
		    .depth = i,
		    .mark = deep ? 0 : i << 10, /* no name is of depth 0 */
		};
	}
	k->stamp = 0;
	k->patience = PATIENCE;
	forget(k);
	return k;
}

void
json_known_free(struct json_known *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i <= JSON_DEPTH; i++)
		mem_free(k->level[i].seen);
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
			    .kind = json_known_kind(depth) |
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

/* The next object where l is will be taken for a dictionary, if this one looks
 * like it.  This one goes on as it began: each name is looked up, or none. */
static void
count_other(struct json_known *k, struct json_level *l)
{
	if (++l->others == DICTIONARY)
		l[-1].guess[KNOWN_INNER] = &k->names[KNOWN_ANY];
}

static void
learn_guess(struct json_known *k, struct json_level *l,
    struct json_name **guess, struct json_name *n)
{
	size_t at = (size_t)((char *)guess - (char *)k) / sizeof *guess;
	uint8_t *wrong = &k->wrong[(at ^ at >> 6) % KNOWN_LINKS];

	if (*guess == &k->names[KNOWN_VARIOUS])
		return;
	/* Where guesses are often wrong, looking up costs less.  One surprise
	 * in an object nobody can spare the processor, if it may be of this
	 * kind or that. */
	*wrong += l->surprised;
	l->surprised = true;
	*guess = *wrong < WRONG ? n : &k->names[KNOWN_VARIOUS];
}

struct json_name *
json_known_look(struct json_known *k, struct json_level *l,
    struct json_name **guess, struct str s)
{
	uint64_t hash = json_known_hash(l->mark, s.p, s.len);
	uint32_t at = k->slot[json_known_at(hash)] ^
	    json_known_slot(hash, l->mark);
	struct json_name *n = &k->names[at % KNOWN_NAMES];

	if (at >= KNOWN_NAMES || !json_known_is(n, s.p, l->stamp))
		return NULL;
	learn_guess(k, l, guess, n);
	return n;
}

struct json_taken
json_known_take(struct json_known *k, struct json_level *l,
    struct json_name **guess, struct str s)
{
	uint64_t hash = json_known_hash(l->mark, s.p, s.len);
	bool any = *guess == &k->names[KNOWN_ANY];
	struct json_name *n = any ? NULL : find(k, l->depth, hash, s);

	if (n != NULL) {
		if (n->stamp == l->stamp)
			return (struct json_taken){NULL, 0};
		n->stamp = l->stamp;
		learn_guess(k, l, guess, n);
		return (struct json_taken){n->guess, n->kind};
	}
	if (l->seen == NULL)
		l->seen = mem_zalloc(KNOWN_SLOTS * sizeof *l->seen);
	count_other(k, l);
	return json_known_note(l, hash, any);
}

struct json_taken
json_known_escaped(struct json_known *k, struct json_level *l)
{
	l->doubt = true;
	count_other(k, l);
	return (struct json_taken){l->start, json_known_kind(l->depth)};
}
