/* What one aggregate remembers of one group. */
#include <string.h>

#include "term.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/write.h"

/* May this not fit a double?  What has no exponent and is short does. */
static bool
may_overflow(struct str raw)
{
	if (raw.len > 300)
		return true;
	for (size_t i = 0; i < raw.len; i++)
		if ((raw.p[i] | 0x20) == 'e')
			return true;
	return false;
}

int
agg_check(const struct agg_item *it, const struct agg_cell *c, struct err *e)
{
	enum json_type type = json_type(c->d, c->node);
	struct str raw = json_raw(c->d, c->node);
	size_t off = c->made ? 0 : c->d->nodes[c->node].off;
	double v;

	if (it->func == AGG_COUNT || type == JSON_NULL)
		return 0;
	if (type == JSON_STRING && !c->time &&
	    (it->func == AGG_MIN || it->func == AGG_MAX))
		return 0;
	if (type != JSON_NUMBER) {
		err_at(e, off, ERR_DATA, "agg.type",
		    "%.*s needs a number, not a%s %s", (int)it->name.len,
		    it->name.p,
		    type == JSON_ARRAY || type == JSON_OBJECT ? "n" : "",
		    c->time ? "time" : json_type_name(type));
		return c->time ? err_hint(e, "int(t) of a timestamp is its "
		    "seconds since 1970") : type == JSON_STRING ?
		    err_hint(e, "cast it first: rap-map, type number, or "
		    "on_error null for what is none") :
		    -1;
	}
	if (num_check(raw, e) != 0 ||
	    (it->func == AGG_MEAN && may_overflow(raw) &&
		num_to_double(raw, &v, e) != 0)) {
		e->pos = off;
		return -1;
	}
	return 0;
}

/* Is p[0..len) of this type a better extreme than what is there? */
static bool
better(const struct agg_item *it, const struct agg_best *b, unsigned type,
    struct str text)
{
	struct str old = {b->p, b->len};
	int c;

	if (b->types == 0)
		return true;
	/* Mixed types have no order: agg_put refuses the group. */
	if (b->types != 1u << type)
		return false;
	c = type == JSON_NUMBER ? num_cmp(text, old) : str_cmp(text, old);
	return it->func == AGG_MIN ? c < 0 : c > 0;
}

static size_t
keep(struct agg_best *b, struct str text)
{
	size_t more = 0;

	if (text.len > b->cap) {
		more = text.len - b->cap;
		mem_free(b->p);
		b->p = mem_alloc(text.len);
		b->cap = (uint32_t)text.len;
	}
	if (text.len != 0)
		memcpy(b->p, text.p, text.len);
	b->len = (uint32_t)text.len;
	return more;
}

static size_t
fold_best(const struct agg_item *it, struct agg_best *b,
    const struct agg_cell *c, struct arena *a)
{
	unsigned type = json_type(c->d, c->node);
	struct str text = type == JSON_NUMBER ? json_raw(c->d, c->node) :
						json_string(c->d, c->node, a);
	struct buf canon = {0};
	size_t more = 0;

	if (better(it, b, type, text)) {
		/* A long spelling of a short number is not kept. */
		if (type == JSON_NUMBER) {
			num_canon(text, &canon);
			text = buf_view(&canon);
		}
		more = keep(b, text);
		buf_free(&canon);
	}
	b->types |= (uint8_t)(1u << type);
	return more;
}

size_t
agg_fold(const struct agg_item *it, struct agg_state *s,
    const struct agg_cell *c, struct arena *a)
{
	struct err never; /* agg_check has looked */
	size_t held;

	if (json_type(c->d, c->node) == JSON_NULL)
		return 0;
	s->n++;
	switch (it->func) {
	case AGG_COUNT:
		return 0;
	case AGG_SUM:
	case AGG_MEAN:
		held = num_sum_held(&s->sum);
		num_sum_add(&s->sum, json_raw(c->d, c->node), &never);
		return num_sum_held(&s->sum) - held;
	default:
		return fold_best(it, &s->best, c, a);
	}
}

size_t
agg_merge(const struct agg_item *it, struct agg_state *into,
    const struct agg_state *from)
{
	const struct agg_best *b = &from->best;
	struct str text = {b->p, b->len};
	size_t more = 0;

	into->n += from->n;
	switch (it->func) {
	case AGG_COUNT:
		return 0;
	case AGG_SUM:
	case AGG_MEAN:
		more = num_sum_held(&into->sum);
		num_sum_merge(&into->sum, &from->sum);
		return num_sum_held(&into->sum) - more;
	default:
		for (unsigned t = JSON_NUMBER; t <= JSON_STRING; t++)
			if (b->types == 1u << t &&
			    better(it, &into->best, t, text))
				more = keep(&into->best, text);
		into->best.types |= b->types;
		return more;
	}
}

static int
put_best(const struct agg_item *it, const struct agg_best *b, struct buf *out,
    struct err *e)
{
	struct str text = {b->p, b->len};

	if (b->types == 0)
		buf_puts(out, "null");
	else if (b->types == 1u << JSON_NUMBER)
		buf_str(out, text);
	else if (b->types == 1u << JSON_STRING)
		json_put_string(out, text);
	else {
		err_set(e, ERR_DATA, "agg.mixed",
		    "%.*s met numbers and strings in one group, which have "
		    "no common order",
		    (int)it->name.len, it->name.p);
		return err_hint(e, "cast them first: rap-map, type string; or "
		    "type number, on_error null for what is none");
	}
	return 0;
}

int
agg_put(const struct agg_item *it, const struct agg_state *s, struct buf *out,
    struct err *e)
{
	switch (it->func) {
	case AGG_COUNT:
		buf_u64(out, s->n);
		return 0;
	case AGG_SUM:
		num_sum_put(&s->sum, out);
		return 0;
	case AGG_MEAN:
		if (s->n != 0)
			return num_sum_put_mean(&s->sum, s->n, out, e);
		buf_puts(out, "null");
		return 0;
	default:
		return put_best(it, &s->best, out, e);
	}
}

void
agg_state_free(const struct agg_item *it, struct agg_state *s)
{
	if (it->func == AGG_SUM || it->func == AGG_MEAN)
		num_sum_free(&s->sum);
	else if (it->func != AGG_COUNT)
		mem_free(s->best.p);
}
