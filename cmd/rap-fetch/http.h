#ifndef RAP_FETCH_HTTP_H
#define RAP_FETCH_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * One GET and its response, through libcurl; http.c is the only file that
 * includes it.  Redirects are not followed and nothing is tried again: get.h
 * does that.  The proxy variables of the environment and .netrc are not looked
 * at; TLS 1.2 or newer, certificates always checked.
 */
struct http;

struct http_conf {
	uint64_t connect_ms; /* for one connection */
	uint64_t slow_ms;    /* less than 10 B/s for so long is a timeout */
	size_t max_body;     /* bytes, after decoding */
	const char *proxy;   /* or NULL */
	const atomic_int *stop; /* not 0: give up */
};

struct http_request {
	const char *url;	     /* without user and password */
	const char *user, *password; /* or NULL */
	const char *const *headers;  /* "Name: value" */
	size_t nheaders;
	uint64_t timeout_ms;
	bool allow_private; /* addresses of policy_private too */
	bool fresh;	    /* a new connection, so that it is judged */
};

struct http_response {
	long status;	      /* 0: none came */
	struct buf body;      /* of a 2xx, without its content coding */
	struct buf next;      /* where a 3xx leads, absolute; else empty */
	char type[128];	      /* content type, or "" */
	uint64_t retry_after; /* seconds; 0: not said */
	bool complete;	      /* its end was marked: length, chunk or frame */
};

enum http_outcome {
	HTTP_ANSWER, /* a whole response; look at its status */
	HTTP_RETRY,  /* e says why; it may go better next time */
	HTTP_FAIL    /* e says why; it will not */
};

/* Initialises libcurl; conf must outlive it. */
struct http *http_new(const struct http_conf *conf);
void http_free(struct http *h);

/* Make the request.  r is emptied first; `{0}` before, http_response_free
 * after. */
enum http_outcome http_exchange(struct http *h, const struct http_request *q,
    struct http_response *r, struct err *e);
void http_response_free(struct http_response *r);

/* A URL taken apart.  `{0}` before, http_url_free after. */
struct http_url {
	struct buf clean;	   /* without user, password and fragment */
	struct buf origin;	   /* "https://host:443" */
	struct buf user, password; /* decoded; empty: none */
	bool literal; /* the host is an IP address or localhost */
	bool https;
};

/* ERR_POLICY [http.scheme], ERR_USAGE [http.url]. */
int http_url_parse(const char *text, struct http_url *url, struct err *e);
void http_url_free(struct http_url *url);

#endif
