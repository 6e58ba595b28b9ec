#include <stdlib.h>
#include <string.h>

#include "image/mask.h"
#include "image/mask_input.h"

static void invert_header(struct png_header *h)
{
    for (unsigned i = 0; i < h->n_palette; i++) {
        for (unsigned c = 0; c < 3; c++) {
            h->palette[i][c] ^= 255;
        }
    }
    for (unsigned c = 0; c < 3; c++) {
        h->trns[c] = (uint16_t)(((1u << h->depth) - 1) ^ h->trns[c]);
    }
}

/* A packed row whose bits are 1 where a colour sample is and 0 where alpha or an index is: the
 * exclusive or with it inverts a row. NULL without memory. */
static uint8_t *colour_bits(const struct mask_input *in)
{
    const struct png_header *h = &in->header;
    size_t alpha = h->depth / 8, pixel = png_header_samples(h) * alpha;
    uint8_t *bits = malloc(in->packed_n);

    if (bits == NULL) {
        return NULL;
    }
    memset(bits, h->colour == PNG_COLOUR_PALETTE ? 0 : 255, in->packed_n);
    if (h->colour == PNG_COLOUR_GREY_ALPHA || h->colour == PNG_COLOUR_RGBA) {
        for (size_t x = 0; x < h->width; x++) {
            memset(bits + (x + 1) * pixel - alpha, 0, alpha);
        }
    }
    return bits;
}

static void invert_row(struct mask_input *in, const uint8_t *colour)
{
    for (size_t i = 0; i < in->packed_n; i += 8) {
        uint64_t row, bits;

        memcpy(&row, in->packed + i, 8);
        memcpy(&bits, colour + i, 8);
        row ^= bits;
        memcpy(in->packed + i, &row, 8);
    }
}

static int invert_rows(struct mask_input *in, const struct png_source *source,
                       const uint8_t *colour, struct png_writer *writer, struct error *err)
{
    if (png_writer_copy(writer, source, PNG_BEFORE_PIXELS, err)) {
        return -1;
    }
    for (uint32_t y = 0; y < in->header.height; y++) {
        if (mask_input_row(in, err)) {
            return -1;
        }
        invert_row(in, colour);
        if (png_writer_row(writer, in->packed, err)) {
            return -1;
        }
    }
    if (png_reader_finish(in->reader, err) ||
        png_writer_copy(writer, source, PNG_AFTER_PIXELS, err)) {
        return -1;
    }
    return png_writer_finish(writer, err);
}

static int invert_in_form(const struct png_source *source, const struct mask_options *o,
                          struct png_sink out, struct error *err)
{
    struct png_writer *writer = NULL;
    uint8_t *colour = NULL;
    struct mask_input in;
    int result = -1;

    if (mask_input_open(&in, source, o, err)) {
        return -1;
    }
    struct png_header inverse = in.header;
    invert_header(&inverse);
    colour = colour_bits(&in);
    if (colour == NULL) {
        error_memory(err, "inverting a mask");
        goto out;
    }
    if (png_writer_open(&writer, &inverse, out, err)) {
        goto out;
    }
    result = invert_rows(&in, source, colour, writer, err);
out:
    png_writer_free(writer);
    free(colour);
    mask_input_close(&in);
    return result;
}

int mask_invert(const struct png_source *in, const struct mask_options *o, struct png_sink out,
                struct error *err)
{
    bool by_luma = o->from == MASK_FROM_UNSET || o->from == MASK_FROM_LUMA;

    if (o->invert && by_luma && !o->threshold_set) {
        return invert_in_form(in, o, out, err);
    }
    return mask_normalise(in, o, out, NULL, err);
}
