#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "json/json.h"
#include "recon/recon.h"
#include "recon/recon_priv.h"
#include "test.h"

/* The shape of one JSON value. */
static int
shape(const char *json)
{
	struct recon_profile *p = calloc(1, sizeof *p);
	struct json_doc d = {0};
	struct err e;
	int found = -1;

	if (json_parse(&d, json, strlen(json), &e) == 0)
		recon_profile_add(p, &d, 0);
	for (int s = 0; s < RECON_SHAPES; s++)
		if (p->shapes[s] != 0)
			found = s;
	json_free(&d);
	free(p);
	return found;
}

static void
test_shapes(void)
{
	TEST(shape("1") == RECON_INTEGER);
	TEST(shape("4.0") == RECON_INTEGER);
	TEST(shape("-1.5e-3") == RECON_FRACTION);
	TEST(shape("true") == RECON_BOOLEAN);
	TEST(shape("\"Yes\"") == RECON_BOOLEAN);
	TEST(shape("\"12.5\"") == RECON_NUMERIC);
	TEST(shape("\"-12,50\"") == RECON_NUMERIC);
	TEST(shape("1700000001") == RECON_EPOCH);
	TEST(shape("1700000001000") == RECON_EPOCH);
	TEST(shape("1590000000.12") == RECON_EPOCH);
	TEST(shape("19840214") == RECON_EPOCH);
	TEST(shape("19841402") == RECON_INTEGER);
	TEST(shape("\"2023-09-15T13:08:19.923000+00:00\"") == RECON_TIME);
	TEST(shape("\"17-Nov-2023 08:27:11.012\"") == RECON_TIME);
	TEST(shape("\"02.01.2023\"") == RECON_TIME);
	TEST(shape("\"20141013T000000\"") == RECON_TIME);
	TEST(shape("\"October-3-2023\"") == RECON_TIME);
	TEST(shape("\"1:36.236\"") == RECON_CLOCK);
	TEST(shape("\"0 days 00:01:37.284000\"") == RECON_CLOCK);
	TEST(shape("\"PT5M\"") == RECON_CLOCK);
	TEST(shape("\"21/33\"") == RECON_PAIR);
	TEST(shape("\"https://x.example/a?b=2023-01-01\"") == RECON_URL);
	TEST(shape("\"/index.html\"") == RECON_PATH);
	TEST(shape("\"a.b@x.example\"") == RECON_EMAIL);
	TEST(shape("\"192.168.0.1\"") == RECON_IP);
	TEST(shape("\"2001:db8::1\"") == RECON_IP);
	TEST(shape("\"123e4567-e89b-12d3-a456-426614174000\"") == RECON_UUID);
	TEST(shape("\"+43 664 1234567\"") == RECON_PHONE);
	TEST(shape("\"AT\"") == RECON_CODE);
	TEST(shape("\"Vienna\"") == RECON_WORD);
	TEST(shape("\"Red Bull Racing\"") == RECON_PHRASE);
	TEST(shape("\"USSM15900113\"") == RECON_OPAQUE);
	TEST(shape("[1,2]") == RECON_NESTED);
	TEST(shape("\"\"") == -1);
	TEST(shape("null") == -1);
}

/* The best total gain, by trying everything. */
static long
brute(const int32_t *gain, size_t n, size_t m, size_t i, unsigned used)
{
	long best, x;

	if (i == n)
		return 0;
	best = brute(gain, n, m, i + 1, used);
	for (size_t j = 0; j < m; j++) {
		if (used >> j & 1)
			continue;
		x = gain[i * m + j] + brute(gain, n, m, i + 1,
		    used | 1u << j);
		if (x > best)
			best = x;
	}
	return best;
}

static void
test_assign(void)
{
	uint32_t seed = 7, pick[5];
	int32_t gain[25];

	for (int round = 0; round < 500; round++) {
		size_t n = 1 + round % 5, m = 1 + round / 5 % 5;
		unsigned used = 0;
		long sum = 0;
		bool twice = false;

		for (size_t i = 0; i < n * m; i++) {
			seed = seed * 1103515245u + 12345u;
			gain[i] = (int32_t)(seed >> 16) % 100 - 40;
		}
		assign_best(gain, n, m, pick);
		for (size_t i = 0; i < n; i++) {
			if (pick[i] == RECON_NONE)
				continue;
			twice |= used >> pick[i] & 1;
			used |= 1u << pick[i];
			sum += gain[i * m + pick[i]];
		}
		TEST(!twice && sum == brute(gain, n, m, 0, 0));
	}
}

/* Rows of which two that meet never have the same column. */
struct shared {
	uint64_t meet[6][RECON_MEET_WORDS];
	int32_t gain[36];
	uint32_t pick[6];
	size_t n, m;
};

static bool
clash(const struct shared *x, size_t i, uint32_t j, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (k != i && x->pick[k] == j && (x->meet[i][0] >> k & 1))
			return true;
	return false;
}

static long
brute_shared(struct shared *x, size_t i)
{
	long best, sum;

	if (i == x->n)
		return 0;
	x->pick[i] = RECON_NONE;
	best = brute_shared(x, i + 1);
	for (uint32_t j = 0; j < x->m; j++) {
		if (clash(x, i, j, i))
			continue;
		x->pick[i] = j;
		sum = x->gain[i * x->m + j] + brute_shared(x, i + 1);
		best = sum > best ? sum : best;
	}
	x->pick[i] = RECON_NONE;
	return best;
}

/* Makers do not meet each other; wild: whoever meets whom. */
static void
fill_shared(struct shared *x, uint32_t *seed, bool wild)
{
	uint32_t maker[6];

	for (size_t i = 0; i < x->n; i++) {
		*seed = *seed * 1103515245u + 12345u;
		maker[i] = *seed >> 16 & 1;
		for (size_t j = 0; j < x->m; j++) {
			*seed = *seed * 1103515245u + 12345u;
			x->gain[i * x->m + j] =
			    (int32_t)(*seed >> 16) % 100 - 30;
		}
		for (size_t k = 0; k < i; k++) {
			*seed = *seed * 1103515245u + 12345u;
			if (!(wild ? *seed >> 16 & 1 : maker[i] == maker[k]))
				continue;
			x->meet[i][0] |= 1u << k;
			x->meet[k][0] |= 1u << i;
		}
	}
}

static void
test_shared(void)
{
	const uint32_t order[] = {0, 1, 2, 3, 4, 5};
	uint32_t seed = 11;
	unsigned more = 0;

	for (int round = 0; round < 600; round++) {
		struct shared x = {.n = 2 + round % 5, .m = 1 + round / 5 % 4};
		struct recon_query q = {.n = x.n, .meet =
		    (const uint64_t (*)[RECON_MEET_WORDS])x.meet};
		struct arena mem = {0};
		struct meeting meeting;
		long most, sum = 0, alone;
		bool bad = false;

		fill_shared(&x, &seed, round & 1);
		most = brute_shared(&x, 0);
		alone = brute(x.gain, x.n, x.m, 0, 0);
		meeting_init(&meeting, &q, order, &mem);
		assign_best(x.gain, x.n, x.m, x.pick);
		assign_shared(x.gain, &meeting, x.m, x.pick);
		for (size_t i = 0; i < x.n; i++) {
			if (x.pick[i] == RECON_NONE)
				continue;
			bad |= clash(&x, i, x.pick[i], x.n);
			sum += x.gain[i * x.m + x.pick[i]];
		}
		TEST(!bad && sum >= alone && sum <= most);
		TEST((round & 1) || sum == most);
		more += most > alone;
		arena_free(&mem);
	}
	TEST(more > 200);
}

static void
test_chance(void)
{
	uint32_t last = 0;

	for (double x = -10; x <= 10; x += 0.03125) {
		uint32_t c = score_chance(x);

		TEST(c >= last && c <= RECON_CERTAIN);
		TEST(fabs(c - 1e4 / (1 + exp(-x))) < 30);
		last = c;
	}
}

int
main(void)
{
	test_shapes();
	test_assign();
	test_shared();
	test_chance();
	return test_done();
}
