#ifndef RAP_CANON_CANON_H
#define RAP_CANON_CANON_H

#include <stddef.h>
#include <stdint.h>

/*
 * The lossless canonical text of a JSON value: member order and escapes of
 * RFC 8785, numbers normalised as text and never rounded.  It is the one
 * spelling used for record identity (group keys, delta, dedupe, diff); stream
 * trees hash raw lines instead.
 *
 *	struct buf text = {0};
 *	canon_write(&doc, 0, &text);
 *
 * The doc was validated by json_parse, so nothing can fail but the ceiling of
 * out.  No state is kept: calls in several threads do not meet.
 */
struct buf;
struct json_doc;

/* Append the canonical text of node (0: the whole text) to out. */
void canon_write(const struct json_doc *d, uint32_t node, struct buf *out);

#endif
