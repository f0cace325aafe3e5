#ifndef RAP_TESTS_TEST_H
#define RAP_TESTS_TEST_H

#include <stdio.h>
#include <string.h>

/* A unit test is a program: checks, then `return test_done();`. */

static unsigned test_passed, test_failed;

static inline void
test_check(int ok, const char *what, const char *file, int line)
{
	if (ok) {
		test_passed++;
		return;
	}
	test_failed++;
	printf("%s:%d: failed: %s\n", file, line, what);
}

static inline void
test_same(const char *got, size_t len, const char *want, const char *file,
    int line)
{
	if (len == strlen(want) &&
	    (len == 0 || memcmp(got, want, len) == 0)) {
		test_passed++;
		return;
	}
	test_failed++;
	printf("%s:%d: got  %.*s\n%s:%d: want %s\n", file, line, (int)len, got,
	    file, line, want);
}

#define TEST(cond) test_check((cond), #cond, __FILE__, __LINE__)
/* got is a struct str or struct buf; want a C string. */
#define TEST_STR(got, want)                                                    \
	test_same((got).p, (got).len, (want), __FILE__, __LINE__)

static inline int
test_done(void)
{
	printf("%u passed, %u failed\n", test_passed, test_failed);
	return test_failed != 0;
}

#endif
