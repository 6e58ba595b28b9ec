#include "base/crc32.h"

#include <zlib.h>

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/cpu.h"

/*
 * V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction"
 * (Intel, 2009). A block of 128 bits is moved over a distance by multiplying its halves by x to
 * that power modulo the polynomial. What is left at the end is 16 bytes with the same remainder as
 * the whole; zlib takes those, so no reduction is needed here.
 */
#define TARGET_CLMUL __attribute__((target("pclmul,sse2")))

enum { VECTORS = 4, STRIDE = 16 * VECTORS };

/* x^(d+32) and x^(d-32), bit-reflected and shifted by 1, for a distance of d bits. */
#define OVER_512 0x1c6e41596, 0x154442bd4
#define OVER_128 0x0ccaa009e, 0x1751997d0

TARGET_CLMUL static inline __m128i move(__m128i block, __m128i over, __m128i onto)
{
    __m128i low = _mm_clmulepi64_si128(block, over, 0x00);
    __m128i high = _mm_clmulepi64_si128(block, over, 0x11);

    return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

TARGET_CLMUL static inline __m128i load(const uint8_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

/* n is at least STRIDE and a multiple of 16. */
TARGET_CLMUL static uint32_t fold(uint32_t crc, const uint8_t *from, size_t n)
{
    const __m128i far = _mm_set_epi64x(OVER_512), near = _mm_set_epi64x(OVER_128);
    const uint8_t *end = from + n;
    uint8_t left[16];

    __m128i a = _mm_xor_si128(load(from), _mm_cvtsi32_si128((int)~crc));
    __m128i b = load(from + 16), c = load(from + 32), d = load(from + 48);
    for (from += STRIDE; end - from >= STRIDE; from += STRIDE) {
        a = move(a, far, load(from));
        b = move(b, far, load(from + 16));
        c = move(c, far, load(from + 32));
        d = move(d, far, load(from + 48));
    }
    b = move(a, near, b);
    c = move(b, near, c);
    d = move(c, near, d);
    for (; from < end; from += 16) {
        d = move(d, near, load(from));
    }
    _mm_storeu_si128((__m128i *)(void *)left, d);
    return (uint32_t)crc32_z(UINT32_MAX, left, sizeof left);
}

uint32_t crc32_update(uint32_t crc, const void *bytes, size_t n)
{
    const uint8_t *from = bytes;
    size_t blocks = n / 16 * 16;

    if (blocks >= STRIDE && cpu_has_pclmul()) {
        crc = fold(crc, from, blocks);
        from += blocks;
        n -= blocks;
    }
    return n > 0 ? (uint32_t)crc32_z(crc, from, n) : crc;
}

#else

uint32_t crc32_update(uint32_t crc, const void *bytes, size_t n)
{
    return n > 0 ? (uint32_t)crc32_z(crc, bytes, n) : crc;
}

#endif
