/* Keys and aggregates from the command line. */
#include <ctype.h>
#include <string.h>

#include "agg.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "json/write.h"

/* ORDER agg_func */
static const char *const funcs[] = {"count", "sum", "mean", "min", "max"};

struct call {
	struct str name, func, arg;
};

static struct str
trim(struct str s)
{
	while (s.len != 0 && s.p[0] == ' ') {
		s.p++;
		s.len--;
	}
	while (s.len != 0 && s.p[s.len - 1] == ' ')
		s.len--;
	return s;
}

/*
 * Take NAME=FUNC(ARG) apart; NAME may be missing.  A name has no '/', so that
 * a file of such a name can be given as ./NAME.
 */
static bool
split_call(const char *text, struct call *c)
{
	const char *eq = strchr(text, '='), *open = strchr(text, '(');
	const char *func, *end = text + strlen(text);

	if (open == NULL || end[-1] != ')')
		return false;
	*c = (struct call){.arg = {open + 1, (size_t)(end - open) - 2}};
	func = text;
	if (eq != NULL && eq < open) {
		c->name = (struct str){text, (size_t)(eq - text)};
		func = eq + 1;
	}
	c->func = trim((struct str){func, (size_t)(open - func)});
	c->arg = trim(c->arg);
	if (memchr(text, '/', (size_t)(open - text)) != NULL ||
	    c->func.len == 0)
		return false;
	for (size_t i = 0; i < c->func.len; i++)
		if (!isalnum((unsigned char)c->func.p[i]) &&
		    c->func.p[i] != '_')
			return false;
	return true;
}

static int
find_func(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(funcs); i++)
		if (str_eq(name, str_of(funcs[i])))
			return (int)i;
	return -1;
}

bool
agg_is_item(const char *operand)
{
	struct call c;

	/* Without a name only what cannot be meant as a file. */
	return split_call(operand, &c) &&
	    (c.name.p != NULL || find_func(c.func) >= 0);
}

/* The index of a path, compiled once for all who use it. */
static int
add_path(struct agg_spec *s, struct str text, size_t *index, struct err *e)
{
	struct json_path *p = &s->paths[s->npaths];

	if (json_path_compile(p, text, e) != 0)
		return -1;
	for (size_t i = 0; i < s->npaths; i++)
		if (str_eq(s->paths[i].text, p->text)) {
			json_path_free(p);
			*index = i;
			return 0;
		}
	*index = s->npaths++;
	return 0;
}

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

/* One of -g: PATH or NAME=PATH. */
static int
add_key(struct agg_spec *s, struct str text, struct err *e)
{
	const char *eq = memchr(text.p, '=', text.len);
	struct str path = text, name = {0};
	struct agg_key k = {0};

	if (eq != NULL && text.p[0] != '/') {
		name = (struct str){text.p, (size_t)(eq - text.p)};
		path = (struct str){eq + 1, text.len - name.len - 1};
	}
	if (path.len == 0)
		return err_hint(
		    (err_set(e, ERR_CONFIG, "agg.key", "empty key in -g"), e),
		    "keys are paths with commas between: -g region,date");
	if (add_path(s, path, &k.path, e) != 0)
		return -1;
	if (name.p == NULL)
		name = s->paths[k.path].steps[s->paths[k.path].n - 1].name;
	if (add_name(s, name, &k.name, &k.label, e) != 0)
		return -1;
	s->keys[s->nkeys++] = k;
	return 0;
}

static int
add_keys(struct agg_spec *s, const char *list, struct err *e)
{
	const char *from = list, *comma;

	for (;; from = comma + 1) {
		comma = strchr(from, ',');
		if (comma == NULL)
			return add_key(s, str_of(from), e);
		if (add_key(s, (struct str){from, (size_t)(comma - from)},
			e) != 0)
			return -1;
	}
}

static int
add_item(struct agg_spec *s, const char *operand, struct err *e)
{
	struct agg_item it = {.path = AGG_NONE};
	struct call c;
	char show[80];
	int f;

	split_call(operand, &c);
	str_escape(show, sizeof show, c.func.p, c.func.len);
	f = find_func(c.func);
	if (f < 0) {
		const char *near = str_near(c.func, funcs, ARRAY_LEN(funcs));

		err_set(e, ERR_CONFIG, "agg.func", "unknown function '%s'",
		    show);
		return near != NULL ?
		    err_hint(e, "did you mean '%s'?", near) :
		    err_hint(e, "there are count, sum, mean, min and max");
	}
	if (c.name.len == 0) {
		err_set(e, ERR_USAGE, "agg.name",
		    "an aggregate needs a name for its result");
		return err_hint(e, "for example %s=%.60s", show, operand);
	}
	it.func = (enum agg_func)f;
	if (memchr(c.arg.p, ',', c.arg.len) != NULL)
		return err_set(e, ERR_CONFIG, "agg.arg",
		    "%s takes one argument, a path", show);
	if (c.arg.len == 0 && it.func != AGG_COUNT)
		return err_set(e, ERR_CONFIG, "agg.arg",
		    "%s needs an argument, a path such as amount or /a/b",
		    show);
	if (c.arg.len != 0 && add_path(s, c.arg, &it.path, e) != 0)
		return -1;
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
	s->paths = mem_array(nkeys + items->n, sizeof *s->paths);
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
	for (size_t i = 0; i < s->npaths; i++)
		json_path_free(&s->paths[i]);
	mem_free(s->paths);
	mem_free(s->keys);
	mem_free(s->items);
	arena_free(&s->names);
	*s = (struct agg_spec){0};
}
