#define _GNU_SOURCE /* F_OFD_SETLK */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

bool
file_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static bool
one_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Of a name with nothing behind it: where it would be made. */
static bool
stat_parent(const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	bool ok;

	if (slash == NULL)
		return stat(".", st) == 0;
	dir = mem_dupz(path, (size_t)(slash - path) + 1);
	ok = stat(dir, st) == 0;
	mem_free(dir);
	return ok;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool
file_same(const char *a, const char *b)
{
	struct stat x, y;
	bool have_a = stat(a, &x) == 0, have_b = stat(b, &y) == 0;

	if (have_a || have_b)
		return have_a && have_b && S_ISREG(x.st_mode) &&
		    one_file(&x, &y);
	return strcmp(last_part(a), last_part(b)) == 0 &&
	    stat_parent(a, &x) && stat_parent(b, &y) && one_file(&x, &y);
}

bool
file_same_fd(int fd, const char *path)
{
	struct stat x, y;

	return fstat(fd, &x) == 0 && stat(path, &y) == 0 &&
	    S_ISREG(x.st_mode) && one_file(&x, &y);
}

bool
file_same_fds(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	    S_ISREG(x.st_mode) && one_file(&x, &y);
}

bool
file_plain(const char *path)
{
	struct stat st;

	return lstat(path, &st) != 0 || S_ISREG(st.st_mode);
}

int
file_size(int fd, uint64_t *size, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(e, errno, ERR_IO, "io.stat",
		    "cannot tell the size");
	*size = (uint64_t)st.st_size;
	return 0;
}

int
file_truncate(int fd, uint64_t size, const char *name, struct err *e)
{
	while (ftruncate(fd, (off_t)size) != 0) {
		if (errno != EINTR)
			return err_sys(e, errno, ERR_IO, "io.truncate",
			    "cannot cut %s", name);
	}
	return 0;
}

static int
set_lock(int fd, short type)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET};

#ifdef F_OFD_SETLK
	return fcntl(fd, F_OFD_SETLK, &l);
#else
	return fcntl(fd, F_SETLK, &l);
#endif
}

void
file_unlock(int fd)
{
	(void)set_lock(fd, F_UNLCK);
}

/* One try: 1 got it, 0 somebody else has it, -1 no locks here. */
static int
try_lock(int fd, bool exclusive)
{
	if (set_lock(fd, exclusive ? F_WRLCK : F_RDLCK) == 0)
		return 1;
	if (errno == EAGAIN || errno == EACCES || errno == EINTR)
		return 0;
	return -1;
}

/* There is no lock call with a time limit, so: short sleeps, growing to 10 ms.
 * A holder keeps it for the time of a few fsyncs. */
int
file_lock(int fd, bool exclusive, unsigned wait_ms, const char *name,
    struct err *e)
{
	struct timespec now, end, nap = {.tv_nsec = 250000};

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += wait_ms / 1000;
	end.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	for (;;) {
		int got = try_lock(fd, exclusive);

		if (got > 0)
			return 0;
		if (got < 0)
			return err_sys(e, errno, ERR_IO, "io.lock",
			    "cannot lock %s", name);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > end.tv_sec + end.tv_nsec / 1000000000 ||
		    (now.tv_sec == end.tv_sec + end.tv_nsec / 1000000000 &&
			now.tv_nsec >= end.tv_nsec % 1000000000))
			return err_set(e, ERR_TEMP, "io.lock",
			    "%s is locked by another process", name);
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < 10000000)
			nap.tv_nsec *= 2;
	}
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
file_list(const char *path, struct buf *names, struct err *e)
{
	DIR *dir = opendir(path);
	char **item = NULL;
	size_t n = 0, cap = 0;
	struct dirent *d;
	int rc = 0;

	if (dir == NULL)
		return err_sys(e, errno, ERR_NOINPUT, "io.open",
		    "cannot list '%s'", path);
	/* At the end errno is what it was. */
	while ((errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (n == cap) {
			cap = cap != 0 ? cap * 2 : 64;
			item = mem_realloc(item, cap * sizeof *item);
		}
		item[n++] = mem_dupz(d->d_name, strlen(d->d_name));
	}
	if (errno != 0)
		rc = err_sys(e, errno, ERR_IO, "io.read", "cannot list '%s'",
		    path);
	closedir(dir);
	if (n > 1)
		qsort(item, n, sizeof *item, by_name);
	for (size_t i = 0; i < n; i++) {
		buf_put(names, item[i], strlen(item[i]) + 1);
		mem_free(item[i]);
	}
	mem_free(item);
	return rc;
}

int
file_absolute(const char *path, struct buf *out, struct err *e)
{
	char full[PATH_MAX];

	if (realpath(path, full) == NULL)
		return err_sys(e, errno, ERR_NOINPUT, "io.open",
		    "cannot find '%s'", path);
	buf_puts(out, full);
	return 0;
}
