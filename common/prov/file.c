/* Files that stages read, looked at again. */
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/io.h"
#include "base/mem.h"
#include "prov/prov.h"

enum { CHUNK = 256 * 1024 };

int
prov_file_hash(const char *path, uint64_t first, int out,
    struct prov_file_hash *got, struct err *e)
{
	struct hash *h;
	char *chunk;
	uint64_t bytes = 0;
	ssize_t n;
	int fd;

	if (file_exists(path) && !file_regular(path)) {
		err_set(e, ERR_NOINPUT, "io.open", "it is no regular file, and "
		    "what it gave cannot be read again");
		return err_source(e, path);
	}
	fd = io_open(path, e);
	if (fd < 0)
		return -1;
	h = hash_new();
	chunk = mem_alloc(CHUNK);
	hash_begin(h);
	memset(got, 0, sizeof *got);
	for (;;) {
		/* No read passes the byte that the first digest ends at. */
		size_t want = bytes < first && first - bytes < CHUNK
		    ? (size_t)(first - bytes)
		    : CHUNK;

		if (bytes == first)
			hash_peek(h, got->first);
		n = io_read(fd, chunk, want, NULL, e);
		if (n <= 0)
			break;
		hash_add(h, chunk, (size_t)n);
		bytes += (uint64_t)n;
		if (out >= 0 &&
		    io_write(out, chunk, (size_t)n, "the copy", e) != 0) {
			n = -1;
			break;
		}
	}
	hash_end(h, got->all);
	io_close_quiet(fd);
	hash_free(h);
	mem_free(chunk);
	return n < 0 ? -1 : 0;
}
