/* Stage 1 with AVX-512 BW and VBMI2 (Ice Lake, Zen 4 and later). */
#include "json/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET                                                                 \
	__attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2,"       \
			      "pclmul,bmi,popcnt")))
#define INLINE TARGET inline __attribute__((always_inline))
#define LANES uint64_t __attribute__((vector_size(64)))

static bool
supported(void)
{
	return __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vbmi") &&
	    __builtin_cpu_supports("avx512vbmi2") &&
	    __builtin_cpu_supports("pclmul");
}

struct word {
	__m512i v;
};

static INLINE struct word
load(const char *p)
{
	return (struct word){_mm512_loadu_si512(p)};
}

static INLINE uint64_t
equal(const struct word *w, char c)
{
	return _mm512_cmpeq_epi8_mask(w->v, _mm512_set1_epi8(c));
}

static INLINE uint64_t
between(const struct word *w, char from, char to)
{
	return _mm512_cmple_epu8_mask(
	    _mm512_sub_epi8(w->v, _mm512_set1_epi8(from)),
	    _mm512_set1_epi8((char)(to - from)));
}

static INLINE struct word
either(const struct word *w, const struct word *x)
{
	return (struct word){_mm512_or_si512(w->v, x->v)};
}

static INLINE bool
high(const struct word *w)
{
	return _mm512_movepi8_mask(w->v) != 0;
}

static INLINE uint64_t
letters(const struct word *w)
{
	return _mm512_cmpeq_epi8_mask(
	    _mm512_or_si512(w->v, _mm512_set1_epi8('e' ^ 'E')),
	    _mm512_set1_epi8('e'));
}

/* '+' and '-' differ by 2. */
static INLINE uint64_t
signs(const struct word *w)
{
	return _mm512_testn_epi8_mask(
	    _mm512_sub_epi8(w->v, _mm512_set1_epi8('+')),
	    _mm512_set1_epi8((char)~('-' - '+')));
}

static INLINE __m512i
table(const uint8_t t[16])
{
	return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)t));
}

static INLINE uint64_t
utf8_errors(const char *p)
{
	static const uint8_t high1[16] = {KERNEL_UTF8_HIGH1};
	static const uint8_t low1[16] = {KERNEL_UTF8_LOW1};
	static const uint8_t high2[16] = {KERNEL_UTF8_HIGH2};
	const __m512i nibble = _mm512_set1_epi8(0x0f);
	__m512i v = _mm512_loadu_si512(p);
	__m512i prev1 = _mm512_loadu_si512(p - 1);
	__m512i prev2 = _mm512_loadu_si512(p - 2);
	__m512i prev3 = _mm512_loadu_si512(p - 3);
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
	return _mm512_cmpneq_epi8_mask(must, pair);
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

static INLINE LANES
lanes_up(LANES before, LANES v)
{
	return (LANES)_mm512_alignr_epi64((__m512i)v, (__m512i)before, 7);
}

#include "json/kernel_index.h"

const struct json_kernel json_kernel_avx512 = {"avx512", supported,
    index_block};

#endif
