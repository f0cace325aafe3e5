#include "mapping.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "expr/expr.h"
#include "json/write.h"
#include "prog/prog.h"
#include "read.h"
#include "reconcile.h"

/* A mapping file and its steps. */

static const char *const parts[] = {"description", "explode", "lookups",
    "where", "fields", "unmapped", "drop", "split", "unpivot", "nest",
    "unflatten", "flatten", "redact", "pseudonym", "dedupe", "pivot"};

enum { NPARTS = ARRAY_LEN(parts) };

static int
check_version(const struct conf *c, struct err *e)
{
	uint32_t k = json_type(&c->doc, 0) == JSON_OBJECT ?
	    json_member(&c->doc, 0, STR("rap")) : JSON_NONE;

	if (k != JSON_NONE && json_string_is(&c->doc, k, STR("map/1")))
		return 0;
	conf_err(c, k != JSON_NONE ? k : 0, e, "map.config",
	    "not a mapping file of version 1");
	return err_hint(e, "it begins with the line: rap: map/1");
}

static int
add_step(struct chain *c, struct prog *p, const struct mapfile *f,
    uint32_t root, struct err *e)
{
	struct mapping *m;

	if (c->nsteps == MAPPING_STEPS_MAX)
		return conf_err(&f->conf, root, e, "map.config",
		    "more than %d steps", MAPPING_STEPS_MAX);
	m = &c->steps[c->nsteps++];
	m->conf = &f->conf;
	m->file = f->name != NULL ? f->name : "command line";
	m->prog = p;
	return mapping_load(m, root, e);
}

static int load_file(struct chain *c, struct prog *p, struct mapfile *f,
    const struct buf *text, struct err *e);

/* use: a mapping file in the place of a step. */
static int
load_used(struct chain *c, struct prog *p, const struct mapfile *f,
    uint32_t node, struct err *e)
{
	struct mapfile *used = mem_zalloc(sizeof *used);
	struct str name = {0};
	struct buf text = {0};
	char *path;
	int rc = -1;

	used->up = f;
	used->next = c->files;
	c->files = used;
	if (json_type(&f->conf.doc, node) != JSON_STRING)
		return conf_err(&f->conf, node, e, "conf.type",
		    "use is the name of a mapping file");
	name = json_string(&f->conf.doc, node, &c->mem);
	path = mem_dupz(name.p, name.len);
	rc = prog_load(p, "maps", path, &text, &used->name, e);
	mem_free(path);
	for (const struct mapfile *o = f; rc == 0 && o != NULL; o = o->up)
		if (o->name != NULL && strcmp(o->name, used->name) == 0)
			rc = conf_err(&f->conf, node, e, "map.cycle",
			    "%s uses itself by this step", used->name);
	if (rc == 0)
		rc = load_file(c, p, used, &text, e);
	buf_free(&text);
	return rc;
}

static int
load_steps(struct chain *c, struct prog *p, const struct mapfile *f,
    uint32_t node, struct err *e)
{
	static const char *const use[] = {"use", "description"};
	const struct json_doc *d = &f->conf.doc;

	if (json_type(d, node) != JSON_ARRAY || json_count(d, node) == 0)
		return conf_err(&f->conf, node, e, "conf.type",
		    "steps is a list, with at least one step");
	for (uint32_t k = node + 1; k < d->nodes[node].next;
	     k = d->nodes[k].next) {
		uint32_t name = json_type(d, k) == JSON_OBJECT ?
		    json_member(d, k, STR("use")) : JSON_NONE;

		if (name != JSON_NONE) {
			if (conf_keys(&f->conf, k, use, 2, e) != 0 ||
			    read_description(&f->conf, k, e) != 0 ||
			    load_used(c, p, f, name, e) != 0)
				return -1;
			continue;
		}
		if (conf_keys(&f->conf, k, parts, NPARTS, e) != 0 ||
		    read_description(&f->conf, k, e) != 0 ||
		    add_step(c, p, f, k, e) != 0)
			return -1;
	}
	return 0;
}

/* Reconciliation comes before the first step of all. */
static int
check_reconcile(const struct mapfile *f, struct err *e)
{
	uint32_t k = json_member(&f->conf.doc, 0, STR("reconcile"));

	if (k == JSON_NONE || f->up == NULL)
		return 0;
	return conf_err(&f->conf, k, e, "map.config",
	    "a mapping that is used as a step does not reconcile");
}

static int
load_parsed(struct chain *c, struct prog *p, const struct mapfile *f,
    struct err *e)
{
	static const char *const with_steps[] = {"rap", "description",
	    "reconcile", "steps"};
	const char *keys[NPARTS + 3];
	uint32_t steps;

	memcpy(keys, parts, sizeof parts);
	keys[NPARTS] = "rap";
	keys[NPARTS + 1] = "steps";
	keys[NPARTS + 2] = "reconcile";
	if (conf_keys(&f->conf, 0, keys, NPARTS + 3, e) != 0 ||
	    check_version(&f->conf, e) != 0 ||
	    read_description(&f->conf, 0, e) != 0 ||
	    check_reconcile(f, e) != 0)
		return -1;
	steps = json_member(&f->conf.doc, 0, STR("steps"));
	if (steps == JSON_NONE)
		return add_step(c, p, f, 0, e);
	if (conf_keys(&f->conf, 0, with_steps, 4, e) != 0) {
		struct err why = *e;

		snprintf(e->msg, sizeof e->msg,
		    "beside steps there is nothing else: %.180s", why.msg);
		return err_hint(e, "put it into the step it is about");
	}
	return load_steps(c, p, f, steps, e);
}

/* Files are at most as deep in each other as there are names: a cycle is an
 * error, and so is one step too many. */
static int
load_file(struct chain *c, struct prog *p, struct mapfile *f,
    const struct buf *text, struct err *e)
{
	unsigned depth = 0;

	for (const struct mapfile *o = f->up; o != NULL; o = o->up)
		depth++;
	if (depth > MAPPING_STEPS_MAX)
		return err_set(e, ERR_CONFIG, "map.cycle",
		    "mapping files use each other more than %d deep",
		    MAPPING_STEPS_MAX);
	f->conf.made = f->name == NULL;
	if (conf_parse(&f->conf, text->p, text->len, e) == 0 &&
	    load_parsed(c, p, f, e) == 0)
		return 0;
	if (e->source[0] == '\0')
		err_source(e, f->name != NULL ? f->name : "command line");
	return -1;
}

int
chain_load(struct chain *c, struct prog *p, const struct buf *text,
    const char *name, struct err *e)
{
	struct mapfile *f = mem_zalloc(sizeof *f);

	f->name = name != NULL ? mem_dupz(name, strlen(name)) : NULL;
	c->files = f;
	c->first = f;
	return load_file(c, p, f, text, e);
}

void
chain_free(struct chain *c)
{
	struct mapfile *next;

	for (size_t i = 0; i < c->nsteps; i++)
		mapping_free(&c->steps[i]);
	for (struct mapfile *f = c->files; f != NULL; f = next) {
		next = f->next;
		conf_free(&f->conf);
		mem_free(f->name);
		mem_free(f);
	}
	arena_free(&c->mem);
	*c = (struct chain){0};
}

static void
describe_sources(const struct mapping *m, const struct field *f,
    struct json_w *w)
{
	const struct str *paths = NULL;
	size_t n = 0;

	json_w_array(w);
	for (size_t k = 0; k < f->nsrc; k++)
		json_w_string(w, f->src[k].text);
	if (f->origin == FROM_EXPR)
		paths = expr_paths(m->exprs[f->expr].x, &n);
	for (size_t k = 0; k < n; k++)
		json_w_string(w, paths[k]);
	json_w_end(w);
}

static void
describe_step(const struct mapping *m, struct json_w *w)
{
	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i];

		json_w_object(w);
		json_w_member(w, "to", f->to);
		json_w_name(w, STR("from"));
		describe_sources(m, f, w);
		if (f->origin == FROM_EXPR)
			json_w_member(w, "expr",
			    expr_text(m->exprs[f->expr].x));
		json_w_member_u64(w, "confidence", 1);
		json_w_end(w);
	}
}

/* Which keys made pseudonyms of what. */
static void
describe_keys(const struct chain *c, struct buf *out)
{
	struct json_w w = {.out = out};
	bool any = false;

	for (size_t i = 0; i < c->nsteps; i++)
		for (size_t k = 0; k < c->steps[i].nshapes; k++) {
			const struct shape *s = &c->steps[i].shapes[k];

			if (s->kind != SHAPE_PSEUDONYM)
				continue;
			if (!any) {
				buf_puts(out, ",\"pseudonyms\":");
				json_w_array(&w);
			}
			any = true;
			json_w_object(&w);
			json_w_member(&w, "key_id", str_of(s->key_id));
			json_w_name(&w, STR("paths"));
			json_w_array(&w);
			for (size_t n = 0; n < s->npaths; n++)
				json_w_string(&w, s->paths[n].text);
			json_w_end(&w);
			json_w_end(&w);
		}
	if (any)
		json_w_end(&w);
}

void
chain_describe(const struct chain *c, const struct recon_step *before,
    struct buf *out)
{
	struct json_w w = {.out = out};

	buf_puts(out, "\"mapping\":");
	json_w_array(&w);
	if (before != NULL)
		recon_step_describe(before, &w);
	for (size_t i = 0; c != NULL && i < c->nsteps; i++)
		describe_step(&c->steps[i], &w);
	json_w_end(&w);
	if (c != NULL)
		describe_keys(c, out);
}
