#include "reconcile.h"

#include "base/err.h"
#include "conf/conf.h"
#include "mapping.h"
#include "num/num.h"
#include "prog/prog.h"

bool
recon_wanted(const struct recon_args *a)
{
	return a->target != NULL;
}

bool
recon_is_verb(const struct recon_args *a)
{
	return a->decide || a->evaluate != NULL;
}

/* Options that are of no use alone. */
static int
check_lonely(const struct recon_args *a, struct err *e)
{
	const struct {
		const char *name;
		bool given;
	} opts[] = {
		{"propose", a->propose},
		{"drift", a->drift != NULL},
		{"accept", a->accept != NULL},
		{"review", a->review != NULL},
		{"decisions", a->decisions != NULL},
		{"lexicon", a->lexicon.n != 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(opts); i++)
		if (opts[i].given)
			return err_set(e, ERR_USAGE, "usage.missing",
			    "--%s needs --reconcile TARGET", opts[i].name);
	return 0;
}

/* A name that is one, or a number from 0 to 1. */
static int
check_range(const struct conf *c, uint32_t node, struct str s, bool number,
    struct err *e)
{
	double v;

	if (!number)
		return s.len != 0 ? 0 :
		    conf_err(c, node, e, "map.config", "an empty name");
	if (num_to_double(s, &v, e) == 0 && v >= 0 && v <= 1)
		return 0;
	return conf_err(c, node, e, "map.config",
	    "expected a number from 0 to 1");
}

/* A string, or (number) a number as its text, unless an option says it. */
static int
take(const struct conf *c, uint32_t node, bool number, struct arena *mem,
    const char **out, struct err *e)
{
	enum json_type want = number ? JSON_NUMBER : JSON_STRING;
	struct str s;

	if (json_type(&c->doc, node) != want)
		return conf_err(c, node, e, "conf.type", "expected a %s",
		    json_type_name(want));
	s = number ? json_raw(&c->doc, node) :
	    json_string(&c->doc, node, mem);
	if (*out != NULL)
		return 0;
	if (check_range(c, node, s, number, e) != 0)
		return -1;
	*out = arena_str(mem, s).p;
	return 0;
}

static int
read_conf(struct recon_args *a, const struct conf *c, uint32_t node,
    struct arena *mem, struct err *e)
{
	static const char *const keys[] = {"target", "decisions", "accept",
	    "review"};
	const char **const into[] = {&a->target, &a->decisions, &a->accept,
	    &a->review};

	if (conf_keys(c, node, keys, ARRAY_LEN(keys), e) != 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		uint32_t k = json_member(&c->doc, node, str_of(keys[i]));

		if (k != JSON_NONE &&
		    take(c, k, i >= 2, mem, into[i], e) != 0)
			return -1;
	}
	if (a->target == NULL)
		a->target = "-";
	return 0;
}

int
recon_configure(struct recon_args *a, const struct chain *c,
    struct arena *mem, struct err *e)
{
	const struct conf *conf = c != NULL ? &c->first->conf : NULL;
	uint32_t node = conf == NULL ? JSON_NONE :
	    json_member(&conf->doc, 0, STR("reconcile"));

	if (node != JSON_NONE && read_conf(a, conf, node, mem, e) != 0) {
		if (c->first->name != NULL)
			err_source(e, c->first->name);
		return -1;
	}
	if (a->target == NULL)
		return check_lonely(a, e);
	if (a->propose && a->drift != NULL)
		return err_set(e, ERR_USAGE, "usage.option",
		    "--propose excludes --drift");
	return 0;
}

int
recon_run(struct prog *p, const struct recon_args *a, const struct chain *c,
    struct err *e)
{
	if (a->decide)
		return recon_decide(p, a, e);
	if (a->evaluate != NULL)
		return recon_evaluate(p, a, e);
	return recon_propose(p, a, c, e);
}
