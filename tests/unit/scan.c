/* The scanner: strings, numbers, damaged lines. */
#include "scan.h"

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

/* Every byte behind a backslash. */
static void
escapes(void)
{
	char text[] = "[\"\\?\",\"\\u00e9\"]\n[0]\n";

	for (int c = 0; c < 256; c++) {
		text[3] = (char)c;
		compare(text, sizeof text - 1);
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

/* One line that holds a number, or none: well formed ones are taken ahead, if
 * `ahead`. */
static void
number_line(const char *text, size_t n, bool ahead)
{
	char *copy = mem_alloc(n + PAD);
	struct err e;
	size_t len, line = n != 0 && text[n - 1] == '\n' ? n - 1 : n;
	bool good;

	memcpy(copy, text, n);
	memset(copy + n, 0, PAD);
	good = json_parse(&want, copy, line, &e) == 0;
	json_scan_block(&bare, copy, n);
	if (!json_scan_ahead(&bare, &scratch, copy, false, &len)) {
		TEST(!good || !ahead);
		TEST((json_scan_line(&bare, &scratch, copy, line, &e) == 0) ==
		    good);
	} else {
		TEST(good && len == line);
		json_scan_block(&scan, copy, n);
		TEST(json_scan_ahead(&scan, &got, copy, true, &len) &&
		    same_nodes());
	}
	mem_free(copy);
}

/* It between two others so that it begins at an offset of a word. */
static void
number_at(size_t offset, const char *number, size_t n, bool ahead)
{
	static const struct {
		const char *before, *after;
	} around[] = {{"", ""}, {"", "\n"}, {"[", "]\n"}, {"[-1e0,", " ,0.5]"},
	    {"{\"1\":", ",\"2\":3}\n"}};
	static unsigned turn;
	char text[512];
	size_t i = turn++ % ARRAY_LEN(around);
	size_t before = strlen(around[i].before);
	size_t after = strlen(around[i].after);

	if (before > offset)
		offset += 64;
	memset(text, ' ', offset);
	memcpy(text + offset - before, around[i].before, before);
	memcpy(text + offset, number, n);
	memcpy(text + offset + n, around[i].after, after);
	number_line(text, offset + n + after, ahead);
}

/*
 * All texts of up to 7 bytes of which numbers are made: the short ones at each
 * offset, the others across the end of a word.
 */
static void
numbers(void)
{
	static const char bytes[] = "01.e+-E";
	char text[8];

	for (size_t n = 1; n <= 7; n++) {
		/* E where a word more does not cost much. */
		size_t base = n <= 5 ? 7 : 6, count = 1;

		for (size_t i = 0; i < n; i++)
			count *= base;
		for (size_t k = 0; k < count; k++) {
			size_t rest = k;

			for (size_t i = 0; i < n; i++, rest /= base)
				text[i] = bytes[rest % base];
			if (n > 4 && strchr(".e+E", text[0]) != NULL)
				continue;
			for (size_t at = n <= 3 ? 0 : 65 - n; at < 64; at++)
				number_at(at, text, n, true);
		}
	}
}

/* Runs of digits that fill a word and more.  Of fractions and exponents such as
 * these the kernels are not sure. */
static void
long_numbers(void)
{
	static const char *const parts[][3] = {{"", "", ""}, {"-", "", ""},
	    {"", ".5", "e1"}, {"0.", "", ""}, {"", ".", ""},
	    {"1.", ".", "1"}, {"1.", "e1", ""},
	    {"1.", "e-1", ".1"}, {"1.", "e1", "e1"}, {"-0", "", ""},
	    {"0", ".1", ""}, {"0.", "E+", "1"}, {"0.", "", "."},
	    {"0.", "e", ""}, {"", "-", ""}, {"1", "x", ""}, {"2", "e1e", ""}};
	char text[256];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t run = 1; run <= 140; run++) {
			size_t n = strlen(parts[i][0]);

			memcpy(text, parts[i][0], n);
			memset(text + n, '7', run);
			n += run;
			for (int k = 1; k < 3; k++) {
				size_t len = strlen(parts[i][k]);

				memcpy(text + n, parts[i][k], len);
				n += len;
			}
			for (size_t at = 0; at < 64; at += 3)
				number_at(at, text, n, i < 3 || run < 64);
		}
}

/* Across the end of the words that are looked at together: 8, 4 or 2. */
static void
lanes(void)
{
	static const char bytes[] = "01.e+-E";
	char text[1024], number[8];

	for (size_t n = 2, count = 7 * 7; n <= 5; n++, count *= 7)
		for (size_t k = 0; k < count; k++) {
			size_t rest = k;

			for (size_t i = 0; i < n; i++, rest /= 7)
				number[i] = bytes[rest % 7];
			for (size_t at = 513 - n; at < 512; at++) {
				for (size_t i = 1; i < at; i++)
					text[at - i] = i % 2 != 0 ? ',' : '1';
				text[0] = ' ';
				text[at % 2 != 0 ? 0 : 1] = '[';
				memcpy(text + at, number, n);
				memcpy(text + at + n, "]\n", 2);
				number_line(text, at + n + 2, true);
			}
		}
}

/* Many words, of which some have numbers. */
static void
sparse(void)
{
	static const char *const parts[] = {"0", "-1", "1.5e-3", "12345678",
	    "1e5", "0.25", "-0E+1", "\"1.e-\"", "1.2.3", "01", "1e5e5"};
	struct buf text = {0};

	for (int round = 0; round < 600; round++) {
		size_t items = 50 + next_random() % 200;
		/* The last three parts are bad: at one place, if at all. */
		size_t bad = next_random() % (2 * items);

		buf_clear(&text);
		buf_putc(&text, '[');
		for (size_t i = 0; i < items; i++) {
			size_t k = i == bad ? 8 + next_random() % 3
					    : next_random() % 8;

			buf_printf(&text, "%s%*s%s", i != 0 ? "," : "",
			    (int)(next_random() % 150), "", parts[k]);
		}
		buf_puts(&text, "]\n");
		number_line(text.p, text.len, true);
	}
	buf_free(&text);
}

/* A '.' at each place, or none. */
static void
points(void)
{
	char text[32];

	for (size_t n = 1; n <= 25; n++)
		for (size_t point = 1; point <= n; point++) {
			memset(text, '7', n);
			text[point] = '.';
			for (size_t at = 0; at < 64; at += 7)
				number_at(at, text, n, true);
		}
}

/* No number goes on behind words of blanks. */
static void
apart(void)
{
	static const char *const parts[] = {"1", "1.", "1e", "1e+", "0", "-"};
	char text[256];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t lead = 0; lead < 64; lead++)
			for (size_t gap = 0; gap < 128; gap++) {
				int n = snprintf(text, sizeof text,
				    "%*s[%s%*s5]", (int)lead, "", parts[i],
				    (int)gap, "");

				number_line(text, (size_t)n, true);
			}
}

/* Exponents around the limit: json_parse counts the long ones. */
static void
exponents(void)
{
	struct buf text = {0};

	for (int digits = 1; digits <= 40; digits++)
		for (int lead = 0; lead < 70; lead++) {
			buf_clear(&text);
			buf_printf(&text, "[%*s%se%0*d,%s0%0*d]\n", lead, "",
			    lead % 2 != 0 ? "1" : "-1.25", digits,
			    lead % 3 != 0 ? 1 : 0, "1e-", digits - 1, 7);
			compare(text.p, text.len);
			buf_clear(&text);
			buf_printf(&text, "%*s1.%0*dE+9%0*d\n", lead, "",
			    digits, 3, digits, 3);
			compare(text.p, text.len);
		}
	buf_free(&text);
}

/* Strings, runs of backslashes and characters across the ends of what kernels
 * look at together: some words, and chunks. */
static void
edges(void)
{
	static const size_t ends[] = {128, 256, 512, 4096, 8192};
	static const char *const parts[] = {"\\\\\\\\\"", "\\\"\\\\",
	    "\\u00e9\\n", "\",\"", "\",1.5e-3,\"", "\xf0\x9f\x98\x80",
	    "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\n", "\x1f"};
	char text[8192 + 128];

	for (size_t k = 0; k < ARRAY_LEN(ends) * ARRAY_LEN(parts); k++) {
		const char *part = parts[k % ARRAY_LEN(parts)];
		size_t end = ends[k / ARRAY_LEN(parts)];
		size_t len = strlen(part);

		for (size_t at = end - 70; at < end + 4; at++) {
			memset(text, 'a', sizeof text);
			memcpy(text, "[\"", 2);
			memcpy(text + at, part, len);
			memcpy(text + end + 80, "\"]\n[\"\\n\"]\n", 11);
			compare(text, end + 91);
		}
	}
}

/* What looks like a number in a string is none, and next to one is wrong. */
static void
beside_numbers(void)
{
	static const char *const good[] = {"\"1.2.3\"", "\"01e\"",
	    "\"-\"", "\"\\\"1e5e.\"", "{\"1.\":-0,\"e\":1}", "[1e5,true]",
	    "[0,\"0\",0]", "[1 ,\t2 ]", "[1.5,\"e5\",\".5\",-1,\"-\"]"};
	static const char *const bad[] = {"[1true]", "[true1]", "[1\"a\"]",
	    "[\"a\"1]", "[1 2]", "[1.5.]", "[1e5x]", "[-]", "[- 1]", "[.]",
	    "[1,.5]", "[1-2]", "[1+2]", "[1e5-2]", "[nul1]", "[1]2", "1 e5",
	    "1. 5", "0x1", "{1:2}", "[1,]", "[1\\]", "[1,-]", "[--1]",
	    "{\"a\":1\"b\":2}", "{\"a\"1}", "[1.\"5\"]", "[1e\"5\"]"};
	char text[256];

	for (size_t lead = 0; lead < 70; lead++) {
		memset(text, ' ', lead);
		for (size_t i = 0; i < ARRAY_LEN(good) + ARRAY_LEN(bad); i++) {
			const char *s = i < ARRAY_LEN(good)
			    ? good[i]
			    : bad[i - ARRAY_LEN(good)];
			size_t n = strlen(s);

			memcpy(text + lead, s, n + 1);
			number_line(text, lead + n, true);
			strcpy(text + lead + n, "\n[1,2.5e3]\n");
			compare(text, lead + n + 11);
			TEST((json_parse(&want, text, lead + n,
			    &(struct err){0}) == 0) == (i < ARRAY_LEN(good)));
		}
	}
}

/* Numbers and characters across the end of what a kernel looks at together. */
static void
chunks(void)
{
	static const char *const parts[] = {"12.5e-3", "1.5.2", "-10", "01",
	    "1e+", "123e45e6", "\"\xe2\x82\xac\"", "\"\xe2\x82\"", "\"\xc3\"",
	    "\"\xe2\x82\xac\xac\"", "\"\xf0\x9f\x98\x80\"", "\xf0\x9f\x98"};
	enum { CHUNK = 4096 };
	char text[3 * CHUNK];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t at = 0; at < 2 * CHUNK;
		     at += at % CHUNK == 1 ? CHUNK - 17 : 1) {
			size_t n = strlen(parts[i]);

			memset(text, ' ', at);
			memcpy(text + at, parts[i], n);
			compare(text, at + n);
			memcpy(text + at + n, "\n[1]\n", 5);
			compare(text, at + n + 5);
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

static void
run(void)
{
	backslashes();
	escapes();
	characters();
	random_lines();
	deep();
	neighbours();
	numbers();
	long_numbers();
	lanes();
	sparse();
	points();
	apart();
	exponents();
	chunks();
	edges();
	beside_numbers();
}

int
main(void)
{
	return with_kernels(run);
}
