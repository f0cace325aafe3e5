#include "recon_gold.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/write.h"
#include "prog/prog.h"

/*
 * --decide: proposals that wait for an answer are shown one by one, and what a
 * person says is appended to the file of decisions.  At a terminal there is a
 * prompt; else the lines of stdin answer the proposals in their order.
 */
struct desk {
	const struct recon_args *a;
	const char *by, *at;
	char now[32];
	struct people known; /* what was said before */
	struct buf typed;    /* of stdin, not yet looked at */
	bool terminal, ended;
	int fd;
	size_t decided;
};

/* A proposal: its texts live in mem. */
struct proposal {
	struct str source, target, confidence, status;
	struct arena mem;
};

static void
tell(const char *text, size_t len)
{
	struct err ignored;

	(void)io_write(2, text, len, "stderr", &ignored);
}

/* The next line of stdin, without LF: 1, 0 at the end, -1. */
static int
next_answer(struct desk *k, struct buf *line, struct err *e)
{
	char more[4096];
	const char *nl;
	ssize_t n;

	buf_clear(line);
	for (;;) {
		nl = k->typed.len == 0 ? NULL :
		    memchr(k->typed.p, '\n', k->typed.len);
		if (nl != NULL || (k->ended && k->typed.len != 0))
			break;
		if (k->ended)
			return 0;
		n = io_read(0, more, sizeof more, NULL, e);
		if (n < 0)
			return -1;
		k->ended = n == 0;
		buf_put(&k->typed, more, (size_t)n);
		if (k->typed.len > 1 << 20)
			return err_set(e, ERR_DATA, "map.decision",
			    "an answer is longer than 1 MiB");
	}
	n = nl != NULL ? nl - k->typed.p : (ssize_t)k->typed.len;
	buf_put(line, k->typed.p, (size_t)n);
	n += nl != NULL;
	k->typed.len -= (size_t)n;
	memmove(k->typed.p, k->typed.p + n, k->typed.len);
	while (line->len > 0 && strchr(" \t\r", line->p[line->len - 1]) != NULL)
		line->len--;
	return 1;
}

static int
record(struct desk *k, const struct proposal *p, struct str target,
    const char *decision, struct err *e)
{
	struct buf out = {0};
	struct json_w w = {.out = &out};
	int rc;

	json_w_object(&w);
	json_w_member(&w, "source", p->source);
	json_w_member(&w, "target", target);
	json_w_member(&w, "decision", str_of(decision));
	if (!str_eq(target, p->target))
		json_w_member(&w, "suggested", p->target);
	json_w_name(&w, STR("confidence"));
	json_w_raw(&w, p->confidence);
	json_w_member(&w, "by", str_of(k->by));
	json_w_member(&w, "at", str_of(k->at));
	json_w_end(&w);
	buf_putc(&out, '\n');
	rc = io_write(k->fd, out.p, out.len, k->a->decisions, e);
	buf_free(&out);
	k->decided += rc == 0;
	return rc;
}

static void
ask(const struct proposal *p)
{
	struct buf b = {0};
	char text[600];
	size_t n = str_escape(text, sizeof text, p->source.p, p->source.len);

	buf_put(&b, text, n);
	buf_puts(&b, " -> ");
	n = str_escape(text, sizeof text, p->target.p, p->target.len);
	buf_put(&b, text, n);
	buf_puts(&b, "  (");
	buf_str(&b, p->confidence);
	buf_puts(&b, ")  y: yes, n: no, =NAME: that one, s: skip, q: quit? ");
	tell(b.p, b.len);
	buf_free(&b);
}

static bool
is_word(const struct buf *line, const char *one, const char *two)
{
	return str_eq(buf_view(line), str_of(one)) ||
	    str_eq(buf_view(line), str_of(two));
}

/* What the line says to do: 1 done, 0 quit, 2 not understood, -1. */
static int
obey(struct desk *k, const struct proposal *p, const struct buf *line,
    struct err *e)
{
	struct str target = p->target;
	const char *decision;

	if (is_word(line, "q", "quit"))
		return 0;
	if (is_word(line, "s", "skip"))
		return 1;
	if (is_word(line, "y", "yes")) {
		decision = "approved";
	} else if (is_word(line, "n", "no")) {
		decision = "rejected";
	} else if (line->len > 1 && line->p[0] == '=') {
		decision = "corrected";
		target = (struct str){line->p + 1, line->len - 1};
	} else if (k->terminal) {
		return 2;
	} else {
		err_set(e, ERR_DATA, "map.decision",
		    "an answer that is not understood");
		return err_hint(e, "y, n, =NAME, s or q on each line");
	}
	return record(k, p, target, decision, e) == 0 ? 1 : -1;
}

/* Ask until the answer makes sense.  1: the next, 0: no more, -1. */
static int
settle(struct desk *k, const struct proposal *p, struct err *e)
{
	struct buf line = {0};
	int rc;

	do {
		if (k->terminal)
			ask(p);
		rc = next_answer(k, &line, e);
		if (rc > 0)
			rc = obey(k, p, &line, e);
	} while (rc == 2);
	buf_free(&line);
	return rc;
}

/* Read a proposal: 1, 0 when there is nothing to ask, -1. */
static int
read_proposal(const struct desk *k, const struct json_doc *d,
    struct proposal *p, struct err *e)
{
	static const char *const names[] = {"source", "target", "status"};
	struct str *into[] = {&p->source, &p->target, &p->status};
	uint32_t v;

	if (json_type(d, 0) != JSON_OBJECT)
		return err_set(e, ERR_DATA, "map.proposal",
		    "a proposal must be an object");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		v = json_member(d, 0, str_of(names[i]));
		if (v == JSON_NONE || (json_type(d, v) != JSON_STRING &&
		    json_type(d, v) != JSON_NULL))
			return err_set(e, ERR_DATA, "map.proposal",
			    "a proposal needs %s", names[i]);
		*into[i] = json_type(d, v) == JSON_NULL ? (struct str){"", 0} :
		    json_string(d, v, &p->mem);
	}
	v = json_member(d, 0, STR("confidence"));
	p->confidence = v != JSON_NONE && json_type(d, v) == JSON_NUMBER ?
	    json_raw(d, v) : STR("0");
	return p->target.len != 0 && str_eq(p->status, STR("review")) &&
	    map_find(&k->known.sources, p->source) == MAP_NONE;
}

static int
walk(struct desk *k, const char *path, const struct buf *b, struct err *e)
{
	struct json_doc d = {0};
	size_t line = 0;
	int rc = 1;

	for (size_t at = 0, end; at < b->len && rc > 0; at = end + 1) {
		const char *nl = memchr(b->p + at, '\n', b->len - at);
		struct proposal p = {0};

		end = nl != NULL ? (size_t)(nl - b->p) : b->len;
		line++;
		if (end == at)
			continue;
		rc = json_parse(&d, b->p + at, end - at, e);
		if (rc == 0)
			rc = read_proposal(k, &d, &p, e);
		if (rc < 0) {
			err_source(e, path);
			e->line = line;
		} else {
			rc = rc == 1 ? settle(k, &p, e) : 1;
		}
		arena_free(&p.mem);
	}
	json_free(&d);
	return rc;
}

static int
who_and_when(struct desk *k, struct err *e)
{
	const char *user = getenv("USER");
	time_t now = time(NULL);
	struct tm tm;

	if (user == NULL || *user == '\0')
		user = getenv("LOGNAME");
	k->by = k->a->by != NULL ? k->a->by : user;
	if (k->by == NULL || *k->by == '\0')
		return err_set(e, ERR_USAGE, "usage.missing",
		    "who decides? give --by NAME");
	if (gmtime_r(&now, &tm) == NULL ||
	    strftime(k->now, sizeof k->now, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return err_set(e, ERR_OS, "map.decision", "no time of day");
	k->at = k->a->at != NULL ? k->a->at : k->now;
	return 0;
}

/* What was decided before, if there is a file. */
static int
read_known(struct desk *k, struct err *e)
{
	struct buf b = {0};
	int rc = 0;

	if (access(k->a->decisions, F_OK) == 0)
		rc = io_load(k->a->decisions, &b, e);
	if (rc == 0 && people_read(&k->known, b.p, b.len, e) != 0)
		rc = err_source(e, k->a->decisions);
	buf_free(&b);
	return rc;
}

static int
check_args(const struct prog *p, const struct recon_args *a, struct err *e)
{
	if (a->decisions == NULL)
		return err_set(e, ERR_USAGE, "usage.missing",
		    "--decide needs --decisions FILE to append to");
	if (p->operands.n != 0)
		return 0;
	err_set(e, ERR_USAGE, "usage.missing", "--decide needs proposals");
	return err_hint(e, "rap-map --reconcile T --propose DATA >FILE, then "
	    "--decide FILE");
}

int
recon_decide(struct prog *p, const struct recon_args *a, struct err *e)
{
	struct desk k = {.a = a, .fd = -1, .terminal = isatty(0) == 1};
	int rc;

	if (check_args(p, a, e) != 0 || who_and_when(&k, e) != 0)
		return -1;
	p->no_stage = true;
	rc = read_known(&k, e);
	if (rc == 0)
		k.fd = io_append_open(a->decisions, 0666, e);
	rc = rc == 0 && k.fd >= 0 ? 1 : -1;
	for (size_t i = 0; i < p->operands.n && rc > 0; i++) {
		struct buf b = {0};

		rc = io_load(p->operands.item[i], &b, e) == 0 ? 1 : -1;
		if (rc > 0)
			rc = walk(&k, p->operands.item[i], &b, e);
		buf_free(&b);
	}
	if (k.fd >= 0 && io_sync(k.fd, a->decisions, e) != 0)
		rc = -1;
	if (k.fd >= 0 && io_close(k.fd, a->decisions, e) != 0)
		rc = -1;
	if (rc >= 0)
		prog_say(p, "%zu decided", k.decided);
	people_free(&k.known);
	buf_free(&k.typed);
	return rc < 0 ? -1 : 0;
}
