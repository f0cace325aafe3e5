#ifndef RAP_EXPR_EXPR_H
#define RAP_EXPR_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

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
	EXPR_NEST = 200,	   /* brackets, conditionals within each other */
	EXPR_DEPTH = 1000,	   /* operations within each other: a+b+c... */
	EXPR_STEPS = 10 * 1000 * 1000, /* instructions of one evaluation */
	EXPR_BYTES = 64 << 20	   /* bytes of values made by one */
};

enum expr_type {
	EXPR_NULL,
	EXPR_BOOL,
	EXPR_INT,
	EXPR_UINT,
	EXPR_DOUBLE,
	EXPR_STRING,	/* UTF-8 at u.p, n bytes */
	EXPR_BYTES_TYPE, /* as a string, any bytes */
	EXPR_LIST,
	EXPR_MAP,
	EXPR_TIMESTAMP, /* u.i seconds since 1970, n nanoseconds */
	EXPR_DURATION,	/* u.i nanoseconds */
	EXPR_TYPE,	/* a type itself; its name at u.p, n bytes */
	EXPR_OPTIONAL,	/* u.opt, NULL for none */
	EXPR_BIGINT,	/* an integer past int64: its text at u.p, n bytes */
	EXPR_JSON,	/* not looked at yet: node n of u.doc; see expr_force */
	EXPR_ERROR	/* never leaves this module */
};

/* A value; what it points to is in the arena, the record or the expression. */
struct expr_value {
	uint8_t type; /* enum expr_type */
	uint8_t form; /* list, map, error: for the module alone */
	uint16_t spare;
	uint32_t n;
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double d;
		const char *p;
		const struct json_doc *doc;
		const struct expr_list *list;
		const struct expr_map *map;
		const struct expr_value *opt;
	} u;
};

/* What a text may speak of.  Types are written as in rap-expr(5): "int",
 * "list(string)", "map(string, dyn)", "optional(T)"; NULL is "dyn". */
struct expr_var {
	const char *name; /* may hold dots */
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
	const struct expr_var *vars; /* variables: bound with expr_bind */
	size_t nvars;
	const struct expr_func *funcs; /* lookup(), unit()...: pure */
	size_t nfuncs;
};

/* Bytes of the text an error is about: what a caret line underlines. */
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

/* The value behind EXPR_JSON; others stay.  Strings with escapes go to the
 * arena.  ERR_DATA [expr.range] when a number is past double. */
int expr_force(struct expr_value *v, struct arena *a, struct err *e);
/* "int", "google.protobuf.Timestamp"..., of a forced or lazy value. */
const char *expr_type_name(const struct expr_value *v);

/* Elements of a list, entries of a map; element i is lazy. */
size_t expr_count(const struct expr_value *v);
struct expr_value expr_element(const struct expr_value *list, size_t i);
void expr_entry(const struct expr_value *map, size_t i,
    struct expr_value *key, struct expr_value *value);

/*
 * Append v as JSON.  A part of the record is copied byte for byte; timestamp
 * and duration become strings, bytes base64, keys text.  ERR_DATA
 * [expr.result] for NaN, infinities, types, an empty optional.
 */
int expr_put_json(struct buf *out, const struct expr_value *v,
    struct err *e);

/* Append text's line at where and a line with carets under it. */
void expr_caret(struct buf *out, struct str text, struct expr_span where);

#endif
