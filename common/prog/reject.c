/* Bad records: their envelope, and accounting for them one at a time. */
#include <string.h>

#include "base/utf8.h"
#include "hash/base64.h"
#include "json/write.h"
#include "prog/prog_priv.h"
#include "prog/reject.h"

/* The bytes of a record as JSON text, or base64 when they are not UTF-8.  The
 * kept beginning of an overlong line may end within a character. */
static void
put_raw(struct json_w *w, const struct engine_line *l)
{
	size_t good = utf8_valid(l->p, l->len);

	if (l->overlong && l->len - good < 4)
		json_w_member(w, "raw", (struct str){l->p, good});
	else if (good == l->len)
		json_w_member(w, "raw", (struct str){l->p, l->len});
	else {
		struct buf b64 = {0};

		base64_put(&b64, l->p, l->len);
		json_w_member(w, "raw64", buf_view(&b64));
		buf_free(&b64);
	}
	if (l->overlong) {
		json_w_name(w, STR("truncated"));
		json_w_bool(w, true);
	}
}

void
prog_envelope(const struct engine_line *l, const struct err *e,
    const struct buf *errors, struct buf *out)
{
	struct json_w w = {.out = out};

	json_w_object(&w);
	json_w_member(&w, "source", str_of(e->source));
	json_w_member_u64(&w, "line", l->number);
	json_w_member_u64(&w, "offset",
	    l->offset + (e->pos != ERR_NOPOS ? e->pos : 0));
	json_w_member(&w, "code", str_of(e->id));
	json_w_member(&w, "path", str_of(e->path));
	json_w_member(&w, "message", str_of(e->msg));
	json_w_name(&w, STR("errors"));
	if (errors->len != 0)
		json_w_raw(&w, buf_view(errors));
	else {
		json_w_array(&w);
		json_w_end(&w);
	}
	put_raw(&w, l);
	json_w_end(&w);
	buf_putc(out, '\n');
}

/* Has this mnemonic been told often enough?  Counts it. */
static bool
worth_saying(struct prog_state *st, const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(st->alike); i++) {
		if (st->alike[i].id == NULL)
			st->alike[i].id = id;
		if (strcmp(st->alike[i].id, id) == 0)
			return st->alike[i].n++ < PROG_ALIKE;
	}
	return true;
}

int
prog_reject(struct prog *p, const struct engine_line *l, struct err *e)
{
	struct prog_state *st = p->state;
	const struct prog_opts *o = &p->opt;
	struct buf line = {0}, none = {0};
	int rc;

	p->counts.read++;
	p->counts.rejected++;
	if (o->reject == NULL)
		return -1;
	if (prog_output_open(p, e) != 0)
		return -1;
	prog_envelope(l, e, &none, &line);
	if (worth_saying(st, e->id) && !o->quiet)
		prog_diag(p, e);
	rc = io_write(st->side, line.p, line.len, o->reject, e);
	if (rc == 0 && st->begun)
		merkle_stream_feed(&st->side_hash, line.p, line.len);
	buf_free(&line);
	if (rc != 0)
		return -1;
	return engine_rejects(&o->limits, p->counts.rejected, p->counts.read,
	    false, e);
}

int
prog_reject_end(struct prog *p, struct err *e)
{
	struct prog_state *st = p->state;

	for (size_t i = 0; i < ARRAY_LEN(st->alike); i++) {
		if (st->alike[i].n > PROG_ALIKE)
			prog_more_alike(p, st->alike[i].id,
			    st->alike[i].n - PROG_ALIKE);
	}
	return engine_rejects(&p->opt.limits, p->counts.rejected,
	    p->counts.read, true, e);
}
