#ifndef SDCTL_IMAGE_OVERLAY_H
#define SDCTL_IMAGE_OVERLAY_H

#include "base/error.h"
#include "image/crop.h"
#include "image/raster.h"

/*
 * How a WebUI server puts a repainted picture back: the original is laid over it, transparent where
 * the blurred mask is white, so that nothing outside of the mask changes (processing.py,
 * overlay_images, apply_overlay, uncrop). Arithmetic as Pillow's, each result a new raster; on
 * failure *to is empty.
 */

/* The original (RGB) made transparent by the mask (grey, same size), premultiplied to 8 bits and
 * back as there: RGBA. EXIT_INPUT when the sizes differ. */
int overlay_make(const struct raster *image, const struct raster *mask, struct raster *to,
                 struct error *err);

/* Resizes the repainted crop (RGB) to the rectangle (mode 1) and places it on a transparent canvas
 * of width x height: RGBA. */
int overlay_uncrop(const struct raster *image, uint32_t width, uint32_t height,
                   const struct crop_rect *at, struct raster *to, struct error *err);

/* Image.alpha_composite for two RGBA rasters, in place on `under`; where `over` is smaller the rest
 * of `under` stays, where it is larger it is cut. */
void overlay_composite(struct raster *under, const struct raster *over);

/* The whole of apply_overlay: uncrops when `at` is not NULL, lays the overlay over it: RGB. */
int overlay_apply(const struct raster *image, const struct crop_rect *at,
                  const struct raster *overlay, struct raster *to, struct error *err);

#endif
