#include "hash/many.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "hash/hash_priv.h"

/* A text that is not longer is hashed from a copy with its padding. */
enum { COPIED = 1024, LENGTH = 8 /* bytes, in the padding */ };

/* Where A to H are in the state of a kernel. */
static const uint8_t place[8] = {3, 2, 7, 6, 1, 0, 5, 4};

/* FIPS 180-4, 5.3.3, in that order. */
static const uint32_t initial[8] = {0x9b05688c, 0x510e527f, 0xbb67ae85,
    0x6a09e667, 0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372};

/* One message on its way: whole blocks at `at`, then what rest has. */
struct lane {
	uint32_t state[8];
	const uint8_t *at;
	size_t blocks;
	struct str rest;
	uint64_t bytes;	   /* of the message */
	size_t out;	   /* place of its digest */
	const struct hash_more *more; /* or it is one that goes on */
	bool busy, padded; /* the padding is in what `at` has */
	uint8_t near[1 + COPIED + 2 * HASH_BLOCK];
};

struct hash_many {
	const struct hash_kernel *kernel; /* or NULL */
	struct hash *one;
	struct lane lane[2];
	/* Of one call: what no lane has begun. */
	const struct hash_texts *texts; /* or NULL */
	bool ended;			/* it has no more */
	const struct hash_more *more;
	size_t nmore;
};

const struct hash_kernel *
hash_kernel_choose(const char *name)
{
	if (name != NULL && strcmp(name, "scalar") == 0)
		return NULL;
#if defined(__x86_64__)
	if (hash_kernel_sha.supported())
		return &hash_kernel_sha;
#endif
	return NULL;
}

struct hash_many *
hash_many_new(const struct hash_kernel *k)
{
	struct hash_many *m = mem_zalloc(sizeof *m);

	m->kernel = k;
	m->one = hash_new();
	return m;
}

void
hash_many_free(struct hash_many *m)
{
	if (m == NULL)
		return;
	hash_free(m->one);
	mem_free(m);
}

struct hash *
hash_many_one(struct hash_many *m)
{
	return m->one;
}

static void
put_be32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* The end of the message is near[0..n): pad it (FIPS 180-4, 5.1.1). */
static void
pad(struct lane *l, size_t n)
{
	size_t blocks = (n + 1 + LENGTH + HASH_BLOCK - 1) / HASH_BLOCK;
	size_t len = blocks * HASH_BLOCK;

	l->near[n] = 0x80;
	memset(l->near + n + 1, 0, len - LENGTH - n - 1);
	put_be32(l->near + len - 8, (uint32_t)(l->bytes >> 29));
	put_be32(l->near + len - 4, (uint32_t)(l->bytes << 3));
	l->at = l->near;
	l->blocks = blocks;
	l->padded = true;
}

static void
begin_text(struct lane *l, uint8_t prefix, struct str text, size_t out)
{
	size_t first = text.len <= COPIED ? text.len : HASH_BLOCK - 1;

	memcpy(l->state, initial, sizeof l->state);
	l->busy = true;
	l->more = NULL;
	l->bytes = text.len + 1;
	l->out = out;
	l->near[0] = prefix;
	if (first != 0)
		memcpy(l->near + 1, text.p, first);
	if (first == text.len) {
		pad(l, first + 1);
		return;
	}
	l->rest = (struct str){text.p + first, text.len - first};
	l->at = l->near;
	l->blocks = 1;
	l->padded = false;
}

/* From the next block on: what was added so far may end inside one. */
static void
begin_more(struct lane *l, const struct hash_more *more)
{
	SHA256_CTX *c = &more->h->ctx;
	struct str t = more->text.len != 0 ? more->text : STR("");
	size_t fill = (HASH_BLOCK - c->num) % HASH_BLOCK;

	if (fill > t.len)
		fill = t.len;
	hash_add(more->h, t.p, fill);
	l->busy = true;
	l->more = more;
	l->at = (const uint8_t *)t.p + fill;
	l->blocks = (t.len - fill) / HASH_BLOCK;
	l->bytes = l->blocks * HASH_BLOCK;
	l->rest = (struct str){t.p + fill + l->bytes, t.len - fill - l->bytes};
	for (int i = 0; i < 8; i++)
		l->state[place[i]] = c->h[i];
}

static void
end_more(struct lane *l)
{
	SHA256_CTX *c = &l->more->h->ctx;
	uint64_t bits = ((uint64_t)c->Nh << 32 | c->Nl) + l->bytes * 8;

	for (int i = 0; i < 8; i++)
		c->h[i] = l->state[place[i]];
	c->Nh = (SHA_LONG)(bits >> 32);
	c->Nl = (SHA_LONG)bits;
	hash_add(l->more->h, l->rest.p, l->rest.len);
}

static void
end_text(struct hash_many *m, struct lane *l)
{
	struct buf *out = m->texts->out;
	uint8_t *digest = (uint8_t *)out->p + l->out;

	for (int i = 0; i < 8; i++)
		put_be32(digest + 4 * i, l->state[place[i]]);
}

/* The next blocks of the message in the lane; false when that was all. */
static bool
go_on(struct lane *l)
{
	if (l->more != NULL || l->padded)
		return false;
	l->blocks = l->rest.len / HASH_BLOCK;
	if (l->blocks != 0) {
		size_t n = l->blocks * HASH_BLOCK;

		l->at = (const uint8_t *)l->rest.p;
		l->rest = (struct str){l->rest.p + n, l->rest.len - n};
	} else {
		memcpy(l->near, l->rest.p, l->rest.len);
		pad(l, l->rest.len);
	}
	return true;
}

/* The next message for a free lane.  What goes on is long: it comes first. */
static bool
begin(struct hash_many *m, struct lane *l)
{
	const struct hash_texts *t = m->texts;
	struct str text;

	if (m->nmore > 0) {
		m->nmore--;
		begin_more(l, m->more++);
		return true;
	}
	/* What passes the ceiling of out is not hashed: its owner sees it. */
	if (t == NULL || m->ended || !t->next(t->arg, &text) ||
	    !buf_need(t->out, HASH_LEN)) {
		m->ended = true;
		return false;
	}
	begin_text(l, t->prefix, text, t->out->len);
	t->out->len += HASH_LEN;
	return true;
}

/* Blocks for a lane that has none; false when nothing is left. */
static bool
fill(struct hash_many *m, struct lane *l)
{
	while (l->blocks == 0) {
		if (l->busy && go_on(l))
			continue;
		if (l->busy && l->more != NULL)
			end_more(l);
		else if (l->busy)
			end_text(m, l);
		l->busy = false;
		if (!begin(m, l))
			return false;
	}
	return true;
}

static void
two_lanes(struct hash_many *m)
{
	struct lane *a = &m->lane[0], *b = &m->lane[1];

	while (fill(m, a) && fill(m, b)) {
		size_t n = a->blocks < b->blocks ? a->blocks : b->blocks;

		m->kernel->two(a->state, a->at, b->state, b->at, n);
		a->at += n * HASH_BLOCK;
		a->blocks -= n;
		b->at += n * HASH_BLOCK;
		b->blocks -= n;
	}
	/* One of them may have work left. */
	for (int i = 0; i < 2; i++) {
		for (a = &m->lane[i]; fill(m, a); a->blocks = 0)
			m->kernel->one(a->state, a->at, a->blocks);
	}
}

static void
in_turn(struct hash_many *m, const struct hash_texts *t)
{
	struct str text;

	while (t->next(t->arg, &text) && buf_need(t->out, HASH_LEN)) {
		hash_prefixed(m->one, t->prefix, text.p, text.len,
		    (uint8_t *)t->out->p + t->out->len);
		t->out->len += HASH_LEN;
	}
}

void
hash_many(struct hash_many *m, const struct hash_texts *texts,
    const struct hash_more *more, size_t n)
{
	/* One message alone is libcrypto's. */
	if (m->kernel != NULL && (texts != NULL || n > 1)) {
		m->texts = texts;
		m->ended = false;
		m->more = more;
		m->nmore = n;
		two_lanes(m);
		return;
	}
	for (size_t i = 0; i < n; i++)
		hash_add(more[i].h, more[i].text.p, more[i].text.len);
	if (texts != NULL)
		in_turn(m, texts);
}
