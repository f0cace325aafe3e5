/* Keywords that look at the value itself. */
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "num/num.h"
#include "schema/compile_priv.h"

static bool
is_word(struct build *b, uint32_t value, const char *word)
{
	return json_string_is(b->c->doc, value - 1, str_of(word));
}

static int
expected(struct build *b, uint32_t value, const char *what)
{
	return schema_err(b->c, value, "schema.value", "expected %s, got %s",
	    what, json_type_name(json_type(b->c->doc, value)));
}

static const struct {
	const char *name;
	uint8_t mask;
} types[] = {
    {"null", 1 << JSON_NULL},
    {"boolean", 1 << JSON_FALSE | 1 << JSON_TRUE},
    {"integer", 0},
    {"number", 1 << JSON_NUMBER},
    {"string", 1 << JSON_STRING},
    {"array", 1 << JSON_ARRAY},
    {"object", 1 << JSON_OBJECT},
};

static int
add_type(struct build *b, uint32_t value, uint8_t *mask, bool *integer)
{
	const char *names[ARRAY_LEN(types)], *near;
	struct str name;
	char shown[40];

	if (json_type(b->c->doc, value) != JSON_STRING)
		return expected(b, value, "the name of a type");
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		names[i] = types[i].name;
		if (!json_string_is(b->c->doc, value, str_of(names[i])))
			continue;
		*mask |= types[i].mask;
		*integer |= types[i].mask == 0;
		return 0;
	}
	name = json_string(b->c->doc, value, &b->c->s->arena);
	str_escape(shown, sizeof shown, name.p, name.len);
	schema_err(b->c, value, "schema.value", "there is no type \"%s\"",
	    shown);
	near = str_near(name, names, ARRAY_LEN(names));
	return near != NULL ? err_hint(b->c->e, "did you mean \"%s\"?", near)
			    : -1;
}

int
schema_word_type(struct build *b, uint32_t value)
{
	const struct json_doc *d = b->c->doc;
	struct unit *u = &b->c->s->units[b->unit];
	uint8_t mask = 0;
	bool integer = false;

	if (json_type(d, value) != JSON_ARRAY) {
		if (add_type(b, value, &mask, &integer) != 0)
			return -1;
	} else {
		for (uint32_t k = value + 1; k < d->nodes[value].next; k++)
			if (add_type(b, k, &mask, &integer) != 0)
				return -1;
	}
	u->integer = integer && !(mask & 1 << JSON_NUMBER);
	if (integer)
		mask |= 1 << JSON_NUMBER;
	u->types = mask;
	u->type_node = value;
	return 0;
}

static int
by_order(const void *a, const void *b)
{
	return schema_order(*(const struct str *)a, *(const struct str *)b);
}

/* The op for n values from node k on. */
static void
put_set(struct build *b, uint32_t value, uint32_t k, uint32_t n)
{
	struct arena *a = &b->c->s->arena;
	struct value_set *set;
	struct buf text = {0};

	set = arena_alloc(a, sizeof *set + n * sizeof set->text[0]);
	set->n = n;
	for (uint32_t i = 0; i < n; i++) {
		buf_clear(&text);
		canon_write(b->c->doc, k, &text);
		set->text[i] = arena_str(a, buf_view(&text));
		k = b->c->doc->nodes[k].next;
	}
	buf_free(&text);
	qsort(set->text, n, sizeof set->text[0], by_order);
	schema_op(b, ON_ANY, OP_ENUM, value)->set = set;
}

int
schema_word_enum(struct build *b, uint32_t value)
{
	if (json_type(b->c->doc, value) != JSON_ARRAY)
		return expected(b, value, "array");
	put_set(b, value, value + 1,
	    (uint32_t)json_count(b->c->doc, value));
	return 0;
}

int
schema_word_const(struct build *b, uint32_t value)
{
	put_set(b, value, value, 1);
	return 0;
}

int
schema_word_bound(struct build *b, uint32_t value)
{
	struct op *op;
	enum op_code code = OP_MINIMUM;

	if (json_type(b->c->doc, value) != JSON_NUMBER)
		return expected(b, value, "number");
	if (is_word(b, value, "maximum"))
		code = OP_MAXIMUM;
	else if (is_word(b, value, "exclusiveMinimum"))
		code = OP_EXCLUSIVE_MINIMUM;
	else if (is_word(b, value, "exclusiveMaximum"))
		code = OP_EXCLUSIVE_MAXIMUM;
	op = schema_op(b, ON_NUMBER, code, value);
	op->bound.text = json_raw(b->c->doc, value);
	op->small = num_to_i64(op->bound.text, &op->bound.integer) == 0;
	return 0;
}

int
schema_word_multiple(struct build *b, uint32_t value)
{
	struct num_divisor *d;

	if (json_type(b->c->doc, value) != JSON_NUMBER)
		return expected(b, value, "number");
	d = arena_zalloc(&b->c->s->arena, sizeof *d);
	if (num_divisor(d, json_raw(b->c->doc, value)) != 0)
		return schema_err(b->c, value, "schema.value",
		    "\"multipleOf\" must be above 0, with at most 18 digits");
	schema_op(b, ON_NUMBER, OP_MULTIPLE, value)->divisor = d;
	return 0;
}

/* A count: a whole number from 0 on. */
static int
read_count(struct build *b, uint32_t value, uint64_t *n)
{
	struct str text = json_raw(b->c->doc, value);
	int64_t v;

	if (json_type(b->c->doc, value) != JSON_NUMBER)
		return expected(b, value, "number");
	if (num_cmp(text, STR("0")) < 0 || !num_is_integer(text))
		return schema_err(b->c, value, "schema.value",
		    "expected a whole number from 0 on");
	/* Beyond any record: as good as no limit. */
	*n = num_to_i64(text, &v) == 0 ? (uint64_t)v : INT64_MAX;
	return 0;
}

/* Where a count of an array or object goes; NULL: it is one of strings. */
static uint64_t *
count_slot(struct build *b, uint32_t value, uint32_t **node)
{
	static const char *const words[] = {"minItems", "maxItems",
	    "minContains", "maxContains", "minProperties", "maxProperties"};
	struct object_rules *o;
	struct array_rules *a;
	size_t i = 0;

	while (i < ARRAY_LEN(words) && !is_word(b, value, words[i]))
		i++;
	if (i == ARRAY_LEN(words))
		return NULL;
	if (i >= 4) {
		o = schema_build_object(b);
		*node = i == 4 ? &o->size.min_node : &o->size.max_node;
		return i == 4 ? &o->size.min : &o->size.max;
	}
	a = schema_build_array(b);
	*node = i == 0 ? &a->size.min_node : i == 1 ? &a->size.max_node :
	    i == 2 ? &a->min_contains_node : &a->max_contains_node;
	return i == 0 ? &a->size.min : i == 1 ? &a->size.max :
	    i == 2 ? &a->min_contains : &a->max_contains;
}

int
schema_word_count(struct build *b, uint32_t value)
{
	uint64_t n = 0, *slot;
	uint32_t *node;

	if (read_count(b, value, &n) != 0)
		return -1;
	slot = count_slot(b, value, &node);
	if (slot != NULL) {
		*slot = n;
		*node = value;
		return 0;
	}
	schema_op(b, ON_STRING, is_word(b, value, "minLength")
	    ? OP_MIN_LENGTH : OP_MAX_LENGTH, value)->count = n;
	return 0;
}

int
schema_word_pattern(struct build *b, uint32_t value)
{
	const struct re *re;

	if (json_type(b->c->doc, value) != JSON_STRING)
		return expected(b, value, "string");
	re = schema_re(b, value);
	if (re == NULL)
		return -1;
	schema_op(b, ON_STRING, OP_PATTERN, value)->re = re;
	return 0;
}

int
schema_word_unique(struct build *b, uint32_t value)
{
	enum json_type t = json_type(b->c->doc, value);

	if (t != JSON_TRUE && t != JSON_FALSE)
		return expected(b, value, "boolean");
	if (t == JSON_TRUE)
		schema_op(b, ON_ARRAY, OP_UNIQUE, value);
	return 0;
}

int
schema_word_required(struct build *b, uint32_t value)
{
	const struct json_doc *d = b->c->doc;

	if (json_type(d, value) != JSON_ARRAY)
		return expected(b, value, "array");
	for (uint32_t k = value + 1; k < d->nodes[value].next;
	     k = d->nodes[k].next)
		if (json_type(d, k) != JSON_STRING)
			return expected(b, k, "string");
	schema_build_object(b);
	b->required = value;
	return 0;
}

int
schema_word_refused(struct build *b, uint32_t value)
{
	struct str name = json_string(b->c->doc, value - 1,
	    &b->c->s->arena);

	schema_err(b->c, value - 1, "schema.keyword",
	    "\"%.*s\" is not supported", (int)name.len, name.p);
	return err_hint(b->c->e, "it would change the verdict, "
	    "so it is not ignored");
}
