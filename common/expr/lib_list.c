#include "expr/lib_priv.h"

/* Optionals, and what lists have of their own. */

static struct expr_value
optional_of(struct call *c)
{
	return value_optional(c->run, &c->arg[0]);
}

static struct expr_value
optional_none(struct call *c)
{
	(void)c;
	return (struct expr_value){.type = EXPR_OPTIONAL};
}

static struct expr_value
optional_non_zero(struct call *c)
{
	if (value_is_zero(&c->arg[0]))
		return optional_none(c);
	return value_optional(c->run, &c->arg[0]);
}

static struct expr_value
has_value(struct call *c)
{
	return value_bool(c->arg[0].u.opt != NULL);
}

static struct expr_value
value(struct call *c)
{
	if (c->arg[0].u.opt == NULL)
		return call_fail(c, FAIL_VALUE, "the optional is empty");
	return *c->arg[0].u.opt;
}

static struct expr_value
or_other(struct call *c)
{
	return c->arg[c->arg[0].u.opt == NULL];
}

static struct expr_value
or_value(struct call *c)
{
	return c->arg[0].u.opt != NULL ? *c->arg[0].u.opt : c->arg[1];
}

static struct expr_value
join(struct call *c)
{
	struct expr_walk w = expr_walk(&c->arg[0]);
	struct text t = {.run = c->run};
	struct expr_value v;
	bool first = true;

	while (expr_next(&w, &v, NULL)) {
		if (--c->run->steps < 0)
			return call_fail(c, FAIL_LIMIT, NULL);
		if (!value_force(c->run, &v, c->pc))
			return v;
		if (v.type != EXPR_STRING)
			return call_fail(c, FAIL_VALUE,
			    "join() is for a list of strings");
		if (!first && c->n > 1)
			text_put(&t, c->arg[1].u.p, c->arg[1].n);
		text_put(&t, v.u.p, v.n);
		first = false;
	}
	return text_end(&t, c);
}

static const struct builtin rows[] = {
	{"optional.of", "A: optional(A)", optional_of, false},
	{"optional.none", ": optional(A)", optional_none, false},
	{"optional.ofNonZeroValue", "A: optional(A)", optional_non_zero,
	    false},
	{"hasValue", "optional(A): bool", has_value, true},
	{"value", "optional(A): A", value, true},
	{"or", "optional(A), optional(A): optional(A)", or_other, true},
	{"orValue", "optional(A), A: A", or_value, true},
	{"join", "list(string): string", join, true},
	{"join", "list(string), string: string", join, true},
};

const struct lib expr_lib_list = {rows, ARRAY_LEN(rows)};
