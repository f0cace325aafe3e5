#ifndef RAP_RE_RE_H
#define RAP_RE_RE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/*
 * Regular expressions with bounded work, over libpcre2-8 (the only file that
 * includes it).  The dialect is the ECMA-262 subset JSON Schema asks for:
 * UTF mode, unanchored, `$` only at the very end.  Recursion, \K, \C, (*VERBS)
 * and conditionals are refused at compile time.  When the match limit is hit
 * the answer is an error, never "no match".
 *
 * A struct re is read-only after compiling and may be shared; each thread has
 * its own struct re_scratch.
 */
struct err;
struct re;
struct re_scratch;

/* ERR_CONFIG [re.syntax, re.refused, re.toolong], e->pos in the pattern. */
struct re *re_compile(struct str pattern, struct err *e);
void re_free(struct re *re);

struct re_scratch *re_scratch_new(void);
void re_scratch_free(struct re_scratch *s);

/* 1 found, 0 not, -1 with ERR_DATA [re.limit].  text must be valid UTF-8. */
int re_match(const struct re *re, struct re_scratch *s, struct str text,
    struct err *e);

#endif
