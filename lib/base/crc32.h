#ifndef SDCTL_BASE_CRC32_H
#define SDCTL_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* The CRC-32 of PNG and zlib (ISO 3309), same use and result as zlib's crc32(): start with crc = 0,
 * feed pieces of any size. About three times as fast where the CPU multiplies without carries
 * (x86-64 with PCLMULQDQ); elsewhere zlib's. */
uint32_t crc32_update(uint32_t crc, const void *bytes, size_t n);

#endif
