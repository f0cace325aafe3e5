#ifndef RAP_VALIDATE_VALIDATE_H
#define RAP_VALIDATE_VALIDATE_H

#include "base/buf.h"
#include "base/io.h"
#include "conf/conf.h"
#include "prog/record.h"
#include "schema/schema.h"

enum { ERRORS_MAX = 1000 }; /* ceiling of --max-errors-per-record */

/* A schema read from a file: JSON or YAML. */
struct rules {
	struct conf conf;
	struct schema *schema;
	char *path;
};

/* ERR_NOINPUT, or ERR_CONFIG with the line in the file. */
int rules_load(struct rules *r, struct prog *p, const char *name,
    struct err *e);
void rules_free(struct rules *r);

/*
 * --report FILE: a line for each failing record, in input order, and a
 * summary with counts for each failing keyword.  Published whole at the end;
 * `{.pub.fd = -1}` is none.
 */
struct report {
	struct io_pub pub;
	const char *path;
	struct buf out;		/* lines not yet written */
	uint64_t *count;	/* of each node of the schema document */
	uint64_t invalid;
};

int report_open(struct report *r, const char *path, const struct rules *rules,
    struct err *e);
/* Append what a record's errors say to the note for report_commit. */
void report_note(const struct rules *rules, const struct prog_record *rec,
    const struct schema_error *errors, size_t n, struct buf *note);
int report_commit(struct report *r, const struct buf *note, struct err *e);
/* The summary, and publish; complete: the input was read to its end. */
int report_close(struct report *r, const struct rules *rules,
    const struct engine_counts *counts, bool complete, struct err *e);
void report_abort(struct report *r);

/* The errors of a record as a JSON array, in the words of 2020-12, 12.3. */
void report_errors(const struct rules *rules, const struct prog_record *rec,
    const struct schema_error *errors, size_t n, struct buf *out);

#endif
