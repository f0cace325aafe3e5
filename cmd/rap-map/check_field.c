#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "expr/expr.h"
#include "funcs.h"
#include "num/num.h"
#include "read.h"

/* What a field writes, from what its sources may be. */

/* What is at the path: 0 when nothing can be there. */
static struct known_member
look(struct checker *c, const struct source *src)
{
	struct known_member found = {.may = MAY_ALL,
	    .view = {NULL, JSON_NONE}};
	size_t i;

	if (src->base != BASE_ITEM || c->step->explode.on) {
		found.loose = true; /* not followed here */
		return found;
	}
	i = map_find(&c->in.names, src->first);
	if (i == MAP_NONE) {
		found.may = c->in.open ? MAY_ALL : 0;
		return found;
	}
	found = c->in.m[i];
	for (size_t s = 1; s < src->path->n; s++) {
		struct str name = src->path->steps[s].name;
		struct view inside;

		found.sure = found.sure && found.may == MAY_OBJECT &&
		    view_requires(found.view, name);
		if ((found.may & (MAY_OBJECT | MAY_ARRAY)) == 0 ||
		    !view_member(found.view, name, &inside)) {
			found.may = 0;
			return found;
		}
		found.view = inside;
		found.may = view_types(inside);
	}
	return found;
}

bool
check_nothing(struct checker *c, const struct source *src)
{
	return look(c, src).may == 0;
}

static struct known_member
from_paths(struct checker *c, uint32_t node, const struct field *f)
{
	struct known_member all = {.view = {NULL, JSON_NONE}};

	for (size_t i = 0; i < f->nsrc; i++) {
		struct known_member one = look(c, &f->src[i]);

		/* Of several one may be there and the others not. */
		if (one.may == 0 && f->nsrc == 1)
			check_say(c, node, "the input has nothing at %.*s%s",
			    f->src[i].text, "");
		all.may |= one.may;
		all.sure = all.sure || one.sure;
		all.loose = all.loose || one.loose;
		all.view = f->nsrc == 1 ? one.view : all.view;
	}
	if (f->concat)
		all.may = MAY_STRING;
	return all;
}

/* What CEL calls a value, when the schema is sure. */
static const char *
cel_type(unsigned may)
{
	switch (may) {
	case MAY_INT:
		return "int";
	case MAY_STRING:
		return "string";
	case MAY_BOOL:
		return "bool";
	case MAY_ARRAY:
		return "list(dyn)";
	case MAY_OBJECT:
		return "map(string, dyn)";
	default:
		return "dyn";
	}
}

static unsigned
types_of_cel(const struct expr *x)
{
	static const struct {
		const char *name;
		unsigned may;
	} types[] = {{"int", MAY_INT}, {"uint", MAY_INT},
	    {"double", MAY_NUMBER}, {"string", MAY_STRING},
	    {"bytes", MAY_STRING}, {"bool", MAY_BOOL},
	    {"google.protobuf.Timestamp", MAY_STRING},
	    {"google.protobuf.Duration", MAY_STRING},
	    {"timestamp", MAY_STRING}, {"duration", MAY_STRING},
	    {"null_type", MAY_NULL}, {"list(", MAY_ARRAY},
	    {"map(", MAY_OBJECT}};
	struct buf text = {.max = 4096};
	unsigned may = MAY_ALL;

	expr_put_type(x, &text);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct str name = str_of(types[i].name);
		bool open = name.p[name.len - 1] == '(';

		if (open ? text.len > name.len &&
		    memcmp(text.p, name.p, name.len) == 0 :
		    str_eq(buf_view(&text), name))
			may = types[i].may;
	}
	buf_free(&text);
	return may;
}

/* The expression again, with what is known of its members. */
struct known_member
check_expr(struct checker *c, uint32_t node, uint32_t expr)
{
	const struct expr *old = c->step->exprs[expr].x;
	struct known_member out = {.may = MAY_ALL,
	    .view = {NULL, JSON_NONE}};
	struct expr_var *vars = mem_array(c->in.names.n + 1, sizeof *vars);
	struct expr_func funcs[FUNCS_N];
	struct expr_env env = {.record = true, .members = vars,
	    .funcs = funcs, .nfuncs = FUNCS_N};
	struct arena mem = {0};
	struct expr_span where;
	struct expr *x;
	struct err why, e;
	struct buf told;

	funcs_fill(funcs, NULL);
	for (size_t i = 0; i < c->in.names.n; i++) {
		struct str name = arena_str(&mem, map_key(&c->in.names, i));

		if (memchr(name.p, '.', name.len) == NULL &&
		    !c->step->explode.on)
			vars[env.nmembers++] = (struct expr_var){name.p,
			    c->in.m[i].sure ? cel_type(c->in.m[i].may) :
			    "dyn"};
	}
	x = expr_compile(expr_text(old), &env, &where, &why);
	if (x == NULL) {
		conf_err(c->step->conf, node, &e, why.id, "%s", why.msg);
		memcpy(e.hint, why.hint, sizeof e.hint);
		conf_point(c->step->conf, node, where.at, where.len, &e);
		check_found(c, &e);
		told = (struct buf){.max = 40};
		buf_printf(&told, "expr %u", node);
		map_add(&c->told, buf_view(&told));
		buf_free(&told);
		out.sure = true;
	} else {
		out.may = types_of_cel(x);
		out.loose = out.may == MAY_NUMBER;
		/* Only an optional can leave the member out. */
		out.sure = out.may != MAY_ALL;
	}
	expr_free(x);
	arena_free(&mem);
	mem_free(vars);
	return out;
}

static const unsigned cast_gives[] = {
	[CAST_NONE] = MAY_ALL,
	[CAST_INTEGER] = MAY_INT,
	[CAST_NUMBER] = MAY_NUMBER,
	[CAST_STRING] = MAY_STRING,
	[CAST_BOOLEAN] = MAY_BOOL,
	[CAST_TIMESTAMP] = MAY_STRING,
	[CAST_DATE] = MAY_STRING,
	[CAST_DURATION] = MAY_STRING,
	[CAST_DECIMAL] = MAY_NUMBER,
};

static const unsigned cast_takes[] = {
	[CAST_NONE] = MAY_ALL,
	[CAST_INTEGER] = MAY_NUMBER | MAY_STRING,
	[CAST_NUMBER] = MAY_NUMBER | MAY_STRING,
	[CAST_STRING] = MAY_NUMBER | MAY_STRING | MAY_BOOL,
	[CAST_BOOLEAN] = MAY_BOOL | MAY_STRING,
	[CAST_TIMESTAMP] = MAY_NUMBER | MAY_STRING,
	[CAST_DATE] = MAY_NUMBER | MAY_STRING,
	[CAST_DURATION] = MAY_NUMBER | MAY_STRING,
	[CAST_DECIMAL] = MAY_NUMBER | MAY_STRING,
};

static unsigned
literal_type(struct str json)
{
	switch (json.len != 0 ? json.p[0] : 'n') {
	case '"':
		return MAY_STRING;
	case '{':
		return MAY_OBJECT;
	case '[':
		return MAY_ARRAY;
	case 't':
	case 'f':
		return MAY_BOOL;
	case 'n':
		return MAY_NULL;
	default:
		return num_is_integer(json) ? MAY_INT : MAY_REAL;
	}
}

/* What is done to the value, step by step as refine() does. */
static void
refine_type(struct checker *c, uint32_t node, const struct field *f,
    struct known_member *k)
{
	unsigned null = k->may & MAY_NULL, takes, was = k->may;
	struct buf text = {.max = 200};

	if (f->has_values) {
		k->may = f->table_else == ELSE_KEEP ? k->may : 0;
		for (size_t i = 0; i < f->values.n; i++)
			k->may |= literal_type(f->results[i]);
		if (f->table_else == ELSE_VALUE)
			k->may |= literal_type(f->else_value);
		k->sure = k->sure && f->table_else != ELSE_MISSING;
		k->view.node = JSON_NONE;
		return;
	}
	takes = f->has_unit ? MAY_NUMBER | MAY_STRING :
	    f->letters != CASE_KEEP ? MAY_STRING : cast_takes[f->cast.kind];
	if (was != 0 && (was & (takes | MAY_NULL)) == 0) {
		view_put_types(was, &text);
		check_say(c, node,
		    "\"%.*s\" is cast from %s, which never works", f->to,
		    buf_cstr(&text));
	}
	if (f->has_unit)
		k->may = MAY_NUMBER | null;
	if (f->letters != CASE_KEEP)
		k->may = MAY_STRING | null;
	if (f->cast.kind == CAST_NUMBER && (was & ~(MAY_INT | null)) == 0)
		k->may = MAY_INT | null;
	else if (f->cast.kind != CAST_NONE)
		k->may = (f->cast.as_number ? MAY_NUMBER :
		    cast_gives[f->cast.kind]) | null;
	/* A number that is made may be whole for other reasons. */
	k->loose = k->loose || ((k->may & MAY_REAL) != 0 &&
	    (f->has_unit || f->cast.kind != CAST_NONE));
	buf_free(&text);
}

struct known_member
check_field(struct checker *c, uint32_t node, const struct field *f)
{
	struct known_member k = {.may = MAY_ALL,
	    .view = {NULL, JSON_NONE}};

	switch (f->origin) {
	case FROM_PATH:
		k = from_paths(c, node, f);
		break;
	case FROM_EXPR:
		k = check_expr(c, read_key(c->step, node, "expr"), f->expr);
		break;
	case FROM_LITERAL:
		k.may = literal_type(f->literal);
		k.sure = true;
		return k;
	default:
		if (f->concat)
			k.may = MAY_STRING;
		break;
	}
	refine_type(c, node, f, &k);
	if (f->if_null.len != 0)
		k.may = (k.may & ~(unsigned)MAY_NULL) |
		    literal_type(f->if_null);
	if (f->if_missing.len != 0) {
		k.may |= k.sure ? 0 : literal_type(f->if_missing);
		k.sure = true;
	}
	if (f->on_error == ON_NULL)
		k.may |= MAY_NULL;
	if (f->on_error == ON_KEEP)
		k.may = MAY_ALL;
	k.sure = k.sure || f->required;
	return k;
}
