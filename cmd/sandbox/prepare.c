#include <stdlib.h>
#include <string.h>

#include "image/blur.h"
#include "image/channels.h"
#include "image/fill.h"
#include "image/overlay.h"
#include "image/resize.h"
#include "job.h"
#include "paint.h"
#include "settings.h"

void prepare_release(struct prepared *p)
{
    for (size_t i = 0; i < p->n; i++)
        raster_release(&p->images[i]);
    for (size_t i = 0; i < p->n_overlays; i++)
        raster_release(&p->overlays[i]);
    free(p->images);
    free(p->overlays);
    raster_release(&p->mask);
    raster_release(&p->mask_for_overlay);
    *p = (struct prepared){0};
}

/* Replaces *r by what resize_fit makes of it. */
static int refit(struct raster *r, int mode, uint32_t width, uint32_t height, struct error *err)
{
    struct raster to;

    if (r->width == width && r->height == height)
        return 0;
    if (resize_fit(r, mode, width, height, &to, err) != 0)
        return -1;
    raster_release(r);
    *r = to;
    return 0;
}

static int crop(struct raster *r, const struct crop_rect *rect, struct error *err)
{
    struct raster to;

    if (crop_take(r, rect, &to, err) != 0)
        return -1;
    raster_release(r);
    *r = to;
    return 0;
}

/* Only masked: the crop rectangle; a blank mask turns the job into plain img2img. */
static int crop_mask(struct job *job, struct prepared *p, struct error *err)
{
    if (channels_copy(&p->mask, &p->mask_for_overlay, err) != 0)
        return -1;
    if (!crop_find(&p->mask, job->padding, &p->crop)) {
        raster_release(&p->mask);
        raster_release(&p->mask_for_overlay);
        job->full_res = false;
        return 0;
    }
    if (!crop_expand(&p->crop, job->width, job->height, (int)p->mask.width, (int)p->mask.height))
        return error_set(err, EXIT_INPUT, "division by zero");
    p->has_crop = true;
    job_note(job, "Inpaint area", json_string("Only masked"));
    job_note(job, "Masked area padding", json_integer(job->padding));
    if (crop(&p->mask, &p->crop, err) != 0)
        return -1;
    return refit(&p->mask, RESIZE_FILL, (uint32_t)job->width, (uint32_t)job->height, err);
}

/* Whole picture: the mask that is laid over the result is twice as strong. */
static int fit_mask(struct job *job, struct prepared *p, struct error *err)
{
    if (refit(&p->mask, job->resize_mode, (uint32_t)job->width, (uint32_t)job->height, err) != 0 ||
        channels_copy(&p->mask, &p->mask_for_overlay, err) != 0)
        return -1;
    for (size_t i = 0; i < (size_t)p->mask.width * p->mask.height; i++) {
        unsigned twice = 2u * p->mask.pixels[i];

        p->mask_for_overlay.pixels[i] = (uint8_t)(twice > 255 ? 255 : twice);
    }
    return 0;
}

static int prepare_mask(struct job *job, struct prepared *p, struct error *err)
{
    if (channels_copy(&job->mask, &p->mask, err) != 0)
        return -1;
    if (job->invert) {
        for (size_t i = 0; i < (size_t)p->mask.width * p->mask.height; i++)
            p->mask.pixels[i] = (uint8_t)(255 - p->mask.pixels[i]);
        job_note(job, "Mask mode", json_string("Inpaint not masked"));
    }
    if (blur_opencv(&p->mask, job->blur_x, job->blur_y, err) != 0)
        return -1;
    if (job->blur_x > 0 || job->blur_y > 0)
        job_note(job, "Mask blur",
                 job->blur_x == job->blur_y ? json_integer(job->blur_x) : json_null());
    return job->full_res ? crop_mask(job, p, err) : fit_mask(job, p, err);
}

static void note_fill(struct job *job)
{
    static const char *const NAMES[] = {"fill", NULL, "latent noise", "latent nothing"};

    if (job->fill >= 0 && job->fill <= 3 && NAMES[job->fill])
        job_note(job, "Masked content", json_string(NAMES[job->fill]));
}

static int fill_image(struct job *job, const struct prepared *p, struct raster *image, size_t index,
                      struct error *err)
{
    const struct raster *mask = job->latent_mask.pixels ? &job->latent_mask : &p->mask;
    struct raster filled;

    if (job->fill == 1)
        return 0;
    if (fill_masked(image, mask, &filled, err) != 0)
        return -1;
    raster_release(image);
    *image = filled;
    if (job->fill == 2)
        paint_noise(image, mask, (uint64_t)job->first_seed + index);
    else if (job->fill == 3)
        paint_nothing(image, mask);
    return 0;
}

/* One init image, on to p->images and p->overlays (which have room). */
static int prepare_image(struct job *job, struct prepared *p, const struct raster *init,
                         struct error *err)
{
    static const uint8_t WHITE[3] = {255, 255, 255};
    struct raster *image = &p->images[p->n];

    if (channels_flatten(init, WHITE, image, err) != 0)
        return -1;
    p->n++;
    if (!p->has_crop && job->resize_mode != 3 &&
        refit(image, job->resize_mode, (uint32_t)job->width, (uint32_t)job->height, err) != 0)
        return -1;
    if (p->mask.pixels) {
        if (refit(&p->mask_for_overlay, job->resize_mode, image->width, image->height, err) != 0 ||
            overlay_make(image, &p->mask_for_overlay, &p->overlays[p->n_overlays], err) != 0)
            return -1;
        p->n_overlays++;
    }
    if (p->has_crop &&
        (crop(image, &p->crop, err) != 0 ||
         refit(image, RESIZE_FILL, (uint32_t)job->width, (uint32_t)job->height, err) != 0))
        return -1;
    if (p->mask.pixels && fill_image(job, p, image, p->n - 1, err) != 0)
        return -1;
    return refit(image, RESIZE_JUST, (uint32_t)job->width, (uint32_t)job->height, err);
}

int prepare_job(struct job *job, struct prepared *p, struct failure *f)
{
    struct error err = {0};

    *p = (struct prepared){
        .images = calloc(job->n_init + 1, sizeof *p->images),
        .overlays = calloc(job->n_init + 1, sizeof *p->overlays),
    };
    if (!p->images || !p->overlays) {
        error_memory(&err, "preparing the images");
        goto failed;
    }
    job_note(job, "Denoising strength", json_real(job->strength));
    if (job->mask.pixels && prepare_mask(job, p, &err) != 0)
        goto failed;
    for (size_t i = 0; i < job->n_init; i++)
        if (prepare_image(job, p, &job->init[i], &err) != 0)
            goto failed;
    if (p->mask.pixels)
        note_fill(job);
    if (job->n_init > (size_t)job->batch_size) {
        failure_set(f, 500, "RuntimeError",
                    "bad number of images passed: %zu; expecting %d or less", job->n_init,
                    job->batch_size);
        prepare_release(p);
        return -1;
    }
    if (job->n_init > 1)
        job->batch_size = (int)job->n_init;
    if (job->noise_multiplier != 1.0)
        job_note(job, "Noise multiplier", json_real(job->noise_multiplier));
    return 0;
failed:
    prepare_release(p);
    return failure_from(f, &err);
}
