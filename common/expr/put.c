#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "expr/lib_priv.h"
#include "hash/base64.h"
#include "json/json.h"
#include "json/write.h"
#include "num/num.h"

/* Values as JSON. */

enum { PUT_DEPTH = 2048 };

static int put(struct buf *out, const struct expr_value *v, unsigned depth,
    struct err *e);

static int
refuse(struct err *e, const char *what)
{
	return err_set(e, ERR_DATA, "expr.result", "%s has no JSON", what);
}

static void
put_string(struct buf *out, const char *p, size_t n)
{
	json_put_string(out, (struct str){p, n});
}

/* A key: JSON has only names, so others are spelled. */
static int
put_key(struct buf *out, const struct expr_value *k, struct err *e)
{
	switch (k->type) {
	case EXPR_STRING:
		put_string(out, k->u.p, k->n);
		return 0;
	case EXPR_JSON:
		buf_str(out, json_raw(k->u.doc, k->n));
		return 0;
	case EXPR_INT:
		buf_printf(out, "\"%" PRId64 "\"", k->u.i);
		return 0;
	case EXPR_UINT:
		buf_printf(out, "\"%" PRIu64 "\"", k->u.u);
		return 0;
	case EXPR_BOOL:
		buf_puts(out, k->u.b ? "\"true\"" : "\"false\"");
		return 0;
	default:
		return refuse(e, "a key of this type");
	}
}

static int
put_items(struct buf *out, const struct expr_value *v, unsigned depth,
    struct err *e)
{
	bool map = v->type == EXPR_MAP, first = true;
	struct expr_walk w = expr_walk(v);
	struct expr_value k, item;

	buf_putc(out, map ? '{' : '[');
	while (expr_next(&w, &k, map ? &item : NULL)) {
		if (!first)
			buf_putc(out, ',');
		first = false;
		if (map) {
			if (put_key(out, &k, e) != 0)
				return -1;
			buf_putc(out, ':');
		}
		if (put(out, map ? &item : &k, depth + 1, e) != 0)
			return -1;
	}
	buf_putc(out, map ? '}' : ']');
	return 0;
}

static int
put(struct buf *out, const struct expr_value *v, unsigned depth,
    struct err *e)
{
	char tmp[48];

	if (depth > PUT_DEPTH)
		return refuse(e, "a value nested this deeply");
	if (v->type == EXPR_JSON || v->form == FORM_JSON) {
		buf_str(out, json_raw(v->u.doc, v->n));
		return 0;
	}
	switch ((enum expr_type)v->type) {
	case EXPR_NULL:
		buf_puts(out, "null");
		return 0;
	case EXPR_BOOL:
		buf_puts(out, v->u.b ? "true" : "false");
		return 0;
	case EXPR_INT:
		buf_printf(out, "%" PRId64, v->u.i);
		return 0;
	case EXPR_UINT:
		buf_u64(out, v->u.u);
		return 0;
	case EXPR_DOUBLE:
		if (!isfinite(v->u.d))
			return refuse(e, isnan(v->u.d) ? "NaN" : "infinity");
		num_put_double(out, v->u.d);
		return 0;
	case EXPR_STRING:
		put_string(out, v->u.p, v->n);
		return 0;
	case EXPR_BYTES_TYPE:
		buf_putc(out, '"');
		base64_put(out, v->u.p, v->n);
		buf_putc(out, '"');
		return 0;
	case EXPR_BIGINT:
		buf_put(out, v->u.p, v->n);
		return 0;
	case EXPR_LIST:
	case EXPR_MAP:
		return put_items(out, v, depth, e);
	case EXPR_TIMESTAMP:
		put_string(out, tmp, time_put(tmp, v));
		return 0;
	case EXPR_DURATION:
		put_string(out, tmp, duration_put(tmp, v->u.i));
		return 0;
	case EXPR_OPTIONAL:
		return v->u.opt != NULL ? put(out, v->u.opt, depth + 1, e) :
		    refuse(e, "an empty optional");
	default:
		return refuse(e, "a type");
	}
}

int
expr_put_json(struct buf *out, const struct expr_value *v, struct err *e)
{
	size_t was = out->len;

	if (put(out, v, 0, e) == 0)
		return 0;
	if (!out->over)
		out->len = was;
	return -1;
}
