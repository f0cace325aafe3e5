#include <string.h>

#include "base/file.h"
#include "base/io.h"
#include "base/mem.h"
#include "canon/canon.h"
#include "prov/id.h"
#include "prov/prov.h"
#include "prov/prov_priv.h"

enum { TORN_MAX = 64 << 20 };

/* One append: the log, locked, and where it ends. */
struct append {
	struct prov_store *s;
	struct prov_log log; /* its fd is open for appending */
	struct prov_head head;
	uint64_t torn; /* bytes of a torn tail */
	struct buf line;
};

static int
open_locked(struct append *a, struct err *e)
{
	const char *path = prov_path(a->s, "log.ndjson");

	a->log.path = mem_dupz(path, strlen(path));
	if (prov_plain(a->log.path, e) != 0)
		return -1;
	a->log.fd = io_update_open(a->log.path, e);
	if (a->log.fd < 0)
		return -1;
	if (file_lock(a->log.fd, true, a->s->wait_ms, a->log.path, e) != 0) {
		if (e->code == ERR_TEMP)
			e->id = "store.lock";
		return -1;
	}
	if (prov_checkpoint_load(a->s, &a->log.checkpoint, e) != 0)
		return -1;
	return file_size(a->log.fd, &a->log.end, e);
}

/* Does the log have, where the cache says, the line the cache means? */
static int
cache_fits(struct append *a, struct err *e)
{
	struct prov_head *h = &a->head;
	size_t n = (size_t)h->last_len + 1;
	uint8_t leaf[HASH_LEN];
	char *line = mem_alloc(n);
	ssize_t got = io_pread(a->log.fd, line, n, h->bytes - n, e);
	bool fits = got == (ssize_t)n && line[n - 1] == '\n';

	if (fits) {
		merkle_leaf(a->s->hash, line, n - 1, leaf);
		fits = memcmp(leaf, h->chain.last, HASH_LEN) == 0;
	}
	mem_free(line);
	return got < 0 ? -1 : fits;
}

static void
head_reset(struct append *a)
{
	memset(&a->head, 0, sizeof a->head);
	prov_chain_init(&a->head.chain, a->s->hash, &a->log.checkpoint);
}

/* Start from the cache if it agrees with log and checkpoint, else from the
 * beginning: a wrong cache costs time, never truth. */
static int
head_start(struct append *a, struct err *e)
{
	struct prov_head *h = &a->head;
	uint8_t root[HASH_LEN];
	char text[HASH_BASE64 + 1];
	int fits;

	head_reset(a);
	if (!prov_head_load(a->s, h) || h->bytes > a->log.end ||
	    !a->log.checkpoint.present ||
	    h->chain.tree.n < a->log.checkpoint.size) {
		head_reset(a);
		return 0;
	}
	merkle_root(&h->chain.tree, a->s->hash, root);
	hash_base64(text, root);
	fits = cache_fits(a, e);
	if (fits < 0)
		return -1;
	if (fits == 0 || h->chain.tree.n != a->log.checkpoint.size ||
	    strcmp(text, a->log.checkpoint.root) != 0)
		head_reset(a);
	return 0;
}

/* Follow the chain from there to the last whole line. */
static int
find_end(struct append *a, struct err *e)
{
	struct prov_head *h = &a->head;
	struct str line;
	uint64_t unsealed;
	int rc;

	if (head_start(a, e) != 0)
		return -1;
	a->log.offset = h->bytes;
	a->log.number = h->chain.tree.n;
	while ((rc = prov_log_next(&a->log, &line, e)) > 0) {
		if (prov_chain_next(&h->chain, &a->s->doc, line, e) != 0)
			return err_source(e, a->log.path);
		h->bytes = a->log.offset;
		h->last_len = line.len;
	}
	if (rc < 0 && strcmp(e->id, "log.torn") != 0)
		return -1;
	a->torn = a->log.end - h->bytes;
	if (prov_chain_seal(&h->chain, &unsealed, e) != 0) {
		err_hint(e, "the log was changed behind our back; nothing was "
		    "appended");
		return err_source(e, a->log.path);
	}
	return 0;
}

/* A writer was stopped within its line: the pieces are kept beside the log. */
static int
move_torn(struct append *a, struct err *e)
{
	struct buf tail = {.max = TORN_MAX}, name = {0};
	uint64_t at = a->head.bytes;
	int rc = 0;

	if (a->torn > TORN_MAX)
		return err_set(e, ERR_VERDICT, "log.torn",
		    "%llu bytes behind the last record",
		    (unsigned long long)a->torn);
	buf_printf(&name, "%s.torn-%llu", a->log.path, (unsigned long long)at);
	buf_need(&tail, (size_t)a->torn);
	if (io_pread(a->log.fd, tail.p, (size_t)a->torn, at, e) !=
	    (ssize_t)a->torn)
		rc = -1;
	if (rc == 0)
		rc = io_publish(buf_cstr(&name), 0666, tail.p,
		    (size_t)a->torn, e);
	if (rc == 0)
		rc = file_truncate(a->log.fd, at, a->log.path, e);
	if (rc == 0)
		rc = io_sync(a->log.fd, a->log.path, e);
	if (rc == 0) {
		a->s->warned = true;
		err_set(&a->s->warning, ERR_OK, "log.torn",
		    "a torn record of %llu bytes was moved to '%s'",
		    (unsigned long long)a->torn, name.p);
		err_source(&a->s->warning, a->log.path);
	}
	buf_free(&tail);
	buf_free(&name);
	return rc;
}

static int
build(struct append *a, const struct buf *members, struct err *e)
{
	const struct prov_head *h = &a->head;
	struct buf text = {0};
	char prev[HASH_HEX + 1];
	int rc;

	hash_hex(prev, h->chain.last);
	buf_printf(&text, "{\"seq\":%llu,\"prev\":\"%s\",",
	    (unsigned long long)h->chain.tree.n, prev);
	if (a->torn != 0)
		buf_printf(&text, "\"torn\":{\"bytes\":%llu,\"offset\":%llu},",
		    (unsigned long long)a->torn, (unsigned long long)h->bytes);
	buf_put(&text, members->p, members->len);
	buf_putc(&text, '}');
	rc = prov_fit(a->s, &text, &a->line, e);
	buf_free(&text);
	return rc;
}

/* One write; what a full disk left of it is cut off again. */
static int
write_line(struct append *a, struct err *e)
{
	struct err ignored;

	buf_putc(&a->line, '\n');
	if (io_write(a->log.fd, a->line.p, a->line.len, a->log.path, e) != 0) {
		(void)file_truncate(a->log.fd, a->head.bytes, a->log.path,
		    &ignored);
		return -1;
	}
	a->line.len--;
	return io_sync(a->log.fd, a->log.path, e);
}

static int
seal(struct append *a, struct err *e)
{
	struct prov_head *h = &a->head;
	struct prov_checkpoint *cp = &a->log.checkpoint;
	struct err ignored;

	a->s->last_seq = h->chain.tree.n;
	merkle_leaf(a->s->hash, a->line.p, a->line.len, h->chain.last);
	merkle_append(&h->chain.tree, a->s->hash, h->chain.last);
	h->bytes += a->line.len + 1;
	h->last_len = a->line.len;
	if (!cp->present) {
		memcpy(cp->origin, "rap/log/", 9);
		if (prov_uuid7(cp->origin + 8, e) != 0)
			return -1;
	}
	if (prov_checkpoint_save(a->s, cp->origin, &h->chain.tree, e) != 0)
		return -1;
	(void)prov_head_save(a->s, h, &ignored);
	return 0;
}

int
prov_append(struct prov_store *s, const struct buf *members, struct buf *line,
    struct err *e)
{
	struct append a = {.s = s, .log = {.fd = -1}};
	int rc = open_locked(&a, e);

	if (rc == 0)
		rc = find_end(&a, e);
	if (rc == 0)
		rc = build(&a, members, e);
	if (rc == 0 && a.torn != 0)
		rc = move_torn(&a, e);
	if (rc == 0)
		rc = write_line(&a, e);
	if (rc == 0)
		rc = seal(&a, e);
	if (rc == 0 && line != NULL)
		buf_put(line, a.line.p, a.line.len);
	prov_log_close(&a.log); /* the lock ends with it */
	buf_free(&a.line);
	return rc;
}
