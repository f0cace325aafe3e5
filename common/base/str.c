#include "base/str.h"

#include <stdint.h>
#include <stdio.h>

#include "base/utf8.h"

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n != 0 ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return (a.len > b.len) - (a.len < b.len);
}

/* Bidirectional controls and line separators: U+200E..200F, 2028..202E,
 * 2066..2069. */
static bool
is_direction(uint32_t c)
{
	return (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069);
}

/* One character or bad byte at p to its safe spelling; bytes consumed. */
static size_t
escape_one(char spelled[16], const char *p, size_t len)
{
	uint32_t c;
	size_t n = utf8_decode(p, len, &c);

	if (n == 0) {
		snprintf(spelled, 16, "\\x%02x", (unsigned char)*p);
		return 1;
	}
	if (c == '\n')
		memcpy(spelled, "\\n", 3);
	else if (c < 0x20 || c == 0x7f)
		snprintf(spelled, 16, "\\x%02x", (unsigned)c);
	else if ((c >= 0x80 && c < 0xa0) || is_direction(c))
		snprintf(spelled, 16, "\\u%04x", (unsigned)c);
	else {
		memcpy(spelled, p, n);
		spelled[n] = '\0';
	}
	return n;
}

size_t
str_escape(char *dst, size_t cap, const char *p, size_t len)
{
	char spelled[16];
	size_t at = 0;

	if (cap == 0)
		return 0;
	while (len > 0) {
		size_t used = escape_one(spelled, p, len);
		size_t n = strlen(spelled);

		if (at + n + 1 > cap)
			break;
		memcpy(dst + at, spelled, n);
		at += n;
		p += used;
		len -= used;
	}
	dst[at] = '\0';
	return at;
}

enum { NEAR_MAX = 64 };

/* Optimal string alignment distance of words up to NEAR_MAX bytes. */
static unsigned
distance(struct str a, struct str b)
{
	unsigned row[3][NEAR_MAX + 1];
	unsigned *two = row[0], *one = row[1], *cur = row[2];

	for (size_t j = 0; j <= b.len; j++)
		one[j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *t;

		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned d = one[j - 1] + (a.p[i - 1] != b.p[j - 1]);

			if (one[j] + 1 < d)
				d = one[j] + 1;
			if (cur[j - 1] + 1 < d)
				d = cur[j - 1] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1] && two[j - 2] + 1 < d)
				d = two[j - 2] + 1;
			cur[j] = d;
		}
		t = two;
		two = one;
		one = cur;
		cur = t;
	}
	return one[b.len];
}

const char *
str_near(struct str word, const char *const *words, size_t n)
{
	const char *best = NULL;
	unsigned limit = (unsigned)(word.len / 3);

	if (word.len > NEAR_MAX)
		return NULL;
	if (limit < 1)
		limit = 1;
	if (limit > 3)
		limit = 3;
	limit++;
	for (size_t i = 0; i < n; i++) {
		struct str w = str_of(words[i]);
		unsigned d;

		if (w.len > NEAR_MAX)
			continue;
		d = distance(word, w);
		if (d < limit) {
			limit = d;
			best = words[i];
		}
	}
	return best;
}

size_t
str_count(const char *p, size_t n, char c)
{
	enum { LANES = 32 };
	size_t total = 0;

	/* Lanes of one byte, which compilers make vectors of, added up before
	 * one can overflow: for lines of 200 bytes twice as fast as memchr. */
	while (n >= LANES) {
		size_t steps = n / LANES < 255 ? n / LANES : 255;
		unsigned char lane[LANES] = {0};

		for (size_t s = 0; s < steps; s++, p += LANES)
			for (int i = 0; i < LANES; i++)
				lane[i] = (unsigned char)(lane[i] +
				    (p[i] == c));
		for (int i = 0; i < LANES; i++)
			total += lane[i];
		n -= steps * LANES;
	}
	while (n-- != 0)
		total += *p++ == c;
	return total;
}

int
str_to_u64(struct str s, unsigned long long max, unsigned long long *out)
{
	unsigned long long v = 0;

	if (s.len == 0)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');

		if (d > 9 || d > max || v > (max - d) / 10)
			return -1;
		v = v * 10 + d;
	}
	*out = v;
	return 0;
}

int
str_to_size(struct str s, size_t *out)
{
	static const struct {
		const char *suffix;
		unsigned shift;
	} unit[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"K", 10},
	    {"M", 20}, {"G", 30}, {"k", 10}};
	unsigned long long v;
	unsigned shift = 0;

	for (size_t i = 0; i < ARRAY_LEN(unit) && shift == 0; i++) {
		size_t n = strlen(unit[i].suffix);

		if (s.len > n &&
		    memcmp(s.p + s.len - n, unit[i].suffix, n) == 0) {
			shift = unit[i].shift;
			s.len -= n;
		}
	}
	if (str_to_u64(s, SIZE_MAX >> shift, &v) != 0)
		return -1;
	*out = (size_t)v << shift;
	return 0;
}
