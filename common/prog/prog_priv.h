#ifndef RAP_PROG_PROG_PRIV_H
#define RAP_PROG_PROG_PRIV_H

#include "merkle/stream.h"
#include "prog/prog.h"
#include "prov/prov.h"

/* Shared by the files of this folder only. */
struct prog_state {
	/* Output: stdout, or the file of -o until it is published. */
	struct io_pub pub;
	int out, side;
	bool out_open;
	const struct json_kernel *kernel; /* NULL: the scalar scanner */
	const struct hash_kernel *hash_kernel; /* NULL: libcrypto */
	/* Provenance. */
	struct prov_store *store;
	char *store_dir; /* of prog_store_at */
	bool begun;
	bool warned; /* of what the store had to mend */
	bool pipe_default; /* SIGPIPE kills where no log must be closed */
	bool in_used, out_used;
	bool out_is_in; /* bytes pass unchanged: in_hash is both */
	struct merkle_stream in_hash, out_hash, side_hash;
	struct prov_file *files;
	size_t nfiles, files_cap;
	uint64_t t0;
	/* Diagnostics of prog_reject, by mnemonic. */
	struct {
		const char *id;
		uint64_t n;
	} alike[16];
	/* Words of --config, kept while options point to them. */
	char **config_words;
	size_t nconfig;
};

/* Words to be read as options. */
struct prog_words {
	int argc;
	char **argv;
	bool stop; /* at the first operand */
	struct cli_list *given; /* or NULL: names of the options met */
};

/* Options of the command line, then those of --config it did not give. */
int prog_options(struct prog *p, struct err *e);
/* The section of --config that is p's, but for what was given already.
 * ERR_CONFIG [conf.*, usage.*] with the line. */
int prog_config(struct prog *p, const char *path, const struct cli_list *given,
    struct err *e);
/* One word "--name=value" as an option; it must live as long as p. */
int prog_config_option(struct prog *p, char *word, struct err *e);
/* -h, --help, -V, --explain: write and return 1; 0: there was none; -1. */
int prog_info(struct prog *p, struct err *e);
/* Append the paragraph of a code, or for "list" all codes.  ERR_USAGE
 * [usage.code]. */
int prog_explain(const char *id, struct buf *out, struct err *e);

/* "n more like this", unless -q. */
void prog_more_alike(struct prog *p, const char *id, uint64_t n);
/* One diagnostic line, as --diag says, appended to out. */
void prog_diag_put(const struct prog *p, const struct err *e, struct buf *out);

/* As the engine: alike diagnostics. */
enum { PROG_ALIKE = 20 };

/* The line of the reject file for a bad record; errors: an array or empty. */
void prog_envelope(const struct engine_line *l, const struct err *e,
    const struct buf *errors, struct buf *out);

/* ERR_USAGE [io.samefile] when a file the shared options write is path, which
 * is read. */
int prog_guard_input(const struct prog *p, const char *path, struct err *e);
/* prog_guard for each file the shared options write. */
int prog_guard_all(const struct prog *p, struct err *e);
/* Output: open (or do nothing when it is), publish or drop. */
int prog_output_open(struct prog *p, struct err *e);
int prog_output_end(struct prog *p, bool publish, struct err *e);

/* The stage record: begin (once), and end with the exit status. */
int prog_stage_begin(struct prog *p, struct err *e);
int prog_stage_end(struct prog *p, int exit_code, int exit_signal,
    struct err *e);
void prog_stage_free(struct prog *p);
/* Open the store if one is named; 0 also when none is. */
int prog_store_open(struct prog *p, struct err *e);

/* --stats FILE. */
int prog_stats(struct prog *p, int exit_code, struct err *e);

#endif
