#ifndef RAP_RE_RE_PRIV_H
#define RAP_RE_RE_PRIV_H

#include "re/re.h"

struct buf;

/*
 * Check a pattern of the dialect and append its PCRE2 spelling to out.  origin
 * gets a uint16_t for each byte of out: where it came from.  -1 with
 * ERR_CONFIG [re.refused, re.syntax], e->pos in the pattern.
 */
int re_translate(struct str pattern, enum re_dialect dialect,
    struct buf *out, struct buf *origin, struct err *e);

#endif
