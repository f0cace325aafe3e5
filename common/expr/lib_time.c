#include <math.h>

#include "expr/lib_priv.h"

/* Parts of timestamps and durations, with an optional time zone. */

/* The civil time of the first argument in the zone of the second. */
static bool
civil_of(struct call *c, struct civil *out)
{
	int64_t s = c->arg[0].u.i, offset = 0;

	if (c->n > 1 && !zone_offset(c->run,
	    (struct str){c->arg[1].u.p, c->arg[1].n}, s, &offset))
		return false;
	time_civil(s + offset, out);
	return true;
}

static struct expr_value
no_zone(struct call *c)
{
	return call_fail(c, FAIL_VALUE, "no such time zone");
}

#define PART(name, what)                                                       \
	static struct expr_value name(struct call *c)                          \
	{                                                                      \
		struct civil t;                                                \
									       \
		return civil_of(c, &t) ? value_int(what) : no_zone(c);         \
	}
PART(full_year, t.year)
PART(month, t.month - 1)
PART(day_of_month, t.day - 1)
PART(date, t.day)
PART(day_of_week, t.weekday)
PART(day_of_year, t.yearday)
PART(hours, t.hour)
PART(minutes, t.minute)
PART(seconds, t.second)
PART(milliseconds, (int64_t)c->arg[0].n / 1000000)

#define SPAN(name, unit, wrap)                                                 \
	static struct expr_value name(struct call *c)                          \
	{                                                                      \
		return value_int(c->arg[0].u.i / (unit) wrap);                 \
	}
SPAN(span_hours, 3600000000000, )
SPAN(span_minutes, 60000000000, )
SPAN(span_seconds, 1000000000, )
SPAN(span_milliseconds, 1000000, % 1000)

#define OF_TIME(name, fn)                                                      \
	{name, "timestamp: int", fn, true},                                    \
	{name, "timestamp, string: int", fn, true}

static const struct builtin rows[] = {
	OF_TIME("getFullYear", full_year),
	OF_TIME("getMonth", month),
	OF_TIME("getDate", date),
	OF_TIME("getDayOfMonth", day_of_month),
	OF_TIME("getDayOfWeek", day_of_week),
	OF_TIME("getDayOfYear", day_of_year),
	OF_TIME("getHours", hours),
	OF_TIME("getMinutes", minutes),
	OF_TIME("getSeconds", seconds),
	OF_TIME("getMilliseconds", milliseconds),
	{"getHours", "duration: int", span_hours, true},
	{"getMinutes", "duration: int", span_minutes, true},
	{"getSeconds", "duration: int", span_seconds, true},
	{"getMilliseconds", "duration: int", span_milliseconds, true},
	{"parse_time", "string, string: timestamp", lib_parse_time, false},
	{"parse_time", "int, string: timestamp", lib_parse_time, false},
	{"parse_time", "double, string: timestamp", lib_parse_time, false},
	{"parse_time", "string, string, string: timestamp", lib_parse_time,
	    false},
	{"format_time", "timestamp, string: string", lib_format_time, false},
	{"format_time", "timestamp, string, string: string",
	    lib_format_time, false},
};

const struct lib expr_lib_time = {rows, ARRAY_LEN(rows)};
