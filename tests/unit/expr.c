#include "test.h"

#include <math.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "expr/expr.h"
#include "json/json.h"

/* Expressions over records: values, errors and where they point. */

static const char record[] = "{\"a\":1,\"b\":2.50,\"s\":\"caf\\u00e9\","
    "\"l\":[1,\"x\",null,{\"k\":[true]}],\"o\":{\"p\":{\"q\":-7}},"
    "\"big\":12345678901234567890,\"huge\":1e400,\"type\":\"purchase\","
    "\"t\":\"2024-02-29T12:00:00Z\",\"x/y\":{\"~\":5},\"none\":null,"
    "\"price\":19.99,\"qty\":3,\"esc\\u0061ped\":6,\"map\":{\"z\":1,\"a\":2}}";

static struct arena arena;

/* Evaluate text over json; the value as JSON, or "id: text" of the error. */
static struct str
value_over(const char *text, const char *json)
{
	struct expr_env env = {.record = true};
	struct expr_value v;
	struct json_doc d = {0};
	struct buf out = {0};
	struct err e = {0};
	struct expr_run *run = NULL;
	struct expr *x = expr_compile(str_of(text), &env, NULL, &e);
	struct str s;

	if (json_parse(&d, json, strlen(json), &e) != 0)
		printf("the record: %s\n", e.msg);
	if (x != NULL)
		run = expr_run_new(x);
	if (x == NULL || expr_eval(run, &d, 0, &arena, &v, &e) != 0 ||
	    expr_put_json(&out, &v, &e) != 0)
		buf_printf(&out, "%s: %s", e.id, e.msg);
	s = arena_str(&arena, buf_view(&out));
	buf_free(&out);
	expr_run_free(run);
	expr_free(x);
	json_free(&d);
	return s;
}

static struct str
value(const char *text)
{
	return value_over(text, record);
}

static void
is_id(const char *text, const char *id)
{
	struct str s = value(text);
	bool same = s.len > strlen(id) && memcmp(s.p, id, strlen(id)) == 0 &&
	    s.p[strlen(id)] == ':';

	if (!same)
		printf("%s gives %s\n", text, s.p);
	TEST(same);
}

static void
test_record(void)
{
	/* What is only handed on keeps its spelling. */
	TEST_STR(value("b"), "2.50");
	TEST_STR(value("huge"), "1e400");
	TEST_STR(value("big"), "12345678901234567890");
	TEST_STR(value("s"), "\"caf\\u00e9\"");
	TEST_STR(value("r.o"), "{\"p\":{\"q\":-7}}");
	TEST_STR(value("{\"n\": o.p, 'm': [b, s]}"),
	    "{\"n\":{\"q\":-7},\"m\":[2.50,\"caf\\u00e9\"]}");
	TEST_STR(value("o.p.q"), "-7");
	TEST_STR(value("l[3].k[0]"), "true");
	TEST_STR(value("r['x/y']['~']"), "5");
	TEST_STR(value("`x/y`.`~`"), "5");
	TEST_STR(value("escaped"), "6");
	TEST_STR(value("s == 'caf\\u00e9' && s.size() == 4"), "true");
	TEST_STR(value("type == 'purchase' && type(a) == int"), "true");
	TEST_STR(value("r.map.map(k, k)"), "[\"z\",\"a\"]");
	TEST_STR(value("r.map(k, k)[0]"), "\"a\"");
	TEST_STR(value("l.filter(x, x != null).size()"), "3");
	TEST_STR(value("l == [1, 'x', null, {'k': [true]}]"), "true");
	TEST_STR(value("o == {'p': {'q': -7.0}} && r.map == {'a':2,'z':1}"),
	    "true");
	TEST_STR(value("price * double(qty) > 50.0 && type == 'purchase'"),
	    "true");
	TEST_STR(value("none == null && type(none) == null_type"), "true");
	TEST_STR(value("has(r.none) && has(none) && !has(r.nil)"), "true");
	TEST_STR(value("r.?nil.orValue(7) + r.?a.orValue(7)"), "8");
	TEST_STR(value("r.?o.?p.?z.q.hasValue()"), "false");
	TEST_STR(value("r.?none.hasValue()"), "true");
}

static void
test_numbers(void)
{
	TEST_STR(value("type(a) == int && type(b) == double"), "true");
	TEST_STR(value("a + 9223372036854775806"), "9223372036854775807");
	is_id("a + 9223372036854775807", "expr.overflow");
	is_id("big + 1", "expr.overflow");
	is_id("-big", "expr.overflow");
	TEST_STR(value("big == 12345678901234567890u"), "true");
	TEST_STR(value("big > 12345678901234567889u && 1 < big"), "true");
	TEST_STR(value("uint(big) - 1u"), "12345678901234567889");
	TEST_STR(value("double(big) > 1.2e19"), "true");
	TEST_STR(value("string(big)"), "\"12345678901234567890\"");
	is_id("huge > 1.0", "expr.range");
	is_id("a + b", "expr.type");
	is_id("a / 0", "expr.divzero");
	is_id("a % 0", "expr.divzero");
	is_id("b / 0.0", "expr.result");
	TEST_STR(value("b / 0.0 > 1e308"), "true");
	TEST_STR(value("7 / -2 * 10 + -7 % 3"), "-31");
	TEST_STR(value("0.1 + 0.2"), "0.30000000000000004");
	TEST_STR(value("100.0 / 8.0"), "12.5");
	TEST_STR(value_over("x", "{\"x\":-0.0}"), "-0.0");
	TEST_STR(value_over("x * 10.0", "{\"x\":123456789.1234567}"),
	    "1234567891.234567");
	/* 16 and 17 digits: past the short way of reading them */
	TEST_STR(value_over("x + 0.0", "{\"x\":0.1234567890123456}"),
	    "0.1234567890123456");
	TEST_STR(value_over("x + 0.0", "{\"x\":9007199254740993.0}"),
	    "9007199254740992");
}

/* The leftmost of several errors; && and || drop them when they can. */
static void
test_errors(void)
{
	is_id("nil / (a / 0)", "expr.missing");
	is_id("(a / 0) / nil", "expr.divzero");
	is_id("[a / 0, nil]", "expr.divzero");
	is_id("{'k': nil, 'j': a / 0}", "expr.missing");
	is_id("size(nil) + a / 0", "expr.missing");
	is_id("nil == 1 && a / 0 == 1", "expr.missing");
	is_id("a / 0 == 1 || nil == 1", "expr.divzero");
	TEST_STR(value("a / 0 == 1 || a == 1"), "true");
	TEST_STR(value("a == 1 || a / 0 == 1"), "true");
	TEST_STR(value("nil && a == 2"), "false");
	TEST_STR(value("l.exists(x, x > 0)"), "true");
	is_id("l.exists(x, x > 1)", "expr.type");
	is_id("l.all(x, x > 0)", "expr.type");
	TEST_STR(value("l.all(x, x > 1)"), "false");
	is_id("nil ? 1 : 2", "expr.missing");
	is_id("a ? 1 : 2", "expr.type");
	is_id("l[4]", "expr.index");
	is_id("l[-1]", "expr.index");
	is_id("l['x']", "expr.type");
	is_id("o['x']", "expr.missing");
	is_id("o.p.q.z", "expr.type");
	is_id("{'k': 1, 'k': a}", "expr.key");
	is_id("{b: 1}", "expr.key");
	is_id("r.?nil.value()", "expr.value");
	is_id("int(s)", "expr.value");
	is_id("r.?nil", "expr.result");
	is_id("type(a)", "expr.result");
}

static void
fails_at(const char *text, const char *id, size_t at, size_t len)
{
	struct expr_env env = {.record = true};
	struct expr_span where = {0, 0};
	struct err e = {0};
	struct expr *x = expr_compile(str_of(text), &env, &where, &e);
	bool same = x == NULL && e.code == ERR_CONFIG && e.pos == at &&
	    where.at == at && where.len == len && strcmp(e.id, id) == 0;

	if (!same)
		printf("%s: %s %zu+%zu: %s\n", text, x != NULL ? "compiles" :
		    e.id, where.at, where.len, e.msg);
	TEST(same);
	expr_free(x);
}

static void
test_refused(void)
{
	fails_at("", "expr.syntax", 0, 0);
	fails_at("a +", "expr.syntax", 3, 0);
	fails_at("a b", "expr.syntax", 2, 1);
	fails_at("a = 1", "expr.syntax", 2, 1);
	fails_at("a & b", "expr.syntax", 2, 1);
	fails_at("'abc", "expr.syntax", 0, 4);
	fails_at("'a\\q'", "expr.syntax", 2, 2);
	fails_at("b'\\u0041'", "expr.syntax", 2, 2);
	fails_at("'\\ud800'", "expr.syntax", 1, 6);
	fails_at("9223372036854775808", "expr.syntax", 0, 19);
	fails_at("18446744073709551616u", "expr.syntax", 0, 21);
	fails_at("1e999", "expr.syntax", 0, 5);
	fails_at("a.in", "expr.syntax", 2, 2);
	fails_at("for", "expr.syntax", 0, 3);
	fails_at("[1, 2", "expr.syntax", 5, 0);
	fails_at("f(1)", "expr.name", 0, 1);
	fails_at("'a'.f(1)", "expr.name", 4, 1);
	fails_at("unit(1, 'm', 'km')", "expr.name", 0, 4);
	fails_at("1 + 'a'", "expr.type", 2, 1);
	fails_at("1 + 2.0", "expr.type", 2, 1);
	fails_at("!1", "expr.type", 0, 1);
	fails_at("true && 'a'", "expr.type", 8, 3);
	fails_at("a ? 1 : 'x'", "expr.type", 8, 3);
	fails_at("'a'.size(1)", "expr.type", 0, 11);
	fails_at("[1].map(2, 3)", "expr.syntax", 8, 1);
	fails_at("has(a[0])", "expr.syntax", 4, 4);
	fails_at("s.matches('(')", "expr.regex", 10, 3);
	fails_at("s.matches('(a)\\\\1')", "expr.regex", 10, 8);
	fails_at("\xff", "expr.syntax", 0, 1);
}

/* What is nested or large is refused, never run into the ground. */
static void
test_limits(void)
{
	struct buf b = {0};
	struct expr_env env = {.record = true};
	struct err e = {0};
	struct expr *x;

	for (int i = 0; i < 100000; i++)
		buf_putc(&b, '(');
	TEST(expr_compile(buf_view(&b), &env, NULL, &e) == NULL);
	TEST(strcmp(e.id, "expr.limit") == 0);
	b.len = 60000;
	TEST(expr_compile(buf_view(&b), &env, NULL, &e) == NULL);
	TEST(strcmp(e.id, "expr.limit") == 0);
	buf_clear(&b);
	for (int i = 0; i < 30000; i++)
		buf_puts(&b, i == 0 ? "1" : "+1");
	TEST(expr_compile(buf_view(&b), &env, NULL, &e) == NULL);
	TEST(strcmp(e.id, "expr.limit") == 0);
	buf_clear(&b);
	for (int i = 0; i < 1000; i++)
		buf_puts(&b, i == 0 ? "a" : "+a");
	TEST_STR(value(buf_cstr(&b)), "1000");
	buf_clear(&b);
	for (int i = 0; i < 2 * 190; i++)
		buf_puts(&b, i < 190 ? "[" : "]");
	TEST_STR(value(buf_cstr(&b)), buf_cstr(&b));
	buf_clear(&b);
	for (int i = 0; i < 9000; i++)
		buf_puts(&b, i == 0 ? "a==1" : "&&a==1");
	x = expr_compile(buf_view(&b), &env, NULL, &e);
	TEST(x != NULL); /* a chain is not deep */
	expr_free(x);
	buf_clear(&b);
	for (int i = 0; i < 30000; i++)
		buf_putc(&b, '!');
	buf_putc(&b, 'a');
	TEST(expr_compile(buf_view(&b), &env, NULL, &e) == NULL);
	TEST(strcmp(e.id, "expr.limit") == 0);
	buf_free(&b);
	/* 20^7 steps; then text that squares itself */
	is_id("'aaaaaaaaaaaaaaaaaaaa'.split('').map(x, 'aaaaaaaaaaaaaaaaaaaa'"
	    ".split('').map(y, 'aaaaaaaaaaaaaaaaaaaa'.split('').map(z, "
	    "'aaaaaaaaaaaaaaaaaaaa'.split('').map(u, 'aaaaaaaaaaaaaaaaaaaa'"
	    ".split('').map(v, 'aaaaaaaaaaaaaaaaaaaa'.split('').map(w, "
	    "'aaaaaaaaaaaaaaaaaaaa'.split('').all(q, q == 'b')))))))",
	    "expr.limit");
	is_id("[string(a) + '11111111111111111111111111111111'].map(x, "
	    "x.replace('1', x)).map(x, x.replace('1', x)).map(x, "
	    "x.replace('1', x)).map(x, x.replace('1', x))", "expr.limit");
	/* a pattern that explodes: an error, and not many times over */
	is_id("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches("
	    "'^(a|aa|aaa)+$')", "expr.regex");
	is_id("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.split('').exists(x, "
	    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches("
	    "'^(a|aa|aaa)+$'))", "expr.limit");
	/* The limit cannot be dropped by ||. */
	is_id("[string(a) + '11111111111111111111111111111111'].map(x, "
	    "x.replace('1', x)).map(x, x.replace('1', x)).map(x, "
	    "x.replace('1', x)).map(x, x.replace('1', x)) == [] || true",
	    "expr.limit");
}

/* A hint from one record must not be believed in the next. */
static void
test_hints(void)
{
	static const char *const records[] = {"{\"a\":1,\"b\":2,\"price\":3}",
	    "{\"a\":{\"x\":1,\"price\":5},\"price\":7}", "{\"price\":9}",
	    "{\"a\":\"price\",\"b\":1,\"price\":11}", "{}", "[]",
	    "{\"a\":[0,{\"price\":1}],\"price\":13}"};
	static const char *const want[] = {"3", "7", "9", "11", NULL, NULL,
	    "13"};
	struct expr_env env = {.record = true};
	struct err e = {0};
	struct expr *x = expr_compile(STR("price"), &env, NULL, &e);
	struct expr_run *run = expr_run_new(x);
	struct json_doc d = {0};

	for (size_t i = 0; i < 2 * ARRAY_LEN(records); i++) {
		const char *json = records[i % ARRAY_LEN(records)];
		const char *w = want[i % ARRAY_LEN(records)];
		struct expr_value v;
		struct buf out = {0};
		int rc;

		TEST(json_parse(&d, json, strlen(json), &e) == 0);
		rc = expr_eval(run, &d, 0, &arena, &v, &e);
		TEST((rc == 0) == (w != NULL));
		if (rc == 0 && w != NULL) {
			TEST(expr_put_json(&out, &v, &e) == 0);
			TEST_STR(out, w);
		} else {
			TEST(strcmp(e.id, "expr.missing") == 0);
			TEST(strcmp(e.path, "/price") == 0);
			TEST(strstr(e.hint, "r.?price.orValue(x)") != NULL);
		}
		buf_free(&out);
	}
	json_free(&d);
	expr_run_free(run);
	expr_free(x);
}

/* Constants of some size are looked up otherwise: with the same answers. */
static void
test_constants(void)
{
	TEST_STR(value("[1, 3.0, 7u, a, 2.5, -0.0, 0].map(x, x in "
	    "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0.0])"),
	    "[true,true,true,true,false,true,true]");
	TEST_STR(value("['a', 'x', '', 'caf\u00e9'].map(x, x in ['a', 'b', "
	    "'c', 'd', 'e', 'f', 'g', 'h', 'i', ''])"),
	    "[true,false,true,false]");
	TEST_STR(value("[1, 'a', true, null, l].map(x, x in [1, 'a', 'b', "
	    "'c', 'd', 'e', 'f', 'g', 'h', true])"),
	    "[true,true,true,false,false]");
	TEST_STR(value("[a, 10, 'j', true].map(x, {1: 'i', 'b': 2, 'c': 3, "
	    "'d': 4, 'e': 5, 'f': 6, 'g': 7, 'h': 8, 'i': 9, 'j': 10, "
	    "10u: 'u'}[?x].orValue('?'))"), "[\"i\",\"u\",10,\"?\"]");
	TEST_STR(value("null in [1, 2, 3, 4, 5, 6, 7, 8, 9, null]"), "true");
	is_id("{1: 'i', 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7, "
	    "'h': 8, 'i': 9, 'j': 10, 1.0 == 1.0 ? 1u : 2u: 0}[a]",
	    "expr.key");
}

static int
twice(void *ctx, const struct expr_value *args, size_t n, struct arena *a,
    struct expr_value *out, struct err *e)
{
	(void)a;
	if (n != 1 || args[0].u.i < 0)
		return err_set(e, ERR_DATA, "test.negative", "below zero");
	++*(int *)ctx;
	*out = (struct expr_value){.type = EXPR_INT, .u.i = 2 * args[0].u.i};
	return 0;
}

static void
test_env(void)
{
	static const struct expr_var members[] = {{"price", "double"},
	    {"tags", "list(string)"}, {"string", "int"}};
	static const struct expr_var vars[] = {{"limit", "int"}};
	int calls = 0;
	struct expr_func funcs[] = {{"twice", "int: int", twice, &calls,
	    false}};
	struct expr_env env = {.record = true, .members = members,
	    .nmembers = 3, .vars = vars, .nvars = 1, .funcs = funcs,
	    .nfuncs = 1};
	struct expr_value v;
	struct expr_run *run;
	struct buf type = {0};
	struct err e = {0};
	struct expr *x;
	bool yes = false;

	TEST(expr_compile(STR("price + 1"), &env, NULL, &e) == NULL);
	TEST(strcmp(e.id, "expr.type") == 0);
	TEST(expr_compile(STR("tags.map(t, t + 1)"), &env, NULL, &e) == NULL);
	TEST(expr_compile(STR("twice(price)"), &env, NULL, &e) == NULL);
	TEST(expr_compile(STR("twise(1)"), &env, NULL, &e) == NULL);
	TEST(strcmp(e.hint, "did you mean \"twice\"?") == 0);
	x = expr_compile(STR("tags.map(t, {t: [price]})"), &env, NULL, &e);
	TEST(x != NULL);
	expr_put_type(x, &type);
	TEST_STR(type, "list(map(string, list(double)))");
	expr_free(x);
	x = expr_compile(STR("twice(limit) == 8 && twice(3) == 6"), &env, NULL,
	    &e);
	TEST(x != NULL);
	TEST(calls == 0); /* a host's function is not run by the compiler */
	run = expr_run_new(x);
	TEST(expr_test(run, NULL, 0, &arena, &yes, &e) == -1);
	TEST(strcmp(e.id, "expr.name") == 0); /* limit is not bound */
	expr_bind(run, 0, (struct expr_value){.type = EXPR_INT, .u.i = 4});
	TEST(expr_test(run, NULL, 0, &arena, &yes, &e) == 0 && yes);
	TEST(calls >= 2);
	expr_bind(run, 0, (struct expr_value){.type = EXPR_INT, .u.i = -4});
	TEST(expr_eval(run, NULL, 0, &arena, &v, &e) == -1);
	TEST(strcmp(e.id, "test.negative") == 0);
	TEST(expr_where(run).at == 0 && expr_where(run).len == 5);
	expr_run_free(run);
	expr_free(x);
	buf_free(&type);
}

static void
test_schema(void)
{
	static const struct expr_var members[] = {{"id", "int"},
	    {"/user", "map(string, dyn)"}, {"/user/name", "string"},
	    {"/user/age", "int"}, {"user2", NULL}};
	struct expr_env env = {.record = true, .closed = true,
	    .members = members, .nmembers = ARRAY_LEN(members)};
	struct err e = {0};
	struct expr *x;

	TEST(expr_compile(STR("user.name + 1"), &env, NULL, &e) == NULL);
	TEST(strcmp(e.id, "expr.type") == 0 &&
	    strcmp(e.msg, "no overload string + int") == 0);
	TEST(expr_compile(STR("r.user.age + 'x'"), &env, NULL, &e) == NULL);
	TEST(expr_compile(STR("r['user'].name % 2"), &env, NULL, &e) == NULL);
	TEST(expr_compile(STR("usr.name"), &env, NULL, &e) == NULL);
	TEST(strcmp(e.id, "expr.name") == 0);
	TEST(strcmp(e.hint, "did you mean \"user\"?") == 0);
	x = expr_compile(STR("user.?age.orValue(0) + id > 1 && has(nil) && "
	    "user.other == 1 && user2 == 'x'"), &env, NULL, &e);
	TEST(x != NULL);
	expr_free(x);
	TEST(expr_compile(STR("user.?age.orValue('x')"), &env, NULL, &e) ==
	    NULL);
}

static void
test_paths(void)
{
	struct expr_env env = {.record = true};
	struct err e = {0};
	struct expr *x = expr_compile(STR("o.p.q + r['x/y'].z > a && "
	    "l[0] in r.?m.n.orValue([]) && items.all(i, i.v == o.p.q)"),
	    &env, NULL, &e);
	static const char *const want[] = {"/o/p/q", "/x~1y/z", "/a", "/l/0",
	    "/m/n", "/items"};
	const struct str *paths;
	size_t n = 0;

	TEST(x != NULL);
	paths = expr_paths(x, &n);
	TEST(n == ARRAY_LEN(want));
	for (size_t i = 0; i < n && i < ARRAY_LEN(want); i++)
		TEST_STR(paths[i], want[i]);
	expr_free(x);
	x = expr_compile(STR("size(r) > 2"), &env, NULL, &e);
	paths = expr_paths(x, &n);
	TEST(n == 1 && paths[0].len == 0);
	expr_free(x);
}

int
main(void)
{
	test_record();
	test_numbers();
	test_errors();
	test_refused();
	test_limits();
	test_hints();
	test_constants();
	test_env();
	test_schema();
	test_paths();
	arena_free(&arena);
	return test_done();
}
