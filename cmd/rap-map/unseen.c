#include "unseen.h"

#include "base/err.h"
#include "base/mem.h"
#include "prog/prog.h"

/* A mapping for many kinds of records has many paths that one input lacks. */
enum { WARN_MAX = 16 };

struct teller {
	struct prog *prog;
	const struct chain *c;
	const struct mapping *m; /* the step */
	const struct sight *s;	 /* of it */
	struct map told;	 /* pointers */
};

struct sight *
sights_new(const struct chain *c)
{
	struct sight *all = mem_array(c->nsteps, sizeof *all);

	for (size_t i = 0; i < c->nsteps; i++) {
		const struct mapping *m = &c->steps[i];
		struct sight *s = &all[i];

		s->hints = mem_array(m->nhints + 1, sizeof *s->hints);
		s->met = mem_array(m->names.n + 1, sizeof *s->met);
		s->shaped = mem_array(m->nshapes + 1, sizeof *s->shaped);
	}
	return all;
}

void
sights_free(struct sight *s, const struct chain *c)
{
	for (size_t i = 0; s != NULL && i < c->nsteps; i++) {
		mem_free(s[i].hints);
		mem_free(s[i].met);
		mem_free(s[i].shaped);
	}
	mem_free(s);
}

static bool
was_seen(const struct teller *t, const struct source *src)
{
	size_t i = src->top ? map_find(&t->m->names, src->first) : MAP_NONE;

	return src->base == BASE_INDEX ||
	    json_path_seen(src->path, &t->s->hints[src->hint]) ||
	    (i != MAP_NONE && t->s->met[i]);
}

/* Unless the path was told of. */
static void
tell(struct teller *t, const struct source *src)
{
	size_t had = t->told.n;
	struct json_path p;
	struct err w;

	/* As it is in the mapping: what explode makes of it is another. */
	if (json_path_compile(&p, src->text, &w) != 0)
		return;
	map_add(&t->told, p.text);
	if (t->told.n != had && t->told.n <= WARN_MAX) {
		err_set(&w, ERR_OK, "map.unseen", "no record has this member");
		err_path(&w, p.text.p, p.text.len);
		if (!t->m->conf->made)
			err_source(&w, t->m->file);
		if (t->c->nsteps > 1)
			err_hint(&w, "in step %zu of the mapping",
			    (size_t)(t->m - t->c->steps) + 1);
		prog_warn(t->prog, &w);
	}
	json_path_free(&p);
}

static void
tell_field(struct teller *t, const struct field *f)
{
	bool parts = f->origin == FROM_PATH && f->concat;

	if (f->nsrc == 0 || f->if_missing.len != 0)
		return;
	for (size_t i = 0; i < f->nsrc; i++) {
		bool seen = was_seen(t, &f->src[i]);

		/* Behind a part that is missing nobody looked; of paths
		 * that stand in for each other one is enough. */
		if (parts && !seen)
			tell(t, &f->src[i]);
		if (parts != seen)
			return;
	}
	if (!parts)
		tell(t, &f->src[0]);
}

static void
tell_step(struct teller *t)
{
	const struct mapping *m = t->m;

	for (size_t i = 0; t->s->mapped && i < m->nfields; i++)
		tell_field(t, &m->fields[i]);
	for (size_t i = 0; t->s->mapped && i < m->ndropped; i++)
		if (!was_seen(t, &m->dropped[i]))
			tell(t, &m->dropped[i]);
	for (size_t i = 0; i < m->nshapes; i++)
		for (size_t k = 0; t->s->shaped[i] &&
		     k < m->shapes[i].npaths; k++)
			if (!was_seen(t, &m->shapes[i].paths[k]))
				tell(t, &m->shapes[i].paths[k]);
}

void
sights_warn(const struct sight *s, const struct chain *c, struct prog *p)
{
	struct teller t = {.prog = p, .c = c};
	struct err w;

	for (size_t i = 0; i < c->nsteps; i++) {
		t.m = &c->steps[i];
		t.s = &s[i];
		tell_step(&t);
	}
	if (t.told.n > WARN_MAX) {
		err_set(&w, ERR_OK, "map.unseen", "%zu more like this",
		    t.told.n - WARN_MAX);
		prog_warn(p, &w);
	}
	map_free(&t.told);
}
