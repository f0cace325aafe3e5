#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/io.h"
#include "base/str.h"
#include "prov/prov_priv.h"

/*
 * The checkpoint (a promise, published atomically) and the cache of the
 * frontier (worth nothing by itself: written in place, checked by a digest).
 */

static const char magic[] = "rap head 1\n";

enum {
	MAGIC = sizeof magic - 1,
	FIXED = MAGIC + 3 * 8 + HASH_LEN,
	LOAD_MAX = 256 * 1024
};

static void
put_u64(struct buf *b, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		buf_putc(b, (char)(v >> (8 * i)));
}

static uint64_t
get_u64(const char *p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

/* Never a reason to fail the append: without it the next one reads more. */
int
prov_head_save(struct prov_store *s, const struct prov_head *h, struct err *e)
{
	const struct merkle_tree *t = &h->chain.tree;
	struct buf b = {0};
	uint8_t sum[HASH_LEN];
	int fd, rc = -1;

	buf_put(&b, magic, MAGIC);
	put_u64(&b, t->n);
	put_u64(&b, h->bytes);
	put_u64(&b, h->last_len);
	buf_put(&b, h->chain.last, HASH_LEN);
	for (unsigned k = 0; k < 64; k++) {
		if ((t->n >> k & 1) != 0)
			buf_put(&b, t->peak[k], HASH_LEN);
	}
	hash_bytes(s->hash, b.p, b.len, sum);
	buf_put(&b, sum, sizeof sum);
	fd = prov_plain(prov_path(s, "state/head"), e) == 0
	    ? io_create(s->path.p, 0666, e)
	    : -1;
	if (fd >= 0) {
		rc = io_write(fd, b.p, b.len, "state/head", e);
		io_close_quiet(fd);
	}
	buf_free(&b);
	return rc;
}

static bool
head_read(struct prov_store *s, struct prov_head *h, const struct buf *b)
{
	struct merkle_tree *t = &h->chain.tree;
	uint8_t sum[HASH_LEN];
	size_t at = FIXED;

	if (b->len < FIXED + HASH_LEN || memcmp(b->p, magic, MAGIC) != 0)
		return false;
	hash_bytes(s->hash, b->p, b->len - HASH_LEN, sum);
	if (memcmp(sum, b->p + b->len - HASH_LEN, HASH_LEN) != 0)
		return false;
	t->n = get_u64(b->p + MAGIC);
	h->bytes = get_u64(b->p + MAGIC + 8);
	h->last_len = get_u64(b->p + MAGIC + 16);
	memcpy(h->chain.last, b->p + MAGIC + 24, HASH_LEN);
	for (unsigned k = 0; k < 64; k++) {
		if ((t->n >> k & 1) == 0)
			continue;
		if (b->len - at < 2 * HASH_LEN)
			return false;
		memcpy(t->peak[k], b->p + at, HASH_LEN);
		at += HASH_LEN;
	}
	return at + HASH_LEN == b->len && t->n > 0 &&
	    h->last_len <= PROV_LINE_MAX && h->last_len < h->bytes;
}

bool
prov_head_load(struct prov_store *s, struct prov_head *h)
{
	struct buf b = {.max = LOAD_MAX};
	struct err ignored;
	const char *path = prov_path(s, "state/head");
	bool ok;

	ok = file_exists(path) && prov_plain(path, &ignored) == 0 &&
	    io_load(path, &b, &ignored) == 0 &&
	    head_read(s, h, &b);
	buf_free(&b);
	return ok;
}

/* An origin is a name: printable ASCII, no blanks at its ends. */
static bool
is_origin(struct str s)
{
	if (s.len == 0 || s.len > PROV_ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.p[0] != ' ' && s.p[s.len - 1] != ' ';
}

static int
malformed(struct prov_store *s, struct err *e)
{
	err_set(e, ERR_VERDICT, "log.checkpoint",
	    "not a checkpoint: three lines (origin, size, root) are wanted");
	return err_source(e, prov_path(s, "checkpoint"));
}

/* Cut one line off text: false when there is none that ends. */
static bool
cut_line(struct str *text, struct str *line)
{
	const char *lf = memchr(text->p, '\n', text->len);

	if (lf == NULL)
		return false;
	*line = (struct str){text->p, (size_t)(lf - text->p)};
	text->p = lf + 1;
	text->len -= line->len + 1;
	return true;
}

int
prov_checkpoint_load(struct prov_store *s, struct prov_checkpoint *c,
    struct err *e)
{
	struct buf b = {.max = LOAD_MAX};
	struct str text, origin, size, root;
	unsigned long long n;
	int rc = 0;

	memset(c, 0, sizeof *c);
	if (!file_exists(prov_path(s, "checkpoint")))
		return 0;
	if (prov_plain(s->path.p, e) != 0)
		return -1;
	if (io_load(s->path.p, &b, e) != 0) {
		buf_free(&b);
		return e->code == ERR_DATA ? malformed(s, e) : -1;
	}
	text = buf_view(&b);
	if (!cut_line(&text, &origin) || !cut_line(&text, &size) ||
	    !cut_line(&text, &root) || text.len != 0 ||
	    !is_origin(origin) || root.len != HASH_BASE64 ||
	    (size.len > 1 && size.p[0] == '0') ||
	    str_to_u64(size, (uint64_t)INT64_MAX, &n) != 0) {
		rc = malformed(s, e);
	} else {
		c->present = true;
		c->size = n;
		memcpy(c->origin, origin.p, origin.len);
		memcpy(c->root, root.p, root.len);
	}
	buf_free(&b);
	return rc;
}

int
prov_checkpoint_save(struct prov_store *s, const char *origin,
    const struct merkle_tree *tree, struct err *e)
{
	struct buf b = {0};
	uint8_t root[HASH_LEN];
	char text[HASH_BASE64 + 1];
	int rc;

	merkle_root(tree, s->hash, root);
	hash_base64(text, root);
	buf_printf(&b, "%s\n%llu\n%s\n", origin,
	    (unsigned long long)tree->n, text);
	rc = io_publish(prov_path(s, "checkpoint"), 0666, b.p, b.len, e);
	buf_free(&b);
	return rc;
}
