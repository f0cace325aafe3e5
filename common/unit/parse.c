#include "unit/unit_priv.h"

#include "base/buf.h"
#include "base/err.h"

/*
 * The grammar of UCUM codes, read from left to right:
 *
 *	main      = "/" term | term
 *	term      = component { ("." | "/") component }
 *	component = atom [exponent] [annotation] | annotation | factor
 *		  | "(" main ")"
 */
enum { NEST = 16, POWER_MAX = 99 };

struct reader {
	struct str code;
	size_t at;
	unsigned depth;	/* brackets, and atoms made of atoms */
	struct err *e;
};

static int read_main(struct reader *r, struct unit *u);

static int
fail(struct reader *r, size_t at, const char *id, const char *text)
{
	return err_at(r->e, at, ERR_CONFIG, id, "%s in the unit \"%.*s\"",
	    text, (int)(r->code.len < 60 ? r->code.len : 60), r->code.p);
}

static const struct unit one = {.factor = {1, 1, 0, 0},
    .shift = {0, 1, 0, 0}};

static bool
at_end(const struct reader *r)
{
	return r->at == r->code.len;
}

static char
peek(const struct reader *r)
{
	return at_end(r) ? '\0' : r->code.p[r->at];
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* u *= (or /=) v */
static int
combine(struct reader *r, size_t at, struct unit *u, struct unit *v,
    bool divide)
{
	if (u->affine || v->affine)
		return fail(r, at, "unit.special",
		    "a temperature scale stands alone, but not");
	if (divide && !unit_ratio_inverse(&v->factor))
		return fail(r, at, "unit.limit", "a division by zero");
	if (!unit_ratio_mul(&u->factor, &v->factor))
		return fail(r, at, "unit.limit", "the factor is too large");
	for (size_t i = 0; i < UNIT_DIMS; i++) {
		int dim = u->dim[i] + (divide ? -v->dim[i] : v->dim[i]);

		if (dim < -POWER_MAX || dim > POWER_MAX)
			return fail(r, at, "unit.limit",
			    "an exponent is too large");
		u->dim[i] = (int8_t)dim;
	}
	return 0;
}

/* The atom behind a prefix of len bytes (0: none) to *u. */
static int
expand(struct reader *r, size_t at, const struct unit_atom *a, int power,
    bool binary, struct unit *u)
{
	struct unit_ratio prefix = {1, 1, binary ? 0 : power, 0}, value;
	struct reader inner = {.e = r->e, .depth = r->depth + 1};

	for (int i = 0; binary && i < power; i++)
		prefix.num *= 1024;
	*u = one;
	if (a->value == NULL) {
		u->dim[a->dim] = 1;
		u->factor = prefix;
		return 0;
	}
	if (a->unit == NULL)
		return fail(r, at, "unit.special",
		    "logarithms and the like are not converted");
	inner.code = str_of(a->unit);
	if (inner.depth > NEST)
		return fail(r, at, "unit.limit", "too deep");
	if (read_main(&inner, u) != 0)
		return -1;
	value = unit_ratio_of(a->value);
	if (!unit_ratio_mul(&u->factor, &value) ||
	    !unit_ratio_mul(&u->factor, &prefix))
		return fail(r, at, "unit.limit", "the factor is too large");
	if (a->shift == NULL)
		return 0;
	u->affine = true;
	u->shift = unit_ratio_of(a->shift);
	if (!unit_ratio_inverse(&prefix) ||
	    !unit_ratio_mul(&u->shift, &prefix))
		return fail(r, at, "unit.limit", "the factor is too large");
	return 0;
}

/* What may be one atom: up to a separator, "[...]" in one piece. */
static struct str
word_at(const struct reader *r)
{
	size_t i = r->at;
	bool inside = false;

	for (; i < r->code.len; i++) {
		char c = r->code.p[i];

		if (c == '[' || c == ']')
			inside = c == '[';
		else if (!inside && strchr("./(){}", c) != NULL && c != '\0')
			break;
	}
	return (struct str){r->code.p + r->at, i - r->at};
}

/* Digits at the end, with their sign, are the exponent: "10*-3", "m2". */
static size_t
exponent_of(struct str word, int *power)
{
	size_t n = word.len;
	int v = 0;

	*power = 1;
	while (n > 0 && is_digit(word.p[n - 1]))
		n--;
	if (n == word.len || word.len - n > 2)
		return word.len;
	for (size_t i = n; i < word.len; i++)
		v = v * 10 + (word.p[i] - '0');
	if (n > 0 && (word.p[n - 1] == '-' || word.p[n - 1] == '+'))
		n--;
	*power = n < word.len && word.p[n] == '-' ? -v : v;
	return n;
}

static int
unknown(struct reader *r, size_t at, struct str name)
{
	const char *meant = unit_meant(name);

	if (meant == NULL)
		meant = unit_meant(r->code);
	err_at(r->e, at, ERR_CONFIG, "unit.code",
	    "no unit \"%.*s\" in the code \"%.*s\"",
	    (int)(name.len < 60 ? name.len : 60), name.p,
	    (int)(r->code.len < 60 ? r->code.len : 60), r->code.p);
	if (meant != NULL)
		return err_hint(r->e, "did you mean \"%s\"?", meant);
	if (memchr(name.p, '^', name.len) != NULL)
		return err_hint(r->e, "UCUM writes exponents as m2, s-1");
	if (memchr(name.p, '*', name.len) != NULL ||
	    memchr(name.p, ' ', name.len) != NULL)
		return err_hint(r->e, "UCUM writes a product as kg.m");
	return err_hint(r->e, "codes are those of UCUM, case sensitive: "
	    "km/h, Cel, [degF], mm[Hg]");
}

static int
read_atom(struct reader *r, struct unit *u)
{
	struct str word = word_at(r), name = word;
	const struct unit_atom *a;
	size_t at = r->at;
	int power, tens = 0;
	bool binary = false;

	name.len = exponent_of(word, &power);
	a = unit_atom_find(name);
	for (size_t n = 1; a == NULL && n <= 2 && n < name.len; n++) {
		struct str rest = {name.p + n, name.len - n};

		if (!unit_prefix((struct str){name.p, n}, &tens, &binary))
			continue;
		a = unit_atom_find(rest);
		if (a != NULL && !a->metric)
			a = NULL;
	}
	if (a == NULL)
		return unknown(r, at, name.len != 0 ? name : word);
	if (a == unit_atom_find(name)) {
		tens = 0;
		binary = false;
	}
	if (expand(r, at, a, tens, binary, u) != 0)
		return -1;
	r->at += word.len;
	if (power == 1)
		return 0;
	if (u->affine)
		return fail(r, at, "unit.special",
		    "a temperature scale stands alone, but not");
	if (!unit_ratio_power(&u->factor, power))
		return fail(r, at, "unit.limit", "the factor is too large");
	for (size_t i = 0; i < UNIT_DIMS; i++) {
		if (u->dim[i] * power < -POWER_MAX ||
		    u->dim[i] * power > POWER_MAX)
			return fail(r, at, "unit.limit",
			    "an exponent is too large");
		u->dim[i] = (int8_t)(u->dim[i] * power);
	}
	return 0;
}

static int
read_factor(struct reader *r, struct unit *u)
{
	size_t at = r->at;

	*u = one;
	u->factor.num = 0;
	for (; is_digit(peek(r)); r->at++) {
		if (r->at - at == 18)
			return fail(r, at, "unit.limit",
			    "the factor is too large");
		u->factor.num = u->factor.num * 10 + (unsigned)(peek(r) - '0');
	}
	if (u->factor.num == 0)
		return fail(r, at, "unit.code", "a factor of zero");
	for (; u->factor.num % 10 == 0; u->factor.ten++)
		u->factor.num /= 10;
	return 0;
}

static int
skip_annotation(struct reader *r)
{
	size_t at = r->at;

	if (peek(r) != '{')
		return 0;
	while (!at_end(r) && peek(r) != '}')
		r->at++;
	if (at_end(r))
		return fail(r, at, "unit.code", "an annotation does not end");
	r->at++;
	return 0;
}

static int
read_component(struct reader *r, struct unit *u)
{
	size_t at = r->at;
	struct str word;
	char c = peek(r);
	size_t n = 0;

	*u = one;
	if (c == '{')
		return skip_annotation(r);
	if (c == '(') {
		if (++r->depth > NEST)
			return fail(r, at, "unit.limit", "too deep");
		r->at++;
		if (read_main(r, u) != 0)
			return -1;
		if (peek(r) != ')')
			return fail(r, at, "unit.code",
			    "a bracket is not closed");
		r->at++;
		r->depth--;
		return skip_annotation(r);
	}
	word = word_at(r);
	while (n < word.len && is_digit(word.p[n]))
		n++;
	if (word.len == 0)
		return fail(r, at, "unit.code", "a unit is missing");
	/* 10* and 10^ are atoms. */
	if ((n == word.len ? read_factor(r, u) : read_atom(r, u)) != 0)
		return -1;
	return skip_annotation(r);
}

static int
read_main(struct reader *r, struct unit *u)
{
	bool divide = peek(r) == '/';
	struct unit v;

	*u = one;
	if (!divide) {
		if (read_component(r, u) != 0)
			return -1;
	} else {
		r->at++;
		if (read_component(r, &v) != 0 ||
		    combine(r, r->at, u, &v, true) != 0)
			return -1;
	}
	while (peek(r) == '.' || peek(r) == '/') {
		size_t at = r->at;

		divide = peek(r) == '/';
		r->at++;
		if (read_component(r, &v) != 0 ||
		    combine(r, at, u, &v, divide) != 0)
			return -1;
	}
	if (!at_end(r) && peek(r) != ')')
		return fail(r, r->at, "unit.code",
		    "'.' or '/' is missing");
	return 0;
}

int
unit_parse(struct unit *u, struct str code, struct err *e)
{
	struct reader r = {.code = code, .e = e};

	if (code.len == 0)
		return err_at(e, 0, ERR_CONFIG, "unit.code", "an empty unit");
	if (code.len > UNIT_CODE_MAX)
		return err_at(e, 0, ERR_CONFIG, "unit.limit",
		    "a unit of more than %d bytes", UNIT_CODE_MAX);
	if (read_main(&r, u) != 0)
		return -1;
	u->meant = unit_meant(code);
	return at_end(&r) ? 0 :
	    fail(&r, r.at, "unit.code", "a bracket too many");
}

void
unit_put_dim(const struct unit *u, struct buf *out)
{
	static const char *const names[UNIT_DIMS] = {"m", "s", "g", "rad",
	    "K", "C", "cd", "[iU]"};
	size_t start = out->len;

	for (size_t i = 0; i < UNIT_DIMS; i++) {
		if (u->dim[i] == 0)
			continue;
		if (out->len != start)
			buf_putc(out, '.');
		buf_puts(out, names[i]);
		if (u->dim[i] != 1)
			buf_printf(out, "%d", u->dim[i]);
	}
	if (out->len == start)
		buf_putc(out, '1');
}
