#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "expr/lib_priv.h"

/*
 * Time zones: "UTC", "+05:30", or a name of the system's zone database, read
 * as TZif (RFC 9636) and kept for the life of the run.  The database is the
 * only file an expression can reach, and names cannot leave its folder.
 */

#define ZONE_DIR "/usr/share/zoneinfo/"

enum { ZONES = 16, ZONE_NAME = 64, ZONE_MAX = 1 << 20, HEADER = 44 };

struct zone {
	char name[ZONE_NAME];
	struct buf file;
	/* of the 64-bit part */
	const unsigned char *times, *index, *types;
	size_t ntimes, ntypes;
	struct str rule; /* POSIX TZ, for after the last transition */
};

struct zones {
	struct zone zone[ZONES];
	size_t n;
};

void
zones_free(struct zones *z)
{
	for (size_t i = 0; z != NULL && i < z->n; i++)
		buf_free(&z->zone[i].file);
	mem_free(z);
}

static uint64_t
big(const unsigned char *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

struct counts {
	size_t isut, isstd, leap, times, types, chars;
};

static bool
read_header(const struct buf *f, size_t at, struct counts *c)
{
	const unsigned char *p = (const unsigned char *)f->p + at;

	if (f->len - at < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	c->isut = big(p + 20, 4);
	c->isstd = big(p + 24, 4);
	c->leap = big(p + 28, 4);
	c->times = big(p + 32, 4);
	c->types = big(p + 36, 4);
	c->chars = big(p + 40, 4);
	return true;
}

static size_t
block_size(const struct counts *c, size_t time)
{
	return c->times * (time + 1) + c->types * 6 + c->chars +
	    c->leap * (time + 4) + c->isstd + c->isut;
}

/* Find the parts of the 64-bit block; false when the file is no TZif. */
static bool
read_zone(struct zone *z)
{
	const struct buf *f = &z->file;
	struct counts c;
	size_t at;

	if (f->len < HEADER || !read_header(f, 0, &c))
		return false;
	at = HEADER + block_size(&c, 4);
	if (at > f->len || !read_header(f, at, &c))
		return false;
	at += HEADER;
	if (f->len - at < block_size(&c, 8) || c.types == 0)
		return false;
	z->times = (const unsigned char *)f->p + at;
	z->index = z->times + 8 * c.times;
	z->types = z->index + c.times;
	z->ntimes = c.times;
	z->ntypes = c.types;
	at += block_size(&c, 8);
	if (f->len - at >= 2 && f->p[at] == '\n') {
		z->rule = (struct str){f->p + at + 1, f->len - at - 1};
		if (z->rule.p[z->rule.len - 1] == '\n')
			z->rule.len--;
	}
	return true;
}

static int64_t
type_offset(const struct zone *z, size_t type)
{
	return type < z->ntypes ? (int32_t)big(z->types + 6 * type, 4) : 0;
}

static int64_t
lookup(const struct zone *z, int64_t t)
{
	size_t lo = 0, hi = z->ntimes;
	int64_t offset;

	while (lo < hi) { /* the first transition after t */
		size_t mid = lo + (hi - lo) / 2;

		if ((int64_t)big(z->times + 8 * mid, 8) <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == z->ntimes && z->rule.len != 0 &&
	    zone_rule(z->rule, t, &offset))
		return offset;
	return type_offset(z, lo == 0 ? 0 : z->index[lo - 1]);
}

/* Letters, digits and - + _ in parts joined by '/'. */
static bool
is_zone_name(struct str s)
{
	if (s.len == 0 || s.len >= ZONE_NAME)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i], l = (char)(c | 0x20);

		if (c == '/' ? i == 0 || s.p[i - 1] == '/' || i + 1 == s.len :
		    !(l >= 'a' && l <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '+' && c != '_')
			return false;
	}
	return true;
}

static const struct zone *
load(struct expr_run *run, struct str name)
{
	char path[sizeof ZONE_DIR + ZONE_NAME];
	struct zones *all = run->zones;
	struct zone *z;
	struct err e;

	if (!is_zone_name(name))
		return NULL;
	if (all == NULL)
		all = run->zones = mem_zalloc(sizeof *all);
	for (size_t i = 0; i < all->n; i++)
		if (str_eq(str_of(all->zone[i].name), name))
			return &all->zone[i];
	z = &all->zone[all->n == ZONES ? ZONES - 1 : all->n];
	buf_free(&z->file);
	*z = (struct zone){.file.max = ZONE_MAX};
	memcpy(path, ZONE_DIR, sizeof ZONE_DIR - 1);
	memcpy(path + sizeof ZONE_DIR - 1, name.p, name.len);
	path[sizeof ZONE_DIR - 1 + name.len] = '\0';
	run->steps -= 1000;
	if (io_load(path, &z->file, &e) != 0 || !read_zone(z)) {
		buf_free(&z->file);
		return NULL;
	}
	memcpy(z->name, name.p, name.len);
	if (all->n < ZONES)
		all->n++;
	return z;
}

/* [+-]hh:mm */
static bool
fixed(struct str s, int64_t *offset)
{
	bool minus = s.len != 0 && s.p[0] == '-';
	int h, m;

	if (s.len != 0 && (s.p[0] == '-' || s.p[0] == '+')) {
		s.p++;
		s.len--;
	}
	if (s.len != 5 || s.p[2] != ':')
		return false;
	for (int i = 0; i < 5; i++)
		if (i != 2 && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	h = (s.p[0] - '0') * 10 + s.p[1] - '0';
	m = (s.p[3] - '0') * 10 + s.p[4] - '0';
	*offset = (h * 60 + m) * (minus ? -60 : 60);
	return h < 24 && m < 60;
}

bool
zone_offset(struct expr_run *run, struct str name, int64_t seconds,
    int64_t *offset)
{
	const struct zone *z;

	*offset = 0;
	if (str_eq(name, STR("UTC")) || str_eq(name, STR("Z")))
		return true;
	if (fixed(name, offset))
		return true;
	z = load(run, name);
	if (z == NULL)
		return false;
	*offset = lookup(z, seconds);
	return true;
}
