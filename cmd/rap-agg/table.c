/* Tables of groups. */
#include <string.h>

#include "table.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "json/json.h"
#include "prog/record.h"

/*
 * Spelling of a record's key values -> group, so that most records need no
 * canonical key: direct-mapped, a miss costs only time.
 */
enum { CACHE_SLOTS = 4096, CACHE_TEXT = 54 };

struct cached {
	size_t group;
	uint8_t len, used;
	char text[CACHE_TEXT];
};

struct agg_worker {
	const struct agg_spec *spec;
	struct agg_table table;
	struct json_hint *hints; /* for each path */
	uint32_t *nodes;	 /* of the record at hand, for each path */
	struct cached *cache;
	struct buf key, spelling;
};

/* Bytes a group takes beside its key. */
static size_t
group_size(const struct agg_spec *s)
{
	return sizeof(size_t) * 3 + s->nitems * sizeof(struct agg_state);
}

static int
over_memory(const struct agg_spec *s, struct err *e)
{
	err_set(e, ERR_OS, "agg.memory", "groups take more than %zu MiB",
	    s->max_bytes >> 20);
	return err_hint(e, "raise --memory, or group by less");
}

size_t
agg_table_group(struct agg_table *t, const struct agg_spec *s, struct str key,
    struct err *e)
{
	size_t g = map_add(&t->keys, key);

	if (g < t->n)
		return g;
	if (t->n >= s->max_groups) {
		err_set(e, ERR_OS, "agg.groups", "more than %llu groups",
		    (unsigned long long)s->max_groups);
		err_hint(e, "raise --max-groups, or group by less");
		return AGG_NONE;
	}
	t->bytes += key.len + group_size(s);
	if (t->bytes > s->max_bytes) {
		over_memory(s, e);
		return AGG_NONE;
	}
	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 16;
		t->states = mem_realloc(t->states,
		    t->cap * s->nitems * sizeof *t->states);
	}
	memset(t->states + g * s->nitems, 0, s->nitems * sizeof *t->states);
	t->n++;
	return g;
}

int
agg_table_merge(struct agg_table *into, struct agg_table *from,
    const struct agg_spec *s, struct err *e)
{
	if (into->n == 0) {
		struct agg_table t = *into;

		*into = *from;
		*from = t;
		return 0;
	}
	for (size_t i = 0; i < from->n; i++) {
		size_t g = agg_table_group(into, s, map_key(&from->keys, i),
		    e);

		if (g == AGG_NONE)
			return -1;
		for (size_t k = 0; k < s->nitems; k++)
			into->bytes += agg_merge(&s->items[k],
			    &into->states[g * s->nitems + k],
			    &from->states[i * s->nitems + k]);
		if (into->bytes > s->max_bytes)
			return over_memory(s, e);
	}
	agg_table_free(from, s);
	return 0;
}

void
agg_table_free(struct agg_table *t, const struct agg_spec *s)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < s->nitems; k++)
			agg_state_free(&s->items[k],
			    &t->states[i * s->nitems + k]);
	mem_free(t->states);
	map_free(&t->keys);
	*t = (struct agg_table){0};
}

struct agg_worker *
agg_worker_new(const struct agg_spec *s)
{
	struct agg_worker *w = mem_zalloc(sizeof *w);

	w->spec = s;
	w->hints = mem_array(s->npaths, sizeof *w->hints);
	w->nodes = mem_array(s->npaths, sizeof *w->nodes);
	w->cache = mem_array(CACHE_SLOTS, sizeof *w->cache);
	return w;
}

void
agg_worker_free(struct agg_worker *w)
{
	agg_table_free(&w->table, w->spec);
	buf_free(&w->key);
	buf_free(&w->spelling);
	mem_free(w->hints);
	mem_free(w->nodes);
	mem_free(w->cache);
	mem_free(w);
}

struct agg_table *
agg_worker_table(struct agg_worker *w)
{
	return &w->table;
}

/* The key values as they are spelled, a comma between; absent is nothing. */
static struct str
spell(struct agg_worker *w, const struct json_doc *d)
{
	const struct agg_spec *s = w->spec;

	if (s->nkeys == 0)
		return AGG_ALL;
	if (s->nkeys == 1)
		return w->nodes[s->keys[0].path] == JSON_NONE ?
		    (struct str){"", 0} :
		    json_raw(d, w->nodes[s->keys[0].path]);
	buf_clear(&w->spelling);
	for (size_t i = 0; i < s->nkeys; i++) {
		uint32_t node = w->nodes[s->keys[i].path];

		if (node != JSON_NONE)
			buf_str(&w->spelling, json_raw(d, node));
		buf_putc(&w->spelling, ',');
	}
	return buf_view(&w->spelling);
}

/* Spreads spellings over the cache; nothing else depends on it. */
static size_t
slot_of(struct str s)
{
	uint64_t h = s.len, v;
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		memcpy(&v, s.p + i, 8);
		h = (h ^ v) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	v = 0;
	memcpy(&v, s.p + i, s.len - i);
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h >> 52 & (CACHE_SLOTS - 1);
}

static size_t
find_group(struct agg_worker *w, const struct prog_record *rec, struct err *e)
{
	const struct agg_spec *s = w->spec;
	struct str text = spell(w, rec->doc);
	struct cached *c = NULL;
	size_t g;

	if (text.len <= CACHE_TEXT) {
		c = &w->cache[slot_of(text)];
		if (c->used && c->len == text.len &&
		    memcmp(c->text, text.p, text.len) == 0)
			return c->group;
	}
	buf_clear(&w->key);
	for (size_t i = 0; i < s->nkeys; i++)
		agg_key_put(&w->key, rec->doc, w->nodes[s->keys[i].path],
		    rec->arena);
	g = agg_table_group(&w->table, s,
	    s->nkeys != 0 ? buf_view(&w->key) : AGG_ALL, e);
	if (c != NULL && g != AGG_NONE) {
		c->group = g;
		c->len = (uint8_t)text.len;
		c->used = 1;
		if (text.len != 0)
			memcpy(c->text, text.p, text.len);
	}
	return g;
}

/* Find every path; a key that is absent is dealt with as asked. */
static int
find_nodes(struct agg_worker *w, const struct prog_record *rec, struct err *e)
{
	const struct agg_spec *s = w->spec;

	for (size_t i = 0; i < s->npaths; i++)
		w->nodes[i] = json_path_find(&s->paths[i], rec->doc, 0,
		    &w->hints[i]);
	if (s->missing == AGG_GROUP)
		return PROG_PASS;
	for (size_t i = 0; i < s->nkeys; i++) {
		const struct json_path *p = &s->paths[s->keys[i].path];

		if (w->nodes[s->keys[i].path] != JSON_NONE)
			continue;
		if (s->missing == AGG_SKIP)
			return PROG_FILTERED;
		err_at(e, 0, ERR_DATA, "agg.missing", "no key %.*s",
		    (int)p->text.len, p->text.p);
		err_path(e, p->text.p, p->text.len);
		return PROG_BAD;
	}
	return PROG_PASS;
}

/* All arguments before any is folded in: a bad record leaves no trace. */
static int
check_items(struct agg_worker *w, const struct prog_record *rec,
    struct err *e)
{
	const struct agg_spec *s = w->spec;

	for (size_t k = 0; k < s->nitems; k++) {
		const struct agg_item *it = &s->items[k];
		const struct json_path *p;

		if (it->path == AGG_NONE || w->nodes[it->path] == JSON_NONE)
			continue;
		if (agg_check(it, rec->doc, w->nodes[it->path], e) == 0)
			continue;
		p = &s->paths[it->path];
		err_path(e, p->text.p, p->text.len);
		return PROG_BAD;
	}
	return PROG_PASS;
}

int
agg_record(struct agg_worker *w, const struct prog_record *rec, struct err *e)
{
	const struct agg_spec *s = w->spec;
	struct agg_table *t = &w->table;
	struct agg_state *state;
	int verdict = find_nodes(w, rec, e);
	size_t g;

	if (verdict != PROG_PASS)
		return verdict;
	if (check_items(w, rec, e) != PROG_PASS)
		return PROG_BAD;
	g = find_group(w, rec, e);
	if (g == AGG_NONE)
		return PROG_BAD;
	state = t->states + g * s->nitems;
	for (size_t k = 0; k < s->nitems; k++) {
		const struct agg_item *it = &s->items[k];

		if (it->path == AGG_NONE)
			state[k].n++;
		else if (w->nodes[it->path] != JSON_NONE)
			t->bytes += agg_fold(it, &state[k], rec->doc,
			    w->nodes[it->path], rec->arena);
	}
	if (t->bytes > s->max_bytes) {
		over_memory(s, e);
		return PROG_BAD;
	}
	return PROG_PASS;
}
