/* rap-agg: reduce records to a row for each group. */
#include <string.h>

#include "table.h"

#include "base/err.h"
#include "base/mem.h"
#include "prog/prog.h"
#include "prog/record.h"
#include "term.h"

static struct {
	struct cli_list keys;
	const char *missing, *format;
	uint64_t max_groups;
	size_t memory;
} opt = {
	.missing = "group",
	.format = "ndjson",
	.max_groups = 1000000,
	.memory = (size_t)1 << 30,
};

static const struct cli_opt opts[] = {
	{'g', "group", CLI_LIST, &opt.keys, "KEY[,KEY...]",
	    "group by paths or, as NAME=EXPR, expressions"},
	{'O', "output-format", CLI_TEXT, &opt.format, "NAME",
	    "write rows as ndjson (default), csv or tsv"},
	{0, "missing", CLI_TEXT, &opt.missing, "WHAT",
	    "without a key: group (default), skip or reject"},
	{0, "max-groups", CLI_COUNT, &opt.max_groups, "N",
	    "refuse more groups (1000000)"},
	{0, "memory", CLI_SIZE, &opt.memory, "SIZE",
	    "refuse groups that take more (1GiB)"},
};

struct run {
	struct prog *prog;
	struct agg_spec spec;
	struct agg_table total;
	bool *seen; /* for each term */
	uint64_t records;
};

static int
worker_open(void *shared, void **worker, struct err *e)
{
	struct run *run = shared;

	(void)e;
	*worker = agg_worker_new(&run->spec);
	return 0;
}

static enum prog_verdict
record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	(void)shared;
	(void)out;
	return (enum prog_verdict)agg_record(worker, rec, e);
}

static int
worker_merge(void *shared, void *worker, struct err *e)
{
	struct run *run = shared;

	agg_worker_seen(worker, run->seen, &run->records);
	return agg_table_merge(&run->total, agg_worker_table(worker),
	    &run->spec, e);
}

/* A path that no record had is most likely misspelled. */
static void
warn_unseen(const struct run *run)
{
	for (size_t i = 0; i < run->spec.nterms && run->records != 0; i++) {
		const struct agg_term *t = &run->spec.terms[i];
		struct err w;

		if (t->x != NULL || run->seen[i])
			continue;
		err_set(&w, ERR_OK, "agg.unseen", "no record has this member");
		err_path(&w, t->path.text.p, t->path.text.len);
		prog_warn(run->prog, &w);
	}
}

static int
finish(void *shared, struct buf *out, uint64_t *written, struct err *e)
{
	struct run *run = shared;

	warn_unseen(run);
	/* Without keys there is one group, of no record if need be. */
	if (run->spec.nkeys == 0 && run->total.n == 0 &&
	    agg_table_group(&run->total, &run->spec, AGG_ALL, e) == AGG_NONE)
		return -1;
	return agg_output(&run->total, &run->spec, out, written, e);
}

static void
worker_close(void *worker)
{
	agg_worker_free(worker);
}

static const struct prog_filter filter = {
	.needs_object = true,
	.worker_open = worker_open,
	.record = record,
	.worker_merge = worker_merge,
	.finish = finish,
	.worker_close = worker_close,
};

/* The index of word in words[0..n), which are named in the error. */
static int
choose(const char *option, const char *word, const char *const *words,
    size_t n, struct err *e)
{
	const char *near;
	char show[80];

	for (size_t i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return (int)i;
	near = str_near(str_of(word), words, n);
	str_escape(show, sizeof show, word, strlen(word));
	err_set(e, ERR_USAGE, "usage.value", "%s cannot be '%s'", option,
	    show);
	return near != NULL ? err_hint(e, "did you mean '%s'?", near) :
			      err_hint(e, "it is one of %s, %s, %s", words[0],
				  words[1], words[2]);
}

static int
read_options(struct agg_spec *s, struct err *e)
{
	/* ORDER agg_missing, agg_format */
	static const char *const missing[] = {"group", "skip", "reject"};
	static const char *const formats[] = {"ndjson", "csv", "tsv"};
	int m = choose("--missing", opt.missing, missing, 3, e), f;

	if (m < 0)
		return -1;
	f = choose("-O", opt.format, formats, 3, e);
	if (f < 0)
		return -1;
	s->missing = (enum agg_missing)m;
	s->format = (enum agg_format)f;
	s->max_groups = opt.max_groups;
	s->max_bytes = opt.memory;
	return 0;
}

static int
run_agg(struct prog *p, struct err *e)
{
	struct cli_list items = {0}, files = {0};
	struct run run = {.prog = p};
	int r = -1;

	for (size_t i = 0; i < p->operands.n; i++)
		cli_list_add(agg_is_item(p->operands.item[i]) ? &items :
								&files,
		    p->operands.item[i]);
	if (items.n == 0) {
		err_set(e, ERR_USAGE, "agg.none", "no aggregate was asked for");
		err_hint(e, "for example rap-agg -g region 'n=count()' "
			    "'total=sum(amount)'");
	} else if (read_options(&run.spec, e) == 0 &&
	    agg_spec_compile(&run.spec, &opt.keys, &items, e) == 0) {
		run.seen = mem_array(run.spec.nterms, sizeof *run.seen);
		r = prog_records(p, &filter, &run, &files, e);
	}
	mem_free(run.seen);
	agg_table_free(&run.total, &run.spec);
	agg_spec_free(&run.spec);
	cli_list_free(&items);
	cli_list_free(&files);
	return r;
}

static const struct prog_def def = {
	.name = "rap-agg",
	.synopsis = "[options] [-g KEY,...] "
	    "'NAME=FUNC(ARG) [where EXPR]'... [FILE...]",
	.summary = "reduce records to a row for each group, exactly",
	.examples =
	    "  rap-agg 'n=count()' 'total=sum(amount)' sales.ndjson\n"
	    "  rap-agg -g region,day=/when/date 'mean=mean(price)' <sales\n"
	    "  rap-agg 'late=count() where due < paid' 'due=sum(net + tax)'\n"
	    "  rap-agg -O csv -g user 'first=min(time)' 'last=max(time)'\n",
	.opts = opts,
	.nopts = sizeof opts / sizeof opts[0],
	.run = run_agg,
};

int
main(int argc, char **argv)
{
	return prog_main(&def, argc, argv);
}
