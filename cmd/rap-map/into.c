#include "write.h"

#include "base/err.h"

/* Fields that go into an object of the record that stays: its other members
 * keep their places and their bytes. */

/* Has one of the operations [i, end) something to write, or to take away from
 * an object? */
static bool
is_touched(const struct worker *w, size_t i, size_t end, bool object)
{
	for (; i < end; i++) {
		const struct op *op = &w->m->ops[i];

		if (op->kind == OP_FIELD && (w->result[op->field].p != NULL ||
		    (object && w->m->fields[op->field].takes)))
			return true;
	}
	return false;
}

static size_t
next_op(const struct worker *w, size_t i)
{
	const struct op *op = &w->m->ops[i];

	return op->kind == OP_OPEN ? op->end + 1 : i + 1;
}

/* The operation of a group [begin, end), which is not empty, for a name, or
 * end.  Records are much alike: the search begins behind what was found last,
 * and goes round. */
static size_t
find_op(const struct worker *w, uint32_t name, size_t begin, size_t end,
    size_t *from)
{
	size_t i = *from;

	do {
		size_t next = next_op(w, i);

		next = next != end ? next : begin;
		if (json_string_is(w->d, name, w->m->ops[i].name)) {
			*from = next;
			return i;
		}
		i = next;
	} while (i != *from);
	return end;
}

/* Is the member left out?  A hole has the comma on one side of it. */
static bool
is_dropped(const struct worker *w, uint32_t name)
{
	uint32_t off = w->d->nodes[name].off;

	for (size_t i = 0; i < w->nholes; i++)
		if (w->holes[i].off <= off && off < w->holes[i].end)
			return true;
	return false;
}

static int
in_the_way(struct worker *w, const struct cell *c, size_t open,
    struct err *e)
{
	const struct field *f;
	size_t i = open;

	while (w->m->ops[i].kind != OP_FIELD ||
	    w->result[w->m->ops[i].field].p == NULL)
		i++;
	f = &w->m->fields[w->m->ops[i].field];
	cell_err(w, c, e, "map.object",
	    "%.*s cannot be written: %s is in the way", (int)f->to.len,
	    f->to.p, json_type_name(c->type));
	return err_hint(e, "drop it, or write to another name");
}

/* A member that is left as it is, its own spaces too. */
static void
put_untouched(struct worker *w, struct buf *out, uint32_t name)
{
	const struct json_node *v = w->d->nodes + name;

	write_label(out, STR(""));
	write_slice(w, out, (struct str){w->d->text + v->off,
	    v[1].off + v[1].len - v->off});
}

/* A member that a field takes, or writes into. */
static int
put_inner(struct worker *w, struct buf *out, uint32_t name, size_t i,
    struct err *e)
{
	const struct json_doc *d = w->d;
	struct cell c = {.raw = json_raw(d, name + 1), .node = name + 1,
	    .type = json_type(d, name + 1)};
	const struct op *op = &w->m->ops[i];

	if (op->kind == OP_FIELD && w->m->fields[op->field].takes) {
		write_field(w, out, op->field);
		return 0;
	}
	if (op->kind == OP_FIELD && w->result[op->field].p != NULL)
		return write_conflict(w, &c, op->name, e);
	if (op->kind == OP_FIELD) {
		put_untouched(w, out, name);
		return 0;
	}
	write_label(out, json_raw(d, name));
	buf_putc(out, ':');
	return write_into(w, out, &c, i, e);
}

/* As deep as paths are: JSON_PATH_STEPS. */
int
write_into(struct worker *w, struct buf *out, const struct cell *c,
    size_t open, struct err *e)
{
	const struct json_node *v = w->d->nodes;
	size_t begin = open + 1, end = w->m->ops[open].end, from = begin;

	if (!is_touched(w, begin, end, c->type == JSON_OBJECT)) {
		write_slice(w, out, c->raw);
		return 0;
	}
	if (c->type != JSON_OBJECT)
		return in_the_way(w, c, begin, e);
	buf_putc(out, '{');
	for (uint32_t k = c->node + 1; k < v[c->node].next;
	     k = v[k + 1].next) {
		size_t i = find_op(w, k, begin, end, &from);

		if (is_dropped(w, k))
			continue;
		if (i == end)
			put_untouched(w, out, k);
		else if (put_inner(w, out, k, i, e) != 0)
			return -1;
	}
	if (write_ops(w, out, begin, end, e) != 0)
		return -1;
	buf_putc(out, '}');
	return 0;
}
