/*
 * expr TEXT [RECORD]: the value of an expression over a record, as JSON, or
 * its error with carets; for trying things out, and for the examples of
 * rap-expr(5), which tests/cel.bats runs.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/caret.h"
#include "base/err.h"
#include "expr/expr.h"
#include "json/json.h"

static int
report(const char *text, struct expr_span where, struct err *e)
{
	struct buf b = {0};

	caret_note(e, str_of(text), where.at, where.len);
	caret_put(e, &b);
	fprintf(stderr, "%s [%s]\n%s%s%s", e->msg, e->id, buf_cstr(&b),
	    e->hint, e->hint[0] != '\0' ? "\n" : "");
	buf_free(&b);
	return e->code;
}

/* Evaluate x on d (NULL: no record) and print the value. */
static int
evaluate(const char *text, struct expr *x, const struct json_doc *d)
{
	struct expr_run *run = expr_run_new(x);
	struct arena a = {0};
	struct buf out = {0};
	struct expr_value v;
	struct err e = {0};
	int rc = 0;

	if (expr_eval(run, d, 0, &a, &v, &e) != 0)
		rc = report(text, expr_where(run), &e);
	else if (expr_put_json(&out, &v, &e) != 0)
		rc = report(text, (struct expr_span){0, strlen(text)}, &e);
	else
		puts(buf_cstr(&out));
	buf_free(&out);
	expr_run_free(run);
	arena_free(&a);
	return rc;
}

int
main(int argc, char **argv)
{
	struct expr_env env = {.record = argc > 2};
	struct expr_span where = {0, 0};
	struct json_doc d = {0};
	struct err e = {0};
	struct expr *x;
	int rc;

	if (argc < 2 || argc > 3)
		return ERR_USAGE;
	if (argc > 2 && json_parse(&d, argv[2], strlen(argv[2]), &e) != 0) {
		fprintf(stderr, "%s [%s]\n", e.msg, e.id);
		json_free(&d);
		return e.code;
	}
	x = expr_compile(str_of(argv[1]), &env, &where, &e);
	rc = x == NULL ? report(argv[1], where, &e) :
	    evaluate(argv[1], x, argc > 2 ? &d : NULL);
	if (x != NULL)
		expr_free(x);
	json_free(&d);
	return rc;
}
