#ifndef RAP_AGG_TABLE_H
#define RAP_AGG_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "agg.h"
#include "base/map.h"
#include "base/str.h"

/*
 * Groups:
 *
 *	key.c	 group keys as bytes, their order, and reading them back
 *	table.c	 a table of groups, the fold of a record, the merge
 *	output.c rows, sorted by key
 */
struct arena;
struct buf;
struct err;
struct json_doc;
struct prog_record;

/* ---- key.c */

/* Append one component: the node's type and canonical value. */
void agg_key_put(struct buf *key, const struct json_doc *d, uint32_t node,
    struct arena *a);

struct agg_part {
	int type; /* enum json_type, or AGG_ABSENT */
	struct str text; /* of a string unescaped, else canonical JSON */
};

enum { AGG_ABSENT = -1 };

/* The component at *at of a key, which moves on. */
struct agg_part agg_key_part(struct str key, size_t *at);
/*
 * Order of two keys of one spec, component by component: absent, null, false,
 * true, numbers by value, strings by their bytes, arrays and objects by their
 * canonical text.  Equal only if the bytes are.
 */
int agg_key_cmp(struct str a, struct str b);

/* Without keys: the key of the one group there is. */
#define AGG_ALL STR("*")

/* ---- table.c */

struct agg_table {
	struct map keys;
	struct agg_state *states; /* nitems for each key */
	size_t n, cap;		  /* groups, and room for them */
	size_t bytes;		  /* counted against max_bytes */
};

/* Group number of key, made when new; AGG_NONE with ERR_OS [agg.groups]. */
size_t agg_table_group(struct agg_table *t, const struct agg_spec *s,
    struct str key, struct err *e);
/* into += from; from is empty afterwards. */
int agg_table_merge(struct agg_table *into, struct agg_table *from,
    const struct agg_spec *s, struct err *e);
void agg_table_free(struct agg_table *t, const struct agg_spec *s);

struct agg_worker;

struct agg_worker *agg_worker_new(const struct agg_spec *s);
void agg_worker_free(struct agg_worker *w);
struct agg_table *agg_worker_table(struct agg_worker *w);
/* Which terms that are paths some record had, or-ed into seen, and how many
 * records were looked at, added. */
void agg_worker_seen(const struct agg_worker *w, bool *seen,
    uint64_t *records);
/* Fold one record in: an enum prog_verdict. */
int agg_record(struct agg_worker *w, const struct prog_record *rec,
    struct err *e);

/* ---- output.c */

/* All rows, sorted, and a header where the format has one. */
int agg_output(const struct agg_table *t, const struct agg_spec *s,
    struct buf *out, uint64_t *written, struct err *e);

#endif
