#include "base/caret.h"

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"

enum {
	BEFORE = 24, /* columns kept before a span that is far to the right */
	FAR = 4096   /* bytes before a span that are not looked at */
};

struct range {
	uint32_t from, to;
};

static bool
is_in(uint32_t c, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].from && c <= r[i].to)
			return true;
	return false;
}

/* Columns of a terminal, after UAX 11 (W and F) and the blocks of combining
 * marks.  wcwidth would ask the locale. */
static unsigned
width_of(uint32_t c)
{
	static const struct range wide[] = {{0x1100, 0x115f},
	    {0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf},
	    {0x4e00, 0xa4cf}, {0xa960, 0xa97c}, {0xac00, 0xd7a3},
	    {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60},
	    {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
	    {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
	static const struct range none[] = {{0x300, 0x36f}, {0x483, 0x489},
	    {0x591, 0x5bd}, {0x610, 0x61a}, {0x64b, 0x65f}, {0x200b, 0x200d},
	    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};

	if (c < 0x300)
		return 1;
	if (is_in(c, none, ARRAY_LEN(none)))
		return 0;
	return is_in(c, wide, ARRAY_LEN(wide)) ? 2 : 1;
}

/* A character as it is shown at a column. */
struct cell {
	char text[16];
	size_t len, width, bytes; /* shown, columns, of the source */
};

static struct cell
cell_at(const char *p, size_t len, size_t column)
{
	struct cell c = {.text = "        "};
	uint32_t code;

	if (*p == '\t') {
		c.len = c.width = 8 - column % 8;
		c.bytes = 1;
		return c;
	}
	c.bytes = utf8_decode(p, len, &code);
	if (c.bytes == 0)
		c.bytes = 1;
	c.len = str_escape(c.text, sizeof c.text, p, c.bytes);
	c.width = c.len == c.bytes && c.len > 1 ? width_of(code) : c.len;
	return c;
}

/* Columns and bytes that p[0..len) takes. */
static void
measure(const char *p, size_t len, size_t *columns, size_t *bytes)
{
	*columns = *bytes = 0;
	for (size_t i = 0; i < len;) {
		struct cell c = cell_at(p + i, len - i, *columns);

		*columns += c.width;
		*bytes += c.len;
		i += c.bytes;
	}
}

/* Where the window begins: the line's begin when the span then fits. */
static size_t
window(const char *p, size_t at, size_t end)
{
	size_t from = at, columns, bytes, back = 0;

	if (at <= FAR) {
		measure(p, end, &columns, &bytes);
		if (columns <= CARET_COLUMNS && bytes <= 2 * CARET_COLUMNS)
			return 0;
		measure(p, at, &columns, &bytes);
		if (columns <= BEFORE && bytes <= 2 * BEFORE)
			return 0;
	}
	while (from > 0 && back < BEFORE && at - from < (size_t)2 * BEFORE) {
		from--;
		while (from > 0 && ((unsigned char)p[from] & 0xc0) == 0x80)
			from--;
		back += cell_at(p + from, at - from, 0).width;
	}
	return from;
}

/* The line as it is shown, cut where it does not fit. */
static void
draw(struct err *e, struct str line, size_t at, size_t end, bool cut)
{
	size_t used = cut ? 3 : 0, column = used;

	memcpy(e->shown, "...", 3);
	for (size_t i = 0; i < line.len;) {
		struct cell c = cell_at(line.p + i, line.len - i, column);

		if (column + c.width > CARET_COLUMNS + 3 ||
		    used + c.len + 4 > sizeof e->shown) {
			memcpy(e->shown + used, "...", 4);
			return;
		}
		if (i < at)
			e->shown_at += (unsigned)c.width;
		else if (i < end)
			e->shown_len += (unsigned)c.width;
		memcpy(e->shown + used, c.text, c.len);
		used += c.len;
		column += c.width;
		i += c.bytes;
	}
	e->shown[used] = '\0';
}

void
caret_note(struct err *e, struct str text, size_t at, size_t len)
{
	size_t from, to, end, cut;

	from = to = at = at < text.len ? at : text.len;
	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	while (to < text.len && text.p[to] != '\n')
		to++;
	if (to > at && text.p[to - 1] == '\r')
		to--;
	end = len < to - at ? at + len : to;
	while (from < at && (text.p[from] == ' ' || text.p[from] == '\t'))
		from++;
	e->shown_at = e->shown_len = 0;
	e->shown[0] = '\0';
	if (from == to)
		return;
	cut = window(text.p + from, at - from, end - from);
	from += cut;
	e->shown_at = cut != 0 ? 3 : 0;
	draw(e, (struct str){text.p + from, to - from}, at - from, end - from,
	    cut != 0);
}

void
caret_put(const struct err *e, struct buf *out)
{
	if (e->shown[0] == '\0')
		return;
	buf_printf(out, "    %s\n    ", e->shown);
	for (unsigned i = 0; i < e->shown_at; i++)
		buf_putc(out, ' ');
	buf_putc(out, '^');
	for (unsigned i = 1; i < e->shown_len; i++)
		buf_putc(out, '~');
	buf_putc(out, '\n');
}
