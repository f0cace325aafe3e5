#include "json/path.h"

#include "base/err.h"
#include "base/mem.h"
#include "json/json_priv.h"

static uint32_t
as_index(struct str s)
{
	unsigned long long v;

	if (s.len > 1 && s.p[0] == '0')
		return JSON_NONE;
	if (str_to_u64(s, JSON_NONE - 1, &v) != 0)
		return JSON_NONE;
	return (uint32_t)v;
}

/* Unescape ~0 and ~1 in place; the new length, or -1 for another ~. */
static long
untilde(char *p, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '~') {
			i++;
			if (i == n || (p[i] != '0' && p[i] != '1'))
				return -1;
			p[out++] = p[i] == '0' ? '~' : '/';
		} else
			p[out++] = p[i];
	}
	return (long)out;
}

/* The pointer form of dotted names, for messages. */
static char *
pointer_text(struct str text, size_t *len)
{
	char *out = mem_alloc(2 * text.len + 2);
	size_t n = 0;

	if (text.len != 0)
		out[n++] = '/';
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '.')
			out[n++] = '/';
		else if (text.p[i] == '/' || text.p[i] == '~') {
			out[n++] = '~';
			out[n++] = text.p[i] == '~' ? '0' : '1';
		} else
			out[n++] = text.p[i];
	}
	*len = n;
	return out;
}

static int
add_step(struct json_path *p, char *name, size_t n, size_t pos,
    struct err *e)
{
	long len = untilde(name, n);

	if (p->n == JSON_PATH_STEPS)
		return err_at(e, pos, ERR_CONFIG, "path.depth",
		    "a path of more than %d steps", JSON_PATH_STEPS);
	if (len < 0)
		return err_at(e, pos, ERR_CONFIG, "path.syntax",
		    "'~' must be followed by 0 or 1 in a JSON Pointer");
	p->steps[p->n].name = (struct str){name, (size_t)len};
	p->steps[p->n].index = as_index(p->steps[p->n].name);
	p->n++;
	return 0;
}

int
json_path_compile(struct json_path *p, struct str text, struct err *e)
{
	bool dotted = text.len != 0 && text.p[0] != '/';
	size_t len, from = 1;
	char *names;

	*p = (struct json_path){0};
	/* Two copies: the pointer for messages, and the steps, unescaped. */
	if (dotted)
		p->mem = pointer_text(text, &len);
	else {
		p->mem = mem_dup(text.p, text.len);
		len = text.len;
	}
	p->mem = mem_realloc(p->mem, 2 * len + 1);
	names = p->mem + len;
	memcpy(names, p->mem, len);
	p->text = (struct str){p->mem, len};
	for (size_t i = 1; i <= len; i++) {
		if (i < len && p->mem[i] != '/')
			continue;
		if (dotted && i == from) {
			json_path_free(p);
			return err_at(e, from, ERR_CONFIG, "path.syntax",
			    "an empty name in a dotted path");
		}
		if (add_step(p, names + from, i - from, from, e) != 0) {
			json_path_free(p);
			return -1;
		}
		from = i + 1;
	}
	return 0;
}

void
json_path_free(struct json_path *p)
{
	mem_free(p->mem);
	*p = (struct json_path){0};
}

static inline bool
is_named(const struct json_doc *d, uint32_t k, struct str name)
{
	const struct json_node *v = &d->nodes[k];

	if ((v->flags & JSON_ESCAPED) != 0)
		return json_string_is(d, k, name);
	return v->len - 2 == name.len &&
	    memcmp(d->text + v->off + 1, name.p, name.len) == 0;
}

enum { FAR = 256 }; /* found, and not remembered where */

/*
 * A remembered distance is only a guess: the node there must be a name, of
 * this very object.  Distances below 256 nodes cannot cross 256 levels, so
 * the depth modulo 256 settles that.
 */
static uint32_t
step_member(const struct json_doc *d, uint32_t obj, struct str name,
    uint8_t depth, uint32_t *hint)
{
	const struct json_node *v = d->nodes;
	uint32_t end = v[obj].next;
	uint32_t k = obj + *hint;

	if (*hint - 1 < FAR - 1 && k < end && (v[k].flags & JSON_NAME) != 0 &&
	    v[k].depth == depth && is_named(d, k, name))
		return k + 1;
	for (k = obj + 1; k < end; k = v[k + 1].next)
		if (is_named(d, k, name)) {
			*hint = k - obj < FAR ? k - obj : FAR;
			return k + 1;
		}
	return JSON_NONE;
}

uint32_t
json_path_find(const struct json_path *p, const struct json_doc *d,
    uint32_t at, struct json_hint *hint)
{
	for (size_t i = 0; i < p->n && at != JSON_NONE; i++) {
		const struct json_step *s = &p->steps[i];
		const struct json_node *v = &d->nodes[at];

		if (v->type == JSON_OBJECT)
			/* The first name of the object knows its depth. */
			at = v->next == at + 1 ? JSON_NONE
			    : step_member(d, at, s->name, v[1].depth,
				  &hint->at[i]);
		else if (v->type == JSON_ARRAY && s->index != JSON_NONE) {
			at = json_element(d, at, s->index);
			if (at != JSON_NONE)
				hint->at[i] = FAR;
		}
		else
			at = JSON_NONE;
	}
	return at;
}
