/*
 * Stage 2: one line of an indexed block to nodes, or (build false) checked
 * without any: each function below is compiled twice.  It accepts only what
 * json_parse accepts and gives the same nodes; when in doubt it gives up and
 * json_parse decides, so every error is found in one place.
 *
 * The block holds only whole UTF-8 and no control byte inside a string, and
 * quotes come in pairs: what is left to check is the grammar between strings,
 * their escapes, numbers, depth, and names used twice.
 */
#include "json/scan.h"

#include <string.h>

#include "base/err.h"
#include "json/json_priv.h"
#include "json/known_inline.h"

/*
 * The context of a line.  Its address never leaves this file's inlined
 * functions, so that the compiler can keep it in registers; what the doc owns
 * is copied here, since a store to a node might else have changed it.
 */
struct walk {
	struct json_doc *d;
	struct json_node *nodes;
	const char *data; /* of the block: quotes count from here */
	const uint32_t *quote, *escapes;
	const uint32_t *ends; /* of numbers, from the next one on */
	uint32_t escape; /* offset of the next one: *escapes */
	uint32_t base;	 /* offset of the line: nodes count from there */
	uint32_t cap;	 /* of nodes */
	struct json_known *known;
	/* Of the innermost container. */
	struct json_level *level;
	struct json_name **guess; /* where the next name is guessed */
	uint32_t stamp;		  /* of the object */
};

static inline __attribute__((always_inline)) const char *
skip_blanks(const char *p)
{
	/* None, as in compact text, or one space, as many writers put behind
	 * ':' and ',': no branch to guess. */
	p += *p == ' ';
	while (__builtin_expect((unsigned char)*p <= ' ', 0) &&
	    (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return p;
}

/* A node in two stores.  ORDER struct json_node */
static inline __attribute__((always_inline)) void
put_node(struct json_node *v, uint64_t off, uint64_t len, uint64_t next,
    uint64_t kind)
{
	uint64_t w[2] = {off | len << 32, next | kind << 32};

	memcpy(v, w, sizeof w);
}

/* The bytes behind `next`: type, flags, and of names depth and hash. */
static inline __attribute__((always_inline)) uint64_t
kind_of(enum json_type t, unsigned flags)
{
	return (uint64_t)t | (uint64_t)flags << 8;
}

/*
 * The number at p of n bytes, 16 at most, does not begin with '-': has it other
 * bytes than digits?  They lack bit 4.
 */
static inline __attribute__((always_inline)) bool
has_point_or_e(const char *p, size_t n)
{
	uint64_t first, last;

	memcpy(&first, p, 8);
	memcpy(&last, n > 8 ? p + n - 8 : p, 8);
	return (~(first & last) & 0x1010101010101010u)
	    << (n < 8 ? 64 - 8 * n : 0) != 0;
}

/* The same for one of any length; *doubt if its exponent may have too many
 * digits, which json_parse counts. */
static bool __attribute__((noinline))
long_has_point_or_e(const char *p, const char *end, bool *doubt)
{
	const char *odd = p; /* behind the last byte that is no digit */

	for (const char *q = p; q < end; q++)
		if ((unsigned char)(*q - '0') > 9)
			odd = q + 1;
	*doubt = odd != p && odd[-1] != '.' &&
	    end - odd > JSON_EXPONENT_DIGITS;
	return odd != p;
}

/*
 * Behind the number at p, or NULL.  What numbers are made of was looked at in
 * stage 1; here, whether there is one, and whether its exponent may be long:
 * not before byte 21.
 */
static inline __attribute__((always_inline)) const char *
walk_number(struct walk *w, const char *p, unsigned *flags, bool build)
{
	const char *end;
	bool odd, doubt;
	size_t n;

	p += *p == '-';
	if ((unsigned char)(*p - '0') > 9)
		return NULL;
	end = w->data + *w->ends++;
	n = (size_t)(end - p);
	if (__builtin_expect(n > (build ? 16 : JSON_EXPONENT_DIGITS + 2), 0)) {
		odd = long_has_point_or_e(p, end, &doubt);
		if (doubt)
			return NULL;
	} else
		odd = build && has_point_or_e(p, n);
	*flags = odd ? 0 : JSON_INTEGER;
	return end;
}

/* One of "\/bfnrt, by a bit for each byte below 128. */
static inline bool
simple_escape(char c)
{
	static const uint64_t good[4] = {
	    (uint64_t)1 << '"' | (uint64_t)1 << '/',
	    (uint64_t)1 << ('\\' - 64) | (uint64_t)1 << ('b' - 64) |
		(uint64_t)1 << ('f' - 64) | (uint64_t)1 << ('n' - 64) |
		(uint64_t)1 << ('r' - 64) | (uint64_t)1 << ('t' - 64)};

	return (good[(unsigned char)c >> 6] >> (c & 63) & 1) != 0;
}

/*
 * The escapes before offset end are good: the pointer to the first one behind
 * it, or NULL.
 */
static const uint32_t *__attribute__((noinline))
walk_escapes(const char *data, const uint32_t *escape, uint32_t end)
{
	while (*escape < end) {
		const char *p = data + *escape++;
		uint32_t at = (uint32_t)(p - data);
		int32_t hi, lo;

		if (p[1] != 'u') {
			if (!simple_escape(p[1]))
				return NULL;
			continue;
		}
		hi = end - at >= 6 ? json_hex4(p + 2) : -1;
		if (hi < 0 || (hi >= 0xdc00 && hi < 0xe000))
			return NULL;
		if (hi < 0xd800 || hi > 0xdfff)
			continue;
		/* The low half must be the very next escape. */
		lo = *escape == at + 6 && end - *escape >= 6 && p[7] == 'u'
		    ? json_hex4(p + 8)
		    : -1;
		if (lo < 0xdc00 || lo > 0xdfff)
			return NULL;
		escape++;
	}
	return escape;
}

/*
 * The string at p: the offset in the block of its last quote; *at that of its
 * first, *flags says whether it has escapes.  0: not sure.
 */
static inline __attribute__((always_inline)) uint32_t
walk_string(struct walk *w, const char *p, uint32_t *at, uint64_t *kind)
{
	uint32_t end = w->quote[1];

	*at = (uint32_t)(p - w->data);
	if (__builtin_expect(w->quote[0] != *at, 0))
		return 0;
	w->quote += 2;
	if (__builtin_expect(w->escape < end, 0)) {
		w->escapes = walk_escapes(w->data, w->escapes, end);
		if (w->escapes == NULL)
			return 0;
		w->escape = *w->escapes;
		*kind |= kind_of(0, JSON_ESCAPED);
	}
	return end;
}

/* The name at p, which is not simply known, becomes node i: at its value, or
 * NULL. */
static inline __attribute__((always_inline)) const char *
walk_odd_name(struct walk *w, uint32_t i, const char *p, bool build)
{
	struct json_level *l = w->level;
	uint64_t flags = 0;
	struct json_taken t;
	uint32_t at, end;

	end = walk_string(w, p, &at, &flags);
	if (end == 0)
		return NULL;
	if (flags != 0)
		t = json_known_escaped(w->known, l);
	else if (*w->guess == &w->known->names[KNOWN_ANY] && l->seen != NULL)
		t = json_known_note(l,
		    json_known_hash(l->mark, p, end + 1 - at), true);
	else
		t = json_known_take(w->known, l, w->guess,
		    (struct str){p, end + 1 - at});
	if (t.guess == NULL)
		return NULL;
	w->guess = t.guess;
	if (build)
		put_node(&w->nodes[i], at - w->base, end + 1 - at, i + 1,
		    t.kind | flags |
			(uint64_t)json_name_hash(p + 1, end - at - 1) << 24);
	p = skip_blanks(w->data + end + 1);
	return *p == ':' ? skip_blanks(p + 1) : NULL;
}

/* A member's name at p becomes node i: at its value, or NULL. */
static inline __attribute__((always_inline)) const char *
walk_name(struct walk *w, uint32_t i, const char *p, bool build)
{
	struct json_name *n = *w->guess;
	/* Where it is comes from the index, so that this need not wait for
	 * what stands before. */
	const char *name = w->data + *w->quote;

	if (__builtin_expect(p != name && skip_blanks(p) != name, 0))
		return NULL;
	if (!json_known_is(n, name, w->stamp)) {
		if (n != &w->known->names[KNOWN_ANY])
			n = json_known_look(w->known, w->level, w->guess,
			    (struct str){name, w->quote[1] + 1 - *w->quote});
		else
			n = NULL;
		if (n == NULL)
			return walk_odd_name(w, i, name, build);
	}
	n->stamp = w->stamp;
	w->guess = n->guess;
	w->quote += 2;
	if (build)
		put_node(&w->nodes[i], (uint32_t)(name - w->data) - w->base,
		    n->size, i + 1, n->kind);
	p = name + n->len;
	return __builtin_expect((unsigned char)*p <= ' ', 0) ? skip_blanks(p)
							     : p;
}

/*
 * Behind the literal at p, or NULL.  Whether it is true or false cannot be
 * guessed, so nothing branches on it; bits 3 and 4 tell f, n and t apart.
 */
static inline __attribute__((always_inline)) const char *
walk_literal(const char *p, enum json_type *t)
{
	static const struct {
		char text[8], mask[8];
		size_t len;
		enum json_type type;
	} literals[4] = {
	    {"false", "\xff\xff\xff\xff\xff", 5, JSON_FALSE},
	    {"null", "\xff\xff\xff\xff", 4, JSON_NULL},
	    {"true", "\xff\xff\xff\xff", 4, JSON_TRUE},
	    {"none", "", 0, JSON_NULL},
	};
	unsigned i = (unsigned char)*p >> 3 & 3;
	uint64_t w, text, mask;

	memcpy(&w, p, 8);
	memcpy(&text, literals[i].text, 8);
	memcpy(&mask, literals[i].mask, 8);
	*t = literals[i].type;
	return (w & mask) == text ? p + literals[i].len : NULL;
}

/* The container at p becomes node n. */
static inline __attribute__((always_inline)) bool
walk_open(struct walk *w, uint32_t n, enum json_type t, const char *p,
    bool build)
{
	struct json_level *l = w->level;

	if (l == &w->known->level[JSON_DEPTH])
		return false;
	if (build)
		put_node(&w->nodes[n], (uint32_t)(p - w->data) - w->base, 0, 0,
		    kind_of(t, 0));
	l->guess = w->guess;
	w->level = ++l;
	l->node = n;
	l->type = (uint8_t)t;
	l->others = 0;
	l->doubt = l->surprised = false;
	if (t == JSON_OBJECT) {
		w->guess += KNOWN_INNER;
		w->stamp = l->stamp = ++w->known->stamp;
	} else
		w->guess = l->start;
	return true;
}

/* The innermost container ends before p; n nodes so far.  *in is the type of
 * the one around it. */
static inline __attribute__((always_inline)) bool
walk_close(struct walk *w, uint32_t n, const char *p, enum json_type *in,
    bool build)
{
	const struct json_level *l = w->level--;
	struct err ignored;

	w->guess = w->level->guess;
	w->stamp = w->level->stamp;
	*in = (enum json_type)w->level->type;
	if (!build)
		return !l->doubt;
	w->nodes[l->node].len =
	    (uint32_t)(p - w->data) - w->base - w->nodes[l->node].off;
	w->nodes[l->node].next = n;
	return !l->doubt || json_check_names(w->d, l->node, &ignored) == 0;
}

/*
 * The value at p becomes node n: behind it, or NULL.  An opening bracket is
 * taken alone; *opened is its type then.
 */
static inline __attribute__((always_inline)) const char *
walk_value(struct walk *w, uint32_t n, const char *p, enum json_type *opened,
    bool build)
{
	uint64_t kind = kind_of(JSON_STRING, 0);
	enum json_type t = JSON_NUMBER;
	unsigned flags = 0;
	uint32_t at, end;

	if (*p == '"') {
		end = walk_string(w, p, &at, &kind);
		if (build)
			put_node(&w->nodes[n], at - w->base, end + 1 - at,
			    n + 1, kind);
		return end != 0 ? w->data + end + 1 : NULL;
	}
	at = (uint32_t)(p - w->data);
	if ((unsigned char)*p <= '9') {
		p = walk_number(w, p, &flags, build);
	} else if ((*p | 0x20) == '{') {
		*opened = *p == '{' ? JSON_OBJECT : JSON_ARRAY;
		return walk_open(w, n, *opened, p, build) ? p + 1 : NULL;
	} else {
		p = walk_literal(p, &t);
	}
	if (build)
		put_node(&w->nodes[n], at - w->base,
		    (uint32_t)(p - w->data) - at, n + 1, kind_of(t, flags));
	return p;
}

/*
 * Behind the value that begins the line, or NULL: not sure.  `in` is the type
 * of the innermost open container.
 */
static inline __attribute__((always_inline)) const char *
walk_document(struct walk *w, bool build)
{
	const char *p = w->data + w->base;
	enum json_type in = JSON_NULL, opened;
	uint32_t n = 0;

	for (;;) {
		if (build && __builtin_expect(n + 2 > w->cap, 0)) {
			json_more_nodes(w->d);
			w->nodes = w->d->nodes;
			w->cap = w->d->cap;
		}
		if (in == JSON_OBJECT) {
			p = walk_name(w, n++, p, build);
			if (p == NULL)
				return NULL;
		} else
			p = skip_blanks(p);
		opened = JSON_NULL;
		p = walk_value(w, n++, p, &opened, build);
		if (p == NULL)
			return NULL;
		if (opened != JSON_NULL) {
			in = opened;
			p = skip_blanks(p);
			if (*p != (in == JSON_OBJECT ? '}' : ']'))
				continue;
		}
		/* A value ends here, or an empty container is about to. */
		while (in != JSON_NULL) {
			if (*p == ',')
				break;
			p = skip_blanks(p);
			if (*p == ',')
				break;
			if (*p++ != (in == JSON_OBJECT ? '}' : ']') ||
			    !walk_close(w, n, p, &in, build))
				return NULL;
		}
		if (in == JSON_NULL) {
			w->d->n = build ? n : 0;
			return p;
		}
		p++;
	}
}

/* Walk the value at `line` and the blanks behind it: the end of the line, or
 * NULL. */
static inline __attribute__((always_inline)) const char *
walk_line(struct json_scan *s, struct json_doc *d, const char *line,
    bool build)
{
	uint32_t at = (uint32_t)(line - s->data);
	struct walk w;
	const char *p;

	if (!s->usable)
		return NULL;
	/* Those of lines that were left out, or given up. */
	while (s->quotes[s->at] < at)
		s->at++;
	while (s->escapes[s->escape_at] < at)
		s->escape_at++;
	while (s->ends[s->end_at] < at)
		s->end_at++;
	d->text = line; /* names are compared in it */
	w = (struct walk){
	    .d = d,
	    .nodes = d->nodes,
	    .cap = d->cap,
	    .data = s->data,
	    .quote = s->quotes + s->at,
	    .escapes = s->escapes + s->escape_at,
	    .escape = s->escapes[s->escape_at],
	    .ends = s->ends + s->end_at,
	    .base = at,
	    .known = s->known,
	    .level = s->known->level,
	    .guess = s->known->level[0].start,
	};
	p = walk_document(&w, build);
	if (p == NULL)
		return NULL;
	p = skip_blanks(p);
	if (*p != '\n' && p != s->data + s->len)
		return NULL;
	/* Not before: a line may be walked again until it is a good one. */
	s->at = (uint32_t)(w.quote - s->quotes);
	s->escape_at = (uint32_t)(w.escapes - s->escapes);
	s->end_at = (uint32_t)(w.ends - s->ends);
	return p;
}

bool
json_scan_ahead(struct json_scan *s, struct json_doc *d, const char *line,
    bool nodes, size_t *len)
{
	const char *end = nodes || s->doubts ? walk_line(s, d, line, true)
					     : walk_line(s, d, line, false);

	if (end == NULL)
		return false;
	*len = (size_t)(end - line);
	d->len = *len;
	return true;
}

int
json_scan_line(struct json_scan *s, struct json_doc *d, const char *line,
    size_t len, struct err *e)
{
	if (walk_line(s, d, line, true) != line + len)
		return json_parse(d, line, len, e);
	/* Who comes here after a walk ahead without nodes will again, if the
	 * records are alike. */
	s->doubts = true;
	d->len = len;
	return 0;
}
