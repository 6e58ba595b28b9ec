#include "image/overlay.h"

#include <string.h>

#include "image/channels.h"
#include "image/resize.h"

#define EXTRA_BITS 7 /* beyond 8, as many as fit in 32 when weights are multiplied */

int overlay_make(const struct raster *image, const struct raster *mask, struct raster *to,
                 struct error *err)
{
    size_t n = (size_t)image->width * image->height;
    const uint8_t *in = image->pixels;
    uint8_t *out;

    *to = (struct raster){0};
    if (mask->width != image->width || mask->height != image->height || mask->channels != 1 ||
        image->channels != 3)
        return error_set(err, EXIT_INPUT, "the mask does not have the image's size");
    if (raster_init(to, image->width, image->height, 4, err) != 0)
        return -1;
    out = to->pixels;
    for (size_t i = 0; i < n; i++, in += 3, out += 4) {
        unsigned alpha = 255u - mask->pixels[i];

        for (int c = 0; c < 3; c++) {
            unsigned value = channels_muldiv255(in[c], alpha);

            if (alpha != 0 && alpha != 255) {
                value = 255 * value / alpha;
                value = value > 255 ? 255 : value;
            }
            out[c] = (uint8_t)value;
        }
        out[3] = (uint8_t)alpha;
    }
    return 0;
}

int overlay_uncrop(const struct raster *image, uint32_t width, uint32_t height,
                   const struct crop_rect *at, struct raster *to, struct error *err)
{
    struct raster piece = {0};

    *to = (struct raster){0};
    if (at->x2 <= at->x1 || at->y2 <= at->y1 || at->x1 < 0 || at->y1 < 0)
        return error_set(err, EXIT_INPUT, "cannot paste into an empty rectangle");
    if (resize_fit(image, RESIZE_CROP, (uint32_t)(at->x2 - at->x1), (uint32_t)(at->y2 - at->y1),
                   &piece, err) != 0)
        return -1;
    if (raster_init(to, width, height, 4, err) != 0) {
        raster_release(&piece);
        return -1;
    }
    for (uint32_t y = 0; y < piece.height && y + (uint32_t)at->y1 < height; y++) {
        const uint8_t *in = piece.pixels + (size_t)y * piece.width * 3;
        uint8_t *out = to->pixels + ((size_t)(y + (uint32_t)at->y1) * width + (size_t)at->x1) * 4;

        for (uint32_t x = 0; x < piece.width && x + (uint32_t)at->x1 < width; x++) {
            memcpy(out + (size_t)x * 4, in + (size_t)x * 3, 3);
            out[(size_t)x * 4 + 3] = 255;
        }
    }
    raster_release(&piece);
    return 0;
}

static uint32_t over_255(uint32_t x)
{
    return ((x >> 8) + x) >> 8;
}

static void composite_pixel(uint8_t under[4], const uint8_t over[4])
{
    uint32_t beneath, alpha, share, rest;

    if (over[3] == 0)
        return;
    beneath = under[3] * (255u - over[3]);
    alpha = over[3] * 255u + beneath;
    share = over[3] * 255u * 255u * (1u << EXTRA_BITS) / alpha;
    rest = 255u * (1u << EXTRA_BITS) - share;
    for (int c = 0; c < 3; c++)
        under[c] = (uint8_t)(over_255(over[c] * share + under[c] * rest + (0x80u << EXTRA_BITS)) >>
                             EXTRA_BITS);
    under[3] = (uint8_t)over_255(alpha + 0x80u);
}

void overlay_composite(struct raster *under, const struct raster *over)
{
    uint32_t width = under->width < over->width ? under->width : over->width;
    uint32_t height = under->height < over->height ? under->height : over->height;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            composite_pixel(under->pixels + ((size_t)y * under->width + x) * 4,
                            over->pixels + ((size_t)y * over->width + x) * 4);
}

/* RGBA of an opaque picture. */
static int opaque(const struct raster *from, struct raster *to, struct error *err)
{
    size_t n = (size_t)from->width * from->height;

    if (raster_init(to, from->width, from->height, 4, err) != 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        memcpy(to->pixels + 4 * i, from->pixels + 3 * i, 3);
        to->pixels[4 * i + 3] = 255;
    }
    return 0;
}

int overlay_apply(const struct raster *image, const struct crop_rect *at,
                  const struct raster *overlay, struct raster *to, struct error *err)
{
    struct raster canvas = {0};
    int result;

    *to = (struct raster){0};
    if (at)
        result = overlay_uncrop(image, overlay->width, overlay->height, at, &canvas, err);
    else
        result = opaque(image, &canvas, err);
    if (result != 0)
        return -1;
    overlay_composite(&canvas, overlay);
    result = channels_rgb(&canvas, to, err);
    raster_release(&canvas);
    return result;
}
