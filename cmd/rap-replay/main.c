/* rap-replay: do a recorded run again and compare. */
#include <string.h>

#include "replay.h"

static struct {
	bool here, json;
} opt;

static const struct cli_opt opts[] = {
	{0, "here", CLI_FLAG, &opt.here, NULL,
	    "run where the run was, not in a scratch directory"},
	{0, "json", CLI_FLAG, &opt.json, NULL, "the verdict as NDJSON"},
};

/* How many words follow "--" on the command line, or 0 without one. */
static size_t
command_words(const struct prog *p)
{
	for (int i = 1; i < p->argc; i++)
		if (strcmp(p->argv[i], "--") == 0)
			return (size_t)(p->argc - i - 1);
	return 0;
}

/* [verify] [RUN] [-- COMMAND...] */
static int
words(struct replay *r, const char **run, struct err *e)
{
	const struct cli_list *l = &r->p->operands;
	size_t n = l->n - command_words(r->p), at = 0;

	*run = "last";
	if (at < n && strcmp(l->item[at], "verify") == 0)
		at++;
	if (at < n)
		*run = l->item[at++];
	if (at < n) {
		err_set(e, ERR_USAGE, "usage.operand", "what is '%s'?",
		    l->item[at]);
		return err_hint(e, "a command follows --");
	}
	if (n < l->n)
		r->command = (char *const *)l->item + n;
	return 0;
}

/* Why there is nothing to compare. */
static int
no_stages(const struct replay *r, struct err *e)
{
	const struct json_doc *end = NULL;
	size_t begun = 0;

	for (size_t i = 0; i < r->run.n; i++) {
		const struct json_doc *d = &r->run.rec[i].doc;

		begun += prov_is(d, "rap/begin/1");
		if (prov_is(d, "rap/end/1"))
			end = d;
	}
	err_set(e, ERR_NOINPUT, "replay.nothing",
	    "run %s has no recorded stage: there is nothing to compare",
	    r->run.id);
	if (begun > 0)
		return err_hint(e, "%zu %s began and did not end: at work, "
		    "or killed", begun, begun == 1 ? "stage" : "stages");
	if (end == NULL)
		return err_hint(e, "it has not ended: it is at work, or was "
		    "killed");
	if (prov_get_int(end, prov_get_object(end, 0, "exit"), "code") == 127)
		return err_hint(e, "its command was not found");
	return err_hint(e, "put rap-audit tap between its commands");
}

static int
needs_stages(const struct replay *r, struct err *e)
{
	if (!prov_is(&r->run.rec[0].doc, "rap/run/1"))
		return err_set(e, ERR_USAGE, "usage.operand",
		    "'%s' is no run that can be done again", r->run.id);
	for (size_t i = 0; i < r->run.n; i++)
		if (prov_is(&r->run.rec[i].doc, "rap/stage/1"))
			return 0;
	return no_stages(r, e);
}

static int
replay(struct prog *p, struct err *e)
{
	struct replay r = {.p = p, .here = opt.here};
	const char *run;
	int rc;

	p->no_stage = true;
	cli_list_add(&p->operands, NULL); /* argv ends so */
	p->operands.n--;
	rc = words(&r, &run, e);
	if (rc == 0 && (r.store = prov_find(p->opt.store, e)) == NULL)
		rc = -1;
	if (rc == 0)
		rc = prov_run_collect(r.store, run, &r.run, e);
	if (rc == 0)
		rc = needs_stages(&r, e);
	if (rc == 0)
		rc = replay_inputs(&r, e);
	if (rc == 0)
		rc = replay_execute(&r, e);
	if (rc == 0)
		rc = replay_compare(&r, opt.json, e);
	replay_clean(&r);
	return rc;
}

static const struct prog_def def = {
	.name = "rap-replay",
	.synopsis = "[options] [verify] [RUN] [-- COMMAND [ARG...]]",
	.summary = "do a recorded run again and compare every stream",
	.examples = "  rap-replay verify last\n"
		    "  rap-replay --json 0190b5c2\n"
		    "  rap-replay --here verify last -- make report\n",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = replay,
};

int
main(int argc, char **argv)
{
	return prog_main(&def, argc, argv);
}
