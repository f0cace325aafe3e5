#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "expr/expr.h"
#include "expr/lex_priv.h"
#include "num/num.h"

/* Tokens of the CEL grammar (langdef, "Syntax"). */

static int
lex_fail(struct expr_span *where, size_t at, size_t end, struct err *e,
    const char *what)
{
	if (where != NULL)
		*where = (struct expr_span){at, end - at};
	return err_at(e, at, ERR_CONFIG, "expr.syntax", "%s in the expression",
	    what);
}

static int
peek(const struct lex *l, size_t ahead)
{
	size_t i = l->at + ahead;

	return i < l->text.len ? (unsigned char)l->text.p[i] : -1;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    is_digit(c);
}

static int
hex_value(int c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Digits of the base into *v; false when they do not fit 64 bits. */
static bool
digits(struct lex *l, int base, uint64_t *v)
{
	bool fits = true;

	*v = 0;
	for (int d; (d = hex_value(peek(l, 0))) >= 0 && d < base; l->at++)
		if (__builtin_mul_overflow(*v, (uint64_t)base, v) ||
		    __builtin_add_overflow(*v, (uint64_t)d, v))
			fits = false;
	return fits;
}

static void
skip_digits(struct lex *l)
{
	while (is_digit(peek(l, 0)))
		l->at++;
}

/* Is this the start of a fraction or an exponent: what makes a double? */
static bool
at_fraction(const struct lex *l)
{
	int c = peek(l, 0);

	if (c == '.')
		return is_digit(peek(l, 1));
	if (c != 'e' && c != 'E')
		return false;
	c = peek(l, 1);
	return is_digit(c) || ((c == '+' || c == '-') && is_digit(peek(l, 2)));
}

static int
lex_double(struct lex *l, struct expr_span *where, struct err *e)
{
	size_t at = l->tok.at;
	struct str s;

	if (peek(l, 0) == '.') {
		l->at++;
		skip_digits(l);
	}
	if (at_fraction(l)) {
		l->at += is_digit(peek(l, 1)) ? 1 : 2;
		skip_digits(l);
	}
	s = (struct str){l->text.p + at, l->at - at};
	if (s.p[0] == '.') { /* a JSON number begins with a digit */
		char *p = arena_alloc(l->arena, s.len + 1);

		p[0] = '0';
		memcpy(p + 1, s.p, s.len);
		s = (struct str){p, s.len + 1};
	}
	l->tok.kind = TOK_DOUBLE;
	if (num_to_double(s, &l->tok.v.d, e) != 0)
		return lex_fail(where, at, l->at, e, "number past double");
	return 0;
}

static int
lex_number(struct lex *l, struct expr_span *where, struct err *e)
{
	size_t at = l->at;
	bool hex = peek(l, 0) == '0' && (peek(l, 1) == 'x' ||
	    peek(l, 1) == 'X') && hex_value(peek(l, 2)) >= 0;
	bool fits;

	if (hex)
		l->at += 2;
	fits = digits(l, hex ? 16 : 10, &l->tok.v.u);
	if (!hex && at_fraction(l))
		return lex_double(l, where, e);
	l->tok.kind = TOK_INT;
	if (peek(l, 0) == 'u' || peek(l, 0) == 'U') {
		l->at++;
		l->tok.kind = TOK_UINT;
	}
	if (is_name(peek(l, 0)))
		return lex_fail(where, at, l->at + 1, e,
		    "malformed number");
	if (!fits || (l->tok.kind == TOK_INT &&
	    l->tok.v.u > (uint64_t)INT64_MAX + 1))
		return lex_fail(where, at, l->at, e,
		    "integer past 64 bits");
	return 0;
}

/* n digits of the base at hand, all of them there, into *v. */
static bool
number_escape(struct lex *l, unsigned n, int base, uint32_t *v)
{
	for (*v = 0; n > 0; n--, l->at++) {
		int d = hex_value(peek(l, 0));

		if (d < 0 || d >= base)
			return false;
		*v = *v * (uint32_t)base + (uint32_t)d;
	}
	return true;
}

/* One escape after its backslash; bytes go to *p. */
static bool
escape(struct lex *l, bool bytes, char **p)
{
	static const char from[] = "abfnrtv\\?\"'`";
	static const char to[] = "\a\b\f\n\r\t\v\\?\"'`";
	int c = peek(l, 0);
	const char *simple = c > 0 ? strchr(from, c) : NULL;
	uint32_t v;

	if (simple != NULL) {
		*(*p)++ = to[simple - from];
		l->at++;
		return true;
	}
	if (c >= '0' && c <= '3') {
		if (!number_escape(l, 3, 8, &v))
			return false;
	} else {
		unsigned n = c == 'x' || c == 'X' ? 2 : bytes ? 0 :
		    c == 'u' ? 4 : c == 'U' ? 8 : 0;

		l->at += n != 0;
		if (n == 0 || !number_escape(l, n, 16, &v))
			return false;
	}
	if (bytes) {
		*(*p)++ = (char)v;
		return true;
	}
	if (v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return false;
	*p += utf8_encode(*p, v);
	return true;
}

/* A string from its first quote on. */
static int
lex_string(struct lex *l, bool raw, struct expr_span *where, struct err *e)
{
	bool bytes = l->tok.kind == TOK_BYTES;
	int quote = peek(l, 0);
	bool triple = peek(l, 1) == quote && peek(l, 2) == quote;
	uint32_t at;
	char *out, *p;

	l->at += triple ? 3 : 1;
	/* No escape makes more bytes than it has. */
	out = p = arena_alloc(l->arena, l->text.len - l->at + 1);
	for (;;) {
		int c = peek(l, 0);

		if (c < 0 || (!triple && (c == '\n' || c == '\r')))
			return lex_fail(where, l->tok.at, l->at, e,
			    "string without its closing quote");
		if (c == quote && (!triple || (peek(l, 1) == quote &&
		    peek(l, 2) == quote)))
			break;
		at = l->at++;
		if (c != '\\' || raw) {
			*p++ = (char)c;
		} else if (!escape(l, bytes, &p)) {
			if (l->at == at + 1 && l->at < l->text.len)
				l->at++;
			return lex_fail(where, at, l->at, e,
			    "malformed escape");
		}
	}
	l->at += triple ? 3 : 1;
	l->tok.s = (struct str){out, (size_t)(p - out)};
	return 0;
}

static void
skip_blanks(struct lex *l)
{
	for (;;) {
		int c = peek(l, 0);

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' ||
		    c == '\f') {
			l->at++;
		} else if (c == '/' && peek(l, 1) == '/') {
			while (peek(l, 0) >= 0 && peek(l, 0) != '\n')
				l->at++;
		} else {
			return;
		}
	}
}

/* A name, unless it turns out to be the prefix of a string. */
static int
lex_name(struct lex *l, struct expr_span *where, struct err *e)
{
	uint32_t at = l->at;
	bool raw = false, bytes = false;

	while (is_name(peek(l, 0)))
		l->at++;
	l->tok.kind = TOK_IDENT;
	l->tok.s = (struct str){l->text.p + at, l->at - at};
	if ((peek(l, 0) != '"' && peek(l, 0) != '\'') || l->tok.s.len > 2)
		return 0;
	for (size_t i = 0; i < l->tok.s.len; i++) {
		char c = (char)(l->tok.s.p[i] | 0x20);

		if (c == 'r' && !raw)
			raw = true;
		else if (c == 'b' && !bytes)
			bytes = true;
		else
			return 0;
	}
	l->tok.kind = bytes ? TOK_BYTES : TOK_STRING;
	return lex_string(l, raw, where, e);
}

static int
lex_punct(struct lex *l, struct expr_span *where, struct err *e)
{
	static const struct { char a, b; int punct; } pairs[] = {
	    {'=', '=', PUNCT_EQ}, {'!', '=', PUNCT_NE}, {'<', '=', PUNCT_LE},
	    {'>', '=', PUNCT_GE}, {'&', '&', PUNCT_AND}, {'|', '|', PUNCT_OR}};
	int c = peek(l, 0);
	uint32_t code;

	l->tok.kind = TOK_PUNCT;
	l->tok.punct = c;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (c == pairs[i].a && peek(l, 1) == pairs[i].b) {
			l->tok.punct = pairs[i].punct;
			l->at += 2;
			return 0;
		}
	l->at++;
	if (c <= 0 || strchr("+-*/%<>!?:.,()[]{}", c) == NULL) {
		lex_fail(where, l->at - 1, l->at - 1 + utf8_decode(l->text.p +
		    l->at - 1, l->text.len - l->at + 1, &code), e,
		    "stray character");
		if (c == '=')
			err_hint(e, "equality is ==");
		else if (c == '&' || c == '|')
			err_hint(e, "and is &&, or is ||");
		return -1;
	}
	return 0;
}

int
lex_next(struct lex *l, struct expr_span *where, struct err *e)
{
	int c, rc;

	l->prev = l->tok.end;
	skip_blanks(l);
	l->tok = (struct token){.kind = TOK_END, .at = l->at, .end = l->at};
	c = peek(l, 0);
	if (c < 0)
		return 0;
	if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)))) {
		rc = c == '.' ? lex_double(l, where, e) :
		    lex_number(l, where, e);
	} else if (is_name(c)) {
		rc = lex_name(l, where, e);
	} else if (c == '"' || c == '\'') {
		l->tok.kind = TOK_STRING;
		rc = lex_string(l, false, where, e);
	} else if (c == '`') {
		l->at++;
		while (peek(l, 0) != '`' && peek(l, 0) >= ' ')
			l->at++;
		l->tok.kind = TOK_FIELD;
		l->tok.s = (struct str){l->text.p + l->tok.at + 1,
		    l->at - l->tok.at - 1};
		if (peek(l, 0) != '`' || l->tok.s.len == 0)
			return lex_fail(where, l->tok.at, l->at, e,
			    "malformed `name`");
		l->at++;
		rc = 0;
	} else {
		rc = lex_punct(l, where, e);
	}
	l->tok.end = l->at;
	return rc;
}
