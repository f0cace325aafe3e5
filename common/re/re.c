#include "re/re.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "re/re_priv.h"

enum {
	MATCH_LIMIT = 1000000,	 /* steps */
	HEAP_LIMIT = 64 * 1024,	 /* KiB */
	PARENS_LIMIT = 200,	 /* nested */
	JIT_STACK_MIN = 32 << 10,
	JIT_STACK_MAX = 512 << 10
};

struct re {
	pcre2_code *code;
	bool jit; /* there is machine code */
};

struct re_scratch {
	pcre2_match_data *data;
	pcre2_match_context *ctx;
	pcre2_jit_stack *stack; /* NULL: PCRE2 takes the thread's own */
};

static void *
re_alloc(PCRE2_SIZE n, void *unused)
{
	(void)unused;
	return mem_alloc(n);
}

static void
re_release(void *p, void *unused)
{
	(void)unused;
	mem_free(p);
}

static pcre2_general_context *
general(void)
{
	return pcre2_general_context_create(re_alloc, re_release, NULL);
}

/* The error PCRE2 found, moved from the rewritten pattern to the user's. */
static void
syntax_error(int code, size_t at, const struct buf *origin, size_t len,
    struct err *e)
{
	PCRE2_UCHAR text[160];
	uint16_t from;
	size_t pos = len;

	if (at * sizeof from < origin->len) {
		memcpy(&from, origin->p + at * sizeof from, sizeof from);
		pos = from;
	}
	if (pcre2_get_error_message(code, text, sizeof text) < 0)
		text[0] = '\0';
	err_at(e, pos, ERR_CONFIG, "re.syntax", "regular expression: %s",
	    (const char *)text);
}

static pcre2_code *
compile(const struct buf *text, enum re_dialect dialect, int *code,
    PCRE2_SIZE *at)
{
	uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK |
	    PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
	    PCRE2_MATCH_UNSET_BACKREF;
	pcre2_general_context *gen = general();
	pcre2_compile_context *ctx = pcre2_compile_context_create(gen);
	pcre2_code *re;

	if (dialect == RE_ECMA) {
		options |= PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS;
		pcre2_set_compile_extra_options(ctx,
		    PCRE2_EXTRA_ALT_BSUX);
	}
	pcre2_set_newline(ctx, PCRE2_NEWLINE_LF);
	pcre2_set_parens_nest_limit(ctx, PARENS_LIMIT);
	re = pcre2_compile((PCRE2_SPTR)(text->len ? text->p : ""), text->len,
	    options, code, at, ctx);
	pcre2_compile_context_free(ctx);
	pcre2_general_context_free(gen);
	return re;
}

struct re *
re_compile(struct str pattern, enum re_dialect dialect, struct err *e)
{
	struct buf text = {0}, origin = {0};
	struct re *re = NULL;
	pcre2_code *code = NULL;
	PCRE2_SIZE at = 0;
	size_t bad;
	int why;

	if (pattern.len > RE_PATTERN_MAX) {
		err_at(e, RE_PATTERN_MAX, ERR_CONFIG, "re.toolong",
		    "regular expression longer than %d bytes",
		    RE_PATTERN_MAX);
		return NULL;
	}
	bad = utf8_valid(pattern.p, pattern.len);
	if (bad < pattern.len) {
		err_at(e, bad, ERR_CONFIG, "re.utf8",
		    "regular expression is not UTF-8");
		return NULL;
	}
	if (re_translate(pattern, dialect, &text, &origin, e) == 0) {
		code = compile(&text, dialect, &why, &at);
		if (code == NULL)
			syntax_error(why, at, &origin, pattern.len, e);
	}
	buf_free(&text);
	buf_free(&origin);
	if (code == NULL)
		return NULL;
	re = mem_alloc(sizeof *re);
	re->code = code;
	re->jit = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
	return re;
}

void
re_free(struct re *re)
{
	if (re == NULL)
		return;
	pcre2_code_free(re->code);
	mem_free(re);
}

struct re_scratch *
re_scratch_new(void)
{
	struct re_scratch *s = mem_alloc(sizeof *s);
	pcre2_general_context *gen = general();

	s->data = pcre2_match_data_create(1, gen);
	s->ctx = pcre2_match_context_create(gen);
	pcre2_set_match_limit(s->ctx, MATCH_LIMIT);
	pcre2_set_depth_limit(s->ctx, MATCH_LIMIT);
	pcre2_set_heap_limit(s->ctx, HEAP_LIMIT);
	s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, gen);
	if (s->stack != NULL)
		pcre2_jit_stack_assign(s->ctx, NULL, s->stack);
	pcre2_general_context_free(gen);
	return s;
}

void
re_scratch_free(struct re_scratch *s)
{
	if (s == NULL)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->ctx);
	pcre2_jit_stack_free(s->stack);
	mem_free(s);
}

int
re_match(const struct re *re, struct re_scratch *s, struct str text,
    struct err *e)
{
	PCRE2_SPTR p = (PCRE2_SPTR)(text.len != 0 ? text.p : "");
	int rc;

	rc = pcre2_match(re->code, p, text.len, 0, PCRE2_NO_UTF_CHECK,
	    s->data, s->ctx);
	/* Machine code has a small stack of its own; the interpreter has the
	 * heap, with the limit set above. */
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(re->code, p, text.len, 0,
		    PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, s->data, s->ctx);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	err_set(e, ERR_DATA, "re.limit",
	    "regular expression needs too much work on %zu bytes (%d)",
	    text.len, rc);
	return err_hint(e, "repetition inside repetition, as in (a+)+, "
	    "is the usual cause");
}
