/* What the rest of the table says: siblings, sets of values, units. */
#include <glob.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "conf/conf.h"
#include "json/json.h"
#include "recon/recon.h"
#include "recon/recon_priv.h"
#include "recon_cut.h"
#include "test.h"

static struct recon_lexicon *lex;

static int
add_text(struct recon_lexicon *l, const char *text, struct err *e)
{
	struct conf c = {0};
	int rc;

	if (conf_parse(&c, text, strlen(text), e) != 0)
		return -1;
	rc = recon_lexicon_add(l, &c, e);
	conf_free(&c);
	return rc;
}

static void
load_all(void)
{
	struct err e;
	glob_t g;

	lex = recon_lexicon_new();
	TEST(glob("share/lexicon/*.yaml", 0, NULL, &g) == 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct buf b = {0};

		TEST(io_load(g.gl_pathv[i], &b, &e) == 0);
		buf_cstr(&b);
		TEST(add_text(lex, b.p, &e) == 0);
		buf_free(&b);
	}
	globfree(&g);
}

/* A source, its values as JSON, and the target it should get (or NULL). */
struct given {
	const char *name, *values, *want;
};

enum { MOST = 8 };

static void
match(const struct given *g, size_t n, const char *const *targets, size_t m)
{
	struct recon_field fields[MOST] = {{.types = 0}};
	struct recon_source s[MOST];
	struct recon_profile p[MOST] = {{.n = 0}};
	struct recon_query q = {.sources = s, .n = n};
	struct recon_result r;
	struct recon_target *t;
	struct json_doc d = {0};
	struct err e;

	for (size_t j = 0; j < m; j++)
		fields[j].name = str_of(targets[j]);
	for (size_t i = 0; i < n; i++) {
		TEST(json_parse(&d, g[i].values, strlen(g[i].values),
		    &e) == 0);
		for (uint32_t k = 1; k < d.nodes[0].next; k = d.nodes[k].next)
			recon_profile_add(&p[i], &d, k);
		s[i] = (struct recon_source){.name = str_of(g[i].name),
		    .values = &p[i]};
	}
	t = recon_target_new(lex, fields, m, &e);
	TEST(t != NULL);
	TEST(recon_match(t, &q, &r, &e) == 0);
	for (size_t i = 0; i < n; i++) {
		uint32_t j = r.matches[i].best.target;
		const char *got = j == RECON_NONE ? "" : targets[j];
		const char *want = g[i].want != NULL ? g[i].want : "";

		if (strcmp(got, want) != 0)
			printf("%s: %s, not %s\n", g[i].name, got, want);
		TEST(strcmp(got, want) == 0);
	}
	recon_result_free(&r);
	recon_target_free(t);
	json_free(&d);
}

#define MATCH(g, t) match(g, ARRAY_LEN(g), t, ARRAY_LEN(t))

/* One letter counts as another, or as a number does. */
static void
test_series(void)
{
	static const struct given meter[] = {
	    {"Volt_T", "[231.0,230.4]", "voltage_l3"},
	    {"Volt_R", "[229.0,230.1]", "voltage_l1"},
	    {"Volt_S", "[230.0,230.2]", "voltage_l2"}};
	static const char *const phases[] = {"voltage_l2", "voltage_l3",
	    "voltage_l1", "frequency"};
	static const struct given zero[] = {
	    {"temp0", "[20.5]", "temperature_1"},
	    {"temp1", "[21.5]", "temperature_2"},
	    {"temp2", "[22.5]", "temperature_3"}};
	static const char *const one[] = {"temperature_1", "temperature_2",
	    "temperature_3"};
	struct name *n = calloc(4, sizeof *n);

	MATCH(meter, phases);
	MATCH(zero, one);
	name_cut(&n[0], STR("load1"), lex, NULL);
	name_cut(&n[1], STR("load5"), lex, NULL);
	name_cut(&n[2], STR("bin_a"), lex, NULL);
	name_cut(&n[3], STR("bin_b"), lex, NULL);
	names_series(n, 4);
	TEST(n[0].tokens[1].series == 0); /* 5 does not follow 1 */
	TEST(n[2].tokens[1].series == 1 && n[3].tokens[1].series == 2);
	TEST(n[2].tokens[1].of == 2);
	free(n);
}

/* Values tell what no name does; those of another set tell against it. */
static void
test_sets(void)
{
	static const struct given money[] = {
	    {"zorgle", "[\"EUR\",\"usd\",\"GBP\"]", "currency"},
	    {"plimf", "[\"Monday\",\"Friday\"]", "day_of_week"},
	    {"blorg", "[\"x1\",\"y2\"]", NULL}};
	static const char *const fields[] = {"currency", "day_of_week",
	    "amount"};
	struct recon_profile p = {0};
	struct json_doc d = {0};
	struct pair out = {{0}};
	struct err e;
	uint64_t sets;

	MATCH(money, fields);
	TEST(json_parse(&d, "[\"EUR\",\"CHF\"]", 13, &e) == 0);
	recon_profile_add(&p, &d, 1);
	recon_profile_add(&p, &d, 2);
	sets = values_sets(&p, lex);
	TEST(sets != 0);
	sets_compare(&p, sets, sets, &out);
	TEST(out.f[F_SET_IN] == 1 && out.f[F_SET_ELSE] == 0);
	out = (struct pair){{0}};
	sets_compare(&p, sets, ~sets, &out);
	TEST(out.f[F_SET_IN] == 0 && out.f[F_SET_OUT] == 1 &&
	    out.f[F_SET_ELSE] == 1);
	json_free(&d);
}

static void
test_words_of_the_table(void)
{
	/* A short form of a word that is there is that word. */
	static const struct given grid[] = {
	    {"Freq", "[50.0,49.98]", "frequency_hz"}};
	static const char *const meter[] = {"reading_time", "frequency_hz"};
	/* A unit stands for what it measures. */
	static const struct given power[] = {
	    {"max_kW", "[6.2,14.8]", "peak_power"}};
	static const char *const demand[] = {"peak_power", "peak_gap"};
	/* Noise is all there is beside the role. */
	static const struct given well[] = {
	    {"WELL_NM", "[\"SMITH 12\",\"JONES 3\"]", "Well Name"},
	    {"FLD_NAME", "[\"SPRABERRY\",\"AVALON\"]", "Field"}};
	static const char *const wells[] = {"Field", "Well Name"};

	/* The last word takes a side: noise elsewhere. */
	static const struct given core[] = {
	    {"DEPTH_FROM", "[0,1,212.4]", "From (m)"},
	    {"DEPTH_TO", "[1,2,213.1]", "To (m)"}};
	static const char *const cores[] = {"From (m)", "To (m)"};

	MATCH(core, cores);
	MATCH(grid, meter);
	MATCH(power, demand);
	MATCH(well, wells);
}

static void
test_cuts(void)
{
	struct name *n = calloc(1, sizeof *n);

	test_cut(lex, "PeakkW", "peak k w");
	test_cut(lex, "PeakKey", "peak key");
	test_cut(lex, "qspeed", "q speed");
	test_cut(lex, "weeklysnowin", "weekly snow in");
	test_cut(lex, "template", "template"); /* plain: not temp, late */
	test_cut(lex, "Recorder", "recorder"); /* the capital begins the word */
	test_cut(lex, "zorgnbr", "zorg nbr");
	test_cut(lex, "zorgid", "zorgid"); /* two letters prove nothing */
	test_cut(lex, "ablesezeit", "ablese zeit");
	name_cut(n, STR("lot_nm"), lex, NULL);
	TEST(n->tokens[1].flags & TOKEN_ROLE); /* short for name */
	name_cut(n, STR("cells (10^9/L)"), lex, NULL);
	TEST(n->n == 4 && (n->tokens[1].flags & TOKEN_UNIT) &&
	    (n->tokens[2].flags & TOKEN_UNIT));
	free(n);
}

/* Only what two words do not both mean weakens what they share. */
static void
test_shared(void)
{
	struct recon_lexicon *l = recon_lexicon_new();
	struct err e;
	uint32_t a, b, c;

	TEST(add_text(l, "rap: lexicon/1\n"
	    "concepts: [[zorg, blim, plof], [zorg, blim]]\n", &e) == 0);
	a = lexicon_word(l, STR("zorg"));
	b = lexicon_word(l, STR("blim"));
	c = lexicon_word(l, STR("plof"));
	TEST(lexicon_shared(l, a, b) == 0.96);
	TEST(lexicon_shared(l, a, c) < 0.96 && lexicon_shared(l, a, c) > 0.9);
	recon_lexicon_free(l);
}

static void
test_refused(void)
{
	static const char *const bad[] = {
	    "rap: lexicon/1\nsets: [{words: [a]}]\n",
	    "rap: lexicon/1\nsets: [{words: [a], values: b}]\n",
	    "rap: lexicon/1\nsets: [{words: [a], values: [[b]]}]\n",
	    "rap: lexicon/1\nsets: [a]\n",
	    "rap: lexicon/1\nplain: [[a]]\n"};
	struct recon_lexicon *l;
	struct buf b = {0};
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		l = recon_lexicon_new();
		TEST(add_text(l, bad[i], &e) == -1);
		TEST(e.line == 2 && strcmp(e.id, "recon.lexicon") == 0);
		recon_lexicon_free(l);
	}
	buf_put(&b, "rap: lexicon/1\nsets:\n", 21);
	for (int i = 0; i <= LEXICON_SETS; i++)
		buf_put(&b, "- {words: [a], values: [b, 7]}\n", 31);
	buf_cstr(&b);
	l = recon_lexicon_new();
	TEST(add_text(l, b.p, &e) == -1 && strcmp(e.id, "recon.limit") == 0);
	recon_lexicon_free(l);
	buf_free(&b);
}

int
main(void)
{
	load_all();
	test_cuts();
	test_series();
	test_sets();
	test_words_of_the_table();
	test_shared();
	test_refused();
	recon_lexicon_free(lex);
	return test_done();
}
