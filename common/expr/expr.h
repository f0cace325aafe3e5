#ifndef RAP_EXPR_EXPR_H
#define RAP_EXPR_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "expr/value.h"

/*
 * Expressions: CEL, the Common Expression Language (cel-spec 0.25), with its
 * optionals, string and math extensions and some functions of our own; see
 * rap-expr(5).  A text is compiled once to flat code which is read-only and
 * may be shared; each thread has a struct expr_run for it.
 *
 *	struct expr_env env = {.record = true};
 *	struct expr *x = expr_compile(STR("price > 9.5"), &env, &where, &e);
 *	struct expr_run *run = expr_run_new(x);
 *	...for each record: expr_test(run, &doc, 0, &arena, &yes, &e)...
 *
 * Evaluation has no effects, calls no clock, allocates from the arena only and
 * ends: a step and a byte budget turn the rest into [expr.limit].
 */
struct arena;
struct buf;
struct err;
struct json_doc;
struct expr;
struct expr_run;

enum {
	EXPR_TEXT_MAX = 64 * 1024, /* bytes of one expression */
	EXPR_NEST = 200,	   /* brackets, ?: within each other */
	EXPR_DEPTH = 1000,	   /* operations within each other: a+b+c... */
	EXPR_STEPS = 10000000, /* instructions of one evaluation */
	EXPR_BYTES = 64 << 20	   /* bytes of values made by one */
};

/* What a text may speak of.  Types are written as in rap-expr(5): "int",
 * "list(string)", "map(string, dyn)", "optional(T)"; NULL is "dyn". */
struct expr_var {
	const char *name; /* may hold dots; a member's may be a JSON Pointer */
	const char *type;
};

/* args are forced; fill *out, or fill e (code, id, text) and return -1. */
struct expr_func {
	const char *name;
	const char *type; /* "string, dyn: dyn": parameters, result */
	int (*call)(void *ctx, const struct expr_value *args, size_t n,
	    struct arena *a, struct expr_value *out, struct err *e);
	void *ctx;   /* must outlive the expression */
	bool member; /* called as first.name(rest...) */
};

struct expr_env {
	bool record;  /* members of a record by bare name, the record as r */
	bool nocheck; /* names and types are looked at when it runs */
	const char *container; /* prefix of names, or NULL */
	const struct expr_var *members; /* what is known of the record */
	size_t nmembers;
	bool closed; /* there are no others at the top: a typo is an error */
	const struct expr_var *vars; /* variables: bound with expr_bind */
	size_t nvars;
	const struct expr_func *funcs; /* lookup(), unit()...: pure */
	size_t nfuncs;
};

/* Bytes of the text an error is about: what caret_note underlines. */
struct expr_span {
	size_t at, len;
};

/*
 * Compile.  ERR_CONFIG with e->pos the offset in text and *where (may be NULL)
 * the culprit: expr.syntax expr.type expr.name expr.limit expr.regex.  The
 * text is copied; env is needed no longer, but for each ctx.
 */
struct expr *expr_compile(struct str text, const struct expr_env *env,
    struct expr_span *where, struct err *e);
void expr_free(struct expr *x);

struct str expr_text(const struct expr *x);
/* Append the type found by the checker: "bool", "list(dyn)". */
void expr_put_type(const struct expr *x, struct buf *out);
/* The places of the record it reads, as JSON Pointers in order of first
 * sight; "" when the whole record is used.  They live as long as x. */
const struct str *expr_paths(const struct expr *x, size_t *n);

struct expr_run *expr_run_new(const struct expr *x);
void expr_run_free(struct expr_run *run);
/* Variable number i of env->vars; stays until bound again. */
void expr_bind(struct expr_run *run, size_t i, struct expr_value v);

/*
 * Evaluate over the record at `node` of doc (NULL without a record).  The
 * value lives as long as the arena, the doc's text and x, and may be
 * EXPR_JSON: an untouched part of the record.  Of several errors the leftmost
 * wins: ERR_DATA and expr.type .name .missing .divzero .overflow .range .index
 * .key .value .regex .limit, e->path the place in the record where it is known,
 * e->pos unset; expr_where tells the bytes of the expression.
 */
int expr_eval(struct expr_run *run, const struct json_doc *doc, uint32_t node,
    struct arena *a, struct expr_value *out, struct err *e);
/* As above; what is not a bool is [expr.type]. */
int expr_test(struct expr_run *run, const struct json_doc *doc, uint32_t node,
    struct arena *a, bool *out, struct err *e);
struct expr_span expr_where(const struct expr_run *run);

#endif
