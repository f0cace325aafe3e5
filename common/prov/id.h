#ifndef RAP_PROV_ID_H
#define RAP_PROV_ID_H

#include <stdint.h>

#include "hash/uuid.h"

/*
 * Names and times of records.
 */
struct buf;
struct err;

enum { PROV_UUID = UUID_LEN };

/* A new UUID, version 7 (RFC 9562): milliseconds, then 74 random bits.  Lower
 * case and a NUL: PROV_UUID + 1 bytes.  ERR_OS [os.random]. */
int prov_uuid7(char *dst, struct err *e);

/* Nanoseconds since 1970 (CLOCK_REALTIME). */
uint64_t prov_now(void);

/* Append ns as RFC 3339 in UTC: 2026-11-20T04:50:00.000000000Z. */
void prov_put_time(struct buf *out, uint64_t ns);

#endif
