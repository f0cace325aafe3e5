#include "test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/path.h"
#include "json/write.h"

static struct json_doc doc;

/* Parse an exact-size copy, so that a sanitizer sees any read past it. */
static int
parse(const char *text, size_t n, struct err *e)
{
	static char *copy;

	mem_free(copy);
	copy = mem_dup(text, n);
	return json_parse(&doc, copy, n, e);
}

static void
good(const char *text)
{
	struct err e = {0};
	int rc = parse(text, strlen(text), &e);

	if (rc != 0)
		printf("refused: %s: %s at %zu\n", text, e.msg, e.pos);
	TEST(rc == 0);
}

static void
bad_n(const char *text, size_t n, const char *id, size_t pos)
{
	struct err e = {0};
	int rc = parse(text, n, &e);

	TEST(rc == -1);
	if (rc != -1)
		return;
	if (strcmp(e.id, id) != 0 || e.pos != pos)
		printf("%.*s: got %s at %zu, want %s at %zu\n", (int)n, text,
		    e.id, e.pos, id, pos);
	TEST(strcmp(e.id, id) == 0);
	TEST(e.pos == pos);
	TEST(e.code == ERR_DATA);
}

static void
bad(const char *text, const char *id, size_t pos)
{
	bad_n(text, strlen(text), id, pos);
}

static void
verdicts(void)
{
	good("{}");
	good("[]");
	good(" [ ] ");
	good("{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"x\"}}\r");
	good("\"\\u0000\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\"");
	good("-0.0e5");
	good("123e-10000000");
	good("12345678901234567890123456789012345678901234567890");
	good("\"caf\xc3\xa9 \xf0\x9f\x98\x80 \xef\xbf\xbf\"");
	good("{\"\":{\"\":[]}}");
	good("{\"a\":{\"a\":1},\"b\":{\"a\":1}}");
	good("1E+2");
	bad("", "json.empty", 0);
	bad("  \t", "json.empty", 3);
	bad("{\"a\":", "json.trunc", 5);
	bad("{\"a\"", "json.trunc", 4);
	bad("[1,", "json.trunc", 3);
	bad("tru", "json.trunc", 3);
	bad("\"abc", "json.trunc", 4);
	bad("\"abcdefghij\\", "json.trunc", 12);
	bad("-", "json.trunc", 1);
	bad("1.", "json.trunc", 2);
	bad("1e", "json.trunc", 2);
	bad("trux", "json.syntax", 3);
	bad("{\"a\":1,}", "json.syntax", 7);
	bad("[1,]", "json.syntax", 3);
	bad("[,1]", "json.syntax", 1);
	bad("{,}", "json.syntax", 1);
	bad("{\"a\" 1}", "json.syntax", 5);
	bad("{a:1}", "json.syntax", 1);
	bad("[1 2]", "json.syntax", 3);
	bad("[1}", "json.syntax", 2);
	bad("{\"a\":1]", "json.syntax", 6);
	bad("NaN", "json.syntax", 0);
	bad("Infinity", "json.syntax", 0);
	bad("+1", "json.syntax", 0);
	bad(".5", "json.syntax", 0);
	bad("01", "json.number", 0);
	bad("[-01]", "json.number", 2);
	bad("1.x", "json.number", 2);
	bad("1.e5", "json.number", 2);
	bad("0x1", "json.trail", 1);
	bad("{\"a\":1}{\"a\":2}", "json.trail", 7);
	bad("1 2", "json.trail", 2);
	bad("\"a\tb\"", "json.ctrl", 2);
	bad_n("\"a\0b\"", 5, "json.ctrl", 2);
	bad_n("\0", 1, "json.ctrl", 0);
	bad("\"\\x\"", "json.escape", 1);
	bad("\"\\u12g4\"", "json.escape", 1);
	bad("\"\xff\"", "json.utf8", 1);
	bad("\"abcdefgh\xc0\xaf\"", "json.utf8", 9);
	bad("\"\xed\xa0\x80\"", "json.utf8", 1);
	bad("\"\xf4\x90\x80\x80\"", "json.utf8", 1);
	bad("\"\xe2\x82\"", "json.utf8", 1);
	bad("\"\\ud800\"", "json.surrogate", 1);
	bad("\"\\udc00\\ud800\"", "json.surrogate", 1);
	bad("\"\\ud83d\\u0041\"", "json.surrogate", 1);
	bad("1e1234567890123456789", "json.numlimit", 2);
	good("1e000000000000000000000000012");
	bad("\x1f\x8b\x08", "json.magic", 0);
	bad("\xff\xfe{", "json.magic", 0);
	bad("\xef\xbb\xbf{}", "json.bom", 0);
}

static void
names(void)
{
	struct buf b = {0};
	struct err e;

	bad("{\"a\":1,\"a\":2}", "json.dupkey", 7);
	bad("{\"a\":1,\"\\u0061\":2}", "json.dupkey", 7);
	bad("{\"x\":{\"b\":1,\"c\":[],\"b\":2}}", "json.dupkey", 19);
	good("{\"\xc3\xa9\":1,\"e\xcc\x81\":2}"); /* NFC and NFD differ */
	/* More names than the pairwise check takes, one of them twice. */
	buf_putc(&b, '{');
	for (int i = 0; i < 5000; i++)
		buf_printf(&b, "\"k%d\":%d,", i, i);
	b.len--;
	buf_putc(&b, '}');
	TEST(parse(b.p, b.len, &e) == 0);
	b.len--;
	buf_puts(&b, ",\"\\u006b77\":0}");
	TEST(parse(b.p, b.len, &e) == -1);
	TEST(strcmp(e.id, "json.dupkey") == 0);
	TEST(e.pos == b.len - 13);
	buf_free(&b);
}

static void
depth(void)
{
	struct err e;
	char text[2 * 1025];

	memset(text, '[', 1024);
	memset(text + 1024, ']', 1024);
	TEST(parse(text, 2048, &e) == 0);
	memset(text, '[', 1025);
	bad_n(text, 1025, "json.depth", 1024);
}

/* Runs of backslashes and characters of every length at every offset: the
 * eight-byte steps of the scanner must not matter. */
static void
offsets(void)
{
	char text[300];
	struct err e;

	for (size_t lead = 0; lead < 20; lead++) {
		for (size_t run = 1; run < 40; run++) {
			size_t n = 0;

			text[n++] = '"';
			memset(text + n, 'x', lead);
			n += lead;
			memset(text + n, '\\', run);
			n += run;
			text[n++] = '"';
			TEST((parse(text, n, &e) == 0) == (run % 2 == 0));
			text[n++] = '"';
			TEST((parse(text, n, &e) == 0) == (run % 2 == 1));
		}
	}
}

static void
reading(void)
{
	static const char text[] = "{\"a\":{\"b~/\":[10,{\"c\":\"x\\n\"}]},"
	    "\"n\":-9223372036854775808,\"big\":9223372036854775808}";
	struct arena a = {0};
	struct buf b = {0};
	struct json_path p;
	struct json_hint hint = {0};
	struct err e;
	int64_t v;
	uint32_t k;

	good(text);
	TEST(json_count(&doc, 0) == 3);
	for (int twice = 0; twice < 2; twice++) {
		TEST(json_path_compile(&p, STR("/a/b~0~1/1/c"), &e) == 0);
		k = json_path_find(&p, &doc, 0, &hint);
		TEST(k != JSON_NONE);
		TEST_STR(json_raw(&doc, k), "\"x\\n\"");
		TEST_STR(json_string(&doc, k, &a), "x\n");
		buf_clear(&b);
		json_pointer_of(&doc, k, &b);
		TEST_STR(b, "/a/b~0~1/1/c");
		json_path_free(&p);
	}
	TEST(json_path_compile(&p, STR("a.zz"), &e) == 0);
	TEST_STR(p.text, "/a/zz");
	TEST(json_path_find(&p, &doc, 0, &hint) == JSON_NONE);
	json_path_free(&p);
	TEST(json_path_compile(&p, STR("a..b"), &e) == -1);
	TEST(json_path_compile(&p, STR("/a~2"), &e) == -1);
	TEST(json_int64(&doc, json_member(&doc, 0, STR("n")), &v) == 0);
	TEST(v == INT64_MIN);
	TEST(json_int64(&doc, json_member(&doc, 0, STR("big")), &v) == -1);
	arena_free(&a);
	buf_free(&b);
}

/* A hint must never take a value, or a name of a deeper object, for the
 * member that is looked up. */
static void
hints(void)
{
	struct json_path p;
	struct json_hint hint = {0};
	struct err e;

	TEST(json_path_compile(&p, STR("a"), &e) == 0);
	good("{\"x\":1,\"a\":2}");
	TEST_STR(json_raw(&doc, json_path_find(&p, &doc, 0, &hint)), "2");
	good("{\"x\":\"y\",\"z\":\"a\",\"a\":3}");
	TEST_STR(json_raw(&doc, json_path_find(&p, &doc, 0, &hint)), "3");
	good("{\"x\":{\"y\":1,\"a\":4},\"b\":0}");
	TEST(json_path_find(&p, &doc, 0, &hint) == JSON_NONE);
	good("{\"\\u0061\":5}");
	TEST_STR(json_raw(&doc, json_path_find(&p, &doc, 0, &hint)), "5");
	json_path_free(&p);
}

static void
writing(void)
{
	struct buf b = {0};
	struct json_w w = {.out = &b};

	json_w_object(&w);
	json_w_member(&w, "s", (struct str){"\0\x01\b\t\n\f\r\"\\/\x7f", 11});
	json_w_name(&w, STR("a"));
	json_w_array(&w);
	json_w_i64(&w, INT64_MIN);
	json_w_bool(&w, true);
	json_w_null(&w);
	json_w_object(&w);
	json_w_end(&w);
	json_w_end(&w);
	json_w_member_u64(&w, "n", UINT64_MAX);
	json_w_end(&w);
	TEST_STR(b, "{\"s\":\"\\u0000\\u0001\\b\\t\\n\\f\\r\\\"\\\\/\x7f\","
	    "\"a\":[-9223372036854775808,true,null,{}],"
	    "\"n\":18446744073709551615}");
	good((buf_cstr(&b), b.p));
	buf_free(&b);
}

/* An object of n names; number `twin` is that of number `of`, if less. */
static void
many(const char *form, unsigned n, unsigned of, unsigned twin)
{
	struct buf b = {0};
	struct err e = {0};
	size_t first = 0, second = 0;
	char place[40];
	int rc;

	for (unsigned i = 0; i < n; i++) {
		buf_putc(&b, i == 0 ? '{' : ',');
		if (i == of)
			first = b.len;
		if (i == twin)
			second = b.len;
		buf_putc(&b, '"');
		buf_printf(&b, form, i == twin ? of : i);
		buf_puts(&b, "\":{}");
	}
	buf_putc(&b, '}');
	rc = parse(b.p, b.len, &e);
	TEST(rc == (twin < n ? -1 : 0));
	snprintf(place, sizeof place, "first at byte %zu", first + 1);
	if (rc != 0)
		TEST(strcmp(e.id, "json.dupkey") == 0 && e.pos == second &&
		    strstr(e.msg, place) != NULL);
	buf_free(&b);
}

/* More names than are compared in pairs, long, short, and with escapes. */
static void
many_names(void)
{
	static const char *const forms[] = {"%u", "m%03u", "%08u", "name_%05u",
	    "a long name whose number is %u, nothing else", "\\u00e9%u"};

	for (size_t f = 0; f < ARRAY_LEN(forms); f++)
		for (unsigned n = 14; n < 200; n += n < 35 ? 1 : 33) {
			many(forms[f], n, 0, n);
			for (unsigned twin = 1; twin < n; twin += 3)
				many(forms[f], n, twin / 2, twin);
		}
	many("%u", 70000, 12345, 70000);
	many("%u", 70000, 12345, 69999);
}

/* Names that fall into few places of a table: too many steps, and the sort
 * takes over. */
static void
colliding_names(void)
{
	struct buf b = {0};
	struct err e = {0};
	char third[12];
	unsigned made = 0;

	for (uint64_t i = 0; made < 3000; i++) {
		char name[9];
		uint64_t w;

		snprintf(name, sizeof name, "%08x", (unsigned)i);
		memcpy(&w, name, sizeof w);
		w = (8 ^ w) * 0x9e3779b97f4a7c15u >> 32;
		if ((w & 1023) != 0)
			continue;
		buf_puts(&b, made++ == 0 ? "{\"" : ",\"");
		buf_puts(&b, name);
		buf_puts(&b, "\":0");
	}
	buf_putc(&b, '}');
	TEST(parse(b.p, b.len, &e) == 0 && json_count(&doc, 0) == made);
	/* The third once more, at the end. */
	memcpy(third, b.p + 1 + 2 * 13, sizeof third);
	b.len--;
	buf_putc(&b, ',');
	buf_put(&b, third, sizeof third);
	buf_puts(&b, "}");
	bad_n(b.p, b.len, "json.dupkey", b.len - 13);
	buf_free(&b);
}

int
main(void)
{
	verdicts();
	many_names();
	colliding_names();
	names();
	depth();
	offsets();
	reading();
	hints();
	writing();
	json_free(&doc);
	return test_done();
}
