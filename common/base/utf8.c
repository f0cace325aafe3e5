#include "base/utf8.h"

#include <string.h>

static int
is_cont(unsigned char b)
{
	return (b & 0xc0) == 0x80;
}

size_t
utf8_decode(const char *s, size_t len, uint32_t *c)
{
	const unsigned char *p = (const unsigned char *)s;

	if (len == 0)
		return 0;
	if (p[0] < 0x80) {
		*c = p[0];
		return 1;
	}
	if (p[0] < 0xc2)
		return 0;
	if (p[0] < 0xe0) {
		if (len < 2 || !is_cont(p[1]))
			return 0;
		*c = (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
		return 2;
	}
	if (p[0] < 0xf0) {
		if (len < 3 || !is_cont(p[1]) || !is_cont(p[2]))
			return 0;
		*c = (uint32_t)(p[0] & 0x0f) << 12 |
		    (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
		return *c < 0x800 || (*c >= 0xd800 && *c < 0xe000) ? 0 : 3;
	}
	if (p[0] > 0xf4 || len < 4 || !is_cont(p[1]) || !is_cont(p[2]) ||
	    !is_cont(p[3]))
		return 0;
	*c = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
	    (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
	return *c < 0x10000 || *c > 0x10ffff ? 0 : 4;
}

size_t
utf8_encode(char *dst, uint32_t c)
{
	if (c < 0x80) {
		dst[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		dst[0] = (char)(0xc0 | c >> 6);
		dst[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		dst[0] = (char)(0xe0 | c >> 12);
		dst[1] = (char)(0x80 | (c >> 6 & 0x3f));
		dst[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	dst[0] = (char)(0xf0 | c >> 18);
	dst[1] = (char)(0x80 | (c >> 12 & 0x3f));
	dst[2] = (char)(0x80 | (c >> 6 & 0x3f));
	dst[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t
utf8_valid(const char *p, size_t len)
{
	size_t at = 0;

	while (at < len) {
		uint64_t w;
		uint32_t c;
		size_t n;

		/* Plain ASCII, eight bytes at a time. */
		if (len - at >= 8) {
			memcpy(&w, p + at, 8);
			if ((w & 0x8080808080808080u) == 0) {
				at += 8;
				continue;
			}
		}
		n = utf8_decode(p + at, len - at, &c);
		if (n == 0)
			return at;
		at += n;
	}
	return len;
}
