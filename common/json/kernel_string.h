#ifndef RAP_JSON_KERNEL_STRING_H
#define RAP_JSON_KERNEL_STRING_H

/* The loops of a kernel about strings; see kernel_index.h. */
#include "json/kernel.h"
#include "json/kernel_run.h"

#if defined(TARGET)

TARGET static inline bool
any_slash(const struct run *r, uint32_t n)
{
	LANES any = {0}, slash;

	for (uint32_t i = 0; i < n; i += AT_ONCE) {
		memcpy(&slash, r->masks.slash + i, sizeof slash);
		any |= slash;
	}
	return any_lane(any);
}

/*
 * What the backslashes of the words at i and up escape, if none of these ends
 * with one and none before escapes: then no word needs another (kernel_escaped
 * says how it is done).
 */
TARGET static inline void
escaped_alone(struct kernel_masks *m, uint32_t i)
{
	const uint64_t even = 0x5555555555555555u;
	LANES slash, quote, follows, starts, escaped;

	memcpy(&slash, m->slash + i, sizeof slash);
	memcpy(&quote, m->quote + i, sizeof quote);
	follows = slash << 1;
	starts = slash & ~even & ~follows;
	escaped = (even ^ (starts + slash) << 1) & follows;
	quote &= ~escaped;
	slash &= ~escaped;
	memcpy(m->quote + i, &quote, sizeof quote);
	memcpy(m->slash + i, &slash, sizeof slash);
}

/* Take escaped quotes out of the words from at on, and note what escapes. */
TARGET static __attribute__((noinline)) void
index_escapes(struct run *r, size_t at, uint32_t n)
{
	struct kernel_masks *m = &r->masks;
	uint32_t *to = r->out->escapes + r->out->nescapes;

	for (uint32_t i = 0; i < n; i += AT_ONCE) {
		uint64_t last = r->escaped << 63;

		for (uint32_t k = i; k < i + AT_ONCE; k++)
			last |= m->slash[k];
		if (last >> 63 == 0) {
			escaped_alone(m, i);
			continue;
		}
		for (uint32_t k = i; k < i + AT_ONCE && k < n; k++)
			m->quote[k] &= ~kernel_escaped(m->slash[k],
			    &r->escaped, &m->slash[k]);
	}
	for (uint32_t i = 0; i < n; i++)
		if (m->slash[i] != 0)
			to += put_bits(to, m->slash[i], (uint32_t)at + i * 64);
	r->out->nescapes = (uint32_t)(to - r->out->escapes);
}

/* Which bytes are in strings; digits there are none. */
TARGET static inline void
index_inside(struct run *r, uint32_t n)
{
	struct kernel_masks *m = &r->masks;
	LANES low, digit, in, bad = r->control;

	for (uint32_t i = 0; i < n; i += AT_ONCE) {
		in = inside_strings(m->quote + i, &r->inside);
		memcpy(&low, m->low + i, sizeof low);
		memcpy(&digit, m->digit + i, sizeof digit);
		bad |= low & in;
		digit &= ~in;
		memcpy(m->digit + i, &digit, sizeof digit);
	}
	r->control = bad;
}

TARGET static inline void
index_quotes(struct run *r, size_t at, uint32_t n)
{
	uint32_t *to = r->out->quotes + r->out->nquotes;

	for (uint32_t i = 0; i < n; i++)
		to += put_bits(to, r->masks.quote[i], (uint32_t)at + i * 64);
	r->out->nquotes = (uint32_t)(to - r->out->quotes);
}

#endif
#endif
