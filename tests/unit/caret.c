/* base/caret.h: the line that is shown and what is underlined. */
#include "test.h"

#include "base/buf.h"
#include "base/caret.h"
#include "base/err.h"

static void
shows(struct str text, size_t at, size_t len, const char *want,
    const char *file, int line)
{
	struct buf b = {0};
	struct err e;

	err_set(&e, ERR_CONFIG, "test.id", "text");
	caret_note(&e, text, at, len);
	caret_put(&e, &b);
	test_same(b.p, b.len, want, file, line);
	buf_free(&b);
}

#define SHOWS(text, at, len, want)                                             \
	shows(STR(text), at, len, want, __FILE__, __LINE__)

static void
lines(void)
{
	SHOWS("ab + cd", 5, 2, "    ab + cd\n         ^~\n");
	SHOWS("ab +", 4, 0, "    ab +\n        ^\n");
	SHOWS("ab +", 99, 9, "    ab +\n        ^\n");
	SHOWS("x\n  ab + cd\ny", 9, 2, "    ab + cd\n         ^~\n");
	SHOWS("ab\r\ncd\r\n", 1, 9, "    ab\n     ^\n");
	/* A span over two lines ends with the first. */
	SHOWS("ab(c,\n   d)", 2, 8, "    ab(c,\n      ^~~\n");
	SHOWS("", 0, 1, "");
	SHOWS("a\n\nb", 2, 0, "");
}

static void
characters(void)
{
	/* One column, two columns, none. */
	SHOWS("\xc3\xa9 + x", 5, 1, "    \xc3\xa9 + x\n        ^\n");
	SHOWS("\xe6\x97\xa5 + x", 6, 1, "    \xe6\x97\xa5 + x\n         ^\n");
	SHOWS("e\xcc\x81 + x", 6, 1, "    e\xcc\x81 + x\n        ^\n");
	SHOWS("\xe6\x97\xa5\xe6\x9c\xac", 0, 6,
	    "    \xe6\x97\xa5\xe6\x9c\xac\n    ^~~~\n");
	SHOWS("\xf0\x9f\x98\x80x", 4, 1, "    \xf0\x9f\x98\x80x\n      ^\n");
	/* In front it is left out, elsewhere it goes to the next eight. */
	SHOWS("\t\tab\tcd", 5, 2,
	    "    ab      cd\n            ^~\n");
	SHOWS("a\tb", 1, 1, "    a       b\n     ^~~~~~~\n");
	/* What drives a terminal is spelled out. */
	SHOWS("a\x1b[2Jb", 5, 1, "    a\\x1b[2Jb\n            ^\n");
	SHOWS("a\xff" "b", 1, 1, "    a\\xffb\n     ^~~~\n");
	SHOWS("a\xe2\x80\xae" "b", 4, 1, "    a\\u202eb\n           ^\n");
	SHOWS("a\0b", 2, 1, "    a\\x00b\n         ^\n");
}

/* Is the span of a text far too long shown, and underlined to the column? */
static void
window(size_t before, size_t len, size_t after)
{
	char text[9000];
	struct err e;
	struct buf b = {0};
	const char *second;
	size_t n = before + len + after, column;

	for (size_t i = 0; i < n; i++)
		text[i] = i < before ? 'a' : i < before + len ? 'X' : 'z';
	err_set(&e, ERR_CONFIG, "test.id", "text");
	caret_note(&e, (struct str){text, n}, before, len);
	caret_put(&e, &b);
	second = memchr(b.p, '\n', b.len);
	TEST(second != NULL && b.p[b.len - 1] == '\n');
	/* 72, "..." on both sides, and four in front. */
	TEST((size_t)(second - b.p) <= 72 + 6 + 4);
	column = (size_t)((char *)memchr(second, '^', b.len) - second) - 1;
	TEST(column < (size_t)(second - b.p) && b.p[column] == 'X');
	TEST(b.p[column - 1] != 'X');
	if (before > 100)
		TEST(memcmp(b.p + 4, "...a", 4) == 0);
	else if (before <= 24)
		TEST(b.p[4] == (before != 0 ? 'a' : 'X'));
	if (after > 100)
		TEST(memcmp(second - 3, "...", 3) == 0);
	/* Every X that is shown is underlined, and nothing else. */
	for (size_t i = 4; b.p + i < second; i++) {
		size_t at = (size_t)(second - b.p) + 1 + i;
		char c = at < b.len ? b.p[at] : ' ';
		bool cut = after > 100 && b.p + i >= second - 3;

		if (!cut && (b.p[i] == 'X') != (c == '^' || c == '~'))
			TEST(!"underlined");
	}
	buf_free(&b);
}

int
main(void)
{
	static const size_t sizes[] = {0, 1, 3, 23, 24, 25, 30, 60, 71, 72,
	    73, 200, 4095, 4096, 4097};

	lines();
	characters();
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
			window(sizes[i], 1, sizes[k]);
			window(sizes[i], 30, sizes[k]);
		}
	return test_done();
}
