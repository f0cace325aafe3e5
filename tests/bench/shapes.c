/*
 * shapes telemetry [RECORDS [SEED]]	records of 20 numbers, about 230 bytes
 * shapes lines [LINES [SEED]]		lines of about 1 MB, objects and arrays
 *
 * NDJSON to measure with; the same bytes for the same seed on every machine
 * (integers only, a generator of our own).  The third shape, game events, is
 * examples/events.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1000000 };

static uint64_t state;

/* xorshift64*: Marsaglia 2003, Vigna 2016. */
static uint64_t
next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(0x2545F4914F6CDD1D);
}

static unsigned
below(unsigned n)
{
	return (unsigned)((next() >> 32) * n >> 32);
}

/* A number of up to `top` before the point and `digits` behind it. */
static void
number(const char *before, unsigned top, int digits)
{
	static const unsigned scale[] = {1, 10, 100, 1000, 10000, 100000,
	    1000000};

	printf("%s%s%u.%0*u", before, below(4) == 0 ? "-" : "", below(top),
	    digits, below(scale[digits]));
}

static void
telemetry(uint64_t records)
{
	uint64_t time = UINT64_C(1709251200000);

	for (uint64_t i = 0; i < records && !ferror(stdout); i++) {
		time += below(250);
		printf("{\"time\":%" PRIu64 ",\"unit\":%u", time, below(500));
		number(",\"lat\":", 90, 6);
		number(",\"lon\":", 180, 6);
		number(",\"alt\":", 3000, 1);
		number(",\"speed\":", 300, 3);
		printf(",\"rpm\":%u", 700 + below(12000));
		number(",\"temp\":[", 120, 2);
		for (int k = 0; k < 3; k++)
			number(",", 120, 3);
		number("],\"acc\":[", 20, 4);
		number(",", 20, 4);
		number(",", 20, 4);
		printf("],\"gyro\":[%u.%03ue-%u,%u.%03ue-%u", below(10),
		    below(1000), 1 + below(9), below(10), below(1000),
		    1 + below(9));
		number("],\"volt\":", 15, 2);
		number(",\"amp\":", 90, 1);
		printf(",\"gear\":%u,\"count\":%" PRIu64 "}\n", below(8), i);
	}
}

/* One in twelve is not ASCII, one in 48 has an escape. */
static const char *const words[] = {"game", "level", "the", "quick", "brown",
    "fox", "na\xc3\xafve", "caf\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac",
    "\xf0\x9f\x8e\xae", "said \\\"yes\\\"", "is", "over", "again", "player",
    "and", "a", "of", "to", "in", "it", "was", "not", "what", "we", "had",
    "hoped", "for", "but", "they", "came", "back", "with", "better", "weapons",
    "after", "half", "an", "hour", "so", "everyone", "stayed", "until",
    "midnight", "when", "servers", "went", "down"};

/* One item of a line: its bytes, of which there is room for 1000. */
static int
item(char *to, uint64_t id)
{
	int n = sprintf(to,
	    "{\"id\":%" PRIu64 ",\"user\":{\"name\":\"player_%05u\","
	    "\"verified\":%s,\"followers\":%u},\"text\":\"",
	    id, below(5000), below(3) == 0 ? "true" : "false", below(100000));

	for (unsigned k = 8 + below(24); k != 0; k--)
		n += sprintf(to + n, "%s ",
		    words[below(sizeof words / sizeof words[0])]);
	n += sprintf(to + n,
	    "\",\"score\":%u.%02u,\"tags\":[\"%s\",\"t%u\"],\"reply\":%s}",
	    below(1000), below(100), words[below(6)], below(50),
	    below(2) == 0 ? "null" : "12");
	return n;
}

/* Objects that hold a long array, and long arrays, in turn. */
static void
lines(uint64_t count)
{
	char text[1000];

	for (uint64_t i = 0; i < count && !ferror(stdout); i++) {
		int n = i % 2 == 0
		    ? printf("{\"page\":%" PRIu64 ",\"items\":[", i)
		    : printf("[");

		for (uint64_t k = 0; n < LINE; k++) {
			if (k != 0)
				n += printf(",");
			n += item(text, i * 10000 + k);
			fputs(text, stdout);
		}
		puts(i % 2 == 0 ? "]}" : "]");
	}
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 42;

	state = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
	if (argc > 1 && strcmp(argv[1], "telemetry") == 0) {
		telemetry(n != 0 ? n : 900000);
	} else if (argc > 1 && strcmp(argv[1], "lines") == 0) {
		lines(n != 0 ? n : 200);
	} else {
		fputs("usage: shapes telemetry|lines [COUNT [SEED]]\n",
		    stderr);
		return 64;
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("shapes");
		return 74;
	}
	return 0;
}
