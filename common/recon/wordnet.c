#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "recon/recon_priv.h"

/*
 * index.noun of WordNet (wndb(5WN)): a line is a lemma, pos, the number of its
 * synsets, the number of pointer symbols, the symbols, two more numbers, and
 * the synsets, the most frequent first.  Lemmas with the same first synset are
 * synonyms; rarer senses would make everything like everything.
 */

enum { LEMMA_MAX = 24, LINES_MAX = 1 << 19, GROUP_MAX = 32 };

struct lemma {
	uint32_t synset; /* number in the map */
	struct str word;
};

static struct str
next_word(struct str *line)
{
	struct str w;

	while (line->len > 0 && line->p[0] == ' ') {
		line->p++;
		line->len--;
	}
	w = (struct str){line->p, 0};
	while (line->len > 0 && line->p[0] != ' ') {
		line->p++;
		line->len--;
		w.len++;
	}
	return w;
}

/* Letters and the underscores that stand for blanks. */
static bool
is_plain(struct str w)
{
	if (w.len < 3 || w.len > LEMMA_MAX)
		return false;
	for (size_t i = 0; i < w.len; i++)
		if ((w.p[i] < 'a' || w.p[i] > 'z') && w.p[i] != '_')
			return false;
	return true;
}

/* The lemma of a line and its first synset: 1, 0 to pass it over, -1. */
static int
read_line(struct str line, struct str *word, struct str *synset)
{
	unsigned long long pointers;

	if (line.len == 0 || line.p[0] == ' ')
		return 0; /* the licence, at the top */
	*word = next_word(&line);
	next_word(&line);
	next_word(&line);
	if (str_to_u64(next_word(&line), 64, &pointers) != 0)
		return -1;
	for (unsigned long long i = 0; i < pointers + 2; i++)
		next_word(&line);
	*synset = next_word(&line);
	if (synset->len != 8)
		return -1;
	return is_plain(*word);
}

static int
lemma_cmp(const void *a, const void *b)
{
	const struct lemma *x = a, *y = b;

	if (x->synset != y->synset)
		return x->synset < y->synset ? -1 : 1;
	return str_cmp(x->word, y->word);
}

static int
add_groups(struct recon_lexicon *l, const struct lemma *all, size_t n,
    struct err *e)
{
	struct str words[GROUP_MAX];

	for (size_t i = 0, j; i < n; i = j) {
		for (j = i; j < n && all[j].synset == all[i].synset; j++)
			if (j - i < GROUP_MAX)
				words[j - i] = all[j].word;
		if (j - i >= 2 && lexicon_synonyms(l, words, j - i < GROUP_MAX ?
		    j - i : GROUP_MAX, e) != 0)
			return -1;
	}
	return 0;
}

int
recon_lexicon_add_wordnet(struct recon_lexicon *l, const char *text,
    size_t len, struct err *e)
{
	struct lemma *all = NULL;
	struct map synsets = {0};
	size_t n = 0, cap = 0, line = 0;
	int rc = 0;

	for (size_t at = 0, end; at < len && rc == 0; at = end + 1) {
		const char *nl = memchr(text + at, '\n', len - at);
		struct str word, synset;
		int kept;

		end = nl != NULL ? (size_t)(nl - text) : len;
		line++;
		kept = read_line((struct str){text + at, end - at}, &word,
		    &synset);
		if (kept < 0 || line > LINES_MAX) {
			rc = err_set(e, ERR_CONFIG, "recon.lexicon",
			    "not an index of WordNet");
			e->line = line;
		}
		if (kept <= 0)
			continue;
		if (n == cap) {
			cap = cap != 0 ? cap * 2 : 1024;
			all = mem_realloc(all, cap * sizeof *all);
		}
		all[n++] = (struct lemma){(uint32_t)map_add(&synsets, synset),
		    word};
	}
	if (n != 0)
		qsort(all, n, sizeof *all, lemma_cmp);
	if (rc == 0)
		rc = add_groups(l, all, n, e);
	if (rc == 0)
		rc = lexicon_finish(l, e);
	map_free(&synsets);
	mem_free(all);
	return rc;
}
