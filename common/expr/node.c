#include <stdarg.h>
#include <stdio.h>

#include "expr/ast_priv.h"

/* The tree, and how an error in it is told. */

int
compile_fail(struct compile *c, uint32_t at, uint32_t end, const char *id,
    const char *fmt, ...)
{
	char msg[sizeof c->e->msg];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	if (c->where != NULL)
		*c->where = (struct expr_span){at, end - at};
	return err_at(c->e, at, ERR_CONFIG, id, "%s", msg);
}

struct node *
node_new(struct compile *c, enum node_kind kind, uint32_t at, uint32_t end)
{
	struct node *n = arena_zalloc(&c->tmp, sizeof *n);

	n->kind = (uint8_t)kind;
	n->at = n->mark = at;
	n->end = n->mark_end = end;
	n->type = &type_simple[T_DYN];
	return n;
}

struct node *
node_kids(struct compile *c, struct node *n, struct node **kids,
    uint32_t nkids)
{
	n->kids = kids;
	n->nkids = nkids;
	for (uint32_t i = 0; i < nkids; i++) {
		if (kids[i]->depth + 1 > n->depth)
			n->depth = (uint16_t)(kids[i]->depth + 1);
		if (kids[i]->at < n->at)
			n->at = kids[i]->at;
		if (kids[i]->end > n->end)
			n->end = kids[i]->end;
	}
	if (n->depth > EXPR_DEPTH) {
		compile_fail(c, n->mark, n->mark_end, "expr.limit",
		    "more than %d operations within each other", EXPR_DEPTH);
		return NULL;
	}
	return n;
}
