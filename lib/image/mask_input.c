#include "image/mask_input.h"

#include <stdlib.h>

#include "base/picture.h"
#include "image/mask_turn.h"
#include "image/pixel.h"

void mask_input_close(struct mask_input *in)
{
    png_reader_free(in->reader);
    free(in->packed);
    free(in->pixels);
}

static const char *from_option(const struct mask_options *o)
{
    return o->from_option != NULL ? o->from_option : "--from";
}

uint32_t mask_input_width(const struct mask_input *in)
{
    return mask_turn_swaps(in->orientation) ? in->header.height : in->header.width;
}

uint32_t mask_input_height(const struct mask_input *in)
{
    return mask_turn_swaps(in->orientation) ? in->header.width : in->header.height;
}

static int check_header(const struct mask_input *in, struct error *err)
{
    const struct mask_options *o = in->options;
    uint32_t width = mask_input_width(in), height = mask_input_height(in);
    bool by_alpha = o->from == MASK_FROM_ALPHA || o->from == MASK_FROM_ALPHA_INVERTED;

    if ((o->width != 0 && o->width != width) || (o->height != 0 && o->height != height)) {
        return error_set(err, EXIT_INPUT, "the mask '%s' is %ux%u but %s is %ux%u", in->name, width,
                         height, o->sized_as != NULL ? o->sized_as : "the image", o->width,
                         o->height);
    }
    if (by_alpha && in->channels != 4) {
        return error_set(err, EXIT_INPUT, "'%s' has no alpha channel: give %s luma, or nothing",
                         in->name, from_option(o));
    }
    return 0;
}

/* The EXIF orientation, 1 when there is none; the whole file is looked through, for the chunk may
 * stand at its end. Faults are left to the reader to find. */
static unsigned find_orientation(const struct png_source *source)
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
    unsigned orientation = p.orientation;
    picture_release(&p);
    return orientation;
}

int mask_input_open(struct mask_input *in, const struct png_source *source,
                    const struct mask_options *options, struct error *err)
{
    *in = (struct mask_input){.options = options, .name = source->name};
    if (png_reader_open(&in->reader, source, err)) {
        return -1;
    }
    in->header = *png_reader_header(in->reader);
    in->channels = pixel_channels(&in->header);
    in->orientation = find_orientation(source);
    if (check_header(in, err)) {
        goto out;
    }
    in->packed_n = (png_header_row_bytes(&in->header, in->header.width) + 7) / 8 * 8;
    in->packed = calloc(1, in->packed_n);
    in->pixels = calloc(in->header.width, in->channels);
    if (in->packed == NULL || in->pixels == NULL) {
        error_memory(err, "reading a mask");
        goto out;
    }
    return 0;
out:
    mask_input_close(in);
    return -1;
}

/* Refuses a row with a pixel that is not opaque where it was not said what that means. Fills pixels
 * of a picture that has an alpha channel. */
static int check_opaque(struct mask_input *in, struct error *err)
{
    uint8_t alpha = 255;

    if (in->channels != 4) {
        return 0;
    }
    pixel_row(&in->header, in->packed, in->pixels);
    for (size_t x = 0; x < in->header.width; x++) {
        alpha &= in->pixels[4 * x + 3];
    }
    if (alpha == 255) {
        return 0;
    }
    return error_set(err, EXIT_INPUT,
                     "'%s' has transparent parts, so what it marks is unclear: give %s luma, alpha "
                     "or alpha-inverted",
                     in->name, from_option(in->options));
}

int mask_input_row(struct mask_input *in, struct error *err)
{
    if (png_reader_row(in->reader, in->packed, err)) {
        return -1;
    }
    return in->options->from == MASK_FROM_UNSET ? check_opaque(in, err) : 0;
}

int mask_input_grey(struct mask_input *in, struct error *err)
{
    size_t width = in->header.width;

    if (mask_input_row(in, err)) {
        return -1;
    }
    pixel_row(&in->header, in->packed, in->pixels);
    if (in->options->from == MASK_FROM_UNSET || in->options->from == MASK_FROM_LUMA) {
        pixel_luma(in->pixels, width, in->channels, in->pixels);
        return 0;
    }
    uint8_t flip = in->options->from == MASK_FROM_ALPHA_INVERTED ? 255 : 0;
    for (size_t x = 0; x < width; x++) {
        in->pixels[x] = in->pixels[4 * x + 3] ^ flip;
    }
    return 0;
}
