#ifndef RAP_PROG_REJECT_H
#define RAP_PROG_REJECT_H

struct engine_line;
struct err;
struct prog;

/*
 * Bad records of programs with a loop of their own.  l is the record (its
 * offset that of the line e's byte is in), e why, with source, line and byte
 * set.  With --reject it is told, kept and counted as read and rejected: 0.
 * -1: the run stops, with e as it was or engine.rejects when a limit is
 * passed.
 */
int prog_reject(struct prog *p, const struct engine_line *l, struct err *e);
/* After the last record: what was not told, and the limit of the rate. */
int prog_reject_end(struct prog *p, struct err *e);

#endif
