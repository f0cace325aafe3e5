/* The options all six share, and where their values come from. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "prog/prog_priv.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/json.h"

enum { NOPTS = 19, JOBS_MAX = 256 };

static void
common_table(struct prog_opts *o, struct cli_opt t[NOPTS])
{
	const struct cli_opt rows[NOPTS] = {
	    {'o', "output", CLI_TEXT, &o->out, "FILE",
		"publish the output as FILE, whole or not at all"},
	    {'j', "jobs", CLI_COUNT, &o->jobs, "N",
		"threads (default: the processors available)"},
	    {0, "reject", CLI_TEXT, &o->reject, "FILE",
		"write bad records to FILE and go on"},
	    {0, "max-rejects", CLI_COUNT, &o->limits.rejects, "N",
		"stop after more than N rejects (default 100)"},
	    {0, "max-reject-rate", CLI_TEXT, &o->max_rate, "P%",
		"stop when more than P percent are rejected"},
	    {0, "max-line", CLI_SIZE, &o->max_line, "SIZE",
		"longest line (default 16MiB)"},
	    {0, "stats", CLI_TEXT, &o->stats, "FILE",
		"write the counts as one JSON object"},
	    {0, "config", CLI_TEXT, &o->config, "FILE",
		"options from a YAML file; the command line wins"},
	    {0, "diag", CLI_TEXT, &o->diag, "text|json",
		"form of diagnostics"},
	    {0, "progress", CLI_TEXT, &o->progress, "auto|always|never",
		"a progress line on stderr"},
	    {0, "store", CLI_TEXT, &o->store, "DIR",
		"record this stage in the store DIR ($RAP_STORE)"},
	    {0, "stage", CLI_TEXT, &o->stage, "NAME",
		"name of this stage in the record"},
	    {'q', "quiet", CLI_FLAG, &o->quiet, NULL,
		"no diagnostics for single records"},
	    {'v', "verbose", CLI_FLAG, &o->verbose, NULL,
		"say the counts at the end"},
	    {'h', NULL, CLI_FLAG, &o->help, NULL, "short help with examples"},
	    {0, "help", CLI_FLAG, &o->help_all, NULL, "all options"},
	    {0, "explain", CLI_TEXT, &o->explain, "CODE",
		"explain a diagnostic's code, or list them all: list"},
	    {'V', "version", CLI_FLAG, &o->version, NULL, "the version"},
	    {0},
	};

	memcpy(t, rows, sizeof rows);
}

static uint64_t
processors(void)
{
	cpu_set_t set;
	int n = 1;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		n = CPU_COUNT(&set);
	return n > 0 ? (uint64_t)n : 1;
}

static void
defaults(struct prog_opts *o)
{
	*o = (struct prog_opts){
	    .jobs = processors(),
	    .limits = {.rejects = 100},
	    .max_line = 16 << 20,
	    .max_rate = "100",
	    .diag = "text",
	    .progress = "auto",
	};
}

static int
one_of(const char *value, const char *option, const char *const *words,
    struct err *e)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (strcmp(value, words[i]) == 0)
			return 0;
	err_set(e, ERR_USAGE, "usage.value", "'%s' is no value for %s", value,
	    option);
	return words[2] == NULL ?
	    err_hint(e, "it is %s or %s", words[0], words[1]) :
	    err_hint(e, "it is %s, %s or %s", words[0], words[1], words[2]);
}

static bool
is_dash(const char *name)
{
	return name != NULL && strcmp(name, "-") == 0;
}

/* "0.1%", "5": rejects per million. */
static int
read_rate(const char *text, uint64_t *ppm, struct err *e)
{
	size_t n = strlen(text);
	char *end;
	double v;

	v = strtod(text, &end);
	if (n == 0 || (*end == '%' ? end[1] : *end) != '\0' || !(v >= 0) ||
	    v > 100)
		return err_set(e, ERR_USAGE, "usage.value",
		    "'%s' is no percentage for --max-reject-rate", text);
	*ppm = (uint64_t)(v * 10000 + 0.5);
	return 0;
}

static int
check(struct prog_opts *o, struct err *e)
{
	static const char *const diag[] = {"text", "json", NULL};
	static const char *const progress[] = {"auto", "always", "never",
	    NULL};

	if (one_of(o->diag, "--diag", diag, e) != 0 ||
	    one_of(o->progress, "--progress", progress, e) != 0)
		return -1;
	if (read_rate(o->max_rate, &o->limits.rate_ppm, e) != 0)
		return -1;
	if (is_dash(o->reject) || is_dash(o->stats))
		return err_set(e, ERR_USAGE, "usage.value",
		    "'-' is no file for --reject or --stats");
	if (o->jobs < 1 || o->jobs > JOBS_MAX)
		return err_set(e, ERR_USAGE, "usage.value",
		    "--jobs takes 1 to %d", JOBS_MAX);
	if (o->max_line < ENGINE_OVERLONG || o->max_line > JSON_TEXT_MAX)
		return err_set(e, ERR_USAGE, "usage.value",
		    "--max-line takes 1KiB to 1GiB");
	return 0;
}

/* Words as options of p; the names of those met go to given (or NULL). */
static int
parse_words(struct prog *p, const struct prog_words *words,
    struct cli_list *operands, struct err *e)
{
	struct cli_opt shared[NOPTS];
	struct cli_parse_in in = {
	    .own = p->def->opts,
	    .nown = p->def->nopts,
	    .shared = shared,
	    .nshared = NOPTS - 1,
	    .argc = words->argc,
	    .argv = words->argv,
	    .stop_at_operand = words->stop,
	    .given = words->given,
	};

	common_table(&p->opt, shared);
	return cli_parse(&in, operands, e);
}

int
prog_verb_options(struct prog *p, int argc, char **argv, bool stop,
    struct cli_list *operands, struct err *e)
{
	const struct prog_words words = {.argc = argc, .argv = argv,
	    .stop = stop};
	const char *config = p->opt.config;

	if (parse_words(p, &words, operands, e) != 0)
		return -1;
	if (p->opt.config != config)
		return err_set(e, ERR_USAGE, "usage.option",
		    "--config stands before '%s'", argv[0]);
	if (check(&p->opt, e) != 0 || prog_guard_all(p, e) != 0)
		return -1;
	return prog_info(p, e);
}

int
prog_config_option(struct prog *p, char *word, struct err *e)
{
	char *argv[] = {NULL, word, NULL};
	const struct prog_words words = {.argc = 2, .argv = argv};
	struct cli_list none = {0};
	int rc = parse_words(p, &words, &none, e);

	cli_list_free(&none);
	return rc;
}

int
prog_options(struct prog *p, struct err *e)
{
	struct cli_list given = {0};
	const struct prog_words words = {.argc = p->argc, .argv = p->argv,
	    .stop = p->def->verbs, .given = &given};
	int rc;

	defaults(&p->opt);
	rc = parse_words(p, &words, &p->operands, e);
	if (rc == 0 && p->opt.config != NULL && !p->opt.help &&
	    !p->opt.help_all)
		rc = prog_config(p, p->opt.config, &given, e);
	cli_list_free(&given);
	if (is_dash(p->opt.out))
		p->opt.out = NULL; /* stdout */
	return rc == 0 ? check(&p->opt, e) : rc;
}

/* Lines indented alike, whatever the program has before them. */
static void
put_examples(const char *text, struct buf *out)
{
	while (*text != '\0') {
		size_t n;

		text += strspn(text, " ");
		n = strcspn(text, "\n");
		buf_printf(out, "  %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void
help_text(const struct prog *p, struct buf *out, bool all)
{
	const struct prog_def *d = p->def;
	struct cli_opt shared[NOPTS];
	struct prog_opts unused;

	buf_printf(out, "usage: %s %s\n%s\n", d->name, d->synopsis,
	    d->summary);
	if (!all) {
		buf_puts(out, "\nexamples:\n");
		put_examples(d->examples, out);
		buf_printf(out, "\n--help lists all options, man %s explains "
		    "them\n", d->name);
		return;
	}
	if (d->nopts != 0) {
		buf_printf(out, "\noptions of %s:\n", d->name);
		cli_help(d->opts, d->nopts, out);
	}
	common_table(&unused, shared);
	buf_puts(out, "\noptions all programs share:\n");
	cli_help(shared, NOPTS - 1, out);
}

int
prog_info(struct prog *p, struct err *e)
{
	struct buf out = {0};
	int rc;

	if (p->opt.help || p->opt.help_all)
		help_text(p, &out, p->opt.help_all);
	else if (p->opt.version)
		buf_printf(&out, "%s %s\n", p->def->name, RAP_VERSION);
	else if (p->opt.explain == NULL)
		return 0;
	else if (prog_explain(p->opt.explain, &out, e) != 0)
		return -1;
	rc = io_write(1, out.p, out.len, "stdout", e);
	buf_free(&out);
	return rc == 0 ? 1 : -1;
}
