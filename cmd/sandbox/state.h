#ifndef SANDBOX_STATE_H
#define SANDBOX_STATE_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "image/raster.h"

/*
 * What all requests share: the queue lock, the progress of the running job, the interrupt and skip
 * flags and the task lists, with the peculiarities of shared_state.py and progress.py (A17, A18).
 * Every function takes the lock itself. Times are seconds.
 */

#define STATE_FINISHED_MAX 16
#define STATE_TASK_MAX 128

/* A copy of the progress, as one moment saw it. */
struct state_view {
    bool skipped, interrupted;
    char job[80];
    int job_no, job_count; /* -1 from the start of a job until its number of pictures is known */
    char job_timestamp[16];
    int sampling_step, sampling_steps;
    double since_start;
};

struct state {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    atomic_bool stopping;
    uint64_t ticket_next, ticket_served; /* the queue lock, first come first served */
    struct state_view now;
    double started;
    struct raster latent; /* what is being painted, an eighth of its size; empty when idle */
    uint64_t latent_seed;
    struct raster preview; /* the picture made from it last */
    int preview_step, preview_id;
    char *current_task;
    json_t *pending; /* array of ids, in order of arrival */
    json_t *finished;
};

/* Returns false when memory runs out. */
bool state_init(struct state *s);
void state_release(struct state *s);

/* Wakes everything that waits; from now on waiting returns at once. */
void state_stop(struct state *s);

/* Waits; true when the time passed, false when the server stops. */
bool state_sleep(struct state *s, double seconds);

/* The queue lock around all work; state_enter() waits its turn, false when the server stops. */
bool state_enter(struct state *s);
void state_leave(struct state *s);

/* Task ids: added when a request arrives, current while it runs, then in the list of the last 16.
 * A task whose request fails while it runs stays current, and one that fails earlier stays pending,
 * as on the server. */
void state_task_add(struct state *s, const char *id);
void state_task_start(struct state *s, const char *id);
void state_task_finish(struct state *s, const char *id);

/* begin() clears the flags: an interrupt cannot reach a job that waits. */
void state_begin(struct state *s, const char *job);
void state_end(struct state *s);
void state_set_job(struct state *s, const char *job);
void state_set_count(struct state *s, int count); /* the number of batches, if still unknown */
void state_force_count(struct state *s, int count);
void state_next_job(struct state *s);
void state_interrupt(struct state *s);
void state_skip(struct state *s);
void state_clear_skip(struct state *s);

/* Starts the sampling of one batch: steps, and the picture that previews show (taken over). */
void state_sampling(struct state *s, int steps, struct raster *latent, uint64_t seed);

/* One sampling step of `pace` seconds. False when interrupted, skipped or stopping. */
bool state_step(struct state *s, double pace);

void state_view(struct state *s, struct state_view *view);

/* Makes a new preview when `every` steps have passed since the last (show_progress_every_n_steps;
 * 0 or less: never) and copies the current one into *to (empty when there is none). Returns its
 * id, counted from 1 in each job. */
int state_preview(struct state *s, int every, struct raster *to);

/* What /internal/progress and /internal/pending-tasks say of tasks. */
struct state_task {
    bool active, queued, completed;
    int position, waiting; /* when queued: its place from 1, and how many there are */
};
struct state_task state_task(struct state *s, const char *id);
json_t *state_pending(struct state *s);

double state_now(void);

#endif
