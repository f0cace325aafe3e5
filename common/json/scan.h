#ifndef RAP_JSON_SCAN_H
#define RAP_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/json.h"

/*
 * Many records at once.  A kernel runs over a whole block of lines and notes
 * where its strings begin and end, whether they hold escapes, where its numbers
 * end, and whether all of it is UTF-8 without control bytes in strings or
 * malformed numbers (stage 1).  Each line is then indexed by walking from token
 * to token, strings and numbers in one step (stage 2).  The result is that of
 * json_parse, always: what the walk does not like is handed to json_parse,
 * whose verdict and offset count.
 *
 *	json_scan_block(&s, data, len);
 *	for each line, in order:
 *		if (!json_scan_ahead(&s, &doc, line, true, &len))
 *			... find its end ...
 *			json_scan_line(&s, &doc, line, len, e)
 *
 * A struct json_scan belongs to one thread; its kernel is shared.
 */
struct err;
struct json_kernel;
struct json_known;

struct json_scan {
	const struct json_kernel *kernel; /* NULL: json_parse for each line */
	const char *data;
	size_t len;
	uint32_t *quotes;  /* offsets of the quotes of strings, in pairs */
	uint32_t *escapes; /* offsets of the backslashes that escape */
	uint32_t *ends;	   /* offsets of the first bytes behind numbers */
	size_t cap;	   /* of each, in entries */
	uint32_t nquotes, nescapes, nends;
	uint32_t at, escape_at, end_at; /* where the next line begins to look */
	bool usable;	   /* the block has nothing only json_parse can judge */
	struct json_known *known; /* names met before; NULL until needed */
	bool doubts;	   /* names could not be told apart without nodes */
};

/*
 * The kernel called name ("scalar", "avx2", "avx512", "neon"), or the fastest
 * this processor has when name is NULL.  "scalar" is NULL with *ok true: the
 * reference needs no index.  *ok is false when there is no such kernel here.
 */
const struct json_kernel *json_kernel_choose(const char *name, bool *ok);
const char *json_kernel_name(const struct json_kernel *k);

/*
 * Index the strings and numbers of data[0..len), whole lines.  64 readable
 * bytes must follow; behind a last line without an LF the first should be NUL,
 * else json_parse does the work.  len is at most JSON_TEXT_MAX; the index holds
 * up to len entries of 4 bytes for each.
 */
void json_scan_block(struct json_scan *s, const char *data, size_t len);

/*
 * As json_parse for the line that begins at `line`, whose end is found on the
 * way: true, and *len its bytes without LF.  False when json_scan_line has to
 * judge it: a blank line too.  With nodes false none are made (d is scratch),
 * for who wants the verdict alone.
 */
bool json_scan_ahead(struct json_scan *s, struct json_doc *d,
    const char *line, bool nodes, size_t *len);

/*
 * As json_parse for one line of the block (without its LF).  Lines must come
 * in order; they may be left out.
 */
int json_scan_line(struct json_scan *s, struct json_doc *d, const char *line,
    size_t len, struct err *e);

void json_scan_free(struct json_scan *s);

#endif
