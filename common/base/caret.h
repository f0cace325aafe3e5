#ifndef RAP_BASE_CARET_H
#define RAP_BASE_CARET_H

#include <stddef.h>

#include "base/str.h"

/*
 * What an error is about, as compilers show it: the line, and below it the
 * span underlined.
 *
 *	    fields: [{to: total, expr: foo(price) * 2}]
 *	                               ^~~
 *
 * The line is made when the error is, by who has the text, and travels in the
 * error (base/err.h) as it is to be shown: blanks in front are left out, a tab
 * is spaces to the next multiple of eight, what could drive a terminal is
 * spelled out (str_escape), and a line too long is cut to a window around the
 * span, with "..." for what is missing.  Columns are those of a terminal: an
 * East Asian wide character takes two, a combining mark none.
 */
struct buf;
struct err;

enum { CARET_COLUMNS = 72 }; /* of a line that is shown */

/*
 * Note in e, which is set, the line of text that byte `at` is in, and that
 * len bytes from there are wrong (0: the place between two).  A span that goes
 * on in the next line is underlined to the end of its first.
 */
void caret_note(struct err *e, struct str text, size_t at, size_t len);

/* Append both lines, four columns to the right; nothing when e has none. */
void caret_put(const struct err *e, struct buf *out);

#endif
