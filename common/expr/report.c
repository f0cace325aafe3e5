#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "expr/ops_priv.h"

/* Error values as messages: only one that gets out is spelled. */

/* ORDER fail */
static const struct { const char *id, *text; } fails[] = {
    {"expr.type", NULL}, {"expr.name", "no such name or function"},
    {"expr.missing", NULL}, {"expr.divzero", "division by zero"},
    {"expr.overflow", "integer or time out of range"},
    {"expr.range", "a number of the record is past double"},
    {"expr.index", "no such index"}, {"expr.key", NULL},
    {"expr.value", NULL}, {"expr.regex", "the pattern took too long"},
    {"expr.limit", "the expression took too long, or too much memory"},
    {"expr.host", NULL}};

static const char *
name_of(unsigned type)
{
	struct expr_value v = {.type = (uint8_t)type};

	return type == EXPR_BIGINT ? "int past 64 bits" : expr_type_name(&v);
}

static bool
is_numeric(unsigned t)
{
	return t == EXPR_INT || t == EXPR_UINT || t == EXPR_DOUBLE;
}

/* What to do about two operands of a binary operator. */
static void
hint_types(enum op op, unsigned a, unsigned b, struct err *e)
{
	bool text = a == EXPR_STRING || b == EXPR_STRING;

	if (a == EXPR_NULL || b == EXPR_NULL)
		err_hint(e, "say what null gives: x == null ? y : ...");
	else if (is_numeric(a) && is_numeric(b))
		err_hint(e, "convert one side: double(x), int(x)");
	else if (op == OP_ADD && text)
		err_hint(e, "convert the other side: string(x)");
	else if (text && (is_numeric(a) || is_numeric(b)))
		err_hint(e, "double(x) makes a number of a text");
}

static int
report_types(struct expr_run *run, const struct expr_value *v, struct err *e)
{
	unsigned a = v->spare & 0xff, b = v->spare >> 8;
	const struct expr_span *at = &run->x->spans[v->n];
	enum op op = (enum op)run->x->code[v->n].op;
	struct str text = run->x->text;
	int len = at->len < 40 ? (int)at->len : 40;

	if (op == OP_AND || op == OP_OR || op == OP_COND || op == OP_STEP)
		return err_set(e, ERR_DATA, "expr.type",
		    "a bool is due here, not %s", name_of(a));
	if (op == OP_ITER)
		return err_set(e, ERR_DATA, "expr.type",
		    "a list or a map is due here, not %s", name_of(a));
	if (op == OP_SELECT || op == OP_OPTSELECT || op == OP_HAS)
		return err_set(e, ERR_DATA, "expr.type",
		    "no member \"%.*s\" in %s", len, text.p + at->at,
		    name_of(a));
	if (b == 255)
		err_set(e, ERR_DATA, "expr.type", "no overload %.*s for %s",
		    len, text.p + at->at, name_of(a));
	else
		err_set(e, ERR_DATA, "expr.type",
		    "no overload %.*s for %s and %s", len, text.p + at->at,
		    name_of(a), name_of(b));
	if (op <= OP_IN)
		hint_types(op, a, b, e);
	return -1;
}

static void
set_path(struct err *e, struct str name)
{
	struct buf b = {0};

	buf_putc(&b, '/');
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '~')
			buf_puts(&b, "~0");
		else if (name.p[i] == '/')
			buf_puts(&b, "~1");
		else
			buf_putc(&b, name.p[i]);
	}
	err_path(e, b.p, b.len);
	buf_free(&b);
}

static bool
is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool
is_dashed(char c)
{
	return is_letter(c) || c == '-' || (c >= '0' && c <= '9');
}

/* k-e is a difference where the member of that name was meant: the whole name
 * around the one that ends the span, or nothing. */
static struct str
with_dashes(struct str text, const struct expr_span *at, struct str name)
{
	size_t end = at->at + at->len, from = end - name.len;
	bool dash = false;

	if (name.len > at->len || memcmp(text.p + from, name.p, name.len) != 0)
		return (struct str){0};
	while (from > 0 && is_dashed(text.p[from - 1]))
		from--;
	while (end < text.len && is_dashed(text.p[end]))
		end++;
	if (!is_letter(text.p[from]))
		return (struct str){0};
	for (size_t i = from; i < end; i++) {
		if (text.p[i] != '-')
			continue;
		dash = true;
		if (i + 1 == end || !is_letter(text.p[i + 1]))
			return (struct str){0};
	}
	return dash ? (struct str){text.p + from, end - from} :
		      (struct str){0};
}

static int
report_missing(struct expr_run *run, const struct expr_value *v,
    struct err *e)
{
	const struct ins *in = &run->x->code[v->n];
	const struct expr_span *at = &run->x->spans[v->n];
	struct str name, whole;

	if (in->op != OP_MEMBER && in->op != OP_SELECT)
		return err_set(e, ERR_DATA, "expr.missing", "no such key: %.*s",
		    at->len < 60 ? (int)at->len : 60,
		    run->x->text.p + at->at);
	name = run->x->names[in->c].s;
	err_set(e, ERR_DATA, "expr.missing", "no member \"%.*s\"",
	    name.len < 100 ? (int)name.len : 100, name.p);
	if (in->op == OP_MEMBER)
		set_path(e, name);
	whole = with_dashes(run->x->text, at, name);
	if (whole.len != 0 && whole.len < 60)
		return err_hint(e, "%.*s is a difference; the member of "
		    "that name is %s%.*s%s", (int)whole.len, whole.p,
		    in->op == OP_MEMBER ? "r['" : ".`", (int)whole.len,
		    whole.p, in->op == OP_MEMBER ? "']" : "`");
	return err_hint(e, "%s.?%.*s.orValue(x) takes x then",
	    in->op == OP_MEMBER ? "r" : "", name.len < 60 ? (int)name.len : 60,
	    name.p);
}

int
eval_report(struct expr_run *run, const struct expr_value *v, struct err *e)
{
	const struct err *host = (const struct err *)(const void *)v->u.p;

	run->where = run->x->spans[v->n];
	switch ((enum fail)v->form) {
	case FAIL_TYPE:
		return report_types(run, v, e);
	case FAIL_MISSING:
		return report_missing(run, v, e);
	case FAIL_HOST:
		*e = *host;
		return -1;
	default:
		err_set(e, ERR_DATA, fails[v->form].id, "%s", v->u.p != NULL ?
		    v->u.p : fails[v->form].text);
	}
	if (v->form == FAIL_OVERFLOW)
		return err_hint(e, "double(x) has room, and rounds");
	return -1;
}

/* A host's error travels as a copy, so that && and || can drop it. */
struct expr_value
eval_host(struct call *c, const struct expr_func *f)
{
	struct expr_value out = {0};
	struct err e, *copy;

	if (f->call == NULL)
		return value_fail(FAIL_NAME, c->pc, NULL);
	if (f->call(f->ctx, c->arg, c->n, c->run->arena, &out, &e) == 0)
		return out;
	copy = run_alloc(c->run, sizeof *copy);
	if (copy == NULL)
		return value_fail(FAIL_LIMIT, c->pc, NULL);
	*copy = e;
	return value_fail(FAIL_HOST, c->pc, (const char *)copy);
}
