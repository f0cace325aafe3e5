#include <glob.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "conf/conf.h"
#include "json/json.h"
#include "recon/recon.h"
#include "recon/recon_priv.h"
#include "recon_cut.h"
#include "schema/schema.h"
#include "test.h"

static struct recon_lexicon *lex;

/* Every file of share/lexicon, checked by its schema. */
static void
load_all(void)
{
	struct buf text = {0};
	struct json_doc doc = {0};
	struct schema_run *run;
	struct schema *s;
	struct err e;
	glob_t g;

	lex = recon_lexicon_new();
	TEST(io_load("share/schemas/lexicon-1.json", &text, &e) == 0);
	TEST(json_parse(&doc, text.p, text.len, &e) == 0);
	s = schema_compile(&doc, 0, &e);
	TEST(s != NULL);
	run = schema_run_new(s);
	TEST(glob("share/lexicon/*.yaml", 0, NULL, &g) == 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct buf b = {0};
		struct conf c = {0};

		TEST(io_load(g.gl_pathv[i], &b, &e) == 0);
		TEST(conf_parse(&c, b.p, b.len, &e) == 0);
		TEST(schema_check(s, run, &c.doc, 0, NULL, 0, NULL, &e) == 1);
		TEST(recon_lexicon_add(lex, &c, &e) == 0);
		conf_free(&c);
		buf_free(&b);
	}
	TEST(g.gl_pathc >= 10);
	globfree(&g);
	schema_run_free(run);
	schema_free(s);
	json_free(&doc);
	buf_free(&text);
}

static void
test_cuts(void)
{
	test_cut(lex, "brk_tmp_fr", "brk tmp fr");
	test_cut(lex, "lapTimeMs", "lap time ms");
	test_cut(lex, "HTTPServerURLs", "http server urls");
	test_cut(lex, "user-agent", "user agent");
	test_cut(lex, "Speed (km/h)", "speed km h");
	test_cut(lex, "4thDnEff", "4th dn eff");
	test_cut(lex, "Sector3Time", "sector 3 time");
	test_cut(lex, "lapdist_m", "lap dist m");
	test_cut(lex, "engTempDegC", "eng temp deg c");
	test_cut(lex, "Stra\xc3\x9f" "e", "strase");
	test_cut(lex, "Gr\xc3\xb6\xc3\x9f" "e/\xc3\x89tat", "grose etat");
	test_cut(lex, "%", "%");
	test_cut(lex, "\xff\xfe", "");
	test_cut(lex, "___", "");
}

static double
like(const char *a, const char *b)
{
	struct name *x = calloc(1, sizeof *x), *y = calloc(1, sizeof *y);
	double s;

	name_cut(x, str_of(a), lex, NULL);
	name_cut(y, str_of(b), lex, NULL);
	s = token_like(&x->tokens[0], &y->tokens[0], lex);
	free(x);
	free(y);
	return s;
}

static void
test_words(void)
{
	TEST(like("brake", "brake") == 1);
	TEST(like("like", "likes") > 0.95);
	TEST(like("velocity", "speed") > 0.8);	    /* synonym */
	TEST(like("brk", "brake") > 0.7);	    /* abbreviation */
	TEST(like("temperatur", "temperature") > 0.9); /* truncation */
	TEST(like("adress", "address") > 0.8);	    /* typing error */
	TEST(like("adrdess", "address") > 0.6);	    /* letters swapped */
	TEST(like("cost", "post") < 0.5);	    /* two real words */
	TEST(like("veloc", "speed") > 0.7);	    /* cut synonym */
	TEST(like("evnt", "event") > 0.8);	    /* short form */
	TEST(like("reviewer", "review") < 0.6);	    /* who does it */
	TEST(like("1", "2") == 0);
	TEST(like("2", "2") == 1);
	TEST(like("zebra", "quota") == 0);
	TEST(like("kppl", "kopplung") == like("kopplung", "kppl"));
}

static void
features(const char *s, const char *t, struct pair *out)
{
	struct name *x = calloc(1, sizeof *x), *y = calloc(1, sizeof *y);

	*out = (struct pair){0};
	name_cut(x, str_of(s), lex, NULL);
	name_cut(y, str_of(t), lex, NULL);
	name_compare(x, y, lex, out);
	free(x);
	free(y);
}

static void
test_names(void)
{
	struct pair p;

	features("hr", "Heart Rate (bpm)", &p);
	TEST(p.f[F_COVER_SOURCE] > 0.9 && p.f[F_COVER_TARGET] > 0.8);
	features("tfl", "Tackles for Loss", &p);
	TEST(p.f[F_COVER_TARGET] > 0.8);
	features("oreb", "Offensive Rebounds", &p);
	TEST(p.f[F_COVER_TARGET] > 0.7);
	features("fthg", "Home Goals Full Time", &p);
	TEST(p.f[F_COVER_TARGET] > 0.6);
	features("gbdat", "Date of Birth", &p);
	TEST(p.f[F_COVER_TARGET] > 0.45);	    /* Geburtsdatum */
	features("inv_dt", "Issue Date", &p);
	TEST(p.f[F_COVER_TARGET] > 0.8);	    /* invoice date */
	features("speed", "Speed Limit", &p);
	TEST(p.f[F_QUALIFIER_TARGET] == 1 && p.f[F_QUALIFIER_SOURCE] == 0);
	features("zipcode", "Zip Code", &p);
	TEST(p.f[F_EXACT] == 1);
	features("brk_tmp_fr", "Brake Temp Front Left (Celsius)", &p);
	TEST(p.f[F_CONTRAST] == 1);
	features("brk_tmp_fl", "Brake Temp Front Left (Celsius)", &p);
	TEST(p.f[F_CONTRAST] == 0 && p.f[F_COVER_TARGET] > 0.8);
	features("sector_1", "Sector 2", &p);
	TEST(p.f[F_NUMBER_CLASH] == 1);
	features("speed_kmh", "Velocity (km/h)", &p);
	TEST(p.f[F_UNIT_SAME] == 1);
	features("speed_mph", "Velocity (km/h)", &p);
	TEST(p.f[F_UNIT_DIMENSION] == 1 && p.f[F_UNIT_SAME] == 0);
	features("temp (psi)", "Temperature (Celsius)", &p);
	TEST(p.f[F_UNIT_CLASH] == 1);
	features("driver_id", "Driver", &p);
	TEST(p.f[F_ROLE_SOURCE] == 1 && p.f[F_ROLE_TARGET] == 0);
}

struct given {
	const char *name, *values, *want; /* want NULL: nothing */
};

enum { GIVEN_MAX = 16 };

static const char *const vitals[] = {"Heart Rate (bpm)", "SpO2 (%)",
    "Systolic BP (mmHg)", "Diastolic BP (mmHg)", "Resp Rate (/min)"};
static const char *const cars[] = {"Heart Rate (bpm)", "Brake Temp (Celsius)",
    "Tyre Pressure (psi)", "Speed (km/h)", "RPM"};

/* Match s[0..n) with five targets, all turned round when reversed. */
static void
match_given(const struct given *s, size_t n, const char *const *names,
    bool reversed)
{
	struct recon_profile *p = calloc(n, sizeof *p);
	struct recon_source sources[GIVEN_MAX];
	struct recon_field fields[5] = {0};
	struct recon_query q = {.sources = sources, .n = n};
	struct recon_result r;
	struct recon_target *t;
	struct json_doc d = {0};
	struct err e;

	for (size_t j = 0; j < 5; j++)
		fields[reversed ? 4 - j : j].name = str_of(names[j]);
	for (size_t i = 0; i < n; i++) {
		size_t at = reversed ? n - 1 - i : i;

		TEST(json_parse(&d, s[i].values, strlen(s[i].values), &e) ==
		    0);
		for (uint32_t k = 1; k < d.n; k++)
			recon_profile_add(&p[at], &d, k);
		sources[at] = (struct recon_source){str_of(s[i].name),
		    &p[at], 0};
	}
	t = recon_target_new(lex, fields, 5, &e);
	TEST(t != NULL && recon_match(t, &q, &r, &e) == 0);
	for (size_t i = 0; i < n; i++) {
		uint32_t got = r.matches[reversed ? n - 1 - i : i].best.target;

		if (s[i].want == NULL)
			TEST(got == RECON_NONE);
		else
			TEST(got != RECON_NONE && str_eq(fields[got].name,
			    str_of(s[i].want)));
	}
	recon_result_free(&r);
	recon_target_free(t);
	json_free(&d);
	free(p);
}

/* A field inside an array and one outside of it are never the same. */
static void
test_arrays(void)
{
	const struct recon_field fields[] = {
	    {.name = STR("heart rate"), .arrays = 1},
	    {.name = STR("weight")}};
	struct recon_target *t;
	struct err e;

	t = recon_target_new(lex, fields, 2, &e);
	TEST(t != NULL);
	for (unsigned arrays = 0; arrays < 3; arrays++) {
		const struct recon_source s = {STR("heartRate"), NULL,
		    arrays};
		struct recon_query q = {.sources = &s, .n = 1, .least = 1};
		struct recon_result r;

		TEST(recon_match(t, &q, &r, &e) == 0);
		TEST((r.matches[0].best.target == 0) == (arrays == 1));
		for (uint32_t i = 0; i < r.matches[0].nothers; i++)
			TEST(r.matches[0].others[i].target != 0);
		recon_result_free(&r);
	}
	recon_target_free(t);
}

static void
test_tags(void)
{
	static const struct given race[] = {
	    {"hr_watch_01", "[142,151,148]", "Heart Rate (bpm)"},
	    {"brk_tmp_fr", "[512,498]", "Brake Temp (Celsius)"},
	    {"tyre_press_fl", "[23.1,23.4]", "Tyre Pressure (psi)"},
	    {"car_velocity", "[284,311]", "Speed (km/h)"},
	    {"eng_rpm_log", "[10480,11350]", "RPM"}};
	static const struct given bed[] = {
	    {"pulse_ox_fingertip", "[60,67,74,100]", "Heart Rate (bpm)"},
	    {"o2_sat_percent", "[92,95,99]", "SpO2 (%)"},
	    {"bp_sys_art_line", "[110,140]", "Systolic BP (mmHg)"},
	    {"bp_dia_cuff", "[60,90]", "Diastolic BP (mmHg)"},
	    {"breaths_pm_vent", "[12,20]", "Resp Rate (/min)"},
	    {"patient_id", "[\"P001\",\"P002\"]", NULL},
	    {"time", "[\"2026-01-05T08:00:00Z\"]", NULL}};
	static const struct given philips[] = {
	    {"HR_bpm", "[60]", "Heart Rate (bpm)"},
	    {"SYS_mmhg", "[110]", "Systolic BP (mmHg)"},
	    {"DIA_mmhg", "[60]", "Diastolic BP (mmHg)"},
	    {"SPO2_pct", "[92]", "SpO2 (%)"}};
	static const struct given ge[] = {
	    {"GE_Vitals_HR", "[60]", "Heart Rate (bpm)"},
	    {"GE_PRESS_SYS", "[110]", "Systolic BP (mmHg)"},
	    {"GE_PRESS_DIA", "[60]", "Diastolic BP (mmHg)"},
	    {"GE_O2_SAT", "[92]", "SpO2 (%)"}};
	static const struct given spacelabs[] = {
	    {"PULSE", "[60]", "Heart Rate (bpm)"},
	    {"SYSTOLIC_BP", "[110]", "Systolic BP (mmHg)"},
	    {"DIASTOLIC_BP", "[60]", "Diastolic BP (mmHg)"},
	    {"OXYGEN_SAT", "[92]", "SpO2 (%)"}};

	for (int reversed = 0; reversed < 2; reversed++) {
		match_given(race, ARRAY_LEN(race), cars, reversed);
		match_given(bed, ARRAY_LEN(bed), vitals, reversed);
		match_given(philips, ARRAY_LEN(philips), vitals, reversed);
		match_given(ge, ARRAY_LEN(ge), vitals, reversed);
		match_given(spacelabs, ARRAY_LEN(spacelabs), vitals, reversed);
	}
}

/* What people said holds, whatever the names say. */
static void
test_pins(void)
{
	struct recon_field fields[] = {{.name = STR("speed")},
	    {.name = STR("heart rate")}};
	struct recon_source s[] = {{.name = STR("velocity")},
	    {.name = STR("hr")}};
	struct recon_pin pins[] = {{0, 1, false}, {0, 0, true},
	    {1, RECON_NONE, false}};
	struct recon_query q = {.sources = s, .n = 2};
	struct recon_result r;
	struct recon_target *t;
	struct err e;

	t = recon_target_new(lex, fields, 2, &e);
	TEST(recon_match(t, &q, &r, &e) == 0);
	TEST(r.matches[0].best.target == 0 && r.matches[1].best.target == 1);
	TEST(r.matches[0].best.confidence > RECON_REVIEW);
	recon_result_free(&r);
	q.pins = pins;
	q.npins = 1;
	TEST(recon_match(t, &q, &r, &e) == 0);
	TEST(r.matches[0].best.target == 1 &&
	    r.matches[0].best.confidence == RECON_CERTAIN);
	TEST(r.matches[1].best.target == RECON_NONE);
	recon_result_free(&r);
	q.pins = pins + 1;
	q.npins = 2;
	TEST(recon_match(t, &q, &r, &e) == 0);
	TEST(r.matches[0].best.target == RECON_NONE);
	TEST(r.matches[1].best.target == RECON_NONE);
	TEST(r.matches[0].nothers == 0 && r.matches[1].nothers == 0);
	recon_result_free(&r);
	recon_target_free(t);
}

static void
bad_lexicon(const char *yaml, size_t line, const char *id)
{
	struct recon_lexicon *l = recon_lexicon_new();
	struct conf c = {0};
	struct err e = {0};

	TEST(conf_parse(&c, yaml, strlen(yaml), &e) == 0);
	TEST(recon_lexicon_add(l, &c, &e) == -1);
	TEST(e.code == ERR_CONFIG && strcmp(e.id, id) == 0 && e.line == line);
	conf_free(&c);
	recon_lexicon_free(l);
}

static void
test_refused(void)
{
	struct recon_field twice[] = {{.name = STR("a")}, {.name = STR("a")}};
	struct recon_field none[] = {{.name = STR("")}};
	struct err e;

	bad_lexicon("rap: map/1\n", 1, "recon.lexicon");
	bad_lexicon("[]\n", 1, "recon.lexicon");
	bad_lexicon("rap: lexicon/1\nconcepts:\n- [a, 1]\n", 3,
	    "recon.lexicon");
	bad_lexicon("rap: lexicon/1\nconcepts:\n- words: [a]\n  kind: q\n", 4,
	    "recon.lexicon");
	bad_lexicon("rap: lexicon/1\nconcepts:\n- words: [a]\n"
		    "  range: [1]\n", 4, "recon.lexicon");
	bad_lexicon("rap: lexicon/1\nunits:\n  speed:\n  - []\n", 4,
	    "recon.lexicon");
	bad_lexicon("rap: lexicon/1\nnoise: x\n", 2, "recon.lexicon");
	TEST(recon_target_new(lex, twice, 2, &e) == NULL &&
	    strcmp(e.id, "recon.name") == 0);
	TEST(recon_target_new(lex, none, 1, &e) == NULL &&
	    strcmp(e.id, "recon.name") == 0);
}

/* Empty sets and names that say nothing. */
static void
test_nothing(void)
{
	struct recon_field fields[] = {{.name = STR("---")},
	    {.name = STR("\xf0\x9f\x98\x80")}};
	struct recon_source s[] = {{.name = STR("")}, {.name = STR("___")}};
	struct recon_query q = {.sources = s, .n = 2};
	struct recon_result r;
	struct recon_target *t;
	struct err e;

	t = recon_target_new(lex, fields, 2, &e);
	TEST(recon_match(t, &q, &r, &e) == 0);
	TEST(r.matches[0].best.target == RECON_NONE);
	TEST(r.matches[1].best.target == RECON_NONE);
	recon_result_free(&r);
	q.n = 0;
	TEST(recon_match(t, &q, &r, &e) == 0);
	recon_result_free(&r);
	recon_target_free(t);
	t = recon_target_new(lex, NULL, 0, &e);
	q.n = 2;
	TEST(recon_match(t, &q, &r, &e) == 0);
	TEST(r.matches[1].best.target == RECON_NONE);
	recon_result_free(&r);
	recon_target_free(t);
}

/* The form of wndb(5WN); the lines are our own. */
static void
test_wordnet(void)
{
	static const char index[] =
	    "  1 a line of the licence\n"
	    "zorgle n 2 2 @ ~ 2 1 00000042 00000007\n"
	    "blorg_thing n 1 0 1 0 00000042\n"
	    "plimf n 1 1 @ 1 0 00000007\n"
	    "3d n 1 1 @ 1 0 00000042\n";
	struct recon_lexicon *l = recon_lexicon_new(), *keep = lex;
	struct pair p;
	struct err e = {0};

	TEST(recon_lexicon_add_wordnet(l, index, sizeof index - 1, &e) == 0);
	lex = l;
	features("zorgle", "Blorg Thing", &p);
	TEST(p.f[F_COVER_TARGET] > 0.9);
	features("zorgle", "Plimf", &p);
	TEST(p.f[F_COVER_TARGET] == 0);
	TEST(recon_lexicon_add_wordnet(l, "a n 1 x\n", 8, &e) == -1);
	TEST(e.line == 1 && strcmp(e.id, "recon.lexicon") == 0);
	lex = keep;
	recon_lexicon_free(l);
}

int
main(void)
{
	load_all();
	test_cuts();
	test_words();
	test_names();
	test_tags();
	test_arrays();
	test_pins();
	test_refused();
	test_nothing();
	test_wordnet();
	recon_lexicon_free(lex);
	return test_done();
}
