#include "image/deflate_block.h"

#include <string.h>

#include "image/deflate_code.h"

#define CODE_LENGTHS 19
#define ALL_LENGTHS (DEFLATE_LITERALS + DEFLATE_DISTANCES)
#define STORED_MAX 65535

enum { REPEAT = 16, ZEROS = 17, MANY_ZEROS = 18 };

static const uint8_t code_length_order[CODE_LENGTHS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                        11, 4,  12, 3, 13, 2, 14, 1, 15};

/* Both codes of a block, and the description of them that stands at its beginning. */
struct codes {
    uint8_t literal_bits[DEFLATE_LITERALS], distance_bits[DEFLATE_DISTANCES];
    uint8_t length_bits[CODE_LENGTHS];
    uint16_t literals[DEFLATE_LITERALS], distances[DEFLATE_DISTANCES], lengths[CODE_LENGTHS];
    unsigned n_literals, n_distances, n_lengths;
    uint16_t steps[ALL_LENGTHS]; /* a code length symbol, and its extra bits << 5 */
    unsigned n_steps;
};

static unsigned step_extra(unsigned symbol)
{
    return symbol == REPEAT ? 2 : symbol == ZEROS ? 3 : symbol == MANY_ZEROS ? 7 : 0;
}

/* Run-length codes the code lengths. */
static void make_steps(struct codes *c)
{
    uint8_t all[ALL_LENGTHS];
    unsigned n = c->n_literals + c->n_distances, run;

    memcpy(all, c->literal_bits, c->n_literals);
    memcpy(all + c->n_literals, c->distance_bits, c->n_distances);
    c->n_steps = 0;
    for (unsigned i = 0; i < n; i += run) {
        unsigned symbol = all[i], extra = 0;
        for (run = 1; i + run < n && run < 138 && all[i + run] == all[i]; run++) {
        }
        if (all[i] == 0 && run >= 3) {
            symbol = run < 11 ? ZEROS : MANY_ZEROS;
            extra = run - (run < 11 ? 3 : 11);
        } else if (i > 0 && all[i] != 0 && all[i - 1] == all[i] && run >= 3) {
            run = run < 6 ? run : 6;
            symbol = REPEAT;
            extra = run - 3;
        } else {
            run = 1;
        }
        c->steps[c->n_steps++] = (uint16_t)(symbol | extra << 5);
    }
}

static void codes_make(struct codes *c, const struct deflate_block *b)
{
    uint32_t counts[CODE_LENGTHS] = {0};

    deflate_code_lengths(b->literals, DEFLATE_LITERALS, 15, c->literal_bits);
    deflate_code_lengths(b->distances, DEFLATE_DISTANCES, 15, c->distance_bits);
    for (c->n_literals = DEFLATE_LITERALS; c->literal_bits[c->n_literals - 1] == 0;) {
        c->n_literals--;
    }
    for (c->n_distances = DEFLATE_DISTANCES; c->distance_bits[c->n_distances - 1] == 0;) {
        c->n_distances--;
    }
    make_steps(c);
    for (unsigned i = 0; i < c->n_steps; i++) {
        counts[c->steps[i] & 31]++;
    }
    deflate_code_lengths(counts, CODE_LENGTHS, 7, c->length_bits);
    for (c->n_lengths = CODE_LENGTHS; c->length_bits[code_length_order[c->n_lengths - 1]] == 0;) {
        c->n_lengths--;
    }
    c->n_lengths = c->n_lengths < 4 ? 4 : c->n_lengths;
}

static void codes_fix(struct codes *c)
{
    for (unsigned s = 0; s < DEFLATE_LITERALS; s++) {
        c->literal_bits[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
    }
    memset(c->distance_bits, 5, sizeof c->distance_bits);
}

static unsigned length_extra(unsigned symbol)
{
    return symbol < 8 || symbol == 28 ? 0 : symbol / 4 - 1;
}

static unsigned distance_extra(unsigned symbol)
{
    return symbol < 4 ? 0 : symbol / 2 - 1;
}

/* Bits of the block's tokens, without a description of the codes. */
static uint64_t tokens_cost(const struct codes *c, const struct deflate_block *b)
{
    uint64_t cost = 0;

    for (unsigned s = 0; s < DEFLATE_LITERALS; s++) {
        unsigned extra = s > 256 ? length_extra(s - 257) : 0;
        cost += (uint64_t)b->literals[s] * (c->literal_bits[s] + extra);
    }
    for (unsigned s = 0; s < DEFLATE_DISTANCES; s++) {
        cost += (uint64_t)b->distances[s] * (c->distance_bits[s] + distance_extra(s));
    }
    return cost;
}

static uint64_t description_cost(const struct codes *c)
{
    uint64_t cost = 14 + 3 * c->n_lengths;

    for (unsigned i = 0; i < c->n_steps; i++) {
        unsigned symbol = c->steps[i] & 31;
        cost += c->length_bits[symbol] + step_extra(symbol);
    }
    return cost;
}

int deflate_out_flush(struct deflate_out *out, struct error *err)
{
    size_t n = out->n;

    out->n = 0;
    return n > 0 ? out->sink.write(out->sink.ctx, out->bytes, n, err) : 0;
}

int deflate_out_bits(struct deflate_out *out, uint32_t value, unsigned n, struct error *err)
{
    out->bits |= (uint64_t)value << out->n_bits;
    out->n_bits += n;
    if (out->n_bits < 32) {
        return 0;
    }
    for (unsigned i = 0; i < 4; i++) {
        out->bytes[out->n++] = (uint8_t)(out->bits >> 8 * i);
    }
    out->bits >>= 32;
    out->n_bits -= 32;
    return out->n >= DEFLATE_OUT ? deflate_out_flush(out, err) : 0;
}

int deflate_out_align(struct deflate_out *out, struct error *err)
{
    for (; out->n_bits > 0; out->n_bits -= out->n_bits < 8 ? out->n_bits : 8, out->bits >>= 8) {
        out->bytes[out->n++] = (uint8_t)out->bits;
    }
    return out->n >= DEFLATE_OUT ? deflate_out_flush(out, err) : 0;
}

static int write_stored(struct deflate_out *out, const uint8_t *raw, size_t n, bool last,
                        struct error *err)
{
    do {
        size_t part = n < STORED_MAX ? n : STORED_MAX;

        n -= part;
        if (deflate_out_bits(out, last && n == 0, 3, err) || deflate_out_align(out, err) ||
            deflate_out_bits(out, (uint32_t)(part | (part ^ 0xffff) << 16), 32, err)) {
            return -1;
        }
        while (part > 0) {
            size_t take = DEFLATE_OUT - out->n < part ? DEFLATE_OUT - out->n : part;
            memcpy(out->bytes + out->n, raw, take);
            out->n += take;
            raw += take;
            part -= take;
            if (out->n == DEFLATE_OUT && deflate_out_flush(out, err)) {
                return -1;
            }
        }
    } while (n > 0);
    return 0;
}

static int write_description(struct deflate_out *out, const struct codes *c, struct error *err)
{
    uint32_t sizes = (c->n_literals - 257) | (c->n_distances - 1) << 5 | (c->n_lengths - 4) << 10;

    if (deflate_out_bits(out, sizes, 14, err)) {
        return -1;
    }
    for (unsigned i = 0; i < c->n_lengths; i++) {
        if (deflate_out_bits(out, c->length_bits[code_length_order[i]], 3, err)) {
            return -1;
        }
    }
    for (unsigned i = 0; i < c->n_steps; i++) {
        unsigned symbol = c->steps[i] & 31, bits = c->length_bits[symbol];
        uint32_t value = c->lengths[symbol] | (uint32_t)(c->steps[i] >> 5) << bits;
        if (deflate_out_bits(out, value, bits + step_extra(symbol), err)) {
            return -1;
        }
    }
    return 0;
}

static int write_match(struct deflate_out *out, const struct codes *c, uint32_t token,
                       struct error *err)
{
    unsigned length = token & 511, distance = token >> 9;
    unsigned l = deflate_length_symbol(length), d = deflate_distance_symbol(distance);
    unsigned l_extra = length_extra(l), d_extra = distance_extra(d);
    unsigned n = c->literal_bits[257 + l];
    uint32_t value = c->literals[257 + l];

    value |= ((length - 3) & ((1u << l_extra) - 1)) << n;
    if (deflate_out_bits(out, value, n + l_extra, err)) {
        return -1;
    }
    n = c->distance_bits[d];
    value = c->distances[d];
    value |= ((distance - 1) & ((1u << d_extra) - 1)) << n;
    return deflate_out_bits(out, value, n + d_extra, err);
}

static int write_tokens(struct deflate_out *out, const struct codes *c,
                        const struct deflate_block *b, struct error *err)
{
    for (size_t i = 0; i < b->n; i++) {
        uint32_t token = b->tokens[i];

        if (token > 511 ? write_match(out, c, token, err)
                        : deflate_out_bits(out, c->literals[token], c->literal_bits[token], err)) {
            return -1;
        }
    }
    return deflate_out_bits(out, c->literals[256], c->literal_bits[256], err);
}

static void set_prices(struct deflate_prices *p, const struct codes *c)
{
    for (unsigned s = 0; s < DEFLATE_LITERALS; s++) {
        unsigned bits = c->literal_bits[s] > 0 ? c->literal_bits[s] : 13;
        p->literals[s] = (uint8_t)(bits + (s > 256 ? length_extra(s - 257) : 0));
    }
    for (unsigned s = 0; s < DEFLATE_DISTANCES; s++) {
        unsigned bits = c->distance_bits[s] > 0 ? c->distance_bits[s] : 8;
        p->distances[s] = (uint8_t)(bits + distance_extra(s));
    }
}

int deflate_block_write(struct deflate_block *b, struct deflate_out *out, const uint8_t *raw,
                        size_t n_raw, bool last, struct deflate_prices *prices, struct error *err)
{
    struct codes made, fixed;
    uint64_t stored_cost = 8 * (uint64_t)n_raw + 40 * (n_raw / STORED_MAX + 1);
    int result;

    b->literals[256] = 1;
    codes_make(&made, b);
    codes_fix(&fixed);
    set_prices(prices, &made);
    uint64_t made_cost = tokens_cost(&made, b) + description_cost(&made);
    uint64_t fixed_cost = tokens_cost(&fixed, b);
    bool fix = fixed_cost <= made_cost;
    struct codes *c = fix ? &fixed : &made;
    if (raw != NULL && stored_cost < (fix ? fixed_cost : made_cost)) {
        result = write_stored(out, raw, n_raw, last, err);
    } else {
        deflate_code_assign(c->literal_bits, DEFLATE_LITERALS, c->literals);
        deflate_code_assign(c->distance_bits, DEFLATE_DISTANCES, c->distances);
        result = deflate_out_bits(out, last | (fix ? 1u : 2u) << 1, 3, err);
        if (!fix && result == 0) {
            deflate_code_assign(c->length_bits, CODE_LENGTHS, c->lengths);
            result = write_description(out, c, err);
        }
        if (result == 0) {
            result = write_tokens(out, c, b, err);
        }
    }
    memset(b->literals, 0, sizeof b->literals);
    memset(b->distances, 0, sizeof b->distances);
    b->n = 0;
    return result;
}
