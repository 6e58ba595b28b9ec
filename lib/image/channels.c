#include "image/channels.h"

#include <string.h>

#include "image/pixel.h"

static size_t pixel_count(const struct raster *r)
{
    return (size_t)r->width * r->height;
}

int channels_copy(const struct raster *from, struct raster *to, struct error *err)
{
    if (raster_init(to, from->width, from->height, from->channels, err) != 0)
        return -1;
    memcpy(to->pixels, from->pixels, pixel_count(from) * from->channels);
    return 0;
}

int channels_rgb(const struct raster *from, struct raster *to, struct error *err)
{
    size_t n = pixel_count(from);
    const uint8_t *in = from->pixels;
    uint8_t *out;

    if (from->channels == 3)
        return channels_copy(from, to, err);
    if (raster_init(to, from->width, from->height, 3, err) != 0)
        return -1;
    out = to->pixels;
    for (size_t i = 0; i < n; i++, in += from->channels, out += 3) {
        out[0] = in[0];
        out[1] = from->channels == 1 ? in[0] : in[1];
        out[2] = from->channels == 1 ? in[0] : in[2];
    }
    return 0;
}

int channels_grey(const struct raster *from, struct raster *to, struct error *err)
{
    if (raster_init(to, from->width, from->height, 1, err) != 0)
        return -1;
    pixel_luma(from->pixels, pixel_count(from), from->channels, to->pixels);
    return 0;
}

int channels_alpha(const struct raster *from, struct raster *to, struct error *err)
{
    size_t n = pixel_count(from);

    if (raster_init(to, from->width, from->height, 1, err) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        to->pixels[i] = from->channels == 4 ? from->pixels[4 * i + 3] : 255;
    return 0;
}

int channels_flatten(const struct raster *from, const uint8_t colour[3], struct raster *to,
                     struct error *err)
{
    size_t n = pixel_count(from);
    const uint8_t *in = from->pixels;
    uint8_t *out;

    if (from->channels != 4)
        return channels_rgb(from, to, err);
    if (raster_init(to, from->width, from->height, 3, err) != 0)
        return -1;
    out = to->pixels;
    for (size_t i = 0; i < n; i++, in += 4, out += 3)
        for (int c = 0; c < 3; c++)
            out[c] = channels_blend(colour[c], in[c], in[3]);
    return 0;
}
