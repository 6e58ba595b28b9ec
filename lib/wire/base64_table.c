#include "wire/base64_kernel.h"

/* Every symbol with its value, for tables that the compiler makes. */
/* clang-format off */
#define SYMBOLS(X)                                                                                \
    X('A', 0) X('B', 1) X('C', 2) X('D', 3) X('E', 4) X('F', 5) X('G', 6) X('H', 7)               \
    X('I', 8) X('J', 9) X('K', 10) X('L', 11) X('M', 12) X('N', 13) X('O', 14) X('P', 15)         \
    X('Q', 16) X('R', 17) X('S', 18) X('T', 19) X('U', 20) X('V', 21) X('W', 22) X('X', 23)       \
    X('Y', 24) X('Z', 25) X('a', 26) X('b', 27) X('c', 28) X('d', 29) X('e', 30) X('f', 31)       \
    X('g', 32) X('h', 33) X('i', 34) X('j', 35) X('k', 36) X('l', 37) X('m', 38) X('n', 39)       \
    X('o', 40) X('p', 41) X('q', 42) X('r', 43) X('s', 44) X('t', 45) X('u', 46) X('v', 47)       \
    X('w', 48) X('x', 49) X('y', 50) X('z', 51) X('0', 52) X('1', 53) X('2', 54) X('3', 55)       \
    X('4', 56) X('5', 57) X('6', 58) X('7', 59) X('8', 60) X('9', 61) X('+', 62) X('/', 63)
/* clang-format on */

/* The value at its place in the group of 24 bits, and a bit above that says "a symbol". */
#define FIRST(c, v) [c] = ((uint32_t)(v) << 18) | 1u << 24,
#define SECOND(c, v) [c] = ((uint32_t)(v) << 12) | 1u << 25,
#define THIRD(c, v) [c] = ((uint32_t)(v) << 6) | 1u << 26,
#define FOURTH(c, v) [c] = (uint32_t)(v) | 1u << 27,
#define ALL_SYMBOLS 0xfu

static const uint32_t first[256] = {SYMBOLS(FIRST)};
static const uint32_t second[256] = {SYMBOLS(SECOND)};
static const uint32_t third[256] = {SYMBOLS(THIRD)};
static const uint32_t fourth[256] = {SYMBOLS(FOURTH)};

static bool table_usable(void)
{
    return true;
}

static size_t table_encode(char *to, const uint8_t *from, size_t n)
{
    static const char symbols[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i = 0;

    for (; n - i >= 3; i += 3, to += 4) {
        uint32_t group =
            (uint32_t)from[i] << 16 | (uint32_t)from[i + 1] << 8 | (uint32_t)from[i + 2];
        to[0] = symbols[group >> 18];
        to[1] = symbols[group >> 12 & 63];
        to[2] = symbols[group >> 6 & 63];
        to[3] = symbols[group & 63];
    }
    return i;
}

static size_t table_decode(uint8_t *to, const char *from, size_t n)
{
    const uint8_t *in = (const uint8_t *)from;
    size_t i = 0;

    for (; n - i >= 4; i += 4, to += 3) {
        uint32_t group = first[in[i]] | second[in[i + 1]] | third[in[i + 2]] | fourth[in[i + 3]];
        if (group >> 24 != ALL_SYMBOLS) {
            break;
        }
        to[0] = (uint8_t)(group >> 16);
        to[1] = (uint8_t)(group >> 8);
        to[2] = (uint8_t)group;
    }
    return i;
}

unsigned base64_table_classify(char c)
{
    uint32_t symbol = fourth[(uint8_t)c];

    if (symbol) {
        return symbol & 63;
    }
    if (c == '=') {
        return BASE64_BYTE_PAD;
    }
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        return BASE64_BYTE_SPACE;
    }
    return BASE64_BYTE_OTHER;
}

const struct base64_kernel base64_table = {
    .name = "table",
    .usable = table_usable,
    .encode = table_encode,
    .decode = table_decode,
};
