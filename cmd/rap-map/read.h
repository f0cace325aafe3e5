#ifndef RAP_MAP_READ_H
#define RAP_MAP_READ_H

#include "mapping.h"

/*
 * Reading a mapping's configuration, node by node.  Each fails with
 * ERR_CONFIG and the line of the node; texts live in the mapping.
 */
struct owned {
	struct owned *next;
	struct json_path path;
};

/* The value of a key of obj, or JSON_NONE. */
uint32_t read_key(const struct mapping *m, uint32_t obj, const char *name);

int read_text(struct mapping *m, uint32_t node, struct str *out,
    struct err *e);
int read_bool(struct mapping *m, uint32_t node, bool *out, struct err *e);
/* The key description of obj, if it is there, is a text. */
int read_description(const struct conf *c, uint32_t obj, struct err *e);
/* The part `key` of a step, or one of its fields, was refused (e): when it is
 * of a type that it never is, say how it is written.  Returns -1. */
int read_form(const struct mapping *m, uint32_t node, const char *key,
    struct err *e);
/* One of words: its index. */
int read_word(struct mapping *m, uint32_t node, const char *const *words,
    size_t n, struct err *e);
/* A path as such, below whatever it is used on. */
int read_path(struct mapping *m, uint32_t node, struct source *out,
    struct err *e);
/* A path that fields use: it knows what is carried. */
int read_source(struct mapping *m, uint32_t node, struct source *out,
    struct err *e);

/* A string or a list of strings; below: paths as such (read_path). */
int read_sources(struct mapping *m, uint32_t node, bool below,
    struct source **out, size_t *n, struct err *e);

/* What the path is a member of. */
int read_parent(struct mapping *m, uint32_t node, const struct source *src,
    struct source *out, struct err *e);

/* An expression: its number.  want: the type it must have, or NULL. */
int read_expr(struct mapping *m, uint32_t node, const char *want,
    uint32_t *expr, struct err *e);

/* An expression that the mapping owns from now on: its number. */
struct expr;
uint32_t read_keep(struct mapping *m, struct expr *x, bool cast);
/* "name": */
struct str read_label(struct mapping *m, struct str name);
/* A literal as it is in the mapping. */
struct str read_literal(const struct mapping *m, uint32_t node);

/* The parts of load.c that have files of their own. */
int field_load(struct mapping *m, uint32_t node, struct field *f,
    struct err *e);
/* type, layout, rounding, unit */
int field_type(struct mapping *m, uint32_t node, struct field *f,
    struct err *e);
/* A literal is written as it is: is it of the type already? */
int field_literal(const struct mapping *m, const struct field *f,
    uint32_t node, struct err *e);
/* A table from a file; *out is the mapping's also when it failed. */
int table_load(struct mapping *m, const char *file,
    const struct json_path *key, struct table_file **out, struct err *e);
void table_free(struct table_file *t);
int link_fields(struct mapping *m, uint32_t fields, struct err *e);
/* The known name, added when it is new. */
struct known *link_known(struct mapping *m, struct str name);

#endif
