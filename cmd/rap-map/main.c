#include "base/err.h"
#include "base/mem.h"
#include "mapping.h"
#include "prog/prog.h"

static struct {
	const char *map;
	struct cli_list keep, drop, rename;
	bool canonical, print;
} opt;

static const struct cli_opt opts[] = {
	{'m', "map", CLI_TEXT, &opt.map, "FILE",
	    "the mapping file (rap-map(5)), by path or by name"},
	{0, "keep", CLI_LIST, &opt.keep, "PATH,...",
	    "keep these members only, in this order"},
	{0, "drop", CLI_LIST, &opt.drop, "PATH,...",
	    "leave these members out"},
	{0, "rename", CLI_LIST, &opt.rename, "OLD=NEW,...",
	    "give members other names, where they stand"},
	{0, "canonical", CLI_FLAG, &opt.canonical, NULL,
	    "write each record in canonical form (RFC 8785)"},
	{0, "print", CLI_FLAG, &opt.print, NULL,
	    "check the mapping, print it as a line of JSON, and stop"},
};

static int
load(struct prog *p, struct buf *text, char **name, struct err *e)
{
	bool single = opt.keep.n + opt.drop.n + opt.rename.n != 0;

	if (opt.map != NULL && single)
		return err_set(e, ERR_USAGE, "usage.option",
		    "-m excludes --keep, --drop and --rename");
	if (opt.map != NULL)
		return prog_load(p, "maps", opt.map, text, name, e);
	if (single)
		return mapping_of_options(&opt.keep, &opt.drop, &opt.rename,
		    text, e);
	if (opt.canonical && !opt.print)
		return 0;
	err_set(e, ERR_USAGE, "usage.missing", "nothing to do");
	return err_hint(e, "give -m FILE, --keep, --drop, --rename or "
	    "--canonical");
}

/* As one line of JSON, which is YAML too. */
static int
print(struct prog *p, struct mapping *m, struct err *e)
{
	buf_putc(&m->conf.text, '\n');
	return prog_write(p, m->conf.text.p, m->conf.text.len, e);
}

static int
run_mapping(struct prog *p, const struct buf *text, const char *name,
    struct err *e)
{
	struct mapping m = {0};
	int rc = mapping_load(&m, text->p, text->len, e);

	if (rc != 0) {
		err_source(e, name != NULL ? name : "command line");
	} else {
		mapping_describe(&m, &p->extra);
		rc = opt.print ? print(p, &m, e) :
		    mapping_run(p, &m, opt.canonical, e);
	}
	mapping_free(&m);
	return rc;
}

static int
run(struct prog *p, struct err *e)
{
	struct buf text = {0};
	char *name = NULL;
	int rc = load(p, &text, &name, e);

	if (rc == 0 && text.len == 0 && opt.map == NULL)
		rc = mapping_run(p, NULL, true, e);
	else if (rc == 0)
		rc = run_mapping(p, &text, name, e);
	buf_free(&text);
	mem_free(name);
	return rc;
}

static const struct prog_def def = {
	.name = "rap-map",
	.synopsis = "[-m MAP | --keep P | --drop P | --rename OLD=NEW] "
		    "[options] [FILE...]",
	.summary = "change the shape of NDJSON records",
	.examples =
	    "  rap-map -m nhl game.ndjson          a mapping by its name\n"
	    "  rap-map --keep id,/user/name ev.ndjson\n"
	    "  rap-map --rename speed_kph=speed --drop debug <ev.ndjson\n"
	    "  rap-map --canonical a.ndjson | sha256sum\n",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};

int
main(int argc, char **argv)
{
	return prog_main(&def, argc, argv);
}
