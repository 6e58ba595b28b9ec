#ifndef SDCTL_IMAGE_DEFLATE_CODE_H
#define SDCTL_IMAGE_DEFLATE_CODE_H

#include <stdint.h>

/* Huffman codes as deflate has them (RFC 1951, 3.2.2). Internal to deflate_block.c. */

#define DEFLATE_CODE_MAX 288 /* symbols */

/* Sets how many bits, at most `limit` <= 15, the code of each of n symbols has, by how often they
 * occur: 0 when never, but at least one symbol gets a code. */
void deflate_code_lengths(const uint32_t *counts, unsigned n, unsigned limit, uint8_t *bits);

/* The codes of these lengths, turned around, for the stream takes them from the top bit. */
void deflate_code_assign(const uint8_t *bits, unsigned n, uint16_t *codes);

#endif
