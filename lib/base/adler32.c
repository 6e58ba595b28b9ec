#include "base/adler32.h"

#include <zlib.h>

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/cpu.h"

#define TARGET_AVX2 __attribute__((target("avx2")))

enum { MODULUS = 65521, STRIDE = 32, STRIDES_MAX = 5536 / STRIDE }; /* then a sum may overflow */

TARGET_AVX2 static inline uint32_t sum(__m256i v)
{
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(half);
}

/* Of each stride are added: its bytes to a; to b its bytes times 32 .. 1, and 32 times what a was
 * before it. */
TARGET_AVX2 static uint32_t add_strides(uint32_t adler, const uint8_t *from, size_t strides)
{
    const __m256i zero = _mm256_setzero_si256(), ones = _mm256_set1_epi16(1);
    const __m256i places =
        _mm256_setr_epi8(32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14,
                         13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
    uint32_t a = adler & 0xffff, b = adler >> 16;
    __m256i sums = zero, before = zero, placed = zero;

    b += a * (uint32_t)(STRIDE * strides);
    for (; strides > 0; strides--, from += STRIDE) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)from);
        before = _mm256_add_epi32(before, sums);
        sums = _mm256_add_epi32(sums, _mm256_sad_epu8(bytes, zero));
        bytes = _mm256_madd_epi16(_mm256_maddubs_epi16(bytes, places), ones);
        placed = _mm256_add_epi32(placed, bytes);
    }
    a += sum(sums);
    b = b % MODULUS + sum(_mm256_add_epi32(placed, _mm256_slli_epi32(before, 5))) % MODULUS;
    return a % MODULUS | (b % MODULUS) << 16;
}

uint32_t adler32_update(uint32_t adler, const void *bytes, size_t n)
{
    const uint8_t *from = bytes;

    while (n >= STRIDE && cpu_has_avx2()) {
        size_t strides = n / STRIDE < STRIDES_MAX ? n / STRIDE : STRIDES_MAX;

        adler = add_strides(adler, from, strides);
        from += strides * STRIDE;
        n -= strides * STRIDE;
    }
    return n > 0 ? (uint32_t)adler32_z(adler, from, n) : adler;
}

#else

uint32_t adler32_update(uint32_t adler, const void *bytes, size_t n)
{
    return n > 0 ? (uint32_t)adler32_z(adler, bytes, n) : adler;
}

#endif
