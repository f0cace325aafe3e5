#include "prov/id.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"

uint64_t
prov_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int
prov_uuid7(char *dst, struct err *e)
{
	uint64_t ms = prov_now() / 1000000;
	uint8_t u[UUID_BYTES];

	if (getrandom(u, sizeof u, 0) != (ssize_t)sizeof u)
		return err_sys(e, errno, ERR_OS, "os.random",
		    "no random bytes from the system");
	for (int i = 0; i < 6; i++)
		u[i] = (uint8_t)(ms >> (40 - 8 * i));
	u[6] = (uint8_t)(0x70 | (u[6] & 0x0f));
	u[8] = (uint8_t)(0x80 | (u[8] & 0x3f));
	uuid_text(dst, u);
	return 0;
}

void
prov_put_time(struct buf *out, uint64_t ns)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;

	gmtime_r(&t, &tm);
	buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%09uZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, (unsigned)(ns % 1000000000));
}
