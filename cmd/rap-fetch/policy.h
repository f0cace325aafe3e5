#ifndef RAP_FETCH_POLICY_H
#define RAP_FETCH_POLICY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a fetch may connect to and what it may send.
 * No network, no state.
 */
struct buf;
struct cli_list;
struct err;
struct sockaddr;

/*
 * Is the address one that only this machine or its own networks can mean:
 * loopback, private, link-local, shared, benchmark, multicast, reserved or
 * unspecified (RFC 6890), also inside an IPv6 address that carries an IPv4
 * one (mapped, NAT64, 6to4)?  What is neither IPv4 nor IPv6 is private.
 */
bool policy_private(const struct sockaddr *sa);

/*
 * One "Name: value" of -H or a source file, ready to send, appended to out:
 * ${env:NAME} is the environment's NAME, ${file:PATH} the content of PATH less
 * its last line end; such a file must not be readable by others.  Unless
 * argv_secret, a literal value of a header that carries credentials is
 * refused.
 *
 * ERR_CONFIG [header.syntax, header.env, header.value], ERR_USAGE
 * [header.literal], ERR_POLICY [header.file], ERR_NOINPUT.  No message holds a
 * value.
 */
int policy_header(const char *text, bool argv_secret, struct buf *out,
    struct err *e);

/* May a header go to another origin than it was meant for? */
bool policy_harmless(const char *header);

#endif
