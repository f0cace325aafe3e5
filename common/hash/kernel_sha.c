/* SHA-256 with the SHA extensions of x86 (Zen, Goldmont, Ice Lake and later):
 * one message, or two in turn. */
#include "hash/hash_priv.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

/* AVX is not needed but for its three-operand form of the same. */
#define TARGET __attribute__((target("sha,sse4.1,avx")))
#define INLINE TARGET inline __attribute__((always_inline))

enum { LANES = 2, QUADS = 16 /* of rounds */, SHA_BIT = 29 };

/* FIPS 180-4, 4.2.2. */
static const uint32_t constants[4 * QUADS] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static bool
supported(void)
{
	unsigned a, b, c, d;

	/* avx: that the system keeps its registers too. */
	return __builtin_cpu_supports("avx") &&
	    __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
	    (b >> SHA_BIT & 1) != 0;
}

struct lane {
	__m128i feba, hgdc; /* the state */
	__m128i w[4];	    /* the last 16 words of the schedule */
};

/* The next four words of the schedule. */
static INLINE __m128i
schedule(struct lane *l, const uint8_t *p, int quad)
{
	const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11,
	    4, 5, 6, 7, 0, 1, 2, 3);
	__m128i *w = &l->w[quad & 3], *last = &l->w[(quad + 3) & 3];

	if (quad < 4)
		return *w = _mm_shuffle_epi8(
			   _mm_loadu_si128((const __m128i *)p + quad),
			   big_endian);
	*w = _mm_add_epi32(_mm_sha256msg1_epu32(*w, l->w[(quad + 1) & 3]),
	    _mm_alignr_epi8(*last, l->w[(quad + 2) & 3], 4));
	return *w = _mm_sha256msg2_epu32(*w, *last);
}

/* Four rounds; the two halves of the state change places twice. */
static INLINE void
rounds(struct lane *l, const uint8_t *p, int quad)
{
	__m128i wk = _mm_add_epi32(schedule(l, p, quad),
	    _mm_load_si128((const __m128i *)constants + quad));

	l->hgdc = _mm_sha256rnds2_epu32(l->hgdc, l->feba, wk);
	l->feba = _mm_sha256rnds2_epu32(l->feba, l->hgdc,
	    _mm_shuffle_epi32(wk, 0x0e));
}

static INLINE void
compress(uint32_t *const state[], const uint8_t *p[], int n, size_t blocks)
{
	struct lane l[LANES];
	__m128i feba[LANES], hgdc[LANES];

	for (int i = 0; i < n; i++) {
		l[i].feba = _mm_loadu_si128((const __m128i *)state[i]);
		l[i].hgdc = _mm_loadu_si128((const __m128i *)state[i] + 1);
	}
	for (; blocks > 0; blocks--) {
		for (int i = 0; i < n; i++) {
			feba[i] = l[i].feba;
			hgdc[i] = l[i].hgdc;
		}
#pragma GCC unroll 16
		for (int quad = 0; quad < QUADS; quad++)
#pragma GCC unroll 2
			for (int i = 0; i < n; i++)
				rounds(&l[i], p[i], quad);
		for (int i = 0; i < n; i++) {
			l[i].feba = _mm_add_epi32(l[i].feba, feba[i]);
			l[i].hgdc = _mm_add_epi32(l[i].hgdc, hgdc[i]);
			p[i] += HASH_BLOCK;
		}
	}
	for (int i = 0; i < n; i++) {
		_mm_storeu_si128((__m128i *)state[i], l[i].feba);
		_mm_storeu_si128((__m128i *)state[i] + 1, l[i].hgdc);
	}
}

static TARGET void
one(uint32_t s[8], const uint8_t *p, size_t blocks)
{
	compress((uint32_t *const[]){s}, (const uint8_t *[]){p}, 1, blocks);
}

static TARGET void
two(uint32_t s[8], const uint8_t *p, uint32_t t[8], const uint8_t *q,
    size_t blocks)
{
	compress((uint32_t *const[]){s, t}, (const uint8_t *[]){p, q}, 2,
	    blocks);
}

const struct hash_kernel hash_kernel_sha = {supported, one, two};

#else
/* ISO C wants something in a file. */
extern const struct hash_kernel hash_kernel_sha;
#endif
