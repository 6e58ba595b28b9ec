#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/fooocusapi.h"
#include "wire/json.h"

#define NO_PICTURE "the server ended it without a picture, and does not say why: its own log does"

#define LOST "it neither waits nor runs on the server, and has no result"

enum standing fooocusapi_standing(const json_t *record, bool *doubtful)
{
    const char *status = json_string_at(record, "task_status");
    bool any = json_array_size(json_object_get(record, "result")) > 0;

    /* null while it waits, and for ever when it is lost. */
    *doubtful = status == NULL;
    if (status == NULL || strcmp(status, "pending") == 0) {
        return STANDING_QUEUED;
    }
    if (strcmp(status, "running") == 0) {
        return STANDING_RUNNING;
    }
    if (strcmp(status, "finished") == 0) {
        return any ? STANDING_SUCCEEDED : STANDING_FAILED;
    }
    if (strcmp(status, "skip") == 0) {
        return any ? STANDING_SUCCEEDED : STANDING_CANCELLED;
    }
    return strcmp(status, "stop") == 0 ? STANDING_CANCELLED : STANDING_UNKNOWN;
}

/* progress is 0 to 100, or a placeholder below. */
static void read_progress(const json_t *reply, struct progress *p)
{
    const json_t *value = json_object_get(reply, "progress");
    double number = json_number_value(value);

    if (json_is_number(value) && number >= 0) {
        p->fraction = number > 100 ? 1 : number / 100;
    }
}

/* A result's URL as a path on the service, its last two parts encoded: the server puts file names
 * there as they are (file_utils.py, to_http). */
static bool add_link(struct outcome *outcome, const char *url)
{
    static const char folder[] = "/outputs/";
    const char *at = strstr(url, folder);
    char path[2048], part[1024], encoded[1024];
    size_t n = sizeof folder - 1;

    if (at == NULL) {
        return backend_add_link(outcome, url, -1);
    }
    memcpy(path, folder, sizeof folder);
    for (at += n; *at != '\0';) {
        size_t len = strcspn(at, "/");
        if (len >= sizeof part) {
            return backend_add_link(outcome, url, -1);
        }
        memcpy(part, at, len);
        part[len] = '\0';
        at += len;
        bool more = *at == '/';
        at += more;
        if (!request_encode(encoded, sizeof encoded, part) ||
            n + strlen(encoded) + 2 > sizeof path) {
            return backend_add_link(outcome, url, -1);
        }
        n += (size_t)snprintf(path + n, sizeof path - n, "%s%s", encoded, more ? "/" : "");
    }
    return backend_add_link(outcome, path, -1);
}

static int read_links(const json_t *urls, struct outcome *outcome, struct error *err)
{
    const json_t *url;
    size_t i;

    json_array_foreach(urls, i, url)
    {
        if (!json_is_string(url)) {
            return error_set(err, EXIT_FAILED, "the server's answer has results that are no URLs");
        }
        if (!add_link(outcome, json_string_value(url))) {
            return error_memory(err, "reading the answer");
        }
    }
    return 0;
}

/* The parameters of a record, as the server completed them: an object, or its text in old records.
 * A new reference, or NULL. */
static json_t *read_params(const json_t *record)
{
    json_t *params = json_object_get(record, "req_params");
    const char *text = json_string_value(params);
    struct error ignored;

    return text != NULL ? json_parse(text, strlen(text), "req_params", EXIT_FAILED, &ignored)
                        : json_incref(params);
}

/*
 * The seeds: image_seed and, unless disable_seed_increment, one more for each image
 * (async_worker.py). The record has the seed that was drawn; an event has none, so only one that
 * was asked for is known. Where images were left out or others came with them, none is.
 */
static void read_seeds(const json_t *params, const json_t *native, struct outcome *outcome)
{
    const json_t *from = json_is_integer(json_object_get(params, "image_seed")) ? params : native;
    const json_t *seed = json_object_get(from, "image_seed");
    const json_t *number = json_object_get(from, "image_number");
    const char *method = json_string_at(from, "uov_method");
    json_int_t asked = json_is_integer(number) ? json_integer_value(number) : 1;
    bool same = json_is_true(json_object_get(from, "disable_seed_increment"));
    size_t n = outcome->n_links > 0 ? outcome->n_links : outcome->n_pictures;

    if (json_integer_value(seed) < 0 || !json_is_integer(seed) || (json_int_t)n != asked ||
        json_is_true(json_object_get(from, "enhance_checkbox")) ||
        (method != NULL && strstr(method, "Upscale") != NULL)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct pictured *what =
            outcome->n_links > 0 ? &outcome->links[i].what : &outcome->pictures[i];
        uint64_t value = (uint64_t)json_integer_value(seed) + (same ? 0 : i);
        *what = (struct pictured){
            .role = ROLE_RESULT, .has_seed = true, .seed = (json_int_t)(value & INT64_MAX)};
    }
}

static int set_reason(struct outcome *outcome, const char *reason, struct error *err)
{
    outcome->reason = strdup(reason);
    return outcome->reason != NULL ? 0 : error_memory(err, "reading the answer");
}

/* RecordResponse: how a task stands, or the whole answer to a synchronous one. */
static int read_record(struct task *task, enum ask ask, const json_t *reply,
                       struct outcome *outcome, struct error *err)
{
    if (ask == ASK_STATE && json_is_array(reply)) {
        outcome->standing = STANDING_MISSING; /* [] for an id that is not known (D22) */
        return 0;
    }
    if (!json_is_object(reply) || json_object_get(reply, "task_id") == NULL) {
        return error_set(err, EXIT_FAILED, "the server's answer is no task");
    }
    const char *id = json_string_at(reply, "task_id");
    if (task->id[0] == '\0' && backend_take_id(task, id, err) != 0) {
        return -1;
    }
    if (ask == ASK_STATE && (id == NULL || strcmp(id, task->id) != 0)) {
        return error_set(err, EXIT_FAILED, "the server answered about task '%.64s', not '%s'",
                         id != NULL ? id : "", task->id);
    }
    outcome->standing = fooocusapi_standing(reply, &outcome->doubtful);
    outcome->progress.active = outcome->standing == STANDING_RUNNING;
    outcome->progress.queued = outcome->standing == STANDING_QUEUED;
    outcome->progress.completed = !outcome->progress.active && !outcome->progress.queued;
    read_progress(reply, &outcome->progress);
    if (!outcome->progress.completed) {
        return 0;
    }
    json_t *params = read_params(reply);
    outcome->info = json_incref((json_t *)(size_t)reply);
    int result = read_links(json_object_get(reply, "result"), outcome, err);
    read_seeds(params, task->native, outcome);
    json_decref(params);
    return result == 0 && outcome->standing == STANDING_FAILED
               ? set_reason(outcome, NO_PICTURE, err)
               : result;
}

/* "Sampling step 3/30, image 1/2 ..." */
static void read_step(const char *message, struct progress *p)
{
    static const char label[] = "Sampling step ";
    char *end;

    if (message == NULL || strncmp(message, label, sizeof label - 1) != 0) {
        return;
    }
    long step = strtol(message + sizeof label - 1, &end, 10);
    long steps = *end == '/' ? strtol(end + 1, NULL, 10) : -1;
    if (step >= 0 && steps >= step) {
        p->step = step;
        p->steps = steps;
    }
}

/* {"progress", "preview", "message", "images"}; a failure looks like an end without images (D17).
 */
static int read_event(struct task *task, const json_t *event, struct outcome *outcome,
                      struct error *err)
{
    const char *message = json_string_at(event, "message");
    const json_t *images = json_object_get(event, "images");
    bool ended = message != NULL && strcmp(message, "Finished") == 0;

    if (!json_is_object(event)) {
        return error_set(err, EXIT_FAILED, "an event of the server's answer is no object");
    }
    outcome->standing = STANDING_RUNNING;
    outcome->progress.active = true;
    read_progress(event, &outcome->progress);
    read_step(message, &outcome->progress);
    if (!ended && json_array_size(images) == 0) {
        return 0;
    }
    outcome->progress.active = false;
    outcome->progress.completed = true;
    outcome->standing = json_array_size(images) > 0 ? STANDING_SUCCEEDED : STANDING_FAILED;
    if (outcome->standing == STANDING_FAILED) {
        return set_reason(outcome, NO_PICTURE, err);
    }
    if (read_links(images, outcome, err) != 0) {
        return -1;
    }
    read_seeds(NULL, task->native, outcome);
    return 0;
}

static bool is_task(const struct task *task, const json_t *record)
{
    const char *id = json_string_at(record, "task_id");

    return id != NULL && task->id[0] != '\0' && strcmp(id, task->id) == 0;
}

/* {"history", "current", "pending"} */
static int read_queue(const struct task *task, const json_t *reply, struct outcome *outcome,
                      struct error *err)
{
    const json_t *current = json_object_get(reply, "current");
    const json_t *pending = json_object_get(reply, "pending"), *item;
    size_t i;

    if (!json_is_array(current) || !json_is_array(pending)) {
        return error_set(err, EXIT_FAILED, "the server's answer is no list of tasks");
    }
    outcome->standing = STANDING_MISSING;
    json_array_foreach(pending, i, item)
    {
        if (is_task(task, item)) {
            outcome->standing = STANDING_QUEUED;
            outcome->progress.queued = true;
            outcome->progress.position = (long)i + 1;
            outcome->progress.length = (long)json_array_size(pending);
        }
    }
    json_array_foreach(current, i, item)
    {
        if (is_task(task, item)) {
            outcome->standing = STANDING_RUNNING;
            outcome->progress = progress_unknown;
            outcome->progress.active = true;
            read_progress(item, &outcome->progress);
        }
    }
    return outcome->standing == STANDING_MISSING ? set_reason(outcome, LOST, err) : 0;
}

static int read_picture(const struct task *task, size_t n_arrived, struct outcome *outcome,
                        struct error *err)
{
    if (n_arrived == 0) {
        return error_set(err, EXIT_FAILED, "the server's answer is no picture");
    }
    outcome->pictures = calloc(n_arrived, sizeof *outcome->pictures);
    if (outcome->pictures == NULL) {
        return error_memory(err, "reading the answer");
    }
    outcome->n_pictures = n_arrived;
    read_seeds(NULL, task->native, outcome);
    return 0;
}

static int read_caption(const json_t *reply, struct outcome *outcome, struct error *err)
{
    const char *caption = json_string_at(reply, "describe");

    if (caption == NULL) {
        return error_set(err, EXIT_FAILED, "the server's answer has no description");
    }
    outcome->caption = strdup(caption);
    return outcome->caption != NULL ? 0 : error_memory(err, "reading the description");
}

int fooocusapi_outcome(struct task *task, enum ask ask, const json_t *reply,
                       const struct arrived *arrived, size_t n_arrived, struct outcome *outcome,
                       struct error *err)
{
    (void)arrived;
    *outcome = (struct outcome){.progress = progress_unknown};
    if (ask == ASK_QUEUE) {
        return read_queue(task, reply, outcome, err);
    }
    if (ask == ASK_SUBMIT && task->operation == OPERATION_INTERROGATE) {
        return read_caption(reply, outcome, err);
    }
    if (ask == ASK_SUBMIT && task->delivery == DELIVERY_STREAM) {
        return read_event(task, reply, outcome, err);
    }
    if (ask == ASK_SUBMIT && task->delivery == DELIVERY_BINARY) {
        return read_picture(task, n_arrived, outcome, err);
    }
    return read_record(task, ask, reply, outcome, err);
}
