#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/fault.h"

enum { READ_LEAST = 4096, READ_STEP = 64 * 1024 };

void
io_stdopen(void)
{
	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
			continue;
		/* The lowest free descriptor is fd itself. */
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(ERR_OS);
	}
}

static int
open_failed(const char *path, int errnum, struct err *e)
{
	if (errnum == EMFILE || errnum == ENFILE)
		return err_sys(e, errnum, ERR_OS, "os.fds", "cannot open '%s'",
		    path);
	return err_sys(e, errnum, ERR_NOINPUT, "io.open", "cannot open '%s'",
	    path);
}

int
io_open(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return open_failed(path, errno, e);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return open_failed(path, EISDIR, e);
	}
	return fd;
}

static bool
stopped(const atomic_int *stop)
{
	return stop != NULL && *stop != 0;
}

ssize_t
io_read(int fd, void *p, size_t n, const atomic_int *stop, struct err *e)
{
	for (;;) {
		ssize_t got;

		if (stopped(stop))
			return 0;
		if (fault_hit(FAULT_SHORT) && n > 1)
			n = 1;
		if (fault_hit(FAULT_READ)) {
			errno = EIO;
			got = -1;
		} else
			got = read(fd, p, n);
		if (got >= 0)
			return got;
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (io_wait(fd, -1, stop) == 0)
				return 0;
			continue;
		}
		if (errno == EISDIR || errno == EBADF)
			return err_sys(e, errno, ERR_NOINPUT, "io.read",
			    "cannot read");
		return err_sys(e, errno, ERR_IO, "io.read", "cannot read");
	}
}

int
io_wait(int fd, int wake, const atomic_int *stop)
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN},
	    {.fd = wake, .events = POLLIN}};

	for (;;) {
		if (stopped(stop))
			return 0;
		if (poll(p, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return 1; /* let read(2) name the trouble */
		}
		if (p[1].revents != 0)
			return 0;
		if (p[0].revents != 0)
			return 1;
	}
}

ssize_t
io_pread(int fd, void *p, size_t n, uint64_t at, struct err *e)
{
	size_t got = 0;

	while (got < n) {
		ssize_t one = -1;

		if (fault_hit(FAULT_READ))
			errno = EIO;
		else
			one = pread(fd, (char *)p + got, n - got,
			    (off_t)(at + got));
		if (one == 0)
			break;
		if (one > 0)
			got += (size_t)one;
		else if (errno != EINTR)
			return err_sys(e, errno, ERR_IO, "io.read",
			    "cannot read");
	}
	return (ssize_t)got;
}

int
io_read_all(int fd, struct buf *b, struct err *e)
{
	size_t max = b->max != 0 ? b->max : BUF_MAX;

	for (;;) {
		size_t left = max > b->len ? max - b->len : 0;
		size_t room = b->cap - b->len;
		ssize_t got;
		char more;

		if (left == 0) {
			got = io_read(fd, &more, 1, NULL, e);
			return got <= 0 ? (int)got
					: err_set(e, ERR_DATA, "io.toobig",
					      "larger than %zu bytes", max);
		}
		if (room < READ_LEAST) {
			buf_need(b, left < READ_STEP ? left : READ_STEP);
			room = b->cap - b->len;
		}
		got = io_read(fd, b->p + b->len, room < left ? room : left,
		    NULL, e);
		if (got <= 0)
			return (int)got;
		b->len += (size_t)got;
	}
}

int
io_load(const char *path, struct buf *b, struct err *e)
{
	int fd = io_open(path, e);
	int rc;

	if (fd < 0)
		return -1;
	rc = io_read_all(fd, b, e);
	if (fd > 2)
		io_close_quiet(fd);
	return rc == 0 ? 0 : err_source(e, path);
}

int
io_write(int fd, const void *p, size_t n, const char *name, struct err *e)
{
	const char *at = p;

	while (n > 0) {
		size_t want = n;
		ssize_t put;

		if (fault_hit(FAULT_SHORT))
			want = 1;
		if (fault_hit(FAULT_WRITE)) {
			errno = ENOSPC;
			put = -1;
		} else
			put = write(fd, at, want);
		if (put >= 0) {
			at += put;
			n -= (size_t)put;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			struct pollfd w = {.fd = fd, .events = POLLOUT};

			poll(&w, 1, -1);
			continue;
		}
		return err_sys(e, errno, ERR_IO,
		    errno == EPIPE ? "io.pipe" : "io.write",
		    "cannot write to %s", name);
	}
	return 0;
}

int
io_close(int fd, const char *name, struct err *e)
{
	int rc = close(fd);

	if (rc == 0 && fault_hit(FAULT_CLOSE)) {
		errno = EIO;
		rc = -1;
	}
	/* After EINTR Linux has closed it: never close twice. */
	if (rc != 0 && errno != EINTR)
		return err_sys(e, errno, ERR_IO, "io.close",
		    "cannot close %s", name);
	return 0;
}

int
io_close_std(int fd, const char *name, struct err *e)
{
	int rc = io_close(fd, name, e);

	io_stdopen();
	return rc;
}

void
io_close_quiet(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

void
io_enlarge(int fd, size_t size)
{
#ifdef F_SETPIPE_SZ
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		(void)fcntl(fd, F_SETPIPE_SZ, (int)size);
#else
	(void)fd;
	(void)size;
#endif
}

int
io_pipe(int fd[2], struct err *e)
{
	if (pipe(fd) != 0)
		return err_sys(e, errno, ERR_OS, "os.fds",
		    "cannot make a pipe");
	for (int i = 0; i < 2; i++)
		fcntl(fd[i], F_SETFD, FD_CLOEXEC);
	fcntl(fd[1], F_SETFL, O_NONBLOCK);
	return 0;
}

void
io_wake(int fd)
{
	int keep = errno;

	if (write(fd, "", 1) < 0)
		errno = keep;
}

static int
open_write(const char *path, int flags, unsigned mode, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | flags,
	    mode);

	if (fd < 0)
		err_sys(e, errno, ERR_CANTCREATE, "io.create",
		    "cannot create '%s'", path);
	return fd;
}

int
io_append_open(const char *path, unsigned mode, struct err *e)
{
	return open_write(path, O_APPEND, mode, e);
}

int
io_update_open(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		err_sys(e, errno, ERR_CANTCREATE, "io.create",
		    "cannot open '%s' for writing", path);
	return fd;
}

int
io_create(const char *path, unsigned mode, struct err *e)
{
	return open_write(path, O_TRUNC, mode, e);
}

int
io_sync(int fd, const char *name, struct err *e)
{
	int rc;

	if (fault_hit(FAULT_FSYNC)) {
		errno = EIO;
		rc = -1;
	} else
		rc = fsync(fd);
	/* Pipes and some special files cannot be synced, and need not be. */
	if (rc != 0 && errno != EINVAL && errno != EROFS)
		return err_sys(e, errno, ERR_IO, "io.fsync",
		    "cannot make %s durable", name);
	return 0;
}

int
io_sync_dir(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return open_failed(path, errno, e);
	rc = io_sync(fd, path, e);
	io_close_quiet(fd);
	return rc;
}

int
io_mkdir(const char *path, unsigned mode, struct err *e)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return err_sys(e, errno, ERR_CANTCREATE, "io.mkdir",
	    "cannot create directory '%s'", path);
}

/* Where the system can, the file never has a name that a kill would leave. */
static int
open_temp(const char *dir)
{
	struct buf path = {0};
	int fd = -1, why;

#ifdef O_TMPFILE
	fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
#endif
	buf_printf(&path, "%s/rap.XXXXXX", dir);
	buf_cstr(&path);
	fd = mkostemp(path.p, O_CLOEXEC);
	why = errno;
	if (fd >= 0)
		(void)unlink(path.p);
	buf_free(&path);
	errno = why;
	return fd;
}

int
io_temp(struct err *e)
{
	const char *dir = dir_for_temp();
	int fd = open_temp(dir);
	bool full = fd < 0 && (errno == EMFILE || errno == ENFILE);

	if (fd < 0)
		err_sys(e, errno, full ? ERR_OS : ERR_CANTCREATE,
		    full ? "os.fds" : "io.create",
		    "cannot create a temporary file in '%s'", dir);
	return fd;
}
