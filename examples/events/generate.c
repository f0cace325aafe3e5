/*
 * generate [RECORDS [SEED]]: game events as NDJSON, the same bytes for the
 * same seed on every machine (integers only, a generator of our own).
 *
 * 5,000 players over 30 days; 1 to 3 sessions a player and day (60, 30 and
 * 10 in a hundred); 8 in 100 players pay, and buy something in one session of
 * four; 4 levels of 5 are completed.  properties.revenue is in purchases only,
 * with the digits of price_usd.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLAYERS = 5000, DAYS = 30, DAY = 86400 };

struct gen {
	uint64_t state;
	uint64_t left;	   /* events still to write */
	uint64_t sequence; /* of the next event */
	unsigned player;
	unsigned clock;	   /* seconds from the first midnight */
	uint64_t session;
};

static const char *const devices[] = {"android", "ios", "web"};
static const char *const countries[] = {
    "US", "DE", "JP", "BR", "TR", "FR", "GB", "KR"};
static const char *const prices[] = {"0.99", "2.99", "4.99", "9.99"};
static const char *const products[] = {
    "starter_pack", "gem_bag", "season_pass", "gold_chest"};
static const char *const badges[] = {
    "first_win", "speed_run", "collector", "no_damage", "explorer"};

/* xorshift64*: Marsaglia 2003, Vigna 2016. */
static uint64_t
next(struct gen *g)
{
	g->state ^= g->state >> 12;
	g->state ^= g->state << 25;
	g->state ^= g->state >> 27;
	return g->state * UINT64_C(0x2545F4914F6CDD1D);
}

static unsigned
below(struct gen *g, unsigned n)
{
	return (unsigned)((next(g) >> 32) * n >> 32);
}

#define PICK(g, table)                                                         \
	(table)[below((g), sizeof(table) / sizeof((table)[0]))]

/* One event; properties is the inside of the object, "" for none. */
static void
event(struct gen *g, const char *type, const char *properties)
{
	uint64_t id = next(g);
	unsigned day = g->clock / DAY, second = g->clock % DAY;

	if (g->left == 0)
		return;
	g->left--;
	printf("{\"event_id\": \"evt_%08" PRIu64 "_%06x\", "
	       "\"player_id\": \"player_%05u\", \"event_type\": \"%s\", "
	       "\"timestamp\": \"2024-%02u-%02uT%02u:%02u:%02uZ\", "
	       "\"session_id\": \"sess_%016" PRIx64 "\", "
	       "\"properties\": {%s}}\n",
	    g->sequence++, (unsigned)(id >> 40), g->player + 1, type, 3u,
	    day + 1, second / 3600, second / 60 % 60, second % 60, g->session,
	    properties);
	g->clock += 5 + below(g, 40);
	if (g->clock / DAY != day)
		g->clock = day * DAY + DAY - 1;
}

static void
level(struct gen *g, unsigned number)
{
	char text[160];
	unsigned won = below(g, 10) < 8;
	unsigned seconds = 20 + below(g, 280), tenths = below(g, 10);
	unsigned score = won ? 100 + below(g, 9900) : below(g, 100);

	snprintf(text, sizeof text, "\"level\": %u", number);
	event(g, "level_start", text);
	snprintf(text, sizeof text,
	    "\"level\": %u, \"success\": %s, \"duration\": %u.%u, "
	    "\"score\": %u",
	    number, won ? "true" : "false", seconds, tenths, score);
	event(g, won ? "level_complete" : "level_fail", text);
}

static void
extras(struct gen *g)
{
	char text[160];
	unsigned offer = below(g, 4);
	const char *badge;

	if (g->player % 25 < 2 && below(g, 4) == 0) {
		snprintf(text, sizeof text,
		    "\"product_id\": \"%s\", \"price_usd\": %s, "
		    "\"currency\": \"USD\", \"revenue\": %s",
		    products[offer], prices[offer], prices[offer]);
		event(g, "purchase", text);
	}
	if (below(g, 10) < 3)
		event(g, "ad_watched",
		    "\"ad_type\": \"rewarded\", \"reward\": 50");
	if (below(g, 10) == 0) {
		badge = PICK(g, badges);
		snprintf(text, sizeof text,
		    "\"achievement_id\": \"ach_%s\", "
		    "\"achievement_name\": \"%s\"",
		    badge, badge);
		event(g, "achievement_unlocked", text);
	}
}

static void
session(struct gen *g, unsigned day)
{
	char text[160];
	unsigned levels = 1 + below(g, 3), start;
	const char *device = PICK(g, devices), *country = PICK(g, countries);

	g->session = next(g);
	g->clock = day * DAY + below(g, DAY - 3600);
	start = g->clock;
	snprintf(text, sizeof text,
	    "\"device_type\": \"%s\", \"country\": \"%s\"", device, country);
	event(g, "session_start", text);
	for (unsigned i = 0; i < levels; i++)
		level(g, 1 + day + i);
	extras(g);
	snprintf(text, sizeof text,
	    "\"session_duration\": %u, \"levels_played\": %u",
	    g->clock - start, levels);
	event(g, "session_end", text);
}

int
main(int argc, char **argv)
{
	struct gen g = {.left = 940000};
	uint64_t seed = 42;

	if (argc > 1)
		g.left = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	g.state = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
	while (g.left != 0 && !ferror(stdout))
		for (unsigned day = 0; day < DAYS && g.left != 0; day++)
			for (g.player = 0; g.player < PLAYERS; g.player++) {
				unsigned p = below(&g, 10);
				unsigned n = p < 6 ? 1 : p < 9 ? 2 : 3;

				while (n-- != 0)
					session(&g, day);
			}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("generate");
		return 74;
	}
	return 0;
}
