#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expr/lib_priv.h"

/*
 * Times in other spellings: layouts as of strftime(3) and strptime(3), in
 * English whatever the locale, and "unix", "unix_ms", "unix_us", "unix_ns",
 * "rfc3339".
 */

enum { NANO = 1000000000 };

/* ORDER months, weekdays from Sunday */
static const char *const month_names[] = {"January", "February", "March",
    "April", "May", "June", "July", "August", "September", "October",
    "November", "December"};
static const char *const day_names[] = {"Sunday", "Monday", "Tuesday",
    "Wednesday", "Thursday", "Friday", "Saturday"};

/* What has been read of a time. */
struct fields {
	int year, month, day, hour, minute, second, yearday;
	int pm; /* -1: no AM or PM seen */
	bool zoned;
	int64_t offset;
	bool epoch;
	int64_t seconds;
	uint32_t ns;
};

static bool
literal(struct str *s, char c)
{
	if (s->len == 0 || s->p[0] != c)
		return false;
	s->p++;
	s->len--;
	return true;
}

/* One to max digits within lo..hi. */
static bool
number(struct str *s, int max, int lo, int hi, int *out)
{
	int n = 0, v = 0;

	while (n < max && s->len != 0 && s->p[0] >= '0' && s->p[0] <= '9') {
		v = v * 10 + (s->p[0] - '0');
		s->p++;
		s->len--;
		n++;
	}
	*out = v;
	return n != 0 && v >= lo && v <= hi;
}

/* A name in full or its first three letters, any case; from 0. */
static bool
name(struct str *s, const char *const *names, int n, int *out)
{
	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]), k = 0;

		while (k < len && k < s->len &&
		    (s->p[k] | 0x20) == (names[i][k] | 0x20))
			k++;
		if (k != len && k >= 3)
			k = 3;
		if (k < 3)
			continue;
		s->p += k;
		s->len -= k;
		*out = i;
		return true;
	}
	return false;
}

static bool
zone(struct str *s, struct fields *f)
{
	bool minus;
	int h, m = 0;

	f->zoned = true;
	if (literal(s, 'Z') || literal(s, 'z'))
		return true;
	if (s->len >= 3 && (memcmp(s->p, "UTC", 3) == 0 ||
	    memcmp(s->p, "GMT", 3) == 0)) {
		s->p += 3;
		s->len -= 3;
		return true;
	}
	minus = s->len != 0 && s->p[0] == '-';
	if (!minus && !literal(s, '+'))
		return false;
	if (minus)
		literal(s, '-');
	if (!number(s, 2, 0, 23, &h))
		return false;
	literal(s, ':');
	if (s->len != 0 && !number(s, 2, 0, 59, &m))
		return false;
	f->offset = (h * 60 + m) * (minus ? -60 : 60);
	return true;
}

/* Digits after the point of seconds: nanoseconds, the rest is cut. */
static bool
fraction(struct str *s, struct fields *f)
{
	uint32_t unit = NANO / 10;
	size_t n = 0;

	f->ns = 0;
	for (; s->len != 0 && s->p[0] >= '0' && s->p[0] <= '9'; n++) {
		f->ns += (uint32_t)(s->p[0] - '0') * unit;
		unit /= 10;
		s->p++;
		s->len--;
	}
	return n != 0;
}

static bool
epoch(struct str *s, struct fields *f)
{
	bool minus = literal(s, '-');
	int64_t v = 0;
	size_t n = 0;

	for (; s->len != 0 && s->p[0] >= '0' && s->p[0] <= '9'; n++) {
		v = v * 10 + (s->p[0] - '0');
		if (v > TIME_MAX)
			return false;
		s->p++;
		s->len--;
	}
	f->epoch = true;
	f->seconds = minus ? -v : v;
	return n != 0;
}

static bool read_layout(struct str *s, struct str layout, struct fields *f);

static bool
read_field(struct str *s, char kind, struct fields *f)
{
	int v;

	switch (kind) {
	case 'Y':
		return number(s, 4, 1, 9999, &f->year);
	case 'y': /* POSIX: 69 to 99 are of the last century */
		if (!number(s, 2, 0, 99, &v))
			return false;
		f->year = v + (v < 69 ? 2000 : 1900);
		return true;
	case 'm':
		return number(s, 2, 1, 12, &f->month);
	case 'b':
	case 'B':
	case 'h':
		if (!name(s, month_names, 12, &v))
			return false;
		f->month = v + 1;
		return true;
	case 'a':
	case 'A':
		return name(s, day_names, 7, &v);
	case 'e':
		literal(s, ' ');
		/* fall through */
	case 'd':
		return number(s, 2, 1, 31, &f->day);
	case 'j':
		return number(s, 3, 1, 366, &f->yearday);
	case 'H':
		return number(s, 2, 0, 23, &f->hour);
	case 'I':
		return number(s, 2, 1, 12, &f->hour);
	case 'M':
		return number(s, 2, 0, 59, &f->minute);
	case 'S':
		return number(s, 2, 0, 59, &f->second);
	case 'p':
		f->pm = s->len != 0 && (s->p[0] | 0x20) == 'p';
		return (literal(s, 'A') || literal(s, 'P') ||
		    literal(s, 'a') || literal(s, 'p')) &&
		    (literal(s, 'M') || literal(s, 'm'));
	case 'f':
		return fraction(s, f);
	case 'z':
		return zone(s, f);
	case 's':
		return epoch(s, f);
	case 'F':
		return read_layout(s, STR("%Y-%m-%d"), f);
	case 'T':
		return read_layout(s, STR("%H:%M:%S"), f);
	case 'R':
		return read_layout(s, STR("%H:%M"), f);
	case 'D':
		return read_layout(s, STR("%m/%d/%y"), f);
	default:
		return kind == '%' && literal(s, '%');
	}
}

static bool
read_layout(struct str *s, struct str layout, struct fields *f)
{
	for (size_t i = 0; i < layout.len; i++) {
		if (layout.p[i] != '%' || i + 1 == layout.len) {
			if (!literal(s, layout.p[i]))
				return false;
		} else if (!read_field(s, layout.p[++i], f)) {
			return false;
		}
	}
	return true;
}

/* "unix" and so on: how many to a second, or 0. */
static int64_t
unix_unit(struct str layout)
{
	static const struct { const char *name; int64_t unit; } units[] = {
	    {"unix", 1}, {"unix_ms", 1000}, {"unix_us", 1000000},
	    {"unix_ns", NANO}};

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_eq(layout, str_of(units[i].name)))
			return units[i].unit;
	return 0;
}

static struct expr_value
from_unix(struct call *c, int64_t v, int64_t unit)
{
	struct expr_value t = {.type = EXPR_TIMESTAMP, .u.i = v / unit};
	int64_t rest = v % unit * (NANO / unit);

	if (rest < 0) {
		rest += NANO;
		t.u.i--;
	}
	t.n = (uint32_t)rest;
	if (t.u.i < TIME_MIN || t.u.i > TIME_MAX)
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return t;
}

static struct expr_value
not_of_layout(struct call *c)
{
	return call_fail(c, FAIL_VALUE,
	    "the text is not a time of that layout");
}

/* "-12", or seconds with a fraction, "1700000000.25". */
static struct expr_value
parse_unix_text(struct call *c, struct str s, int64_t unit)
{
	bool minus = literal(&s, '-');
	struct fields f = {0};
	int64_t v = 0;
	size_t n = 0;

	for (; s.len != 0 && s.p[0] >= '0' && s.p[0] <= '9'; n++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, s.p[0] - '0', &v))
			return call_fail(c, FAIL_OVERFLOW, NULL);
		s.p++;
		s.len--;
	}
	if (n != 0 && unit == 1 && literal(&s, '.') && !fraction(&s, &f))
		return not_of_layout(c);
	if (n == 0 || s.len != 0)
		return not_of_layout(c);
	if (f.ns == 0)
		return from_unix(c, minus ? -v : v, unit);
	if (__builtin_mul_overflow(v, NANO, &v) ||
	    __builtin_add_overflow(v, f.ns, &v))
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return from_unix(c, minus ? -v : v, NANO);
}

/* A count of seconds or parts of it: an int, a decimal, or their text. */
static struct expr_value
parse_unix(struct call *c, int64_t unit)
{
	const struct expr_value *a = &c->arg[0];
	double d;

	if (a->type == EXPR_INT)
		return from_unix(c, a->u.i, unit);
	if (a->type == EXPR_STRING)
		return parse_unix_text(c, (struct str){a->u.p, a->n}, unit);
	/* A double of our century has no nanoseconds: microseconds hold. */
	d = a->u.d / (double)unit;
	if (!(d >= TIME_MIN && d <= TIME_MAX))
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return from_unix(c, (int64_t)floor(d) * 1000000 +
	    llround((d - floor(d)) * 1e6), 1000000);
}

/* The fields as one moment; a zone by name applies to what has none. */
static struct expr_value
assemble(struct call *c, struct fields *f)
{
	struct expr_value t = {.type = EXPR_TIMESTAMP, .n = f->ns};
	int64_t guess;

	if (f->yearday > 0) {
		if (f->yearday == 366 && time_month_days(f->year, 2) != 29)
			return call_fail(c, FAIL_VALUE, "no such day");
		t.u.i = time_days(f->year, 1, 1) + f->yearday - 1;
	} else if (f->day > time_month_days(f->year, f->month)) {
		return call_fail(c, FAIL_VALUE, "no such day in that month");
	} else {
		t.u.i = time_days(f->year, f->month, f->day);
	}
	if (f->pm >= 0)
		f->hour = f->hour % 12 + 12 * f->pm;
	t.u.i = t.u.i * DAY + f->hour * 3600 + f->minute * 60 + f->second;
	if (f->epoch)
		t.u.i = f->seconds;
	else if (!f->zoned && c->n > 2) {
		struct str zn = {c->arg[2].u.p, c->arg[2].n};

		/* Local time: the offset that holds at the result. */
		if (!zone_offset(c->run, zn, t.u.i, &guess) ||
		    !zone_offset(c->run, zn, t.u.i - guess, &f->offset))
			return call_fail(c, FAIL_VALUE, "no such time zone");
	}
	t.u.i -= f->offset;
	if (t.u.i < TIME_MIN || t.u.i > TIME_MAX)
		return call_fail(c, FAIL_OVERFLOW, NULL);
	return t;
}

struct expr_value
lib_parse_time(struct call *c)
{
	struct str layout = {c->arg[1].u.p, c->arg[1].n};
	struct str s = {c->arg[0].u.p, c->arg[0].n};
	struct fields f = {.year = 1970, .month = 1, .day = 1, .pm = -1};
	int64_t unit = unix_unit(layout);
	struct expr_value t;

	if (unit != 0)
		return parse_unix(c, unit);
	if (c->arg[0].type != EXPR_STRING)
		return call_fail(c, FAIL_VALUE, "a number is a time only as "
		    "unix, unix_ms, unix_us or unix_ns");
	if (str_eq(layout, STR("rfc3339"))) {
		if (!time_parse(s, &t))
			return call_fail(c, FAIL_VALUE,
			    "the text is not an RFC 3339 time");
		return t;
	}
	if (!read_layout(&s, layout, &f) || s.len != 0)
		return call_fail(c, FAIL_VALUE,
		    "the text is not a time of that layout");
	return assemble(c, &f);
}

static void put_layout(struct text *t, struct str layout,
    const struct expr_value *ts, int64_t offset, const struct civil *v);

/* False for a letter that layouts do not have. */
static bool
put_field(struct text *t, char kind, const struct expr_value *ts,
    int64_t offset, const struct civil *v)
{
	int64_t off = offset < 0 ? -offset : offset;

	switch (kind) {
	case 'Y': text_putf(t, "%04d", (int)v->year); break;
	case 'y': text_putf(t, "%02d", (int)(v->year % 100)); break;
	case 'm': text_putf(t, "%02d", v->month); break;
	case 'h':
	case 'b': text_put(t, month_names[v->month - 1], 3); break;
	case 'B': text_puts(t, month_names[v->month - 1]); break;
	case 'a': text_put(t, day_names[v->weekday], 3); break;
	case 'A': text_puts(t, day_names[v->weekday]); break;
	case 'd': text_putf(t, "%02d", v->day); break;
	case 'e': text_putf(t, "%2d", v->day); break;
	case 'j': text_putf(t, "%03d", v->yearday + 1); break;
	case 'H': text_putf(t, "%02d", v->hour); break;
	case 'I': text_putf(t, "%02d", (v->hour + 11) % 12 + 1); break;
	case 'M': text_putf(t, "%02d", v->minute); break;
	case 'S': text_putf(t, "%02d", v->second); break;
	case 'p': text_puts(t, v->hour < 12 ? "AM" : "PM"); break;
	case 'f': text_putf(t, "%09u", (unsigned)ts->n); break;
	case 's': text_putf(t, "%" PRId64, ts->u.i); break;
	case 'z':
		text_putf(t, "%c%02d%02d", offset < 0 ? '-' : '+',
		    (int)(off / 3600), (int)(off / 60 % 60));
		break;
	case 'F': put_layout(t, STR("%Y-%m-%d"), ts, offset, v); break;
	case 'T': put_layout(t, STR("%H:%M:%S"), ts, offset, v); break;
	case 'R': put_layout(t, STR("%H:%M"), ts, offset, v); break;
	case 'D': put_layout(t, STR("%m/%d/%y"), ts, offset, v); break;
	case '%': text_puts(t, "%"); break;
	default: return false;
	}
	return true;
}

static bool
layout_known(struct str layout)
{
	for (size_t i = 0; i < layout.len; i++)
		if (layout.p[i] == '%' && (++i == layout.len ||
		    layout.p[i] == '\0' ||
		    strchr("YymhbBaAdejHIMSpfszFTRD%", layout.p[i]) == NULL))
			return false;
	return true;
}

static void
put_layout(struct text *t, struct str layout, const struct expr_value *ts,
    int64_t offset, const struct civil *v)
{
	for (size_t i = 0; i < layout.len; i++) {
		if (layout.p[i] == '%' && i + 1 < layout.len)
			put_field(t, layout.p[++i], ts, offset, v);
		else
			text_put(t, layout.p + i, 1);
	}
}

struct expr_value
lib_format_time(struct call *c)
{
	struct str layout = {c->arg[1].u.p, c->arg[1].n};
	const struct expr_value *ts = &c->arg[0];
	struct text t = {.run = c->run};
	int64_t offset = 0, unit = unix_unit(layout), v;
	struct civil civil;

	if (c->n > 2 && !zone_offset(c->run,
	    (struct str){c->arg[2].u.p, c->arg[2].n}, ts->u.i, &offset))
		return call_fail(c, FAIL_VALUE, "no such time zone");
	if (unit != 0) {
		if (__builtin_mul_overflow(ts->u.i, unit, &v))
			return call_fail(c, FAIL_OVERFLOW, NULL);
		text_putf(&t, "%" PRId64, v + ts->n / (NANO / unit));
		return text_end(&t, c);
	}
	if (str_eq(layout, STR("rfc3339"))) {
		text_value(&t, ts, 0);
		return text_end(&t, c);
	}
	if (!layout_known(layout))
		return call_fail(c, FAIL_VALUE,
		    "the layout has a letter that is not known");
	time_civil(ts->u.i + offset, &civil);
	put_layout(&t, layout, ts, offset, &civil);
	return text_end(&t, c);
}
