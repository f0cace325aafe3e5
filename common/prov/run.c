/* Runs, read from the log. */
#include "prov/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "prov/log.h"
#include "prov/prov.h"

enum { RUN_MAX = 256 << 20 }; /* bytes of the records of one run */

int
prov_walk(struct prov_store *s, struct prov_walk *w, struct err *e)
{
	struct hash *h = hash_new();
	struct json_doc doc = {0};
	struct prov_chain chain;
	struct prov_log log;
	struct str line;
	int rc = prov_log_open(&log, s, e);

	prov_chain_init(&chain, h, &log.checkpoint);
	while (rc == 0 && (rc = prov_log_next(&log, &line, e)) > 0) {
		uint64_t seq = chain.tree.n;

		rc = prov_chain_next(&chain, &doc, line, e);
		if (rc != 0)
			err_source(e, log.path);
		else if (w->each != NULL)
			rc = w->each(w->arg, seq, line, &doc, e);
	}
	if (rc == 0) {
		rc = prov_chain_seal(&chain, &w->unsealed, e);
		if (rc != 0)
			err_source(e, log.path);
	}
	w->records = chain.tree.n;
	prov_log_close(&log);
	json_free(&doc);
	hash_free(h);
	return rc;
}

bool
prov_is(const struct json_doc *d, const char *type)
{
	uint32_t t = json_member(d, 0, STR("type"));

	return t != JSON_NONE && json_type(d, t) == JSON_STRING &&
	    json_string_is(d, t, str_of(type));
}

bool
prov_is_url(struct str s)
{
	const char *colon = s.len > 0 ? memchr(s.p, ':', s.len) : NULL;

	return colon != NULL && (size_t)(s.p + s.len - colon) > 3 &&
	    memcmp(colon, "://", 3) == 0;
}

struct str
prov_get_text(const struct json_doc *d, uint32_t obj, const char *name,
    struct arena *a)
{
	uint32_t v = obj == JSON_NONE || json_type(d, obj) != JSON_OBJECT
	    ? JSON_NONE
	    : json_member(d, obj, str_of(name));

	if (v == JSON_NONE || json_type(d, v) != JSON_STRING)
		return (struct str){NULL, 0};
	return json_string(d, v, a);
}

uint32_t
prov_get_object(const struct json_doc *d, uint32_t obj, const char *name)
{
	uint32_t v = json_member(d, obj, str_of(name));

	return v != JSON_NONE && json_type(d, v) == JSON_OBJECT ? v
								: JSON_NONE;
}

int64_t
prov_get_int(const struct json_doc *d, uint32_t obj, const char *name)
{
	uint32_t v = obj == JSON_NONE ? JSON_NONE
				      : json_member(d, obj, str_of(name));
	int64_t n;

	return v != JSON_NONE && json_int64(d, v, &n) == 0 ? n : 0;
}

/* Which run is meant: the last one, or the one whose id begins so. */
struct choice {
	const char *name;
	bool last;
	char id[PROV_UUID + 1];
	bool found, ambiguous;
};

static int
choose(void *arg, uint64_t seq, struct str line, const struct json_doc *d,
    struct err *e)
{
	struct choice *c = arg;
	struct arena a = {0};
	struct str id;

	(void)seq;
	(void)line;
	(void)e;
	if (!prov_is(d, "rap/run/1"))
		return 0;
	id = prov_get_text(d, 0, "run", &a);
	if (id.len == PROV_UUID && (c->last ||
	    (strlen(c->name) <= PROV_UUID &&
		memcmp(id.p, c->name, strlen(c->name)) == 0))) {
		c->ambiguous = c->found && !c->last;
		c->found = true;
		memcpy(c->id, id.p, id.len);
		c->id[PROV_UUID] = '\0';
	}
	arena_free(&a);
	return 0;
}

/* Keeps the records of one run. */
struct keep {
	struct prov_store *s;
	struct prov_run *run;
	struct buf text;
};

static bool
belongs(const struct prov_run *r, const struct json_doc *d)
{
	uint32_t id = json_member(d, 0, STR("run"));

	if (strcmp(r->id, "-") == 0)
		return id != JSON_NONE && json_type(d, id) == JSON_NULL;
	return id != JSON_NONE && json_type(d, id) == JSON_STRING &&
	    json_string_is(d, id, str_of(r->id));
}

static int
keep(void *arg, uint64_t seq, struct str line, const struct json_doc *d,
    struct err *e)
{
	struct keep *k = arg;
	struct prov_run *r = k->run;
	struct prov_run_record *rec;
	struct str text;

	(void)line;
	if (!belongs(r, d))
		return 0;
	buf_clear(&k->text);
	if (prov_expand(k->s, d, &k->text, e) != 0)
		return -1;
	if (r->arena.used + k->text.len > RUN_MAX)
		return err_set(e, ERR_DATA, "run.toolarge",
		    "the records of the run pass %d MiB", RUN_MAX >> 20);
	if (r->n == r->cap) {
		r->cap = r->cap != 0 ? r->cap * 2 : 16;
		r->rec = mem_realloc(r->rec, r->cap * sizeof *r->rec);
	}
	text = arena_str(&r->arena, buf_view(&k->text));
	rec = &r->rec[r->n++];
	memset(rec, 0, sizeof *rec);
	rec->seq = seq;
	return json_parse(&rec->doc, text.p, text.len, e);
}

int
prov_run_collect(struct prov_store *s, const char *name, struct prov_run *run,
    struct err *e)
{
	struct choice c = {.name = name, .last = strcmp(name, "last") == 0};
	struct keep k = {.s = s, .run = run, .text = {.max = RUN_MAX}};
	struct prov_walk w = {.each = choose, .arg = &c};
	bool outside = strcmp(name, "-") == 0;
	int rc = outside ? 0 : prov_walk(s, &w, e);

	memset(run, 0, sizeof *run);
	if (rc != 0)
		return -1;
	if (outside)
		memcpy(c.id, "-", 2);
	else if (!c.found) {
		err_set(e, ERR_NOINPUT, "run.absent",
		    c.last ? "no run in the log" : "no run '%s' in the log",
		    name);
		return err_hint(e, "rap-audit log lists them");
	}
	if (c.ambiguous)
		return err_set(e, ERR_USAGE, "run.ambiguous",
		    "more than one run begins with '%s'", name);
	memcpy(run->id, c.id, sizeof run->id);
	w = (struct prov_walk){.each = keep, .arg = &k};
	rc = prov_walk(s, &w, e);
	buf_free(&k.text);
	if (rc == 0 && run->n == 0)
		rc = err_set(e, ERR_NOINPUT, "run.absent",
		    "no stage outside of a run in the log");
	return rc;
}

void
prov_run_free(struct prov_run *run)
{
	for (size_t i = 0; i < run->n; i++)
		json_free(&run->rec[i].doc);
	mem_free(run->rec);
	arena_free(&run->arena);
	memset(run, 0, sizeof *run);
}

char *
prov_look_upwards(void)
{
	struct err ignored;
	struct buf here = {0}, path = {0};
	char *found = NULL;

	if (file_absolute(".", &here, &ignored) != 0)
		return NULL;
	for (;;) {
		buf_clear(&path);
		buf_printf(&path, "%.*s/.rap", (int)here.len, here.p);
		if (file_exists(buf_cstr(&path))) {
			found = mem_dupz(path.p, path.len);
			break;
		}
		while (here.len > 0 && here.p[here.len - 1] != '/')
			here.len--;
		if (here.len == 0)
			break;
		here.len--; /* the slash */
	}
	buf_free(&here);
	buf_free(&path);
	return found;
}

struct prov_store *
prov_find(const char *dir, struct err *e)
{
	struct prov_store *s;
	char *found = NULL;

	if (dir == NULL)
		dir = getenv("RAP_STORE");
	if ((dir == NULL || *dir == '\0') && !file_exists(".rap"))
		dir = found = prov_look_upwards();
	s = prov_open(dir != NULL && *dir != '\0' ? dir : ".rap", e);
	mem_free(found);
	return s;
}
