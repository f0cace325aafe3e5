/*
 * The scalar scanner: one pass, iterative, no conversion.  It is the reference
 * for every faster kernel, so its verdicts and error offsets are the contract.
 */
#include "json/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "json/json_priv.h"

struct scan {
	struct json_doc *d;
	const char *p, *end;
	uint32_t depth; /* open containers; their nodes are on d->stack */
	struct err *e;
};

static int __attribute__((cold, noinline, format(printf, 4, 5)))
fail(struct scan *s, const char *at, const char *id, const char *fmt, ...)
{
	size_t pos = (size_t)(at - s->d->text);
	char why[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	if (at >= s->end && strcmp(id, "json.empty") != 0)
		return err_at(s->e, pos, ERR_DATA, "json.trunc",
		    "text ends inside a value");
	return err_at(s->e, pos, ERR_DATA, id, "%s", why);
}

/* What people feed by mistake, told by the first bytes. */
static const char *
magic(const char *p, size_t n)
{
	static const struct {
		const char bytes[5];
		size_t n;
		const char *what;
	} known[] = {
	    {"\x1f\x8b", 2, "gzip"},
	    {"\x28\xb5\x2f\xfd", 4, "zstd"},
	    {"\xff\xfe", 2, "UTF-16"},
	    {"\xfe\xff", 2, "UTF-16"},
	    {"PK\x03\x04", 4, "zip"},
	    {"BZh", 3, "bzip2"},
	    {"\xfd" "7zX", 4, "xz"},
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (n >= known[i].n &&
		    memcmp(p, known[i].bytes, known[i].n) == 0)
			return known[i].what;
	return NULL;
}

static int __attribute__((cold, noinline))
unexpected(struct scan *s, const char *want)
{
	unsigned char c;
	const char *what;

	if (s->p >= s->end)
		return fail(s, s->p, "json.trunc", "text ends");
	c = (unsigned char)*s->p;
	what = s->p == s->d->text
	    ? magic(s->p, (size_t)(s->end - s->p))
	    : NULL;
	if (what != NULL) {
		fail(s, s->p, "json.magic", "not JSON: looks like %s", what);
		return err_hint(s->e, "decompress or convert it first; "
		    "rap-fetch reads gzip and zstd itself");
	}
	if (s->end - s->p >= 3 && memcmp(s->p, "\xef\xbb\xbf", 3) == 0)
		return fail(s, s->p, "json.bom", "byte order mark inside");
	if (c < 0x20)
		return fail(s, s->p, "json.ctrl", "control byte 0x%02x", c);
	if (c >= 0x80 && utf8_valid(s->p, (size_t)(s->end - s->p)) == 0)
		return fail(s, s->p, "json.utf8", "malformed UTF-8");
	if (c >= 0x80)
		return fail(s, s->p, "json.syntax",
		    "expected %s, found a non-ASCII character", want);
	return fail(s, s->p, "json.syntax", "expected %s, found '%c'", want,
	    c);
}

static inline __attribute__((always_inline)) uint32_t
push(struct scan *s, enum json_type type)
{
	struct json_doc *d = s->d;
	uint32_t i = d->n;

	if (i == d->cap)
		json_more_nodes(d);
	d->nodes[i] = (struct json_node){
	    .off = (uint32_t)(s->p - d->text), .type = (uint8_t)type};
	d->n = i + 1;
	return i;
}

static inline __attribute__((always_inline)) void
seal(struct scan *s, uint32_t i)
{
	struct json_node *v = &s->d->nodes[i];

	v->len = (uint32_t)(s->p - s->d->text) - v->off;
	v->next = s->d->n;
}

static inline __attribute__((always_inline)) void
blanks(struct scan *s)
{
	while (s->p < s->end && (unsigned char)*s->p <= ' ' &&
	    (*s->p == ' ' || *s->p == '\t' || *s->p == '\r' || *s->p == '\n'))
		s->p++;
}

/* \uXXXX at s->p (on the 'u'): a scalar value, or a whole surrogate pair. */
static int
unicode_escape(struct scan *s)
{
	const char *start = s->p - 1;
	int32_t hi = s->end - s->p > 4 ? json_hex4(s->p + 1) : -1, lo;

	if (hi < 0)
		return fail(s, s->end - s->p > 4 ? start : s->end,
		    "json.escape", "\\u needs four hex digits");
	s->p += 5;
	if (hi < 0xd800 || hi > 0xdfff)
		return 0;
	if (hi > 0xdbff)
		return fail(s, start, "json.surrogate",
		    "low surrogate \\u%04x without a high one", (unsigned)hi);
	lo = s->end - s->p >= 6 && s->p[0] == '\\' && s->p[1] == 'u'
	    ? json_hex4(s->p + 2)
	    : -1;
	if (lo < 0xdc00 || lo > 0xdfff)
		return fail(s, start, "json.surrogate",
		    "high surrogate \\u%04x without a low one", (unsigned)hi);
	s->p += 6;
	return 0;
}

/* The odd byte of a string: an escape, a control, or not ASCII. */
static int __attribute__((noinline))
string_special(struct scan *s, uint8_t *flags)
{
	unsigned char c = (unsigned char)*s->p;
	uint32_t point;
	size_t n;

	if (c == '\\') {
		*flags |= JSON_ESCAPED;
		s->p++;
		if (s->p >= s->end)
			return fail(s, s->p, "json.trunc", "text ends");
		if (*s->p == 'u')
			return unicode_escape(s);
		if (*s->p == '\0' || strchr("\"\\/bfnrt", *s->p) == NULL)
			return fail(s, s->p - 1, "json.escape",
			    "unknown escape");
		s->p++;
		return 0;
	}
	if (c < 0x20)
		return fail(s, s->p, "json.ctrl",
		    "control byte 0x%02x in a string", c);
	n = utf8_decode(s->p, (size_t)(s->end - s->p), &point);
	if (n == 0)
		return fail(s, s->p, "json.utf8", "malformed UTF-8");
	s->p += n;
	return 0;
}

#define ONES 0x0101010101010101u
#define HIGH 0x8080808080808080u

/* High bit set in (at least) the first byte of w that is a quote, a
 * backslash, a control or not ASCII; exact for that first one. */
static inline uint64_t
odd_bytes(uint64_t w)
{
	uint64_t quote = w ^ ONES * '"', slash = w ^ ONES * '\\';

	return (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) |
	    ((w - ONES * 0x20) & ~w) | w) & HIGH;
}

/* A string; s->p is on its opening quote, afterwards behind the closing. */
static inline __attribute__((always_inline)) int
string(struct scan *s, uint8_t *flags)
{
	s->p++;
	for (;;) {
		while (s->end - s->p >= 8) {
			uint64_t w, odd;

			memcpy(&w, s->p, 8);
			odd = odd_bytes(w);
			if (odd != 0) {
				s->p += __builtin_ctzll(odd) >> 3;
				break;
			}
			s->p += 8;
		}
		while (s->p < s->end && *s->p != '"' && *s->p != '\\' &&
		    (unsigned char)*s->p >= 0x20 &&
		    (unsigned char)*s->p < 0x80)
			s->p++;
		if (s->p >= s->end)
			return fail(s, s->p, "json.trunc", "text ends");
		if (*s->p == '"') {
			s->p++;
			return 0;
		}
		if (string_special(s, flags) != 0)
			return -1;
	}
}

static inline bool
digit(const struct scan *s)
{
	return s->p < s->end && (unsigned char)(*s->p - '0') < 10;
}

static inline void
digits(struct scan *s)
{
	while (digit(s))
		s->p++;
}

static int
exponent(struct scan *s)
{
	const char *from;

	s->p++;
	if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
		s->p++;
	if (!digit(s))
		return fail(s, s->p, "json.number", "exponent without digits");
	while (digit(s) && *s->p == '0')
		s->p++;
	from = s->p;
	digits(s);
	if (s->p - from > JSON_EXPONENT_DIGITS)
		return fail(s, from, "json.numlimit",
		    "exponent of more than %d digits", JSON_EXPONENT_DIGITS);
	return 0;
}

/* A number; s->p on its first byte, '-' or a digit. */
static inline __attribute__((always_inline)) int
number(struct scan *s, uint8_t *flags)
{
	*flags = JSON_INTEGER;
	if (*s->p == '-')
		s->p++;
	if (!digit(s))
		return fail(s, s->p, "json.number", "'-' without digits");
	if (*s->p == '0') {
		s->p++;
		if (digit(s))
			return fail(s, s->p - 1, "json.number",
			    "number with a leading zero");
	} else
		digits(s);
	if (s->p < s->end && *s->p == '.') {
		*flags = 0;
		s->p++;
		if (!digit(s))
			return fail(s, s->p, "json.number",
			    "decimal point without digits");
		digits(s);
	}
	if (s->p < s->end && (*s->p | 0x20) == 'e') {
		*flags = 0;
		return exponent(s);
	}
	return 0;
}

static int
literal(struct scan *s, const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++, s->p++)
		if (s->p >= s->end || *s->p != word[i])
			return unexpected(s, "a JSON value");
	return 0;
}

static int
open_container(struct scan *s, uint32_t node)
{
	struct json_doc *d = s->d;

	if (s->depth == JSON_DEPTH)
		return fail(s, s->p, "json.depth",
		    "nesting deeper than %d levels", JSON_DEPTH);
	if (s->depth == d->stack_cap)
		json_more_depth(d);
	d->stack[s->depth++] = node;
	s->p++;
	return 0;
}

/* A scalar or an opening bracket at s->p.  *opened: a container began. */
static inline __attribute__((always_inline)) int
value(struct scan *s, bool *opened)
{
	uint8_t flags = 0;
	uint32_t i;
	int rc;

	*opened = false;
	switch (*s->p) {
	case '"':
		i = push(s, JSON_STRING);
		rc = string(s, &flags);
		break;
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		i = push(s, JSON_NUMBER);
		rc = number(s, &flags);
		break;
	case '{':
		*opened = true;
		return open_container(s, push(s, JSON_OBJECT));
	case '[':
		*opened = true;
		return open_container(s, push(s, JSON_ARRAY));
	case 't':
		i = push(s, JSON_TRUE);
		rc = literal(s, "true", 4);
		break;
	case 'f':
		i = push(s, JSON_FALSE);
		rc = literal(s, "false", 5);
		break;
	case 'n':
		i = push(s, JSON_NULL);
		rc = literal(s, "null", 4);
		break;
	default:
		return unexpected(s, "a JSON value");
	}
	s->d->nodes[i].flags = flags;
	seal(s, i);
	return rc;
}

/* A member's name and the colon; s->p is where the name should be. */
static inline __attribute__((always_inline)) int
name(struct scan *s)
{
	struct json_node *v;
	uint8_t flags = JSON_NAME;
	uint32_t i;

	blanks(s);
	if (s->p >= s->end || *s->p != '"')
		return unexpected(s, "a member name");
	i = push(s, JSON_STRING);
	if (string(s, &flags) != 0)
		return -1;
	seal(s, i);
	v = &s->d->nodes[i];
	v->flags = flags;
	v->depth = (uint8_t)s->depth;
	v->hash = json_name_hash(s->d->text + v->off + 1, v->len - 2);
	if (s->p < s->end && *s->p == ':') {
		s->p++;
		return 0;
	}
	blanks(s);
	if (s->p >= s->end || *s->p != ':')
		return unexpected(s, "':'");
	s->p++;
	return 0;
}

static inline int
close_container(struct scan *s)
{
	uint32_t node = s->d->stack[--s->depth];

	s->p++;
	seal(s, node);
	if (s->d->nodes[node].type == JSON_OBJECT)
		return json_check_names(s->d, node, s->e);
	return 0;
}

/*
 * After an opening bracket or a comma the next thing is a name (in an object)
 * or a value; after a value it is a comma or a closing bracket, until nothing
 * is open.
 */
static int
document(struct scan *s)
{
	bool opened;

	for (;;) {
		bool object, empty;

		blanks(s);
		if (s->p >= s->end)
			return fail(s, s->p, "json.trunc", "text ends");
		if (value(s, &opened) != 0)
			return -1;
		for (;;) {
			if (s->depth == 0)
				return 0;
			object = s->d->nodes[s->d->stack[s->depth - 1]].type ==
			    JSON_OBJECT;
			blanks(s);
			if (s->p >= s->end)
				return fail(s, s->p, "json.trunc",
				    "text ends");
			empty = opened;
			opened = false;
			if (*s->p == (object ? '}' : ']')) {
				if (close_container(s) != 0)
					return -1;
				continue;
			}
			if (empty)
				break;
			if (*s->p != ',')
				return unexpected(s,
				    object ? "',' or '}'" : "',' or ']'");
			s->p++;
			break;
		}
		if (object && name(s) != 0)
			return -1;
	}
}

int
json_parse(struct json_doc *d, const char *text, size_t len, struct err *e)
{
	struct scan s = {.d = d, .p = text, .end = text + len, .e = e};

	d->text = text;
	d->len = len;
	d->n = 0;
	if (len > JSON_TEXT_MAX)
		return err_at(e, JSON_TEXT_MAX, ERR_DATA, "json.toobig",
		    "text longer than %d bytes", JSON_TEXT_MAX);
	blanks(&s);
	if (s.p == s.end)
		return fail(&s, s.p, "json.empty", "no JSON value");
	if (document(&s) != 0)
		return -1;
	blanks(&s);
	if (s.p < s.end)
		return fail(&s, s.p, "json.trail",
		    "more than one value on the line");
	return 0;
}
