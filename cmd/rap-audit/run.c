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

/* The child's environment: where to record, and under which run. */
static int
set_environment(struct prov_store *s, const char *id, bool captures,
    struct err *e)
{
	struct buf dir = {0};
	int rc = file_absolute(prov_dir(s), &dir, e);

	if (rc == 0 && (setenv("RAP_STORE", buf_cstr(&dir), 1) != 0 ||
	    setenv("RAP_RUN", id, 1) != 0 ||
	    setenv("RAP_CAPTURE", captures ? "1" : "0", 1) != 0))
		rc = err_sys(e, errno, ERR_OS, "os.memory",
		    "cannot set the environment");
	buf_free(&dir);
	return rc;
}

/* A pipeline of a shell has the status of its last command: a stage before it
 * that failed would go unseen. */
struct stages {
	struct prog *p;
	const char *id;
	const struct proc_end *end; /* of the command */
	struct arena arena;
};

static int
warn_stage(void *arg, uint64_t seq, struct str line, const struct json_doc *d,
    struct err *e)
{
	struct stages *s = arg;
	struct buf text = {0};
	struct str name;
	struct err why;

	(void)seq, (void)line, (void)e;
	if (audit_failed(d) &&
	    str_eq(prov_get_text(d, 0, "run", &s->arena), str_of(s->id))) {
		uint32_t x = prov_get_object(d, 0, "exit");

		name = prov_get_text(d, 0, "stage", &s->arena);
		audit_put_safe(&text, name);
		if (prov_get_int(d, x, "signal") != 0)
			buf_printf(&text, " was ended by signal %lld",
			    (long long)prov_get_int(d, x, "signal"));
		else
			buf_printf(&text, " ended with %lld",
			    (long long)prov_get_int(d, x, "code"));
		err_set(&why, ERR_OK, "run.stage", "stage %s",
		    buf_cstr(&text));
		if (s->end->code == 0 && s->end->signal == 0)
			err_hint(&why, "set -o pipefail makes a pipeline "
			    "fail with it");
		/* The command that ended so itself has said why. */
		if (prov_get_int(d, x, "code") != s->end->code ||
		    prov_get_int(d, x, "signal") != s->end->signal)
			prog_warn(s->p, &why);
		buf_free(&text);
	}
	arena_reset(&s->arena);
	return 0;
}

static int
warn_stages(struct prog *p, struct prov_store *s, const char *id,
    const struct proc_end *end, struct err *e)
{
	struct stages all = {.p = p, .id = id, .end = end};
	struct prov_walk walk = {.each = warn_stage, .arg = &all};
	int rc = p->opt.quiet ? 0 : prov_walk(s, &walk, e);

	arena_free(&all.arena);
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
		rc = set_environment(s, id, opt->capture, e);
	if (rc != 0)
		return -1;
	if (prov_warning(s) != NULL)
		prog_warn(p, prov_warning(s));
	if (proc_run((char **)command->item, &here, &o, &why) != 0)
		prog_diag(p, &why);
	if (opt->capture)
		rc = audit_capture(p, s, id, &kept, e);
	if (rc == 0)
		rc = end(s, id, &o, &kept, e);
	if (rc == 0)
		rc = warn_stages(p, s, id, &o, e);
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
