#include "image/mask_input.h"

#include <stdlib.h>

#include "image/mask_turn.h"
#include "image/pixel.h"

void mask_input_close(struct mask_input *in)
{
    rows_close(&in->rows);
    free(in->pixels);
    in->pixels = NULL;
}

static const char *from_option(const struct mask_options *o)
{
    return o->from_option != NULL ? o->from_option : "--from";
}

void mask_input_turn(unsigned orientation, uint32_t *width, uint32_t *height)
{
    uint32_t other = *width;

    if (mask_turn_swaps(orientation)) {
        *width = *height;
        *height = other;
    }
}

int mask_input_accept(const struct mask_options *o, const char *name, uint32_t width,
                      uint32_t height, unsigned channels, struct error *err)
{
    bool by_alpha = o->from == MASK_FROM_ALPHA || o->from == MASK_FROM_ALPHA_INVERTED;

    if ((o->width != 0 && o->width != width) || (o->height != 0 && o->height != height)) {
        return error_set(err, EXIT_INPUT,
                         "the mask '%s' is %ux%u but %s%s%s is %ux%u: sdctl mask-invert --keep "
                         "--fit brings it to that size",
                         name, width, height, o->sized_as != NULL ? "'" : "the image",
                         o->sized_as != NULL ? o->sized_as : "", o->sized_as != NULL ? "'" : "",
                         o->width, o->height);
    }
    if (by_alpha && channels != 4) {
        return error_set(err, EXIT_INPUT, "'%s' has no alpha channel: give %s luma, or nothing",
                         name, from_option(o));
    }
    return 0;
}

struct mask_facts mask_input_facts(const struct png_source *source)
{
    struct picture_framing p;
    struct error ignored;
    uint8_t bytes[8192];
    uint64_t offset = 0;
    size_t got;

    picture_init(&p);
    while (!p.has_exif &&
           png_source_read(source, offset, bytes, sizeof bytes, &got, &ignored) == 0 && got > 0 &&
           picture_feed(&p, bytes, got) == 0) {
        offset += got;
    }
    struct mask_facts facts = {.type = p.type,
                               .orientation = p.orientation,
                               .depth = p.bit_depth,
                               .colour_type = p.colour_type,
                               .has_trns = p.has_trns};
    picture_release(&p);
    return facts;
}

int mask_input_open(struct mask_input *in, const struct png_source *source,
                    const struct mask_options *options, struct error *err)
{
    *in = (struct mask_input){.options = options, .name = source->name};
    if (rows_open(&in->rows, source, err)) {
        return -1;
    }
    uint32_t width = in->rows.width, height = in->rows.height;
    in->facts = mask_input_facts(source);
    mask_input_turn(in->facts.orientation, &width, &height);
    if (mask_input_accept(options, in->name, width, height, in->rows.channels, err)) {
        goto out;
    }
    in->pixels = calloc(in->rows.width, in->rows.channels);
    if (in->pixels == NULL) {
        error_memory(err, "reading a mask");
        goto out;
    }
    return 0;
out:
    mask_input_close(in);
    return -1;
}

int mask_input_opaque(const struct mask_options *o, const char *name, const uint8_t *rgba,
                      size_t width, struct error *err)
{
    uint8_t alpha = 255;

    for (size_t x = 0; x < width; x++) {
        alpha &= rgba[4 * x + 3];
    }
    if (alpha == 255 || o->from != MASK_FROM_UNSET) {
        return 0;
    }
    return error_set(err, EXIT_INPUT,
                     "'%s' has transparent parts, so what it marks is unclear: give %s luma, alpha "
                     "or alpha-inverted",
                     name, from_option(o));
}

int mask_input_pixels(struct mask_input *in, struct error *err)
{
    return in->rows.row(&in->rows, in->pixels, err);
}

void mask_input_to_grey(struct mask_input *in)
{
    size_t width = in->rows.width;

    if (in->options->from == MASK_FROM_UNSET || in->options->from == MASK_FROM_LUMA) {
        pixel_luma(in->pixels, width, in->rows.channels, in->pixels);
        return;
    }
    uint8_t flip = in->options->from == MASK_FROM_ALPHA_INVERTED ? 255 : 0;
    for (size_t x = 0; x < width; x++) {
        in->pixels[x] = in->pixels[4 * x + 3] ^ flip;
    }
}

int mask_input_grey(struct mask_input *in, struct error *err)
{
    if (mask_input_pixels(in, err)) {
        return -1;
    }
    if (in->rows.channels == 4 &&
        mask_input_opaque(in->options, in->name, in->pixels, in->rows.width, err)) {
        return -1;
    }
    mask_input_to_grey(in);
    return 0;
}
