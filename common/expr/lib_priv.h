#ifndef RAP_EXPR_LIB_PRIV_H
#define RAP_EXPR_LIB_PRIV_H

#include "expr/ops_priv.h"

/* One overload of a function. */
struct builtin {
	const char *name;
	const char *type; /* "string, int: string" */
	expr_fn *fn;
	bool member;
};

/* The functions of the language: one table a file. */
struct lib {
	const struct builtin *rows;
	size_t n;
};

extern const struct lib expr_lib_conv, expr_lib_str, expr_lib_list,
    expr_lib_math, expr_lib_time, expr_lib_hash;

/* "%s %d" */
struct expr_value lib_format(struct call *c);

/* text.c: text under construction in the run's budget */
struct text {
	struct expr_run *run;
	char *p;
	size_t len, cap;
	bool over; /* past the budget */
};

void text_put(struct text *t, const char *p, size_t n);
void text_puts(struct text *t, const char *z);
void text_putf(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* As string(v) and format's %s have it; nested lists and maps too. */
bool text_value(struct text *t, const struct expr_value *v, unsigned depth);
struct expr_value text_end(struct text *t, struct call *c);

static inline struct expr_value
call_fail(struct call *c, enum fail how, const char *text)
{
	return value_fail(how, c->pc, text);
}

/* time.c: the calendar, proleptic Gregorian, UTC */
struct civil {
	int64_t year;
	int month, day; /* from 1 */
	int hour, minute, second;
	int weekday; /* from Sunday = 0 */
	int yearday; /* from 0 */
};

enum { DAY = 86400 };
#define TIME_MIN (-62135596800) /* 0001-01-01T00:00:00Z */
#define TIME_MAX 253402300799	/* 9999-12-31T23:59:59Z */

void time_civil(int64_t seconds, struct civil *c);
int64_t time_days(int64_t year, int month, int day);
int time_month_days(int64_t year, int month);
/* RFC 3339; true when all of s is one within range. */
bool time_parse(struct str s, struct expr_value *out);
bool duration_parse(struct str s, struct expr_value *out);
/* dst: 40 bytes; the length */
size_t time_put(char *dst, const struct expr_value *ts);
size_t duration_put(char *dst, int64_t ns);

/* zone.c: seconds east of UTC at that moment; false: no such zone */
bool zone_offset(struct expr_run *run, struct str name, int64_t seconds,
    int64_t *offset);
void zones_free(struct zones *z);
/* zone_rule.c: as a POSIX TZ string has it; false when malformed */
bool zone_rule(struct str rule, int64_t seconds, int64_t *offset);

/* layout.c */
struct expr_value lib_parse_time(struct call *c);
struct expr_value lib_format_time(struct call *c);

#endif
