/* Diagnostics: one line, and the place shown below it; one write. */
#include "prog/prog_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/caret.h"
#include "json/write.h"

static void
put_text(const struct prog *p, const struct err *e, struct buf *out)
{
	buf_printf(out, "%s: ", p->def->name);
	if (e->source[0] != '\0') {
		buf_puts(out, e->source);
		if (e->line != 0) {
			buf_printf(out, ":%zu", e->line);
			if (e->pos != ERR_NOPOS)
				buf_printf(out, ":%zu", e->pos + 1);
		}
		buf_puts(out, ": ");
	}
	buf_puts(out, e->msg);
	if (e->path[0] != '\0') {
		char safe[2 * sizeof e->path];

		str_escape(safe, sizeof safe, e->path, strlen(e->path));
		buf_printf(out, " at %s", safe);
	}
	buf_printf(out, " [%s]", e->id);
	if (e->hint[0] != '\0')
		buf_printf(out, "; %s", e->hint);
	buf_putc(out, '\n');
	caret_put(e, out);
}

static void
put_json(const struct prog *p, const struct err *e, struct buf *out)
{
	struct json_w w = {.out = out};

	json_w_object(&w);
	json_w_member(&w, "program", str_of(p->def->name));
	if (e->source[0] != '\0')
		json_w_member(&w, "source", str_of(e->source));
	if (e->line != 0)
		json_w_member_u64(&w, "line", e->line);
	if (e->pos != ERR_NOPOS)
		json_w_member_u64(&w, "byte", e->pos + 1);
	if (e->len != 0)
		json_w_member_u64(&w, "length", e->len);
	if (e->path[0] != '\0')
		json_w_member(&w, "path", str_of(e->path));
	json_w_member(&w, "code", str_of(e->id));
	json_w_member(&w, "message", str_of(e->msg));
	if (e->hint[0] != '\0')
		json_w_member(&w, "hint", str_of(e->hint));
	if (e->shown[0] != '\0') {
		json_w_name(&w, STR("shown"));
		json_w_object(&w);
		json_w_member(&w, "text", str_of(e->shown));
		json_w_member_u64(&w, "column", e->shown_at + 1);
		json_w_member_u64(&w, "length", e->shown_len);
		json_w_end(&w);
	}
	json_w_end(&w);
	buf_putc(out, '\n');
}

void
prog_diag_put(const struct prog *p, const struct err *e, struct buf *out)
{
	/* Before the options are read diag is not known. */
	if (p->opt.diag != NULL && strcmp(p->opt.diag, "json") == 0)
		put_json(p, e, out);
	else
		put_text(p, e, out);
}

void
prog_diag(struct prog *p, const struct err *e)
{
	struct buf line = {0};
	struct err ignored;

	prog_diag_put(p, e, &line);
	(void)io_write(2, line.p, line.len, "stderr", &ignored);
	buf_free(&line);
}

void
prog_warn(struct prog *p, const struct err *e)
{
	if (!p->opt.quiet)
		prog_diag(p, e);
}

void
prog_more_alike(struct prog *p, const char *id, uint64_t n)
{
	struct err e;

	err_set(&e, ERR_DATA, id, "%llu more like this",
	    (unsigned long long)n);
	prog_warn(p, &e);
}

void
prog_say(struct prog *p, const char *fmt, ...)
{
	struct err ignored;
	char text[400], safe[800];
	struct buf line = {0};
	va_list ap;

	if (!p->opt.verbose)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (strcmp(p->opt.diag, "json") == 0) {
		struct json_w w = {.out = &line};

		json_w_object(&w);
		json_w_member(&w, "program", str_of(p->def->name));
		json_w_member(&w, "note", str_of(text));
		json_w_end(&w);
		buf_putc(&line, '\n');
	} else {
		str_escape(safe, sizeof safe, text, strlen(text));
		buf_printf(&line, "%s: %s\n", p->def->name, safe);
	}
	(void)io_write(2, line.p, line.len, "stderr", &ignored);
	buf_free(&line);
}
