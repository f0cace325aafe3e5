#ifndef RAP_REPLAY_REPLAY_H
#define RAP_REPLAY_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/proc.h"
#include "prog/prog.h"
#include "prov/prov.h"
#include "prov/run.h"

/*
 * A run is done again in a scratch directory that mirrors the places of its
 * input files: SCRATCH/root + their absolute names.  The command starts where
 * it started then, below that root, so relative names lead to the recorded
 * bytes and what it writes by relative names touches nothing of the user's.
 */
struct replay {
	struct prog *p;
	struct prov_store *store; /* of the recorded run */
	struct prov_run run;	  /* as recorded */
	struct prov_run again;	  /* as it was this time */
	struct arena arena;
	bool here;	  /* work where the run worked: no scratch */
	char *const *command; /* instead of the recorded one, or NULL */
	struct buf scratch; /* its directory, or empty */
	struct buf dir;	  /* where the command is started */
	struct proc_end end;
};

/* scratch.c */

/* Lay the inputs out, or (here) check them where they are.  ERR_NOINPUT
 * [replay.missing] and ERR_VERDICT [replay.input] after all were looked at. */
int replay_inputs(struct replay *r, struct err *e);
/* Run the command with a store of its own, and read its records. */
int replay_execute(struct replay *r, struct err *e);
void replay_clean(struct replay *r);

/* compare.c */

/*
 * Compare each recorded stage with the one of this time: a line for each to
 * the output, then the verdict; p->verdict is set when they differ.
 */
int replay_compare(struct replay *r, bool json, struct err *e);

#endif
