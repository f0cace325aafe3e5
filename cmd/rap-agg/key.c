/*
 * A group key is its components end to end: a byte for the type, the length of
 * the text in four bytes (lowest first), the text.  So 1 and 1.0 are one key,
 * 1 and "1" two, and an absent member is not null.
 */
#include "table.h"

#include "base/buf.h"
#include "canon/canon.h"
#include "json/json.h"

enum { HEAD = 5 };

static void
put_part(struct buf *key, int type, struct str text)
{
	char head[HEAD] = {(char)(type - AGG_ABSENT)};

	for (int i = 0; i < 4; i++)
		head[1 + i] = (char)(text.len >> 8 * i & 0xff);
	buf_put(key, head, HEAD);
	buf_str(key, text);
}

void
agg_key_put(struct buf *key, const struct json_doc *d, uint32_t node,
    struct arena *a)
{
	struct buf canon = {0};
	enum json_type type;

	if (node == JSON_NONE) {
		put_part(key, AGG_ABSENT, (struct str){0});
		return;
	}
	type = json_type(d, node);
	if (type == JSON_STRING) {
		put_part(key, type, json_string(d, node, a));
		return;
	}
	canon_write(d, node, &canon);
	put_part(key, type, buf_view(&canon));
	buf_free(&canon);
}

struct agg_part
agg_key_part(struct str key, size_t *at)
{
	const char *p = key.p + *at;
	struct agg_part part = {.type = p[0] + AGG_ABSENT};

	for (int i = 0; i < 4; i++)
		part.text.len |= (size_t)(unsigned char)p[1 + i] << 8 * i;
	part.text.p = p + HEAD;
	*at += HEAD + part.text.len;
	return part;
}

int
agg_key_cmp(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	/* Both have the same number of components. */
	while (i < a.len && k < b.len) {
		struct agg_part x = agg_key_part(a, &i);
		struct agg_part y = agg_key_part(b, &k);
		int c = x.type - y.type;

		if (c == 0)
			c = x.type == JSON_NUMBER ? num_cmp(x.text, y.text) :
						    str_cmp(x.text, y.text);
		if (c != 0)
			return c;
	}
	return 0;
}
