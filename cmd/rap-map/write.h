#ifndef RAP_MAP_WRITE_H
#define RAP_MAP_WRITE_H

#include "eval.h"

/* A worker's item, mapped, as a line of output. */

/* What output is made of, when members do not keep their places. */
enum op_kind { OP_FIELD, OP_OPEN, OP_CLOSE };

struct op {
	enum op_kind kind;
	uint32_t field;
	struct str name, label; /* of OP_OPEN, and name of OP_FIELD */
	uint32_t end; /* of OP_OPEN: number of its OP_CLOSE */
	uint32_t host; /* of OP_OPEN: field that copies the object, or none */
};

enum { NO_HOST = UINT32_MAX };

/* write.c: append the item as one line.  -1: a bad record. */
int write_item(struct worker *w, struct buf *out, struct err *e);
/* The item as explode makes it, without an LF. */
int write_bare(struct worker *w, struct buf *out, struct err *e);

/* The parts of write_item: a slice of the line without what is dropped of it;
 * a label and the comma before it; a field that was not written yet; what the
 * operations [i, end) make of fields that were not. */
void write_slice(const struct worker *w, struct buf *out, struct str s);
void write_label(struct buf *out, struct str label);
void write_field(struct worker *w, struct buf *out, uint32_t i);
int write_ops(struct worker *w, struct buf *out, size_t i, size_t end,
    struct err *e);
/* [map.conflict] of a member that stays.  Returns -1. */
int write_conflict(struct worker *w, const struct cell *c, struct str name,
    struct err *e);

/*
 * into.c: append an object that stays, c, with the fields of the group in it
 * that begins with operation `open`.  -1: [map.object, map.conflict].
 */
int write_into(struct worker *w, struct buf *out, const struct cell *c,
    size_t open, struct err *e);

#endif
