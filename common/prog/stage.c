/* The stage record: what this program read, did and wrote. */
#include "prog/prog_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "prog/store.h"
#include "prov/id.h"

enum { RUN_ID_MAX = 128 };

bool
prog_has_store(const struct prog *p)
{
	return !p->no_stage && (p->opt.store != NULL ||
	    (getenv("RAP_STORE") != NULL && *getenv("RAP_STORE") != '\0'));
}

/* The id of the run we are in, from the environment: a name of ours, nothing
 * that could drive a terminal when it is shown. */
static int
check_run_id(struct err *e)
{
	const char *id = getenv("RAP_RUN");
	size_t n = id != NULL ? strlen(id) : 0;

	if (n <= RUN_ID_MAX && (n == 0 || strspn(id, "0123456789abcdefghijklm"
		"nopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") == n))
		return 0;
	return err_set(e, ERR_USAGE, "usage.run",
	    "RAP_RUN='%s' is no id of a run", id);
}

int
prog_store_open(struct prog *p, struct err *e)
{
	struct prog_state *st = p->state;
	struct buf log = {0};
	int rc;

	if (!prog_has_store(p) || st->store != NULL)
		return 0;
	if (check_run_id(e) != 0)
		return -1;
	st->store = prov_open(
	    p->opt.store != NULL ? p->opt.store : getenv("RAP_STORE"), e);
	if (st->store == NULL)
		return -1;
	/* No output may take the place of the log. */
	buf_printf(&log, "%s/log.ndjson", prov_dir(st->store));
	rc = prog_guard_input(p, buf_cstr(&log), e);
	buf_free(&log);
	return rc;
}

static void
info(const struct prog *p, struct prov_stage_info *i)
{
	const struct prog_state *st = p->state;
	const char *run = getenv("RAP_RUN");

	*i = (struct prov_stage_info){
	    .run = run != NULL && *run != '\0' ? run : NULL,
	    .stage = p->opt.stage != NULL ? p->opt.stage : p->def->name,
	    .program = p->def->name,
	    .version = RAP_VERSION,
	    .argc = p->argc,
	    .argv = p->argv,
	    .files = st->files,
	    .nfiles = st->nfiles,
	    .in_eof = p->counts.eof,
	    .read = p->counts.read,
	    .passed = p->counts.passed,
	    .rejected = p->counts.rejected,
	    .filtered = p->counts.filtered,
	    .written = p->counts.written,
	    .t0_ns = st->t0,
	};
}

/* What the store had to mend is told, once, when it is known. */
static void
warn_store(struct prog *p)
{
	struct prog_state *st = p->state;

	if (!st->warned && prov_warning(st->store) != NULL) {
		prog_warn(p, prov_warning(st->store));
		st->warned = true;
	}
}

int
prog_stage_begin(struct prog *p, struct err *e)
{
	struct prog_state *st = p->state;
	struct prov_stage_info i;

	if (st->begun || !prog_has_store(p))
		return 0;
	if (prog_store_open(p, e) != 0)
		return -1;
	st->t0 = prov_now();
	info(p, &i);
	if (prov_stage_begin(st->store, &i, e) != 0)
		return -1;
	warn_store(p);
	merkle_stream_init(&st->in_hash, st->hash_kernel);
	merkle_stream_init(&st->out_hash, st->hash_kernel);
	merkle_stream_init(&st->side_hash, st->hash_kernel);
	st->begun = true;
	return 0;
}

int
prog_log(struct prog *p, const struct buf *members, struct err *e)
{
	if (!prog_has_store(p))
		return 0;
	if (prog_stage_begin(p, e) != 0)
		return -1;
	return prov_append(p->state->store, members, NULL, e);
}

static int
end_stream(struct prog *p, struct merkle_stream *s,
    struct merkle_summary *sum, struct err *e)
{
	struct buf tiles = {0};
	int rc;

	merkle_stream_summary(s, sum);
	merkle_stream_tiles(s, &tiles);
	rc = prov_tiles_put(p->state->store, sum->root, &tiles, e);
	buf_free(&tiles);
	return rc;
}

static int
end_record(struct prog *p, struct prov_stage_info *i, struct err *e)
{
	struct prog_state *st = p->state;
	struct merkle_summary in, out;

	if (st->in_used) {
		if (end_stream(p, &st->in_hash, &in, e) != 0)
			return -1;
		i->in = &in;
		if (st->out_is_in)
			i->out = &in;
	}
	if (st->out_used) {
		if (end_stream(p, &st->out_hash, &out, e) != 0)
			return -1;
		i->out = &out;
	}
	if (prov_stage_end(st->store, i, e) != 0)
		return -1;
	warn_store(p);
	return 0;
}

int
prog_stage_end(struct prog *p, int exit_code, int exit_signal, struct err *e)
{
	struct prog_state *st = p->state;
	struct prov_stage_info i;

	if (!st->begun)
		return 0;
	info(p, &i);
	i.t1_ns = prov_now();
	i.exit_code = exit_code;
	i.exit_signal = exit_signal;
	if (p->extra.len != 0)
		i.extra = buf_cstr(&p->extra);
	return end_record(p, &i, e);
}

int
prog_capture(struct prog *p, const void *bytes, size_t n, struct err *e)
{
	const char *wanted = getenv("RAP_CAPTURE");
	uint8_t digest[HASH_LEN];

	if (!prog_has_store(p) || wanted == NULL || strcmp(wanted, "1") != 0)
		return 0;
	if (prog_store_open(p, e) != 0)
		return -1;
	return prov_object_put(p->state->store, bytes, n, digest, e);
}

void
prog_note_file(struct prog *p, const struct prov_file *f)
{
	struct prog_state *st = p->state;
	struct prov_file *to;

	if (!prog_has_store(p))
		return;
	if (st->nfiles == st->files_cap) {
		st->files_cap = st->files_cap != 0 ? st->files_cap * 2 : 8;
		st->files = mem_realloc(st->files,
		    st->files_cap * sizeof *st->files);
	}
	to = &st->files[st->nfiles++];
	*to = *f;
	to->path = mem_dupz(f->path, strlen(f->path));
}

void
prog_stage_free(struct prog *p)
{
	struct prog_state *st = p->state;

	for (size_t i = 0; i < st->nfiles; i++)
		mem_free((char *)st->files[i].path);
	mem_free(st->files);
	if (st->begun) {
		merkle_stream_free(&st->in_hash);
		merkle_stream_free(&st->out_hash);
		merkle_stream_free(&st->side_hash);
	}
	if (st->store != NULL)
		prov_close(st->store);
}
