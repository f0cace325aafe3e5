#ifndef RAP_EXPR_EXPR_PRIV_H
#define RAP_EXPR_EXPR_PRIV_H

#include "base/arena.h"
#include "base/err.h"
#include "expr/expr.h"

/* What compiled text and its evaluation look like; see also ast_priv.h. */
struct hash;
struct re;
struct re_scratch;

struct expr_list {
	uint32_t n, cap;
	struct expr_value *v;
	const struct expr_index *index; /* of constants; or NULL */
};

/* Entries in order of insertion: key 0, value 0, key 1... */
struct expr_map {
	uint32_t n;
	struct expr_value *kv;
	const struct expr_index *index;
};

/* expr_value.form of EXPR_LIST and EXPR_MAP */
enum { FORM_OWN, FORM_JSON /* node n of u.doc */ };

/* expr_value.form of EXPR_ERROR; n is the instruction.  ORDER fail_ids */
enum fail {
	FAIL_TYPE, /* spare: the types, a | b << 8 */
	FAIL_NAME,
	FAIL_MISSING,
	FAIL_DIVZERO,
	FAIL_OVERFLOW,
	FAIL_RANGE,
	FAIL_INDEX,
	FAIL_KEY,
	FAIL_VALUE, /* u.p: what is wrong, a literal */
	FAIL_REGEX,
	FAIL_LIMIT,
	FAIL_HOST /* u.p: a struct err */
};

/* ORDER op_names */
enum op {
	OP_NEG, OP_NOT, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD,
	OP_LT, OP_LE, OP_GT, OP_GE, OP_EQ, OP_NE, OP_IN,
	OP_CONST, OP_LOCAL, OP_VAR, OP_RECORD, OP_MEMBER, OP_FAIL,
	OP_SELECT, OP_OPTSELECT, OP_HAS, OP_HASMEMBER, OP_INDEX, OP_OPTINDEX,
	OP_AND, OP_OR, OP_COND, OP_JUMP,
	OP_OPTELEM, OP_LIST, OP_MAP, OP_CALL, OP_MATCH,
	OP_ITER, OP_NEXT, OP_STEP, OP_ITEREND, OP_OPTBIND, OP_OPTEND, OP_RET
};

enum comp { /* what OP_STEP does: its `a` */
	COMP_ALL, COMP_EXISTS, COMP_ONE, COMP_MAP, COMP_FILTER, COMP_MAPIF
};

struct ins {
	uint8_t op, a;
	uint16_t b;
	uint32_t c;
};

/* The slots of a comprehension, from that of its range on. */
enum { SLOT_RANGE, SLOT_AT, SLOT_ACC, SLOT_VAR, SLOT_COUNT };

enum { ARGS_MAX = 8, CODE_ANY = 255 };

struct call {
	struct expr_run *run;
	struct expr_value *arg; /* forced */
	uint32_t n, pc;
};

typedef struct expr_value expr_fn(struct call *c);

struct row {
	uint8_t n;
	uint8_t code[ARGS_MAX]; /* enum expr_type or CODE_ANY */
	expr_fn *fn;
	const struct expr_func *host;
};

/* The overloads one call may mean, chosen by the arguments at run time. */
struct fref {
	struct str name;
	struct row *rows;
	uint32_t n;
};

struct name {
	struct str s;	   /* unescaped */
	struct str quoted; /* "s" when it needs no escape, else empty */
};

struct expr {
	struct arena arena;
	struct str text;
	struct ins *code;
	struct expr_span *spans; /* of each instruction */
	uint32_t ncode, capcode;
	struct expr_value *consts;
	uint32_t nconsts, capconsts;
	struct name *names;
	uint32_t nnames, capnames;
	struct fref *frefs;
	uint32_t nfrefs, capfrefs;
	struct re **res;
	uint32_t nres, capres;
	struct str *paths;
	uint32_t npaths, cappaths;
	uint32_t nvars;
	uint32_t depth; /* of the stack */
	struct str type;
};

enum { RE_CACHE = 8, BYTES_A_STEP = 64 /* text handled, as instructions */ };

struct expr_run {
	const struct expr *x;
	struct expr_value *stack;
	uint32_t *hints; /* per instruction: where a member was last */
	struct expr_value *vars;
	const struct json_doc *doc;
	uint32_t root;
	struct arena *arena;
	int64_t steps; /* what is left */
	size_t bytes;
	struct expr_span where;
	struct re_scratch *scratch;
	struct hash *hash;
	struct zones *zones;
	struct { char *text; size_t len; struct re *re; } cache[RE_CACHE];
	uint32_t ncache;
};

/* eval.c: run from instruction pc with the stack filled to sp. */
struct expr_value eval_code(struct expr_run *run, uint32_t pc, uint32_t sp);
struct expr_value eval_match(struct expr_run *run, uint32_t pc,
    const struct re *re, struct str text);
/* Free what a run gathered; not the run. */
void expr_run_clear(struct expr_run *run);
/* report.c: an error value as a struct err; always -1 */
int eval_report(struct expr_run *run, const struct expr_value *v,
    struct err *e);
struct expr_value eval_host(struct call *c, const struct expr_func *f);

#endif
