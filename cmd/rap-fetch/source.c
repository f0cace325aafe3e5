#include "source.h"

#include <string.h>

#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "json/json.h"
#include "prog/prog.h"

/* A source file while it is read. */
struct file {
	const struct conf *c;
	struct arena *arena;
	const struct cli_list *given; /* "name=value" */
	uint32_t params;	      /* node, or JSON_NONE */
	struct source *to;
};

int
source_duration(struct str s, uint64_t *ms)
{
	static const struct {
		const char *unit;
		unsigned long long ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000},
	    {"", 1000}};
	size_t n = 0;
	unsigned long long v;

	while (n < s.len && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	if (n == 0 || str_to_u64((struct str){s.p, n}, 1000000000, &v) != 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_eq((struct str){s.p + n, s.len - n},
		    str_of(units[i].unit))) {
			*ms = v * units[i].ms;
			return *ms <= 86400000 ? 0 : -1;
		}
	return -1;
}

static struct str
text_of(const struct file *f, uint32_t node)
{
	const struct json_doc *d = &f->c->doc;

	return json_type(d, node) == JSON_STRING ?
	    json_string(d, node, f->arena) : json_raw(d, node);
}

static const char *
zero(const struct file *f, struct str s)
{
	return arena_str(f->arena, s).p;
}

static uint32_t
member(const struct file *f, uint32_t node, const char *name)
{
	return json_member(&f->c->doc, node, str_of(name));
}

static int
scalar(const struct file *f, uint32_t node, struct err *e)
{
	enum json_type t = json_type(&f->c->doc, node);

	if (t == JSON_STRING || t == JSON_NUMBER)
		return 0;
	return conf_err(f->c, node, e, "source.type",
	    "text or a number is needed here");
}

/* RFC 3986: everything but the unreserved characters. */
static void
put_encoded(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
		    c == '_' || c == '~')
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

/* The value of parameter `name`: given, or its default.  1: it has one, 0: it
 * is optional and has none, -1. */
static int
param_value(const struct file *f, uint32_t where, struct str name,
    struct str *value, struct err *e)
{
	uint32_t p = f->params == JSON_NONE ? JSON_NONE :
	    json_member(&f->c->doc, f->params, name);
	uint32_t def;

	if (p == JSON_NONE)
		return conf_err(f->c, where, e, "source.template",
		    "{%.*s} is not among the params", (int)name.len, name.p);
	for (size_t i = f->given->n; i-- != 0;) {
		const char *g = f->given->item[i];

		if (strncmp(g, name.p, name.len) == 0 && g[name.len] == '=') {
			*value = str_of(g + name.len + 1);
			return 1;
		}
	}
	def = json_type(&f->c->doc, p) == JSON_OBJECT ?
	    member(f, p, "default") : JSON_NONE;
	if (def == JSON_NONE)
		return 0;
	*value = text_of(f, def);
	return 1;
}

/*
 * Fill in a template.  literal: its own text goes in as it is (a URL), else
 * encoded.  1: done; 0: an optional parameter without value is in it; -1.
 */
static int
expand(const struct file *f, uint32_t node, bool literal, struct buf *out,
    struct err *e)
{
	struct str t = text_of(f, node);

	while (t.len != 0) {
		const char *open = memchr(t.p, '{', t.len);
		size_t n = open != NULL ? (size_t)(open - t.p) : t.len;
		const char *close;
		struct str value = {0};
		int rc;

		if (literal)
			buf_put(out, t.p, n);
		else
			put_encoded(out, (struct str){t.p, n});
		t.p += n;
		t.len -= n;
		if (t.len == 0)
			break;
		close = memchr(t.p, '}', t.len);
		if (close == NULL)
			return conf_err(f->c, node, e, "source.template",
			    "'{' without '}'");
		rc = param_value(f, node,
		    (struct str){t.p + 1, (size_t)(close - t.p) - 1}, &value,
		    e);
		if (rc != 1)
			return rc;
		if (literal && (str_eq(value, STR(".")) ||
		    str_eq(value, STR(".."))))
			return err_set(e, ERR_USAGE, "source.param",
			    "'%.*s' would leave the path of the URL",
			    (int)value.len, value.p);
		put_encoded(out, value);
		t.len -= (size_t)(close + 1 - t.p);
		t.p = close + 1;
	}
	return 1;
}

static int
missing(const struct file *f, uint32_t node, struct err *e)
{
	struct str t = text_of(f, node);

	err_set(e, ERR_USAGE, "source.missing",
	    "a parameter of '%.*s' has no value", (int)t.len, t.p);
	return err_hint(e, "NAME=VALUE after the source");
}

static int
read_url(const struct file *f, uint32_t root, struct buf *url, struct err *e)
{
	uint32_t node = member(f, root, "url");
	uint32_t query = member(f, root, "query");
	const struct json_node *v = f->c->doc.nodes;
	struct str t;
	const char *host;
	int rc;

	if (node == JSON_NONE || json_type(&f->c->doc, node) != JSON_STRING)
		return conf_err(f->c, root, e, "source.url",
		    "a source needs a url");
	t = arena_str(f->arena, text_of(f, node));
	host = strstr(t.p, "://");
	if (host == NULL || memchr(t.p, '{',
	    (size_t)(host - t.p) + 3 + strcspn(host + 3, "/?#")) != NULL)
		return conf_err(f->c, node, e, "source.url",
		    "a url begins with http(s)://HOST, without parameters");
	rc = expand(f, node, true, url, e);
	if (rc != 1)
		return rc < 0 ? -1 : missing(f, node, e);
	if (query == JSON_NONE)
		return 0;
	if (json_type(&f->c->doc, query) != JSON_OBJECT)
		return conf_err(f->c, query, e, "source.type",
		    "query is a mapping");
	for (uint32_t k = query + 1; k < v[query].next; k = v[k + 1].next) {
		size_t before = url->len;

		if (scalar(f, k + 1, e) != 0)
			return -1;
		buf_putc(url, memchr(url->p, '?', url->len) != NULL ? '&' :
		    '?');
		put_encoded(url, text_of(f, k));
		buf_putc(url, '=');
		rc = expand(f, k + 1, false, url, e);
		if (rc < 0)
			return -1;
		if (rc == 0) /* no value: the member is left out */
			url->len = before;
	}
	return 0;
}

/* Every given parameter is declared, every required one is given. */
static int
check_params(const struct file *f, struct err *e)
{
	static const char *const keys[] = {"required", "default", "about"};
	const struct json_doc *d = &f->c->doc;
	const char *names[64];
	size_t n = 0;

	for (uint32_t k = f->params + 1; f->params != JSON_NONE &&
	     k < d->nodes[f->params].next; k = d->nodes[k + 1].next) {
		struct str name = json_string(d, k, f->arena), value;
		uint32_t req;

		if (n == ARRAY_LEN(names))
			return conf_err(f->c, k, e, "source.params",
			    "more than %zu params", ARRAY_LEN(names));
		names[n++] = zero(f, name);
		if (json_type(d, k + 1) == JSON_NULL)
			continue;
		if (conf_keys(f->c, k + 1, keys, ARRAY_LEN(keys), e) != 0)
			return -1;
		req = member(f, k + 1, "required");
		if (req != JSON_NONE && json_type(d, req) == JSON_TRUE &&
		    param_value(f, k, name, &value, e) != 1) {
			err_set(e, ERR_USAGE, "source.missing",
			    "the source needs %s=VALUE", names[n - 1]);
			return -1;
		}
	}
	for (size_t i = 0; i < f->given->n; i++) {
		struct str g = {f->given->item[i],
		    strcspn(f->given->item[i], "=")};
		const char *near;
		size_t k = 0;

		while (k < n && !str_eq(g, str_of(names[k])))
			k++;
		if (k < n)
			continue;
		near = str_near(g, names, n);
		err_set(e, ERR_USAGE, "source.param",
		    "the source has no parameter '%.*s'", (int)g.len, g.p);
		return near == NULL ? -1 :
		    err_hint(e, "did you mean '%s'?", near);
	}
	return 0;
}

/* A duration member of node, if it is there. */
static int
duration(const struct file *f, uint32_t node, const char *name, uint64_t *ms,
    struct err *e)
{
	uint32_t v = member(f, node, name);

	if (v == JSON_NONE)
		return 0;
	if (scalar(f, v, e) != 0)
		return -1;
	if (source_duration(text_of(f, v), ms) != 0)
		return conf_err(f->c, v, e, "source.value",
		    "%s is a time such as 500ms, 10s, 5m", name);
	return 0;
}

static int
read_retry(const struct file *f, uint32_t root, struct err *e)
{
	static const char *const keys[] = {"max", "base", "cap"};
	uint32_t retry = member(f, root, "retry"), max;
	unsigned long long v;

	if (duration(f, root, "timeout", &f->to->timeout_ms, e) != 0)
		return -1;
	if (retry == JSON_NONE)
		return 0;
	if (conf_keys(f->c, retry, keys, ARRAY_LEN(keys), e) != 0 ||
	    duration(f, retry, "base", &f->to->base_ms, e) != 0 ||
	    duration(f, retry, "cap", &f->to->cap_ms, e) != 0)
		return -1;
	max = member(f, retry, "max");
	if (max == JSON_NONE)
		return 0;
	if (str_to_u64(text_of(f, max), 100, &v) != 0)
		return conf_err(f->c, max, e, "source.value",
		    "max is a number up to 100");
	f->to->retries = v;
	f->to->has_retries = true;
	return 0;
}

static int
read_rest(const struct file *f, uint32_t root, struct err *e)
{
	uint32_t records = member(f, root, "records");
	uint32_t format = member(f, root, "format");
	uint32_t headers = member(f, root, "headers");
	const struct json_node *v = f->c->doc.nodes;

	if (records != JSON_NONE) {
		if (scalar(f, records, e) != 0)
			return -1;
		f->to->records = zero(f, text_of(f, records));
	}
	if (format != JSON_NONE && format_by_name(
	    zero(f, text_of(f, format)), &f->to->format) != 0)
		return conf_err(f->c, format, e, "source.value",
		    "no such format");
	if (headers == JSON_NONE)
		return 0;
	if (json_type(&f->c->doc, headers) != JSON_OBJECT)
		return conf_err(f->c, headers, e, "source.type",
		    "headers is a mapping");
	for (uint32_t k = headers + 1; k < v[headers].next;
	     k = v[k + 1].next) {
		struct buf line = {0};

		if (scalar(f, k + 1, e) != 0)
			return -1;
		buf_str(&line, text_of(f, k));
		buf_puts(&line, ": ");
		buf_str(&line, text_of(f, k + 1));
		cli_list_add(&f->to->headers, zero(f, buf_view(&line)));
		buf_free(&line);
	}
	return 0;
}

static int
read_file(struct file *f, struct err *e)
{
	static const char *const keys[] = {"rap", "about", "url", "params",
	    "query", "headers", "records", "format", "timeout", "retry"};
	struct buf url = {0};
	uint32_t kind;
	int rc;

	if (conf_keys(f->c, 0, keys, ARRAY_LEN(keys), e) != 0)
		return -1;
	kind = member(f, 0, "rap");
	if (kind == JSON_NONE || !str_eq(text_of(f, kind), STR("source/1")))
		return conf_err(f->c, kind == JSON_NONE ? 0 : kind, e,
		    "source.version", "a source file says 'rap: source/1'");
	f->params = member(f, 0, "params");
	if (f->params != JSON_NONE &&
	    json_type(&f->c->doc, f->params) != JSON_OBJECT)
		return conf_err(f->c, f->params, e, "source.type",
		    "params is a mapping");
	rc = check_params(f, e);
	if (rc == 0)
		rc = read_url(f, 0, &url, e);
	if (rc == 0)
		rc = read_retry(f, 0, e);
	if (rc == 0)
		rc = read_rest(f, 0, e);
	f->to->target = zero(f, buf_view(&url));
	f->to->url = true;
	buf_free(&url);
	return rc;
}

static int
load_file(struct prog *p, const char *name, const struct cli_list *given,
    struct source_list *list, struct err *e)
{
	struct source *to = &list->item[list->n];
	struct buf text = {0};
	struct conf c = {0};
	struct file f = {.c = &c, .arena = &list->arena, .given = given,
	    .to = to};
	char *path = NULL;
	int rc = prog_load(p, "sources", name, &text, &path, e);

	if (rc == 0) {
		rc = conf_parse(&c, text.p, text.len, e);
		if (rc == 0)
			rc = read_file(&f, e);
		if (rc != 0 && e->code == ERR_CONFIG)
			err_source(e, path);
	} else if (e->code == ERR_NOINPUT) {
		struct err why = *e;

		err_set(e, ERR_NOINPUT, "source.absent",
		    "no file and no source '%s'", name);
		memcpy(e->hint, why.hint, sizeof e->hint);
	}
	conf_free(&c);
	buf_free(&text);
	mem_free(path);
	return rc;
}

static bool
is_param(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU"
	    "VWXYZ0123456789_-");

	return n != 0 && s[n] == '=';
}

/* A URL by its form: it need not be one that is fetched. */
static bool
is_url(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU"
	    "VWXYZ0123456789+.-");

	return n != 0 && strncmp(s + n, "://", 3) == 0;
}

/* The name of a source file: a bare word that is no file, or a YAML file. */
static bool
is_source(const char *s, bool has_params)
{
	size_t n = strlen(s);
	struct err ignored;
	int fd;

	if ((n > 5 && strcmp(s + n - 5, ".yaml") == 0) ||
	    (n > 4 && strcmp(s + n - 4, ".yml") == 0))
		return true;
	if (has_params)
		return true;
	if (strpbrk(s, "/.") != NULL || strcmp(s, "-") == 0)
		return false;
	fd = io_open(s, &ignored);
	if (fd >= 0)
		io_close_quiet(fd);
	return fd < 0;
}

int
source_plan(struct prog *p, struct source_list *list, struct err *e)
{
	const struct cli_list *ops = &p->operands;
	size_t i = 0;

	list->item = mem_array(ops->n + 1, sizeof *list->item);
	if (ops->n == 0)
		list->item[list->n++].target = "-";
	while (i < ops->n) {
		const char *name = ops->item[i++];
		struct cli_list given = {0};
		int rc = 0;

		list->item[list->n].target = name;
		list->item[list->n].url = is_url(name);
		while (i < ops->n && is_param(ops->item[i]))
			cli_list_add(&given, ops->item[i++]);
		if (!list->item[list->n].url && is_source(name, given.n != 0))
			rc = load_file(p, name, &given, list, e);
		else if (given.n != 0)
			rc = err_set(e, ERR_USAGE, "source.param",
			    "'%s' follows a URL, which takes no parameters",
			    given.item[0]);
		cli_list_free(&given);
		list->n++;
		if (rc != 0)
			return -1;
	}
	return 0;
}

void
source_list_free(struct source_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		cli_list_free(&list->item[i].headers);
	mem_free(list->item);
	arena_free(&list->arena);
}
