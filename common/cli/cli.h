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
 * Parse argv[1..argc) by two tables (the program's and the shared one; either
 * may be empty).  Operands are left in `operands`.  ERR_USAGE [usage.option,
 * usage.value, usage.missing] with a "did you mean" hint.
 */
int cli_parse(const struct cli_opt *own, size_t nown,
    const struct cli_opt *shared, size_t nshared, int argc, char **argv,
    struct cli_list *operands, struct err *e);

/* One line for each option, as --help shows them. */
void cli_help(const struct cli_opt *opts, size_t n, struct buf *out);

void cli_list_add(struct cli_list *l, const char *item);
void cli_list_free(struct cli_list *l);

#endif
