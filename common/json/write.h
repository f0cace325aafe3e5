#ifndef RAP_JSON_WRITE_H
#define RAP_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Writing JSON into a buffer: compact, one value.  Escapes are those of
 * RFC 8785: \" \\ \b \f \n \r \t, \u00xx in lower case, all else as it is.
 * The struct keeps the commas; call json_w_name before each value in an
 * object.  There is no error: the buffer's ceiling is looked at once, by its
 * owner.  Copying a whole slice of an input is json_w_raw.
 *
 *	struct json_w w = {.out = buf};
 *	json_w_object(&w);
 *	json_w_name(&w, STR("n"));
 *	json_w_u64(&w, 3);
 *	json_w_end(&w);
 */
struct json_w {
	struct buf *out;
	uint64_t array;	 /* bit d: the open container at depth d is an array */
	uint64_t filled; /* bit d: it already holds something */
	unsigned depth;	 /* open containers, at most 63 */
	bool named;	 /* a name was written, its value is due */
};

void json_w_object(struct json_w *w);
void json_w_array(struct json_w *w);
void json_w_end(struct json_w *w); /* closes the innermost */
void json_w_name(struct json_w *w, struct str name);
void json_w_string(struct json_w *w, struct str s);
void json_w_raw(struct json_w *w, struct str json); /* a whole value */
void json_w_u64(struct json_w *w, uint64_t v);
void json_w_i64(struct json_w *w, int64_t v);
void json_w_bool(struct json_w *w, bool v);
void json_w_null(struct json_w *w);

/* A member in one call. */
void json_w_member(struct json_w *w, const char *name, struct str value);
void json_w_member_u64(struct json_w *w, const char *name, uint64_t v);

/* A value that json_parse accepted, without the blanks between its tokens. */
void json_put_compact(struct buf *out, struct str json);

/* Just the quoted, escaped string; s must be UTF-8. */
void json_put_string(struct buf *out, struct str s);

#endif
