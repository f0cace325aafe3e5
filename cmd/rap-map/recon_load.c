#include "recon_gold.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "json/write.h"
#include "mapping.h"
#include "num/num.h"
#include "prog/prog.h"
#include "schema/schema.h"

/* Of share/lexicon; users add theirs with --lexicon. */
static const char *const lexicons[] = {"en-words", "en-kinds", "en-units",
    "en-usual", "en-contrasts", "en-time", "en-people", "en-places", "en-web",
    "en-commerce", "en-health", "en-vehicles", "en-transport", "en-sports",
    "en-nature", "en-science", "en-records", "en-short", "xx-words"};

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
	struct buf b = {0};
	double v = -1;

	*out = otherwise;
	if (text == NULL)
		return 0;
	/* .85 is one, too. */
	buf_puts(&b, *text == '.' ? "0" : "");
	buf_puts(&b, text);
	if (json_parse(&d, b.p, b.len, e) == 0 &&
	    json_type(&d, 0) == JSON_NUMBER)
		num_to_double(json_raw(&d, 0), &v, e);
	json_free(&d);
	buf_free(&b);
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
		    "review is above accept, the least confidence of "
		    "a match that is used");
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

/* Read the target of a file: a schema, a list, or lines. */
static int
load_target(struct gold *g, struct prog *p, const char *name, struct err *e)
{
	struct buf text = {0};
	int rc = prog_load(p, "schemas", name, &text, NULL, e);

	if (rc == 0 && target_read(g, &text, e) != 0)
		rc = err_source(e, name);
	buf_free(&text);
	return rc;
}

/* What is matched, once all fields are known. */
static int
make_target(struct gold *g, const char *name, struct err *e)
{
	if (g->n == 0)
		err_set(e, ERR_CONFIG, "map.target",
		    "the target has no fields");
	else if (gold_units(g, e) == 0)
		g->target = recon_target_new(g->lex, g->fields, g->n, e);
	for (size_t i = 0; i < g->n; i++)
		map_add(&g->names, gold_text(g, (uint32_t)i));
	return g->target != NULL ? 0 : err_source(e, name);
}

static int
load_decisions(struct gold *g, struct prog *p, const char *name,
    struct err *e)
{
	struct buf text = {0};
	int rc = prog_load(p, "", name, &text, NULL, e);

	if (rc != 0 && e->code == ERR_NOINPUT)
		err_hint(e, "--decide writes it; as long as nothing is "
		    "decided, make an empty file");
	if (rc == 0 && people_read(&g->people, text.p, text.len, e) != 0)
		rc = err_source(e, name);
	buf_free(&text);
	return rc;
}

int
gold_load(struct gold *g, struct prog *p, const struct recon_args *a,
    const struct chain *c, struct err *e)
{
	bool own = a->target == NULL || strcmp(a->target, "-") == 0;

	places_init(&g->places);
	if (gold_words(g, p, a, e) != 0)
		return -1;
	if (own && c == NULL) {
		err_set(e, ERR_USAGE, "usage.value",
		    "--reconcile - is about a mapping, and there is none");
		return err_hint(e, "give -m FILE, or a schema or a list of "
		    "names as the target");
	}
	if (!own && load_target(g, p, a->target, e) != 0)
		return -1;
	if (c != NULL && target_of_chain(g, c, own, e) != 0)
		return -1;
	if (make_target(g, own ? c->steps[0].file : a->target, e) != 0)
		return -1;
	return a->decisions == NULL ? 0 :
	    load_decisions(g, p, a->decisions, e);
}

void
gold_free(struct gold *g)
{
	people_free(&g->people);
	recon_target_free(g->target);
	recon_lexicon_free(g->lex);
	places_free(&g->places);
	map_free(&g->names);
	mem_free(g->fields);
	mem_free(g->place);
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
