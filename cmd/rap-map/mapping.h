#ifndef RAP_MAP_MAPPING_H
#define RAP_MAP_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/cli.h"
#include "conf/conf.h"
#include "parts.h"
#include "shape.h"

/*
 * A mapping file (rap-map(5)) as it is run: steps, each of flat arrays, every
 * path and expression compiled, every literal a slice of the file's own JSON
 * text.  Read-only once it is loaded; the workers share it.
 *
 *	line      the record that the step reads
 *	item      what the fields see: an element of the exploded array with
 *		  the carried members before it, or the line itself
 */
struct buf;
struct err;
struct expr;
struct op;
struct prog;
struct recon_args;
struct recon_step;

enum {
	MAPPING_FIELDS_MAX = 4096,
	MAPPING_EXPLODE_MAX = 64 << 20, /* bytes made of one record */
	MAPPING_STEPS_MAX = 64
};

/* A name at the top of the item that the mapping mentions. */
struct known {
	bool drop;     /* left out */
	bool seen;     /* some path begins with it */
	uint32_t *in;  /* fields that take the whole member; nin of them */
	uint32_t *out; /* fields that write below this name; nout */
	uint32_t nin, nout;
	uint32_t group; /* what is written into this object: op number + 1 */
};

enum unmapped { UNMAPPED_KEEP, UNMAPPED_DROP, UNMAPPED_FAIL };

/* An expression over the record, or (a cast) over the variable v. */
struct compiled {
	struct expr *x;
	bool cast;
};

/* One step: what the parts of a mapping file, or of one of its steps, say. */
struct mapping {
	const struct conf *conf;
	const char *file;  /* for messages */
	struct prog *prog; /* while it is loaded */
	uint32_t root;	   /* node of the step */
	struct arena mem;
	struct owned *owned; /* paths */
	struct compiled *exprs;
	size_t nexprs;
	struct explode explode;
	struct lookup *lookups;
	size_t nlookups;
	struct cond *conds;
	size_t nconds;
	struct field *fields;
	size_t nfields;
	struct op *ops; /* without in_place fields */
	size_t nops;
	struct drop *drops;
	size_t ndrops;
	struct source *dropped; /* all paths of drop */
	size_t ndropped;
	struct map names; /* -> known */
	struct known *known;
	struct shape *shapes; /* after the fields, in this order */
	size_t nshapes;
	struct order order; /* after the shapes */
	enum unmapped unmapped;
	bool keeps; /* members keep their places */
	bool sees_all; /* some expression takes the whole record */
	uint32_t nhints;
};

/* A mapping file that was read: the first one, or one that a step uses. */
struct mapfile {
	struct conf conf;
	char *name; /* NULL: the command line */
	const struct mapfile *up; /* the one that uses it */
	struct mapfile *next;
};

struct chain {
	struct arena mem;
	struct mapfile *files, *first;
	struct mapping steps[MAPPING_STEPS_MAX];
	size_t nsteps;
};

/*
 * Compile a mapping file; text and name (may be NULL) are copied.
 * ERR_CONFIG [conf.*, map.*, expr.*, unit.*] with the place.  chain_free
 * after, also when it failed.
 */
int chain_load(struct chain *c, struct prog *p, const struct buf *text,
    const char *name, struct err *e);
void chain_free(struct chain *c);

/* One step at node `root` of its file; m is empty. */
int mapping_load(struct mapping *m, uint32_t root, struct err *e);
void mapping_free(struct mapping *m);

/*
 * "mapping":[{"to","from","confidence"}...] for the stage record; c and what
 * goes before it may be NULL.
 */
void chain_describe(const struct chain *c, const struct recon_step *before,
    struct buf *out);

/* What the options mean, as a mapping file (JSON). */
struct map_options {
	struct cli_list keep, drop, rename, assign;
	const char *where;
	const struct recon_args *reconcile; /* or NULL */
};
int mapping_of_options(const struct map_options *o, struct buf *out,
    struct err *e);

/*
 * Map the operands, or stdin.  c NULL: records as they are.  before (may be
 * NULL) sees each record first.
 */
int chain_run(struct prog *p, const struct chain *c,
    struct recon_step *before, bool canonical, struct err *e);

#endif
