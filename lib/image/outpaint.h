#ifndef SDCTL_IMAGE_OUTPAINT_H
#define SDCTL_IMAGE_OUTPAINT_H

#include "base/error.h"
#include "image/png.h"
#include "image/rows.h"

/*
 * Outpainting: a canvas larger than the image, and the mask of what is new on it. Everything
 * streams; a few rows are in memory.
 */

/* Pixels added on each side. */
struct outpaint {
    uint32_t left, top, right, bottom;
};

/* The size of the canvas. EXIT_INPUT when it is over the limits of png.h. */
int outpaint_size(const struct outpaint *o, const struct rows *image, uint32_t *width,
                  uint32_t *height, struct error *err);

/*
 * Writes the canvas as an 8-bit PNG of the image's channels. The new area continues the colours of
 * the edge as the WebUI's "resize and fill" does (modules/images.py, mode 2): every new pixel of a
 * row is the edge's colour sharpened against the pixel next to it, (9 * edge - next) / 8, which is
 * what Pillow's bicubic filter makes of a box without width. Rows are continued to the sides first,
 * then up and down, corners thus in both directions.
 */
int outpaint_image(struct rows *image, const struct outpaint *o, struct png_sink out,
                   struct error *err);

/* Writes the mask of the canvas as an 8-bit grey PNG, white where it is new. Where the image lies
 * it is `mask` (grey, of the image's size), or black when that is NULL; width and height are the
 * image's. */
int outpaint_mask(struct rows *mask, uint32_t width, uint32_t height, const struct outpaint *o,
                  struct png_sink out, struct error *err);

#endif
