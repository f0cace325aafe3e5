#include "read.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"

/* The shapes of a step, and the order at its end. */

enum { KEY_MIN = 16 };

static struct shape *
add_shape(struct mapping *m, enum shape_kind kind)
{
	m->shapes = mem_realloc(m->shapes,
	    (m->nshapes + 1) * sizeof *m->shapes);
	m->shapes[m->nshapes] = (struct shape){.kind = kind};
	return &m->shapes[m->nshapes++];
}

static int
missing(const struct mapping *m, uint32_t node, const char *what,
    struct err *e)
{
	return conf_err(m->conf, node, e, "map.config", "%s", what);
}

/* The value of a key as a label, `"name":`, if it is there. */
static int
load_label(struct mapping *m, uint32_t obj, const char *key,
    struct str *label, struct err *e)
{
	uint32_t k = read_key(m, obj, key);
	struct str name;

	if (k == JSON_NONE)
		return 0;
	if (read_text(m, k, &name, e) != 0)
		return -1;
	*label = read_label(m, name);
	return 0;
}

/* Names of members of the record itself. */
static int
load_names(struct mapping *m, uint32_t node, struct map *names,
    struct err *e)
{
	struct source *src;
	size_t n;

	if (read_sources(m, node, true, &src, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (src[i].path->n != 1)
			return conf_err(m->conf, node, e, "map.config",
			    "\"%.*s\" is no member of the record itself",
			    (int)src[i].text.len, src[i].text.p);
		map_add(names, src[i].path->steps[0].name);
	}
	return 0;
}

/* {new name: path} */
static int
load_row(struct mapping *m, uint32_t node, struct split_row *r,
    struct map *names, struct err *e)
{
	const struct json_doc *d = &m->conf->doc;

	if (json_type(d, node) != JSON_OBJECT)
		return conf_err(m->conf, node, e, "conf.type",
		    "a row is a mapping of names to paths");
	r->take = arena_array(&m->mem, json_count(d, node) + 1,
	    sizeof *r->take);
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k + 1].next) {
		struct carried *c = &r->take[r->ntake++];

		c->name = json_string(d, k, &m->mem);
		c->label = read_label(m, c->name);
		if (read_path(m, k + 1, &c->src, e) != 0)
			return -1;
		if (c->src.path->n == 0)
			return missing(m, k + 1,
			    "the whole record is no member", e);
		map_add(names, c->src.path->steps[0].name);
	}
	return 0;
}

static int
load_split(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"as", "rows"};
	const struct json_doc *d = &m->conf->doc;
	struct shape *s = add_shape(m, SHAPE_SPLIT);
	uint32_t rows = JSON_NONE;

	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0 ||
	    load_label(m, node, "as", &s->label, e) != 0)
		return -1;
	rows = read_key(m, node, "rows");
	if (rows == JSON_NONE || json_type(d, rows) != JSON_OBJECT ||
	    json_count(d, rows) == 0)
		return missing(m, node, "split needs rows: {name: {new: path}}",
		    e);
	s->rows = arena_array(&m->mem, json_count(d, rows), sizeof *s->rows);
	for (uint32_t k = rows + 1; k < d->nodes[rows].next;
	     k = d->nodes[k + 1].next) {
		struct split_row *r = &s->rows[s->nrows++];

		r->name = read_literal(m, k);
		if (load_row(m, k + 1, r, &s->names, e) != 0)
			return -1;
	}
	return 0;
}

static int
load_unpivot(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"columns", "keep", "name", "value",
	    "nulls"};
	static const char *const nulls[] = {"drop", "keep"};
	struct shape *s = add_shape(m, SHAPE_UNPIVOT);
	uint32_t columns, keep, k;
	int word = 0;

	s->label = STR("\"name\":");
	s->value_label = STR("\"value\":");
	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0 ||
	    load_label(m, node, "name", &s->label, e) != 0 ||
	    load_label(m, node, "value", &s->value_label, e) != 0)
		return -1;
	columns = read_key(m, node, "columns");
	keep = read_key(m, node, "keep");
	if ((columns == JSON_NONE) == (keep == JSON_NONE))
		return missing(m, node,
		    "unpivot needs columns, or keep for all others", e);
	s->except = keep != JSON_NONE;
	k = read_key(m, node, "nulls");
	if (k != JSON_NONE)
		word = read_word(m, k, nulls, 2, e);
	s->keep_null = word == 1;
	return word < 0 ? -1 :
	    load_names(m, s->except ? keep : columns, &s->names, e);
}

static int
load_nest_one(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"into", "members", "prefix"};
	struct shape *s = add_shape(m, SHAPE_NEST);
	uint32_t members, prefix;

	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0 ||
	    load_label(m, node, "into", &s->label, e) != 0)
		return -1;
	members = read_key(m, node, "members");
	prefix = read_key(m, node, "prefix");
	if (s->label.len == 0 ||
	    (members == JSON_NONE) == (prefix == JSON_NONE))
		return missing(m, node,
		    "nest needs into, and members or prefix", e);
	if (members != JSON_NONE)
		return load_names(m, members, &s->names, e);
	if (read_text(m, prefix, &s->prefix, e) != 0)
		return -1;
	return s->prefix.len != 0 ? 0 :
	    missing(m, prefix, "an empty prefix", e);
}

/* One, or a list. */
static int
load_nest(struct mapping *m, uint32_t node, struct err *e)
{
	const struct json_doc *d = &m->conf->doc;

	if (json_type(d, node) != JSON_ARRAY)
		return load_nest_one(m, node, e);
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k].next)
		if (load_nest_one(m, k, e) != 0)
			return -1;
	return 0;
}

/* true, or {sep, arrays} */
static int
load_flat(struct mapping *m, uint32_t node, enum shape_kind kind,
    struct err *e)
{
	static const char *const keys[] = {"sep", "arrays"};
	static const char *const arrays[] = {"index", "keep"};
	struct shape *s = add_shape(m, kind);
	uint32_t k;
	int word = 0;

	s->sep = STR(".");
	if (json_type(&m->conf->doc, node) == JSON_TRUE)
		return 0;
	if (conf_keys(m->conf, node, keys, kind == SHAPE_FLATTEN ? 2 : 1,
	    e) != 0)
		return -1;
	k = read_key(m, node, "sep");
	if (k != JSON_NONE && read_text(m, k, &s->sep, e) != 0)
		return -1;
	if (s->sep.len == 0)
		return missing(m, k, "an empty separator", e);
	k = read_key(m, node, "arrays");
	if (k != JSON_NONE)
		word = read_word(m, k, arrays, 2, e);
	s->whole_arrays = word == 1;
	return word < 0 ? -1 : 0;
}

static int
load_flatten(struct mapping *m, uint32_t node, struct err *e)
{
	return load_flat(m, node, SHAPE_FLATTEN, e);
}

static int
load_unflatten(struct mapping *m, uint32_t node, struct err *e)
{
	return load_flat(m, node, SHAPE_UNFLATTEN, e);
}

static int
load_paths(struct mapping *m, uint32_t node, struct shape *s, struct err *e)
{
	if (read_sources(m, node, true, &s->paths, &s->npaths, e) != 0)
		return -1;
	for (size_t i = 0; i < s->npaths; i++)
		if (s->paths[i].path->n == 0)
			return missing(m, node,
			    "the whole record is no member", e);
	return 0;
}

/* The key paths of obj. */
static int
load_key_paths(struct mapping *m, uint32_t obj, struct shape *s,
    struct err *e)
{
	uint32_t k = read_key(m, obj, "paths");

	if (k == JSON_NONE)
		return missing(m, obj, "paths are missing", e);
	return load_paths(m, k, s, e);
}

/* A list of paths, or {paths, with}. */
static int
load_redact(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"paths", "with"};
	struct shape *s = add_shape(m, SHAPE_REDACT);
	uint32_t k;

	s->with = STR("\"[redacted]\"");
	if (json_type(&m->conf->doc, node) != JSON_OBJECT)
		return load_paths(m, node, s, e);
	if (conf_keys(m->conf, node, keys, 2, e) != 0)
		return -1;
	k = read_key(m, node, "with");
	if (k != JSON_NONE)
		s->with = read_literal(m, k);
	return load_key_paths(m, node, s, e);
}

/* The file's bytes, but for an LF at the end.  They are noted nowhere. */
static int
key_from_file(const char *name, struct buf *key, struct err *e)
{
	int fd = io_open(name, e), rc;

	if (fd < 0)
		return -1;
	key->max = (size_t)1 << 20;
	rc = io_read_all(fd, key, e);
	io_close_quiet(fd);
	if (rc == 0 && key->len != 0 && key->p[key->len - 1] == '\n')
		key->len--;
	return rc;
}

/* key: {env: NAME} or {file: NAME} */
static int
load_key(struct mapping *m, uint32_t node, struct shape *s, struct err *e)
{
	static const char *const keys[] = {"env", "file"};
	static const char label[] = "rap-map key id";
	struct hash_mac *mac;
	uint8_t digest[HASH_LEN];
	char hex[HASH_HEX + 1];
	uint32_t env, file;
	struct str name;
	const char *text;

	if (conf_keys(m->conf, node, keys, 2, e) != 0)
		return -1;
	env = read_key(m, node, "env");
	file = read_key(m, node, "file");
	if ((env == JSON_NONE) == (file == JSON_NONE))
		return missing(m, node, "a key is in env or in file", e);
	if (read_text(m, env != JSON_NONE ? env : file, &name, e) != 0)
		return -1;
	name = arena_str(&m->mem, name);
	if (file != JSON_NONE) {
		if (key_from_file(name.p, &s->key, e) != 0)
			return -1;
	} else {
		text = getenv(name.p);
		if (text == NULL)
			return conf_err(m->conf, env, e, "map.key",
			    "$%s is not set", name.p);
		buf_puts(&s->key, text);
	}
	if (s->key.len < KEY_MIN) {
		conf_err(m->conf, node, e, "map.key",
		    "a key of %zu bytes is too short", s->key.len);
		return err_hint(e, "at least %d random bytes: head -c 32 "
		    "/dev/urandom | base64", KEY_MIN);
	}
	mac = hash_mac_new(s->key.p, s->key.len);
	hash_mac(mac, label, sizeof label - 1, digest);
	hash_mac_free(mac);
	hash_hex(hex, digest);
	memcpy(s->key_id, hex, 16);
	return 0;
}

static int
load_pseudonym(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"paths", "key", "digits"};
	struct shape *s = add_shape(m, SHAPE_PSEUDONYM);
	uint32_t k;
	int64_t n = 32;

	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0)
		return -1;
	k = read_key(m, node, "digits");
	if (k != JSON_NONE && (json_int64(&m->conf->doc, k, &n) != 0 ||
	    n < 16 || n > HASH_HEX))
		return missing(m, k, "digits is a number from 16 to 64", e);
	s->digits = (size_t)n;
	if (load_key_paths(m, node, s, e) != 0)
		return -1;
	k = read_key(m, node, "key");
	if (k == JSON_NONE)
		return missing(m, node, "pseudonym needs a key: "
		    "{env: NAME} or {file: NAME}", e);
	return load_key(m, k, s, e);
}

/* --- order --- */

static int
load_memory(struct mapping *m, uint32_t node, struct order *o, struct err *e)
{
	struct str text;

	o->memory = (size_t)256 << 20;
	if (node == JSON_NONE)
		return 0;
	text = json_type(&m->conf->doc, node) == JSON_NUMBER ?
	    read_literal(m, node) : (struct str){0};
	if (text.p == NULL && read_text(m, node, &text, e) != 0)
		return -1;
	if (str_to_size(text, &o->memory) == 0 && o->memory >= 4096 &&
	    o->memory <= (size_t)64 << 30)
		return 0;
	return missing(m, node, "memory is a size from 4KiB to 64GiB", e);
}

static int
load_order_key(struct mapping *m, uint32_t node, struct order *o,
    struct err *e)
{
	struct source *src;

	if (read_sources(m, node, true, &src, &o->nkey, e) != 0)
		return -1;
	o->key = arena_array(&m->mem, o->nkey, sizeof *o->key);
	for (size_t i = 0; i < o->nkey; i++) {
		const struct json_path *p = src[i].path;

		if (p->n == 0)
			return missing(m, node,
			    "the whole record is no key", e);
		o->key[i].src = src[i];
		o->key[i].name = p->steps[p->n - 1].name;
		o->key[i].label = read_label(m, o->key[i].name);
		for (size_t k = 0; k < i; k++)
			if (str_eq(o->key[k].name, o->key[i].name))
				return missing(m, node,
				    "two keys have the same name", e);
	}
	return 0;
}

/* true: the whole record; or {key, memory} */
static int
load_dedupe(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"key", "memory"};
	struct order *o = &m->order;
	uint32_t k;

	o->kind = ORDER_DEDUPE;
	if (json_type(&m->conf->doc, node) == JSON_TRUE)
		return load_memory(m, JSON_NONE, o, e);
	if (conf_keys(m->conf, node, keys, 2, e) != 0 ||
	    load_memory(m, read_key(m, node, "memory"), o, e) != 0)
		return -1;
	k = read_key(m, node, "key");
	return k != JSON_NONE ? load_order_key(m, k, o, e) : 0;
}

static int
load_pivot(struct mapping *m, uint32_t node, struct err *e)
{
	static const char *const keys[] = {"key", "name", "value", "groups",
	    "twice", "memory"};
	static const char *const groups[] = {"adjacent", "all"};
	static const char *const twice[] = {"error", "first", "last"};
	struct order *o = &m->order;
	uint32_t key, name, value, k;
	int word = 0;

	if (o->kind != ORDER_NONE)
		return missing(m, node, "a step has dedupe or pivot", e);
	o->kind = ORDER_PIVOT;
	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0 ||
	    load_memory(m, read_key(m, node, "memory"), o, e) != 0)
		return -1;
	key = read_key(m, node, "key");
	name = read_key(m, node, "name");
	value = read_key(m, node, "value");
	if (key == JSON_NONE || name == JSON_NONE || value == JSON_NONE)
		return missing(m, node, "pivot needs key, name and value", e);
	if (load_order_key(m, key, o, e) != 0 ||
	    read_path(m, name, &o->name, e) != 0 ||
	    read_path(m, value, &o->value, e) != 0)
		return -1;
	k = read_key(m, node, "groups");
	if (k != JSON_NONE)
		word = read_word(m, k, groups, 2, e);
	if (word < 0)
		return -1;
	o->all = word == 1;
	k = read_key(m, node, "twice");
	word = k != JSON_NONE ? read_word(m, k, twice, 3, e) : 0;
	if (word < 0)
		return -1;
	o->twice = word == 0 ? TWICE_ERROR : word == 1 ? TWICE_FIRST :
	    TWICE_LAST;
	return 0;
}

int
shape_load(struct mapping *m, struct err *e)
{
	static const struct {
		const char *key;
		int (*load)(struct mapping *, uint32_t, struct err *);
	} parts[] = {{"split", load_split}, {"unpivot", load_unpivot},
	    {"nest", load_nest}, {"unflatten", load_unflatten},
	    {"flatten", load_flatten}, {"redact", load_redact},
	    {"pseudonym", load_pseudonym}, {"dedupe", load_dedupe},
	    {"pivot", load_pivot}};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		uint32_t node = read_key(m, m->root, parts[i].key);

		if (node != JSON_NONE && parts[i].load(m, node, e) != 0)
			return read_form(m, node, parts[i].key, e);
	}
	return 0;
}

void
shape_free(struct mapping *m)
{
	for (size_t i = 0; i < m->nshapes; i++) {
		struct shape *s = &m->shapes[i];

		map_free(&s->names);
		if (s->key.p != NULL)
			memset(s->key.p, 0, s->key.cap);
		buf_free(&s->key);
	}
	mem_free(m->shapes);
}
