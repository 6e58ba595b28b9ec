#include "image/sketch.h"

#include <stdlib.h>

#include "image/channels.h"

/* What is held while rows pass through. */
struct lay {
    uint8_t cover[256]; /* alpha of a stroke -> alpha times opacity */
    uint8_t *image, *strokes, *mask;
    struct png_writer *picture_writer, *mask_writer;
};

static int check(const struct rows *image, const struct rows *strokes, struct error *err)
{
    if (strokes->channels != 4) {
        return error_set(err, EXIT_INPUT,
                         "'%s' has no alpha channel: a sketch is strokes on a transparent ground",
                         strokes->name);
    }
    if (strokes->width != image->width || strokes->height != image->height) {
        return error_set(err, EXIT_INPUT, "the sketch '%s' is %ux%u but '%s' is %ux%u",
                         strokes->name, strokes->width, strokes->height, image->name, image->width,
                         image->height);
    }
    return 0;
}

/* In place: the image's row becomes RGB. From the right when it is grey, for pixels get longer. */
static void lay_row(struct lay *l, uint32_t width, unsigned channels, struct sketch *sketch)
{
    for (size_t i = 0; i < width; i++) {
        size_t x = channels == 1 ? width - 1 - i : i;
        const uint8_t *stroke = l->strokes + 4 * x;
        uint8_t alpha = l->cover[stroke[3]], under[3];

        for (size_t c = 0; c < 3; c++) {
            under[c] = l->image[channels * x + (channels == 1 ? 0 : c)];
        }
        for (size_t c = 0; c < 3; c++) {
            l->image[3 * x + c] = channels_blend(under[c], stroke[c], alpha);
        }
        l->mask[x] = alpha;
        sketch->strongest = alpha > sketch->strongest ? alpha : sketch->strongest;
    }
}

static int lay_rows(struct lay *l, struct rows *image, struct rows *strokes, struct sketch *sketch,
                    struct error *err)
{
    for (uint32_t y = 0; y < image->height; y++) {
        if (image->row(image, l->image, err) != 0 || strokes->row(strokes, l->strokes, err) != 0) {
            return -1;
        }
        lay_row(l, image->width, image->channels, sketch);
        if (png_writer_row(l->picture_writer, l->image, err) != 0 ||
            png_writer_row(l->mask_writer, l->mask, err) != 0) {
            return -1;
        }
    }
    if (rows_finish(image, err) != 0 || rows_finish(strokes, err) != 0) {
        return -1;
    }
    return png_writer_finish(l->picture_writer, err) != 0 ||
                   png_writer_finish(l->mask_writer, err) != 0
               ? -1
               : 0;
}

int sketch_lay(struct rows *image, struct rows *strokes, struct sketch *sketch,
               struct png_sink picture, struct png_sink mask, struct error *err)
{
    const struct png_header rgb = {
        .width = image->width, .height = image->height, .depth = 8, .colour = PNG_COLOUR_RGB};
    struct png_header grey = rgb;
    struct lay l = {0};
    int result = -1;

    sketch->strongest = 0;
    if (check(image, strokes, err) != 0) {
        return -1;
    }
    for (unsigned i = 0; i < 256; i++) {
        l.cover[i] = (uint8_t)(i * sketch->opacity + 0.5);
    }
    grey.colour = PNG_COLOUR_GREY;
    l.image = malloc((size_t)image->width * 4);
    l.strokes = malloc((size_t)image->width * 4);
    l.mask = malloc(image->width);
    if (l.image == NULL || l.strokes == NULL || l.mask == NULL) {
        error_memory(err, "laying a sketch over an image");
    } else if (png_writer_open(&l.picture_writer, &rgb, picture, err) == 0 &&
               png_writer_open(&l.mask_writer, &grey, mask, err) == 0) {
        result = lay_rows(&l, image, strokes, sketch, err);
    }
    png_writer_free(l.picture_writer);
    png_writer_free(l.mask_writer);
    free(l.image);
    free(l.strokes);
    free(l.mask);
    return result;
}
