#include "base/err.h"
#include "base/mem.h"
#include "check.h"
#include "mapping.h"
#include "prog/prog.h"
#include "reconcile.h"

static struct {
	const char *map;
	struct map_options o;
	struct recon_args r;
	const char *in, *out; /* schemas for --check */
	bool canonical, print, check;
} opt;

static const struct cli_opt opts[] = {
	{'m', "map", CLI_TEXT, &opt.map, "FILE",
	    "the mapping file (rap-map(5)), by path or by name"},
	{0, "keep", CLI_LIST, &opt.o.keep, "PATH,...",
	    "keep these members only, in this order"},
	{0, "drop", CLI_LIST, &opt.o.drop, "PATH,...",
	    "leave these members out"},
	{0, "rename", CLI_LIST, &opt.o.rename, "OLD=NEW,...",
	    "give members other names, where they stand"},
	{'e', "expr", CLI_LIST, &opt.o.assign, "PATH=EXPR",
	    "set a member to a CEL expression over the record"},
	{0, "where", CLI_TEXT, &opt.o.where, "EXPR",
	    "keep the records for which the CEL expression is true"},
	{0, "canonical", CLI_FLAG, &opt.canonical, NULL,
	    "write each record in canonical form (RFC 8785)"},
	{0, "print", CLI_FLAG, &opt.print, NULL,
	    "check the mapping, print it as a line of JSON, and stop"},
	{0, "check", CLI_FLAG, &opt.check, NULL,
	    "check the mapping against --in and --out, and stop"},
	{0, "in", CLI_TEXT, &opt.in, "SCHEMA",
	    "with --check: what the records are before"},
	{0, "out", CLI_TEXT, &opt.out, "SCHEMA",
	    "with --check: what they are to be"},
	{0, "reconcile", CLI_TEXT, &opt.r.target, "TARGET",
	    "rename members to what they are in TARGET; - is the mapping"},
	{0, "accept", CLI_TEXT, &opt.r.accept, "P",
	    "use a match of at least this confidence (0.85)"},
	{0, "review", CLI_TEXT, &opt.r.review, "P",
	    "keep one of at least this for a person (0.45)"},
	{0, "decisions", CLI_TEXT, &opt.r.decisions, "FILE",
	    "what people decided about matches"},
	{0, "drift", CLI_TEXT, &opt.r.drift, "FILE",
	    "write what was new, renamed, vanished or changed its type"},
	{0, "lexicon", CLI_LIST, &opt.r.lexicon, "FILE",
	    "more words for the matching"},
	{0, "propose", CLI_FLAG, &opt.r.propose, NULL,
	    "with --reconcile: write matches and why, not records"},
	{0, "sample", CLI_COUNT, &opt.r.sample, "N",
	    "with --propose: look at the first N records only"},
	{0, "decide", CLI_FLAG, &opt.r.decide, NULL,
	    "ask about proposals, append answers to --decisions"},
	{0, "by", CLI_TEXT, &opt.r.by, "NAME",
	    "with --decide: who answers ($USER)"},
	{0, "at", CLI_TEXT, &opt.r.at, "TIME",
	    "with --decide: when (now)"},
	{0, "evaluate", CLI_TEXT, &opt.r.evaluate, "GOLD",
	    "measure the matching on labelled tables or proposals"},
};

/* Are there options that mean a mapping? */
static bool
has_options(void)
{
	return opt.o.keep.n + opt.o.drop.n + opt.o.rename.n +
	    opt.o.assign.n != 0 || opt.o.where != NULL;
}

static int
load(struct prog *p, struct buf *text, char **name, struct err *e)
{
	if ((opt.in != NULL || opt.out != NULL) && !opt.check)
		return err_set(e, ERR_USAGE, "usage.option",
		    "--in and --out go with --check");
	if (opt.map != NULL && has_options()) {
		err_set(e, ERR_USAGE, "usage.option",
		    "-m excludes the options that say what a mapping does");
		return err_hint(e, "a mapping has steps, and a pipe two ends");
	}
	if (opt.map != NULL)
		return prog_load(p, "maps", opt.map, text, name, e);
	opt.o.reconcile = &opt.r;
	if (has_options() || (opt.print && recon_wanted(&opt.r)))
		return mapping_of_options(&opt.o, text, e);
	if ((opt.canonical || recon_wanted(&opt.r)) && !opt.print &&
	    !opt.check)
		return 0;
	if (recon_configure(&opt.r, NULL, NULL, e) != 0)
		return -1;
	err_set(e, ERR_USAGE, "usage.missing", "nothing to do");
	return err_hint(e, "give -m FILE, -e, --where, --keep, --drop, "
	    "--rename or --canonical");
}

/* As one line of JSON, which is YAML too. */
static int
print(struct prog *p, struct chain *c, struct err *e)
{
	struct buf *text = &c->first->conf.text;

	buf_putc(text, '\n');
	return prog_write(p, text->p, text->len, e);
}

/* The records through what there is; c may be NULL. */
static int
run_records(struct prog *p, const struct chain *c, struct err *e)
{
	struct recon_step *before = NULL;
	int rc;

	if (opt.r.propose)
		return recon_run(p, &opt.r, c, e);
	if (opt.r.target != NULL) {
		before = recon_step_new(p, &opt.r, c, e);
		if (before == NULL)
			return -1;
	}
	rc = chain_run(p, c, before, opt.canonical, e);
	if (rc == 0 && before != NULL)
		rc = recon_step_end(before, e);
	if (c != NULL || before != NULL)
		chain_describe(c, before, &p->extra);
	recon_step_free(before);
	return rc;
}

static int
run_mapping(struct prog *p, const struct buf *text, const char *name,
    struct err *e)
{
	struct chain *c = mem_zalloc(sizeof *c);
	struct check_ends ends = {opt.in, opt.out, false};
	int rc = chain_load(c, p, text, name, e);

	if (rc == 0)
		rc = recon_configure(&opt.r, c, &c->mem, e);
	ends.reconciled = opt.r.target != NULL;
	if (rc == 0)
		rc = opt.check ? check_run(p, c, &ends, e) :
		    opt.print ? print(p, c, e) : run_records(p, c, e);
	chain_free(c);
	mem_free(c);
	return rc;
}

/* Verbs map nothing. */
static int
run_verb(struct prog *p, struct err *e)
{
	if (opt.map == NULL && !has_options() && !opt.canonical)
		return recon_run(p, &opt.r, NULL, e);
	return err_set(e, ERR_USAGE, "usage.option",
	    "--%s goes with no mapping",
	    opt.r.decide ? "decide" : "evaluate");
}

static int
run(struct prog *p, struct err *e)
{
	struct buf text = {0};
	char *name = NULL;
	int rc;

	if (recon_is_verb(&opt.r))
		return run_verb(p, e);
	rc = load(p, &text, &name, e);
	if (rc == 0 && text.len == 0 && opt.map == NULL) {
		rc = recon_configure(&opt.r, NULL, NULL, e);
		if (rc == 0)
			rc = run_records(p, NULL, e);
	} else if (rc == 0) {
		rc = run_mapping(p, &text, name, e);
	}
	buf_free(&text);
	mem_free(name);
	return rc;
}

static const struct prog_def def = {
	.name = "rap-map",
	.synopsis = "[-m MAP | -e PATH=EXPR | --keep P ...] [options] "
		    "[FILE...]",
	.summary = "change the shape of NDJSON records",
	.examples =
	    "  rap-map -m nhl game.ndjson          a mapping by its name\n"
	    "  rap-map -e '/total = price * double(qty)' --where 'qty > 0'\n"
	    "  rap-map --keep id,/user/name ev.ndjson\n"
	    "  rap-map --rename speed_kph=speed --drop debug <ev.ndjson\n"
	    "  rap-map --canonical a.ndjson | sha256sum\n"
	    "  rap-map --reconcile vitals.json --drift d.ndjson <ge.ndjson\n"
	    "  rap-map -m nhl --reconcile - game.ndjson   by like names, too\n",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};

int
main(int argc, char **argv)
{
	return prog_main(&def, argc, argv);
}
