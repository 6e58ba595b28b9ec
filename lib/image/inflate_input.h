#ifndef SDCTL_IMAGE_INFLATE_INPUT_H
#define SDCTL_IMAGE_INFLATE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "image/inflater.h"

/* The compressed bytes of an inflater, taken bit by bit. Internal to inflate*.c. */

#define INFLATE_INPUT 16384
#define INFLATE_INPUT_PAD 32 /* zeros after the last byte, so that it can be read in words */

/* The bits that come next, the first lowest; above the n bits stand further ones, but maybe not all
 * of them. */
struct inflate_bits {
    uint64_t word;
    unsigned n;
    size_t at; /* in the input, of what is not among the n */
};

struct inflate_input {
    struct inflater_source source;
    const char *name;
    struct inflate_bits bits;
    bool ended; /* the source has no more */
    size_t end;
    uint8_t bytes[INFLATE_INPUT + INFLATE_INPUT_PAD];
};

/* Takes at most 16 of the n bits. */
static inline uint32_t inflate_take(struct inflate_bits *b, unsigned n)
{
    uint32_t value = (uint32_t)b->word & ((1u << n) - 1);

    b->word >>= n;
    b->n -= n;
    return value;
}

/* Makes them 56 or more. From bits.at there are 8 bytes, zeros behind the end included. */
static inline void inflate_load(struct inflate_bits *b, const uint8_t *input)
{
    uint64_t next;

    memcpy(&next, input + b->at, sizeof next);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    next = __builtin_bswap64(next);
#endif
    b->word |= next << b->n;
    b->at += (63 - b->n) >> 3;
    b->n |= 56;
}

/* Gives back whole bytes: n is below 8 after. */
static inline void inflate_return(struct inflate_bits *b)
{
    b->at -= b->n / 8;
    b->n %= 8;
    b->word &= (1u << b->n) - 1;
}

/* So that there are 16 bytes or more from bits.at, zeros behind the end included. When more than
 * the end was taken, that is an error. */
int inflate_input_more(struct inflate_input *in, struct error *err);

/* So that there are 56 bits or more. */
int inflate_input_fill(struct inflate_input *in, struct error *err);

/* EXIT_INPUT: the PNG is not usable, for what is wrong with "its image data". Returns -1. */
int inflate_input_fault(const struct inflate_input *in, const char *what, struct error *err);

#endif
