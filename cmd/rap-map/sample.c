#include "sample.h"

#include "json/write.h"

/* The alternatives of one place, as JSON; "{" and "[" stand for what is made
 * of properties and items. */
struct choices {
	struct str text[SAMPLE_ALTERNATIVES];
	size_t n;
	bool closed; /* an enum says all */
};

static void
add(struct choices *c, struct str text)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->text[i], text))
			return;
	if (c->n < SAMPLE_ALTERNATIVES)
		c->text[c->n++] = text;
}

static void
add_value(void *arg, struct str json, bool closed)
{
	struct choices *c = arg;

	/* Those of an example may hold anything: what is made is simpler. */
	if (json.p[0] != '{' && json.p[0] != '[')
		add(c, json);
	else if (closed)
		add(c, json);
	c->closed = c->closed || closed;
}

static const struct {
	unsigned may;
	const char *text;
} samples[] = {
	{MAY_STRING, "\"rap-sample\""}, {MAY_INT, "7"},
	{MAY_REAL, "12.25"}, {MAY_BOOL, "true"}, {MAY_OBJECT, "{"},
	{MAY_ARRAY, "["}, {MAY_NULL, "null"}, {MAY_BOOL, "false"},
	{MAY_INT, "0"}, {MAY_INT, "-7"}, {MAY_INT, "2000"},
	{MAY_REAL, "0.5"}, {MAY_REAL, "-0.5"}, {MAY_STRING, "\"\""},
	{MAY_STRING, "\"12\""}, {MAY_STRING, "\"12.5\""},
	{MAY_STRING, "\"2024-05-05T13:00:00Z\""},
	{MAY_STRING, "\"2024-05-05\""}, {MAY_ARRAY, "[]"},
};

static void
add_types(struct choices *c, unsigned may)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		if ((samples[i].may & may) != 0)
			add(c, str_of(samples[i].text));
}

struct sample_place *
sample_at(struct sampler *s, struct str pointer)
{
	size_t i = map_find(&s->places, pointer);

	return i != MAP_NONE ? &s->place[i] : NULL;
}

/* The place of s->path; past the limit one that is always the first. */
static struct sample_place *
here(struct sampler *s, struct sample_place *spare)
{
	struct sample_place *p = sample_at(s, buf_view(&s->path));

	*spare = (struct sample_place){0};
	if (p != NULL || s->places.n == SAMPLE_PLACES)
		return p != NULL ? p : spare;
	p = &s->place[map_add(&s->places, buf_view(&s->path))];
	*p = (struct sample_place){0};
	return p;
}

static void make(struct sampler *s, struct view v, unsigned depth,
    struct buf *out);

/* Add a step to s->path: its length before. */
static size_t
step(struct sampler *s, struct str name)
{
	size_t was = s->path.len;

	buf_putc(&s->path, '/');
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] == '~' || name.p[i] == '/')
			buf_puts(&s->path, name.p[i] == '~' ? "~0" : "~1");
		else
			buf_putc(&s->path, name.p[i]);
	return was;
}

struct members {
	struct sampler *s;
	struct view v;
	struct buf *out;
	unsigned depth;
	struct map seen;
};

static void
make_member(void *arg, struct str name)
{
	struct members *m = arg;
	struct sample_place *p, spare;
	struct view inside;
	size_t had = m->seen.n, was;
	bool vague;

	map_add(&m->seen, name);
	if (m->seen.n == had || !view_member(m->v, name, &inside))
		return;
	was = step(m->s, name);
	p = here(m->s, &spare);
	vague = view_types(inside) == MAY_ALL;
	p->optional = !view_requires(m->v, name);
	/* Of what is not known nothing is made up. */
	m->s->vague = m->s->vague || vague;
	m->s->blind = m->s->blind || (vague && !p->optional);
	if (!vague && !(p->optional && p->absent)) {
		if (m->out->p[m->out->len - 1] != '{')
			buf_putc(m->out, ',');
		json_put_string(m->out, name);
		buf_putc(m->out, ':');
		make(m->s, inside, m->depth, m->out);
	}
	m->s->path.len = was;
}

static void
make_object(struct sampler *s, struct view v, unsigned depth,
    struct buf *out)
{
	struct members m = {s, v, out, depth, {0}};

	buf_putc(out, '{');
	if (depth < SAMPLE_DEPTH)
		view_all_names(v, make_member, &m);
	s->vague = s->vague || m.seen.n == 0;
	buf_putc(out, '}');
	map_free(&m.seen);
}

static void
make_array(struct sampler *s, struct view v, unsigned depth, struct buf *out)
{
	struct view items;
	size_t was;

	buf_putc(out, '[');
	if (depth < SAMPLE_DEPTH && view_items(v, &items) &&
	    view_types(items) != MAY_ALL) {
		was = step(s, STR("0"));
		make(s, items, depth, out);
		s->path.len = was;
	} else {
		s->vague = true;
	}
	buf_putc(out, ']');
}

/* At most SAMPLE_DEPTH deep. */
static void
make(struct sampler *s, struct view v, unsigned depth, struct buf *out)
{
	struct sample_place *p, spare;
	struct choices c = {.n = 0};
	struct str text;

	view_values(v, add_value, &c);
	if (!c.closed)
		add_types(&c, view_types(v));
	p = here(s, &spare);
	p->n = (uint32_t)c.n;
	text = c.n == 0 ? STR("null") :
	    c.text[p->choice < c.n ? p->choice : c.n - 1];
	if (str_eq(text, STR("{")))
		make_object(s, v, depth + 1, out);
	else if (str_eq(text, STR("[")))
		make_array(s, v, depth + 1, out);
	else
		buf_str(out, text);
}

bool
sample_is_made(struct str json)
{
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		if (str_eq(str_of(samples[i].text), json))
			return true;
	return false;
}

void
sample_make(struct sampler *s, struct buf *out)
{
	buf_clear(&s->path);
	make(s, s->root, 0, out);
}

void
sample_free(struct sampler *s)
{
	map_free(&s->places);
	buf_free(&s->path);
}
