#include "base/sha256_kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/cpu.h"

/* Intel, "Intel SHA Extensions" (2013). The instructions want the state as a b e f and c d g h,
 * from the high lane down, and do two rounds each. */
#define TARGET_SHA __attribute__((target("sha,sse4.1,ssse3")))

TARGET_SHA static inline __m128i load(const void *from)
{
    return _mm_loadu_si128((const __m128i *)from);
}

TARGET_SHA static inline __m128i load_words(const uint8_t *from)
{
    return _mm_shuffle_epi8(load(from),
                            _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}

TARGET_SHA static inline void four_rounds(__m128i *abef, __m128i *cdgh, __m128i words,
                                          const uint32_t *constants)
{
    __m128i sum = _mm_add_epi32(words, load(constants));

    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sum);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

/* The four words of the message schedule that follow the sixteen in a, b, c, d. */
TARGET_SHA static inline __m128i schedule(__m128i a, __m128i b, __m128i c, __m128i d)
{
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4));

    return _mm_sha256msg2_epu32(sum, d);
}

TARGET_SHA static void x86_compress(uint32_t h[8], const uint8_t *from, size_t blocks)
{
    __m128i cdab = _mm_shuffle_epi32(load(h), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(load(h + 4), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

    for (; blocks > 0; blocks--, from += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        const uint32_t *k = sha256_constants;
        __m128i a = load_words(from), b = load_words(from + 16);
        __m128i c = load_words(from + 32), d = load_words(from + 48);
        for (int i = 0; i < 3; i++, k += 16) {
            four_rounds(&abef, &cdgh, a, k);
            a = schedule(a, b, c, d);
            four_rounds(&abef, &cdgh, b, k + 4);
            b = schedule(b, c, d, a);
            four_rounds(&abef, &cdgh, c, k + 8);
            c = schedule(c, d, a, b);
            four_rounds(&abef, &cdgh, d, k + 12);
            d = schedule(d, a, b, c);
        }
        four_rounds(&abef, &cdgh, a, k);
        four_rounds(&abef, &cdgh, b, k + 4);
        four_rounds(&abef, &cdgh, c, k + 8);
        four_rounds(&abef, &cdgh, d, k + 12);
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }

    __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)(void *)h, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(h + 4), _mm_alignr_epi8(dchg, feba, 8));
}

const struct sha256_kernel sha256_x86 = {
    .name = "x86",
    .usable = cpu_has_sha,
    .compress = x86_compress,
};

#else
typedef int sha256_x86_is_empty; /* ISO C wants a declaration in every file */
#endif
