#include "read.h"

#include "base/err.h"
#include "base/mem.h"
#include "write.h"

/*
 * After loading: which member goes where, and in what order output is written.
 * Members of nested objects (to: /a/b) are brought together where the first of
 * them stands.
 */

struct known *
link_known(struct mapping *m, struct str name)
{
	size_t had = m->names.n, i = map_add(&m->names, name);

	if (m->names.n > had && (i & (i + 1)) == 0)
		m->known = mem_realloc(m->known,
		    (i + 1) * 2 * sizeof *m->known);
	if (m->names.n > had)
		m->known[i] = (struct known){0};
	return &m->known[i];
}

static void
add_number(struct mapping *m, uint32_t **list, uint32_t *n, uint32_t v)
{
	uint32_t *grown = arena_array(&m->mem, *n + 1, sizeof **list);

	if (*n != 0)
		memcpy(grown, *list, *n * sizeof **list);
	grown[(*n)++] = v;
	*list = grown;
}

/* Whole members that a field takes are mapped; others stay. */
static void
note_members(struct mapping *m, uint32_t i)
{
	struct field *f = &m->fields[i];
	struct known *k;

	for (size_t s = 0; s < f->nsrc && f->origin == FROM_PATH; s++)
		if (f->src[s].top) {
			k = link_known(m, f->src[s].first);
			add_number(m, &k->in, &k->nin, i);
			f->in_place = m->keeps && f->path->n == 1;
			f->moved = f->in_place && f->plain &&
			    !m->explode.on;
		}
	k = link_known(m, f->path->steps[0].name);
	/* An expression takes the place of the member it is assigned to. */
	if (f->origin == FROM_EXPR && m->keeps && f->path->n == 1) {
		add_number(m, &k->in, &k->nin, i);
		f->in_place = true;
	}
	add_number(m, &k->out, &k->nout, i);
	f->takes = f->origin == FROM_EXPR;
	for (size_t s = 0; s < f->nsrc && f->origin == FROM_PATH; s++)
		f->takes = f->takes || (f->src[s].base == BASE_ITEM &&
		    str_eq(f->src[s].path->text, f->path->text));
}

/* Do a and b agree in their first n steps? */
static bool
same_steps(const struct json_path *a, const struct json_path *b, size_t n)
{
	if (a->n < n || b->n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(a->steps[i].name, b->steps[i].name))
			return false;
	return true;
}

/* The pointer without its last `left` steps. */
static struct str
pointer_above(struct str up, size_t left)
{
	for (; left > 0; left--)
		do
			up.len--;
		while (up.p[up.len] != '/');
	return up;
}

/* May other fields write into what the field copies?  Where members stay they
 * have places of their own. */
static bool
is_host(const struct mapping *m, size_t i)
{
	return !m->keeps && m->fields[i].plain && m->fields[i].path->n == 1;
}

/* The first field that writes where another one does, or below it. */
static size_t
find_clash(const struct mapping *m, struct map *places)
{
	for (size_t i = 0; i < m->nfields; i++) {
		size_t had = places->n;

		map_add(places, m->fields[i].path->text);
		if (places->n == had)
			return i;
	}
	for (size_t i = 0; i < m->nfields; i++) {
		const struct json_path *p = m->fields[i].path;

		for (size_t left = 1; left < p->n; left++) {
			/* Places have the numbers of their fields. */
			size_t up = map_find(places,
			    pointer_above(p->text, left));

			if (up != MAP_NONE && !is_host(m, up))
				return i;
		}
	}
	return MAP_NONE;
}

static int
check_places(const struct mapping *m, uint32_t node, struct err *e)
{
	struct map places = {0};
	size_t i = find_clash(m, &places);

	map_free(&places);
	if (i == MAP_NONE)
		return 0;
	node = json_element(&m->conf->doc, node, i);
	return conf_err(m->conf, read_key(m, node, "to"), e, "map.conflict",
	    "another field writes to \"%.*s\", or to what holds it",
	    (int)m->fields[i].to.len, m->fields[i].to.p);
}

static struct op *
add_op(struct mapping *m, enum op_kind kind, uint32_t field, size_t depth)
{
	struct op *op = &m->ops[m->nops++];

	op->kind = kind;
	op->field = field;
	op->host = NO_HOST;
	op->name = m->fields[field].path->steps[depth].name;
	return op;
}

/* The field that copies the object at the first step of the path, or none. */
static uint32_t
find_host(const struct mapping *m, const struct json_path *path)
{
	for (uint32_t i = 0; i < m->nfields; i++)
		if (is_host(m, i) && same_steps(m->fields[i].path, path, 1))
			return i;
	return NO_HOST;
}

/* Does another field write into what this one copies? */
static bool
has_guests(const struct mapping *m, uint32_t host)
{
	for (uint32_t i = 0; is_host(m, host) && i < m->nfields; i++)
		if (i != host && same_steps(m->fields[i].path,
		    m->fields[host].path, 1))
			return true;
	return false;
}

/* The fields from number `first` on that share its first n steps; at most
 * JSON_PATH_STEPS deep. */
static void
add_ops(struct mapping *m, bool *done, uint32_t first, size_t n)
{
	const struct json_path *lead = m->fields[first].path;

	for (uint32_t i = first; i < m->nfields; i++) {
		const struct field *f = &m->fields[i];
		struct op *open;

		if (done[i] || !same_steps(f->path, lead, n))
			continue;
		if (f->path->n == n + 1 && !has_guests(m, i)) {
			done[i] = true;
			add_op(m, OP_FIELD, i, n);
			continue;
		}
		open = add_op(m, OP_OPEN, i, n);
		open->label = read_label(m, open->name);
		if (n == 0) {
			link_known(m, open->name)->group = (uint32_t)m->nops;
			open->host = find_host(m, f->path);
		}
		if (open->host != NO_HOST)
			done[open->host] = true;
		add_ops(m, done, i, n + 1);
		open->end = (uint32_t)m->nops;
		add_op(m, OP_CLOSE, i, n);
	}
}

int
link_fields(struct mapping *m, uint32_t fields, struct err *e)
{
	bool *done = arena_array(&m->mem, m->nfields + 1, sizeof *done);
	size_t room = 1;

	for (uint32_t i = 0; i < m->nfields; i++) {
		note_members(m, i);
		done[i] = m->fields[i].in_place;
		room += 2 * m->fields[i].path->n;
	}
	if (check_places(m, fields, e) != 0)
		return -1;
	m->ops = arena_array(&m->mem, room, sizeof *m->ops);
	if (m->nfields != 0)
		for (uint32_t i = 0; i < m->nfields; i++)
			if (!done[i])
				add_ops(m, done, i, 0);
	return 0;
}
