#ifndef RAP_FETCH_COLUMNS_H
#define RAP_FETCH_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "base/str.h"

/*
 * The columns of CSV, TSV and tables: their names, and cells as members.
 * `{0}` has none.
 */
struct buf;
struct err;
struct format_opts;

struct columns {
	struct buf *names; /* `"name":` for each */
	size_t n, cap;
	struct map seen;
};

/* A column of this name; an empty one is called c and its number, from 1.
 * ERR_DATA [csv.header] without a position when it is there already. */
int columns_add(struct columns *c, struct str name, struct err *e);
/* Columns c1, c2... up to n. */
void columns_number(struct columns *c, size_t n);
void columns_free(struct columns *c);

/* Append column i and its cell as a member, with what goes before it.  A cell
 * is a string, unless it stands without quotes and opts make it a number or
 * null. */
void columns_put(const struct columns *c, size_t i, struct str cell,
    bool quoted, const struct format_opts *opts, struct buf *out);

/* Is the text a number literal as ES6 writes it, which turning into a number
 * loses nothing of? */
bool columns_is_number(struct str s);

#endif
