#include "cmd/batch.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "cmd/batch_job.h"
#include "cmd/batch_lane.h"
#include "cmd/batch_source.h"
#include "cmd/progress.h"
#include "cmd/run.h"
#include "job/ledger.h"

struct batch {
    const struct batch_command *command;
    struct batch_source source;
    struct lanes lanes;
    struct ledger *ledger;
    struct batch_job **jobs; /* under way, or NULL */
    size_t n_jobs;           /* at most */
    bool ended;              /* no further job comes */
    size_t before, succeeded, failed, odd;
    struct error print; /* writing a document failed */
};

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

static void tell_failure(struct batch *b, size_t number, const struct error *why)
{
    char text[560];

    snprintf(text, sizeof text, "%s: job %zu: %s", b->command->command->name, number, why->text);
    progress_log(text);
    b->failed++;
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

/* The next job that is not done; NULL when there is none, or only one that is none. */
static struct batch_job *read_job(struct batch *b)
{
    json_t *line;
    struct error why;
    int result = batch_source_next(&b->source, &line, &why);

    if (result != 0) {
        b->ended = result == 1;
        if (result < 0) {
            tell_failure(b, b->source.number, &why);
        }
        return NULL;
    }
    struct batch_job *job = batch_job_new(b->command, line, b->source.number, &why);
    json_decref(line);
    if (job == NULL) {
        tell_failure(b, b->source.number, &why);
        return NULL;
    }
    enum ledger_state state = ledger_find(b->ledger, job->digest);
    if (state == LEDGER_DONE || is_under_way(b, job->digest)) {
        b->before++;
        batch_job_free(job);
        return NULL;
    }
    job->sent_before = state == LEDGER_SENT;
    return job;
}

static void watch(void *ctx, const struct progress *progress)
{
    const struct batch_job *job = ctx;

    progress_task(job->slot, job->label, progress);
}

static void start(struct batch *b, struct batch_job *job, struct lane *lane)
{
    struct error ignored;

    job->lane = lane;
    lane->busy++;
    if (batch_job_start(job, b->command, watch) == 0 && job->lives_on) {
        ledger_put(b->ledger, job->digest, LEDGER_SENT, NULL, &ignored);
    }
}

/* Fills free places as long as there are jobs and endpoints. */
static int64_t fill(struct batch *b)
{
    int64_t due = 1000;

    for (size_t i = 0; i < b->n_jobs; i++) {
        if (b->jobs[i] != NULL && b->jobs[i]->lane != NULL) {
            continue;
        }
        struct lane *lane =
            lanes_pick(&b->lanes, b->jobs[i] != NULL ? b->jobs[i]->failed_on : NULL, &due);
        if (lane == NULL) {
            return due;
        }
        while (b->jobs[i] == NULL && !b->ended && run_stop == 0) {
            b->jobs[i] = read_job(b);
        }
        if (b->jobs[i] == NULL) {
            break;
        }
        b->jobs[i]->slot = i;
        start(b, b->jobs[i], lane);
    }
    return due;
}

/* The endpoint's fault rather than the job's, and nothing of it can have been accepted. */
static bool may_move(const struct batch_job *job)
{
    const struct error *why = &job->run.err;
    int s = job->run.status;

    return !job->job.submitted ? why->code == EXIT_NETWORK : s == 429 || s == 503;
}

static void succeed(struct batch *b, struct batch_job *job)
{
    json_t *document = job->run.document;
    struct error why;

    b->succeeded++;
    b->odd += job->run.err.code == EXIT_NOT_AS_ASKED;
    lane_succeeded(job->lane, clock_ms() - job->job.started);
    json_object_set_new(document, "job", json_integer((json_int_t)job->number));
    if (b->print.code == EXIT_DONE) {
        run_print(document, &b->print);
    }
    if (json_array_size(json_object_get(document, "images")) > 0 ||
        json_is_string(json_object_get(document, "caption"))) {
        if (ledger_put(b->ledger, job->digest, LEDGER_DONE, json_object_get(document, "images"),
                       &why) != 0) {
            run_warn(b->command->command->name, why.text);
        }
    }
}

static void fail(struct batch *b, struct batch_job *job)
{
    struct error ignored;

    if (job->run.document != NULL) {
        json_object_set_new(job->run.document, "job", json_integer((json_int_t)job->number));
        run_print(job->run.document, &b->print);
    }
    if (job->lives_on && !job->job.doubtful && job->job.task.id[0] == '\0') {
        ledger_put(b->ledger, job->digest, LEDGER_MISSING, NULL, &ignored);
    }
    tell_failure(b, job->number, &job->run.err);
}

/* A job has ended: it is told and its place is free, or it goes to another endpoint. */
static void take(struct batch *b, size_t at)
{
    struct batch_job *job = b->jobs[at];
    json_t *warning;
    size_t i;

    job->lane->busy--;
    json_array_foreach(job->job.task.warnings, i, warning)
    {
        run_warn(b->command->command->name, json_string_value(warning));
    }
    if (job->run.result != 0 && may_move(job) && job->moves < MOVES_MAX && run_stop == 0) {
        lane_failed(job->lane, b->command->command->name, job->run.err.text);
        batch_job_stop(job);
        return;
    }
    if (job->run.result == 0) {
        succeed(b, job);
    } else {
        fail(b, job);
    }
    progress_task_clear(at);
    batch_job_free(job);
    b->jobs[at] = NULL;
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

static void run_all(struct batch *b)
{
    while ((!b->ended && run_stop == 0) || is_busy(b)) {
        int64_t due = run_stop == 0 ? fill(b) : 100;
        if (run_stop != 0) {
            drop_waiting(b);
        }
        for (size_t i = 0; i < b->n_jobs; i++) {
            struct batch_job *job = b->jobs[i];
            if (job == NULL || job->lane == NULL) {
                continue;
            }
            run_step(&job->run);
            if (job->run.state == RUN_DONE) {
                take(b, i);
                due = 0;
            } else if (run_due(&job->run) < due) {
                due = run_due(&job->run);
            }
        }
        if (due > 0) {
            net_step(b->lanes.loop, due);
        }
    }
}

static int sum_up(const struct batch *b, int64_t begun, struct error *err)
{
    char text[200];
    size_t all = b->before + b->succeeded + b->failed;

    if (!common.quiet) {
        snprintf(text, sizeof text,
                 "%s: %zu jobs: %zu done before, %zu succeeded, %zu failed, %.1f s",
                 b->command->command->name, all, b->before, b->succeeded, b->failed,
                 (double)(clock_ms() - begun) / 1000);
        progress_log(text);
    }
    if (run_stop != 0) {
        return error_set(err, (enum exit_code)(EXIT_SIGNAL + (int)run_stop),
                         "interrupted; the same command goes on");
    }
    if (b->print.code != EXIT_DONE) {
        *err = b->print;
        return -1;
    }
    if (b->failed > 0) {
        return error_set(err, EXIT_SOME_FAILED,
                         "%zu of %zu jobs failed; the same command does "
                         "them again",
                         b->failed, all);
    }
    err->code = b->odd > 0 && b->command->remote->strict ? EXIT_NOT_AS_ASKED : EXIT_DONE;
    return 0;
}

int batch_run(const struct batch_command *command, struct error *err)
{
    struct batch b = {.command = command};
    int64_t begun = clock_ms();
    int result = -1;

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
    progress_begin_tasks(!command->remote->no_progress && !common.quiet,
                         b.n_jobs > 1 ? b.n_jobs : 2);
    run_catch_signals(true);
    run_all(&b);
    run_catch_signals(false);
    progress_end();
    result = sum_up(&b, begun, err);
out:
    free(b.jobs);
    ledger_close(b.ledger);
    lanes_close(&b.lanes, err);
    batch_source_close(&b.source);
    return result;
}
