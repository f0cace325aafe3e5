#ifndef RAP_BASE_FILE_H
#define RAP_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What is known and done about files beside their bytes (base/io.h has
 * those): size, lock, length, names in a directory.
 */
struct buf;
struct err;

/* Is there something at path? */
bool file_exists(const char *path);
/* Is it a regular file, or a link to one?  Its bytes can be read again, and
 * opening it waits for nobody. */
bool file_regular(const char *path);
/* Is it a regular file and no link, or nothing at all? */
bool file_plain(const char *path);

/*
 * Are both the same regular file?  Nothing is opened, links are followed.  Two
 * names are also the same when no file is there yet and both would be one.
 */
bool file_same(const char *a, const char *b);
bool file_same_fd(int fd, const char *path);
bool file_same_fds(int a, int b);

/* Bytes in the regular file behind fd; ERR_IO [io.stat]. */
int file_size(int fd, uint64_t *size, struct err *e);

/* Cut to size bytes; ERR_IO [io.truncate].  Sync it yourself. */
int file_truncate(int fd, uint64_t size, const char *name, struct err *e);

/*
 * Lock the whole file, shared (fd is open for reading) or exclusive (for
 * writing), waiting at most wait_ms; ERR_TEMP [io.lock] then.  The lock is of
 * the open file (Linux's OFD locks): it ends when fd is closed or the process
 * dies, never before, and nothing is left to clean up.
 */
int file_lock(int fd, bool exclusive, unsigned wait_ms, const char *name,
    struct err *e);
void file_unlock(int fd);

/*
 * Append the names in a directory, sorted by byte, each with a NUL behind it;
 * "." and ".." are left out.  ERR_NOINPUT [io.open], ERR_IO [io.read].
 */
int file_list(const char *path, struct buf *names, struct err *e);

/* Append the absolute name of path (realpath); ERR_NOINPUT [io.open]. */
int file_absolute(const char *path, struct buf *out, struct err *e);

#endif
