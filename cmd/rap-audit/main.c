#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "base/file.h"
#include "base/mem.h"
#include "prog/store.h"

static struct audit_options opt;

static const struct cli_opt opts[] = {
    {0, "name", CLI_TEXT, &opt.name, "NAME", "run: what the run is"},
    {0, "capture", CLI_FLAG, &opt.capture, NULL,
	"run: keep the input files in the store"},
    {0, "json", CLI_FLAG, &opt.json, NULL, "log: the records as they are"},
    {0, "format", CLI_TEXT, &opt.format, "audit", "export: what to write"},
};

static const struct verb {
	const char *name;
	size_t max;	    /* operands */
	bool command;	    /* options end at the first operand */
	const char *own[2]; /* of the options above */
	int (*run)(struct prog *p, const struct audit_call *c, struct err *e);
} verbs[] = {
    {"init", 1, false, {0}, verb_init},
    {"run", SIZE_MAX, true, {"name", "capture"}, verb_run},
    {"tap", 1, false, {0}, verb_tap},
    {"log", 0, false, {"json"}, verb_log},
    {"show", 1, false, {0}, verb_show},
    {"verify", 1, false, {0}, verb_verify},
    {"export", 1, false, {"format"}, verb_export},
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	}
	return NULL;
}

static int
no_verb(const char *name, struct err *e)
{
	const char *names[ARRAY_LEN(verbs)], *near = NULL;

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		names[i] = verbs[i].name;
	if (name == NULL)
		err_set(e, ERR_USAGE, "usage.verb", "what is to be done?");
	else {
		err_set(e, ERR_USAGE, "usage.verb", "unknown command '%s'",
		    name);
		near = str_near(str_of(name), names, ARRAY_LEN(verbs));
	}
	if (near != NULL)
		return err_hint(e, "did you mean '%s'?", near);
	return err_hint(e, "init, run, tap, log, show, verify or export");
}

int
verb_init(struct prog *p, const struct audit_call *c, struct err *e)
{
	const char *dir = p->opt.store != NULL ? p->opt.store : ".rap";

	if (c->operands.n > 0)
		dir = c->operands.item[0];
	if (prov_create(dir, e) != 0)
		return -1;
	prog_say(p, "store at %s", dir);
	return 0;
}

int
verb_tap(struct prog *p, const struct audit_call *c, struct err *e)
{
	if (c->operands.n == 0) {
		err_set(e, ERR_USAGE, "usage.operand", "a tap needs a name");
		return err_hint(e, "for example rap-audit tap raw");
	}
	p->no_stage = false;
	if (!prog_has_store(p)) {
		char *found = prov_look_upwards();

		if (found != NULL)
			prog_store_at(p, found);
		mem_free(found);
	}
	p->opt.stage = c->operands.item[0];
	return prog_pass(p, e);
}

static bool
takes(const struct verb *v, const char *option)
{
	return (v->own[0] != NULL && strcmp(v->own[0], option) == 0) ||
	    (v->own[1] != NULL && strcmp(v->own[1], option) == 0);
}

/* Nothing that was asked for is left out in silence. */
static int
check_words(const struct verb *v, const struct audit_call *c, struct err *e)
{
	const struct {
		bool given;
		const char *name;
	} own[] = {{opt.name != NULL, "name"}, {opt.capture, "capture"},
	    {opt.json, "json"}, {opt.format != NULL, "format"}};

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		if (own[i].given && !takes(v, own[i].name))
			return err_set(e, ERR_USAGE, "usage.option",
			    "%s takes no --%s", v->name, own[i].name);
	}
	if (c->operands.n > v->max)
		return err_set(e, ERR_USAGE, "usage.operand",
		    "%s takes no '%s'", v->name, c->operands.item[v->max]);
	return 0;
}

static int
run_verb(struct prog *p, struct err *e)
{
	const char *name = p->operands.n > 0 ? p->operands.item[0] : NULL;
	const struct verb *v = name != NULL ? find_verb(name) : NULL;
	struct audit_call c = {.opt = &opt};
	int rc;

	if (v == NULL)
		return no_verb(name, e);
	p->no_stage = true; /* tap is the one stage among them */
	rc = prog_verb_options(p, (int)p->operands.n,
	    (char **)p->operands.item, v->command, &c.operands, e);
	if (rc == 0) {
		rc = check_words(v, &c, e);
		if (rc == 0)
			rc = v->run(p, &c, e);
	}
	cli_list_free(&c.operands);
	return rc < 0 ? -1 : 0;
}

static const struct prog_def def = {
    .name = "rap-audit",
    .synopsis = "[options] init|run|tap|log|show|verify|export [...]",
    .summary = "keep the evidence of runs, and check it",
    .examples = "rap-audit init\n"
		"rap-audit run --name monthly -- make report\n"
		"curl -s URL | rap-audit tap raw | rap-map -m m.yaml\n"
		"rap-audit show last\n"
		"rap-audit verify\n"
		"rap-audit export --format audit -o audit.json last\n",
    .opts = opts,
    .nopts = ARRAY_LEN(opts),
    .run = run_verb,
    .raw = true,
    .verbs = true,
};

int
main(int argc, char **argv)
{
	return prog_main(&def, argc, argv);
}
