#include "test.h"

#include "base/err.h"
#include "base/mem.h"
#include "conf/conf.h"

/* Expected values follow YAML 1.2.2, chapter 10.3 (core schema). */

static void
yaml(const char *text, size_t len, const char *want, const char *file,
    int line)
{
	struct conf c = {0};
	struct err e;

	if (conf_parse(&c, text, len, &e) != 0) {
		printf("%s:%d: %s\n", file, line, e.msg);
		test_check(0, "conf_parse", file, line);
	} else {
		test_same(c.text.p, c.text.len, want, file, line);
	}
	conf_free(&c);
}

static void
wrong(const char *text, size_t len, const char *id, size_t at[2],
    const char *file, int line)
{
	struct conf c = {0};
	struct err e = {0};
	int rc = conf_parse(&c, text, len, &e);

	test_check(rc == -1 && e.code == ERR_CONFIG, "refused", file, line);
	if (rc == -1) {
		test_same(e.id, strlen(e.id), id, file, line);
		if (e.line != at[0] || e.pos != at[1])
			printf("%s:%d: at %zu:%zu: %s\n", file, line, e.line,
			    e.pos, e.msg);
		test_check(e.line == at[0] && e.pos == at[1], "place", file,
		    line);
	}
	conf_free(&c);
}

#define YAML(text, want) yaml(text, sizeof(text) - 1, want, __FILE__, __LINE__)
#define WRONG(text, id, l, c)                                                  \
	wrong(text, sizeof(text) - 1, id, (size_t[]){l, c}, __FILE__, __LINE__)

static void
scalars(void)
{
	YAML("a: 1\nb: two\n", "{\"a\":1,\"b\":\"two\"}");
	YAML("[~, null, Null, NULL, nULL]", "[null,null,null,null,\"nULL\"]");
	YAML("a:\nb: ''\n", "{\"a\":null,\"b\":\"\"}");
	YAML("[true, True, TRUE, false, yes, no, on, off, y]",
	    "[true,true,true,false,\"yes\",\"no\",\"on\",\"off\",\"y\"]");
	YAML("[0, -0, +12, 012, 0o17, 0x1F, 0b1, 1_000, 12:30]",
	    "[0,-0,12,\"012\",15,31,\"0b1\",\"1_000\",\"12:30\"]");
	YAML("[1.50, .5, -.5, 1., +1.5e3, 1E5, 1e+5, 1.e2, 01.5, ., -, 1e]",
	    "[1.50,0.5,-0.5,1.0,1.5e3,1E5,1e+5,1e2,\"01.5\",\".\",\"-\","
	    "\"1e\"]");
	YAML("[12345678901234567890123, 0xffffffffffffffff]",
	    "[12345678901234567890123,18446744073709551615]");
	YAML("['1', \"true\", !!str 5, ! 6, !!int 7, !!float 8, !!null ~]",
	    "[\"1\",\"true\",\"5\",\"6\",7,8,null]");
	YAML("t: 2024-02-29T10:00:00Z\n", "{\"t\":\"2024-02-29T10:00:00Z\"}");
	YAML("a: |\n  x\n  y\nb: >-\n  x\n  y\n",
	    "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}");
	YAML("\"q\\\"\\0\\t\\u00e9\": k\xc3\xa9\n",
	    "{\"q\\\"\\u0000\\t\xc3\xa9\":\"k\xc3\xa9\"}");
	YAML("hello", "\"hello\"");
	YAML("\xef\xbb\xbf" "a: 1\n", "{\"a\":1}");
}

static void
collections(void)
{
	YAML("a:\n- 1\n- [2, {}]\n- x: {y: []}\n",
	    "{\"a\":[1,[2,{}],{\"x\":{\"y\":[]}}]}");
	YAML("10: true\n~: 1\n!!str k: 2\n",
	    "{\"10\":true,\"~\":1,\"k\":2}");
	YAML("%YAML 1.2\n---\n# c\na: 1 # d\n...\n", "{\"a\":1}");
	YAML("a: &x {p: [1, 2]}\nb: *x\nc: [*x, *x]\n",
	    "{\"a\":{\"p\":[1,2]},\"b\":{\"p\":[1,2]},"
	    "\"c\":[{\"p\":[1,2]},{\"p\":[1,2]}]}");
	YAML("a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}");
	YAML("'<<': 1\n", "{\"<<\":1}");
}

static void
json(void)
{
	/* The same spelling of numbers, the same strings, no blanks. */
	YAML("{\n\t\"a\" : [ 1.0, 1E2, -0, 0.10 ],\n\t\"b\\u0041\": \"\\ud83d"
	     "\\ude00 x\" }\n",
	    "{\"a\":[1.0,1E2,-0,0.10],\"b\\u0041\":\"\\ud83d\\ude00 x\"}");
	YAML("[\"a \\\" b\", \"\\\\\" , 1 ]", "[\"a \\\" b\",\"\\\\\",1]");
	WRONG("{\"a\": 1,\n \"a\": 2}", "conf.key", 2, 1);
}

static void
refused(void)
{
	WRONG("a: 1\nb: 2\na: 3\n", "conf.key", 3, 0);
	WRONG("x:\n  k: 1\n  \"k\": 2\n", "conf.key", 3, 2);
	WRONG("1: a\n'1': b\n", "conf.key", 2, 0);
	WRONG("a: &x {b: 1}\nc:\n  <<: *x\n", "conf.key", 3, 2);
	WRONG("? [a]\n: 1\n", "conf.key", 1, 2);
	WRONG("k: &a v\n*a : 1\n", "conf.key", 2, 0);
	WRONG("a: *nope\n", "conf.alias", 1, 3);
	WRONG("a: &x [*x]\n", "conf.alias", 1, 7);
	WRONG("\xc3\xa9\xc3\xa9: !foo 1\n", "conf.tag", 1, 6);
	WRONG("a: !!int 1.5\n", "conf.tag", 1, 3);
	WRONG("a: !!binary aGk=\n", "conf.tag", 1, 3);
	WRONG("a: .inf\n", "conf.number", 1, 3);
	WRONG("a:\n  - -.INF\n", "conf.number", 2, 4);
	WRONG("a: 0x10000000000000000\n", "conf.number", 1, 3);
	WRONG("a: 1\n---\nb: 2\n", "conf.syntax", 2, 0);
	WRONG("a: [1, 2\nb: 3\n", "conf.syntax", 2, 1);
	WRONG("a: 1\nb: \xff\n", "conf.syntax", 2, 3);
	WRONG("a: 1\n\tb: 2\n", "conf.syntax", 2, 0);
	WRONG("x: 1e9999999999999999999999\n", "conf.syntax", 1, 3);
}

static void
empty(void)
{
	struct conf c = {0};
	struct err e = {0};

	TEST(conf_parse(&c, "# nothing\n", 10, &e) == -1);
	TEST(strcmp(e.id, "conf.empty") == 0);
	conf_free(&c);
}

/* A billion laughs: nine levels of ten copies each. */
static void
laughs(void)
{
	struct buf b = {0};
	struct conf c = {0};
	struct err e = {0};

	buf_puts(&b, "a0: &a0 [lol]\n");
	for (int i = 1; i < 10; i++) {
		buf_printf(&b, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_printf(&b, "%s*a%d", k != 0 ? ", " : "", i - 1);
		buf_puts(&b, "]\n");
	}
	TEST(conf_parse(&c, b.p, b.len, &e) == -1);
	TEST(strcmp(e.id, "conf.alias") == 0);
	TEST(c.text.len < (size_t)4 << 20);
	conf_free(&c);
	buf_free(&b);
}

static void
deep(const char *open, size_t n, const char *id)
{
	struct buf b = {0};
	struct conf c = {0};
	struct err e = {0};

	for (size_t i = 0; i < n; i++)
		buf_puts(&b, open);
	buf_putc(&b, '1');
	TEST(conf_parse(&c, b.p, b.len, &e) == -1);
	TEST(e.code == ERR_CONFIG && strcmp(e.id, id) == 0);
	conf_free(&c);
	buf_free(&b);
}

static void
places(void)
{
	static const char text[] = "a: &x\n  p: [1,\n    2]\n\xc3\xa9: *x\n";
	/* root a {} p [] 1 2 | key, and the copy with its first places */
	static const uint32_t line[] = {1, 1, 1, 2, 2, 2, 3, 4, 1, 2, 2, 2, 3};
	static const uint32_t col[] = {0, 0, 3, 2, 5, 6, 4, 0, 3, 2, 5, 6, 4};
	static const char *const words[] = {"a", "\xc3\xa9"};
	static const char *const other[] = {"ab", "\xc3\xa9"};
	static const char *const far[] = {"b2", "pp"};
	struct conf c = {0};
	struct err e = {0};

	TEST(conf_parse(&c, text, sizeof text - 1, &e) == 0);
	TEST(c.doc.n == ARRAY_LEN(line));
	for (uint32_t i = 0; i < c.doc.n && i < ARRAY_LEN(line); i++) {
		TEST(c.line[i] == line[i]);
		TEST(c.col[i] == col[i]);
	}
	TEST(conf_keys(&c, 0, words, 2, &e) == 0);
	TEST(conf_keys(&c, 0, other, 2, &e) == -1);
	TEST(e.line == 1 && strcmp(e.id, "conf.unknown") == 0);
	TEST_STR(str_of(e.msg), "unknown key \"a\"");
	TEST(conf_keys(&c, 2, far, 2, &e) == -1);
	TEST(e.line == 2 && e.pos == 2);
	TEST_STR(str_of(e.path), "/a/p");
	TEST(conf_keys(&c, 5, words, 2, &e) == -1);
	TEST(strcmp(e.id, "conf.type") == 0);
	conf_err(&c, 6, &e, "x.y", "say %d", 7);
	TEST_STR(str_of(e.path), "/a/p/1");
	TEST_STR(str_of(e.msg), "say 7");
	conf_free(&c);
}

static void
near(void)
{
	static const char *const words[] = {"fields", "where", "explode"};
	struct conf c = {0};
	struct err e = {0};

	TEST(conf_parse(&c, "fileds: 1\n", 10, &e) == 0);
	TEST(conf_keys(&c, 0, words, 3, &e) == -1);
	TEST_STR(str_of(e.hint), "did you mean \"fields\"?");
	conf_free(&c);
}

/* Is every capital letter of the value at node, which is in the text once,
 * found where it stands? */
static void
spelled_at(const char *text, uint32_t node, const char *value,
    int file_line)
{
	struct conf c = {0};
	struct err e;
	const char *at[64], *lf = text;
	size_t lines = 0;

	test_check(conf_parse(&c, text, strlen(text), &e) == 0, "conf_parse",
	    __FILE__, file_line);
	at[lines++] = text;
	while ((lf = strchr(lf, '\n')) != NULL && lines < 64)
		at[lines++] = ++lf;
	for (size_t i = 0; value[i] != '\0'; i++) {
		const char *want = strchr(text, value[i]);
		bool ok;

		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", value[i]) == NULL)
			continue;
		err_set(&e, ERR_CONFIG, "test.id", "text");
		conf_point(&c, node, i, 1, &e);
		ok = e.line != 0 && e.line <= lines &&
		    at[e.line - 1] + e.pos == want && e.len == 1;
		if (!ok)
			printf("%s:%d: '%c' at %zu:%zu+%zu\n", __FILE__,
			    file_line, value[i], e.line, e.pos, e.len);
		test_check(ok, "place", __FILE__, file_line);
	}
	conf_free(&c);
}

#define PLACES(text, node, value) spelled_at(text, node, value, __LINE__)

/* Spellings of YAML 1.2.2, chapters 7.3 and 8.1. */
static void
points(void)
{
	PLACES("x: A + B\n", 2, "A + B");
	PLACES("x:  'A ''q'' B'\n", 2, "A 'q' B");
	PLACES("x: \"A \\\"q\\\" \\u00e9 \\t B\\x2eC\"\n", 2,
	    "A \"q\" \xc3\xa9 \t B.C");
	PLACES("- x\n- y: A\n    + B\n\n\n    C\n", 4, "A + B\n\nC");
	PLACES("x: 'A\n  B  \n\n  C'\n", 2, "A B\nC");
	PLACES("x: \"A\\\n   B\n   C\"\n", 2, "AB C");
	PLACES("x: |\n  A\n    B\n\n  C\n", 2, "A\n  B\n\nC\n");
	PLACES("x: |-\n\n  A\n  B", 2, "\nA\nB");
	PLACES("x: >\n  A\n  B\n\n  C\n   D\n  E\n", 2, "A B\nC\n D\nE\n");
	PLACES("x: >\n  A\n\n\n  B\n  C", 2, "A\n\nB C");
	PLACES("x: |\r\n  A\r\n  B\r\n", 2, "A\nB\n");
	PLACES("x: &n !!str A + B\ny: *n\n", 2, "A + B");
	PLACES("x: &n !!str A + B\ny: *n\n", 4, "A + B");
	PLACES("{\"x\": \"\\u0061\\\\ B \\/ \xe6\x97\xa5 C\"}", 2,
	    "a\\ B / \xe6\x97\xa5 C");
	PLACES("# \xe6\x97\xa5\n\xc3\xa9: '\xc3\xa9" "A'\n", 2,
	    "\xc3\xa9" "A");
}

/* What conf_err shows of a node, and conf_point of a span in it. */
static void
shown(const char *text, uint32_t node, size_t at, size_t len,
    const char *want)
{
	struct conf c = {0};
	struct err e;

	TEST(conf_parse(&c, text, strlen(text), &e) == 0);
	conf_err(&c, node, &e, "test.id", "text");
	if (len != 0)
		conf_point(&c, node, at, len, &e);
	TEST_STR(str_of(e.shown), want);
	conf_free(&c);
}

static void
shows(void)
{
	static const char quoted[] = "x: 'A ''q'''\n";
	struct conf c = {0};
	struct err e;

	shown(quoted, 2, 0, 0, "x: 'A ''q'''");
	shown("k:", 2, 0, 0, "k:");
	/* Not to be found byte for byte: the value itself. */
	shown("x: |2\n   A + B\n", 2, 1, 1, "A + B");
	shown("{\"x\": \"\\ud83d\\ude00 A\"}", 2, 5, 1,
	    "\xf0\x9f\x98\x80 A");
	TEST(conf_parse(&c, quoted, strlen(quoted), &e) == 0);
	conf_err(&c, 2, &e, "test.id", "text");
	TEST(e.line == 1 && e.pos == 3 && e.len == 9);
	TEST(e.shown_at == 3 && e.shown_len == 9);
	conf_err(&c, 1, &e, "test.id", "text");
	TEST(e.pos == 0 && e.len == 1);
	conf_err(&c, 0, &e, "test.id", "text");
	TEST(e.pos == 0 && e.len == 1 && e.shown_len == 1);
	conf_free(&c);
	c.made = true;
	TEST(conf_parse(&c, "{\"x\":\"a.b.c\"}", 13, &e) == 0);
	conf_err(&c, 2, &e, "test.id", "text");
	conf_point(&c, 2, 2, 1, &e);
	TEST_STR(str_of(e.shown), "a.b.c");
	TEST(e.shown_at == 2 && e.shown_len == 1 && e.pos == 8);
	conf_free(&c);
	TEST(conf_parse(&c, "a: 1\nb: @\n", 10, &e) == -1);
	TEST_STR(str_of(e.shown), "b: @");
	conf_free(&c);
}

int
main(void)
{
	scalars();
	collections();
	json();
	refused();
	empty();
	laughs();
	deep("- ", 5000, "conf.depth");
	deep("[", 5000, "conf.depth");
	deep("{a: ", 900, "conf.syntax");
	places();
	near();
	points();
	shows();
	return test_done();
}
