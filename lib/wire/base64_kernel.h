#ifndef SDCTL_WIRE_BASE64_KERNEL_H
#define SDCTL_WIRE_BASE64_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Internal to base64*.c: the inner loops, one set for each kind of CPU. Each does what it can of a
 * clean run and leaves the rest to the next simpler one; the table kernel leaves less than a group.
 */
struct base64_kernel {
    const char *name;
    /* Whether this CPU can run it. */
    bool (*usable)(void);
    /* Encodes a multiple of 3 of the n bytes, reading no byte after from[n - 1] and writing exactly
     * 4/3 of what it did. Returns the number of bytes done. */
    size_t (*encode)(char *to, const uint8_t *from, size_t n);
    /* Decodes a multiple of 4 of the n symbols, up to a vector (the table: a group) that holds
     * anything but symbols. May write BASE64_DECODED_MAX(n) bytes. Returns the symbols done. */
    size_t (*decode)(uint8_t *to, const char *from, size_t n);
};

extern const struct base64_kernel base64_table;
#if defined(__x86_64__)
extern const struct base64_kernel base64_x86_avx2;
extern const struct base64_kernel base64_x86_ssse3;
#elif defined(__aarch64__)
extern const struct base64_kernel base64_neon;
#endif

/* What a byte is outside of the clean runs: 0..63 a symbol's value, or one of these. */
enum base64_byte {
    BASE64_BYTE_PAD = 64,
    BASE64_BYTE_SPACE,
    BASE64_BYTE_OTHER,
};
unsigned base64_table_classify(char c);

#endif
