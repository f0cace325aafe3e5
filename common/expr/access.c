#include <math.h>
#include <string.h>

#include "expr/ops_priv.h"
#include "json/json.h"

/* Members, keys, indexes, and the making of lists and maps. */

/* A search is counted: so many nodes are one instruction. */
enum { NODES_A_STEP = 16 };

static bool
name_is(const struct json_doc *d, uint32_t k, const struct name *name)
{
	const struct json_node *v = &d->nodes[k];

	if ((v->flags & JSON_ESCAPED) != 0)
		return json_string_is(d, k, name->s);
	return v->len == name->quoted.len &&
	    memcmp(d->text + v->off, name->quoted.p, v->len) == 0;
}

/*
 * The value of a member of object obj.  *hint is the distance at which the
 * last record had it: it is right when a name of the same object is there,
 * which its depth tells (distances below 256 cannot cross 256 levels).
 */
static uint32_t
find_member(struct expr_run *run, const struct json_doc *d, uint32_t obj,
    const struct name *name, uint32_t *hint)
{
	const struct json_node *v = d->nodes;
	uint32_t end = v[obj].next, k = obj + *hint;

	if (*hint != 0 && k < end && (v[k].flags & JSON_NAME) != 0 &&
	    v[k].depth == v[obj + 1].depth && name_is(d, k, name))
		return k + 1;
	run->steps -= (end - obj) / NODES_A_STEP;
	for (k = obj + 1; k < end; k = v[k + 1].next)
		if (name_is(d, k, name)) {
			*hint = k - obj < 256 ? k - obj : 0;
			return k + 1;
		}
	return JSON_NONE;
}

static struct expr_value
node_value(const struct json_doc *d, uint32_t node)
{
	return (struct expr_value){.type = EXPR_JSON, .n = node, .u.doc = d};
}

struct expr_value
op_member(struct expr_run *run, uint32_t pc)
{
	const struct ins *in = &run->x->code[pc];
	uint32_t k = JSON_NONE;

	if (run->doc != NULL &&
	    run->doc->nodes[run->root].type == JSON_OBJECT)
		k = find_member(run, run->doc, run->root,
		    &run->x->names[in->c], &run->hints[pc]);
	if (in->op == OP_HASMEMBER)
		return value_bool(k != JSON_NONE);
	if (k == JSON_NONE)
		return value_fail(FAIL_MISSING, pc, NULL);
	return node_value(run->doc, k);
}

/* A number that is a whole one, as an int64; 1.0 and 1u are 1. */
static bool
as_index(const struct expr_value *v, int64_t *i)
{
	switch (v->type) {
	case EXPR_INT:
		*i = v->u.i;
		return true;
	case EXPR_UINT:
		*i = (int64_t)v->u.u;
		return v->u.u <= INT64_MAX;
	case EXPR_DOUBLE:
		if (!(v->u.d >= -0x1p62 && v->u.d <= 0x1p62) ||
		    v->u.d != floor(v->u.d))
			return false;
		*i = (int64_t)v->u.d;
		return true;
	default:
		return false;
	}
}

/* The value under a key: 1, or 0 when there is none. */
int
map_get(struct expr_run *run, const struct expr_value *map,
    const struct expr_value *key, struct expr_value *out)
{
	uint32_t k;

	if (map->form == FORM_JSON) {
		if (key->type != EXPR_STRING)
			return 0;
		run->steps -= (map->u.doc->nodes[map->n].next - map->n) /
		    NODES_A_STEP;
		k = json_member(map->u.doc, map->n,
		    (struct str){key->u.p, key->n});
		if (k != JSON_NONE)
			*out = node_value(map->u.doc, k);
		return k != JSON_NONE;
	}
	if (map->u.map->index != NULL) {
		k = index_find(map->u.map->index, map->u.map->kv, 2, key);
		if (k != UINT32_MAX)
			*out = map->u.map->kv[2 * k + 1];
		return k != UINT32_MAX;
	}
	run->steps -= map->u.map->n / NODES_A_STEP;
	for (uint32_t i = 0; i < map->u.map->n; i++)
		if (key_eq(&map->u.map->kv[2 * i], key)) {
			*out = map->u.map->kv[2 * i + 1];
			return 1;
		}
	return 0;
}

/* What stands in `container` under key; an error value when nothing does. */
static struct expr_value
get(struct expr_run *run, uint32_t pc, const struct expr_value *container,
    const struct expr_value *key)
{
	struct expr_value v;
	int64_t i;

	if (container->type == EXPR_MAP) {
		if (key->type > EXPR_STRING || key->type == EXPR_NULL)
			return value_fail_types(pc, container, key);
		if (map_get(run, container, key, &v))
			return v;
		return value_fail(FAIL_MISSING, pc, NULL);
	}
	if (container->type != EXPR_LIST || key->type < EXPR_INT ||
	    key->type > EXPR_DOUBLE)
		return value_fail_types(pc, container, key);
	if (!as_index(key, &i) || i < 0 || i > UINT32_MAX)
		return value_fail(FAIL_INDEX, pc, NULL);
	if (container->form == FORM_JSON) {
		uint32_t k = json_element(container->u.doc, container->n,
		    (size_t)i);

		run->steps -= i / NODES_A_STEP;
		return k == JSON_NONE ? value_fail(FAIL_INDEX, pc, NULL) :
		    node_value(container->u.doc, k);
	}
	if ((uint64_t)i >= container->u.list->n)
		return value_fail(FAIL_INDEX, pc, NULL);
	return container->u.list->v[i];
}

static bool
is_absent(const struct expr_value *v)
{
	return v->type == EXPR_ERROR &&
	    (v->form == FAIL_MISSING || v->form == FAIL_INDEX);
}

/* As get(), through optionals: the answer is one when v is or opt is set. */
static struct expr_value
get_opt(struct expr_run *run, uint32_t pc, const struct expr_value *v,
    const struct expr_value *key, bool opt)
{
	const struct expr_value none = {.type = EXPR_OPTIONAL};
	struct expr_value inner = *v, out;

	if (v->type == EXPR_OPTIONAL) {
		if (v->u.opt == NULL)
			return *v;
		inner = *v->u.opt;
		opt = true;
		if (!value_force(run, &inner, pc))
			return inner;
	}
	out = get(run, pc, &inner, key);
	if (!opt)
		return out;
	if (is_absent(&out))
		return none;
	if (out.type == EXPR_ERROR || out.type == EXPR_OPTIONAL)
		return out;
	return value_optional(run, &out);
}

/* has(v.name) */
static struct expr_value
has(struct expr_run *run, uint32_t pc, struct expr_value *v,
    const struct expr_value *key)
{
	struct expr_value out = get_opt(run, pc, v, key, false);

	if (is_absent(&out))
		return value_bool(false);
	if (out.type == EXPR_ERROR)
		return out;
	if (v->type == EXPR_OPTIONAL)
		return value_bool(out.u.opt != NULL);
	return value_bool(true);
}

/* .name, .?name and has(.name): the member of an object, most often. */
struct expr_value
op_select(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	const struct ins *in = &run->x->code[pc];
	const struct name *name = &run->x->names[in->c];
	struct expr_value key;

	if (v->type == EXPR_JSON && in->op == OP_SELECT &&
	    v->u.doc->nodes[v->n].type == JSON_OBJECT) {
		uint32_t k = find_member(run, v->u.doc, v->n, name,
		    &run->hints[pc]);

		return k != JSON_NONE ? node_value(v->u.doc, k) :
		    value_fail(FAIL_MISSING, pc, NULL);
	}
	if (!value_force(run, v, pc))
		return *v;
	key = value_string(name->s.p, name->s.len);
	if (v->type != EXPR_MAP && v->type != EXPR_OPTIONAL)
		return value_fail_types(pc, v, NULL);
	if (in->op == OP_HAS)
		return has(run, pc, v, &key);
	return get_opt(run, pc, v, &key, in->op == OP_OPTSELECT);
}

struct expr_value
op_index(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	bool opt = run->x->code[pc].op == OP_OPTINDEX;

	value_force(run, &v[0], pc);
	value_force(run, &v[1], pc);
	if (v[0].type == EXPR_ERROR)
		return v[0];
	if (v[1].type == EXPR_ERROR)
		return v[1];
	return get_opt(run, pc, &v[0], &v[1], opt);
}

static struct expr_value
in_list(struct expr_run *run, uint32_t pc, const struct expr_value *v,
    const struct expr_value *list)
{
	bool json = list->form == FORM_JSON;
	const struct json_doc *d = json ? list->u.doc : NULL;
	uint32_t end = json ? d->nodes[list->n].next : list->u.list->n;

	if (!json && list->u.list->index != NULL)
		return value_bool(index_find(list->u.list->index,
		    list->u.list->v, 1, v) != UINT32_MAX);
	for (uint32_t k = json ? list->n + 1 : 0; k < end;
	     k = json ? d->nodes[k].next : k + 1) {
		struct expr_value e = json ? node_value(d, k) :
		    list->u.list->v[k];
		int eq = value_eq(run, v, &e, 0);

		run->steps--;
		if (eq < 0)
			return value_fail(FAIL_RANGE, pc, NULL);
		if (eq)
			return value_bool(true);
	}
	return value_bool(false);
}

struct expr_value
op_in(struct expr_run *run, uint32_t pc, struct expr_value *v)
{
	struct expr_value out;

	value_force(run, &v[0], pc);
	value_force(run, &v[1], pc);
	if (v[0].type == EXPR_ERROR)
		return v[0];
	if (v[1].type == EXPR_ERROR)
		return v[1];
	if (v[1].type == EXPR_LIST)
		return in_list(run, pc, &v[0], &v[1]);
	if (v[1].type == EXPR_MAP)
		return value_bool(map_get(run, &v[1], &v[0], &out) == 1);
	return value_fail_types(pc, &v[0], &v[1]);
}

/* v[0..n) from the stack; ?elements are unwrapped or left out. */
struct expr_value
make_list(struct expr_run *run, uint32_t pc, const struct expr_value *v,
    uint32_t n)
{
	struct expr_list *l = run_alloc(run, sizeof *l + n * sizeof *v);

	if (l == NULL)
		return value_fail(FAIL_LIMIT, pc, NULL);
	*l = (struct expr_list){.cap = n, .v = (struct expr_value *)(l + 1)};
	for (uint32_t i = 0; i < n; i++) {
		if (v[i].type == EXPR_ERROR)
			return v[i];
		if (v[i].type != EXPR_OPTIONAL || v[i].spare == 0)
			l->v[l->n++] = v[i];
		else if (v[i].u.opt != NULL)
			l->v[l->n++] = *v[i].u.opt;
	}
	return (struct expr_value){.type = EXPR_LIST, .u.list = l};
}

/* Keys and values alternate; n counts both. */
struct expr_value
make_map(struct expr_run *run, uint32_t pc, struct expr_value *v, uint32_t n)
{
	struct expr_map *m = run_alloc(run, sizeof *m + n * sizeof *v);

	if (m == NULL)
		return value_fail(FAIL_LIMIT, pc, NULL);
	*m = (struct expr_map){.kv = (struct expr_value *)(m + 1)};
	for (uint32_t i = 0; i < n; i++) {
		if (i % 2 == 0)
			value_force(run, &v[i], pc);
		if (v[i].type == EXPR_ERROR)
			return v[i];
	}
	for (uint32_t i = 0; i < n; i += 2) {
		struct expr_value *key = &v[i], *value = &v[i + 1];

		if (value->type == EXPR_OPTIONAL && value->spare != 0) {
			if (value->u.opt == NULL)
				continue;
			*value = *value->u.opt;
		}
		if (key->type != EXPR_BOOL && key->type != EXPR_INT &&
		    key->type != EXPR_UINT && key->type != EXPR_STRING)
			return value_fail(FAIL_KEY, pc,
			    "a key must be a string, int, uint or bool");
		run->steps -= m->n / 4;
		for (uint32_t k = 0; k < m->n; k++)
			if (key_eq(&m->kv[2 * k], key))
				return value_fail(FAIL_KEY, pc,
				    "a key is there twice");
		m->kv[2 * m->n] = *key;
		m->kv[2 * m->n++ + 1] = *value;
	}
	return (struct expr_value){.type = EXPR_MAP, .u.map = m};
}
