/* What looks at one value: numbers, strings, enum. */
#include "canon/canon.h"
#include "num/num.h"
#include "schema/run_priv.h"

enum { SMALL_DIGITS = 18 };

static struct str
shown(const struct schema_run *r, uint32_t inst)
{
	return schema_cut(json_raw(r->d, inst), SHOWN_MAX);
}

/* A keyword's value, for a message. */
static struct str
shown_limit(const struct schema_run *r, const struct op *op)
{
	return schema_cut(json_raw(r->s->doc, op->node), 2 * SHOWN_MAX);
}

/* The integer part of a number without exponent: true, or false when the text
 * has one or is long. */
static bool
integer_part(struct str t, int64_t *v)
{
	bool minus = t.p[0] == '-';
	size_t i = minus;
	int64_t n = 0;

	if (t.len > SMALL_DIGITS)
		return false;
	for (; i < t.len && t.p[i] != '.'; i++) {
		if (t.p[i] > '9')
			return false;
		n = n * 10 + (t.p[i] - '0');
	}
	for (; i < t.len; i++)
		if (t.p[i] > '9')
			return false;
	*v = minus ? -n : n;
	return true;
}

/* Exact order of an instance and a bound. */
static int
compare(const struct schema_run *r, const struct op *op, uint32_t inst)
{
	struct str text = json_raw(r->d, inst);
	int64_t v;

	if (op->small && integer_part(text, &v)) {
		if (v != op->bound.integer)
			return v < op->bound.integer ? -1 : 1;
		if (r->d->nodes[inst].flags & JSON_INTEGER)
			return 0;
	}
	return num_cmp(text, op->bound.text);
}

int
schema_number(struct schema_run *r, const struct op *op, uint32_t inst)
{
	struct str got = shown(r, inst), limit;
	const char *how;
	bool ok;

	switch ((enum op_code)op->code) {
	case OP_MINIMUM:
		ok = compare(r, op, inst) >= 0;
		how = "is less than";
		break;
	case OP_MAXIMUM:
		ok = compare(r, op, inst) <= 0;
		how = "is greater than";
		break;
	case OP_EXCLUSIVE_MINIMUM:
		ok = compare(r, op, inst) > 0;
		how = "is not greater than";
		break;
	case OP_EXCLUSIVE_MAXIMUM:
		ok = compare(r, op, inst) < 0;
		how = "is not less than";
		break;
	default:
		ok = num_is_multiple(json_raw(r->d, inst), op->divisor);
		how = "is not a multiple of";
		break;
	}
	if (ok)
		return 1;
	limit = shown_limit(r, op);
	return schema_fail(r, op->node, inst, "%.*s %s %.*s", (int)got.len,
	    got.p, how, (int)limit.len, limit.p);
}

struct str
schema_string(struct schema_run *r, uint32_t inst)
{
	return json_string(r->d, inst, &r->arena);
}

/* Code points of UTF-8: bytes that do not continue a character. */
static uint64_t
characters(struct str s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static int
length(struct schema_run *r, const struct op *op, uint32_t inst)
{
	struct str s = schema_string(r, inst);
	bool min = op->code == OP_MIN_LENGTH;
	uint64_t n;

	/* A character is 1 to 4 bytes: most are settled without counting. */
	if (min ? s.len / 4 >= op->count : s.len <= op->count)
		return 1;
	n = characters(s);
	if (min ? n >= op->count : n <= op->count)
		return 1;
	return schema_fail(r, op->node, inst,
	    "has %llu characters, and must have at %s %llu",
	    (unsigned long long)n, min ? "least" : "most",
	    (unsigned long long)op->count);
}

int
schema_text(struct schema_run *r, const struct op *op, uint32_t inst)
{
	struct str got, want;
	int rc;

	if (op->code != OP_PATTERN)
		return length(r, op, inst);
	rc = re_match(op->re, r->re, schema_string(r, inst), r->e);
	if (rc != 0)
		return rc;
	got = shown(r, inst);
	want = shown_limit(r, op);
	return schema_fail(r, op->node, inst, "%.*s does not match %.*s",
	    (int)got.len, got.p, (int)want.len, want.p);
}

struct str
schema_canon(struct schema_run *r, uint32_t inst)
{
	const struct json_node *n = &r->d->nodes[inst];
	struct str raw = json_raw(r->d, inst);

	switch ((enum json_type)n->type) {
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
		return raw;
	case JSON_STRING:
		if (!(n->flags & JSON_ESCAPED))
			return raw;
		break;
	case JSON_NUMBER:
		if ((n->flags & JSON_INTEGER) && n->len <= SMALL_DIGITS &&
		    !(n->len == 2 && raw.p[0] == '-' && raw.p[1] == '0'))
			return raw;
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	buf_clear(&r->canon);
	canon_write(r->d, inst, &r->canon);
	return buf_view(&r->canon);
}

int
schema_enum(struct schema_run *r, const struct op *op, uint32_t inst)
{
	const struct value_set *set = op->set;
	struct str text = schema_canon(r, inst), got, want;
	uint32_t lo = 0, hi = set->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int cmp = schema_order(set->text[mid], text);

		if (cmp == 0)
			return 1;
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	got = shown(r, inst);
	if (json_string_is(r->s->doc, op->node - 1, STR("const"))) {
		want = shown_limit(r, op);
		return schema_fail(r, op->node, inst, "%.*s is not %.*s",
		    (int)got.len, got.p, (int)want.len, want.p);
	}
	return schema_fail(r, op->node, inst,
	    "%.*s is none of the %u values allowed", (int)got.len, got.p,
	    set->n);
}
