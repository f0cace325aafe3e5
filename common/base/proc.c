#define _GNU_SOURCE /* environ, posix_spawn_file_actions_addchdir_np */
#include "base/proc.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"

static const int watched[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static int
spawn(pid_t *pid, char **argv, const struct proc_opts *o,
    const sigset_t *mask)
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	sigset_t dfl;
	int rc;

	/* What we or a parent of ours ignore is not the command's. */
	sigemptyset(&dfl);
	sigaddset(&dfl, SIGPIPE);
	sigaddset(&dfl, SIGXFSZ);
	sigaddset(&dfl, SIGCHLD);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &dfl);
	posix_spawnattr_setsigmask(&attr, mask);
	posix_spawnattr_setflags(&attr,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&acts);
	if (o->out >= 0)
		posix_spawn_file_actions_adddup2(&acts, o->out, 1);
	if (o->dir != NULL)
		posix_spawn_file_actions_addchdir_np(&acts, o->dir);
	rc = posix_spawnp(pid, argv[0], &acts, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&acts);
	posix_spawnattr_destroy(&attr);
	return rc;
}

static void
await(pid_t pid, const sigset_t *set, struct proc_end *end)
{
	siginfo_t info;
	int status;

	for (;;) {
		int sig = sigwaitinfo(set, &info);

		if (sig == SIGCHLD) {
			if (waitpid(pid, &status, WNOHANG) == pid)
				break;
		} else if (sig > 0 && info.si_code != SI_KERNEL)
			kill(pid, sig);
	}
	if (WIFSIGNALED(status))
		end->signal = WTERMSIG(status);
	else
		end->code = WEXITSTATUS(status);
}

int
proc_run(char **argv, const struct proc_opts *o, struct proc_end *end,
    struct err *e)
{
	sigset_t set, old;
	pid_t pid;
	int rc;

	*end = (struct proc_end){0};
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(watched); i++)
		sigaddset(&set, watched[i]);
	sigprocmask(SIG_BLOCK, &set, &old);
	rc = spawn(&pid, argv, o, &old);
	if (rc == 0)
		await(pid, &set, end);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		return 0;
	end->code = rc == ENOENT ? 127 : 126;
	return err_sys(e, rc, ERR_NOINPUT, "run.command", "cannot run '%s'",
	    argv[0]);
}
