/* The memory of an index, and reading it. */
#include "json/json.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "json/json_priv.h"

void
json_more_nodes(struct json_doc *d)
{
	d->cap = d->cap != 0 ? d->cap * 2 : 64;
	d->nodes = mem_realloc(d->nodes, (size_t)d->cap * sizeof *d->nodes);
}

void
json_more_depth(struct json_doc *d)
{
	/* Powers of two up to JSON_DEPTH. */
	d->stack_cap = d->stack_cap != 0 ? d->stack_cap * 2 : 16;
	d->stack = mem_realloc(d->stack, d->stack_cap * sizeof *d->stack);
}

void
json_free(struct json_doc *d)
{
	mem_free(d->nodes);
	mem_free(d->stack);
	mem_free(d->order);
	*d = (struct json_doc){0};
}

const char *
json_type_name(enum json_type t)
{
	/* ORDER json_type */
	static const char *const names[] = {"null", "boolean", "boolean",
	    "number", "string", "array", "object"};

	return names[t];
}

struct str
json_string(const struct json_doc *d, uint32_t node, struct arena *a)
{
	const struct json_node *v = &d->nodes[node];
	const char *p = d->text + v->off + 1, *end = p + v->len - 2;
	char *out;
	size_t n = 0;

	if ((v->flags & JSON_ESCAPED) == 0)
		return (struct str){p, v->len - 2};
	/* No escape is shorter than what it stands for; 4 to spare for the
	 * step that is written whole. */
	out = arena_alloc(a, v->len + 4);
	while (p < end)
		n += json_unescape(&p, out + n);
	return (struct str){out, n};
}

bool
json_string_is(const struct json_doc *d, uint32_t node, struct str s)
{
	const struct json_node *v = &d->nodes[node];
	const char *p = d->text + v->off + 1, *end = p + v->len - 2;
	size_t at = 0;

	if ((v->flags & JSON_ESCAPED) == 0)
		return v->len - 2 == s.len && memcmp(p, s.p, s.len) == 0;
	while (p < end) {
		char step[4];
		size_t n = json_unescape(&p, step);

		if (n > s.len - at || memcmp(step, s.p + at, n) != 0)
			return false;
		at += n;
	}
	return at == s.len;
}

uint32_t
json_member(const struct json_doc *d, uint32_t obj, struct str name)
{
	const struct json_node *v = d->nodes;

	if (v[obj].type != JSON_OBJECT)
		return JSON_NONE;
	for (uint32_t k = obj + 1; k < v[obj].next; k = v[k + 1].next)
		if (json_string_is(d, k, name))
			return k + 1;
	return JSON_NONE;
}

uint32_t
json_element(const struct json_doc *d, uint32_t arr, size_t i)
{
	const struct json_node *v = d->nodes;

	if (v[arr].type != JSON_ARRAY)
		return JSON_NONE;
	for (uint32_t k = arr + 1; k < v[arr].next; k = v[k].next)
		if (i-- == 0)
			return k;
	return JSON_NONE;
}

size_t
json_count(const struct json_doc *d, uint32_t node)
{
	const struct json_node *v = d->nodes;
	bool object = v[node].type == JSON_OBJECT;
	size_t n = 0;

	if (!object && v[node].type != JSON_ARRAY)
		return 0;
	for (uint32_t k = node + 1; k < v[node].next;
	     k = v[object ? k + 1 : k].next)
		n++;
	return n;
}

static void
pointer_name(const struct json_doc *d, uint32_t name, struct buf *out)
{
	const struct json_node *v = &d->nodes[name];
	const char *p = d->text + v->off + 1, *end = p + v->len - 2;

	while (p < end) {
		char step[4];
		size_t n = json_unescape(&p, step);

		if (n == 1 && step[0] == '~')
			buf_puts(out, "~0");
		else if (n == 1 && step[0] == '/')
			buf_puts(out, "~1");
		else
			buf_put(out, step, n);
	}
}

/* The child of container c that is or holds node; its name or index goes to
 * out. */
static uint32_t
pointer_step(const struct json_doc *d, uint32_t c, uint32_t node,
    struct buf *out)
{
	const struct json_node *v = d->nodes;
	uint32_t k = c + 1;
	size_t i = 0;

	buf_putc(out, '/');
	if (v[c].type == JSON_OBJECT) {
		while (v[k + 1].next <= node)
			k = v[k + 1].next;
		pointer_name(d, k, out);
		return node == k ? node : k + 1;
	}
	while (v[k].next <= node) {
		k = v[k].next;
		i++;
	}
	buf_u64(out, i);
	return k;
}

void
json_pointer_of(const struct json_doc *d, uint32_t node, struct buf *out)
{
	uint32_t at = 0;

	while (at != node)
		at = pointer_step(d, at, node, out);
}

int
json_int64(const struct json_doc *d, uint32_t node, int64_t *out)
{
	const struct json_node *v = &d->nodes[node];
	const char *p = d->text + v->off, *end = p + v->len;
	bool minus = *p == '-';
	int64_t n = 0;

	if (v->type != JSON_NUMBER || (v->flags & JSON_INTEGER) == 0)
		return -1;
	for (p += minus; p < end; p++) {
		int64_t digit = *p - '0';

		if (__builtin_mul_overflow(n, 10, &n) ||
		    (minus ? __builtin_sub_overflow(n, digit, &n)
			   : __builtin_add_overflow(n, digit, &n)))
			return -1;
	}
	*out = n;
	return 0;
}
