#ifndef RAP_BASE_PROC_H
#define RAP_BASE_PROC_H

/*
 * Other programs, run to their end.
 */
struct err;

/* How one ended: by its status, or by a signal (then code is 0). */
struct proc_end {
	int code, signal;
};

struct proc_opts {
	const char *dir; /* working directory, or NULL: ours */
	int out;	 /* its stdout, or -1: ours */
};

/*
 * Run argv (ends with NULL; found along PATH) with our environment and wait.
 * Signals are waited for together with its end, so nothing runs in a handler:
 * what the terminal sends reaches it by itself; an INT, TERM, HUP or QUIT that
 * is sent to us alone is passed on.
 *
 * When it cannot be started *end is as env(1) has it, 127 (not found) or 126,
 * and the call fails with ERR_NOINPUT [run.command].
 */
int proc_run(char **argv, const struct proc_opts *o, struct proc_end *end,
    struct err *e);

#endif
