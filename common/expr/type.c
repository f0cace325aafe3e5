#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "expr/ast_priv.h"

/*
 * Types and what type variables stand for.  Assignment is two-way (dyn goes
 * with everything, null with what may be absent); a variable that was bound
 * to a type is widened when a more general one comes along, and every change
 * is on a trail so that an overload that does not fit leaves no trace.
 */

const struct type type_simple[T_OTHER] = {
	[T_NULL] = {.kind = T_NULL}, [T_BOOL] = {.kind = T_BOOL},
	[T_INT] = {.kind = T_INT}, [T_UINT] = {.kind = T_UINT},
	[T_DOUBLE] = {.kind = T_DOUBLE}, [T_STRING] = {.kind = T_STRING},
	[T_BYTES] = {.kind = T_BYTES},
	[T_LIST] = {.kind = T_LIST, .n = 1, .param = {&type_simple[T_DYN]}},
	[T_MAP] = {.kind = T_MAP, .n = 2, .param = {&type_simple[T_DYN],
	    &type_simple[T_DYN]}},
	[T_TIMESTAMP] = {.kind = T_TIMESTAMP},
	[T_DURATION] = {.kind = T_DURATION},
	[T_TYPE] = {.kind = T_TYPE},
	[T_OPTIONAL] = {.kind = T_OPTIONAL, .n = 1,
	    .param = {&type_simple[T_DYN]}},
	[T_BIGINT] = {.kind = T_BIGINT}, [T_DYN] = {.kind = T_DYN},
};

/* ORDER type_kind */
static const struct { const char *name; uint8_t n; } kinds[] = {
    {"null_type", 0}, {"bool", 0}, {"int", 0}, {"uint", 0}, {"double", 0},
    {"string", 0}, {"bytes", 0}, {"list", 1}, {"map", 2}, {"timestamp", 0},
    {"duration", 0}, {"type", 0}, {"optional_type", 1}, {"bigint", 0},
    {"dyn", 0}};

const struct type *
type_make(struct compile *c, enum type_kind kind, const struct type *a,
    const struct type *b)
{
	struct type *t = arena_zalloc(&c->tmp, sizeof *t);

	t->kind = (uint8_t)kind;
	t->n = b != NULL ? 2 : a != NULL ? 1 : 0;
	t->param[0] = a;
	t->param[1] = b;
	return t;
}

static void
subst_reserve(struct compile *c, uint32_t n)
{
	while (c->nsubst + n > c->capsubst) {
		c->capsubst = c->capsubst != 0 ? c->capsubst * 2 : 64;
		c->subst = mem_realloc(c->subst,
		    c->capsubst * sizeof(*c->subst));
	}
	memset(c->subst + c->nsubst, 0, n * sizeof(*c->subst));
	c->nsubst += n;
}

const struct type *
type_fresh(struct compile *c)
{
	struct type *t = arena_zalloc(&c->tmp, sizeof *t);

	t->kind = T_VAR;
	t->var = c->nsubst;
	subst_reserve(c, 1);
	return t;
}

static void
bind(struct compile *c, uint32_t var, const struct type *t)
{
	if (c->ntrail == c->captrail) {
		c->captrail = c->captrail != 0 ? c->captrail * 2 : 64;
		c->trail = mem_realloc(c->trail,
		    c->captrail * sizeof(*c->trail));
	}
	c->trail[c->ntrail].var = var;
	c->trail[c->ntrail++].was = c->subst[var];
	c->subst[var] = t;
}

uint32_t
type_mark(const struct compile *c)
{
	return c->ntrail;
}

void
type_undo(struct compile *c, uint32_t mark)
{
	while (c->ntrail > mark) {
		c->ntrail--;
		c->subst[c->trail[c->ntrail].var] = c->trail[c->ntrail].was;
	}
}

static void
skip(struct str *s)
{
	while (s->len != 0 && s->p[0] == ' ') {
		s->p++;
		s->len--;
	}
}

static struct str
word(struct str *s)
{
	struct str w = {s->p, 0};

	while (s->len != 0 && strchr("(), :", s->p[0]) == NULL) {
		s->p++;
		s->len--;
		w.len++;
	}
	return w;
}

static const struct type *
params(struct compile *c, struct type *t, struct str *text, uint32_t base)
{
	for (t->n = 0;; t->n++) {
		if (t->n == TYPE_PARAMS)
			return NULL;
		text->p++;
		text->len--;
		t->param[t->n] = type_parse(c, text, base);
		skip(text);
		if (t->param[t->n] == NULL || text->len == 0)
			return NULL;
		if (text->p[0] != ',')
			break;
	}
	t->n++;
	if (text->p[0] != ')')
		return NULL;
	text->p++;
	text->len--;
	return t;
}

/* The texts are ours or the host's, never a user's: they nest shallowly. */
const struct type *
type_parse(struct compile *c, struct str *text, uint32_t base)
{
	struct type *t = arena_zalloc(&c->tmp, sizeof *t);
	struct str w;

	skip(text);
	w = word(text);
	if (w.len == 0)
		return NULL;
	if (str_eq(w, STR("optional")))
		w = STR("optional_type");
	t->kind = T_OTHER;
	t->name = w;
	if (w.len == 1 && w.p[0] >= 'A' && w.p[0] <= 'Z') {
		t->kind = T_VAR;
		t->var = base + (uint32_t)(w.p[0] - 'A');
		if (t->var >= c->nsubst)
			subst_reserve(c, t->var + 1 - c->nsubst);
		return t;
	}
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(w, str_of(kinds[i].name)))
			t->kind = (uint8_t)i;
	skip(text);
	if (text->len != 0 && text->p[0] == '(') {
		if (params(c, t, text, base) == NULL)
			return NULL;
		if (t->kind != T_OTHER && t->n != kinds[t->kind].n)
			return NULL;
	} else if (t->kind < T_OTHER) {
		return &type_simple[t->kind];
	}
	return t;
}

static const struct type *
follow(const struct compile *c, const struct type *t)
{
	while (t->kind == T_VAR && c->subst[t->var] != NULL)
		t = c->subst[t->var];
	return t;
}

static bool
same(const struct compile *c, const struct type *a, const struct type *b)
{
	a = follow(c, a);
	b = follow(c, b);
	if (a == b)
		return true;
	if (a->kind != b->kind || a->n != b->n)
		return false;
	if (a->kind == T_VAR)
		return a->var == b->var;
	if (a->kind == T_OTHER && !str_eq(a->name, b->name))
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!same(c, a->param[i], b->param[i]))
			return false;
	return true;
}

static bool
occurs(const struct compile *c, uint32_t var, const struct type *in)
{
	in = follow(c, in);
	if (in->kind == T_VAR)
		return in->var == var;
	for (unsigned i = 0; i < in->n; i++)
		if (occurs(c, var, in->param[i]))
			return true;
	return false;
}

/* Is a as general as b: equal, or dyn or a variable where b says more? */
static bool
more_general(const struct compile *c, const struct type *a,
    const struct type *b)
{
	a = follow(c, a);
	b = follow(c, b);
	if (a->kind == T_DYN || a->kind == T_VAR)
		return true;
	if (b->kind == T_DYN || b->kind == T_VAR || a->kind != b->kind ||
	    a->n != b->n ||
	    (a->kind == T_OTHER && !str_eq(a->name, b->name)))
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!more_general(c, a->param[i], b->param[i]))
			return false;
	return true;
}

static bool
nullable(const struct type *t)
{
	return t->kind == T_NULL || t->kind == T_OPTIONAL ||
	    t->kind == T_OTHER || t->kind == T_TIMESTAMP ||
	    t->kind == T_DURATION;
}

static bool
assign(struct compile *c, const struct type *a, const struct type *b,
    unsigned depth);

/*
 * May variable v stand for t?  Depth stops the widening of types that would
 * grow into themselves.
 */
static bool
assign_var(struct compile *c, const struct type *v, const struct type *t,
    unsigned depth)
{
	const struct type *was = c->subst[v->var];

	if (was == NULL) {
		if (same(c, v, t))
			return true;
		if (occurs(c, v->var, t))
			return false;
		bind(c, v->var, t);
		return true;
	}
	if (same(c, was, t))
		return true;
	if (!assign(c, t, was, depth + 1))
		return false;
	if (more_general(c, t, was) && !occurs(c, v->var, t))
		bind(c, v->var, t);
	return true;
}

static bool
assign(struct compile *c, const struct type *a, const struct type *b,
    unsigned depth)
{
	if (depth > TYPE_NEST)
		return true; /* no longer told apart; looked at when it runs */
	if (b->kind == T_VAR)
		return assign_var(c, b, a, depth);
	if (a->kind == T_VAR)
		return assign_var(c, a, b, depth);
	if (a->kind == T_DYN || b->kind == T_DYN)
		return true;
	if (a->kind == T_NULL)
		return nullable(b);
	if (b->kind == T_NULL)
		return nullable(a);
	if (a->kind != b->kind || a->n != b->n ||
	    (a->kind == T_OTHER && !str_eq(a->name, b->name)))
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!assign(c, a->param[i], b->param[i], depth + 1))
			return false;
	return true;
}

bool
type_assign(struct compile *c, const struct type *want,
    const struct type *got)
{
	uint32_t mark = type_mark(c);

	if (assign(c, want, got, 0))
		return true;
	type_undo(c, mark);
	return false;
}

/* One type for both: the more general, or dyn. */
const struct type *
type_join(struct compile *c, const struct type *a, const struct type *b)
{
	if (a == NULL)
		return b;
	if (!type_assign(c, a, b))
		return &type_simple[T_DYN];
	if (follow(c, a)->kind == T_NULL)
		return b;
	if (follow(c, b)->kind == T_NULL)
		return a;
	return more_general(c, a, b) ? a : b;
}

const struct type *
type_resolve(struct compile *c, const struct type *t, bool final)
{
	struct type *out;

	t = follow(c, t);
	if (t->kind == T_VAR)
		return final ? &type_simple[T_DYN] : t;
	if (t->n == 0)
		return t;
	out = arena_alloc(&c->tmp, sizeof *out);
	*out = *t;
	for (unsigned i = 0; i < t->n; i++)
		out->param[i] = type_resolve(c, t->param[i], final);
	return out;
}

void
type_put(const struct type *t, struct buf *out)
{
	if (t->kind == T_OTHER)
		buf_str(out, t->name);
	else if (t->kind == T_VAR)
		buf_puts(out, "dyn");
	else
		buf_puts(out, kinds[t->kind].name);
	for (unsigned i = 0; i < t->n; i++) {
		buf_puts(out, i == 0 ? "(" : ", ");
		type_put(t->param[i], out);
	}
	if (t->n != 0)
		buf_putc(out, ')');
}
