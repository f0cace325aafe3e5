#ifndef RAP_EXPR_AST_PRIV_H
#define RAP_EXPR_AST_PRIV_H

#include "expr/lex_priv.h"
#include "expr/ops_priv.h"

/* The text while it is being compiled: tree and types. */

enum node_kind {
	NODE_LIT, NODE_IDENT, NODE_SELECT, NODE_INDEX, NODE_CALL, NODE_OP,
	NODE_AND, NODE_OR, NODE_COND, NODE_LIST, NODE_MAP, NODE_COMP,
	NODE_BIND
};

enum ref_kind {
	REF_NONE, REF_LOCAL, REF_VAR, REF_RECORD, REF_MEMBER, REF_TYPE,
	REF_UNKNOWN
};

/* A name bound inside the expression. */
struct local {
	struct str name;
	const struct type *type;
	struct local *up;
	uint32_t slot;
};

struct node {
	uint8_t kind;	/* enum node_kind */
	uint8_t op;	/* enum op, enum comp; NODE_BIND: 1 for optFlatMap */
	uint8_t ref;	/* enum ref_kind of a NODE_IDENT */
	bool opt;	/* .? or [?] */
	bool entry_opt;	/* a ?element of a list, the ?key of a map */
	bool test;	/* has() */
	bool member;	/* NODE_CALL: kids[0] is what it is called on */
	uint16_t depth;
	uint32_t at, end;	 /* of all of it */
	uint32_t mark, mark_end; /* of its operator or name */
	struct str name;
	struct expr_value lit;
	struct node **kids;
	uint32_t nkids;
	uint32_t var; /* REF_VAR */
	struct local *local;
	struct fref *fref;
	const struct type *type;
};

enum type_kind { /* the first ones: ORDER expr_type */
	T_NULL, T_BOOL, T_INT, T_UINT, T_DOUBLE, T_STRING, T_BYTES, T_LIST,
	T_MAP, T_TIMESTAMP, T_DURATION, T_TYPE, T_OPTIONAL, T_BIGINT, T_DYN,
	T_VAR, T_OTHER
};

enum { TYPE_PARAMS = 4, TYPE_NEST = 64 };

struct type {
	uint8_t kind;
	uint8_t n;
	uint32_t var;	 /* T_VAR: number */
	struct str name; /* T_OTHER */
	const struct type *param[TYPE_PARAMS];
};

struct compile {
	const struct expr_env *env;
	struct expr *x;
	struct arena tmp; /* tree and types */
	struct lex lex;
	unsigned nest;
	struct local *scope;
	/* what each type variable stands for, and how to take it back */
	const struct type **subst;
	uint32_t nsubst, capsubst;
	struct { uint32_t var; const struct type *was; } *trail;
	uint32_t ntrail, captrail;
	const struct expr_func **unused;
	uint32_t sp; /* stack depth while emitting */
	struct expr_span *where;
	struct err *e;
};

/* Fill c->e and *c->where; always -1. */
int compile_fail(struct compile *c, uint32_t at, uint32_t end,
    const char *id, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* foreign.c: how a word of another language is said here, or NULL */
const char *expr_foreign(struct str word);
/* ... by the word that ends there. */
const char *expr_foreign_end(struct str text, uint32_t end);

/* parse.c; NULL when it failed */
struct node *parse_text(struct compile *c);
/* node.c */
struct node *node_new(struct compile *c, enum node_kind kind, uint32_t at,
    uint32_t end);
/* Sets kids, depth and end; NULL past EXPR_DEPTH. */
struct node *node_kids(struct compile *c, struct node *n, struct node **kids,
    uint32_t nkids);

/* macro.c: n itself when it is no macro */
struct node *macro_expand(struct compile *c, struct node *n);

/* type.c */
extern const struct type type_simple[T_OTHER];
const struct type *type_make(struct compile *c, enum type_kind kind,
    const struct type *a, const struct type *b);
const struct type *type_fresh(struct compile *c);
/* "list(T)": each one-letter upper-case name is a variable, fresh from base
 * on (var number = base + letter - 'A'). NULL when malformed. */
const struct type *type_parse(struct compile *c, struct str *text,
    uint32_t base);
bool type_assign(struct compile *c, const struct type *want,
    const struct type *got);
const struct type *type_join(struct compile *c, const struct type *a,
    const struct type *b);
/* With what is known of its variables; unknown ones: dyn when final. */
const struct type *type_resolve(struct compile *c, const struct type *t,
    bool final);
void type_put(const struct type *t, struct buf *out);
uint32_t type_mark(const struct compile *c);
void type_undo(struct compile *c, uint32_t mark);

/* check.c: names, types; sets n->type, n->ref, n->fref */
int check_tree(struct compile *c, struct node *n);
void type_hint(struct compile *c, const struct node *n);
/* "WHAT, not GOT" [expr.type]; 0 and dyn where types are not checked. */
int check_mismatch(struct compile *c, struct node *n, const struct node *at,
    const char *what, const struct type *got);
/* name.c */
int check_ident(struct compile *c, struct node *n);
int check_select(struct compile *c, struct node *n);
/* call.c: overloads of a call or an operator */
int check_call(struct compile *c, struct node *n);
int check_op(struct compile *c, struct node *n);

/* paths.c: the JSON Pointer a chain of names spells; false for others */
bool path_put(const struct node *n, struct buf *b);
/* all of a tree into c->x */
void paths_collect(struct compile *c, const struct node *n);
/* emit.c */
int emit_all(struct compile *c, struct node *n);

#endif
