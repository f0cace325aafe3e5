/*
 * The CEL conformance tests: cel FILE.ndjson runs every test there, prints
 * what fails and, for each file of the suite, passed/failed/total; ends with
 * status 1 when a file passes fewer than is recorded here.  -q: counts only.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "expr/expr.h"
#include "expr/ops_priv.h"
#include "json/json.h"

/* What must pass, as of the last time it grew. */
static struct tally {
	const char *file;
	unsigned expected, passed, total;
} tallies[] = {{"basic", 43, 0, 0}, {"comparisons", 334, 0, 0},
    {"conversions", 109, 0, 0}, {"fields", 60, 0, 0}, {"fp_math", 30, 0, 0},
    {"integer_math", 64, 0, 0}, {"lists", 39, 0, 0}, {"logic", 30, 0, 0},
    {"macros", 44, 0, 0}, {"namespace", 3, 0, 0}, {"parse", 193, 0, 0},
    {"plumbing", 5, 0, 0}, {"string", 51, 0, 0}, {"timestamps", 73, 0, 0},
    {"type_deductions", 26, 0, 0}, {"optionals", 59, 0, 0},
    {"string_ext", 206, 0, 0}};

enum { NAMES = 64 };

struct test {
	const struct json_doc *d;
	struct arena *arena;
	struct expr_var vars[NAMES];
	struct expr_value values[NAMES];
	bool bound[NAMES];
	size_t nvars;
	struct expr_func funcs[NAMES];
	size_t nfuncs;
	struct buf why;
	struct expr_run run; /* for making lists and maps */
};

static void
die(const char *text)
{
	fprintf(stderr, "cel: %s\n", text);
	exit(70);
}

static uint32_t
member(const struct test *t, uint32_t obj, const char *name)
{
	return obj == JSON_NONE ? JSON_NONE :
	    json_member(t->d, obj, str_of(name));
}

static struct str
string_at(const struct test *t, uint32_t node)
{
	return json_string(t->d, node, t->arena);
}

static const char *
cstring(const struct test *t, struct str s)
{
	return arena_str(t->arena, s).p;
}

static int
sextet(char c)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c != '\0' ? strchr(set, c) : NULL;

	return p != NULL ? (int)(p - set) : -1;
}

static struct expr_value
bytes_of(const struct test *t, struct str s)
{
	struct expr_value v = {.type = EXPR_BYTES_TYPE};
	char *p = arena_alloc(t->arena, s.len + 1);
	uint32_t bits = 0, n = 0;

	v.u.p = p;
	for (size_t i = 0; i < s.len && s.p[i] != '='; i++) {
		bits = bits << 6 | (uint32_t)sextet(s.p[i]);
		n += 6;
		if (n >= 8) {
			n -= 8;
			p[v.n++] = (char)(bits >> n);
		}
	}
	return v;
}

static struct expr_value
double_of(const struct test *t, uint32_t node)
{
	struct expr_value v = {.type = EXPR_DOUBLE};

	if (json_type(t->d, node) == JSON_STRING)
		v.u.d = string_at(t, node).p[0] == '-' ? -INFINITY : INFINITY;
	else
		v.u.d = strtod(cstring(t, json_raw(t->d, node)), NULL);
	return v;
}

static struct expr_value value_of(struct test *t, uint32_t node);

static struct expr_value
list_of(struct test *t, uint32_t node, bool map)
{
	uint32_t items = member(t, node, map ? "entries" : "values");
	size_t n = items != JSON_NONE ? json_count(t->d, items) : 0;
	struct expr_value *at = arena_array(t->arena, 2 * n + 1, sizeof *at);

	for (size_t i = 0; i < n; i++) {
		uint32_t k = json_element(t->d, items, i);

		if (map) {
			at[2 * i] = value_of(t, member(t, k, "key"));
			at[2 * i + 1] = value_of(t, member(t, k, "value"));
		} else {
			at[i] = value_of(t, k);
		}
	}
	return map ? make_map(&t->run, 0, at, (uint32_t)(2 * n)) :
	    make_list(&t->run, 0, at, (uint32_t)n);
}

/* A tagged value {"int64Value": "1"} as ours. */
static struct expr_value
value_of(struct test *t, uint32_t node)
{
	struct str tag = string_at(t, node + 1), s = {"", 0};
	struct expr_value v = {.type = EXPR_NULL};
	uint32_t k = node + 2;

	if (json_type(t->d, k) == JSON_STRING)
		s = string_at(t, k);
	if (str_eq(tag, STR("boolValue"))) {
		v = value_bool(json_type(t->d, k) == JSON_TRUE);
	} else if (str_eq(tag, STR("int64Value"))) {
		v = value_int(strtoll(cstring(t, s), NULL, 10));
	} else if (str_eq(tag, STR("uint64Value"))) {
		v.type = EXPR_UINT;
		v.u.u = strtoull(cstring(t, s), NULL, 10);
	} else if (str_eq(tag, STR("doubleValue"))) {
		v = double_of(t, k);
	} else if (str_eq(tag, STR("stringValue"))) {
		v = value_string(s.p, s.len);
	} else if (str_eq(tag, STR("bytesValue"))) {
		v = bytes_of(t, s);
	} else if (str_eq(tag, STR("listValue"))) {
		v = list_of(t, k, false);
	} else if (str_eq(tag, STR("mapValue"))) {
		v = list_of(t, k, true);
	} else if (str_eq(tag, STR("typeValue"))) {
		v = value_string(s.p, s.len);
		v.type = EXPR_TYPE;
	} else if (!str_eq(tag, STR("nullValue"))) {
		die("a value in the tests has an unknown tag");
	}
	return v;
}

/* A type as the tests spell it, as text. */
static void
put_type(const struct test *t, uint32_t node, struct buf *out)
{
	struct str tag = string_at(t, node + 1), s;
	uint32_t k = node + 2, list;

	if (str_eq(tag, STR("primitive"))) {
		s = string_at(t, k);
		for (size_t i = 0; i < s.len && s.p[i] > '9'; i++)
			buf_putc(out, (char)(s.p[i] | 0x20)); /* INT64: int */
	} else if (str_eq(tag, STR("null"))) {
		buf_puts(out, "null_type");
	} else if (str_eq(tag, STR("typeParam"))) {
		buf_str(out, string_at(t, k));
	} else if (str_eq(tag, STR("listType"))) {
		buf_puts(out, "list(");
		put_type(t, member(t, k, "elemType"), out);
		buf_putc(out, ')');
	} else if (str_eq(tag, STR("mapType"))) {
		buf_puts(out, "map(");
		put_type(t, member(t, k, "keyType"), out);
		buf_puts(out, ", ");
		put_type(t, member(t, k, "valueType"), out);
		buf_putc(out, ')');
	} else if (str_eq(tag, STR("abstractType"))) {
		buf_str(out, string_at(t, member(t, k, "name")));
		list = member(t, k, "parameterTypes");
		for (size_t i = 0; i < json_count(t->d, list); i++) {
			buf_puts(out, i == 0 ? "(" : ", ");
			put_type(t, json_element(t->d, list, i), out);
		}
		buf_putc(out, ')');
	} else {
		buf_puts(out, "dyn");
	}
}

static void
add_function(struct test *t, struct str name, uint32_t function)
{
	uint32_t list = member(t, function, "overloads");

	for (size_t i = 0; i < json_count(t->d, list); i++) {
		uint32_t o = json_element(t->d, list, i);
		uint32_t params = member(t, o, "params");
		struct buf b = {0};

		for (size_t k = 0; k < json_count(t->d, params); k++) {
			if (k != 0)
				buf_puts(&b, ", ");
			put_type(t, json_element(t->d, params, k), &b);
		}
		buf_puts(&b, ": ");
		put_type(t, member(t, o, "resultType"), &b);
		t->funcs[t->nfuncs++] = (struct expr_func){
		    .name = cstring(t, name),
		    .type = cstring(t, buf_view(&b))};
		buf_free(&b);
	}
}

static struct expr_var *
variable(struct test *t, struct str name)
{
	for (size_t i = 0; i < t->nvars; i++)
		if (str_eq(str_of(t->vars[i].name), name))
			return &t->vars[i];
	if (t->nvars == NAMES)
		die("too many names in a test");
	t->vars[t->nvars].name = cstring(t, name);
	t->bound[t->nvars] = false;
	return &t->vars[t->nvars++];
}

static void
declare(struct test *t)
{
	uint32_t env = member(t, 0, "typeEnv"), bindings, k;

	for (size_t i = 0; env != JSON_NONE && i < json_count(t->d, env);
	     i++) {
		uint32_t d = json_element(t->d, env, i);
		struct str name = string_at(t, member(t, d, "name"));
		uint32_t ident = member(t, d, "ident");
		struct buf b = {0};

		if (ident == JSON_NONE) {
			add_function(t, name, member(t, d, "function"));
			continue;
		}
		put_type(t, member(t, ident, "type"), &b);
		variable(t, name)->type = cstring(t, buf_view(&b));
		buf_free(&b);
	}
	bindings = member(t, 0, "bindings");
	for (k = bindings + 1; k < t->d->nodes[bindings].next;
	     k = t->d->nodes[k + 1].next) {
		struct expr_var *v = variable(t, string_at(t, k));

		t->values[v - t->vars] = value_of(t, member(t, k + 1,
		    "value"));
		t->bound[v - t->vars] = true;
	}
}

static bool same(struct expr_value a, struct expr_value b);

static bool
same_items(const struct expr_value *a, const struct expr_value *b)
{
	struct expr_walk wa = expr_walk(a), wb = expr_walk(b);
	struct expr_value k, v, k2, v2;
	bool found;

	if (expr_count(a) != expr_count(b))
		return false;
	if (a->type == EXPR_LIST) {
		while (expr_next(&wa, &k, NULL) && expr_next(&wb, &k2, NULL))
			if (!same(k, k2))
				return false;
		return true;
	}
	while (expr_next(&wa, &k, &v)) {
		found = false;
		for (wb = expr_walk(b); !found && expr_next(&wb, &k2, &v2);)
			found = same(k, k2) && same(v, v2);
		if (!found)
			return false;
	}
	return true;
}

/* Results compare more strictly than CEL does: types, and the sign of 0. */
static bool
same(struct expr_value a, struct expr_value b)
{
	if (a.type != b.type)
		return false;
	switch ((enum expr_type)a.type) {
	case EXPR_NULL:
		return true;
	case EXPR_BOOL:
		return a.u.b == b.u.b;
	case EXPR_INT:
	case EXPR_UINT:
		return a.u.u == b.u.u;
	case EXPR_DOUBLE:
		return (isnan(a.u.d) && isnan(b.u.d)) ||
		    (a.u.d == b.u.d && signbit(a.u.d) == signbit(b.u.d));
	case EXPR_STRING:
	case EXPR_BYTES_TYPE:
	case EXPR_TYPE:
		return str_eq((struct str){a.u.p, a.n},
		    (struct str){b.u.p, b.n});
	case EXPR_LIST:
	case EXPR_MAP:
		return same_items(&a, &b);
	default:
		return false;
	}
}

static bool
right_type(struct test *t, const struct expr *x, uint32_t typed)
{
	struct buf got = {0}, want = {0};
	bool ok;

	expr_put_type(x, &got);
	put_type(t, member(t, typed, "deducedType"), &want);
	ok = str_eq(buf_view(&got), buf_view(&want));
	if (!ok)
		buf_printf(&t->why, "type %.*s, not %.*s", (int)got.len,
		    got.p, (int)want.len, want.p);
	buf_free(&got);
	buf_free(&want);
	return ok;
}

static bool
evaluate(struct test *t, const struct expr *x, uint32_t want)
{
	struct expr_run *run = expr_run_new(x);
	struct expr_value v;
	struct err e = {0};
	bool ok;

	for (size_t i = 0; i < t->nvars; i++)
		if (t->bound[i])
			expr_bind(run, i, t->values[i]);
	ok = expr_eval(run, NULL, 0, t->arena, &v, &e) == 0;
	if (!ok) {
		buf_printf(&t->why, "%s [%s]", e.msg, e.id);
		ok = want == JSON_NONE;
	} else if (want == JSON_NONE) {
		buf_printf(&t->why, "no error but %s", expr_type_name(&v));
		ok = false;
	} else {
		ok = same(v, value_of(t, want));
		if (!ok) {
			buf_printf(&t->why, "got %s ", expr_type_name(&v));
			expr_put_json(&t->why, &v, &e);
		}
	}
	expr_run_free(run);
	return ok;
}

static bool
run_test(struct test *t)
{
	struct str text = string_at(t, member(t, 0, "expr"));
	uint32_t typed = member(t, 0, "typedResult");
	uint32_t want = member(t, 0, "value");
	uint32_t container = member(t, 0, "container");
	struct expr_env env = {.nocheck = member(t, 0, "disableCheck") !=
	    JSON_NONE};
	struct err e = {0};
	struct expr *x;
	bool ok = true;

	declare(t);
	env.vars = t->vars;
	env.nvars = t->nvars;
	env.funcs = t->funcs;
	env.nfuncs = t->nfuncs;
	if (container != JSON_NONE)
		env.container = cstring(t, string_at(t, container));
	x = expr_compile(text, &env, NULL, &e);
	if (x == NULL) {
		buf_printf(&t->why, "%s [%s]", e.msg, e.id);
		return member(t, 0, "evalError") != JSON_NONE;
	}
	if (typed != JSON_NONE) {
		ok = right_type(t, x, typed);
		want = member(t, typed, "result");
	}
	if (member(t, 0, "checkOnly") == JSON_NONE)
		ok = evaluate(t, x, want) && ok;
	expr_free(x);
	return ok;
}

static struct tally *
tally_of(struct str file)
{
	for (size_t i = 0; i < ARRAY_LEN(tallies); i++)
		if (str_eq(str_of(tallies[i].file), file))
			return &tallies[i];
	die("a file of the suite is not in the table");
	return NULL;
}

static void
run_line(struct json_doc *d, const char *p, size_t n, bool quiet)
{
	struct arena arena = {0};
	struct test *t = mem_zalloc(sizeof *t);
	struct tally *tally;
	struct err e;

	t->d = d;
	t->arena = &arena;
	t->run = (struct expr_run){.arena = &arena, .steps = EXPR_STEPS,
	    .bytes = EXPR_BYTES};
	if (json_parse(d, p, n, &e) != 0)
		die(e.msg);
	tally = tally_of(string_at(t, member(t, 0, "file")));
	tally->total++;
	if (run_test(t)) {
		tally->passed++;
	} else if (!quiet) {
		struct str section = string_at(t, member(t, 0, "section"));
		struct str name = string_at(t, member(t, 0, "name"));
		struct str raw = json_raw(d, member(t, 0, "expr"));

		printf("%s/%.*s/%.*s: %.*s\n\t%s\n", tally->file,
		    (int)section.len, section.p, (int)name.len, name.p,
		    (int)raw.len, raw.p, buf_cstr(&t->why));
	}
	buf_free(&t->why);
	arena_free(&arena);
	mem_free(t);
}

int
main(int argc, char **argv)
{
	bool quiet = argc > 2 && strcmp(argv[1], "-q") == 0;
	unsigned passed = 0, total = 0;
	struct json_doc d = {0};
	struct buf b = {0};
	struct err e;
	int status = 0;

	if (argc != 2 + quiet)
		die("usage: cel [-q] core.ndjson");
	if (io_load(argv[1 + quiet], &b, &e) != 0)
		die(e.msg);
	for (size_t at = 0; at < b.len;) {
		const char *nl = memchr(b.p + at, '\n', b.len - at);
		size_t end = nl != NULL ? (size_t)(nl - b.p) : b.len;

		if (end > at)
			run_line(&d, b.p + at, end - at, quiet);
		at = end + 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(tallies); i++) {
		const struct tally *t = &tallies[i];

		printf("%-16s %4u passed %4u failed %4u total%s\n", t->file,
		    t->passed, t->total - t->passed, t->total,
		    t->passed < t->expected ? "  REGRESSION" : "");
		if (t->passed < t->expected)
			status = 1;
		passed += t->passed;
		total += t->total;
	}
	printf("%u passed, %u failed\n", passed, total - passed);
	json_free(&d);
	buf_free(&b);
	return status;
}
