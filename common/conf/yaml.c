#include "conf/conf_priv.h"

#include <yaml.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "json/json.h"
#include "json/write.h"

/* libyaml's events to JSON text, without recursion: the open collections are
 * frames on a stack of our own. */

struct frame {
	uint64_t id;	/* of the mapping, for the table of its keys */
	size_t anchor;	/* to be noted at its end, or MAP_NONE */
	size_t off, node; /* where it began */
	bool array;
	bool filled;
	bool value_due; /* a mapping: the key is there, its value is next */
};

/* A finished anchored node: its text and its places. */
struct span {
	size_t off, end, node, node_end;
	bool done;
};

struct reader {
	struct conf_build *b;
	struct str in;
	struct frame *stack;
	size_t depth, cap;
	uint64_t ids;
	struct map keys; /* id of the mapping, then the key's bytes */
	uint32_t *key_line;
	size_t key_cap;
	struct map anchors;
	struct span *spans;
	size_t span_cap;
	size_t copied;
	size_t chars, at; /* the cursor of locate: the same place twice, */
	size_t lines, line_at; /* the newlines before it, the line's start */
	struct buf tmp;
	bool have_doc;
};

/* libyaml counts characters, we say lines and bytes.  Marks come in text
 * order, so a cursor goes over the text once. */
static void
locate(struct reader *r, const yaml_mark_t *m)
{
	if (m->index < r->chars)
		r->chars = r->at = r->lines = r->line_at = 0;
	for (; r->chars < m->index && r->at < r->in.len; r->chars++) {
		if (r->in.p[r->at++] == '\n') {
			r->lines++;
			r->line_at = r->at;
		}
		while (r->at < r->in.len && (r->in.p[r->at] & 0xc0) == 0x80)
			r->at++;
	}
}

static int
fail(struct reader *r, const yaml_mark_t *m, const char *id, const char *msg,
    struct err *e)
{
	locate(r, m);
	return conf_err_at(e, r->lines + 1, r->at - r->line_at, id, msg);
}

static int
fail_parser(struct reader *r, const yaml_parser_t *y, struct err *e)
{
	const char *what = y->problem != NULL ? y->problem : "not YAML";
	yaml_mark_t m = y->problem_mark;
	size_t at = y->problem_offset;

	if (y->error != YAML_READER_ERROR) {
		fail(r, &m, "conf.syntax", what, e);
		return r->at < r->in.len && r->in.p[r->at] == '\t' ?
		    err_hint(e, "YAML indents with blanks, not with tabs") :
		    -1;
	}
	/* The reader knows only a byte offset. */
	m = (yaml_mark_t){0};
	if (at > r->in.len)
		at = r->in.len;
	for (size_t i = 0; i < at; i++, m.column++)
		if (r->in.p[i] == '\n') {
			m.line++;
			m.column = (size_t)-1;
		}
	return conf_err_at(e, m.line + 1, m.column, "conf.syntax", what);
}

/* The number of (top mapping, key) among all; new is set when it is. */
static size_t
key_number(struct reader *r, struct str key, bool *is_new)
{
	size_t had = r->keys.n, i;
	uint64_t id = r->stack[r->depth - 1].id;

	buf_clear(&r->tmp);
	buf_put(&r->tmp, &id, sizeof id);
	buf_str(&r->tmp, key);
	i = map_add(&r->keys, buf_view(&r->tmp));
	*is_new = r->keys.n > had;
	if (i >= r->key_cap) {
		r->key_cap = i < 32 ? 64 : i * 2;
		r->key_line = mem_realloc(r->key_line,
		    r->key_cap * sizeof *r->key_line);
	}
	return i;
}

static int
check_key(struct reader *r, const yaml_event_t *ev, struct str key,
    struct err *e)
{
	char msg[200], shown[80];
	bool is_new;
	size_t i;

	if (str_eq(key, STR("<<")) &&
	    ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return fail(r, &ev->start_mark, "conf.key",
		    "merge keys (<<) are not part of YAML 1.2", e);
	i = key_number(r, key, &is_new);
	if (is_new) {
		r->key_line[i] = (uint32_t)ev->start_mark.line + 1;
		return 0;
	}
	str_escape(shown, sizeof shown, key.p, key.len);
	snprintf(msg, sizeof msg, "key \"%s\" is here twice, first in line %u",
	    shown, r->key_line[i]);
	return fail(r, &ev->start_mark, "conf.key", msg, e);
}

/* Before a value or a key: the punctuation, and the place. */
static void
begin(struct reader *r, const yaml_mark_t *m)
{
	struct frame *f = r->depth != 0 ? &r->stack[r->depth - 1] : NULL;

	if (f != NULL) {
		if (f->value_due)
			buf_putc(r->b->text, ':');
		else if (f->filled)
			buf_putc(r->b->text, ',');
		f->filled = true;
		if (!f->array)
			f->value_due = !f->value_due;
	}
	locate(r, m);
	conf_origin(r->b, (uint32_t)r->lines + 1,
	    (uint32_t)(r->at - r->line_at));
}

static bool
key_is_due(const struct reader *r)
{
	return r->depth != 0 && !r->stack[r->depth - 1].array &&
	    !r->stack[r->depth - 1].value_due;
}

static size_t
anchor_number(struct reader *r, const yaml_char_t *name)
{
	size_t i;

	if (name == NULL)
		return MAP_NONE;
	i = map_add(&r->anchors, str_of((const char *)name));
	if (i >= r->span_cap) {
		r->span_cap = i < 8 ? 16 : i * 2;
		r->spans =
		    mem_realloc(r->spans, r->span_cap * sizeof *r->spans);
	}
	/* A name that is given again means the new node from here on. */
	r->spans[i].done = false;
	return i;
}

static void
note_anchor(struct reader *r, size_t i, size_t off, size_t node)
{
	if (i != MAP_NONE)
		r->spans[i] = (struct span){off, r->b->text->len, node, r->b->n,
		    true};
}

static int
on_alias(struct reader *r, const yaml_event_t *ev, struct err *e)
{
	size_t i = map_find(&r->anchors,
	    str_of((const char *)ev->data.alias.anchor));
	struct span s;

	if (i == MAP_NONE || !r->spans[i].done)
		return fail(r, &ev->start_mark, "conf.alias",
		    "alias of an anchor that is not complete before it", e);
	if (key_is_due(r))
		return fail(r, &ev->start_mark, "conf.key",
		    "an alias cannot be a key", e);
	s = r->spans[i];
	r->copied += s.end - s.off;
	if (r->copied > CONF_ALIAS_MAX)
		return fail(r, &ev->start_mark, "conf.alias",
		    "aliases expand to more than 1 MiB", e);
	begin(r, &ev->start_mark);
	r->b->n--; /* the copies below have places of their own */
	for (size_t k = s.node; k < s.node_end; k++) {
		conf_origin(r->b, r->b->at[k].line, r->b->at[k].col);
		r->b->at[r->b->n - 1].off = (uint32_t)(r->b->text->len +
		    r->b->at[k].off - s.off);
	}
	if (buf_need(r->b->text, s.end - s.off))
		buf_put(r->b->text, r->b->text->p + s.off, s.end - s.off);
	return 0;
}

/* The letter of a core tag: s m q i f b n; 0 no tag; '?' another one. */
static char
tag_letter(const yaml_char_t *tag)
{
	static const struct {
		const char *name;
		char letter;
	} tags[] = {{"!", 's'}, {YAML_STR_TAG, 's'}, {YAML_MAP_TAG, 'm'},
	    {YAML_SEQ_TAG, 'q'}, {YAML_INT_TAG, 'i'}, {YAML_FLOAT_TAG, 'f'},
	    {YAML_BOOL_TAG, 'b'}, {YAML_NULL_TAG, 'n'}};

	if (tag == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (strcmp((const char *)tag, tags[i].name) == 0)
			return tags[i].letter;
	return '?';
}

static int
on_scalar(struct reader *r, const yaml_event_t *ev, struct err *e)
{
	struct str s = {(const char *)ev->data.scalar.value,
	    ev->data.scalar.length};
	size_t anchor = anchor_number(r, ev->data.scalar.anchor);
	size_t off, node = r->b->n;
	char tag = tag_letter(ev->data.scalar.tag);
	bool plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	bool key = key_is_due(r);
	const char *wrong = NULL;

	if (tag == '?' || tag == 'm' || tag == 'q')
		return fail(r, &ev->start_mark, "conf.tag",
		    "only the tags of the core schema are accepted", e);
	if (key && check_key(r, ev, s, e) != 0)
		return -1;
	begin(r, &ev->start_mark);
	off = r->b->at[node].off;
	if (key || tag == 's' || (tag == 0 && !plain))
		json_put_string(r->b->text, s);
	else
		wrong = conf_scalar(r->b->text, s, tag);
	if (wrong != NULL)
		return fail(r, &ev->start_mark,
		    tag != 0 ? "conf.tag" : "conf.number", wrong, e);
	note_anchor(r, anchor, off, node);
	return 0;
}

static int
on_open(struct reader *r, const yaml_event_t *ev, bool array, struct err *e)
{
	char tag = array ? tag_letter(ev->data.sequence_start.tag) :
			   tag_letter(ev->data.mapping_start.tag);
	size_t anchor = anchor_number(r, array ?
	    ev->data.sequence_start.anchor : ev->data.mapping_start.anchor);

	if (tag != 0 && tag != (array ? 'q' : 'm'))
		return fail(r, &ev->start_mark, "conf.tag",
		    "only the tags of the core schema are accepted", e);
	if (key_is_due(r))
		return fail(r, &ev->start_mark, "conf.key",
		    "a key must be a scalar", e);
	if (r->depth == JSON_DEPTH)
		return fail(r, &ev->start_mark, "conf.depth",
		    "nesting deeper than 1024", e);
	begin(r, &ev->start_mark);
	if (r->depth == r->cap) {
		r->cap = r->cap != 0 ? r->cap * 2 : 32;
		r->stack = mem_realloc(r->stack, r->cap * sizeof *r->stack);
	}
	r->stack[r->depth++] = (struct frame){.id = r->ids++, .anchor = anchor,
	    .off = r->b->text->len, .node = r->b->n - 1, .array = array};
	buf_putc(r->b->text, array ? '[' : '{');
	return 0;
}

static void
on_close(struct reader *r)
{
	struct frame *f = &r->stack[--r->depth];

	buf_putc(r->b->text, f->array ? ']' : '}');
	note_anchor(r, f->anchor, f->off, f->node);
}

/* 1: the stream has ended. */
static int
on_event(struct reader *r, const yaml_event_t *ev, struct err *e)
{
	switch (ev->type) {
	case YAML_STREAM_END_EVENT:
		if (!r->have_doc)
			return err_set(e, ERR_CONFIG, "conf.empty",
			    "the file is empty");
		return 1;
	case YAML_DOCUMENT_START_EVENT:
		if (r->have_doc)
			return fail(r, &ev->start_mark, "conf.syntax",
			    "a second document; one is read", e);
		r->have_doc = true;
		return 0;
	case YAML_ALIAS_EVENT:
		return on_alias(r, ev, e);
	case YAML_SCALAR_EVENT:
		return on_scalar(r, ev, e);
	case YAML_SEQUENCE_START_EVENT:
		return on_open(r, ev, true, e);
	case YAML_MAPPING_START_EVENT:
		return on_open(r, ev, false, e);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		on_close(r);
		return 0;
	default:
		return 0;
	}
}

static int
read_events(struct reader *r, struct err *e)
{
	yaml_parser_t y;
	yaml_event_t ev;
	int rc = 0;

	if (yaml_parser_initialize(&y) == 0)
		mem_die();
	yaml_parser_set_encoding(&y, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y, (const unsigned char *)r->in.p,
	    r->in.len);
	while (rc == 0) {
		if (yaml_parser_parse(&y, &ev) == 0) {
			if (y.error == YAML_MEMORY_ERROR)
				mem_die();
			rc = fail_parser(r, &y, e);
			break;
		}
		rc = on_event(r, &ev, e);
		yaml_event_delete(&ev);
	}
	yaml_parser_delete(&y);
	return rc < 0 ? -1 : 0;
}

int
conf_yaml(struct conf_build *b, struct str text, struct err *e)
{
	struct reader r = {.b = b, .in = text};
	int rc = read_events(&r, e);

	mem_free(r.stack);
	mem_free(r.key_line);
	mem_free(r.spans);
	map_free(&r.keys);
	map_free(&r.anchors);
	buf_free(&r.tmp);
	return rc;
}
