#include "columns.h"

#include <string.h>

#include "base/mem.h"
#include "format.h"
#include "json/write.h"

static size_t
digits(struct str s, size_t i)
{
	size_t from = i;

	while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i - from;
}

/* -0 in any spelling: readers disagree whether it is 0. */
static bool
is_minus_zero(struct str s)
{
	for (size_t i = 1; i < s.len && s.p[i] != 'e'; i++)
		if (s.p[i] >= '1' && s.p[i] <= '9')
			return false;
	return s.len != 0 && s.p[0] == '-';
}

/* No leading zero or sign "+", an exponent only as e+21. */
bool
columns_is_number(struct str s)
{
	size_t i = s.len != 0 && s.p[0] == '-', n = digits(s, i);

	if (n == 0 || (s.p[i] == '0' && n > 1) || is_minus_zero(s))
		return false;
	i += n;
	if (i < s.len && s.p[i] == '.') {
		n = digits(s, i + 1);
		if (n == 0)
			return false;
		i += 1 + n;
	}
	if (i == s.len)
		return true;
	if (s.len - i < 3 || s.p[i] != 'e' ||
	    (s.p[i + 1] != '+' && s.p[i + 1] != '-') || s.p[i + 2] == '0')
		return false;
	n = digits(s, i + 2);
	return n >= 1 && n <= 3 && i + 2 + n == s.len;
}

int
columns_add(struct columns *c, struct str name, struct err *e)
{
	struct buf b = {0};

	if (name.len == 0)
		buf_printf(&b, "\"c%zu\"", c->n + 1);
	else
		json_put_string(&b, name);
	if (map_add(&c->seen, buf_view(&b)) != c->n) {
		err_set(e, ERR_DATA, "csv.header",
		    "column %zu has the name of an earlier one: %.*s",
		    c->n + 1, (int)b.len, b.p);
		buf_free(&b);
		return err_hint(e, "--no-header numbers the columns");
	}
	buf_putc(&b, ':');
	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 32 : c->cap * 2;
		c->names = mem_realloc(c->names, c->cap * sizeof *c->names);
	}
	c->names[c->n++] = b;
	return 0;
}

void
columns_number(struct columns *c, size_t n)
{
	struct err never; /* numbers differ */

	while (c->n < n)
		(void)columns_add(c, (struct str){0}, &never);
}

void
columns_free(struct columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		buf_free(&c->names[i]);
	mem_free(c->names);
	map_free(&c->seen);
	*c = (struct columns){0};
}

/* Is s one of a list with commas between? */
static bool
is_listed(const char *list, struct str s)
{
	for (;;) {
		size_t n = strcspn(list, ",");

		if (n == s.len && (n == 0 || memcmp(list, s.p, n) == 0))
			return true;
		if (list[n] == '\0')
			return false;
		list += n + 1;
	}
}

void
columns_put(const struct columns *c, size_t i, struct str cell, bool quoted,
    const struct format_opts *opts, struct buf *out)
{
	buf_putc(out, i == 0 ? '{' : ',');
	buf_str(out, buf_view(&c->names[i]));
	if (opts->nulls != NULL && !quoted && is_listed(opts->nulls, cell))
		buf_puts(out, "null");
	else if (opts->infer && !quoted && columns_is_number(cell))
		buf_str(out, cell);
	else
		json_put_string(out, cell);
}
