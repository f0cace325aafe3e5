#include "seen/seen_priv.h"

#include <string.h>

#include "base/mem.h"

/*
 * A hash table whose order is that of the hashes: the place of a key follows
 * from the first bits of its hash, and where places are taken the keys move
 * up in order.  So it is written to disk without being sorted.
 */
enum { BITS_MIN = 10, BEHIND = 256, HEAP_MIN = 4096 };

#define OLD ((uint64_t)1 << 63)
#define FREE UINT64_MAX

static size_t
nslots(unsigned bits)
{
	return ((size_t)1 << bits) + BEHIND;
}

static size_t
place(const struct young *y, uint64_t hash)
{
	return (size_t)(hash >> (64 - y->bits));
}

static struct str
text_of(const struct young *y, const struct young_slot *s)
{
	const unsigned char *p = y->heap + (s->at & ~OLD);

	return (struct str){(const char *)p + 1, *p};
}

static struct young_slot *
empty_slots(unsigned bits)
{
	size_t n = nslots(bits);
	struct young_slot *s = mem_alloc(n * sizeof *s);

	for (size_t i = 0; i < n; i++)
		s[i].at = FREE;
	return s;
}

/* The slot of the key, or the one where it belongs. */
static size_t
find(const struct young *y, const struct seen_key *k, bool *found)
{
	size_t i = place(y, k->hash), end = nslots(y->bits);

	*found = true;
	for (; i < end && y->slots[i].at != FREE; i++) {
		const struct young_slot *s = &y->slots[i];

		if (s->hash > k->hash)
			break;
		if (s->hash == k->hash && str_eq(text_of(y, s), k->text))
			return i;
	}
	*found = false;
	return i;
}

/* Put s at slot i, moving up what is there.  False: no slot is free. */
static bool
insert(struct young *y, size_t i, struct young_slot s)
{
	size_t end = nslots(y->bits), to = i;

	while (to < end && y->slots[to].at != FREE)
		to++;
	if (to == end)
		return false;
	memmove(&y->slots[i + 1], &y->slots[i],
	    (to - i) * sizeof *y->slots);
	y->slots[i] = s;
	y->n++;
	return true;
}

/* Twice the places.  In the order of the hashes each key comes after the one
 * before, at its place or the next free slot. */
static bool
grow(struct young *y, size_t limit)
{
	unsigned bits = y->slots != NULL ? y->bits + 1 : BITS_MIN;
	size_t had = y->slots != NULL ? nslots(y->bits) : 0, at = 0;
	size_t end = nslots(bits);
	struct young_slot *slots;

	if ((had + end) * sizeof *slots + y->cap > limit)
		return false;
	slots = empty_slots(bits);
	y->bits = bits;
	for (size_t i = 0; i < had; i++) {
		if (y->slots[i].at == FREE)
			continue;
		if (at < place(y, y->slots[i].hash))
			at = place(y, y->slots[i].hash);
		if (at == end) {
			mem_free(slots);
			y->bits--;
			return false;
		}
		slots[at++] = y->slots[i];
	}
	mem_free(y->slots);
	y->slots = slots;
	return true;
}

static bool
grow_heap(struct young *y, size_t limit)
{
	size_t table = nslots(y->bits) * sizeof *y->slots, cap;

	if (table >= limit || y->cap >= limit - table)
		return false;
	cap = y->cap != 0 ? y->cap * 2 : HEAP_MIN;
	if (cap > limit - table)
		cap = limit - table;
	y->heap = mem_realloc(y->heap, cap);
	y->cap = cap;
	return y->cap - y->len > UINT8_MAX;
}

bool
young_has(const struct young *y, const struct seen_key *k)
{
	bool found = false;

	if (y->slots != NULL)
		find(y, k, &found);
	return found;
}

bool
young_add(struct young *y, const struct seen_key *k, bool old, size_t limit)
{
	struct young_slot s = {k->hash, old ? OLD : 0};
	bool found;

	if ((y->slots == NULL || y->n * 4 >= ((size_t)3 << y->bits)) &&
	    !grow(y, limit))
		return false;
	if (y->cap - y->len <= UINT8_MAX && !grow_heap(y, limit))
		return false;
	s.at |= y->len;
	while (!insert(y, find(y, k, &found), s))
		if (!grow(y, limit))
			return false;
	y->heap[y->len] = (unsigned char)k->text.len;
	if (k->text.len != 0)
		memcpy(y->heap + y->len + 1, k->text.p, k->text.len);
	y->len += 1 + k->text.len;
	return true;
}

bool
young_next(const struct young *y, size_t *i, struct seen_key *k)
{
	size_t end = y->slots != NULL ? nslots(y->bits) : 0;

	for (; *i < end; ++*i) {
		const struct young_slot *s = &y->slots[*i];

		if ((s->at & OLD) != 0) /* or FREE */
			continue;
		k->hash = s->hash;
		k->text = text_of(y, s);
		++*i;
		return true;
	}
	return false;
}

size_t
young_bytes(const struct young *y)
{
	return y->slots == NULL ? y->cap :
	    nslots(y->bits) * sizeof *y->slots + y->cap;
}

void
young_clear(struct young *y, size_t limit)
{
	if (young_bytes(y) > limit) {
		young_free(y);
		return;
	}
	for (size_t i = 0; y->slots != NULL && i < nslots(y->bits); i++)
		y->slots[i].at = FREE;
	y->n = 0;
	y->len = 0;
}

void
young_free(struct young *y)
{
	mem_free(y->slots);
	mem_free(y->heap);
	*y = (struct young){0};
}
