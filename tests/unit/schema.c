/* What the test suite (schema_suite.c) does not look at: the errors, their
 * places, what is refused, and the limits. */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "schema/schema.h"
#include "test.h"

struct job {
	struct json_doc sd, d;
	struct schema *s;
	struct schema_run *r;
	struct schema_error errors[8];
	size_t n;
	struct err e;
};

static bool
compile(struct job *j, const char *schema)
{
	memset(j, 0, sizeof *j);
	TEST(json_parse(&j->sd, schema, strlen(schema), &j->e) == 0);
	j->s = schema_compile(&j->sd, 0, &j->e);
	if (j->s != NULL)
		j->r = schema_run_new(j->s);
	return j->s != NULL;
}

static int
check(struct job *j, const char *text)
{
	TEST(json_parse(&j->d, text, strlen(text), &j->e) == 0);
	return schema_check(j->s, j->r, &j->d, 0, j->errors,
	    ARRAY_LEN(j->errors), &j->n, &j->e);
}

static void
done(struct job *j)
{
	schema_run_free(j->r);
	schema_free(j->s);
	json_free(&j->sd);
	json_free(&j->d);
}

/* The verdict of one schema on one text; -2: the schema is refused. */
static int
verdict(const char *schema, const char *text)
{
	struct job j;
	int rc = -2;

	if (compile(&j, schema))
		rc = check(&j, text);
	done(&j);
	return rc;
}

static void
is_error(const struct job *j, size_t i, const char *keyword,
    const char *instance, const char *message)
{
	struct buf at = {0};

	TEST(i < j->n);
	if (i >= j->n)
		return;
	json_pointer_of(&j->d, j->errors[i].instance, &at);
	buf_cstr(&at); /* the root is no null pointer then */
	TEST_STR(j->errors[i].keyword, keyword);
	TEST_STR(at, instance);
	TEST_STR(j->errors[i].message, message);
	buf_free(&at);
}

static void
test_errors(void)
{
	struct job j;

	TEST(compile(&j, "{\"type\":\"object\",\"required\":[\"a\",\"b/c\"],"
	    "\"properties\":{\"a\":{\"type\":[\"integer\",\"null\"]},"
	    "\"t\":{\"$ref\":\"#/$defs/x~1y\"}},"
	    "\"additionalProperties\":false,"
	    "\"$defs\":{\"x/y\":{\"items\":{\"minimum\":1.5}}}}"));
	TEST(check(&j, "{\"a\":1.0,\"b/c\":1}") == 0);
	TEST(j.n == 1);
	is_error(&j, 0, "/additionalProperties", "/b~1c",
	    "member \"b/c\" is not allowed");
	TEST(check(&j, "{\"a\":\"1\",\"t\":[2,1.49999999999999999999]}") ==
	    0);
	TEST(j.n == 3);
	is_error(&j, 0, "/properties/a/type", "/a",
	    "expected null or integer, got string");
	is_error(&j, 1, "/properties/t/$ref/items/minimum", "/t/1",
	    "1.49999999999999999999 is less than 1.5");
	is_error(&j, 2, "/required", "",
	    "required member \"b/c\" is missing");
	/* place is in the schema, where the keyword stands */
	TEST_STR(json_raw(&j.sd, j.errors[1].place), "1.5");
	TEST(check(&j, "[]") == 0);
	is_error(&j, 0, "/type", "", "expected object, got array");
	/* no more errors than asked for, and none when none is */
	TEST(schema_check(j.s, j.r, &j.d, 0, NULL, 0, NULL, &j.e) == 0);
	done(&j);
	TEST(compile(&j, "{\"items\":{\"type\":\"string\"}}"));
	TEST(check(&j, "[1,2,3,4,5,6,7,8,9,10,11,12]") == 0);
	TEST(j.n == ARRAY_LEN(j.errors));
	is_error(&j, 7, "/items/type", "/7", "expected string, got number");
	done(&j);
	TEST(compile(&j, "{\"properties\":{\"a\":false},\"oneOf\":[true,"
	    "{\"type\":\"object\"}]}"));
	TEST(check(&j, "{\"a\":1}") == 0);
	is_error(&j, 0, "/oneOf", "",
	    "matches schemas 0 and 1, and must match one");
	is_error(&j, 1, "/properties/a", "/a", "must not be here");
	TEST_STR(json_raw(&j.sd, j.errors[1].place), "false");
	done(&j);
}

/* Members in any order, some absent, some escaped: the guesses must not
 * change a verdict. */
static void
test_order(void)
{
	struct job j;

	TEST(compile(&j, "{\"required\":[\"a\",\"b\",\"c\"],"
	    "\"properties\":{\"a\":{\"type\":\"integer\"},"
	    "\"b\":{\"type\":\"string\"},\"c\":{\"type\":\"null\"},"
	    "\"\":{\"type\":\"null\"}},"
	    "\"additionalProperties\":{\"type\":\"boolean\"}}"));
	for (int round = 0; round < 3; round++) {
		TEST(check(&j, "{\"a\":1,\"b\":\"\",\"c\":null}") == 1);
		TEST(check(&j, "{\"c\":null,\"b\":\"\",\"a\":1}") == 1);
		TEST(check(&j, "{\"x\":true,\"c\":null,\"y\":false,"
		    "\"\":null,\"a\":1,\"b\":\"\"}") == 1);
		TEST(check(&j, "{\"\\u0062\":\"\",\"\\u0061\":1,"
		    "\"c\":null}") == 1);
		TEST(check(&j, "{\"\\u0062\":\"\",\"\\u0061\":\"\","
		    "\"c\":null}") == 0);
		TEST(check(&j, "{\"x\":1,\"c\":null,\"b\":\"\",\"a\":1}") ==
		    0);
		TEST(check(&j, "{\"a\":1,\"b\":\"\"}") == 0);
		TEST(check(&j, "{}") == 0);
		TEST(check(&j, "{\"b\":\"\",\"c\":1,\"a\":1}") == 0);
	}
	done(&j);
}

static void
test_numbers(void)
{
	/* beyond doubles, and never rounded */
	TEST(verdict("{\"const\":9007199254740993}",
	    "9007199254740992") == 0);
	TEST(verdict("{\"const\":1e2}", "100.0") == 1);
	TEST(verdict("{\"const\":0}", "-0") == 1);
	TEST(verdict("{\"maximum\":9223372036854775807}",
	    "9223372036854775808") == 0);
	TEST(verdict("{\"maximum\":0.1}",
	    "0.1000000000000000000000001") == 0);
	TEST(verdict("{\"minimum\":-12}", "-12.5") == 0);
	TEST(verdict("{\"minimum\":-12}", "-11.5") == 1);
	TEST(verdict("{\"exclusiveMinimum\":0}", "0.0") == 0);
	TEST(verdict("{\"exclusiveMinimum\":0}", "-0.0") == 0);
	TEST(verdict("{\"exclusiveMinimum\":0}", "1e-999") == 1);
	TEST(verdict("{\"exclusiveMaximum\":5}", "4.9999999999999999") == 1);
	TEST(verdict("{\"minimum\":100}", "1e2") == 1);
	TEST(verdict("{\"maximum\":99}", "1e2") == 0);
	TEST(verdict("{\"type\":\"integer\"}", "1e400") == 1);
	TEST(verdict("{\"type\":\"integer\"}", "1.50e1") == 1);
	TEST(verdict("{\"type\":\"integer\"}", "1.5") == 0);
	TEST(verdict("{\"multipleOf\":0.1}", "0.3") == 1);
	TEST(verdict("{\"multipleOf\":0.01}", "19.995") == 0);
	TEST(verdict("{\"multipleOf\":0.01}", "35770.76") == 1);
	TEST(verdict("{\"multipleOf\":7}", "1e400") == 0);
	TEST(verdict("{\"multipleOf\":64}", "1e400") == 1);
	TEST(verdict("{\"multipleOf\":1e-8}", "12391239123") == 1);
	TEST(verdict("{\"multipleOf\":30}", "90.0") == 1);
	TEST(verdict("{\"multipleOf\":30}", "1e1") == 0);
	TEST(verdict("{\"multipleOf\":3}", "-0.0") == 1);
	TEST(verdict("{\"multipleOf\":3}", "-12") == 1);
	TEST(verdict("{\"multipleOf\":0}", "1") == -2);
	TEST(verdict("{\"uniqueItems\":true}", "[1,2,1.0]") == 0);
	TEST(verdict("{\"uniqueItems\":true}",
	    "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1.0}]") == 0);
	TEST(verdict("{\"uniqueItems\":true}", "[\"a\",\"\\u0061\"]") == 0);
	TEST(verdict("{\"minLength\":2}", "\"\xf0\x9f\x98\x80\"") == 0);
	TEST(verdict("{\"maxLength\":1}", "\"\\ud83d\\ude00\"") == 1);
	TEST(verdict("{\"maxLength\":1e400}", "\"abc\"") == 1);
	TEST(verdict("{\"enum\":[\"a\",1,null,[1.0],{\"k\":1}]}",
	    "{\"k\":1e0}") == 1);
	TEST(verdict("{\"enum\":[\"a\",1,null,[1.0],{\"k\":1}]}", "[2]") ==
	    0);
}

static void
refused(const char *schema, const char *id, const char *path,
    const char *hint)
{
	struct job j;

	TEST(!compile(&j, schema));
	TEST(j.e.code == ERR_CONFIG);
	TEST_STR(str_of(j.e.id), id);
	TEST_STR(str_of(j.e.path), path);
	if (strstr(j.e.hint, hint) == NULL)
		printf("%s: hint %s\n", schema, j.e.hint);
	TEST(strstr(j.e.hint, hint) != NULL);
	done(&j);
}

static void
test_refused(void)
{
	refused("3", "schema.value", "", "");
	refused("{\"minimun\":3}", "schema.keyword", "/minimun",
	    "did you mean \"minimum\"");
	refused("{\"properties\":{\"a\":{\"requierd\":[]}}}",
	    "schema.keyword", "/properties/a/requierd", "required");
	refused("{\"type\":\"strnig\"}", "schema.value", "/type",
	    "did you mean \"string\"");
	refused("{\"unevaluatedProperties\":false}", "schema.keyword",
	    "/unevaluatedProperties", "not ignored");
	refused("{\"$dynamicRef\":\"#a\"}", "schema.keyword", "/$dynamicRef",
	    "");
	refused("{\"nullable\":true}", "schema.keyword", "/nullable", "");
	refused("{\"additionalItems\":false}", "schema.keyword",
	    "/additionalItems", "2019-09");
	refused("{\"items\":[true]}", "schema.value", "/items", "");
	refused("{\"$schema\":\"http://json-schema.org/draft-07/schema#\","
	    "\"prefixItems\":[true]}", "schema.keyword", "/prefixItems",
	    "2020-12");
	refused("{\"$schema\":\"http://json-schema.org/draft-04/schema#\"}",
	    "schema.dialect", "/$schema", "draft-07");
	refused("{\"minLength\":-1}", "schema.value", "/minLength", "");
	refused("{\"minLength\":1.5}", "schema.value", "/minLength", "");
	refused("{\"required\":\"a\"}", "schema.value", "/required", "");
	refused("{\"allOf\":[]}", "schema.value", "/allOf", "");
	refused("{\"not\":3}", "schema.value", "/not", "");
	refused("{\"$ref\":\"#/$defs/no\"}", "schema.ref", "/$ref",
	    "never read");
	refused("{\"$ref\":\"http://example.com/x.json\"}", "schema.ref",
	    "/$ref", "never read");
	refused("{\"$ref\":\"other.json#/a\"}", "schema.ref", "/$ref", "");
	refused("{\"$ref\":\"#\"}", "schema.ref", "", "");
	refused("{\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/b\"}]},"
	    "\"b\":{\"anyOf\":[true,{\"not\":{\"$ref\":\"#/$defs/a\"}}]}},"
	    "\"type\":\"object\"}", "schema.ref", "/$defs/a", "");
	/* an annotation of one's own, and one that looks like nothing */
	TEST(verdict("{\"x-type\":1,\"unit\":\"km\"}", "1") == 1);
}

static void
test_pattern_place(void)
{
	struct job j;
	const char *schema = "{\"pattern\":\"\\\\u0041\\u00e9(\"}";

	/* e->pos is in the schema's text, behind escapes of both kinds */
	TEST(!compile(&j, schema));
	TEST_STR(str_of(j.e.id), "re.syntax");
	TEST(j.e.pos == strlen(schema) - 2);
	TEST_STR(str_of(j.e.path), "/pattern");
	done(&j);
	TEST(!compile(&j, "{\"patternProperties\":{\"a(?R)\":true}}"));
	TEST_STR(str_of(j.e.id), "re.refused");
	TEST(j.e.pos == 24);
	done(&j);
}

/* n times a, then b, then n times c */
static char *
nest(size_t n, const char *a, const char *b, const char *c)
{
	struct buf t = {0};

	for (size_t i = 0; i < n; i++)
		buf_puts(&t, a);
	buf_puts(&t, b);
	for (size_t i = 0; i < n; i++)
		buf_puts(&t, c);
	buf_cstr(&t);
	return t.p;
}

static void
test_limits(void)
{
	struct job j;
	char *deep = nest(1023, "[", "1", "]"), *text;
	struct buf wide = {0};

	/* recursion as deep as a record may be */
	TEST(verdict("{\"items\":{\"$ref\":\"#\"}}", deep) == 1);
	TEST(verdict("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}",
	    deep) == 0);
	/* schemas inside each other beyond what the stack is good for */
	TEST(compile(&j, "{\"allOf\":[{\"allOf\":[{\"allOf\":["
	    "{\"items\":{\"$ref\":\"#\"}}]}]}]}"));
	TEST(check(&j, deep) == -1);
	TEST(j.e.code == ERR_DATA);
	TEST_STR(str_of(j.e.id), "schema.depth");
	done(&j);
	mem_free(deep);
	/* a deep allOf of the schema alone is fine */
	text = nest(300, "{\"allOf\":[", "{\"type\":\"null\"}", "]}");
	TEST(verdict(text, "null") == 1);
	TEST(verdict(text, "1") == 0);
	mem_free(text);
	/* 2^30 ways through 30 schemas: an error, soon */
	buf_puts(&wide, "{\"$ref\":\"#/$defs/0\",\"$defs\":{");
	for (int i = 0; i < 30; i++)
		buf_printf(&wide, "\"%d\":{\"allOf\":[{\"$ref\":\"#/$defs/%d"
		    "\"},{\"$ref\":\"#/$defs/%d\"}]},", i, i + 1, i + 1);
	buf_puts(&wide, "\"30\":{\"type\":\"null\"}}}");
	TEST(compile(&j, buf_cstr(&wide)));
	TEST(check(&j, "null") == -1);
	TEST_STR(str_of(j.e.id), "schema.work");
	done(&j);
	buf_free(&wide);
	/* a large enum */
	buf_puts(&wide, "{\"enum\":[");
	for (int i = 0; i < 100000; i++)
		buf_printf(&wide, "\"v%d\",", i * 7919 % 100000);
	buf_puts(&wide, "null]}");
	TEST(verdict(buf_cstr(&wide), "\"v99999\"") == 1);
	TEST(verdict(wide.p, "\"v100000\"") == 0);
	buf_free(&wide);
	TEST(compile(&j, "{\"pattern\":\"^(a+)+$\"}"));
	TEST(check(&j, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"") == -1);
	TEST_STR(str_of(j.e.id), "re.limit");
	done(&j);
}

int
main(void)
{
	test_errors();
	test_order();
	test_numbers();
	test_refused();
	test_pattern_place();
	test_limits();
	return test_done();
}
