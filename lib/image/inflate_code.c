#include "image/inflate_code.h"

#include <stdbool.h>
#include <string.h>

#define DISTANCE_TABLE_BITS 9

static uint32_t literal_entry(unsigned symbol)
{
    unsigned s = symbol - 257, extra = s < 8 || s == 28 ? 0 : s / 4 - 1;

    if (symbol < 256) {
        return INFLATE_LITERAL | symbol << 16;
    }
    if (symbol == 256) {
        return INFLATE_END;
    }
    if (s > 28) {
        return INFLATE_INVALID;
    }
    unsigned base = s == 28 ? 258 : s < 8 ? 3 + s : 3 + ((4 + s % 4) << extra);
    return INFLATE_NUMBER | extra << 4 | base << 16;
}

static uint32_t distance_entry(unsigned symbol)
{
    unsigned extra = symbol < 4 ? 0 : symbol / 2 - 1;

    if (symbol > 29) {
        return INFLATE_INVALID;
    }
    unsigned base = symbol < 2 ? 1 + symbol : 1 + ((2 + symbol % 2) << extra);
    return INFLATE_NUMBER | extra << 4 | base << 16;
}

static uint32_t plain_entry(unsigned symbol)
{
    return INFLATE_LITERAL | symbol << 16;
}

/* False when there are more codes of these lengths than can be, or fewer than must: only a single
 * code of one bit, or none at all, may leave some unused. */
static bool lengths_fit(const struct inflate_code *c, bool single_ok)
{
    unsigned left = 1, used = 0;

    for (unsigned bits = 1; bits <= INFLATE_CODE_BITS; bits++) {
        left <<= 1;
        if (c->of_length[bits] > left) {
            return false;
        }
        left -= c->of_length[bits];
        used += c->of_length[bits];
    }
    return left == 0 || used == 0 || (single_ok && used == 1 && c->of_length[1] == 1);
}

static bool code_make(struct inflate_code *c, const uint8_t *lengths, unsigned n,
                      unsigned table_bits, bool single_ok, uint32_t (*entry)(unsigned symbol))
{
    uint16_t at[INFLATE_CODE_BITS + 2] = {0}, next[INFLATE_CODE_BITS + 2] = {0};

    memset(c->of_length, 0, sizeof c->of_length);
    for (unsigned s = 0; s < n; s++) {
        c->of_length[lengths[s]]++;
    }
    c->of_length[0] = 0;
    if (!lengths_fit(c, single_ok)) {
        return false;
    }
    for (unsigned bits = 1; bits <= INFLATE_CODE_BITS; bits++) {
        at[bits + 1] = (uint16_t)(at[bits] + c->of_length[bits]);
        next[bits + 1] = (uint16_t)((next[bits] + c->of_length[bits]) << 1);
    }
    c->table_bits = table_bits;
    memset(c->table, 0, sizeof c->table[0] << table_bits);
    for (unsigned s = 0; s < n; s++) {
        unsigned bits = lengths[s], turned = 0;
        if (bits == 0) {
            continue;
        }
        c->sorted[at[bits]++] = entry(s) | bits;
        unsigned code = next[bits]++;
        for (unsigned i = 0; i < bits; i++, code >>= 1) {
            turned = turned << 1 | (code & 1);
        }
        for (; bits <= table_bits && turned < 1u << table_bits; turned += 1u << bits) {
            c->table[turned] = entry(s) | bits;
        }
    }
    return true;
}

uint32_t inflate_code_long(const struct inflate_code *c, uint64_t word)
{
    unsigned code = 0, first = 0, index = 0;

    for (unsigned bits = 1; bits <= INFLATE_CODE_BITS; bits++, word >>= 1) {
        unsigned count = c->of_length[bits];
        code = code << 1 | (unsigned)(word & 1);
        first <<= 1;
        if (code < first + count) {
            return c->sorted[index + code - first];
        }
        index += count;
        first += count;
    }
    return INFLATE_INVALID;
}

void inflate_codes_fix(struct inflate_codes *c)
{
    uint8_t lengths[INFLATE_LITERALS];

    for (unsigned s = 0; s < INFLATE_LITERALS; s++) {
        lengths[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
    }
    code_make(&c->literals, lengths, INFLATE_LITERALS, INFLATE_TABLE_BITS, true, literal_entry);
    memset(lengths, 5, INFLATE_DISTANCES);
    code_make(&c->distances, lengths, INFLATE_DISTANCES, DISTANCE_TABLE_BITS, true, distance_entry);
}

/* Reads n code lengths, themselves coded by c. */
static int read_lengths(const struct inflate_code *c, struct inflate_input *in, uint8_t *lengths,
                        unsigned n, struct error *err)
{
    unsigned repeat;

    for (unsigned i = 0; i < n; i += repeat) {
        if (inflate_input_fill(in, err)) {
            return -1;
        }
        uint32_t entry = inflate_decode(c, in->bits.word);
        unsigned symbol = INFLATE_VALUE(entry);
        inflate_take(&in->bits, INFLATE_BITS(entry));
        repeat = symbol < 16    ? 1
                 : symbol == 16 ? 3 + inflate_take(&in->bits, 2)
                 : symbol == 17 ? 3 + inflate_take(&in->bits, 3)
                                : 11 + inflate_take(&in->bits, 7);
        if (INFLATE_KIND(entry) == INFLATE_INVALID || repeat > n - i || (symbol == 16 && i == 0)) {
            return inflate_input_fault(in, "has invalid codes", err);
        }
        memset(lengths + i, symbol < 16 ? (int)symbol : symbol == 16 ? lengths[i - 1] : 0, repeat);
    }
    return 0;
}

int inflate_codes_read(struct inflate_codes *c, struct inflate_input *in, struct error *err)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[INFLATE_LITERALS + INFLATE_DISTANCES] = {0};
    unsigned n_literals = 257 + inflate_take(&in->bits, 5);
    unsigned n_distances = 1 + inflate_take(&in->bits, 5);
    unsigned n_order = 4 + inflate_take(&in->bits, 4);
    bool fits = n_literals <= 286 && n_distances <= 30;

    for (unsigned i = 0; i < n_order; i++) {
        if (inflate_input_fill(in, err)) {
            return -1;
        }
        lengths[order[i]] = (uint8_t)inflate_take(&in->bits, 3);
    }
    fits = fits && code_make(&c->distances, lengths, 19, 7, false, plain_entry);
    if (fits && read_lengths(&c->distances, in, lengths, n_literals + n_distances, err)) {
        return -1;
    }
    fits = fits && lengths[256] > 0 &&
           code_make(&c->literals, lengths, n_literals, INFLATE_TABLE_BITS, true, literal_entry) &&
           code_make(&c->distances, lengths + n_literals, n_distances, DISTANCE_TABLE_BITS, true,
                     distance_entry);
    return fits ? 0 : inflate_input_fault(in, "has invalid codes", err);
}
