#include "mapping.h"

#include "base/err.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "expr/expr.h"
#include "read.h"

/* The parts of a mapping file, but for its fields (field.c). */

static int
carried_name(struct mapping *m, uint32_t node, struct carried *c,
    struct err *e)
{
	const struct explode *x = &m->explode;

	for (const struct carried *o = x->carry; o != c; o++)
		if (str_eq(o->name, c->name))
			return conf_err(m->conf, node, e, "map.conflict",
			    "two carried members have the name \"%.*s\"",
			    (int)c->name.len, c->name.p);
	c->label = read_label(m, c->name);
	return 0;
}

/* carry: [path...], under their last names, or {name: path}. */
static int
load_carry(struct mapping *m, uint32_t node, struct err *e)
{
	const struct json_doc *d = &m->conf->doc;
	bool named = json_type(d, node) == JSON_OBJECT;
	struct explode *x = &m->explode;

	if (!named && json_type(d, node) != JSON_ARRAY)
		return conf_err(m->conf, node, e, "conf.type",
		    "expected a list of paths or a mapping of names to paths");
	x->carry = arena_array(&m->mem, json_count(d, node) + 1,
	    sizeof *x->carry);
	for (uint32_t k = node + 1; k < d->nodes[node].next;) {
		struct carried *c = &x->carry[x->ncarry];
		uint32_t value = named ? k + 1 : k;

		if (read_path(m, value, &c->src, e) != 0)
			return -1;
		if (named)
			c->name = json_string(d, k, &m->mem);
		else if (c->src.path->n != 0)
			c->name =
			    c->src.path->steps[c->src.path->n - 1].name;
		else
			return conf_err(m->conf, value, e, "map.config",
			    "the whole record needs a name to be carried");
		if (carried_name(m, k, c, e) != 0)
			return -1;
		x->ncarry++;
		k = d->nodes[value].next;
	}
	return 0;
}

/* A name for a member that explode makes. */
static int
load_name(struct mapping *m, uint32_t node, struct str *name,
    struct str *label, struct err *e)
{
	const struct explode *x = &m->explode;

	if (node == JSON_NONE)
		return 0;
	if (read_text(m, node, name, e) != 0)
		return -1;
	for (size_t i = 0; i < x->ncarry; i++)
		if (str_eq(x->carry[i].name, *name))
			return conf_err(m->conf, node, e, "map.conflict",
			    "\"%.*s\" is the name of a carried member",
			    (int)name->len, name->p);
	*label = read_label(m, *name);
	return 0;
}

static int
load_explode(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"path", "carry", "index", "as",
	    "empty"};
	static const char *const empties[] = {"drop", "keep"};
	struct explode *x = &m->explode;
	uint32_t k;
	int word;

	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0)
		return -1;
	k = read_key(m, node, "path");
	if (k == JSON_NONE)
		return conf_err(m->conf, node, e, "map.config",
		    "explode needs a path");
	if (read_path(m, k, &x->path, e) != 0)
		return -1;
	k = read_key(m, node, "carry");
	if (k != JSON_NONE && load_carry(m, k, e) != 0)
		return -1;
	if (load_name(m, read_key(m, node, "index"), &x->index,
	    &x->index_label, e) != 0 ||
	    load_name(m, read_key(m, node, "as"), &x->as, &x->as_label,
	    e) != 0)
		return -1;
	if (x->as_label.len != 0 && str_eq(x->as_label, x->index_label))
		return conf_err(m->conf, read_key(m, node, "as"), e,
		    "map.conflict", "index and as are the same name");
	k = read_key(m, node, "empty");
	word = k != JSON_NONE ? read_word(m, k, empties, 2, e) : 0;
	x->keep_empty = word == 1;
	x->on = true;
	return word < 0 ? -1 : 0;
}

static int
load_table(struct mapping *m, uint32_t node, struct lookup *l, struct err *e)
{
	struct str name;

	if (read_text(m, node, &name, e) != 0)
		return -1;
	name = arena_str(&m->mem, name);
	return table_load(m, name.p, l->key.path, &l->table, e);
}

static int
load_lookups(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"from", "file", "key"};
	const struct json_doc *d = &m->conf->doc;

	if (json_type(d, node) != JSON_OBJECT)
		return conf_err(m->conf, node, e, "conf.type",
		    "lookups is a mapping of names to tables");
	m->lookups = arena_array(&m->mem, json_count(d, node) + 1,
	    sizeof *m->lookups);
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k + 1].next) {
		struct lookup *l = &m->lookups[m->nlookups++];
		uint32_t from, file, key;

		if (conf_keys(m->conf, k + 1, keys, 3, e) != 0)
			return -1;
		file = read_key(m, k + 1, "file");
		from = read_key(m, k + 1, "from");
		key = read_key(m, k + 1, "key");
		if ((from == JSON_NONE) == (file == JSON_NONE) ||
		    key == JSON_NONE)
			return conf_err(m->conf, k, e, "map.config",
			    "a lookup needs from and key, or file and key");
		l->name = json_string(d, k, &m->mem);
		if (read_path(m, key, &l->key, e) != 0)
			return -1;
		if (file != JSON_NONE) {
			if (load_table(m, file, l, e) != 0)
				return -1;
		} else if (read_sources(m, from, true, &l->from, &l->nfrom,
		    e) != 0) {
			return -1;
		}
	}
	return 0;
}

static void
add_literal(struct mapping *m, struct map *set, uint32_t node)
{
	struct buf text = {0};

	canon_write(&m->conf->doc, node, &text);
	map_add(set, buf_view(&text));
	buf_free(&text);
}

static int
load_test(struct mapping *m, uint32_t node, struct cond *c, struct err *e)
{
	const struct json_doc *d = &m->conf->doc;
	uint32_t in = read_key(m, node, "in");
	uint32_t not_in = read_key(m, node, "not_in");
	uint32_t equals = read_key(m, node, "equals");
	uint32_t present = read_key(m, node, "present");
	uint32_t list = in != JSON_NONE ? in : not_in;

	if ((in != JSON_NONE) + (not_in != JSON_NONE) + (equals != JSON_NONE) +
	    (present != JSON_NONE) != 1)
		return conf_err(m->conf, node, e, "map.config",
		    "a condition is one of in, not_in, equals, present");
	if (present != JSON_NONE)
		return read_bool(m, present, &c->present, e);
	c->has_set = true;
	c->negate = not_in != JSON_NONE;
	if (equals != JSON_NONE) {
		add_literal(m, &c->set, equals);
		return 0;
	}
	if (json_type(d, list) != JSON_ARRAY)
		return conf_err(m->conf, list, e, "conf.type",
		    "expected a list of values");
	for (uint32_t k = list + 1; k < d->nodes[list].next;
	     k = d->nodes[k].next)
		add_literal(m, &c->set, k);
	return 0;
}

static int
load_cond(struct mapping *m, uint32_t node, struct cond *c, struct err *e)
{
	static const char *const keys[] = {"path", "in", "not_in", "equals",
	    "present"};
	uint32_t path;

	c->expr = NO_EXPR;
	if (json_type(&m->conf->doc, node) == JSON_STRING)
		return read_expr(m, node, "bool", &c->expr, e);
	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0)
		return -1;
	path = read_key(m, node, "path");
	if (path == JSON_NONE)
		return conf_err(m->conf, node, e, "map.config",
		    "a condition needs a path");
	if (read_source(m, path, &c->src, e) != 0)
		return -1;
	return load_test(m, node, c, e);
}

/* One condition, or a list of which all must hold. */
static int
load_where(struct mapping *m, uint32_t node, struct err *e)
{
	const struct json_doc *d = &m->conf->doc;
	bool list = json_type(d, node) == JSON_ARRAY;
	uint32_t k = list ? node + 1 : node;
	size_t n = list ? json_count(d, node) : 1;

	m->conds = arena_array(&m->mem, n + 1, sizeof *m->conds);
	for (; m->nconds < n; k = d->nodes[k].next)
		if (load_cond(m, k, &m->conds[m->nconds++], e) != 0)
			return -1;
	return 0;
}

static int
load_fields(struct mapping *m, uint32_t node, struct err *e)
{
	const struct json_doc *d = &m->conf->doc;
	size_t n;

	if (json_type(d, node) != JSON_ARRAY)
		return conf_err(m->conf, node, e, "conf.type",
		    "fields is a list");
	n = json_count(d, node);
	if (n > MAPPING_FIELDS_MAX)
		return conf_err(m->conf, node, e, "map.config",
		    "more than %d fields", MAPPING_FIELDS_MAX);
	m->fields = arena_array(&m->mem, n + 1, sizeof *m->fields);
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k].next)
		if (field_load(m, k, &m->fields[m->nfields++], e) != 0)
			return read_form(m, k, "fields", e);
	return 0;
}

/* The group of drops below the same parent as the path. */
static int
drop_group(struct mapping *m, uint32_t node, const struct source *src,
    struct drop **out, struct err *e)
{
	struct drop *g = &m->drops[m->ndrops];

	if (read_parent(m, node, src, &g->parent, e) != 0)
		return -1;
	for (size_t i = 0; i < m->ndrops; i++) {
		const struct source *p = &m->drops[i].parent;

		if (p->base == src->base &&
		    str_eq(p->path->text, g->parent.path->text))
			g = &m->drops[i];
	}
	m->ndrops += g == &m->drops[m->ndrops];
	*out = g;
	return 0;
}

static int
load_drop(struct mapping *m, uint32_t node, struct err *e)
{
	struct source *src;
	struct drop *g;
	size_t n;

	if (m->unmapped == UNMAPPED_DROP)
		return conf_err(m->conf, node, e, "map.config",
		    "drop has no meaning where unmapped: drop keeps nothing");
	if (read_sources(m, node, false, &src, &n, e) != 0)
		return -1;
	m->drops = arena_array(&m->mem, n, sizeof *m->drops);
	m->dropped = src;
	m->ndropped = n;
	for (size_t i = 0; i < n; i++) {
		const struct json_path *p = src[i].path;

		if (src[i].top) {
			link_known(m, src[i].first)->drop = true;
			continue;
		}
		if (drop_group(m, node, &src[i], &g, e) != 0)
			return -1;
		if (g->names == NULL) {
			g->names = arena_array(&m->mem, n, sizeof *g->names);
			g->hints = arena_array(&m->mem, n, sizeof *g->hints);
		}
		g->hints[g->n] = src[i].hint;
		g->names[g->n++] = p->steps[p->n - 1].name;
	}
	return 0;
}

static int
load_unmapped(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const words[] = {"keep", "drop", "fail"};
	int word = read_word(m, node, words, 3, e);

	if (word < 0)
		return -1;
	m->unmapped = (enum unmapped)word;
	m->keeps = m->unmapped == UNMAPPED_KEEP;
	return 0;
}

int
mapping_load(struct mapping *m, uint32_t root, struct err *e)
{
	static const struct {
		const char *key;
		int (*load)(struct mapping *, uint32_t, struct err *);
	} parts[] = {
		{"unmapped", load_unmapped},
		{"explode", load_explode},
		{"lookups", load_lookups},
		{"where", load_where},
		{"fields", load_fields},
		{"drop", load_drop},
	};

	m->root = root;
	m->keeps = true;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		uint32_t node = read_key(m, root, parts[i].key);

		if (node != JSON_NONE && parts[i].load(m, node, e) != 0)
			return read_form(m, node, parts[i].key, e);
	}
	if (shape_load(m, e) != 0)
		return -1;
	return link_fields(m, read_key(m, root, "fields"), e);
}

void
mapping_free(struct mapping *m)
{
	for (struct owned *o = m->owned; o != NULL; o = o->next)
		json_path_free(&o->path);
	for (size_t i = 0; i < m->nexprs; i++)
		expr_free(m->exprs[i].x);
	for (size_t i = 0; i < m->nlookups; i++)
		table_free(m->lookups[i].table);
	for (size_t i = 0; i < m->nconds; i++)
		map_free(&m->conds[i].set);
	for (size_t i = 0; i < m->nfields; i++)
		map_free(&m->fields[i].values);
	shape_free(m);
	map_free(&m->names);
	mem_free(m->known);
	mem_free(m->exprs);
	arena_free(&m->mem);
	*m = (struct mapping){0};
}
