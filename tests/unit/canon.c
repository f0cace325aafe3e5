/* Fixed vectors; "canon -" canonicalises stdin for tests/canon.bats. */
#include "test.h"

#include "base/buf.h"
#include "base/err.h"
#include "canon/canon.h"
#include "json/json.h"

static int
canon_of(struct str text, struct buf *out)
{
	struct json_doc d = {0};
	struct err e;
	int r = json_parse(&d, text.p, text.len, &e);

	if (r == 0)
		canon_write(&d, 0, out);
	json_free(&d);
	return r;
}

static void
canon_is(const char *text, const char *want)
{
	struct buf b = {0};

	TEST(canon_of(str_of(text), &b) == 0);
	TEST_STR(b, want);
	buf_free(&b);
}

/* Objects in arrays in objects as deep as a text may be. */
static void
test_depth(void)
{
	struct buf text = {0}, out = {0};

	for (int i = 0; i < JSON_DEPTH / 2; i++)
		buf_puts(&text, "[{\"b\": 0 , \"a\":");
	buf_puts(&text, "1.0");
	for (int i = 0; i < JSON_DEPTH / 2; i++)
		buf_puts(&text, "}]");
	TEST(canon_of(buf_view(&text), &out) == 0);
	TEST(memcmp(out.p, "[{\"a\":[{\"a\":", 12) == 0);
	TEST(memcmp(out.p + out.len - 8, ",\"b\":0}]", 8) == 0);
	buf_free(&text);
	buf_free(&out);
}

int
main(int argc, char **argv)
{
	static char text[1 << 20];
	struct buf b = {0};

	if (argc > 1 && strcmp(argv[1], "-") == 0) {
		size_t n = fread(text, 1, sizeof text, stdin);

		if (canon_of((struct str){text, n}, &b) != 0)
			return 2;
		fwrite(b.p, 1, b.len, stdout);
		buf_free(&b);
		return 0;
	}
	canon_is(" [ null , true,false ] ", "[null,true,false]");
	canon_is("{\"b\":1.50,\"a\":-0,\"\":{}}",
	    "{\"\":{},\"a\":0,\"b\":1.5}");
	/* Escapes: the seven short ones, \u00xx lower case, / as it is. */
	canon_is("\"\\u0000\\u001F\\u007f\\/\\u0022\\u005c\\n\\u000A\"",
	    "\"\\u0000\\u001f\x7f/\\\"\\\\\\n\\n\"");
	canon_is("\"\\u20AC\\ud83d\\ude00\"",
	    "\"\xe2\x82\xac\xf0\x9f\x98\x80\"");
	/* A name sorts by what it says, not by how it is spelled. */
	canon_is("{\"\\u0062\":1,\"a\":2,\"\\u0061a\":3}",
	    "{\"a\":2,\"aa\":3,\"b\":1}");
	/* U+FB33 is after U+1F600 in UTF-16, before it in UTF-8. */
	canon_is("{\"\xef\xac\xb3\":1,\"\xf0\x9f\x98\x80\":2,"
		 "\"\xed\x9f\xbf\":3}",
	    "{\"\xed\x9f\xbf\":3,\"\xf0\x9f\x98\x80\":2,"
	    "\"\xef\xac\xb3\":1}");
	canon_is("{\"x\\ufb33\":1,\"x\\ud83d\\ude00\":2,\"x\":0}",
	    "{\"x\":0,\"x\xf0\x9f\x98\x80\":2,\"x\xef\xac\xb3\":1}");
	/* Exact where a double would round. */
	canon_is("[12345678901234567890,1e400,0.10]",
	    "[12345678901234567890,1e+400,0.1]");
	test_depth();
	return test_done();
}
