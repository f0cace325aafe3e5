#ifndef RAP_TESTS_SCAN_H
#define RAP_TESTS_SCAN_H

#include "test.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "json/scan.h"

/*
 * What the tests of the scanner share: every kernel gives what the scalar
 * scanner gives: verdict, error, offset, nodes.  What was learned from one text
 * stays for the next, as in a program.
 */
enum { PAD = 64 };

static const char *const kernel_names[] = {"avx2", "avx512", "neon"};

static struct json_doc want, got, scratch;
static struct json_scan scan, check, bare;

static int
same_nodes(void)
{
	if (want.n != got.n)
		return 0;
	for (uint32_t i = 0; i < want.n; i++) {
		const struct json_node *a = &want.nodes[i], *b = &got.nodes[i];

		if (a->off != b->off || a->len != b->len ||
		    a->next != b->next || a->type != b->type ||
		    a->flags != b->flags || a->depth != b->depth ||
		    a->hash != b->hash)
			return 0;
	}
	return 1;
}

/* The lines of text (n bytes), both ways.  An exact copy, and different pads
 * behind it, so that nothing past the end can matter unseen. */
static void
compare(const char *text, size_t n)
{
	static const char pads[] = {0, '"', '\\', '\x80', '}', '9', ' '};
	static unsigned turn;
	char *copy = mem_alloc(n + PAD);
	struct err a, b;

	memcpy(copy, text, n);
	memset(copy + n, pads[turn++ % sizeof pads], PAD);
	json_scan_block(&scan, copy, n);
	json_scan_block(&check, copy, n);
	json_scan_block(&bare, copy, n);
	for (size_t at = 0; at < n;) {
		char *lf = memchr(copy + at, '\n', n - at);
		size_t len = lf != NULL ? (size_t)(lf - copy) - at : n - at;
		int ra = json_parse(&want, copy + at, len, &a);
		int rb = json_scan_line(&scan, &got, copy + at, len, &b);

		size_t ahead;

		TEST(ra == rb);
		/* What is found ahead, with or without nodes, is good, and
		 * ends where the line does (blanks and all). */
		for (int nodes = 0; nodes < 2; nodes++)
			if (json_scan_ahead(nodes ? &check : &bare, &scratch,
				copy + at, nodes != 0, &ahead))
				TEST(ra == 0 && ahead == len);
			else
				TEST(json_scan_line(nodes ? &check : &bare,
				    &scratch, copy + at, len, &b) == ra);
		if (ra == 0 && rb == 0)
			TEST(same_nodes());
		if (ra != 0 && rb != 0)
			TEST(a.pos == b.pos && strcmp(a.id, b.id) == 0);
		at += len + 1;
	}
	mem_free(copy);
}

static uint64_t
next_random(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x >> 11;
}

/* Run the tests once for each kernel this processor has. */
static int
with_kernels(void (*run)(void))
{
	for (size_t i = 0; i < ARRAY_LEN(kernel_names); i++) {
		bool ok;

		scan.kernel = json_kernel_choose(kernel_names[i], &ok);
		if (!ok) {
			printf("scan: no %s here, not tested\n",
			    kernel_names[i]);
			continue;
		}
		check.kernel = bare.kernel = scan.kernel;
		run();
		json_scan_free(&scan);
		json_scan_free(&check);
		json_scan_free(&bare);
	}
	json_free(&want);
	json_free(&got);
	json_free(&scratch);
	return test_done();
}

#endif
