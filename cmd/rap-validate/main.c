/* rap-validate: say what is wrong with records. */
#include "validate.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

static struct {
	const char *schema, *report;
	uint64_t max_errors;
} opt = {.max_errors = 16};

static const struct cli_opt opts[] = {
	{'s', "schema", CLI_TEXT, &opt.schema, "FILE",
	    "JSON Schema (JSON or YAML) the records must fit"},
	{0, "report", CLI_TEXT, &opt.report, "FILE",
	    "write each failing record's errors and a summary"},
	{0, "max-errors-per-record", CLI_COUNT, &opt.max_errors, "N",
	    "list at most so many errors of a record (16)"},
};

struct run {
	struct rules rules;
	struct report report;
};

struct worker {
	struct schema_run *run;
	struct schema_error *errors;
};

static int
worker_open(void *shared, void **worker, struct err *e)
{
	struct run *run = shared;
	struct worker *w = mem_zalloc(sizeof *w);

	(void)e;
	if (run->rules.schema != NULL) {
		w->run = schema_run_new(run->rules.schema);
		w->errors = mem_array((size_t)opt.max_errors,
		    sizeof *w->errors);
	}
	*worker = w;
	return 0;
}

static void
worker_close(void *worker)
{
	struct worker *w = worker;

	schema_run_free(w->run);
	mem_free(w->errors);
	mem_free(w);
}

/* The first error as the diagnostic, all of them for the reject file. */
static enum prog_verdict
invalid(const struct run *run, const struct worker *w, size_t n,
    const struct prog_record *rec, const struct prog_out *out, struct err *e)
{
	const struct schema_error *x = &w->errors[0];
	char msg[sizeof e->msg], at[100];
	struct buf path = {0};

	str_escape(msg, sizeof msg, x->message.p, x->message.len);
	str_escape(at, sizeof at, x->keyword.p, x->keyword.len);
	err_at(e, rec->doc->nodes[x->instance].off, ERR_DATA,
	    "schema.invalid", "%s", msg);
	json_pointer_of(rec->doc, x->instance, &path);
	err_path(e, buf_cstr(&path), path.len);
	buf_free(&path);
	if (n > 1)
		err_hint(e, "schema: %s, and %zu more", at, n - 1);
	else
		err_hint(e, "schema: %s", at);
	report_errors(&run->rules, rec, w->errors, n, out->errors);
	if (run->report.pub.fd >= 0)
		report_note(&run->rules, rec, w->errors, n, out->note);
	return PROG_INVALID;
}

static enum prog_verdict
record(void *shared, void *worker, const struct prog_record *rec,
    const struct prog_out *out, struct err *e)
{
	struct run *run = shared;
	struct worker *w = worker;

	if (w->run != NULL) {
		size_t n;
		int rc = schema_check(run->rules.schema, w->run, rec->doc, 0,
		    w->errors, (size_t)opt.max_errors, &n, e);

		if (rc < 0)
			return PROG_BAD;
		if (rc == 0)
			return invalid(run, w, n, rec, out, e);
	}
	return PROG_PASS;
}

static int
commit(void *shared, const struct buf *note, struct err *e)
{
	struct run *run = shared;

	if (run->report.pub.fd < 0)
		return 0;
	return report_commit(&run->report, note, e);
}

static const struct prog_filter filter = {
	.passes = true,
	.worker_open = worker_open,
	.record = record,
	.commit = commit,
	.worker_close = worker_close,
};

/* Without a schema. */
static const struct prog_filter syntax = {
	.passes = true,
	.syntax_only = true,
};

/* The report must not take the place of a file that is read or written. */
static int
check_report(const struct prog *p, const struct rules *rules, struct err *e)
{
	if (prog_guard(p, opt.report, e) != 0)
		return -1;
	if (file_same(rules->path, opt.report))
		return err_set(e, ERR_USAGE, "io.samefile",
		    "'%s' is both input and report", opt.report);
	return 0;
}

static int
read_options(struct run *run, struct prog *p, struct err *e)
{
	if (opt.max_errors == 0 || opt.max_errors > ERRORS_MAX)
		return err_set(e, ERR_USAGE, "usage.value",
		    "--max-errors-per-record is a number from 1 to %d",
		    ERRORS_MAX);
	if (opt.report != NULL && opt.schema == NULL)
		return err_set(e, ERR_USAGE, "usage.missing",
		    "--report needs a schema (-s)");
	if (opt.schema != NULL &&
	    rules_load(&run->rules, p, opt.schema, e) != 0)
		return -1;
	if (opt.report != NULL && check_report(p, &run->rules, e) != 0)
		return -1;
	if (opt.report != NULL)
		return report_open(&run->report, opt.report, &run->rules, e);
	return 0;
}

static int
validate(struct prog *p, struct err *e)
{
	struct run run = {.report.pub.fd = -1};
	struct err later;
	int rc = read_options(&run, p, e);

	if (rc == 0) {
		rc = prog_records(p,
		    opt.schema != NULL ? &filter : &syntax, &run, NULL, e);
		/* Bad data that ended the run is what a report is for. */
		if (run.report.pub.fd >= 0 && p->signal_seen == 0 &&
		    (rc == 0 || e->code == ERR_DATA) &&
		    report_close(&run.report, &run.rules, &p->counts,
			rc == 0, rc == 0 ? e : &later) != 0)
			rc = -1;
	}
	report_abort(&run.report);
	rules_free(&run.rules);
	return rc;
}

static const struct prog_def def = {
	.name = "rap-validate",
	.synopsis = "[-s SCHEMA] [options] [FILE...]",
	.summary = "check records and pass the good ones on unchanged",
	.examples =
	    "  rap-validate events.ndjson >/dev/null\n"
	    "  rap-validate -s event.yaml --reject bad.ndjson <in >out\n"
	    "  rap-validate -s event.yaml --report report.ndjson in >out\n",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = validate,
};

int
main(int argc, char **argv)
{
	return prog_main(&def, argc, argv);
}
