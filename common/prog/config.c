/* --config FILE: options as YAML, a section for each program. */
#include "prog/prog_priv.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "conf/conf.h"

static const char *const sections[] = {"rap-fetch", "rap-validate",
    "rap-map", "rap-agg", "rap-audit", "rap-replay"};

static bool
was_given(const struct cli_list *given, struct str name)
{
	for (size_t i = 0; i < given->n; i++)
		if (str_eq(str_of(given->item[i]), name))
			return true;
	return false;
}

/* Keep the word as long as the program runs: options point into it. */
static char *
keep_word(struct prog_state *st, const struct buf *word)
{
	st->config_words = mem_realloc(st->config_words,
	    (st->nconfig + 1) * sizeof *st->config_words);
	st->config_words[st->nconfig] = mem_dupz(word->p, word->len);
	return st->config_words[st->nconfig++];
}

/* One value of an option, as the word the command line would have had. */
static int
option_value(struct prog *p, const struct conf *c, struct str name,
    uint32_t value, struct err *e)
{
	enum json_type t = json_type(&c->doc, value);
	struct arena a = {0};
	struct buf word = {0};
	struct str s = t == JSON_STRING ? json_string(&c->doc, value, &a)
					: json_raw(&c->doc, value);
	int rc = 0;

	buf_printf(&word, "--%.*s", (int)name.len, name.p);
	if (t != JSON_TRUE)
		buf_printf(&word, "=%.*s", (int)s.len, s.p);
	if (t == JSON_ARRAY || t == JSON_OBJECT || t == JSON_NULL)
		rc = conf_err(c, value, e, "conf.option",
		    "an option takes a text, a number, true or false");
	else if (t != JSON_FALSE &&
	    prog_config_option(p, keep_word(p->state, &word), e) != 0) {
		e->code = ERR_CONFIG;
		conf_place(c, value, e);
		rc = -1;
	}
	buf_free(&word);
	arena_free(&a);
	return rc;
}

/* A member of the section: one value, or a list for an option that may be
 * given several times. */
static int
option(struct prog *p, const struct conf *c, uint32_t name, struct err *e)
{
	const struct json_node *v = c->doc.nodes;
	struct arena a = {0};
	struct str s = json_string(&c->doc, name, &a);
	uint32_t value = name + 1;
	int rc = 0;

	if (v[value].type != JSON_ARRAY)
		rc = option_value(p, c, s, value, e);
	else
		for (uint32_t k = value + 1; k < v[value].next && rc == 0;
		     k = v[k].next)
			rc = option_value(p, c, s, k, e);
	arena_free(&a);
	return rc;
}

static int
section_options(struct prog *p, const struct conf *c, uint32_t section,
    const struct cli_list *given, struct err *e)
{
	const struct json_node *v = c->doc.nodes;
	int rc = 0;

	if (v[section].type != JSON_OBJECT)
		return conf_err(c, section, e, "conf.option",
		    "the section of %s is no mapping of options",
		    p->def->name);
	for (uint32_t k = section + 1; k < v[section].next && rc == 0;
	     k = v[k + 1].next) {
		struct arena a = {0};
		struct str name = json_string(&c->doc, k, &a);

		if (str_eq(name, STR("config")))
			rc = conf_err(c, k, e, "conf.option",
			    "a configuration cannot name another one");
		/* The command line wins, for lists too. */
		else if (!was_given(given, name))
			rc = option(p, c, k, e);
		arena_free(&a);
	}
	return rc;
}

int
prog_config(struct prog *p, const char *path, const struct cli_list *given,
    struct err *e)
{
	struct conf c = {0};
	struct buf text = {0};
	uint32_t section;
	int rc = prog_load(p, "", path, &text, NULL, e);

	if (rc == 0) {
		rc = conf_parse(&c, text.p, text.len, e);
		if (rc == 0)
			rc = conf_keys(&c, 0, sections, ARRAY_LEN(sections),
			    e);
		section = rc == 0
		    ? json_member(&c.doc, 0, str_of(p->def->name))
		    : JSON_NONE;
		if (section != JSON_NONE)
			rc = section_options(p, &c, section, given, e);
		if (rc != 0)
			err_source(e, path);
	}
	conf_free(&c);
	buf_free(&text);
	return rc;
}
