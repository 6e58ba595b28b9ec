#include "image/fill.h"

#include <stddef.h>
#include <string.h>

#include "image/blur.h"
#include "image/channels.h"
#include "image/overlay.h"

static const struct {
    double radius;
    int repeats;
} LAYERS[] = {{256, 1}, {64, 1}, {16, 2}, {4, 4}, {2, 2}, {0, 1}};

/* The unmasked part, premultiplied. */
static int premultiplied(const struct raster *image, const struct raster *mask, struct raster *to,
                         struct error *err)
{
    size_t n = (size_t)image->width * image->height;

    if (raster_init(to, image->width, image->height, 4, err) != 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        unsigned alpha = 255u - mask->pixels[i];

        for (int c = 0; c < 3; c++)
            to->pixels[4 * i + (size_t)c] =
                channels_muldiv255(image->pixels[3 * i + (size_t)c], alpha);
        to->pixels[4 * i + 3] = (uint8_t)alpha;
    }
    return 0;
}

/* RGBa to RGBA, in place. */
static void unpremultiply(struct raster *r)
{
    size_t n = (size_t)r->width * r->height;

    for (size_t i = 0; i < n; i++) {
        uint8_t *pixel = r->pixels + 4 * i;
        unsigned alpha = pixel[3];

        if (alpha == 0 || alpha == 255)
            continue;
        for (int c = 0; c < 3; c++) {
            unsigned value = 255u * pixel[c] / alpha;

            pixel[c] = (uint8_t)(value > 255 ? 255 : value);
        }
    }
}

int fill_masked(const struct raster *image, const struct raster *mask, struct raster *to,
                struct error *err)
{
    struct raster masked = {0}, canvas = {0}, layer = {0};
    int result = -1;

    *to = (struct raster){0};
    if (mask->width != image->width || mask->height != image->height || mask->channels != 1 ||
        image->channels != 3)
        return error_set(err, EXIT_INPUT, "the mask does not have the image's size");
    if (premultiplied(image, mask, &masked, err) != 0 ||
        raster_init(&canvas, image->width, image->height, 4, err) != 0)
        goto out;
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++) {
        raster_release(&layer);
        if (channels_copy(&masked, &layer, err) != 0 ||
            blur_pillow(&layer, LAYERS[i].radius, err) != 0)
            goto out;
        unpremultiply(&layer);
        for (int j = 0; j < LAYERS[i].repeats; j++)
            overlay_composite(&canvas, &layer);
    }
    result = channels_rgb(&canvas, to, err);
out:
    raster_release(&masked);
    raster_release(&canvas);
    raster_release(&layer);
    return result;
}
