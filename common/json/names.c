/* Names used twice in one object, compared after unescaping. */
#include "json/json_priv.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { FEW = 16 }; /* up to here pairs are compared */

size_t
json_unescape(const char **at, char out[4])
{
	const char *p = *at;
	uint32_t c, lo;

	if (p[0] != '\\') {
		out[0] = p[0];
		*at = p + 1;
		return 1;
	}
	*at = p + 2;
	switch (p[1]) {
	case 'b':
		out[0] = '\b';
		return 1;
	case 'f':
		out[0] = '\f';
		return 1;
	case 'n':
		out[0] = '\n';
		return 1;
	case 'r':
		out[0] = '\r';
		return 1;
	case 't':
		out[0] = '\t';
		return 1;
	case 'u':
		break;
	default: /* quote, backslash, slash */
		out[0] = p[1];
		return 1;
	}
	c = (uint32_t)json_hex4(p + 2);
	*at = p + 6;
	if (c >= 0xd800 && c < 0xdc00) {
		lo = (uint32_t)json_hex4(p + 8);
		c = 0x10000 + ((c - 0xd800) << 10) + (lo - 0xdc00);
		*at = p + 12;
	}
	return utf8_encode(out, c);
}

/* Content of a string node, without its quotes. */
static struct str
content(const struct json_doc *d, uint32_t i)
{
	return (struct str){d->text + d->nodes[i].off + 1,
	    d->nodes[i].len - 2};
}

/* The unescaped bytes of a string, one at a time. */
struct bytes {
	const char *p, *end;
	char out[4];
	size_t n, at;
};

static int
next_byte(struct bytes *b)
{
	if (b->at == b->n) {
		if (b->p == b->end)
			return -1;
		b->n = json_unescape(&b->p, b->out);
		b->at = 0;
	}
	return (unsigned char)b->out[b->at++];
}

int
json_name_cmp(const struct json_doc *d, uint32_t a, uint32_t b)
{
	struct str sa = content(d, a), sb = content(d, b);
	struct bytes x = {.p = sa.p, .end = sa.p + sa.len};
	struct bytes y = {.p = sb.p, .end = sb.p + sb.len};
	int i, j;

	if (((d->nodes[a].flags | d->nodes[b].flags) & JSON_ESCAPED) == 0)
		return str_cmp(sa, sb);
	do {
		i = next_byte(&x);
		j = next_byte(&y);
	} while (i == j && i >= 0);
	return (i > j) - (i < j);
}

static int
twice(const struct json_doc *d, uint32_t a, uint32_t b, struct err *e)
{
	uint32_t first = a < b ? a : b, second = a < b ? b : a;
	struct str s = content(d, second);
	int show = s.len > 60 ? 60 : (int)s.len;

	return err_at(e, d->nodes[second].off, ERR_DATA, "json.dupkey",
	    "name \"%.*s\" is used twice, first at byte %u", show, s.p,
	    d->nodes[first].off + 1);
}

/* Bottom-up merge sort of d->order[0..n), scratch behind it. */
static void
sort_names(struct json_doc *d, uint32_t n)
{
	uint32_t *from = d->order, *to = d->order + n;

	for (uint32_t run = 1; run < n; run *= 2) {
		uint32_t *t;

		for (uint32_t lo = 0; lo < n; lo += 2 * run) {
			uint32_t mid = n - lo < run ? n : lo + run;
			uint32_t hi = n - mid < run ? n : mid + run;
			uint32_t i = lo, j = mid, k = lo;

			while (i < mid && j < hi)
				to[k++] =
				    json_name_cmp(d, from[i], from[j]) <= 0
				    ? from[i++]
				    : from[j++];
			while (i < mid)
				to[k++] = from[i++];
			while (j < hi)
				to[k++] = from[j++];
		}
		t = from;
		from = to;
		to = t;
	}
	if (from != d->order)
		memcpy(d->order, from, n * sizeof *from);
}

static void
need_order(struct json_doc *d, size_t n)
{
	if (n <= d->order_cap)
		return;
	d->order = mem_realloc(d->order, n * sizeof *d->order);
	d->order_cap = (uint32_t)n;
}

/* Any order, any names; the error is the leftmost second sight. */
static int
check_sorted(struct json_doc *d, uint32_t obj, uint32_t n, struct err *e)
{
	uint32_t end = d->nodes[obj].next, first = 0, second = JSON_NONE;
	uint32_t at = 0;

	need_order(d, (size_t)n * 2);
	for (uint32_t k = obj + 1; k < end; k = d->nodes[k + 1].next)
		d->order[at++] = k;
	sort_names(d, n);
	for (uint32_t i = 1; i < n; i++) {
		uint32_t a = d->order[i - 1], b = d->order[i];

		if (b < second && json_name_cmp(d, a, b) == 0) {
			first = a;
			second = b;
		}
	}
	return second == JSON_NONE ? 0 : twice(d, first, second, e);
}

/* All of up to 8 bytes; with the length they tell the texts apart. */
static uint64_t
load_short(const char *p, size_t n)
{
	uint32_t lo, hi;

	if (n < sizeof lo)
		return n == 0 ? 0
			      : (uint64_t)(unsigned char)p[0] << 16 |
			(uint64_t)(unsigned char)p[n / 2] << 8 |
			(unsigned char)p[n - 1];
	memcpy(&lo, p, sizeof lo);
	memcpy(&hi, p + n - sizeof hi, sizeof hi);
	return (uint64_t)hi << 32 | lo;
}

static uint32_t
hash_bytes(struct str s)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t h = s.len, w;

	for (; s.len > sizeof w; s.p += sizeof w, s.len -= sizeof w) {
		memcpy(&w, s.p, sizeof w);
		h = (h ^ w) * odd;
		h ^= h >> 32;
	}
	return (uint32_t)((h ^ load_short(s.p, s.len)) * odd >> 32);
}

/*
 * The same by a table of names, for those without escapes: in text order, so
 * that the first name found there is the leftmost second sight.  Names chosen
 * to collide are left to the sort.
 */
static int
check_table(struct json_doc *d, uint32_t obj, uint32_t n, struct err *e)
{
	uint32_t end = d->nodes[obj].next, size = 2 * FEW;
	uint64_t steps = (uint64_t)n * 8;

	/* Mostly empty: to step from entry to entry costs a surprise each. */
	while (size < 4 * (uint64_t)n)
		size *= 2;
	need_order(d, size);
	memset(d->order, 0, size * sizeof *d->order); /* 0: the root, no name */
	for (uint32_t k = obj + 1; k < end; k = d->nodes[k + 1].next) {
		struct str s = content(d, k);
		uint32_t at = hash_bytes(s) & (size - 1);

		for (; d->order[at] != 0; at = (at + 1) & (size - 1)) {
			if (str_eq(content(d, d->order[at]), s))
				return twice(d, d->order[at], k, e);
			if (--steps == 0)
				return check_sorted(d, obj, n, e);
		}
		d->order[at] = k;
	}
	return 0;
}

static int
check_few(const struct json_doc *d, uint32_t obj, struct err *e)
{
	const struct json_node *v = d->nodes;
	uint32_t end = v[obj].next;

	for (uint32_t b = obj + 1; b < end; b = v[b + 1].next)
		for (uint32_t a = obj + 1; a < b; a = v[a + 1].next)
			if ((v[a].hash == v[b].hash ||
				((v[a].flags | v[b].flags) & JSON_ESCAPED)) &&
			    json_name_cmp(d, a, b) == 0)
				return twice(d, a, b, e);
	return 0;
}

int
json_check_names(struct json_doc *d, uint32_t obj, struct err *e)
{
	const struct json_node *v = d->nodes;
	uint32_t end = v[obj].next, n = 0;
	uint64_t seen[4] = {0};
	bool doubt = false, escaped = false;

	/* One bit per hash value settles most objects without a pair. */
	for (uint32_t k = obj + 1; k < end; k = v[k + 1].next) {
		uint64_t bit = (uint64_t)1 << (v[k].hash & 63);

		doubt |= (seen[v[k].hash >> 6] & bit) != 0;
		escaped |= (v[k].flags & JSON_ESCAPED) != 0;
		seen[v[k].hash >> 6] |= bit;
		n++;
	}
	if ((!doubt && !escaped) || n < 2)
		return 0;
	if (n <= FEW)
		return check_few(d, obj, e);
	return escaped ? check_sorted(d, obj, n, e)
		       : check_table(d, obj, n, e);
}
