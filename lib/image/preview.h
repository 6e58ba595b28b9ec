#ifndef SDCTL_IMAGE_PREVIEW_H
#define SDCTL_IMAGE_PREVIEW_H

#include "base/error.h"
#include "image/crop.h"
#include "image/raster.h"

/*
 * A picture of what a server will work on. On the left the image: tinted red as strongly as the
 * blurred mask is, the edge of the mask in white and black, the rectangle that is worked on in
 * yellow. On the right, joined to it by lines, what the model sees at processing size, with the
 * edge of what it repaints. Both have the same scale, so that one sees how much the rectangle is
 * enlarged.
 */
enum preview_latent {
    PREVIEW_IMAGE,   /* the model starts from what is shown */
    PREVIEW_NOISE,   /* where it repaints, from noise: drawn as such */
    PREVIEW_NOTHING, /* from an empty latent: drawn as a flat brown-grey, what that decodes to */
};

struct preview {
    const struct raster *image;   /* RGB or grey */
    const struct raster *mask;    /* grey, the image's size: as it is sent */
    const struct raster *blurred; /* grey, the image's size: after the server's blur */
    struct crop_rect rectangle;   /* what of the image is worked on */
    const struct raster *shown;   /* RGB: what the model sees */
    enum preview_latent latent;
    const struct raster *repainted; /* grey, a pixel for 8 x 8 of them; NULL: there is no mask */
};

#define PREVIEW_SIDE_MAX 1024 /* pixels; larger ones are shown smaller, both by the same factor */

/* EXIT_INPUT, EXIT_UNEXPECTED; on failure *to is empty. */
int preview_draw(const struct preview *p, struct raster *to, struct error *err);

#endif
