#include "re/re.h"

#include "base/err.h"
#include "base/mem.h"
#include "test.h"

static struct re_scratch *scratch;

/* 1, 0, -1 as re_match; -2 when the pattern does not compile. */
static int
try_len(enum re_dialect d, const char *pattern, struct str text,
    struct err *e)
{
	struct re *re = re_compile(str_of(pattern), d, e);
	int rc;

	if (re == NULL)
		return -2;
	rc = re_match(re, scratch, text, e);
	re_free(re);
	return rc;
}

static int
ecma(const char *pattern, const char *text)
{
	struct err e = {0};

	return try_len(RE_ECMA, pattern, str_of(text), &e);
}

static int
linear(const char *pattern, const char *text)
{
	struct err e = {0};

	return try_len(RE_LINEAR, pattern, str_of(text), &e);
}

static void
refused(enum re_dialect d, const char *pattern, size_t pos)
{
	struct err e = {0};

	TEST(try_len(d, pattern, STR(""), &e) == -2);
	TEST(e.code == ERR_CONFIG);
	if (e.pos != pos || strncmp(e.id, "re.", 3) != 0)
		printf("%s: %zu %s %s\n", pattern, e.pos, e.id, e.msg);
	TEST(e.pos == pos);
}

static void
test_ecma(void)
{
	TEST(ecma("^abc$", "abc") == 1);
	TEST(ecma("^abc$", "abc\n") == 0); /* $ is only the very end */
	TEST(ecma("b", "abc") == 1);	   /* not anchored */
	TEST(ecma("", "") == 1);
	TEST(ecma("^\\d$", "5") == 1);
	TEST(ecma("^\\d$", "\xdf\x80") == 0);	     /* NKO digit zero */
	TEST(ecma("^\\w$", "\xc3\xa9") == 0);	     /* e acute */
	TEST(ecma("^\\W$", "\xc3\xa9") == 1);
	TEST(ecma("^\\s$", "\xc2\xa0") == 1);	     /* no-break space */
	TEST(ecma("^\\s$", "\xef\xbb\xbf") == 1);    /* U+FEFF */
	TEST(ecma("^\\S$", "\xe2\x80\xa9") == 0);    /* U+2029 */
	TEST(ecma("^[\\s-x]$", "-") == 1);
	TEST(ecma("^[^\\s]$", "\xe3\x80\x80") == 0); /* U+3000 */
	TEST(ecma("^[\\S]$", "\xf0\x9f\x98\x80") == 1);
	TEST(ecma("^\\v$", "\x0b") == 1);
	TEST(ecma("^\\v$", "\n") == 0);
	TEST(ecma("^.$", "\xe2\x80\xa8") == 0); /* U+2028 ends a line */
	TEST(ecma("^.$", "\xf0\x9f\x98\x80") == 1);
	TEST(ecma("^\\p{L}+$", "\xc3\xa9t\xc3\xa9") == 1);
	TEST(ecma("^\\p{Letter}$", "\xc3\xa9") == 1);
	TEST(ecma("^\\p{Script=Greek}$", "\xce\xb1") == 1);
	TEST(ecma("^\\P{Lu}$", "A") == 0);
	TEST(ecma("^\\u0041\\x42\\cJ$", "AB\n") == 1);
	TEST(ecma("^\\u{1F600}$", "\xf0\x9f\x98\x80") == 1);
	TEST(ecma("^\\ud83d\\ude00$", "\xf0\x9f\x98\x80") == 1);
	TEST(ecma("[]", "a") == 0);
	TEST(ecma("[^]", "a") == 1);
	TEST(ecma("^[[:alpha:]]$", "a]") == 1); /* no POSIX names in ECMA */
	TEST(ecma("^[[:alpha:]]$", "b") == 0);
	TEST(ecma("^(a)?\\1b$", "b") == 1);	/* unset group matches empty */
	TEST(ecma("^(?=a)(?!ab)a(?<=a).$", "ac") == 1);
	TEST(ecma("^(?<y>[0-9]{4})-\\k<y>$", "2024-2024") == 1);
	TEST(ecma("^a{2,3}$", "aaaa") == 0);
	TEST(ecma("^a{,3}$", "a{,3}") == 1);
	TEST(ecma("^\\-\\/$", "-/") == 1);
	TEST(ecma("^[\\b]$", "\b") == 1);
	TEST(ecma("a\\.b", "axb") == 0);
}

static void
test_ecma_refused(void)
{
	refused(RE_ECMA, "a(?R)", 1);
	refused(RE_ECMA, "(a)(?1)", 3);
	refused(RE_ECMA, "(?P>n)", 0);
	refused(RE_ECMA, "(?P<n>a)", 0);
	refused(RE_ECMA, "(?&n)", 0);
	refused(RE_ECMA, "a\\Kb", 1);
	refused(RE_ECMA, "a\\C", 1);
	refused(RE_ECMA, "(*COMMIT)a", 0);
	refused(RE_ECMA, "x(*UTF)", 1);
	refused(RE_ECMA, "(?(1)a|b)", 0);
	refused(RE_ECMA, "(?>a)", 0);
	refused(RE_ECMA, "(?|a|b)", 0);
	refused(RE_ECMA, "(?C1)", 0);
	refused(RE_ECMA, "(?i)a", 0);
	refused(RE_ECMA, "(?#c)", 0);
	refused(RE_ECMA, "(a)\\g1", 3);
	refused(RE_ECMA, "(a)\\g<1>", 3);
	refused(RE_ECMA, "a++", 2);
	refused(RE_ECMA, "a{2}+", 4);
	refused(RE_ECMA, "a??+", 3);
	refused(RE_ECMA, "\\Qa\\E", 0);
	refused(RE_ECMA, "\\Aa\\z", 0);
	refused(RE_ECMA, "\\a", 0);
	refused(RE_ECMA, "\\ud800", 0);
	refused(RE_ECMA, "\\x4", 0);
	refused(RE_ECMA, "\\012", 0);
	refused(RE_ECMA, "ab\\", 2);
	refused(RE_ECMA, "(ab", 3);
	refused(RE_ECMA, "a)b", 1);
	refused(RE_ECMA, "[z-a]", 3);
	refused(RE_ECMA, "\\s[z-a]", 5); /* found behind rewritten text */
	refused(RE_ECMA, "\\p{Nope}", 8); /* where it ends */
	refused(RE_ECMA, "*a", 0);
	refused(RE_ECMA, "a\xff", 1);
}

static void
test_linear(void)
{
	TEST(linear("(?i)^ABC$", "abc") == 1);
	TEST(linear("^(?P<n>a)(?<m>b)(?:c)$", "abc") == 1);
	TEST(linear("^\\Qa.b\\E$", "a.b") == 1);
	TEST(linear("^\\Qa.b\\E$", "axb") == 0);
	TEST(linear("\\Aa\\z", "a") == 1);
	TEST(linear("^\\s$", "\x0b") == 0); /* RE2: no vertical tab */
	TEST(linear("^\\v$", "\x0b") == 1);
	TEST(linear("^[[:digit:]]+$", "12") == 1);
	TEST(linear("^[]a]$", "]") == 1);
	TEST(linear("^\\x{1F600}$", "\xf0\x9f\x98\x80") == 1);
	TEST(linear("^\\pL$", "\xc3\xa9") == 1);
	TEST(linear("(?s)^.$", "\n") == 1);
	TEST(linear("^.$", "\n") == 0);
	refused(RE_LINEAR, "(a)\\1", 3);
	refused(RE_LINEAR, "a(?=b)", 1);
	refused(RE_LINEAR, "a(?!b)", 1);
	refused(RE_LINEAR, "(?<=b)", 0);
	refused(RE_LINEAR, "(?<!b)", 0);
	refused(RE_LINEAR, "(?R)", 0);
	refused(RE_LINEAR, "(?>a)", 0);
	refused(RE_LINEAR, "a*+", 2);
	refused(RE_LINEAR, "(?P=n)", 0);
	refused(RE_LINEAR, "\\k<n>", 0);
	refused(RE_LINEAR, "\\C", 0);
	refused(RE_LINEAR, "\\G", 0);
	refused(RE_LINEAR, "(?x)a", 0);
	refused(RE_LINEAR, "(*ACCEPT)", 0);
	refused(RE_LINEAR, "\\u0041", 0);
}

static void
test_limits(void)
{
	struct err e = {0};
	char *big = mem_alloc(1 << 20);

	/* reliability.md row 70: an error, never "no match" */
	TEST(try_len(RE_ECMA, "^(a+)+$",
	    STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), &e) == -1);
	TEST(e.code == ERR_DATA && strcmp(e.id, "re.limit") == 0);
	TEST(try_len(RE_LINEAR, "^(\\w+\\s?)*$",
	    STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), &e) == -1);
	/* a long subject is not a problem by itself */
	memset(big, 'a', 1 << 20);
	TEST(try_len(RE_ECMA, "^[a-z]*$", (struct str){big, 1 << 20}, &e) ==
	    1);
	TEST(try_len(RE_ECMA, "a\\u0000b", STR("xa\0b"), &e) == 1);
	memset(big, 'a', RE_PATTERN_MAX + 1);
	TEST(re_compile((struct str){big, RE_PATTERN_MAX + 1}, RE_ECMA,
	    &e) == NULL);
	TEST(strcmp(e.id, "re.toolong") == 0);
	memset(big, '(', 1000);
	TEST(re_compile((struct str){big, 1000}, RE_ECMA, &e) == NULL);
	TEST(strcmp(e.id, "re.syntax") == 0);
	mem_free(big);
}

int
main(void)
{
	scratch = re_scratch_new();
	test_ecma();
	test_ecma_refused();
	test_linear();
	test_limits();
	re_scratch_free(scratch);
	return test_done();
}
