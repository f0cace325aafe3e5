/*
 * libFuzzer: whatever the bytes, a YAML file is read or refused, and a place in
 * it is never wrong: where a byte of a scalar is said to stand, it stands, or
 * an escape or a fold of lines that is read as it; the places of a scalar go
 * on, and what is shown of them is within its bounds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/caret.h"
#include "base/err.h"
#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NODES = 64, BYTES = 200 };

static void
check(int ok, const char *what, const struct err *e)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s [%s] %zu:%zu+%zu\n", what, e->msg, e->id,
	    e->line, e->pos, e->len);
	abort();
}

static void
check_shown(const struct err *e)
{
	check(memchr(e->shown, '\0', sizeof e->shown) != NULL &&
	    memchr(e->shown, '\n', strlen(e->shown)) == NULL,
	    "no line", e);
	check(e->shown_at + e->shown_len <= CARET_COLUMNS + 6,
	    "underlined too far", e);
}

/* The offset of the place of e. */
static size_t
offset(const struct conf *c, const struct err *e)
{
	size_t at = 0, line = 1;

	check(e->line >= 1, "no line", e);
	for (; line < e->line && at < c->source.len; at++)
		line += c->source.p[at] == '\n';
	check(line == e->line && at + e->pos <= c->source.len,
	    "outside the file", e);
	return at + e->pos;
}

static void
check_scalar(const struct conf *c, uint32_t node, struct str value)
{
	size_t before = 0;
	struct err e;

	for (size_t i = 0; i < value.len && i < BYTES; i++) {
		size_t at;
		char is;

		err_set(&e, ERR_CONFIG, "test.id", "text");
		conf_point(c, node, i, 1, &e);
		check_shown(&e);
		at = offset(c, &e);
		if (e.len == 0)
			continue;
		is = c->source.p[at];
		check(is == value.p[i] || strchr("\\'\r\n\t ", is) != NULL ||
		    ((unsigned char)is & 0x80) != 0, "another byte", &e);
		check(at >= before && at + e.len <= c->source.len,
		    "back or outside", &e);
		before = at;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf c = {0};
	struct arena mem = {0};
	struct err e;
	char *text = malloc(size != 0 ? size : 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, size); /* its exact size: over-reads are seen */
	if (conf_parse(&c, text, size, &e) != 0) {
		check(e.code == ERR_CONFIG || e.code == ERR_INTERNAL,
		    "no reason", &e);
		check(e.code != ERR_INTERNAL, "a fault", &e);
		check_shown(&e);
	}
	for (uint32_t i = 0; c.line != NULL && i < c.doc.n && i < NODES; i++) {
		conf_err(&c, i, &e, "test.id", "text");
		check_shown(&e);
		offset(&c, &e);
		if (json_type(&c.doc, i) == JSON_STRING)
			check_scalar(&c, i, json_string(&c.doc, i, &mem));
	}
	arena_free(&mem);
	conf_free(&c);
	free(text);
	return 0;
}
