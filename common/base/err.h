#ifndef RAP_BASE_ERR_H
#define RAP_BASE_ERR_H

#include <stddef.h>

/*
 * Errors as values.  What can fail takes a `struct err *` last and returns 0,
 * or -1 after it has filled the error in; nothing is printed below prog/.
 *
 *	if (depth > max)
 *		return err_at(e, pos, ERR_DATA, "json.depth",
 *		    "nesting deeper than %u", max);
 *
 * The caller owns the struct, so threads do not meet; it holds no pointers
 * but `id`, which is a string literal, so it can be copied.
 */

/* The exit statuses of all six programs (sysexits.h numbers). */
enum err_code {
	ERR_OK = 0,
	ERR_VERDICT = 1,      /* complete, but the answer is no */
	ERR_USAGE = 64,       /* bad options or operands */
	ERR_DATA = 65,        /* bad data stopped the run */
	ERR_NOINPUT = 66,     /* an input cannot be opened */
	ERR_UNAVAILABLE = 69, /* host, connection, 5xx after retries */
	ERR_INTERNAL = 70,    /* a check of our own failed */
	ERR_OS = 71,          /* memory, descriptors, threads */
	ERR_CANTCREATE = 73,  /* an output cannot be created */
	ERR_IO = 74,          /* read, write, fsync, close */
	ERR_TEMP = 75,        /* lock busy, timeout: a retry may help */
	ERR_PROTOCOL = 76,    /* short body, reply over a limit */
	ERR_POLICY = 77,      /* refused by policy or digest pin */
	ERR_CONFIG = 78,      /* configuration, schema, mapping, expression */
};

#define ERR_NOPOS ((size_t)-1)

struct err {
	enum err_code code;
	const char *id;	 /* dotted mnemonic: "json.utf8" */
	size_t pos;	 /* byte offset from 0 in the text at hand, or NOPOS */
	size_t line;	 /* line from 1 in that text, or 0 when unknown */
	size_t len;	 /* bytes from pos that are wrong, or 0 when unknown */
	char path[160];	 /* JSON Pointer to the culprit, "" for the root */
	char source[160]; /* name of the text, "" = what the caller reads */
	char msg[244];	 /* lower case, no full stop, foreign bytes escaped */
	char hint[160];	 /* one line of advice, or "" */
	/* The line it is about, to be shown with shown_len columns from
	 * shown_at on underlined (base/caret.h), or "". */
	char shown[256];
	unsigned shown_at, shown_len;
};

/* Fill e, without a position.  Always returns -1. */
int err_set(struct err *e, enum err_code code, const char *id, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

/* Fill e with a byte offset in the text at hand.  Always returns -1. */
int err_at(struct err *e, size_t pos, enum err_code code, const char *id,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* As err_set, and ": " and the text of errnum after it.  Returns -1. */
int err_sys(struct err *e, int errnum, enum err_code code, const char *id,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Add advice to an error that is set.  Always returns -1. */
int err_hint(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Name the text (a file, "-") an error is about.  Always returns -1. */
int err_source(struct err *e, const char *source);

/* Set the JSON Pointer of an error; what does not fit is cut at "...". */
void err_path(struct err *e, const char *path, size_t len);

#endif
