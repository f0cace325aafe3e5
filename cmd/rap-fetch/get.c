/* The clock is looked at for deadlines and waits only: nothing of it reaches
 * the output. */
#include "get.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "http.h"
#include "policy.h"
#include "prov/redact.h"

enum { GET_REDIRECTS = 5 };

struct get {
	const struct get_opts *o;
	struct http_conf conf;
	struct http *http;   /* made for the first URL */
	const char **plain;  /* the headers for another origin */
	size_t nplain;
	uint64_t rng;
	/* The URL at hand. */
	struct http_url first, now;
	bool strayed;	     /* redirected away: credentials are gone */
	struct get_reply *reply;
	struct http_response r;
};

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
sleep_ms(uint64_t ms, const atomic_int *stop)
{
	struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

	while (nanosleep(&t, &t) != 0 && errno == EINTR && *stop == 0)
		;
}

/* splitmix64: small, and the same everywhere. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void __attribute__((format(printf, 2, 3)))
say(struct get *g, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	g->o->say(g->o->ctx, text);
}

static void
warn(struct get *g, struct err *e)
{
	err_source(e, buf_cstr(&g->reply->url));
	g->o->warn(g->o->ctx, e);
}

struct get *
get_new(const struct get_opts *opts)
{
	struct get *g = mem_zalloc(sizeof *g);

	g->o = opts;
	g->rng = opts->seed;
	g->conf = (struct http_conf){opts->connect_ms, opts->slow_ms,
	    opts->max_body, opts->proxy, opts->stop};
	g->plain = mem_array(opts->nheaders + 1, sizeof *g->plain);
	for (size_t i = 0; i < opts->nheaders; i++)
		if (policy_harmless(opts->headers[i]))
			g->plain[g->nplain++] = opts->headers[i];
	return g;
}

void
get_free(struct get *g)
{
	if (g == NULL)
		return;
	http_free(g->http);
	http_url_free(&g->first);
	http_url_free(&g->now);
	http_response_free(&g->r);
	mem_free(g->plain);
	mem_free(g);
}

void
get_reply_free(struct get_reply *r)
{
	buf_free(&r->body);
	buf_free(&r->url);
}

static bool
same_origin(const struct http_url *a, const struct http_url *b)
{
	return str_eq(buf_view(&a->origin), buf_view(&b->origin));
}

static const char *
text_or_null(const struct buf *b)
{
	return b->len != 0 ? b->p : NULL;
}

static enum http_outcome
exchange(struct get *g, uint64_t ms, struct err *e)
{
	bool home = same_origin(&g->first, &g->now), away = g->strayed;
	struct http_request q = {
	    .url = buf_cstr(&g->now.clean),
	    .user = away ? NULL : text_or_null(&g->first.user),
	    .password = away ? NULL : text_or_null(&g->first.password),
	    .headers = away ? g->plain : g->o->headers,
	    .nheaders = away ? g->nplain : g->o->nheaders,
	    .timeout_ms = ms,
	    .allow_private = g->o->allow_private || g->o->proxy != NULL ||
		(home && g->first.literal),
	    .fresh = !home,
	};

	g->reply->tries++;
	return http_exchange(g->http, &q, &g->r, e);
}

/* A response that is neither a body nor a redirect. */
static enum http_outcome
judge_status(long status, struct err *e)
{
	switch (status) {
	case 408:
	case 425:
	case 429:
		err_set(e, ERR_TEMP, "http.busy", "status %ld", status);
		return HTTP_RETRY;
	case 500:
	case 502:
	case 503:
	case 504:
		err_set(e, ERR_UNAVAILABLE, "http.status", "status %ld",
		    status);
		return HTTP_RETRY;
	case 401:
	case 403:
		err_set(e, ERR_UNAVAILABLE, "http.status", "status %ld",
		    status);
		err_hint(e, "-H 'Authorization: Bearer ${env:NAME}' sends "
		    "credentials");
		return HTTP_FAIL;
	default:
		err_set(e, ERR_UNAVAILABLE, "http.status", "status %ld",
		    status);
		return HTTP_FAIL;
	}
}

/* A body that came to its end: take it. */
static int
take_body(struct get *g, struct err *e)
{
	if (!g->r.complete) {
		err_set(e, ERR_PROTOCOL, "http.nolength",
		    "the body has no length: a cut would not be seen");
		if (g->o->require_length)
			return -1;
		warn(g, e);
	}
	g->reply->body = g->r.body;
	g->r.body = (struct buf){0};
	g->reply->complete = g->r.complete;
	snprintf(g->reply->type, sizeof g->reply->type, "%s", g->r.type);
	return 0;
}

/* Wait before the next try: 0, or -1 when it is not worth it (e stays, or
 * says when to come back). */
static int
wait_retry(struct get *g, unsigned tried, uint64_t deadline, struct err *e)
{
	uint64_t now = now_ms(), left = deadline > now ? deadline - now : 0;
	uint64_t most = g->o->base_ms, wait;
	uint64_t after = g->r.retry_after;

	if (tried >= g->o->retries)
		return -1;
	for (unsigned i = 0; i < tried && most < g->o->cap_ms; i++)
		most *= 2;
	if (most > g->o->cap_ms)
		most = g->o->cap_ms;
	wait = most != 0 ? next_random(&g->rng) % most : 0;
	if (after > 0 && after > left / 1000)
		return err_set(e, ERR_TEMP, "http.busy",
		    "status %ld, retry after %llu s: longer than the time "
		    "that is left", g->r.status, (unsigned long long)after);
	if (after > 0)
		wait = after * 1000;
	if (wait >= left)
		return -1;
	say(g, "%s: try %u of %llu in %llu ms", e->msg, tried + 2,
	    (unsigned long long)g->o->retries + 1, (unsigned long long)wait);
	sleep_ms(wait, g->o->stop);
	return 0;
}

/* A redirect: g->now becomes where it leads. */
static int
follow(struct get *g, struct err *e)
{
	struct http_url to = {0};

	if (++g->reply->redirects > GET_REDIRECTS)
		return err_set(e, ERR_PROTOCOL, "http.redirects",
		    "more than %d redirects", GET_REDIRECTS);
	if (http_url_parse(buf_cstr(&g->r.next), &to, e) != 0) {
		if (e->code == ERR_USAGE) /* the server's doing, not ours */
			e->code = ERR_PROTOCOL;
		http_url_free(&to);
		return -1;
	}
	if (g->now.https && !to.https) {
		http_url_free(&to);
		return err_set(e, ERR_POLICY, "http.downgrade",
		    "redirected from https to http");
	}
	http_url_free(&g->now);
	g->now = to;
	buf_clear(&g->reply->url);
	prov_redact(buf_view(&g->now.clean), &g->reply->url);
	if (g->strayed || same_origin(&g->now, &g->first))
		return 0;
	g->strayed = true;
	if (g->first.user.len != 0 || g->o->nheaders != g->nplain) {
		err_set(e, ERR_OK, "http.strayed", "redirected to another "
		    "origin: credentials and headers are not sent to it");
		warn(g, e);
	}
	return 0;
}

/* One exchange and what follows from it.  1: again, 0: done, -1: e. */
static int
step(struct get *g, unsigned *tried, uint64_t deadline, struct err *e)
{
	uint64_t now = now_ms();
	enum http_outcome out;

	if (*g->o->stop != 0)
		return err_set(e, ERR_TEMP, "http.stopped",
		    "interrupted by signal %d", *g->o->stop);
	if (now >= deadline)
		return err_set(e, ERR_TEMP, "http.timeout",
		    "no answer within %llu ms",
		    (unsigned long long)g->o->timeout_ms);
	out = exchange(g, deadline - now, e);
	g->reply->status = g->r.status;
	if (out == HTTP_ANSWER && g->r.status >= 200 && g->r.status < 300)
		return take_body(g, e);
	if (out == HTTP_ANSWER && g->r.next.len != 0)
		return follow(g, e) == 0 ? 1 : -1;
	if (out == HTTP_ANSWER)
		out = judge_status(g->r.status, e);
	if (out == HTTP_FAIL)
		return -1;
	return wait_retry(g, (*tried)++, deadline, e) == 0 ? 1 : -1;
}

int
get_url(struct get *g, const char *url, struct get_reply *reply,
    struct err *e)
{
	uint64_t deadline = now_ms() + g->o->timeout_ms;
	unsigned tried = 0;
	int rc;

	if (g->http == NULL)
		g->http = http_new(&g->conf);
	g->reply = reply;
	g->strayed = false;
	http_url_free(&g->first);
	http_url_free(&g->now);
	prov_redact(str_of(url), &reply->url);
	rc = http_url_parse(url, &g->first, e);
	if (rc == 0)
		rc = http_url_parse(url, &g->now, e);
	if (rc == 0 && g->first.password.len != 0) {
		err_set(e, ERR_OK, "http.argv", "a password in a URL is seen "
		    "in the process list");
		warn(g, e);
	}
	if (rc == 0)
		do
			rc = step(g, &tried, deadline, e);
		while (rc == 1);
	if (rc != 0)
		err_source(e, buf_cstr(&reply->url));
	return rc;
}
