#ifndef RAP_EXPR_LEX_PRIV_H
#define RAP_EXPR_LEX_PRIV_H

#include <stdint.h>

#include "base/str.h"

/* Tokens. */
struct arena;
struct err;
struct expr_span;

enum token_kind {
	TOK_END, TOK_IDENT, TOK_FIELD /* `quoted` */, TOK_INT, TOK_UINT,
	TOK_DOUBLE, TOK_STRING, TOK_BYTES, TOK_PUNCT
};

struct token {
	enum token_kind kind;
	int punct;	/* '+', or PUNCT_EQ... */
	uint32_t at, end;
	struct str s;	/* name, or the bytes of a string */
	union {
		uint64_t u; /* TOK_INT too: its sign comes later */
		double d;
	} v;
};

enum { PUNCT_EQ = 256, PUNCT_NE, PUNCT_LE, PUNCT_GE, PUNCT_AND, PUNCT_OR };

struct lex {
	struct str text;
	uint32_t at;
	uint32_t prev; /* where the token before ended */
	struct arena *arena;
	struct token tok; /* the one at hand */
};

/* The next token into l->tok; -1 with expr.syntax. */
int lex_next(struct lex *l, struct expr_span *where, struct err *e);

#endif
