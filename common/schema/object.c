#include "schema/run_priv.h"

#define PROP_NONE UINT32_MAX

struct walk {
	struct schema_run *r;
	const struct object_rules *o;
	uint32_t last;	/* 1 + the property met last, or 0 */
	uint32_t found; /* required ones */
};

static uint32_t
search(const struct object_rules *o, struct str name)
{
	uint32_t lo = 0, hi = o->nprops;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int cmp = schema_order(o->props[o->sorted[mid]].name, name);

		if (cmp == 0)
			return o->sorted[mid];
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return PROP_NONE;
}

/* Names are short: a word at a time beats a call. */
static inline bool
same(struct str a, struct str b)
{
	uint64_t x, y;
	size_t i = 0;

	if (a.len != b.len)
		return false;
	if (a.len < sizeof x) {
		while (i < a.len && a.p[i] == b.p[i])
			i++;
		return i == a.len;
	}
	for (; i + sizeof x <= a.len; i += sizeof x) {
		memcpy(&x, a.p + i, sizeof x);
		memcpy(&y, b.p + i, sizeof y);
		if (x != y)
			return false;
	}
	/* The last word, over what was compared before. */
	memcpy(&x, a.p + a.len - sizeof x, sizeof x);
	memcpy(&y, b.p + a.len - sizeof y, sizeof y);
	return x == y;
}

/* Records are alike: what followed a property once follows it again. */
static uint32_t
find(struct walk *w, struct str name)
{
	uint32_t *guess = w->r->guess + w->o->hints + w->last;
	uint32_t i;

	if (w->o->nprops == 0)
		return PROP_NONE;
	i = *guess;
	if (!same(w->o->props[i].name, name)) {
		i = search(w->o, name);
		if (i == PROP_NONE)
			return i;
		*guess = i;
	}
	w->last = i + 1;
	return i;
}

/* patternProperties, for one member; *matched when one did. */
static int
patterns(struct walk *w, struct str name, uint32_t value, bool *matched)
{
	struct schema_run *r = w->r;
	int ok = 1;

	for (uint32_t i = 0; i < w->o->npatterns; i++) {
		const struct name_pattern *p = &w->o->patterns[i];
		int rc = re_match(p->re, r->re, name, r->e);

		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		*matched = true;
		rc = schema_below(r, p->unit, value, w->o->patterns_node,
		    p->text);
		if (rc < 0)
			return -1;
		if (rc == 0) {
			ok = 0;
			if (schema_stop(r))
				break;
		}
	}
	return ok;
}

static int
not_allowed(struct schema_run *r, uint32_t keyword, uint32_t value,
    struct str name)
{
	name = schema_cut(name, SHOWN_MAX);
	return schema_fail(r, keyword, value,
	    "member \"%.*s\" is not allowed", (int)name.len, name.p);
}

static int
additional(struct walk *w, struct str name, uint32_t value)
{
	const struct object_rules *o = w->o;

	if (w->r->s->units[o->additional].kind == UNIT_FALSE)
		return not_allowed(w->r, o->additional_node, value, name);
	return schema_below(w->r, o->additional, value, o->additional_node,
	    STEP_NONE);
}

/* What a member's name alone decides, beyond `properties`. */
static int
others(struct walk *w, struct str name, uint32_t k, bool matched)
{
	struct schema_run *r = w->r;
	int ok = 1, rc = 1;

	if (w->o->npatterns != 0)
		ok = patterns(w, name, k + 1, &matched);
	if (ok < 0 || (ok == 0 && schema_stop(r)))
		return ok;
	if (!matched && w->o->additional != UNIT_NONE)
		rc = additional(w, name, k + 1);
	ok = rc < ok ? rc : ok;
	if (ok < 0 || (ok == 0 && schema_stop(r)))
		return ok;
	if (w->o->names != UNIT_NONE) {
		rc = schema_below(r, w->o->names, k, w->o->names_node,
		    STEP_NONE);
		ok = rc < ok ? rc : ok;
	}
	return ok;
}

static int
member(struct walk *w, uint32_t k)
{
	struct schema_run *r = w->r;
	const struct json_node *n = &r->d->nodes[k];
	const struct object_rules *o = w->o;
	struct str name = {r->d->text + n->off + 1, n->len - 2};
	bool matched = false;
	uint32_t i;
	int ok = 1, rc;

	if (n->flags & JSON_ESCAPED)
		name = schema_string(r, k);
	i = find(w, name);
	if (i != PROP_NONE) {
		const struct property *p = &o->props[i];

		w->found += p->required;
		matched = p->unit != UNIT_NONE;
		if (matched)
			ok = schema_below(r, p->unit, k + 1, o->props_node,
			    p->name);
		if (ok < 0 || (ok == 0 && schema_stop(r)))
			return ok;
	}
	if (o->npatterns == 0 && o->names == UNIT_NONE &&
	    (matched || o->additional == UNIT_NONE))
		return ok;
	rc = others(w, name, k, matched);
	return rc < ok ? rc : ok;
}

/* Name the members that are not there. */
static int
missing(struct schema_run *r, const struct object_rules *o, uint32_t inst)
{
	for (uint32_t i = 0; i < o->nprops && !schema_stop(r); i++) {
		const struct property *p = &o->props[i];
		struct str name = schema_cut(p->name, SHOWN_MAX);

		if (!p->required ||
		    json_member(r->d, inst, p->name) != JSON_NONE)
			continue;
		schema_fail(r, o->required_node, inst,
		    "required member \"%.*s\" is missing",
		    (int)name.len, name.p);
	}
	return 0;
}

int
schema_object(struct schema_run *r, const struct object_rules *o,
    uint32_t inst)
{
	const struct json_node *nodes = r->d->nodes;
	struct walk w = {.r = r, .o = o};
	uint64_t n = 0;
	int ok = 1;

	for (uint32_t k = inst + 1; k < nodes[inst].next;
	     k = nodes[k + 1].next) {
		int rc = member(&w, k);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			ok = 0;
			if (schema_stop(r))
				return 0;
		}
		n++;
	}
	if (w.found < o->nrequired)
		ok = missing(r, o, inst);
	if (!schema_size(r, &o->size, n, inst))
		ok = 0;
	return ok;
}

static int
dependent(struct schema_run *r, const struct op *op,
    const struct dependent *dep, uint32_t inst)
{
	int ok = 1, rc;

	for (uint32_t i = 0; i < dep->nrequired; i++) {
		struct str a = schema_cut(dep->required[i], SHOWN_MAX);
		struct str b = schema_cut(dep->name, SHOWN_MAX);

		if (json_member(r->d, inst, dep->required[i]) != JSON_NONE)
			continue;
		ok = schema_fail(r, op->node, inst,
		    "member \"%.*s\" is missing, which \"%.*s\" needs",
		    (int)a.len, a.p, (int)b.len, b.p);
		if (schema_stop(r))
			return 0;
	}
	if (dep->unit == UNIT_NONE)
		return ok;
	rc = schema_below(r, dep->unit, inst, op->node, dep->name);
	return rc < ok ? rc : ok;
}

int
schema_dependent(struct schema_run *r, const struct op *op, uint32_t inst)
{
	int ok = 1;

	for (uint32_t i = 0; i < op->dependents->n; i++) {
		const struct dependent *dep = &op->dependents->of[i];
		int rc;

		if (json_member(r->d, inst, dep->name) == JSON_NONE)
			continue;
		rc = dependent(r, op, dep, inst);
		if (rc < 0)
			return -1;
		if (rc == 0) {
			ok = 0;
			if (schema_stop(r))
				break;
		}
	}
	return ok;
}
