#include "cast.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "expr/expr.h"
#include "num/num.h"

/* Casts to times and lengths of time. */

enum { NANO = 1000000000 };

/* The value as an expression sees it. */
static bool
value_of(struct worker *w, const struct cell *c, struct expr_value *v)
{
	struct str s;
	struct err none;

	*v = (struct expr_value){0};
	if (c->type == JSON_STRING) {
		s = cell_text(w, c);
		v->type = EXPR_STRING;
		v->u.p = s.p;
		v->n = (uint32_t)s.len;
		return true;
	}
	if (c->type != JSON_NUMBER)
		return false;
	v->type = EXPR_INT;
	if (num_to_i64(c->raw, &v->u.i) == 0)
		return true;
	/* Text, so that no digit is lost on the way. */
	v->type = EXPR_STRING;
	v->u.p = c->raw.p;
	v->n = (uint32_t)c->raw.len;
	return num_to_double(c->raw, &(double){0}, &none) == 0;
}

int
cast_time(struct worker *w, struct cell *c, const struct caster *how,
    struct err *e)
{
	const char *name = how->kind == CAST_DATE ? "date" : "timestamp";
	struct expr_run *run = w->runs[how->expr];
	struct expr_value v, out;
	struct err why;
	struct str text;

	if (!value_of(w, c, &v))
		return cast_fails(w, c, name, e);
	expr_bind(run, 0, v);
	if (expr_eval(run, NULL, 0, &w->scratch, &out, &why) != 0) {
		cast_fails(w, c, name, e);
		return err_hint(e, "%s", why.msg);
	}
	text = (struct str){out.u.p, out.n};
	if (how->same && c->type == JSON_STRING &&
	    !str_eq(text, cell_text(w, c))) {
		cast_fails(w, c, name, e);
		return err_hint(e, "written as it should be it is %.*s",
		    (int)text.len, text.p);
	}
	if (how->same || how->keep)
		return 0;
	if (!how->as_number) {
		*c = cell_string(w, text);
		return 0;
	}
	*c = (struct cell){.raw = arena_str(&w->scratch, text),
	    .node = JSON_NONE, .type = JSON_NUMBER};
	return 0;
}

/* --- durations, in nanoseconds --- */

/* number * 10^places exactly as an integer. */
static bool
scaled(struct worker *w, struct str number, int places, int64_t *out)
{
	struct str s;
	char *p;
	int n;

	if (places == 0)
		return num_to_i64(number, out) == 0;
	p = arena_alloc(&w->scratch, number.len + 24);
	/* With an exponent of its own there is another way to say it. */
	if (memchr(number.p, 'e', number.len) != NULL ||
	    memchr(number.p, 'E', number.len) != NULL) {
		buf_clear(&w->key);
		num_canon(number, &w->key);
		s = arena_str(&w->scratch, buf_view(&w->key));
		if (memchr(s.p, 'e', s.len) != NULL)
			return false;
		return scaled(w, s, places, out);
	}
	n = snprintf(p, number.len + 24, "%.*se%d", (int)number.len,
	    number.p, places);
	return num_to_i64((struct str){p, (size_t)n}, out) == 0;
}

/* Digits with a fraction at *s: nanoseconds of that many units. */
static bool
take(struct worker *w, struct str *s, int64_t unit, int64_t *sum)
{
	size_t n = 0;
	int64_t whole = 0, part = 0, scale = 1;

	(void)w;
	while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9')
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, s->p[n++] - '0', &whole))
			return false;
	if (n == 0 || __builtin_mul_overflow(whole, unit, &whole))
		return false;
	if (n < s->len && (s->p[n] == '.' || s->p[n] == ',')) {
		size_t from = ++n;

		for (; n < s->len && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
			if (n - from == 9)
				return false;
			part = part * 10 + (s->p[n] - '0');
			scale *= 10;
		}
		if (n == from)
			return false;
		/* Exact, or not at all. */
		if (unit >= scale && unit % scale == 0)
			part *= unit / scale;
		else if (part * unit % scale == 0)
			part = part * unit / scale;
		else
			return false;
	}
	*s = (struct str){s->p + n, s->len - n};
	return !__builtin_add_overflow(*sum, whole, sum) &&
	    !__builtin_add_overflow(*sum, part, sum);
}

/* PnDTnHnMnS, PnW: years and months have no length of their own. */
static bool
iso(struct worker *w, struct str s, int64_t *ns)
{
	static const struct {
		char letter;
		bool time;
		int64_t unit;
	} parts[] = {{'W', false, 604800}, {'D', false, 86400},
	    {'H', true, 3600}, {'M', true, 60}, {'S', true, 1}};
	size_t part = 0, seen = 0;
	bool time = false;

	s = (struct str){s.p + 1, s.len - 1};
	while (s.len != 0) {
		int64_t was = *ns, one = 0;

		if (s.p[0] == 'T' && !time) {
			time = true;
			s = (struct str){s.p + 1, s.len - 1};
			if (s.len == 0)
				return false;
		}
		if (!take(w, &s, NANO, &one) || s.len == 0)
			return false;
		while (part < ARRAY_LEN(parts) &&
		    (parts[part].letter != s.p[0] ||
		    parts[part].time != time))
			part++;
		if (part == ARRAY_LEN(parts) ||
		    __builtin_mul_overflow(one, parts[part].unit, &one) ||
		    __builtin_add_overflow(was, one, ns))
			return false;
		part++;
		seen++;
		s = (struct str){s.p + 1, s.len - 1};
	}
	return seen != 0;
}

/* 1h30m, 90s, 1.5ms: as in CEL. */
static bool
words(struct worker *w, struct str s, int64_t *ns)
{
	static const struct {
		const char *name;
		int64_t unit;
	} units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", NANO},
	    {"m", (int64_t)60 * NANO}, {"h", (int64_t)3600 * NANO}};

	if (s.len == 0)
		return false;
	while (s.len != 0) {
		struct str number = s;
		size_t n = 0, i = 0;

		while (n < s.len && (s.p[n] == '.' ||
		    (s.p[n] >= '0' && s.p[n] <= '9')))
			n++;
		number.len = n;
		s = (struct str){s.p + n, s.len - n};
		for (; i < ARRAY_LEN(units); i++) {
			size_t len = strlen(units[i].name);

			if (s.len >= len &&
			    memcmp(s.p, units[i].name, len) == 0 &&
			    (s.len == len || s.p[len] < 'a')) {
				s = (struct str){s.p + len, s.len - len};
				break;
			}
		}
		if (i == ARRAY_LEN(units) ||
		    !take(w, &number, units[i].unit, ns) || number.len != 0)
			return false;
	}
	return true;
}

/* 59:59, 1:02:03.5: what is left of seconds and minutes is below 60. */
static bool
clock_text(struct worker *w, struct str s, int64_t *ns)
{
	int64_t unit = 1;

	for (size_t i = 0; i < s.len; i++)
		unit *= s.p[i] == ':' ? 60 : 1;
	if (unit != 60 && unit != 3600)
		return false;
	for (bool first = true; unit != 0; unit /= 60, first = false) {
		int64_t one = 0;
		size_t n = 0;

		while (n < s.len && s.p[n] >= '0' && s.p[n] <= '9')
			n++;
		if (!first && (n != 2 || s.p[0] > '5'))
			return false;
		if ((unit != 1 && (n == s.len || s.p[n] != ':')) ||
		    !take(w, &s, NANO, &one) ||
		    __builtin_mul_overflow(one, unit, &one) ||
		    __builtin_add_overflow(*ns, one, ns))
			return false;
		if (unit != 1)
			s = (struct str){s.p + 1, s.len - 1};
	}
	return s.len == 0;
}

static const int span_places[] = {0, 9, 6, 3, 0};

static bool
read_span(struct worker *w, const struct cell *c, enum span from,
    int64_t *ns)
{
	struct str s = c->raw;
	bool minus, ok;

	*ns = 0;
	if (c->type == JSON_STRING)
		s = cell_text(w, c);
	else if (c->type != JSON_NUMBER || from == SPAN_TEXT ||
	    from == SPAN_CLOCK)
		return false;
	if (from != SPAN_TEXT && from != SPAN_CLOCK)
		return cast_number_kind(s) != 0 &&
		    scaled(w, s, span_places[from], ns);
	minus = s.len != 0 && s.p[0] == '-';
	if (minus)
		s = (struct str){s.p + 1, s.len - 1};
	if (from == SPAN_CLOCK)
		ok = clock_text(w, s, ns);
	else
		ok = s.len != 0 && s.p[0] == 'P' ? iso(w, s, ns) :
		    words(w, s, ns);
	*ns = minus ? -*ns : *ns;
	return ok;
}

int
cast_span(struct worker *w, struct cell *c, const struct caster *how,
    struct err *e)
{
	char text[48];
	int64_t ns, part;
	int places, n;

	if (!read_span(w, c, how->from, &ns)) {
		cast_fails(w, c, "duration", e);
		return err_hint(e, "a duration is 1h30m, 90s or PT1H30M; "
		    "layout says what else it may be");
	}
	places = how->to == SPAN_TEXT ? 9 : span_places[how->to];
	part = 1;
	for (int i = 0; i < places; i++)
		part *= 10;
	n = snprintf(text, sizeof text, "%s%" PRIu64, ns < 0 ? "-" : "",
	    (ns < 0 ? -(uint64_t)ns : (uint64_t)ns) / (uint64_t)part);
	if (ns % part != 0) {
		n += snprintf(text + n, sizeof text - (size_t)n, ".%0*" PRIu64,
		    places, (ns < 0 ? -(uint64_t)ns : (uint64_t)ns) %
		    (uint64_t)part);
		while (text[n - 1] == '0')
			n--;
	}
	if (how->to == SPAN_TEXT) {
		text[n++] = 's';
		*c = cell_string(w, (struct str){text, (size_t)n});
		return 0;
	}
	*c = (struct cell){.node = JSON_NONE, .type = JSON_NUMBER,
	    .raw = arena_str(&w->scratch, (struct str){text, (size_t)n})};
	return 0;
}
