#include "input.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/io.h"
#include "base/mem.h"
#include "digest.h"
#include "json/write.h"
#include "prog/prog.h"
#include "prog/reject.h"
#include "prog/store.h"
#include "prov/prov.h"
#include "prov/redact.h"
#include "unpack.h"

enum { PIECE = 256 * 1024 };

struct input {
	struct prog *prog;
	const struct input_opts *o;
	const char *name; /* for diagnostics and the record */
	struct sink sink;
	struct unpack *unpack;
	struct format *format;
	struct hash *hash; /* NULL: no digest is wanted */
	struct digest digest;
	bool digested;	   /* a file's is recorded, that of stdin is not */
	uint64_t bytes;
	bool eof;
};

static int
sink_write(struct sink *s, struct err *e)
{
	struct input *in = s->ctx;
	struct engine_counts *c = &in->prog->counts;

	c->read += s->records;
	c->passed += s->records;
	c->written += s->records;
	s->records = 0;
	if (s->lines.over)
		return err_set(e, ERR_INTERNAL, "fetch.buffer",
		    "the lines do not fit their buffer");
	if (in->digested)
		digest_write(&in->digest, buf_view(&s->lines));
	if (s->lines.len != 0 &&
	    prog_write(in->prog, s->lines.p, s->lines.len, e) != 0)
		return -1;
	buf_clear(&s->lines);
	return 0;
}

static int
sink_bad(struct sink *s, const struct format_bad *bad, struct err *e)
{
	struct input *in = s->ctx;
	struct engine_line l = {
	    .p = bad->raw.p,
	    .len = bad->raw.len,
	    .overlong = bad->cut,
	    .number = bad->line,
	    .offset = bad->offset,
	};

	err_source(e, in->name);
	/* What came before it is read before it. */
	if (s->records != 0) {
		struct err later;

		if (sink_write(s, &later) != 0) {
			*e = later;
			return -1;
		}
	}
	return prog_reject(in->prog, &l, e);
}

/* The same for a body that is only looked at: nothing is written. */
static int
sink_drop(struct sink *s, struct err *e)
{
	(void)e;
	s->records = 0;
	buf_clear(&s->lines);
	return 0;
}

static int
sink_pass_over(struct sink *s, const struct format_bad *bad, struct err *e)
{
	(void)s, (void)bad, (void)e;
	return 0;
}

static void
sink_warn(struct sink *s, struct err *e)
{
	struct input *in = s->ctx;

	err_source(e, in->name);
	prog_warn(in->prog, e);
}

static void
sink_no_warning(struct sink *s, struct err *e)
{
	(void)s, (void)e;
}

static int
take(void *ctx, const char *p, size_t n, struct err *e)
{
	struct input *in = ctx;

	return format_push(in->format, p, n, e);
}

static void
chain_open(struct input *in, const char *name, const char *type)
{
	in->format = format_new(&in->o->format, &in->sink, name, type);
	in->unpack = unpack_new(take, in);
	in->sink.ctx = in;
}

static void
chain_close(struct input *in)
{
	if (in->sink.flush == sink_write)
		prog_say(in->prog, "%s: read as %s", in->name,
		    format_name(in->format));
	unpack_free(in->unpack);
	format_free(in->format);
	in->unpack = NULL;
	in->format = NULL;
}

/* What one read brought, to the output. */
static int
chain_push(struct input *in, const char *p, size_t n, struct err *e)
{
	if (unpack_push(in->unpack, p, n, e) != 0)
		return -1;
	return in->sink.flush(&in->sink, e);
}

/* Good records before a cut or a bad one are written, as they stand. */
static int
chain_end(struct input *in, int rc, struct err *e)
{
	struct err later;

	if (rc == 0 && *in->o->stop == 0) {
		rc = unpack_end(in->unpack, e);
		if (rc == 0)
			rc = format_end(in->format, e);
	}
	if (rc != 0 && e->code == ERR_IO)
		return -1;
	if (in->sink.flush(&in->sink, &later) != 0 && rc == 0) {
		*e = later;
		return -1;
	}
	return rc;
}

static int
whole(struct input *in, const struct buf *body, const char *name,
    const char *type, struct err *e)
{
	int rc;

	chain_open(in, name, type);
	rc = chain_push(in, body->p, body->len, e);
	rc = chain_end(in, rc, e);
	chain_close(in);
	return rc;
}

static int
check_digest(struct input *in, const uint8_t digest[HASH_LEN], struct err *e)
{
	char hex[HASH_HEX + 1];

	hash_hex(hex, digest);
	if (in->o->sha256 == NULL || strcmp(hex, in->o->sha256) == 0)
		return 0;
	return err_set(e, ERR_POLICY, "fetch.digest",
	    "its sha256 is %s and not the one that was given", hex);
}

static void
note_input(struct input *in, const uint8_t digest[HASH_LEN])
{
	struct prov_file f = {.path = in->name, .role = "input",
	    .bytes = in->bytes, .partial = !in->eof};

	memcpy(f.sha256, digest, HASH_LEN);
	prog_note_file(in->prog, &f);
}

/* A file or stdin in pieces. */
static int
stream_file(struct input *in, int fd, struct err *e)
{
	const char *block = getenv("RAP_BLOCK");
	char *piece = mem_alloc(PIECE);
	size_t want = PIECE;
	ssize_t n = 0;
	int rc = 0;

	/* For tests: the output must not depend on it. */
	if (block != NULL && (str_to_size(str_of(block), &want) != 0 ||
	    want == 0 || want > PIECE))
		want = PIECE;
	while (rc == 0 && io_wait(fd, in->o->wake, in->o->stop) != 0 &&
	    (n = io_read(fd, piece, want, in->o->stop, e)) != 0) {
		if (n < 0) {
			rc = -1;
			break;
		}
		in->bytes += (uint64_t)n;
		in->prog->counts.bytes_in += (uint64_t)n;
		if (in->digested)
			digest_read(&in->digest,
			    (struct str){piece, (size_t)n});
		rc = chain_push(in, piece, (size_t)n, e);
		if (in->digested)
			digest_keep(&in->digest);
	}
	in->eof = n == 0 && *in->o->stop == 0;
	mem_free(piece);
	return rc;
}

static int
hold_file(struct input *in, int fd, struct err *e)
{
	struct buf body = {.max = in->o->get.max_body};
	uint8_t digest[HASH_LEN];
	int rc = io_read_all(fd, &body, e);

	if (rc == 0) {
		in->bytes = body.len;
		in->eof = true;
		in->prog->counts.bytes_in += body.len;
		hash_bytes(in->hash, body.p, body.len, digest);
		note_input(in, digest);
		rc = check_digest(in, digest, e);
	}
	if (rc == 0)
		rc = whole(in, &body, in->name, NULL, e);
	buf_free(&body);
	return rc;
}

static int
fetch_file(struct input *in, struct err *e)
{
	uint8_t digest[HASH_LEN];
	int fd = io_open(in->name, e), rc;

	if (fd < 0)
		return -1;
	/* Files of -o and --reject were looked at when they were opened. */
	if (in->prog->opt.out == NULL && file_same_fds(fd, 1))
		rc = err_set(e, ERR_USAGE, "io.samefile",
		    "'%s' is both input and output", in->name);
	else if (in->o->sha256 != NULL)
		rc = hold_file(in, fd, e);
	else {
		in->digested = in->hash != NULL && fd > 2;
		if (in->digested)
			digest_begin(&in->digest, in->prog);
		chain_open(in, in->name, NULL);
		rc = stream_file(in, fd, e);
		rc = chain_end(in, rc, e);
		chain_close(in);
		/* A file that was left is said to be: eof is false. */
		if (in->digested) {
			digest_end(&in->digest, digest);
			note_input(in, digest);
		}
	}
	if (fd > 2)
		io_close_quiet(fd);
	return rc;
}

static void
warn(void *ctx, const struct err *e)
{
	struct input *in = ctx;

	prog_warn(in->prog, e);
}

static void
say(void *ctx, const char *text)
{
	struct input *in = ctx;

	prog_say(in->prog, "%s: %s", in->name, text);
}

/* The response, for the stage record: `"fetch":[{...},...` grows. */
static void
note_reply(struct input *in, const struct get_reply *r, const char *digest)
{
	struct buf *x = &in->prog->extra;
	struct json_w w = {.out = x};

	if (x->len != 0)
		x->p[x->len - 1] = ','; /* the "]" of the one before */
	else
		buf_puts(x, "\"fetch\":[");
	json_w_object(&w);
	json_w_member(&w, "url", str_of(in->name));
	json_w_member(&w, "final_url", buf_view(&r->url));
	json_w_member_u64(&w, "status", (uint64_t)r->status);
	json_w_member_u64(&w, "tries", r->tries);
	json_w_member_u64(&w, "redirects", r->redirects);
	json_w_name(&w, STR("complete"));
	json_w_bool(&w, r->complete);
	if (digest != NULL) {
		json_w_member_u64(&w, "bytes", r->body.len);
		json_w_member(&w, "sha256", str_of(digest));
	}
	json_w_end(&w);
	buf_putc(x, ']');
}

/* All of the body is looked at before any of it is written. */
static int
take_reply(struct input *in, struct get_reply *r, struct err *e)
{
	size_t path = strcspn(buf_cstr(&r->url), "?#");
	char *name = mem_dupz(r->url.p, path);
	int rc;

	in->sink.flush = sink_drop;
	in->sink.bad = sink_pass_over;
	in->sink.warn = sink_no_warning;
	rc = whole(in, &r->body, name, r->type, e);
	in->sink.flush = sink_write;
	in->sink.bad = sink_bad;
	in->sink.warn = sink_warn;
	in->sink.blank = 0;
	if (rc == 0)
		rc = whole(in, &r->body, name, r->type, e);
	mem_free(name);
	return rc;
}

static int
fetch_url(struct input *in, const char *url, struct err *e)
{
	struct get_opts o = in->o->get;
	struct get_reply r = {0};
	struct get *g;
	uint8_t digest[HASH_LEN];
	char hex[HASH_HEX + 1];
	int rc;

	o.warn = warn;
	o.say = say;
	o.ctx = in;
	g = get_new(&o);
	rc = get_url(g, url, &r, e);
	if (rc == 0 && in->hash != NULL) {
		in->bytes = r.body.len;
		in->eof = true;
		hash_bytes(in->hash, r.body.p, r.body.len, digest);
		hash_hex(hex, digest);
		note_input(in, digest);
		rc = prog_capture(in->prog, r.body.p, r.body.len, e);
		if (rc == 0)
			rc = check_digest(in, digest, e);
	}
	if (prog_has_store(in->prog))
		note_reply(in, &r, rc == 0 ? hex : NULL);
	if (rc == 0 && r.status != 204) { /* 204: there is no document */
		in->prog->counts.bytes_in += r.body.len;
		rc = take_reply(in, &r, e);
	}
	get_reply_free(&r);
	get_free(g);
	return rc;
}

int
input_fetch(struct prog *p, const struct source *s,
    const struct input_opts *o, struct err *e)
{
	struct input in = {.prog = p, .o = o};
	struct buf name = {0};
	int rc;

	in.sink.flush = sink_write;
	in.sink.bad = sink_bad;
	in.sink.warn = sink_warn;
	if (s->url)
		prov_redact(str_of(s->target), &name);
	else
		buf_puts(&name, s->target);
	in.name = buf_cstr(&name);
	if (prog_has_store(p) || o->sha256 != NULL)
		in.hash = hash_new();
	rc = s->url ? fetch_url(&in, s->target, e) : fetch_file(&in, e);
	p->counts.blank += in.sink.blank;
	if (rc != 0 && e->source[0] == '\0')
		err_source(e, in.name);
	if (*o->stop != 0) {
		p->signal_seen = *o->stop;
		rc = 0;
	}
	hash_free(in.hash);
	digest_free(&in.digest);
	buf_free(&in.sink.lines);
	buf_free(&name);
	return rc;
}
