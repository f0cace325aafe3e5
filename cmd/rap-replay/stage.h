#ifndef RAP_REPLAY_STAGE_H
#define RAP_REPLAY_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "prov/run.h"
#include "replay.h"

/*
 * A stage record's parts that must be equal.  {NULL, 0}: there was none.
 *
 * How far a stage came that was ended by a signal is a matter of time: most
 * often the reader behind it had enough (head) and SIGPIPE ended it.  Its
 * output is not compared, and an input that was not read to its end never is.
 */
struct stage {
	struct str name, program, argv;
	struct str in, out;	  /* roots */
	struct str files, config; /* digests, end to end */
	bool whole;		  /* the input was read to its end */
	int64_t in_records, out_records, code, sig;
	bool taken;
};

struct stages {
	struct stage *s;
	size_t n;
};

struct stages stages_load(const struct prov_run *run, struct arena *a);

/* The input of both times: the stream, or the files where there is none. */
enum stage_input {
	INPUT_SAME,
	INPUT_DIFFERS,
	INPUT_CUT, /* one was not read to its end: not compared */
	INPUT_NONE /* nothing of it was recorded */
};

enum stage_input stage_input(const struct stage *a, const struct stage *b);

/* Was it ended before it was done, by a signal? */
bool stage_cut(const struct stage *s);
/* True also where they are not to be compared. */
bool stage_same_output(const struct stage *a, const struct stage *b);
bool stage_same_end(const struct stage *a, const struct stage *b);

#endif
