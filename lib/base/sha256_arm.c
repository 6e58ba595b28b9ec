#include "base/sha256_kernel.h"

#if defined(SHA256_HAS_ARM)

#include <arm_neon.h>
#include <sys/auxv.h>

#define TARGET_SHA __attribute__((target("+crypto")))

static bool arm_usable(void)
{
    const unsigned long sha2 = 1ul << 6; /* HWCAP_SHA2 (Linux, Documentation/arm64/elf_hwcaps) */

    return (getauxval(AT_HWCAP) & sha2) != 0;
}

TARGET_SHA static inline void four_rounds(uint32x4_t *abcd, uint32x4_t *efgh, uint32x4_t words,
                                          const uint32_t *constants)
{
    uint32x4_t sum = vaddq_u32(words, vld1q_u32(constants)), before = *abcd;

    *abcd = vsha256hq_u32(*abcd, *efgh, sum);
    *efgh = vsha256h2q_u32(*efgh, before, sum);
}

/* The four words of the message schedule that follow the sixteen in a, b, c, d. */
TARGET_SHA static inline uint32x4_t schedule(uint32x4_t a, uint32x4_t b, uint32x4_t c, uint32x4_t d)
{
    return vsha256su1q_u32(vsha256su0q_u32(a, b), c, d);
}

TARGET_SHA static inline uint32x4_t load_words(const uint8_t *from)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(from)));
}

TARGET_SHA static void arm_compress(uint32_t h[8], const uint8_t *from, size_t blocks)
{
    uint32x4_t abcd = vld1q_u32(h), efgh = vld1q_u32(h + 4);

    for (; blocks > 0; blocks--, from += 64) {
        const uint32x4_t abcd_before = abcd, efgh_before = efgh;
        const uint32_t *k = sha256_constants;
        uint32x4_t a = load_words(from), b = load_words(from + 16);
        uint32x4_t c = load_words(from + 32), d = load_words(from + 48);
        for (int i = 0; i < 3; i++, k += 16) {
            four_rounds(&abcd, &efgh, a, k);
            a = schedule(a, b, c, d);
            four_rounds(&abcd, &efgh, b, k + 4);
            b = schedule(b, c, d, a);
            four_rounds(&abcd, &efgh, c, k + 8);
            c = schedule(c, d, a, b);
            four_rounds(&abcd, &efgh, d, k + 12);
            d = schedule(d, a, b, c);
        }
        four_rounds(&abcd, &efgh, a, k);
        four_rounds(&abcd, &efgh, b, k + 4);
        four_rounds(&abcd, &efgh, c, k + 8);
        four_rounds(&abcd, &efgh, d, k + 12);
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(h, abcd);
    vst1q_u32(h + 4, efgh);
}

const struct sha256_kernel sha256_arm = {
    .name = "arm",
    .usable = arm_usable,
    .compress = arm_compress,
};

#else
typedef int sha256_arm_is_empty; /* ISO C wants a declaration in every file */
#endif
