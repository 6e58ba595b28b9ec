#ifndef SDCTL_IMAGE_FILL_H
#define SDCTL_IMAGE_FILL_H

#include "base/error.h"
#include "image/raster.h"

/* masking.fill: paints the masked area (white in the grey mask, same size) with colours that
 * spread in from its surroundings, blurred at six radii. image is RGB, *to becomes RGB. EXIT_INPUT
 * when the sizes differ; on failure *to is empty. */
int fill_masked(const struct raster *image, const struct raster *mask, struct raster *to,
                struct error *err);

#endif
