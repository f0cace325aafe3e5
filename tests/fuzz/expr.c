/*
 * libFuzzer: whatever the text, it compiles or is refused with a place inside
 * it; and what compiles ends, with a value or an error, over a record.  Bytes
 * after a NUL are the record, when they are JSON.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "expr/expr.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char record[] = "{\"a\":1,\"b\":2.5,\"s\":\"caf\\u00e9\","
    "\"l\":[1,\"x\",null,{\"k\":[true]}],\"o\":{\"p\":{\"q\":-7}},"
    "\"big\":12345678901234567890,\"huge\":1e400,"
    "\"t\":\"2024-02-29T12:00:00Z\"}";

static void
check(int ok, const char *what, const struct err *e)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s [%s]\n", what, e->msg, e->id ? e->id : "");
	abort();
}

static void
evaluate(const struct expr *x, const struct json_doc *d)
{
	struct expr_run *run = expr_run_new(x);
	struct arena arena = {0};
	struct buf out = {0}, again = {0};
	struct expr_value v;
	struct err e = {0};

	if (expr_eval(run, d, 0, &arena, &v, &e) != 0) {
		check(e.code == ERR_DATA && e.id != NULL, "no reason", &e);
		check(expr_where(run).at + expr_where(run).len <=
		    expr_text(x).len, "culprit outside the text", &e);
	} else if (expr_put_json(&out, &v, &e) == 0) {
		/* The hints of the first time must not change the second. */
		check(expr_eval(run, d, 0, &arena, &v, &e) == 0 &&
		    expr_put_json(&again, &v, &e) == 0 &&
		    out.len == again.len &&
		    memcmp(out.p, again.p, out.len) == 0,
		    "another value the second time", &e);
	}
	buf_free(&out);
	buf_free(&again);
	arena_free(&arena);
	expr_run_free(run);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json_doc doc;
	struct expr_env env = {.record = true, .nocheck = size % 2};
	const uint8_t *nul = memchr(data, 0, size);
	size_t n = nul != NULL ? (size_t)(nul - data) : size;
	char *text = malloc(n != 0 ? n : 1), *json = NULL;
	struct expr_span where = {0, 0};
	struct err e = {0};
	struct expr *x;

	if (text == NULL)
		return 0;
	memcpy(text, data, n); /* their exact sizes: over-reads are seen */
	if (nul != NULL && size > n + 1) {
		json = malloc(size - n - 1);
		memcpy(json, nul + 1, size - n - 1);
	}
	if (json == NULL || json_parse(&doc, json, size - n - 1, &e) != 0)
		check(json_parse(&doc, record, sizeof record - 1, &e) == 0,
		    "the record", &e);
	x = expr_compile((struct str){text, n}, &env, &where, &e);
	if (x == NULL) {
		check(e.code == ERR_CONFIG && e.id != NULL, "no reason", &e);
		check(where.at + where.len <= n + 1, "outside the text", &e);
	} else {
		evaluate(x, &doc);
	}
	expr_free(x);
	free(text);
	free(json);
	return 0;
}
