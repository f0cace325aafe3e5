#ifndef RAP_PROG_PROG_H
#define RAP_PROG_PROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "cli/cli.h"
#include "engine/engine.h"
#include "merkle/stream.h"

/*
 * The shared main of the six programs: common options, diagnostics, exit
 * status, output publishing, --stats, provenance.  A program is a struct
 * prog_def and a run function:
 *
 *	int
 *	main(int argc, char **argv)
 *	{
 *		return prog_main(&def, argc, argv);
 *	}
 */
struct json_kernel;
struct prov_file;

struct prog;

struct prog_def {
	const char *name;     /* "rap-map" */
	const char *synopsis; /* after the name: "[options] [FILE...]" */
	const char *summary;  /* one line */
	const char *examples; /* for -h: a few whole command lines */
	const struct cli_opt *opts;
	size_t nopts;
	/*
	 * Do the work.  0: complete; ERR_VERDICT is set by p->verdict, and
	 * rejected records set it by themselves; -1: e says why.
	 */
	int (*run)(struct prog *p, struct err *e);
	bool raw; /* passes bytes through: a BOM and CRs are kept */
	/* Operands are the program's own and options end at the first one
	 * (rap-audit run CMD ...). */
	bool verbs;
};

/* The options all six share, after parsing. */
struct prog_opts {
	const char *out, *reject, *stats, *config, *diag, *progress, *store,
	    *stage, *max_rate, *explain;
	uint64_t jobs;
	struct engine_limits limits; /* with max_rate */
	size_t max_line;
	bool quiet, verbose, help, help_all, version;
};

struct prog {
	const struct prog_def *def;
	int argc;
	char **argv;
	struct cli_list operands;
	struct prog_opts opt;
	struct engine_counts counts;
	bool verdict;  /* complete, but the answer is no: exit 1 */
	bool no_stage; /* this verb is no stage of a pipeline: not recorded */
	int exit_code; /* not 0: exit with it although all went well */
	int signal_seen;
	struct buf extra; /* members for the stage record, "\"k\":v,..." */
	struct prog_state *state; /* private to prog/ */
};

int prog_main(const struct prog_def *def, int argc, char **argv);

/*
 * With verbs: parse what follows one (argv[0]) by the same options.  Operands
 * are added to `operands`; with stop they begin at the first of them.  0, -1,
 * or 1: help was asked for and written, and there is nothing to do.
 */
int prog_verb_options(struct prog *p, int argc, char **argv, bool stop,
    struct cli_list *operands, struct err *e);

/*
 * Run a block filter from the operands (files; none: stdin) to the output.
 * files may replace the operands (NULL: they are used).
 */
int prog_blocks(struct prog *p, const struct engine_filter *f, void *shared,
    const struct cli_list *files, struct err *e);

/*
 * Copy stdin to the output unchanged, whatever the bytes are (rap-audit tap).
 * The stream of the stage is what was passed on: hashed once, it is input and
 * output.
 */
int prog_pass(struct prog *p, struct err *e);

/*
 * Output for programs with a loop of their own (rap-fetch, reports): opened on
 * first use, hashed when a store is set, published at the end by prog_main
 * when the run succeeded.  Whole lines only.
 */
int prog_write(struct prog *p, const void *lines, size_t n, struct err *e);
/* With a store: make h, begun anew, the message of all prog_write wrote. */
void prog_written(const struct prog *p, struct hash *h);

/*
 * ERR_USAGE [io.samefile] when path, to be written by an option of the
 * program's own, is stdin, an operand or another output: it would be eaten.
 */
int prog_guard(const struct prog *p, const char *path, struct err *e);

/*
 * Read a configuration file whole (at most 64 MiB); its digest goes into the
 * stage record.  A bare name is looked for in ., $RAP_PATH,
 * $XDG_CONFIG_HOME/rap and $PREFIX/share/rap, under kind ("maps", "schemas",
 * "sources") and as it is.  found (may be NULL) gets the path, the caller's
 * to mem_free.
 */
int prog_load(struct prog *p, const char *kind, const char *name,
    struct buf *out, char **found, struct err *e);

/* Note a file in the stage record; strings are copied. */
void prog_note_file(struct prog *p, const struct prov_file *f);

/*
 * Append a record of our own to the log (prov_append: members without braces).
 * Nothing without a store.
 */
int prog_log(struct prog *p, const struct buf *members, struct err *e);

/* A diagnostic line to stderr now (text or JSON, as --diag says). */
void prog_diag(struct prog *p, const struct err *e);
/* As prog_diag, for a warning: does not change the exit status. */
void prog_warn(struct prog *p, const struct err *e);
/* A line for people, only with -v. */
void prog_say(struct prog *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The scanner this processor, or RAP_CPU, chose (json/scan.h). */
const struct json_kernel *prog_kernel(const struct prog *p);

/* The store is on: streams are hashed and a stage record is written. */
bool prog_has_store(const struct prog *p);

#endif
