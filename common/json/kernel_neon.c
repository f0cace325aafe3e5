/* Stage 1 with NEON, which every AArch64 processor has. */
#include "json/kernel.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#define TARGET
#define INLINE inline __attribute__((always_inline))
#define LANES uint64_t __attribute__((vector_size(16)))

static bool
supported(void)
{
	return true;
}

struct word {
	uint8x16_t v[4];
};

static INLINE struct word
load(const char *p)
{
	const uint8_t *b = (const uint8_t *)p;

	return (struct word){{vld1q_u8(b), vld1q_u8(b + 16), vld1q_u8(b + 32),
	    vld1q_u8(b + 48)}};
}

/* Bit i: is byte i of four vectors of 0x00 and 0xff set? */
static INLINE uint64_t
bits_of(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
	static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4,
	    8, 16, 32, 64, 128};
	const uint8x16_t place = vld1q_u8(places);
	uint8x16_t ab = vpaddq_u8(vandq_u8(a, place), vandq_u8(b, place));
	uint8x16_t cd = vpaddq_u8(vandq_u8(c, place), vandq_u8(d, place));
	uint8x16_t all = vpaddq_u8(ab, cd);

	all = vpaddq_u8(all, all);
	return vgetq_lane_u64(vreinterpretq_u64_u8(all), 0);
}

static INLINE uint64_t
equal(const struct word *w, char c)
{
	uint8x16_t x = vdupq_n_u8((uint8_t)c);

	return bits_of(vceqq_u8(w->v[0], x), vceqq_u8(w->v[1], x),
	    vceqq_u8(w->v[2], x), vceqq_u8(w->v[3], x));
}

static INLINE uint64_t
between(const struct word *w, char from, char to)
{
	uint8x16_t base = vdupq_n_u8((uint8_t)from);
	uint8x16_t top = vdupq_n_u8((uint8_t)(to - from));

	return bits_of(vcleq_u8(vsubq_u8(w->v[0], base), top),
	    vcleq_u8(vsubq_u8(w->v[1], base), top),
	    vcleq_u8(vsubq_u8(w->v[2], base), top),
	    vcleq_u8(vsubq_u8(w->v[3], base), top));
}

static INLINE struct word
either(const struct word *w, const struct word *x)
{
	return (struct word){{vorrq_u8(w->v[0], x->v[0]),
	    vorrq_u8(w->v[1], x->v[1]), vorrq_u8(w->v[2], x->v[2]),
	    vorrq_u8(w->v[3], x->v[3])}};
}

static INLINE bool
high(const struct word *w)
{
	uint8x16_t any = vorrq_u8(vorrq_u8(w->v[0], w->v[1]),
	    vorrq_u8(w->v[2], w->v[3]));

	return vmaxvq_u8(any) >= 0x80;
}

static INLINE uint64_t
letters(const struct word *w)
{
	return equal(w, 'e') | equal(w, 'E');
}

static INLINE uint64_t
signs(const struct word *w)
{
	return equal(w, '+') | equal(w, '-');
}

/* Bytes not 0 where the 16 bytes at p are wrong. */
static INLINE uint8x16_t
utf8_quarter(const uint8_t *p)
{
	static const uint8_t high1[16] = {KERNEL_UTF8_HIGH1};
	static const uint8_t low1[16] = {KERNEL_UTF8_LOW1};
	static const uint8_t high2[16] = {KERNEL_UTF8_HIGH2};
	uint8x16_t v = vld1q_u8(p);
	uint8x16_t prev1 = vld1q_u8(p - 1);
	uint8x16_t prev2 = vld1q_u8(p - 2);
	uint8x16_t prev3 = vld1q_u8(p - 3);
	uint8x16_t pair, third, must;

	pair = vandq_u8(
	    vandq_u8(vqtbl1q_u8(vld1q_u8(high1), vshrq_n_u8(prev1, 4)),
		vqtbl1q_u8(vld1q_u8(low1), vandq_u8(prev1, vdupq_n_u8(15)))),
	    vqtbl1q_u8(vld1q_u8(high2), vshrq_n_u8(v, 4)));
	/* Two back a lead of three or more, three back one of four: here must
	 * be the second of two continuations, and nowhere else. */
	third = vorrq_u8(vqsubq_u8(prev2, vdupq_n_u8(0xe0 - 0x80)),
	    vqsubq_u8(prev3, vdupq_n_u8(0xf0 - 0x80)));
	must = vandq_u8(third, vdupq_n_u8(0x80));
	return veorq_u8(must, pair);
}

static INLINE uint64_t
utf8_errors(const char *p)
{
	const uint8_t *b = (const uint8_t *)p;

	return vmaxvq_u8(
	    vorrq_u8(vorrq_u8(utf8_quarter(b), utf8_quarter(b + 16)),
		vorrq_u8(utf8_quarter(b + 32), utf8_quarter(b + 48))));
}

/* Append base + i for each set bit i. */
static INLINE uint32_t
put_bits(uint32_t *to, uint64_t bits, uint32_t base)
{
	uint32_t n = (uint32_t)__builtin_popcountll(bits);

	for (uint32_t at = 0; at < n; at += 4)
		for (uint32_t k = 0; k < 4; k++) {
			/* Past the last bit this stores what is not read. */
			to[at + k] = base +
			    (uint32_t)__builtin_ctzll(bits | (uint64_t)1 << 63);
			bits &= bits - 1;
		}
	return n;
}

static INLINE uint64_t
parity(uint64_t x)
{
	return kernel_parity(x);
}

static INLINE LANES
lanes_up(LANES before, LANES v)
{
	return (LANES)vextq_u64((uint64x2_t)before, (uint64x2_t)v, 1);
}

#include "json/kernel_plain.h"

#include "json/kernel_index.h"

const struct json_kernel json_kernel_neon = {"neon", supported, index_block};

#endif
