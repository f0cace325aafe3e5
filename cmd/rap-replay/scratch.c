/* The same inputs, the same command, a store of its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/dir.h"
#include "base/file.h"
#include "hash/hash.h"
#include "replay.h"

enum { NAME_SIZE = 4096 };

/* A file of a stage record. */
struct input {
	struct str path; /* as the stage named it */
	char name[NAME_SIZE]; /* absolute, without "." and ".." */
	struct str hex;
	uint8_t digest[HASH_LEN];
	uint64_t bytes;
	bool partial; /* the digest is of the first bytes only */
	bool present; /* it is to be as it is now, whatever it was */
};

/* What went wrong with the inputs, all of them. */
struct trouble {
	size_t missing, changed;
};

/* dir + "/" + path without "." and "..", into name: 0, or -1 when it is too
 * long or holds a NUL. */
static int
absolute(char *name, size_t cap, struct str dir, struct str path)
{
	struct str part[2] = {dir, path};
	size_t n = 0;

	if (memchr(dir.p, '\0', dir.len) != NULL ||
	    memchr(path.p, '\0', path.len) != NULL)
		return -1;
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

static int
changed(const struct input *in, struct err *e)
{
	err_set(e, ERR_VERDICT, "replay.input",
	    "the input is not what the run read");
	err_source(e, in->name);
	return err_hint(e, "its bytes have changed since; runs recorded with "
	    "--capture keep them");
}

/* Is the file what the run read, as far as it read it?  With out >= 0 it is
 * copied there. */
static int
compare_file(const struct input *in, int out, struct err *e)
{
	struct prov_file_hash now;

	if (prov_file_hash(in->name, in->bytes, out, &now, e) != 0)
		return -1;
	if (in->present || memcmp(in->partial ? now.first : now.all,
		in->digest, HASH_LEN) == 0)
		return 0;
	return changed(in, e);
}

/* The object that has all bytes of a file of which some were read: 0, or -1
 * when it was not captured. */
static int
find_kept(struct replay *r, const struct json_doc *end,
    const struct input *in, uint8_t whole[HASH_LEN])
{
	uint32_t kept = json_member(end, 0, STR("kept"));

	if (kept == JSON_NONE || json_type(end, kept) != JSON_ARRAY)
		return -1;
	for (uint32_t k = kept + 1; k < end->nodes[kept].next;
	     k = end->nodes[k].next) {
		struct str read = prov_get_text(end, k, "read", &r->arena);
		struct str hex = prov_get_text(end, k, "sha256", &r->arena);

		if (read.len > 0 && str_eq(read, in->hex) &&
		    str_eq(prov_get_text(end, k, "path", &r->arena),
			in->path))
			return hash_unhex(whole, hex.p, hex.len);
	}
	return -1;
}

/* The name of the object with the bytes of the file: false when there is
 * none. */
static bool
find_object(struct replay *r, const struct input *in, uint8_t name[HASH_LEN])
{
	bool found = !in->partial;

	memcpy(name, in->digest, HASH_LEN);
	for (size_t i = 0; in->partial && !found && i < r->run.n; i++) {
		const struct json_doc *d = &r->run.rec[i].doc;

		found = prov_is(d, "rap/end/1") &&
		    find_kept(r, d, in, name) == 0;
	}
	return found && prov_object_has(r->store, name);
}

/* Copy the recorded bytes to path: from the store, or from where they were. */
static int
copy_input(struct replay *r, const struct input *in, const char *path,
    struct err *e)
{
	uint8_t name[HASH_LEN];
	int fd = io_create(path, 0600, e);
	int rc;

	if (fd < 0)
		return -1;
	if (!(in->present && file_exists(in->name)) &&
	    find_object(r, in, name))
		rc = prov_object_write(r->store, name, fd, e);
	else
		rc = compare_file(in, fd, e);
	if (rc != 0) {
		io_close_quiet(fd);
		return -1;
	}
	return io_close(fd, path, e);
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
		rc = in->present ? 0 : compare_file(in, -1, &why);
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

/* The file at node f as an input; false when it is none that can be laid out:
 * URLs are no files, and what was written is made again. */
static bool
load_input(struct replay *r, const struct json_doc *d, uint32_t f,
    struct input *in)
{
	struct str cwd = prov_get_text(d, 0, "cwd", &r->arena);
	struct str role = prov_get_text(d, f, "role", &r->arena);
	bool config = str_eq(role, STR("config"));
	uint32_t eof;

	if (!config && !str_eq(role, STR("input")))
		return false;
	in->path = prov_get_text(d, f, "path", &r->arena);
	in->hex = prov_get_text(d, f, "sha256", &r->arena);
	in->bytes = (uint64_t)prov_get_int(d, f, "bytes");
	eof = json_member(d, f, STR("eof"));
	in->partial = eof != JSON_NONE && json_type(d, eof) == JSON_FALSE;
	in->present = config && r->command != NULL;
	return in->path.len != 0 && !prov_is_url(in->path) &&
	    hash_unhex(in->digest, in->hex.p, in->hex.len) == 0 &&
	    absolute(in->name, sizeof in->name, cwd, in->path) == 0;
}

static void
stage_inputs(struct replay *r, const struct json_doc *d, bool partial,
    struct trouble *t)
{
	uint32_t files = json_member(d, 0, STR("files"));

	if (files == JSON_NONE || json_type(d, files) != JSON_ARRAY)
		return;
	for (uint32_t f = files + 1; f < d->nodes[files].next;
	     f = d->nodes[f].next) {
		struct input in;

		if (json_type(d, f) == JSON_OBJECT &&
		    load_input(r, d, f, &in) && in.partial == partial)
			one_input(r, &in, t);
	}
}

/* What is known whole goes first: of a file that another stage read in part
 * all bytes are checked then. */
static void
all_inputs(struct replay *r, struct trouble *t)
{
	for (int partial = 0; partial < 2; partial++)
		for (size_t i = 0; i < r->run.n; i++)
			if (prov_is(&r->run.rec[i].doc, "rap/stage/1"))
				stage_inputs(r, &r->run.rec[i].doc,
				    partial != 0, t);
}

int
replay_inputs(struct replay *r, struct err *e)
{
	const struct json_doc *run = NULL;
	struct trouble t = {0};
	char name[NAME_SIZE];
	struct str cwd;

	for (size_t i = 0; i < r->run.n; i++)
		if (prov_is(&r->run.rec[i].doc, "rap/run/1"))
			run = &r->run.rec[i].doc;
	/* A record is no command: nothing in it leads out of the mirror. */
	cwd = prov_get_text(run, 0, "cwd", &r->arena);
	if (cwd.len == 0 || cwd.p[0] != '/' ||
	    absolute(name, sizeof name, cwd, STR("")) != 0)
		return err_set(e, ERR_DATA, "replay.cwd",
		    "the record of the run does not say where it worked");
	if (dir_temp("rap-replay", &r->scratch, e) != 0)
		return -1;
	if (!r->here)
		buf_printf(&r->dir, "%.*s/root", (int)r->scratch.len,
		    r->scratch.p);
	buf_puts(&r->dir, name);
	if (!r->here && dir_make(buf_cstr(&r->dir), 0700, e) != 0)
		return -1;
	all_inputs(r, &t);
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
		struct str s = {0};

		if (json_type(run, k) == JSON_STRING)
			s = json_string(run, k, &r->arena);
		if (s.p == NULL || memchr(s.p, '\0', s.len) != NULL) {
			err_set(e, ERR_DATA, "replay.command",
			    "the record of the run holds no command");
			return NULL;
		}
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
	    setenv("RAP_RUN", id, 1) != 0 ||
	    setenv("RAP_CAPTURE", "0", 1) != 0)) {
		err_sys(e, errno, ERR_OS, "os.memory",
		    "cannot set the environment");
		prov_close(s);
		s = NULL;
	}
	buf_free(&dir);
	buf_free(&members);
	return s;
}

/* A command that is given now means the configuration of now: bare names that
 * are not in the mirror are looked for where we were started. */
static int
present_configuration(struct err *e)
{
	const char *old = getenv("RAP_PATH");
	struct buf path = {0};
	int rc = file_absolute(".", &path, e);

	if (rc == 0 && old != NULL && *old != '\0')
		buf_printf(&path, ":%s", old);
	if (rc == 0 && setenv("RAP_PATH", buf_cstr(&path), 1) != 0)
		rc = err_sys(e, errno, ERR_OS, "os.memory",
		    "cannot set the environment");
	buf_free(&path);
	return rc;
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
	if (command == NULL || prov_uuid7(id, e) != 0 ||
	    (r->command != NULL && present_configuration(e) != 0))
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
