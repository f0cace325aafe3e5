/*
 * The JSON Schema test suite: each group's schema is compiled, each test's
 * data checked.  A group whose schema is refused (a keyword not done here, a
 * reference to another file) is counted as refused, and how many are is
 * expected too.  "schema_suite DIR" or, from the root of the tree, no
 * argument; -v prints a line for each file.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "schema/schema.h"
#include "test.h"

#define SUITE "../shared/conformance/json-schema"

struct count {
	unsigned passed, failed, refused;
};

static bool verbose;

/*
 * Files with refused tests, and how many; in all others there are none.  They
 * want unevaluated*, $dynamicRef, meta-schemas or other files.
 */
static const struct {
	const char *file;
	unsigned refused;
} partly[] = {
    {"draft2020-12/defs", 2},
    {"draft2020-12/dynamicRef", 42},
    {"draft2020-12/not", 2},
    {"draft2020-12/ref", 3},
    {"draft2020-12/refRemote", 31},
    {"draft2020-12/unevaluatedItems", 71},
    {"draft2020-12/unevaluatedProperties", 129},
    {"draft2020-12/vocabulary", 5},
    {"draft7/definitions", 2},
    {"draft7/ref", 2},
    {"draft7/refRemote", 23},
};

static void
run_test(struct json_doc *d, uint32_t test, const struct schema *s,
    struct schema_run *r, const char *where, struct count *n)
{
	struct schema_error errors[16];
	struct err e = {0};
	uint32_t data = json_member(d, test, STR("data"));
	uint32_t valid = json_member(d, test, STR("valid"));
	struct str what = json_raw(d,
	    json_member(d, test, STR("description")));
	bool want = json_type(d, valid) == JSON_TRUE;
	size_t nerrors;
	int got, detail;

	got = schema_check(s, r, d, data, NULL, 0, NULL, &e);
	detail = schema_check(s, r, d, data, errors, 16, &nerrors, &e);
	/* The second run must agree, and say why. */
	if (got == want && detail == got && (nerrors == 0) == want) {
		n->passed++;
		return;
	}
	n->failed++;
	printf("%s: %.*s: got %d, %d with %zu errors\n", where,
	    (int)what.len, what.p, got, detail, nerrors);
}

/* The group's schema as a document; draft 7 does not say that it is. */
static void
load_schema(const struct json_doc *d, uint32_t schema, bool draft7,
    struct buf *text, struct json_doc *out)
{
	struct str raw = json_raw(d, schema);
	struct err e;

	if (draft7 && raw.p[0] == '{' &&
	    json_member(d, schema, STR("$schema")) == JSON_NONE) {
		buf_puts(text, "{\"$schema\":"
		    "\"http://json-schema.org/draft-07/schema#\"");
		buf_puts(text, json_count(d, schema) != 0 ? "," : "");
		raw.p++;
		raw.len--;
	}
	buf_str(text, raw);
	TEST(json_parse(out, text->p, text->len, &e) == 0);
}

static void
run_group(struct json_doc *d, uint32_t group, const char *file,
    struct count *n)
{
	struct err e = {0};
	struct buf text = {0};
	struct json_doc sd = {0};
	uint32_t tests = json_member(d, group, STR("tests"));
	struct str what = json_raw(d,
	    json_member(d, group, STR("description")));
	struct schema *s;
	struct schema_run *r;
	char where[300];

	load_schema(d, json_member(d, group, STR("schema")),
	    strncmp(file, "draft7", 6) == 0, &text, &sd);
	s = schema_compile(&sd, 0, &e);
	snprintf(where, sizeof where, "%s: %.*s", file, (int)what.len, what.p);
	if (s == NULL) {
		if (verbose)
			printf("%s: %s: %s\n", where, e.path, e.msg);
		n->refused += (unsigned)json_count(d, tests);
	} else {
		r = schema_run_new(s);
		for (uint32_t t = tests + 1; t < d->nodes[tests].next;
		     t = d->nodes[t].next)
			run_test(d, t, s, r, where, n);
		schema_run_free(r);
	}
	schema_free(s);
	json_free(&sd);
	buf_free(&text);
}

static void
run_file(const char *dir, const char *file, unsigned total)
{
	struct buf path = {0}, text = {0};
	struct json_doc d = {0};
	struct count n = {0, 0, 0};
	struct err e = {0};
	unsigned refused = 0;

	buf_printf(&path, "%s/%s.json", dir, file);
	if (io_load(buf_cstr(&path), &text, &e) != 0 ||
	    json_parse(&d, text.p, text.len, &e) != 0) {
		printf("%s: %s\n", path.p, e.msg);
		test_failed++;
	} else {
		for (uint32_t g = 1; g < d.n; g = d.nodes[g].next)
			run_group(&d, g, file, &n);
	}
	for (size_t i = 0; i < ARRAY_LEN(partly); i++)
		if (strcmp(partly[i].file, file) == 0)
			refused = partly[i].refused;
	if (verbose || n.failed != 0 || n.refused != refused ||
	    n.passed != total - refused)
		printf("%-38s passed %4u of %4u, failed %u, refused %u\n",
		    file, n.passed, total, n.failed, n.refused);
	TEST(n.refused == refused);
	TEST(n.passed == total - refused);
	test_passed += n.passed;
	test_failed += n.failed;
	json_free(&d);
	buf_free(&path);
	buf_free(&text);
}

/* Files and their tests, as counted in the suite at 44401e0. */
static const struct {
	const char *file;
	unsigned total;
} files[] = {
    {"draft2020-12/additionalProperties", 21},
    {"draft2020-12/allOf", 30},
    {"draft2020-12/anchor", 8},
    {"draft2020-12/anyOf", 18},
    {"draft2020-12/boolean_schema", 18},
    {"draft2020-12/const", 54},
    {"draft2020-12/contains", 21},
    {"draft2020-12/content", 18},
    {"draft2020-12/default", 7},
    {"draft2020-12/defs", 2},
    {"draft2020-12/dependentRequired", 20},
    {"draft2020-12/dependentSchemas", 20},
    {"draft2020-12/dynamicRef", 44},
    {"draft2020-12/enum", 51},
    {"draft2020-12/exclusiveMaximum", 4},
    {"draft2020-12/exclusiveMinimum", 4},
    {"draft2020-12/format", 133},
    {"draft2020-12/if-then-else", 30},
    {"draft2020-12/infinite-loop-detection", 2},
    {"draft2020-12/items", 29},
    {"draft2020-12/maxContains", 14},
    {"draft2020-12/maxItems", 6},
    {"draft2020-12/maxLength", 7},
    {"draft2020-12/maxProperties", 10},
    {"draft2020-12/maximum", 8},
    {"draft2020-12/minContains", 28},
    {"draft2020-12/minItems", 6},
    {"draft2020-12/minLength", 7},
    {"draft2020-12/minProperties", 10},
    {"draft2020-12/minimum", 11},
    {"draft2020-12/multipleOf", 11},
    {"draft2020-12/not", 40},
    {"draft2020-12/oneOf", 27},
    {"draft2020-12/pattern", 12},
    {"draft2020-12/patternProperties", 25},
    {"draft2020-12/prefixItems", 11},
    {"draft2020-12/properties", 28},
    {"draft2020-12/propertyNames", 22},
    {"draft2020-12/ref", 79},
    {"draft2020-12/refRemote", 31},
    {"draft2020-12/required", 18},
    {"draft2020-12/type", 80},
    {"draft2020-12/unevaluatedItems", 71},
    {"draft2020-12/unevaluatedProperties", 129},
    {"draft2020-12/uniqueItems", 69},
    {"draft2020-12/vocabulary", 5},
    {"draft7/additionalItems", 19},
    {"draft7/additionalProperties", 16},
    {"draft7/allOf", 30},
    {"draft7/anyOf", 18},
    {"draft7/boolean_schema", 18},
    {"draft7/const", 54},
    {"draft7/contains", 21},
    {"draft7/default", 7},
    {"draft7/definitions", 2},
    {"draft7/dependencies", 36},
    {"draft7/enum", 45},
    {"draft7/exclusiveMaximum", 4},
    {"draft7/exclusiveMinimum", 4},
    {"draft7/format", 102},
    {"draft7/if-then-else", 30},
    {"draft7/infinite-loop-detection", 2},
    {"draft7/items", 28},
    {"draft7/maxItems", 6},
    {"draft7/maxLength", 7},
    {"draft7/maxProperties", 10},
    {"draft7/maximum", 8},
    {"draft7/minItems", 6},
    {"draft7/minLength", 7},
    {"draft7/minProperties", 10},
    {"draft7/minimum", 11},
    {"draft7/multipleOf", 11},
    {"draft7/not", 38},
    {"draft7/oneOf", 27},
    {"draft7/pattern", 9},
    {"draft7/patternProperties", 23},
    {"draft7/properties", 28},
    {"draft7/propertyNames", 22},
    {"draft7/ref", 78},
    {"draft7/refRemote", 23},
    {"draft7/required", 18},
    {"draft7/type", 80},
    {"draft7/uniqueItems", 69},
};

int
main(int argc, char **argv)
{
	const char *dir = SUITE;
	unsigned total = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0)
			verbose = true;
		else
			dir = argv[i];
	}
	if (access(dir, R_OK) != 0) {
		printf("SKIPPED: no JSON Schema test suite: %s is absent\n",
		    dir);
		return test_done();
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		run_file(dir, files[i].file, files[i].total);
		total += files[i].total;
	}
	TEST(total == 1299 + 927);
	return test_done();
}
