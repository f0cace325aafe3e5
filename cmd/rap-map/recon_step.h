#ifndef RAP_MAP_RECON_STEP_H
#define RAP_MAP_RECON_STEP_H

#include "base/buf.h"
#include "json/json.h"
#include "prog/record.h"
#include "recon_gold.h"

/*
 * --reconcile in a stream: a step before the mapping.  One thread, so that a
 * name is decided about by the first record that shows it, whatever -j says.
 *
 *	s = recon_step_new(p, &args, chain, &e);
 *	recon_step_record(s, rec, line, &renamed, &e);
 *	recon_step_end(s, &e);			... --drift, warnings
 *	recon_step_describe(s, out);
 *	recon_step_free(s);
 */

/* A member or an element that the record at hand has. */
struct met {
	uint32_t place, node; /* of the value */
	uint32_t scope;	      /* number of the element it is in; 0: none */
	bool leaf;	      /* what is inside is not looked at */
	bool source;	      /* it may get a name of the target */
	bool rename;
};

/* Who gets a target, in a record and one of its elements. */
struct won {
	uint64_t record;
	uint32_t scope, by; /* by: in now */
};

/* A member on its way into another object. */
struct move {
	uint32_t place, node;	/* where it comes from */
	uint32_t to, anchor;	/* place; node of the object it goes into */
	const uint32_t *trail;	/* the places from the top to it */
};

/* Bytes of the line that are replaced by others, from ins. */
struct edit {
	uint32_t off, end;
	size_t from, len;
};

struct editor {
	struct buf ins;
	struct edit *edits;
	struct move *moves;
	size_t nedits, nmoves, edits_cap, moves_cap;
};

struct recon_step {
	struct prog *p;
	struct gold gold;
	const char *drift;
	struct met *now, *before;
	size_t nnow, nbefore, now_cap, before_cap;
	uint32_t *order; /* places in the order of first sight */
	size_t norder, order_cap;
	struct won *won; /* by target */
	uint64_t record;
	uint32_t scopes; /* elements so far, of this record */
	uint32_t *plan; /* what is renamed in place: positions in now */
	size_t nplan, plan_cap;
	bool planned; /* ... is all, in a record that has the same */
	bool same;    /* this record has what the last one had */
	bool news;    /* something must be decided */
	bool applied; /* something may be renamed */
	struct editor editor;
};

/* recon_walk.c: list what the record has.  -1: too many names. */
int walk_record(struct recon_step *st, const struct prog_record *rec,
    struct err *e);
/* Note what is missing; after the record. */
void walk_missing(struct recon_step *st, uint64_t line);
/*
 * Do the members of place a stand where those of place b would, once arrays
 * have their new names?  now: as this record has it; else as was decided.
 */
bool walk_same_home(const struct recon_step *st, uint32_t a, uint32_t b,
    bool now);

/* recon_edit.c: append the line with its new names, without LF. */
void edit_record(struct recon_step *st, const struct prog_record *rec,
    struct buf *out);
/* The same when all names stay in their objects, as in the plan. */
void edit_in_place(const struct recon_step *st, const struct prog_record *rec,
    struct buf *out);
/* Can what has this place be renamed, in the record at hand? */
bool edit_possible(const struct recon_step *st, uint32_t place,
    const struct json_doc *d);

/* recon_drift.c */
int drift_log(struct recon_step *st, uint32_t place,
    const struct prog_record *rec, struct err *e);
int drift_write(struct recon_step *st, struct err *e);
void drift_warn(struct recon_step *st);

#endif
