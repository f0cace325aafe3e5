#include "engine/block.h"

#include <string.h>

#include "base/mem.h"

void
engine_take(struct engine_cursor *c, size_t len, struct engine_line *l)
{
	const struct engine_block *b = c->block;

	if (c->at == 0)
		c->line = b->line;
	l->p = b->data + c->at;
	l->len = len;
	l->number = c->line++;
	l->offset = b->offset + c->at;
	c->at += len + 1;
	l->overlong = b->overlong || len > b->max_line;
	if (l->overlong && len > ENGINE_OVERLONG)
		l->len = ENGINE_OVERLONG;
	else if (len != 0 && l->p[len - 1] == '\r')
		l->len--;
}

bool
engine_next(struct engine_cursor *c, struct engine_line *l)
{
	const struct engine_block *b = c->block;
	const char *p = b->data + c->at, *lf;
	size_t left;

	if (c->at >= b->len)
		return false;
	left = b->len - c->at;
	lf = memchr(p, '\n', left);
	engine_take(c, lf != NULL ? (size_t)(lf - p) : left, l);
	return true;
}

struct engine_mark *
engine_mark(struct engine_result *res)
{
	struct engine_mark *m;

	if (res->nmarks == res->marks_cap) {
		res->marks_cap = res->marks_cap != 0 ? res->marks_cap * 2 : 16;
		res->marks = mem_realloc(res->marks,
		    res->marks_cap * sizeof *res->marks);
	}
	m = &res->marks[res->nmarks++];
	*m = (struct engine_mark){
	    .out = res->out.len,
	    .side = res->side.len,
	    .note = res->note.len,
	    .diag = res->diag.len,
	    .read = res->read,
	    .passed = res->passed,
	    .filtered = res->filtered,
	    .written = res->written,
	};
	return m;
}
