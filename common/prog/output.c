/* Where data goes: stdout or a file published whole; and --stats. */
#include "prog/prog_priv.h"

#include <string.h>

#include "base/file.h"
#include "json/write.h"

int
prog_guard(const struct prog *p, const char *path, struct err *e)
{
	const struct prog_opts *o = &p->opt;
	const char *const other[] = {o->out, o->reject, o->stats};

	for (size_t i = 0; i < p->operands.n; i++) {
		const char *in = p->operands.item[i];

		/* An operand may be no file: a URL, NAME=FUNC(...). */
		if (!p->def->verbs && strcmp(in, "-") != 0 &&
		    file_exists(in) && file_same(in, path))
			return err_set(e, ERR_USAGE, "io.samefile",
			    "'%s' is both input and output", path);
	}
	if (file_same_fd(0, path))
		return err_set(e, ERR_USAGE, "io.samefile",
		    "'%s' is both stdin and output", path);
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (other[i] != NULL && other[i] != path &&
		    file_same(other[i], path))
			return err_set(e, ERR_USAGE, "io.samefile",
			    "'%s' is the output of two options", path);
	return 0;
}

int
prog_guard_input(const struct prog *p, const char *path, struct err *e)
{
	const struct prog_opts *o = &p->opt;
	const char *const out[] = {o->out, o->reject, o->stats};

	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		if (out[i] != NULL && file_same(out[i], path))
			return err_set(e, ERR_USAGE, "io.samefile",
			    "'%s' is both input and output", path);
	return 0;
}

int
prog_guard_all(const struct prog *p, struct err *e)
{
	const struct prog_opts *o = &p->opt;
	const char *const all[] = {o->out, o->reject, o->stats};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i] != NULL && prog_guard(p, all[i], e) != 0)
			return -1;
	return 0;
}

int
prog_output_open(struct prog *p, struct err *e)
{
	struct prog_state *st = p->state;

	if (st->out_open)
		return 0;
	if (p->opt.out != NULL) {
		if (io_pub_open(&st->pub, p->opt.out, 0666, e) != 0)
			return -1;
		st->out = st->pub.fd;
	} else
		io_enlarge(1, 1 << 20);
	if (p->opt.reject != NULL) {
		st->side = io_create(p->opt.reject, 0666, e);
		if (st->side < 0)
			return -1;
	}
	st->out_open = true;
	return 0;
}

int
prog_write(struct prog *p, const void *lines, size_t n, struct err *e)
{
	struct prog_state *st = p->state;

	if (prog_stage_begin(p, e) != 0 || prog_output_open(p, e) != 0)
		return -1;
	if (st->begun)
		merkle_stream_add(&st->out_hash, lines, n);
	st->out_used = true;
	p->counts.bytes_out += n;
	return io_write(st->out, lines, n,
	    p->opt.out != NULL ? p->opt.out : "stdout", e);
}

void
prog_written(const struct prog *p, struct hash *h)
{
	hash_begin(h);
	if (p->state->begun)
		hash_copy(h, p->state->out_hash.whole);
}

/* A file that was written whole goes into the stage record. */
static void
note_output(struct prog *p, const char *path, const char *role,
    struct merkle_stream *s)
{
	struct prov_file f = {.path = path, .role = role};
	struct merkle_summary sum;

	merkle_stream_summary(s, &sum);
	f.bytes = sum.bytes;
	memcpy(f.sha256, sum.sha256, sizeof f.sha256);
	prog_note_file(p, &f);
}

int
prog_output_end(struct prog *p, bool publish, struct err *e)
{
	struct prog_state *st = p->state;
	int rc = 0;

	if (st->side >= 0) {
		rc = io_close(st->side, p->opt.reject, e);
		st->side = -1;
		if (rc == 0 && st->begun)
			note_output(p, p->opt.reject, "reject",
			    &st->side_hash);
	}
	if (st->pub.fd >= 0) {
		if (publish && rc == 0)
			rc = io_pub_commit(&st->pub, e);
		else
			io_pub_abort(&st->pub);
		if (publish && rc == 0 && st->begun)
			note_output(p, p->opt.out, "output",
			    st->out_is_in ? &st->in_hash : &st->out_hash);
	} else if (publish && rc == 0 && st->out_open)
		/* Some file systems report lost writes at close only. */
		rc = io_close_std(1, "stdout", e);
	return rc;
}

int
prog_stats(struct prog *p, int exit_code, struct err *e)
{
	const struct engine_counts *c = &p->counts;
	struct buf out = {0};
	struct json_w w = {.out = &out};
	int rc;

	if (p->opt.stats == NULL)
		return 0;
	json_w_object(&w);
	json_w_member(&w, "program", str_of(p->def->name));
	json_w_member(&w, "version", STR(RAP_VERSION));
	json_w_member_u64(&w, "read", c->read);
	json_w_member_u64(&w, "passed", c->passed);
	json_w_member_u64(&w, "rejected", c->rejected);
	json_w_member_u64(&w, "filtered", c->filtered);
	json_w_member_u64(&w, "written", c->written);
	json_w_member_u64(&w, "blank", c->blank);
	json_w_member_u64(&w, "bytes_in", c->bytes_in);
	json_w_member_u64(&w, "bytes_out", c->bytes_out);
	if (p->signal_seen == 0)
		json_w_member_u64(&w, "exit", (uint64_t)exit_code);
	else
		json_w_member_u64(&w, "signal", (uint64_t)p->signal_seen);
	json_w_end(&w);
	buf_putc(&out, '\n');
	rc = io_publish(p->opt.stats, 0666, out.p, out.len, e);
	buf_free(&out);
	return rc;
}
