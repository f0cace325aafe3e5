#define _GNU_SOURCE /* nftw */
#include "base/dir.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"

int
dir_make(const char *path, unsigned mode, struct err *e)
{
	char *copy = mem_dupz(path, strlen(path));
	int rc = 0;

	for (char *p = copy + 1; rc == 0 && (p = strchr(p, '/')) != NULL;
	     p++) {
		*p = '\0';
		rc = io_mkdir(copy, mode, e);
		*p = '/';
	}
	if (rc == 0)
		rc = io_mkdir(copy, mode, e);
	mem_free(copy);
	return rc;
}

const char *
dir_for_temp(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp != NULL && *tmp == '/' ? tmp : "/tmp";
}

int
dir_temp(const char *prefix, struct buf *out, struct err *e)
{
	struct buf path = {0};
	int rc = 0;

	buf_printf(&path, "%s/%s.XXXXXX", dir_for_temp(), prefix);
	buf_cstr(&path);
	if (mkdtemp(path.p) == NULL)
		rc = err_sys(e, errno, ERR_CANTCREATE, "io.mkdir",
		    "cannot create '%s'", path.p);
	else
		buf_put(out, path.p, path.len);
	buf_free(&path);
	return rc;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	(void)remove(path);
	return 0;
}

void
dir_remove(const char *path)
{
	enum { DESCRIPTORS = 16 };

	(void)nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}
