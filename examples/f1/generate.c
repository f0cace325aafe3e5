/*
 * generate [SEED [SECONDS]]: car telemetry in the shape of the OpenF1 API's
 * car_data, as one JSON array: 20 cars, 10 samples a second, 15 laps of 92.5
 * seconds (277,500 samples).  Invented numbers; integers only, so the bytes
 * are the same on every machine.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CARS = 20, LAP = 925, LAPS = 15 };

struct car {
	unsigned number;
	unsigned late;	 /* microseconds after each tenth of a second */
	unsigned behind; /* tenths of a second on the track */
	int speed;	 /* tenths of km/h */
};

static const unsigned numbers[CARS] = {1, 2, 3, 4, 10, 11, 14, 16, 18, 20, 22,
    23, 24, 27, 31, 44, 55, 63, 77, 81};

/* The lap: from this tenth of a second on, this speed (km/h) is aimed at. */
static const struct {
	unsigned from;
	int aim;
} track[] = {{0, 318}, {95, 92}, {130, 205}, {175, 148}, {215, 290}, {300, 118},
    {335, 236}, {390, 176}, {430, 302}, {520, 84}, {560, 221}, {620, 262},
    {675, 131}, {720, 274}, {790, 158}, {825, 325}};

static uint64_t state;

/* xorshift64*: Marsaglia 2003, Vigna 2016. */
static unsigned
below(unsigned n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * UINT64_C(0x2545F4914F6CDD1D) >> 32) * n >>
	    32);
}

static int
aim_at(unsigned place)
{
	size_t i = sizeof track / sizeof track[0];

	while (track[--i].from > place)
		;
	return track[i].aim * 10;
}

/* One sample of one car, `tenth` tenths of a second into the session. */
static void
sample(struct car *c, unsigned tenth, const char *before)
{
	int aim = aim_at((tenth + LAP - c->behind) % LAP);
	int wish = aim - c->speed, speed, gear, rpm, drs, throttle;
	unsigned second = tenth / 10;

	wish = wish > 34 ? 34 : wish < -105 ? -105 : wish;
	c->speed += wish + (int)below(15) - 7;
	speed = c->speed < 0 ? 0 : (c->speed + 5) / 10;
	gear = 1 + speed / 43;
	gear = gear > 8 ? 8 : gear;
	rpm = 7200 + (speed - (gear - 1) * 43) * 95 + (int)below(120);
	throttle = wish < -20 ? 0 : wish > 20 ? 100 : 35 + (int)below(60);
	if (below(20000) == 0)
		throttle = 104; /* what the API says when a sensor drops out */
	drs = speed < 240 || wish < -20 ? 1 : speed < 275 ? 8 : 12;
	drs = drs == 12 && below(8) == 0 ? 14 : drs;
	printf("%s{\"date\":\"2024-05-05T13:%02u:%02u.%u%05u+00:00\","
	       "\"session_key\":90158,\"meeting_key\":9012,"
	       "\"driver_number\":%u,\"speed\":%d,\"rpm\":%d,\"n_gear\":%d,"
	       "\"throttle\":%d,\"brake\":%d,\"drs\":%d}",
	    before, second / 60, second % 60, tenth % 10, c->late, c->number,
	    speed, rpm, gear, throttle, wish < -20 ? 100 : 0, drs);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 42;
	unsigned tenths = LAP * LAPS;
	struct car cars[CARS];

	if (argc > 2)
		tenths = 10 * (unsigned)strtoul(argv[2], NULL, 10);
	state = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
	for (unsigned i = 0; i < CARS; i++) {
		cars[i].number = numbers[i];
		cars[i].late = i * 4700 + below(4000);
		cars[i].behind = i * 11 + below(9);
		cars[i].speed = 0;
	}
	for (unsigned t = 0; t < tenths && t < 36000; t++)
		for (unsigned i = 0; i < CARS; i++)
			sample(&cars[i], t, t + i == 0 ? "[" : ",\n");
	printf(tenths != 0 ? "]\n" : "[]\n");
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("generate");
		return 74;
	}
	return 0;
}
