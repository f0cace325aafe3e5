#ifndef RAP_TESTS_RECON_CUT_H
#define RAP_TESTS_RECON_CUT_H

#include <stdlib.h>

#include "base/buf.h"
#include "recon/recon_priv.h"
#include "test.h"

/* The tokens of a name, a blank between. */
static void
test_cut(const struct recon_lexicon *lex, const char *raw, const char *want)
{
	struct name *n = calloc(1, sizeof *n);
	struct buf b = {0};

	name_cut(n, str_of(raw), lex, NULL);
	for (unsigned i = 0; i < n->n; i++) {
		if (i > 0)
			buf_putc(&b, ' ');
		buf_put(&b, n->tokens[i].p, n->tokens[i].len);
	}
	buf_cstr(&b); /* an empty one has no bytes yet */
	TEST_STR(b, want);
	buf_free(&b);
	free(n);
}

#endif
