#ifndef SDCTL_IMAGE_WEBUI_PREPARE_H
#define SDCTL_IMAGE_WEBUI_PREPARE_H

#include <stdbool.h>

#include "base/error.h"
#include "image/crop.h"
#include "image/raster.h"

/*
 * What a WebUI server makes of an image and its mask before the model sees them, step by step as
 * StableDiffusionProcessingImg2Img.init does it (processing.py; A2, A4, A14, A15, A30). The sandbox
 * works with it, and a preview is drawn from it.
 */
struct webui_prepare {
    int width, height;  /* the processing size, pixels, > 0 */
    int resize_mode;    /* enum resize_mode; 3: the image is not resized, its latent is */
    int fill;           /* inpainting_fill: 0 fill, 1 original, 2 latent noise, 3 latent nothing */
    int blur_x, blur_y; /* sigma, pixels */
    int padding;        /* pixels; of masked_only */
    bool masked_only;   /* inpaint_full_res */
    bool invert;        /* inpainting_mask_invert */
};

/* What becomes of the mask. */
struct webui_mask {
    struct raster blurred;     /* grey, its own size: after inversion and blur */
    struct raster mask;        /* grey, processing size; empty: blank, so the server forgets it */
    struct raster for_overlay; /* grey: what keeps the original when the result is put back */
    bool has_crop;
    struct crop_rect crop; /* what is worked on, in pixels of the image */
};

/* The mask (grey) as the model is to have it. A blank one with masked_only leaves mask and
 * for_overlay empty: plain img2img follows. EXIT_INPUT; on failure *to is empty. */
int webui_prepare_mask(const struct webui_prepare *how, const struct raster *mask,
                       struct webui_mask *to, struct error *err);

void webui_mask_release(struct webui_mask *mask);

/*
 * One init image as the model sees it: RGB, flattened over white, cropped, resized, the masked part
 * filled (latent noise and latent nothing start from the same fill, what they do to the latent is
 * left to the caller). mask->for_overlay is brought to the image's size where it differs. `latent`
 * (NULL for mask->mask) is what is filled. *overlay gets the original, transparent where it is
 * repainted, unless it is NULL or there is no mask: then it is empty. EXIT_INPUT, also where the
 * server itself fails (latent resize with a fill that is not original); both are empty then.
 */
int webui_prepare_image(const struct webui_prepare *how, struct webui_mask *mask,
                        const struct raster *latent, const struct raster *init, struct raster *to,
                        struct raster *overlay, struct error *err);

/* The mask at latent resolution, 8 pixels wide each, rounded at a half: 255 is repainted, 0 kept
 * (A14). width and height are the processing size; what is left of a multiple of 8 is cut.
 * EXIT_INPUT when a side is below 8. */
int webui_prepare_latent(const struct raster *mask, int width, int height, struct raster *to,
                         struct error *err);

#endif
