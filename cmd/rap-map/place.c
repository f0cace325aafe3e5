#include "place.h"

#include "base/err.h"
#include "base/mem.h"
#include "recon/recon.h"

static uint32_t
add_place(struct places *ps, uint32_t up, struct str name, bool element)
{
	struct place *p;

	if (ps->n == ps->cap) {
		ps->cap = ps->cap != 0 ? ps->cap * 2 : 64;
		ps->at = mem_realloc(ps->at, ps->cap * sizeof *ps->at);
	}
	p = &ps->at[ps->n];
	*p = (struct place){.up = up, .every = PLACE_NONE,
	    .element = element, .target = RECON_NONE,
	    .unbroken = PLACE_NONE, .follows = PLACE_NONE};
	p->name = arena_str(&ps->mem, name);
	return (uint32_t)ps->n++;
}

void
places_init(struct places *ps)
{
	add_place(ps, PLACE_NONE, STR(""), false);
	/* Names are looked up by number, less the top. */
	ps->at[PLACE_TOP].text = STR("");
}

void
places_free(struct places *ps)
{
	mem_free(ps->at);
	map_free(&ps->keys);
	buf_free(&ps->key);
	arena_free(&ps->mem);
}

static void
put_step(struct buf *out, const struct place *p)
{
	buf_putc(out, '/');
	if (p->element)
		buf_putc(out, '*');
	for (size_t i = 0; i < p->name.len; i++)
		switch (p->name.p[i]) {
		case '~':
			buf_puts(out, "~0");
			break;
		case '/':
			buf_puts(out, "~1");
			break;
		default:
			buf_putc(out, p->name.p[i]);
		}
}

/* Name it as people see it, and place it among the others. */
static uint32_t
link_place(struct places *ps, uint32_t i)
{
	struct place *p = &ps->at[i];
	const struct place *up = &ps->at[p->up];
	bool plain = p->up == PLACE_TOP &&
	    (p->name.len == 0 || p->name.p[0] != '/');

	p->depth = (uint8_t)(up->depth + 1);
	p->arrays = (uint8_t)(up->arrays + p->element);
	p->scope = up->element ? p->up : up->scope;
	p->text = p->name;
	if (plain)
		return i;
	buf_clear(&ps->key);
	if (up->depth == 1 && up->text.p == up->name.p)
		put_step(&ps->key, up);
	else
		buf_str(&ps->key, up->text);
	put_step(&ps->key, p);
	p->text = arena_str(&ps->mem, buf_view(&ps->key));
	return i;
}

uint32_t
place_child(struct places *ps, uint32_t up, struct str name)
{
	size_t had = ps->keys.n, i;

	buf_clear(&ps->key);
	buf_put(&ps->key, &up, sizeof up);
	buf_str(&ps->key, name);
	i = map_add(&ps->keys, buf_view(&ps->key));
	if (i < had)
		return (uint32_t)i + 1;
	return link_place(ps, add_place(ps, up, name, false));
}

uint32_t
place_elements(struct places *ps, uint32_t up)
{
	uint32_t i = ps->at[up].every;
	static const char mark = '\xff'; /* begins no name: it is UTF-8 */

	if (i != PLACE_NONE)
		return i;
	buf_clear(&ps->key);
	buf_put(&ps->key, &up, sizeof up);
	buf_putc(&ps->key, mark);
	map_add(&ps->keys, buf_view(&ps->key));
	i = link_place(ps, add_place(ps, up, STR(""), true));
	ps->at[up].every = i;
	return i;
}

/* A step of a pointer without its escapes. */
static int
read_step(struct str step, struct buf *out, struct err *e)
{
	buf_clear(out);
	for (size_t i = 0; i < step.len; i++) {
		char c = step.p[i];

		if (c == '~') {
			i++;
			if (i == step.len ||
			    (step.p[i] != '0' && step.p[i] != '1'))
				return err_set(e, ERR_CONFIG, "map.target",
				    "in a pointer ~ stands before 0 or 1");
			c = step.p[i] == '0' ? '~' : '/';
		}
		buf_putc(out, c);
	}
	return 0;
}

int
place_parse(struct places *ps, struct str text, uint32_t *out,
    struct err *e)
{
	struct buf name = {0};
	size_t at = 1, end;
	uint32_t i = PLACE_TOP;
	int rc = 0;

	if (text.len == 0 || text.p[0] != '/') {
		*out = place_child(ps, PLACE_TOP, text);
		return 0;
	}
	for (; at <= text.len && rc == 0; at = end + 1) {
		struct str step = {text.p + at, 0};

		for (end = at; end < text.len && text.p[end] != '/'; end++)
			step.len++;
		if (ps->at[i].depth == PLACE_DEPTH)
			rc = err_set(e, ERR_CONFIG, "map.target",
			    "a path of more than %d names", PLACE_DEPTH);
		else if (str_eq(step, STR("*")) && i != PLACE_TOP)
			i = place_elements(ps, i);
		else if ((rc = read_step(step, &name, e)) == 0)
			i = place_child(ps, i, buf_view(&name));
	}
	buf_free(&name);
	*out = i;
	return rc;
}

void
place_mark(struct places *ps, uint32_t i)
{
	while (i != PLACE_TOP) {
		i = ps->at[i].up;
		ps->at[i].inner = true;
	}
}
