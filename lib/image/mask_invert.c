#include <stdlib.h>
#include <string.h>

#include "image/mask.h"
#include "image/mask_input.h"
#include "image/pixel.h"

/* A PNG that is inverted in its own form. */
struct form {
    const struct mask_options *options;
    const char *name;
    struct png_reader *reader;
    const struct png_header *header;
    size_t packed_n; /* bytes of a packed row, up to a multiple of 8 */
    uint8_t *packed; /* the current row as it is in the file */
    uint8_t *colour; /* a packed row whose bits are 1 where a colour sample is, else 0 */
    uint8_t *rgba;   /* the current row, if it has an alpha channel that must be opaque */
};

static void form_close(struct form *f)
{
    png_reader_free(f->reader);
    free(f->packed);
    free(f->colour);
    free(f->rgba);
}

/* The exclusive or with these bits inverts a row: alpha and palette indices stay. */
static void mark_colour(const struct png_header *h, uint8_t *bits, size_t n)
{
    size_t alpha = h->depth / 8, pixel = png_header_samples(h) * alpha;

    memset(bits, h->colour == PNG_COLOUR_PALETTE ? 0 : 255, n);
    if (h->colour == PNG_COLOUR_GREY_ALPHA || h->colour == PNG_COLOUR_RGBA) {
        for (size_t x = 0; x < h->width; x++) {
            memset(bits + (x + 1) * pixel - alpha, 0, alpha);
        }
    }
}

static int form_open(struct form *f, const struct png_source *source, const struct mask_options *o,
                     unsigned orientation, struct error *err)
{
    *f = (struct form){.options = o, .name = source->name};
    if (png_reader_open(&f->reader, source, err)) {
        return -1;
    }
    f->header = png_reader_header(f->reader);
    uint32_t width = f->header->width, height = f->header->height;
    unsigned channels = pixel_channels(f->header);
    mask_input_turn(orientation, &width, &height);
    if (mask_input_accept(o, f->name, width, height, channels, err)) {
        goto out;
    }
    f->packed_n = (png_header_row_bytes(f->header, f->header->width) + 7) / 8 * 8;
    f->packed = calloc(1, f->packed_n);
    f->colour = malloc(f->packed_n);
    if (channels == 4 && o->from == MASK_FROM_UNSET) {
        f->rgba = malloc((size_t)f->header->width * channels);
    }
    if (f->packed == NULL || f->colour == NULL ||
        (f->rgba == NULL && channels == 4 && o->from == MASK_FROM_UNSET)) {
        error_memory(err, "inverting a mask");
        goto out;
    }
    mark_colour(f->header, f->colour, f->packed_n);
    return 0;
out:
    form_close(f);
    return -1;
}

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

static int invert_row(struct form *f, struct error *err)
{
    if (png_reader_row(f->reader, f->packed, err)) {
        return -1;
    }
    if (f->rgba != NULL) {
        pixel_row(f->header, f->packed, f->rgba);
        if (mask_input_opaque(f->options, f->name, f->rgba, f->header->width, err)) {
            return -1;
        }
    }
    for (size_t i = 0; i < f->packed_n; i += 8) {
        uint64_t row, bits;

        memcpy(&row, f->packed + i, 8);
        memcpy(&bits, f->colour + i, 8);
        row ^= bits;
        memcpy(f->packed + i, &row, 8);
    }
    return 0;
}

static int invert_rows(struct form *f, const struct png_source *source, struct png_writer *writer,
                       struct error *err)
{
    if (png_writer_copy(writer, source, PNG_BEFORE_PIXELS, err)) {
        return -1;
    }
    for (uint32_t y = 0; y < f->header->height; y++) {
        if (invert_row(f, err) || png_writer_row(writer, f->packed, err)) {
            return -1;
        }
    }
    if (png_reader_finish(f->reader, err) ||
        png_writer_copy(writer, source, PNG_AFTER_PIXELS, err)) {
        return -1;
    }
    return png_writer_finish(writer, err);
}

static int invert_in_form(const struct png_source *source, const struct mask_options *o,
                          unsigned orientation, struct png_sink out, struct error *err)
{
    struct png_writer *writer = NULL;
    struct form form;
    int result = -1;

    if (form_open(&form, source, o, orientation, err)) {
        return -1;
    }
    struct png_header inverse = *form.header;
    invert_header(&inverse);
    if (png_writer_open(&writer, &inverse, out, err) == 0) {
        result = invert_rows(&form, source, writer, err);
    }
    png_writer_free(writer);
    form_close(&form);
    return result;
}

int mask_invert(const struct png_source *in, const struct mask_options *o, struct png_sink out,
                struct error *err)
{
    bool by_luma = o->from == MASK_FROM_UNSET || o->from == MASK_FROM_LUMA;
    bool as_is =
        !o->threshold_set && o->fit_width == 0 && o->grow == 0 && o->shrink == 0 && !(o->blur > 0);

    if (o->invert && by_luma && as_is) {
        struct mask_facts facts = mask_input_facts(in);

        if (facts.type != PICTURE_JPEG && facts.type != PICTURE_WEBP) {
            return invert_in_form(in, o, facts.orientation, out, err);
        }
    }
    return mask_normalise(in, o, out, NULL, err);
}
