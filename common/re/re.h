#ifndef RAP_RE_RE_H
#define RAP_RE_RE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/*
 * Regular expressions with bounded work, over libpcre2-8 (re.c is the only
 * file that includes it).  Text and pattern are UTF-8, a match may be
 * anywhere, `$` is only the very end.
 *
 *	struct re *re = re_compile(STR("^[a-z]+$"), RE_ECMA, &e);
 *	struct re_scratch *s = re_scratch_new();
 *	int found = re_match(re, s, text, &e);
 *
 * The pattern is read and rewritten by us first, so both dialects mean what
 * their standards say and no construct of PCRE's own gets through: recursion,
 * \K, \C, (*VERBS), conditionals, callouts, atomic groups and possessive
 * quantifiers are refused.  Reaching the match limit is an error, never "no
 * match".  Where the system lets no code be made at run time, the interpreter
 * does the same work more slowly; it counts steps differently, so a pattern
 * that is near the limit may be refused on one machine only.
 *
 * A struct re is read-only after compiling and may be shared; each thread has
 * its own struct re_scratch.
 */
struct err;
struct re;
struct re_scratch;

enum re_dialect {
	/*
	 * ECMA-262 with the u flag, for JSON Schema `pattern`: \d \w ASCII,
	 * \s and . as ECMA has them, \p{L}, look-around and back-references;
	 * no inline flags.
	 */
	RE_ECMA,
	/*
	 * RE2 syntax, for `matches` in expressions: also no look-around and
	 * no back-references.
	 */
	RE_LINEAR
};

enum { RE_PATTERN_MAX = 4096 }; /* bytes */

/*
 * Compile, or NULL with ERR_CONFIG [re.syntax, re.refused, re.toolong,
 * re.utf8], e->pos the byte in the pattern.  The pattern is not kept.
 */
struct re *re_compile(struct str pattern, enum re_dialect dialect,
    struct err *e);
void re_free(struct re *re);

struct re_scratch *re_scratch_new(void);
void re_scratch_free(struct re_scratch *s);

/*
 * Is there a match in text?  1 yes, 0 no, -1 with ERR_DATA [re.limit] after
 * 10^6 steps or 64 MiB.  text must be valid UTF-8.
 */
int re_match(const struct re *re, struct re_scratch *s, struct str text,
    struct err *e);

#endif
