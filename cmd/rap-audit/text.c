#include <signal.h>
#include <string.h>

#include "audit.h"

/* Records as text for people. */

enum { PIECE = 200 };

/* As str_escape has it, of any length; a piece ends with a character. */
void
audit_put_safe(struct buf *out, struct str s)
{
	char safe[6 * PIECE + 1];

	while (s.len > 0) {
		size_t n = s.len < PIECE ? s.len : PIECE;

		for (int i = 0; i < 3 && n < s.len && n > 1 &&
		     ((unsigned char)s.p[n] & 0xc0) == 0x80; i++)
			n--;
		buf_put(out, safe, str_escape(safe, sizeof safe, s.p, n));
		s.p += n;
		s.len -= n;
	}
}

static bool
needs_no_quotes(struct str s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\0' || strchr(plain, s.p[i]) == NULL)
			return false;
	return s.len > 0;
}

/* One word as a shell would have to be given it: 'it'\''s', or $'\x1b' where
 * bytes are escaped. */
static void
put_word(struct buf *out, struct str s)
{
	struct buf safe = {0};
	bool escaped;

	audit_put_safe(&safe, s);
	escaped = !str_eq(buf_view(&safe), s);
	buf_free(&safe);
	if (needs_no_quotes(s)) {
		buf_str(out, s);
		return;
	}
	buf_puts(out, escaped ? "$'" : "'");
	while (s.len > 0) {
		size_t n = 0;

		while (n < s.len && s.p[n] != '\'' &&
		    (s.p[n] != '\\' || !escaped))
			n++;
		audit_put_safe(out, (struct str){s.p, n});
		if (n == s.len)
			break;
		if (escaped)
			buf_printf(out, "\\%c", s.p[n]);
		else
			buf_puts(out, "'\\''");
		s.p += n + 1;
		s.len -= n + 1;
	}
	buf_putc(out, '\'');
}

void
audit_put_argv(struct buf *out, const struct json_doc *d, struct arena *a)
{
	uint32_t argv = json_member(d, 0, STR("argv"));

	if (argv == JSON_NONE || json_type(d, argv) != JSON_ARRAY)
		return;
	for (uint32_t k = argv + 1; k < d->nodes[argv].next;
	     k = d->nodes[k].next) {
		if (k > argv + 1)
			buf_putc(out, ' ');
		if (json_type(d, k) == JSON_STRING)
			put_word(out, json_string(d, k, a));
	}
}

void
audit_put_exit(struct buf *out, const struct json_doc *d)
{
	uint32_t x = prov_get_object(d, 0, "exit");
	int64_t sig = prov_get_int(d, x, "signal");

	if (x == JSON_NONE)
		return;
	if (sig != 0)
		buf_printf(out, "signal %lld", (long long)sig);
	else
		buf_printf(out, "exit %lld",
		    (long long)prov_get_int(d, x, "code"));
}

void
audit_put_count(struct buf *out, uint64_t n, const char *word)
{
	buf_printf(out, "%llu %s%s", (unsigned long long)n, word,
	    n != 1 ? "s" : "");
}

bool
audit_failed(const struct json_doc *d)
{
	uint32_t x = prov_is(d, "rap/stage/1") ? prov_get_object(d, 0, "exit")
					       : JSON_NONE;
	int64_t sig = prov_get_int(d, x, "signal");

	return prov_get_int(d, x, "code") != 0 ||
	    (sig != 0 && sig != SIGPIPE);
}
