#define _GNU_SOURCE /* mkdtemp */
#include "prov/prov.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/io.h"
#include "merkle/stream.h"
#include "prov/id.h"
#include "prov/log.h"
#include "prov/redact.h"
#include "test.h"

static char root[256], dir[300];
static struct err err;

/* A new store in a directory of its own. */
static struct prov_store *
fresh(void)
{
	static int n;

	snprintf(dir, sizeof dir, "%s/%d", root, n++);
	TEST(prov_create(dir, &err) == 0);
	return prov_open(dir, &err);
}

static int
append(struct prov_store *s, const char *members)
{
	struct buf b = {0};
	int rc;

	buf_puts(&b, members);
	rc = prov_append(s, &b, NULL, &err);
	buf_free(&b);
	return rc;
}

static const char *
in_store(const char *name)
{
	static char path[400];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void
slurp(const char *name, struct buf *b)
{
	buf_clear(b);
	TEST(io_load(in_store(name), b, &err) == 0);
}

static void
spill(const char *name, const char *p, size_t n)
{
	TEST(io_publish(in_store(name), 0666, p, n, &err) == 0);
}

/* The whole chain: 0 and the number of records, or -1 and err. */
static int
check(struct prov_store *s, uint64_t *records, uint64_t *unsealed)
{
	struct hash *h = hash_new();
	struct json_doc doc = {0};
	struct prov_log log;
	struct prov_chain chain;
	struct str line;
	int rc = prov_log_open(&log, s, &err);

	prov_chain_init(&chain, h, &log.checkpoint);
	while (rc == 0 && (rc = prov_log_next(&log, &line, &err)) > 0)
		rc = prov_chain_next(&chain, &doc, line, &err);
	if (rc == 0)
		rc = prov_chain_seal(&chain, unsealed, &err);
	*records = chain.tree.n;
	prov_log_close(&log);
	json_free(&doc);
	hash_free(h);
	return rc;
}

static void
whole(struct prov_store *s, uint64_t want)
{
	uint64_t records = 0, unsealed = 9;

	TEST(check(s, &records, &unsealed) == 0);
	TEST(records == want && unsealed == 0);
}

static void
damaged(struct prov_store *s, const char *id)
{
	uint64_t records, unsealed;

	err.id = "";
	TEST(check(s, &records, &unsealed) == -1);
	TEST(err.code == ERR_VERDICT);
	TEST_STR(str_of(err.id), id);
}

static void
lines(void)
{
	struct prov_store *s = fresh();
	struct buf b = {0}, line = {0};

	TEST(prov_open("/nonexistent/store", &err) == NULL);
	TEST(err.code == ERR_NOINPUT && strcmp(err.id, "store.absent") == 0);
	whole(s, 0);
	buf_puts(&b, "\"z\":\"\\u0041\",\"a\" : [1, 2]");
	TEST(prov_append(s, &b, &line, &err) == 0);
	TEST_STR(line,
	    "{\"a\":[1,2],\"prev\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4"
	    "649b934ca495991b7852b855\",\"seq\":0,\"z\":\"A\"}");
	TEST(append(s, "\"n\":9007199254740991") == 0);
	whole(s, 2);
	TEST(append(s, "\"n\":9007199254740992") == -1);
	TEST(err.code == ERR_INTERNAL && strcmp(err.id, "log.number") == 0);
	TEST(append(s, "\"n\":0.5") == -1 && err.code == ERR_INTERNAL);
	TEST(append(s, "\"n\":1,\"n\":2") == -1 && err.code == ERR_INTERNAL);
	TEST(append(s, "\"seq\":7") == -1 && err.code == ERR_INTERNAL);
	whole(s, 2);
	/* The cache of the frontier is worth nothing by itself. */
	TEST(unlink(in_store("state/head")) == 0);
	TEST(append(s, "\"n\":3") == 0);
	spill("state/head", "rubbish", 7);
	TEST(append(s, "\"n\":4") == 0);
	slurp("state/head", &b);
	TEST(append(s, "\"n\":5") == 0);
	spill("state/head", b.p, b.len); /* an old one */
	TEST(append(s, "\"n\":6") == 0);
	whole(s, 6);
	TEST(prov_warning(s) == NULL);
	prov_close(s);
	buf_free(&b);
	buf_free(&line);
}

/* A torn tail is kept beside the log and told of, in the log too. */
static void
torn(void)
{
	struct prov_store *s = fresh();
	struct buf b = {0}, t = {0}, line = {0};
	char name[64];

	TEST(append(s, "\"n\":1") == 0);
	slurp("log.ndjson", &b);
	snprintf(name, sizeof name, "log.ndjson.torn-%zu", b.len);
	buf_puts(&b, "{\"half\":");
	spill("log.ndjson", b.p, b.len);
	damaged(s, "log.torn");
	TEST(err.line == 2);
	buf_puts(&t, "\"n\":2");
	TEST(prov_append(s, &t, &line, &err) == 0);
	TEST(prov_warning(s) != NULL &&
	    strstr(prov_warning(s)->msg, "torn record of 8 bytes") != NULL);
	buf_putc(&line, '\0');
	TEST(strstr(line.p, "\"torn\":{\"bytes\":8,") != NULL);
	whole(s, 2);
	slurp(name, &t);
	TEST_STR(t, "{\"half\":");
	prov_close(s);
	buf_free(&b);
	buf_free(&t);
	buf_free(&line);
}

/* A log that ends before its checkpoint is refused, never mended. */
static void
cut(void)
{
	struct prov_store *s = fresh();
	struct buf b = {0};
	size_t two;

	TEST(append(s, "\"n\":1") == 0 && append(s, "\"n\":2") == 0);
	slurp("log.ndjson", &b);
	two = b.len;
	TEST(append(s, "\"n\":3") == 0);
	slurp("log.ndjson", &b);
	spill("log.ndjson", b.p, two);
	damaged(s, "log.cut");
	TEST(err.line == 3);
	TEST(append(s, "\"n\":4") == -1 && strcmp(err.id, "log.cut") == 0);
	spill("log.ndjson", b.p, b.len - 1); /* only its LF */
	damaged(s, "log.torn");
	TEST(append(s, "\"n\":4") == -1 && strcmp(err.id, "log.cut") == 0);
	TEST(!file_exists(in_store("log.ndjson.torn-0")));
	spill("log.ndjson", b.p, b.len);
	whole(s, 3);
	TEST(unlink(in_store("checkpoint")) == 0);
	damaged(s, "log.checkpoint");
	TEST(append(s, "\"n\":4") == -1 &&
	    strcmp(err.id, "log.checkpoint") == 0);
	prov_close(s);
	buf_free(&b);
}

/* Every bit of every byte of a small log, and of its checkpoint. */
static void
flips(void)
{
	struct prov_store *s = fresh();
	struct buf b = {0};
	const char *const names[] = {"log.ndjson", "checkpoint"};
	unsigned missed = 0;

	for (int i = 0; i < 3; i++)
		TEST(append(s, "\"type\":\"t\",\"n\":1") == 0);
	for (size_t f = 0; f < 2; f++) {
		slurp(names[f], &b);
		for (size_t i = 0; i < b.len; i++) {
			for (int bit = 0; bit < 8; bit++) {
				uint64_t n, u;

				/* The name of a log says nothing of its
				 * content. */
				if (f == 1 && i < 8 + PROV_UUID)
					continue;
				b.p[i] = (char)(b.p[i] ^ 1 << bit);
				int fd = io_create(in_store(names[f]), 0666,
				    &err);
				io_write(fd, b.p, b.len, "", &err);
				io_close_quiet(fd);
				if (check(s, &n, &u) == 0 ||
				    err.code != ERR_VERDICT)
					missed++;
				b.p[i] = (char)(b.p[i] ^ 1 << bit);
			}
		}
		spill(names[f], b.p, b.len);
	}
	TEST(missed == 0);
	whole(s, 3);
	prov_close(s);
	buf_free(&b);
}

/* Many writers at once, some killed at any moment. */
static void
crowd(void)
{
	enum { WRITERS = 8, EACH = 12, ROUNDS = 12 };
	struct prov_store *s = fresh();
	uint64_t n, unsealed;
	int status;

	for (int w = 0; w < WRITERS; w++) {
		if (fork() == 0) {
			struct prov_store *mine = prov_open(dir, &err);

			for (int i = 0; i < EACH; i++) {
				if (append(mine, "\"n\":1") != 0)
					_exit(1);
			}
			_exit(0);
		}
	}
	for (int w = 0; w < WRITERS; w++) {
		TEST(wait(&status) > 0);
		TEST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	whole(s, WRITERS * EACH);
	for (int r = 0; r < ROUNDS; r++) {
		pid_t pid = fork();

		if (pid == 0) {
			struct prov_store *mine = prov_open(dir, &err);

			for (;;)
				append(mine, "\"n\":2");
		}
		usleep(1000 + (unsigned)r * 1700);
		kill(pid, SIGKILL);
		TEST(waitpid(pid, &status, 0) == pid);
		TEST(append(s, "\"n\":3") == 0);
		TEST(check(s, &n, &unsealed) == 0 && unsealed == 0);
	}
	prov_close(s);
}

static void
locked(void)
{
	struct prov_store *s;
	int fd;

	setenv("RAP_LOCK_WAIT", "0", 1);
	s = fresh();
	fd = io_update_open(in_store("log.ndjson"), &err);
	TEST(file_lock(fd, true, 0, "log", &err) == 0);
	TEST(append(s, "\"n\":1") == -1);
	TEST(err.code == ERR_TEMP && strcmp(err.id, "store.lock") == 0);
	io_close_quiet(fd);
	TEST(append(s, "\"n\":1") == 0);
	whole(s, 1);
	unsetenv("RAP_LOCK_WAIT");
	prov_close(s);
}

/* A record too long for a line is whole all the same. */
static void
large(void)
{
	struct prov_store *s = fresh();
	struct buf b = {0}, line = {0}, value = {0}, want = {0};
	struct json_doc doc = {0};
	uint8_t digest[HASH_LEN];
	const char *at;

	buf_puts(&want, "[");
	for (int i = 0; i < 20000; i++)
		buf_printf(&want, "%s\"argument %d\"", i > 0 ? "," : "", i);
	buf_puts(&want, "]");
	buf_printf(&b, "\"type\":\"rap/run/1\",\"argv\":");
	buf_put(&b, want.p, want.len);
	TEST(prov_append(s, &b, &line, &err) == 0);
	TEST(line.len < 400);
	buf_cstr(&line);
	at = strstr(line.p, "\"object\":\"");
	TEST(at != NULL &&
	    hash_unhex(digest, at + 10, HASH_HEX) == 0 &&
	    prov_object_get(s, digest, &value, &err) == 0);
	TEST(str_eq(buf_view(&value), buf_view(&want)));
	TEST(json_parse(&doc, line.p, line.len, &err) == 0);
	buf_clear(&value);
	TEST(prov_expand(s, &doc, &value, &err) == 0);
	TEST(value.len > want.len && memcmp(value.p, "{\"argv\":[", 9) == 0);
	TEST(json_parse(&doc, value.p, value.len, &err) == 0);
	TEST(json_count(&doc, json_member(&doc, 0, STR("argv"))) == 20000);
	json_free(&doc);
	whole(s, 1);
	buf_free(&b);
	buf_free(&line);
	buf_free(&value);
	buf_free(&want);
	prov_close(s);
}

static void
objects(void)
{
	struct prov_store *s = fresh();
	struct buf b = {0};
	uint8_t digest[HASH_LEN], other[HASH_LEN] = {0};
	const char *path = "objects/ba/7816bf8f01cfea414140de5dae2223b00361a396"
			   "177a9cb410ff61f20015ad";
	int fd;

	TEST(prov_object_put(s, "abc", 3, digest, &err) == 0);
	slurp(path, &b);
	TEST_STR(b, "abc");
	buf_clear(&b);
	TEST(prov_object_get(s, digest, &b, &err) == 0);
	TEST_STR(b, "abc");
	TEST(prov_object_get(s, other, &b, &err) == -1 &&
	    err.code == ERR_NOINPUT && strcmp(err.id, "object.missing") == 0);
	spill(path, "abd", 3);
	TEST(prov_object_get(s, digest, &b, &err) == -1 &&
	    err.code == ERR_VERDICT && strcmp(err.id, "object.digest") == 0);
	TEST(prov_object_check(s, digest, &err) == -1 &&
	    err.code == ERR_VERDICT);
	TEST(prov_object_put(s, "abc", 3, digest, &err) == 0);
	TEST(prov_object_check(s, digest, &err) == 0);

	fd = io_open(in_store(path), &err);
	TEST(prov_object_copy(s, fd, other, &err) == -1 &&
	    err.code == ERR_DATA && strcmp(err.id, "object.changed") == 0);
	io_close_quiet(fd);
	TEST(prov_object_check(s, other, &err) == -1);
	buf_free(&b);
	prov_close(s);
}

static void
stages(void)
{
	struct prov_store *s = fresh();
	char url[] = "https://u:p@h/?key=1", option[] = "--token";
	char *argv[] = {dir, option, root, url};
	struct merkle_summary in = {.records = (uint64_t)1 << 60};
	struct prov_file file = {.path = "a\xff", .role = "config", .bytes = 3};
	struct prov_stage_info i = {.stage = "x", .program = "rap-x",
	    .version = "1", .argc = 4, .argv = argv, .files = &file,
	    .nfiles = 1, .in = &in, .exit_code = 65,
	    .extra = "\"mapping\":[]"};
	struct buf b = {0};

	TEST(prov_stage_begin(s, &i, &err) == 0);
	TEST(prov_stage_end(s, &i, &err) == 0);
	whole(s, 2);
	slurp("log.ndjson", &b);
	buf_cstr(&b);
	TEST(strstr(b.p, "u:p") == NULL);
	TEST(strstr(b.p, ",\"--token\",\"REDACTED\","
			 "\"https://REDACTED@h/?key=REDACTED\"]") != NULL);
	TEST(strstr(b.p, "\"redacted\":3") != NULL);
	TEST(strstr(b.p, "\"records\":\"1152921504606846976\"") != NULL);
	TEST(strstr(b.p, "\"path\":\"a\xef\xbf\xbd\"") != NULL);
	TEST(strstr(b.p, "\"begin\":0") != NULL);
	TEST(strstr(b.p, "\"mapping\":[]") != NULL);
	buf_free(&b);
	prov_close(s);
}

static const struct {
	const char *arg, *want;
} secrets[] = {
    {"https://me:pw@example.com/a?b=1", "https://REDACTED@example.com/a?b=1"},
    {"https://example.com/a@b", "https://example.com/a@b"},
    {"http://h/?access_token=abc&n=1", "http://h/?access_token=REDACTED&n=1"},
    {"http://h/?n=1&api-key=abc#f", "http://h/?n=1&api-key=REDACTED#f"},
    {"http://h/?key=abc", "http://h/?key=REDACTED"},
    {"http://h/?X-Amz-Signature=0f", "http://h/?X-Amz-Signature=REDACTED"},
    {"http://h/?session_key=9158", "http://h/?session_key=9158"},
    {"key=count()", "key=count()"},
    {"Authorization: Bearer abc", "Authorization: REDACTED"},
    {"curl -H 'X-Api-Key: abc' h", "curl -H 'X-Api-Key: REDACTED' h"},
    {"{\"password\":\"x y\",\"n\":1}", "{\"password\":\"REDACTED\",\"n\":1}"},
    {"--password=abc", "--password=REDACTED"},
    {"GITHUB_TOKEN=abc make", "GITHUB_TOKEN=REDACTED make"},
    {"TOKEN='a b' make", "TOKEN='REDACTED' make"},
    {"/total = price * qty", "/total = price * qty"},
    {"a=b?c:d", "a=b?c:d"},
    {"", ""},
};

static void
redaction(void)
{
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		struct buf b = {0};
		size_t n = prov_redact(str_of(secrets[i].arg), &b);

		TEST_STR(b, secrets[i].want);
		TEST((n == 0) == str_eq(buf_view(&b), str_of(secrets[i].arg)));
		buf_free(&b);
	}
	TEST(prov_redact_next(STR("--token")));
	TEST(prov_redact_next(STR("-password")));
	TEST(!prov_redact_next(STR("token")));
	TEST(!prov_redact_next(STR("--key")));
	TEST(!prov_redact_next(STR("--token=x")));
}

static void
names(void)
{
	char a[PROV_UUID + 1], c[PROV_UUID + 1];
	struct buf b = {0};

	TEST(prov_uuid7(a, &err) == 0 && prov_uuid7(c, &err) == 0);
	TEST(strlen(a) == PROV_UUID && a[14] == '7' && strcmp(a, c) != 0);
	TEST(strchr("89ab", a[19]) != NULL && a[8] == '-');
	/* date -u -d @1763614200 */
	prov_put_time(&b, 1763614200000000007u);
	TEST_STR(b, "2025-11-20T04:50:00.000000007Z");
	buf_free(&b);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof root, "%s/rap-prov-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(root) == NULL)
		return 70;
	lines();
	torn();
	cut();
	flips();
	crowd();
	locked();
	large();
	objects();
	stages();
	redaction();
	names();
	if (fork() == 0) {
		execlp("rm", "rm", "-rf", root, (char *)NULL);
		_exit(1);
	}
	wait(NULL);
	return test_done();
}
