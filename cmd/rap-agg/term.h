#ifndef RAP_AGG_TERM_H
#define RAP_AGG_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agg.h"
#include "base/buf.h"
#include "json/json.h"
#include "json/path.h"

/*
 * Terms: what keys, arguments and conditions read of a record.  A plain path is
 * found; anything else is a CEL expression, see rap-expr(5), whose value is
 * written as JSON and read again, so that both are a node of some document.
 *
 *	agg_reader_open(&r, spec);
 *	...for each record: agg_read_paths(&r, doc), and for the terms that are
 *	   needed agg_read(&r, i, rec, &e), then r.cells[i]...
 *	agg_reader_close(&r);
 */
struct expr;
struct expr_run;
struct prog_record;

struct agg_term {
	struct json_path path;
	struct expr *x; /* when it is no path */
};

/* What a term is for: expressions whose type cannot suit are refused. */
enum agg_use {
	AGG_FOR_KEY,
	AGG_FOR_COUNT,	/* any, but a bool: that would count false too */
	AGG_FOR_NUMBER, /* sum, mean */
	AGG_FOR_ORDER,	/* min, max: numbers or strings */
	AGG_FOR_TEST	/* where: always an expression */
};

/*
 * Compile text; *index is its place in s->terms, which has room.  ERR_CONFIG
 * [path.*, expr.*, agg.arg] with e->pos in text.
 */
int agg_term_add(struct agg_spec *s, struct str text, enum agg_use use,
    size_t *index, struct err *e);
void agg_term_free(struct agg_term *t);

struct agg_cell {
	const struct json_doc *d;
	uint32_t node; /* of d, or JSON_NONE */
	bool made;     /* by an expression: d is not the record */
	bool time;     /* and it is a timestamp or a duration, as text */
};

/* For one thread. */
struct agg_reader {
	const struct agg_spec *spec;
	struct agg_cell *cells; /* of the record at hand, for each term */
	bool *seen;		/* paths that some record had */
	uint64_t records;
	struct json_hint *hints;
	struct expr_run **runs;
	struct json_doc *docs; /* of values made */
	struct buf text;
};

void agg_reader_open(struct agg_reader *r, const struct agg_spec *s);
void agg_reader_close(struct agg_reader *r);
/* A new record: find all paths. */
void agg_read_paths(struct agg_reader *r, const struct json_doc *d);
/* Evaluate term i, if it is an expression; its cell is good until the next
 * record.  ERR_DATA [expr.*] with pos and path in the record. */
int agg_read(struct agg_reader *r, size_t i, const struct prog_record *rec,
    struct err *e);
/* The condition i. */
int agg_read_test(struct agg_reader *r, size_t i,
    const struct prog_record *rec, bool *yes, struct err *e);

#endif
