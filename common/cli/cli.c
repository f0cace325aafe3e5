#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum { TABLES = 2, NAMES_MAX = 128 };

struct parse {
	const struct cli_opt *table[TABLES];
	size_t n[TABLES];
	int argc, at;
	char **argv;
	struct cli_list *given;
	struct err *e;
};

void
cli_list_add(struct cli_list *l, const char *item)
{
	if (l->n == l->cap) {
		l->cap = l->cap != 0 ? l->cap * 2 : 8;
		l->item = mem_realloc(l->item, l->cap * sizeof *l->item);
	}
	l->item[l->n++] = item;
}

void
cli_list_free(struct cli_list *l)
{
	mem_free(l->item);
	*l = (struct cli_list){0};
}

static const struct cli_opt *
by_letter(const struct parse *p, char letter)
{
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < p->n[t]; i++)
			if (p->table[t][i].letter == letter)
				return &p->table[t][i];
	return NULL;
}

static const struct cli_opt *
by_name(const struct parse *p, struct str name)
{
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < p->n[t]; i++)
			if (p->table[t][i].name != NULL &&
			    str_eq(str_of(p->table[t][i].name), name))
				return &p->table[t][i];
	return NULL;
}

static int
unknown(struct parse *p, struct str name)
{
	const char *names[NAMES_MAX];
	const char *near;
	size_t n = 0;

	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < p->n[t] && n < NAMES_MAX; i++)
			if (p->table[t][i].name != NULL)
				names[n++] = p->table[t][i].name;
	err_set(p->e, ERR_USAGE, "usage.option", "unknown option --%.*s",
	    (int)name.len, name.p);
	near = str_near(name, names, n);
	if (near != NULL)
		return err_hint(p->e, "did you mean --%s?", near);
	return err_hint(p->e, "see --help");
}

static int
bad_value(struct parse *p, const struct cli_opt *o, const char *value,
    const char *want)
{
	return err_set(p->e, ERR_USAGE, "usage.value",
	    "'%s' is no %s for --%s", value, want, o->name);
}

static int
store(struct parse *p, const struct cli_opt *o, const char *value)
{
	unsigned long long v;

	if (p->given != NULL && o->name != NULL)
		cli_list_add(p->given, o->name);
	switch (o->kind) {
	case CLI_FLAG:
		*(bool *)o->into = true;
		return 0;
	case CLI_TEXT:
		*(const char **)o->into = value;
		return 0;
	case CLI_LIST:
		cli_list_add(o->into, value);
		return 0;
	case CLI_COUNT:
		if (str_to_u64(str_of(value), UINT64_MAX, &v) != 0)
			return bad_value(p, o, value, "whole number");
		*(uint64_t *)o->into = v;
		return 0;
	case CLI_SIZE:
		if (str_to_size(str_of(value), o->into) != 0)
			return bad_value(p, o, value,
			    "size (such as 64KiB or 512MiB)");
		return 0;
	}
	return 0;
}

/* The value of an option that needs one: given with it, or the next word. */
static int
take(struct parse *p, const struct cli_opt *o, const char *given)
{
	if (o->kind == CLI_FLAG) {
		if (given != NULL)
			return err_set(p->e, ERR_USAGE, "usage.value",
			    "--%s takes no value", o->name);
		return store(p, o, NULL);
	}
	if (given == NULL) {
		if (p->at + 1 >= p->argc)
			return err_set(p->e, ERR_USAGE, "usage.missing",
			    "--%s needs a value (%s)", o->name, o->arg);
		given = p->argv[++p->at];
	}
	return store(p, o, given);
}

static int
long_option(struct parse *p, const char *word)
{
	const char *eq = strchr(word, '=');
	struct str name = {word, eq != NULL ? (size_t)(eq - word)
					    : strlen(word)};
	const struct cli_opt *o = by_name(p, name);

	if (o == NULL)
		return unknown(p, name);
	return take(p, o, eq != NULL ? eq + 1 : NULL);
}

/* -x, -xVALUE, or flags joined: -qv. */
static int
short_options(struct parse *p, const char *word)
{
	for (; *word != '\0'; word++) {
		const struct cli_opt *o = by_letter(p, *word);

		if (o == NULL) {
			err_set(p->e, ERR_USAGE, "usage.option",
			    "unknown option -%c", *word);
			return err_hint(p->e, "see --help");
		}
		if (o->kind != CLI_FLAG)
			return take(p, o, word[1] != '\0' ? word + 1 : NULL);
		if (take(p, o, NULL) != 0)
			return -1;
	}
	return 0;
}

int
cli_parse(const struct cli_parse_in *in, struct cli_list *operands,
    struct err *e)
{
	struct parse p = {.table = {in->own, in->shared},
	    .n = {in->nown, in->nshared},
	    .argc = in->argc,
	    .argv = in->argv,
	    .given = in->given,
	    .e = e};
	bool ended = false;

	for (p.at = 1; p.at < p.argc; p.at++) {
		const char *word = p.argv[p.at];
		int rc = 0;

		if (ended || word[0] != '-' || word[1] == '\0') {
			ended |= in->stop_at_operand;
			cli_list_add(operands, word);
		} else if (strcmp(word, "--") == 0)
			ended = true;
		else if (word[1] == '-')
			rc = long_option(&p, word + 2);
		else
			rc = short_options(&p, word + 1);
		if (rc != 0)
			return -1;
	}
	return 0;
}

enum { HELP_COLUMN = 30, HELP_WIDTH = 79 };

/* The text in its column, broken between words. */
static void
put_help(struct buf *out, size_t width, const char *text)
{
	if (width >= HELP_COLUMN) {
		buf_putc(out, '\n');
		width = 0;
	}
	for (;;) {
		size_t n = strlen(text), room = HELP_WIDTH - HELP_COLUMN;

		if (n > room) {
			for (n = room; n > 0 && text[n] != ' ';)
				n--;
			if (n == 0)
				n = strcspn(text, " ");
		}
		buf_printf(out, "%*s%.*s\n", (int)(HELP_COLUMN - width), "",
		    (int)n, text);
		text += n;
		if (*text == '\0')
			return;
		text++;
		width = 0;
	}
}

void
cli_help(const struct cli_opt *opts, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct cli_opt *o = &opts[i];
		size_t from = out->len;

		if (o->letter != 0)
			buf_printf(out, "  -%c", o->letter);
		else
			buf_puts(out, "    ");
		if (o->name != NULL)
			buf_printf(out, "%s--%s", o->letter != 0 ? ", " : "  ",
			    o->name);
		if (o->arg != NULL)
			buf_printf(out, " %s", o->arg);
		put_help(out, out->len - from, o->help);
	}
}
