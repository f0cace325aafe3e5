/*
 * SIGINT, SIGTERM and SIGHUP end the reading, not the process: what was read
 * is finished and the caller dies of the same signal.  A handler has no other
 * way to reach the run than static storage, and several threads read it.
 */
#include "engine/engine_priv.h"

#include <signal.h>

#include "base/io.h"

/* A handler may touch what is lock-free and atomic (C17 7.14.1.1). */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "int is always lock-free");

static atomic_int seen;
static atomic_int wake_fd = -1;
static int own_pipe[2] = {-1, -1}; /* of engine_catch */
static const int caught[] = {SIGINT, SIGTERM, SIGHUP};

static void
on_signal(int sig)
{
	int fd = wake_fd;

	seen = sig;
	if (fd >= 0)
		io_wake(fd);
}

void
signal_catch(int wake_write)
{
	/* One time only: a second one kills.  No SA_RESTART: a read that
	 * waits must return. */
	struct sigaction sa = {.sa_handler = on_signal,
	    .sa_flags = SA_RESETHAND}, old;

	seen = 0;
	wake_fd = wake_write;
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(caught); i++) {
		if (sigaction(caught[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			sigaction(caught[i], &sa, NULL);
	}
}

void
signal_quiet(void)
{
	wake_fd = -1;
}

const atomic_int *
signal_flag(void)
{
	return &seen;
}

const atomic_int *
engine_catch(int *wake, struct err *e)
{
	if (io_pipe(own_pipe, e) != 0)
		return NULL;
	signal_catch(own_pipe[1]);
	*wake = own_pipe[0];
	return &seen;
}

void
engine_catch_end(void)
{
	struct sigaction old;

	wake_fd = -1;
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		if (sigaction(caught[i], NULL, &old) == 0 &&
		    old.sa_handler == on_signal)
			signal(caught[i], SIG_DFL);
	for (size_t i = 0; i < ARRAY_LEN(own_pipe); i++) {
		io_close_quiet(own_pipe[i]);
		own_pipe[i] = -1;
	}
}
