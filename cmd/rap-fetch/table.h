#ifndef RAP_FETCH_TABLE_H
#define RAP_FETCH_TABLE_H

#include "base/str.h"
#include "format.h"

/*
 * The lines of a table of text, one after the other, to records in the sink;
 * line.c cuts them and places the errors.
 */
struct table;

enum table_line { TABLE_TAKEN, TABLE_BAD, TABLE_STOP };

struct table *table_new(const struct format_opts *opts, struct sink *sink);
void table_free(struct table *t);

/*
 * One line.  TABLE_BAD: e says why it is no row, with e->pos in it [csv.ragged,
 * csv.utf8, csv.columns]; TABLE_STOP: there is no header [csv.header,
 * csv.ragged], or the sink failed.
 */
enum table_line table_line(struct table *t, struct str line, struct err *e);
/* ERR_DATA [csv.header] when the header line was not reached. */
int table_end(struct table *t, struct err *e);

#endif
