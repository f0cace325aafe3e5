#include <string.h>

#include "audit.h"
#include "base/map.h"
#include "base/mem.h"

/*
 * rap-audit show: one run.  Its graph is found, not declared: what one stage
 * wrote and another read has the same root.
 */

static void
put_member(struct buf *out, const char *label, const struct json_doc *d,
    uint32_t obj, const char *member)
{
	struct arena a = {0};
	char safe[1024];
	struct str s = prov_get_text(d, obj, member, &a);

	if (s.len > 0) {
		str_escape(safe, sizeof safe, s.p, s.len);
		buf_printf(out, "  %-9s %s\n", label, safe);
	}
	arena_free(&a);
}

static void
put_raw(struct buf *out, const struct json_doc *d, uint32_t obj,
    const char *member)
{
	uint32_t v = json_member(d, obj, str_of(member));
	struct str s = v != JSON_NONE ? json_raw(d, v) : STR("?");
	char safe[64];

	str_escape(safe, sizeof safe, s.p, s.len);
	buf_puts(out, safe);
}

static void
put_stream(struct buf *out, const char *label, const struct json_doc *d)
{
	uint32_t s = prov_get_object(d, 0, label);
	uint32_t eof;

	if (s == JSON_NONE)
		return;
	buf_printf(out, "  %-9s ", label);
	put_raw(out, d, s, "records");
	buf_puts(out, " records, ");
	put_raw(out, d, s, "bytes");
	buf_puts(out, " bytes");
	eof = json_member(d, s, STR("eof"));
	if (eof != JSON_NONE && json_type(d, eof) == JSON_FALSE)
		buf_puts(out, ", not to its end");
	buf_putc(out, '\n');
	put_member(out, "  root", d, s, "root");
	put_member(out, "  sha256", d, s, "sha256");
}

/* More files of one directory that only configure a stage are one line. */
enum { FOLD_MORE = 4 };

struct folds {
	struct map dirs;
	uint64_t *n; /* files of each; 0: told */
	struct arena arena;
};

/* The number of the directory of a file that may be folded, or MAP_NONE. */
static size_t
fold_dir(struct folds *f, const struct json_doc *d, uint32_t file)
{
	struct str path = prov_get_text(d, file, "path", &f->arena);

	if (!str_eq(prov_get_text(d, file, "role", &f->arena), STR("config")))
		return MAP_NONE;
	while (path.len > 1 && path.p[path.len - 1] != '/')
		path.len--;
	if (path.len == 0 || path.p[path.len - 1] != '/')
		path = STR("./");
	return map_add(&f->dirs, path);
}

static void
count_dirs(struct folds *f, const struct json_doc *d, uint32_t files)
{
	f->n = mem_array(json_count(d, files) + 1, sizeof *f->n);
	for (uint32_t k = files + 1; k < d->nodes[files].next;
	     k = d->nodes[k].next) {
		size_t i = fold_dir(f, d, k);

		if (i != MAP_NONE)
			f->n[i]++;
	}
}

/* Is the file one of many of a directory, which are told at the first? */
static bool
is_folded(struct folds *f, const struct json_doc *d, uint32_t file,
    struct buf *out)
{
	size_t i = fold_dir(f, d, file);
	struct str dir;

	if (i == MAP_NONE || (f->n[i] != 0 && f->n[i] <= FOLD_MORE))
		return false;
	if (f->n[i] == 0)
		return true;
	dir = map_key(&f->dirs, i);
	buf_puts(out, "  config    ");
	audit_put_safe(out, (struct str){dir.p, dir.len - (dir.len > 1)});
	buf_puts(out, ": ");
	audit_put_count(out, f->n[i], "file");
	buf_putc(out, '\n');
	f->n[i] = 0;
	return true;
}

static void
put_file(struct buf *out, const struct json_doc *d, uint32_t f)
{
	struct arena a = {0};
	struct str role = prov_get_text(d, f, "role", &a);
	char label[16];
	uint32_t eof;

	str_escape(label, sizeof label, role.p, role.len);
	put_member(out, label, d, f, "path");
	put_member(out, "  sha256", d, f, "sha256");
	eof = json_type(d, f) == JSON_OBJECT ? json_member(d, f, STR("eof")) :
	    JSON_NONE;
	if (eof != JSON_NONE && json_type(d, eof) == JSON_FALSE) {
		buf_puts(out, "    of its first ");
		put_raw(out, d, f, "bytes");
		buf_puts(out, " bytes, not read to its end\n");
	}
	arena_free(&a);
}

static void
put_files(struct buf *out, const struct json_doc *d, bool all)
{
	uint32_t files = json_member(d, 0, STR("files"));
	struct folds folds = {0};

	if (files == JSON_NONE || json_type(d, files) != JSON_ARRAY)
		return;
	if (!all)
		count_dirs(&folds, d, files);
	for (uint32_t f = files + 1; f < d->nodes[files].next;
	     f = d->nodes[f].next)
		if (all || !is_folded(&folds, d, f, out))
			put_file(out, d, f);
	map_free(&folds.dirs);
	mem_free(folds.n);
	arena_free(&folds.arena);
}

/* Records that did not pass, where there are any. */
static void
put_counts(struct buf *out, const struct json_doc *d)
{
	static const char *const kinds[] = {"rejected", "filtered"};
	uint32_t c = prov_get_object(d, 0, "counts");

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		uint32_t v = c == JSON_NONE ? c
					    : json_member(d, c,
						  str_of(kinds[i]));

		if (v == JSON_NONE || str_eq(json_raw(d, v), STR("0")))
			continue;
		buf_printf(out, "  %-9s ", kinds[i]);
		put_raw(out, d, c, kinds[i]);
		buf_puts(out, " records\n");
	}
}

/* Did the stage that began at r write its record? */
static bool
has_ended(const struct prov_run *run, const struct prov_run_record *r)
{
	for (const struct prov_run_record *s = r + 1; s < run->rec + run->n;
	     s++)
		if (prov_is(&s->doc, "rap/stage/1") &&
		    prov_get_int(&s->doc, 0, "begin") == (int64_t)r->seq)
			return true;
	return false;
}

static void
put_record(struct buf *out, const struct prov_run *run,
    const struct prov_run_record *r, bool all)
{
	const struct json_doc *d = &r->doc;
	bool begin = prov_is(d, "rap/begin/1");
	struct arena a = {0};

	if (begin && has_ended(run, r))
		return;
	if (prov_is(d, "rap/run/1")) {
		put_member(out, "name", d, 0, "name");
		put_member(out, "started", d, 0, "t0");
		put_member(out, "cwd", d, 0, "cwd");
	} else if (prov_is(d, "rap/stage/1") || begin) {
		char safe[256];
		struct str name = prov_get_text(d, 0, "stage", &a);

		str_escape(safe, sizeof safe, name.p, name.len);
		buf_printf(out, "stage %s (record %llu)\n", safe,
		    (unsigned long long)r->seq);
	} else if (prov_is(d, "rap/end/1")) {
		buf_puts(out, "end\n");
		put_member(out, "ended", d, 0, "t1");
	}
	if (json_member(d, 0, STR("argv")) != JSON_NONE) {
		buf_puts(out, "  command   ");
		audit_put_argv(out, d, &a);
		buf_putc(out, '\n');
	}
	put_stream(out, "in", d);
	put_stream(out, "out", d);
	put_files(out, d, all);
	put_counts(out, d);
	if (begin)
		buf_puts(out, "  status    began and did not end\n");
	if (json_member(d, 0, STR("exit")) != JSON_NONE) {
		buf_puts(out, "  status    ");
		audit_put_exit(out, d);
		buf_putc(out, '\n');
	}
	arena_free(&a);
}

/* Who wrote, passed on unchanged, and read the stream of one root. */
enum { WROTE, PASSED, READ, ENDS };

struct edge {
	struct buf who[ENDS];
	struct str records;
};

struct graph {
	struct map roots;
	struct edge *edge;
	size_t cap;
	struct arena arena;
};

static struct str
root_of(struct graph *g, const struct json_doc *d, const char *member)
{
	uint32_t s = prov_get_object(d, 0, member);

	if (s == JSON_NONE || prov_get_int(d, s, "bytes") == 0)
		return (struct str){"", 0}; /* all empty streams are alike */
	return prov_get_text(d, s, "root", &g->arena);
}

static void
add_end(struct graph *g, const struct json_doc *d, const char *member,
    int end)
{
	struct str root = root_of(g, d, member);
	struct str name = prov_get_text(d, 0, "stage", &g->arena);
	size_t i, known = g->roots.n;
	char safe[128];
	struct buf *who;

	if (root.len == 0)
		return;
	i = map_add(&g->roots, root);
	if (i == known && i == g->cap) {
		g->cap = g->cap != 0 ? g->cap * 2 : 16;
		g->edge = mem_realloc(g->edge, g->cap * sizeof *g->edge);
	}
	if (i == known) {
		uint32_t n = json_member(d, prov_get_object(d, 0, member),
		    STR("records"));

		g->edge[i] = (struct edge){.records = n != JSON_NONE
			? json_raw(d, n)
			: STR("?")};
	}
	who = &g->edge[i].who[end];
	str_escape(safe, sizeof safe, name.p, name.len);
	buf_printf(who, "%s%s", who->len > 0 ? ", " : "", safe);
}

static void
add_stage(struct graph *g, const struct json_doc *d)
{
	struct str in = root_of(g, d, "in"), out = root_of(g, d, "out");

	if (in.len > 0 && str_eq(in, out)) {
		add_end(g, d, "in", PASSED);
		return;
	}
	add_end(g, d, "out", WROTE);
	add_end(g, d, "in", READ);
}

/* A line for a stream that connects two stages at least. */
static void
put_edge(struct buf *out, struct edge *ed, struct str root)
{
	size_t from = out->len;
	char records[64], safe[64];
	int ends = 0;

	for (int k = 0; k < ENDS; k++) {
		if (ed->who[k].len == 0)
			continue;
		buf_printf(out, "%s%s", ends++ > 0 ? " -> " : "  ",
		    buf_cstr(&ed->who[k]));
	}
	if (ends < 2) {
		out->len = from;
		return;
	}
	str_escape(records, sizeof records, ed->records.p, ed->records.len);
	str_escape(safe, sizeof safe, root.p, root.len < 12 ? root.len : 12);
	buf_printf(out, " (%s records, %s)\n", records, safe);
}

static void
put_graph(struct buf *out, const struct prov_run *run)
{
	struct graph g = {0};
	struct buf lines = {0};

	for (size_t i = 0; i < run->n; i++) {
		if (prov_is(&run->rec[i].doc, "rap/stage/1"))
			add_stage(&g, &run->rec[i].doc);
	}
	for (size_t i = 0; i < g.roots.n; i++) {
		put_edge(&lines, &g.edge[i], map_key(&g.roots, i));
		for (int k = 0; k < ENDS; k++)
			buf_free(&g.edge[i].who[k]);
	}
	if (lines.len > 0) {
		buf_puts(out, "edges\n");
		buf_put(out, lines.p, lines.len);
	}
	buf_free(&lines);
	mem_free(g.edge);
	map_free(&g.roots);
	arena_free(&g.arena);
}

int
verb_show(struct prog *p, const struct audit_call *c, struct err *e)
{
	struct prov_store *s = prov_find(p->opt.store, e);
	struct prov_run run = {0};
	struct buf out = {0};
	int rc;

	if (s == NULL)
		return -1;
	rc = prov_run_collect(s,
	    c->operands.n > 0 ? c->operands.item[0] : "last",
	    &run, e);
	if (rc == 0) {
		if (strcmp(run.id, "-") == 0)
			buf_puts(&out, "stages outside of a run\n");
		else
			buf_printf(&out, "run %s\n", run.id);
		for (size_t i = 0; i < run.n; i++)
			put_record(&out, &run, &run.rec[i],
			    p->opt.verbose);
		put_graph(&out, &run);
		rc = prog_write(p, out.p, out.len, e);
	}
	prov_run_free(&run);
	prov_close(s);
	buf_free(&out);
	return rc;
}
