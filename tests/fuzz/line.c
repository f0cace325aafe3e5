/*
 * libFuzzer: whatever the bytes, the scanner says yes or no and reads nothing
 * outside them; an error's offset lies in the text; and for a value it takes,
 * parse -> canonical -> parse -> canonical is a fixed point.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "canon/canon.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int ok, const char *what, const struct err *e)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s [%s]\n", what, e->msg, e->id ? e->id : "");
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json_doc first, second;
	struct buf once = {0}, twice = {0};
	struct err e = {0};
	char *text = malloc(size != 0 ? size : 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, size); /* its exact size: over-reads are seen */
	if (json_parse(&first, text, size, &e) != 0) {
		check(e.code == ERR_DATA && e.id != NULL, "no reason", &e);
		check(e.pos <= size, "error outside the text", &e);
		free(text);
		return 0;
	}
	canon_write(&first, 0, &once);
	check(json_parse(&second, once.p, once.len, &e) == 0,
	    "canonical text is refused", &e);
	canon_write(&second, 0, &twice);
	check(once.len == twice.len && memcmp(once.p, twice.p, once.len) == 0,
	    "canonical text is no fixed point", &e);
	buf_free(&once);
	buf_free(&twice);
	free(text);
	return 0;
}
