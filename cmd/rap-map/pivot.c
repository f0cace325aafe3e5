#include "pivot.h"

#include "base/err.h"
#include "base/mem.h"

enum { GROUP_MAX = 64 << 20, GARBAGE = 64 << 10 };

struct slice {
	size_t at, len;
	struct place place; /* of the record it is from */
};

struct group {
	struct place begun;
	struct buf lead;   /* the members of the key */
	struct map labels; /* member i of the group ... */
	struct slice *value; /* ... has its value there in values */
	size_t cap, live;   /* live: bytes of values that are some member's */
	struct buf values;
};

struct groups {
	const struct order *o;
	struct map keys; /* of the groups, when they need not lie together */
	struct group *group;
	size_t n, cap, next;
	size_t held; /* bytes of the groups */
	struct buf last; /* key of the open group, when they do */
};

struct groups *
groups_new(const struct order *o)
{
	struct groups *g = mem_zalloc(sizeof *g);

	g->o = o;
	return g;
}

static void
group_free(struct group *g)
{
	buf_free(&g->lead);
	buf_free(&g->values);
	map_free(&g->labels);
	mem_free(g->value);
	*g = (struct group){0};
}

void
groups_free(struct groups *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n; i++)
		group_free(&g->group[i]);
	map_free(&g->keys);
	buf_free(&g->last);
	mem_free(g->group);
	mem_free(g);
}

static void
put_group(const struct group *g, struct buf *row)
{
	buf_clear(row);
	buf_putc(row, '{');
	buf_str(row, buf_view(&g->lead));
	for (size_t i = 0; i < g->labels.n; i++) {
		if (i != 0 || g->lead.len != 0)
			buf_putc(row, ',');
		buf_str(row, map_key(&g->labels, i));
		buf_put(row, g->values.p + g->value[i].at, g->value[i].len);
	}
	buf_putc(row, '}');
}

/* The group of the key, which may be new. */
static struct group *
group_of(struct groups *g, struct str key, struct buf *row,
    struct place *begun)
{
	size_t i = 0;

	if (g->o->all) {
		i = map_add(&g->keys, key);
		if (i < g->n)
			return &g->group[i];
	} else if (g->n != 0 && str_eq(buf_view(&g->last), key)) {
		return &g->group[0];
	} else {
		if (g->n != 0) {
			put_group(&g->group[0], row);
			*begun = g->group[0].begun;
			group_free(&g->group[0]);
			g->held = 0;
		}
		buf_clear(&g->last);
		buf_str(&g->last, key);
	}
	if (i >= g->cap) {
		g->cap = g->cap != 0 ? g->cap * 2 : 16;
		g->group = mem_realloc(g->group, g->cap * sizeof *g->group);
	}
	g->group[i] = (struct group){0};
	g->n = i + 1;
	return &g->group[i];
}

/* Leave out the values that were replaced. */
static void
compact(struct group *g)
{
	struct buf was = g->values;

	g->values = (struct buf){0};
	for (size_t i = 0; i < g->labels.n; i++) {
		struct slice *v = &g->value[i];
		size_t at = g->values.len;

		buf_put(&g->values, was.p + v->at, v->len);
		v->at = at;
	}
	buf_free(&was);
}

/* The value of member i, which is the next one or has one already. */
static void
set_value(struct group *g, size_t i, bool is_new, const struct member *m,
    const struct place *at)
{
	if (i >= g->cap) {
		g->cap = g->cap != 0 ? g->cap * 2 : 8;
		g->value = mem_realloc(g->value, g->cap * sizeof *g->value);
	}
	g->live += m->value.len - (is_new ? 0 : g->value[i].len);
	g->value[i] = (struct slice){g->values.len, m->value.len, *at};
	buf_str(&g->values, m->value);
	if (g->values.len > 2 * g->live + GARBAGE)
		compact(g);
}

static size_t
group_bytes(const struct group *g)
{
	return sizeof *g + g->lead.cap + g->values.cap +
	    g->cap * sizeof *g->value + map_bytes(&g->labels);
}

static int
twice(const struct group *g, size_t i, const struct member *m, struct err *e)
{
	const struct place *first = &g->value[i].place;

	err_set(e, ERR_DATA, "map.pivot",
	    "the group {%.*s} has %.*s twice, first in %.60s:%llu",
	    (int)(m->lead.len < 60 ? m->lead.len : 60), m->lead.p,
	    (int)(m->label.len < 51 ? m->label.len - 1 : 50), m->label.p,
	    first->source, (unsigned long long)first->line);
	return err_hint(e, "twice: first or last takes one of them");
}

int
groups_add(struct groups *g, const struct member *m, const struct place *at,
    struct buf *row, struct place *begun, struct err *e)
{
	struct group *to = group_of(g, m->key, row, begun);
	size_t was = group_bytes(to), had = to->labels.n, i;

	if (had == 0) {
		was = 0;
		to->begun = *at;
		buf_str(&to->lead, m->lead);
	}
	i = map_add(&to->labels, m->label);
	if (i == had)
		set_value(to, i, true, m, at);
	else if (g->o->twice == TWICE_ERROR)
		return twice(to, i, m, e);
	else if (g->o->twice == TWICE_LAST)
		set_value(to, i, false, m, at);
	if (to->live + to->labels.keys_len > GROUP_MAX)
		return err_set(e, ERR_DATA, "map.limit",
		    "a group of more than %d MiB", GROUP_MAX >> 20);
	g->held += group_bytes(to) - was;
	if (map_bytes(&g->keys) + g->held <= g->o->memory)
		return 0;
	err_set(e, ERR_OS, "map.limit", "pivot needs more than %zu MiB for "
	    "its groups", g->o->memory >> 20);
	return err_hint(e,
	    "raise memory, or sort the input and say groups: adjacent");
}

bool
groups_next(struct groups *g, struct buf *row, struct place *begun)
{
	if (g->next == g->n)
		return false;
	put_group(&g->group[g->next], row);
	*begun = g->group[g->next].begun;
	group_free(&g->group[g->next++]);
	return true;
}
