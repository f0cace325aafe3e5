#ifndef RAP_EXPR_OPS_PRIV_H
#define RAP_EXPR_OPS_PRIV_H

#include "expr/expr_priv.h"

/* What instructions and functions do to values. */

/* ops.c, eq.c; operands are forced in place */
struct expr_value op_arith(struct expr_run *run, uint32_t pc,
    struct expr_value *a, struct expr_value *b);
struct expr_value op_compare(struct expr_run *run, uint32_t pc,
    struct expr_value *a, struct expr_value *b);
bool value_is_number(const struct expr_value *v);
/* <0, 0, >0; 2: no order (NaN).  Of two numbers. */
int number_cmp(const struct expr_value *a, const struct expr_value *b);
double number_double(const struct expr_value *v);
bool key_eq(const struct expr_value *a, const struct expr_value *b);
/* 1, 0, or -1: a number past double, or the budget is gone. */
int value_eq(struct expr_run *run, const struct expr_value *a,
    const struct expr_value *b, unsigned depth);

/* access.c */
struct expr_value op_member(struct expr_run *run, uint32_t pc);
struct expr_value op_select(struct expr_run *run, uint32_t pc,
    struct expr_value *v);
struct expr_value op_index(struct expr_run *run, uint32_t pc,
    struct expr_value *v);
struct expr_value op_in(struct expr_run *run, uint32_t pc,
    struct expr_value *v);
struct expr_value make_list(struct expr_run *run, uint32_t pc,
    const struct expr_value *v, uint32_t n);
struct expr_value make_map(struct expr_run *run, uint32_t pc,
    struct expr_value *v, uint32_t n);
int map_get(struct expr_run *run, const struct expr_value *map,
    const struct expr_value *key, struct expr_value *out);

/* index.c: keys[0], keys[stride]...; NULL when it is not worth it */
const struct expr_index *index_make(struct arena *a,
    const struct expr_value *keys, uint32_t n, unsigned stride);
/* The number of key, or UINT32_MAX. */
uint32_t index_find(const struct expr_index *x, const struct expr_value *keys,
    unsigned stride, const struct expr_value *key);

/* loop.c */
bool loop_begin(struct expr_run *run, uint32_t pc, struct expr_value *slot);
bool loop_next(struct expr_run *run, uint32_t pc, struct expr_value *slot);
uint32_t loop_step(struct expr_run *run, uint32_t pc,
    struct expr_value *slot, struct expr_value *v);

/* value.c */
/* JSON becomes what it is; false when v is an error now (or was). */
bool value_force(struct expr_run *run, struct expr_value *v, uint32_t pc);
/* Its truth, or -1 and v an error. */
int value_truth(struct expr_run *run, struct expr_value *v, uint32_t pc);
void *run_alloc(struct expr_run *run, size_t n); /* NULL past the budget */
struct expr_value value_string(const char *p, size_t n);
struct expr_value value_optional(struct expr_run *run,
    const struct expr_value *v);
bool value_is_zero(const struct expr_value *v);

static inline struct expr_value
value_bool(bool b)
{
	return (struct expr_value){.type = EXPR_BOOL, .u.b = b};
}

static inline struct expr_value
value_int(int64_t i)
{
	return (struct expr_value){.type = EXPR_INT, .u.i = i};
}

static inline struct expr_value
value_double(double d)
{
	return (struct expr_value){.type = EXPR_DOUBLE, .u.d = d};
}

static inline struct expr_value
value_fail(enum fail how, uint32_t pc, const char *text)
{
	return (struct expr_value){
	    .type = EXPR_ERROR, .form = how, .n = pc, .u.p = text};
}

static inline struct expr_value
value_fail_types(uint32_t pc, const struct expr_value *a,
    const struct expr_value *b)
{
	return (struct expr_value){.type = EXPR_ERROR, .form = FAIL_TYPE,
	    .spare = (uint16_t)(a->type | (b != NULL ? b->type : 255) << 8),
	    .n = pc};
}

#endif
