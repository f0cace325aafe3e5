#include "prov/record.h"

#include <string.h>

#include "base/file.h"
#include "base/io.h"
#include "base/utf8.h"
#include "json/write.h"
#include "merkle/stream.h"
#include "prov/id.h"
#include "prov/prov.h"
#include "prov/prov_priv.h"
#include "prov/redact.h"

/* Bytes that are not UTF-8 become U+FFFD, one each.  True if there were any. */
static bool
put_utf8(struct buf *out, struct str s)
{
	bool lossy = false;

	while (s.len > 0) {
		size_t good = utf8_valid(s.p, s.len);

		buf_put(out, s.p, good);
		if (good == s.len)
			break;
		buf_puts(out, "\xef\xbf\xbd");
		lossy = true;
		s.p += good + 1;
		s.len -= good + 1;
	}
	return lossy;
}

/* Redacted and made UTF-8, as a JSON string. */
static size_t
put_text(struct json_w *w, struct str text, bool *lossy)
{
	struct buf plain = {0}, utf8 = {0};
	size_t found = prov_redact(text, &plain);

	if (put_utf8(&utf8, buf_view(&plain)))
		*lossy = true;
	json_w_string(w, buf_view(&utf8));
	buf_free(&plain);
	buf_free(&utf8);
	return found;
}

void
prov_w_name(struct json_w *w, const char *member, const char *name)
{
	bool lossy = false;

	json_w_name(w, str_of(member));
	put_text(w, str_of(name), &lossy);
}

void
prov_w_argv(struct json_w *w, int argc, char **argv)
{
	bool lossy = false, hide = false;
	size_t found = 0;

	json_w_name(w, STR("argv"));
	json_w_array(w);
	for (int i = 0; i < argc; i++) {
		struct str arg = str_of(argv[i]);

		if (hide) {
			json_w_string(w, STR(PROV_REDACTED));
			found++;
			hide = false;
			continue;
		}
		found += put_text(w, arg, &lossy);
		hide = prov_redact_next(arg);
	}
	json_w_end(w);
	if (lossy) {
		json_w_name(w, STR("argv_lossy"));
		json_w_bool(w, true);
	}
	if (found > 0)
		json_w_member_u64(w, "redacted", found);
}

void
prov_w_count(struct json_w *w, const char *member, uint64_t v)
{
	struct buf digits = {0};

	if (v <= PROV_INTEGER_MAX) {
		json_w_member_u64(w, member, v);
		return;
	}
	buf_u64(&digits, v);
	json_w_member(w, member, buf_view(&digits));
	buf_free(&digits);
}

void
prov_w_time(struct json_w *w, const char *member, uint64_t ns)
{
	struct buf text = {0};

	prov_put_time(&text, ns);
	json_w_member(w, member, buf_view(&text));
	buf_free(&text);
}

static void
hash_exe(struct prov_store *s)
{
	struct err ignored;
	uint8_t digest[HASH_LEN];
	int fd = io_open("/proc/self/exe", &ignored);

	if (fd < 0)
		return;
	if (prov_digest_fd(s, fd, -1, digest, &ignored) == 0)
		hash_hex(s->exe, digest);
	io_close_quiet(fd);
}

void
prov_w_program(struct json_w *w, struct prov_store *s, const char *program,
    const char *version)
{
	if (s->exe[0] == '\0')
		hash_exe(s);
	json_w_member(w, "program", str_of(program));
	json_w_member(w, "version", str_of(version));
	json_w_name(w, STR("exe"));
	if (s->exe[0] == '\0') {
		json_w_null(w);
		return;
	}
	json_w_object(w);
	json_w_member(w, "sha256", str_of(s->exe));
	json_w_end(w);
}

void
prov_w_exit(struct json_w *w, int code, int sig)
{
	json_w_name(w, STR("exit"));
	json_w_object(w);
	json_w_name(w, STR("code"));
	json_w_i64(w, code);
	json_w_name(w, STR("signal"));
	json_w_i64(w, sig);
	json_w_end(w);
}

void
prov_w_cwd(struct json_w *w)
{
	struct buf cwd = {0};
	struct err ignored;

	if (file_absolute(".", &cwd, &ignored) == 0)
		prov_w_name(w, "cwd", buf_cstr(&cwd));
	buf_free(&cwd);
}

static void
w_digest(struct json_w *w, const char *member, const uint8_t d[HASH_LEN])
{
	char hex[HASH_HEX + 1];

	hash_hex(hex, d);
	json_w_member(w, member, str_of(hex));
}

static void
w_stream(struct json_w *w, const char *member, const struct merkle_summary *m,
    const bool *eof)
{
	if (m == NULL)
		return;
	json_w_name(w, str_of(member));
	json_w_object(w);
	prov_w_count(w, "records", m->records);
	prov_w_count(w, "bytes", m->bytes);
	json_w_name(w, STR("final_lf"));
	json_w_bool(w, m->final_lf);
	if (eof != NULL) {
		json_w_name(w, STR("eof"));
		json_w_bool(w, *eof);
	}
	w_digest(w, "sha256", m->sha256);
	w_digest(w, "root", m->root);
	json_w_end(w);
}

/* "kept": the bytes are in objects/. */
static void
w_files(struct json_w *w, struct prov_store *s, const struct prov_file *f,
    size_t n)
{
	json_w_name(w, STR("files"));
	json_w_array(w);
	for (size_t i = 0; i < n; i++) {
		json_w_object(w);
		prov_w_name(w, "path", f[i].path);
		json_w_member(w, "role", str_of(f[i].role));
		prov_w_count(w, "bytes", f[i].bytes);
		w_digest(w, "sha256", f[i].sha256);
		if (f[i].partial) {
			json_w_name(w, STR("eof"));
			json_w_bool(w, false);
		}
		if (prov_object_has(s, f[i].sha256)) {
			json_w_name(w, STR("kept"));
			json_w_bool(w, true);
		}
		json_w_end(w);
	}
	json_w_end(w);
}

static void
w_counts(struct json_w *w, const struct prov_stage_info *i)
{
	json_w_name(w, STR("counts"));
	json_w_object(w);
	prov_w_count(w, "read", i->read);
	prov_w_count(w, "passed", i->passed);
	prov_w_count(w, "rejected", i->rejected);
	prov_w_count(w, "filtered", i->filtered);
	prov_w_count(w, "written", i->written);
	json_w_end(w);
}

/* What begin and stage have in common. */
static void
w_common(struct json_w *w, struct prov_store *s, const char *type,
    const struct prov_stage_info *i)
{
	json_w_object(w);
	json_w_member(w, "type", str_of(type));
	json_w_name(w, STR("run"));
	if (i->run != NULL)
		json_w_string(w, str_of(i->run));
	else
		json_w_null(w);
	prov_w_name(w, "stage", i->stage);
	prov_w_program(w, s, i->program, i->version);
	prov_w_argv(w, i->argc, i->argv);
	prov_w_cwd(w);
	prov_w_time(w, "t0", i->t0_ns);
}

int
prov_append_object(struct prov_store *s, const struct buf *text,
    struct err *e)
{
	struct buf inside = {0};
	int rc;

	buf_put(&inside, text->p + 1, text->len - 2);
	rc = prov_append(s, &inside, NULL, e);
	buf_free(&inside);
	return rc;
}

int
prov_stage_begin(struct prov_store *s, const struct prov_stage_info *i,
    struct err *e)
{
	struct buf text = {0};
	struct json_w w = {.out = &text};
	int rc;

	w_common(&w, s, "rap/begin/1", i);
	json_w_end(&w);
	rc = prov_append_object(s, &text, e);
	if (rc == 0) {
		s->begun = true;
		s->begin_seq = s->last_seq;
	}
	buf_free(&text);
	return rc;
}

int
prov_stage_end(struct prov_store *s, const struct prov_stage_info *i,
    struct err *e)
{
	struct buf text = {0};
	struct json_w w = {.out = &text};
	int rc;

	w_common(&w, s, "rap/stage/1", i);
	if (s->begun)
		prov_w_count(&w, "begin", s->begin_seq);
	w_stream(&w, "in", i->in, &i->in_eof);
	w_stream(&w, "out", i->out, NULL);
	w_files(&w, s, i->files, i->nfiles);
	w_counts(&w, i);
	prov_w_exit(&w, i->exit_code, i->exit_signal);
	prov_w_time(&w, "t1", i->t1_ns);
	if (i->extra != NULL && i->extra[0] != '\0') {
		buf_putc(&text, ',');
		buf_puts(&text, i->extra);
	}
	json_w_end(&w);
	rc = prov_append_object(s, &text, e);
	s->begun = false;
	buf_free(&text);
	return rc;
}
