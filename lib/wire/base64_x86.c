#include "wire/base64_kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/cpu.h"

/*
 * The arithmetic is that of W. Mula and D. Lemire, "Faster Base64 Encoding and Decoding using AVX2
 * Instructions" (ACM TWEB 12:3, 2018). Encoding: three bytes a b c are spread as b a c b, so that
 * two multiplications shift the four 6-bit fields into bytes; a table by range then holds what to
 * add. Decoding: a byte is a symbol when the tables by its low and its high half share no bit.
 */

#define TARGET_AVX2 __attribute__((target("avx2")))
#define TARGET_SSSE3 __attribute__((target("ssse3")))

#define SPREAD 1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10
#define FIELD_HIGH 0x0fc0fc00
#define SHIFT_HIGH 0x04000040 /* high halves of the products: right by 10 and 6 */
#define FIELD_LOW 0x003f03f0
#define SHIFT_LOW 0x01000010 /* low halves: left by 4 and 8 */
/* What to add for values 0-25, 26-51, 52-61 (ten entries), 62, 63. */
#define TO_SYMBOL 'A', 'a' - 26, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, '+' - 62, '/' - 63, 0, 0

#define WRONG_LOW                                                                                  \
    0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a
#define WRONG_HIGH                                                                                 \
    0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10
/* What to add by the high half; '/' (2f) is moved to index 1, '+' (2b) stays at 2. */
#define TO_VALUE 0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0
#define JOIN_PAIRS 0x01400140  /* 64 * first + second */
#define JOIN_GROUPS 0x00011000 /* 4096 * first + second */
#define BIG_ENDIAN_3 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1

TARGET_AVX2 static inline __m256i avx2_encode24(__m256i in)
{
    __m256i table = _mm256_setr_epi8(TO_SYMBOL, TO_SYMBOL);

    in = _mm256_shuffle_epi8(in, _mm256_setr_epi8(SPREAD, SPREAD));
    __m256i high = _mm256_mulhi_epu16(_mm256_and_si256(in, _mm256_set1_epi32(FIELD_HIGH)),
                                      _mm256_set1_epi32(SHIFT_HIGH));
    __m256i low = _mm256_mullo_epi16(_mm256_and_si256(in, _mm256_set1_epi32(FIELD_LOW)),
                                     _mm256_set1_epi32(SHIFT_LOW));
    __m256i values = _mm256_or_si256(high, low);
    __m256i range = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
    range = _mm256_sub_epi8(range, _mm256_cmpgt_epi8(values, _mm256_set1_epi8(25)));
    return _mm256_add_epi8(values, _mm256_shuffle_epi8(table, range));
}

TARGET_AVX2 static inline __m256i avx2_load24(const uint8_t *from)
{
    __m128i first = _mm_loadu_si128((const __m128i *)(const void *)from);
    const void *second = from + 12;

    return _mm256_inserti128_si256(_mm256_castsi128_si256(first),
                                   _mm_loadu_si128((const __m128i *)second), 1);
}

TARGET_AVX2 static size_t avx2_encode(char *to, const uint8_t *from, size_t n)
{
    size_t i = 0;

    /* The second load of a vector reads 4 bytes more than it uses. */
    for (; n - i >= 48 + 4; i += 48, to += 64) {
        __m256i a = avx2_encode24(avx2_load24(from + i));
        __m256i b = avx2_encode24(avx2_load24(from + i + 24));
        _mm256_storeu_si256((__m256i *)(void *)to, a);
        _mm256_storeu_si256((__m256i *)(void *)(to + 32), b);
    }
    for (; n - i >= 24 + 4; i += 24, to += 32) {
        _mm256_storeu_si256((__m256i *)(void *)to, avx2_encode24(avx2_load24(from + i)));
    }
    return i;
}

/* Zero where a byte is a symbol. */
TARGET_AVX2 static inline __m256i avx2_wrong(__m256i in)
{
    __m256i mask = _mm256_set1_epi8(0x2f);
    __m256i low = _mm256_and_si256(in, mask);
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(in, 4), mask);

    return _mm256_and_si256(_mm256_shuffle_epi8(_mm256_setr_epi8(WRONG_LOW, WRONG_LOW), low),
                            _mm256_shuffle_epi8(_mm256_setr_epi8(WRONG_HIGH, WRONG_HIGH), high));
}

TARGET_AVX2 static inline __m256i avx2_decode32(__m256i in)
{
    __m256i slash = _mm256_set1_epi8(0x2f);
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(in, 4), slash);
    __m256i index = _mm256_add_epi8(_mm256_cmpeq_epi8(in, slash), high);
    __m256i table = _mm256_setr_epi8(TO_VALUE, TO_VALUE);
    __m256i values = _mm256_add_epi8(in, _mm256_shuffle_epi8(table, index));
    __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(JOIN_PAIRS));
    __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(JOIN_GROUPS));

    groups = _mm256_shuffle_epi8(groups, _mm256_setr_epi8(BIG_ENDIAN_3, BIG_ENDIAN_3));
    return _mm256_permutevar8x32_epi32(groups, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

TARGET_AVX2 static size_t avx2_decode(uint8_t *to, const char *from, size_t n)
{
    size_t i = 0;

    for (; n - i >= 64; i += 64, to += 48) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(from + i));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(from + i + 32));
        __m256i wrong = _mm256_or_si256(avx2_wrong(a), avx2_wrong(b));
        if (!_mm256_testz_si256(wrong, wrong)) {
            break;
        }
        _mm256_storeu_si256((__m256i *)(void *)to, avx2_decode32(a));
        _mm256_storeu_si256((__m256i *)(void *)(to + 24), avx2_decode32(b));
    }
    for (; n - i >= 32; i += 32, to += 24) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(from + i));
        __m256i wrong = avx2_wrong(a);
        if (!_mm256_testz_si256(wrong, wrong)) {
            break;
        }
        _mm256_storeu_si256((__m256i *)(void *)to, avx2_decode32(a));
    }
    return i;
}

TARGET_SSSE3 static size_t ssse3_encode(char *to, const uint8_t *from, size_t n)
{
    size_t i = 0;

    for (; n - i >= 12 + 4; i += 12, to += 16) {
        __m128i in = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        in = _mm_shuffle_epi8(in, _mm_setr_epi8(SPREAD));
        __m128i high = _mm_mulhi_epu16(_mm_and_si128(in, _mm_set1_epi32(FIELD_HIGH)),
                                       _mm_set1_epi32(SHIFT_HIGH));
        __m128i low = _mm_mullo_epi16(_mm_and_si128(in, _mm_set1_epi32(FIELD_LOW)),
                                      _mm_set1_epi32(SHIFT_LOW));
        __m128i values = _mm_or_si128(high, low);
        __m128i range = _mm_subs_epu8(values, _mm_set1_epi8(51));
        range = _mm_sub_epi8(range, _mm_cmpgt_epi8(values, _mm_set1_epi8(25)));
        __m128i out = _mm_add_epi8(values, _mm_shuffle_epi8(_mm_setr_epi8(TO_SYMBOL), range));
        _mm_storeu_si128((__m128i *)(void *)to, out);
    }
    return i;
}

TARGET_SSSE3 static size_t ssse3_decode(uint8_t *to, const char *from, size_t n)
{
    const __m128i mask = _mm_set1_epi8(0x2f);
    size_t i = 0;

    for (; n - i >= 16; i += 16, to += 12) {
        __m128i in = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        __m128i high = _mm_and_si128(_mm_srli_epi32(in, 4), mask);
        __m128i wrong =
            _mm_and_si128(_mm_shuffle_epi8(_mm_setr_epi8(WRONG_LOW), _mm_and_si128(in, mask)),
                          _mm_shuffle_epi8(_mm_setr_epi8(WRONG_HIGH), high));
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) != 0xffff) {
            break;
        }
        __m128i index = _mm_add_epi8(_mm_cmpeq_epi8(in, mask), high);
        __m128i values = _mm_add_epi8(in, _mm_shuffle_epi8(_mm_setr_epi8(TO_VALUE), index));
        __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(JOIN_PAIRS));
        __m128i groups = _mm_madd_epi16(pairs, _mm_set1_epi32(JOIN_GROUPS));
        groups = _mm_shuffle_epi8(groups, _mm_setr_epi8(BIG_ENDIAN_3));
        _mm_storeu_si128((__m128i *)(void *)to, groups);
    }
    return i;
}

const struct base64_kernel base64_x86_avx2 = {
    .name = "avx2",
    .usable = cpu_has_avx2,
    .encode = avx2_encode,
    .decode = avx2_decode,
};

const struct base64_kernel base64_x86_ssse3 = {
    .name = "ssse3",
    .usable = cpu_has_ssse3,
    .encode = ssse3_encode,
    .decode = ssse3_decode,
};

#else
typedef int base64_x86_is_empty; /* ISO C wants a declaration in every file */
#endif
