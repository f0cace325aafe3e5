#include "recon_gold.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "json/path.h"
#include "json/write.h"
#include "num/num.h"

/* The target of --reconcile: a JSON Schema, a list of fields, or lines. */

enum { REFS_MAX = 16 };

struct recon_field *
gold_add(struct gold *g, uint32_t place)
{
	struct place *p = &g->places.at[place];
	struct buf name = {0};

	if (p->target != RECON_NONE)
		return NULL;
	if (g->n == g->cap) {
		g->cap = g->cap != 0 ? g->cap * 2 : 64;
		g->fields = mem_realloc(g->fields,
		    g->cap * sizeof *g->fields);
		g->place = mem_realloc(g->place, g->cap * sizeof *g->place);
	}
	json_put_string(&name, p->name);
	p->json = arena_str(&g->mem, buf_view(&name));
	buf_free(&name);
	p->target = (uint32_t)g->n;
	p->standing = PLACE_GOLD;
	p->confidence = RECON_CERTAIN;
	place_mark(&g->places, place);
	g->starred |= p->arrays != 0;
	g->place[g->n] = place;
	g->fields[g->n] = (struct recon_field){.name = p->text,
	    .arrays = p->arrays};
	return &g->fields[g->n++];
}

struct str
gold_text(const struct gold *g, uint32_t target)
{
	return g->places.at[g->place[target]].text;
}

static unsigned
type_bits(const struct json_doc *d, uint32_t node)
{
	if (json_string_is(d, node, STR("number")) ||
	    json_string_is(d, node, STR("integer")))
		return 1u << JSON_NUMBER;
	if (json_string_is(d, node, STR("boolean")))
		return 1u << JSON_TRUE | 1u << JSON_FALSE;
	if (json_string_is(d, node, STR("string")))
		return 1u << JSON_STRING;
	if (json_string_is(d, node, STR("array")))
		return 1u << JSON_ARRAY;
	return json_string_is(d, node, STR("object")) ? 1u << JSON_OBJECT : 0;
}

/* The type keyword: a string or a list of them; null says nothing. */
static unsigned
read_types(const struct json_doc *d, uint32_t node)
{
	unsigned types = 0;

	if (node == JSON_NONE)
		return 0;
	if (json_type(d, node) == JSON_STRING)
		return type_bits(d, node);
	if (json_type(d, node) != JSON_ARRAY)
		return 0;
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k].next)
		if (json_type(d, k) == JSON_STRING)
			types |= type_bits(d, k);
	return types;
}

static bool
read_bound(const struct json_doc *d, uint32_t node, double *v)
{
	struct err e;

	return node != JSON_NONE && json_type(d, node) == JSON_NUMBER &&
	    num_to_double(json_raw(d, node), v, &e) == 0;
}

static void
read_string(struct gold *g, const struct json_doc *d, uint32_t node,
    struct str *out)
{
	if (node != JSON_NONE && json_type(d, node) == JSON_STRING)
		*out = arena_str(&g->mem, json_string(d, node, &g->mem));
}

/* The values that enum and examples list. */
static void
read_samples(struct gold *g, const struct json_doc *d, uint32_t node,
    struct recon_field *f)
{
	struct recon_profile *p;

	if (node == JSON_NONE || json_type(d, node) != JSON_ARRAY)
		return;
	p = arena_zalloc(&g->mem, sizeof *p);
	if (f->samples != NULL)
		*p = *f->samples;
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k].next)
		recon_profile_add(p, d, k);
	f->samples = p;
}

/* What $ref leads to, within the file; node itself when there is none. */
static uint32_t
follow(const struct json_doc *d, uint32_t node, struct arena *mem)
{
	for (unsigned i = 0; i < REFS_MAX; i++) {
		struct json_path path = {0};
		struct json_hint hint = {0};
		uint32_t ref = json_type(d, node) == JSON_OBJECT ?
		    json_member(d, node, STR("$ref")) : JSON_NONE;
		struct str s;
		struct err e;

		if (ref == JSON_NONE || json_type(d, ref) != JSON_STRING)
			return node;
		s = json_string(d, ref, mem);
		if (s.len < 2 || s.p[0] != '#' || s.p[1] != '/' ||
		    json_path_compile(&path, (struct str){s.p + 1, s.len - 1},
			&e) != 0)
			return node;
		ref = json_path_find(&path, d, 0, &hint);
		json_path_free(&path);
		if (ref == JSON_NONE)
			return node;
		node = ref;
	}
	return node;
}

/* What a schema, or a row of a list, says about a field. */
static void
describe(struct gold *g, const struct json_doc *d, uint32_t node,
    struct recon_field *f)
{
	if (json_type(d, node) != JSON_OBJECT)
		return;
	f->types = read_types(d, json_member(d, node, STR("type")));
	f->has_lo = read_bound(d, json_member(d, node, STR("minimum")),
	    &f->lo);
	f->has_hi = read_bound(d, json_member(d, node, STR("maximum")),
	    &f->hi);
	read_string(g, d, json_member(d, node, STR("unit")), &f->unit);
	read_string(g, d, json_member(d, node, STR("format")), &f->format);
	read_samples(g, d, json_member(d, node, STR("enum")), f);
	read_samples(g, d, json_member(d, node, STR("examples")), f);
	g->whole |= f->types == 1u << JSON_OBJECT;
}

/* An open object of a schema: where we are in its properties. */
struct level {
	uint32_t k, end, schema, place;
};

struct descent {
	struct gold *g;
	const struct conf *c;
	struct level level[PLACE_DEPTH + 1];
	unsigned depth;
};

/* Its properties, when it says what they are, or JSON_NONE. */
static uint32_t
properties(const struct json_doc *d, uint32_t schema)
{
	uint32_t k = json_type(d, schema) == JSON_OBJECT ?
	    json_member(d, schema, STR("properties")) : JSON_NONE;

	return k != JSON_NONE && json_type(d, k) == JSON_OBJECT &&
	    d->nodes[k].next != k + 1 ? k : JSON_NONE;
}

/* The schema of the elements, when they are objects, or JSON_NONE. */
static uint32_t
elements(const struct json_doc *d, uint32_t schema, struct arena *mem)
{
	uint32_t k = json_type(d, schema) == JSON_OBJECT ?
	    json_member(d, schema, STR("items")) : JSON_NONE;

	if (k == JSON_NONE)
		return JSON_NONE;
	k = follow(d, k, mem);
	return properties(d, k) != JSON_NONE ? k : JSON_NONE;
}

/* Go into a schema: false when it is open already, or too deep. */
static bool
enter(struct descent *x, uint32_t schema, uint32_t place)
{
	uint32_t props = properties(&x->c->doc, schema);

	if (x->depth > PLACE_DEPTH ||
	    x->g->places.at[place].depth >= PLACE_DEPTH)
		return false;
	for (unsigned i = 0; i < x->depth; i++)
		if (x->level[i].schema == schema)
			return false;
	x->level[x->depth++] = (struct level){props + 1,
	    x->c->doc.nodes[props].next, schema, place};
	return true;
}

/* A property is a field, unless it has properties itself. */
static int
read_property(struct descent *x, uint32_t k, uint32_t up, struct err *e)
{
	const struct json_doc *d = &x->c->doc;
	struct gold *g = x->g;
	uint32_t v = follow(d, k + 1, &g->mem), inside;
	uint32_t place = place_child(&g->places, up,
	    json_string(d, k, &g->mem));

	if (properties(d, v) != JSON_NONE && enter(x, v, place))
		return 0;
	if (g->n == RECON_FIELDS_MAX)
		return conf_err(x->c, k, e, "recon.limit",
		    "more than %d target fields", RECON_FIELDS_MAX);
	describe(g, d, v, gold_add(g, place));
	inside = elements(d, v, &g->mem);
	if (inside != JSON_NONE)
		enter(x, inside, place_elements(&g->places, place));
	return 0;
}

static int
read_schema(struct gold *g, const struct conf *c, uint32_t root,
    struct err *e)
{
	const struct json_doc *d = &c->doc;
	struct descent x = {.g = g, .c = c};
	uint32_t props = json_member(d, root, STR("properties"));

	if (json_type(d, props) != JSON_OBJECT)
		return conf_err(c, props, e, "map.target",
		    "properties must be an object");
	if (properties(d, root) != JSON_NONE)
		enter(&x, root, PLACE_TOP);
	while (x.depth != 0) {
		struct level *l = &x.level[x.depth - 1];
		uint32_t k = l->k;

		if (k == l->end) {
			x.depth--;
			continue;
		}
		l->k = d->nodes[k + 1].next;
		if (read_property(&x, k, l->place, e) != 0)
			return -1;
	}
	return 0;
}

/* Add the field that is called text. */
static struct recon_field *
add_named(struct gold *g, struct str text, struct err *e)
{
	struct recon_field *f;
	uint32_t place;

	if (text.len == 0) {
		err_set(e, ERR_CONFIG, "recon.name", "a field has no name");
		return NULL;
	}
	if (place_parse(&g->places, text, &place, e) != 0)
		return NULL;
	if (g->n == RECON_FIELDS_MAX) {
		err_set(e, ERR_CONFIG, "recon.limit",
		    "more than %d target fields", RECON_FIELDS_MAX);
		return NULL;
	}
	f = gold_add(g, place);
	if (f == NULL)
		err_set(e, ERR_CONFIG, "recon.name",
		    "two fields have the name \"%.*s\"",
		    (int)(text.len < 60 ? text.len : 60), text.p);
	return f;
}

static int
read_row(struct gold *g, const struct conf *c, uint32_t k, struct err *e)
{
	static const char *const keys[] = {"name", "type", "unit", "format",
	    "minimum", "maximum", "enum", "examples", "title", "description",
	    "$ref"};
	const struct json_doc *d = &c->doc;
	bool named = json_type(d, k) == JSON_OBJECT;
	struct recon_field *f;
	struct err why = {0};
	uint32_t name = k;

	if (named) {
		if (conf_keys(c, k, keys, ARRAY_LEN(keys), e) != 0)
			return -1;
		name = json_member(d, k, STR("name"));
	}
	if (name == JSON_NONE || json_type(d, name) != JSON_STRING)
		return conf_err(c, k, e, "map.target",
		    "a field must be a name or {name: ...}");
	f = add_named(g, json_string(d, name, &g->mem), &why);
	if (f == NULL)
		return conf_err(c, name, e, why.id, "%s", why.msg);
	if (named)
		describe(g, d, follow(d, k, &g->mem), f);
	return 0;
}

/* A list of names, or of {name, type, unit, minimum, maximum ...}. */
static int
read_list(struct gold *g, const struct conf *c, uint32_t list,
    struct err *e)
{
	const struct json_doc *d = &c->doc;

	if (json_type(d, list) != JSON_ARRAY)
		return conf_err(c, list, e, "map.target",
		    "fields must be a list");
	for (uint32_t k = list + 1; k < d->nodes[list].next;
	     k = d->nodes[k].next)
		if (read_row(g, c, k, e) != 0)
			return -1;
	return 0;
}

/* A name on each line. */
static int
read_lines(struct gold *g, const struct buf *text, struct err *e)
{
	size_t from = 0, line = 1;

	for (size_t i = 0; i <= text->len; i++) {
		size_t end = i;

		if (i < text->len && text->p[i] != '\n')
			continue;
		while (end > from && (text->p[end - 1] == '\r' ||
		    text->p[end - 1] == ' '))
			end--;
		if (end > from && add_named(g, (struct str){text->p + from,
		    end - from}, e) == NULL) {
			e->line = line;
			return -1;
		}
		from = i + 1;
		line++;
	}
	return 0;
}

/* Does the text say by its first byte that it is JSON? */
static bool
looks_like_json(const struct buf *text)
{
	size_t i = 0;

	while (i < text->len && strchr(" \t\r\n", text->p[i]) != NULL)
		i++;
	return i < text->len && (text->p[i] == '{' || text->p[i] == '[');
}

static int
read_object(struct gold *g, const struct conf *c, struct err *e)
{
	const struct json_doc *d = &c->doc;
	uint32_t root = follow(d, 0, &g->mem), fields;
	uint32_t rap = json_member(d, 0, STR("rap"));

	if (rap != JSON_NONE && json_string_is(d, rap, STR("map/1"))) {
		conf_err(c, rap, e, "map.target",
		    "a mapping file is no target by itself");
		return err_hint(e, "-m FILE --reconcile - takes what the "
		    "mapping reads");
	}
	if (json_member(d, root, STR("properties")) != JSON_NONE)
		return read_schema(g, c, root, e);
	fields = json_member(d, 0, STR("fields"));
	if (fields != JSON_NONE)
		return read_list(g, c, fields, e);
	return conf_err(c, 0, e, "map.target",
	    "neither properties nor fields");
}

int
target_read(struct gold *g, const struct buf *text, struct err *e)
{
	struct conf c = {0};
	int rc = conf_parse(&c, text->p, text->len, e);

	if (rc == 0 && json_type(&c.doc, 0) == JSON_ARRAY)
		rc = read_list(g, &c, 0, e);
	else if (rc == 0 && json_type(&c.doc, 0) == JSON_OBJECT)
		rc = read_object(g, &c, e);
	else if (rc == 0 || !looks_like_json(text))
		rc = read_lines(g, text, e);
	conf_free(&c);
	return rc;
}
