#define _GNU_SOURCE /* memrchr */
/*
 * Bytes from stdin to the output as they are: NUL, CR, malformed
 * UTF-8, lines of any length, no last LF.  What one read brought is written at
 * once up to its last LF; the rest of a line waits for its end, as long as it
 * fits a block.  Hashing comes after writing, so that the reader behind us
 * works meanwhile.
 */
#include "engine/engine_priv.h"

#include <string.h>

#include "base/io.h"
#include "base/mem.h"
#include "merkle/stream.h"

struct pass {
	const struct engine_opts *opts;
	struct engine_counts *counts;
	char *block;
	size_t len;   /* bytes read and not yet written */
	bool in_line; /* what was written last did not end a line */
	bool eof;
};

static void
count(struct pass *s, size_t n)
{
	uint64_t lines = str_count(s->block, n, '\n');
	bool in_line = s->block[n - 1] != '\n';

	lines += in_line;
	lines -= s->in_line;
	s->in_line = in_line;
	s->counts->read += lines;
	s->counts->passed += lines;
	s->counts->written += lines;
	s->counts->bytes_in += n;
	s->counts->bytes_out += n;
}

/* Write the first n bytes, hash them, keep the rest. */
static int
pass_on(struct pass *s, size_t n, struct err *e)
{
	const struct engine_opts *o = s->opts;

	if (n == 0)
		return 0;
	if (io_write(o->out, s->block, n, o->out_name, e) != 0)
		return -1;
	count(s, n);
	if (o->in_hash != NULL)
		merkle_stream_feed(o->in_hash, s->block, n);
	s->len -= n;
	memmove(s->block, s->block + n, s->len);
	return 0;
}

static int
pass_all(struct pass *s, int wake, struct err *e)
{
	const atomic_int *stop = signal_flag();
	const struct engine_opts *o = s->opts;

	while (io_wait(0, wake, stop) != 0) {
		ssize_t got = io_read(0, s->block + s->len,
		    o->block - s->len, stop, e);
		const char *lf;

		if (got < 0)
			return err_source(e, "-");
		if (got == 0) {
			s->eof = *stop == 0;
			break;
		}
		lf = memrchr(s->block + s->len, '\n', (size_t)got);
		s->len += (size_t)got;
		if (lf != NULL || s->len == o->block) {
			size_t n = lf != NULL ? (size_t)(lf - s->block) + 1
					      : s->len;

			if (pass_on(s, n, e) != 0)
				return -1;
		}
	}
	return pass_on(s, s->len, e);
}

int
engine_pass(const struct engine_opts *o, struct engine_counts *counts,
    int *signal_seen, struct err *e)
{
	struct pass s = {.opts = o, .counts = counts};
	int wake[2] = {-1, -1};
	int rc = io_pipe(wake, e);

	*signal_seen = 0;
	if (rc == 0) {
		io_enlarge(0, 1 << 20);
		s.block = mem_alloc(o->block);
		signal_catch(wake[1]);
		rc = pass_all(&s, wake[0], e);
		*signal_seen = *signal_flag();
		signal_quiet();
		mem_free(s.block);
	}
	if (o->in_hash != NULL)
		merkle_stream_end(o->in_hash);
	counts->eof = s.eof;
	if (o->source_done != NULL) {
		struct engine_source done = {.name = "-", .eof = s.eof,
		    .bytes = counts->bytes_in};

		o->source_done(o->arg, &done);
	}
	for (int i = 0; i < 2; i++)
		io_close_quiet(wake[i]);
	return rc;
}
