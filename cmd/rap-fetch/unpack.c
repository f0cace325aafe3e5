#include "unpack.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/err.h"
#include "base/mem.h"

enum { UNPACK_PIECE = 64 * 1024, UNPACK_MAGIC = 4 };

enum kind { KIND_UNKNOWN, KIND_PLAIN, KIND_GZIP, KIND_ZSTD };

struct unpack {
	int (*take)(void *ctx, const char *p, size_t n, struct err *e);
	void *ctx;
	enum kind kind;
	char magic[UNPACK_MAGIC]; /* held until the kind is known */
	size_t nmagic;
	z_stream z;
	ZSTD_DStream *zstd;
	bool inside;  /* a member or frame is begun and not done */
	bool padding; /* NUL bytes follow the last gzip member */
	char *out;
};

struct unpack *
unpack_new(int (*take)(void *ctx, const char *p, size_t n, struct err *e),
    void *ctx)
{
	struct unpack *u = mem_zalloc(sizeof *u);

	u->take = take;
	u->ctx = ctx;
	return u;
}

/* The libraries ask for memory through these: one allocator for all. */
static void *
zlib_alloc(void *opaque, unsigned n, unsigned size)
{
	(void)opaque;
	return mem_array(n, size);
}

static void
zlib_free(void *opaque, void *p)
{
	(void)opaque;
	mem_free(p);
}

static int
gzip_piece(struct unpack *u, struct err *e)
{
	int rc;

	u->z.next_out = (unsigned char *)u->out;
	u->z.avail_out = UNPACK_PIECE;
	rc = inflate(&u->z, Z_NO_FLUSH);
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return err_set(e, ERR_DATA, "gzip.data", "damaged gzip: %s",
		    u->z.msg != NULL ? u->z.msg : "zlib gives no reason");
	if (rc == Z_STREAM_END) {
		u->inside = false;
		inflateReset(&u->z);
	}
	return u->take(u->ctx, u->out, UNPACK_PIECE - u->z.avail_out, e);
}

static int
gzip_push(struct unpack *u, const char *p, size_t n, struct err *e)
{
	u->z.next_in = (unsigned char *)(uintptr_t)p;
	u->z.avail_in = (unsigned)n;
	u->z.avail_out = 1;
	/* A full output piece: there may be more without more input. */
	while (u->z.avail_in != 0 || (u->inside && u->z.avail_out == 0)) {
		if (!u->inside && *u->z.next_in == 0) {
			u->padding = true;
			u->z.next_in++;
			u->z.avail_in--;
			continue;
		}
		if (!u->inside && (u->padding || *u->z.next_in != 0x1f))
			return err_set(e, ERR_DATA, "gzip.trail",
			    "bytes after the end of gzip data");
		u->inside = true;
		if (gzip_piece(u, e) != 0)
			return -1;
	}
	return 0;
}

static int
zstd_push(struct unpack *u, const char *p, size_t n, struct err *e)
{
	ZSTD_inBuffer in = {p, n, 0};
	bool full = false;

	while (in.pos < in.size || full) {
		ZSTD_outBuffer out = {u->out, UNPACK_PIECE, 0};
		size_t before = in.pos;
		size_t rc = ZSTD_decompressStream(u->zstd, &out, &in);

		if (ZSTD_isError(rc))
			return err_set(e, ERR_DATA, "zstd.data",
			    "damaged zstd: %s", ZSTD_getErrorName(rc));
		/* At the end of a frame a call without input asks for the
		 * next one: that is not being inside. */
		if (in.pos != before || out.pos != 0 || rc == 0)
			u->inside = rc != 0;
		full = out.pos == out.size && rc != 0;
		if (u->take(u->ctx, u->out, out.pos, e) != 0)
			return -1;
	}
	return 0;
}

static int
pass(struct unpack *u, const char *p, size_t n, struct err *e)
{
	if (n == 0)
		return 0;
	switch (u->kind) {
	case KIND_GZIP:
		return gzip_push(u, p, n, e);
	case KIND_ZSTD:
		return zstd_push(u, p, n, e);
	default:
		return u->take(u->ctx, p, n, e);
	}
}

static enum kind
kind_of(const char *p, size_t n)
{
	/* A zstd stream may begin with a skippable frame. */
	if (n >= 2 && memcmp(p, "\x1f\x8b", 2) == 0)
		return KIND_GZIP;
	if (n >= 4 && (memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0 ||
	    ((*p & 0xf0) == 0x50 && memcmp(p + 1, "\x2a\x4d\x18", 3) == 0)))
		return KIND_ZSTD;
	return KIND_PLAIN;
}

static int
settle(struct unpack *u, struct err *e)
{
	u->kind = kind_of(u->magic, u->nmagic);
	if (u->kind != KIND_PLAIN)
		u->out = mem_alloc(UNPACK_PIECE);
	if (u->kind == KIND_GZIP) {
		u->z.zalloc = zlib_alloc;
		u->z.zfree = zlib_free;
		/* 31: the largest window, a gzip wrapper and nothing else */
		if (inflateInit2(&u->z, 31) != Z_OK)
			return err_set(e, ERR_OS, "gzip.init",
			    "cannot start zlib");
	} else if (u->kind == KIND_ZSTD) {
		u->zstd = ZSTD_createDStream();
		if (u->zstd == NULL)
			mem_die();
	}
	return pass(u, u->magic, u->nmagic, e);
}

int
unpack_push(struct unpack *u, const char *p, size_t n, struct err *e)
{
	size_t take = UNPACK_MAGIC - u->nmagic;

	if (u->kind != KIND_UNKNOWN)
		return pass(u, p, n, e);
	if (take > n)
		take = n;
	memcpy(u->magic + u->nmagic, p, take);
	u->nmagic += take;
	/* Four bytes tell; so does a first one that begins neither. */
	if (u->nmagic < UNPACK_MAGIC && (u->nmagic == 0 ||
	    strchr("\x1f\x28", u->magic[0]) != NULL ||
	    (u->magic[0] & 0xf0) == 0x50))
		return 0;
	if (settle(u, e) != 0)
		return -1;
	return pass(u, p + take, n - take, e);
}

int
unpack_end(struct unpack *u, struct err *e)
{
	if (u->kind == KIND_UNKNOWN && settle(u, e) != 0)
		return -1;
	if (!u->inside)
		return 0;
	return err_set(e, ERR_DATA,
	    u->kind == KIND_GZIP ? "gzip.trunc" : "zstd.trunc",
	    "the %s data is cut short",
	    u->kind == KIND_GZIP ? "gzip" : "zstd");
}

bool
unpack_packed(const struct unpack *u)
{
	return u->kind == KIND_GZIP || u->kind == KIND_ZSTD;
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	if (u->kind == KIND_GZIP)
		inflateEnd(&u->z);
	ZSTD_freeDStream(u->zstd);
	mem_free(u->out);
	mem_free(u);
}
