#include "read.h"

#include "base/err.h"
#include "base/mem.h"

/* One entry of fields. */

static const char *const keys[] = {"to", "from", "lookup", "by", "take",
    "concat", "sep", "value", "expr", "values", "else", "case", "type",
    "layout", "rounding", "unit", "default", "default_null", "required",
    "on_error", "on_miss", "description"};

static int
needs(const struct mapping *m, uint32_t node, const char *key,
    const char *other, struct err *e)
{
	uint32_t k = read_key(m, node, key);

	if (k == JSON_NONE || read_key(m, node, other) != JSON_NONE)
		return 0;
	return conf_err(m->conf, k, e, "map.config",
	    "%s is of no use without %s", key, other);
}

static int
excludes(const struct mapping *m, uint32_t node, const char *key,
    const char *other, struct err *e)
{
	uint32_t k = read_key(m, node, other);

	if (k == JSON_NONE || read_key(m, node, key) == JSON_NONE)
		return 0;
	return conf_err(m->conf, k, e, "map.config",
	    "a field cannot have both %s and %s", key, other);
}

static int
check_keys(const struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const pairs[][2] = {{"by", "lookup"},
	    {"take", "lookup"}, {"on_miss", "lookup"}, {"lookup", "by"},
	    {"sep", "concat"}, {"else", "values"}};
	static const char *const clashes[][2] = {{"from", "lookup"},
	    {"from", "value"}, {"from", "concat"}, {"lookup", "value"},
	    {"concat", "value"}, {"concat", "take"}, {"default", "required"},
	    {"from", "expr"}, {"lookup", "expr"}, {"concat", "expr"},
	    {"value", "expr"}};

	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0 ||
	    read_description(m->conf, node, e) != 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (needs(m, node, pairs[i][0], pairs[i][1], e) != 0)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(clashes); i++)
		if (excludes(m, node, clashes[i][0], clashes[i][1], e) != 0)
			return -1;
	return 0;
}

static int
load_to(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	struct source to;

	if (read_path(m, node, &to, e) != 0)
		return -1;
	if (to.path->n == 0)
		return conf_err(m->conf, node, e, "map.config",
		    "to names a member; it cannot be the whole record");
	f->to = to.text;
	f->path = to.path;
	f->label = read_label(m, to.path->steps[to.path->n - 1].name);
	return 0;
}

static int
load_lookup(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	static const char *const misses[] = {"missing", "error"};
	uint32_t name = read_key(m, node, "lookup");
	uint32_t take = read_key(m, node, "take");
	uint32_t concat = read_key(m, node, "concat");
	uint32_t miss = read_key(m, node, "on_miss");
	int word = 0;
	struct str s;

	if (read_text(m, name, &s, e) != 0)
		return -1;
	while (f->lookup < m->nlookups &&
	    !str_eq(m->lookups[f->lookup].name, s))
		f->lookup++;
	if (f->lookup == m->nlookups)
		return conf_err(m->conf, name, e, "map.config",
		    "no lookup is called \"%.*s\"",
		    (int)(s.len < 60 ? s.len : 60), s.p);
	f->origin = FROM_LOOKUP;
	f->concat = concat != JSON_NONE;
	if (take == JSON_NONE && concat == JSON_NONE)
		return conf_err(m->conf, name, e, "map.config",
		    "a lookup takes something: take or concat is missing");
	if (miss != JSON_NONE)
		word = read_word(m, miss, misses, 2, e);
	f->miss_is_error = word == 1;
	if (word < 0 || read_sources(m, take != JSON_NONE ? take : concat, true,
	    &f->take, &f->ntake, e) != 0)
		return -1;
	return read_sources(m, read_key(m, node, "by"), false, &f->src,
	    &f->nsrc, e);
}

/* Where the value comes from. */
static int
load_origin(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	uint32_t value = read_key(m, node, "value");
	uint32_t concat = read_key(m, node, "concat");
	uint32_t from = read_key(m, node, "from");
	uint32_t expr = read_key(m, node, "expr");

	if (read_key(m, node, "lookup") != JSON_NONE)
		return load_lookup(m, node, f, e);
	if (expr != JSON_NONE) {
		f->origin = FROM_EXPR;
		return read_expr(m, expr, NULL, &f->expr, e);
	}
	if (value != JSON_NONE) {
		f->origin = FROM_LITERAL;
		f->literal = read_literal(m, value);
		return 0;
	}
	f->concat = concat != JSON_NONE;
	if (f->concat)
		from = concat;
	else if (from == JSON_NONE)
		from = read_key(m, node, "to");
	return read_sources(m, from, false, &f->src, &f->nsrc, e);
}

/* else: a word, or {value: X}. */
static int
load_else(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	static const char *const words[] = {"error", "keep", "missing",
	    "null"};
	static const char *const inner[] = {"value"};
	int word;

	if (node == JSON_NONE)
		return 0;
	if (json_type(&m->conf->doc, node) == JSON_OBJECT) {
		uint32_t v = read_key(m, node, "value");

		if (conf_keys(m->conf, node, inner, 1, e) != 0)
			return -1;
		if (v == JSON_NONE)
			return conf_err(m->conf, node, e, "map.config",
			    "else is a word or {value: ...}");
		f->table_else = ELSE_VALUE;
		f->else_value = read_literal(m, v);
		return 0;
	}
	word = read_word(m, node, words, ARRAY_LEN(words), e);
	if (word < 0)
		return -1;
	f->table_else = word == 3 ? ELSE_VALUE : (enum table_else)word;
	f->else_value = STR("null");
	return 0;
}

/* values: {text: result...} */
static int
load_values(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	const struct json_doc *d = &m->conf->doc;

	if (node == JSON_NONE)
		return 0;
	if (json_type(d, node) != JSON_OBJECT)
		return conf_err(m->conf, node, e, "conf.type",
		    "values is a mapping of values to results");
	f->has_values = true;
	f->results = arena_array(&m->mem, json_count(d, node) + 1,
	    sizeof *f->results);
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k + 1].next) {
		size_t i = map_add(&f->values, json_string(d, k, &m->mem));

		f->results[i] = read_literal(m, k + 1);
	}
	return 0;
}

static int
check_literals(const struct mapping *m, uint32_t node, const struct field *f,
    struct err *e)
{
	static const char *const single[] = {"value", "default",
	    "default_null"};
	uint32_t table = read_key(m, node, "values");
	uint32_t other = read_key(m, node, "else");
	const struct json_node *nodes = m->conf->doc.nodes;

	for (size_t i = 0; i < ARRAY_LEN(single); i++)
		if (field_literal(m, f, read_key(m, node, single[i]), e) != 0)
			return -1;
	if (other != JSON_NONE && nodes[other].type == JSON_OBJECT &&
	    field_literal(m, f, read_key(m, other, "value"), e) != 0)
		return -1;
	if (table == JSON_NONE)
		return 0;
	for (uint32_t k = table + 1; k < nodes[table].next;
	     k = nodes[k + 1].next)
		if (field_literal(m, f, k + 1, e) != 0)
			return -1;
	return 0;
}

static int
load_words(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	static const char *const cases[] = {"upper", "lower"};
	static const char *const errors[] = {"reject", "null", "default",
	    "keep", "fail"};
	uint32_t letters = read_key(m, node, "case");
	uint32_t on_error = read_key(m, node, "on_error");
	int word;

	if (letters != JSON_NONE) {
		word = read_word(m, letters, cases, ARRAY_LEN(cases), e);
		if (word < 0)
			return -1;
		f->letters = (enum letters)(word + 1);
	}
	if (on_error == JSON_NONE)
		return 0;
	word = read_word(m, on_error, errors, ARRAY_LEN(errors), e);
	if (word < 0)
		return -1;
	f->on_error = (enum on_error)word;
	if (f->on_error == ON_DEFAULT && f->if_missing.len == 0)
		return conf_err(m->conf, on_error, e, "map.config",
		    "on_error: default needs a default");
	return 0;
}

/* What stands in for a value, and the rest that is read in one step. */
static int
load_single(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	uint32_t missing = read_key(m, node, "default");
	uint32_t null = read_key(m, node, "default_null");
	uint32_t sep = read_key(m, node, "sep");
	uint32_t required = read_key(m, node, "required");

	if (missing != JSON_NONE)
		f->if_missing = read_literal(m, missing);
	if (null != JSON_NONE)
		f->if_null = read_literal(m, null);
	if (sep != JSON_NONE && read_text(m, sep, &f->sep, e) != 0)
		return -1;
	if (required != JSON_NONE)
		return read_bool(m, required, &f->required, e);
	return 0;
}

/* One path, and nothing is done to its value. */
static bool
is_plain(const struct field *f)
{
	return f->origin == FROM_PATH && f->nsrc == 1 && !f->concat &&
	    !f->has_values && f->cast.kind == CAST_NONE && !f->has_unit &&
	    f->letters == CASE_KEEP && !f->required &&
	    f->if_missing.len == 0 && f->if_null.len == 0 && !f->counted;
}

/* Is /a/0 written to /a/0?  That is a member of an object, or none. */
static bool
is_counted(const struct field *f)
{
	size_t i = 1;

	if (f->origin != FROM_PATH || f->nsrc != 1 || f->concat ||
	    !str_eq(f->src->path->text, f->path->text))
		return false;
	while (i < f->path->n && f->path->steps[i].index == JSON_NONE)
		i++;
	return i < f->path->n;
}

int
field_load(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	if (check_keys(m, node, e) != 0)
		return -1;
	if (read_key(m, node, "to") == JSON_NONE)
		return conf_err(m->conf, node, e, "map.config",
		    "a field needs the name it goes to");
	if (load_single(m, node, f, e) != 0 ||
	    load_to(m, read_key(m, node, "to"), f, e) != 0 ||
	    load_origin(m, node, f, e) != 0 ||
	    load_values(m, read_key(m, node, "values"), f, e) != 0 ||
	    load_else(m, read_key(m, node, "else"), f, e) != 0 ||
	    load_words(m, node, f, e) != 0 ||
	    field_type(m, node, f, e) != 0 ||
	    check_literals(m, node, f, e) != 0)
		return -1;
	f->counted = is_counted(f);
	f->plain = is_plain(f);
	return 0;
}
