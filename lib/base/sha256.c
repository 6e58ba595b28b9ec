#include "base/sha256.h"

#include <stdatomic.h>
#include <string.h>

#include "base/hex.h"
#include "base/sha256_kernel.h"

const uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static bool portable_usable(void)
{
    return true;
}

static inline uint32_t rotate(uint32_t x, unsigned bits)
{
    return x >> bits | x << (32 - bits);
}

/* One round; the caller renames the variables instead of moving the values. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                           \
    do {                                                                                           \
        uint32_t t = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) +    \
                     sha256_constants[i] + w[i];                                                   \
        d += t;                                                                                    \
        h = t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));        \
    } while (0)

static void portable_block(uint32_t s[8], const uint8_t *from)
{
    uint32_t w[64];
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];

    for (int i = 0; i < 16; i++, from += 4) {
        w[i] = (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) +
               (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
    for (int i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    const uint32_t after[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++) {
        s[i] += after[i];
    }
}

static void portable_compress(uint32_t h[8], const uint8_t *from, size_t blocks)
{
    for (; blocks > 0; blocks--, from += 64) {
        portable_block(h, from);
    }
}

static const struct sha256_kernel portable = {
    .name = "portable",
    .usable = portable_usable,
    .compress = portable_compress,
};

static const struct sha256_kernel *const kernels[] = {
#if defined(__x86_64__)
    &sha256_x86,
#elif defined(SHA256_HAS_ARM)
    &sha256_arm,
#endif
    &portable,
};

static _Atomic(const struct sha256_kernel *) chosen;

static const struct sha256_kernel *kernel(void)
{
    const struct sha256_kernel *k = atomic_load_explicit(&chosen, memory_order_relaxed);

    /* Threads that meet here at once all choose the same. */
    for (size_t i = 0; k == NULL; i++) {
        if (kernels[i]->usable()) {
            k = kernels[i];
            atomic_store_explicit(&chosen, k, memory_order_relaxed);
        }
    }
    return k;
}

const char *sha256_level(void)
{
    return kernel()->name;
}

bool sha256_force(const char *level)
{
    if (level == NULL) {
        atomic_store_explicit(&chosen, NULL, memory_order_relaxed);
        return true;
    }
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        if (strcmp(kernels[i]->name, level) == 0 && kernels[i]->usable()) {
            atomic_store_explicit(&chosen, kernels[i], memory_order_relaxed);
            return true;
        }
    }
    return false;
}

void sha256_init(struct sha256 *s)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memcpy(s->h, start, sizeof s->h);
    s->len = 0;
}

void sha256_update(struct sha256 *s, const void *bytes, size_t n)
{
    const uint8_t *from = bytes;
    size_t held = s->len % sizeof s->block;

    if (n == 0) {
        return;
    }
    s->len += n;
    if (held > 0) {
        size_t take = sizeof s->block - held < n ? sizeof s->block - held : n;
        memcpy(s->block + held, from, take);
        if (held + take < sizeof s->block) {
            return;
        }
        kernel()->compress(s->h, s->block, 1);
        from += take;
        n -= take;
    }
    kernel()->compress(s->h, from, n / sizeof s->block);
    memcpy(s->block, from + n / sizeof s->block * sizeof s->block, n % sizeof s->block);
}

/* A bit 1, zeros up to 8 bytes before the end of a block, the length in bits. */
void sha256_final(struct sha256 *s, uint8_t digest[SHA256_LEN])
{
    uint8_t padding[64 + 8] = {0x80};
    uint64_t bits = s->len * 8;
    size_t n = 1 + (64 + 55 - (size_t)(s->len % 64)) % 64;

    for (int i = 0; i < 8; i++) {
        padding[n++] = (uint8_t)(bits >> (56 - 8 * i));
    }
    sha256_update(s, padding, n);
    for (int i = 0; i < SHA256_LEN; i++) {
        digest[i] = (uint8_t)(s->h[i / 4] >> (24 - i % 4 * 8));
    }
}

void sha256_hex(const uint8_t digest[SHA256_LEN], char out[SHA256_HEX_SIZE])
{
    hex_encode(out, digest, SHA256_LEN);
}
