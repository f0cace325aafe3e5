/* Stage 1 with AVX2 and PCLMULQDQ (Haswell, Zen and later). */
#include "json/kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,pclmul,bmi,popcnt")))
#define INLINE TARGET inline __attribute__((always_inline))

static bool
supported(void)
{
	return __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi");
}

struct utf8 {
	__m256i prev;  /* the 32 bytes before */
	__m256i error; /* not zero: malformed */
	__m256i open;  /* not zero: the bytes before end inside a character */
};

static INLINE __m256i
table(const uint8_t t[16])
{
	return _mm256_broadcastsi128_si256(
	    _mm_loadu_si128((const __m128i *)t));
}

/* The bytes of v moved up by n, the last n of prev before them. */
#define SHIFT_IN(v, prev, n)                                                   \
	_mm256_alignr_epi8((v),                                                \
	    _mm256_permute2x128_si256((prev), (v), 0x21), 16 - (n))

static INLINE void
utf8_step(struct utf8 *u, __m256i v)
{
	static const uint8_t high1[16] = {KERNEL_UTF8_HIGH1};
	static const uint8_t low1[16] = {KERNEL_UTF8_LOW1};
	static const uint8_t high2[16] = {KERNEL_UTF8_HIGH2};
	const __m256i nibble = _mm256_set1_epi8(0x0f);
	__m256i prev1 = SHIFT_IN(v, u->prev, 1);
	__m256i prev2 = SHIFT_IN(v, u->prev, 2);
	__m256i prev3 = SHIFT_IN(v, u->prev, 3);
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
	u->error = _mm256_or_si256(u->error, _mm256_xor_si256(must, pair));
}

/* Do the last three bytes begin a character they do not end? */
static INLINE __m256i
utf8_open(__m256i v)
{
	const __m256i limit = _mm256_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
	    -1, -1, -1, -1, (char)(0xf0 - 1), (char)(0xe0 - 1),
	    (char)(0xc0 - 1));

	return _mm256_subs_epu8(v, limit);
}

static INLINE void
utf8_half(struct utf8 *u, __m256i v)
{
	if (_mm256_movemask_epi8(v) != 0) {
		utf8_step(u, v);
		u->open = utf8_open(v);
	} else {
		u->error = _mm256_or_si256(u->error, u->open);
		u->open = _mm256_setzero_si256();
	}
	u->prev = v;
}

/* Append base + i for each set bit i, eight at a time. */
static INLINE uint32_t
put_bits(uint32_t *to, uint64_t bits, uint32_t base)
{
	uint32_t n = (uint32_t)__builtin_popcountll(bits);

	for (uint32_t at = 0; at < n; at += 8)
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

static INLINE uint64_t
equal(__m256i lo, __m256i hi, char c)
{
	__m256i w = _mm256_set1_epi8(c);
	uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(lo, w));
	uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(hi, w));

	return a | (uint64_t)b << 32;
}

/* Bytes up to 0x1f. */
static INLINE uint64_t
control(__m256i lo, __m256i hi)
{
	__m256i top = _mm256_set1_epi8(0x1f);
	uint32_t a = (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(_mm256_max_epu8(lo, top), top));
	uint32_t b = (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(_mm256_max_epu8(hi, top), top));

	return a | (uint64_t)b << 32;
}

TARGET static void
index_block(const char *data, size_t len, struct kernel_out *out)
{
	struct utf8 u = {_mm256_setzero_si256(), _mm256_setzero_si256(),
	    _mm256_setzero_si256()};
	uint64_t carry = 0, inside = 0, ctrl_in = 0;
	uint32_t nq = 0, ne = 0;
	char last[64];

	for (size_t i = 0; i < len; i += 64) {
		const char *p = data + i;
		__m256i lo, hi;
		uint64_t quote, escapes, in;

		if (len - i < 64) {
			/* Blanks behind the end change nothing. */
			__builtin_memset(last, ' ', sizeof last);
			__builtin_memcpy(last, p, len - i);
			p = last;
		}
		lo = _mm256_loadu_si256((const __m256i *)p);
		hi = _mm256_loadu_si256((const __m256i *)(p + 32));
		quote = equal(lo, hi, '"');
		quote &= ~kernel_escaped(equal(lo, hi, '\\'), &carry,
		    &escapes);
		in = parity(quote) ^ inside;
		inside = (uint64_t)((int64_t)in >> 63);
		ctrl_in |= control(lo, hi) & in;
		nq += put_bits(out->quotes + nq, quote, (uint32_t)i);
		if (escapes != 0)
			ne += put_bits(out->escapes + ne, escapes,
			    (uint32_t)i);
		utf8_half(&u, lo);
		utf8_half(&u, hi);
	}
	u.error = _mm256_or_si256(u.error, u.open);
	out->nquotes = nq;
	out->nescapes = ne;
	out->bad = ctrl_in != 0 || inside != 0 ||
	    _mm256_testz_si256(u.error, u.error) == 0;
}

const struct json_kernel json_kernel_avx2 = {"avx2", supported, index_block};

#endif
