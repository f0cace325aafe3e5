#include "note.h"

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "flow.h"
#include "json/write.h"

/* Keys that are longer are kept as their digest. */
enum { KEY_SHORT = 32 };

/* A worker's part of a leg. */
struct stage {
	struct leg leg;
	struct flow *flow; /* NULL: no step, what comes is what goes */
	struct json_hint *hints;
	struct json_doc doc;
	struct buf lines; /* what the steps left */
};

struct noter {
	struct stage *stages;
	size_t first, n;
	struct arena mem;
	struct buf key, lead, label;
	struct hash *hash;
};

size_t
note_legs(const struct chain *c, struct leg *legs)
{
	size_t n = 0, from = 0;

	for (size_t i = 0; i < c->nsteps; i++) {
		if (c->steps[i].order.kind == ORDER_NONE)
			continue;
		legs[n++] = (struct leg){from, i + 1, &c->steps[i].order,
		    c->steps[i].nhints};
		from = i + 1;
	}
	legs[n] = (struct leg){from, c->nsteps, NULL, 0};
	return n + 1;
}

bool
note_doubtful(struct str list)
{
	while (list.len != 0) {
		struct piece x;

		note_piece(&list, &x);
		if (x.bad || x.kind == PIECE_BAD)
			return true;
	}
	return false;
}

struct noter *
note_new(const struct chain *c, size_t first, bool canonical)
{
	struct noter *w = mem_zalloc(sizeof *w);
	struct leg legs[MAPPING_STEPS_MAX + 1];

	w->n = note_legs(c, legs);
	w->first = first;
	w->stages = mem_array(w->n, sizeof *w->stages);
	for (size_t i = first; i < w->n; i++) {
		struct stage *s = &w->stages[i];
		bool last = legs[i].order == NULL;

		if (!last && legs[i].order->kind == ORDER_PIVOT)
			w->n = i + 1;

		s->leg = legs[i];
		s->hints = mem_array(legs[i].nhints + 1, sizeof *s->hints);
		if (legs[i].from < legs[i].to || (last && canonical))
			s->flow = flow_new(c, legs[i].from, legs[i].to,
			    last && canonical);
	}
	w->hash = hash_new();
	return w;
}

void
note_free(struct noter *w)
{
	if (w == NULL)
		return;
	for (size_t i = w->first; i < w->n; i++) {
		struct stage *s = &w->stages[i];

		flow_free(s->flow);
		mem_free(s->hints);
		json_free(&s->doc);
		buf_free(&s->lines);
	}
	mem_free(w->stages);
	arena_free(&w->mem);
	buf_free(&w->key);
	buf_free(&w->lead);
	buf_free(&w->label);
	hash_free(w->hash);
	mem_free(w);
}

void
note_seen(const struct noter *w, struct sight *all)
{
	for (size_t i = w->first; i < w->n; i++)
		if (w->stages[i].flow != NULL)
			flow_seen(w->stages[i].flow, all);
}

static void
shorten(struct noter *w)
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
find_key(struct noter *w, struct stage *s, struct err *e)
{
	const struct order *o = s->leg.order;

	buf_clear(&w->key);
	buf_clear(&w->lead);
	if (o->nkey == 0)
		canon_write(&s->doc, 0, &w->key);
	for (size_t i = 0; i < o->nkey; i++) {
		const struct source *src = &o->key[i].src;
		uint32_t node = json_path_find(src->path, &s->doc, 0,
		    &s->hints[src->hint]);

		if (node == JSON_NONE)
			return err_set(e, ERR_DATA, "map.key",
			    "nothing at %.*s, which is in the key",
			    (int)src->text.len, src->text.p);
		if (i != 0)
			buf_putc(&w->key, ',');
		canon_write(&s->doc, node, &w->key);
		if (w->lead.len != 0)
			buf_putc(&w->lead, ',');
		buf_str(&w->lead, o->key[i].label);
		buf_str(&w->lead, json_raw(&s->doc, node));
	}
	shorten(w);
	return 0;
}

/* The name of the member that the record becomes. */
static int
find_label(struct noter *w, struct stage *s, struct err *e)
{
	const struct order *o = s->leg.order;
	const struct source *src = &o->name;
	uint32_t node = json_path_find(src->path, &s->doc, 0,
	    &s->hints[src->hint]);
	struct str name;

	if (node == JSON_NONE || json_type(&s->doc, node) == JSON_NULL)
		return err_set(e, ERR_DATA, "map.pivot", "nothing at %.*s",
		    (int)src->text.len, src->text.p);
	buf_clear(&w->label);
	if (json_type(&s->doc, node) == JSON_STRING)
		name = json_string(&s->doc, node, &w->mem);
	else if (json_type(&s->doc, node) == JSON_ARRAY ||
	    json_type(&s->doc, node) == JSON_OBJECT)
		return err_set(e, ERR_DATA, "map.pivot",
		    "an %s names no member",
		    json_type_name(json_type(&s->doc, node)));
	else
		name = json_raw(&s->doc, node);
	for (size_t i = 0; i < o->nkey; i++)
		if (str_eq(o->key[i].name, name))
			return err_set(e, ERR_DATA, "map.conflict",
			    "\"%.*s\" is the name of a key",
			    (int)(name.len < 60 ? name.len : 60), name.p);
	json_put_string(&w->label, name);
	buf_putc(&w->label, ':');
	return 0;
}

static void
put_lines(struct buf *note, struct str lines, uint64_t n)
{
	struct piece x = {.kind = PIECE_LINES, .len = lines.len, .n = n};

	if (n == 0)
		return;
	buf_put(note, &x, sizeof x);
	buf_str(note, lines);
}

static int
put_member(struct noter *w, struct stage *s, struct buf *note, struct err *e)
{
	const struct source *src = &s->leg.order->value;
	struct piece x = {.kind = PIECE_MEMBER};
	struct str value = STR("null");
	uint32_t node;

	if (find_label(w, s, e) != 0)
		return -1;
	node = json_path_find(src->path, &s->doc, 0, &s->hints[src->hint]);
	if (node != JSON_NONE)
		value = json_raw(&s->doc, node);
	x.key = w->key.len;
	x.lead = w->lead.len;
	x.label = w->label.len;
	x.len = value.len;
	buf_put(note, &x, sizeof x);
	buf_str(note, buf_view(&w->key));
	buf_str(note, buf_view(&w->lead));
	buf_str(note, buf_view(&w->label));
	buf_str(note, value);
	return 0;
}

static bool note_leg(struct noter *w, size_t k, struct str line,
    const struct json_doc *d, struct buf *note);

/* Key the record, and note what the legs behind make of it. */
static void
put_key(struct noter *w, size_t k, struct str line, struct buf *note)
{
	struct piece x = {.kind = PIECE_KEY, .key = w->key.len};
	size_t at = note->len, from;

	buf_put(note, &x, sizeof x);
	buf_str(note, buf_view(&w->key));
	from = note->len;
	x.bad = note_leg(w, k + 1, line, &w->stages[k].doc, note);
	x.len = note->len - from;
	if (!note->over)
		memcpy(note->p + at, &x, sizeof x);
}

/* A piece for each line that leg k left. */
static int
note_lines(struct noter *w, size_t k, struct buf *note, struct err *e)
{
	struct stage *s = &w->stages[k];
	const char *p = s->lines.p, *end = p + s->lines.len;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		struct str line = {p, (size_t)(lf - p)};

		if (json_parse(&s->doc, line.p, line.len, e) != 0)
			return -1;
		arena_reset(&w->mem);
		if (find_key(w, s, e) != 0)
			return -1;
		if (s->leg.order->kind == ORDER_DEDUPE)
			put_key(w, k, line, note);
		else if (put_member(w, s, note, e) != 0)
			return -1;
		if (note->over)
			return err_set(e, ERR_OS, "map.limit",
			    "one block of input maps to more than 1 GiB");
		p = lf + 1;
	}
	return 0;
}

/* An error as it is in a note: what is before its texts, and those that a
 * record's error has, each as long as it is.  There may be one for each of
 * millions of elements. */
static void
put_error(struct buf *note, const struct err *e)
{
	const char *const texts[] = {e->path, e->source, e->msg, e->hint};

	buf_put(note, e, offsetof(struct err, path));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		buf_put(note, texts[i], strlen(texts[i]) + 1);
}

void
note_error(const char *p, struct err *e)
{
	char *const texts[] = {e->path, e->source, e->msg, e->hint};

	*e = (struct err){0};
	memcpy(e, p, offsetof(struct err, path));
	p += offsetof(struct err, path);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		size_t n = strlen(p) + 1;

		memcpy(texts[i], p, n);
		p += n;
	}
}

static void
put_bad(struct buf *note, size_t start, bool stop, const struct err *e)
{
	struct piece x = {.kind = PIECE_BAD, .stop = stop};

	note->len = start;
	buf_put(note, &x, sizeof x);
	put_error(note, e);
	x.len = note->len - start - sizeof x;
	if (!note->over)
		memcpy(note->p + start, &x, sizeof x);
}

/* A record, the text `line`, through leg k: is there a BAD among its pieces?
 * As deep as there are legs. */
static bool
note_leg(struct noter *w, size_t k, struct str line,
    const struct json_doc *d, struct buf *note)
{
	struct stage *s = &w->stages[k];
	size_t start = note->len;
	bool stop = false;
	struct err e;
	int64_t n = 1;

	buf_clear(&s->lines);
	if (s->flow != NULL) {
		n = flow_record(s->flow, d, &s->lines, &stop, &e);
	} else {
		buf_str(&s->lines, line);
		buf_putc(&s->lines, '\n');
	}
	if (n >= 0 && s->leg.order == NULL)
		put_lines(note, buf_view(&s->lines), (uint64_t)n);
	else if (n < 0 || note_lines(w, k, note, &e) != 0) {
		put_bad(note, start, stop, &e);
		return true;
	}
	return !note->over && note_doubtful(
	    (struct str){note->p + start, note->len - start});
}

int64_t
note_record(struct noter *w, const struct json_doc *d, struct buf *note,
    bool *stop, struct err *e)
{
	struct stage *s = &w->stages[w->first];
	int64_t n;

	buf_clear(&s->lines);
	n = flow_record(s->flow, d, &s->lines, stop, e);
	return n < 0 || note_lines(w, w->first, note, e) != 0 ? -1 : n;
}

void
note_line(struct noter *w, struct str line, struct buf *note)
{
	struct stage *s = &w->stages[w->first];
	struct err e;

	if (s->flow != NULL &&
	    json_parse(&s->doc, line.p, line.len, &e) != 0)
		put_bad(note, note->len, false, &e);
	else
		note_leg(w, w->first, line, &s->doc, note);
}
