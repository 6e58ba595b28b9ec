#ifndef SDCTL_IMAGE_CHANNELS_H
#define SDCTL_IMAGE_CHANNELS_H

#include "base/error.h"
#include "image/raster.h"

/*
 * Conversions between grey, RGB and RGBA with Pillow's arithmetic, so that a result equals what a
 * WebUI server computes, pixel for pixel. Each writes a new raster into *to, which must not be
 * `from`; on failure *to is empty.
 */

/* A copy. */
int channels_copy(const struct raster *from, struct raster *to, struct error *err);

/* RGB: grey is repeated, alpha is dropped (not blended), as Image.convert("RGB"). */
int channels_rgb(const struct raster *from, struct raster *to, struct error *err);

/* Grey: ITU-R 601 luma of the colours, alpha is dropped, as Image.convert("L"). */
int channels_grey(const struct raster *from, struct raster *to, struct error *err);

/* The alpha channel as grey; all 255 when there is none. */
int channels_alpha(const struct raster *from, struct raster *to, struct error *err);

/* RGB with transparency blended over `colour` (red, green, blue); images.flatten (A21). */
int channels_flatten(const struct raster *from, const uint8_t colour[3], struct raster *to,
                     struct error *err);

/* a * b / 255, rounded as Pillow's MULDIV255 does; a and b are 0 to 255. */
static inline uint8_t channels_muldiv255(unsigned a, unsigned b)
{
    unsigned t = a * b + 128;

    return (uint8_t)(((t >> 8) + t) >> 8);
}

/* from * (255 - mask) + to * mask, over 255, rounded: Pillow's BLEND. */
static inline uint8_t channels_blend(unsigned from, unsigned to, unsigned mask)
{
    unsigned t = from * (255 - mask) + to * mask + 128;

    return (uint8_t)(((t >> 8) + t) >> 8);
}

#endif
