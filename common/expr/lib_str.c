#define _GNU_SOURCE /* memmem: in linear time */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "expr/lib_priv.h"
#include "re/re.h"

/* Strings: the standard functions and the string extension.  Positions count
 * code points. */

static struct str
arg(const struct call *c, uint32_t i)
{
	return (struct str){c->arg[i].u.p, c->arg[i].n};
}

static bool
is_start(char b)
{
	return ((unsigned char)b & 0xc0) != 0x80;
}

static int64_t
points(const char *p, size_t n)
{
	int64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += is_start(p[i]);
	return count;
}

/* The byte at code point number i (the length for the end), or -1. */
static int64_t
byte_at(struct str s, int64_t i)
{
	size_t at = 0;

	if (i < 0)
		return -1;
	for (; i > 0; i--) {
		if (at == s.len)
			return -1;
		for (at++; at < s.len && !is_start(s.p[at]); at++)
			continue;
	}
	return (int64_t)at;
}

static const char *
find(struct str s, size_t from, struct str what)
{
	return memmem(s.p + from, s.len - from, what.p, what.len);
}

static struct expr_value
out_of_range(struct call *c)
{
	return call_fail(c, FAIL_INDEX, "the position is past the string");
}

static struct expr_value
starts_with(struct call *c)
{
	struct str s = arg(c, 0), p = arg(c, 1);

	return value_bool(s.len >= p.len &&
	    (p.len == 0 || memcmp(s.p, p.p, p.len) == 0));
}

static struct expr_value
ends_with(struct call *c)
{
	struct str s = arg(c, 0), p = arg(c, 1);

	return value_bool(s.len >= p.len && (p.len == 0 ||
	    memcmp(s.p + s.len - p.len, p.p, p.len) == 0));
}

static struct expr_value
contains(struct call *c)
{
	return value_bool(find(arg(c, 0), 0, arg(c, 1)) != NULL);
}

/* A pattern that is not a constant: the last few are kept. */
static struct expr_value
matches(struct call *c)
{
	struct expr_run *run = c->run;
	struct str p = arg(c, 1);
	struct re *re = NULL;
	struct err e;
	uint32_t i;

	for (i = 0; i < run->ncache && re == NULL; i++)
		if (run->cache[i].len == p.len &&
		    memcmp(run->cache[i].text, p.p, p.len) == 0)
			re = run->cache[i].re;
	if (re == NULL) {
		re = re_compile(p, RE_LINEAR, &e);
		if (re == NULL)
			return call_fail(c, FAIL_VALUE,
			    "the pattern is malformed, or not of RE2's kind");
		i = run->ncache < RE_CACHE ? run->ncache++ : RE_CACHE - 1;
		if (run->cache[i].re != NULL) {
			re_free(run->cache[i].re);
			mem_free(run->cache[i].text);
		}
		run->cache[i].re = re;
		run->cache[i].text = mem_dup(p.p, p.len);
		run->cache[i].len = p.len;
		run->steps -= 1000;
	}
	return eval_match(run, c->pc, re, arg(c, 0));
}

static struct expr_value
char_at(struct call *c)
{
	struct str s = arg(c, 0);
	int64_t at = byte_at(s, c->arg[1].u.i);
	uint32_t point;

	if (at < 0)
		return out_of_range(c);
	return value_string(s.p + at, utf8_decode(s.p + at,
	    s.len - (size_t)at, &point));
}

static struct expr_value
index_of(struct call *c)
{
	struct str s = arg(c, 0), what = arg(c, 1);
	int64_t from = c->n > 2 ? byte_at(s, c->arg[2].u.i) : 0;
	const char *p;

	if (from < 0)
		return out_of_range(c);
	p = find(s, (size_t)from, what);
	return value_int(p == NULL ? -1 : points(s.p, (size_t)(p - s.p)));
}

static struct expr_value
last_index_of(struct call *c)
{
	struct str s = arg(c, 0), what = arg(c, 1);
	int64_t at = c->n > 2 ? byte_at(s, c->arg[2].u.i) : (int64_t)s.len;

	if (at < 0)
		return out_of_range(c);
	if (what.len > s.len)
		return value_int(-1);
	if ((size_t)at > s.len - what.len)
		at = (int64_t)(s.len - what.len);
	for (; at >= 0; at--)
		if (memcmp(s.p + at, what.p, what.len) == 0)
			return value_int(points(s.p, (size_t)at));
	return value_int(-1);
}

static struct expr_value
change_case(struct call *c, char from)
{
	struct str s = arg(c, 0);
	char *p = run_alloc(c->run, s.len);

	if (p == NULL)
		return call_fail(c, FAIL_LIMIT, NULL);
	for (size_t i = 0; i < s.len; i++)
		p[i] = s.p[i] >= from && s.p[i] <= from + 25 ?
		    (char)(s.p[i] ^ 0x20) : s.p[i];
	return value_string(p, s.len);
}

static struct expr_value
lower_ascii(struct call *c)
{
	return change_case(c, 'A');
}

static struct expr_value
upper_ascii(struct call *c)
{
	return change_case(c, 'a');
}

static size_t
next_point(struct str s, size_t at)
{
	for (at++; at < s.len && !is_start(s.p[at]); at++)
		continue;
	return at;
}

static struct expr_value
replace(struct call *c)
{
	struct str s = arg(c, 0), old = arg(c, 1), new = arg(c, 2);
	int64_t left = c->n > 3 ? c->arg[3].u.i : -1;
	struct text t = {.run = c->run};
	size_t at = 0;

	while (left != 0 && !t.over && at <= s.len) {
		const char *p = find(s, at, old);
		size_t to;

		if (p == NULL)
			break;
		to = (size_t)(p - s.p);
		text_put(&t, s.p + at, to - at);
		text_put(&t, new.p, new.len);
		left--;
		at = to + old.len;
		if (old.len == 0) { /* before each character, and at the end */
			if (to == s.len)
				return text_end(&t, c);
			at = next_point(s, to);
			text_put(&t, s.p + to, at - to);
		}
	}
	if (at < s.len)
		text_put(&t, s.p + at, s.len - at);
	return text_end(&t, c);
}

static struct expr_value
split(struct call *c)
{
	struct str s = arg(c, 0), sep = arg(c, 1);
	int64_t limit = c->n > 2 ? c->arg[2].u.i : -1;
	size_t n = 1, at = 0;
	struct expr_value *v;
	const char *p;

	if (limit == 0 || (sep.len == 0 && s.len == 0))
		return make_list(c->run, c->pc, NULL, 0);
	while (at < s.len && (p = find(s, at, sep)) != NULL) {
		at = sep.len != 0 ? (size_t)(p - s.p) + sep.len :
		    next_point(s, at);
		n += sep.len != 0 || at < s.len;
	}
	if (limit > 0 && (uint64_t)limit < n)
		n = (size_t)limit;
	v = run_alloc(c->run, n * sizeof *v);
	if (v == NULL)
		return call_fail(c, FAIL_LIMIT, NULL);
	at = 0;
	for (size_t i = 0; i + 1 < n; i++) {
		size_t to = sep.len != 0 ? (size_t)(find(s, at, sep) - s.p) :
		    next_point(s, at);

		v[i] = value_string(s.p + at, to - at);
		at = to + sep.len;
	}
	v[n - 1] = value_string(s.p + at, s.len - at);
	return make_list(c->run, c->pc, v, (uint32_t)n);
}

static struct expr_value
substring(struct call *c)
{
	struct str s = arg(c, 0);
	int64_t from = byte_at(s, c->arg[1].u.i);
	int64_t to = c->n > 2 ? byte_at(s, c->arg[2].u.i) : (int64_t)s.len;

	if (from < 0 || to < from)
		return out_of_range(c);
	return value_string(s.p + from, (size_t)(to - from));
}

/* White space as Unicode has it (White_Space=yes). */
static bool
is_space(uint32_t p)
{
	return (p >= 9 && p <= 13) || p == ' ' || p == 0x85 || p == 0xa0 ||
	    p == 0x1680 || (p >= 0x2000 && p <= 0x200a) || p == 0x2028 ||
	    p == 0x2029 || p == 0x202f || p == 0x205f || p == 0x3000;
}

static struct expr_value
trim(struct call *c)
{
	struct str s = arg(c, 0);
	uint32_t p;
	size_t n;

	while (s.len != 0 && (n = utf8_decode(s.p, s.len, &p)) != 0 &&
	    is_space(p)) {
		s.p += n;
		s.len -= n;
	}
	while (s.len != 0) {
		for (n = 1; n < s.len && !is_start(s.p[s.len - n]); n++)
			continue;
		if (utf8_decode(s.p + s.len - n, n, &p) != n || !is_space(p))
			break;
		s.len -= n;
	}
	return value_string(s.p, s.len);
}

static struct expr_value
reverse(struct call *c)
{
	struct str s = arg(c, 0);
	char *out = run_alloc(c->run, s.len);
	size_t at = s.len;

	if (out == NULL)
		return call_fail(c, FAIL_LIMIT, NULL);
	for (size_t i = 0, to; i < s.len; i = to) {
		to = next_point(s, i);
		at -= to - i;
		memcpy(out + at, s.p + i, to - i);
	}
	return value_string(out, s.len);
}

static struct expr_value
quote(struct call *c)
{
	static const char from[] = "\a\b\f\n\r\t\v\\\"";
	static const char to[] = "abfnrtv\\\"";
	struct str s = arg(c, 0);
	struct text t = {.run = c->run};
	size_t done = 0;

	text_puts(&t, "\"");
	for (size_t i = 0; i < s.len; i++) {
		const char *p = s.p[i] != '\0' ? strchr(from, s.p[i]) : NULL;

		if (p == NULL)
			continue;
		text_put(&t, s.p + done, i - done);
		text_puts(&t, "\\");
		text_put(&t, to + (p - from), 1);
		done = i + 1;
	}
	text_put(&t, s.p + done, s.len - done);
	text_puts(&t, "\"");
	return text_end(&t, c);
}

static const struct builtin rows[] = {
	{"startsWith", "string, string: bool", starts_with, true},
	{"endsWith", "string, string: bool", ends_with, true},
	{"contains", "string, string: bool", contains, true},
	{"matches", "string, string: bool", matches, true},
	{"matches", "string, string: bool", matches, false},
	{"charAt", "string, int: string", char_at, true},
	{"indexOf", "string, string: int", index_of, true},
	{"indexOf", "string, string, int: int", index_of, true},
	{"lastIndexOf", "string, string: int", last_index_of, true},
	{"lastIndexOf", "string, string, int: int", last_index_of, true},
	{"lowerAscii", "string: string", lower_ascii, true},
	{"upperAscii", "string: string", upper_ascii, true},
	{"replace", "string, string, string: string", replace, true},
	{"replace", "string, string, string, int: string", replace, true},
	{"split", "string, string: list(string)", split, true},
	{"split", "string, string, int: list(string)", split, true},
	{"substring", "string, int: string", substring, true},
	{"substring", "string, int, int: string", substring, true},
	{"trim", "string: string", trim, true},
	{"reverse", "string: string", reverse, true},
	{"strings.quote", "string: string", quote, false},
	{"format", "string, list(dyn): string", lib_format, true},
};

const struct lib expr_lib_str = {rows, ARRAY_LEN(rows)};
