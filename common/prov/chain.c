#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/io.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "prov/prov_priv.h"

enum { CHUNK = 256 * 1024 };

int
prov_log_open(struct prov_log *l, struct prov_store *s, struct err *e)
{
	const char *path = prov_path(s, "log.ndjson");
	int rc;

	memset(l, 0, sizeof *l);
	l->path = mem_dupz(path, strlen(path));
	l->fd = prov_plain(l->path, e) == 0 ? io_open(l->path, e) : -1;
	if (l->fd < 0)
		return -1;
	rc = file_lock(l->fd, false, s->wait_ms, l->path, e);
	if (rc != 0) {
		e->id = e->code == ERR_TEMP ? "store.lock" : e->id;
		return -1;
	}
	rc = prov_checkpoint_load(s, &l->checkpoint, e);
	if (rc == 0)
		rc = file_size(l->fd, &l->end, e);
	file_unlock(l->fd);
	return rc;
}

void
prov_log_close(struct prov_log *l)
{
	io_close_quiet(l->fd);
	buf_free(&l->buf);
	mem_free(l->path);
	memset(l, 0, sizeof *l);
	l->fd = -1;
}

/* More bytes behind those not yet given out: 1, or 0 at the end. */
static int
refill(struct prov_log *l, struct err *e)
{
	uint64_t from = l->offset + (l->buf.len - l->at);
	uint64_t left = l->end - from;
	size_t want = left < CHUNK ? (size_t)left : CHUNK;
	ssize_t got;

	if (l->at > 0) {
		memmove(l->buf.p, l->buf.p + l->at, l->buf.len - l->at);
		l->buf.len -= l->at;
		l->at = 0;
	}
	if (want == 0 || !buf_need(&l->buf, want))
		return 0;
	got = io_pread(l->fd, l->buf.p + l->buf.len, want, from, e);
	if (got < 0)
		return err_source(e, l->path);
	if (got == 0)
		l->end = from; /* cut since it was opened */
	l->buf.len += (size_t)got;
	return got > 0;
}

static int
line_error(struct prov_log *l, struct err *e)
{
	e->line = l->number + 1;
	e->pos = 0;
	return err_source(e, l->path);
}

int
prov_log_next(struct prov_log *l, struct str *line, struct err *e)
{
	for (;;) {
		const char *p = l->buf.p + l->at;
		size_t have = l->buf.len - l->at;
		const char *lf = have != 0 ? memchr(p, '\n', have) : NULL;
		int more;

		if (have > PROV_LINE_MAX &&
		    (lf == NULL || lf - p > PROV_LINE_MAX)) {
			err_set(e, ERR_VERDICT, "log.toolong",
			    "a record longer than %d bytes", PROV_LINE_MAX);
			return line_error(l, e);
		}
		if (lf != NULL) {
			*line = (struct str){p, (size_t)(lf - p)};
			l->at += line->len + 1;
			l->offset += line->len + 1;
			l->number++;
			return 1;
		}
		more = refill(l, e);
		if (more < 0)
			return -1;
		if (more == 0)
			break;
	}
	if (l->at == l->buf.len)
		return 0;
	err_set(e, ERR_VERDICT, "log.torn",
	    "the last record is torn: %zu bytes without an end of line",
	    l->buf.len - l->at);
	return line_error(l, e);
}

void
prov_chain_init(struct prov_chain *c, struct hash *hash,
    const struct prov_checkpoint *checkpoint)
{
	memset(c, 0, sizeof *c);
	c->hash = hash;
	c->checkpoint = checkpoint;
	merkle_root(&c->tree, hash, c->last);
}

int
prov_numbers(const struct json_doc *d, struct err *e)
{
	for (uint32_t i = 0; i < d->n; i++) {
		int64_t v;

		if (json_type(d, i) != JSON_NUMBER)
			continue;
		if (json_int64(d, i, &v) != 0 || v > PROV_INTEGER_MAX ||
		    v < -PROV_INTEGER_MAX)
			return err_at(e, d->nodes[i].off, ERR_VERDICT,
			    "log.form",
			    "a number that is no integer within 2^53");
	}
	return 0;
}

static int
check_form(struct json_doc *d, struct str line, struct err *e)
{
	struct buf canon = {.max = 4 * PROV_LINE_MAX};
	bool same;

	if (json_parse(d, line.p, line.len, e) != 0) {
		d->n = 0;
		e->code = ERR_VERDICT;
		e->id = "log.form";
		return -1;
	}
	if (json_type(d, 0) != JSON_OBJECT)
		return err_at(e, 0, ERR_VERDICT, "log.form",
		    "a record is an object");
	if (prov_numbers(d, e) != 0)
		return -1;
	canon_write(d, 0, &canon);
	same = str_eq(buf_view(&canon), line);
	buf_free(&canon);
	if (!same)
		return err_at(e, 0, ERR_VERDICT, "log.form",
		    "the record is not in canonical form");
	return 0;
}

static int
check_place(const struct prov_chain *c, const struct json_doc *d,
    struct err *e)
{
	uint32_t seq = json_member(d, 0, STR("seq"));
	uint32_t prev = json_member(d, 0, STR("prev"));
	char want[HASH_HEX + 1];
	int64_t n;

	if (seq == JSON_NONE || json_int64(d, seq, &n) != 0 || n < 0 ||
	    (uint64_t)n != c->tree.n)
		return err_at(e, 0, ERR_VERDICT, "log.seq",
		    "seq is not %llu", (unsigned long long)c->tree.n);
	hash_hex(want, c->last);
	if (prev == JSON_NONE || json_type(d, prev) != JSON_STRING ||
	    !json_string_is(d, prev, str_of(want))) {
		if (n == 0)
			return err_at(e, 0, ERR_VERDICT, "log.chain",
			    "record 0 does not begin a log: prev is not the "
			    "hash of nothing");
		return err_at(e, 0, ERR_VERDICT, "log.chain",
		    "record %lld does not follow record %lld: prev is not the "
		    "hash of the line before", (long long)n, (long long)n - 1);
	}
	return 0;
}

static int
check_root(const struct prov_chain *c, struct err *e)
{
	const struct prov_checkpoint *p = c->checkpoint;
	uint8_t root[HASH_LEN];
	char text[HASH_BASE64 + 1];

	if (!p->present || p->size != c->tree.n)
		return 0;
	merkle_root(&c->tree, c->hash, root);
	hash_base64(text, root);
	if (strcmp(text, p->root) == 0)
		return 0;
	return err_at(e, 0, ERR_VERDICT, "log.checkpoint",
	    "the first %llu records are not those the checkpoint covers",
	    (unsigned long long)c->tree.n);
}

int
prov_chain_next(struct prov_chain *c, struct json_doc *doc, struct str line,
    struct err *e)
{
	int rc = check_form(doc, line, e);

	if (rc == 0)
		rc = check_place(c, doc, e);
	merkle_leaf(c->hash, line.p, line.len, c->last);
	merkle_append(&c->tree, c->hash, c->last);
	if (rc == 0)
		rc = check_root(c, e);
	if (rc != 0)
		e->line = c->tree.n;
	return rc;
}

int
prov_chain_seal(const struct prov_chain *c, uint64_t *unsealed, struct err *e)
{
	const struct prov_checkpoint *p = c->checkpoint;
	uint64_t n = c->tree.n;

	*unsealed = 0;
	if (!p->present && n == 0)
		return 0;
	if (!p->present)
		err_at(e, 0, ERR_VERDICT, "log.checkpoint",
		    "the checkpoint of the log is missing");
	else if (n < p->size)
		err_at(e, 0, ERR_VERDICT, "log.cut",
		    "the log ends after %llu of %llu records",
		    (unsigned long long)n, (unsigned long long)p->size);
	else if (n == 0)
		return check_root(c, e);
	else {
		*unsealed = n - p->size;
		return 0;
	}
	e->line = n + 1;
	return -1;
}
