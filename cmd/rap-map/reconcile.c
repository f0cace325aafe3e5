#include "reconcile.h"

#include "base/err.h"
#include "prog/prog.h"

bool
recon_wanted(const struct recon_args *a)
{
	return a->target != NULL || a->evaluate != NULL || a->propose ||
	    a->decide;
}

int
recon_run(struct prog *p, const struct recon_args *a, struct err *e)
{
	if (a->decide)
		return recon_decide(p, a, e);
	if (a->evaluate != NULL)
		return recon_evaluate(p, a, e);
	if (a->target == NULL)
		return err_set(e, ERR_USAGE, "usage.missing",
		    "--propose needs --reconcile TARGET");
	if (a->propose && a->drift != NULL)
		return err_set(e, ERR_USAGE, "usage.option",
		    "--propose excludes --drift");
	return a->propose ? recon_propose(p, a, e) : recon_stream(p, a, e);
}
