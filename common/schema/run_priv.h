#ifndef RAP_SCHEMA_RUN_PRIV_H
#define RAP_SCHEMA_RUN_PRIV_H

#include "base/buf.h"
#include "schema/schema_priv.h"

/*
 * Running a compiled schema: check.c goes through units and what combines
 * them, object.c, array.c and value.c look at values, report.c writes down
 * what is wrong.
 */

/* The state of one thread, and of one check in it. */
struct schema_run {
	const struct schema *s;
	uint32_t *guess; /* after property i - 1 (0: at first) came guess[i] */
	struct re_scratch *re;
	struct arena arena;	/* unescaped strings of the record */
	struct buf canon;	/* scratch */
	const struct json_doc *d;
	struct err *e;
	uint64_t work;		/* left */
	unsigned depth;
	/* Detail: the second run over a record that failed. */
	bool detail;
	struct buf path;	/* keyword location so far */
	struct arena texts;
	struct schema_error *errors;
	size_t max, n;
};

/* check.c: 1, 0, -1 as schema_check. */
int schema_eval(struct schema_run *r, uint32_t unit, uint32_t inst);
/* The verdict alone: adds no errors. */
int schema_test(struct schema_run *r, uint32_t unit, uint32_t inst);
/*
 * schema_eval through a keyword (its value's node) and a step below it: a name
 * when p is not NULL, an index when p is NULL and n is not SIZE_MAX.
 */
int schema_below(struct schema_run *r, uint32_t unit, uint32_t inst,
    uint32_t keyword, struct str step);
#define STEP_NONE ((struct str){NULL, SIZE_MAX})
#define STEP_INDEX(i) ((struct str){NULL, (i)})

/* object.c, array.c, value.c */
int schema_object(struct schema_run *r, const struct object_rules *o,
    uint32_t inst);
int schema_dependent(struct schema_run *r, const struct op *op,
    uint32_t inst);
int schema_array(struct schema_run *r, const struct array_rules *a,
    uint32_t inst);
int schema_unique(struct schema_run *r, const struct op *op, uint32_t inst);
int schema_number(struct schema_run *r, const struct op *op, uint32_t inst);
int schema_text(struct schema_run *r, const struct op *op, uint32_t inst);
int schema_enum(struct schema_run *r, const struct op *op, uint32_t inst);
/* The canonical text of an instance node; may use r->canon. */
struct str schema_canon(struct schema_run *r, uint32_t inst);
/* A string node of the instance, unescaped. */
struct str schema_string(struct schema_run *r, uint32_t inst);

/* report.c: note a violation (in a detail run).  Always returns 0. */
int schema_fail(struct schema_run *r, uint32_t keyword, uint32_t inst,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Are n elements or members as many as there may be?  1 or 0. */
int schema_size(struct schema_run *r, const struct size_rules *s, uint64_t n,
    uint32_t inst);
enum { SHOWN_MAX = 60 };
/* At most max bytes (SHOWN_MAX in messages) of s, whole characters. */
struct str schema_cut(struct str s, size_t max);
/* No more errors are wanted. */
static inline bool
schema_stop(const struct schema_run *r)
{
	return !r->detail || r->n == r->max;
}

#endif
