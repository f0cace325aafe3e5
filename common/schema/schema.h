#ifndef RAP_SCHEMA_SCHEMA_H
#define RAP_SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/json.h"

/*
 * JSON Schema, compiled once to a flat program and run over the lazy index.
 * Numbers are compared by their digits; nothing here knows files, threads or
 * stdio, and no reference is ever fetched.  A compiled schema is read-only and
 * may be shared; each thread has its own struct schema_run.
 *
 *	struct schema *s = schema_compile(&doc, 0, &e);
 *	struct schema_run *r = schema_run_new(s);
 *	int valid = schema_check(s, r, &record, 0, NULL, 0, NULL, &e);
 *
 * Dialects, by $schema: 2020-12 (also without $schema), 2019-09, draft-07,
 * draft-06; another one is ERR_CONFIG [schema.dialect].  Every keyword of the
 * validation and applicator vocabularies is there; $ref reaches places,
 * anchors and embedded $id of the same document.  `format` and the content
 * keywords only annotate.
 *
 * Never silently ignored, but ERR_CONFIG [schema.keyword]: unevaluatedItems,
 * unevaluatedProperties, $dynamicRef, $recursiveRef; a keyword of another
 * dialect; a name near to a keyword.  Other unknown names are annotations, as
 * the standard has it.
 */
struct err;
struct schema;
struct schema_run;

/*
 * Compile node (0: all) of a parsed document; the document must stay while the
 * schema is used.  NULL with ERR_CONFIG [schema.dialect, schema.keyword,
 * schema.value, schema.ref, re.*], e->pos in doc->text, e->path.
 */
struct schema *schema_compile(const struct json_doc *doc, uint32_t node,
    struct err *e);
void schema_free(struct schema *s);

struct schema_run *schema_run_new(const struct schema *s);
void schema_run_free(struct schema_run *r);

/*
 * One violation.  keyword is the JSON Pointer of the failing keyword as it was
 * reached, through $ref ("keywordLocation" of 2020-12, 12.3.1); place is the
 * keyword's value in the schema document (or the schema `false` itself);
 * instance the node of the record it is about.  Texts live until the next
 * schema_check.
 */
struct schema_error {
	struct str keyword;
	uint32_t place;
	uint32_t instance;
	struct str message;
};

/*
 * Check node of d.  1 valid, 0 not, -1 with ERR_DATA when a limit was hit
 * (re.limit; schema.depth: 3,000 schemas inside each other; schema.work).  Up
 * to max violations are written to errors, in the order of the walk; *n is how
 * many (NULL, 0, NULL when only the verdict is wanted).
 */
int schema_check(const struct schema *s, struct schema_run *r,
    const struct json_doc *d, uint32_t node, struct schema_error *errors,
    size_t max, size_t *n, struct err *e);

#endif
