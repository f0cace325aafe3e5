#include "seen/seen_priv.h"

#include <string.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"

/*
 * A run is a hash table on disk that is read and written in order.  Pages are
 * filled to four fifths, so that the page of a key follows from its hash; one
 * that is full goes on in the next.  A page: a head, then entries: the hash,
 * the length of the key, the key.
 */
struct head {
	uint16_t used; /* bytes of the page, head and all */
	uint16_t full; /* what did not fit is in the next page */
};

static const char name[] = "a temporary file";

static uint64_t
home(const struct run *r, uint64_t hash)
{
	return (hash >> 32) * r->homes >> 32;
}

/* Where the file is, and what can be done. */
static int
failed(struct err *e)
{
	return e->code == ERR_OS ? -1 :
	    err_hint(e, "it is in %.60s; set TMPDIR for another directory",
		dir_for_temp());
}

/* --- writing --- */

int
run_begin(struct run_writer *w, struct run *r, uint64_t bytes, struct err *e)
{
	*w = (struct run_writer){.run = r, .used = sizeof(struct head)};
	*r = (struct run){.bytes = bytes};
	r->homes = bytes / 4 * 5 / (RUN_PAGE - sizeof(struct head)) + 1;
	if (r->homes > UINT32_MAX)
		r->homes = UINT32_MAX;
	r->fd = io_temp(e);
	if (r->fd < 0)
		return failed(e);
	w->chunk = mem_zalloc(RUN_CHUNK);
	return 0;
}

static int
flush(struct run_writer *w, size_t n, struct err *e)
{
	if (io_write(w->run->fd, w->chunk, n, name, e) != 0)
		return failed(e);
	w->first += n / RUN_PAGE;
	memset(w->chunk, 0, RUN_CHUNK);
	w->page = 0;
	return 0;
}

static int
end_page(struct run_writer *w, bool full, struct err *e)
{
	struct head h = {(uint16_t)w->used, full};

	memcpy(w->chunk + w->page, &h, sizeof h);
	w->page += RUN_PAGE;
	w->used = sizeof h;
	return w->page < RUN_CHUNK ? 0 : flush(w, w->page, e);
}

int
run_put(struct run_writer *w, const struct seen_key *k, struct err *e)
{
	uint64_t page = home(w->run, k->hash);
	unsigned char *p;

	while (w->first + w->page / RUN_PAGE < page)
		if (end_page(w, false, e) != 0)
			return -1;
	if (RUN_PAGE - w->used < RUN_ENTRY + k->text.len &&
	    end_page(w, true, e) != 0)
		return -1;
	p = w->chunk + w->page + w->used;
	memcpy(p, &k->hash, sizeof k->hash);
	p[sizeof k->hash] = (unsigned char)k->text.len;
	if (k->text.len != 0)
		memcpy(p + RUN_ENTRY, k->text.p, k->text.len);
	w->used += RUN_ENTRY + k->text.len;
	return 0;
}

int
run_end(struct run_writer *w, bool good, struct err *e)
{
	struct run *r = w->run;
	int rc = good ? 0 : -1;

	/* So that the last pages that keys belong to can be read. */
	while (rc == 0 && (w->used > sizeof(struct head) ||
	    w->first + w->page / RUN_PAGE < r->homes))
		rc = end_page(w, false, e);
	if (rc == 0 && w->page != 0)
		rc = flush(w, w->page, e);
	r->pages = w->first;
	mem_free(w->chunk);
	if (rc != 0)
		run_free(r);
	return rc;
}

void
run_free(struct run *r)
{
	io_close_quiet(r->fd);
	r->fd = -1;
}

/* --- looking --- */

static int
read_pages(const struct run *r, uint64_t page, unsigned char *to, size_t n,
    struct err *e)
{
	ssize_t got = io_pread(r->fd, to, n, page * RUN_PAGE, e);

	if (got == (ssize_t)n)
		return 0;
	if (got >= 0)
		err_set(e, ERR_IO, "io.read", "shorter than it was written");
	err_source(e, name);
	return failed(e);
}

int
run_has(const struct run *r, const struct seen_key *k, unsigned char *page,
    struct err *e)
{
	for (uint64_t i = home(r, k->hash); i < r->pages; i++) {
		struct head h;
		uint64_t hash;

		if (read_pages(r, i, page, RUN_PAGE, e) != 0)
			return -1;
		memcpy(&h, page, sizeof h);
		for (size_t at = sizeof h; at < h.used;
		     at += RUN_ENTRY + page[at + sizeof hash]) {
			memcpy(&hash, page + at, sizeof hash);
			if (hash > k->hash)
				return 0;
			if (hash == k->hash &&
			    page[at + sizeof hash] == k->text.len &&
			    memcmp(page + at + RUN_ENTRY, k->text.p,
				k->text.len) == 0)
				return 1;
		}
		if (!h.full)
			return 0;
	}
	return 0;
}

/* --- reading in order --- */

void
run_open(struct run_reader *in, const struct run *r)
{
	*in = (struct run_reader){.run = r, .chunk = mem_alloc(RUN_CHUNK)};
}

static int
next_page(struct run_reader *in, struct err *e)
{
	uint64_t left = (in->run->pages - in->next) * RUN_PAGE;

	in->at = sizeof(struct head);
	if (in->page + RUN_PAGE < in->have) {
		in->page += RUN_PAGE;
		return 1;
	}
	if (left == 0)
		return 0;
	in->have = left < RUN_CHUNK ? (size_t)left : RUN_CHUNK;
	in->page = 0;
	if (read_pages(in->run, in->next, in->chunk, in->have, e) != 0)
		return -1;
	in->next += in->have / RUN_PAGE;
	return 1;
}

int
run_next(struct run_reader *in, struct err *e)
{
	const unsigned char *p = in->chunk + in->page;
	struct head h = {0};

	if (in->have != 0)
		memcpy(&h, p, sizeof h);
	while (in->at >= h.used) {
		int rc = next_page(in, e);

		if (rc <= 0)
			return rc;
		p = in->chunk + in->page;
		memcpy(&h, p, sizeof h);
	}
	memcpy(&in->key.hash, p + in->at, sizeof in->key.hash);
	in->key.text = (struct str){(const char *)p + in->at + RUN_ENTRY,
	    p[in->at + sizeof in->key.hash]};
	in->at += RUN_ENTRY + in->key.text.len;
	return 1;
}

void
run_close(struct run_reader *in)
{
	mem_free(in->chunk);
	in->chunk = NULL;
}

/* --- merging --- */

/* Write the smallest of the readers' keys until there is none. */
static int
merge_keys(struct run_reader *in, size_t n, struct run_writer *w,
    struct err *e)
{
	size_t open = 0;

	for (size_t i = 0; i < n; i++) {
		int rc = run_next(&in[i], e);

		if (rc < 0)
			return -1;
		if (rc != 0) {
			struct run_reader x = in[open];

			in[open++] = in[i];
			in[i] = x;
		}
	}
	while (open > 0) {
		size_t least = 0;
		int rc;

		for (size_t i = 1; i < open; i++)
			if (in[i].key.hash < in[least].key.hash)
				least = i;
		if (run_put(w, &in[least].key, e) != 0)
			return -1;
		rc = run_next(&in[least], e);
		if (rc < 0)
			return -1;
		if (rc == 0) {
			struct run_reader x = in[--open];

			in[open] = in[least];
			in[least] = x;
		}
	}
	return 0;
}

int
run_merge(struct run *from, size_t n, struct run *to, struct err *e)
{
	struct run_reader *in = mem_array(n, sizeof *in);
	struct run_writer w;
	uint64_t bytes = 0;
	int rc;

	for (size_t i = 0; i < n; i++) {
		bytes += from[i].bytes;
		run_open(&in[i], &from[i]);
	}
	rc = run_begin(&w, to, bytes, e);
	if (rc == 0) {
		rc = merge_keys(in, n, &w, e);
		rc = run_end(&w, rc == 0, e);
	}
	to->level = from[n - 1].level + 1;
	for (size_t i = 0; i < n; i++) {
		run_close(&in[i]);
		if (rc == 0)
			run_free(&from[i]);
	}
	mem_free(in);
	return rc;
}
