#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/fooocus_api.h"
#include "base/text.h"
#include "wire/json.h"

static int fail(struct outcome *outcome, enum standing standing, const char *reason,
                struct error *err)
{
    outcome->standing = standing;
    outcome->reason = strdup(reason);
    return outcome->reason != NULL ? 0 : error_memory(err, "reading the answer");
}

/* One GeneratedImageResult that is a picture. */
static int add_result(const json_t *result, struct outcome *outcome, struct error *err)
{
    const char *url = json_string_at(result, "url");
    const char *seed = json_string_at(result, "seed");
    long long number;

    if (url == NULL || *url == '\0') {
        return error_set(err, EXIT_FAILED, "a result in the server's answer has no URL");
    }
    if (!backend_add_link(outcome, url, -1)) {
        return error_memory(err, "reading the answer");
    }
    struct pictured *what = &outcome->links[outcome->n_links - 1].what;
    what->role = ROLE_RESULT;
    what->has_seed = seed != NULL && text_to_int(seed, &number);
    what->seed = what->has_seed ? number : 0;
    return 0;
}

/* A list of GeneratedImageResult. EXIT_REFUSED when the queue was full: nothing was started. */
static int read_results(const json_t *results, struct outcome *outcome, struct error *err)
{
    bool full = false, cancelled = false;
    const json_t *item;
    size_t i;

    json_array_foreach(results, i, item)
    {
        const char *reason = json_string_at(item, "finish_reason");
        if (reason == NULL || strcmp(reason, "SUCCESS") == 0) {
            if (add_result(item, outcome, err) != 0) {
                return -1;
            }
            continue;
        }
        full = full || strcmp(reason, "QUEUE_IS_FULL") == 0;
        cancelled = cancelled || strcmp(reason, "USER_CANCEL") == 0;
    }
    if (outcome->n_links > 0) {
        outcome->standing = STANDING_SUCCEEDED;
        return 0;
    }
    if (full) {
        return error_set(err, EXIT_REFUSED,
                         "the server's queue is full (QUEUE_IS_FULL): nothing was started; try "
                         "again later");
    }
    if (cancelled) {
        return fail(outcome, STANDING_CANCELLED, "stopped on the server (USER_CANCEL)", err);
    }
    return fail(outcome, STANDING_FAILED,
                json_array_size(results) == 0
                    ? "the server made no picture: the task failed or was stopped, and only the "
                      "server's log says why"
                    : "the server's result is ERROR; its log says why",
                err);
}

/* The stage and how far it is; job_status is the last thing that the worker said of it. */
static void read_progress(const json_t *job, struct progress *p)
{
    const char *status = json_string_at(job, "job_status");
    const json_t *percent = json_object_get(job, "job_progress");
    double part = json_number_value(percent) / 100;
    long step, steps;

    if (json_is_number(percent)) {
        p->fraction = part < 0 ? 0 : part > 1 ? 1 : part;
    }
    if (status != NULL && sscanf(status, "Step %9ld/%9ld", &step, &steps) == 2) {
        p->step = step;
        p->steps = steps;
    }
}

/* An ended job. Of a failed one the server tells only what it was at; one that ended well without a
 * picture was stopped (worker.py, stop_processing). */
static int read_end(const json_t *job, const char *stage, struct outcome *outcome,
                    struct error *err)
{
    const json_t *results = json_object_get(job, "job_result");
    const char *status = json_string_at(job, "job_status");
    char reason[256], shown[160];

    if (strcmp(stage, "SUCCESS") == 0 && json_array_size(results) == 0) {
        return fail(outcome, STANDING_CANCELLED, "it was stopped before a picture was made", err);
    }
    if (strcmp(stage, "SUCCESS") == 0 || json_array_size(results) > 0) {
        outcome->progress.completed = true;
        return read_results(results, outcome, err);
    }
    text_clean(shown, sizeof shown, status != NULL ? status : "",
               status != NULL ? strlen(status) : 0, sizeof shown);
    snprintf(reason, sizeof reason, "%s%s%sthe server does not say why: its own log does",
             *shown != '\0' ? "at '" : "", shown, *shown != '\0' ? "'; " : "");
    return fail(outcome, STANDING_FAILED, reason, err);
}

/* AsyncJobResponse. */
static int read_job(struct task *task, enum ask ask, const json_t *job, struct outcome *outcome,
                    struct error *err)
{
    const char *stage = json_string_at(job, "job_stage");
    const char *id = json_string_at(job, "job_id");

    if (stage == NULL) {
        return error_set(err, EXIT_FAILED, "the server's answer does not tell how the task stands");
    }
    if (ask == ASK_STATE && id != NULL && *id != '\0' && strcmp(id, task->id) != 0) {
        return error_set(err, EXIT_FAILED, "the server answered about task '%.64s', not '%s'", id,
                         task->id);
    }
    read_progress(job, &outcome->progress);
    if (strcmp(stage, "ERROR") == 0 || strcmp(stage, "SUCCESS") == 0) {
        if (ask == ASK_SUBMIT && id != NULL && *id != '\0' && backend_take_id(task, id, err) != 0) {
            return -1;
        }
        return read_end(job, stage, outcome, err);
    }
    outcome->progress.queued = strcmp(stage, "WAITING") == 0;
    outcome->progress.active = strcmp(stage, "RUNNING") == 0;
    outcome->standing = outcome->progress.queued   ? STANDING_QUEUED
                        : outcome->progress.active ? STANDING_RUNNING
                                                   : STANDING_UNKNOWN;
    return ask == ASK_SUBMIT ? backend_take_id(task, id, err) : 0;
}

/* The task in a list of the job history, or NULL. */
static const json_t *find_job(const json_t *list, const char *id)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *found = json_string_at(item, "job_id");
        found =
            found != NULL ? found : json_string_at(json_object_get(item, "task_info"), "task_id");
        if (found != NULL && strcmp(found, id) == 0) {
            return item;
        }
    }
    return NULL;
}

/* What a server with --persistent keeps of a task, over its restarts too. */
static int read_record(const json_t *info, struct outcome *outcome, struct error *err)
{
    const char *urls = json_string_at(info, "result_url");
    const char *reason = json_string_at(info, "finish_reason");
    json_t *results = json_array();
    int result = -1;

    for (size_t n; urls != NULL && *urls != '\0'; urls += n + (urls[n] == ',')) {
        n = strcspn(urls, ",");
        json_array_append_new(results,
                              json_pack("{s:s%,s:s?}", "url", urls, n, "finish_reason", reason));
    }
    if (json_array_size(results) == 0 && reason != NULL) {
        json_array_append_new(
            results,
            json_pack("{s:s}", "finish_reason", strcmp(reason, "SUCCESS") == 0 ? "ERROR" : reason));
    }
    result = read_results(results, outcome, err);
    json_decref(results);
    return result;
}

/* GET /v1/generation/job-history?job_id=ID: the queue knows who runs, the history who ended. */
static int read_history(const struct task *task, const json_t *reply, struct outcome *outcome,
                        struct error *err)
{
    const json_t *queue = json_object_get(reply, "queue");
    const json_t *job = find_job(queue, task->id);

    if (!json_is_array(queue)) {
        return error_set(err, EXIT_FAILED, "the server's answer has no queue of jobs");
    }
    if (job != NULL) {
        bool runs = json_integer_value(json_object_get(job, "start_mills")) > 0;
        outcome->progress.active = runs;
        outcome->progress.queued = !runs;
        outcome->standing = runs ? STANDING_RUNNING : STANDING_QUEUED;
        return 0;
    }
    job = find_job(json_object_get(reply, "history"), task->id);
    if (json_object_get(job, "task_info") != NULL) {
        return read_record(json_object_get(job, "task_info"), outcome, err);
    }
    outcome->standing = job != NULL ? STANDING_UNKNOWN : STANDING_MISSING;
    return 0;
}

static int read_picture(struct task *task, const struct arrived *arrived, size_t n_arrived,
                        struct outcome *outcome, struct error *err)
{
    outcome->pictures = calloc(n_arrived, sizeof *outcome->pictures);
    if (outcome->pictures == NULL) {
        return error_memory(err, "reading the answer");
    }
    const json_t *seed = json_object_get(task->native, "image_seed");
    if (json_is_integer(seed) && json_integer_value(seed) >= 0) { /* of the one picture there is */
        outcome->pictures[0] = (struct pictured){
            .role = ROLE_RESULT, .has_seed = true, .seed = json_integer_value(seed)};
    }
    outcome->n_pictures = n_arrived;
    outcome->standing = STANDING_SUCCEEDED;
    backend_compare(task, fooocus_api_natives, arrived, n_arrived, outcome);
    return 0;
}

int fooocus_api_outcome(struct task *task, enum ask ask, const json_t *reply,
                        const struct arrived *arrived, size_t n_arrived, struct outcome *outcome,
                        struct error *err)
{
    const char *caption = json_string_at(reply, "describe");

    *outcome = (struct outcome){.progress = progress_unknown};
    if (n_arrived > 0) {
        return read_picture(task, arrived, n_arrived, outcome, err);
    }
    if (ask == ASK_QUEUE) {
        return read_history(task, reply, outcome, err);
    }
    if (ask == ASK_SUBMIT && task->operation == OPERATION_INTERROGATE) {
        outcome->caption = caption != NULL ? strdup(caption) : NULL;
        return caption == NULL
                   ? error_set(err, EXIT_FAILED, "the server's answer has no description")
               : outcome->caption != NULL ? 0
                                          : error_memory(err, "reading the description");
    }
    if (ask == ASK_SUBMIT && json_is_array(reply)) {
        return read_results(reply, outcome, err);
    }
    return json_is_object(reply)
               ? read_job(task, ask, reply, outcome, err)
               : error_set(err, EXIT_FAILED, "the server's answer is no list of results");
}
