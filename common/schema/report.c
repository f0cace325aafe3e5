#include <stdarg.h>
#include <stdio.h>

#include "schema/run_priv.h"

/* Append a step of a JSON Pointer. */
static void
put_step(struct buf *b, struct str name)
{
	buf_putc(b, '/');
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '~')
			buf_puts(b, "~0");
		else if (name.p[i] == '/')
			buf_puts(b, "~1");
		else
			buf_putc(b, name.p[i]);
	}
}

/* The name before a keyword's value. */
static void
put_keyword(struct schema_run *r, uint32_t value)
{
	struct str raw = json_raw(r->s->doc, value - 1);

	put_step(&r->path, (struct str){raw.p + 1, raw.len - 2});
}

int
schema_below(struct schema_run *r, uint32_t unit, uint32_t inst,
    uint32_t keyword, struct str step)
{
	size_t len = r->path.len;
	int rc;

	if (!r->detail)
		return schema_eval(r, unit, inst);
	put_keyword(r, keyword);
	if (step.p != NULL) {
		put_step(&r->path, step);
	} else if (step.len != SIZE_MAX) {
		buf_putc(&r->path, '/');
		buf_u64(&r->path, step.len);
	}
	rc = schema_eval(r, unit, inst);
	r->path.len = len;
	return rc;
}

struct str
schema_cut(struct str s, size_t max)
{
	if (s.len <= max)
		return s;
	s.len = max;
	while (s.len > 0 && ((unsigned char)s.p[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

int
schema_fail(struct schema_run *r, uint32_t keyword, uint32_t inst,
    const char *fmt, ...)
{
	struct schema_error *x;
	char text[400];
	size_t len = r->path.len;
	va_list ap;

	if (!r->detail || r->n == r->max)
		return 0;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (keyword != JSON_NONE)
		put_keyword(r, keyword);
	x = &r->errors[r->n++];
	x->keyword = arena_str(&r->texts, buf_view(&r->path));
	x->place = keyword;
	x->instance = inst;
	x->message = arena_str(&r->texts, str_of(text));
	r->path.len = len;
	return 0;
}

int
schema_size(struct schema_run *r, const struct size_rules *s, uint64_t n,
    uint32_t inst)
{
	const char *what = json_type(r->d, inst) == JSON_ARRAY ? "elements" :
	    "members";
	int ok = 1;

	if (n < s->min)
		ok = schema_fail(r, s->min_node, inst,
		    "has %llu %s, and must have at least %llu",
		    (unsigned long long)n, what, (unsigned long long)s->min);
	if (n > s->max)
		ok = schema_fail(r, s->max_node, inst,
		    "has %llu %s, and must have at most %llu",
		    (unsigned long long)n, what, (unsigned long long)s->max);
	return ok;
}
