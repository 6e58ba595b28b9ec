#include "job.h"

#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "settings.h"

#define MEMORY(f) failure_set(f, 500, "MemoryError", "out of memory")

/* The settings for one job: the server's, with the request's overrides. An unknown checkpoint is
 * dropped without a word (A16). */
static int override_settings(struct job *job, const json_t *values, struct failure *f)
{
    json_t *changes = json_copy(json_object_get(values, "override_settings"));
    const char *checkpoint;
    int result = 0;

    job->settings = settings_copy(job->box);
    if (json_is_object(changes)) {
        checkpoint = json_string_value(json_object_get(changes, "sd_model_checkpoint"));
        if (!checkpoint || !lists_find_model(checkpoint))
            json_object_del(changes, "sd_model_checkpoint");
        result = settings_change(job->box, job->settings, changes, f);
        if (result == 0 && !fields_flag(values, "override_settings_restore_afterwards"))
            result = settings_change(job->box, NULL, changes, f);
    }
    json_decref(changes);
    job->model = lists_find_model(settings_text(job->settings, "sd_model_checkpoint"));
    return result;
}

static void read_mask_fields(struct job *job, const json_t *values)
{
    const json_t *both = json_object_get(values, "mask_blur");

    job->blur_x = (int)fields_int(values, "mask_blur_x", 0);
    job->blur_y = (int)fields_int(values, "mask_blur_y", 0);
    if (json_is_integer(both))
        job->blur_x = job->blur_y = (int)json_integer_value(both);
    job->fill = (int)fields_int(values, "inpainting_fill", 0);
    job->full_res = fields_flag(values, "inpaint_full_res");
    job->padding = (int)fields_int(values, "inpaint_full_res_padding", 0);
    job->invert = fields_int(values, "inpainting_mask_invert", 0) != 0;
}

/* Sigma settings of samplers that have them: an option of the server that is not at its default
 * overrules the request, and only then are they in the infotext (A7). */
static void note_sigmas(struct job *job)
{
    static const char *const SAMPLERS[] = {"Euler", "Heun", "DPM2"};
    static const struct {
        const char *option, *label;
        double usual;
    } SIGMAS[] = {{"s_churn", "Sigma churn", 0},
                  {"s_tmin", "Sigma tmin", 0},
                  {"s_tmax", "Sigma tmax", 0},
                  {"s_noise", "Sigma noise", 1}};
    bool takes = false;

    for (size_t i = 0; i < sizeof SAMPLERS / sizeof *SAMPLERS; i++)
        takes = takes || strcmp(SAMPLERS[i], job->sampler) == 0;
    for (size_t i = 0; takes && i < sizeof SIGMAS / sizeof *SIGMAS; i++) {
        double value = settings_real(job->settings, SIGMAS[i].option, SIGMAS[i].usual);

        if (value != SIGMAS[i].usual)
            job_note(job, SIGMAS[i].label, json_real(value));
    }
}

int job_init(struct job *job, struct sandbox *box, const json_t *values, struct failure *f)
{
    *job = (struct job){
        .box = box,
        .prompt = strdup(fields_text(values, "prompt", "")),
        .negative_prompt = strdup(fields_text(values, "negative_prompt", "")),
        .seed = fields_int(values, "seed", -1),
        .subseed = fields_int(values, "subseed", -1),
        .subseed_strength = fields_real(values, "subseed_strength", 0),
        .cfg_scale = fields_real(values, "cfg_scale", 7),
        .strength = fields_real(values, "denoising_strength", 0.75),
        .batch_size = (int)fields_int(values, "batch_size", 1),
        .n_iter = (int)fields_int(values, "n_iter", 1),
        .steps = (int)fields_int(values, "steps", 50),
        .width = (int)fields_int(values, "width", 512),
        .height = (int)fields_int(values, "height", 512),
        .resize_mode = (int)fields_int(values, "resize_mode", 0),
        .save_grid = fields_flag(values, "save_images"),
        .extra = json_object(),
    };
    if (!job->prompt || !job->negative_prompt || !job->extra)
        return MEMORY(f);
    read_mask_fields(job, values);
    if (override_settings(job, values, f) != 0)
        return -1;
    job->noise_multiplier =
        fields_real(values, "initial_noise_multiplier",
                    settings_real(job->settings, "initial_noise_multiplier", 1));
    lists_resolve_sampler(fields_text(values, "sampler_name", ""),
                          json_string_value(json_object_get(values, "scheduler")), false,
                          &job->sampler, &job->scheduler);
    note_sigmas(job);
    if (job->width < 8 || job->height < 8 || job->batch_size < 1 || job->n_iter < 1 ||
        (int64_t)job->width * job->height > SANDBOX_PIXELS_MAX ||
        (int64_t)job->batch_size * job->n_iter > SANDBOX_PICTURES_MAX)
        return failure_set(f, 500, "OutOfMemoryError", "cannot make %d times %d pictures of %dx%d",
                           job->n_iter, job->batch_size, job->width, job->height);
    return 0;
}

static void release_list(struct raster *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        raster_release(&list[i]);
    free(list);
}

void job_clear_init(struct job *job)
{
    release_list(job->init, job->n_init);
    job->init = NULL;
    job->n_init = 0;
}

void job_release(struct job *job)
{
    json_decref(job->settings);
    json_decref(job->extra);
    free(job->prompt);
    free(job->negative_prompt);
    job_clear_init(job);
    release_list(job->extra_images, job->n_extra_images);
    raster_release(&job->mask);
    raster_release(&job->latent_mask);
    *job = (struct job){0};
}

static int add(struct raster **list, size_t *n, struct raster *image, struct failure *f)
{
    struct raster *more = realloc(*list, (*n + 1) * sizeof *more);

    if (!more) {
        raster_release(image);
        return MEMORY(f);
    }
    more[(*n)++] = *image;
    *list = more;
    *image = (struct raster){0};
    return 0;
}

int job_add_init(struct job *job, struct raster *image, struct failure *f)
{
    return add(&job->init, &job->n_init, image, f);
}

int job_add_extra(struct job *job, struct raster *image, struct failure *f)
{
    return add(&job->extra_images, &job->n_extra_images, image, f);
}

void job_note(struct job *job, const char *key, json_t *value)
{
    json_object_set_new(job->extra, key, value);
}
