#include "cmd/batch.h"

#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "cmd/batch_state.h"
#include "cmd/progress.h"
#include "cmd/run.h"

#define PIPE_MS 20         /* between looks whether a pipe has more */
#define DEAD_SECONDS 600.0 /* without any endpoint that works */

/* One ledger for a manifest and a command, whatever the options. */
static int open_ledger(struct batch *b, struct error *err)
{
    const char *path = b->command->options->batch, *name = b->command->command->name;
    uint8_t digest[SHA256_LEN];
    char hex[SHA256_HEX_SIZE], real[PATH_MAX];
    struct sha256 hash;

    if (strcmp(path, "-") == 0 || realpath(path, real) == NULL) {
        snprintf(real, sizeof real, "%s", path);
    }
    sha256_init(&hash);
    sha256_update(&hash, name, strlen(name) + 1);
    sha256_update(&hash, real, strlen(real));
    sha256_final(&hash, digest);
    sha256_hex(digest, hex);
    hex[16] = '\0';
    return ledger_open(&b->ledger, hex, err);
}

static bool is_under_way(const struct batch *b, const char *digest)
{
    for (size_t i = 0; i < b->n_jobs; i++) {
        if (b->jobs[i] != NULL && strcmp(b->jobs[i]->digest, digest) == 0) {
            return true;
        }
    }
    return false;
}

/* What has become of a job so far; false when there is nothing to do for it. */
static bool look_up(struct batch *b, struct batch_job *job)
{
    struct error why;
    enum ledger_state state = ledger_find(b->ledger, job->digest);

    if (state == LEDGER_DONE || is_under_way(b, job->digest)) {
        b->before++;
        return false;
    }
    job->sent_before = state == LEDGER_SENT;
    if (job->sent_before && batch_job_recall(job, &why) != 0) {
        batch_tell_failure(b, job->number, &why, NULL);
        return false;
    }
    return true;
}

/* The next job that is to be done; NULL when there is none, or only one that is none. */
static struct batch_job *read_job(struct batch *b)
{
    json_t *line;
    struct error why;
    int result = batch_source_next(&b->source, &line, &why);

    if (result != 0) {
        b->ended = result == 1;
        b->idle = result == 2;
        if (result < 0) {
            batch_tell_failure(b, b->source.number, &why, NULL);
        }
        return NULL;
    }
    struct batch_job *job = batch_job_new(b->command, line, b->source.number, &why);
    json_decref(line);
    if (job == NULL) {
        batch_tell_failure(b, b->source.number, &why, NULL);
        return NULL;
    }
    if (!look_up(b, job)) {
        batch_job_free(job);
        return NULL;
    }
    job->ledger = b->ledger;
    job->source = &b->source;
    job->farewell = &b->farewell;
    return job;
}

static void watch(void *ctx, const struct progress *progress)
{
    const struct batch_job *job = ctx;

    progress_task(job->slot, job->label, progress);
}

/* The lane for a job; NULL: it waits. */
static struct lane *lane_for(struct batch *b, const struct batch_job *job, int64_t *due)
{
    if (job->url == NULL || (b->command->resubmit && lanes_find(&b->lanes, job->url) == NULL)) {
        return lanes_pick(&b->lanes, job->failed_on, due);
    }
    struct lane *lane = lanes_find(&b->lanes, job->url);
    return lane != NULL && lane_is_ready(&b->lanes, lane, due) ? lane : NULL;
}

/* A job that was sent to a service which is none of the endpoints cannot be gone on with. */
static bool is_elsewhere(struct batch *b, const struct batch_job *job)
{
    if (job->url == NULL || b->command->resubmit || lanes_find(&b->lanes, job->url) != NULL) {
        return false;
    }
    for (size_t i = 0; i < b->lanes.n; i++) {
        if (b->lanes.v[i].run.net == NULL) {
            return false; /* it may be this one */
        }
    }
    return true;
}

static void fill_slot(struct batch *b, size_t at, int64_t *due)
{
    struct error why;

    if (b->jobs[at] == NULL && (b->ended || lanes_pick(&b->lanes, NULL, due) == NULL)) {
        return;
    }
    while (b->jobs[at] == NULL && !b->ended && !b->idle && run_stop == 0) {
        b->jobs[at] = read_job(b);
    }
    struct batch_job *job = b->jobs[at];
    if (job == NULL) {
        return;
    }
    if (is_elsewhere(b, job)) {
        error_set(&why, EXIT_REFUSED, "it was sent to '%s' before, which is none of the endpoints",
                  job->url);
        batch_tell_failure(b, job->number, &why, NULL);
        batch_job_free(job);
        b->jobs[at] = NULL;
        *due = 0;
        return;
    }
    struct lane *lane = lane_for(b, job, due);
    if (lane != NULL) {
        job->slot = at;
        job->lane = lane;
        lane->busy++;
        batch_job_start(job, b->command, b->watched ? watch : NULL);
    }
}

/* Fills free places as long as there are jobs and endpoints. Milliseconds until it is worth to try
 * that again. */
static int64_t fill(struct batch *b)
{
    int64_t due = 1000;

    b->idle = false;
    for (size_t i = 0; i < b->n_jobs; i++) {
        if (b->jobs[i] == NULL || b->jobs[i]->lane == NULL) {
            fill_slot(b, i, &due);
        }
    }
    return b->idle && due > PIPE_MS ? PIPE_MS : due;
}

static bool is_busy(const struct batch *b)
{
    for (size_t i = 0; i < b->n_jobs; i++) {
        if (b->jobs[i] != NULL) {
            return true;
        }
    }
    return false;
}

static void drop_waiting(struct batch *b)
{
    for (size_t i = 0; i < b->n_jobs; i++) {
        if (b->jobs[i] != NULL && b->jobs[i]->lane == NULL) {
            batch_job_free(b->jobs[i]);
            b->jobs[i] = NULL;
        }
    }
}

/* Whether no endpoint has worked for so long that the batch ends. */
static bool is_dead(struct batch *b)
{
    const struct option_real *timeout = &b->command->remote->timeout;
    double limit = timeout->set && timeout->value < DEAD_SECONDS ? timeout->value : DEAD_SECONDS;

    if ((double)lanes_dead(&b->lanes) < limit * 1000) {
        return false;
    }
    error_set(&b->fatal, EXIT_NETWORK,
              "no endpoint has worked for %.0f s; the same command goes on", limit);
    b->ended = true;
    return true;
}

static void run_all(struct batch *b)
{
    while ((!b->ended && run_stop == 0) || is_busy(b)) {
        int64_t due = run_stop == 0 ? fill(b) : 100;
        if (run_stop != 0 || b->fatal.code != EXIT_DONE || is_dead(b)) {
            drop_waiting(b);
        }
        for (size_t i = 0; i < b->n_jobs; i++) {
            struct batch_job *job = b->jobs[i];
            if (job == NULL || job->lane == NULL) {
                continue;
            }
            run_step(&job->run);
            if (job->run.state == RUN_DONE) {
                batch_take(b, i);
                due = 0;
            } else if (run_due(&job->run) < due) {
                due = run_due(&job->run);
            }
        }
        if (due > 0 && (is_busy(b) || !b->ended)) {
            net_step(b->lanes.loop, due);
        }
    }
}

/* As it is, glibc gives memory back to the system after each job and takes it again for the next,
 * and keeps what a large buffer of one left in pieces. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024);
#endif
}

/* What many jobs free goes back to the system; the C library would keep more and more of it. */
static void hold_heap(void)
{
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, 65536);
    mallopt(M_MMAP_THRESHOLD, 65536);
#endif
}

int batch_run(const struct batch_command *command, struct error *err)
{
    struct batch b = {.command = command};
    int64_t begun = clock_ms();
    int result = -1;

    keep_memory();
    if (batch_source_open(&b.source, command->options->batch, command->options->shard,
                          command->operation == OPERATION_INPAINT, err) != 0 ||
        lanes_open(&b.lanes, command->remote, command->command->name, err) != 0 ||
        open_ledger(&b, err) != 0) {
        goto out;
    }
    b.n_jobs = command->options->jobs.set ? (size_t)command->options->jobs.value : b.lanes.n;
    b.jobs = calloc(b.n_jobs, sizeof *b.jobs);
    if (b.jobs == NULL) {
        error_memory(err, "starting the batch");
        goto out;
    }
    b.watched = progress_begin_tasks(!command->remote->no_progress && !common.quiet,
                                     b.n_jobs > 1 ? b.n_jobs : 2);
    hold_heap();
    run_catch_signals(true);
    run_all(&b);
    run_catch_signals(false);
    progress_end();
    result = batch_sum_up(&b, begun, err);
out:
    free(b.jobs);
    ledger_close(b.ledger);
    lanes_close(&b.lanes, err);
    batch_source_close(&b.source);
    return result;
}
