#include "reconcile.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "json/path.h"
#include "json/write.h"
#include "num/num.h"
#include "prog/prog.h"
#include "schema/schema.h"

/* Of share/lexicon; users add theirs with --lexicon. */
static const char *const lexicons[] = {"en-words", "en-kinds", "en-units",
    "en-usual", "en-contrasts", "en-time", "en-people", "en-places", "en-web",
    "en-commerce", "en-health", "en-vehicles", "en-transport", "en-sports",
    "en-nature", "en-science", "en-records", "en-short", "xx-words"};

enum { REFS_MAX = 16 };

/* Is the file of the form of lexicon/1? */
static int
check_lexicon(const struct schema *s, struct schema_run *r,
    const struct conf *c, struct err *e)
{
	struct schema_error bad;
	size_t n = 0;
	int ok = schema_check(s, r, &c->doc, 0, &bad, 1, &n, e);

	if (ok < 0)
		return -1;
	if (ok == 1)
		return 0;
	return conf_err(c, bad.instance, e, "recon.lexicon", "%.*s",
	    (int)bad.message.len, bad.message.p);
}

struct checker {
	struct buf text;
	struct json_doc doc;
	struct schema *schema;
	struct schema_run *run;
};

/* Debian's wordnet-base. */
#define WORDNET "/usr/share/wordnet/index.noun"

static int
add_wordnet(struct gold *g, struct prog *p, struct err *e)
{
	struct buf text = {0};
	int rc = prog_load(p, "", WORDNET, &text, NULL, e);

	if (rc == 0 && recon_lexicon_add_wordnet(g->lex, text.p, text.len,
	    e) != 0)
		rc = err_source(e, WORDNET);
	buf_free(&text);
	return rc;
}

static int
add_lexicon(struct gold *g, struct prog *p, const struct checker *k,
    const char *name, struct err *e)
{
	struct buf text = {0};
	struct conf c = {0};
	char *found = NULL;
	int rc = prog_load(p, "lexicon", name, &text, &found, e);

	if (rc == 0) {
		rc = conf_parse(&c, text.p, text.len, e);
		if (rc == 0)
			rc = check_lexicon(k->schema, k->run, &c, e);
		if (rc == 0)
			rc = recon_lexicon_add(g->lex, &c, e);
		if (rc != 0)
			err_source(e, found);
	}
	conf_free(&c);
	buf_free(&text);
	mem_free(found);
	return rc;
}

static int
load_checker(struct checker *k, struct prog *p, struct err *e)
{
	if (prog_load(p, "schemas", "lexicon-1.json", &k->text, NULL, e) != 0)
		return -1;
	if (json_parse(&k->doc, k->text.p, k->text.len, e) != 0)
		return err_source(e, "lexicon-1.json");
	k->schema = schema_compile(&k->doc, 0, e);
	if (k->schema == NULL)
		return err_source(e, "lexicon-1.json");
	k->run = schema_run_new(k->schema);
	return 0;
}

/* "0.85": ten-thousandths. */
static int
threshold(const char *text, uint32_t otherwise, const char *name,
    uint32_t *out, struct err *e)
{
	struct json_doc d = {0};
	double v = -1;

	*out = otherwise;
	if (text == NULL)
		return 0;
	if (json_parse(&d, text, strlen(text), e) == 0 &&
	    json_type(&d, 0) == JSON_NUMBER)
		num_to_double(json_raw(&d, 0), &v, e);
	json_free(&d);
	if (!(v >= 0 && v <= 1))
		return err_set(e, ERR_USAGE, "usage.value",
		    "--%s must be a number from 0 to 1, not '%s'", name, text);
	*out = (uint32_t)(v * RECON_CERTAIN + 0.5);
	return 0;
}

int
gold_words(struct gold *g, struct prog *p, const struct recon_args *a,
    struct err *e)
{
	struct checker k = {0};
	struct buf name = {0};
	int rc;

	if (threshold(a->accept, RECON_ACCEPT, "accept", &g->accept, e) != 0 ||
	    threshold(a->review, RECON_REVIEW, "review", &g->review, e) != 0)
		return -1;
	if (g->review > g->accept)
		return err_set(e, ERR_USAGE, "usage.value",
		    "--review is above --accept");
	g->lex = recon_lexicon_new();
	rc = load_checker(&k, p, e);
	for (size_t i = 0; i < ARRAY_LEN(lexicons) && rc == 0; i++) {
		buf_clear(&name);
		buf_printf(&name, "%s.yaml", lexicons[i]);
		rc = add_lexicon(g, p, &k, buf_cstr(&name), e);
	}
	for (size_t i = 0; i < a->lexicon.n && rc == 0; i++)
		rc = strcmp(a->lexicon.item[i], "wordnet") == 0 ?
		    add_wordnet(g, p, e) :
		    add_lexicon(g, p, &k, a->lexicon.item[i], e);
	schema_run_free(k.run);
	schema_free(k.schema);
	json_free(&k.doc);
	buf_free(&k.text);
	buf_free(&name);
	return rc;
}

static void
add_field(struct gold *g, struct str name)
{
	g->fields[g->n++] = (struct recon_field){.name =
	    arena_str(&g->mem, name)};
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

/* What a schema, or a row of a list, says about the field added last. */
static void
describe(struct gold *g, const struct json_doc *d, uint32_t node)
{
	struct recon_field *f = &g->fields[g->n - 1];

	node = follow(d, node, &g->mem);
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
}

static int
read_schema(struct gold *g, const struct conf *c, uint32_t props,
    struct err *e)
{
	const struct json_doc *d = &c->doc;

	if (json_type(d, props) != JSON_OBJECT)
		return conf_err(c, props, e, "map.target",
		    "properties must be an object");
	g->fields = arena_array(&g->mem, json_count(d, props),
	    sizeof *g->fields);
	for (uint32_t k = props + 1; k < d->nodes[props].next;
	     k = d->nodes[k + 1].next) {
		add_field(g, json_string(d, k, &g->mem));
		describe(g, d, k + 1);
	}
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
	g->fields = arena_array(&g->mem, json_count(d, list),
	    sizeof *g->fields);
	for (uint32_t k = list + 1; k < d->nodes[list].next;
	     k = d->nodes[k].next) {
		uint32_t name = json_type(d, k) == JSON_OBJECT ?
		    json_member(d, k, STR("name")) : k;

		if (name == JSON_NONE || json_type(d, name) != JSON_STRING)
			return conf_err(c, k, e, "map.target",
			    "a field must be a name or {name: ...}");
		add_field(g, json_string(d, name, &g->mem));
		if (name != k)
			describe(g, d, k);
	}
	return 0;
}

/* A name on each line. */
static void
read_lines(struct gold *g, const struct buf *text)
{
	size_t n = 1, from = 0;

	for (size_t i = 0; i < text->len; i++)
		n += text->p[i] == '\n';
	g->fields = arena_array(&g->mem, n, sizeof *g->fields);
	for (size_t i = 0; i <= text->len; i++) {
		size_t end = i;

		if (i < text->len && text->p[i] != '\n')
			continue;
		while (end > from && (text->p[end - 1] == '\r' ||
		    text->p[end - 1] == ' '))
			end--;
		if (end > from)
			add_field(g, (struct str){text->p + from, end - from});
		from = i + 1;
	}
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
read_target(struct gold *g, const struct buf *text, struct err *e)
{
	struct conf c = {0};
	uint32_t node;
	int rc = conf_parse(&c, text->p, text->len, e);

	if (rc != 0 && looks_like_json(text)) {
		conf_free(&c);
		return -1;
	}
	if (rc == 0 && json_type(&c.doc, 0) == JSON_ARRAY) {
		rc = read_list(g, &c, 0, e);
	} else if (rc == 0 && json_type(&c.doc, 0) == JSON_OBJECT) {
		uint32_t root = follow(&c.doc, 0, &g->mem);

		node = json_member(&c.doc, root, STR("properties"));
		if (node != JSON_NONE)
			rc = read_schema(g, &c, node, e);
		else if ((node = json_member(&c.doc, 0, STR("fields"))) !=
		    JSON_NONE)
			rc = read_list(g, &c, node, e);
		else
			rc = conf_err(&c, 0, e, "map.target",
			    "neither properties nor fields");
	} else {
		read_lines(g, text);
		rc = 0;
	}
	conf_free(&c);
	return rc;
}

int
gold_load(struct gold *g, struct prog *p, const struct recon_args *a,
    struct err *e)
{
	struct buf text = {0};
	int rc = gold_words(g, p, a, e);

	if (rc == 0)
		rc = prog_load(p, "schemas", a->target, &text, NULL, e);
	if (rc == 0) {
		rc = read_target(g, &text, e);
		if (rc == 0 && g->n == 0)
			rc = err_set(e, ERR_CONFIG, "map.target",
			    "the target has no fields");
		if (rc == 0) {
			g->target = recon_target_new(g->lex, g->fields, g->n,
			    e);
			rc = g->target != NULL ? 0 : -1;
		}
		if (rc != 0)
			err_source(e, a->target);
	}
	for (size_t i = 0; i < g->n && rc == 0; i++)
		map_add(&g->names, g->fields[i].name);
	buf_clear(&text);
	if (rc == 0 && a->decisions != NULL) {
		rc = prog_load(p, "", a->decisions, &text, NULL, e);
		if (rc == 0 && people_read(&g->people, text.p, text.len,
		    e) != 0)
			rc = err_source(e, a->decisions);
	}
	buf_free(&text);
	return rc;
}

void
gold_free(struct gold *g)
{
	people_free(&g->people);
	recon_target_free(g->target);
	recon_lexicon_free(g->lex);
	map_free(&g->names);
	arena_free(&g->mem);
}

const char *
gold_status(const struct gold *g, const struct recon_choice *c)
{
	if (c->target == RECON_NONE || c->confidence < g->review)
		return "none";
	return c->confidence >= g->accept ? "accept" : "review";
}

void
put_confidence(struct json_w *w, uint32_t confidence)
{
	struct buf b = {0};

	num_put_double(&b, confidence / (double)RECON_CERTAIN);
	json_w_raw(w, buf_view(&b));
	buf_free(&b);
}
