#ifndef RAP_MAP_EVAL_H
#define RAP_MAP_EVAL_H

#include "mapping.h"

#include "base/buf.h"
#include "json/json.h"

struct expr;
struct expr_run;
struct funcs;

/*
 * What a worker has of a step while it maps a record.  Nothing here is shared,
 * and nothing is allocated for a record but in the arenas.
 */
struct row {
	struct str key;
	uint32_t node;
};

struct table {
	bool built; /* for this line */
	struct row *rows; /* sorted by key; in the record's arena */
	size_t n;
};

struct hole {
	uint32_t off, end; /* bytes of the line that are left out */
};

/* Which known name stood at this place in the record before. */
enum { GUESSES = 64, GUESS_NAME = 40 };

struct guess {
	uint32_t known, len;
	char name[GUESS_NAME];
};

struct worker {
	const struct mapping *m;
	const struct json_doc *d;
	struct arena line;    /* for one line: tables */
	struct funcs *funcs;
	struct expr **exprs;	/* the mapping's, with functions of our own */
	struct expr_run **runs; /* of each */
	struct buf item_text; /* the item, where explode puts it together */
	struct json_doc item_doc;
	bool item_ready;
	bool bare; /* write what explode makes, as it is */
	struct json_hint *hints;
	bool *met;   /* known names that some record had */
	bool mapped; /* some item passed all fields */
	struct arena scratch; /* for one item */
	struct str *result;   /* of each field; p NULL: nothing to write */
	bool *done;	      /* fields that were written */
	struct table *tables;
	struct guess guess[GUESSES];
	struct hole *holes;
	size_t nholes, holes_cap;
	uint32_t item;	/* node of the item */
	size_t index;	/* its position */
	struct str index_text;
	struct buf key, other; /* scratch for comparing */
	struct json_doc again; /* what is parsed once more */
	bool stop; /* the error is one of on_error: fail */
	size_t at_field; /* being made, or nfields: none */
	size_t at_cond;  /* being asked, or nconds: none */
};

/* A value on its way: a slice of the record or of the scratch arena. */
struct cell {
	struct str raw;	 /* JSON */
	struct str text; /* of a string that is not in the record */
	const struct json_doc *d; /* of node; NULL: the line's */
	uint32_t node;		  /* or JSON_NONE */
	enum json_type type;
};

/* value.c: the bytes stay until the item is done (or buf is cleared). */

/* Without the quotes and escapes of a string. */
struct str cell_text(struct worker *w, const struct cell *c);
/*
 * What tables are searched by: the text of a string, the canonical spelling of
 * a number, true, false, null, and canonical JSON of the rest.
 */
struct str cell_key(struct worker *w, const struct cell *c, struct buf *buf);
/* Canonical JSON. */
struct str cell_canon(struct worker *w, const struct cell *c,
    struct buf *buf);
bool cell_same(struct worker *w, const struct cell *a, const struct cell *b);
/* A new string. */
struct cell cell_string(struct worker *w, struct str text);
/* An error about a value: its path and place.  Returns -1. */
int cell_err(struct worker *w, const struct cell *c, struct err *e,
    const char *id, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Strict casts of whole values. */
int cell_cast(struct worker *w, struct cell *c, const struct caster *how,
    struct err *e);
int cell_unit(struct worker *w, struct cell *c, const struct field *f,
    struct err *e);
int cell_case(struct worker *w, struct cell *c, enum letters letters,
    struct err *e);

/* eval.c */

bool eval_find(struct worker *w, const struct source *src, struct cell *c);
/* Fill w->result for the item.  -1: a bad record. */
int eval_fields(struct worker *w, struct err *e);
/* Do the conditions hold?  1, 0, or -1 with e. */
int eval_where(struct worker *w, struct err *e);

/* The lookup called name, or NULL. */
const struct lookup *lookup_named(const struct mapping *m, struct str name);
/* lookup.c: the row that cell c is the key of.  1 found, 0 not, -1 e. */
int lookup_row(struct worker *w, size_t lookup, const struct cell *c,
    uint32_t *row, struct err *e);

/* cel.c: the expressions of a worker. */
void cel_open(struct worker *w);
void cel_close(struct worker *w);
/* The value of an expression: 1, 0 for an empty optional, -1. */
int cel_value(struct worker *w, uint32_t expr, struct cell *c,
    struct err *e);
/* 1 true, 0 false, -1 e. */
int cel_test(struct worker *w, uint32_t expr, struct err *e);

/* item.c: map a line (w->d) to lines.  The lines written, or -1. */
int64_t item_map(struct worker *w, struct buf *lines, struct err *e);

#endif
