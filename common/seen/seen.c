#include "seen/seen.h"

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "seen/seen_priv.h"

/* The set: what is in memory, the filter, the runs. */

enum { MEMORY_MIN = 64 << 10, FAN = 8 };

struct seen {
	uint64_t seed[2];
	size_t memory;
	struct young young;
	struct filter filter;
	struct run *runs; /* the oldest, which are the largest, first */
	size_t nruns;
	unsigned char *page;
};

struct seen *
seen_new(size_t memory)
{
	struct seen *s = mem_zalloc(sizeof *s);

	s->memory = memory > MEMORY_MIN ? memory : MEMORY_MIN;
	s->page = mem_alloc(RUN_PAGE);
	map_seed(s->seed);
	return s;
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->nruns; i++)
		run_free(&s->runs[i]);
	mem_free(s->runs);
	young_free(&s->young);
	filter_free(&s->filter);
	mem_free(s->page);
	mem_free(s);
}

/* Until there is a run memory is for keys alone. */
static size_t
limit(const struct seen *s)
{
	return s->nruns == 0 ? s->memory : s->memory / 2;
}

static int
write_young(struct seen *s, struct run *r, uint64_t bytes, struct err *e)
{
	struct run_writer w;
	struct seen_key k;
	int rc = 0;

	if (run_begin(&w, r, bytes, e) != 0)
		return -1;
	for (size_t i = 0; rc == 0 && young_next(&s->young, &i, &k);) {
		rc = run_put(&w, &k, e);
		if (s->filter.words != NULL)
			filter_add(&s->filter, k.hash);
	}
	return run_end(&w, rc == 0, e);
}

/* The first run's keys are read again, so that the filter comes when the
 * memory they were in is free. */
static int
make_filter(struct seen *s, struct err *e)
{
	struct run_reader in;
	int rc;

	filter_init(&s->filter, s->memory / 2);
	run_open(&in, &s->runs[0]);
	while ((rc = run_next(&in, e)) > 0)
		filter_add(&s->filter, in.key.hash);
	run_close(&in);
	return rc;
}

/* The last runs become one where there are enough of their level. */
static int
merge_runs(struct seen *s, struct err *e)
{
	while (s->nruns >= FAN) {
		struct run *from = &s->runs[s->nruns - FAN], to;

		if (from[0].level != from[FAN - 1].level)
			break;
		if (run_merge(from, FAN, &to, e) != 0)
			return -1;
		*from = to;
		s->nruns -= FAN - 1;
	}
	return 0;
}

/* What is in memory becomes a run, unless all of it is on disk. */
static int
spill(struct seen *s, struct err *e)
{
	struct seen_key k;
	uint64_t bytes = 0;

	for (size_t i = 0; young_next(&s->young, &i, &k);)
		bytes += RUN_ENTRY + k.text.len;
	if (bytes != 0) {
		s->runs = mem_realloc(s->runs,
		    (s->nruns + 1) * sizeof *s->runs);
		if (write_young(s, &s->runs[s->nruns], bytes, e) != 0)
			return -1;
		s->nruns++;
	}
	young_clear(&s->young, limit(s));
	if (s->filter.words == NULL && make_filter(s, e) != 0)
		return -1;
	return merge_runs(s, e);
}

static int
hold(struct seen *s, const struct seen_key *k, bool old, struct err *e)
{
	if (young_add(&s->young, k, old, limit(s)))
		return 0;
	if (spill(s, e) != 0)
		return -1;
	if (young_add(&s->young, k, old, limit(s)))
		return 0;
	return err_set(e, ERR_INTERNAL, "seen.key",
	    "no room for a key of %zu bytes", k->text.len);
}

static int
on_disk(struct seen *s, const struct seen_key *k, struct err *e)
{
	int rc = 0;

	if (s->nruns == 0 || !filter_may_have(&s->filter, k->hash))
		return 0;
	for (size_t i = 0; rc == 0 && i < s->nruns; i++)
		rc = run_has(&s->runs[i], k, s->page, e);
	return rc;
}

/* A key that is found on disk comes to memory: it may be a frequent one. */
static int
look(struct seen *s, const struct seen_key *k, struct err *e)
{
	int rc;

	if (k->text.len > SEEN_KEY_MAX)
		return err_set(e, ERR_INTERNAL, "seen.key",
		    "a key of %zu bytes", k->text.len);
	if (young_has(&s->young, k))
		return 1;
	rc = on_disk(s, k, e);
	if (rc > 0 && hold(s, k, true, e) != 0)
		return -1;
	return rc;
}

int
seen_has(struct seen *s, struct str key, struct err *e)
{
	struct seen_key k = {map_hash(s->seed, key), key};

	return look(s, &k, e);
}

int
seen_add(struct seen *s, struct str key, struct err *e)
{
	struct seen_key k = {map_hash(s->seed, key), key};
	int rc = look(s, &k, e);

	if (rc != 0)
		return rc > 0 ? 0 : -1;
	return hold(s, &k, false, e) == 0 ? 1 : -1;
}

size_t
seen_memory(const struct seen *s)
{
	return young_bytes(&s->young) + s->filter.blocks * 64;
}

uint64_t
seen_disk(const struct seen *s)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < s->nruns; i++)
		pages += s->runs[i].pages;
	return pages * RUN_PAGE;
}
