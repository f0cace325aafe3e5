/* Stage 1 with AVX-512 BW and VBMI2 (Ice Lake, Zen 4 and later). */
#include "json/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET                                                                 \
	__attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2,"       \
			      "pclmul,bmi,popcnt")))
#define INLINE TARGET inline __attribute__((always_inline))

static bool
supported(void)
{
	return __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vbmi") &&
	    __builtin_cpu_supports("avx512vbmi2") &&
	    __builtin_cpu_supports("pclmul");
}

struct utf8 {
	__m512i prev;  /* the 64 bytes before */
	__m512i error; /* not zero: malformed */
	__m512i open;  /* not zero: the bytes before end inside a character */
};

static INLINE __m512i
table(const uint8_t t[16])
{
	return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)t));
}

/* The bytes of v moved up by n, the last n of prev before them. */
#define SHIFT_IN(v, prev, n)                                                   \
	_mm512_alignr_epi8((v),                                                \
	    _mm512_permutex2var_epi64((prev), from_before, (v)), 16 - (n))

static INLINE void
utf8_step(struct utf8 *u, __m512i v)
{
	static const uint8_t high1[16] = {KERNEL_UTF8_HIGH1};
	static const uint8_t low1[16] = {KERNEL_UTF8_LOW1};
	static const uint8_t high2[16] = {KERNEL_UTF8_HIGH2};
	const __m512i nibble = _mm512_set1_epi8(0x0f);
	/* 128-bit lanes one up, the last lane of prev first. */
	const __m512i from_before =
	    _mm512_setr_epi64(6, 7, 8, 9, 10, 11, 12, 13);
	__m512i prev1 = SHIFT_IN(v, u->prev, 1);
	__m512i prev2 = SHIFT_IN(v, u->prev, 2);
	__m512i prev3 = SHIFT_IN(v, u->prev, 3);
	__m512i pair, third, must;

	pair = _mm512_and_si512(
	    _mm512_and_si512(
		_mm512_shuffle_epi8(table(high1),
		    _mm512_and_si512(_mm512_srli_epi16(prev1, 4), nibble)),
		_mm512_shuffle_epi8(table(low1),
		    _mm512_and_si512(prev1, nibble))),
	    _mm512_shuffle_epi8(table(high2),
		_mm512_and_si512(_mm512_srli_epi16(v, 4), nibble)));
	/* Two back a lead of three or more, three back one of four: here must
	 * be the second of two continuations, and nowhere else. */
	third = _mm512_or_si512(
	    _mm512_subs_epu8(prev2, _mm512_set1_epi8((char)(0xe0 - 0x80))),
	    _mm512_subs_epu8(prev3, _mm512_set1_epi8((char)(0xf0 - 0x80))));
	must = _mm512_and_si512(third, _mm512_set1_epi8((char)0x80));
	u->error = _mm512_or_si512(u->error, _mm512_xor_si512(must, pair));
}

/* Do the last three bytes begin a character they do not end? */
static INLINE __m512i
utf8_open(__m512i v)
{
	const __m512i limit = _mm512_set_epi8((char)(0xc0 - 1),
	    (char)(0xe0 - 1), (char)(0xf0 - 1), -1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1);

	return _mm512_subs_epu8(v, limit);
}

/* Append base + i for each set bit i. */
static INLINE uint32_t
put_bits(uint32_t *to, uint64_t bits, uint32_t base)
{
	const __m512i iota = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55,
	    54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38,
	    37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21,
	    20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
	    1, 0);
	__m512i at = _mm512_maskz_compress_epi8(bits, iota);
	__m512i from = _mm512_set1_epi32((int)base);
	uint32_t n = (uint32_t)__builtin_popcountll(bits);

	_mm512_storeu_si512(to, _mm512_add_epi32(from,
	    _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
	if (n > 16) {
		_mm512_storeu_si512(to + 16, _mm512_add_epi32(from,
		    _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 1))));
		_mm512_storeu_si512(to + 32, _mm512_add_epi32(from,
		    _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 2))));
		_mm512_storeu_si512(to + 48, _mm512_add_epi32(from,
		    _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 3))));
	}
	return n;
}

static INLINE uint64_t
parity(uint64_t x)
{
	__m128i p = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)x),
	    _mm_set1_epi8(-1), 0);

	return (uint64_t)_mm_cvtsi128_si64(p);
}

TARGET static void
index_block(const char *data, size_t len, struct kernel_out *out)
{
	struct utf8 u = {_mm512_setzero_si512(), _mm512_setzero_si512(),
	    _mm512_setzero_si512()};
	uint64_t carry = 0, inside = 0, ctrl_in = 0;
	uint32_t nq = 0, ne = 0;

	for (size_t i = 0; i < len; i += 64) {
		uint64_t keep = len - i >= 64 ? ~(uint64_t)0
					      : ((uint64_t)1 << (len - i)) - 1;
		__m512i v = _mm512_maskz_loadu_epi8(keep, data + i);
		uint64_t slash = _mm512_cmpeq_epi8_mask(v,
		    _mm512_set1_epi8('\\'));
		uint64_t quote = _mm512_cmpeq_epi8_mask(v,
		    _mm512_set1_epi8('"'));
		uint64_t ctrl = _mm512_cmplt_epu8_mask(v,
		    _mm512_set1_epi8(0x20)) & keep;
		uint64_t escapes, in;

		quote &= ~kernel_escaped(slash, &carry, &escapes);
		in = parity(quote) ^ inside;
		inside = (uint64_t)((int64_t)in >> 63);
		ctrl_in |= ctrl & in;
		nq += put_bits(out->quotes + nq, quote, (uint32_t)i);
		if (escapes != 0)
			ne += put_bits(out->escapes + ne, escapes,
			    (uint32_t)i);
		if (_mm512_movepi8_mask(v) != 0) {
			utf8_step(&u, v);
			u.open = utf8_open(v);
		} else {
			u.error = _mm512_or_si512(u.error, u.open);
			u.open = _mm512_setzero_si512();
		}
		u.prev = v;
	}
	u.error = _mm512_or_si512(u.error, u.open);
	out->nquotes = nq;
	out->nescapes = ne;
	out->bad = ctrl_in != 0 || inside != 0 ||
	    _mm512_test_epi8_mask(u.error, u.error) != 0;
}

const struct json_kernel json_kernel_avx512 = {"avx512", supported,
    index_block};

#endif
