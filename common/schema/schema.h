#ifndef RAP_SCHEMA_SCHEMA_H
#define RAP_SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/json.h"

/*
 * JSON Schema, compiled once to a flat program and run over the lazy index.
 * Numbers are compared by their digits; nothing here knows files, threads or
 * stdio.  A compiled schema is read-only and may be shared; each thread has
 * its own struct schema_run.
 *
 * Keywords so far: type, required, properties, additionalProperties, enum,
 * const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf,
 * minLength, maxLength, pattern, items, minItems, maxItems, uniqueItems,
 * minProperties, maxProperties, $ref to a place in the same document, $defs
 * and definitions, title, description, $schema, $id and other annotations.  A
 * keyword that would change the verdict and is not known is ERR_CONFIG
 * [schema.keyword]: never silently ignored.
 */
struct err;
struct schema;
struct schema_run;

/*
 * Compile node (0: all) of a parsed document; the document must stay while the
 * schema is used.  ERR_CONFIG [schema.*], e->pos in doc->text, e->path.
 */
struct schema *schema_compile(const struct json_doc *doc, uint32_t node,
    struct err *e);
void schema_free(struct schema *s);

struct schema_run *schema_run_new(const struct schema *s);
void schema_run_free(struct schema_run *r);

/*
 * One violation.  keyword is the JSON Pointer into the schema, instance the
 * node of the record it is about.  Texts live until the next schema_check.
 */
struct schema_error {
	struct str keyword;
	uint32_t instance;
	struct str message;
};

/*
 * Check node of d.  1 valid, 0 not, -1 with ERR_DATA when a limit was hit
 * (re.limit).  Up to max violations are written to errors, in the order of the
 * walk; *n is how many (NULL and 0 when only the verdict is wanted).
 */
int schema_check(const struct schema *s, struct schema_run *r,
    const struct json_doc *d, uint32_t node, struct schema_error *errors,
    size_t max, size_t *n, struct err *e);

#endif
