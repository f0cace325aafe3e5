#include "funcs.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "eval.h"
#include "num/num.h"
#include "read.h"

static struct str
text_of(const struct expr_value *v)
{
	return (struct str){v->u.p, v->n};
}

/* The text of a number, as JSON has it. */
static bool
number_text(const struct expr_value *v, struct buf *out)
{
	switch (v->type) {
	case EXPR_INT:
		buf_printf(out, "%" PRId64, v->u.i);
		return true;
	case EXPR_UINT:
		buf_printf(out, "%" PRIu64, v->u.u);
		return true;
	case EXPR_DOUBLE:
		if (v->u.d != v->u.d || v->u.d - v->u.d != 0)
			return false;
		num_put_double(out, v->u.d);
		return true;
	case EXPR_BIGINT:
		buf_str(out, text_of(v));
		return true;
	default:
		return false;
	}
}

static int
compile(struct str from, struct str to, struct unit_conv *c, struct err *e)
{
	struct unit a, b;

	return unit_parse(&a, from, e) != 0 || unit_parse(&b, to, e) != 0 ||
	    unit_conv_init(c, &a, &b, e) != 0 ? -1 : 0;
}

/* One that was used before, or a new one. */
int
funcs_unit(struct funcs *f, struct str from, struct str to,
    struct unit_conv *c, struct err *e)
{
	size_t i;

	for (i = 0; i < FUNCS_UNITS; i++)
		if (f->units[i].nfrom == from.len && from.len != 0 &&
		    f->units[i].nto == to.len &&
		    memcmp(f->units[i].from, from.p, from.len) == 0 &&
		    memcmp(f->units[i].to, to.p, to.len) == 0) {
			*c = f->units[i].conv;
			return 0;
		}
	if (compile(from, to, c, e) != 0)
		return -1;
	if (from.len > FUNCS_CODE || to.len > FUNCS_CODE)
		return 0;
	i = f->next++ % FUNCS_UNITS;
	memcpy(f->units[i].from, from.p, from.len);
	memcpy(f->units[i].to, to.p, to.len);
	f->units[i].nfrom = from.len;
	f->units[i].nto = to.len;
	f->units[i].conv = *c;
	return 0;
}

static int
call_unit(void *ctx, const struct expr_value *args, size_t n,
    struct arena *a, struct expr_value *out, struct err *e)
{
	char in[400];
	struct buf number = {.p = in, .cap = sizeof in, .max = sizeof in};
	struct unit_conv c;

	(void)n;
	(void)a;
	*out = (struct expr_value){.type = EXPR_DOUBLE};
	if (funcs_unit(ctx, text_of(&args[1]), text_of(&args[2]), &c, e) != 0) {
		e->code = ERR_DATA;
		return -1;
	}
	if (!number_text(&args[0], &number))
		return err_set(e, ERR_DATA, "expr.type",
		    "unit() converts numbers, not %s",
		    expr_type_name(&args[0]));
	if (number.over)
		return err_set(e, ERR_DATA, "num.limit",
		    "unit() takes at most 400 digits");
	return unit_to_double(&c, buf_view(&number), &out->u.d, e);
}

/* A row of a table read from a file, as an optional. */
static int
call_lookup(void *ctx, const struct expr_value *args, size_t n,
    struct arena *a, struct expr_value *out, struct err *e)
{
	const struct mapping *m = ((const struct funcs *)ctx)->m;
	struct str name = text_of(&args[0]), key;
	const struct lookup *l = lookup_named(m, name);
	char digits[400];
	struct buf b = {.p = digits, .cap = sizeof digits,
	    .max = sizeof digits};
	struct expr_value *row;
	size_t i;

	(void)n;
	*out = (struct expr_value){.type = EXPR_OPTIONAL};
	if (l == NULL || l->table == NULL)
		return err_set(e, ERR_DATA, "expr.key",
		    "no lookup from a file is called \"%.*s\"",
		    (int)(name.len < 60 ? name.len : 60), name.p);
	if (args[1].type == EXPR_STRING)
		key = text_of(&args[1]);
	else if (args[1].type == EXPR_BOOL)
		key = args[1].u.b ? STR("true") : STR("false");
	else if (number_text(&args[1], &b))
		key = buf_view(&b);
	else
		return err_set(e, ERR_DATA, "expr.type",
		    "a key is a string, a number or a bool, not %s",
		    expr_type_name(&args[1]));
	i = map_find(&l->table->index, key);
	if (i == MAP_NONE)
		return 0;
	row = arena_alloc(a, sizeof *row);
	*row = (struct expr_value){.type = EXPR_JSON,
	    .n = l->table->rows[i], .u.doc = &l->table->doc};
	out->u.opt = row;
	return 0;
}

void
funcs_fill(struct expr_func *out, struct funcs *ctx)
{
	out[0] = (struct expr_func){.name = "unit",
	    .type = "dyn, string, string: double", .call = call_unit,
	    .ctx = ctx};
	out[1] = (struct expr_func){.name = "lookup",
	    .type = "string, dyn: optional(dyn)", .call = call_lookup,
	    .ctx = ctx};
}

/* --- checking constants --- */

struct call {
	const char *p, *end; /* what is left of the text */
	struct str arg[3];   /* plain literals, without quotes; p NULL: other */
	size_t n;
};

/* Past a string literal; its text when it has no escapes. */
static const char *
skip_string(const char *p, const char *end, struct str *out)
{
	char quote = *p;
	const char *from = ++p;
	bool plain = true;

	while (p < end && *p != quote) {
		if (*p == '\\' && p + 1 < end) {
			plain = false;
			p++;
		}
		p++;
	}
	*out = (struct str){plain && p < end ? from : NULL,
	    (size_t)(p - from)};
	return p < end ? p + 1 : p;
}

/* The arguments of a call, from behind its bracket. */
static void
read_args(struct call *c)
{
	unsigned depth = 1;
	bool alone = true; /* nothing but blanks before, in this argument */

	c->n = 0;
	memset(c->arg, 0, sizeof c->arg);
	while (c->p < c->end && depth > 0) {
		struct str text;

		switch (*c->p) {
		case '"':
		case '\'':
			c->p = skip_string(c->p, c->end, &text);
			if (alone && depth == 1 && c->n < 3)
				c->arg[c->n] = text;
			alone = false;
			continue;
		case '(':
		case '[':
		case '{':
			depth++;
			break;
		case ')':
		case ']':
		case '}':
			depth--;
			break;
		case ',':
			if (depth == 1 && c->n < 3)
				c->n++;
			alone = depth == 1;
			c->p++;
			continue;
		default:
			break;
		}
		if (*c->p != ' ' && depth >= 1) {
			alone = false;
			/* "a" + x is no literal. */
			if (depth == 1 && c->n < 3)
				c->arg[c->n].p = NULL;
		}
		c->p++;
	}
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* Go behind the bracket of the next call of name. */
static bool
next_call(struct call *c, const char *begin, struct str name)
{
	struct str skipped;

	while (c->p < c->end) {
		if (*c->p == '"' || *c->p == '\'') {
			c->p = skip_string(c->p, c->end, &skipped);
			continue;
		}
		if ((size_t)(c->end - c->p) > name.len &&
		    memcmp(c->p, name.p, name.len) == 0 &&
		    c->p[name.len] == '(' &&
		    (c->p == begin || !is_name(c->p[-1]))) {
			c->p += name.len + 1;
			return true;
		}
		c->p++;
	}
	return false;
}

static int
check_unit(const struct mapping *m, uint32_t node, struct str text,
    const struct call *c, struct err *e)
{
	struct unit u[2];
	struct unit_conv conv;
	struct err why;

	for (size_t i = 0; i < 2; i++) {
		struct str code = c->arg[i + 1];

		if (code.p == NULL)
			return 0;
		if (unit_parse(&u[i], code, &why) == 0)
			continue;
		conf_err(m->conf, node, e, why.id, "%s", why.msg);
		memcpy(e->hint, why.hint, sizeof e->hint);
		conf_point(m->conf, node,
		    (size_t)(code.p - text.p) + why.pos, code.len - why.pos,
		    e);
		return -1;
	}
	if (unit_conv_init(&conv, &u[0], &u[1], &why) == 0)
		return 0;
	conf_err(m->conf, node, e, why.id, "%s", why.msg);
	memcpy(e->hint, why.hint, sizeof e->hint);
	conf_point(m->conf, node, (size_t)(c->arg[1].p - text.p),
	    (size_t)(c->arg[2].p + c->arg[2].len - c->arg[1].p), e);
	return -1;
}

static int
check_lookup(const struct mapping *m, uint32_t node, struct str text,
    const struct call *c, struct err *e)
{
	const struct lookup *l;

	if (c->arg[0].p == NULL)
		return 0;
	l = lookup_named(m, c->arg[0]);
	if (l != NULL && l->table != NULL)
		return 0;
	conf_err(m->conf, node, e, "map.config",
	    "no lookup from a file is called \"%.*s\"",
	    (int)(c->arg[0].len < 60 ? c->arg[0].len : 60), c->arg[0].p);
	conf_point(m->conf, node, (size_t)(c->arg[0].p - text.p),
	    c->arg[0].len, e);
	return -1;
}

int
funcs_check(const struct mapping *m, uint32_t node, struct str text,
    struct err *e)
{
	struct call c = {.p = text.p, .end = text.p + text.len};

	while (next_call(&c, text.p, STR("unit"))) {
		const char *inside = c.p;

		read_args(&c);
		if (c.n == 2 && check_unit(m, node, text, &c, e) != 0)
			return -1;
		c.p = inside;
	}
	c.p = text.p;
	while (next_call(&c, text.p, STR("lookup"))) {
		const char *inside = c.p;

		read_args(&c);
		if (c.n == 1 && check_lookup(m, node, text, &c, e) != 0)
			return -1;
		c.p = inside;
	}
	return 0;
}
