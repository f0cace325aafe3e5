/* Sources to blocks of whole lines. */
#define _GNU_SOURCE /* memrchr */
#include "engine/engine_priv.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/io.h"
#include "base/mem.h"

enum { PAD = 64, PIPE_SIZE = 1 << 20 };

int
reader_init(struct reader *r, const struct engine_opts *o, int wake)
{
	*r = (struct reader){.opts = o, .fd = -1, .wake = wake};
	r->carry.max = SIZE_MAX;
	/* A single source has the digest of the stream. */
	if (o->in_hash != NULL && o->nfiles > 1)
		r->digest = hash_new();
	return 0;
}

void
reader_free(struct reader *r)
{
	if (r->fd > 2)
		io_close_quiet(r->fd);
	buf_free(&r->carry);
	hash_free(r->digest);
}

/* Open the next source: 1, 0 when there is none, -1. */
static int
next_source(struct reader *r, struct err *e)
{
	const struct engine_opts *o = r->opts;
	struct stat st;

	if (r->next_file == o->nfiles)
		return 0;
	r->name = o->files[r->next_file++];
	r->fd = io_open(r->name, e);
	if (r->fd < 0) {
		r->name = NULL;
		return -1;
	}
	if (file_same_fds(r->fd, o->out) || file_same_fds(r->fd, o->side)) {
		err_set(e, ERR_USAGE, "io.samefile",
		    "'%s' is both input and output", r->name);
		return -1;
	}
	r->regular = fstat(r->fd, &st) == 0 && S_ISREG(st.st_mode);
	io_enlarge(r->fd, PIPE_SIZE);
	r->line = 1;
	r->offset = 0;
	r->bytes = 0;
	if (r->digest != NULL)
		hash_begin(r->digest);
	return 1;
}

static void
end_source(struct reader *r, struct slot *s)
{
	/* A last line without LF is a leaf too. */
	r->leaves += r->in_line;
	r->in_line = false;
	s->source_end = true;
	s->source = (struct engine_source){
	    .name = r->name, .bytes = r->bytes, .eof = true};
	if (r->digest != NULL)
		hash_end(r->digest, s->source.sha256);
	if (r->fd > 2)
		io_close_quiet(r->fd);
	r->fd = -1;
}

/* Bytes of a mark at the start of a source that are no part of its line. */
static size_t
bom_len(const struct reader *r, const char *p, size_t len)
{
	return r->opts->drop_bom && r->offset == 0 && len >= 3 &&
	    memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* What the filter sees of bytes[0..len), and where the next block starts; no LF
 * stands before `from`. */
static void
make_block(struct reader *r, struct slot *s, size_t from, size_t len)
{
	size_t bom = bom_len(r, s->bytes.p, len);
	uint64_t lines = str_count(s->bytes.p + from, len - from, '\n');

	memset(s->bytes.p + len, 0, PAD);
	s->raw_len = len;
	s->block = (struct engine_block){
	    .source = strcmp(r->name, "-") == 0 ? "-" : r->name,
	    .data = s->bytes.p + bom,
	    .len = len - bom,
	    .line = r->line,
	    .offset = r->offset + bom,
	    .max_line = r->opts->max_line,
	};
	s->first_leaf = r->leaves;
	r->line += lines;
	r->leaves += lines;
	r->offset += len;
	if (len != 0)
		r->in_line = s->bytes.p[len - 1] != '\n';
}

/* Read once into the slot, behind what is there. */
static ssize_t
read_some(struct reader *r, struct slot *s, const atomic_int *stop,
    struct err *e)
{
	size_t want = r->opts->block;
	ssize_t got;

	if (want > s->bytes.len && s->bytes.len != 0)
		want -= s->bytes.len;
	if (!buf_need(&s->bytes, want + PAD))
		return err_set(e, ERR_DATA, "json.linelen",
		    "a line longer than memory allows");
	if (!r->regular && io_wait(r->fd, r->wake, stop) == 0)
		return 0;
	got = io_read(r->fd, s->bytes.p + s->bytes.len, want, stop, e);
	if (got < 0)
		return err_source(e, r->name);
	if (got > 0 && r->digest != NULL)
		hash_add(r->digest, s->bytes.p + s->bytes.len, (size_t)got);
	r->bytes += (uint64_t)got;
	s->bytes.len += (size_t)got;
	return got;
}

/* A block that is not whole lines: the filter sees its first n bytes. */
static void
make_part(struct reader *r, struct slot *s, size_t len, size_t n)
{
	make_block(r, s, 0, len);
	s->block.len = n;
	s->part = true;
}

/* The rest of a line past the limit, up to its LF: hashed and forgotten. */
static int
skip_line(struct reader *r, struct slot *s, const atomic_int *stop,
    struct err *e)
{
	ssize_t got = read_some(r, s, stop, e);
	size_t n = s->bytes.len;
	char *lf;

	if (got < 0 || *stop != 0)
		return got < 0 ? -1 : 0;
	lf = memchr(s->bytes.p, '\n', n);
	if (lf != NULL) {
		n = (size_t)(lf - s->bytes.p) + 1;
		buf_put(&r->carry, lf + 1, s->bytes.len - n);
	}
	make_part(r, s, n, 0);
	if (got == 0)
		end_source(r, s);
	r->skipping = lf == NULL && got != 0;
	return 1;
}

static void
take_carry(struct reader *r, struct slot *s)
{
	buf_clear(&s->bytes);
	s->bytes.max = SIZE_MAX;
	buf_put(&s->bytes, r->carry.p, r->carry.len);
	buf_clear(&r->carry);
	buf_need(&s->bytes, PAD);
	s->source_end = s->part = s->done = s->failed = false;
	s->raw_len = 0;
	s->block = (struct engine_block){0};
}

/*
 * Cut the slot behind its last LF at or after `from`; the rest is carried.
 * False when there is none.
 */
static bool
cut_lines(struct reader *r, struct slot *s, size_t from)
{
	char *lf = memrchr(s->bytes.p + from, '\n', s->bytes.len - from);
	size_t n;

	if (lf == NULL)
		return false;
	n = (size_t)(lf - s->bytes.p) + 1;
	buf_put(&r->carry, s->bytes.p + n, s->bytes.len - n);
	make_block(r, s, from, n);
	return true;
}

int
reader_fill(struct reader *r, struct slot *s, const atomic_int *stop,
    struct err *e)
{
	take_carry(r, s);
	if (r->fd < 0) {
		int rc = next_source(r, e);

		if (rc <= 0)
			return rc;
	}
	if (r->skipping)
		return skip_line(r, s, stop, e);
	/* Carried bytes hold no LF unless a skipped line ended among them. */
	if (s->bytes.len != 0 && cut_lines(r, s, 0))
		return 1;
	for (;;) {
		size_t from = s->bytes.len;
		ssize_t got;

		if (from > r->opts->max_line + bom_len(r, s->bytes.p, from)) {
			make_part(r, s, from, ENGINE_OVERLONG);
			s->block.overlong = true;
			r->skipping = true;
			return 1;
		}
		got = read_some(r, s, stop, e);
		if (got < 0 || *stop != 0)
			return got < 0 ? -1 : 0;
		if (got == 0) {
			make_block(r, s, from, from);
			end_source(r, s);
			return 1;
		}
		if (cut_lines(r, s, from))
			return 1;
	}
}
