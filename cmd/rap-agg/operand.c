/* Operands and keys taken apart, as text. */
#include <ctype.h>
#include <string.h>

#include "agg.h"

#include "base/err.h"

/* ORDER agg_func */
static const char *const funcs[] = {"count", "sum", "mean", "min", "max"};

struct str
agg_trim(struct str s)
{
	while (s.len != 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){s.p + 1, s.len - 1};
	while (s.len != 0 && (s.p[s.len - 1] == ' ' ||
	    s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

int
agg_func_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(funcs); i++)
		if (str_eq(name, str_of(funcs[i])))
			return (int)i;
	return -1;
}

/* The last byte of the CEL literal or quoted name that begins at s.p[i]. */
static size_t
quoted(struct str s, size_t i)
{
	char q = s.p[i];
	bool raw = q == '`' || (i > 0 && (s.p[i - 1] | 0x20) == 'r');
	size_t n = q != '`' && s.len - i >= 3 && s.p[i + 1] == q &&
	    s.p[i + 2] == q ? 3 : 1, run = 0;

	for (i += n; i < s.len; i++) {
		run = s.p[i] == q ? run + 1 : 0;
		if (run == n)
			return i;
		if (s.p[i] == '\\' && !raw)
			i++;
	}
	return s.len;
}

size_t
agg_until(struct str s, char stop)
{
	size_t depth = 0, i = 0;

	for (; i < s.len; i++) {
		char c = s.p[i];

		if (c == stop && depth == 0)
			return i;
		if (c == '"' || c == '\'' || c == '`')
			i = quoted(s, i);
		else if (c == '(' || c == '[' || c == '{')
			depth++;
		else if ((c == ')' || c == ']' || c == '}') && depth > 0)
			depth--;
	}
	return s.len;
}

/* Is s "where" and a blank or bracket, or nothing after it? */
static bool
is_where(struct str s)
{
	return s.len >= 5 && memcmp(s.p, "where", 5) == 0 &&
	    (s.len == 5 || memchr(" \t(", s.p[5], 3) != NULL);
}

/* The bracket that ends the argument at s.p[0], or s.len.  A JSON Pointer may
 * hold quotes and brackets of its own: it goes up to the last one, or to the
 * one before `where`. */
static size_t
closing(struct str s)
{
	size_t end = s.len;
	struct str arg = agg_trim(s);

	if (arg.len == 0 || arg.p[0] != '/')
		return agg_until(s, ')');
	for (size_t i = s.len; i-- != 0;) {
		struct str rest = {s.p + i + 1, s.len - i - 1};

		if (s.p[i] != ')')
			continue;
		rest = agg_trim(rest);
		if (end == s.len || is_where(rest))
			end = i;
	}
	return end;
}

/* NAME=FUNC: the name (may be missing), the function, and what follows. */
static bool
split_head(const char *text, struct agg_call *c, struct str *rest)
{
	size_t n = strcspn(text, "=("), at = 0;
	struct str s = str_of(text);

	*c = (struct agg_call){0};
	if (text[n] == '=') {
		c->name = agg_trim((struct str){text, n});
		s = (struct str){text + n + 1, s.len - n - 1};
	}
	s = agg_trim(s);
	while (at < s.len && (isalnum((unsigned char)s.p[at]) ||
	    s.p[at] == '_'))
		at++;
	c->func = (struct str){s.p, at};
	*rest = agg_trim((struct str){s.p + at, s.len - at});
	/* So that a file of such a name can be given as ./NAME. */
	return at != 0 && memchr(text, '/', (size_t)(s.p - text)) == NULL;
}

bool
agg_is_item(const char *operand)
{
	struct agg_call c;
	struct str rest;
	bool known, open;

	if (!split_head(operand, &c, &rest))
		return false;
	known = agg_func_find(c.func) >= 0;
	open = rest.len != 0 && rest.p[0] == '(';
	/* Without a name only what cannot be meant as a file. */
	if (c.name.p == NULL)
		return known && open;
	if (known)
		return open || rest.len == 0 || is_where(rest);
	return open && (rest.p[rest.len - 1] == ')' ||
	    strstr(rest.p, ") where ") != NULL);
}

static int
malformed(struct err *e, const char *operand, const char *what)
{
	char show[60];

	str_escape(show, sizeof show, operand, strlen(operand));
	err_set(e, ERR_USAGE, "agg.form", "an aggregate %s", what);
	return err_hint(e, "NAME=FUNC(ARG) [where EXPR] is one; a file is "
	    "./%s", show);
}

int
agg_call_split(const char *operand, struct agg_call *c, struct err *e)
{
	struct str rest;
	size_t end;

	split_head(operand, c, &rest);
	if (rest.len == 0 || rest.p[0] != '(')
		return malformed(e, operand, "needs brackets after its "
		    "function");
	rest = (struct str){rest.p + 1, rest.len - 1};
	end = closing(rest);
	if (end == rest.len)
		return malformed(e, operand, "has a bracket that is not "
		    "closed");
	c->arg = agg_trim((struct str){rest.p, end});
	rest = agg_trim((struct str){rest.p + end + 1, rest.len - end - 1});
	if (rest.len == 0)
		return 0;
	if (!is_where(rest))
		return malformed(e, operand, "ends with its bracket, or "
		    "where follows");
	c->where = agg_trim((struct str){rest.p + 5, rest.len - 5});
	if (c->where.len == 0)
		return malformed(e, operand, "has nothing after where");
	return 0;
}
