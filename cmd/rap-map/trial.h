#ifndef RAP_MAP_TRIAL_H
#define RAP_MAP_TRIAL_H

#include "base/buf.h"
#include "base/map.h"
#include "json/json.h"
#include "sample.h"

/*
 * --check by example (check_try.c): a record that the input's schema allows,
 * and what the mapping makes of it.
 */
struct checker;
struct flow;
struct schema;
struct schema_run;

struct trial {
	struct checker *c;
	struct sampler s;
	struct schema *in, *out; /* NULL: nothing is known */
	struct schema_run *in_run, *out_run;
	struct flow *flow;
	struct json_doc record, made;
	struct buf text, lines, key;
	size_t work; /* bytes of records so far */
	struct map told;
};

/* trial_found.c: findings, each told once. */

/* The record gave an error: is it one of an expression that reads what the
 * schema describes? */
void trial_error(struct trial *t, const struct err *why);
/* A line that was made of it: does it fit the output? */
void trial_line(struct trial *t, struct str line);

#endif
