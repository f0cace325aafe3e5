#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "base/file.h"
#include "base/proc.h"
#include "json/write.h"
#include "prov/record.h"

/* One command as a run. */

static int
begin(struct prov_store *s, const char *id, const char *name,
    const struct cli_list *command, struct err *e)
{
	struct buf text = {0};
	struct json_w w = {.out = &text};
	const char *outer = getenv("RAP_RUN");
	int rc;

	json_w_object(&w);
	json_w_member(&w, "type", STR("rap/run/1"));
	json_w_member(&w, "run", str_of(id));
	if (name != NULL)
		prov_w_name(&w, "name", name);
	if (outer != NULL && *outer != '\0')
		prov_w_name(&w, "parent", outer);
	prov_w_program(&w, s, "rap-audit", RAP_VERSION);
	prov_w_argv(&w, (int)command->n, (char **)command->item);
	prov_w_cwd(&w);
	prov_w_time(&w, "t0", prov_now());
	json_w_end(&w);
	rc = prov_append_object(s, &text, e);
	buf_free(&text);
	return rc;
}

/* kept: a JSON array of the files that were captured. */
static int
end(struct prov_store *s, const char *id, const struct proc_end *o,
    const struct buf *kept, struct err *e)
{
	struct buf text = {0};
	struct json_w w = {.out = &text};
	int rc;

	json_w_object(&w);
	json_w_member(&w, "type", STR("rap/end/1"));
	json_w_member(&w, "run", str_of(id));
	prov_w_exit(&w, o->code, o->signal);
	prov_w_time(&w, "t1", prov_now());
	if (kept->len > 0) {
		json_w_name(&w, STR("kept"));
		json_w_raw(&w, buf_view(kept));
	}
	json_w_end(&w);
	rc = prov_append_object(s, &text, e);
	buf_free(&text);
	return rc;
}

/* Keep the input files of the run's stages as they were when they were used:
 * a file that has changed since has another digest and is not kept. */
struct capture {
	struct prog *p;
	struct prov_store *s;
	struct json_w kept; /* within an array */
	struct arena arena;
};

static void
capture_file(struct capture *c, const struct json_doc *d, uint32_t file,
    struct str cwd)
{
	struct str path = prov_get_text(d, file, "path", &c->arena);
	struct str hex = prov_get_text(d, file, "sha256", &c->arena);
	struct buf name = {0};
	struct err why;
	uint8_t digest[HASH_LEN];
	int fd, rc;

	if (path.len == 0 || hash_unhex(digest, hex.p, hex.len) != 0)
		return;
	if (path.p[0] != '/' && cwd.len > 0)
		buf_printf(&name, "%.*s/", (int)cwd.len, cwd.p);
	buf_str(&name, path);
	fd = io_open(buf_cstr(&name), &why);
	rc = fd < 0 ? -1 : prov_object_copy(c->s, fd, digest, &why);
	if (fd > 2)
		io_close_quiet(fd);
	if (rc != 0) {
		err_source(&why, buf_cstr(&name));
		err_hint(&why, "not captured");
		prog_warn(c->p, &why);
	} else {
		json_w_object(&c->kept);
		json_w_member(&c->kept, "path", path);
		json_w_member(&c->kept, "sha256", hex);
		json_w_end(&c->kept);
	}
	buf_free(&name);
}

static int
capture(struct prog *p, struct prov_store *s, const char *id,
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

		if (!prov_is(d, "rap/stage/1") || files == JSON_NONE)
			continue;
		for (uint32_t f = files + 1; f < d->nodes[files].next;
		     f = d->nodes[f].next) {
			if (str_eq(prov_get_text(d, f, "role", &c.arena),
				STR("input")))
				capture_file(&c, d, f, cwd);
		}
	}
	json_w_end(&c.kept);
	prov_run_free(&run);
	arena_free(&c.arena);
	return rc;
}

/* The child's environment: where to record, and under which run. */
static int
set_environment(struct prov_store *s, const char *id, struct err *e)
{
	struct buf dir = {0};
	int rc = file_absolute(prov_dir(s), &dir, e);

	if (rc == 0 && (setenv("RAP_STORE", buf_cstr(&dir), 1) != 0 ||
	    setenv("RAP_RUN", id, 1) != 0))
		rc = err_sys(e, errno, ERR_OS, "os.memory",
		    "cannot set the environment");
	buf_free(&dir);
	return rc;
}

static int
run_command(struct prog *p, struct prov_store *s,
    const struct audit_options *opt, const struct cli_list *command,
    struct err *e)
{
	const struct proc_opts here = {.out = -1};
	struct proc_end o = {0};
	struct buf kept = {0};
	char id[PROV_UUID + 1];
	struct err why;
	int rc = prov_uuid7(id, e);

	if (rc == 0)
		rc = begin(s, id, opt->name, command, e);
	if (rc == 0)
		rc = set_environment(s, id, e);
	if (rc != 0)
		return -1;
	if (prov_warning(s) != NULL)
		prog_warn(p, prov_warning(s));
	if (proc_run((char **)command->item, &here, &o, &why) != 0)
		prog_diag(p, &why);
	if (opt->capture)
		rc = capture(p, s, id, &kept, e);
	if (rc == 0)
		rc = end(s, id, &o, &kept, e);
	buf_free(&kept);
	p->exit_code = o.code;
	p->signal_seen = o.signal;
	return rc;
}

int
verb_run(struct prog *p, const struct audit_call *c, struct err *e)
{
	struct cli_list command = {0};
	struct prov_store *s;
	int rc;

	if (c->operands.n == 0)
		return err_set(e, ERR_USAGE, "usage.operand",
		    "run needs a command");
	if (p->opt.out != NULL)
		return err_set(e, ERR_USAGE, "usage.option",
		    "run writes no output of its own: no -o");
	s = prov_find(p->opt.store, e);
	if (s == NULL)
		return -1;
	for (size_t i = 0; i < c->operands.n; i++)
		cli_list_add(&command, c->operands.item[i]);
	cli_list_add(&command, NULL); /* argv ends so */
	command.n--;
	rc = run_command(p, s, c->opt, &command, e);
	prov_close(s);
	cli_list_free(&command);
	return rc;
}
