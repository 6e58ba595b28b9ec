#ifndef SDCTL_BASE_SHA256_H
#define SDCTL_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256 (FIPS 180-4) of pictures as they pass by, with the CPU's own instructions for it where it
 * has them. For checksums that people compare; not for keys: nothing is wiped.
 */

#define SHA256_LEN 32
#define SHA256_HEX_SIZE 65 /* with the NUL */

/* One digest being made. The fields are private. */
struct sha256 {
    uint32_t h[8];
    uint64_t len;      /* bytes fed so far */
    uint8_t block[64]; /* the last len % 64 of them */
};

void sha256_init(struct sha256 *s);
void sha256_update(struct sha256 *s, const void *bytes, size_t n);

/* Puts the digest into `digest`; *s is used up, to be initialised again. */
void sha256_final(struct sha256 *s, uint8_t digest[SHA256_LEN]);

/* 64 lower-case hexadecimal digits and a NUL. */
void sha256_hex(const uint8_t digest[SHA256_LEN], char out[SHA256_HEX_SIZE]);

/* The form in use: "x86", "arm" or "portable". */
const char *sha256_level(void);

/* For tests: makes all later calls use that form, NULL for the best one. False, and no change, when
 * it is unknown or this CPU does not run it. */
bool sha256_force(const char *level);

#endif
