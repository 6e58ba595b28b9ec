#ifndef SDCTL_IMAGE_INFLATE_CODE_H
#define SDCTL_IMAGE_INFLATE_CODE_H

#include <stdint.h>

#include "base/error.h"
#include "image/inflate_input.h"

/* The two Huffman codes of a block, as tables. Internal to inflate*.c. */

#define INFLATE_CODE_BITS 15 /* of the longest code */
#define INFLATE_LITERALS 288
#define INFLATE_DISTANCES 32
#define INFLATE_TABLE_BITS 11 /* of a code that is decoded at once */

/* An entry is what a code stands for: its bits, 0 .. 15; extra bits << 4; kind << 8; and << 16 the
 * literal, or the base of a length or distance. */
enum inflate_kind {
    INFLATE_LITERAL = 0 << 8,
    INFLATE_NUMBER = 1 << 8,
    INFLATE_END = 2 << 8,
    INFLATE_INVALID = 3 << 8,
};
#define INFLATE_KIND(entry) ((entry)&3 << 8)
#define INFLATE_BITS(entry) ((entry)&15)
#define INFLATE_EXTRA(entry) ((entry) >> 4 & 15)
#define INFLATE_VALUE(entry) ((entry) >> 16)

struct inflate_code {
    unsigned table_bits;
    uint16_t of_length[INFLATE_CODE_BITS + 1]; /* symbols */
    uint32_t sorted[INFLATE_LITERALS];         /* entries in the order of their codes */
    uint32_t table[1 << INFLATE_TABLE_BITS];   /* by the next bits; 0: a longer code, or none */
};

struct inflate_codes {
    struct inflate_code literals, distances;
};

/* Those that a stream need not describe. */
void inflate_codes_fix(struct inflate_codes *c);

/* Those that the input describes; they are checked as zlib does. */
int inflate_codes_read(struct inflate_codes *c, struct inflate_input *in, struct error *err);

/* The entry of a code that is longer than table_bits, INFLATE_INVALID when there is none. */
uint32_t inflate_code_long(const struct inflate_code *c, uint64_t word);

/* The entry of the code that the word begins with. */
static inline uint32_t inflate_decode(const struct inflate_code *c, uint64_t word)
{
    uint32_t entry = c->table[word & ((1u << c->table_bits) - 1)];

    return entry != 0 ? entry : inflate_code_long(c, word);
}

#endif
