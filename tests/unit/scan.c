/* Every kernel gives what the scalar scanner gives: verdict, error, offset,
 * nodes. */
#include "test.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "json/scan.h"

enum { PAD = 64 };

static const char *const kernel_names[] = {"avx2", "avx512", "neon"};

static struct json_doc want, got, scratch;
static struct json_scan scan, check, bare;

static int
same_nodes(void)
{
	if (want.n != got.n)
		return 0;
	for (uint32_t i = 0; i < want.n; i++) {
		const struct json_node *a = &want.nodes[i], *b = &got.nodes[i];

		if (a->off != b->off || a->len != b->len ||
		    a->next != b->next || a->type != b->type ||
		    a->flags != b->flags || a->depth != b->depth ||
		    a->hash != b->hash)
			return 0;
	}
	return 1;
}

/* The lines of text (n bytes), both ways.  An exact copy, and different pads
 * behind it, so that nothing past the end can matter unseen. */
static void
compare(const char *text, size_t n)
{
	static const char pads[] = {0, '"', '\\', '\x80', '}', '9', ' '};
	static unsigned turn;
	char *copy = mem_alloc(n + PAD);
	struct err a, b;

	memcpy(copy, text, n);
	memset(copy + n, pads[turn++ % sizeof pads], PAD);
	json_scan_block(&scan, copy, n);
	json_scan_block(&check, copy, n);
	json_scan_block(&bare, copy, n);
	for (size_t at = 0; at < n;) {
		char *lf = memchr(copy + at, '\n', n - at);
		size_t len = lf != NULL ? (size_t)(lf - copy) - at : n - at;
		int ra = json_parse(&want, copy + at, len, &a);
		int rb = json_scan_line(&scan, &got, copy + at, len, &b);

		size_t ahead;

		TEST(ra == rb);
		/* What is found ahead, with or without nodes, is good, and
		 * ends where the line does (blanks and all). */
		for (int nodes = 0; nodes < 2; nodes++)
			if (json_scan_ahead(nodes ? &check : &bare, &scratch,
				copy + at, nodes != 0, &ahead))
				TEST(ra == 0 && ahead == len);
		if (ra == 0 && rb == 0)
			TEST(same_nodes());
		if (ra != 0 && rb != 0)
			TEST(a.pos == b.pos && strcmp(a.id, b.id) == 0);
		at += len + 1;
	}
	mem_free(copy);
}

static uint64_t
next_random(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x >> 11;
}

/* Runs of 1 to 130 backslashes at every offset of a 64-byte word. */
static void
backslashes(void)
{
	char text[300];

	for (size_t lead = 0; lead < 64; lead++)
		for (size_t run = 1; run <= 130; run++) {
			size_t n = 0;

			memset(text, ' ', lead);
			n = lead;
			text[n++] = '"';
			memset(text + n, '\\', run);
			n += run;
			memcpy(text + n, "\",\"x\"]\n\"y\"\n", 11);
			compare(text, n + 11);
		}
}

/* Characters of every length, good and bad, across the edges of words. */
static void
characters(void)
{
	static const char *const parts[] = {"\xc3\xa9", "\xe2\x82\xac",
	    "\xf0\x9f\x98\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
	    "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff", "\x80",
	    "\xe2\x82", "\xf0\x9f\x98", "\xc3", "\xc1", "\xef\xbf\xbf",
	    "\xf5\x80", "\xc2\x80\x80", "\x7f", "\x1f", "\xf4\x8f\xbf\xbf"};
	char text[256];

	for (size_t k = 0; k < ARRAY_LEN(parts); k++)
		for (size_t lead = 0; lead < 130; lead++) {
			size_t n = 0, len = strlen(parts[k]);

			text[n++] = '"';
			memset(text + n, 'a', lead);
			n += lead;
			memcpy(text + n, parts[k], len);
			n += len;
			compare(text, n); /* cut short too */
			memcpy(text + n, "\"\n[1]\n", 6);
			compare(text, n + 6);
		}
}

/* Made of pieces that matter, then damaged. */
static void
random_lines(void)
{
	static const char *const parts[] = {"{", "}", "[", "]", ":", ",",
	    "\"a\"", "\"b\":", "{\"k\":1,", "\"\\u0061\":", "\"\\n\"", "-1",
	    "0", "12.5e-3", "1234567890123456789", "01", "1e", "true", "false",
	    "null", "nul", " ", "\t", "\r", "\n", "\"\xc3\xa9\"", "\\", "\"",
	    "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\x01", "\xff", "[{}]",
	    "{\"a\":{\"a\":[1,2]},\"c\":\"long enough to pass a word of 64 "
	    "bytes, which takes a while to write\"}", "{\"x\":1}\n",
	    "[\"q\",2,null]\n"};
	struct buf text = {0};

	for (int round = 0; round < 20000; round++) {
		size_t n = next_random() % 30;

		buf_clear(&text);
		for (size_t i = 0; i < n; i++)
			buf_puts(&text,
			    parts[next_random() % ARRAY_LEN(parts)]);
		compare(buf_cstr(&text), text.len);
	}
	buf_free(&text);
}

static void
deep(void)
{
	char text[2 * 1025 + 1];

	for (size_t n = 1023; n <= 1025; n++) {
		memset(text, '[', n);
		memset(text + n, ']', n);
		compare(text, 2 * n);
	}
}

/* A bad line must not spoil the lines around it. */
static void
neighbours(void)
{
	static const char *const bad[] = {"{\"a\":1", "\\\"", "\"", "]",
	    "{\"a\":1,\"a\":2}", "\"\\", "1 2", "\\\\\"\"", "{\"a\\\":1}"};
	struct buf text = {0};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		for (size_t j = 0; j < ARRAY_LEN(bad); j++) {
			buf_clear(&text);
			buf_printf(&text, "{\"x\":\"y\"}\n%s\n[\"z\\n\"]\n%s\n"
			    "{\"u\":\"v\\\\\"}\n", bad[i], bad[j]);
			compare(text.p, text.len);
		}
	buf_free(&text);
}

int
main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(kernel_names); i++) {
		bool ok;

		scan.kernel = json_kernel_choose(kernel_names[i], &ok);
		if (!ok) {
			printf("scan: no %s here, not tested\n",
			    kernel_names[i]);
			continue;
		}
		check.kernel = bare.kernel = scan.kernel;
		backslashes();
		characters();
		random_lines();
		deep();
		neighbours();
		json_scan_free(&scan);
		json_scan_free(&check);
		json_scan_free(&bare);
	}
	json_free(&want);
	json_free(&got);
	json_free(&scratch);
	return test_done();
}
