#include <string.h>

#include "audit.h"
#include "base/file.h"
#include "json/write.h"

/*
 * rap-audit run --capture: keep the input files of the run's stages as they
 * were when they were used.  A file that has changed since has another digest
 * and is not kept; of one that was not read to its end the bytes that were
 * read must still be its first ones, and it is kept whole.
 */
struct capture {
	struct prog *p;
	struct prov_store *s;
	struct json_w kept; /* within an array */
	struct arena arena;
};

/* An input as a stage record has it. */
struct source {
	struct str path, hex;
	uint8_t digest[HASH_LEN];
	uint64_t bytes;
	bool partial, kept;
};

static void
not_captured(struct capture *c, const char *name, struct err *why)
{
	err_source(why, name);
	err_hint(why, "not captured");
	prog_warn(c->p, why);
}

/* The digest the file is kept under: of all its bytes. */
static int
whole_digest(const struct source *in, const char *name,
    uint8_t whole[HASH_LEN], struct err *e)
{
	struct prov_file_hash now;

	memcpy(whole, in->digest, HASH_LEN);
	if (!in->partial && file_regular(name))
		return 0;
	if (prov_file_hash(name, in->bytes, -1, &now, e) != 0)
		return -1;
	if (in->partial && memcmp(now.first, in->digest, HASH_LEN) != 0)
		return err_set(e, ERR_DATA, "object.changed",
		    "its first bytes are not those that were used");
	memcpy(whole, now.all, HASH_LEN);
	return 0;
}

static void
capture_file(struct capture *c, const struct source *in, struct str cwd)
{
	struct buf name = {0};
	struct err why;
	uint8_t whole[HASH_LEN];
	char hex[HASH_HEX + 1];
	int fd, rc;

	if (in->path.p[0] != '/' && cwd.len > 0)
		buf_printf(&name, "%.*s/", (int)cwd.len, cwd.p);
	buf_str(&name, in->path);
	rc = whole_digest(in, buf_cstr(&name), whole, &why);
	fd = rc != 0 ? -1 : io_open(buf_cstr(&name), &why);
	rc = fd < 0 ? -1 : prov_object_copy(c->s, fd, whole, &why);
	if (fd > 2)
		io_close_quiet(fd);
	if (rc != 0)
		not_captured(c, buf_cstr(&name), &why);
	else {
		hash_hex(hex, whole);
		json_w_object(&c->kept);
		json_w_member(&c->kept, "path", in->path);
		json_w_member(&c->kept, "sha256", str_of(hex));
		if (in->partial)
			json_w_member(&c->kept, "read", in->hex);
		json_w_end(&c->kept);
	}
	buf_free(&name);
}

/* What a URL gave cannot be had again: rap-fetch keeps the bodies. */
static void
tell_url(struct capture *c, const struct source *in)
{
	char safe[512];
	struct err why;

	if (in->kept)
		return;
	str_escape(safe, sizeof safe, in->path.p, in->path.len);
	err_set(&why, ERR_OK, "capture.url", "it is a URL, and what it gave "
	    "was not kept by the stage that read it");
	not_captured(c, safe, &why);
}

static bool
member_is(const struct json_doc *d, uint32_t obj, const char *name,
    enum json_type want)
{
	uint32_t v = json_member(d, obj, str_of(name));

	return v != JSON_NONE && json_type(d, v) == want;
}

static void
capture_input(struct capture *c, const struct json_doc *d, uint32_t f,
    struct str cwd)
{
	struct source in = {
	    .path = prov_get_text(d, f, "path", &c->arena),
	    .hex = prov_get_text(d, f, "sha256", &c->arena),
	    .bytes = (uint64_t)prov_get_int(d, f, "bytes"),
	};

	if (json_type(d, f) != JSON_OBJECT || in.path.len == 0 ||
	    hash_unhex(in.digest, in.hex.p, in.hex.len) != 0 ||
	    !str_eq(prov_get_text(d, f, "role", &c->arena), STR("input")))
		return;
	in.partial = member_is(d, f, "eof", JSON_FALSE);
	in.kept = member_is(d, f, "kept", JSON_TRUE);
	if (prov_is_url(in.path))
		tell_url(c, &in);
	else
		capture_file(c, &in, cwd);
}

int
audit_capture(struct prog *p, struct prov_store *s, const char *id,
    struct buf *kept, struct err *e)
{
	struct capture c = {.p = p, .s = s, .kept = {.out = kept}};
	struct prov_run run;
	int rc = prov_run_collect(s, id, &run, e);

	json_w_array(&c.kept);
	for (size_t i = 0; rc == 0 && i < run.n; i++) {
		const struct json_doc *d = &run.rec[i].doc;
		uint32_t files = json_member(d, 0, STR("files"));
		struct str cwd = prov_get_text(d, 0, "cwd", &c.arena);

		if (!prov_is(d, "rap/stage/1") || files == JSON_NONE ||
		    json_type(d, files) != JSON_ARRAY)
			continue;
		for (uint32_t f = files + 1; f < d->nodes[files].next;
		     f = d->nodes[f].next)
			capture_input(&c, d, f, cwd);
	}
	json_w_end(&c.kept);
	prov_run_free(&run);
	arena_free(&c.arena);
	return rc;
}
