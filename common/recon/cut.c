#include "base/utf8.h"
#include "recon/recon_priv.h"

enum { PIECES_MAX = 6, CUT_MIN = 5, RUN_TITLE = 256 };

/* What a character is to the cutter. */
enum class { SEPARATOR, LOWER, UPPER, DIGIT, SYMBOL, OPEN, CLOSE };

struct letter {
	uint16_t at; /* of its bytes in the text */
	uint8_t len;
	uint8_t class;
};

struct cutter {
	struct name *name;
	const struct recon_lexicon *lex;
	const struct map *vocab;
	struct letter letters[RECON_NAME_MAX];
	size_t n, text;
};

/* U+00C0 to U+017E in lower case and without marks; a blank: none. */
static const char plain[] =
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiii"
    "dnooooo ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggg"
    "gggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooo"
    "oooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz";

static enum class
fold_ascii(char c, char *dst)
{
	*dst = c;
	if (c >= 'A' && c <= 'Z') {
		*dst = (char)(c + 32);
		return UPPER;
	}
	if (c >= 'a' && c <= 'z')
		return LOWER;
	if (c >= '0' && c <= '9')
		return DIGIT;
	if (c != '\0' && strchr("([{", c) != NULL)
		return OPEN;
	if (c != '\0' && strchr(")]}", c) != NULL)
		return CLOSE;
	return c == '%' || c == '$' || c == '#' ? SYMBOL : SEPARATOR;
}

/* Fold one character: its lower-case spelling and its class. */
static enum class
fold(uint32_t c, char *dst, size_t *len)
{
	*len = 1;
	if (c < 0x80)
		return fold_ascii((char)c, dst);
	if (c >= 0xc0 && c <= 0x17e && plain[c - 0xc0] != ' ') {
		*dst = plain[c - 0xc0];
		return c < 0xdf ? UPPER : LOWER;
	}
	*len = utf8_encode(dst, c);
	if (c == 0xb0 || c == 0x20ac || c == 0xa3 || c == 0xa5)
		return SYMBOL; /* degree, euro, pound, yen */
	return c < 0xc0 && c != 0xb5 ? SEPARATOR : LOWER;
}

static void
fold_all(struct cutter *k, struct str raw)
{
	size_t i = 0, len, step;
	uint32_t c;

	if (raw.len > RECON_NAME_MAX)
		raw.len = RECON_NAME_MAX;
	while (i < raw.len && k->n < RECON_NAME_MAX &&
	    k->text + 4 <= NAME_TEXT) {
		struct letter *x = &k->letters[k->n++];

		step = utf8_decode(raw.p + i, raw.len - i, &c);
		if (step == 0) {
			step = 1;
			c = ' ';
		}
		x->at = (uint16_t)k->text;
		x->class = (uint8_t)fold(c, k->name->text + k->text, &len);
		x->len = (uint8_t)len;
		k->text += len;
		i += step;
	}
}

static void
add_token(struct cutter *k, const char *p, size_t len, unsigned flags)
{
	struct name *n = k->name;
	struct token *t = &n->tokens[n->n];

	if (n->n == NAME_TOKENS || len == 0 || len > UINT8_MAX)
		return;
	*t = (struct token){.p = p, .len = (uint8_t)len};
	t->flags = (uint8_t)flags;
	t->stem = (uint8_t)lexicon_stem(p, len);
	for (size_t i = 0; i < len; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			t->letters |= (uint32_t)1 << (p[i] - 'a');
	if (p[0] >= '0' && p[0] <= '9' && p[len - 1] >= '0' &&
	    p[len - 1] <= '9')
		t->flags |= TOKEN_NUMBER;
	t->word = lexicon_word(k->lex, (struct str){p, t->stem});
	/* Many completions are none. */
	if (t->word == RECON_NONE && len >= 4) {
		t->nwhole = (uint8_t)lexicon_completions(k->lex,
		    (struct str){p, len}, t->whole, TOKEN_WHOLES);
		if (t->nwhole == TOKEN_WHOLES)
			t->nwhole = 0;
	}
	if (t->word != RECON_NONE)
		t->flags |= k->lex->brief[t->word];
	if (map_find(&k->lex->noise, (struct str){p, len}) != MAP_NONE)
		t->flags |= TOKEN_NOISE;
	if (map_find(&k->lex->roles, (struct str){p, t->stem}) != MAP_NONE)
		t->flags |= TOKEN_ROLE;
	if (map_find(&k->lex->qualifiers, (struct str){p, t->stem}) != MAP_NONE)
		t->flags |= TOKEN_QUALIFIER;
	if (map_find(&k->lex->blank, (struct str){p, t->stem}) != MAP_NONE)
		t->flags |= TOKEN_BLANK;
	n->n++;
}

static bool
known(const struct cutter *k, const char *p, size_t len)
{
	size_t stem = lexicon_stem(p, len);

	if (len >= 3 && lexicon_word(k->lex, (struct str){p, stem}) !=
	    RECON_NONE)
		return true;
	if (len >= 3 && (map_find(&k->lex->noise, (struct str){p, len}) !=
	    MAP_NONE || map_find(&k->lex->qualifiers, (struct str){p, stem}) !=
	    MAP_NONE))
		return true;
	return k->vocab != NULL && len >= 2 &&
	    map_find(k->vocab, (struct str){p, stem}) != MAP_NONE;
}

/* Is it a known spelling that the files write as several words? */
static bool
only_joined(const struct cutter *k, const char *p, size_t len)
{
	uint32_t w = lexicon_word(k->lex, (struct str){p,
	    lexicon_stem(p, len)});

	return w != RECON_NONE && k->lex->concepts.joined[w];
}

/* nprocs, qtype: number or query and a word that is known; 1, else 0. */
static size_t
letter_before(const struct cutter *k, const char *p, size_t len)
{
	return len >= 5 && (p[0] == 'n' || p[0] == 'q') &&
	    !known(k, p, len) && known(k, p + 1, len - 1) &&
	    !only_joined(k, p + 1, len - 1);
}

static bool
is_role(const struct cutter *k, const char *p, size_t len)
{
	uint32_t w = lexicon_word(k->lex, (struct str){p, len});

	return map_find(&k->lex->roles, (struct str){p, len}) != MAP_NONE ||
	    (w != RECON_NONE && (k->lex->brief[w] & TOKEN_ROLE) != 0);
}

/*
 * refnr, brthdtc: an unknown run that ends in a role.  Where that starts, or
 * 0.  Two letters are no evidence unless what is before them is known.
 */
static size_t
role_after(const struct cutter *k, const char *p, size_t len)
{
	if (known(k, p, len))
		return 0;
	for (size_t n = 3; n + 2 <= len; n++) {
		if (!is_role(k, p + n, len - n))
			continue;
		if (len - n > 2 || known(k, p, n))
			return n;
	}
	return 0;
}

/* The in of dailyrainin: a unit of two letters and nothing after it. */
static bool
unit_at_end(const struct cutter *k, const char *p, size_t len, size_t after)
{
	return len == 2 && after == 0 &&
	    lexicon_unit(k->lex, (struct str){p, len}) != RECON_NONE;
}

/*
 * A word of two letters is dear, and one of three where capitals begin the
 * words: a Recorder is no order.
 */
static int
piece_cost(size_t len, unsigned flags)
{
	if (len == 2)
		return 26;
	if (len == 3)
		return flags & RUN_TITLE ? 24 : 14;
	return 10;
}

/*
 * Cut a run of letters into known words, fewest and longest first: cost[i] is
 * the least for the first i letters.
 */
static void
add_run(struct cutter *k, const char *p, size_t len, unsigned flags)
{
	enum { FAR = 1 << 20, LONGEST = 64 };
	int cost[LONGEST + 1], c;
	size_t from[LONGEST + 1], piece[PIECES_MAX], n = 0;

	if (len < CUT_MIN || len > LONGEST || (known(k, p, len) &&
	    !only_joined(k, p, len))) {
		add_token(k, p, len, flags);
		return;
	}
	cost[0] = 0;
	for (size_t i = 1; i <= len; i++) {
		cost[i] = FAR;
		for (size_t j = i < 2 ? 0 : i - 2; j != SIZE_MAX; j--) {
			if (cost[j] >= FAR || i - j == len ||
			    (!known(k, p + j, i - j) &&
			    !unit_at_end(k, p + j, i - j, len - i)))
				continue;
			c = cost[j] + piece_cost(i - j, flags);
			if (c < cost[i]) {
				cost[i] = c;
				from[i] = j;
			}
		}
	}
	if (cost[len] > (int)len * 4) {
		n = letter_before(k, p, len);
		if (n == 0)
			n = role_after(k, p, len);
		if (n != 0)
			add_token(k, p, n, flags);
		add_token(k, p + n, len - n, flags);
		return;
	}
	for (size_t i = len; i > 0 && n < PIECES_MAX; i = from[i])
		piece[n++] = i;
	for (size_t at = 0; n > 0; at = piece[n])
		add_token(k, p + at, piece[--n] - at, flags);
}

/* Does an ordinal ("1st", "4th") start at letter i?  Its end, or i. */
static size_t
ordinal_end(const struct cutter *k, size_t i)
{
	static const char ends[4][2] = {"st", "nd", "rd", "th"};
	const char *text = k->name->text;
	size_t j = i;

	while (j < k->n && k->letters[j].class == DIGIT)
		j++;
	if (j == i || j + 2 > k->n)
		return i;
	if (j + 2 < k->n && k->letters[j + 2].class == LOWER)
		return i;
	for (size_t e = 0; e < 4; e++)
		if (text[k->letters[j].at] == ends[e][0] &&
		    text[k->letters[j + 1].at] == ends[e][1])
			return j + 2;
	return i;
}

/*
 * The end of a run of capitals.  HTTPServer: the last one starts the next
 * word; but the s of URLs and IDs does not.
 */
static size_t
capitals_end(const struct cutter *k, size_t j, size_t end)
{
	const struct letter *x = k->letters;

	while (j < end && x[j].class == UPPER)
		j++;
	if (j == end || x[j].class != LOWER)
		return j;
	if (k->name->text[x[j].at] == 's' &&
	    (j + 1 == end || x[j + 1].class != LOWER))
		return j + 1;
	return j - 1;
}

/* The kW of PeakkW: a small letter and capitals that end the name as a unit. */
static bool
unit_ends(const struct cutter *k, size_t i, size_t end)
{
	const struct letter *x = k->letters;
	size_t j = i + 1;

	if (j >= end || x[j].class != UPPER)
		return false;
	while (j < end && (x[j].class == UPPER || x[j].class == LOWER))
		j++;
	if (j - i > 3 || (j < end && x[j].class == DIGIT))
		return false;
	return lexicon_unit(k->lex, (struct str){k->name->text + x[i].at,
	    (size_t)(x[j - 1].at + x[j - 1].len - x[i].at)}) != RECON_NONE;
}

/* The end of the token that starts at letter i. */
static size_t
token_end(const struct cutter *k, size_t i, size_t end)
{
	const struct letter *x = k->letters;
	size_t j = ordinal_end(k, i);

	if (j > i && j <= end)
		return j;
	j = i + 1;
	if (x[i].class == SYMBOL)
		return j;
	if (x[i].class == DIGIT) {
		while (j < end && x[j].class == DIGIT)
			j++;
		return j;
	}
	if (x[i].class == UPPER && j < end && x[j].class == UPPER)
		return capitals_end(k, j, end);
	while (j < end && x[j].class == LOWER)
		j++;
	return j > i + 2 && unit_ends(k, j - 1, end) ? j - 1 : j;
}

static void
cut_range(struct cutter *k, size_t from, size_t to, unsigned flags)
{
	const struct letter *x = k->letters;
	char *text = k->name->text;

	for (size_t i = from, j; i < to; i = j) {
		j = i + 1;
		if (x[i].class == SEPARATOR || x[i].class == OPEN ||
		    x[i].class == CLOSE)
			continue;
		j = token_end(k, i, to);
		add_run(k, text + x[i].at,
		    (size_t)(x[j - 1].at + x[j - 1].len - x[i].at), flags |
		    (x[i].class == UPPER && x[j - 1].class == LOWER ?
			RUN_TITLE : 0));
	}
}

/* 10^9/L, meq/100g: a unit, though not one that is known. */
static bool
unit_like(const char *p, size_t len)
{
	bool digit = false, mark = false;

	for (size_t i = 0; i < len; i++) {
		digit |= p[i] >= '0' && p[i] <= '9';
		mark |= p[i] == '^' || p[i] == '/' || p[i] == '*';
	}
	return digit && mark;
}

/* What stands in brackets from letter `from`: a unit as a whole, or words. */
static void
cut_aside(struct cutter *k, size_t from, size_t to)
{
	char text[48];
	size_t n = 0, first = k->name->n;
	uint32_t unit = RECON_NONE;

	for (size_t i = from; i < to && n + 4 < sizeof text; i++) {
		const struct letter *x = &k->letters[i];

		if (k->name->text[x->at] == ' ')
			continue;
		memcpy(text + n, k->name->text + x->at, x->len);
		n += x->len;
	}
	if (first > 0 || from > 1)
		unit = lexicon_unit(k->lex, (struct str){text, n});
	cut_range(k, from, to, TOKEN_ASIDE |
	    (unit != RECON_NONE || unit_like(text, n) ? TOKEN_UNIT : 0));
	if (unit != RECON_NONE) {
		name_add_unit(k->name, unit);
		k->name->unit_sure = true;
	}
}

/* Cut the letters, brackets on their own. */
static void
cut_letters(struct cutter *k)
{
	size_t from = 0, close;

	for (size_t i = 0; i < k->n; i++) {
		if (k->letters[i].class != OPEN)
			continue;
		for (close = i + 1; close < k->n; close++)
			if (k->letters[close].class == CLOSE)
				break;
		if (close == k->n)
			break;
		cut_range(k, from, i, 0);
		cut_aside(k, i + 1, close);
		from = close + 1;
		i = close;
	}
	cut_range(k, from, k->n, 0);
}

void
name_tokens(struct name *name, struct str raw, const struct recon_lexicon *l,
    const struct map *vocab)
{
	struct cutter k = {.name = name, .lex = l, .vocab = vocab};

	fold_all(&k, raw);
	cut_letters(&k);
}
