#include "base/err.h"
#include "schema/compile_priv.h"

static const struct keyword keywords[] = {
    /* validation */
    {"type", DRAFT_ALL, HOLDS_NONE, schema_word_type},
    {"enum", DRAFT_ALL, HOLDS_NONE, schema_word_enum},
    {"const", DRAFT_ALL, HOLDS_NONE, schema_word_const},
    {"minimum", DRAFT_ALL, HOLDS_NONE, schema_word_bound},
    {"maximum", DRAFT_ALL, HOLDS_NONE, schema_word_bound},
    {"exclusiveMinimum", DRAFT_ALL, HOLDS_NONE, schema_word_bound},
    {"exclusiveMaximum", DRAFT_ALL, HOLDS_NONE, schema_word_bound},
    {"multipleOf", DRAFT_ALL, HOLDS_NONE, schema_word_multiple},
    {"minLength", DRAFT_ALL, HOLDS_NONE, schema_word_count},
    {"maxLength", DRAFT_ALL, HOLDS_NONE, schema_word_count},
    {"pattern", DRAFT_ALL, HOLDS_NONE, schema_word_pattern},
    {"minItems", DRAFT_ALL, HOLDS_NONE, schema_word_count},
    {"maxItems", DRAFT_ALL, HOLDS_NONE, schema_word_count},
    {"uniqueItems", DRAFT_ALL, HOLDS_NONE, schema_word_unique},
    {"minContains", DRAFT_NEW, HOLDS_NONE, schema_word_count},
    {"maxContains", DRAFT_NEW, HOLDS_NONE, schema_word_count},
    {"minProperties", DRAFT_ALL, HOLDS_NONE, schema_word_count},
    {"maxProperties", DRAFT_ALL, HOLDS_NONE, schema_word_count},
    {"required", DRAFT_ALL, HOLDS_NONE, schema_word_required},
    {"dependentRequired", DRAFT_NEW, HOLDS_NONE, schema_word_needs},
    /* applicators */
    {"allOf", DRAFT_ALL, HOLDS_LIST, schema_word_all},
    {"anyOf", DRAFT_ALL, HOLDS_LIST, schema_word_any},
    {"oneOf", DRAFT_ALL, HOLDS_LIST, schema_word_one},
    {"not", DRAFT_ALL, HOLDS_SCHEMA, schema_word_not},
    {"if", DRAFT_07 | DRAFT_NEW, HOLDS_SCHEMA, schema_word_if},
    {"then", DRAFT_07 | DRAFT_NEW, HOLDS_SCHEMA, schema_word_then},
    {"else", DRAFT_07 | DRAFT_NEW, HOLDS_SCHEMA, schema_word_else},
    {"properties", DRAFT_ALL, HOLDS_MAP, schema_word_properties},
    {"patternProperties", DRAFT_ALL, HOLDS_MAP, schema_word_patterns},
    {"additionalProperties", DRAFT_ALL, HOLDS_SCHEMA, schema_word_additional},
    {"propertyNames", DRAFT_ALL, HOLDS_SCHEMA, schema_word_names},
    {"prefixItems", DRAFT_2020, HOLDS_LIST, schema_word_prefix},
    {"items", DRAFT_LISTS, HOLDS_ITEMS, schema_word_items},
    {"items", DRAFT_2020, HOLDS_SCHEMA, schema_word_items},
    {"additionalItems", DRAFT_LISTS, HOLDS_SCHEMA,
	schema_word_additional_items},
    {"contains", DRAFT_ALL, HOLDS_SCHEMA, schema_word_contains},
    {"dependentSchemas", DRAFT_NEW, HOLDS_MAP, schema_word_needs},
    /* Split in two in 2019, and still read there: it is in use. */
    {"dependencies", DRAFT_ALL, HOLDS_NEEDS, schema_word_needs},
    /* core */
    {"$ref", DRAFT_ALL, HOLDS_NONE, schema_word_ref},
    {"$defs", DRAFT_ALL, HOLDS_MAP, NULL},
    {"definitions", DRAFT_ALL, HOLDS_MAP, NULL},
    {"$schema", DRAFT_ALL, HOLDS_NONE, NULL},
    {"$id", DRAFT_ALL, HOLDS_NONE, NULL},
    {"$anchor", DRAFT_NEW, HOLDS_NONE, NULL},
    {"$dynamicAnchor", DRAFT_2020, HOLDS_NONE, NULL},
    {"$recursiveAnchor", DRAFT_2019, HOLDS_NONE, NULL},
    {"$vocabulary", DRAFT_NEW, HOLDS_NONE, NULL},
    {"$comment", DRAFT_ALL, HOLDS_NONE, NULL},
    /* annotations */
    {"title", DRAFT_ALL, HOLDS_NONE, NULL},
    {"description", DRAFT_ALL, HOLDS_NONE, NULL},
    {"default", DRAFT_ALL, HOLDS_NONE, NULL},
    {"deprecated", DRAFT_ALL, HOLDS_NONE, NULL},
    {"readOnly", DRAFT_ALL, HOLDS_NONE, NULL},
    {"writeOnly", DRAFT_ALL, HOLDS_NONE, NULL},
    {"examples", DRAFT_ALL, HOLDS_NONE, NULL},
    {"example", DRAFT_ALL, HOLDS_NONE, NULL},
    {"format", DRAFT_ALL, HOLDS_NONE, NULL},
    {"contentMediaType", DRAFT_ALL, HOLDS_NONE, NULL},
    {"contentEncoding", DRAFT_ALL, HOLDS_NONE, NULL},
    {"contentSchema", DRAFT_ALL, HOLDS_SCHEMA, NULL},
    /* They change the verdict and are not done here. */
    {"unevaluatedItems", DRAFT_NEW, HOLDS_SCHEMA, schema_word_refused},
    {"unevaluatedProperties", DRAFT_NEW, HOLDS_SCHEMA, schema_word_refused},
    {"$dynamicRef", DRAFT_2020, HOLDS_NONE, schema_word_refused},
    {"$recursiveRef", DRAFT_2019, HOLDS_NONE, schema_word_refused},
    {"nullable", DRAFT_ALL, HOLDS_NONE, schema_word_refused},
    {"discriminator", DRAFT_ALL, HOLDS_NONE, schema_word_refused},
    {"disallow", DRAFT_ALL, HOLDS_NONE, schema_word_refused},
    {"extends", DRAFT_ALL, HOLDS_NONE, schema_word_refused},
    {"divisibleBy", DRAFT_ALL, HOLDS_NONE, schema_word_refused},
};

static const char *
draft_name(unsigned drafts)
{
	if (drafts & DRAFT_2020)
		return "2020-12";
	if (drafts & DRAFT_2019)
		return "2019-09";
	return drafts & DRAFT_07 ? "draft-07" : "draft-06";
}

const struct keyword *
schema_keyword_find(const struct compiler *c, uint32_t name)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if ((keywords[i].drafts & (unsigned)c->draft) != 0 &&
		    json_string_is(c->doc, name, str_of(keywords[i].name)))
			return &keywords[i];
	return NULL;
}

/* A row of another dialect with this name, or NULL. */
static const struct keyword *
elsewhere(const struct compiler *c, uint32_t name)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (json_string_is(c->doc, name, str_of(keywords[i].name)))
			return &keywords[i];
	return NULL;
}

static const char *
nearest(const struct compiler *c, struct str name)
{
	const char *words[ARRAY_LEN(keywords)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if ((keywords[i].drafts & (unsigned)c->draft) != 0)
			words[n++] = keywords[i].name;
	return str_near(name, words, n);
}

const struct keyword *
schema_keyword(struct compiler *c, uint32_t name, bool *annotation)
{
	const struct keyword *k = schema_keyword_find(c, name);
	struct str text;
	const char *near;

	*annotation = false;
	if (k != NULL)
		return k;
	k = elsewhere(c, name);
	if (k != NULL) {
		schema_err(c, name, "schema.keyword",
		    "\"%s\" is not a keyword of %s", k->name,
		    draft_name(c->draft));
		err_hint(c->e, "it is one of %s: set $schema, or use the word "
		    "of this dialect", draft_name(k->drafts));
		return NULL;
	}
	text = json_string(c->doc, name, &c->s->arena);
	near = text.len > 1 && memcmp(text.p, "x-", 2) == 0 ? NULL
							    : nearest(c, text);
	*annotation = near == NULL;
	if (near != NULL) {
		char shown[64];

		str_escape(shown, sizeof shown, text.p, text.len);
		schema_err(c, name, "schema.keyword", "unknown keyword \"%s\"",
		    shown);
		err_hint(c->e, "did you mean \"%s\"? an annotation may start "
		    "with x-", near);
	}
	return NULL;
}
