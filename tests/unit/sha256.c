#include "base/sha256.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { MAX = 1 << 20 };

static void digest_of(const unsigned char *bytes, size_t n, size_t step, uint8_t digest[SHA256_LEN])
{
    struct sha256 s;

    sha256_init(&s);
    for (size_t i = 0, take; i < n; i += take) {
        take = step > 0 ? 1 + (size_t)rand() % step : n;
        take = take < n - i ? take : n - i;
        sha256_update(&s, bytes + i, take);
    }
    sha256_final(&s, digest);
}

static void check_level(const char *level, const unsigned char *bytes)
{
    uint8_t digest[SHA256_LEN], expected[SHA256_LEN];
    char hex[SHA256_HEX_SIZE];

    digest_of((const unsigned char *)"abc", 3, 0, digest);
    sha256_hex(digest, hex);
    CHECK(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0,
          "%s: FIPS 180-4's example: %s", level, hex);
    for (size_t n = 0; n <= 300; n++) {
        for (size_t step = 0; step <= 130; step += 13) {
            const unsigned char *from = bytes + n + step;
            crypto_hash_sha256(expected, from, n);
            digest_of(from, n, step, digest);
            CHECK(memcmp(digest, expected, SHA256_LEN) == 0, "%s: %zu by %zu", level, n, step);
        }
    }
    for (int round = 0; round < 20; round++) {
        size_t n = (size_t)rand() % MAX;
        crypto_hash_sha256(expected, bytes, n);
        digest_of(bytes, n, (size_t)round * 1000, digest);
        CHECK(memcmp(digest, expected, SHA256_LEN) == 0, "%s: %zu bytes", level, n);
    }
}

int main(void)
{
    static const char *const levels[] = {"x86", "arm", "portable"};
    unsigned char *bytes = malloc(MAX);

    if (bytes == NULL || sodium_init() < 0) {
        return 1;
    }
    srand(1);
    for (size_t i = 0; i < MAX; i++) {
        bytes[i] = (unsigned char)(rand() >> 7);
    }
    printf("best level here: %s\n", sha256_level());
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (sha256_force(levels[i])) {
            CHECK(strcmp(sha256_level(), levels[i]) == 0, "level %s is set", levels[i]);
            check_level(levels[i], bytes);
        } else {
            printf("not run here: %s\n", levels[i]);
        }
    }
    CHECK(!sha256_force("abacus") && sha256_force(NULL), "unknown levels are refused");
    free(bytes);
    return unit_done("sha256");
}
