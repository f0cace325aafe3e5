#include "order.h"

#include "base/err.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "json/json.h"
#include "json/path.h"
#include "json/write.h"
#include "num/num.h"
#include "seen/seen.h"

/*
 * A note is, for each record that was read: a head, and for each line it
 * became an entry: lengths, key, and the line (dedupe) or the members of the
 * key, the label and the value (pivot).
 */
struct head {
	uint64_t number; /* line in its source */
	uint64_t lines;
};

struct entry {
	size_t key, lead, label, value; /* bytes */
};

enum { KEY_SHORT = 32, GROUP_MAX = 64 << 20, GARBAGE = 64 << 10 };

struct orderer {
	const struct order *o;
	struct json_hint *hints;
	struct json_doc doc;
	struct arena mem;
	struct buf key, lead, label;
	struct hash *hash;
};

struct orderer *
order_worker(const struct order *o, struct json_hint *hints)
{
	struct orderer *w = mem_zalloc(sizeof *w);

	w->o = o;
	w->hints = hints;
	w->hash = hash_new();
	return w;
}

void
order_worker_free(struct orderer *w)
{
	if (w == NULL)
		return;
	json_free(&w->doc);
	arena_free(&w->mem);
	buf_free(&w->key);
	buf_free(&w->lead);
	buf_free(&w->label);
	hash_free(w->hash);
	mem_free(w);
}

/* Long keys are kept as their digest. */
static void
shorten(struct orderer *w)
{
	uint8_t digest[HASH_LEN];

	if (w->key.len <= KEY_SHORT)
		return;
	hash_bytes(w->hash, w->key.p, w->key.len, digest);
	buf_clear(&w->key);
	buf_putc(&w->key, '#');
	buf_put(&w->key, digest, sizeof digest);
}

/* The canonical text of the key. */
static int
find_key(struct orderer *w, struct err *e)
{
	const struct order *o = w->o;

	buf_clear(&w->key);
	buf_clear(&w->lead);
	if (o->nkey == 0)
		canon_write(&w->doc, 0, &w->key);
	for (size_t i = 0; i < o->nkey; i++) {
		const struct source *src = &o->key[i].src;
		uint32_t node = json_path_find(src->path, &w->doc, 0,
		    &w->hints[src->hint]);

		if (node == JSON_NONE)
			return err_set(e, ERR_DATA, "map.key",
			    "nothing at %.*s, which is in the key",
			    (int)src->text.len, src->text.p);
		if (i != 0)
			buf_putc(&w->key, ',');
		canon_write(&w->doc, node, &w->key);
		if (w->lead.len != 0)
			buf_putc(&w->lead, ',');
		buf_str(&w->lead, o->key[i].label);
		buf_str(&w->lead, json_raw(&w->doc, node));
	}
	shorten(w);
	return 0;
}

/* The name of the member that the record becomes. */
static int
find_label(struct orderer *w, struct err *e)
{
	const struct source *src = &w->o->name;
	uint32_t node = json_path_find(src->path, &w->doc, 0,
	    &w->hints[src->hint]);
	struct str name;

	if (node == JSON_NONE || json_type(&w->doc, node) == JSON_NULL)
		return err_set(e, ERR_DATA, "map.pivot", "nothing at %.*s",
		    (int)src->text.len, src->text.p);
	buf_clear(&w->label);
	if (json_type(&w->doc, node) == JSON_STRING)
		name = json_string(&w->doc, node, &w->mem);
	else if (json_type(&w->doc, node) == JSON_ARRAY ||
	    json_type(&w->doc, node) == JSON_OBJECT)
		return err_set(e, ERR_DATA, "map.pivot",
		    "an %s names no member",
		    json_type_name(json_type(&w->doc, node)));
	else
		name = json_raw(&w->doc, node);
	for (size_t i = 0; i < w->o->nkey; i++)
		if (str_eq(w->o->key[i].name, name))
			return err_set(e, ERR_DATA, "map.conflict",
			    "\"%.*s\" is the name of a key",
			    (int)(name.len < 60 ? name.len : 60), name.p);
	json_put_string(&w->label, name);
	buf_putc(&w->label, ':');
	return 0;
}

static int
note_line(struct orderer *w, struct str line, struct buf *note,
    struct err *e)
{
	struct entry x = {0};
	struct str value = line;
	uint32_t node;

	if (json_parse(&w->doc, line.p, line.len, e) != 0)
		return -1;
	arena_reset(&w->mem);
	if (find_key(w, e) != 0)
		return -1;
	if (w->o->kind == ORDER_PIVOT) {
		if (find_label(w, e) != 0)
			return -1;
		node = json_path_find(w->o->value.path, &w->doc, 0,
		    &w->hints[w->o->value.hint]);
		value = node != JSON_NONE ? json_raw(&w->doc, node) :
		    STR("null");
		x.lead = w->lead.len;
		x.label = w->label.len;
	}
	x.key = w->key.len;
	x.value = value.len;
	buf_put(note, &x, sizeof x);
	buf_str(note, buf_view(&w->key));
	if (w->o->kind == ORDER_PIVOT) {
		buf_str(note, buf_view(&w->lead));
		buf_str(note, buf_view(&w->label));
	}
	buf_str(note, value);
	return 0;
}

int
order_note(struct orderer *w, struct str lines, uint64_t number,
    struct buf *note, struct err *e)
{
	const char *p = lines.p, *end = p + lines.len;
	struct head h = {.number = number};
	size_t at = note->len;

	buf_put(note, &h, sizeof h);
	for (; p < end; h.lines++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (note_line(w, (struct str){p, (size_t)(lf - p)}, note,
		    e) != 0)
			return -1;
		p = lf + 1;
	}
	if (!note->over)
		memcpy(note->p + at, &h, sizeof h);
	return 0;
}

/* --- in the order of the input --- */

struct slice {
	size_t at, len;
};

struct group {
	struct buf lead;   /* the members of the key */
	struct map labels; /* member i of the group ... */
	struct slice *value; /* ... has its value there in values */
	size_t cap, live;   /* live: bytes of values that are some member's */
	struct buf values;
};

struct ordered {
	const struct order *o;
	struct seen *seen; /* of dedupe */
	struct map keys;   /* of the groups */
	struct group *groups;
	size_t ngroups, cap;
	size_t held; /* bytes of the groups */
	struct buf last; /* key of the open group */
};

struct ordered *
order_new(const struct order *o)
{
	struct ordered *r = mem_zalloc(sizeof *r);

	r->o = o;
	if (o->kind == ORDER_DEDUPE)
		r->seen = seen_new(o->memory);
	return r;
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
order_free(struct ordered *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->ngroups; i++)
		group_free(&r->groups[i]);
	seen_free(r->seen);
	map_free(&r->keys);
	buf_free(&r->last);
	mem_free(r->groups);
	mem_free(r);
}

static int
check_memory(const struct ordered *r, struct err *e)
{
	if (map_bytes(&r->keys) + r->held <= r->o->memory)
		return 0;
	err_set(e, ERR_OS, "map.limit", "pivot needs more than %zu MiB for its "
	    "groups", r->o->memory >> 20);
	return err_hint(e,
	    "raise memory, or sort the input and say groups: adjacent");
}

static int
dedupe(struct ordered *r, const struct entry *x, const char *p,
    const struct prog_commit *out, bool *wrote, struct err *e)
{
	int rc = seen_add(r->seen, (struct str){p, x->key}, e);

	if (rc <= 0)
		return rc;
	buf_put(out->lines, p + x->key, x->value);
	buf_putc(out->lines, '\n');
	++*out->written;
	*wrote = true;
	return 0;
}

static void
put_group(const struct group *g, struct buf *out, uint64_t *written)
{
	buf_putc(out, '{');
	buf_str(out, buf_view(&g->lead));
	for (size_t i = 0; i < g->labels.n; i++) {
		if (i != 0 || g->lead.len != 0)
			buf_putc(out, ',');
		buf_str(out, map_key(&g->labels, i));
		buf_put(out, g->values.p + g->value[i].at, g->value[i].len);
	}
	buf_puts(out, "}\n");
	++*written;
}

/* The group of the key; one that is complete is written. */
static struct group *
group_of(struct ordered *r, struct str key, const struct prog_commit *out)
{
	size_t i = 0;

	if (!r->o->all) {
		if (r->ngroups != 0 && str_eq(buf_view(&r->last), key))
			return &r->groups[0];
		if (r->ngroups != 0) {
			put_group(&r->groups[0], out->lines, out->written);
			group_free(&r->groups[0]);
			r->held = 0;
		}
		buf_clear(&r->last);
		buf_str(&r->last, key);
	} else {
		i = map_add(&r->keys, key);
		if (i < r->ngroups)
			return &r->groups[i];
	}
	if (i >= r->cap) {
		r->cap = r->cap != 0 ? r->cap * 2 : 16;
		r->groups = mem_realloc(r->groups,
		    r->cap * sizeof *r->groups);
	}
	r->groups[i] = (struct group){0};
	r->ngroups = i + 1;
	return &r->groups[i];
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
set_value(struct group *g, size_t i, bool is_new, struct str value)
{
	if (i >= g->cap) {
		g->cap = g->cap != 0 ? g->cap * 2 : 8;
		g->value = mem_realloc(g->value, g->cap * sizeof *g->value);
	}
	g->live += value.len - (is_new ? 0 : g->value[i].len);
	g->value[i] = (struct slice){g->values.len, value.len};
	buf_str(&g->values, value);
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
pivot(struct ordered *r, const struct head *h, const struct entry *x,
    const char *p, const struct prog_commit *out, struct err *e)
{
	struct group *g = group_of(r, (struct str){p, x->key}, out);
	struct str lead = {p + x->key, x->lead};
	struct str label = {lead.p + x->lead, x->label};
	struct str value = {label.p + x->label, x->value};
	size_t was = group_bytes(g), had = g->labels.n, i;

	if (had == 0) {
		was = 0;
		buf_str(&g->lead, lead);
	}
	i = map_add(&g->labels, label);
	if (i == had) {
		set_value(g, i, true, value);
	} else if (r->o->twice == TWICE_ERROR) {
		err_set(e, ERR_DATA, "map.pivot",
		    "the group {%.*s} has %.*s twice, again in line %llu",
		    (int)(lead.len < 80 ? lead.len : 80), lead.p,
		    (int)(label.len < 61 ? label.len - 1 : 60), label.p,
		    (unsigned long long)h->number);
		return err_hint(e, "twice: first or last takes one of them");
	} else if (r->o->twice == TWICE_LAST) {
		set_value(g, i, false, value);
	}
	if (g->live + g->labels.keys_len > GROUP_MAX)
		return err_set(e, ERR_DATA, "map.limit",
		    "a group of more than %d MiB", GROUP_MAX >> 20);
	r->held += group_bytes(g) - was;
	return check_memory(r, e);
}

int
order_commit(struct ordered *r, const struct buf *note,
    const struct prog_commit *out, struct err *e)
{
	const char *p = note->p, *end = p + note->len;

	while (p < end) {
		struct head h;
		bool wrote = r->o->kind == ORDER_PIVOT;

		memcpy(&h, p, sizeof h);
		p += sizeof h;
		for (uint64_t i = 0; i < h.lines; i++) {
			struct entry x;
			int rc;

			memcpy(&x, p, sizeof x);
			p += sizeof x;
			rc = r->o->kind == ORDER_PIVOT ?
			    pivot(r, &h, &x, p, out, e) :
			    dedupe(r, &x, p, out, &wrote, e);
			if (rc != 0)
				return -1;
			p += x.key + x.lead + x.label + x.value;
		}
		if (!wrote) {
			--*out->passed;
			++*out->filtered;
		}
	}
	return 0;
}

int
order_finish(struct ordered *r, struct buf *out, uint64_t *written,
    struct err *e)
{
	for (size_t i = 0; i < r->ngroups; i++) {
		put_group(&r->groups[i], out, written);
		group_free(&r->groups[i]);
	}
	r->ngroups = 0;
	if (!out->over)
		return 0;
	return err_set(e, ERR_OS, "map.limit",
	    "the groups make more than 1 GiB");
}
