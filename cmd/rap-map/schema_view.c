#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/path.h"
#include "num/num.h"

/*
 * The types and names that a JSON Schema allows, as far as type, enum, const,
 * properties, required, additionalProperties, items, allOf, anyOf, oneOf and
 * local references say it.  What is not understood allows everything.
 */
enum { HOPS = 32, LOOKS = 10000 };

static const char *const branches[] = {"allOf", "anyOf", "oneOf"};

static uint32_t
key(struct view v, const char *name)
{
	if (v.node == JSON_NONE || json_type(v.doc, v.node) != JSON_OBJECT)
		return JSON_NONE;
	return json_member(v.doc, v.node, str_of(name));
}

/* Where references lead: "#", "#/a/b". */
static struct view
follow(struct view v)
{
	for (int hops = 0; hops < HOPS; hops++) {
		uint32_t ref = key(v, "$ref");
		struct json_path path = {0};
		struct json_hint hint = {0};
		struct arena mem = {0};
		struct str text;
		struct err none;

		if (ref == JSON_NONE)
			return v;
		text = json_string(v.doc, ref, &mem);
		v.node = JSON_NONE;
		if (text.len == 1 && text.p[0] == '#') {
			v.node = 0;
		} else if (text.len > 1 && text.p[0] == '#' &&
		    text.p[1] == '/' && json_path_compile(&path,
		    (struct str){text.p + 1, text.len - 1}, &none) == 0) {
			v.node = json_path_find(&path, v.doc, 0, &hint);
			json_path_free(&path);
		}
		arena_free(&mem);
	}
	v.node = JSON_NONE;
	return v;
}

static unsigned
named_type(const struct json_doc *d, uint32_t node)
{
	static const struct {
		const char *name;
		unsigned may;
	} types[] = {{"null", MAY_NULL}, {"boolean", MAY_BOOL},
	    {"integer", MAY_INT}, {"number", MAY_NUMBER},
	    {"string", MAY_STRING}, {"array", MAY_ARRAY},
	    {"object", MAY_OBJECT}};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (json_type(d, node) == JSON_STRING &&
		    json_string_is(d, node, str_of(types[i].name)))
			return types[i].may;
	return MAY_ALL;
}

static unsigned
value_type(const struct json_doc *d, uint32_t node)
{
	switch (json_type(d, node)) {
	case JSON_NULL:
		return MAY_NULL;
	case JSON_TRUE:
	case JSON_FALSE:
		return MAY_BOOL;
	case JSON_NUMBER:
		return num_is_integer(json_raw(d, node)) ? MAY_INT : MAY_REAL;
	case JSON_STRING:
		return MAY_STRING;
	case JSON_ARRAY:
		return MAY_ARRAY;
	default:
		return MAY_OBJECT;
	}
}

/* One, or those of a list. */
static unsigned
types_of(const struct json_doc *d, uint32_t node,
    unsigned (*one)(const struct json_doc *, uint32_t))
{
	unsigned may = 0;

	if (json_type(d, node) != JSON_ARRAY)
		return one(d, node);
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k].next)
		may |= one(d, k);
	return may;
}

/* Schemas may be within each other at most HOPS deep and without end: after
 * so many looks the rest counts as not understood. */
static unsigned
types_at(struct view v, int hops, int *looks)
{
	unsigned may = MAY_ALL;
	uint32_t k;

	v = follow(v);
	if (v.node == JSON_NONE || hops == HOPS || --*looks < 0)
		return MAY_ALL;
	if (json_type(v.doc, v.node) == JSON_FALSE)
		return 0;
	k = key(v, "type");
	if (k != JSON_NONE)
		may &= types_of(v.doc, k, named_type);
	k = key(v, "enum");
	if (k != JSON_NONE)
		may &= types_of(v.doc, k, value_type);
	k = key(v, "const");
	if (k != JSON_NONE)
		may &= value_type(v.doc, k);
	for (size_t i = 0; i < ARRAY_LEN(branches); i++) {
		unsigned any = i == 0 ? MAY_ALL : 0;

		k = key(v, branches[i]);
		if (k == JSON_NONE || json_type(v.doc, k) != JSON_ARRAY)
			continue;
		for (uint32_t n = k + 1; n < v.doc->nodes[k].next;
		     n = v.doc->nodes[n].next) {
			unsigned one = types_at((struct view){v.doc, n},
			    hops + 1, looks);

			any = i == 0 ? any & one : any | one;
		}
		may &= any;
	}
	return may;
}

unsigned
view_types(struct view v)
{
	int looks = LOOKS;

	return types_at(v, 0, &looks);
}

bool
view_open(struct view v)
{
	uint32_t more;

	v = follow(v);
	if (v.node == JSON_NONE || key(v, "patternProperties") != JSON_NONE ||
	    key(v, "allOf") != JSON_NONE || key(v, "anyOf") != JSON_NONE ||
	    key(v, "oneOf") != JSON_NONE)
		return true;
	more = key(v, "additionalProperties");
	if (more == JSON_NONE)
		more = key(v, "unevaluatedProperties");
	return more == JSON_NONE || json_type(v.doc, more) != JSON_FALSE;
}

bool
view_member(struct view v, struct str name, struct view *out)
{
	uint32_t k, one;

	v = follow(v);
	*out = (struct view){v.doc, JSON_NONE};
	if (v.node == JSON_NONE)
		return true;
	k = key(v, "properties");
	one = k != JSON_NONE && json_type(v.doc, k) == JSON_OBJECT ?
	    json_member(v.doc, k, name) : JSON_NONE;
	if (one == JSON_NONE && (view_types(v) & MAY_ARRAY) != 0)
		one = key(v, "items");
	out->node = one;
	return one != JSON_NONE || view_open(v);
}

bool
view_requires(struct view v, struct str name)
{
	uint32_t k;

	v = follow(v);
	k = key(v, "required");
	if (k == JSON_NONE || json_type(v.doc, k) != JSON_ARRAY)
		return false;
	for (uint32_t n = k + 1; n < v.doc->nodes[k].next; n++)
		if (json_type(v.doc, n) == JSON_STRING &&
		    json_string_is(v.doc, n, name))
			return true;
	return false;
}

void
view_names(struct view v, void (*fn)(void *arg, struct str name), void *arg)
{
	struct arena mem = {0};
	uint32_t k;

	v = follow(v);
	k = key(v, "properties");
	if (k != JSON_NONE && json_type(v.doc, k) == JSON_OBJECT)
		for (uint32_t n = k + 1; n < v.doc->nodes[k].next;
		     n = v.doc->nodes[n + 1].next)
			fn(arg, json_string(v.doc, n, &mem));
	k = key(v, "required");
	if (k != JSON_NONE && json_type(v.doc, k) == JSON_ARRAY)
		for (uint32_t n = k + 1; n < v.doc->nodes[k].next; n++)
			if (json_type(v.doc, n) == JSON_STRING)
				fn(arg, json_string(v.doc, n, &mem));
	arena_free(&mem);
}

/* Every branch of allOf; of the others `most` at most. */
static uint32_t
branch_end(struct view v, uint32_t list, bool all, size_t most)
{
	uint32_t n = list + 1, end = v.doc->nodes[list].next;

	while (n < end && (all || most-- > 0))
		n = v.doc->nodes[n].next;
	return n;
}

static void
names_at(struct view v, void (*fn)(void *arg, struct str name), void *arg,
    int hops)
{
	v = follow(v);
	if (v.node == JSON_NONE || hops == HOPS / 4)
		return;
	view_names(v, fn, arg);
	for (size_t i = 0; i < ARRAY_LEN(branches); i++) {
		uint32_t k = key(v, branches[i]), end;

		if (k == JSON_NONE || json_type(v.doc, k) != JSON_ARRAY)
			continue;
		end = branch_end(v, k, i == 0, 1);
		for (uint32_t n = k + 1; n < end; n = v.doc->nodes[n].next)
			names_at((struct view){v.doc, n}, fn, arg, hops + 1);
	}
}

void
view_all_names(struct view v, void (*fn)(void *arg, struct str name),
    void *arg)
{
	names_at(v, fn, arg, 0);
}

static void
values_of(struct view v, const char *name, bool closed,
    void (*fn)(void *arg, struct str json, bool closed), void *arg)
{
	uint32_t k = key(v, name);
	bool list = strcmp(name, "enum") == 0 ||
	    strcmp(name, "examples") == 0;

	if (k == JSON_NONE)
		return;
	if (!list)
		fn(arg, json_raw(v.doc, k), closed);
	else if (json_type(v.doc, k) == JSON_ARRAY)
		for (uint32_t n = k + 1; n < v.doc->nodes[k].next;
		     n = v.doc->nodes[n].next)
			fn(arg, json_raw(v.doc, n), closed);
}

static void
values_at(struct view v, void (*fn)(void *arg, struct str json, bool closed),
    void *arg, int hops, bool all)
{
	static const char *const hints[] = {"examples", "default", "minimum",
	    "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"};

	v = follow(v);
	if (v.node == JSON_NONE || hops == HOPS / 8)
		return;
	values_of(v, "const", all, fn, arg);
	values_of(v, "enum", all, fn, arg);
	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		values_of(v, hints[i], false, fn, arg);
	for (size_t i = 0; i < ARRAY_LEN(branches); i++) {
		uint32_t k = key(v, branches[i]);

		if (k == JSON_NONE || json_type(v.doc, k) != JSON_ARRAY)
			continue;
		for (uint32_t n = k + 1; n < v.doc->nodes[k].next;
		     n = v.doc->nodes[n].next)
			values_at((struct view){v.doc, n}, fn, arg, hops + 1,
			    all && i == 0);
	}
}

void
view_values(struct view v, void (*fn)(void *arg, struct str json,
    bool closed), void *arg)
{
	values_at(v, fn, arg, 0, true);
}

bool
view_items(struct view v, struct view *out)
{
	v = follow(v);
	*out = (struct view){v.doc, key(v, "items")};
	return out->node != JSON_NONE &&
	    json_type(v.doc, out->node) != JSON_ARRAY;
}

void
view_put_types(unsigned types, struct buf *out)
{
	static const struct {
		unsigned may;
		const char *name;
	} names[] = {{MAY_NUMBER, "number"}, {MAY_INT, "integer"},
	    {MAY_REAL, "number"}, {MAY_STRING, "string"},
	    {MAY_BOOL, "boolean"}, {MAY_ARRAY, "array"},
	    {MAY_OBJECT, "object"}, {MAY_NULL, "null"}};
	size_t start = out->len;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if ((types & names[i].may) != names[i].may)
			continue;
		if (out->len != start)
			buf_puts(out, " or ");
		buf_puts(out, names[i].name);
		types &= ~names[i].may;
	}
	if (out->len == start)
		buf_puts(out, "nothing");
}
