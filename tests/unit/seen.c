/* seen/seen.h: it answers as a set in memory does, whatever is on disk. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/map.h"
#include "seen/seen.h"

enum { KIB = 1024 };

/* Numbers that look like chance, the same each time (Steele et al. 2014). */
static uint64_t
chance(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* n keys, of which about `of` differ, against base/map.h. */
static void
same_as_map(size_t memory, size_t n, uint64_t of, size_t pad)
{
	struct seen *s = seen_new(memory);
	struct map m = {0};
	struct err e = {0};
	uint64_t state = n + of;
	size_t wrong = 0, over = 0;
	static char key[300];

	for (size_t i = 0; i < n; i++) {
		uint64_t x = chance(&state) % of;
		size_t had = m.n;
		/* No two are the same: the number says how long it is. */
		int len = snprintf(key, sizeof key, "%0*llu",
		    (int)(1 + x % (pad + 1)), (unsigned long long)x);
		struct str k = {key, (size_t)len};
		bool known = map_find(&m, k) != MAP_NONE;

		if (x % 7 == 0 && seen_has(s, k, &e) != known)
			wrong++;
		map_add(&m, k);
		if (seen_add(s, k, &e) != (m.n > had))
			wrong++;
		over += seen_memory(s) > memory;
	}
	for (size_t i = 0; i < m.n; i++)
		wrong += seen_has(s, map_key(&m, i), &e) != 1;
	TEST(wrong == 0);
	TEST(over == 0);
	TEST((seen_disk(s) > 0) == (memory < (size_t)1 << 20));
	if (seen_disk(s) > 0)
		TEST(seen_disk(s) < m.keys_len * 2 + m.n * 20 + 10 * 4096);
	map_free(&m);
	seen_free(s);
}

/* What comes again and again is not written again. */
static void
frequent(void)
{
	struct seen *s = seen_new(64 * KIB);
	struct err e = {0};
	uint64_t disk = 0, state = 1;
	char key[32];

	for (int i = 0; i < 100000; i++) {
		int len = snprintf(key, sizeof key, "%llu",
		    (unsigned long long)(chance(&state) % 20000));

		if (seen_add(s, (struct str){key, (size_t)len}, &e) < 0)
			break;
		disk = seen_disk(s);
	}
	TEST(disk > 0 && disk < 20000 * 20 * 2);
	seen_free(s);
}

static void
odd_keys(void)
{
	static char longest[SEEN_KEY_MAX + 1];
	struct seen *s = seen_new(0);
	struct err e = {0};

	TEST(seen_add(s, STR(""), &e) == 1);
	TEST(seen_add(s, STR(""), &e) == 0);
	TEST(seen_has(s, STR("\0"), &e) == 0);
	TEST(seen_add(s, STR("\0"), &e) == 1);
	for (size_t n = 1; n <= SEEN_KEY_MAX; n++) {
		TEST(seen_add(s, (struct str){longest, n}, &e) == (n > 1));
		TEST(seen_add(s, (struct str){longest, n}, &e) == 0);
	}
	TEST(seen_add(s, (struct str){longest, sizeof longest}, &e) == -1);
	TEST(e.code == ERR_INTERNAL && strcmp(e.id, "seen.key") == 0);
	seen_free(s);
}

static void
no_directory(void)
{
	struct seen *s = seen_new(0);
	struct err e = {0};
	char key[32];
	int rc = 1;

	setenv("TMPDIR", "/nonexistent", 1);
	for (int i = 0; i < 10000 && rc == 1; i++) {
		int len = snprintf(key, sizeof key, "%d", i);

		rc = seen_add(s, (struct str){key, (size_t)len}, &e);
	}
	TEST(rc == -1);
	TEST(e.code == ERR_CANTCREATE && strcmp(e.id, "io.create") == 0);
	TEST(strstr(e.msg, "'/nonexistent'") != NULL);
	seen_free(s);
}

int
main(void)
{
	same_as_map(64 * KIB, 200000, 1u << 30, 0);
	same_as_map(64 * KIB, 200000, 50000, 40);
	same_as_map(64 * KIB, 30000, 20000, 250);
	same_as_map(100 * KIB, 100000, 100000, 12);
	same_as_map((size_t)64 << 20, 100000, 50000, 40);
	frequent();
	odd_keys();
	no_directory();
	return test_done();
}
