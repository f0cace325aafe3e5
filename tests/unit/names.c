/* Member names: what was learned from other lines never changes what is said of
 * this one. */
#include <stdlib.h>

#include "scan.h"

#include "json/known_inline.h"

/* Each of n names alone in its place, then each repeated in each later place:
 * what is learned from the lines before must not hide it. */
static void
repeats(const char *const *names, size_t n, const char *colon)
{
	struct buf text = {0};

	for (size_t warm = 0; warm < 3; warm++) {
		for (size_t i = 0; i < n; i++)
			buf_printf(&text, "%c\"%s\"%s1", i == 0 ? '{' : ',',
			    names[i], colon);
		buf_puts(&text, "}\n");
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j <= n; j++) {
			for (size_t k = 0; k <= n; k++)
				buf_printf(&text, "%c\"%s\"%s[%s]",
				    k == 0 ? '{' : ',',
				    names[k == j ? i : k - (k > j)], colon,
				    k % 3 == 1 ? "{\"a\":1,\"b\":2}" : "");
			buf_puts(&text, "}\n");
		}
	compare(text.p, text.len);
	buf_free(&text);
}

/* Names at the limits of what is compared at once, or known at all. */
static void
name_lengths(void)
{
	static const char *const colons[] = {":", ": ", " :", ":  ", "\t: "};
	static const char *const odd[] = {"a", "ab", "abc", "", "\\u0061x",
	    "b", "ax", "\xc3\xa9", "\\u00e9", "A", "aB"};
	char room[80][80];
	const char *names[80];

	for (size_t c = 0; c < ARRAY_LEN(colons); c++) {
		repeats(odd, ARRAY_LEN(odd), colons[c]);
		/* Each the beginning of the next, or all but one byte. */
		for (size_t kind = 0; kind < 3; kind++)
			for (size_t from = 0; from < 64; from += 8) {
				for (size_t i = 0; i < 10; i++) {
					size_t len = kind == 0 ? from + i
							       : from + 1;

					memset(room[i], 'x', len);
					room[i][len] = '\0';
					if (kind != 0)
						room[i][kind == 1 ? 0 : from] =
						    (char)('0' + i);
					names[i] = room[i];
				}
				repeats(names, 10, colons[c]);
			}
	}
}

/* More names than are kept, objects of ever new names, and those that meet in
 * one place of the index; then repeated, near and far. */
static void
many_names(void)
{
	struct buf text = {0};
	unsigned found = 0;

	for (unsigned i = 0; found < 64; i++) {
		char name[20];
		int n = snprintf(name, sizeof name, "\"%u\":       ", i);

		if (json_known_at(json_known_hash(1 << 10, name,
			(size_t)n - 8)) / KNOWN_WAYS == 7)
			buf_printf(&text, "%c%.*s1", found++ == 0 ? '{' : ',',
			    n - 7, name);
	}
	buf_puts(&text, "}\n");
	compare(text.p, text.len);
	for (unsigned line = 0; line < 700; line++) {
		unsigned n = line < 10 ? 300 : 5 + line % 30;

		for (unsigned i = 0; i <= n; i++)
			buf_printf(&text, "%c\"%c%u\":%s", i == 0 ? '{' : ',',
			    i % 7 == 0 ? 'k' : 'd',
			    i % 7 == 0 ? i
				       : line * 1000 + (i < n || line % 3 != 0
					     ? i
					     : line % n),
			    line % 4 == 0 ? "{\"id\":1,\"x\":0}" : "2");
		buf_puts(&text, line % 5 != 0 ? "}\n" : ",\"d\":1,\"k7\":0}\n");
	}
	for (size_t i = 0; i < 4; i++)
		compare(text.p, text.len);
	buf_free(&text);
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Names whose hashes are equal in all that is kept of them. */
static void
same_hash(void)
{
	enum { N = 1 << 16 };
	uint64_t *all = mem_alloc(N * sizeof *all);
	struct buf text = {0};
	size_t pairs = 0;

	for (uint32_t i = 0; i < N; i++) {
		char name[24];
		uint64_t h;

		snprintf(name, sizeof name, "\"%08x\":1", i * 2654435761u);
		h = json_known_hash(1 << 10, name, 10);
		all[i] = (uint64_t)json_known_at(h) << 53 |
		    (uint64_t)(json_known_slot(h, 0) >> 18) << 32 |
		    i * 2654435761u;
	}
	qsort(all, N, sizeof *all, by_value);
	for (size_t i = 1; i < N && pairs < 20; i++) {
		unsigned a = (unsigned)all[i - 1], b = (unsigned)all[i];

		if (all[i] >> 32 != all[i - 1] >> 32)
			continue;
		pairs++;
		buf_printf(&text, "{\"%08x\":1,\"%08x\":2}\n", a, b);
		buf_printf(&text, "{\"%08x\":1,\"%08x\":2}\n", b, a);
		buf_printf(&text, "{\"%08x\":1,\"%08x\":2,\"%08x\":3}\n", a,
		    b, a);
	}
	TEST(pairs != 0);
	for (unsigned i = 0; i < 3; i++)
		compare(text.p, text.len);
	buf_free(&text);
	mem_free(all);
}

/* Lines without a fault are judged ahead, even the first ones. */
static void
sure(void)
{
	static const char line[] = "{\"id\":7,\"name\": \"x\",\"in\":{\"id\":1,"
	    "\"a name of more than sixteen bytes\":[{\"id\":2},{\"id\":3}]}}\n";
	struct buf text = {0};
	size_t len, each = sizeof line - 1;

	for (int i = 0; i < 20; i++)
		buf_put(&text, line, each);
	for (int turn = 0; turn < 3; turn++) {
		json_scan_block(&scan, buf_cstr(&text), text.len);
		for (size_t at = 0; at < text.len; at += each)
			TEST(json_scan_ahead(&scan, &scratch, text.p + at,
			    turn % 2 == 0, &len) && len == each - 1);
	}
	buf_free(&text);
}

/* The same names at many depths, and one used again behind all of them. */
static void
deep_names(void)
{
	static const unsigned depths[] = {1, 2, 254, 255, 256, 257, 258, 512,
	    1022, 1023, 1024};
	struct buf text = {0};

	for (size_t i = 0; i < ARRAY_LEN(depths); i++)
		for (unsigned turn = 0; turn < 8; turn++) {
			for (unsigned d = 1; d < depths[i]; d++)
				buf_puts(&text, "{\"a\":0,\"b\":");
			buf_puts(&text, turn & 1 ? "{\"a\":1,\"b\":1,\"a\":2}"
						 : "{\"b\":1,\"a\":2}");
			for (unsigned d = 1; d < depths[i]; d++)
				buf_puts(&text, turn & 2 && d + 1 == depths[i]
					? ",\"a\":3}"
					: turn & 4 ? ",\"c\":3}" : "}");
			buf_puts(&text, "\n");
		}
	for (unsigned i = 0; i < 3; i++)
		compare(text.p, text.len);
	buf_free(&text);
}

static void
random_object(struct buf *out, unsigned depth, size_t variety)
{
	static const char *const names[] = {"a", "b", "id", "ab", "name",
	    "properties", "twelve_chars", "thirteen_char", "fourteen_chars",
	    "", "a name of twenty-eight bytes", "a name of twenty-nine bytes.",
	    "a name that is too long to be kept there", "\\u0061", "\\u0062",
	    "i\\u0064", "x1", "x2", "x3", "x4"};
	static const char *const colons[] = {":", ":", ": ", " : ", ":\t"};
	size_t n = next_random() % 9, style = next_random() % 9;

	buf_putc(out, '{');
	for (size_t i = 0; i < n; i++) {
		uint64_t r = next_random();

		if (i != 0)
			buf_puts(out, r % 5 != 0 ? "," : ", ");
		r /= 5;
		if (r % 4 != 0) /* mostly in one order */
			buf_printf(out, "\"%s\"",
			    names[(i * 2 + (r / 4 % 9 == 0)) % variety]);
		else if (r % 8 != 0)
			buf_printf(out, "\"%s\"", names[r / 8 % variety]);
		else
			buf_printf(out, "\"n%u\"", (unsigned)(r / 8 % 3000));
		r = next_random();
		buf_puts(out, colons[style < 5 ? style : r % 5]);
		r /= 5;
		if (depth < 4 && r % 4 == 0)
			random_object(out, depth + 1, variety);
		else if (depth < 4 && r % 4 == 1) {
			buf_putc(out, '[');
			random_object(out, depth + 2, variety);
			buf_putc(out, ',');
			random_object(out, depth + 2, variety);
			buf_putc(out, ']');
		} else
			buf_puts(out, r % 8 == 2 ? "\"v\"" : "17");
	}
	buf_putc(out, '}');
}

/* Objects that are alike, but not quite. */
static void
random_names(void)
{
	struct buf text = {0};

	for (int round = 0; round < 3000; round++) {
		buf_clear(&text);
		for (int line = 0; line < 12; line++) {
			random_object(&text, 0, 3 + (size_t)round % 18);
			buf_putc(&text, '\n');
		}
		compare(text.p, text.len);
	}
	buf_free(&text);
}

static void
run(void)
{
	name_lengths();
	many_names();
	same_hash();
	sure();
	deep_names();
	random_names();
}

int
main(void)
{
	return with_kernels(run);
}
