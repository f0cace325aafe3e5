/* Stage 1 with NEON, which every AArch64 processor has. */
#include "json/kernel.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#define INLINE static inline __attribute__((always_inline))

static bool
supported(void)
{
	return true;
}

/* 64 bytes. */
struct word {
	uint8x16_t v[4];
};

struct utf8 {
	uint8x16_t prev;  /* the 16 bytes before */
	uint8x16_t error; /* not zero: malformed */
	uint8x16_t open;  /* not zero: the bytes before end in a character */
};

INLINE void
utf8_step(struct utf8 *u, uint8x16_t v)
{
	static const uint8_t high1[16] = {KERNEL_UTF8_HIGH1};
	static const uint8_t low1[16] = {KERNEL_UTF8_LOW1};
	static const uint8_t high2[16] = {KERNEL_UTF8_HIGH2};
	uint8x16_t prev1 = vextq_u8(u->prev, v, 15);
	uint8x16_t prev2 = vextq_u8(u->prev, v, 14);
	uint8x16_t prev3 = vextq_u8(u->prev, v, 13);
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
	u->error = vorrq_u8(u->error, veorq_u8(must, pair));
	u->prev = v;
}

/* Do the last three bytes begin a character they do not end? */
INLINE uint8x16_t
utf8_open(uint8x16_t v)
{
	static const uint8_t limit[16] = {255, 255, 255, 255, 255, 255, 255,
	    255, 255, 255, 255, 255, 255, 0xf0 - 1, 0xe0 - 1, 0xc0 - 1};

	return vqsubq_u8(v, vld1q_u8(limit));
}

INLINE void
utf8_word(struct utf8 *u, const struct word *w)
{
	uint8x16_t any = vorrq_u8(vorrq_u8(w->v[0], w->v[1]),
	    vorrq_u8(w->v[2], w->v[3]));

	if (vmaxvq_u8(any) < 0x80) {
		u->error = vorrq_u8(u->error, u->open);
		u->open = vdupq_n_u8(0);
		u->prev = w->v[3];
		return;
	}
	for (int k = 0; k < 4; k++)
		utf8_step(u, w->v[k]);
	u->open = utf8_open(w->v[3]);
}

/* Bit i: is byte i of four vectors of 0x00 and 0xff set? */
INLINE uint64_t
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

INLINE uint64_t
equal(const struct word *w, char c)
{
	uint8x16_t x = vdupq_n_u8((uint8_t)c);

	return bits_of(vceqq_u8(w->v[0], x), vceqq_u8(w->v[1], x),
	    vceqq_u8(w->v[2], x), vceqq_u8(w->v[3], x));
}

/* Bytes up to 0x1f. */
INLINE uint64_t
control(const struct word *w)
{
	uint8x16_t top = vdupq_n_u8(0x1f);

	return bits_of(vcleq_u8(w->v[0], top), vcleq_u8(w->v[1], top),
	    vcleq_u8(w->v[2], top), vcleq_u8(w->v[3], top));
}

/* Append base + i for each set bit i. */
INLINE uint32_t
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

INLINE struct word
load(const char *p)
{
	const uint8_t *b = (const uint8_t *)p;

	return (struct word){{vld1q_u8(b), vld1q_u8(b + 16), vld1q_u8(b + 32),
	    vld1q_u8(b + 48)}};
}

static void
index_block(const char *data, size_t len, struct kernel_out *out)
{
	struct utf8 u = {vdupq_n_u8(0), vdupq_n_u8(0), vdupq_n_u8(0)};
	uint64_t carry = 0, inside = 0, ctrl_in = 0;
	uint32_t nq = 0, ne = 0;
	char last[64];

	for (size_t i = 0; i < len; i += 64) {
		const char *p = data + i;
		uint64_t quote, escapes, in;
		struct word w;

		if (len - i < 64) {
			/* Blanks behind the end change nothing. */
			__builtin_memset(last, ' ', sizeof last);
			__builtin_memcpy(last, p, len - i);
			p = last;
		}
		w = load(p);
		quote = equal(&w, '"');
		quote &= ~kernel_escaped(equal(&w, '\\'), &carry, &escapes);
		in = kernel_parity(quote) ^ inside;
		inside = (uint64_t)((int64_t)in >> 63);
		ctrl_in |= control(&w) & in;
		nq += put_bits(out->quotes + nq, quote, (uint32_t)i);
		if (escapes != 0)
			ne += put_bits(out->escapes + ne, escapes,
			    (uint32_t)i);
		utf8_word(&u, &w);
	}
	u.error = vorrq_u8(u.error, u.open);
	out->nquotes = nq;
	out->nescapes = ne;
	out->bad = ctrl_in != 0 || inside != 0 || vmaxvq_u8(u.error) != 0;
}

const struct json_kernel json_kernel_neon = {"neon", supported, index_block};

#endif
