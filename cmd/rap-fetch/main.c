/* rap-fetch: bring records in. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "input.h"
#include "json/path.h"
#include "policy.h"
#include "prog/prog.h"
#include "prog/reject.h"
#include "source.h"

static struct {
	const char *format, *records, *infer, *delimiter, *nulls, *timeout,
	    *connect_timeout, *slow_timeout, *retry_base, *retry_cap, *proxy,
	    *sha256;
	struct cli_list headers;
	uint64_t skip_lines, header_line, retry, jitter_seed;
	size_t max_doc, max_body;
	bool no_header, allow_private, require_length, argv_secret;
} opt = {
    .format = "auto",
    .header_line = UINT64_MAX,
    .connect_timeout = "10s",
    .slow_timeout = "30s",
    .retry = UINT64_MAX,
    .jitter_seed = UINT64_MAX,
    .max_doc = 256 << 20,
    .max_body = 256 << 20,
};

static const struct cli_opt options[] = {
    {'H', "header", CLI_LIST, &opt.headers, "LINE",
	"send 'Name: value'; ${env:NAME}, ${file:PATH} are filled in"},
    {0, "format", CLI_TEXT, &opt.format, "NAME",
	"auto, json, ndjson, csv, tsv, table or lines"},
    {0, "records", CLI_TEXT, &opt.records, "POINTER",
	"where a JSON document holds its records ('': all of it)"},
    {0, "infer", CLI_TEXT, &opt.infer, "safe",
	"cells that are number literals become numbers"},
    {0, "null-values", CLI_TEXT, &opt.nulls, "TEXT[,TEXT...]",
	"cells that are one of these become null ('': empty ones)"},
    {0, "delimiter", CLI_TEXT, &opt.delimiter, "CHAR",
	"between the fields of CSV (default: a comma)"},
    {0, "no-header", CLI_FLAG, &opt.no_header, NULL,
	"the first row is data; columns are c1, c2..."},
    {0, "skip-lines", CLI_COUNT, &opt.skip_lines, "N",
	"lines of CSV, TSV or a table to pass over at the start"},
    {0, "header-line", CLI_COUNT, &opt.header_line, "N",
	"the line of the header, from 1"},
    {0, "max-doc", CLI_SIZE, &opt.max_doc, "SIZE",
	"longest JSON document that is held whole (256MiB)"},
    {0, "max-body", CLI_SIZE, &opt.max_body, "SIZE",
	"longest body from the network, decoded (256MiB)"},
    {0, "sha256", CLI_TEXT, &opt.sha256, "HEX",
	"the source must have this digest"},
    {0, "timeout", CLI_TEXT, &opt.timeout, "TIME",
	"for one URL with all its tries (5m)"},
    {0, "connect-timeout", CLI_TEXT, &opt.connect_timeout, "TIME",
	"for one connection (10s)"},
    {0, "slow-timeout", CLI_TEXT, &opt.slow_timeout, "TIME",
	"less than 10 bytes a second for so long is a timeout (30s)"},
    {0, "retry", CLI_COUNT, &opt.retry, "N",
	"tries after the first one that failed (3)"},
    {0, "retry-base", CLI_TEXT, &opt.retry_base, "TIME",
	"the first wait is below this, each next twice (500ms)"},
    {0, "retry-cap", CLI_TEXT, &opt.retry_cap, "TIME",
	"no wait is above this, but for Retry-After (30s)"},
    {0, "jitter-seed", CLI_COUNT, &opt.jitter_seed, "N",
	"make the waits the same each time"},
    {0, "allow-private", CLI_FLAG, &opt.allow_private, NULL,
	"names and redirects may lead into private networks"},
    {0, "require-length", CLI_FLAG, &opt.require_length, NULL,
	"refuse a body whose end is not marked"},
    {0, "proxy", CLI_TEXT, &opt.proxy, "URL",
	"ask this proxy; the environment is not looked at"},
    {0, "allow-argv-secret", CLI_FLAG, &opt.argv_secret, NULL,
	"let -H carry a secret as it is"},
};

static int
bad_value(struct err *e, const char *value, const char *option)
{
	return err_set(e, ERR_USAGE, "usage.value", "'%s' is no value for %s",
	    value, option);
}

/* A time: the option's, the source's, or the default. */
static int
take_time(const char *text, const char *option, uint64_t from_source,
    uint64_t otherwise, uint64_t *ms, struct err *e)
{
	*ms = from_source != 0 ? from_source : otherwise;
	if (text == NULL)
		return 0;
	return source_duration(str_of(text), ms) == 0 ? 0 :
	    bad_value(e, text, option);
}

/* The options of --format and of rows and cells. */
static int
check_rows(struct err *e)
{
	enum format_kind kind;

	if (format_by_name(opt.format, &kind) != 0) {
		bad_value(e, opt.format, "--format");
		return err_hint(e, "it is auto, json, ndjson, csv, tsv, table "
		    "or lines");
	}
	if (opt.infer != NULL && strcmp(opt.infer, "safe") != 0) {
		bad_value(e, opt.infer, "--infer");
		return err_hint(e, "it is safe, or is not given; rap-map casts "
		    "members to types");
	}
	if (opt.delimiter != NULL && strcmp(opt.delimiter, "\\t") == 0)
		opt.delimiter = "\t";
	if (opt.delimiter != NULL && (strlen(opt.delimiter) != 1 ||
	    strchr("\"\r\n", opt.delimiter[0]) != NULL)) {
		bad_value(e, opt.delimiter, "--delimiter");
		return err_hint(e, "it is one byte, \\t for a tab; fields with "
		    "runs of blanks between are --format table");
	}
	if (opt.header_line == UINT64_MAX)
		return 0;
	if (opt.header_line == 0) {
		bad_value(e, "0", "--header-line");
		return err_hint(e, "lines count from 1; without a header: "
		    "--no-header");
	}
	if (opt.skip_lines != 0 || opt.no_header)
		return err_set(e, ERR_USAGE, "usage.value", "--header-line "
		    "does not go with --skip-lines or --no-header");
	opt.skip_lines = opt.header_line - 1;
	return 0;
}

static int
check_options(struct prog *p, struct err *e)
{
	uint8_t digest[HASH_LEN];
	struct json_path path = {0};

	if (check_rows(e) != 0)
		return -1;
	if (opt.max_doc > JSON_TEXT_MAX || opt.max_body >= BUF_MAX)
		return err_set(e, ERR_USAGE, "usage.value",
		    "--max-doc and --max-body are below 1GiB");
	if (opt.sha256 != NULL && hash_unhex(digest, opt.sha256,
	    strlen(opt.sha256)) != 0)
		return bad_value(e, opt.sha256, "--sha256");
	if (opt.sha256 != NULL && p->operands.n > 1)
		return err_set(e, ERR_USAGE, "usage.value",
		    "--sha256 goes with one source");
	if (opt.records != NULL) {
		if (json_path_compile(&path, str_of(opt.records), e) != 0) {
			e->code = ERR_USAGE;
			return -1;
		}
		json_path_free(&path);
	}
	return 0;
}

static int
input_options(struct prog *p, const struct source *s, struct input_opts *o,
    struct err *e)
{
	struct format_opts *f = &o->format;
	struct get_opts *g = &o->get;

	*f = (struct format_opts){
	    .kind = s->format,
	    .records = opt.records != NULL ? opt.records : s->records,
	    .delimiter = opt.delimiter != NULL ? opt.delimiter[0] : '\0',
	    .nulls = opt.nulls,
	    .no_header = opt.no_header,
	    .header_line = opt.header_line != UINT64_MAX,
	    .infer = opt.infer != NULL,
	    .skip_lines = opt.skip_lines,
	    .kernel = prog_kernel(p),
	    .max_line = p->opt.max_line,
	    .max_doc = opt.max_doc,
	};
	if (strcmp(opt.format, "auto") != 0)
		(void)format_by_name(opt.format, &f->kind);
	if (take_time(opt.timeout, "--timeout", s->timeout_ms, 300000,
		&g->timeout_ms, e) != 0 ||
	    take_time(opt.connect_timeout, "--connect-timeout", 0, 0,
		&g->connect_ms, e) != 0 ||
	    take_time(opt.slow_timeout, "--slow-timeout", 0, 0, &g->slow_ms,
		e) != 0 ||
	    take_time(opt.retry_base, "--retry-base", s->base_ms, 500,
		&g->base_ms, e) != 0 ||
	    take_time(opt.retry_cap, "--retry-cap", s->cap_ms, 30000,
		&g->cap_ms, e) != 0)
		return -1;
	g->retries = opt.retry != UINT64_MAX ? opt.retry :
	    s->has_retries ? s->retries : 3;
	g->max_body = opt.max_body;
	g->allow_private = opt.allow_private;
	g->require_length = opt.require_length;
	g->proxy = opt.proxy;
	g->stop = o->stop;
	o->sha256 = opt.sha256;
	return 0;
}

/* The headers of one source, filled in; the texts are in *arena. */
static int
take_headers(const struct source *s, struct get_opts *g, struct arena *arena,
    struct err *e)
{
	size_t n = s->headers.n + opt.headers.n;
	const char **to = arena_array(arena, n + 1, sizeof *to);
	struct buf line = {0};
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		bool own = i >= s->headers.n;
		const char *text = own ? opt.headers.item[i - s->headers.n] :
		    s->headers.item[i];

		buf_clear(&line);
		/* What a file holds is not in the process list. */
		rc = policy_header(text, !own || opt.argv_secret, &line, e);
		to[i] = arena_str(arena, buf_view(&line)).p;
	}
	buf_free(&line);
	g->headers = to;
	g->nheaders = n;
	return rc;
}

static uint64_t
seed(void)
{
	struct timespec t;

	if (opt.jitter_seed != UINT64_MAX)
		return opt.jitter_seed;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_nsec ^ (uint64_t)t.tv_sec << 30 ^
	    (uint64_t)getpid() << 48;
}

static int
fetch_all(struct prog *p, const struct source_list *list,
    struct input_opts *o, struct err *e)
{
	for (size_t i = 0; i < list->n && *o->stop == 0; i++) {
		const struct source *s = &list->item[i];
		struct arena arena = {0};
		int rc = input_options(p, s, o, e);

		if (rc == 0 && s->url)
			rc = take_headers(s, &o->get, &arena, e);
		if (rc == 0)
			rc = input_fetch(p, s, o, e);
		arena_free(&arena);
		if (rc != 0)
			return -1;
	}
	return prog_reject_end(p, e);
}

static int
run(struct prog *p, struct err *e)
{
	struct source_list list = {0};
	struct input_opts o = {0};
	int rc;

	/* The stage begins before the first byte is read. */
	if (check_options(p, e) != 0 || prog_write(p, "", 0, e) != 0)
		return -1;
	o.stop = engine_catch(&o.wake, e);
	if (o.stop == NULL)
		return -1;
	o.get.seed = seed();
	rc = source_plan(p, &list, e);
	if (rc == 0)
		rc = fetch_all(p, &list, &o, e);
	source_list_free(&list);
	cli_list_free(&opt.headers);
	return rc;
}

static const struct prog_def def = {
    .name = "rap-fetch",
    .synopsis = "[options] [SOURCE [NAME=VALUE...]...]",
    .summary = "bring records in: URL, file, stdin or source file to NDJSON",
    .examples =
	"  rap-fetch games.json\n"
	"  rap-fetch --records /plays 2024021015.json\n"
	"  rap-fetch --header-line 5 --infer safe comments.csv\n"
	"  rap-fetch --format table --null-values NaN stars.txt\n"
	"  rap-fetch openf1 session=9158 driver=1\n"
	"  rap-fetch -H 'Authorization: Bearer ${env:TOKEN}' https://host/x\n",
    .opts = options,
    .nopts = ARRAY_LEN(options),
    .run = run,
};

int
main(int argc, char **argv)
{
	return prog_main(&def, argc, argv);
}
