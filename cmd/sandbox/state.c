#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "image/channels.h"
#include "rng.h"

double state_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool state_init(struct state *s)
{
    pthread_condattr_t attributes;

    *s = (struct state){.pending = json_array(), .finished = json_array()};
    snprintf(s->now.job_timestamp, sizeof s->now.job_timestamp, "0");
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return s->pending && s->finished;
}

void state_release(struct state *s)
{
    json_decref(s->pending);
    json_decref(s->finished);
    free(s->current_task);
    raster_release(&s->latent);
    raster_release(&s->preview);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

void state_stop(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* With the lock held: waits until `seconds` have passed, the server stops or, if asked, a flag is
 * set. True when the time passed. */
static bool wait_for(struct state *s, double seconds, bool heed_flags)
{
    struct timespec until;
    double end = state_now() + seconds;

    until.tv_sec = (time_t)end;
    until.tv_nsec = (long)((end - (double)until.tv_sec) * 1e9);
    while (!s->stopping && !(heed_flags && (s->now.interrupted || s->now.skipped)))
        if (seconds <= 0 || pthread_cond_timedwait(&s->changed, &s->lock, &until) == ETIMEDOUT)
            return true;
    return false;
}

bool state_sleep(struct state *s, double seconds)
{
    bool passed;

    pthread_mutex_lock(&s->lock);
    passed = wait_for(s, seconds, false);
    pthread_mutex_unlock(&s->lock);
    return passed;
}

bool state_enter(struct state *s)
{
    uint64_t ticket;
    bool stopping;

    pthread_mutex_lock(&s->lock);
    ticket = s->ticket_next++;
    while (ticket != s->ticket_served && !s->stopping)
        pthread_cond_wait(&s->changed, &s->lock);
    stopping = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return !stopping;
}

void state_leave(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    s->ticket_served++;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static int index_of(const json_t *list, const char *id)
{
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        if (strcmp(json_string_value(item), id) == 0)
            return (int)i;
    }
    return -1;
}

static void forget(json_t *list, const char *id)
{
    int i = index_of(list, id);

    if (i >= 0)
        json_array_remove(list, (size_t)i);
}

void state_task_add(struct state *s, const char *id)
{
    pthread_mutex_lock(&s->lock);
    if (index_of(s->pending, id) < 0)
        json_array_append_new(s->pending, json_string(id));
    pthread_mutex_unlock(&s->lock);
}

void state_task_start(struct state *s, const char *id)
{
    pthread_mutex_lock(&s->lock);
    free(s->current_task);
    s->current_task = strdup(id);
    forget(s->pending, id);
    pthread_mutex_unlock(&s->lock);
}

void state_task_finish(struct state *s, const char *id)
{
    pthread_mutex_lock(&s->lock);
    if (s->current_task && strcmp(s->current_task, id) == 0) {
        free(s->current_task);
        s->current_task = NULL;
    }
    json_array_append_new(s->finished, json_string(id));
    if (json_array_size(s->finished) > STATE_FINISHED_MAX)
        json_array_remove(s->finished, 0);
    pthread_mutex_unlock(&s->lock);
}

void state_begin(struct state *s, const char *job)
{
    time_t now = time(NULL);
    struct tm tm;
    int steps;

    pthread_mutex_lock(&s->lock);
    steps = s->now.sampling_steps;
    s->now = (struct state_view){.job_count = -1, .sampling_steps = steps};
    snprintf(s->now.job, sizeof s->now.job, "%s", job);
    if (localtime_r(&now, &tm))
        strftime(s->now.job_timestamp, sizeof s->now.job_timestamp, "%Y%m%d%H%M%S", &tm);
    s->started = state_now();
    raster_release(&s->latent);
    raster_release(&s->preview);
    s->preview_step = s->preview_id = 0;
    pthread_mutex_unlock(&s->lock);
}

void state_end(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    s->now.job[0] = '\0';
    s->now.job_count = 0;
    raster_release(&s->latent);
    pthread_mutex_unlock(&s->lock);
}

void state_set_job(struct state *s, const char *job)
{
    pthread_mutex_lock(&s->lock);
    snprintf(s->now.job, sizeof s->now.job, "%s", job);
    pthread_mutex_unlock(&s->lock);
}

void state_set_count(struct state *s, int count)
{
    pthread_mutex_lock(&s->lock);
    if (s->now.job_count == -1)
        s->now.job_count = count;
    pthread_mutex_unlock(&s->lock);
}

void state_force_count(struct state *s, int count)
{
    pthread_mutex_lock(&s->lock);
    s->now.job_count = count;
    pthread_mutex_unlock(&s->lock);
}

void state_next_job(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    s->now.job_no++;
    s->now.sampling_step = 0;
    s->preview_step = 0;
    pthread_mutex_unlock(&s->lock);
}

void state_interrupt(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    s->now.interrupted = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void state_skip(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    s->now.skipped = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void state_clear_skip(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    s->now.skipped = false;
    pthread_mutex_unlock(&s->lock);
}

void state_sampling(struct state *s, int steps, struct raster *latent, uint64_t seed)
{
    pthread_mutex_lock(&s->lock);
    s->now.sampling_steps = steps;
    s->now.sampling_step = 0;
    raster_release(&s->latent);
    s->latent = *latent;
    s->latent_seed = seed;
    *latent = (struct raster){0};
    pthread_mutex_unlock(&s->lock);
}

bool state_step(struct state *s, double pace)
{
    bool passed;

    pthread_mutex_lock(&s->lock);
    passed = wait_for(s, pace, true);
    if (passed)
        s->now.sampling_step++;
    pthread_mutex_unlock(&s->lock);
    return passed;
}

void state_view(struct state *s, struct state_view *view)
{
    pthread_mutex_lock(&s->lock);
    s->now.since_start = s->started > 0 ? state_now() - s->started : 0;
    *view = s->now;
    pthread_mutex_unlock(&s->lock);
}

/* The latent, still noisy: the less the more steps are done. */
static void make_preview(struct state *s)
{
    struct rng rng = {.state = s->latent_seed};
    double done =
        s->now.sampling_steps > 0 ? (double)s->now.sampling_step / s->now.sampling_steps : 1;
    struct error err;
    size_t n;

    raster_release(&s->preview);
    if (channels_copy(&s->latent, &s->preview, &err) != 0)
        return;
    n = (size_t)s->preview.width * s->preview.height * s->preview.channels;
    for (size_t i = 0; i < n; i++) {
        double value = s->preview.pixels[i] + rng_between(&rng, -110, 110) * (1 - done);

        s->preview.pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
    s->preview_step = s->now.sampling_step;
    s->preview_id++;
}

int state_preview(struct state *s, int every, struct raster *to)
{
    struct error err;
    int id;

    *to = (struct raster){0};
    pthread_mutex_lock(&s->lock);
    if (every > 0 && s->latent.pixels && s->now.sampling_step - s->preview_step >= every)
        make_preview(s);
    if (s->preview.pixels)
        channels_copy(&s->preview, to, &err);
    id = s->preview_id;
    pthread_mutex_unlock(&s->lock);
    return id;
}

struct state_task state_task(struct state *s, const char *id)
{
    struct state_task t = {0};
    int place;

    pthread_mutex_lock(&s->lock);
    place = index_of(s->pending, id);
    t.active = s->current_task && strcmp(s->current_task, id) == 0;
    t.queued = place >= 0;
    t.completed = index_of(s->finished, id) >= 0;
    t.position = place + 1;
    t.waiting = (int)json_array_size(s->pending);
    pthread_mutex_unlock(&s->lock);
    return t;
}

json_t *state_pending(struct state *s)
{
    json_t *copy;

    pthread_mutex_lock(&s->lock);
    copy = json_deep_copy(s->pending);
    pthread_mutex_unlock(&s->lock);
    return copy;
}
