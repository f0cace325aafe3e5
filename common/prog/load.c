/* Configuration files: found, read once, and their digest kept. */
#include "prog/prog_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hash/hash.h"

enum { FILE_MAX = 64 << 20 };

/* Read path if it can be opened: 1, 0 when it is not there, -1. */
static int
try_path(const char *path, struct buf *out, struct err *e)
{
	int fd = io_open(path, e);
	int rc;

	if (fd < 0)
		return 0;
	rc = io_read_all(fd, out, e);
	if (fd > 2)
		io_close_quiet(fd);
	return rc == 0 ? 1 : err_source(e, path);
}

/* dir, kind and name, with each of the usual endings. */
static int
try_dir(const struct str dir, const char *kind, const char *name,
    struct buf *path, struct buf *out, struct err *e)
{
	static const char *const ends[] = {"", ".yaml", ".json"};

	for (size_t i = 0; i < 2 * ARRAY_LEN(ends); i++) {
		int rc;

		buf_clear(path);
		buf_str(path, dir);
		if (dir.len != 0)
			buf_putc(path, '/');
		if (i < ARRAY_LEN(ends) && kind[0] != '\0')
			buf_printf(path, "%s/", kind);
		buf_printf(path, "%s%s", name, ends[i % ARRAY_LEN(ends)]);
		rc = try_path(buf_cstr(path), out, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
search(const char *kind, const char *name, struct buf *path, struct buf *out,
    struct err *e)
{
	const char *dirs = getenv("RAP_PATH");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	struct buf own = {0};
	int rc = try_dir((struct str){"", 0}, kind, name, path, out, e);

	while (rc == 0 && dirs != NULL && *dirs != '\0') {
		size_t n = strcspn(dirs, ":");

		if (n != 0)
			rc = try_dir((struct str){dirs, n}, kind, name, path,
			    out, e);
		dirs += n + (dirs[n] == ':');
	}
	if (rc == 0 && xdg != NULL && *xdg != '\0') {
		buf_printf(&own, "%s/rap", xdg);
		rc = try_dir(buf_view(&own), kind, name, path, out, e);
	}
	if (rc == 0)
		rc = try_dir(STR(RAP_DATADIR), kind, name, path, out, e);
	buf_free(&own);
	return rc;
}

/* Where a bare name was looked for. */
static int
say_where(const char *kind, struct err *e)
{
	const char *dirs = getenv("RAP_PATH");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	bool has_dirs = dirs != NULL && *dirs != '\0';
	bool has_xdg = xdg != NULL && *xdg != '\0';

	return err_hint(e, "looked in .%s%s%s%s%s and %s%s%s", has_dirs ?
	    ", " : "", has_dirs ? dirs : "", has_xdg ? ", " : "",
	    has_xdg ? xdg : "", has_xdg ? "/rap" : "", RAP_DATADIR,
	    kind[0] != '\0' ? ", and there in " : "", kind);
}

static int
note(struct prog *p, const char *path, const struct buf *text, struct err *e)
{
	struct prov_file f = {.path = path, .role = "config",
	    .bytes = text->len};

	if (prog_store_open(p, e) != 0)
		return -1;
	if (p->state->store == NULL)
		return 0;
	if (prov_object_put(p->state->store, text->p, text->len, f.sha256,
		e) != 0)
		return -1;
	prog_note_file(p, &f);
	return 0;
}

int
prog_load(struct prog *p, const char *kind, const char *name,
    struct buf *out, char **found, struct err *e)
{
	struct buf path = {0};
	struct err first;
	int rc;

	out->max = FILE_MAX;
	/* As it is named; then, for a bare name, along the search path. */
	rc = try_path(name, out, &first);
	if (rc == 1)
		buf_puts(&path, name);
	else if (rc == 0 && strchr(name, '/') == NULL)
		rc = search(kind, name, &path, out, e);
	else if (rc < 0)
		*e = first;
	if (rc == 0) {
		*e = first;
		rc = -1;
		if (strchr(name, '/') == NULL)
			say_where(kind, e);
	} else if (rc == 1) {
		rc = prog_guard_input(p, buf_cstr(&path), e);
		if (rc == 0)
			rc = note(p, path.p, out, e);
	}
	if (rc == 0 && found != NULL)
		*found = mem_dupz(path.p, path.len);
	buf_free(&path);
	return rc;
}
