#ifndef RAP_CLI_CLI_H
#define RAP_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Command lines from one table: parsing, its errors, -h and --help come from
 * the same rows, so they cannot disagree.  Forms: -x, -xVALUE, -x VALUE,
 * --name, --name=VALUE, --name VALUE, flags joined (-qv), options after
 * operands, `--` ends options, `-` is an operand.
 */
struct buf;
struct err;

enum cli_kind {
	CLI_FLAG,  /* bool: set to true */
	CLI_TEXT,  /* const char *: the last one wins */
	CLI_LIST,  /* struct cli_list: every one is kept, in order */
	CLI_COUNT, /* uint64_t */
	CLI_SIZE   /* size_t, with KiB, MiB, GiB */
};

struct cli_list {
	const char **item; /* points into argv; the array is the list's */
	size_t n, cap;
};

struct cli_opt {
	char letter;	  /* or 0 */
	const char *name; /* without "--" */
	enum cli_kind kind;
	void *into;	  /* as kind says */
	const char *arg;  /* name of the value in help, or NULL */
	const char *help; /* one line, lower case */
};

/*
 * What to parse: argv[1..argc) by two tables (the program's own and the shared
 * one; either may be empty).
 */
struct cli_parse_in {
	const struct cli_opt *own, *shared;
	size_t nown, nshared;
	int argc;
	char **argv;
	bool stop_at_operand; /* options end at the first operand */
	struct cli_list *given; /* or NULL: names of the options met, added */
};

/*
 * Operands are added to `operands`.  ERR_USAGE [usage.option, usage.value,
 * usage.missing], with a "did you mean" hint.
 */
int cli_parse(const struct cli_parse_in *in, struct cli_list *operands,
    struct err *e);

/* One line for each option, as --help shows them. */
void cli_help(const struct cli_opt *opts, size_t n, struct buf *out);

void cli_list_add(struct cli_list *l, const char *item);
void cli_list_free(struct cli_list *l);

#endif
