#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* Messages may quote foreign bytes: what could drive a terminal or forge a
 * second line is spelled out once, here. */
static void
fill(char *dst, size_t cap, const char *fmt, va_list ap)
{
	char raw[512];
	int n = vsnprintf(raw, sizeof raw, fmt, ap);

	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof raw)
		n = sizeof raw - 1;
	str_escape(dst, cap, raw, (size_t)n);
}

static void
reset(struct err *e, size_t pos, enum err_code code, const char *id)
{
	e->code = code;
	e->id = id;
	e->pos = pos;
	e->line = e->len = 0;
	e->shown_at = e->shown_len = 0;
	e->path[0] = e->source[0] = e->msg[0] = e->hint[0] = '\0';
	e->shown[0] = '\0';
}

int
err_set(struct err *e, enum err_code code, const char *id, const char *fmt,
    ...)
{
	va_list ap;

	reset(e, ERR_NOPOS, code, id);
	va_start(ap, fmt);
	fill(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_at(struct err *e, size_t pos, enum err_code code, const char *id,
    const char *fmt, ...)
{
	va_list ap;

	reset(e, pos, code, id);
	va_start(ap, fmt);
	fill(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_sys(struct err *e, int errnum, enum err_code code, const char *id,
    const char *fmt, ...)
{
	va_list ap;
	char why[96] = "unknown error";
	size_t n;

	reset(e, ERR_NOPOS, code, id);
	va_start(ap, fmt);
	fill(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	/* strerror_r of POSIX; the text is fixed by LC_MESSAGES=C, since no
	 * program of ours calls setlocale. */
	(void)strerror_r(errnum, why, sizeof why);
	snprintf(e->msg + n, sizeof e->msg - n, ": %s", why);
	return -1;
}

int
err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(e->hint, sizeof e->hint, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_source(struct err *e, const char *source)
{
	str_escape(e->source, sizeof e->source, source, strlen(source));
	return -1;
}

void
err_path(struct err *e, const char *path, size_t len)
{
	if (len < sizeof e->path) {
		memcpy(e->path, path, len);
		e->path[len] = '\0';
		return;
	}
	len = sizeof e->path - 4;
	memcpy(e->path, path, len);
	memcpy(e->path + len, "...", 4);
}
