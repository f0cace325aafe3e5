#ifndef RAP_MAP_RECON_GOLD_H
#define RAP_MAP_RECON_GOLD_H

#include "base/arena.h"
#include "base/map.h"
#include "place.h"
#include "recon/recon.h"
#include "reconcile.h"

/*
 * What members are matched with: the fields of a target, each with its place
 * in the records, the lexicon, and what people have said.
 */
struct buf;
struct prog;

/* What people said of one source and one target. */
struct verdict {
	uint32_t target; /* number in people.targets */
	uint32_t next;	 /* of the same source, or RECON_NONE */
	uint32_t yes, no;
	bool last_no; /* the newest says no */
};

struct people {
	struct map sources, targets;
	struct map pairs;	  /* number = index of the verdict */
	struct verdict *verdicts;
	uint32_t *first;	  /* verdict of a source */
	size_t cap, cap_first;
};

/* A target and all that is known about it. */
struct gold {
	struct recon_lexicon *lex;
	struct recon_target *target;
	struct recon_field *fields;
	uint32_t *place; /* of each field, in places */
	size_t n, cap;
	struct map names; /* texts of the fields: number = index */
	struct places places;
	bool starred; /* some are inside arrays */
	bool whole;   /* some are objects of which no more is known */
	struct arena mem;
	struct people people;
	uint32_t accept, review; /* in ten-thousandths */
};

/*
 * recon_load.c: lexicon, target, decisions and thresholds.  Without a target
 * of its own, or with "-", it is what the mapping c reads.
 */
int gold_load(struct gold *g, struct prog *p, const struct recon_args *a,
    const struct chain *c, struct err *e);
/* The lexicon alone, and the thresholds. */
int gold_words(struct gold *g, struct prog *p, const struct recon_args *a,
    struct err *e);
void gold_free(struct gold *g);

/*
 * recon_unit.c: what units that are codes of UCUM are called in names.  -1
 * only when the table there is wrong.
 */
int gold_units(struct gold *g, struct err *e);

/* recon_target.c: the field at a place is added; NULL when there is one. */
struct recon_field *gold_add(struct gold *g, uint32_t place);
/* What a field is called in the records. */
struct str gold_text(const struct gold *g, uint32_t target);
/* ERR_CONFIG [map.target, conf.*, recon.name, recon.limit] with the line. */
int target_read(struct gold *g, const struct buf *text, struct err *e);

/*
 * recon_chain.c: what the mapping reads is known, and a field each when the
 * mapping is the target itself (own).
 */
int target_of_chain(struct gold *g, const struct chain *c, bool own,
    struct err *e);

/* recon_people.c */

enum { DECISIONS_MAX = 1 << 20 };

/* Read decisions.ndjson.  ERR_CONFIG [map.decision] with the line. */
int people_read(struct people *p, const char *text, size_t len,
    struct err *e);
void people_free(struct people *p);
/*
 * The target that at least four fifths of what was said about the source
 * speak for (index in g), or RECON_NONE.
 */
uint32_t people_learned(const struct gold *g, struct str source);
/* The target that people gave the source and that is none of g; or "". */
struct str people_stray(const struct gold *g, struct str source);
/* How many targets were spoken of for the source. */
size_t people_count(const struct gold *g, struct str source);
/*
 * Add to pins what was said about the source, which has number `index` in the
 * query; room for people_count + 1.  Returns how many were added.
 */
size_t people_pins(const struct gold *g, struct str source, uint32_t index,
    struct recon_pin *pins);

/* "accept", "review" or "none". */
const char *gold_status(const struct gold *g, const struct recon_choice *c);
/* A confidence as a number: 0.9731. */
void put_confidence(struct json_w *w, uint32_t confidence);

#endif
