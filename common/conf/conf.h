#ifndef RAP_CONF_CONF_H
#define RAP_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/json.h"

/*
 * Files people write: YAML 1.2 core schema read with libyaml (one file of this
 * module includes it), so JSON is accepted too.  What was read becomes a
 * compact JSON text and its index; node i began on line[i] of the file, at
 * byte col[i].  Errors carry the line of the file they are about, underlined
 * (base/caret.h).
 *
 * Plain scalars resolve as the core schema has it: null, true, false, integers
 * (decimal, 0o, 0x) and floats.  A number that is spelled as JSON has it keeps
 * its spelling.  `no`, `on` and 012 (a zero in front) are strings; .inf and
 * .nan are refused.  A key is the string it is written as: `10:` is "10".
 * Anchors and aliases are copied under a ceiling; the tags of the core schema
 * (!!str, !!int ...) are honoured, others refused, as are merge keys, keys
 * that are no scalars and several documents.
 *
 *	struct conf c = {0};
 *	if (conf_parse(&c, text, len, e) != 0 ||
 *	    conf_keys(&c, 0, words, ARRAY_LEN(words), e) != 0)
 *		...
 *	conf_free(&c);
 */
struct err;

enum {
	CONF_TEXT_MAX = 64 << 20, /* bytes of a file */
	CONF_ALIAS_MAX = 1 << 20, /* bytes that aliases may copy, all in all */
};

struct conf {
	struct buf text;     /* the JSON text */
	struct json_doc doc; /* over text */
	uint32_t *line;	     /* line[node], from 1; doc.n of them */
	uint32_t *col;	     /* col[node], byte in that line from 0 */
	struct buf source;   /* the file as it was, without a BOM */
	bool made; /* nobody wrote it (options did): show values, not lines */
};

/*
 * Read YAML text.  ERR_CONFIG [conf.syntax, conf.key, conf.alias, conf.tag,
 * conf.number, conf.depth, conf.toobig, conf.empty] with e->line (and e->pos
 * the byte in that line).  `{0}` before; conf_free after, also when it failed.
 */
int conf_parse(struct conf *c, const char *text, size_t len, struct err *e);
void conf_free(struct conf *c);

/* An error about node: ERR_CONFIG with its line and path; it shows the scalar,
 * or where the collection begins.  Returns -1. */
int conf_err(const struct conf *c, uint32_t node, struct err *e,
    const char *id, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Place e, which is set, on node and show that: what conf_err does. */
void conf_place(const struct conf *c, uint32_t node, struct err *e);

/*
 * Place e, which is set and about the scalar at node, on bytes [at, at+len) of
 * its value, and show them: in the file where its spelling tells, over lines,
 * quotes, escapes and blocks; else e stays on the scalar's begin, with len 0,
 * and the value itself is shown.
 */
void conf_point(const struct conf *c, uint32_t node, size_t at, size_t len,
    struct err *e);

/*
 * Is node an object, and is every name in it one of words[0..n)?  Else -1:
 * ERR_CONFIG [conf.type], or [conf.unknown] with the line of the name and
 * "did you mean".
 */
int conf_keys(const struct conf *c, uint32_t node, const char *const *words,
    size_t n, struct err *e);

#endif
