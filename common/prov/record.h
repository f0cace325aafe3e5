#ifndef RAP_PROV_RECORD_H
#define RAP_PROV_RECORD_H

#include <stddef.h>
#include <stdint.h>

/*
 * Parts that the records of runs and stages share (rap-log(5)).  Each appends
 * members to a JSON object that is being written.
 */
struct buf;
struct err;
struct json_w;
struct prov_store;

/* prov_append of an object with its braces, as json_w leaves it. */
int prov_append_object(struct prov_store *s, const struct buf *text,
    struct err *e);

/*
 * "argv": redacted.  With secrets in it also "redacted": their number, and
 * "argv_lossy": true when an argument is not UTF-8 (its bad bytes are U+FFFD):
 * such a command cannot be run again from the record.
 */
void prov_w_argv(struct json_w *w, int argc, char **argv);
/* A member whose value is a file name or URL: redacted, made UTF-8. */
void prov_w_name(struct json_w *w, const char *member, const char *name);
/* "cwd": the absolute name of the working directory; left out when it has
 * none. */
void prov_w_cwd(struct json_w *w);
/* A number, or its digits as a string past 2^53 - 1. */
void prov_w_count(struct json_w *w, const char *member, uint64_t v);
void prov_w_time(struct json_w *w, const char *member, uint64_t ns);
/* "program", "version", "exe": {"sha256"} of /proc/self/exe (null where the
 * system has none). */
void prov_w_program(struct json_w *w, struct prov_store *s,
    const char *program, const char *version);
/* "exit": {"code","signal"} */
void prov_w_exit(struct json_w *w, int code, int sig);

#endif
