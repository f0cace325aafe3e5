#include "schema/uri.h"

#include "base/buf.h"

/* The parts of RFC 3986 3; p == NULL: not there. */
struct uri {
	struct str scheme, authority, path, query;
};

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Length of the scheme before ':', or 0. */
static size_t
scheme_len(struct str s)
{
	size_t n;

	if (s.len == 0 || !is_alpha(s.p[0]))
		return 0;
	for (n = 1; n < s.len; n++) {
		char c = s.p[n];

		if (c == ':')
			return n;
		if (!is_alpha(c) && !(c >= '0' && c <= '9') && c != '+' &&
		    c != '-' && c != '.')
			return 0;
	}
	return 0;
}

static struct str
skip(struct str s, size_t n)
{
	return (struct str){s.p + n, s.len - n};
}

/* Split s (without fragment). */
static struct uri
split(struct str s)
{
	struct uri u = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
	size_t n = scheme_len(s);
	const char *q;

	if (n != 0) {
		u.scheme = (struct str){s.p, n};
		s = skip(s, n + 1);
	}
	q = s.len != 0 ? memchr(s.p, '?', s.len) : NULL;
	if (q != NULL) {
		u.query = skip(s, (size_t)(q - s.p) + 1);
		s.len = (size_t)(q - s.p);
	}
	if (s.len >= 2 && s.p[0] == '/' && s.p[1] == '/') {
		const char *slash;

		s = skip(s, 2);
		slash = s.len != 0 ? memchr(s.p, '/', s.len) : NULL;
		n = slash != NULL ? (size_t)(slash - s.p) : s.len;
		u.authority = (struct str){s.p, n};
		s = skip(s, n);
	}
	u.path = s;
	return u;
}

/* Append path without "." and ".." segments (RFC 3986 5.2.4). */
static void
put_path(struct buf *out, struct str path)
{
	size_t start = out->len, i = 0;

	while (i < path.len) {
		size_t n = path.p[i] == '/' ? 1 : 0;
		size_t end = i + n;
		struct str seg;

		while (end < path.len && path.p[end] != '/')
			end++;
		seg = (struct str){path.p + i + n, end - i - n};
		if (str_eq(seg, STR("..")) && n == 1) {
			while (out->len > start && out->p[out->len - 1] != '/')
				out->len--;
			if (out->len > start)
				out->len--;
			if (end == path.len)
				buf_putc(out, '/');
		} else if (str_eq(seg, STR(".")) && n == 1) {
			if (end == path.len)
				buf_putc(out, '/');
		} else {
			buf_put(out, path.p + i, end - i);
		}
		i = end;
	}
}

/* The path of a relative reference, below the base's (5.2.3). */
static void
merge_path(struct buf *out, const struct uri *base, struct str path)
{
	struct buf whole = {0};
	size_t keep = base->path.len;

	if (base->authority.p != NULL && base->path.len == 0)
		buf_putc(&whole, '/');
	while (keep > 0 && base->path.p[keep - 1] != '/')
		keep--;
	buf_put(&whole, base->path.p, keep);
	buf_str(&whole, path);
	put_path(out, buf_view(&whole));
	buf_free(&whole);
}

void
schema_uri_resolve(struct str base, struct str ref, struct buf *out)
{
	struct uri b = split(base), r = split(ref);
	bool merged = r.scheme.p == NULL && r.authority.p == NULL;
	bool same = merged && r.path.len == 0;
	struct str scheme = r.scheme.p != NULL ? r.scheme : b.scheme;
	struct str authority = merged ? b.authority : r.authority;
	struct str query = same && r.query.p == NULL ? b.query : r.query;

	if (scheme.p != NULL) {
		buf_str(out, scheme);
		buf_putc(out, ':');
	}
	if (authority.p != NULL) {
		buf_puts(out, "//");
		buf_str(out, authority);
	}
	if (same)
		buf_str(out, b.path);
	else if (!merged || r.path.p[0] == '/')
		put_path(out, r.path);
	else
		merge_path(out, &b, r.path);
	if (query.p != NULL) {
		buf_putc(out, '?');
		buf_str(out, query);
	}
}

void
schema_uri_decode(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		int hi = -1, lo = -1;

		if (s.p[i] == '%' && s.len - i > 2) {
			hi = str_hex(s.p[i + 1]);
			lo = str_hex(s.p[i + 2]);
		}
		if (hi >= 0 && lo >= 0) {
			buf_putc(out, (char)(hi * 16 + lo));
			i += 2;
		} else {
			buf_putc(out, s.p[i]);
		}
	}
}

bool
schema_uri_cut(struct str *s, struct str *fragment)
{
	const char *hash = s->len != 0 ? memchr(s->p, '#', s->len) : NULL;

	*fragment = (struct str){NULL, 0};
	if (hash == NULL)
		return false;
	*fragment = skip(*s, (size_t)(hash - s->p) + 1);
	s->len = (size_t)(hash - s->p);
	return true;
}
