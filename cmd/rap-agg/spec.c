/* Keys and aggregates from the command line, compiled. */
#include <string.h>

#include "term.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "json/write.h"

/* Keep a member name, and as JSON; it must be new and UTF-8. */
static int
add_name(struct agg_spec *s, struct str text, struct str *name,
    struct str *label, struct err *e)
{
	struct buf b = {0};
	char show[80];

	str_escape(show, sizeof show, text.p, text.len);
	if (utf8_valid(text.p, text.len) != text.len)
		return err_set(e, ERR_USAGE, "agg.name",
		    "name '%s' is not UTF-8", show);
	for (size_t i = 0; i < s->nkeys + s->nitems; i++)
		if (str_eq(text, i < s->nkeys ? s->keys[i].name :
						s->items[i - s->nkeys].name)) {
			err_set(e, ERR_USAGE, "agg.name",
			    "two members of the output are named '%s'", show);
			return err_hint(e, "name a key with -g NAME=PATH");
		}
	*name = arena_str(&s->names, text);
	json_put_string(&b, text);
	buf_putc(&b, ':');
	*label = arena_str(&s->names, buf_view(&b));
	buf_free(&b);
	return 0;
}

/* Say where in the operand an error is: e->pos is a byte of text. */
static int
placed(const char *operand, struct str text, struct err *e)
{
	if (e->pos != ERR_NOPOS)
		e->pos += (size_t)(text.p - operand);
	e->line = 1;
	return -1;
}

/* The name of "NAME=...": an equals sign that is no operator's. */
static struct str
key_name(struct str text)
{
	const char *eq = text.p[0] == '/' ? NULL :
	    memchr(text.p, '=', text.len);
	size_t n = eq != NULL ? (size_t)(eq - text.p) : 0;

	if (n == 0 || n + 1 == text.len || eq[1] == '=' ||
	    memchr("!<>", eq[-1], 3) != NULL || agg_until(text, '=') != n)
		return (struct str){0};
	return (struct str){text.p, n};
}

/* One of -g: PATH or NAME=PATH, and a path may be an expression. */
static int
add_key(struct agg_spec *s, const char *list, struct str text, struct err *e)
{
	struct str name, path = text;
	struct agg_key k = {0};
	const struct agg_term *t;

	if (text.len == 0) {
		err_set(e, ERR_CONFIG, "agg.key", "empty key in -g");
		return err_hint(e, "keys are paths with commas between: "
		    "-g region,date");
	}
	name = key_name(text);
	if (name.p != NULL)
		path = agg_trim((struct str){text.p + name.len + 1,
		    text.len - name.len - 1});
	name = agg_trim(name);
	if (agg_term_add(s, path, AGG_FOR_KEY, &k.term, e) != 0)
		return placed(list, path, e);
	t = &s->terms[k.term];
	if (name.p == NULL && t->x != NULL) {
		err_set(e, ERR_CONFIG, "agg.key", "a key that is an "
		    "expression needs a name");
		return err_hint(e, "-g NAME=EXPRESSION; a member of that very "
		    "name is -g /%.60s", list);
	}
	if (name.p == NULL)
		name = t->path.n != 0 ? t->path.steps[t->path.n - 1].name :
		    (struct str){"", 0};
	if (add_name(s, name, &k.name, &k.label, e) != 0)
		return -1;
	s->keys[s->nkeys++] = k;
	return 0;
}

static int
add_keys(struct agg_spec *s, const char *list, struct err *e)
{
	struct str rest = str_of(list), one;

	for (;;) {
		size_t n = agg_until(rest, ',');

		/* Quotes in a JSON Pointer are just bytes. */
		if (rest.len != 0 && rest.p[0] == '/')
			n = strcspn(rest.p, ",");
		one = agg_trim((struct str){rest.p, n});
		if (add_key(s, list, one, e) != 0)
			return -1;
		if (n == rest.len)
			return 0;
		rest = (struct str){rest.p + n + 1, rest.len - n - 1};
	}
}

static int
unknown_func(struct str func, struct err *e)
{
	char show[80];

	str_escape(show, sizeof show, func.p, func.len);
	err_set(e, ERR_CONFIG, "agg.func", "unknown function '%s'", show);
	return err_hint(e, "there are count, sum, mean, min and max");
}

/* What stands in the brackets. */
static int
add_arg(struct agg_spec *s, struct agg_item *it, const char *operand,
    const struct agg_call *c, struct err *e)
{
	static const enum agg_use uses[] = {
	    [AGG_COUNT] = AGG_FOR_COUNT,
	    [AGG_SUM] = AGG_FOR_NUMBER,
	    [AGG_MEAN] = AGG_FOR_NUMBER,
	    [AGG_MIN] = AGG_FOR_ORDER,
	    [AGG_MAX] = AGG_FOR_ORDER,
	};
	bool none = c->arg.len == 0 || str_eq(c->arg, STR("*"));

	if (none && it->func == AGG_COUNT)
		return 0;
	if (none) {
		err_set(e, ERR_CONFIG, "agg.arg", "%.*s needs an argument",
		    (int)c->func.len, c->func.p);
		return err_hint(e, "a path such as amount or /a/b, or an "
		    "expression such as price * qty");
	}
	if (agg_until(c->arg, ',') != c->arg.len) {
		err_set(e, ERR_CONFIG, "agg.arg", "%.*s takes one argument",
		    (int)c->func.len, c->func.p);
		return err_hint(e, "a name with a comma: r['a,b']");
	}
	if (agg_term_add(s, c->arg, uses[it->func], &it->term, e) != 0)
		return placed(operand, c->arg, e);
	return 0;
}

static int
add_item(struct agg_spec *s, const char *operand, struct err *e)
{
	struct agg_item it = {.term = AGG_NONE, .where = AGG_NONE};
	struct agg_call c;
	int f;

	if (agg_call_split(operand, &c, e) != 0)
		return -1;
	f = agg_func_find(c.func);
	if (f < 0)
		return unknown_func(c.func, e);
	if (c.name.len == 0) {
		err_set(e, ERR_USAGE, "agg.name",
		    "an aggregate needs a name for its result");
		return err_hint(e, "for example %.*s=%.60s", (int)c.func.len,
		    c.func.p, c.name.p == NULL ? operand : operand + 1);
	}
	it.func = (enum agg_func)f;
	if (add_arg(s, &it, operand, &c, e) != 0)
		return -1;
	if (c.where.len != 0 &&
	    agg_term_add(s, c.where, AGG_FOR_TEST, &it.where, e) != 0)
		return placed(operand, c.where, e);
	if (add_name(s, c.name, &it.name, &it.label, e) != 0)
		return -1;
	s->items[s->nitems++] = it;
	return 0;
}

int
agg_spec_compile(struct agg_spec *s, const struct cli_list *keys,
    const struct cli_list *items, struct err *e)
{
	size_t nkeys = keys->n;

	for (size_t i = 0; i < keys->n; i++)
		for (const char *p = keys->item[i]; *p != '\0'; p++)
			nkeys += *p == ',';
	s->keys = mem_array(nkeys, sizeof *s->keys);
	s->items = mem_array(items->n, sizeof *s->items);
	s->terms = mem_array(nkeys + 2 * items->n, sizeof *s->terms);
	for (size_t i = 0; i < keys->n; i++)
		if (add_keys(s, keys->item[i], e) != 0)
			return err_source(e, keys->item[i]);
	for (size_t i = 0; i < items->n; i++)
		if (add_item(s, items->item[i], e) != 0)
			return err_source(e, items->item[i]);
	return 0;
}

void
agg_spec_free(struct agg_spec *s)
{
	for (size_t i = 0; i < s->nterms; i++)
		agg_term_free(&s->terms[i]);
	mem_free(s->terms);
	mem_free(s->keys);
	mem_free(s->items);
	arena_free(&s->names);
	*s = (struct agg_spec){0};
}
