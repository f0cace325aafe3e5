#ifndef RAP_BASE_IO_H
#define RAP_BASE_IO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The only place of the project that opens, reads, writes, syncs, renames and
 * closes.  Every call deals with short transfers, EINTR, EAGAIN and errors at
 * close; a failed fsync is never tried again.
 */
struct buf;
struct err;

/*
 * Make sure that descriptors 0 to 2 are open: a closed one is opened the wrong
 * way round (stdin write-only, stdout read-only), so that using it fails
 * loudly and no data file becomes stdout.  Call first in main.
 */
void io_stdopen(void);

/*
 * Open path for reading; "-" is stdin.  A directory, or what cannot be opened,
 * is ERR_NOINPUT [io.open].  Returns the descriptor (the caller closes it) or
 * -1.
 */
int io_open(const char *path, struct err *e);

/*
 * Read up to n bytes: the count, 0 at the end, -1 with ERR_IO [io.read].
 * EINTR is retried.  Once *stop is nonzero nothing is read, and 0 returned;
 * stop may be NULL.
 */
ssize_t io_read(int fd, void *p, size_t n, const atomic_int *stop,
    struct err *e);

/*
 * Read n bytes from offset `at` of a regular file: the count, less than n only
 * at the end; -1 with ERR_IO [io.read].
 */
ssize_t io_pread(int fd, void *p, size_t n, uint64_t at, struct err *e);

/*
 * Wait until fd can be read or wake (a pipe, or -1) is readable.  Returns
 * 1: fd can be read, 0: woken or *stop is set.
 */
int io_wait(int fd, int wake, const atomic_int *stop);

/* Append the whole of a descriptor to b; ERR_DATA [io.toobig] past b->max. */
int io_read_all(int fd, struct buf *b, struct err *e);

/* io_open, io_read_all, close. */
int io_load(const char *path, struct buf *b, struct err *e);

/* Write all of it, or ERR_IO [io.write]; name is used in the message. */
int io_write(int fd, const void *p, size_t n, const char *name,
    struct err *e);

/* Close, or ERR_IO [io.close]: some file systems report lost writes here. */
int io_close(int fd, const char *name, struct err *e);

/* The same for 0 to 2, whose number stays taken: no file opened later becomes
 * stdout. */
int io_close_std(int fd, const char *name, struct err *e);

/* Close and ignore errors: for descriptors that were only read. */
void io_close_quiet(int fd);

/* Enlarge a pipe to size bytes where the system has it; else no effect. */
void io_enlarge(int fd, size_t size);

/* A pipe, both ends close-on-exec, non-blocking at the write end. */
int io_pipe(int fd[2], struct err *e);

/* Make the write end of a pipe of io_pipe readable at its other end; for
 * signal handlers too.  A full pipe is readable already. */
void io_wake(int fd);

/*
 * A file published whole: written under a temporary name in the directory of
 * path, and given its name by commit (fsync, close, rename, fsync of the
 * directory).  Until then, and when anything fails, the old file stays; the
 * new one has its mode.  What is no regular file and no link to one (a device,
 * a FIFO, /dev/fd/3) cannot be replaced: it is written to as it is.
 * `{.fd = -1}` is one that is not open.
 */
struct io_pub {
	int fd;	     /* write here with io_write; -1: not open */
	int dir;     /* -1: written to as it is */
	char *path;  /* the name to be */
	char *tmp;   /* the temporary name, within dir */
	char *base;  /* the last component of path */
};

/* Begin.  mode of a new file as for open(2), less the umask.  ERR_CANTCREATE
 * [io.create]. */
int io_pub_open(struct io_pub *pub, const char *path, unsigned mode,
    struct err *e);
/*
 * ERR_IO [io.fsync, io.close] or ERR_CANTCREATE [io.rename]; the temporary
 * file is gone either way and pub is not open.
 */
int io_pub_commit(struct io_pub *pub, struct err *e);
/* Drop what was written; nothing if not open. */
void io_pub_abort(struct io_pub *pub);
/* Only remove the temporary name: for a process that is about to end in want
 * of memory. */
void io_pub_unlink(const struct io_pub *pub);

/* Publish p[0..n) as path in one call. */
int io_publish(const char *path, unsigned mode, const void *p, size_t n,
    struct err *e);

/*
 * Open for appending, created with mode when absent, close-on-exec; returns
 * the descriptor, or -1 with ERR_CANTCREATE [io.create].
 */
int io_append_open(const char *path, unsigned mode, struct err *e);
/* Open an existing file to read anywhere and to append; errors as above. */
int io_update_open(const char *path, struct err *e);
/* Create or truncate for writing; else as io_append_open. */
int io_create(const char *path, unsigned mode, struct err *e);
/* A new file in dir_for_temp that has no name, to read and write: it is gone
 * when it is closed, however the process ends.  ERR_CANTCREATE [io.create]. */
int io_temp(struct err *e);
/* fsync, or ERR_IO [io.fsync].  Never call it again after a failure. */
int io_sync(int fd, const char *name, struct err *e);
/* Make the names in a directory durable; ERR_NOINPUT, ERR_IO. */
int io_sync_dir(const char *path, struct err *e);
/* mkdir unless it is there (as a directory); ERR_CANTCREATE [io.mkdir]. */
int io_mkdir(const char *path, unsigned mode, struct err *e);

#endif
