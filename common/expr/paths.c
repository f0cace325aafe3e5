#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "expr/ast_priv.h"

/* Which places of the record an expression reads, as far as can be said
 * without running it: chains of names and constant keys. */

static void
put_step(struct buf *b, struct str s)
{
	buf_putc(b, '/');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '~')
			buf_puts(b, "~0");
		else if (s.p[i] == '/')
			buf_puts(b, "~1");
		else
			buf_putc(b, s.p[i]);
	}
}

bool
path_put(const struct node *n, struct buf *b)
{
	const struct node *key;

	switch ((enum node_kind)n->kind) {
	case NODE_IDENT:
		if (n->ref == REF_MEMBER)
			put_step(b, n->name);
		return n->ref == REF_MEMBER || n->ref == REF_RECORD;
	case NODE_SELECT:
		if (!path_put(n->kids[0], b))
			return false;
		put_step(b, n->name);
		return true;
	case NODE_INDEX:
		key = n->kids[1];
		if (key->kind != NODE_LIT || !path_put(n->kids[0], b))
			return false;
		if (key->lit.type == EXPR_STRING)
			put_step(b, (struct str){key->lit.u.p, key->lit.n});
		else if (key->lit.type == EXPR_INT && key->lit.u.i >= 0)
			buf_printf(b, "/%lld", (long long)key->lit.u.i);
		else
			return false;
		return true;
	default:
		return false;
	}
}

static void
add_path(struct expr *x, struct str s)
{
	for (uint32_t i = 0; i < x->npaths; i++)
		if (str_eq(x->paths[i], s))
			return;
	if (x->npaths == x->cappaths) {
		x->cappaths = x->cappaths != 0 ? x->cappaths * 2 : 8;
		x->paths = mem_realloc(x->paths,
		    x->cappaths * sizeof *x->paths);
	}
	x->paths[x->npaths++] = arena_str(&x->arena, s);
}

void
paths_collect(struct compile *c, const struct node *n)
{
	struct buf b = {0};

	if (path_put(n, &b)) {
		add_path(c->x, b.len != 0 ? buf_view(&b) : STR(""));
	} else {
		for (uint32_t i = 0; i < n->nkids; i++)
			paths_collect(c, n->kids[i]);
	}
	buf_free(&b);
}
