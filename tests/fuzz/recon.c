/*
 * libFuzzer: whatever the names of sources (before the first empty one) and
 * targets (after it; tabs or newlines between them), each target gets one
 * source at most, confidences are chances, and turning the order of both round
 * changes nothing.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "conf/conf.h"
#include "recon/recon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAMES = 24 };

static const char words[] =
    "rap: lexicon/1\n"
    "noise: [the, of, raw]\nroles: [id, type]\nblank: [field, ch]\n"
    "qualifiers: [min, max]\n"
    "concepts:\n"
    "- {words: [heart rate, hr, pulse], kind: number, range: [20, 250]}\n"
    "- [speed, velocity]\n- [birth date, dob]\n- [front left, fl]\n"
    "- [invoice date, issue date]\n- [invoice, inv]\n- [date, dt]\n"
    "kinds: {time: [date]}\n"
    "usual: [{words: [speed], unit: km/h, range: [0, 300]}]\n"
    "contrasts: [[[left, l], [right, r]], [[min], [max]]]\n"
    "units: {speed: [[km/h, kmh], [mph]], rate: [[bpm], [hz]]}\n"
    "alias: {temperature: [temp, tmp], birth date: [geburtsdatum]}\n";

static void
must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static struct recon_lexicon *
lexicon(void)
{
	static struct recon_lexicon *l;
	struct conf c = {0};
	struct err e;

	if (l != NULL)
		return l;
	l = recon_lexicon_new();
	must(conf_parse(&c, words, sizeof words - 1, &e) == 0, "yaml");
	must(recon_lexicon_add(l, &c, &e) == 0, "lexicon");
	conf_free(&c);
	return l;
}

/* The names of text up to an empty one; returns what is left of it. */
static struct str
lines(struct str text, struct str *names, size_t *n)
{
	*n = 0;
	while (text.len > 0 && *n < NAMES) {
		size_t len = 0, step;

		while (len < text.len && text.p[len] != '\n' &&
		    text.p[len] != '\t')
			len++;
		if (len != 0)
			names[(*n)++] = (struct str){text.p, len};
		step = len + (len < text.len);
		text.p += step;
		text.len -= step;
		if (len == 0)
			break;
	}
	return text;
}

/* got[i]: the target of source i, both counted in the order given. */
static int
match(const struct str *s, size_t n, const struct str *t, size_t m,
    int reversed, uint32_t *got)
{
	struct recon_source sources[NAMES] = {0};
	struct recon_field fields[NAMES] = {0};
	struct recon_query q = {.sources = sources, .n = n, .least = 1};
	struct recon_result r;
	struct recon_target *target;
	struct err e;

	for (size_t i = 0; i < n; i++)
		sources[reversed ? n - 1 - i : i].name = s[i];
	for (size_t j = 0; j < m; j++)
		fields[reversed ? m - 1 - j : j].name = t[j];
	target = recon_target_new(lexicon(), fields, m, &e);
	if (target == NULL)
		return -1;
	must(recon_match(target, &q, &r, &e) == 0, "match");
	for (size_t i = 0; i < n; i++) {
		const struct recon_choice *c =
		    &r.matches[reversed ? n - 1 - i : i].best;

		must(c->confidence <= RECON_CERTAIN, "no chance");
		got[i] = c->target;
		if (c->target != RECON_NONE && reversed)
			got[i] = (uint32_t)m - 1 - c->target;
	}
	recon_result_free(&r);
	recon_target_free(target);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s[NAMES], t[NAMES], text;
	uint32_t a[NAMES], b[NAMES], taken = 0;
	char *copy = malloc(size != 0 ? size : 1);
	size_t n, m;

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size); /* its exact size: over-reads are seen */
	text = lines((struct str){copy, size}, s, &n);
	lines(text, t, &m);
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (str_eq(s[i], s[k]))
				n = k; /* of equals either may win */
	if (match(s, n, t, m, 0, a) == 0) {
		must(match(s, n, t, m, 1, b) == 0, "again");
		for (size_t i = 0; i < n; i++) {
			must(a[i] == b[i], "order matters");
			if (a[i] == RECON_NONE)
				continue;
			must((taken >> a[i] & 1) == 0, "one target twice");
			taken |= (uint32_t)1 << a[i];
		}
	}
	free(copy);
	return 0;
}
