#ifndef SDCTL_BASE_SHA256_KERNEL_H
#define SDCTL_BASE_SHA256_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Internal to sha256*.c: the compression function, one for each kind of CPU. */
struct sha256_kernel {
    const char *name;
    /* Whether this CPU can run it. */
    bool (*usable)(void);
    /* Works `blocks` blocks of 64 bytes into h. */
    void (*compress)(uint32_t h[8], const uint8_t *from, size_t blocks);
};

/* The round constants (FIPS 180-4, 4.2.2). */
extern const uint32_t sha256_constants[64];

#if defined(__x86_64__)
extern const struct sha256_kernel sha256_x86;
#endif

/* Old clang has the intrinsics only where the whole build may use them. */
#if defined(__aarch64__) && defined(__linux__) &&                                                  \
    (!defined(__clang__) || defined(__ARM_FEATURE_SHA2))
#define SHA256_HAS_ARM
extern const struct sha256_kernel sha256_arm;
#endif

#endif
