#include <string.h>

#include "expr/lib_priv.h"

/* The rule at the end of a TZif file: a POSIX TZ string, "CET-1CEST,M3.5.0,
 * M10.5.0/3", with the hours past 24 that RFC 9636 allows. */

struct rule_date {
	char kind; /* 'M', 'J', or 'D' for a day from 0 */
	int month, week, day;
	int64_t time;
};

static bool
next(struct str *s, char c)
{
	if (s->len == 0 || s->p[0] != c)
		return false;
	s->p++;
	s->len--;
	return true;
}

static int
number(struct str *s, int max)
{
	int v = 0;
	size_t n = 0;

	for (; s->len != 0 && s->p[0] >= '0' && s->p[0] <= '9'; n++) {
		v = v * 10 + (s->p[0] - '0');
		if (v > max)
			return -1;
		s->p++;
		s->len--;
	}
	return n != 0 ? v : -1;
}

static bool
skip_name(struct str *s)
{
	size_t n = 0;
	bool quoted = next(s, '<');

	while (s->len != 0 && (quoted ? s->p[0] != '>' :
	    (s->p[0] | 0x20) >= 'a' && (s->p[0] | 0x20) <= 'z')) {
		s->p++;
		s->len--;
		n++;
	}
	return n >= 3 && (!quoted || next(s, '>'));
}

/* [+-]hh[:mm[:ss]] in seconds */
static bool
clock(struct str *s, int64_t *out)
{
	bool minus = next(s, '-');
	int v;

	if (!minus)
		next(s, '+');
	*out = 0;
	for (int unit = 3600; unit != 0; unit /= 60) {
		v = number(s, unit == 3600 ? 167 : 59);
		if (v < 0)
			return false;
		*out += (int64_t)v * unit;
		if (!next(s, ':'))
			break;
	}
	if (minus)
		*out = -*out;
	return true;
}

static bool
rule_date(struct str *s, struct rule_date *d)
{
	d->time = 2 * 3600;
	if (!next(s, ','))
		return false;
	if (next(s, 'M')) {
		d->kind = 'M';
		d->month = number(s, 12);
		if (d->month < 1 || !next(s, '.') ||
		    (d->week = number(s, 5)) < 1 || !next(s, '.') ||
		    (d->day = number(s, 6)) < 0)
			return false;
	} else {
		d->kind = next(s, 'J') ? 'J' : 'D';
		d->day = number(s, 365);
		if (d->day < 0)
			return false;
	}
	return !next(s, '/') || clock(s, &d->time);
}

/* The moment of the change in that year, in local seconds since 1970. */
static int64_t
moment(const struct rule_date *d, int64_t year)
{
	int64_t day = time_days(year, 1, 1);
	int first;

	if (d->kind == 'M') {
		day = time_days(year, d->month, 1);
		first = (int)(((day + 4) % 7 + 7) % 7);
		day += (d->day - first + 7) % 7 + 7 * (d->week - 1);
		if (day >= time_days(year, d->month, 1) +
		    time_month_days(year, d->month))
			day -= 7;
	} else if (d->kind == 'D') {
		day += d->day;
	} else { /* day 60 is March 1st, leap year or not */
		day += d->day - 1;
		if (d->day >= 60 && time_month_days(year, 2) == 29)
			day++;
	}
	return day * DAY + d->time;
}

bool
zone_rule(struct str s, int64_t t, int64_t *offset)
{
	struct rule_date from, to;
	struct civil now;
	int64_t std, dst, a, b;
	bool in;

	if (!skip_name(&s) || !clock(&s, &std))
		return false;
	*offset = std = -std; /* POSIX counts west of Greenwich */
	if (s.len == 0)
		return true;
	dst = std + 3600;
	if (!skip_name(&s))
		return false;
	if (s.len != 0 && s.p[0] != ',') {
		if (!clock(&s, &dst))
			return false;
		dst = -dst;
	}
	if (!rule_date(&s, &from) || !rule_date(&s, &to) || s.len != 0)
		return false;
	time_civil(t + std, &now);
	a = moment(&from, now.year) - std;
	b = moment(&to, now.year) - dst;
	in = a < b ? t >= a && t < b : t >= a || t < b;
	*offset = in ? dst : std;
	return true;
}
