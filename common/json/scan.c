/* Stage 1 of a block, by the kernel this processor has. */
#include "json/scan.h"

#include <string.h>

#include "base/mem.h"
#include "json/kernel.h"
#include "json/known.h"

enum { ROOM = 64 }; /* entries a kernel may store past the last */

/* Fastest first. */
static const struct json_kernel *const kernels[] = {
#if defined(__x86_64__)
    &json_kernel_avx512,
    &json_kernel_avx2,
#elif defined(__aarch64__)
    &json_kernel_neon,
#endif
    NULL,
};

const struct json_kernel *
json_kernel_choose(const char *name, bool *ok)
{
	*ok = true;
	if (name != NULL && strcmp(name, "scalar") == 0)
		return NULL;
	for (size_t i = 0; kernels[i] != NULL; i++)
		if ((name == NULL || strcmp(kernels[i]->name, name) == 0) &&
		    kernels[i]->supported())
			return kernels[i];
	*ok = name == NULL;
	return NULL;
}

const char *
json_kernel_name(const struct json_kernel *k)
{
	return k != NULL ? k->name : "scalar";
}

static void
make_room(struct json_scan *s, size_t len)
{
	if (s->cap >= len + ROOM)
		return;
	mem_free(s->quotes);
	mem_free(s->escapes);
	mem_free(s->ends);
	s->cap = len + ROOM;
	s->quotes = mem_alloc(s->cap * sizeof *s->quotes);
	s->escapes = mem_alloc(s->cap * sizeof *s->escapes);
	s->ends = mem_alloc(s->cap * sizeof *s->ends);
}

void
json_scan_block(struct json_scan *s, const char *data, size_t len)
{
	struct kernel_out out;

	s->data = data;
	s->len = len;
	s->usable = s->doubts = false;
	if (s->kernel == NULL || len > JSON_TEXT_MAX)
		return;
	make_room(s, len);
	if (s->known == NULL)
		s->known = json_known_new();
	json_known_tidy(s->known);
	out = (struct kernel_out){
	    .quotes = s->quotes, .escapes = s->escapes, .ends = s->ends};
	s->kernel->index(data, len, &out);
	s->nquotes = out.nquotes;
	s->nescapes = out.nescapes;
	s->nends = out.nends;
	/* Ends that no offset reaches: two, since quotes are read in pairs. */
	s->quotes[s->nquotes] = s->quotes[s->nquotes + 1] = UINT32_MAX;
	s->escapes[s->nescapes] = s->ends[s->nends] = UINT32_MAX;
	s->at = s->escape_at = s->end_at = 0;
	/* A walk stops at an LF or a NUL; digits or blanks behind a last line
	 * without its LF might lead it out of the block. */
	s->usable = !out.bad &&
	    (len == 0 || data[len - 1] == '\n' || data[len] == '\0');
}

void
json_scan_free(struct json_scan *s)
{
	mem_free(s->quotes);
	mem_free(s->escapes);
	mem_free(s->ends);
	json_known_free(s->known);
	*s = (struct json_scan){.kernel = s->kernel};
}
