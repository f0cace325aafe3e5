#ifndef RAP_FETCH_GET_H
#define RAP_FETCH_GET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Getting a URL: tries, waits and redirects over single exchanges (http.h).
 *
 * A body is given whole or not at all: a cut, a bad chunk, a wrong length is
 * an error, and the request is made again while tries and time last.
 * Redirects are followed here, under one policy: http and https only, five of
 * them, never from https to http, never into a private network unless
 * allow_private, and with no header of the caller's that could carry
 * credentials once the origin is another one.  A private address that the
 * user wrote himself (an IP address, localhost) is what he asked for; a name
 * that resolves to one is not.
 *
 * Memory: the body (max_body, after decoding) and libcurl's buffers.
 */
struct get_opts {
	uint64_t timeout_ms;	/* for one get_url, with all its tries */
	uint64_t connect_ms;	/* for one connection */
	uint64_t slow_ms;	/* less than 10 B/s for so long is a timeout */
	uint64_t retries;	/* after the first try */
	uint64_t base_ms;	/* the first wait is below this, then doubles */
	uint64_t cap_ms;	/* and no wait is above this */
	uint64_t seed;		/* of the waits: the same seed, the same ones */
	size_t max_body;
	bool allow_private;
	bool require_length;	/* refuse a body whose end cannot be known */
	const char *proxy;	/* or NULL */
	const char *const *headers; /* ready to send (policy_header) */
	size_t nheaders;
	const atomic_int *stop; /* not 0: give up */
	/* A warning, and a line for -v; ctx is theirs. */
	void (*warn)(void *ctx, const struct err *e);
	void (*say)(void *ctx, const char *text);
	void *ctx;
};

struct get_reply {
	struct buf body;  /* without its content coding */
	long status;	  /* of the last response, 0: there was none */
	struct buf url;	  /* that answered, redacted */
	char type[128];	  /* content type, or "" */
	bool complete;	  /* its end was marked: length, chunk or frame */
	unsigned tries, redirects;
};

struct get;

/* opts must outlive it. */
struct get *get_new(const struct get_opts *opts);
void get_free(struct get *g);

/*
 * Get url.  `{0}` before, get_reply_free after, also when it failed (status
 * and url then tell of the last response).
 *
 * ERR_USAGE [http.url]; ERR_POLICY [http.scheme, http.private, http.tls,
 * http.downgrade]; ERR_UNAVAILABLE [http.resolve, http.connect, http.status];
 * ERR_TEMP [http.timeout, http.busy]; ERR_PROTOCOL [http.short, http.headers,
 * http.toobig, http.redirects, http.encoding, http.protocol, http.nolength].
 */
int get_url(struct get *g, const char *url, struct get_reply *reply,
    struct err *e);
void get_reply_free(struct get_reply *r);

#endif
