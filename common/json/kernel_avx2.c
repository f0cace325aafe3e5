/* Stage 1 with AVX2 and PCLMULQDQ (Haswell, Zen and later). */
#include "json/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,pclmul,bmi,popcnt")))
#define INLINE TARGET inline __attribute__((always_inline))
#define LANES uint64_t __attribute__((vector_size(32)))

static bool
supported(void)
{
	return __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi");
}

struct word {
	__m256i lo, hi;
};

static INLINE struct word
load(const char *p)
{
	return (struct word){_mm256_loadu_si256((const __m256i *)p),
	    _mm256_loadu_si256((const __m256i *)(p + 32))};
}

/* Of bytes 0x00 and 0xff. */
static INLINE uint64_t
mask(__m256i lo, __m256i hi)
{
	return (uint32_t)_mm256_movemask_epi8(lo) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(hi) << 32;
}

static INLINE uint64_t
equal(const struct word *w, char c)
{
	__m256i x = _mm256_set1_epi8(c);

	return mask(_mm256_cmpeq_epi8(w->lo, x), _mm256_cmpeq_epi8(w->hi, x));
}

static INLINE uint64_t
between(const struct word *w, char from, char to)
{
	__m256i base = _mm256_set1_epi8(from);
	__m256i top = _mm256_set1_epi8((char)(to - from));
	__m256i lo = _mm256_sub_epi8(w->lo, base);
	__m256i hi = _mm256_sub_epi8(w->hi, base);

	return mask(_mm256_cmpeq_epi8(_mm256_max_epu8(lo, top), top),
	    _mm256_cmpeq_epi8(_mm256_max_epu8(hi, top), top));
}

static INLINE struct word
either(const struct word *w, const struct word *x)
{
	return (struct word){_mm256_or_si256(w->lo, x->lo),
	    _mm256_or_si256(w->hi, x->hi)};
}

static INLINE bool
high(const struct word *w)
{
	return _mm256_movemask_epi8(_mm256_or_si256(w->lo, w->hi)) != 0;
}

static INLINE uint64_t
letters(const struct word *w)
{
	__m256i lower = _mm256_set1_epi8('e' ^ 'E');
	struct word v = {_mm256_or_si256(w->lo, lower),
	    _mm256_or_si256(w->hi, lower)};

	return equal(&v, 'e');
}

static INLINE uint64_t
signs(const struct word *w)
{
	return equal(w, '+') | equal(w, '-');
}

static INLINE __m256i
table(const uint8_t t[16])
{
	return _mm256_broadcastsi128_si256(
	    _mm_loadu_si128((const __m128i *)t));
}

/* Bytes not 0 where the 32 bytes at p are wrong. */
static INLINE __m256i
utf8_half(const char *p)
{
	static const uint8_t high1[16] = {KERNEL_UTF8_HIGH1};
	static const uint8_t low1[16] = {KERNEL_UTF8_LOW1};
	static const uint8_t high2[16] = {KERNEL_UTF8_HIGH2};
	const __m256i nibble = _mm256_set1_epi8(0x0f);
	__m256i v = _mm256_loadu_si256((const __m256i *)p);
	__m256i prev1 = _mm256_loadu_si256((const __m256i *)(p - 1));
	__m256i prev2 = _mm256_loadu_si256((const __m256i *)(p - 2));
	__m256i prev3 = _mm256_loadu_si256((const __m256i *)(p - 3));
	__m256i pair, third, must;

	pair = _mm256_and_si256(
	    _mm256_and_si256(
		_mm256_shuffle_epi8(table(high1),
		    _mm256_and_si256(_mm256_srli_epi16(prev1, 4), nibble)),
		_mm256_shuffle_epi8(table(low1),
		    _mm256_and_si256(prev1, nibble))),
	    _mm256_shuffle_epi8(table(high2),
		_mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
	/* Two back a lead of three or more, three back one of four: here must
	 * be the second of two continuations, and nowhere else. */
	third = _mm256_or_si256(
	    _mm256_subs_epu8(prev2, _mm256_set1_epi8((char)(0xe0 - 0x80))),
	    _mm256_subs_epu8(prev3, _mm256_set1_epi8((char)(0xf0 - 0x80))));
	must = _mm256_and_si256(third, _mm256_set1_epi8((char)0x80));
	return _mm256_xor_si256(must, pair);
}

static INLINE uint64_t
utf8_errors(const char *p)
{
	__m256i bad = _mm256_or_si256(utf8_half(p), utf8_half(p + 32));

	return (uint64_t)!_mm256_testz_si256(bad, bad);
}

/* Append base + i for each set bit i, eight at a time. */
static INLINE uint32_t
put_bits(uint32_t *to, uint64_t bits, uint32_t base)
{
	uint32_t n = (uint32_t)__builtin_popcountll(bits);

	for (uint32_t at = 0; at < n; at += 8)
#pragma GCC unroll 8
		for (uint32_t k = 0; k < 8; k++) {
			/* Past the last bit this stores what is not read. */
			to[at + k] = base + (uint32_t)_tzcnt_u64(bits);
			bits = _blsr_u64(bits);
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
	__m256i middle = _mm256_permute2x128_si256((__m256i)before, (__m256i)v,
	    0x21);

	return (LANES)_mm256_alignr_epi8((__m256i)v, middle, 8);
}

#include "json/kernel_plain.h"

#include "json/kernel_index.h"

const struct json_kernel json_kernel_avx2 = {"avx2", supported, index_block};

#endif
