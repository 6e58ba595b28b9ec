#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "fields.h"
#include "fooocus_engine.h"
#include "fooocus_file.h"
#include "image/channels.h"
#include "image/resize.h"
#include "paint.h"

/* One task under way. */
struct run {
    struct fooocus_engine *engine;
    struct fooocus_task *task;
    struct fooocus_plan plan;
    int progress, prepared; /* per cent: now, and before the first step */
    int count;              /* pictures asked for */
    int64_t seed;
};

static void report(struct run *run, int progress, int step, const char *message)
{
    struct fooocus_engine *engine = run->engine;
    struct fooocus_task *task = run->task;
    struct fooocus_event *more;

    pthread_mutex_lock(&engine->lock);
    more = realloc(task->events, (task->n_events + 1) * sizeof *more);
    if (more) {
        task->events = more;
        more[task->n_events] = (struct fooocus_event){.progress = progress, .step = step};
        snprintf(more[task->n_events].message, sizeof more->message, "%s", message);
        task->n_events++;
    }
    pthread_cond_broadcast(&engine->changed);
    pthread_mutex_unlock(&engine->lock);
}

static void report_number(struct run *run, int progress, const char *what, int number,
                          const char *after)
{
    char message[72];

    snprintf(message, sizeof message, "%s%d%s", what, number, after);
    report(run, progress, 0, message);
}

static bool interrupted(struct run *run)
{
    bool is;

    pthread_mutex_lock(&run->engine->lock);
    is = *run->task->stop != '\0';
    pthread_mutex_unlock(&run->engine->lock);
    return is || run->engine->box->state.stopping;
}

static struct paint paint_of(const struct run *run, int64_t seed)
{
    return (struct paint){
        .seed = (uint64_t)seed,
        .prompt = fields_text(run->task->order.values, "prompt", ""),
        .negative_prompt = fields_text(run->task->order.values, "negative_prompt", ""),
        .strength = run->plan.strength > 0.9 ? 0.9 : run->plan.strength,
    };
}

/* What previews show. */
static int make_small(struct run *run, int64_t seed, struct error *err)
{
    const struct raster *base = &run->plan.base;
    uint32_t w = base->width / 8, h = base->height / 8;
    struct paint paint = paint_of(run, seed);
    struct raster little = {0}, small = {0};
    int result;

    if (resize_raster(base, w ? w : 1, h ? h : 1, RESIZE_BICUBIC, NULL, &little, err) != 0)
        return -1;
    result = paint_picture(&little, &paint, &small, err);
    raster_release(&little);
    if (result != 0)
        return -1;
    pthread_mutex_lock(&run->engine->lock);
    raster_release(&run->task->small);
    run->task->small = small;
    run->task->steps = run->plan.steps;
    pthread_mutex_unlock(&run->engine->lock);
    return 0;
}

/* The sampling of picture `i`: false when interrupted. */
static bool sample(struct run *run, int i)
{
    int steps = run->plan.steps;
    char message[72];

    for (int step = 1; step <= steps; step++) {
        if (interrupted(run) || !state_sleep(&run->engine->box->state, run->engine->box->pace))
            return false;
        snprintf(message, sizeof message, "Sampling step %d/%d, image %d/%d ...", step, steps,
                 i + 1, run->count);
        report(run, run->progress + (100 - run->prepared) * step / (steps * run->count), step,
               message);
    }
    return !interrupted(run);
}

/* Puts the painted part back (inpaint_worker.py post_process). */
static int put_back(const struct fooocus_plan *plan, const struct raster *painted,
                    struct raster *to, struct error *err)
{
    const struct crop_rect *a = &plan->area;

    if (channels_copy(&plan->whole, to, err) != 0)
        return -1;
    for (int y = a->y1; y < a->y2; y++)
        for (int x = a->x1; x < a->x2; x++) {
            size_t at = (size_t)y * to->width + (size_t)x,
                   from = (size_t)(y - a->y1) * painted->width + (size_t)(x - a->x1);

            for (size_t c = 0; c < 3; c++)
                to->pixels[3 * at + c] = channels_blend(
                    to->pixels[3 * at + c], painted->pixels[3 * from + c], plan->soft.pixels[at]);
        }
    return 0;
}

static int paint(struct run *run, int64_t seed, struct raster *to, struct error *err)
{
    struct paint how = paint_of(run, seed);
    struct raster painted;
    int result;

    if (paint_picture(&run->plan.base, &how, &painted, err) != 0)
        return -1;
    if (!run->plan.whole.pixels) {
        *to = painted;
        return 0;
    }
    result = put_back(&run->plan, &painted, to, err);
    raster_release(&painted);
    return result;
}

static int save(struct run *run, const struct raster *picture, int64_t seed, struct failure *f)
{
    if (fooocus_file_save(run->engine, run->task, picture, seed, run->plan.steps, f) != 0)
        return -1;
    pthread_mutex_lock(&run->engine->lock);
    json_array_append_new(run->task->seeds, json_integer(seed));
    pthread_mutex_unlock(&run->engine->lock);
    return 0;
}

/* The events before the sampling, with the worker's own numbers. */
static void prepare(struct run *run)
{
    const json_t *values = run->task->order.values, *style;
    bool expand = false;
    size_t i;

    run->progress = 1;
    report(run, 1, 0, "Loading control models ...");
    report(run, 1, 0, "Initializing ...");
    if (!run->plan.direct && strcmp(run->task->order.tab, "enhance") != 0) {
        report(run, ++run->progress, 0, "Loading models ...");
        report(run, ++run->progress, 0, "Processing prompts ...");
        json_array_foreach(json_object_get(values, "style_selections"), i, style) expand =
            expand || strcmp(json_string_value(style), "Fooocus V2") == 0;
        run->progress += expand;
        for (int n = 1; expand && n <= run->count; n++)
            report_number(run, run->progress, "Preparing Fooocus text #", n, " ...");
        run->progress++;
        for (int n = 1; n <= run->count; n++)
            report_number(run, run->progress, "Encoding positive #", n, " ...");
        run->progress++;
        for (int n = 1; n <= run->count; n++)
            report_number(run, run->progress, "Encoding negative #", n, " ...");
    }
    if (run->plan.processes_images)
        report(run, ++run->progress, 0, "Image processing ...");
    run->prepared = run->progress;
}

/* Clears a skip: the next picture goes on. False for a stop. */
static bool skipped(struct run *run)
{
    bool skip;

    pthread_mutex_lock(&run->engine->lock);
    skip = strcmp(run->task->stop, "skip") == 0;
    if (skip)
        *run->task->stop = '\0';
    pthread_mutex_unlock(&run->engine->lock);
    return skip;
}

static int make_pictures(struct run *run, struct failure *f)
{
    const json_t *values = run->task->order.values;
    bool same = fields_flag(values, "disable_seed_increment");
    struct error err;
    char message[72];

    report(run, run->progress, 0, "Moving model to GPU ...");
    for (int i = 0; i < run->count; i++) {
        int64_t seed = same ? run->seed : (int64_t)((uint64_t)(run->seed + i) & INT64_MAX);
        struct raster picture = {0};
        int result;

        snprintf(message, sizeof message, "Preparing task %d/%d ...", i + 1, run->count);
        report(run, run->progress, 0, message);
        if (make_small(run, seed, &err) != 0)
            return failure_from(f, &err);
        if (!sample(run, i)) {
            if (skipped(run))
                continue;
            break;
        }
        run->progress = run->prepared + (100 - run->prepared) * (i + 1) / run->count;
        if (paint(run, seed, &picture, &err) != 0)
            return failure_from(f, &err);
        snprintf(message, sizeof message, "Saving image %d/%d to system ...", i + 1, run->count);
        report(run, run->progress, 0, message);
        result = save(run, &picture, seed, f);
        raster_release(&picture);
        if (result != 0)
            return -1;
    }
    return 0;
}

/* Rounds on one picture, each beginning with what the last one made. */
static int enhance(struct run *run, struct failure *f)
{
    bool last_only = fields_flag(run->task->order.values, "save_final_enhanced_image_only");
    struct raster next;
    struct error err;

    report(run, run->progress, 0, "Processing enhance ...");
    for (int i = 0; i < run->plan.rounds; i++) {
        report_number(run, run->progress, "Preparing enhancement ", i + 1, " ...");
        if (make_small(run, run->seed + i, &err) != 0)
            return failure_from(f, &err);
        if (!sample(run, i)) {
            if (skipped(run))
                continue;
            break;
        }
        if (paint(run, run->seed + i, &next, &err) != 0)
            return failure_from(f, &err);
        raster_release(&run->plan.base);
        run->plan.base = next;
        if ((!last_only || i + 1 == run->plan.rounds) && save(run, &next, run->seed, f) != 0)
            return -1;
    }
    return 0;
}

static int carry_out(struct run *run, struct failure *f)
{
    const struct fooocus_order *order = &run->task->order;

    run->count = (int)fields_int(order->values, "image_number", 1);
    run->seed = fields_int(order->values, "image_seed", 0);
    if (fooocus_plan_make(order, run->seed, &run->plan, f) != 0)
        return -1;
    fooocus_file_record(run->task->folder, "processed-init", &run->plan.base);
    fooocus_file_record(run->task->folder, "processed-mask", &run->plan.soft);
    prepare(run);
    if (run->plan.direct) {
        report(run, 100, 0, "Saving image to system ...");
        return save(run, &run->plan.base, run->seed, f);
    }
    if (strcmp(order->tab, "enhance") == 0) {
        run->count = run->plan.rounds > 0 ? run->plan.rounds : 1;
        return enhance(run, f);
    }
    return make_pictures(run, f);
}

void fooocus_run(struct fooocus_engine *engine, struct fooocus_task *task)
{
    struct run run = {.engine = engine, .task = task};
    struct failure f = {0};
    double pace = engine->box->pace;

    /* the real servers look for news five times a second */
    state_sleep(&engine->box->state, pace < 0.2 ? pace : 0.2);
    pthread_mutex_lock(&engine->lock);
    task->started = fooocus_engine_millis();
    task->state = FOOOCUS_RUNNING;
    if (engine->stop_next)
        snprintf(task->stop, sizeof task->stop, "stop");
    engine->stop_next = false;
    pthread_mutex_unlock(&engine->lock);
    if (carry_out(&run, &f) != 0) {
        pthread_mutex_lock(&engine->lock);
        task->failed = true;
        snprintf(task->error, sizeof task->error, "%.190s", f.detail);
        pthread_mutex_unlock(&engine->lock);
        if (!engine->box->quiet)
            fprintf(stderr, "sdctl-sandbox: %s: %s\n", f.exception, f.detail);
    }
    fooocus_plan_release(&run.plan);
    fooocus_order_forget(&task->order);
    task->finished = fooocus_engine_millis();
    if (!engine->box->state.stopping)
        engine->done(engine, task);
}
