#include "read.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "expr/expr.h"
#include "json/write.h"

/* What a field's value must become: type, layout, rounding, unit. */

enum { PLACES_MAX = 30 };

/* decimal(2) */
static int
decimal_places(struct str s)
{
	int n = 0;

	if (s.len < 10 || s.len > 11 || memcmp(s.p, "decimal(", 8) != 0 ||
	    s.p[s.len - 1] != ')')
		return -1;
	for (size_t i = 8; i < s.len - 1; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		n = n * 10 + (s.p[i] - '0');
	}
	return n <= PLACES_MAX ? n : -1;
}

/* What other languages call a type. */
static void
hint_kind(struct str s, struct err *e)
{
	static const char *const pairs[][2] = {{"int", "integer"},
	    {"long", "integer"}, {"float", "number"}, {"double", "number"},
	    {"numeric", "number"}, {"str", "string"}, {"text", "string"},
	    {"varchar", "string"}, {"bool", "boolean"},
	    {"datetime", "timestamp"}, {"time", "timestamp"},
	    {"interval", "duration"}};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (str_eq(s, str_of(pairs[i][0])))
			err_hint(e, "did you mean \"%s\"?", pairs[i][1]);
	if (s.len >= 7 && memcmp(s.p, "decimal", 7) == 0)
		err_hint(e, "n is the places, from 0 to %d, as in decimal(2)",
		    PLACES_MAX);
}

static int
load_kind(struct mapping *m, uint32_t node, struct caster *c, struct err *e)
{
	/* ORDER enum cast */
	static const char *const casts[] = {"integer", "number", "string",
	    "boolean", "timestamp", "date", "duration", "decimal(n)"};
	struct str s;
	int word;

	if (read_text(m, node, &s, e) != 0)
		return -1;
	word = decimal_places(s);
	if (word >= 0) {
		c->kind = CAST_DECIMAL;
		c->places = (unsigned)word;
		return 0;
	}
	word = read_word(m, node, casts, ARRAY_LEN(casts), e);
	if (word < 0)
		return hint_kind(s, e), -1;
	c->kind = (enum cast)(word + 1);
	if (c->kind == CAST_DECIMAL)
		return conf_err(m->conf, node, e, "map.config",
		    "n is the number of decimal places, as in decimal(2)");
	return 0;
}

/* layout: IN, or {from, to, zone}. */
struct layout {
	struct str from, to, zone;
	uint32_t node;
};

static int
read_layout(struct mapping *m, uint32_t node, struct str *out,
    struct err *e)
{
	if (read_text(m, node, out, e) != 0)
		return -1;
	return out->len != 0 ? 0 :
	    conf_err(m->conf, node, e, "map.config", "an empty text");
}

static int
load_layout(struct mapping *m, uint32_t node, struct layout *l,
    struct err *e)
{
	static const char *const keys[] = {"from", "to", "zone"};
	struct str *const into[] = {&l->from, &l->to, &l->zone};

	l->node = node;
	if (node == JSON_NONE)
		return 0;
	if (json_type(&m->conf->doc, node) == JSON_STRING)
		return read_layout(m, node, &l->from, e);
	if (conf_keys(m->conf, node, keys, ARRAY_LEN(keys), e) != 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		uint32_t k = read_key(m, node, keys[i]);

		if (k != JSON_NONE && read_layout(m, k, into[i], e) != 0)
			return -1;
	}
	return 0;
}

/* Does the expression work at all?  A layout with a letter that is not known,
 * or an unknown zone, is found before a record is read. */
static int
try_text(struct mapping *m, uint32_t node, struct str text, struct err *e)
{
	struct expr_env env = {0};
	struct err why;
	struct expr *x = expr_compile(text, &env, NULL, &why);
	struct expr_run *run;
	struct arena a = {0};
	struct expr_value v;
	int rc = -1;

	if (x != NULL) {
		run = expr_run_new(x);
		rc = expr_eval(run, NULL, 0, &a, &v, &why);
		expr_run_free(run);
		expr_free(x);
		arena_free(&a);
	}
	return rc == 0 ? 0 :
	    conf_err(m->conf, node, e, "map.config", "%s", why.msg);
}

static void
put_call(struct buf *b, const char *call, const char *inner,
    struct str layout, struct str zone)
{
	buf_printf(b, "%s(%s, ", call, inner);
	json_put_string(b, layout);
	if (zone.len != 0) {
		buf_puts(b, ", ");
		json_put_string(b, zone);
	}
	buf_putc(b, ')');
}

/* A layout without a letter would take one text only. */
static int
check_letters(struct mapping *m, uint32_t node, struct str s, struct err *e)
{
	static const char *const words[] = {"rfc3339", "unix", "unix_ms",
	    "unix_us", "unix_ns"};

	if (s.len == 0 || memchr(s.p, '%', s.len) != NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(s, str_of(words[i])))
			return 0;
	conf_err(m->conf, node, e, "map.config",
	    "\"%.*s\" is no layout: it has no letter with %%",
	    (int)(s.len < 60 ? s.len : 60), s.p);
	return err_hint(e, "as %%Y-%%m-%%d %%H:%%M:%%S; or rfc3339, unix, "
	    "unix_ms, unix_us, unix_ns");
}

/* Times are read and written by the functions that expressions have. */
static int
load_time(struct mapping *m, const struct layout *l, struct caster *c,
    struct err *e)
{
	static const struct expr_var var = {"v", "dyn"};
	struct expr_env env = {.vars = &var, .nvars = 1};
	bool date = c->kind == CAST_DATE;
	struct str usual = date ? STR("%Y-%m-%d") : STR("rfc3339");
	struct str from = l->from.len != 0 ? l->from : usual;
	struct str to = l->to.len != 0 ? l->to : usual;
	struct buf inner = {0}, text = {0};
	struct expr *x;
	int rc;

	if (check_letters(m, l->node, l->from, e) != 0 ||
	    check_letters(m, l->node, l->to, e) != 0)
		return -1;
	c->same = date && str_eq(from, to) && l->zone.len == 0;
	c->keep = !date && l->node == JSON_NONE;
	c->as_number = to.len >= 4 && memcmp(to.p, "unix", 4) == 0;
	put_call(&text, "format_time", "timestamp(0)", from, l->zone);
	rc = l->node != JSON_NONE ?
	    try_text(m, l->node, buf_view(&text), e) : 0;
	buf_clear(&text);
	put_call(&text, "format_time", "timestamp(0)", to, (struct str){0});
	if (rc == 0 && l->node != JSON_NONE)
		rc = try_text(m, l->node, buf_view(&text), e);
	buf_clear(&text);
	put_call(&inner, "parse_time", "v", from, l->zone);
	put_call(&text, "format_time", buf_cstr(&inner), to,
	    (struct str){0});
	x = rc == 0 ? expr_compile(buf_view(&text), &env, NULL, e) : NULL;
	if (x != NULL)
		c->expr = read_keep(m, x, true);
	buf_free(&inner);
	buf_free(&text);
	return x != NULL ? 0 : -1;
}

static int
load_span(struct mapping *m, const struct layout *l, struct caster *c,
    struct err *e)
{
	/* ORDER enum span */
	static const char *const names[] = {"text", "s", "ms", "us", "ns",
	    "clock"};
	const struct str texts[] = {l->from, l->to};
	enum span *const into[] = {&c->from, &c->to};

	for (size_t k = 0; k < 2; k++) {
		size_t i = 0;

		if (texts[k].len == 0)
			continue;
		while (i < ARRAY_LEN(names) &&
		    !str_eq(texts[k], str_of(names[i])))
			i++;
		if (i == ARRAY_LEN(names) || (k == 1 && i == SPAN_CLOCK))
			return conf_err(m->conf, l->node, e, "map.config",
			    "a duration is laid out as text, s, ms, us, ns "
			    "or (from) clock, not as %.*s",
			    (int)(texts[k].len < 40 ? texts[k].len : 40),
			    texts[k].p);
		*into[k] = (enum span)i;
	}
	c->as_number = c->to != SPAN_TEXT;
	if (l->zone.len == 0)
		return 0;
	return conf_err(m->conf, l->node, e, "map.config",
	    "a duration has no zone");
}

/* A code: compiled, and placed in the file when it is wrong. */
static int
load_code(struct mapping *m, uint32_t node, struct str *code, struct unit *u,
    struct err *e)
{
	struct err why;

	if (read_text(m, node, code, e) != 0)
		return -1;
	if (unit_parse(u, *code, &why) == 0)
		return 0;
	conf_err(m->conf, node, e, why.id, "%s", why.msg);
	memcpy(e->hint, why.hint, sizeof e->hint);
	conf_point(m->conf, node, why.pos, code->len - why.pos, e);
	return -1;
}

/* {path: P}: the record says what unit it has. */
static int
load_unit_path(struct mapping *m, uint32_t node, struct field *f,
    struct err *e)
{
	static const char *const keys[] = {"path"};
	uint32_t path;

	if (conf_keys(m->conf, node, keys, 1, e) != 0)
		return -1;
	path = read_key(m, node, "path");
	if (path == JSON_NONE)
		return conf_err(m->conf, node, e, "map.config",
		    "from is the code of a unit, or {path: where it is}");
	f->unit_from = arena_zalloc(&m->mem, sizeof *f->unit_from);
	return read_source(m, path, f->unit_from, e);
}

static int
load_unit(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	static const char *const keys[] = {"from", "to"};
	uint32_t from, to;
	struct unit a, b;
	struct err why;

	if (conf_keys(m->conf, node, keys, 2, e) != 0)
		return -1;
	from = read_key(m, node, "from");
	to = read_key(m, node, "to");
	if (from == JSON_NONE || to == JSON_NONE)
		return conf_err(m->conf, node, e, "map.config",
		    "unit needs from and to");
	f->has_unit = true;
	if (json_type(&m->conf->doc, from) == JSON_OBJECT)
		return load_unit_path(m, from, f, e) != 0 ||
		    load_code(m, to, &f->unit_to, &b, e) != 0 ? -1 : 0;
	if (load_code(m, from, &f->unit_code, &a, e) != 0 ||
	    load_code(m, to, &f->unit_to, &b, e) != 0)
		return -1;
	if (unit_conv_init(&f->unit, &a, &b, &why) == 0)
		return 0;
	conf_err(m->conf, node, e, why.id, "%s", why.msg);
	memcpy(e->hint, why.hint, sizeof e->hint);
	return -1;
}

int
field_type(struct mapping *m, uint32_t node, struct field *f, struct err *e)
{
	static const char *const roundings[] = {"none", "half_even",
	    "half_up", "down"};
	uint32_t type = read_key(m, node, "type");
	uint32_t rounding = read_key(m, node, "rounding");
	uint32_t unit = read_key(m, node, "unit");
	struct layout l = {.node = JSON_NONE};
	struct caster *c = &f->cast;
	int word = 0;

	if ((type != JSON_NONE && load_kind(m, type, c, e) != 0) ||
	    (unit != JSON_NONE && load_unit(m, unit, f, e) != 0) ||
	    load_layout(m, read_key(m, node, "layout"), &l, e) != 0)
		return -1;
	if (rounding != JSON_NONE && c->kind != CAST_DECIMAL)
		return conf_err(m->conf, rounding, e, "map.config",
		    "rounding is of no use without type: decimal(n)");
	if (rounding != JSON_NONE)
		word = read_word(m, rounding, roundings, 4, e);
	if (word < 0)
		return -1;
	c->rounding = (enum rounding)word;
	if (c->kind == CAST_TIMESTAMP || c->kind == CAST_DATE)
		return load_time(m, &l, c, e);
	if (c->kind == CAST_DURATION)
		return load_span(m, &l, c, e);
	if (l.node == JSON_NONE)
		return 0;
	return conf_err(m->conf, l.node, e, "map.config",
	    "layout is of no use without a type of time");
}

/* A literal is written as it is: it must be of the type already. */
int
field_literal(const struct mapping *m, const struct field *f, uint32_t node,
    struct err *e)
{
	const struct json_node *v;
	bool fits;

	if (node == JSON_NONE || f->cast.kind == CAST_NONE)
		return 0;
	v = &m->conf->doc.nodes[node];
	switch (f->cast.kind) {
	case CAST_INTEGER:
		fits = (v->flags & JSON_INTEGER) != 0 &&
		    v->type == JSON_NUMBER;
		break;
	case CAST_NUMBER:
		fits = v->type == JSON_NUMBER;
		break;
	case CAST_STRING:
		fits = v->type == JSON_STRING;
		break;
	case CAST_BOOLEAN:
		fits = v->type == JSON_TRUE || v->type == JSON_FALSE;
		break;
	case CAST_DECIMAL:
		fits = v->type == JSON_NUMBER;
		break;
	default:
		fits = v->type == JSON_STRING || f->cast.as_number;
		break;
	}
	if (fits || v->type == JSON_NULL)
		return 0;
	return conf_err(m->conf, node, e, "conf.type",
	    "the value is not of the field's type");
}
