#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "expr/lib_priv.h"
#include "num/num.h"

/* Text under construction, and values as text. */

enum { TEXT_DEPTH = 1200 };

static bool
grow(struct text *t, size_t n)
{
	size_t cap = t->cap != 0 ? t->cap : 32;
	char *p;

	if (t->over || n > UINT32_MAX - t->len) {
		t->over = true;
		return false;
	}
	while (cap < t->len + n)
		cap *= 2;
	p = run_alloc(t->run, cap);
	if (p == NULL) {
		t->over = true;
		return false;
	}
	if (t->len != 0)
		memcpy(p, t->p, t->len);
	t->p = p;
	t->cap = cap;
	return true;
}

void
text_put(struct text *t, const char *p, size_t n)
{
	if (n == 0 || (n > t->cap - t->len && !grow(t, n)))
		return;
	memcpy(t->p + t->len, p, n);
	t->len += n;
}

void
text_puts(struct text *t, const char *z)
{
	text_put(t, z, strlen(z));
}

void
text_putf(struct text *t, const char *fmt, ...)
{
	char tmp[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(tmp, sizeof tmp, fmt, ap);
	va_end(ap);
	if (n > 0)
		text_put(t, tmp, (size_t)n < sizeof tmp ? (size_t)n :
		    sizeof tmp - 1);
}

struct expr_value
text_end(struct text *t, struct call *c)
{
	if (t->over)
		return call_fail(c, FAIL_LIMIT, NULL);
	return value_string(t->p != NULL ? t->p : "", t->len);
}

static void
put_double(struct text *t, double d)
{
	char tmp[64]; /* the longest double has 25 bytes: nothing grows */
	struct buf b = {.p = tmp, .cap = sizeof tmp};

	if (isnan(d)) {
		text_puts(t, "NaN");
	} else if (isinf(d)) {
		text_puts(t, d < 0 ? "-Infinity" : "Infinity");
	} else {
		num_put_double(&b, d);
		text_put(t, b.p, b.len);
	}
}

static bool
put_list(struct text *t, const struct expr_value *v, unsigned depth)
{
	struct expr_walk w = expr_walk(v);
	struct expr_value e;
	bool first = true;

	text_puts(t, "[");
	while (!t->over && expr_next(&w, &e, NULL)) {
		if (--t->run->steps < 0)
			t->over = true;
		if (!first)
			text_puts(t, ", ");
		first = false;
		if (!text_value(t, &e, depth + 1))
			return false;
	}
	text_puts(t, "]");
	return true;
}

struct pair {
	struct expr_value value;
	struct str key;
	size_t i;
};

static int
by_key(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int c = str_cmp(x->key, y->key);

	return c != 0 ? c : x->i < y->i ? -1 : x->i > y->i;
}

/* The entries by the text of their keys. */
static bool
put_map(struct text *t, const struct expr_value *v, unsigned depth)
{
	size_t n = expr_count(v);
	struct pair *pairs = run_alloc(t->run, n * sizeof *pairs);
	struct expr_walk w = expr_walk(v);
	struct expr_value k;

	for (size_t i = 0; pairs != NULL && i < n &&
	    expr_next(&w, &k, &pairs[i].value); i++) {
		struct text key = {.run = t->run};

		if (!text_value(&key, &k, depth + 1) || key.over ||
		    --t->run->steps < 0)
			return false;
		pairs[i].key = (struct str){key.p != NULL ? key.p : "",
		    key.len};
		pairs[i].i = i;
	}
	if (pairs == NULL)
		return false;
	if (n > 1)
		qsort(pairs, n, sizeof *pairs, by_key);
	text_puts(t, "{");
	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			text_puts(t, ", ");
		text_put(t, pairs[i].key.p, pairs[i].key.len);
		text_puts(t, ": ");
		if (!text_value(t, &pairs[i].value, depth + 1))
			return false;
	}
	text_puts(t, "}");
	return true;
}

bool
text_value(struct text *t, const struct expr_value *v, unsigned depth)
{
	struct expr_value w = *v;
	char tmp[48];

	if (depth > TEXT_DEPTH || !value_force(t->run, &w, 0))
		return false;
	switch ((enum expr_type)w.type) {
	case EXPR_NULL:
		text_puts(t, "null");
		break;
	case EXPR_BOOL:
		text_puts(t, w.u.b ? "true" : "false");
		break;
	case EXPR_INT:
		text_putf(t, "%" PRId64, w.u.i);
		break;
	case EXPR_UINT:
		text_putf(t, "%" PRIu64, w.u.u);
		break;
	case EXPR_DOUBLE:
		put_double(t, w.u.d);
		break;
	case EXPR_STRING:
	case EXPR_BYTES_TYPE:
	case EXPR_TYPE:
	case EXPR_BIGINT:
		text_put(t, w.u.p, w.n);
		break;
	case EXPR_LIST:
		return put_list(t, &w, depth);
	case EXPR_MAP:
		return put_map(t, &w, depth);
	case EXPR_TIMESTAMP:
		text_put(t, tmp, time_put(tmp, &w));
		break;
	case EXPR_DURATION:
		text_put(t, tmp, duration_put(tmp, w.u.i));
		break;
	default:
		return false;
	}
	return true;
}
