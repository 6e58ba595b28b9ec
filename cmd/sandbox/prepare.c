#include <stdlib.h>

#include "job.h"
#include "paint.h"

void prepare_release(struct prepared *p)
{
    for (size_t i = 0; i < p->n; i++)
        raster_release(&p->images[i]);
    for (size_t i = 0; i < p->n_overlays; i++)
        raster_release(&p->overlays[i]);
    free(p->images);
    free(p->overlays);
    webui_mask_release(&p->mask);
    *p = (struct prepared){0};
}

/* What the mask was and what became of it, for the infotext. */
static void note_mask(struct job *job, const struct webui_mask *mask)
{
    static const char *const FILLS[] = {"fill", NULL, "latent noise", "latent nothing"};

    if (job->invert)
        job_note(job, "Mask mode", json_string("Inpaint not masked"));
    if (job->blur_x > 0 || job->blur_y > 0)
        job_note(job, "Mask blur",
                 job->blur_x == job->blur_y ? json_integer(job->blur_x) : json_null());
    if (mask->has_crop) {
        job_note(job, "Inpaint area", json_string("Only masked"));
        job_note(job, "Masked area padding", json_integer(job->padding));
    }
    if (mask->mask.pixels && job->fill >= 0 && job->fill <= 3 && FILLS[job->fill])
        job_note(job, "Masked content", json_string(FILLS[job->fill]));
}

/* One init image, on to p->images and p->overlays (which have room). */
static int prepare_image(const struct job *job, const struct webui_prepare *how, struct prepared *p,
                         const struct raster *init, struct error *err)
{
    const struct raster *latent = job->latent_mask.pixels ? &job->latent_mask : &p->mask.mask;
    struct raster *image = &p->images[p->n], *overlay = &p->overlays[p->n_overlays];

    if (webui_prepare_image(how, &p->mask, latent, init, image, overlay, err) != 0)
        return -1;
    p->n++;
    p->n_overlays += overlay->pixels != NULL;
    if (p->mask.mask.pixels && job->fill == 2)
        paint_noise(image, latent, (uint64_t)job->first_seed + p->n - 1);
    else if (p->mask.mask.pixels && job->fill == 3)
        paint_nothing(image, latent);
    return 0;
}

static int prepare_all(struct job *job, struct prepared *p, struct error *err)
{
    struct webui_prepare how = {
        .width = job->width,
        .height = job->height,
        .resize_mode = job->resize_mode,
        .fill = job->fill,
        .blur_x = job->blur_x,
        .blur_y = job->blur_y,
        .padding = job->padding,
        .masked_only = job->full_res,
        .invert = job->invert,
    };

    if (!p->images || !p->overlays)
        return error_memory(err, "preparing the images");
    job_note(job, "Denoising strength", json_real(job->strength));
    if (job->mask.pixels) {
        if (webui_prepare_mask(&how, &job->mask, &p->mask, err) != 0)
            return -1;
        note_mask(job, &p->mask);
    }
    for (size_t i = 0; i < job->n_init; i++)
        if (prepare_image(job, &how, p, &job->init[i], err) != 0)
            return -1;
    return 0;
}

int prepare_job(struct job *job, struct prepared *p, struct failure *f)
{
    struct error err = {0};

    *p = (struct prepared){
        .images = calloc(job->n_init + 1, sizeof *p->images),
        .overlays = calloc(job->n_init + 1, sizeof *p->overlays),
    };
    if (prepare_all(job, p, &err) != 0) {
        prepare_release(p);
        return failure_from(f, &err);
    }
    if (job->n_init > (size_t)job->batch_size) {
        prepare_release(p);
        return failure_set(f, 500, "RuntimeError",
                           "bad number of images passed: %zu; expecting %d or less", job->n_init,
                           job->batch_size);
    }
    if (job->n_init > 1)
        job->batch_size = (int)job->n_init;
    if (job->noise_multiplier != 1.0)
        job_note(job, "Noise multiplier", json_real(job->noise_multiplier));
    return 0;
}
