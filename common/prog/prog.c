/* The shared main. */
#include "prog/prog_priv.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json/json.h"
#include "json/scan.h"
#include "prog/store.h"

enum { BLOCK = 256 << 10 };

static size_t
block_size(void)
{
	const char *text = getenv("RAP_BLOCK");
	size_t n;

	/* For tests: the output must not depend on it. */
	if (text == NULL || str_to_size(str_of(text), &n) != 0 || n == 0)
		return BLOCK;
	return n < (size_t)64 << 20 ? n : (size_t)64 << 20;
}

static void
source_done(void *arg, const struct engine_source *s)
{
	struct prog *p = arg;
	struct prov_file f = {.path = s->name, .role = "input",
	    .bytes = s->bytes, .partial = !s->eof};

	if (strcmp(s->name, "-") == 0)
		return;
	memcpy(f.sha256, s->sha256, sizeof f.sha256);
	prog_note_file(p, &f);
}

static void
alike(void *arg, const char *id, uint64_t n)
{
	prog_more_alike(arg, id, n);
}

static void
engine_options(struct prog *p, const struct cli_list *files,
    struct engine_opts *o)
{
	static const char *const stdin_only[] = {"-"};
	struct prog_state *st = p->state;

	*o = (struct engine_opts){
	    .name = p->def->name,
	    .files = files->n != 0 ? files->item : stdin_only,
	    .nfiles = files->n != 0 ? files->n : 1,
	    .jobs = (unsigned)p->opt.jobs,
	    .block = block_size(),
	    .max_line = p->def->raw ? JSON_TEXT_MAX : p->opt.max_line,
	    .drop_bom = !p->def->raw,
	    .out = st->out,
	    .out_name = p->opt.out != NULL ? p->opt.out : "stdout",
	    .side = st->side,
	    .side_name = p->opt.reject,
	    .limits = p->opt.limits,
	    .keep_going = p->opt.reject != NULL,
	    .arg = p,
	    .alike = alike,
	    .progress = p->opt.quiet ||
		    strcmp(p->opt.progress, "never") == 0
		? 0
		: strcmp(p->opt.progress, "always") == 0 ? 2
							  : 1,
	};
	if (st->begun) {
		o->in_hash = &st->in_hash;
		o->out_hash = &st->out_hash;
		o->side_hash = &st->side_hash;
		o->hash_kernel = st->hash_kernel;
		o->source_done = source_done;
	}
}

/* The law of conservation: nothing is lost silently. */
static int
check_counts(const struct engine_counts *c, struct err *e)
{
	if (c->read == c->passed + c->rejected + c->filtered)
		return 0;
	return err_set(e, ERR_INTERNAL, "prog.counts",
	    "read %llu records, but passed %llu, rejected %llu, filtered %llu",
	    (unsigned long long)c->read, (unsigned long long)c->passed,
	    (unsigned long long)c->rejected, (unsigned long long)c->filtered);
}

int
prog_blocks(struct prog *p, const struct engine_filter *f, void *shared,
    const struct cli_list *files, struct err *e)
{
	struct prog_state *st = p->state;
	struct engine_opts o;

	if (prog_stage_begin(p, e) != 0 || prog_output_open(p, e) != 0)
		return -1;
	engine_options(p, files != NULL ? files : &p->operands, &o);
	st->in_used = st->out_used = true;
	if (engine_run(f, shared, &o, &p->counts, &p->signal_seen, e) != 0)
		return -1;
	return check_counts(&p->counts, e);
}

int
prog_pass(struct prog *p, struct err *e)
{
	struct prog_state *st = p->state;
	struct engine_opts o;

	if (prog_stage_begin(p, e) != 0 || prog_output_open(p, e) != 0)
		return -1;
	engine_options(p, &p->operands, &o);
	st->in_used = st->out_is_in = true;
	return engine_pass(&o, &p->counts, &p->signal_seen, e);
}

static int
status_of(struct prog *p, int rc, const struct err *e)
{
	if (rc != 0)
		return e->code;
	if (p->exit_code != 0)
		return p->exit_code;
	return p->verdict || p->counts.rejected != 0 ? ERR_VERDICT : ERR_OK;
}

/* Later troubles are told, and change a status that was fine so far. */
static int
worse(struct prog *p, int status, int rc, const struct err *e)
{
	if (rc == 0)
		return status;
	prog_diag(p, e);
	return status > ERR_VERDICT ? status : (int)e->code;
}

static void
say_counts(struct prog *p)
{
	const struct engine_counts *c = &p->counts;

	prog_say(p,
	    "read %llu, passed %llu, rejected %llu, filtered %llu, "
	    "written %llu, blank %llu",
	    (unsigned long long)c->read, (unsigned long long)c->passed,
	    (unsigned long long)c->rejected, (unsigned long long)c->filtered,
	    (unsigned long long)c->written, (unsigned long long)c->blank);
}

/* Within a run the failure of a stage that came to no record is evidence, too.
 * What is wrong with the store itself has been told. */
static void
begin_failed(struct prog *p)
{
	const char *run = getenv("RAP_RUN");
	struct err none;

	if (run != NULL && *run != '\0')
		prog_stage_begin(p, &none);
}

/* Close everything; the exit status, *sig the signal to die of, or 0. */
static int
finish(struct prog *p, int rc, const struct err *e, int *sig)
{
	struct err later;
	int status;

	*sig = p->signal_seen;
	/* A reader that went away ends a pipeline in silence, where the
	 * system's own way was put off so that the log could be closed. */
	if (rc != 0 && strcmp(e->id, "io.pipe") == 0 &&
	    p->state->pipe_default)
		*sig = SIGPIPE;
	else if (rc != 0 && e->msg[0] != '\0')
		prog_diag(p, e);
	status = status_of(p, rc, e);
	rc = prog_output_end(p, rc == 0 && *sig == 0, &later);
	status = worse(p, status, rc, &later);
	rc = prog_stats(p, status, &later);
	status = worse(p, status, rc, &later);
	if (status > ERR_VERDICT)
		begin_failed(p);
	rc = prog_stage_end(p, *sig != 0 ? 0 : status, *sig, &later);
	status = worse(p, status, rc, &later);
	engine_catch_end();
	say_counts(p);
	return status;
}

static void
state_free(struct prog *p)
{
	struct prog_state *st = p->state;

	prog_stage_free(p);
	for (size_t i = 0; i < st->nconfig; i++)
		mem_free(st->config_words[i]);
	mem_free(st->config_words);
	mem_free(st->store_dir);
	cli_list_free(&p->operands);
	buf_free(&p->extra);
}

/* With a store SIGPIPE must not end the process before its record is
 * written; without one it kills as for any filter. */
static void
hold_signals(struct prog *p)
{
	struct sigaction old;

	signal(SIGXFSZ, SIG_IGN); /* EFBIG is told as an error */
	if (!prog_has_store(p) || sigaction(SIGPIPE, NULL, &old) != 0 ||
	    old.sa_handler == SIG_IGN)
		return;
	p->state->pipe_default = true;
	signal(SIGPIPE, SIG_IGN);
}

void
prog_store_at(struct prog *p, const char *dir)
{
	mem_free(p->state->store_dir);
	p->opt.store = p->state->store_dir = mem_dupz(dir, strlen(dir));
	hold_signals(p);
}

/* The fastest ways of this processor, or those RAP_CPU names. */
static int
choose_kernel(struct prog *p, struct err *e)
{
	const char *name = getenv("RAP_CPU");
	bool ok;

	if (name != NULL && *name == '\0')
		name = NULL;
	p->state->kernel = json_kernel_choose(name, &ok);
	p->state->hash_kernel = hash_kernel_choose(name);
	if (ok)
		return 0;
	err_set(e, ERR_USAGE, "usage.cpu",
	    "RAP_CPU=%s is no scanner this processor has", name);
	return err_hint(e, "one of scalar, avx2, avx512, neon");
}

/* Memory has ended: nothing else is safe to do. */
static void
drop_output(void *arg)
{
	struct prog *p = arg;

	io_pub_unlink(&p->state->pub);
}

const struct json_kernel *
prog_kernel(const struct prog *p)
{
	return p->state->kernel;
}

/* Bad options, or an output that is an input: nothing is open yet. */
static int
refused(struct prog *p, const struct err *e)
{
	struct err none;

	prog_diag(p, e);
	p->no_stage = p->no_stage || p->def->verbs;
	if (choose_kernel(p, &none) == 0) {
		begin_failed(p);
		prog_stage_end(p, (int)e->code, 0, &none);
	}
	return (int)e->code;
}

static int
run(struct prog *p, int *sig)
{
	struct err e = {.id = ""};
	int rc = prog_options(p, &e);

	*sig = 0;
	if (rc == 0)
		rc = prog_info(p, &e);
	if (rc == 1)
		return ERR_OK;
	if (rc == 0)
		rc = prog_guard_all(p, &e);
	if (rc != 0)
		return refused(p, &e);
	hold_signals(p);
	mem_on_fail((struct mem_hook){drop_output, p});
	rc = choose_kernel(p, &e);
	if (rc == 0)
		rc = p->def->run(p, &e);
	return finish(p, rc, &e, sig);
}

int
prog_main(const struct prog_def *def, int argc, char **argv)
{
	struct prog_state st = {.out = 1, .side = -1,
	    .pub = {.fd = -1, .dir = -1}};
	struct prog p = {.def = def, .argc = argc, .argv = argv,
	    .state = &st};
	int status, sig;

	io_stdopen();
	if (argc < 1)
		return ERR_USAGE; /* no name to say it under */
	status = run(&p, &sig);
	state_free(&p);
	if (sig != 0) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	return status;
}
