#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "schema/compile_priv.h"

enum { ANY_TYPE = (1 << (JSON_OBJECT + 1)) - 1 };

void *
schema_grow(void *p, uint32_t *cap, uint32_t n, size_t size)
{
	if (n < *cap)
		return p;
	*cap = n + n / 2 + 16;
	return mem_realloc(p, *cap * size);
}

int
schema_order(struct str a, struct str b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len == 0 ? 0 : memcmp(a.p, b.p, a.len);
}

int
schema_err(struct compiler *c, uint32_t node, const char *id, const char *fmt,
    ...)
{
	char msg[sizeof c->e->msg];
	struct buf path = {0};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	err_at(c->e, c->doc->nodes[node].off, ERR_CONFIG, id, "%s", msg);
	json_pointer_of(c->doc, node, &path);
	err_path(c->e, buf_cstr(&path), path.len);
	buf_free(&path);
	return -1;
}

struct op *
schema_op(struct build *b, enum unit_group g, enum op_code code,
    uint32_t value)
{
	struct compiler *c = b->c;
	struct op *op;

	c->op = schema_grow(c->op, &c->ops_cap, c->nop, sizeof *c->op);
	op = &c->op[c->nop++];
	*op = (struct op){.code = code, .group = (uint8_t)g, .node = value};
	return op;
}

uint32_t
schema_sub(struct build *b, uint32_t value, bool in_place)
{
	struct compiler *c = b->c;
	uint32_t unit = c->at[value] - 1;

	if (in_place) {
		c->edge = schema_grow(c->edge, &c->edges_cap, c->nedges,
		    sizeof *c->edge);
		c->edge[c->nedges++] = unit;
	}
	return unit;
}

struct object_rules *
schema_build_object(struct build *b)
{
	struct object_rules *o = b->object;

	if (o == NULL) {
		o = arena_zalloc(&b->c->s->arena, sizeof *o);
		o->additional = o->names = UNIT_NONE;
		o->size.max = COUNT_ANY;
		b->object = o;
	}
	return o;
}

struct array_rules *
schema_build_array(struct build *b)
{
	struct array_rules *a = b->array;

	if (a == NULL) {
		a = arena_zalloc(&b->c->s->arena, sizeof *a);
		a->items = a->contains = UNIT_NONE;
		a->size.max = a->max_contains = COUNT_ANY;
		a->min_contains = 1;
		b->array = a;
	}
	return a;
}

/* Bytes a JSON escape at p stands for, and how long it is. */
static size_t
escape_len(const char *p, size_t left, size_t *raw)
{
	unsigned v = 0;

	*raw = 2;
	if (left < 6 || p[1] != 'u')
		return 1;
	*raw = 6;
	for (int k = 2; k < 6; k++)
		v = v * 16 + ((unsigned char)p[k] & 15u) +
		    (p[k] > '9' ? 9u : 0u);
	if (v >= 0xd800 && v < 0xdc00) {
		*raw = 12;
		return 4;
	}
	return v < 0x80 ? 1 : v < 0x800 ? 2 : 3;
}

/* Byte `at` of an unescaped string node, as a position in the text. */
static size_t
text_pos(const struct json_doc *d, uint32_t node, size_t at)
{
	struct str raw = json_raw(d, node);
	size_t i = 1, n, skip;

	while (at > 0 && i + 1 < raw.len) {
		if (raw.p[i] == '\\') {
			n = escape_len(raw.p + i, raw.len - i, &skip);
			i += skip;
			at -= n < at ? n : at;
		} else {
			i++;
			at--;
		}
	}
	return d->nodes[node].off + i;
}

const struct re *
schema_re(struct build *b, uint32_t value)
{
	struct compiler *c = b->c;
	struct str text = json_string(c->doc, value, &c->s->arena);
	struct re *re = re_compile(text, RE_ECMA, c->e);
	struct buf path = {0};

	if (re == NULL) {
		size_t n = strlen(c->e->msg);

		snprintf(c->e->msg + n, sizeof c->e->msg - n,
		    " at byte %zu of the pattern", c->e->pos + 1);
		c->e->pos = text_pos(c->doc, value, c->e->pos);
		json_pointer_of(c->doc, value, &path);
		err_path(c->e, buf_cstr(&path), path.len);
		buf_free(&path);
		return NULL;
	}
	c->s->res = schema_grow(c->s->res, &c->s->res_cap, c->s->nres,
	    sizeof *c->s->res);
	c->s->res[c->s->nres++] = re;
	return re;
}

/* Move the instructions built to the program, sorted by group. */
static void
emit_ops(struct compiler *c, struct unit *u)
{
	struct schema *s = c->s;

	for (unsigned g = 0; g < ON_N; g++) {
		u->op[g] = s->nops;
		for (uint32_t i = 0; i < c->nop; i++) {
			if (c->op[i].group != g)
				continue;
			s->ops = schema_grow(s->ops, &s->ops_cap, s->nops,
			    sizeof *s->ops);
			s->ops[s->nops++] = c->op[i];
		}
	}
	u->op[ON_N] = s->nops;
	c->nop = 0;
}

/* The keywords of a schema object, in its order. */
static int
compile_words(struct build *b)
{
	const struct json_doc *d = b->c->doc;
	uint32_t obj = b->c->node[b->unit], end = d->nodes[obj].next;
	uint32_t ref = json_member(d, obj, STR("$ref"));
	bool only_ref = ref != JSON_NONE && (b->c->draft & DRAFT_OLD) != 0;

	if (only_ref)
		return schema_word_ref(b, ref);
	for (uint32_t k = obj + 1; k < end; k = d->nodes[k + 1].next) {
		bool annotation;
		const struct keyword *kw = schema_keyword(b->c, k,
		    &annotation);

		if (kw == NULL && !annotation)
			return -1;
		if (kw != NULL && kw->compile != NULL &&
		    kw->compile(b, k + 1) != 0)
			return -1;
	}
	schema_finish_object(b);
	schema_finish_array(b);
	schema_finish_branch(b);
	return 0;
}

static int
compile_unit(struct compiler *c, uint32_t i)
{
	struct build b = {.c = c, .unit = i, .properties = JSON_NONE,
	    .required = JSON_NONE, .items = JSON_NONE,
	    .additional_items = JSON_NONE};
	enum json_type t = json_type(c->doc, c->node[i]);
	struct unit *u;

	c->s->units = schema_grow(c->s->units, &c->s->units_cap, i,
	    sizeof *u);
	u = &c->s->units[i];
	*u = (struct unit){.kind = UNIT_RULES, .types = ANY_TYPE,
	    .node = c->node[i], .type_node = JSON_NONE, .jump = i};
	c->s->nunits = i + 1;
	if (t != JSON_OBJECT) {
		u->kind = t == JSON_TRUE ? UNIT_TRUE : UNIT_FALSE;
	} else if (compile_words(&b) != 0) {
		return -1;
	}
	emit_ops(c, &c->s->units[i]);
	return 0;
}

enum { WHITE, GREY, BLACK };

/*
 * A schema that comes back to itself without going into the value would never
 * end: depth-first search over the in-place edges, without recursion.
 */
static int
find_loop(struct compiler *c)
{
	uint8_t *color = mem_zalloc(c->n + 1);
	uint32_t *stack = mem_array(c->n + 1, sizeof *stack);
	uint32_t *next = mem_array(c->n + 1, sizeof *next);
	uint32_t depth = 0, bad = UNIT_NONE;

	for (uint32_t root = 0; root < c->n && bad == UNIT_NONE; root++) {
		if (color[root] != WHITE)
			continue;
		stack[depth++] = root;
		color[root] = GREY;
		next[root] = c->edge_at[root];
		while (depth > 0 && bad == UNIT_NONE) {
			uint32_t u = stack[depth - 1], to;

			if (next[u] == c->edge_at[u + 1]) {
				color[u] = BLACK;
				depth--;
				continue;
			}
			to = c->edge[next[u]++];
			if (color[to] == GREY)
				bad = to;
			if (color[to] != WHITE)
				continue;
			color[to] = GREY;
			next[to] = c->edge_at[to];
			stack[depth++] = to;
		}
	}
	mem_free(color);
	mem_free(stack);
	mem_free(next);
	if (bad == UNIT_NONE)
		return 0;
	return schema_err(c, c->node[bad], "schema.ref",
	    "this schema refers to itself and would never end");
}

/* Does the unit hold nothing but one $ref? */
static bool
lone_ref(const struct schema *s, uint32_t i)
{
	const struct unit *u = &s->units[i];

	return u->kind == UNIT_RULES && u->types == ANY_TYPE &&
	    u->op[ON_N] - u->op[0] == 1 && s->ops[u->op[0]].code == OP_REF;
}

/* Let a chain of such units be one step. */
static void
set_jumps(struct schema *s)
{
	for (uint32_t i = 0; i < s->nunits; i++) {
		uint32_t end = i, u = i;

		while (s->units[end].jump == end && lone_ref(s, end))
			end = s->ops[s->units[end].op[0]].unit;
		end = s->units[end].jump;
		while (u != end && s->units[u].jump == u) {
			s->units[u].jump = end;
			u = s->ops[s->units[u].op[0]].unit;
		}
	}
}

static int
compile_all(struct compiler *c, uint32_t node)
{
	uint32_t edges_cap = 0;

	if (schema_load(c, node) != 0)
		return -1;
	for (uint32_t i = 0; i < c->n; i++) {
		c->edge_at = schema_grow(c->edge_at, &edges_cap, i + 1,
		    sizeof *c->edge_at);
		c->edge_at[i] = c->nedges;
		if (compile_unit(c, i) != 0)
			return -1;
		c->edge_at[i + 1] = c->nedges;
	}
	if (find_loop(c) != 0)
		return -1;
	set_jumps(c->s);
	return 0;
}

struct schema *
schema_compile(const struct json_doc *doc, uint32_t node, struct err *e)
{
	struct schema *s = mem_zalloc(sizeof *s);
	struct compiler c = {.s = s, .doc = doc, .e = e};

	s->doc = doc;
	c.at = mem_array(doc->n, sizeof *c.at);
	if (compile_all(&c, node) != 0) {
		schema_free(s);
		s = NULL;
	}
	mem_free(c.at);
	mem_free(c.node);
	mem_free(c.resource);
	mem_free(c.base);
	map_free(&c.places);
	mem_free(c.place);
	mem_free(c.edge);
	mem_free(c.edge_at);
	mem_free(c.op);
	return s;
}

void
schema_free(struct schema *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i < s->nres; i++)
		re_free(s->res[i]);
	mem_free(s->res);
	mem_free(s->units);
	mem_free(s->ops);
	arena_free(&s->arena);
	mem_free(s);
}
