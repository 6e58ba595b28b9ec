#include "image/webui_prepare.h"

#include "image/blur.h"
#include "image/channels.h"
#include "image/fill.h"
#include "image/overlay.h"
#include "image/resize.h"

#define LATENT_RESIZE 3

/* Puts `from` in the place of *r. */
static void replace(struct raster *r, struct raster *from)
{
    raster_release(r);
    *r = *from;
    *from = (struct raster){0};
}

/* Replaces *r by what resize_fit makes of it. */
static int refit(struct raster *r, int mode, uint32_t width, uint32_t height, struct error *err)
{
    struct raster to;

    if (r->width == width && r->height == height) {
        return 0;
    }
    if (resize_fit(r, mode, width, height, &to, err) != 0) {
        return -1;
    }
    replace(r, &to);
    return 0;
}

static int cut(struct raster *r, const struct crop_rect *rect, struct error *err)
{
    struct raster to;

    if (crop_take(r, rect, &to, err) != 0) {
        return -1;
    }
    replace(r, &to);
    return 0;
}

static size_t count(const struct raster *grey)
{
    return (size_t)grey->width * grey->height;
}

static int blur_mask(const struct webui_prepare *how, const struct raster *mask, struct raster *to,
                     struct error *err)
{
    if (channels_copy(mask, to, err) != 0) {
        return -1;
    }
    for (size_t i = 0; how->invert && i < count(to); i++) {
        to->pixels[i] = (uint8_t)(255 - to->pixels[i]);
    }
    return blur_opencv(to, how->blur_x, how->blur_y, err);
}

/* Only masked: the rectangle around the mask, at processing size. */
static int crop_mask(const struct webui_prepare *how, struct webui_mask *m, struct error *err)
{
    if (!crop_find(&m->blurred, how->padding, &m->crop)) {
        return 0;
    }
    if (!crop_expand(&m->crop, how->width, how->height, (int)m->blurred.width,
                     (int)m->blurred.height)) {
        return error_set(err, EXIT_INPUT, "division by zero");
    }
    m->has_crop = true;
    if (channels_copy(&m->blurred, &m->for_overlay, err) != 0 ||
        crop_take(&m->blurred, &m->crop, &m->mask, err) != 0) {
        return -1;
    }
    return refit(&m->mask, RESIZE_FILL, (uint32_t)how->width, (uint32_t)how->height, err);
}

/* Whole picture: the mask that is laid over the result is twice as strong. */
static int fit_mask(const struct webui_prepare *how, struct webui_mask *m, struct error *err)
{
    if (channels_copy(&m->blurred, &m->mask, err) != 0 ||
        refit(&m->mask, how->resize_mode, (uint32_t)how->width, (uint32_t)how->height, err) != 0 ||
        channels_copy(&m->mask, &m->for_overlay, err) != 0) {
        return -1;
    }
    for (size_t i = 0; i < count(&m->mask); i++) {
        unsigned twice = 2u * m->mask.pixels[i];
        m->for_overlay.pixels[i] = (uint8_t)(twice > 255 ? 255 : twice);
    }
    return 0;
}

int webui_prepare_mask(const struct webui_prepare *how, const struct raster *mask,
                       struct webui_mask *to, struct error *err)
{
    *to = (struct webui_mask){0};
    if (blur_mask(how, mask, &to->blurred, err) == 0 &&
        (how->masked_only ? crop_mask(how, to, err) : fit_mask(how, to, err)) == 0) {
        return 0;
    }
    webui_mask_release(to);
    return -1;
}

void webui_mask_release(struct webui_mask *mask)
{
    raster_release(&mask->blurred);
    raster_release(&mask->mask);
    raster_release(&mask->for_overlay);
    *mask = (struct webui_mask){0};
}

static int make_overlay(const struct webui_prepare *how, struct webui_mask *mask,
                        const struct raster *image, struct raster *overlay, struct error *err)
{
    if (refit(&mask->for_overlay, how->resize_mode, image->width, image->height, err) != 0) {
        return -1;
    }
    return overlay == NULL ? 0 : overlay_make(image, &mask->for_overlay, overlay, err);
}

static int fill(struct raster *image, const struct raster *mask, struct error *err)
{
    struct raster filled;

    if (fill_masked(image, mask, &filled, err) != 0) {
        return -1;
    }
    replace(image, &filled);
    return 0;
}

static int prepare_image(const struct webui_prepare *how, struct webui_mask *mask,
                         const struct raster *latent, struct raster *image, struct raster *overlay,
                         struct error *err)
{
    uint32_t width = (uint32_t)how->width, height = (uint32_t)how->height;
    bool masked = mask->mask.pixels != NULL;

    if (!mask->has_crop && how->resize_mode != LATENT_RESIZE &&
        refit(image, how->resize_mode, width, height, err) != 0) {
        return -1;
    }
    if (masked && make_overlay(how, mask, image, overlay, err) != 0) {
        return -1;
    }
    if (mask->has_crop &&
        (cut(image, &mask->crop, err) != 0 || refit(image, RESIZE_FILL, width, height, err) != 0)) {
        return -1;
    }
    if (masked && how->fill != 1 && fill(image, latent != NULL ? latent : &mask->mask, err) != 0) {
        return -1;
    }
    return refit(image, RESIZE_JUST, width, height, err);
}

int webui_prepare_image(const struct webui_prepare *how, struct webui_mask *mask,
                        const struct raster *latent, const struct raster *init, struct raster *to,
                        struct raster *overlay, struct error *err)
{
    static const uint8_t white[3] = {255, 255, 255};

    if (overlay != NULL) {
        *overlay = (struct raster){0};
    }
    if (channels_flatten(init, white, to, err) != 0) {
        return -1;
    }
    if (prepare_image(how, mask, latent, to, overlay, err) == 0) {
        return 0;
    }
    raster_release(to);
    raster_release(overlay);
    return -1;
}

int webui_prepare_latent(const struct raster *mask, int width, int height, struct raster *to,
                         struct error *err)
{
    if (resize_raster(mask, (uint32_t)width / 8, (uint32_t)height / 8, RESIZE_BICUBIC, NULL, to,
                      err) != 0) {
        return -1;
    }
    for (size_t i = 0; i < count(to); i++) {
        to->pixels[i] = to->pixels[i] > 127 ? 255 : 0;
    }
    return 0;
}
