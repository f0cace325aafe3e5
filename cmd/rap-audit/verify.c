#include <string.h>

#include "audit.h"
#include "base/file.h"
#include "base/map.h"
#include "prov/log.h"

/*
 * rap-audit verify: everything the store promises, computed again.  The log
 * first (form, chain, checkpoint), then what its records refer to, then every
 * object and every file of tiles by its own name.
 */
enum { TROUBLES_MAX = 20, SEEN_RUN = 1, SEEN_END = 2 };

struct check {
	struct prog *p;
	struct prov_store *s;
	struct hash *hash;
	struct buf stages; /* by seq: 'b' begun, 'd' its stage record came */
	struct map runs;
	struct map told; /* what is missing, once each */
	struct buf run_state; /* by number: SEEN_* */
	struct arena arena;
	uint64_t troubles, nruns, nobjects, nstreams, nfailed;
};

/* One thing that is not as promised, or cannot be looked at; the check goes
 * on.  That something is wrong is worse than that something is not known. */
static void
trouble(struct check *c, struct err *e)
{
	if (c->troubles++ < TROUBLES_MAX)
		prog_diag(c->p, e);
	if (e->code == ERR_VERDICT)
		c->p->verdict = true;
	if (c->p->verdict)
		c->p->exit_code = 0;
	else
		c->p->exit_code = (int)e->code;
}

static void
missing(struct check *c, uint64_t seq, const char *id, const char *what,
    struct str name)
{
	struct buf path = {0};
	struct err e;
	size_t known = c->told.n;

	if (map_add(&c->told, name) != known)
		return;
	err_at(&e, 0, ERR_VERDICT, id, "the record's %s %.*s is missing",
	    what, (int)(name.len < 64 ? name.len : 64), name.p);
	e.line = seq + 1;
	buf_printf(&path, "%s/log.ndjson", prov_dir(c->s));
	err_source(&e, buf_cstr(&path));
	buf_free(&path);
	trouble(c, &e);
}

static void
check_object_of(struct check *c, uint64_t seq, struct str hex)
{
	uint8_t digest[HASH_LEN];

	if (hash_unhex(digest, hex.p, hex.len) != 0 ||
	    !prov_object_has(c->s, digest))
		missing(c, seq, "object.missing", "object", hex);
}

/* Files of an array that are said to be kept. */
static void
check_files(struct check *c, uint64_t seq, const struct json_doc *d,
    const char *member, bool all)
{
	uint32_t files = json_member(d, 0, str_of(member));

	if (files == JSON_NONE || json_type(d, files) != JSON_ARRAY)
		return;
	for (uint32_t f = files + 1; f < d->nodes[files].next;
	     f = d->nodes[f].next) {
		uint32_t kept = json_type(d, f) == JSON_OBJECT
		    ? json_member(d, f, STR("kept"))
		    : JSON_NONE;

		if (all || (kept != JSON_NONE &&
			json_type(d, kept) == JSON_TRUE))
			check_object_of(c, seq,
			    prov_get_text(d, f, "sha256", &c->arena));
	}
}

/* Members that were moved out of the line. */
static void
check_moved(struct check *c, uint64_t seq, const struct json_doc *d)
{
	for (uint32_t k = 1; k < d->nodes[0].next; k = d->nodes[k + 1].next) {
		uint8_t digest[HASH_LEN];
		char hex[HASH_HEX + 1];

		if (!prov_moved(d, k + 1, digest))
			continue;
		hash_hex(hex, digest);
		check_object_of(c, seq, str_of(hex));
	}
}

/* A stream of more than one tile has its tiles kept. */
static void
check_stream(struct check *c, uint64_t seq, const struct json_doc *d,
    const char *member)
{
	uint32_t s = prov_get_object(d, 0, member);
	struct buf path = {0};
	struct str root;

	if (s == JSON_NONE || prov_get_int(d, s, "records") <= 256)
		return;
	root = prov_get_text(d, s, "root", &c->arena);
	buf_printf(&path, "%s/streams/%.*s.tiles", prov_dir(c->s),
	    (int)root.len, root.len != 0 ? root.p : "");
	if (!file_exists(buf_cstr(&path)))
		missing(c, seq, "stream.missing", "stream", root);
	buf_free(&path);
}

static void
note_run(struct check *c, const struct json_doc *d, char seen)
{
	struct str id = prov_get_text(d, 0, "run", &c->arena);
	size_t i;

	if (id.len == 0)
		return;
	i = map_add(&c->runs, id);
	if (i == c->run_state.len)
		buf_putc(&c->run_state, 0);
	if (i < c->run_state.len)
		c->run_state.p[i] = (char)(c->run_state.p[i] | seen);
	c->nruns += seen == SEEN_RUN;
}

static int
check_record(void *arg, uint64_t seq, struct str line,
    const struct json_doc *d, struct err *e)
{
	struct check *c = arg;

	(void)line;
	buf_putc(&c->stages, prov_is(d, "rap/begin/1") ? 'b' : ' ');
	if (c->stages.over || c->run_state.over)
		return err_set(e, ERR_DATA, "log.toolarge",
		    "more records than can be checked at once");
	c->nfailed += audit_failed(d);
	if (prov_is(d, "rap/stage/1")) {
		uint32_t begin = json_member(d, 0, STR("begin"));
		int64_t at = prov_get_int(d, 0, "begin");

		if (begin != JSON_NONE && at >= 0 && (uint64_t)at < seq &&
		    c->stages.p[at] == 'b')
			c->stages.p[at] = 'd';
	} else if (prov_is(d, "rap/run/1"))
		note_run(c, d, SEEN_RUN);
	else if (prov_is(d, "rap/end/1"))
		note_run(c, d, SEEN_END);
	check_files(c, seq, d, "files", false);
	check_files(c, seq, d, "kept", true);
	check_moved(c, seq, d);
	check_stream(c, seq, d, "in");
	check_stream(c, seq, d, "out");
	arena_reset(&c->arena);
	return 0;
}

/* What began and did not end is no damage, but it is told. */
static void
tell_open(struct check *c, uint64_t unsealed)
{
	uint64_t stages = 0, runs = 0;
	struct buf text = {0};
	struct err e;

	for (size_t i = 0; i < c->stages.len; i++)
		stages += c->stages.p[i] == 'b';
	for (size_t i = 0; i < c->run_state.len; i++)
		runs += c->run_state.p[i] == SEEN_RUN;
	if (stages > 0 || runs > 0) {
		audit_put_count(&text, runs, "run");
		buf_puts(&text, " and ");
		audit_put_count(&text, stages, "stage");
		err_set(&e, ERR_OK, "run.abandoned",
		    "%s began and did not end", buf_cstr(&text));
		prog_warn(c->p, &e);
	}
	buf_clear(&text);
	if (c->nfailed > 0) {
		audit_put_count(&text, c->nfailed, "stage");
		err_set(&e, ERR_OK, "run.stage",
		    "%s ended with an exit other than 0", buf_cstr(&text));
		err_hint(&e, "rap-audit log lists them");
		prog_warn(c->p, &e);
	}
	buf_clear(&text);
	if (unsealed > 0) {
		audit_put_count(&text, unsealed, "record");
		err_set(&e, ERR_OK, "log.unsealed",
		    "%s came after the checkpoint", buf_cstr(&text));
		err_hint(&e, "the next record seals them");
		prog_warn(c->p, &e);
	}
	buf_free(&text);
}

static bool
hidden(const char *name)
{
	return name[0] == '.'; /* a file that was being made */
}

static void
misnamed(struct check *c, const char *path)
{
	struct err e;

	err_set(&e, ERR_VERDICT, "store.foreign",
	    "not a file of the store");
	err_source(&e, path);
	trouble(c, &e);
}

static int
check_object(struct check *c, const char *dir, const char *ab,
    const char *rest)
{
	struct buf name = {0};
	uint8_t digest[HASH_LEN];
	struct err e;

	buf_printf(&name, "%s%s", ab, rest);
	if (hash_unhex(digest, name.p, name.len) != 0) {
		buf_clear(&name);
		buf_printf(&name, "%s/%s/%s", dir, ab, rest);
		misnamed(c, buf_cstr(&name));
	} else {
		c->nobjects++;
		if (prov_object_check(c->s, digest, &e) != 0)
			trouble(c, &e);
	}
	buf_free(&name);
	return 0;
}

/* Call each with the visible names in dir/sub ("" for dir itself). */
static int
each_name(struct check *c, const char *dir, const char *sub,
    int (*each)(struct check *, const char *, const char *, const char *),
    struct err *e)
{
	struct buf path = {0}, names = {0};
	int rc;

	buf_printf(&path, "%s%s%s", dir, *sub != '\0' ? "/" : "", sub);
	rc = file_list(buf_cstr(&path), &names, e);
	for (size_t at = 0; rc == 0 && at < names.len;
	     at += strlen(names.p + at) + 1) {
		if (!hidden(names.p + at))
			rc = each(c, dir, sub, names.p + at);
	}
	if (rc != 0) {
		e->code = ERR_VERDICT; /* a store has these directories */
		trouble(c, e);
		rc = 0;
	}
	buf_free(&path);
	buf_free(&names);
	return rc;
}

static int
check_object_dir(struct check *c, const char *dir, const char *none,
    const char *ab)
{
	struct err e;

	(void)none;
	return each_name(c, dir, ab, check_object, &e);
}

/* The tiles are a tree whose root is the file's name. */
static int
check_tiles(struct check *c, const char *dir, const char *none,
    const char *name)
{
	struct merkle_tree tree = {0};
	uint8_t want[HASH_LEN], root[HASH_LEN];
	struct buf path = {0}, tiles = {.max = 64 << 20};
	struct err e;
	size_t n = strlen(name);

	(void)none;
	buf_printf(&path, "%s/%s", dir, name);
	if (n != HASH_HEX + 6 || strcmp(name + HASH_HEX, ".tiles") != 0 ||
	    hash_unhex(want, name, HASH_HEX) != 0)
		misnamed(c, buf_cstr(&path));
	else if (io_load(buf_cstr(&path), &tiles, &e) != 0)
		trouble(c, &e);
	else {
		c->nstreams++;
		for (size_t at = 0; at + HASH_LEN <= tiles.len; at += HASH_LEN)
			merkle_append(&tree, c->hash,
			    (uint8_t *)tiles.p + at);
		merkle_root(&tree, c->hash, root);
		if (tiles.len % HASH_LEN != 0 ||
		    memcmp(root, want, HASH_LEN) != 0) {
			err_set(&e, ERR_VERDICT, "stream.root",
			    "the tiles do not have the root they are named "
			    "after");
			err_source(&e, path.p);
			trouble(c, &e);
		}
	}
	buf_free(&path);
	buf_free(&tiles);
	return 0;
}

static int
check_store(struct check *c, struct err *e)
{
	struct prov_walk walk = {.each = check_record, .arg = c};
	struct buf dir = {0};
	int rc = prov_walk(c->s, &walk, e);

	if (rc != 0 && e->code == ERR_VERDICT) {
		trouble(c, e);
		rc = 0;
	}
	if (rc != 0)
		return -1;
	buf_printf(&dir, "%s/objects", prov_dir(c->s));
	rc = each_name(c, buf_cstr(&dir), "", check_object_dir, e);
	buf_clear(&dir);
	buf_printf(&dir, "%s/streams", prov_dir(c->s));
	if (rc == 0)
		rc = each_name(c, buf_cstr(&dir), "", check_tiles, e);
	buf_clear(&dir);
	if (rc == 0 && c->troubles == 0) {
		tell_open(c, walk.unsealed);
		prog_say(c->p, "each record is of its form, numbered and "
		    "chained; the checkpoint is the root of all");
		prog_say(c->p, "objects (%llu) and tiles (%llu) are what they "
		    "are named after, and none is missing",
		    (unsigned long long)c->nobjects,
		    (unsigned long long)c->nstreams);
		buf_puts(&dir, "intact: ");
		audit_put_count(&dir, walk.records, "record");
		buf_puts(&dir, ", ");
		audit_put_count(&dir, c->nruns, "run");
		buf_puts(&dir, ", ");
		audit_put_count(&dir, c->nobjects, "object");
		buf_putc(&dir, '\n');
		rc = prog_write(c->p, dir.p, dir.len, e);
	}
	buf_free(&dir);
	return rc;
}

static bool
has(const char *dir, const char *name)
{
	struct buf path = {0};
	bool there;

	buf_printf(&path, "%s/%s", dir, name);
	there = file_exists(buf_cstr(&path));
	buf_free(&path);
	return there;
}

/* The store a word means: it, or the .rap within. */
static void
store_of(const char *word, struct buf *dir)
{
	buf_puts(dir, word);
	if (!has(word, "log.ndjson") && !has(word, "checkpoint") &&
	    has(word, ".rap"))
		buf_puts(dir, "/.rap");
}

int
verb_verify(struct prog *p, const struct audit_call *call, struct err *e)
{
	struct check c = {.p = p, .hash = hash_new()};
	struct buf dir = {0};
	int rc = -1;

	if (call->operands.n > 0)
		store_of(call->operands.item[0], &dir);
	c.s = prov_find(dir.len > 0 ? buf_cstr(&dir) : p->opt.store, e);
	if (c.s != NULL)
		rc = check_store(&c, e);
	if (rc == 0 && c.troubles > TROUBLES_MAX) {
		struct err more;

		err_set(&more, ERR_VERDICT, "verify.more", "%llu more",
		    (unsigned long long)c.troubles - TROUBLES_MAX);
		prog_diag(p, &more);
	}
	buf_free(&dir);
	hash_free(c.hash);
	prov_close(c.s);
	buf_free(&c.stages);
	buf_free(&c.run_state);
	map_free(&c.runs);
	map_free(&c.told);
	arena_free(&c.arena);
	return rc;
}
