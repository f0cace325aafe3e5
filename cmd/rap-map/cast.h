#ifndef RAP_MAP_CAST_H
#define RAP_MAP_CAST_H

#include "eval.h"

/* Casts share these. */

/* A JSON number: 'i' without, 'd' with a fraction or exponent; else 0. */
char cast_number_kind(struct str s);
/* "cannot cast 1 to x".  Returns -1. */
int cast_fails(struct worker *w, const struct cell *c, const char *type,
    struct err *e);
/* What somebody may have meant by a string that is no number. */
int cast_hint(struct str s, struct err *e);

/* moment.c */
int cast_time(struct worker *w, struct cell *c, const struct caster *how,
    struct err *e);
int cast_span(struct worker *w, struct cell *c, const struct caster *how,
    struct err *e);

#endif
