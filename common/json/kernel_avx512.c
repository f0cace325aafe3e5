/* Stage 1 with AVX-512 BW and VBMI2 (Ice Lake, Zen 4 and later). */
#include "json/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET                                                                 \
	__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,"         \
			      "avx512vbmi2,gfni,bmi,popcnt")))
#define INLINE TARGET inline __attribute__((always_inline))
#define LANES uint64_t __attribute__((vector_size(64)))

static bool
supported(void)
{
	return __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vbmi") &&
	    __builtin_cpu_supports("avx512vbmi2") &&
	    __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("gfni");
}

/* The kinds of bytes: a bit for each, as struct kernel_masks has them. */
enum {
	K_QUOTE = 1 << 0,
	K_SLASH = 1 << 1,
	K_LOW = 1 << 2,
	K_DIGIT = 1 << 3,
	K_ZERO = 1 << 4,
	K_POINT = 1 << 5,
	K_LETTER = 1 << 6,
	K_SIGN = 1 << 7,
	K_ANY = K_LOW | K_DIGIT /* whatever the low nibble, up to 9 */
};

static INLINE __m512i
table(const uint8_t t[16])
{
	return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)t));
}

/*
 * Byte k of each eight: which of the eight are of kind k.  Each kind is some
 * high nibbles with some low ones, so that two look-ups find all; then the
 * eight bytes are a matrix of bits, and turned about.  Its rows count from the
 * last byte, hence the first shuffle.
 */
static INLINE __m512i
kinds(__m512i v)
{
	static const uint8_t back[16] = {7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12,
	    11, 10, 9, 8};
	static const uint8_t low[16] = {K_ANY | K_ZERO, K_ANY, K_ANY | K_QUOTE,
	    K_ANY, K_ANY, K_ANY | K_LETTER, K_ANY, K_ANY, K_ANY, K_ANY, K_LOW,
	    K_LOW | K_SIGN, K_LOW | K_SLASH, K_LOW | K_SIGN, K_LOW | K_POINT,
	    K_LOW};
	static const uint8_t high[16] = {K_LOW, K_LOW,
	    K_QUOTE | K_POINT | K_SIGN, K_DIGIT | K_ZERO, K_LETTER, K_SLASH,
	    K_LETTER};
	__m512i x = _mm512_shuffle_epi8(v, table(back));
	__m512i top = _mm512_and_si512(_mm512_srli_epi16(x, 4),
	    _mm512_set1_epi8(0x0f));

	x = _mm512_and_si512(_mm512_shuffle_epi8(table(low), x),
	    _mm512_shuffle_epi8(table(high), top));
	return _mm512_gf2p8affine_epi64_epi8(
	    _mm512_set1_epi64((long long)0x8040201008040201), x, 0);
}

/* Eight words, and kinds k and k + 1 of them: from those of each word, through
 * four kinds of two words and two kinds of four. */
static INLINE bool
look(const char *p, struct kernel_masks *m, uint32_t i)
{
	static const uint8_t pick[64] = {0, 8, 16, 24, 32, 40, 48, 56, 64, 72,
	    80, 88, 96, 104, 112, 120, 1, 9, 17, 25, 33, 41, 49, 57, 65, 73, 81,
	    89, 97, 105, 113, 121, 2, 10, 18, 26, 34, 42, 50, 58, 66, 74, 82,
	    90, 98, 106, 114, 122, 3, 11, 19, 27, 35, 43, 51, 59, 67, 75, 83,
	    91, 99, 107, 115, 123};
	const __m512i front = _mm512_loadu_si512(pick);
	const __m512i back = _mm512_add_epi8(front, _mm512_set1_epi8(4));
	const __m512i even = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
	const __m512i odd = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
	uint64_t *to[8] = {m->quote + i, m->slash + i, m->low + i, m->digit + i,
	    m->zero + i, m->point + i, m->letter + i, m->sign + i};
	__m512i all = _mm512_setzero_si512(), two[8], four[8];

#pragma GCC unroll 8
	for (int w = 0; w < 8; w += 2) {
		__m512i v = _mm512_loadu_si512(p + 64 * w);
		__m512i next = _mm512_loadu_si512(p + 64 * w + 64);

		all = _mm512_ternarylogic_epi64(all, v, next, 0xfe);
		v = kinds(v);
		next = kinds(next);
		two[w] = _mm512_permutex2var_epi8(v, front, next);
		two[w + 1] = _mm512_permutex2var_epi8(v, back, next);
	}
#pragma GCC unroll 8
	for (int k = 0; k < 8; k += 2) {
		__m512i *t = two + (k / 4 * 4 + k / 2 % 2);

		four[k] = _mm512_permutex2var_epi64(t[0], even, t[2]);
		four[k + 1] = _mm512_permutex2var_epi64(t[0], odd, t[2]);
	}
#pragma GCC unroll 8
	for (int k = 0; k < 4; k++) {
		_mm512_storeu_si512(to[2 * k],
		    _mm512_shuffle_i64x2(four[k], four[k + 4], 0x44));
		_mm512_storeu_si512(to[2 * k + 1],
		    _mm512_shuffle_i64x2(four[k], four[k + 4], 0xee));
	}
	return _mm512_movepi8_mask(all) != 0;
}

/*
 * Tables of 64 bytes see all that a lead or a continuation tells, so that one
 * look-up of each finds the pairs that are too long, too large or surrogates;
 * where continuations stand is compared with where the leads want them.
 */
static INLINE uint64_t
utf8_errors(const char *p)
{
	enum {
		ANY = U_OVER2,
		S0 = ANY | U_OVER3 | U_OVER4, /* 80..8F */
		S1 = ANY | U_OVER3 | U_LARGE, /* 90..9F */
		S2 = ANY | U_SURROGATE | U_LARGE
	};
	static const uint8_t leads[64] = {[0x00] = ANY, ANY,
	    [0x20] = U_OVER3, [0x2d] = U_SURROGATE, [0x30] = U_OVER4,
	    [0x34] = U_LARGE, ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY,
	    ANY};
	static const uint8_t seconds[64] = {S0, S0, S0, S0, S0, S0, S0, S0, S0,
	    S0, S0, S0, S0, S0, S0, S0, S1, S1, S1, S1, S1, S1, S1, S1, S1, S1,
	    S1, S1, S1, S1, S1, S1, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2,
	    S2, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2, S2,
	    S2, S2, S2, S2};
	const __m512i lead = _mm512_set1_epi8((char)0xc0);
	__m512i v = _mm512_loadu_si512(p);
	__m512i prev1 = _mm512_loadu_si512(p - 1);
	__m512i prev2 = _mm512_loadu_si512(p - 2);
	__m512i prev3 = _mm512_loadu_si512(p - 3);
	__m512i first, second, must;

	first = _mm512_maskz_permutexvar_epi8(
	    _mm512_cmpge_epu8_mask(prev1, lead), prev1,
	    _mm512_loadu_si512(leads));
	second = _mm512_permutexvar_epi8(v, _mm512_loadu_si512(seconds));
	/* 0x80 and up behind a lead, two behind one of three bytes or more,
	 * three behind one of four. */
	must = _mm512_ternarylogic_epi32(
	    _mm512_subs_epu8(prev1, _mm512_set1_epi8(0xc0 - 0x80)),
	    _mm512_subs_epu8(prev2, _mm512_set1_epi8(0xe0 - 0x80)),
	    _mm512_subs_epu8(prev3, _mm512_set1_epi8(0xf0 - 0x80)), 0xfe);
	return (_mm512_movepi8_mask(must) ^ _mm512_cmplt_epi8_mask(v, lead)) |
	    _mm512_test_epi8_mask(first, second);
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
	__m128i low = _mm512_castsi512_si128(at);
	__m512i from = _mm512_set1_epi32((int)base);
	__m256i from8 = _mm512_castsi512_si256(from);
	uint32_t n = (uint32_t)__builtin_popcountll(bits);

	_mm256_storeu_si256((__m256i *)to,
	    _mm256_add_epi32(from8, _mm256_cvtepu8_epi32(low)));
	if (n > 8)
		_mm256_storeu_si256((__m256i *)(to + 8),
		    _mm256_add_epi32(from8,
			_mm256_cvtepu8_epi32(_mm_bsrli_si128(low, 8))));
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

/* Of bits 0..i for each bit i of each word, and on through the words. */
static INLINE LANES
inside_strings(const uint64_t *quote, uint64_t *inside)
{
	LANES in;
	uint32_t odd;
	__m512i v;

	memcpy(&in, quote, sizeof in);
	in ^= in << 1;
	in ^= in << 2;
	in ^= in << 4;
	in ^= in << 8;
	in ^= in << 16;
	in ^= in << 32;
	v = (__m512i)in;
	odd = _mm512_cmplt_epi64_mask(v, _mm512_setzero_si512());
	odd ^= odd << 1;
	odd ^= odd << 2;
	odd ^= odd << 4;
	odd = odd << 1 ^ (uint32_t)*inside;
	*inside = 0 - (uint64_t)(odd >> 8 & 1);
	v = _mm512_mask_xor_epi64(v, (__mmask8)odd, v, _mm512_set1_epi64(-1));
	return (LANES)v;
}

static INLINE LANES
lanes_up(LANES before, LANES v)
{
	return (LANES)_mm512_alignr_epi64((__m512i)v, (__m512i)before, 7);
}

static INLINE uint32_t
note_numbers(struct kernel_words *w, uint32_t n, const struct kernel_masks *m,
    uint32_t i, const struct kernel_place *p)
{
	const uint64_t *from[5] = {m->digit + i, m->zero + i, m->point + i,
	    m->letter + i, m->sign + i};
	uint64_t *to[5] = {w->digit + n, w->zero + n, w->point + n,
	    w->letter + n, w->sign + n};
	const __m256i step = _mm256_set_epi32(448, 384, 320, 256, 192, 128, 64,
	    0);
	__m512i digit = _mm512_loadu_si512(from[0]);
	__m512i before = _mm512_alignr_epi64(digit,
	    _mm512_set1_epi64((long long)p->before), 7);
	/* As kernel_number_in. */
	__m512i any = _mm512_or_si512(digit, _mm512_srli_epi64(before, 61));
	__mmask8 in = _mm512_test_epi64_mask(any, any) &
	    (__mmask8)(0xff >> (8 - p->n));

	_mm256_storeu_si256((__m256i *)(w->at + n),
	    _mm256_maskz_compress_epi32(in,
		_mm256_add_epi32(_mm256_set1_epi32((int)p->at), step)));
#pragma GCC unroll 8
	for (int k = 0; k < 5; k++)
		_mm512_storeu_si512(to[k], _mm512_maskz_compress_epi64(in,
		    _mm512_loadu_si512(from[k])));
	return n + (uint32_t)__builtin_popcount(in);
}

/* note_numbers left nothing out. */
static INLINE void
number_bytes(struct kernel_words *w, uint32_t n, const char *data, size_t len)
{
	(void)w, (void)n, (void)data, (void)len;
}

#include "json/kernel_index.h"

const struct json_kernel json_kernel_avx512 = {"avx512", supported,
    index_block};

#endif
