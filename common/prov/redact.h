#ifndef RAP_PROV_REDACT_H
#define RAP_PROV_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/*
 * Secrets are taken out of what is recorded before it is hashed or written;
 * PROV_REDACTED stands in their place.  Found by their form:
 *
 *	https://user:secret@host/     the user part of a URL
 *	?token=..&api_key=..&sig=..   values in a query, by their names
 *	Authorization: Bearer ..      header values, by their names
 *	TOKEN=.. --password=..        values of assignments and options
 *	--token ..                    the argument after such an option
 *
 * A secret that looks like nothing cannot be found.
 */
struct buf;

#define PROV_REDACTED "REDACTED"

/* Append arg without secrets to out; the number of secrets taken out. */
size_t prov_redact(struct str arg, struct buf *out);

/* Is arg an option whose value, the next argument, is a secret? */
bool prov_redact_next(struct str arg);

#endif
