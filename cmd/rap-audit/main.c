#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "base/file.h"
#include "base/mem.h"

static const struct audit_verb verbs[] = {
    {"init", "[DIR]", "make a store (.rap)", verb_init},
    {"run", "[--name NAME] [--capture] [--] COMMAND [ARG...]",
	"run a command and record it and the stages in it", verb_run},
    {"tap", "NAME", "copy stdin to stdout and record what passed", verb_tap},
    {"log", "[--json]", "list the records", verb_log},
    {"show", "[RUN]", "tell of one run: its stages, files, edges",
	verb_show},
    {"verify", "[DIR]", "recompute everything the store promises",
	verb_verify},
    {"export", "--format audit [-o FILE] [RUN]",
	"write a run in another format", verb_export},
};

static const struct audit_verb *
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
audit_parse(struct prog *p, const struct audit_words *w, int argc,
    char **argv, struct cli_list *operands, struct err *e)
{
	struct prog_opts *o = &p->opt;
	const struct cli_opt shared[] = {
	    {0, "store", CLI_TEXT, &o->store, "DIR", "the store"},
	    {'o', "output", CLI_TEXT, &o->out, "FILE", "output file"},
	    {'q', "quiet", CLI_FLAG, &o->quiet, NULL, "no warnings"},
	    {'v', "verbose", CLI_FLAG, &o->verbose, NULL, "say more"},
	    {0, "diag", CLI_TEXT, &o->diag, "text|json", "diagnostics"},
	};
	const struct cli_parse_in in = {.own = w->opts,
	    .nown = w->nopts,
	    .shared = shared,
	    .nshared = ARRAY_LEN(shared),
	    .argc = argc,
	    .argv = argv,
	    .stop_at_operand = w->stop};

	if (cli_parse(&in, operands, e) != 0)
		return -1;
	if (!w->stop && operands->n > w->max)
		return err_set(e, ERR_USAGE, "usage.operand",
		    "%s takes no '%s'", argv[0], operands->item[w->max]);
	return 0;
}

/* The nearest .rap from here upwards, or NULL. */
static char *
look_upwards(void)
{
	struct err ignored;
	struct buf here = {0}, path = {0};
	char *found = NULL;

	if (file_absolute(".", &here, &ignored) != 0)
		return NULL;
	for (;;) {
		buf_clear(&path);
		buf_printf(&path, "%.*s/.rap", (int)here.len, here.p);
		if (file_exists(buf_cstr(&path))) {
			found = mem_dupz(path.p, path.len);
			break;
		}
		while (here.len > 0 && here.p[here.len - 1] != '/')
			here.len--;
		if (here.len == 0)
			break;
		here.len--; /* the slash */
	}
	buf_free(&here);
	buf_free(&path);
	return found;
}

struct prov_store *
audit_store(struct prog *p, const char *dir, struct err *e)
{
	struct prov_store *s;
	char *found = NULL;

	if (dir == NULL)
		dir = p->opt.store;
	if (dir == NULL)
		dir = getenv("RAP_STORE");
	if ((dir == NULL || *dir == '\0') && !file_exists(".rap"))
		dir = found = look_upwards();
	s = prov_open(dir != NULL && *dir != '\0' ? dir : ".rap", e);
	mem_free(found);
	return s;
}

int
verb_init(struct prog *p, int argc, char **argv, struct err *e)
{
	const struct audit_words w = {.max = 1};
	struct cli_list dirs = {0};
	const char *dir = ".rap";
	int rc = audit_parse(p, &w, argc, argv, &dirs, e);

	if (p->opt.store != NULL)
		dir = p->opt.store;
	if (dirs.n > 0)
		dir = dirs.item[0];
	if (rc == 0)
		rc = prov_create(dir, e);
	if (rc == 0)
		prog_say(p, "store at %s", dir);
	cli_list_free(&dirs);
	return rc;
}

int
verb_tap(struct prog *p, int argc, char **argv, struct err *e)
{
	const struct audit_words w = {.max = 1};
	struct cli_list names = {0};
	int rc = audit_parse(p, &w, argc, argv, &names, e);

	if (rc == 0 && names.n == 0) {
		rc = err_set(e, ERR_USAGE, "usage.operand",
		    "a tap needs a name");
		err_hint(e, "for example rap-audit tap raw");
	}
	if (rc == 0) {
		p->no_stage = false;
		p->opt.stage = names.item[0];
		rc = prog_pass(p, e);
	}
	cli_list_free(&names);
	return rc;
}

static int
run_verb(struct prog *p, struct err *e)
{
	const char *name = p->operands.n > 0 ? p->operands.item[0] : NULL;
	const struct audit_verb *v = name != NULL ? find_verb(name) : NULL;
	char **argv;
	int rc;

	if (v == NULL)
		return no_verb(name, e);
	p->no_stage = true; /* tap is the one stage among them */
	argv = mem_array(p->operands.n + 1, sizeof *argv);
	for (size_t i = 0; i < p->operands.n; i++)
		argv[i] = (char *)p->operands.item[i];
	rc = v->run(p, (int)p->operands.n, argv, e);
	mem_free(argv);
	return rc;
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
    .run = run_verb,
    .raw = true,
    .verbs = true,
};

int
main(int argc, char **argv)
{
	return prog_main(&def, argc, argv);
}
