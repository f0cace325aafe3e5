/* Keywords that hold other schemas, and the rules of objects and arrays. */
#include <stdlib.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "schema/compile_priv.h"

static const struct json_node *
nodes_of(const struct build *b)
{
	return b->c->doc->nodes;
}

static struct arena *
arena_of(struct build *b)
{
	return &b->c->s->arena;
}

int
schema_word_ref(struct build *b, uint32_t value)
{
	uint32_t target;

	if (schema_refer(b->c, b->unit, value, &target) != 0)
		return -1;
	schema_op(b, ON_ANY, OP_REF, value)->unit =
	    schema_sub(b, b->c->node[target], true);
	return 0;
}

/* The units of a list of schemas. */
static struct units *
list_of(struct build *b, uint32_t value, bool in_place)
{
	uint32_t n = (uint32_t)json_count(b->c->doc, value), k = value + 1;
	struct units *u;

	u = arena_alloc(arena_of(b), sizeof *u + n * sizeof u->unit[0]);
	u->n = n;
	for (uint32_t i = 0; i < n; i++) {
		u->unit[i] = schema_sub(b, k, in_place);
		k = nodes_of(b)[k].next;
	}
	return u;
}

static int
combine(struct build *b, uint32_t value, enum op_code code)
{
	struct units *u = list_of(b, value, true);

	if (u->n == 0)
		return schema_err(b->c, value, "schema.value",
		    "expected at least one schema");
	schema_op(b, ON_ANY, code, value)->units = u;
	return 0;
}

int
schema_word_all(struct build *b, uint32_t value)
{
	return combine(b, value, OP_ALL);
}

int
schema_word_any(struct build *b, uint32_t value)
{
	return combine(b, value, OP_ANY);
}

int
schema_word_one(struct build *b, uint32_t value)
{
	return combine(b, value, OP_ONE);
}

int
schema_word_not(struct build *b, uint32_t value)
{
	schema_op(b, ON_ANY, OP_NOT, value)->unit =
	    schema_sub(b, value, true);
	return 0;
}

static struct branch *
build_branch(struct build *b)
{
	if (b->branch == NULL) {
		b->branch = arena_zalloc(arena_of(b), sizeof *b->branch);
		b->branch->cond = UNIT_NONE;
		b->branch->yes = b->branch->no = UNIT_NONE;
	}
	return b->branch;
}

int
schema_word_if(struct build *b, uint32_t value)
{
	build_branch(b)->cond = schema_sub(b, value, true);
	b->if_node = value;
	return 0;
}

int
schema_word_then(struct build *b, uint32_t value)
{
	build_branch(b)->yes = schema_sub(b, value, true);
	b->branch->yes_node = value;
	return 0;
}

int
schema_word_else(struct build *b, uint32_t value)
{
	build_branch(b)->no = schema_sub(b, value, true);
	b->branch->no_node = value;
	return 0;
}

void
schema_finish_branch(struct build *b)
{
	struct branch *br = b->branch;

	if (br != NULL && br->cond != UNIT_NONE &&
	    (br->yes != UNIT_NONE || br->no != UNIT_NONE))
		schema_op(b, ON_ANY, OP_IF, b->if_node)->branch = br;
}

int
schema_word_properties(struct build *b, uint32_t value)
{
	schema_build_object(b)->props_node = value;
	b->properties = value;
	return 0;
}

int
schema_word_patterns(struct build *b, uint32_t value)
{
	struct object_rules *o = schema_build_object(b);
	uint32_t i = 0;

	o->npatterns = (uint32_t)json_count(b->c->doc, value);
	o->patterns_node = value;
	o->patterns = arena_array(arena_of(b), o->npatterns + 1,
	    sizeof *o->patterns);
	for (uint32_t k = value + 1; k < nodes_of(b)[value].next;
	     k = nodes_of(b)[k + 1].next) {
		struct name_pattern *p = &o->patterns[i++];

		p->text = json_string(b->c->doc, k, arena_of(b));
		p->unit = schema_sub(b, k + 1, false);
		p->re = schema_re(b, k);
		if (p->re == NULL)
			return -1;
	}
	return 0;
}

int
schema_word_additional(struct build *b, uint32_t value)
{
	struct object_rules *o = schema_build_object(b);

	o->additional = schema_sub(b, value, false);
	o->additional_node = value;
	return 0;
}

int
schema_word_names(struct build *b, uint32_t value)
{
	struct object_rules *o = schema_build_object(b);

	o->names = schema_sub(b, value, false);
	o->names_node = value;
	return 0;
}

int
schema_word_prefix(struct build *b, uint32_t value)
{
	struct array_rules *a = schema_build_array(b);

	if (json_count(b->c->doc, value) == 0)
		return schema_err(b->c, value, "schema.value",
		    "expected at least one schema");
	a->prefix = list_of(b, value, false);
	a->prefix_node = value;
	return 0;
}

int
schema_word_items(struct build *b, uint32_t value)
{
	struct array_rules *a = schema_build_array(b);

	b->items = value;
	if (json_type(b->c->doc, value) == JSON_ARRAY) {
		a->prefix = list_of(b, value, false);
		a->prefix_node = value;
	} else {
		a->items = schema_sub(b, value, false);
		a->items_node = value;
	}
	return 0;
}

int
schema_word_additional_items(struct build *b, uint32_t value)
{
	schema_build_array(b);
	b->additional_items = value;
	return 0;
}

int
schema_word_contains(struct build *b, uint32_t value)
{
	struct array_rules *a = schema_build_array(b);

	a->contains = schema_sub(b, value, false);
	a->contains_node = value;
	return 0;
}

void
schema_finish_array(struct build *b)
{
	struct array_rules *a = b->array;
	uint32_t more = b->additional_items;

	if (a == NULL)
		return;
	/* Only beside a list does it say anything. */
	if (more != JSON_NONE && b->items != JSON_NONE &&
	    json_type(b->c->doc, b->items) == JSON_ARRAY) {
		a->items = schema_sub(b, more, false);
		a->items_node = more;
	}
	schema_op(b, ON_ARRAY, OP_ARRAY, JSON_NONE)->array = a;
}

static int
name_list(struct build *b, uint32_t value, struct dependent *dep)
{
	uint32_t n = (uint32_t)json_count(b->c->doc, value), i = 0;

	dep->required = arena_array(arena_of(b), n + 1,
	    sizeof *dep->required);
	for (uint32_t k = value + 1; k < nodes_of(b)[value].next;
	     k = nodes_of(b)[k].next) {
		if (json_type(b->c->doc, k) != JSON_STRING)
			return schema_err(b->c, k, "schema.value",
			    "expected the name of a member");
		dep->required[i++] = json_string(b->c->doc, k, arena_of(b));
	}
	dep->nrequired = i;
	return 0;
}

/* dependentRequired, dependentSchemas, dependencies: by what they hold. */
int
schema_word_needs(struct build *b, uint32_t value)
{
	const struct json_doc *d = b->c->doc;
	struct dependents *deps;
	uint32_t n = (uint32_t)json_count(d, value), i = 0;

	if (json_type(d, value) != JSON_OBJECT)
		return schema_err(b->c, value, "schema.value",
		    "expected object, got %s",
		    json_type_name(json_type(d, value)));
	deps = arena_zalloc(arena_of(b), sizeof *deps +
	    n * sizeof deps->of[0]);
	deps->n = n;
	for (uint32_t k = value + 1; k < nodes_of(b)[value].next;
	     k = nodes_of(b)[k + 1].next) {
		struct dependent *dep = &deps->of[i++];
		bool list = json_type(d, k + 1) == JSON_ARRAY;

		dep->name = json_string(d, k, arena_of(b));
		dep->unit = UNIT_NONE;
		if (list && name_list(b, k + 1, dep) != 0)
			return -1;
		if (!list && b->c->at[k + 1] == 0)
			return schema_err(b->c, k + 1, "schema.value",
			    "expected a list of names");
		if (!list)
			dep->unit = schema_sub(b, k + 1, true);
	}
	schema_op(b, ON_OBJECT, OP_DEPENDENT, value)->dependents = deps;
	return 0;
}

/* Names of properties and required, each once, in schema order. */
static void
collect(struct build *b, struct map *names)
{
	struct object_rules *o = b->object;
	size_t cap = 1, i;

	if (b->properties != JSON_NONE)
		cap += json_count(b->c->doc, b->properties);
	if (b->required != JSON_NONE)
		cap += json_count(b->c->doc, b->required);
	o->props = arena_array(arena_of(b), cap, sizeof *o->props);
	for (uint32_t k = b->properties + 1; b->properties != JSON_NONE &&
	     k < nodes_of(b)[b->properties].next;
	     k = nodes_of(b)[k + 1].next) {
		struct str name = json_string(b->c->doc, k, arena_of(b));

		i = map_add(names, name);
		o->props[i].name = name;
		o->props[i].unit = schema_sub(b, k + 1, false);
	}
	for (uint32_t k = b->required + 1; b->required != JSON_NONE &&
	     k < nodes_of(b)[b->required].next; k = nodes_of(b)[k].next) {
		struct str name = json_string(b->c->doc, k, arena_of(b));
		size_t known = names->n;

		i = map_add(names, name);
		if (i == known) {
			o->props[i].name = name;
			o->props[i].unit = UNIT_NONE;
		}
		o->nrequired += !o->props[i].required;
		o->props[i].required = true;
	}
	o->nprops = (uint32_t)names->n;
}

struct sort_key {
	struct str name;
	uint32_t i;
};

static int
by_name(const void *a, const void *b)
{
	return schema_order(((const struct sort_key *)a)->name,
	    ((const struct sort_key *)b)->name);
}

void
schema_finish_object(struct build *b)
{
	struct object_rules *o = b->object;
	struct sort_key *keys;
	struct map names = {0};

	if (o == NULL)
		return;
	collect(b, &names);
	map_free(&names);
	o->required_node = b->required;
	o->sorted = arena_array(arena_of(b), o->nprops + 1,
	    sizeof *o->sorted);
	keys = mem_array(o->nprops + 1, sizeof *keys);
	for (uint32_t i = 0; i < o->nprops; i++)
		keys[i] = (struct sort_key){o->props[i].name, i};
	qsort(keys, o->nprops, sizeof *keys, by_name);
	for (uint32_t i = 0; i < o->nprops; i++)
		o->sorted[i] = keys[i].i;
	mem_free(keys);
	o->hints = b->c->s->nhints;
	b->c->s->nhints += o->nprops + 1;
	schema_op(b, ON_OBJECT, OP_OBJECT, JSON_NONE)->object = o;
}
