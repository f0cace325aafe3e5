#include "mapping.h"

#include "base/err.h"
#include "cli/cli.h"
#include "json/json.h"
#include "json/write.h"
#include "reconcile.h"

/* --keep, --drop and --rename as the mapping file they mean. */

/* The next path of "P,Q,..."; a comma in a name needs a mapping file. */
static bool
next_path(struct str *list, struct str *path)
{
	const char *comma;

	if (list->p == NULL)
		return false;
	comma = memchr(list->p, ',', list->len);
	*path = *list;
	if (comma == NULL) {
		list->p = NULL;
		return true;
	}
	path->len = (size_t)(comma - list->p);
	list->p = comma + 1;
	list->len -= path->len + 1;
	return true;
}

static struct str
trim(struct str s)
{
	while (s.len != 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){s.p + 1, s.len - 1};
	while (s.len != 0 && (s.p[s.len - 1] == ' ' ||
	    s.p[s.len - 1] == '\t' || s.p[s.len - 1] == '\n'))
		s.len--;
	return s;
}

static void
put_field(struct json_w *w, struct str to, struct str from)
{
	json_w_object(w);
	json_w_member(w, "to", to);
	json_w_member(w, "from", from);
	json_w_end(w);
}

/* Is path one of the lists? */
static bool
is_in(const struct cli_list *lists, struct str path)
{
	for (size_t i = 0; i < lists->n; i++) {
		struct str list = str_of(lists->item[i]), one;

		while (next_path(&list, &one))
			if (str_eq(one, path))
				return true;
	}
	return false;
}

/* OLD=NEW */
static int
split_pair(struct str pair, struct str *from, struct str *to, struct err *e)
{
	const char *eq = memchr(pair.p, '=', pair.len);

	if (eq == NULL || eq == pair.p || eq + 1 == pair.p + pair.len)
		return err_set(e, ERR_USAGE, "usage.value",
		    "--rename takes OLD=NEW, not \"%.*s\"", (int)pair.len,
		    pair.p);
	*from = (struct str){pair.p, (size_t)(eq - pair.p)};
	*to = (struct str){eq + 1, pair.len - from->len - 1};
	if (memchr(to->p, '=', to->len) != NULL)
		return err_set(e, ERR_USAGE, "usage.value",
		    "--rename takes one = in \"%.*s\"; a name with one needs "
		    "a mapping file", (int)pair.len, pair.p);
	return 0;
}

/* The new name of path: the last one given, or itself. */
static int
new_name(const struct cli_list *rename, struct str path, struct str *name,
    struct err *e)
{
	*name = path;
	for (size_t i = 0; i < rename->n; i++) {
		struct str list = str_of(rename->item[i]), pair, from, to;

		while (next_path(&list, &pair)) {
			if (split_pair(pair, &from, &to, e) != 0)
				return -1;
			if (str_eq(from, path))
				*name = to;
		}
	}
	return 0;
}

/* Those that --keep does not name itself. */
static int
put_renames(struct json_w *w, const struct cli_list *keep,
    const struct cli_list *rename, struct err *e)
{
	for (size_t i = 0; i < rename->n; i++) {
		struct str list = str_of(rename->item[i]), pair, from, to;

		while (next_path(&list, &pair)) {
			if (split_pair(pair, &from, &to, e) != 0)
				return -1;
			if (!is_in(keep, from))
				put_field(w, to, from);
		}
	}
	return 0;
}

/* Is there an [n] in the dotted path? */
static bool
is_element(struct str to)
{
	for (size_t i = 0, k; i < to.len && to.p[0] != '/'; i++) {
		for (k = i + 1; k < to.len && to.p[k] >= '0' &&
		     to.p[k] <= '9'; k++)
			;
		if (to.p[i] == '[' && k > i + 1 && k < to.len &&
		    to.p[k] == ']')
			return true;
	}
	return false;
}

/* a[0] = X would make a member of that name. */
static int
set_element(struct str to, struct err *e)
{
	err_set(e, ERR_USAGE, "usage.value",
	    "-e sets members, and no elements of arrays: \"%.*s\"",
	    (int)(to.len < 80 ? to.len : 80), to.p);
	return err_hint(e, "set the whole array; a member of that very name "
	    "is a JSON Pointer, /a[0]");
}

/* PATH = CEL */
static int
split_assign(const char *text, struct str *to, struct str *expr,
    struct err *e)
{
	const char *eq = strchr(text, '=');

	if (eq != NULL && eq[1] != '=') {
		*to = trim((struct str){text, (size_t)(eq - text)});
		*expr = trim(str_of(eq + 1));
		if (is_element(*to))
			return set_element(*to, e);
		if (to->len != 0 && expr->len != 0)
			return 0;
	}
	err_set(e, ERR_USAGE, "usage.value",
	    "-e takes PATH = EXPRESSION, not \"%s\"", text);
	return err_hint(e, "--where EXPRESSION chooses records");
}

/* Is path, or the name it gets, set by -e? */
static int
is_assigned(const struct cli_list *assign, struct str path, struct str name,
    bool *yes, struct err *e)
{
	struct str to, expr;

	for (size_t i = 0; i < assign->n; i++) {
		if (split_assign(assign->item[i], &to, &expr, e) != 0)
			return -1;
		/* /a is a */
		if (to.p[0] == '/' && path.p[0] != '/' && name.p[0] != '/')
			to = (struct str){to.p + 1, to.len - 1};
		*yes = *yes || str_eq(to, path) || str_eq(to, name);
	}
	return 0;
}

static int
empty_name(const char *option, struct err *e)
{
	return err_set(e, ERR_USAGE, "usage.value",
	    "an empty name in --%s", option);
}

static int
put_kept(struct json_w *w, const struct map_options *o, struct err *e)
{
	for (size_t i = 0; i < o->keep.n; i++) {
		struct str list = str_of(o->keep.item[i]), path, name;

		while (next_path(&list, &path)) {
			bool set = false;

			if (path.len == 0)
				return empty_name("keep", e);
			if (new_name(&o->rename, path, &name, e) != 0 ||
			    is_assigned(&o->assign, path, name, &set, e) != 0)
				return -1;
			if (!set)
				put_field(w, name, path);
		}
	}
	return 0;
}

static int
put_dropped(struct json_w *w, const struct cli_list *drop, struct err *e)
{
	json_w_name(w, STR("drop"));
	json_w_array(w);
	for (size_t i = 0; i < drop->n; i++) {
		struct str list = str_of(drop->item[i]), path;

		while (next_path(&list, &path)) {
			if (path.len == 0)
				return empty_name("drop", e);
			json_w_string(w, path);
		}
	}
	json_w_end(w);
	return 0;
}

static int
put_assigned(struct json_w *w, const struct cli_list *assign, struct err *e)
{
	struct str to, expr;

	for (size_t i = 0; i < assign->n; i++) {
		if (split_assign(assign->item[i], &to, &expr, e) != 0)
			return -1;
		json_w_object(w);
		json_w_member(w, "to", to);
		json_w_member(w, "expr", expr);
		json_w_end(w);
	}
	return 0;
}

/* As the key reconcile; what is no number is told of later. */
static void
put_reconcile(struct json_w *w, const struct recon_args *a)
{
	const char *const names[] = {"accept", "review"};
	const char *const texts[] = {a->accept, a->review};
	struct json_doc d = {0};
	struct buf b = {0};
	struct err ignored;

	json_w_name(w, STR("reconcile"));
	json_w_object(w);
	json_w_member(w, "target", str_of(a->target));
	if (a->decisions != NULL)
		json_w_member(w, "decisions", str_of(a->decisions));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (texts[i] == NULL)
			continue;
		buf_clear(&b);
		buf_puts(&b, *texts[i] == '.' ? "0" : "");
		buf_puts(&b, texts[i]);
		if (json_parse(&d, b.p, b.len, &ignored) != 0)
			continue;
		json_w_name(w, str_of(names[i]));
		json_w_raw(w, buf_view(&b));
	}
	json_w_end(w);
	json_free(&d);
	buf_free(&b);
}

int
mapping_of_options(const struct map_options *o, struct buf *out,
    struct err *e)
{
	struct json_w w = {.out = out};

	if (o->keep.n != 0 && o->drop.n != 0)
		return err_set(e, ERR_USAGE, "usage.option",
		    "--keep and --drop exclude each other");
	json_w_object(&w);
	json_w_member(&w, "rap", STR("map/1"));
	if (o->reconcile != NULL && o->reconcile->target != NULL)
		put_reconcile(&w, o->reconcile);
	if (o->where != NULL)
		json_w_member(&w, "where", str_of(o->where));
	if (o->keep.n + o->rename.n + o->assign.n != 0) {
		json_w_name(&w, STR("fields"));
		json_w_array(&w);
		if (put_kept(&w, o, e) != 0 ||
		    put_renames(&w, &o->keep, &o->rename, e) != 0 ||
		    put_assigned(&w, &o->assign, e) != 0)
			return -1;
		json_w_end(&w);
	}
	json_w_member(&w, "unmapped", o->keep.n != 0 ? STR("drop") :
	    STR("keep"));
	if (o->drop.n != 0 && put_dropped(&w, &o->drop, e) != 0)
		return -1;
	json_w_end(&w);
	return 0;
}
