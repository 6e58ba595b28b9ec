#include "image/png_chunk.h"

#include <string.h>

#include "base/crc32.h"

#define LENGTH_MAX 0x7fffffffu
#define SIGNATURE 8 /* bytes */

void png_chunks_init(struct png_chunks *c, const struct png_source *source, uint64_t offset)
{
    memset(c, 0, offsetof(struct png_chunks, buffer));
    c->source = source;
    c->offset = offset;
}

uint64_t png_chunks_offset(const struct png_chunks *c)
{
    return c->offset - (c->have - c->used);
}

int png_chunks_fault(const struct png_chunks *c, const char *what, struct error *err)
{
    return error_set(err, EXIT_INPUT, "'%s' is not a usable PNG: %s", c->source->name, what);
}

bool png_chunks_is(const struct png_chunks *c, const char *type)
{
    return memcmp(c->type, type, 4) == 0;
}

static uint32_t get_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

/* n bytes of the file; to may be NULL. */
static int take(struct png_chunks *c, uint8_t *to, size_t n, bool in_chunk, struct error *err)
{
    while (n > 0) {
        if (c->used == c->have) {
            c->used = c->have = 0;
            if (png_source_read(c->source, c->offset, c->buffer, PNG_CHUNK_BUFFER, &c->have, err)) {
                return -1;
            }
            if (c->have == 0) {
                return png_chunks_fault(c, "it is cut off", err);
            }
            c->offset += c->have;
        }
        size_t part = c->have - c->used < n ? c->have - c->used : n;
        if (in_chunk) {
            c->crc = crc32_update(c->crc, c->buffer + c->used, part);
        }
        if (to != NULL) {
            memcpy(to, c->buffer + c->used, part);
            to += part;
        }
        c->used += part;
        n -= part;
    }
    return 0;
}

int png_chunks_next(struct png_chunks *c, struct error *err)
{
    uint8_t length[4];

    c->crc = 0;
    if (take(c, length, 4, false, err) || take(c, (uint8_t *)c->type, 4, true, err)) {
        return -1;
    }
    c->left = get_u32(length);
    if (c->left > LENGTH_MAX) {
        return png_chunks_fault(c, "the length of a chunk is out of range", err);
    }
    for (size_t i = 0; i < 4; i++) {
        char letter = (char)(c->type[i] | 0x20);
        if (letter < 'a' || letter > 'z') {
            return png_chunks_fault(c, "the type of a chunk is not one", err);
        }
    }
    return 0;
}

int png_chunks_data(struct png_chunks *c, void *to, size_t n, struct error *err)
{
    c->left -= (uint32_t)n;
    return take(c, to, n, true, err);
}

int png_chunks_end(struct png_chunks *c, struct error *err)
{
    uint8_t crc[4];

    if (png_chunks_data(c, NULL, c->left, err) || take(c, crc, 4, false, err)) {
        return -1;
    }
    if (get_u32(crc) != c->crc) {
        return error_set(err, EXIT_INPUT, "'%s' is not a usable PNG: %s: wrong CRC",
                         c->source->name, c->type);
    }
    return 0;
}

static bool depth_legal(unsigned colour, unsigned depth)
{
    switch (colour) {
    case PNG_COLOUR_GREY:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case PNG_COLOUR_PALETTE:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case PNG_COLOUR_RGB:
    case PNG_COLOUR_GREY_ALPHA:
    case PNG_COLOUR_RGBA:
        return depth == 8 || depth == 16;
    default:
        return false;
    }
}

static int read_ihdr(struct png_chunks *c, struct png_header *h, struct error *err)
{
    uint8_t f[13];

    if (png_chunks_next(c, err)) {
        return -1;
    }
    if (!png_chunks_is(c, "IHDR") || c->left != sizeof f) {
        return png_chunks_fault(c, "it does not begin with IHDR", err);
    }
    if (png_chunks_data(c, f, sizeof f, err) || png_chunks_end(c, err)) {
        return -1;
    }
    memset(h, 0, sizeof *h);
    memset(h->palette_alpha, 255, sizeof h->palette_alpha);
    h->width = get_u32(f);
    h->height = get_u32(f + 4);
    h->depth = f[8];
    h->colour = (enum png_colour)f[9];
    h->interlaced = f[12] == 1;
    if (h->width - 1 >= PNG_SIDE_MAX || h->height - 1 >= PNG_SIDE_MAX ||
        !depth_legal(f[9], h->depth) || f[10] != 0 || f[11] != 0 || f[12] > 1) {
        return png_chunks_fault(c, "its header is invalid", err);
    }
    return 0;
}

static int read_plte(struct png_chunks *c, struct png_header *h, bool *seen, struct error *err)
{
    bool in_use = h->colour == PNG_COLOUR_PALETTE;
    unsigned n = c->left / 3;

    if (*seen || h->has_trns || c->left % 3 != 0 || n == 0 || n > 256 ||
        h->colour == PNG_COLOUR_GREY || h->colour == PNG_COLOUR_GREY_ALPHA) {
        return png_chunks_fault(c, "its palette is invalid or out of place", err);
    }
    *seen = true;
    if (in_use) {
        /* Entries that no index reaches are dropped. */
        h->n_palette = n < 1u << h->depth ? n : 1u << h->depth;
        if (png_chunks_data(c, h->palette, (size_t)3 * h->n_palette, err)) {
            return -1;
        }
    }
    return png_chunks_end(c, err);
}

static int read_trns(struct png_chunks *c, struct png_header *h, struct error *err)
{
    unsigned bits = (1u << h->depth) - 1;
    bool palette = h->colour == PNG_COLOUR_PALETTE;
    uint32_t least = palette ? 1 : h->colour == PNG_COLOUR_GREY ? 2 : 6;
    uint32_t most = palette ? h->n_palette : least;
    uint8_t f[6];

    if (h->has_trns || (!palette && h->colour != PNG_COLOUR_GREY && h->colour != PNG_COLOUR_RGB) ||
        c->left < least || c->left > most) {
        return png_chunks_fault(c, "tRNS is invalid or out of place", err);
    }
    h->has_trns = true;
    if (palette) {
        h->n_trns = c->left;
        return png_chunks_data(c, h->palette_alpha, c->left, err) ? -1 : png_chunks_end(c, err);
    }
    if (png_chunks_data(c, f, c->left, err)) {
        return -1;
    }
    /* Only as many bits as a sample has count, whatever the others hold. */
    for (size_t i = 0; i < least / 2; i++) {
        h->trns[i] = (uint16_t)(((unsigned)f[2 * i] << 8 | f[2 * i + 1]) & bits);
    }
    return png_chunks_end(c, err);
}

static int skip(struct png_chunks *c, struct error *err)
{
    bool critical = (c->type[0] & 0x20) == 0;

    return critical ? error_set(err, EXIT_INPUT,
                                "'%s' is not a usable PNG: %s is out of place or unknown",
                                c->source->name, c->type)
                    : png_chunks_end(c, err);
}

int png_chunks_header(struct png_chunks *c, struct png_header *h, uint64_t *pixels,
                      struct error *err)
{
    bool seen_palette = false;

    png_chunks_init(c, c->source, SIGNATURE);
    if (read_ihdr(c, h, err)) {
        return -1;
    }
    for (;;) {
        *pixels = png_chunks_offset(c);
        if (png_chunks_next(c, err)) {
            return -1;
        }
        if (png_chunks_is(c, "IDAT")) {
            break;
        }
        int result = png_chunks_is(c, "PLTE")   ? read_plte(c, h, &seen_palette, err)
                     : png_chunks_is(c, "tRNS") ? read_trns(c, h, err)
                                                : skip(c, err);
        if (result) {
            return -1;
        }
    }
    if (h->colour == PNG_COLOUR_PALETTE && !seen_palette) {
        return png_chunks_fault(c, "it has no palette", err);
    }
    return 0;
}

int png_chunks_tail(struct png_chunks *c, struct error *err)
{
    while (!png_chunks_is(c, "IEND")) {
        if (png_chunks_is(c, "tRNS")) {
            return png_chunks_fault(c, "tRNS is out of place", err);
        }
        if (skip(c, err) || png_chunks_next(c, err)) {
            return -1;
        }
    }
    return c->left > 0 ? png_chunks_fault(c, "IEND is invalid", err) : png_chunks_end(c, err);
}
