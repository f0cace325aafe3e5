/*
 * libFuzzer: a block of lines, whatever its bytes, is judged by each kernel of
 * this machine as the scalar scanner judges its lines: verdict, error, offset,
 * nodes; also when no nodes are built, and when lines are left out.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "json/kernel.h"
#include "json/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PAD = 64 };

struct verdict {
	int rc;
	struct err e;
};

static void
fail(const struct json_scan *s, size_t at, const char *what)
{
	fprintf(stderr, "%s: line at byte %zu: %s\n",
	    json_kernel_name(s->kernel), at, what);
	abort();
}

static void
same_verdict(const struct json_scan *s, size_t at, const struct verdict *want,
    const struct verdict *got)
{
	if (want->rc != got->rc)
		fail(s, at, "verdict");
	if (want->rc == 0)
		return;
	if (want->e.code != got->e.code || strcmp(want->e.id, got->e.id) != 0)
		fail(s, at, "error");
	if (want->e.pos != got->e.pos)
		fail(s, at, "offset");
}

static void
same_nodes(const struct json_scan *s, size_t at, const struct json_doc *want,
    const struct json_doc *got)
{
	if (want->n != got->n)
		fail(s, at, "count of nodes");
	for (uint32_t i = 0; i < want->n; i++) {
		const struct json_node *a = &want->nodes[i];
		const struct json_node *b = &got->nodes[i];

		if (a->off != b->off || a->len != b->len || a->next != b->next)
			fail(s, at, "place of a node");
		if (a->type != b->type || a->flags != b->flags ||
		    a->depth != b->depth || a->hash != b->hash)
			fail(s, at, "kind of a node");
	}
}

/*
 * The next line as a program takes it: ahead of its end where that goes, else
 * by its length.  The reference has said `want` of it, and left want_doc.
 */
static void
take(struct json_scan *s, const char *line, size_t len, bool nodes,
    const struct verdict *want, const struct json_doc *want_doc)
{
	static struct json_doc got;
	size_t at = (size_t)(line - s->data), ahead = 0;
	struct verdict v = {0};

	if (json_scan_ahead(s, &got, line, nodes, &ahead)) {
		if (ahead != len)
			fail(s, at, "end of the line");
	} else {
		v.rc = json_scan_line(s, &got, line, len, &v.e);
		nodes = true;
	}
	same_verdict(s, at, want, &v);
	if (want->rc == 0 && nodes)
		same_nodes(s, at, want_doc, &got);
}

/* The lines of text[0..n); it must be readable PAD further. */
static void
compare_lines(struct json_scan *all, struct json_scan *bare,
    struct json_scan *some, const char *text, size_t n)
{
	static struct json_doc want;
	unsigned line = 0;

	json_scan_block(all, text, n);
	json_scan_block(bare, text, n);
	json_scan_block(some, text, n);
	for (size_t at = 0; at < n; line++) {
		const char *p = text + at, *lf = memchr(p, '\n', n - at);
		size_t len = lf != NULL ? (size_t)(lf - p) : n - at;
		struct verdict v = {0};

		v.rc = json_parse(&want, p, len, &v.e);
		take(all, p, len, true, &v, &want);
		take(bare, p, len, false, &v, &want);
		if ((n >> line % 8 & 1) != 0)
			take(some, p, len, true, &v, &want);
		at += len + 1;
	}
}

/* By one kernel, and again, now that the names are known. */
static void
compare(const struct json_kernel *k, const char *text, size_t n)
{
	struct json_scan all = {.kernel = k}, bare = {.kernel = k},
	    some = {.kernel = k};

	for (int turn = 0; turn < 2; turn++)
		compare_lines(&all, &bare, &some, text, n);
	json_scan_free(&all);
	json_scan_free(&bare);
	json_scan_free(&some);
}

/* Every second input begins behind a line so long that the edge of a chunk is
 * in its middle. */
static size_t
lead_line(size_t size)
{
	return size % 2 != 0 && size < KERNEL_CHUNK ? KERNEL_CHUNK - size / 2
						    : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"avx2", "avx512", "neon"};
	/* What stands behind the block may be anything, and must not matter. */
	static const char pads[] = {0, '"', '\\', '\x80', '}', ' ', '9', '\n'};
	size_t pad = size != 0 ? data[size / 2] % sizeof pads : 0;
	size_t lead = lead_line(size), n = lead + size;
	char *text = malloc(n + PAD);

	if (text == NULL)
		return 0;
	if (lead != 0) {
		memset(text, 'a', lead);
		text[0] = text[lead - 2] = '"';
		text[lead - 1] = '\n';
	}
	memcpy(text + lead, data, size);
	memset(text + n, pads[pad], PAD);
	if (pad % 2 == 0)
		text[n] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		bool ok;
		const struct json_kernel *k = json_kernel_choose(names[i], &ok);

		if (ok)
			compare(k, text, n);
	}
	free(text);
	return 0;
}
