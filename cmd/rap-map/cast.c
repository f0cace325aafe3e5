#include "cast.h"

#include <stdio.h>

#include "base/err.h"
#include "funcs.h"
#include "num/num.h"

/* Strict casts of whole values. */

static size_t
digits(struct str s, size_t i)
{
	while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i;
}

/* A JSON number: 'i' without, 'd' with a fraction or exponent; else 0. */
char
cast_number_kind(struct str s)
{
	size_t from = s.len != 0 && s.p[0] == '-', i = digits(s, from);
	char kind = 'i';

	if (i == from || (s.p[from] == '0' && i - from > 1))
		return 0;
	if (i < s.len && s.p[i] == '.') {
		kind = 'd';
		from = i + 1;
		i = digits(s, from);
		if (i == from)
			return 0;
	}
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E')) {
		kind = 'd';
		from = i + 1;
		from += from < s.len && (s.p[from] == '-' || s.p[from] == '+');
		i = digits(s, from);
		if (i == from || i - from > JSON_EXPONENT_DIGITS)
			return 0;
	}
	return i == s.len ? kind : 0;
}

int
cast_fails(struct worker *w, const struct cell *c, const char *type,
    struct err *e)
{
	enum { SHOWN = 60 };
	bool cut = c->raw.len > SHOWN;

	return cell_err(w, c, e, "map.cast", "cannot cast %.*s%s to %s",
	    (int)(cut ? SHOWN : c->raw.len), c->raw.p, cut ? "..." : "", type);
}

/* What somebody may have meant by a string that is no number. */
int
cast_hint(struct str s, struct err *e)
{
	struct str inner = s;

	while (inner.len != 0 && inner.p[0] == ' ')
		inner = (struct str){inner.p + 1, inner.len - 1};
	while (inner.len != 0 && inner.p[inner.len - 1] == ' ')
		inner.len--;
	if (s.len == 0)
		return err_hint(e, "an empty string is no number; on_error: "
		    "null makes it null");
	if (inner.len != s.len && cast_number_kind(inner) != 0)
		return err_hint(e, "there are blanks around the number");
	if (memchr(s.p, ',', s.len) != NULL)
		return err_hint(e, "numbers have a decimal point and no "
		    "thousands separators, whatever the locale");
	if (s.p[0] == '0' || s.p[0] == '+')
		return err_hint(e, "numbers are written as in JSON: no sign "
		    "'+' and no zeros in front");
	return -1;
}

static int
cast_number(struct worker *w, struct cell *c, bool integer, struct err *e)
{
	const char *name = integer ? "integer" : "number";
	struct str s = c->raw;
	char kind;
	int64_t v;
	char whole[24];

	if (c->type == JSON_STRING)
		s = cell_text(w, c);
	else if (c->type != JSON_NUMBER)
		return cast_fails(w, c, name, e);
	kind = cast_number_kind(s);
	if (kind == 0) {
		cast_fails(w, c, name, e);
		return cast_hint(s, e);
	}
	if (integer && kind == 'd') {
		/* 42.0 is an integer; 42.5 is not, and is not rounded. */
		if (num_to_i64(s, &v) != 0)
			return cast_fails(w, c, name, e);
		snprintf(whole, sizeof whole, "%lld", (long long)v);
		s = arena_str(&w->scratch, str_of(whole));
	}
	c->raw = s;
	c->type = JSON_NUMBER;
	return 0;
}

static int
cast_boolean(struct worker *w, struct cell *c, struct err *e)
{
	struct str s = {0};

	if (c->type == JSON_TRUE || c->type == JSON_FALSE)
		return 0;
	if (c->type == JSON_STRING)
		s = cell_text(w, c);
	if (str_eq(s, STR("true")) || str_eq(s, STR("false"))) {
		c->raw = s;
		c->type = s.len == 4 ? JSON_TRUE : JSON_FALSE;
		return 0;
	}
	cast_fails(w, c, "boolean", e);
	return err_hint(e, "say what counts as true: values: {0: false, 1: "
	    "true}");
}

static int
cast_string(struct worker *w, struct cell *c, struct err *e)
{
	if (c->type == JSON_STRING)
		return 0;
	if (c->type == JSON_ARRAY || c->type == JSON_OBJECT)
		return cast_fails(w, c, "string", e);
	*c = cell_string(w, c->raw);
	return 0;
}

/* The digits of a number, without its point, at least one; *exp is the power of
 * ten they are to be taken by. */
static struct str
plain_digits(struct worker *w, struct str s, bool *minus, int *exp)
{
	char *p = arena_alloc(&w->scratch, s.len + 1);
	bool point = false;
	size_t n = 0, i = 0;
	int e = 0;

	*minus = s.p[0] == '-';
	*exp = 0;
	for (i = *minus; i < s.len && s.p[i] != 'e' && s.p[i] != 'E'; i++) {
		if (s.p[i] == '.') {
			point = true;
			continue;
		}
		p[n++] = s.p[i];
		*exp -= point;
	}
	if (i++ < s.len) {
		bool down = s.p[i] == '-';

		for (i += down || s.p[i] == '+'; i < s.len; i++)
			e = e * 10 + (s.p[i] - '0');
		*exp += down ? -e : e;
	}
	return (struct str){p, n};
}

/* Does what is cut off, d[n..), take the last digit that is kept one up? */
static bool
rounds_up(enum rounding how, const char *d, size_t n, size_t len)
{
	bool rest = false;

	for (size_t i = n + 1; i < len; i++)
		rest = rest || d[i] != '0';
	if (how == ROUND_DOWN || d[n] < '5')
		return false;
	return d[n] > '5' || rest || how == ROUND_HALF_UP ||
	    (n != 0 && (d[n - 1] & 1) != 0);
}

/* Digits d * 10^-places as text. */
static struct str
point_in(struct worker *w, struct str d, unsigned places, bool minus)
{
	char *p = arena_alloc(&w->scratch, d.len + places + 4), *q = p;
	size_t whole = d.len > places ? d.len - places : 0, i = 0;

	while (whole > 1 && d.p[i] == '0') {
		i++;
		whole--;
	}
	for (size_t k = i; k < d.len; k++)
		if (minus && d.p[k] != '0') {
			*q++ = '-';
			minus = false;
		}
	if (whole == 0)
		*q++ = '0';
	memcpy(q, d.p + i, whole);
	q += whole;
	if (places != 0)
		*q++ = '.';
	for (size_t k = d.len; k < places; k++)
		*q++ = '0';
	memcpy(q, d.p + i + whole, d.len - i - whole);
	q += d.len - i - whole;
	return (struct str){p, (size_t)(q - p)};
}

/* The number with exactly so many places; what does not fit is an error, or
 * rounded where that is asked for. */
static int
cast_decimal(struct worker *w, struct cell *c, const struct caster *how,
    struct err *e)
{
	struct str d;
	bool minus, zero = true;
	char *grown;
	int exp, more;
	size_t keep;

	if (cast_number(w, c, false, e) != 0 || num_check(c->raw, e) != 0)
		return -1;
	d = plain_digits(w, c->raw, &minus, &exp);
	more = exp + (int)how->places;
	if (more >= 0) {
		grown = arena_alloc(&w->scratch, d.len + (size_t)more + 1);
		memcpy(grown, d.p, d.len);
		memset(grown + d.len, '0', (size_t)more);
		d = (struct str){grown, d.len + (size_t)more};
	} else {
		/* Zeros in front, so that there is a digit to keep. */
		size_t cut = (size_t)-more, pad = cut + 1 > d.len ?
		    cut + 1 - d.len : 1;

		grown = arena_alloc(&w->scratch, d.len + pad);
		memset(grown, '0', pad);
		memcpy(grown + pad, d.p, d.len);
		d = (struct str){grown, d.len + pad};
		keep = d.len - cut;
		for (size_t i = keep; i < d.len; i++)
			zero = zero && d.p[i] == '0';
		if (!zero && how->rounding == ROUND_NONE) {
			cell_err(w, c, e, "map.cast",
			    "%.*s has more than %u decimal places",
			    (int)(c->raw.len < 60 ? c->raw.len : 60), c->raw.p,
			    how->places);
			return err_hint(e, "rounding: half_even makes it fit");
		}
		if (rounds_up(how->rounding, d.p, keep, d.len))
			for (size_t i = keep; i-- > 0 &&
			     (grown[i] = grown[i] == '9' ? '0' :
			     (char)(grown[i] + 1)) == '0';)
				;
		d.len = keep;
	}
	c->raw = point_in(w, d, how->places, minus);
	c->node = JSON_NONE;
	return 0;
}

int
cell_cast(struct worker *w, struct cell *c, const struct caster *how,
    struct err *e)
{
	if (c->type == JSON_NULL)
		return 0;
	switch (how->kind) {
	case CAST_INTEGER:
		return cast_number(w, c, true, e);
	case CAST_NUMBER:
		return cast_number(w, c, false, e);
	case CAST_BOOLEAN:
		return cast_boolean(w, c, e);
	case CAST_STRING:
		return cast_string(w, c, e);
	case CAST_DECIMAL:
		return cast_decimal(w, c, how, e);
	case CAST_TIMESTAMP:
	case CAST_DATE:
		return cast_time(w, c, how, e);
	case CAST_DURATION:
		return cast_span(w, c, how, e);
	default:
		return 0;
	}
}

/* The unit that the record itself names. */
static int
unit_of_record(struct worker *w, const struct field *f,
    struct unit_conv *unit, struct err *e)
{
	struct cell code;
	struct err why;

	if (!eval_find(w, f->unit_from, &code) || code.type != JSON_STRING) {
		code = (struct cell){.node = w->item};
		return cell_err(w, &code, e, "map.unit",
		    "no code of a unit at %.*s",
		    (int)f->unit_from->text.len, f->unit_from->text.p);
	}
	if (funcs_unit(w->funcs, cell_text(w, &code), f->unit_to, unit,
	    &why) == 0)
		return 0;
	cell_err(w, &code, e, why.id, "%s", why.msg);
	return err_hint(e, "%s", why.hint);
}

int
cell_unit(struct worker *w, struct cell *c, const struct field *f,
    struct err *e)
{
	struct unit_conv unit = f->unit;

	if (c->type == JSON_NULL)
		return 0;
	if (cast_number(w, c, false, e) != 0 || (f->unit_from != NULL &&
	    unit_of_record(w, f, &unit, e) != 0))
		return -1;
	buf_clear(&w->key);
	if (unit_convert(&unit, c->raw, &w->key, e) != 0) {
		struct err why = *e;

		return cell_err(w, c, e, why.id, "%s", why.msg);
	}
	c->raw = arena_str(&w->scratch, buf_view(&w->key));
	c->node = JSON_NONE;
	return 0;
}
