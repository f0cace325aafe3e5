/* Files published whole: the part of base/io.h that renames. */
#define _GNU_SOURCE /* O_DIRECTORY, O_NOFOLLOW */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fault.h"
#include "base/mem.h"

static void
pub_forget(struct io_pub *pub)
{
	io_close_quiet(pub->dir);
	mem_free(pub->path);
	mem_free(pub->tmp);
	mem_free(pub->base);
	*pub = (struct io_pub){.fd = -1, .dir = -1};
}

/* Split path; the directory is held open so that a swap of it during the run
 * cannot lead the rename elsewhere. */
static int
pub_names(struct io_pub *pub, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	char *dir;

	dir = slash == NULL ? mem_dupz(".", 1)
			    : mem_dupz(path, (size_t)(slash - path) + 1);
	pub->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mem_free(dir);
	pub->path = mem_dupz(path, strlen(path));
	pub->base = mem_dupz(base, strlen(base));
	if (pub->dir < 0 || base[0] == '\0')
		return err_sys(e, pub->dir < 0 ? errno : EISDIR,
		    ERR_CANTCREATE, "io.create", "cannot create '%s'", path);
	return 0;
}

/* Would renaming over path destroy what is no file of the user's? */
static bool
is_special(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !S_ISDIR(st.st_mode))
		return true;
	/* /dev/stderr leads to a regular file when that is where it goes. */
	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) &&
	    (strncmp(path, "/dev/", 5) == 0 ||
		strncmp(path, "/proc/", 6) == 0);
}

static int
pub_special(struct io_pub *pub, const char *path, struct err *e)
{
	pub->path = mem_dupz(path, strlen(path));
	pub->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
	if (pub->fd >= 0)
		return 0;
	err_sys(e, errno, ERR_CANTCREATE, "io.create", "cannot open '%s'",
	    path);
	pub_forget(pub);
	return -1;
}

/*
 * A temporary name nobody has: by chance, since process numbers repeat on the
 * hosts and in the containers that share a file system.  Its length does not
 * depend on the name to be.
 */
static int
pub_create(struct io_pub *pub, unsigned mode)
{
	enum { TRIES = 100, NAME = 32 };

	pub->tmp = mem_alloc(NAME);
	for (int i = 0; i < TRIES; i++) {
		uint64_t x = 0;

		if (getrandom(&x, sizeof x, GRND_NONBLOCK) < 0)
			x = (uint64_t)getpid() << 32 | (uint64_t)i;
		snprintf(pub->tmp, NAME, ".rap-%016" PRIx64 ".tmp", x);
		pub->fd = openat(pub->dir, pub->tmp,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    mode);
		if (pub->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

/* The temporary file, with the mode of the one it is to replace. */
static int
pub_temp(struct io_pub *pub, unsigned mode, struct err *e)
{
	struct stat st;
	bool old = fstatat(pub->dir, pub->base, &st, AT_SYMLINK_NOFOLLOW) == 0;

	if (old && S_ISDIR(st.st_mode))
		return err_sys(e, EISDIR, ERR_CANTCREATE, "io.create",
		    "cannot create '%s'", pub->path);
	old = old && S_ISREG(st.st_mode);
	if (old)
		mode = st.st_mode & 0777;
	if (pub_create(pub, mode) != 0)
		return err_sys(e, errno, ERR_CANTCREATE, "io.create",
		    "cannot create '%s'", pub->path);
	if (old)
		(void)fchmod(pub->fd, mode); /* whatever the umask says */
	return 0;
}

int
io_pub_open(struct io_pub *pub, const char *path, unsigned mode,
    struct err *e)
{
	int rc;

	*pub = (struct io_pub){.fd = -1, .dir = -1};
	if (is_special(path))
		return pub_special(pub, path, e);
	rc = pub_names(pub, path, e);
	if (rc == 0)
		rc = pub_temp(pub, mode, e);
	if (rc != 0)
		pub_forget(pub);
	return rc;
}

static int
pub_rename(struct io_pub *pub, struct err *e)
{
	int rc;

	if (fault_hit(FAULT_RENAME)) {
		errno = EACCES;
		rc = -1;
	} else
		rc = renameat(pub->dir, pub->tmp, pub->dir, pub->base);
	if (rc == 0)
		return 0;
	return err_sys(e, errno, ERR_CANTCREATE, "io.rename",
	    "cannot rename to '%s'", pub->path);
}

int
io_pub_commit(struct io_pub *pub, struct err *e)
{
	int rc = io_sync(pub->fd, pub->path, e);
	int fd = pub->fd;

	pub->fd = -1;
	if (rc == 0)
		rc = io_close(fd, pub->path, e);
	else
		io_close_quiet(fd);
	if (pub->tmp != NULL) {
		if (rc == 0)
			rc = pub_rename(pub, e);
		if (rc != 0)
			unlinkat(pub->dir, pub->tmp, 0);
		else
			rc = io_sync(pub->dir, pub->path, e);
	}
	pub_forget(pub);
	return rc;
}

void
io_pub_unlink(const struct io_pub *pub)
{
	if (pub->fd >= 0 && pub->tmp != NULL)
		unlinkat(pub->dir, pub->tmp, 0);
}

void
io_pub_abort(struct io_pub *pub)
{
	if (pub->fd < 0)
		return;
	io_close_quiet(pub->fd);
	if (pub->tmp != NULL)
		unlinkat(pub->dir, pub->tmp, 0);
	pub_forget(pub);
}

int
io_publish(const char *path, unsigned mode, const void *p, size_t n,
    struct err *e)
{
	struct io_pub pub;

	if (io_pub_open(&pub, path, mode, e) != 0)
		return -1;
	if (io_write(pub.fd, p, n, path, e) != 0) {
		io_pub_abort(&pub);
		return -1;
	}
	return io_pub_commit(&pub, e);
}
