#include "image/pixel.h"

#include <string.h>

unsigned pixel_channels(const struct png_header *h)
{
    if (h->has_trns || h->colour == PNG_COLOUR_GREY_ALPHA || h->colour == PNG_COLOUR_RGBA) {
        return 4;
    }
    return h->colour == PNG_COLOUR_GREY ? 1 : 3;
}

/* Sample i of a packed row, as it is. */
static unsigned sample_raw(const uint8_t *packed, size_t i, unsigned depth)
{
    if (depth == 16) {
        return (unsigned)packed[2 * i] << 8 | packed[2 * i + 1];
    }
    if (depth == 8) {
        return packed[i];
    }
    return (unsigned)packed[i * depth / 8] >> (8 - depth - i * depth % 8) & ((1u << depth) - 1);
}

static uint8_t sample_to8(unsigned raw, unsigned depth)
{
    if (depth == 16) {
        return (uint8_t)(raw >> 8);
    }
    return (uint8_t)(raw * 255 / ((1u << depth) - 1));
}

static void row_palette(const struct png_header *h, const uint8_t *packed, uint8_t *out)
{
    for (size_t x = 0; x < h->width; x++) {
        unsigned i = sample_raw(packed, x, h->depth);

        memcpy(out, h->palette[i], 3);
        out += 3;
        if (h->has_trns) {
            *out++ = h->palette_alpha[i];
        }
    }
}

static void row_grey(const struct png_header *h, const uint8_t *packed, uint8_t *out)
{
    unsigned step = png_header_samples(h);

    if (!h->has_trns && step == 1 && h->depth == 8) {
        memcpy(out, packed, h->width);
        return;
    }
    for (size_t x = 0; x < h->width; x++) {
        unsigned raw = sample_raw(packed, x * step, h->depth);
        uint8_t value = sample_to8(raw, h->depth);

        *out++ = value;
        if (!h->has_trns && step == 1) {
            continue;
        }
        *out++ = value;
        *out++ = value;
        if (step == 2) {
            *out++ = sample_to8(sample_raw(packed, x * step + 1, h->depth), h->depth);
        } else {
            *out++ = raw == h->trns[0] ? 0 : 255;
        }
    }
}

static void row_rgb(const struct png_header *h, const uint8_t *packed, uint8_t *out)
{
    unsigned step = png_header_samples(h);

    for (size_t x = 0; x < h->width; x++) {
        bool transparent = h->has_trns;

        for (unsigned c = 0; c < step; c++) {
            unsigned raw = sample_raw(packed, x * step + c, h->depth);

            *out++ = sample_to8(raw, h->depth);
            transparent = transparent && raw == h->trns[c];
        }
        if (h->has_trns) {
            *out++ = transparent ? 0 : 255;
        }
    }
}

void pixel_row(const struct png_header *h, const uint8_t *packed, uint8_t *out)
{
    if (h->colour == PNG_COLOUR_PALETTE) {
        row_palette(h, packed, out);
    } else if (h->colour == PNG_COLOUR_GREY || h->colour == PNG_COLOUR_GREY_ALPHA) {
        row_grey(h, packed, out);
    } else if (h->depth == 8 && !h->has_trns) {
        memcpy(out, packed, (size_t)h->width * png_header_samples(h));
    } else {
        row_rgb(h, packed, out);
    }
}

void pixel_luma(const uint8_t *in, size_t n, unsigned channels, uint8_t *out)
{
    if (channels == 1) {
        memmove(out, in, n);
        return;
    }
    for (size_t i = 0; i < n; i++, in += channels) {
        out[i] = (uint8_t)((in[0] * 19595u + in[1] * 38470u + in[2] * 7471u + 0x8000u) >> 16);
    }
}
