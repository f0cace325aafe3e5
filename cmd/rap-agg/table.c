/* Tables of groups. */
#include <string.h>

#include "table.h"

#include "base/err.h"
#include "base/mem.h"
#include "prog/record.h"
#include "term.h"

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
	struct agg_reader reader;
	bool *counts; /* for each item: is this record one of its where? */
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
	agg_reader_open(&w->reader, s);
	w->counts = mem_array(s->nitems, sizeof *w->counts);
	for (size_t k = 0; k < s->nitems; k++)
		w->counts[k] = true;
	w->cache = mem_array(CACHE_SLOTS, sizeof *w->cache);
	return w;
}

void
agg_worker_free(struct agg_worker *w)
{
	agg_table_free(&w->table, w->spec);
	buf_free(&w->key);
	buf_free(&w->spelling);
	agg_reader_close(&w->reader);
	mem_free(w->counts);
	mem_free(w->cache);
	mem_free(w);
}

struct agg_table *
agg_worker_table(struct agg_worker *w)
{
	return &w->table;
}

void
agg_worker_seen(const struct agg_worker *w, bool *seen, uint64_t *records)
{
	for (size_t i = 0; i < w->spec->nterms; i++)
		seen[i] |= w->reader.seen[i];
	*records += w->reader.records;
}

/* The key values as they are spelled, a comma between; absent is nothing. */
static struct str
spell(struct agg_worker *w)
{
	const struct agg_spec *s = w->spec;
	const struct agg_cell *c;

	if (s->nkeys == 0)
		return AGG_ALL;
	if (s->nkeys == 1) {
		c = &w->reader.cells[s->keys[0].term];
		return c->node == JSON_NONE ? (struct str){"", 0} :
		    json_raw(c->d, c->node);
	}
	buf_clear(&w->spelling);
	for (size_t i = 0; i < s->nkeys; i++) {
		c = &w->reader.cells[s->keys[i].term];
		if (c->node != JSON_NONE)
			buf_str(&w->spelling, json_raw(c->d, c->node));
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
	struct str text = spell(w);
	struct cached *c = NULL;
	size_t g;

	if (text.len <= CACHE_TEXT) {
		c = &w->cache[slot_of(text)];
		if (c->used && c->len == text.len &&
		    memcmp(c->text, text.p, text.len) == 0)
			return c->group;
	}
	buf_clear(&w->key);
	for (size_t i = 0; i < s->nkeys; i++) {
		const struct agg_cell *k = &w->reader.cells[s->keys[i].term];

		agg_key_put(&w->key, k->d, k->node, rec->arena);
	}
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

/* A key that the record lacks: as asked. */
static int
no_key(const struct agg_spec *s, const struct agg_key *k, struct err *e)
{
	const struct agg_term *t = &s->terms[k->term];
	struct str what = t->x != NULL ? k->name : t->path.text;

	if (s->missing == AGG_SKIP)
		return PROG_FILTERED;
	err_at(e, 0, ERR_DATA, "agg.missing", "no key %.*s", (int)what.len,
	    what.p);
	if (t->x == NULL)
		err_path(e, what.p, what.len);
	return PROG_BAD;
}

static int
read_keys(struct agg_worker *w, const struct prog_record *rec, struct err *e)
{
	const struct agg_spec *s = w->spec;

	agg_read_paths(&w->reader, rec->doc);
	if (s->missing == AGG_GROUP && !s->computes)
		return PROG_PASS;
	for (size_t i = 0; i < s->nkeys; i++) {
		size_t t = s->keys[i].term;

		if (agg_read(&w->reader, t, rec, e) != 0)
			return PROG_BAD;
		if (w->reader.cells[t].node == JSON_NONE &&
		    s->missing != AGG_GROUP)
			return no_key(s, &s->keys[i], e);
	}
	return PROG_PASS;
}

/* The condition and the argument of one aggregate. */
static int
read_item(struct agg_worker *w, size_t k, const struct prog_record *rec,
    struct err *e)
{
	const struct agg_spec *s = w->spec;
	const struct agg_item *it = &s->items[k];
	const struct agg_cell *c;

	if (it->where != AGG_NONE && agg_read_test(&w->reader, it->where, rec,
	    &w->counts[k], e) != 0)
		return PROG_BAD;
	if (it->term == AGG_NONE || !w->counts[k])
		return PROG_PASS;
	if (agg_read(&w->reader, it->term, rec, e) != 0)
		return PROG_BAD;
	c = &w->reader.cells[it->term];
	if (c->node == JSON_NONE || agg_check(it, c, e) == 0)
		return PROG_PASS;
	if (s->terms[it->term].x == NULL) {
		struct str path = s->terms[it->term].path.text;

		err_path(e, path.p, path.len);
	}
	return PROG_BAD;
}

int
agg_record(struct agg_worker *w, const struct prog_record *rec, struct err *e)
{
	const struct agg_spec *s = w->spec;
	struct agg_table *t = &w->table;
	struct agg_state *state;
	int verdict = read_keys(w, rec, e);
	size_t g;

	/* All values before any is folded in: a bad record leaves no trace. */
	for (size_t k = 0; k < s->nitems && verdict == PROG_PASS; k++)
		verdict = read_item(w, k, rec, e);
	if (verdict != PROG_PASS)
		return verdict;
	g = find_group(w, rec, e);
	if (g == AGG_NONE)
		return PROG_BAD;
	state = t->states + g * s->nitems;
	for (size_t k = 0; k < s->nitems; k++) {
		const struct agg_item *it = &s->items[k];
		const struct agg_cell *c;

		if (!w->counts[k])
			continue;
		if (it->term == AGG_NONE) {
			state[k].n++;
			continue;
		}
		c = &w->reader.cells[it->term];
		if (c->node != JSON_NONE)
			t->bytes += agg_fold(it, &state[k], c, rec->arena);
	}
	if (t->bytes > s->max_bytes) {
		over_memory(s, e);
		return PROG_BAD;
	}
	return PROG_PASS;
}
