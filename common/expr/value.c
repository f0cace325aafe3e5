#include <string.h>

#include "expr/ops_priv.h"
#include "json/json.h"
#include "num/num.h"

/* What the parts of a record become when they are used. */

enum { BYTES_MIN = 16 };

void *
run_alloc(struct expr_run *run, size_t n)
{
	if (n > run->bytes) {
		run->steps = -1;
		return NULL;
	}
	run->bytes -= n;
	return arena_alloc(run->arena, n < BYTES_MIN ? BYTES_MIN : n);
}

struct expr_value
value_string(const char *p, size_t n)
{
	return (struct expr_value){.type = EXPR_STRING, .n = (uint32_t)n,
	    .u.p = p};
}

struct expr_value
value_optional(struct expr_run *run, const struct expr_value *v)
{
	struct expr_value out = {.type = EXPR_OPTIONAL};
	struct expr_value *copy = run_alloc(run, sizeof *copy);

	if (copy != NULL)
		*copy = *v;
	out.u.opt = copy;
	return out;
}

static const double pow10[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
    1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/*
 * Decimals of up to 15 digits without an exponent, most numbers there are:
 * digits and power of ten are exact, so the division rounds once.
 */
static bool
short_double(const char *p, size_t n, double *d)
{
	bool neg = n != 0 && p[0] == '-';
	uint64_t m = 0;
	size_t i = neg, point = n;

	if (n - neg > 16)
		return false;
	for (; i < n; i++) {
		unsigned digit = (unsigned char)p[i] - (unsigned)'0';

		if (digit <= 9)
			m = m * 10 + digit;
		else if (p[i] == '.')
			point = i + 1;
		else
			return false;
	}
	*d = (double)m / pow10[n - point];
	if (neg)
		*d = -*d;
	return true;
}

static int
force_number(struct expr_value *v, struct err *e)
{
	const struct json_doc *d = v->u.doc;
	struct str s = json_raw(d, v->n);
	struct expr_value out = {.type = EXPR_DOUBLE};

	if ((d->nodes[v->n].flags & JSON_INTEGER) != 0) {
		out.type = EXPR_INT;
		if (json_int64(d, v->n, &out.u.i) != 0) {
			out = value_string(s.p, s.len);
			out.type = EXPR_BIGINT;
		}
	} else if (!short_double(s.p, s.len, &out.u.d)) {
		if (num_to_double(s, &out.u.d, e) != 0)
			return err_set(e, ERR_DATA, "expr.range",
			    "the number is past double");
		if (out.u.d == 0 && s.p[0] == '-')
			out.u.d = -0.0;
	}
	*v = out;
	return 0;
}

int
expr_force(struct expr_value *v, struct arena *a, struct err *e)
{
	const struct json_doc *d = v->u.doc;
	struct str s;

	if (v->type != EXPR_JSON)
		return 0;
	switch (json_type(d, v->n)) {
	case JSON_NULL:
		*v = (struct expr_value){.type = EXPR_NULL};
		break;
	case JSON_FALSE:
	case JSON_TRUE:
		*v = value_bool(json_type(d, v->n) == JSON_TRUE);
		break;
	case JSON_NUMBER:
		return force_number(v, e);
	case JSON_STRING:
		s = json_string(d, v->n, a);
		*v = value_string(s.p, s.len);
		break;
	case JSON_ARRAY:
		v->type = EXPR_LIST;
		v->form = FORM_JSON;
		break;
	case JSON_OBJECT:
		v->type = EXPR_MAP;
		v->form = FORM_JSON;
		break;
	}
	return 0;
}

bool
value_force(struct expr_run *run, struct expr_value *v, uint32_t pc)
{
	const struct json_node *node;
	struct err e;

	if (v->type != EXPR_JSON)
		return v->type != EXPR_ERROR;
	node = &v->u.doc->nodes[v->n];
	if ((node->flags & JSON_ESCAPED) != 0 && node->type == JSON_STRING) {
		/* It is copied; so it counts. */
		if (node->len > run->bytes) {
			run->steps = -1;
			*v = value_fail(FAIL_LIMIT, pc, NULL);
			return false;
		}
		run->bytes -= node->len;
	}
	if (expr_force(v, run->arena, &e) == 0)
		return true;
	*v = value_fail(FAIL_RANGE, pc, NULL);
	return false;
}

int
value_truth(struct expr_run *run, struct expr_value *v, uint32_t pc)
{
	if (v->type == EXPR_JSON)
		value_force(run, v, pc);
	if (v->type == EXPR_BOOL)
		return v->u.b;
	if (v->type != EXPR_ERROR)
		*v = value_fail_types(pc, v, NULL);
	return -1;
}

bool
value_is_zero(const struct expr_value *v)
{
	switch ((enum expr_type)v->type) {
	case EXPR_NULL:
		return true;
	case EXPR_BOOL:
		return !v->u.b;
	case EXPR_INT:
	case EXPR_UINT:
	case EXPR_DURATION:
		return v->u.i == 0;
	case EXPR_DOUBLE:
		return v->u.d == 0;
	case EXPR_STRING:
	case EXPR_BYTES_TYPE:
		return v->n == 0;
	case EXPR_LIST:
	case EXPR_MAP:
		return expr_count(v) == 0;
	case EXPR_TIMESTAMP:
		return v->u.i == 0 && v->n == 0;
	case EXPR_OPTIONAL:
		return v->u.opt == NULL;
	default:
		return false;
	}
}

static enum expr_type
lazy_type(const struct expr_value *v)
{
	/* ORDER json_type */
	static const uint8_t types[] = {EXPR_NULL, EXPR_BOOL, EXPR_BOOL,
	    EXPR_DOUBLE, EXPR_STRING, EXPR_LIST, EXPR_MAP};

	if (v->type != EXPR_JSON)
		return (enum expr_type)v->type;
	if ((v->u.doc->nodes[v->n].flags & JSON_INTEGER) != 0 &&
	    json_type(v->u.doc, v->n) == JSON_NUMBER)
		return EXPR_INT;
	return (enum expr_type)types[json_type(v->u.doc, v->n)];
}

const char *
expr_type_name(const struct expr_value *v)
{
	static const char *const names[] = {"null_type", "bool", "int", "uint",
	    "double", "string", "bytes", "list", "map",
	    "google.protobuf.Timestamp", "google.protobuf.Duration", "type",
	    "optional_type", "int", "dyn", "error"}; /* ORDER expr_type */

	return names[lazy_type(v)];
}

size_t
expr_count(const struct expr_value *v)
{
	if (v->type == EXPR_JSON || v->form == FORM_JSON)
		return json_count(v->u.doc, v->n);
	return v->type == EXPR_LIST ? v->u.list->n : v->u.map->n;
}

struct expr_walk
expr_walk(const struct expr_value *v)
{
	bool json = v->type == EXPR_JSON || v->form == FORM_JSON;

	return (struct expr_walk){v, json ? v->n + 1 : 0};
}

bool
expr_next(struct expr_walk *w, struct expr_value *key,
    struct expr_value *value)
{
	const struct expr_value *v = w->of;

	if (v->type == EXPR_JSON || v->form == FORM_JSON) {
		const struct json_doc *d = v->u.doc;

		if (w->at >= d->nodes[v->n].next)
			return false;
		*key = (struct expr_value){.type = EXPR_JSON, .n = w->at,
		    .u.doc = d};
		if (value != NULL) {
			*value = *key;
			value->n = ++w->at;
		}
		w->at = d->nodes[w->at].next;
		return true;
	}
	if (value == NULL) {
		if (w->at >= v->u.list->n)
			return false;
		*key = v->u.list->v[w->at++];
		return true;
	}
	if (w->at >= v->u.map->n)
		return false;
	*key = v->u.map->kv[2 * w->at];
	*value = v->u.map->kv[2 * w->at++ + 1];
	return true;
}
