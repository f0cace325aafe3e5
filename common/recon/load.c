#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "num/num.h"
#include "recon/recon_priv.h"

/* ORDER kind in recon_priv.h */
static const char *const kind_names[KINDS] = {"any", "number", "integer",
    "count", "time", "duration", "year", "flag", "id", "code", "text", "url",
    "email", "ip", "phone"};

/* A string node as a spelling: 0, or -1 with the error set. */
static int
spelling(const struct conf *c, uint32_t node, bool stems, char *dst,
    struct str *out, struct err *e)
{
	struct arena mem = {0};
	struct str s;

	if (json_type(&c->doc, node) != JSON_STRING)
		return conf_err(c, node, e, "recon.lexicon",
		    "a spelling must be a string");
	s = json_string(&c->doc, node, &mem);
	out->p = dst;
	out->len = lexicon_squeeze(dst, SPELLING_MAX, s, stems);
	arena_free(&mem);
	if (out->len == 0)
		return conf_err(c, node, e, "recon.lexicon",
		    "a spelling must have 1 to %d bytes", SPELLING_MAX);
	return 0;
}

static int
check_array(const struct conf *c, uint32_t node, const char *what,
    struct err *e)
{
	if (json_type(&c->doc, node) == JSON_ARRAY && json_count(&c->doc,
	    node) != 0)
		return 0;
	return conf_err(c, node, e, "recon.lexicon",
	    "%s must be a list that is not empty", what);
}

/* Add each spelling of a list as a sense; *first is the word of the first. */
static int
add_list(struct senses *s, bool stems, const struct conf *c, uint32_t list,
    uint32_t id, uint32_t *first, struct err *e)
{
	char text[SPELLING_MAX];
	struct str w, raw;
	uint32_t i;

	if (check_array(c, list, "spellings", e) != 0)
		return -1;
	for (uint32_t k = list + 1; k < c->doc.nodes[list].next;
	     k = c->doc.nodes[k].next) {
		if (spelling(c, k, stems, text, &w, e) != 0)
			return -1;
		if (s->words.n >= RECON_WORDS_MAX)
			return conf_err(c, k, e, "recon.limit",
			    "more than %d spellings", RECON_WORDS_MAX);
		i = senses_word(s, w);
		senses_mean(s, i, id);
		raw = json_raw(&c->doc, k);
		if (memchr(raw.p, ' ', raw.len) == NULL)
			s->joined[i] = false;
		if (first != NULL && k == list + 1)
			*first = i;
	}
	return 0;
}

int
lexicon_spellings(const struct conf *c, uint32_t list, struct senses *s,
    uint32_t id, struct err *e)
{
	return add_list(s, true, c, list, id, NULL, e);
}

static int
read_kind(const struct conf *c, uint32_t node, struct concept *x,
    struct err *e)
{
	for (unsigned k = 0; k < KINDS; k++)
		if (json_type(&c->doc, node) == JSON_STRING &&
		    json_string_is(&c->doc, node, str_of(kind_names[k]))) {
			x->kind = (uint8_t)k;
			return 0;
		}
	return conf_err(c, node, e, "recon.lexicon", "unknown kind");
}

static int
read_range(const struct conf *c, uint32_t node, double *low, double *high,
    struct err *e)
{
	uint32_t lo = json_element(&c->doc, node, 0);
	uint32_t hi = json_element(&c->doc, node, 1);

	if (json_type(&c->doc, node) != JSON_ARRAY || lo == JSON_NONE ||
	    hi == JSON_NONE || json_type(&c->doc, lo) != JSON_NUMBER ||
	    json_type(&c->doc, hi) != JSON_NUMBER)
		return conf_err(c, node, e, "recon.lexicon",
		    "range must be [low, high]");
	if (num_to_double(json_raw(&c->doc, lo), low, e) != 0)
		return -1;
	return num_to_double(json_raw(&c->doc, hi), high, e);
}

static int
add_concept(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    struct err *e)
{
	const struct json_doc *d = &c->doc;
	struct concept x = {0}, *at;
	uint32_t words = node, v, id;

	if (json_type(d, node) == JSON_OBJECT) {
		words = json_member(d, node, STR("words"));
		if (words == JSON_NONE)
			return conf_err(c, node, e, "recon.lexicon",
			    "a concept needs words");
		v = json_member(d, node, STR("kind"));
		if (v != JSON_NONE && read_kind(c, v, &x, e) != 0)
			return -1;
		v = json_member(d, node, STR("range"));
		if (v != JSON_NONE && read_range(c, v, &x.lo, &x.hi, e) != 0)
			return -1;
		x.has_range = v != JSON_NONE;
	}
	at = lexicon_concept(l, e);
	if (at == NULL)
		return -1;
	id = (uint32_t)(at - l->concept);
	*at = x;
	return add_list(&l->concepts, true, c, words, id, &at->plain, e);
}

/* An ordinary word, which means itself if nothing else. */
static int
add_plain(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    struct err *e)
{
	char text[SPELLING_MAX];
	struct concept *x;
	struct str w;
	uint32_t i;

	if (spelling(c, node, true, text, &w, e) != 0)
		return -1;
	if (l->concepts.words.n >= RECON_WORDS_MAX)
		return conf_err(c, node, e, "recon.limit",
		    "more than %d spellings", RECON_WORDS_MAX);
	i = senses_word(&l->concepts, w);
	l->concepts.joined[i] = false;
	if (l->concepts.first[i] != RECON_NONE)
		return 0;
	x = lexicon_concept(l, e);
	if (x == NULL)
		return -1;
	x->plain = i;
	senses_mean(&l->concepts, i, (uint32_t)(x - l->concept));
	return 0;
}

/* A group of meanings that exclude each other. */
static int
add_contrast(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    struct err *e)
{
	uint32_t side = 0;

	if (check_array(c, node, "a contrast", e) != 0)
		return -1;
	for (uint32_t k = node + 1; k < c->doc.nodes[node].next;
	     k = c->doc.nodes[k].next, side++) {
		if (side == LEXICON_SIDES)
			return conf_err(c, k, e, "recon.limit",
			    "more than %d sides", LEXICON_SIDES);
		if (add_list(&l->sides, true, c, k,
			l->ncontrasts * LEXICON_SIDES + side, NULL, e) != 0)
			return -1;
	}
	l->ncontrasts++;
	return 0;
}

/* {words, unit, range}: what most values are. */
static int
add_usual(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    struct err *e)
{
	const struct json_doc *d = &c->doc;
	struct usual x = {.unit = RECON_NONE};
	char text[SPELLING_MAX];
	uint32_t words, range, unit;
	struct str w;

	if (json_type(d, node) != JSON_OBJECT)
		return conf_err(c, node, e, "recon.lexicon",
		    "must be a mapping");
	words = json_member(d, node, STR("words"));
	range = json_member(d, node, STR("range"));
	unit = json_member(d, node, STR("unit"));
	if (words == JSON_NONE || range == JSON_NONE)
		return conf_err(c, node, e, "recon.lexicon",
		    "needs words and range");
	if (read_range(c, range, &x.lo, &x.hi, e) != 0)
		return -1;
	if (unit != JSON_NONE) {
		if (spelling(c, unit, false, text, &w, e) != 0)
			return -1;
		x.unit = (uint32_t)map_add(&l->usual_units, w);
	}
	if (l->nusuals == l->cap_usuals) {
		l->cap_usuals = l->cap_usuals != 0 ? l->cap_usuals * 2 : 64;
		l->usuals = mem_realloc(l->usuals,
		    l->cap_usuals * sizeof *l->usuals);
	}
	l->usuals[l->nusuals] = x;
	return add_list(&l->usual, true, c, words, (uint32_t)l->nusuals++,
	    NULL, e);
}

/* The words of one kind, a member of `kinds`; its name is the node before. */
static int
add_heads(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    struct err *e)
{
	char text[SPELLING_MAX];
	struct concept x = {0};
	struct str w;
	size_t k;

	if (read_kind(c, node - 1, &x, e) != 0 ||
	    check_array(c, node, "the words of a kind", e) != 0)
		return -1;
	for (uint32_t i = node + 1; i < c->doc.nodes[node].next;
	     i = c->doc.nodes[i].next) {
		if (spelling(c, i, true, text, &w, e) != 0)
			return -1;
		if (l->heads.n >= RECON_WORDS_MAX)
			return conf_err(c, i, e, "recon.limit",
			    "more than %d spellings", RECON_WORDS_MAX);
		k = map_add(&l->heads, w);
		if (k >= l->cap_heads) {
			l->cap_heads = l->cap_heads != 0 ? l->cap_heads * 2 :
			    256;
			l->head_kind = mem_realloc(l->head_kind, l->cap_heads);
		}
		l->head_kind[k] = x.kind;
	}
	return 0;
}

static int
add_dimension(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    struct err *e)
{
	char text[SPELLING_MAX];
	struct str w;

	if (spelling(c, node - 1, true, text, &w, e) != 0 ||
	    check_array(c, node, "the units of a dimension", e) != 0)
		return -1;
	l->quantity = mem_realloc(l->quantity, (l->ndimensions + 1) *
	    sizeof *l->quantity);
	l->quantity[l->ndimensions] = senses_word(&l->concepts, w);
	for (uint32_t k = node + 1; k < c->doc.nodes[node].next;
	     k = c->doc.nodes[k].next) {
		if (l->nunits == l->cap_units) {
			l->cap_units = l->cap_units != 0 ? l->cap_units * 2 :
			    64;
			l->dimension = mem_realloc(l->dimension,
			    l->cap_units * sizeof *l->dimension);
		}
		l->dimension[l->nunits] = l->ndimensions;
		if (add_list(&l->units, false, c, k, (uint32_t)l->nunits++,
			NULL, e) != 0)
			return -1;
	}
	l->ndimensions++;
	return 0;
}

/* Add the strings of list, which may be absent, to a set. */
static int
add_words(struct map *set, bool stems, const struct conf *c, uint32_t list,
    struct err *e)
{
	char text[SPELLING_MAX];
	struct str w;

	if (list == JSON_NONE)
		return 0;
	if (check_array(c, list, "words", e) != 0)
		return -1;
	for (uint32_t k = list + 1; k < c->doc.nodes[list].next;
	     k = c->doc.nodes[k].next) {
		if (spelling(c, k, stems, text, &w, e) != 0)
			return -1;
		if (set->n >= RECON_WORDS_MAX)
			return conf_err(c, k, e, "recon.limit",
			    "more than %d spellings", RECON_WORDS_MAX);
		map_add(set, w);
	}
	return 0;
}

/* Call add for each element of list (or value of an object). */
static int
each(struct recon_lexicon *l, const struct conf *c, uint32_t list,
    int (*add)(struct recon_lexicon *, const struct conf *, uint32_t,
	struct err *), struct err *e)
{
	bool object;

	if (list == JSON_NONE)
		return 0;
	object = json_type(&c->doc, list) == JSON_OBJECT;
	if (!object && json_type(&c->doc, list) != JSON_ARRAY)
		return conf_err(c, list, e, "recon.lexicon",
		    "must be a list");
	for (uint32_t k = list + 1; k < c->doc.nodes[list].next;
	     k = c->doc.nodes[k].next) {
		if (object)
			k++;
		if (add(l, c, k, e) != 0)
			return -1;
	}
	return 0;
}

/* The aliases of one word; the word is the node before. */
static int
add_aliases(struct recon_lexicon *l, const struct conf *c, uint32_t node,
    struct err *e)
{
	char text[SPELLING_MAX];
	struct str w;
	uint32_t full, brief;

	if (spelling(c, node - 1, true, text, &w, e) != 0 ||
	    check_array(c, node, "the aliases of a word", e) != 0)
		return -1;
	full = senses_word(&l->concepts, w);
	for (uint32_t k = node + 1; k < c->doc.nodes[node].next;
	     k = c->doc.nodes[k].next) {
		if (spelling(c, k, true, text, &w, e) != 0)
			return -1;
		if (l->concepts.words.n >= RECON_WORDS_MAX)
			return conf_err(c, k, e, "recon.limit",
			    "more than %d spellings", RECON_WORDS_MAX);
		brief = senses_word(&l->concepts, w);
		l->concepts.joined[brief] = false;
		if (l->naliases == l->cap_aliases) {
			l->cap_aliases = l->cap_aliases != 0 ?
			    l->cap_aliases * 2 : 256;
			l->aliases = mem_realloc(l->aliases,
			    l->cap_aliases * sizeof *l->aliases);
		}
		l->aliases[l->naliases++] = (struct alias){brief, full,
		    RECON_NONE};
	}
	return 0;
}

int
recon_lexicon_add(struct recon_lexicon *l, const struct conf *c,
    struct err *e)
{
	static const struct {
		const char *name;
		int (*add)(struct recon_lexicon *, const struct conf *,
		    uint32_t, struct err *);
	} parts[] = {{"concepts", add_concept}, {"kinds", add_heads},
	    {"usual", add_usual}, {"sets", lexicon_add_set},
	    {"contrasts", add_contrast},
	    {"units", add_dimension},
	    {"plain", add_plain}, {"alias", add_aliases}};
	const struct json_doc *d = &c->doc;
	uint32_t rap;

	if (json_type(d, 0) != JSON_OBJECT)
		return conf_err(c, 0, e, "recon.lexicon",
		    "a lexicon must be a mapping");
	rap = json_member(d, 0, STR("rap"));
	if (rap == JSON_NONE || json_type(d, rap) != JSON_STRING ||
	    !json_string_is(d, rap, STR("lexicon/1")))
		return conf_err(c, rap == JSON_NONE ? 0 : rap, e,
		    "recon.lexicon", "rap must be lexicon/1");
	if (add_words(&l->noise, false, c, json_member(d, 0, STR("noise")),
		e) != 0 ||
	    add_words(&l->roles, true, c, json_member(d, 0, STR("roles")),
		e) != 0 ||
	    add_words(&l->blank, true, c, json_member(d, 0, STR("blank")),
		e) != 0 ||
	    add_words(&l->qualifiers, true, c,
		json_member(d, 0, STR("qualifiers")), e) != 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (each(l, c, json_member(d, 0, str_of(parts[i].name)),
			parts[i].add, e) != 0)
			return -1;
	return lexicon_finish(l, e);
}
