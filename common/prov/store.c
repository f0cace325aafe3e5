#include "prov/prov.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/io.h"
#include "base/mem.h"
#include "prov/id.h"
#include "prov/prov_priv.h"

enum { WAIT_SECONDS = 30, WAIT_MAX = 86400, CHUNK = 128 * 1024 };

const char *
prov_path(struct prov_store *s, const char *name)
{
	buf_clear(&s->path);
	buf_printf(&s->path, "%s/%s", s->dir, name);
	return buf_cstr(&s->path);
}

static unsigned
lock_wait(void)
{
	const char *text = getenv("RAP_LOCK_WAIT");
	unsigned long long seconds;

	if (text == NULL ||
	    str_to_u64(str_of(text), WAIT_MAX, &seconds) != 0)
		seconds = WAIT_SECONDS;
	return (unsigned)seconds * 1000;
}

static struct prov_store *
store_new(const char *dir)
{
	struct prov_store *s = mem_zalloc(sizeof *s);

	s->dir = mem_dupz(dir, strlen(dir));
	s->hash = hash_new();
	s->wait_ms = lock_wait();
	return s;
}

/* Is the log there?  1, 0 if there never was one, -1 if it was taken away: a
 * checkpoint that counts records stands without them. */
static int
has_log(struct prov_store *s, struct err *e)
{
	struct prov_checkpoint c;

	if (file_exists(prov_path(s, "log.ndjson")))
		return 1;
	if (prov_checkpoint_load(s, &c, e) != 0)
		return -1;
	if (c.size == 0)
		return 0;
	err_set(e, ERR_VERDICT, "log.cut",
	    "the log is gone, and its checkpoint counts %llu records",
	    (unsigned long long)c.size);
	return err_source(e, prov_path(s, "log.ndjson"));
}

struct prov_store *
prov_open(const char *dir, struct err *e)
{
	struct prov_store *s = store_new(dir);
	int has = has_log(s, e);

	if (has > 0)
		return s;
	if (has == 0) {
		err_set(e, ERR_NOINPUT, "store.absent", "no store at '%s'",
		    dir);
		err_hint(e, "rap-audit init makes one");
	}
	prov_close(s);
	return NULL;
}

void
prov_close(struct prov_store *s)
{
	if (s == NULL)
		return;
	hash_free(s->hash);
	json_free(&s->doc);
	buf_free(&s->path);
	mem_free(s->dir);
	mem_free(s);
}

const char *
prov_dir(const struct prov_store *s)
{
	return s->dir;
}

const struct err *
prov_warning(const struct prov_store *s)
{
	return s->warned ? &s->warning : NULL;
}

/* The log comes last: it is what makes a directory a store. */
int
prov_create(const char *dir, struct err *e)
{
	static const char *const sub[] = {"objects", "streams", "state"};
	struct prov_store *s = store_new(dir);
	struct merkle_tree none = {0};
	char origin[PROV_ORIGIN_MAX + 1] = "rap/log/";
	int has = has_log(s, e);
	int rc = has < 0 ? -1 : io_mkdir(dir, 0777, e);

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(sub); i++)
		rc = io_mkdir(prov_path(s, sub[i]), 0777, e);
	if (rc == 0 && has == 0) {
		rc = prov_uuid7(origin + strlen(origin), e);
		if (rc == 0)
			rc = prov_checkpoint_save(s, origin, &none, e);
		if (rc == 0)
			rc = io_publish(prov_path(s, "log.ndjson"), 0666, "",
			    0, e);
	}
	prov_close(s);
	return rc;
}

/* objects/ab/cdef..., in s->path. */
static const char *
object_path(struct prov_store *s, const uint8_t digest[HASH_LEN])
{
	char hex[HASH_HEX + 1];

	hash_hex(hex, digest);
	buf_clear(&s->path);
	buf_printf(&s->path, "%s/objects/%.2s/%s", s->dir, hex, hex + 2);
	return buf_cstr(&s->path);
}

bool
prov_object_has(struct prov_store *s, const uint8_t digest[HASH_LEN])
{
	return file_exists(object_path(s, digest));
}

/* The directory an object goes to, with its name made durable when new. */
static int
object_dir(struct prov_store *s, const uint8_t digest[HASH_LEN],
    struct err *e)
{
	struct buf dir = {0};
	int rc = 0;

	buf_printf(&dir, "%s/objects/%02x", s->dir, digest[0]);
	if (!file_exists(buf_cstr(&dir))) {
		rc = io_mkdir(buf_cstr(&dir), 0777, e);
		if (rc == 0)
			rc = io_sync_dir(prov_path(s, "objects"), e);
	}
	buf_free(&dir);
	return rc;
}

int
prov_plain(const char *path, struct err *e)
{
	if (file_plain(path))
		return 0;
	err_set(e, ERR_POLICY, "store.unsafe",
	    "not a regular file: a store holds no links, FIFOs or devices");
	return err_source(e, path);
}

int
prov_digest_fd(struct prov_store *s, int fd, int out,
    uint8_t got[HASH_LEN], struct err *e)
{
	char *chunk = mem_alloc(CHUNK);
	ssize_t n;

	hash_begin(s->hash);
	while ((n = io_read(fd, chunk, CHUNK, NULL, e)) > 0) {
		hash_add(s->hash, chunk, (size_t)n);
		if (out >= 0 &&
		    io_write(out, chunk, (size_t)n, "the store", e) != 0) {
			n = -1;
			break;
		}
	}
	hash_end(s->hash, got);
	mem_free(chunk);
	return n < 0 ? -1 : 0;
}

int
prov_object_write(struct prov_store *s, const uint8_t digest[HASH_LEN],
    int out, struct err *e)
{
	const char *path = object_path(s, digest);
	uint8_t got[HASH_LEN];
	char hex[HASH_HEX + 1];
	int fd, rc;

	if (!file_exists(path)) {
		hash_hex(hex, digest);
		err_set(e, ERR_NOINPUT, "object.missing",
		    "no object %s in the store", hex);
		return -1;
	}
	if (prov_plain(path, e) != 0)
		return -1;
	fd = io_open(path, e);
	if (fd < 0)
		return -1;
	rc = prov_digest_fd(s, fd, out, got, e);
	io_close_quiet(fd);
	if (rc == 0 && memcmp(got, digest, HASH_LEN) != 0) {
		hash_hex(hex, got);
		rc = err_set(e, ERR_VERDICT, "object.digest",
		    "the object's bytes are not what it is named after: "
		    "sha256 is %s", hex);
	}
	return rc == 0 ? 0 : err_source(e, path);
}

int
prov_object_check(struct prov_store *s, const uint8_t digest[HASH_LEN],
    struct err *e)
{
	return prov_object_write(s, digest, -1, e);
}

int
prov_object_get(struct prov_store *s, const uint8_t digest[HASH_LEN],
    struct buf *out, struct err *e)
{
	uint8_t got[HASH_LEN];
	size_t start = out->len;
	const char *path = object_path(s, digest);
	int fd;

	if (!file_exists(path))
		return prov_object_check(s, digest, e);
	if (prov_plain(path, e) != 0)
		return -1;
	fd = io_open(path, e);
	if (fd < 0)
		return -1;
	if (io_read_all(fd, out, e) != 0) {
		io_close_quiet(fd);
		return err_source(e, path);
	}
	io_close_quiet(fd);
	hash_bytes(s->hash, out->p + start, out->len - start, got);
	if (memcmp(got, digest, HASH_LEN) == 0)
		return 0;
	out->len = start;
	err_set(e, ERR_VERDICT, "object.digest",
	    "the object's bytes are not what it is named after");
	return err_source(e, path);
}

/* An object that is there and whole is left; a damaged one is replaced by the
 * right bytes. */
int
prov_object_put(struct prov_store *s, const void *p, size_t n,
    uint8_t digest[HASH_LEN], struct err *e)
{
	struct err ignored;

	hash_bytes(s->hash, p, n, digest);
	if (prov_object_check(s, digest, &ignored) == 0)
		return 0;
	if (object_dir(s, digest, e) != 0)
		return -1;
	return io_publish(object_path(s, digest), 0444, p, n, e);
}

int
prov_object_copy(struct prov_store *s, int fd, const uint8_t digest[HASH_LEN],
    struct err *e)
{
	struct io_pub pub;
	uint8_t got[HASH_LEN];

	if (prov_object_check(s, digest, e) == 0)
		return 0;
	if (object_dir(s, digest, e) != 0 ||
	    io_pub_open(&pub, object_path(s, digest), 0444, e) != 0)
		return -1;
	if (prov_digest_fd(s, fd, pub.fd, got, e) != 0) {
		io_pub_abort(&pub);
		return -1;
	}
	if (memcmp(got, digest, HASH_LEN) != 0) {
		io_pub_abort(&pub);
		return err_set(e, ERR_DATA, "object.changed",
		    "the bytes are not those that were used");
	}
	return io_pub_commit(&pub, e);
}

int
prov_tiles_put(struct prov_store *s, const uint8_t root[HASH_LEN],
    const struct buf *tiles, struct err *e)
{
	char hex[HASH_HEX + 1];

	if (tiles->len <= HASH_LEN)
		return 0;
	hash_hex(hex, root);
	buf_clear(&s->path);
	buf_printf(&s->path, "%s/streams/%s.tiles", s->dir, hex);
	if (file_exists(buf_cstr(&s->path)))
		return 0;
	return io_publish(s->path.p, 0444, tiles->p, tiles->len, e);
}
