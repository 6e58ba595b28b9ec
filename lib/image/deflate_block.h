#ifndef SDCTL_IMAGE_DEFLATE_BLOCK_H
#define SDCTL_IMAGE_DEFLATE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "image/png.h"

/*
 * Internal to deflate_runs.c: the blocks of a deflate stream (RFC 1951). Literals and matches are
 * collected with their counts; a block is written as what is shortest of Huffman codes made for it,
 * the fixed ones, or the bytes themselves.
 */
#define DEFLATE_TOKENS 16384
#define DEFLATE_OUT 65536 /* bytes that the sink gets at once */

#define DEFLATE_LITERALS 288 /* and lengths; 256 ends a block, 286 and 287 never occur */
#define DEFLATE_DISTANCES 30

struct deflate_block {
    uint32_t tokens[DEFLATE_TOKENS]; /* a byte, or distance << 9 | length */
    size_t n;
    uint32_t literals[DEFLATE_LITERALS], distances[DEFLATE_DISTANCES]; /* how many of each symbol */
};

/* Bits on their way out. */
struct deflate_out {
    struct png_sink sink;
    uint64_t bits;
    unsigned n_bits; /* under 32 between calls */
    size_t n;
    uint8_t bytes[DEFLATE_OUT + 16];
};

/* What symbols cost, in bits with their extra bits, by the codes of the last block. */
struct deflate_prices {
    uint8_t literals[DEFLATE_LITERALS], distances[DEFLATE_DISTANCES];
};

/* Symbols of lengths 3 .. 258 (257 to be added) and of distances 1 .. 32768. */
static inline unsigned deflate_length_symbol(unsigned length)
{
    unsigned l = length - 3;

    if (l < 8) {
        return l;
    }
    unsigned top = 31 - (unsigned)__builtin_clz(l);
    return length == 258 ? 28 : 4 * (top - 1) + (l >> (top - 2) & 3);
}

static inline unsigned deflate_distance_symbol(unsigned distance)
{
    unsigned d = distance - 1;

    if (d < 2) {
        return d;
    }
    unsigned top = 31 - (unsigned)__builtin_clz(d);
    return 2 * top + (d >> (top - 1) & 1);
}

static inline void deflate_literal(struct deflate_block *b, uint8_t byte)
{
    b->tokens[b->n++] = byte;
    b->literals[byte]++;
}

static inline void deflate_match(struct deflate_block *b, unsigned length, unsigned distance)
{
    b->tokens[b->n++] = distance << 9 | length;
    b->literals[257 + deflate_length_symbol(length)]++;
    b->distances[deflate_distance_symbol(distance)]++;
}

/* Takes back the last token, a match. */
static inline void deflate_unmatch(struct deflate_block *b, unsigned length, unsigned distance)
{
    b->n--;
    b->literals[257 + deflate_length_symbol(length)]--;
    b->distances[deflate_distance_symbol(distance)]--;
}

/* Writes the block, empties it and sets the prices. raw, n_raw: the bytes that it stands for, or
 * NULL when they are gone (then it must be one that is shorter than they were). */
int deflate_block_write(struct deflate_block *b, struct deflate_out *out, const uint8_t *raw,
                        size_t n_raw, bool last, struct deflate_prices *prices, struct error *err);

/* n bits at most 32, the lowest first. */
int deflate_out_bits(struct deflate_out *out, uint32_t value, unsigned n, struct error *err);

/* Fills up the last byte and gives all that is left to the sink. */
int deflate_out_align(struct deflate_out *out, struct error *err);
int deflate_out_flush(struct deflate_out *out, struct error *err);

#endif
