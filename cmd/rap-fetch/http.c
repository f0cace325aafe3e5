#include "http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy.h"
#include "unpack.h"

enum {
	HTTP_HEADERS = 256 * 1024, /* bytes of one response's headers */
	HTTP_DRAIN = 64 * 1024	   /* of an error's body, to keep the
				      connection */
};

struct http {
	const struct http_conf *conf;
	CURL *curl;
	/* The exchange at hand. */
	struct http_response *r;
	struct unpack *unpack; /* the body is gzip coded */
	bool encoded, chunked, allow_private;
	size_t header_bytes, drained;
	char refused[INET6_ADDRSTRLEN];
	bool failed; /* a callback said why: */
	struct err why;
};

/* In a callback: note why, so that the transfer is ended. */
static size_t
stop(struct http *h, const char *id, const char *what, size_t limit)
{
	h->failed = true;
	err_set(&h->why, ERR_PROTOCOL, id, what, limit);
	return 0;
}

static bool
header_is(const char *p, size_t n, const char *name, struct str *value)
{
	size_t len = strlen(name);

	if (n <= len || p[len] != ':' || strncasecmp(p, name, len) != 0)
		return false;
	for (p += len + 1, n -= len + 1; n != 0 && (*p == ' ' || *p == '\t');
	     p++)
		n--;
	while (n != 0 && strchr(" \t\r\n", p[n - 1]) != NULL)
		n--;
	*value = (struct str){p, n};
	return true;
}

static size_t
on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct http *h = ctx;
	struct str v;

	(void)size;
	h->header_bytes += n;
	if (h->header_bytes > HTTP_HEADERS)
		return stop(h, "http.headers",
		    "headers of more than %zu bytes", HTTP_HEADERS);
	if (n > 5 && memcmp(p, "HTTP/", 5) == 0)
		h->encoded = h->chunked = false;
	if (header_is(p, n, "Transfer-Encoding", &v))
		h->chunked = true;
	if (!header_is(p, n, "Content-Encoding", &v) || v.len == 0 ||
	    (v.len == 8 && strncasecmp(v.p, "identity", 8) == 0))
		return n;
	if ((v.len == 4 && strncasecmp(v.p, "gzip", 4) == 0) ||
	    (v.len == 6 && strncasecmp(v.p, "x-gzip", 6) == 0)) {
		h->encoded = true;
		return n;
	}
	return stop(h, "http.encoding",
	    "a content coding that was not asked for", 0);
}

static int
take_body(void *ctx, const char *p, size_t n, struct err *e)
{
	struct http *h = ctx;
	struct buf *body = &h->r->body;

	if (n > h->conf->max_body - body->len)
		return err_set(e, ERR_PROTOCOL, "http.toobig",
		    "the body is longer than %zu bytes", h->conf->max_body);
	buf_put(body, p, n);
	return 0;
}

static size_t
on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct http *h = ctx;
	long status = 0;
	int rc;

	(void)size;
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200 || status > 299) {
		h->drained += n;
		return h->drained > HTTP_DRAIN ? 0 : n;
	}
	if (h->encoded && h->unpack == NULL)
		h->unpack = unpack_new(take_body, h);
	rc = h->encoded ? unpack_push(h->unpack, p, n, &h->why) :
	    take_body(h, p, n, &h->why);
	if (rc == 0)
		return n;
	h->failed = true;
	if (h->why.code == ERR_DATA)
		err_set(&h->why, ERR_PROTOCOL, "http.encoding",
		    "the gzip coding of the body is damaged");
	return 0;
}

/* The address a name resolved to, not its text, is what is judged. */
static curl_socket_t
on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct http *h = ctx;

	(void)purpose;
	if (!h->allow_private && policy_private(&a->addr)) {
		const void *ip = a->family == AF_INET6 ?
		    (const void *)&((struct sockaddr_in6 *)(void *)&a->addr)
			 ->sin6_addr :
		    (const void *)&((struct sockaddr_in *)(void *)&a->addr)
			 ->sin_addr;

		if (inet_ntop(a->family, ip, h->refused,
		    sizeof h->refused) == NULL)
			h->refused[0] = '?';
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static int
on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct http *h = ctx;

	(void)a, (void)b, (void)c, (void)d;
	return *h->conf->stop != 0;
}

static void
set_callbacks(struct http *h)
{
	CURL *c = h->curl;

	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, h);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
}

struct http *
http_new(const struct http_conf *conf)
{
	struct http *h = mem_zalloc(sizeof *h);
	CURL *c = curl_easy_init();

	if (c == NULL)
		mem_die();
	h->conf = conf;
	h->curl = c;
	set_callbacks(h);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "rap-fetch/" RAP_VERSION);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	/* "": no proxy, whatever the environment says. */
	curl_easy_setopt(c, CURLOPT_PROXY,
	    h->conf->proxy != NULL ? h->conf->proxy : "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, "");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)h->conf->connect_ms);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 10L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME,
	    (long)((h->conf->slow_ms + 999) / 1000));
	return h;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
	unpack_free(h->unpack);
	mem_free(h);
}

void
http_response_free(struct http_response *r)
{
	buf_free(&r->body);
	buf_free(&r->next);
}

/* Did the user type an address, or localhost?  Then he means it. */
static bool
is_literal(const char *host)
{
	struct in_addr a;

	return host[0] == '[' || strcasecmp(host, "localhost") == 0 ||
	    inet_pton(AF_INET, host, &a) == 1;
}

/* One part of u into out; true when it is there. */
static bool
url_part(CURLU *u, CURLUPart part, unsigned flags, struct buf *out)
{
	char *text = NULL;

	if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
		return false;
	buf_puts(out, text);
	buf_cstr(out);
	curl_free(text);
	return true;
}

static int
url_parts(CURLU *u, struct http_url *url, struct err *e)
{
	struct buf *o = &url->origin;
	size_t host;

	if (!url_part(u, CURLUPART_SCHEME, 0, o))
		return err_set(e, ERR_USAGE, "http.url", "malformed URL");
	url->https = o->len == 5;
	buf_puts(o, "://");
	host = o->len;
	if (!url_part(u, CURLUPART_HOST, 0, o))
		return err_set(e, ERR_USAGE, "http.url", "the URL has no host");
	url->literal = is_literal(o->p + host);
	buf_putc(o, ':');
	url_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, o);
	for (size_t i = 0; i < o->len; i++)
		if (o->p[i] >= 'A' && o->p[i] <= 'Z')
			o->p[i] |= 0x20;
	url_part(u, CURLUPART_USER, CURLU_URLDECODE, &url->user);
	url_part(u, CURLUPART_PASSWORD, CURLU_URLDECODE, &url->password);
	curl_url_set(u, CURLUPART_USER, NULL, 0);
	curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	if (!url_part(u, CURLUPART_URL, 0, &url->clean))
		return err_set(e, ERR_USAGE, "http.url", "malformed URL");
	return 0;
}

static bool
is_http(const char *scheme, size_t n)
{
	return (n == 4 && strncasecmp(scheme, "http", 4) == 0) ||
	    (n == 5 && strncasecmp(scheme, "https", 5) == 0);
}

int
http_url_parse(const char *text, struct http_url *url, struct err *e)
{
	size_t scheme = strcspn(text, ":");
	CURLU *u;
	CURLUcode code;
	int rc;

	if (!is_http(text, scheme))
		return err_set(e, ERR_POLICY, "http.scheme",
		    "'%.*s' is not fetched, only http and https",
		    (int)(scheme < 32 ? scheme : 32), text);
	u = curl_url();
	if (u == NULL)
		mem_die();
	code = curl_url_set(u, CURLUPART_URL, text, 0);
	rc = code == CURLUE_OK ? url_parts(u, url, e) :
	    err_set(e, ERR_USAGE, "http.url", "malformed URL: %s",
		curl_url_strerror(code));
	curl_url_cleanup(u);
	return rc;
}

void
http_url_free(struct http_url *url)
{
	buf_free(&url->clean);
	buf_free(&url->origin);
	buf_free(&url->user);
	buf_free(&url->password);
}

/* What libcurl's verdict means here.  HTTP_RETRY or HTTP_FAIL; e is set. */
static enum http_outcome
judge_curl(struct http *h, CURLcode rc, const char *detail, struct err *e)
{
	char text[CURL_ERROR_SIZE];

	snprintf(text, sizeof text, "%s",
	    detail[0] != '\0' ? detail : curl_easy_strerror(rc));
	if (text[0] >= 'A' && text[0] <= 'Z')
		text[0] |= 0x20;
	switch (rc) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		err_set(e, ERR_UNAVAILABLE, "http.resolve", "%s", text);
		return HTTP_RETRY;
	case CURLE_COULDNT_CONNECT:
		if (h->refused[0] != '\0') {
			err_set(e, ERR_POLICY, "http.private",
			    "%s is an address of a private network",
			    h->refused);
			err_hint(e, "--allow-private if that is meant");
			return HTTP_FAIL;
		}
		err_set(e, ERR_UNAVAILABLE, "http.connect", "%s", text);
		return HTTP_RETRY;
	case CURLE_OPERATION_TIMEDOUT:
		err_set(e, ERR_TEMP, "http.timeout", "%s", text);
		return HTTP_RETRY;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_HTTP2_STREAM:
		err_set(e, ERR_PROTOCOL, "http.short", "%s", text);
		return HTTP_RETRY;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_SHUTDOWN_FAILED:
		err_set(e, ERR_POLICY, "http.tls", "%s", text);
		return HTTP_FAIL;
	case CURLE_ABORTED_BY_CALLBACK:
		err_set(e, ERR_TEMP, "http.stopped", "interrupted by signal "
		    "%d", *h->conf->stop);
		return HTTP_FAIL;
	case CURLE_OUT_OF_MEMORY: /* what libcurl says of a header line past
				     its limit */
		err_set(e, ERR_PROTOCOL, "http.headers",
		    "a header line is too long");
		return HTTP_FAIL;
	default:
		err_set(e, ERR_PROTOCOL, "http.protocol", "%s", text);
		return HTTP_FAIL;
	}
}

/* A response with a body that came to its end. */
static enum http_outcome
judge_body(struct http *h, struct err *e)
{
	curl_off_t length = -1;
	long version = 0;

	if (h->r->status == 206) {
		err_set(e, ERR_PROTOCOL, "http.protocol",
		    "a part of the body, which was not asked for");
		return HTTP_FAIL;
	}
	if (h->unpack != NULL && (unpack_end(h->unpack, e) != 0 ||
	    !unpack_packed(h->unpack))) {
		err_set(e, ERR_PROTOCOL, "http.encoding",
		    "the gzip coding of the body is damaged or cut");
		return HTTP_RETRY;
	}
	curl_easy_getinfo(h->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
	    &length);
	curl_easy_getinfo(h->curl, CURLINFO_HTTP_VERSION, &version);
	h->r->complete = length >= 0 || h->chunked || h->r->status == 204 ||
	    version > CURL_HTTP_VERSION_1_1;
	return HTTP_ANSWER;
}

static void
exchange_reset(struct http *h, struct http_response *r)
{
	unpack_free(h->unpack);
	h->unpack = NULL;
	h->encoded = h->chunked = h->failed = false;
	h->header_bytes = h->drained = 0;
	h->refused[0] = '\0';
	h->r = r;
	r->body.max = h->conf->max_body + 1;
	buf_clear(&r->body);
	buf_clear(&r->next);
	r->type[0] = '\0';
	r->status = 0;
	r->retry_after = 0;
	r->complete = false;
}

static struct curl_slist *
header_list(const struct http_request *q)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i <= q->nheaders; i++) {
		const char *text = i == 0 ? "Accept-Encoding: gzip" :
		    q->headers[i - 1];
		struct curl_slist *l = curl_slist_append(list, text);

		if (l == NULL)
			mem_die();
		list = l;
	}
	return list;
}

/* What libcurl knows of a response, kept. */
static void
take_info(struct http *h)
{
	struct http_response *r = h->r;
	const char *type = NULL;
	char *next = NULL;
	curl_off_t after = 0;

	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &r->status);
	curl_easy_getinfo(h->curl, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(h->curl, CURLINFO_REDIRECT_URL, &next);
	curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &after);
	if (type != NULL)
		snprintf(r->type, sizeof r->type, "%s", type);
	if (next != NULL)
		buf_puts(&r->next, next);
	/* A date is turned into seconds by libcurl; a past one is negative. */
	if (after > 0)
		r->retry_after = (uint64_t)after;
}

enum http_outcome
http_exchange(struct http *h, const struct http_request *q,
    struct http_response *r, struct err *e)
{
	char detail[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = header_list(q);
	CURL *c = h->curl;
	CURLcode rc;

	exchange_reset(h, r);
	h->allow_private = q->allow_private;
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, detail);
	curl_easy_setopt(c, CURLOPT_URL, q->url);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERNAME, q->user);
	curl_easy_setopt(c, CURLOPT_PASSWORD, q->password);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, q->fresh ? 1L : 0L);
	rc = curl_easy_perform(c);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	take_info(h);
	if (h->failed) {
		*e = h->why;
		return HTTP_FAIL;
	}
	/* The body of an error may be long: it was left. */
	if (r->status >= 300 && (rc == CURLE_OK || rc == CURLE_WRITE_ERROR))
		return HTTP_ANSWER;
	if (rc != CURLE_OK)
		return judge_curl(h, rc, detail, e);
	return judge_body(h, e);
}
