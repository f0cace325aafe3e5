#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/ast_priv.h"
#include "expr/lib_priv.h"
#include "hash/hash.h"
#include "re/re.h"

static int
compile_tree(struct compile *c, struct str text)
{
	struct buf type = {0};
	struct node *tree;
	size_t bad;

	if (text.len > EXPR_TEXT_MAX)
		return compile_fail(c, 0, 0, "expr.limit",
		    "an expression of more than %d bytes", EXPR_TEXT_MAX);
	bad = utf8_valid(text.p, text.len);
	if (bad != text.len)
		return compile_fail(c, (uint32_t)bad, (uint32_t)bad + 1,
		    "expr.syntax", "malformed UTF-8 in the expression");
	tree = parse_text(c);
	if (tree == NULL || check_tree(c, tree) != 0)
		return -1;
	type_put(type_resolve(c, tree->type, true), &type);
	c->x->type = arena_str(&c->x->arena, buf_view(&type));
	buf_free(&type);
	paths_collect(c, tree);
	return emit_all(c, tree);
}

struct expr *
expr_compile(struct str text, const struct expr_env *env,
    struct expr_span *where, struct err *e)
{
	struct expr *x = mem_zalloc(sizeof *x);
	struct compile c = {.env = env, .x = x, .where = where, .e = e};
	int rc;

	if (text.len <= EXPR_TEXT_MAX)
		x->text = arena_str(&x->arena, text);
	x->nvars = (uint32_t)env->nvars;
	c.lex = (struct lex){.text = x->text, .arena = &x->arena};
	rc = compile_tree(&c, text);
	arena_free(&c.tmp);
	mem_free(c.subst);
	mem_free(c.trail);
	if (rc == 0)
		return x;
	expr_free(x);
	return NULL;
}

void
expr_free(struct expr *x)
{
	if (x == NULL)
		return;
	for (uint32_t i = 0; i < x->nres; i++)
		re_free(x->res[i]);
	mem_free(x->code);
	mem_free(x->spans);
	mem_free(x->consts);
	mem_free(x->names);
	mem_free(x->frefs);
	mem_free(x->res);
	mem_free(x->paths);
	arena_free(&x->arena);
	mem_free(x);
}

struct str
expr_text(const struct expr *x)
{
	return x->text;
}

void
expr_put_type(const struct expr *x, struct buf *out)
{
	buf_str(out, x->type);
}

const struct str *
expr_paths(const struct expr *x, size_t *n)
{
	*n = x->npaths;
	return x->paths;
}

struct expr_run *
expr_run_new(const struct expr *x)
{
	struct expr_run *run = mem_zalloc(sizeof *run);

	run->x = x;
	run->stack = mem_array(x->depth + 2, sizeof *run->stack);
	run->hints = mem_array(x->ncode, sizeof *run->hints);
	run->vars = mem_array(x->nvars, sizeof *run->vars);
	for (uint32_t i = 0; i < x->nvars; i++)
		run->vars[i].type = EXPR_ERROR;
	return run;
}

void
expr_run_clear(struct expr_run *run)
{
	mem_free(run->stack);
	mem_free(run->hints);
	mem_free(run->vars);
	re_scratch_free(run->scratch);
	if (run->hash != NULL)
		hash_free(run->hash);
	zones_free(run->zones);
	for (uint32_t i = 0; i < run->ncache; i++) {
		mem_free(run->cache[i].text);
		re_free(run->cache[i].re);
	}
}

void
expr_run_free(struct expr_run *run)
{
	if (run == NULL)
		return;
	expr_run_clear(run);
	mem_free(run);
}

void
expr_bind(struct expr_run *run, size_t i, struct expr_value v)
{
	run->vars[i] = v;
}

int
expr_eval(struct expr_run *run, const struct json_doc *doc, uint32_t node,
    struct arena *a, struct expr_value *out, struct err *e)
{
	run->doc = doc;
	run->root = node;
	run->arena = a;
	run->steps = EXPR_STEPS;
	run->bytes = EXPR_BYTES;
	*out = eval_code(run, 0, 0);
	return out->type == EXPR_ERROR ? eval_report(run, out, e) : 0;
}

int
expr_test(struct expr_run *run, const struct json_doc *doc, uint32_t node,
    struct arena *a, bool *out, struct err *e)
{
	struct expr_value v;

	if (expr_eval(run, doc, node, a, &v, e) != 0 ||
	    expr_force(&v, a, e) != 0)
		return -1;
	if (v.type != EXPR_BOOL) {
		run->where = (struct expr_span){0, run->x->text.len};
		return err_set(e, ERR_DATA, "expr.type",
		    "the expression must give a bool, not %s",
		    expr_type_name(&v));
	}
	*out = v.u.b;
	return 0;
}

struct expr_span
expr_where(const struct expr_run *run)
{
	return run->where;
}
