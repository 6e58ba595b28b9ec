#ifndef SDCTL_IMAGE_RESIZE_H
#define SDCTL_IMAGE_RESIZE_H

#include "base/error.h"
#include "image/raster.h"

/*
 * Resampling with the arithmetic of Pillow's Image.resize for 8-bit pictures (two passes, across
 * first; coefficients in fixed point with 22 fractional bits), and on top of it the resize modes
 * of WebUI's images.resize_image. Equal to Pillow 9 and 10 in every pixel.
 */

enum resize_filter {
    RESIZE_BICUBIC, /* what Image.resize uses when nothing is said */
    RESIZE_LANCZOS,
};

/* The part of the source that is mapped onto the result, in source pixels. It may have no width or
 * no height: then the edge there is repeated, filtered. */
struct resize_box {
    double x1, y1, x2, y2;
};

/* Resamples to width x height (> 0) as a new raster of the same channels (alpha is treated like a
 * colour: callers here have none). box may be NULL for the whole picture, else it lies inside it.
 * EXIT_INPUT when a side is 0 or over the raster's limit. On failure *to is empty. */
int resize_raster(const struct raster *from, uint32_t width, uint32_t height,
                  enum resize_filter filter, const struct resize_box *box, struct raster *to,
                  struct error *err);

/* The server's resize_mode (S0); 3 (latent upscale) takes the same path as 2 there (A30). */
enum resize_mode {
    RESIZE_JUST = 0, /* stretch */
    RESIZE_CROP = 1, /* keep the ratio, cover, cut what is over */
    RESIZE_FILL = 2, /* keep the ratio, fit inside, stretch the edge rows over the rest */
};

/* The size that a picture itself gets when resize_fit() brings it to width x height (> 0), before
 * it is cut or continued. */
void resize_fit_size(const struct raster *from, int mode, uint32_t width, uint32_t height,
                     uint64_t *w, uint64_t *h);

/* images.resize_image with no upscaler chosen: Lanczos, bicubic for the stretched edges, integer
 * divisions as there. Alpha is dropped; grey stays grey (the server makes three equal channels of
 * it). Any mode other than 0 and 1 acts as 2. */
int resize_fit(const struct raster *from, int mode, uint32_t width, uint32_t height,
               struct raster *to, struct error *err);

#endif
