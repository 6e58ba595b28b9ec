#include "scripts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "caption.h"
#include "grid.h"
#include "image/channels.h"
#include "image/resize.h"
#include "outpaint.h"
#include "settings.h"
#include "tiles.h"

static double real(const json_t *arguments, size_t i, double fallback)
{
    const json_t *v = json_array_get(arguments, i);

    return json_is_number(v) ? json_number_value(v) : fallback;
}

static const char *text(const json_t *arguments, size_t i, const char *fallback)
{
    const char *v = json_string_value(json_array_get(arguments, i));

    return v ? v : fallback;
}

/* What Loopback is asked for. */
struct loopback {
    int loops;
    double first, last; /* denoising strength */
    const char *curve, *append;
};

/* The denoising strength of loop number `loop`, from 0. */
static double loop_strength(const struct loopback *l, int loop)
{
    double done = l->loops == 1 ? 0 : (double)loop / (l->loops - 1), angle = done * acos(-1) / 2;

    if (strcmp(l->curve, "Aggressive") == 0)
        done = sin(angle);
    else if (strcmp(l->curve, "Lazy") == 0)
        done = 1 - cos(angle);
    return l->first + (l->last - l->first) * done;
}

static int append_caption(struct job *job, const char *original, const struct loopback *l,
                          struct failure *f)
{
    struct buf prompt;
    char *made;

    if (strcmp(l->append, "None") == 0)
        return 0;
    buf_init(&prompt, (size_t)1 << 20);
    buf_addf(&prompt, "%s%s", original, *original ? ", " : "");
    if (strcmp(l->append, "CLIP") == 0)
        caption_sentence(&job->init[0], &prompt);
    else
        caption_tags(&job->init[0], &prompt);
    made = buf_detach(&prompt);
    if (!made)
        return failure_set(f, 500, "MemoryError", "out of memory");
    free(job->prompt);
    job->prompt = made;
    return 0;
}

/* Makes a picture the job's only init image. */
static int set_init(struct job *job, const struct raster *picture, struct failure *f)
{
    struct raster copy;
    struct error err;

    if (channels_copy(picture, &copy, &err) != 0)
        return failure_from(f, &err);
    job_clear_init(job);
    return job_add_init(job, &copy, f);
}

static bool is_stopped(struct job *job, bool *skipped)
{
    struct state_view v;

    state_view(&job->box->state, &v);
    *skipped = v.skipped;
    return v.interrupted || job->box->state.stopping;
}

/* What Processed() says after several runs: seed and infotext of the first, the lists of seeds of
 * the last. */
static void note_run(struct processed *all, const struct processed *run)
{
    if (!all->seeds) {
        all->seed = run->seed;
        all->subseed = run->subseed;
        all->infotexts = json_deep_copy(run->infotexts);
    }
    json_decref(all->seeds);
    json_decref(all->subseeds);
    all->seeds = json_incref(run->seeds);
    all->subseeds = json_incref(run->subseeds);
}

/* The loops of one batch; *last is the last picture, and each is added to `all` when asked for. */
static int run_loops(struct job *job, const struct loopback *l, const char *prompt, int batch,
                     int batches, struct picture *last, struct processed *all, struct failure *f)
{
    bool skipped = false;

    for (int i = 0; i < l->loops && !skipped; i++) {
        struct processed done;
        char name[80];

        snprintf(name, sizeof name, "Iteration %d/%d, batch %d/%d", i + 1, l->loops, batch + 1,
                 batches);
        state_set_job(&job->box->state, name);
        if (append_caption(job, prompt, l, f) != 0 || process_job(job, &done, f) != 0)
            return -1;
        if (is_stopped(job, &skipped) || done.n == 0) {
            process_release(&done);
            return 1;
        }
        note_run(all, &done);
        job->seed = done.seed + 1;
        job->strength = loop_strength(l, i + 1);
        raster_release(&last->raster);
        free(last->infotext);
        *last = done.pictures[0];
        done.pictures[0] = (struct picture){0};
        process_release(&done);
        job->fill = 1;
        if (set_init(job, &last->raster, f) != 0)
            return -1;
        if (batches == 1) {
            struct raster copy;
            struct error err;

            if (channels_copy(&last->raster, &copy, &err) != 0)
                return failure_from(f, &err);
            if (process_add(all, &copy, last->infotext, false, f) != 0)
                return -1;
        }
    }
    return 0;
}

/* A grid in front of more than one picture; Loopback leaves index_of_first_image at 0. */
static int add_history_grid(struct job *job, struct processed *all, struct failure *f)
{
    struct raster grid;

    if (all->n < 2 || !settings_flag(job->settings, "return_grid"))
        return 0;
    if (grid_make(job, all->pictures, all->n, 1, &grid, f) != 0)
        return -1;
    return process_add(all, &grid, NULL, true, f);
}

/* Every picture of `all` with the same infotext, as Processed() does without a list of them. */
static void repeat_infotext(struct processed *all)
{
    json_t *one = json_incref(json_array_get(all->infotexts, 0));

    json_decref(all->infotexts);
    all->infotexts = json_array();
    for (size_t i = 0; i < all->n; i++)
        json_array_append(all->infotexts, one);
    json_decref(one);
}

/* [loops, final denoising strength, curve, what to append to the prompt] (A25) */
static int run_loopback(struct job *job, const json_t *arguments, struct processed *done,
                        struct failure *f)
{
    struct loopback l = {
        .loops = (int)real(arguments, 0, 4),
        .first = job->strength,
        .last = real(arguments, 1, 0.5),
        .curve = text(arguments, 2, "Linear"),
        .append = text(arguments, 3, "None"),
    };
    int batches = job->n_iter, fill = job->fill, result = 0;
    char *prompt = strdup(job->prompt);
    struct raster original = {0};
    struct error err;

    *done = (struct processed){0};
    if (!prompt || job->n_init == 0 || channels_copy(&job->init[0], &original, &err) != 0) {
        free(prompt);
        return failure_set(f, 500, "IndexError", "list index out of range");
    }
    job->seed = process_seed(job->seed);
    job->n_iter = job->batch_size = 1;
    job->save_grid = false;
    json_object_clear(job->extra);
    job_note(job, "Final denoising strength", json_real(l.last));
    job_note(job, "Denoising curve", json_string(l.curve));
    state_force_count(&job->box->state, l.loops * batches);
    for (int n = 0; n < batches && result == 0; n++) {
        struct picture last = {0};

        job->strength = l.first;
        job->fill = fill;
        result = set_init(job, &original, f);
        if (result == 0)
            result = run_loops(job, &l, prompt, n, batches, &last, done, f);
        if (result == 0 && batches > 1 && last.raster.pixels)
            result = process_add(done, &last.raster, last.infotext, false, f);
        raster_release(&last.raster);
        free(last.infotext);
    }
    if (result >= 0 && !done->seeds)
        result = failure_set(f, 500, "AssertionError", "interrupted before the first picture");
    if (result >= 0)
        result = add_history_grid(job, done, f);
    if (result == 0)
        repeat_infotext(done);
    else
        process_release(done);
    raster_release(&original);
    free(prompt);
    return result;
}

/* Enlarges the first init image as an upscaler would; "None" leaves its size. */
static int upscale(const struct job *job, const char *upscaler, double factor, struct raster *to,
                   struct failure *f)
{
    static const uint8_t WHITE[3] = {255, 255, 255};
    struct raster plain;
    struct error err;
    int result;

    if (channels_flatten(&job->init[0], WHITE, &plain, &err) != 0)
        return failure_from(f, &err);
    if (strcmp(upscaler, "None") == 0) {
        *to = plain;
        return 0;
    }
    result =
        resize_raster(&plain, (uint32_t)(plain.width * factor) / 8 * 8,
                      (uint32_t)(plain.height * factor) / 8 * 8, RESIZE_LANCZOS, NULL, to, &err);
    raster_release(&plain);
    return result == 0 ? 0 : failure_from(f, &err);
}

static const char *const UPSCALERS[] = {"None", "Lanczos", "Nearest", "R-ESRGAN 4x+"};

/* By name or index; NULL when there is none. */
static const char *find_upscaler(const json_t *v)
{
    for (size_t i = 0; i < sizeof UPSCALERS / sizeof *UPSCALERS; i++)
        if ((json_is_string(v) && text_casecmp(json_string_value(v), UPSCALERS[i]) == 0) ||
            (json_is_integer(v) && json_integer_value(v) == (json_int_t)i))
            return UPSCALERS[i];
    return NULL;
}

static int upscale_tiles(struct job *job, struct tiles *grid, struct processed *all,
                         struct failure *f)
{
    for (int i = 0; i < grid->columns * grid->rows; i++) {
        struct processed done;
        struct raster *tile = &grid->tiles[i].raster;

        if (set_init(job, tile, f) != 0 || process_job(job, &done, f) != 0)
            return -1;
        job->seed = done.seed + 1;
        if (done.n > 0) {
            raster_release(tile);
            *tile = done.pictures[0].raster;
            done.pictures[0].raster = (struct raster){0};
        }
        note_run(all, &done);
        process_release(&done);
    }
    return 0;
}

/* [placeholder, overlap, upscaler, factor]; the job's width and height are a tile's (A26). */
static int run_upscale(struct job *job, const json_t *arguments, struct processed *done,
                       struct failure *f)
{
    const char *upscaler = find_upscaler(json_array_get(arguments, 2));
    int overlap = (int)real(arguments, 1, 64), times = job->n_iter, result = 0;
    struct raster picture = {0};

    *done = (struct processed){0};
    if (!upscaler)
        return failure_set(f, 500, "ValueError", "no such upscaler in the list");
    if (job->n_init == 0 || upscale(job, upscaler, real(arguments, 3, 2), &picture, f) != 0)
        return job->n_init ? -1 : failure_set(f, 500, "IndexError", "list index out of range");
    job->seed = process_seed(job->seed);
    job->n_iter = job->batch_size = 1;
    job->save_grid = false;
    job_note(job, "SD upscale overlap", json_integer(overlap));
    job_note(job, "SD upscale upscaler", json_string(upscaler));
    for (int n = 0; n < times && result == 0; n++) {
        struct tiles grid = {0};
        struct raster whole = {0};
        int64_t start = job->seed;

        result = tiles_split(&picture, job->width, job->height, overlap, &grid, f);
        state_force_count(&job->box->state, grid.columns * grid.rows * times);
        if (result == 0)
            result = upscale_tiles(job, &grid, done, f);
        if (result == 0)
            result = tiles_combine(&grid, &whole, f);
        if (result == 0)
            result = process_add(done, &whole,
                                 json_string_value(json_array_get(done->infotexts, 0)), false, f);
        tiles_release(&grid);
        job->seed = start + 1;
    }
    raster_release(&picture);
    if (result == 0)
        repeat_infotext(done);
    else
        process_release(done);
    return result;
}

int scripts_run(const char *title, struct job *job, const json_t *arguments, struct processed *done,
                struct failure *f)
{
    static const struct {
        const char *title;
        int (*run)(struct job *job, const json_t *arguments, struct processed *done,
                   struct failure *f);
    } SCRIPTS[] = {
        {"Loopback", run_loopback},
        {"SD upscale", run_upscale},
        {"Poor man's outpainting", outpaint_poor},
        {"Outpainting mk2", outpaint_mk2},
    };

    for (size_t i = 0; i < sizeof SCRIPTS / sizeof *SCRIPTS; i++)
        if (strcmp(title, SCRIPTS[i].title) == 0)
            return SCRIPTS[i].run(job, arguments, done, f);
    return process_job(job, done, f);
}
