#include <string.h>

#include "base/err.h"
#include "canon/canon.h"
#include "prov/prov.h"
#include "prov/prov_priv.h"

/*
 * A record as a line: parsed, its numbers checked, in canonical form, and
 * within the length of a log entry.
 */

/* Members that say what the record is; they stay in the line. */
static bool
is_fixed(const struct json_doc *d, uint32_t name)
{
	static const char *const fixed[] = {"type", "seq", "prev", "run"};

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		if (json_string_is(d, name, str_of(fixed[i])))
			return true;
	}
	return false;
}

/* The name of the longest member that may move, or JSON_NONE. */
static uint32_t
longest(const struct json_doc *d)
{
	uint32_t best = JSON_NONE, len = 128; /* what stands for it is longer */

	for (uint32_t k = 1; k < d->nodes[0].next; k = d->nodes[k + 1].next) {
		if (d->nodes[k + 1].len > len && !is_fixed(d, k)) {
			best = k;
			len = d->nodes[k + 1].len;
		}
	}
	return best;
}

/* Move one member to objects/; text is the record with what stands for it. */
static int
move_member(struct prov_store *s, uint32_t name, struct buf *text,
    struct err *e)
{
	const struct json_doc *d = &s->doc;
	const struct json_node *v = &d->nodes[name + 1];
	struct buf value = {0}, next = {0};
	uint8_t digest[HASH_LEN];
	char hex[HASH_HEX + 1];
	int rc;

	canon_write(d, name + 1, &value);
	rc = prov_object_put(s, value.p, value.len, digest, e);
	hash_hex(hex, digest);
	buf_put(&next, d->text, v->off);
	buf_printf(&next, "{\"bytes\":%zu,\"object\":\"%s\"}", value.len, hex);
	buf_put(&next, d->text + v->off + v->len, d->len - v->off - v->len);
	buf_clear(text);
	buf_put(text, next.p, next.len);
	buf_free(&value);
	buf_free(&next);
	return rc;
}

static int
internal(struct err *e, const char *id)
{
	e->code = ERR_INTERNAL;
	e->id = id;
	return err_source(e, "log record");
}

int
prov_fit(struct prov_store *s, struct buf *text, struct buf *line,
    struct err *e)
{
	for (;;) {
		uint32_t name;

		if (json_parse(&s->doc, text->p, text->len, e) != 0)
			return internal(e, "log.record");
		if (prov_numbers(&s->doc, e) != 0)
			return internal(e, "log.number");
		buf_clear(line);
		canon_write(&s->doc, 0, line);
		if (line->len <= PROV_LINE_MAX)
			return 0;
		name = longest(&s->doc);
		if (name == JSON_NONE)
			return err_set(e, ERR_DATA, "log.toolong",
			    "a record longer than %d bytes", PROV_LINE_MAX);
		if (move_member(s, name, text, e) != 0)
			return -1;
	}
}

bool
prov_moved(const struct json_doc *d, uint32_t node, uint8_t digest[HASH_LEN])
{
	uint32_t object;

	if (json_type(d, node) != JSON_OBJECT || json_count(d, node) != 2 ||
	    json_member(d, node, STR("bytes")) == JSON_NONE)
		return false;
	object = json_member(d, node, STR("object"));
	return object != JSON_NONE && d->nodes[object].len == HASH_HEX + 2 &&
	    hash_unhex(digest, d->text + d->nodes[object].off + 1,
		HASH_HEX) == 0;
}

int
prov_expand(struct prov_store *s, const struct json_doc *d, struct buf *out,
    struct err *e)
{
	size_t done = 0;

	for (uint32_t k = 1; k < d->nodes[0].next; k = d->nodes[k + 1].next) {
		const struct json_node *v = &d->nodes[k + 1];
		uint8_t digest[HASH_LEN];

		if (!prov_moved(d, k + 1, digest))
			continue;
		buf_put(out, d->text + done, v->off - done);
		if (prov_object_get(s, digest, out, e) != 0)
			return -1;
		done = v->off + v->len;
	}
	buf_put(out, d->text + done, d->len - done);
	return 0;
}
