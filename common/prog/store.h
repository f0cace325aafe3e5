#ifndef RAP_PROG_STORE_H
#define RAP_PROG_STORE_H

#include <stddef.h>

/*
 * The store of a program, beyond the stage record that prog.h writes by
 * itself: for rap-audit tap, which looks for one, and rap-fetch, whose input
 * cannot be had again.
 */
struct err;
struct prog;

/*
 * Record in the store at dir (copied), which no option and no variable names.
 * Before the first byte is read; SIGPIPE is held from then on, so that the
 * record is written.
 */
void prog_store_at(struct prog *p, const char *dir);

/*
 * Keep bytes in objects/ of the store.  Nothing without a store, or where
 * inputs are not captured: rap-audit run --capture sets RAP_CAPTURE=1.
 * ERR_IO, ERR_NOINPUT [store.absent].
 */
int prog_capture(struct prog *p, const void *bytes, size_t n, struct err *e);

#endif
