/*
 * Finds the schemas of a document: each place where one stands gets a number,
 * $id and $anchor are written down, $ref is followed.
 */
#include "base/err.h"
#include "base/mem.h"
#include "schema/compile_priv.h"
#include "schema/uri.h"

/* Record that "uri#fragment" (or "uri") is at node. */
static int
add_place(struct compiler *c, struct str uri, const char *hash,
    struct str fragment, uint32_t node)
{
	struct buf key = {0};
	size_t known = c->places.n, i;

	buf_str(&key, uri);
	buf_puts(&key, hash);
	buf_str(&key, fragment);
	i = map_add(&c->places, buf_view(&key));
	buf_free(&key);
	if (i < known && c->place[i] != node)
		return schema_err(c, node, "schema.ref",
		    "this $id or $anchor was given to another schema before");
	c->place = schema_grow(c->place, &c->places_cap, (uint32_t)i,
	    sizeof *c->place);
	c->place[i] = node;
	return 0;
}

static uint32_t
add_base(struct compiler *c, struct str uri)
{
	c->base = schema_grow(c->base, &c->bases_cap, c->nbases,
	    sizeof *c->base);
	c->base[c->nbases] = arena_str(&c->s->arena, uri);
	return c->nbases++;
}

static uint32_t
number(struct compiler *c, uint32_t node, uint32_t resource)
{
	uint32_t cap = c->cap;

	if (c->at[node] != 0)
		return c->at[node] - 1;
	c->node = schema_grow(c->node, &cap, c->n, sizeof *c->node);
	c->resource = schema_grow(c->resource, &c->cap, c->n,
	    sizeof *c->resource);
	c->node[c->n] = node;
	c->resource[c->n] = resource;
	c->at[node] = ++c->n;
	return c->n - 1;
}

/* A string member of a schema object, or JSON_NONE; -1 when not a string. */
static int
text_member(struct compiler *c, uint32_t obj, const char *name, uint32_t *v)
{
	*v = json_member(c->doc, obj, str_of(name));
	if (*v != JSON_NONE && json_type(c->doc, *v) != JSON_STRING)
		return schema_err(c, *v, "schema.value",
		    "\"%s\" must be a string", name);
	return 0;
}

static const struct {
	const char *uri;
	enum draft draft;
} dialects[] = {
    {"https://json-schema.org/draft/2020-12/schema", DRAFT_2020},
    {"https://json-schema.org/draft/2019-09/schema", DRAFT_2019},
    {"http://json-schema.org/draft-07/schema", DRAFT_07},
    {"http://json-schema.org/draft-06/schema", DRAFT_06},
};

/* $schema, at the root or in an embedded resource: the same dialect. */
static int
read_dialect(struct compiler *c, uint32_t obj)
{
	uint32_t v;
	struct str uri, fragment;

	if (text_member(c, obj, "$schema", &v) != 0)
		return -1;
	if (v == JSON_NONE)
		return 0;
	uri = json_string(c->doc, v, &c->s->arena);
	schema_uri_cut(&uri, &fragment);
	for (size_t i = 0; i < ARRAY_LEN(dialects) && fragment.len == 0; i++) {
		struct str known = str_of(dialects[i].uri);

		if (!str_eq(uri, known))
			continue;
		if (c->draft == 0)
			c->draft = dialects[i].draft;
		if (c->draft == dialects[i].draft)
			return 0;
		return schema_err(c, v, "schema.dialect",
		    "a part of the schema is in another dialect");
	}
	schema_err(c, v, "schema.dialect", "this dialect is not known");
	return err_hint(c->e, "known: %s, %s, %s, %s", dialects[0].uri,
	    dialects[1].uri, dialects[2].uri, dialects[3].uri);
}

/* $id of a unit: its own resource, or in old drafts only a name ("#a"). */
static int
read_id(struct compiler *c, uint32_t unit)
{
	uint32_t obj = c->node[unit], v;
	struct str uri, fragment, base = c->base[c->resource[unit]];
	struct buf whole = {0};
	int rc = 0;

	if (text_member(c, obj, "$id", &v) != 0)
		return -1;
	if (v == JSON_NONE)
		return 0;
	uri = json_string(c->doc, v, &c->s->arena);
	schema_uri_cut(&uri, &fragment);
	if (fragment.len != 0 && !(c->draft & DRAFT_OLD))
		return schema_err(c, v, "schema.value",
		    "\"$id\" must not have a fragment");
	schema_uri_resolve(base, uri, &whole);
	if (uri.len != 0 && !str_eq(buf_view(&whole), base)) {
		c->resource[unit] = add_base(c, buf_view(&whole));
		rc = add_place(c, buf_view(&whole), "", STR(""), obj);
	}
	if (rc == 0 && fragment.len != 0)
		rc = add_place(c, buf_view(&whole), "#", fragment, obj);
	buf_free(&whole);
	return rc;
}

static int
read_anchor(struct compiler *c, uint32_t unit, const char *name)
{
	uint32_t v;

	if (!(c->draft & DRAFT_NEW))
		return 0;
	if (text_member(c, c->node[unit], name, &v) != 0)
		return -1;
	if (v == JSON_NONE)
		return 0;
	return add_place(c, c->base[c->resource[unit]], "#",
	    json_string(c->doc, v, &c->s->arena), c->node[unit]);
}

static int
need_type(struct compiler *c, uint32_t value, enum json_type t)
{
	if (json_type(c->doc, value) == t)
		return 0;
	return schema_err(c, value, "schema.value", "expected %s, got %s",
	    json_type_name(t), json_type_name(json_type(c->doc, value)));
}

static int
add_schema(struct compiler *c, uint32_t value, uint32_t resource)
{
	enum json_type t = json_type(c->doc, value);

	if (t != JSON_OBJECT && t != JSON_TRUE && t != JSON_FALSE)
		return schema_err(c, value, "schema.value",
		    "expected a schema (object or boolean), got %s",
		    json_type_name(t));
	number(c, value, resource);
	return 0;
}

/* Number the schemas in a keyword's value. */
static int
add_held(struct compiler *c, enum shape shape, uint32_t value,
    uint32_t resource)
{
	const struct json_node *nodes = c->doc->nodes;
	uint32_t end = nodes[value].next;

	if (shape == HOLDS_ITEMS)
		shape = nodes[value].type == JSON_ARRAY ? HOLDS_LIST
							: HOLDS_SCHEMA;
	if (shape == HOLDS_NONE)
		return 0;
	if (shape == HOLDS_SCHEMA)
		return add_schema(c, value, resource);
	if (need_type(c, value, shape == HOLDS_LIST ? JSON_ARRAY
						    : JSON_OBJECT) != 0)
		return -1;
	for (uint32_t k = value + 1; k < end; k = nodes[k].next) {
		if (shape != HOLDS_LIST)
			k++; /* from the name to its value */
		if (shape == HOLDS_NEEDS && nodes[k].type == JSON_ARRAY)
			continue;
		if (add_schema(c, k, resource) != 0)
			return -1;
	}
	return 0;
}

static int
walk_unit(struct compiler *c, uint32_t unit)
{
	const struct json_node *nodes = c->doc->nodes;
	uint32_t obj = c->node[unit];
	bool hidden;

	if (nodes[obj].type != JSON_OBJECT)
		return 0;
	hidden = (c->draft & DRAFT_OLD) &&
	    json_member(c->doc, obj, STR("$ref")) != JSON_NONE;
	if (!hidden && (read_dialect(c, obj) != 0 || read_id(c, unit) != 0 ||
	    read_anchor(c, unit, "$anchor") != 0 ||
	    read_anchor(c, unit, "$dynamicAnchor") != 0))
		return -1;
	for (uint32_t k = obj + 1; k < nodes[obj].next;
	     k = nodes[k + 1].next) {
		const struct keyword *kw = schema_keyword_find(c, k);

		if (kw != NULL && add_held(c, (enum shape)kw->shape, k + 1,
		    c->resource[unit]) != 0)
			return -1;
	}
	return 0;
}

static int
walk(struct compiler *c)
{
	for (; c->seen < c->n; c->seen++)
		if (walk_unit(c, c->seen) != 0)
			return -1;
	return 0;
}

int
schema_load(struct compiler *c, uint32_t root)
{
	if (json_type(c->doc, root) == JSON_OBJECT &&
	    read_dialect(c, root) != 0)
		return -1;
	if (c->draft == 0)
		c->draft = DRAFT_2020;
	add_base(c, STR(""));
	if (add_place(c, STR(""), "", STR(""), root) != 0 ||
	    add_schema(c, root, 0) != 0)
		return -1;
	return walk(c);
}

static uint32_t
find_place(struct compiler *c, struct str uri, const char *hash,
    struct str fragment)
{
	struct buf key = {0};
	size_t i;

	buf_str(&key, uri);
	buf_puts(&key, hash);
	buf_str(&key, fragment);
	i = map_find(&c->places, buf_view(&key));
	buf_free(&key);
	return i == MAP_NONE ? JSON_NONE : c->place[i];
}

/* One step of a JSON Pointer (RFC 6901) below node, or JSON_NONE. */
static uint32_t
step(const struct json_doc *d, uint32_t node, struct str token)
{
	struct buf name = {0};
	unsigned long long i;
	uint32_t found = JSON_NONE;

	if (json_type(d, node) == JSON_ARRAY) {
		if (token.len == 0 || (token.len > 1 && token.p[0] == '0') ||
		    str_to_u64(token, UINT32_MAX, &i) != 0)
			return JSON_NONE;
		return json_element(d, node, (size_t)i);
	}
	if (json_type(d, node) != JSON_OBJECT)
		return JSON_NONE;
	for (size_t k = 0; k < token.len; k++) {
		char ch = token.p[k];

		if (ch == '~' && k + 1 < token.len)
			ch = token.p[++k] == '1' ? '/' : '~';
		buf_putc(&name, ch);
	}
	found = json_member(d, node, name.len != 0 ? buf_view(&name)
						   : STR(""));
	buf_free(&name);
	return found;
}

/* Follow a decoded pointer; *resource changes where an $id is passed. */
static uint32_t
follow(struct compiler *c, uint32_t node, struct str pointer,
    uint32_t *resource)
{
	size_t i = 0;

	while (i < pointer.len && node != JSON_NONE) {
		size_t from = ++i;

		while (i < pointer.len && pointer.p[i] != '/')
			i++;
		node = step(c->doc, node,
		    (struct str){pointer.p + from, i - from});
		if (node != JSON_NONE && c->at[node] != 0)
			*resource = c->resource[c->at[node] - 1];
	}
	return node;
}

/* Where uri#fragment is, or JSON_NONE. */
static uint32_t
locate(struct compiler *c, struct str uri, struct str fragment,
    uint32_t *resource)
{
	uint32_t node;

	if (fragment.len != 0 && fragment.p[0] != '/')
		return find_place(c, uri, "#", fragment);
	node = find_place(c, uri, "", STR(""));
	if (node == JSON_NONE)
		return JSON_NONE;
	*resource = c->at[node] != 0 ? c->resource[c->at[node] - 1] : 0;
	return follow(c, node, fragment, resource);
}

int
schema_refer(struct compiler *c, uint32_t unit, uint32_t value,
    uint32_t *target)
{
	struct str ref, fragment;
	struct buf uri = {0}, decoded = {0};
	uint32_t resource = c->resource[unit], node;
	char shown[100];

	if (need_type(c, value, JSON_STRING) != 0)
		return -1;
	ref = json_string(c->doc, value, &c->s->arena);
	str_escape(shown, sizeof shown, ref.p, ref.len);
	schema_uri_cut(&ref, &fragment);
	schema_uri_resolve(c->base[resource], ref, &uri);
	schema_uri_decode(fragment, &decoded);
	node = locate(c, buf_view(&uri), buf_view(&decoded), &resource);
	buf_free(&uri);
	buf_free(&decoded);
	if (node == JSON_NONE) {
		schema_err(c, value, "schema.ref",
		    "\"$ref\" to \"%s\" leads nowhere in this document",
		    shown);
		return err_hint(c->e,
		    "other files and the network are never read");
	}
	if (add_schema(c, node, resource) != 0)
		return -1;
	*target = c->at[node] - 1;
	return walk(c);
}
