#ifndef RAP_CONF_CONF_PRIV_H
#define RAP_CONF_CONF_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Between the files of conf/ only. */
struct err;

/* Where each node of the JSON text came from. */
struct conf_origin {
	uint32_t off; /* in the JSON text */
	uint32_t line, col;
};

struct conf_build {
	struct buf *text; /* JSON so far */
	struct conf_origin *at;
	size_t n, cap;
};

/* Note that a node begins at the end of the text. */
void conf_origin(struct conf_build *b, uint32_t line, uint32_t col);

/* An error at a place of the file: ERR_CONFIG.  Returns -1. */
int conf_err_at(struct err *e, size_t line, size_t col, const char *id,
    const char *msg);

/* place.c: show the place of src that e has. */
void conf_show_at(struct str src, struct err *e);

/* yaml.c: append the one document in text to b. */
int conf_yaml(struct conf_build *b, struct str text, struct err *e);

/*
 * scalar.c: append a plain scalar as the core schema resolves it.  want is 0,
 * or the type its tag asks for: 'i' integer, 'f' float, 'b' boolean, 'n' null.
 * NULL, or what is wrong with it.
 */
const char *conf_scalar(struct buf *out, struct str s, char want);

#endif
