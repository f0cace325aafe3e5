/* The same inputs, the same command, a store of its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/mem.h"
#include "hash/hash.h"
#include "replay.h"

enum { CHUNK = 256 * 1024 };

/* A file of a stage record. */
struct input {
	struct str path; /* as the stage named it */
	char name[4096]; /* absolute, without "." and ".." */
	uint8_t digest[HASH_LEN];
};

/* What went wrong with the inputs, all of them. */
struct trouble {
	size_t missing, changed;
};

/* dir + "/" + path without "." and "..", into name: 0, or -1 when it is too
 * long. */
static int
absolute(char *name, size_t cap, struct str dir, struct str path)
{
	struct str part[2] = {dir, path};
	size_t n = 0;

	for (size_t i = path.len > 0 && path.p[0] == '/' ? 1 : 0; i < 2; i++) {
		const char *p = part[i].p, *end = p + part[i].len;

		while (p < end) {
			const char *slash = memchr(p, '/', (size_t)(end - p));
			size_t len = (size_t)((slash ? slash : end) - p);

			if (len == 2 && p[0] == '.' && p[1] == '.') {
				while (n > 0 && name[--n] != '/')
					;
			} else if (len > 0 && !(len == 1 && p[0] == '.')) {
				if (n + len + 2 > cap)
					return -1;
				name[n++] = '/';
				memcpy(name + n, p, len);
				n += len;
			}
			p = slash != NULL ? slash + 1 : end;
		}
	}
	if (n == 0)
		name[n++] = '/';
	name[n] = '\0';
	return 0;
}

/* Hash the file at path, copying it to out (or -1). */
static int
digest_file(const char *path, int out, uint8_t got[HASH_LEN], struct err *e)
{
	struct hash *h;
	char *chunk;
	ssize_t n;
	int fd = io_open(path, e);

	if (fd < 0)
		return -1;
	h = hash_new();
	chunk = mem_alloc(CHUNK);
	hash_begin(h);
	while ((n = io_read(fd, chunk, CHUNK, NULL, e)) > 0) {
		hash_add(h, chunk, (size_t)n);
		if (out >= 0 &&
		    io_write(out, chunk, (size_t)n, "the scratch copy", e) !=
			0) {
			n = -1;
			break;
		}
	}
	hash_end(h, got);
	io_close_quiet(fd);
	hash_free(h);
	mem_free(chunk);
	return n < 0 ? -1 : 0;
}

static int
changed(const struct input *in, struct err *e)
{
	err_set(e, ERR_VERDICT, "replay.input",
	    "the input is not what the run read");
	err_source(e, in->name);
	return err_hint(e, "its bytes have changed since; runs recorded with "
	    "--capture keep them");
}

/* Copy the recorded bytes to path: from the store, or from where they were. */
static int
copy_input(struct replay *r, const struct input *in, const char *path,
    struct err *e)
{
	uint8_t got[HASH_LEN];
	int fd = io_create(path, 0600, e);
	int rc;

	if (fd < 0)
		return -1;
	if (prov_object_has(r->store, in->digest)) {
		rc = prov_object_write(r->store, in->digest, fd, e);
	} else {
		rc = digest_file(in->name, fd, got, e);
		if (rc == 0 && memcmp(got, in->digest, HASH_LEN) != 0)
			rc = changed(in, e);
	}
	if (rc != 0) {
		io_close_quiet(fd);
		return -1;
	}
	return io_close(fd, path, e);
}

static int
check_input(const struct input *in, struct err *e)
{
	uint8_t got[HASH_LEN];

	if (digest_file(in->name, -1, got, e) != 0)
		return -1;
	return memcmp(got, in->digest, HASH_LEN) == 0 ? 0 : changed(in, e);
}

static int
lay_out(struct replay *r, const struct input *in, struct err *e)
{
	struct buf path = {0};
	size_t slash;
	int rc = 0;

	buf_printf(&path, "%.*s/root%s", (int)r->scratch.len, r->scratch.p,
	    in->name);
	if (!file_exists(buf_cstr(&path))) {
		slash = path.len;
		while (path.p[slash - 1] != '/')
			slash--;
		path.p[slash - 1] = '\0';
		rc = dir_make(path.p, 0700, e);
		path.p[slash - 1] = '/';
		if (rc == 0)
			rc = copy_input(r, in, path.p, e);
	}
	buf_free(&path);
	return rc;
}

/*
 * One file: an absolute name leads past the scratch root, so such a file must
 * still be what it was; so must all with --here.
 */
static void
one_input(struct replay *r, const struct input *in, struct trouble *t)
{
	struct err why;
	int rc;

	if (r->here || in->path.p[0] == '/')
		rc = check_input(in, &why);
	else
		rc = lay_out(r, in, &why);
	if (rc == 0)
		return;
	if (why.code == ERR_VERDICT)
		t->changed++;
	else
		t->missing++;
	prog_diag(r->p, &why);
}

static bool
is_url(struct str s)
{
	const char *colon = memchr(s.p, ':', s.len);

	return colon != NULL && (size_t)(s.p + s.len - colon) > 3 &&
	    memcmp(colon, "://", 3) == 0;
}

static void
stage_inputs(struct replay *r, const struct json_doc *d, struct trouble *t)
{
	uint32_t files = json_member(d, 0, STR("files"));
	struct str cwd = prov_get_text(d, 0, "cwd", &r->arena);

	if (files == JSON_NONE || json_type(d, files) != JSON_ARRAY)
		return;
	for (uint32_t f = files + 1; f < d->nodes[files].next;
	     f = d->nodes[f].next) {
		struct str role = prov_get_text(d, f, "role", &r->arena);
		struct str hex = prov_get_text(d, f, "sha256", &r->arena);
		struct input in;

		in.path = prov_get_text(d, f, "path", &r->arena);
		/* URLs are no files; what was written is made again. */
		if (in.path.len == 0 || is_url(in.path) ||
		    str_eq(role, STR("output")) ||
		    hash_unhex(in.digest, hex.p, hex.len) != 0 ||
		    absolute(in.name, sizeof in.name, cwd, in.path) != 0)
			continue;
		one_input(r, &in, t);
	}
}

int
replay_inputs(struct replay *r, struct err *e)
{
	const struct json_doc *run = NULL;
	struct trouble t = {0};
	struct str cwd;

	for (size_t i = 0; i < r->run.n; i++)
		if (prov_is(&r->run.rec[i].doc, "rap/run/1"))
			run = &r->run.rec[i].doc;
	cwd = prov_get_text(run, 0, "cwd", &r->arena);
	if (dir_temp("rap-replay", &r->scratch, e) != 0)
		return -1;
	if (!r->here)
		buf_printf(&r->dir, "%.*s/root", (int)r->scratch.len,
		    r->scratch.p);
	buf_str(&r->dir, cwd);
	if (!r->here && dir_make(buf_cstr(&r->dir), 0700, e) != 0)
		return -1;
	for (size_t i = 0; i < r->run.n; i++)
		if (prov_is(&r->run.rec[i].doc, "rap/stage/1"))
			stage_inputs(r, &r->run.rec[i].doc, &t);
	if (t.missing != 0)
		return err_set(e, ERR_NOINPUT, "replay.missing",
		    "%zu of the run's inputs cannot be read", t.missing);
	if (t.changed != 0)
		return err_set(e, ERR_VERDICT, "replay.input",
		    "%zu of the run's inputs have changed", t.changed);
	return 0;
}

/* The recorded words as argv.  What was redacted cannot be run. */
static char **
recorded_command(struct replay *r, const struct json_doc *run, struct err *e)
{
	uint32_t argv = json_member(run, 0, STR("argv"));
	char **words;
	size_t n = 0;

	if (json_member(run, 0, STR("redacted")) != JSON_NONE ||
	    json_member(run, 0, STR("argv_lossy")) != JSON_NONE) {
		err_set(e, ERR_POLICY, "replay.redacted",
		    "the recorded command is not whole: it held a secret, or "
		    "bytes that are not UTF-8");
		err_hint(e, "give it again: rap-replay verify RUN -- COMMAND");
		return NULL;
	}
	if (argv == JSON_NONE || json_type(run, argv) != JSON_ARRAY ||
	    json_count(run, argv) == 0) {
		err_set(e, ERR_DATA, "replay.command",
		    "the record of the run holds no command");
		return NULL;
	}
	words = arena_array(&r->arena, json_count(run, argv) + 1,
	    sizeof *words);
	for (uint32_t k = argv + 1; k < run->nodes[argv].next;
	     k = run->nodes[k].next) {
		struct str s;

		if (json_type(run, k) != JSON_STRING) {
			err_set(e, ERR_DATA, "replay.command",
			    "the record of the run holds no command");
			return NULL;
		}
		s = json_string(run, k, &r->arena);
		words[n++] = (char *)arena_str(&r->arena, s).p;
	}
	return words;
}

/* A store for this time, in the scratch directory; the child records there. */
static struct prov_store *
scratch_store(struct replay *r, const char *id, struct err *e)
{
	struct buf dir = {0}, members = {0};
	struct prov_store *s = NULL;

	buf_printf(&dir, "%.*s/store", (int)r->scratch.len, r->scratch.p);
	if (prov_create(buf_cstr(&dir), e) == 0)
		s = prov_open(dir.p, e);
	buf_printf(&members, "\"type\":\"rap/run/1\",\"run\":\"%s\"", id);
	if (s != NULL && prov_append(s, &members, NULL, e) != 0) {
		prov_close(s);
		s = NULL;
	}
	if (s != NULL && (setenv("RAP_STORE", dir.p, 1) != 0 ||
	    setenv("RAP_RUN", id, 1) != 0)) {
		err_sys(e, errno, ERR_OS, "os.memory",
		    "cannot set the environment");
		prov_close(s);
		s = NULL;
	}
	buf_free(&dir);
	buf_free(&members);
	return s;
}

int
replay_execute(struct replay *r, struct err *e)
{
	struct proc_opts o = {.dir = buf_cstr(&r->dir)};
	char *const *command = r->command;
	char id[PROV_UUID + 1];
	struct prov_store *s;
	int rc;

	if (command == NULL)
		command = recorded_command(r, &r->run.rec[0].doc, e);
	if (command == NULL || prov_uuid7(id, e) != 0)
		return -1;
	s = scratch_store(r, id, e);
	if (s == NULL)
		return -1;
	/* Its stdout went somewhere else than the record: the stage that
	 * wrote it has the digest. */
	o.out = io_append_open("/dev/null", 0, e);
	rc = o.out < 0 ? -1
		       : proc_run((char **)command, &o, &r->end, e);
	io_close_quiet(o.out);
	if (rc == 0)
		rc = prov_run_collect(s, "last", &r->again, e);
	prov_close(s);
	return rc;
}

void
replay_clean(struct replay *r)
{
	if (r->scratch.len != 0)
		dir_remove(buf_cstr(&r->scratch));
	prov_run_free(&r->run);
	prov_run_free(&r->again);
	prov_close(r->store);
	arena_free(&r->arena);
	buf_free(&r->scratch);
	buf_free(&r->dir);
}
