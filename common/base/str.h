#ifndef RAP_BASE_STR_H
#define RAP_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Text as (pointer, length): NUL is a byte like any other.  A struct str
 * borrows; whoever made the bytes owns them.
 */
struct str {
	const char *p;
	size_t len;
};

#define STR(lit) ((struct str){(lit), sizeof(lit) - 1})
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline struct str
str_of(const char *z)
{
	return (struct str){z, strlen(z)};
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Byte order; a prefix sorts first.  <0, 0, >0. */
int str_cmp(struct str a, struct str b);

/*
 * Copy len bytes at p into dst (cap bytes with the closing NUL) so that a
 * terminal or a log line cannot be driven by them: control bytes, DEL and
 * malformed UTF-8 become \xNN, C1 controls and the direction marks of
 * Unicode become \u00NN and \u20NN, newline \n.  What does not fit is cut
 * before a whole escape.  Returns the length written.
 */
size_t str_escape(char *dst, size_t cap, const char *p, size_t len);

/*
 * The word of words[0..n) nearest to word, for "did you mean": the smallest
 * Damerau-Levenshtein distance, at most a third of its length (and 3), the
 * first of equals.  NULL when none is near.
 */
const char *str_near(struct str word, const char *const *words, size_t n);

/* How often c is in p[0..n). */
size_t str_count(const char *p, size_t n, char c);

/* The value of a hex digit of either case, or -1. */
static inline int
str_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decimal digits only, up to max: 0 and the value, or -1. */
int str_to_u64(struct str s, unsigned long long max, unsigned long long *out);

/* "64KiB", "1MiB", "2GiB", "512M" (powers of 1024), or digits: bytes. */
int str_to_size(struct str s, size_t *out);

#endif
