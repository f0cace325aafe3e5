/* One line on a terminal for a run that lasts. */
#define _GNU_SOURCE
#include "engine/engine_priv.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"

enum { NS = 1000000000 };

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS + (uint64_t)t.tv_nsec;
}

void
progress_show(struct committer *c, bool last)
{
	const struct engine_counts *n = c->counts;
	struct err ignored;
	char line[160];
	uint64_t t;
	double s;
	int len;

	if (c->opts->progress == 0 ||
	    (c->opts->progress == 1 && isatty(2) == 0))
		return;
	t = now();
	if (c->started == 0)
		c->started = c->shown = t;
	/* Nothing before the first second; then twice a second. */
	if (t - c->started < NS || (!last && t - c->shown < NS / 2))
		return;
	c->shown = t;
	s = (double)(t - c->started) / NS;
	len = snprintf(line, sizeof line,
	    "\r%s: %llu records, %.1f MB, %.1f MB/s, %llu rejected\x1b[K%s",
	    c->opts->name, (unsigned long long)n->read,
	    (double)n->bytes_in / 1e6, (double)n->bytes_in / 1e6 / s,
	    (unsigned long long)n->rejected, last ? "\n" : "");
	(void)io_write(2, line, (size_t)len, "stderr", &ignored);
}
