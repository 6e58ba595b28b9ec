#include "fooocus_engine.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "image/channels.h"
#include "rng.h"
#include "wire/base64.h"

int64_t fooocus_engine_millis(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct fooocus_task *fooocus_task_new(void)
{
    struct fooocus_task *task = calloc(1, sizeof *task);

    if (!task)
        return NULL;
    task->refs = 1;
    task->previews = true;
    task->files = json_array();
    task->seeds = json_array();
    return task;
}

void fooocus_task_hold(struct fooocus_engine *engine, struct fooocus_task *task)
{
    pthread_mutex_lock(&engine->lock);
    task->refs++;
    pthread_mutex_unlock(&engine->lock);
}

void fooocus_task_drop(struct fooocus_engine *engine, struct fooocus_task *task)
{
    bool last;

    if (!task)
        return;
    pthread_mutex_lock(&engine->lock);
    last = --task->refs == 0;
    pthread_mutex_unlock(&engine->lock);
    if (!last)
        return;
    fooocus_order_release(&task->order);
    raster_release(&task->small);
    json_decref(task->request);
    json_decref(task->files);
    json_decref(task->seeds);
    json_decref(task->record);
    free(task->events);
    free(task);
}

void fooocus_engine_add(struct fooocus_engine *engine, struct fooocus_task *task)
{
    struct fooocus_task **last = &engine->first;

    pthread_mutex_lock(&engine->lock);
    task->in_queue = fooocus_engine_millis();
    while (*last)
        last = &(*last)->next;
    *last = task;
    pthread_cond_broadcast(&engine->changed);
    pthread_mutex_unlock(&engine->lock);
}

/* Waits with the lock held, a quarter of a second at most: stopping is not signalled. */
static void wait_a_little(struct fooocus_engine *engine)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 250000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&engine->changed, &engine->lock, &until);
}

bool fooocus_engine_wait(struct fooocus_engine *engine, struct fooocus_task *task, size_t n_events,
                         double seconds)
{
    double until = state_now() + seconds;
    bool good;

    pthread_mutex_lock(&engine->lock);
    while (!engine->box->state.stopping && task->state != FOOOCUS_FINISHED &&
           task->n_events <= n_events && state_now() < until)
        wait_a_little(engine);
    good = !engine->box->state.stopping;
    pthread_mutex_unlock(&engine->lock);
    return good;
}

bool fooocus_engine_finish(struct fooocus_engine *engine, struct fooocus_task *task)
{
    return fooocus_engine_wait(engine, task, SIZE_MAX, 1e9);
}

json_t *fooocus_engine_waiting(struct fooocus_engine *engine)
{
    json_t *ids = json_array();

    pthread_mutex_lock(&engine->lock);
    for (const struct fooocus_task *t = engine->first; t; t = t->next)
        json_array_append_new(ids, json_string(t->id));
    pthread_mutex_unlock(&engine->lock);
    return ids;
}

bool fooocus_engine_interrupt(struct fooocus_engine *engine, const char *how)
{
    bool runs;

    pthread_mutex_lock(&engine->lock);
    runs = engine->current && engine->current->state == FOOOCUS_RUNNING;
    if (runs)
        snprintf(engine->current->stop, sizeof engine->current->stop, "%s", how);
    pthread_mutex_unlock(&engine->lock);
    return runs;
}

/* The picture that emerges from noise. */
static void mix_noise(struct raster *r, int step, int steps)
{
    struct rng rng = {.state = (uint64_t)step};
    unsigned share = steps > 0 ? (unsigned)(255 * step / steps) : 255;

    for (size_t i = 0; i < (size_t)r->width * r->height * r->channels; i++)
        r->pixels[i] = channels_blend((uint8_t)rng_below(&rng, 256), r->pixels[i], share);
}

char *fooocus_engine_preview(struct fooocus_engine *engine, struct fooocus_task *task, int step)
{
    struct raster copy = {0};
    struct error err;
    struct buf png;
    char *text = NULL;
    bool there;
    int steps;

    pthread_mutex_lock(&engine->lock);
    there = step > 0 && task->previews && task->small.pixels &&
            channels_copy(&task->small, &copy, &err) == 0;
    steps = task->steps;
    pthread_mutex_unlock(&engine->lock);
    if (!there)
        return NULL;
    mix_noise(&copy, step, steps);
    if (fooocus_picture_encode(&copy, "png", NULL, &png)) {
        text = malloc(base64_encoded_size(png.len) + 1);
        if (text) {
            base64_encode(text, png.data, png.len);
            text[base64_encoded_size(png.len)] = '\0';
        }
    }
    buf_release(&png);
    raster_release(&copy);
    return text;
}

static void *work(void *arg)
{
    struct fooocus_engine *engine = arg;
    struct fooocus_task *task;

    for (;;) {
        pthread_mutex_lock(&engine->lock);
        while ((!engine->first || engine->wedged) && !engine->box->state.stopping)
            wait_a_little(engine);
        task = engine->first;
        if (task && task->wedges) {
            engine->wedged = true;
            pthread_mutex_unlock(&engine->lock);
            if (engine->box->state.stopping)
                return NULL;
            continue;
        }
        if (task && !engine->box->state.stopping) {
            engine->first = task->next;
            engine->current = task;
            task->state = FOOOCUS_TAKEN;
        } else {
            task = NULL;
        }
        pthread_mutex_unlock(&engine->lock);
        if (!task)
            return NULL;
        fooocus_run(engine, task);
        pthread_mutex_lock(&engine->lock);
        engine->current = NULL;
        task->state = FOOOCUS_FINISHED;
        pthread_cond_broadcast(&engine->changed);
        pthread_mutex_unlock(&engine->lock);
        fooocus_task_drop(engine, task);
    }
}

static bool make_folder(const struct fooocus_engine *engine, const char *name)
{
    char path[RECORD_PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", engine->folder, name);
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    fprintf(stderr, "sdctl-sandbox: cannot make '%s': %s\n", path, strerror(errno));
    return false;
}

static bool make_folders(struct fooocus_engine *engine)
{
    const char *temp = getenv("TMPDIR");

    if (engine->box->root) {
        snprintf(engine->folder, sizeof engine->folder, "%s", engine->box->root);
    } else {
        snprintf(engine->folder, sizeof engine->folder, "%.400s/sdctl-sandbox-XXXXXX",
                 temp && *temp ? temp : "/tmp");
        if (!mkdtemp(engine->folder)) {
            fprintf(stderr, "sdctl-sandbox: cannot make '%s': %s\n", engine->folder,
                    strerror(errno));
            return false;
        }
        engine->temporary = true;
    }
    return make_folder(engine, engine->results) && make_folder(engine, "inputs");
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    return remove(path);
}

bool fooocus_engine_start(struct fooocus_engine *engine, struct sandbox *box, const char *results,
                          void (*done)(struct fooocus_engine *, struct fooocus_task *))
{
    engine->box = box;
    engine->results = results;
    engine->done = done;
    pthread_mutex_init(&engine->lock, NULL);
    pthread_cond_init(&engine->changed, NULL);
    engine->running =
        make_folders(engine) && pthread_create(&engine->thread, NULL, work, engine) == 0;
    if (!engine->running)
        fooocus_engine_stop(engine);
    return engine->running;
}

void fooocus_engine_join(struct fooocus_engine *engine)
{
    if (engine->running)
        pthread_join(engine->thread, NULL);
    engine->running = false;
}

void fooocus_engine_stop(struct fooocus_engine *engine)
{
    struct fooocus_task *task;

    fooocus_engine_join(engine);
    while ((task = engine->first)) {
        engine->first = task->next;
        fooocus_task_drop(engine, task);
    }
    if (engine->temporary)
        nftw(engine->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    engine->temporary = false;
    pthread_cond_destroy(&engine->changed);
    pthread_mutex_destroy(&engine->lock);
}
