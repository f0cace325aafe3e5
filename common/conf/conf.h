#ifndef RAP_CONF_CONF_H
#define RAP_CONF_CONF_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/json.h"

/*
 * Files people write: YAML 1.2 core schema read with libyaml (the only file
 * that includes it), so JSON is accepted too.  The events become a JSON text
 * and its index; node i of the index began on line[i] of the file.  Plain
 * scalars resolve as the core schema has it: null, true, false, integers
 * (decimal, 0o, 0x) and floats; `no`, `on` and 012 with a leading zero are
 * strings; .inf and .nan are refused.  Anchors and aliases are copied under a
 * ceiling; tags, merge keys and several documents are refused.
 */
struct err;

struct conf {
	struct buf text;     /* the JSON text */
	struct json_doc doc; /* over text */
	uint32_t *line;	     /* line[node], from 1; doc.n of them */
};

/*
 * Read YAML text.  ERR_CONFIG [conf.syntax, conf.alias, conf.key, ...] with
 * e->line (and e->pos the byte in that line).  `{0}` before; conf_free after,
 * also when it failed.
 */
int conf_parse(struct conf *c, const char *text, size_t len, struct err *e);
void conf_free(struct conf *c);

/* An error about node: ERR_CONFIG with its line and path.  Returns -1. */
int conf_err(const struct conf *c, uint32_t node, struct err *e,
    const char *id, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

#endif
