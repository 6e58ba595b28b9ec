#ifndef SDCTL_IMAGE_CROP_H
#define SDCTL_IMAGE_CROP_H

#include <stdbool.h>

#include "base/error.h"
#include "image/raster.h"

/*
 * Which rectangle a WebUI server works on when only the masked area is repainted ("Only masked",
 * inpaint_full_res): masking.get_crop_region_v2 and masking.expand_crop_region (A15), with the same
 * floating-point divisions and truncations.
 */

/* Left and top inclusive, right and bottom exclusive, in pixels. */
struct crop_rect {
    int x1, y1, x2, y2;
};

/* The smallest rectangle that holds every non-zero pixel of a one-channel mask, grown by `pad`
 * pixels on each side and kept inside the mask. False when the mask is all zero. */
bool crop_find(const struct raster *mask, int pad, struct crop_rect *rect);

/* Grows one side of *rect to the ratio of the processing size (width x height, both > 0), moving
 * it back inside the image where it sticks out. False, with *rect unchanged, when it is empty. */
bool crop_expand(struct crop_rect *rect, int width, int height, int image_width, int image_height);

/* Copies the rectangle into a new raster; what lies outside of `from` is zero. EXIT_INPUT when the
 * rectangle is empty. On failure *to is empty. */
int crop_take(const struct raster *from, const struct crop_rect *rect, struct raster *to,
              struct error *err);

#endif
