#ifndef RAP_MAP_MAPPING_H
#define RAP_MAP_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "conf/conf.h"
#include "parts.h"

/*
 * A mapping (rap-map(5)) as it is run: flat arrays, every path compiled, every
 * literal a slice of the mapping's own JSON text.  Read-only once it is
 * loaded; the workers share it.
 *
 *	line      the record that was read
 *	item      what the fields see: an element of the exploded array with
 *		  the carried members before it, or the line itself
 */
struct err;
struct buf;
struct prog;

enum {
	MAPPING_FIELDS_MAX = 4096,
	MAPPING_EXPLODE_MAX = 64 << 20, /* bytes made of one record */
};

/* What output is made of, when members do not keep their places. */
enum op_kind { OP_FIELD, OP_OPEN, OP_CLOSE };

struct op {
	enum op_kind kind;
	uint32_t field;
	struct str label; /* of OP_OPEN */
};

/* A name at the top of the item that the mapping mentions. */
struct known {
	bool drop;     /* left out */
	bool seen;     /* some path begins with it */
	uint32_t *in;  /* fields that take the whole member; nin of them */
	uint32_t *out; /* fields that write below this name; nout */
	uint32_t nin, nout;
};

enum unmapped { UNMAPPED_KEEP, UNMAPPED_DROP, UNMAPPED_FAIL };

struct mapping {
	struct conf conf;
	struct arena mem;
	struct owned *owned; /* paths */
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
	struct map names; /* -> known */
	struct known *known;
	enum unmapped unmapped;
	bool keeps; /* members keep their places */
	uint32_t nhints;
};

/*
 * Compile the text of a mapping file.  ERR_CONFIG [conf.*, map.config] with
 * the line.  mapping_free after, also when it failed.
 */
int mapping_load(struct mapping *m, const char *text, size_t len,
    struct err *e);
void mapping_free(struct mapping *m);

/* "mapping":[{"to","from","confidence"}...] for the stage record. */
void mapping_describe(const struct mapping *m, struct buf *out);

/* What the options keep, drop and rename mean, as a mapping file (JSON). */
struct cli_list;
int mapping_of_options(const struct cli_list *keep,
    const struct cli_list *drop, const struct cli_list *rename,
    struct buf *out, struct err *e);

/* Map the operands, or stdin.  m NULL: records as they are. */
int mapping_run(struct prog *p, const struct mapping *m, bool canonical,
    struct err *e);

#endif
