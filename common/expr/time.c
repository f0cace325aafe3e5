#include <stdio.h>
#include <string.h>

#include "expr/lib_priv.h"

/* The calendar, RFC 3339 and durations. */

enum { ERA_DAYS = 146097, ERA_YEARS = 400, NANO = 1000000000 };

static bool
is_leap(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

int
time_month_days(int64_t year, int month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01; years run from March, so that leap days come last. */
int64_t
time_days(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - (ERA_YEARS - 1)) / ERA_YEARS;
	int64_t of_era = y - era * ERA_YEARS;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 +
	    day - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

void
time_civil(int64_t seconds, struct civil *c)
{
	int64_t days = seconds / DAY, rest = seconds % DAY;
	int64_t era, of_era, year, of_year;

	if (rest < 0) {
		rest += DAY;
		days--;
	}
	c->hour = (int)(rest / 3600);
	c->minute = (int)(rest / 60 % 60);
	c->second = (int)(rest % 60);
	c->weekday = (int)(((days + 4) % 7 + 7) % 7);
	days += 719468;
	era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
	of_era = days - era * ERA_DAYS;
	year = (of_era - of_era / 1460 + of_era / 36524 -
	    of_era / (ERA_DAYS - 1)) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	c->month = (int)((5 * of_year + 2) / 153);
	c->day = (int)(of_year - (153 * c->month + 2) / 5 + 1);
	c->month += c->month < 10 ? 3 : -9;
	c->year = era * ERA_YEARS + year + (c->month <= 2);
	c->yearday = (int)(time_days(c->year, c->month, c->day) -
	    time_days(c->year, 1, 1));
}

/* Exactly n digits at *p, moved past them; -1 when there are not. */
static int
digits(struct str *s, int n)
{
	int v = 0;

	if (s->len < (size_t)n)
		return -1;
	for (int i = 0; i < n; i++) {
		unsigned d = (unsigned char)s->p[i] - (unsigned)'0';

		if (d > 9)
			return -1;
		v = v * 10 + (int)d;
	}
	s->p += n;
	s->len -= (size_t)n;
	return v;
}

static bool
skip(struct str *s, const char *any)
{
	if (s->len == 0 || strchr(any, s->p[0]) == NULL || s->p[0] == '\0')
		return false;
	s->p++;
	s->len--;
	return true;
}

/* ".digits" as nanoseconds, at most nine of them; 0 without. */
static bool
fraction(struct str *s, uint32_t *ns)
{
	uint32_t unit = NANO / 10;

	*ns = 0;
	if (!skip(s, "."))
		return true;
	if (s->len == 0 || s->p[0] < '0' || s->p[0] > '9')
		return false;
	for (; s->len != 0 && s->p[0] >= '0' && s->p[0] <= '9'; unit /= 10) {
		if (unit == 0)
			return false;
		*ns += (uint32_t)(s->p[0] - '0') * unit;
		s->p++;
		s->len--;
	}
	return true;
}

/* "Z" or "+hh:mm", the whole of s. */
static bool
zone(struct str s, int *offset)
{
	bool minus;
	int h, m;

	*offset = 0;
	if (s.len == 1)
		return s.p[0] == 'Z' || s.p[0] == 'z';
	minus = s.len != 0 && s.p[0] == '-';
	if (!skip(&s, "+-"))
		return false;
	h = digits(&s, 2);
	if (!skip(&s, ":"))
		return false;
	m = digits(&s, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || s.len != 0)
		return false;
	*offset = (h * 60 + m) * (minus ? -60 : 60);
	return true;
}

bool
time_parse(struct str s, struct expr_value *out)
{
	int y, mo, d, h, mi, sec, offset;
	uint32_t ns;

	y = digits(&s, 4);
	if (y < 0 || !skip(&s, "-") || (mo = digits(&s, 2)) < 1 || mo > 12 ||
	    !skip(&s, "-") || (d = digits(&s, 2)) < 1 ||
	    d > time_month_days(y, mo) || !skip(&s, "Tt ") ||
	    (h = digits(&s, 2)) < 0 || h > 23 || !skip(&s, ":") ||
	    (mi = digits(&s, 2)) < 0 || mi > 59 || !skip(&s, ":") ||
	    (sec = digits(&s, 2)) < 0 || sec > 59 || !fraction(&s, &ns) ||
	    !zone(s, &offset))
		return false;
	*out = (struct expr_value){.type = EXPR_TIMESTAMP, .n = ns};
	out->u.i = time_days(y, mo, d) * DAY + h * 3600 + mi * 60 + sec -
	    offset;
	return out->u.i >= TIME_MIN && out->u.i <= TIME_MAX;
}

/* Append ".123" without the zeros at its end, nothing for 0. */
static int
put_fraction(char *dst, uint32_t ns)
{
	int n;

	if (ns == 0)
		return 0;
	n = snprintf(dst, 12, ".%09u", (unsigned)ns);
	while (dst[n - 1] == '0')
		n--;
	return n;
}

size_t
time_put(char *dst, const struct expr_value *ts)
{
	struct civil c;
	int n;

	time_civil(ts->u.i, &c);
	n = snprintf(dst, 24, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year,
	    c.month, c.day, c.hour, c.minute, c.second);
	n += put_fraction(dst + n, ts->n);
	dst[n++] = 'Z';
	return (size_t)n;
}

size_t
duration_put(char *dst, int64_t ns)
{
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	int n = snprintf(dst, 28, "%s%llu", ns < 0 ? "-" : "",
	    (unsigned long long)(u / NANO));

	n += put_fraction(dst + n, (uint32_t)(u % NANO));
	dst[n++] = 's';
	return (size_t)n;
}

/* The unit at s, moved past; its nanoseconds, or 0. */
static int64_t
unit(struct str *s)
{
	static const struct { const char *name; int64_t ns; } units[] = {
	    {"ns", 1}, {"us", 1000}, {"\302\265s", 1000}, {"ms", 1000000},
	    {"s", NANO}, {"m", 60LL * NANO}, {"h", 3600LL * NANO}};

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		size_t n = strlen(units[i].name);

		if (s->len >= n && memcmp(s->p, units[i].name, n) == 0) {
			s->p += n;
			s->len -= n;
			return units[i].ns;
		}
	}
	return 0;
}

/* digits[.digits]unit, added to *sum; what is below a nanosecond is cut. */
static bool
duration_part(struct str *s, uint64_t *sum)
{
	uint64_t whole = 0, part;
	struct str frac;
	size_t n = 0;
	int64_t ns;

	for (; s->len != 0 && s->p[0] >= '0' && s->p[0] <= '9'; n++) {
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, s->p[0] - '0', &whole))
			return false;
		skip(s, "0123456789");
	}
	frac = (struct str){s->p + 1, 0};
	if (skip(s, "."))
		for (; skip(s, "0123456789"); n++)
			frac.len++;
	ns = unit(s);
	if (n == 0 || ns == 0 ||
	    __builtin_mul_overflow(whole, (uint64_t)ns, &part) ||
	    __builtin_add_overflow(*sum, part, sum))
		return false;
	for (size_t i = 0; i < frac.len; i++) {
		ns /= 10;
		part = (uint64_t)(frac.p[i] - '0') * (uint64_t)ns;
		if (__builtin_add_overflow(*sum, part, sum))
			return false;
	}
	return true;
}

bool
duration_parse(struct str s, struct expr_value *out)
{
	bool minus = s.len != 0 && s.p[0] == '-';
	uint64_t sum = 0;

	skip(&s, "+-");
	*out = (struct expr_value){.type = EXPR_DURATION};
	if (s.len == 1 && s.p[0] == '0')
		return true;
	if (s.len == 0)
		return false;
	while (s.len != 0)
		if (!duration_part(&s, &sum))
			return false;
	if (sum > (uint64_t)INT64_MAX + minus)
		return false;
	out->u.i = (int64_t)(minus ? 0 - sum : sum);
	return true;
}
