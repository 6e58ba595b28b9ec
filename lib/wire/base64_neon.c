#include "wire/base64_kernel.h"

#if defined(__aarch64__)

#include <arm_neon.h>

/* Every aarch64 CPU has these vectors; 64-byte table look-ups do the translation both ways. */

static const uint8_t symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Values of bytes 0x00-0x3f and 0x40-0x7f, 255 for what is no symbol. */
#define NONE8 255, 255, 255, 255, 255, 255, 255, 255
static const uint8_t values_00[64] = {NONE8, NONE8, NONE8, NONE8, NONE8, 255, 255, 255, 62, 255,
                                      255,   255,   63,    52,    53,    54,  55,  56,  57, 58,
                                      59,    60,    61,    255,   255,   255, 255, 255, 255};
static const uint8_t values_40[64] = {255, 0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   10, 11,
                                      12,  13,  14,  15,  16,  17,  18,  19,  20,  21,  22,  23, 24,
                                      25,  255, 255, 255, 255, 255, 255, 26,  27,  28,  29,  30, 31,
                                      32,  33,  34,  35,  36,  37,  38,  39,  40,  41,  42,  43, 44,
                                      45,  46,  47,  48,  49,  50,  51,  255, 255, 255, 255, 255};

static bool neon_usable(void)
{
    return true;
}

static uint8x16x4_t neon_table(const uint8_t *bytes)
{
    uint8x16x4_t t = {
        {vld1q_u8(bytes), vld1q_u8(bytes + 16), vld1q_u8(bytes + 32), vld1q_u8(bytes + 48)}};
    return t;
}

static size_t neon_encode(char *to, const uint8_t *from, size_t n)
{
    const uint8x16x4_t table = neon_table(symbols);
    const uint8x16_t mask = vdupq_n_u8(63);
    size_t i = 0;

    for (; n - i >= 48; i += 48, to += 64) {
        uint8x16x3_t in = vld3q_u8(from + i);
        uint8x16x4_t out;
        out.val[0] = vshrq_n_u8(in.val[0], 2);
        out.val[1] = vandq_u8(vsliq_n_u8(vshrq_n_u8(in.val[1], 4), in.val[0], 4), mask);
        out.val[2] = vandq_u8(vsliq_n_u8(vshrq_n_u8(in.val[2], 6), in.val[1], 2), mask);
        out.val[3] = vandq_u8(in.val[2], mask);
        for (int k = 0; k < 4; k++) {
            out.val[k] = vqtbl4q_u8(table, out.val[k]);
        }
        vst4q_u8((uint8_t *)to, out);
    }
    return i;
}

/* A look-up out of range gives 0 (tbl) or keeps the operand (tbx), so the halves combine. */
static uint8x16_t neon_value(uint8x16x4_t low, uint8x16x4_t high, uint8x16_t in)
{
    uint8x16_t beyond = vcgeq_u8(in, vdupq_n_u8(128));
    uint8x16_t value = vqtbx4q_u8(beyond, low, in);

    return vqtbx4q_u8(value, high, vsubq_u8(in, vdupq_n_u8(64)));
}

static size_t neon_decode(uint8_t *to, const char *from, size_t n)
{
    const uint8x16x4_t low = neon_table(values_00);
    const uint8x16x4_t high = neon_table(values_40);
    size_t i = 0;

    for (; n - i >= 64; i += 64, to += 48) {
        uint8x16x4_t in = vld4q_u8((const uint8_t *)from + i);
        for (int k = 0; k < 4; k++) {
            in.val[k] = neon_value(low, high, in.val[k]);
        }
        uint8x16_t any = vorrq_u8(vorrq_u8(in.val[0], in.val[1]), vorrq_u8(in.val[2], in.val[3]));
        if (vmaxvq_u8(any) > 63) {
            break;
        }
        uint8x16x3_t out;
        out.val[0] = vsliq_n_u8(vshrq_n_u8(in.val[1], 4), in.val[0], 2);
        out.val[1] = vsliq_n_u8(vshrq_n_u8(in.val[2], 2), in.val[1], 4);
        out.val[2] = vsliq_n_u8(in.val[3], in.val[2], 6);
        vst3q_u8(to, out);
    }
    return i;
}

const struct base64_kernel base64_neon = {
    .name = "neon",
    .usable = neon_usable,
    .encode = neon_encode,
    .decode = neon_decode,
};

#else
typedef int base64_neon_is_empty; /* ISO C wants a declaration in every file */
#endif
