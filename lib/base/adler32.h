#ifndef SDCTL_BASE_ADLER32_H
#define SDCTL_BASE_ADLER32_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of zlib streams (RFC 1950), same use and result as zlib's adler32(): start with 1,
 * feed pieces of any size. Some ten times as fast where the CPU has AVX2; elsewhere zlib's. */
uint32_t adler32_update(uint32_t adler, const void *bytes, size_t n);

#endif
