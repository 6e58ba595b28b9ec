#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "image/channels.h"
#include "image/overlay.h"
#include "image/resize.h"
#include "infotext.h"
#include "job.h"
#include "paint.h"
#include "record.h"
#include "settings.h"

int64_t process_seed(int64_t seed)
{
    return seed == -1 ? (int64_t)randombytes_uniform(4294967294u) : seed;
}

void process_release(struct processed *done)
{
    for (size_t i = 0; i < done->n; i++) {
        raster_release(&done->pictures[i].raster);
        free(done->pictures[i].infotext);
    }
    free(done->pictures);
    json_decref(done->seeds);
    json_decref(done->subseeds);
    json_decref(done->infotexts);
    *done = (struct processed){0};
}

int process_add(struct processed *done, struct raster *raster, const char *infotext, bool first,
                struct failure *f)
{
    struct picture *more = realloc(done->pictures, (done->n + 1) * sizeof *more);
    size_t at = first ? 0 : done->n;

    if (!more) {
        raster_release(raster);
        return failure_set(f, 500, "MemoryError", "out of memory");
    }
    memmove(more + at + 1, more + at, (done->n - at) * sizeof *more);
    more[at] = (struct picture){.raster = *raster, .infotext = infotext ? strdup(infotext) : NULL};
    done->pictures = more;
    done->n++;
    *raster = (struct raster){0};
    return 0;
}

static uint64_t paint_seed(const struct job *job, int64_t seed, int64_t subseed)
{
    uint64_t mixed = (uint64_t)seed;

    if (job->subseed_strength > 0)
        mixed ^= (uint64_t)subseed * (uint64_t)(1 + job->subseed_strength * 1000) * 0x9E3779B9u;
    return mixed;
}

static int paint_with(const struct job *job, const struct raster *from, uint64_t seed, double share,
                      struct raster *to, struct failure *f)
{
    struct paint paint = {
        .seed = seed,
        .prompt = job->prompt,
        .negative_prompt = job->negative_prompt,
        .strength = job->strength * share * fmin(fmax(job->noise_multiplier, 0), 1),
    };
    struct error err;

    return paint_picture(from, &paint, to, &err) == 0 ? 0 : failure_from(f, &err);
}

/* Shows a small painting as the live preview and lets the sampling steps pass. *share becomes how
 * much of them was done before an interrupt. */
static int pass_steps(struct job *job, const struct raster *from, uint64_t seed, double *share,
                      struct failure *f)
{
    int done = 0, steps = (int)(fmin(job->strength, 0.999) * job->steps) + 1;
    struct raster small = {0}, latent = {0};
    struct error err;
    int result;

    if (settings_flag(job->settings, "img2img_fix_steps") && job->steps > 0)
        steps = job->steps;
    steps = steps < 1 ? 1 : steps;
    if (resize_raster(from, from->width / 8, from->height / 8, RESIZE_BICUBIC, NULL, &small,
                      &err) != 0)
        return failure_from(f, &err);
    result = paint_with(job, &small, seed, 1, &latent, f);
    raster_release(&small);
    if (result != 0)
        return -1;
    state_sampling(&job->box->state, steps, &latent, seed);
    while (done < steps && state_step(&job->box->state, job->box->pace))
        done++;
    *share = (double)done / steps;
    return 0;
}

/* The picture's size is a multiple of 8, whatever was asked for: a latent pixel is 8 wide. */
static int cut_to_eights(const struct raster *from, struct raster *to, struct failure *f)
{
    struct crop_rect rect = {.x2 = (int)(from->width / 8 * 8), .y2 = (int)(from->height / 8 * 8)};
    struct error err;

    return crop_take(from, &rect, to, &err) == 0 ? 0 : failure_from(f, &err);
}

/* Outside of the mask at latent resolution the model leaves what it was shown. */
static int blend_latent(const struct job *job, const struct prepared *p, const struct raster *shown,
                        struct raster *painted, struct failure *f)
{
    const struct raster *mask = job->latent_mask.pixels ? &job->latent_mask : &p->mask.mask;
    struct raster small = {0}, full = {0};
    struct error err;
    int result = -1;

    if (!mask->pixels)
        return 0;
    if (webui_prepare_latent(mask, (int)shown->width, (int)shown->height, &small, &err) != 0)
        goto out;
    if (resize_raster(&small, shown->width, shown->height, RESIZE_BICUBIC, NULL, &full, &err) != 0)
        goto out;
    for (size_t i = 0; i < (size_t)shown->width * shown->height; i++)
        for (size_t c = 0; c < 3; c++)
            painted->pixels[3 * i + c] = channels_blend(shown->pixels[3 * i + c],
                                                        painted->pixels[3 * i + c], full.pixels[i]);
    result = 0;
out:
    raster_release(&small);
    raster_release(&full);
    return result == 0 ? 0 : failure_from(f, &err);
}

/* The repainted part on transparency: what return_mask_composite asks for. */
static int mask_composite(const struct prepared *p, const struct raster *image,
                          const struct raster *overlay, struct processed *done, struct failure *f)
{
    struct raster canvas = {0}, plain = {0}, mask = {0}, to = {0};
    struct error err;
    int result = -1;

    if (p->mask.has_crop) {
        if (overlay_uncrop(image, overlay->width, overlay->height, &p->mask.crop, &canvas, &err) !=
                0 ||
            channels_rgb(&canvas, &plain, &err) != 0)
            goto out;
    } else if (channels_copy(image, &plain, &err) != 0) {
        goto out;
    }
    if (resize_fit(&p->mask.for_overlay, RESIZE_FILL, plain.width, plain.height, &mask, &err) != 0)
        goto out;
    for (size_t i = 0; i < (size_t)mask.width * mask.height; i++)
        mask.pixels[i] = (uint8_t)(255 - mask.pixels[i]);
    result = overlay_make(&plain, &mask, &to, &err);
out:
    raster_release(&canvas);
    raster_release(&plain);
    raster_release(&mask);
    return result == 0 ? process_add(done, &to, NULL, false, f) : failure_from(f, &err);
}

/* Puts a painted picture back into its original, and adds it with what else was asked for. */
static int finish_picture(struct job *job, const struct prepared *p, const struct raster *painted,
                          const struct raster *overlay, int64_t seed, int64_t subseed,
                          struct processed *done, struct failure *f)
{
    char *infotext = infotext_make(job, seed, subseed);
    struct raster result = {0}, mask = {0};
    struct error err;
    int status;

    if (overlay && settings_flag(job->settings, "overlay_inpaint"))
        status =
            overlay_apply(painted, p->mask.has_crop ? &p->mask.crop : NULL, overlay, &result, &err);
    else
        status = channels_copy(painted, &result, &err);
    status = status == 0 ? 0 : failure_from(f, &err);
    if (status == 0)
        json_array_append_new(done->infotexts, json_string(infotext));
    if (status == 0)
        status =
            process_add(done, &result,
                        settings_flag(job->settings, "enable_pnginfo") ? infotext : NULL, false, f);
    free(infotext);
    if (status != 0 || !p->mask.for_overlay.pixels)
        return status;
    if (settings_flag(job->settings, "return_mask")) {
        if (channels_rgb(&p->mask.for_overlay, &mask, &err) != 0)
            return failure_from(f, &err);
        if (process_add(done, &mask, NULL, false, f) != 0)
            return -1;
    }
    if (overlay && settings_flag(job->settings, "return_mask_composite"))
        return mask_composite(p, painted, overlay, done, f);
    return 0;
}

static int64_t seed_at(const json_t *seeds, size_t i)
{
    return json_integer_value(json_array_get(seeds, i));
}

/* One batch: its steps, then its pictures. */
static int process_batch(struct job *job, const struct prepared *p, size_t first,
                         struct processed *done, struct failure *f)
{
    double share = 1;

    for (size_t i = 0; i < (size_t)job->batch_size; i++) {
        size_t source = p->n > 1 ? i : 0, at = first + i;
        int64_t seed = seed_at(done->seeds, at), subseed = seed_at(done->subseeds, at);
        struct raster shown = {0}, painted = {0};
        int result = cut_to_eights(&p->images[source], &shown, f);

        if (result == 0 && i == 0)
            result = pass_steps(job, &shown, paint_seed(job, seed, subseed), &share, f);
        if (result == 0)
            result = paint_with(job, &shown, paint_seed(job, seed, subseed), share, &painted, f);
        if (result == 0)
            result = blend_latent(job, p, &shown, &painted, f);
        if (result == 0)
            result = finish_picture(job, p, &painted,
                                    source < p->n_overlays ? &p->overlays[source] : NULL, seed,
                                    subseed, done, f);
        raster_release(&shown);
        raster_release(&painted);
        if (result != 0)
            return -1;
    }
    state_next_job(&job->box->state);
    return 0;
}

static int add_grid(struct job *job, struct processed *done, struct failure *f)
{
    struct raster grid;
    char *infotext;
    int result;

    if (!job->save_grid || !settings_flag(job->settings, "return_grid") ||
        (done->n < 2 && settings_flag(job->settings, "grid_only_if_multiple")))
        return 0;
    if (grid_make(job, done->pictures, done->n, 0, &grid, f) != 0)
        return -1;
    infotext = infotext_make(job, done->seed, done->subseed);
    json_array_insert_new(done->infotexts, 0, json_string(infotext));
    result = process_add(done, &grid, infotext, true, f);
    free(infotext);
    done->index_of_first_image = 1;
    return result;
}

static void number_pictures(struct job *job, struct processed *done)
{
    done->seed = job->first_seed = process_seed(job->seed);
    done->subseed = process_seed(job->subseed);
    done->seeds = json_array();
    done->subseeds = json_array();
    done->infotexts = json_array();
    for (int i = 0; i < job->batch_size * job->n_iter; i++) {
        json_array_append_new(done->seeds,
                              json_integer(done->seed + (job->subseed_strength == 0 ? i : 0)));
        json_array_append_new(done->subseeds, json_integer(done->subseed + i));
    }
}

int process_job(struct job *job, struct processed *done, struct failure *f)
{
    struct state *state = &job->box->state;
    struct prepared p = {0};
    struct state_view now;
    char *infotext;

    *done = (struct processed){0};
    number_pictures(job, done);
    if (job->n_init == 0)
        return process_release(done), failure_set(f, 500, "IndexError", "list index out of range");
    if (prepare_job(job, &p, f) != 0) {
        process_release(done);
        return -1;
    }
    record_prepared(job->folder, &p);
    state_set_count(state, job->n_iter);
    for (int n = 0; n < job->n_iter; n++) {
        state_view(state, &now);
        state_clear_skip(state);
        if (now.interrupted || state->stopping)
            break;
        if (process_batch(job, &p, (size_t)n * (size_t)job->batch_size, done, f) != 0)
            goto failed;
    }
    if (json_array_size(done->infotexts) == 0) {
        infotext = infotext_make(job, done->seed, done->subseed);
        json_array_append_new(done->infotexts, json_string(infotext));
        free(infotext);
    }
    if (add_grid(job, done, f) != 0)
        goto failed;
    prepare_release(&p);
    return 0;
failed:
    prepare_release(&p);
    process_release(done);
    return -1;
}
