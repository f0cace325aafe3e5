/* The schema file: JSON or YAML, with lines in its errors. */
#include "validate.h"

#include "base/err.h"
#include "base/mem.h"

/* The node that holds byte pos of the text: the last to begin before it. */
static uint32_t
node_at(const struct json_doc *d, size_t pos)
{
	uint32_t lo = 0, hi = d->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (d->nodes[mid].off <= pos)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

int
rules_load(struct rules *r, struct prog *p, const char *name, struct err *e)
{
	struct buf text = {0};
	int rc;

	if (prog_load(p, "schemas", name, &text, &r->path, e) != 0) {
		buf_free(&text);
		return -1;
	}
	rc = conf_parse(&r->conf, text.p != NULL ? text.p : "", text.len, e);
	buf_free(&text);
	if (rc != 0)
		return err_source(e, r->path);
	r->schema = schema_compile(&r->conf.doc, 0, e);
	if (r->schema != NULL)
		return 0;
	/* Positions are of the text the file was turned into. */
	if (e->pos != ERR_NOPOS)
		conf_place(&r->conf, node_at(&r->conf.doc, e->pos), e);
	return err_source(e, r->path);
}

void
rules_free(struct rules *r)
{
	schema_free(r->schema);
	conf_free(&r->conf);
	mem_free(r->path);
}
