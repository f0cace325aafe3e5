/*
 * The pattern is read once, by hand, for two reasons: to refuse what PCRE2
 * knows and the dialect does not, and to respell what both have but mean
 * differently (\s \v . [ in a class, surrogate pairs, long property names).
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "re/re_priv.h"

struct tr {
	struct str in;
	size_t i;
	enum re_dialect dialect;
	bool in_class;
	bool quantified; /* what stands before is a quantifier */
	struct buf *out, *origin;
	struct err *e;
};

/* White space and line ends of ECMA-262 (12.2, 12.3), and all the rest. */
static const char ecma_space[] =
    "\\t\\n\\x0b\\f\\r \\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f"
    "\\u205f\\u3000\\ufeff";
static const char ecma_not_space[] =
    "\\x00-\\x08\\x0e-\\x1f!-\\x9f\\xa1-\\u167f\\u1681-\\u1fff"
    "\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff"
    "\\u3001-\\ufefe\\uff00-\\u{10ffff}";
static const char re2_space[] = "\\t\\n\\f\\r ";
static const char re2_not_space[] =
    "\\x00-\\x08\\x0b\\x0e-\\x1f!-\\x{10ffff}";

static const char *const spaces[2][2] = {
    [RE_ECMA] = {ecma_space, ecma_not_space},
    [RE_LINEAR] = {re2_space, re2_not_space},
};

/* Letters and digits that may follow a backslash. */
static const char *const escapes[2] = {
    [RE_ECMA] = "dDwWsSbBpPcxukfnrtv0123456789",
    [RE_LINEAR] = "dDwWsSbBpPaxfnrtvAzQ0",
};

/* General categories by the long names ECMA-262 allows. */
static const struct {
	const char *longer, *shorter;
} categories[] = {
    {"Cased_Letter", "L&"}, {"Close_Punctuation", "Pe"},
    {"Connector_Punctuation", "Pc"}, {"Control", "Cc"},
    {"Currency_Symbol", "Sc"}, {"Dash_Punctuation", "Pd"},
    {"Decimal_Number", "Nd"}, {"digit", "Nd"}, {"Enclosing_Mark", "Me"},
    {"Final_Punctuation", "Pf"}, {"Format", "Cf"},
    {"Initial_Punctuation", "Pi"}, {"Letter", "L"}, {"Letter_Number", "Nl"},
    {"Line_Separator", "Zl"}, {"Lowercase_Letter", "Ll"}, {"Mark", "M"},
    {"Combining_Mark", "M"}, {"Math_Symbol", "Sm"},
    {"Modifier_Letter", "Lm"}, {"Modifier_Symbol", "Sk"},
    {"Nonspacing_Mark", "Mn"}, {"Number", "N"},
    {"Open_Punctuation", "Ps"}, {"Other", "C"}, {"Other_Letter", "Lo"},
    {"Other_Number", "No"}, {"Other_Punctuation", "Po"},
    {"Other_Symbol", "So"}, {"Paragraph_Separator", "Zp"},
    {"Private_Use", "Co"}, {"Punctuation", "P"}, {"punct", "P"},
    {"Separator", "Z"}, {"Space_Separator", "Zs"}, {"Spacing_Mark", "Mc"},
    {"Surrogate", "Cs"}, {"Symbol", "S"}, {"Titlecase_Letter", "Lt"},
    {"Unassigned", "Cn"}, {"Uppercase_Letter", "Lu"},
};

/* Append bytes that stand for what is at t->i. */
static void
emit(struct tr *t, const char *p, size_t n)
{
	uint16_t from = (uint16_t)t->i;

	buf_put(t->out, p, n);
	for (size_t k = 0; k < n; k++)
		buf_put(t->origin, &from, sizeof from);
}

static void
emit_text(struct tr *t, const char *z)
{
	emit(t, z, strlen(z));
}

/* Copy n bytes as they are. */
static void
copy(struct tr *t, size_t n)
{
	for (; n != 0 && t->i < t->in.len; n--) {
		emit(t, t->in.p + t->i, 1);
		t->i++;
	}
}

static int
refuse(struct tr *t, const char *what)
{
	return err_at(t->e, t->i, ERR_CONFIG, "re.refused",
	    "regular expression: %s", what);
}

/* Byte k from here, or NUL past the end. */
static char
peek(const struct tr *t, size_t k)
{
	return t->i + k < t->in.len ? t->in.p[t->i + k] : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* n hex digits, k bytes from here: the value, or -1. */
static int
hex(const struct tr *t, size_t k, size_t n)
{
	int v = 0;

	for (size_t j = 0; j < n; j++) {
		int d = str_hex(peek(t, k + j));

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* \s and \S: as a class, or inside one. */
static void
space(struct tr *t, bool negated)
{
	const char *set = spaces[t->dialect][negated];

	if (!t->in_class) {
		emit_text(t, "[");
		emit_text(t, set);
		emit_text(t, "]");
		t->i += 2;
		return;
	}
	emit_text(t, set);
	t->i += 2;
	/* "[\s-x]": the hyphen must not make a range with our last one. */
	if (peek(t, 0) == '-' && peek(t, 1) != ']') {
		emit_text(t, "\\");
		copy(t, 1);
	}
}

/* \uXXXX, \u{X...} and pairs of surrogates (ECMA only). */
static int
unicode(struct tr *t)
{
	int hi, lo;
	char text[16];

	if (peek(t, 2) == '{') {
		size_t n = 3;

		while (str_hex(peek(t, n)) >= 0)
			n++;
		if (n == 3 || peek(t, n) != '}')
			return refuse(t, "\\u{ needs hex digits and }");
		copy(t, n + 1);
		return 0;
	}
	hi = hex(t, 2, 4);
	if (hi < 0)
		return refuse(t, "\\u needs four hex digits");
	if (hi < 0xd800 || hi > 0xdfff) {
		copy(t, 6);
		return 0;
	}
	lo = peek(t, 6) == '\\' && peek(t, 7) == 'u' ? hex(t, 8, 4) : -1;
	if (hi > 0xdbff || lo < 0xdc00 || lo > 0xdfff)
		return refuse(t, "half a surrogate pair");
	hi = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
	/* \u{...} as ECMA spells it; at most six digits. */
	text[0] = '\\';
	text[1] = 'u';
	text[2] = '{';
	for (int k = 0; k < 6; k++)
		text[3 + k] = "0123456789abcdef"[hi >> (4 * (5 - k)) & 15];
	text[9] = '}';
	emit(t, text, 10);
	t->i += 12;
	return 0;
}

/* \p{...}: long names become short ones. */
static int
property(struct tr *t)
{
	struct str name;
	size_t n = 3;

	if (peek(t, 2) != '{') {
		if (t->dialect == RE_ECMA)
			return refuse(t, "\\p needs a name in braces");
		copy(t, 3);
		return 0;
	}
	while (t->i + n < t->in.len && peek(t, n) != '}')
		n++;
	if (peek(t, n) != '}')
		return refuse(t, "\\p{ without }");
	name = (struct str){t->in.p + t->i + 3, n - 3};
	if (name.len > 17 && memcmp(name.p, "General_Category=", 17) == 0) {
		name.p += 17;
		name.len -= 17;
	} else if (name.len > 3 && memcmp(name.p, "gc=", 3) == 0) {
		name.p += 3;
		name.len -= 3;
	}
	emit(t, t->in.p + t->i, 3);
	for (size_t k = 0; k < ARRAY_LEN(categories); k++)
		if (str_eq(name, str_of(categories[k].longer)))
			name = str_of(categories[k].shorter);
	emit(t, name.p, name.len);
	emit_text(t, "}");
	t->i += n + 1;
	return 0;
}

/* \Q...\E of RE2: all of it literal. */
static void
quoted(struct tr *t)
{
	t->i += 2;
	while (t->i < t->in.len) {
		char c = peek(t, 0);

		if (c == '\\' && peek(t, 1) == 'E') {
			t->i += 2;
			return;
		}
		if ((unsigned char)c < 0x80 && !is_letter(c) && !is_digit(c))
			emit_text(t, "\\");
		copy(t, 1);
	}
}

/* A digit, or a letter with a form of its own, after the backslash. */
static int
escape_checked(struct tr *t, char c)
{
	if (c == '0' && is_digit(peek(t, 2)) && t->dialect == RE_ECMA)
		return refuse(t, "octal escape");
	if (is_digit(c) && c != '0' && t->in_class)
		return refuse(t, "back-reference in a class");
	if (c == 'k' && (t->in_class || peek(t, 2) != '<'))
		return refuse(t, "\\k needs <name>");
	if (c == 'c' && !is_letter(peek(t, 2)))
		return refuse(t, "\\c needs a letter");
	if (c == 'x' && t->dialect == RE_ECMA && hex(t, 2, 2) < 0)
		return refuse(t, "\\x needs two hex digits");
	copy(t, c == 'c' ? 3 : 2);
	return 0;
}

static int
escape(struct tr *t)
{
	char c = peek(t, 1);
	char what[] = "\\? is not in this syntax";

	if (t->i + 1 == t->in.len)
		return err_at(t->e, t->i, ERR_CONFIG, "re.syntax",
		    "regular expression: ends in a backslash");
	if (!is_letter(c) && !is_digit(c)) {
		copy(t, 2);
		return 0;
	}
	if (strchr(escapes[t->dialect], c) == NULL) {
		what[1] = c;
		return refuse(t, is_digit(c) ? "back-reference" : what);
	}
	switch (c) {
	case 's':
	case 'S':
		space(t, c == 'S');
		return 0;
	case 'v':
		emit_text(t, "\\x0b");
		t->i += 2;
		return 0;
	case 'u':
		return unicode(t);
	case 'p':
	case 'P':
		return property(t);
	case 'Q':
		quoted(t);
		return 0;
	default:
		return escape_checked(t, c);
	}
}

/* "(?ims-U)" and "(?ims:" of RE2. */
static int
flags(struct tr *t)
{
	size_t n = 2;

	while (peek(t, n) != '\0' && strchr("imsU-", peek(t, n)) != NULL)
		n++;
	if (n == 2 || (peek(t, n) != ')' && peek(t, n) != ':'))
		return refuse(t, "(? form that is not in RE2");
	copy(t, n + 1);
	return 0;
}

/* "(?=", "(?!", "(?<=", "(?<!" */
static int
look_around(struct tr *t)
{
	if (t->dialect == RE_LINEAR)
		return refuse(t, "look-around");
	copy(t, peek(t, 2) == '<' ? 4 : 3);
	return 0;
}

/* "(...": only the forms the dialect has. */
static int
group(struct tr *t)
{
	char a = peek(t, 2), b = peek(t, 3);

	if (peek(t, 1) == '*')
		return refuse(t, "(*VERB)");
	if (peek(t, 1) != '?') {
		copy(t, 1);
		return 0;
	}
	if (a == '=' || a == '!' || (a == '<' && (b == '=' || b == '!')))
		return look_around(t);
	if (a == '<' || a == ':') {
		copy(t, 3);
		return 0;
	}
	if (a == '>')
		return refuse(t, "atomic group");
	if (a == '(')
		return refuse(t, "conditional group");
	if (t->dialect == RE_ECMA)
		return refuse(t, "(? form that is not in ECMA-262");
	if (a == 'P' && b == '<') {
		copy(t, 4);
		return 0;
	}
	return flags(t);
}

/* Inside [...]; "[" is a letter like others, POSIX names are RE2's only. */
static void
class_char(struct tr *t)
{
	char c = peek(t, 0);

	if (c == '[' && peek(t, 1) == ':' && t->dialect == RE_LINEAR) {
		size_t n = 2;

		while (is_letter(peek(t, n)) || peek(t, n) == '^')
			n++;
		if (peek(t, n) == ':' && peek(t, n + 1) == ']') {
			copy(t, n + 2);
			return;
		}
	}
	if (c == '[')
		emit_text(t, "\\");
	t->in_class = c != ']';
	copy(t, 1);
}

static void
class_open(struct tr *t)
{
	copy(t, peek(t, 1) == '^' ? 2 : 1);
	t->in_class = true;
	/* A "]" first is an empty class in ECMA and a letter in RE2. */
	if (peek(t, 0) == ']' && t->dialect == RE_LINEAR)
		copy(t, 1);
}

/* Length of {n}, {n,} or {n,m} here, or 0 when it is none of these. */
static size_t
braces(const struct tr *t)
{
	size_t n = 1;

	while (is_digit(peek(t, n)))
		n++;
	if (n == 1)
		return 0;
	if (peek(t, n) == ',') {
		n++;
		while (is_digit(peek(t, n)))
			n++;
	}
	return peek(t, n) == '}' ? n + 1 : 0;
}

/* A quantifier with its "?"; a "+" behind it would be possessive. */
static int
quantifier(struct tr *t, size_t n)
{
	if (t->quantified)
		return refuse(t, peek(t, 0) == '+' ? "possessive quantifier"
						   : "nothing to repeat");
	copy(t, n);
	if (peek(t, 0) == '?')
		copy(t, 1);
	t->quantified = true;
	return 0;
}

static int
outside(struct tr *t)
{
	char c = peek(t, 0);
	size_t n = c == '{' ? braces(t) : 1;

	if (strchr("*+?{", c) != NULL && c != '\0' && n != 0)
		return quantifier(t, n);
	t->quantified = false;
	if (c == '{' && t->dialect == RE_ECMA) {
		emit_text(t, "\\");
		copy(t, 1);
	} else if (c == '(') {
		return group(t);
	} else if (c == '[') {
		class_open(t);
	} else if (c == '.' && t->dialect == RE_ECMA) {
		emit_text(t, "[^\\n\\r\\u2028\\u2029]");
		t->i++;
	} else {
		copy(t, 1);
	}
	return 0;
}

int
re_translate(struct str pattern, enum re_dialect dialect, struct buf *out,
    struct buf *origin, struct err *e)
{
	struct tr t = {.in = pattern, .dialect = dialect, .out = out,
	    .origin = origin, .e = e};

	while (t.i < pattern.len) {
		int rc = 0;

		if (peek(&t, 0) == '\\') {
			rc = escape(&t);
			t.quantified = false;
		} else if (t.in_class) {
			class_char(&t);
			t.quantified = false;
		} else {
			rc = outside(&t);
		}
		if (rc != 0)
			return -1;
	}
	return 0;
}
