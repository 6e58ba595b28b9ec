#include "job/tasks.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/instant.h"
#include "job/fact.h"
#include "job/wait.h"
#include "wire/json.h"

#define PAGE_MAX 100000
#define CLOCK_SLACK_MS 3600000
/* One GET. 0 with *json NULL when there is no such path. */
static int get(struct run *run, const struct request *request, json_t **json, struct error *err)
{
    int result = fact_get(run->job, run->net, request->path, json, err);

    json_decref(request->body);
    return result;
}

/* What the service told of a task, and what it did not. */
static json_t *document_of(const struct run *run, const json_t *task)
{
    static const char *const told[] = {"submitted_at", "finished_at", "progress", "urls"};
    json_t *info = json_object(), *value;

    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        value = json_object_get(task, told[i]);
        if (value != NULL) {
            json_object_set(info, told[i], value);
        }
    }
    struct result of = run_result(run->job);
    return json_pack("{s:s,s:s,s:s,s:O?,s:O?,s:[],s:O?,s:n,s:o,s:[],s:i}", "command", of.command,
                     "backend", of.backend->name, "endpoint", of.endpoint, "status",
                     json_object_get(task, "status"), "task_id", json_object_get(task, "task_id"),
                     "images", "params", json_object_get(task, "params"), "caption", "info", info,
                     "warnings", "elapsed_ms", 0);
}

/* The server's own clock, for services whose times have no zone (D19). */
static int find_offset(struct run *run, struct task_range *range, bool *known, struct error *err)
{
    const struct task_service *service = run->job->backend->tasks;
    struct request request;
    json_t *json = NULL;

    *known = true;
    if (service->clock == NULL || service->utc_offset == NULL || !service->clock(&request)) {
        return 0;
    }
    if (get(run, &request, &json, err) != 0) {
        return -1;
    }
    *known = json != NULL && service->utc_offset(json, &range->utc_offset);
    if (!*known) {
        time_t now = time(NULL); /* nothing tells: as this machine's */
        struct tm local, utc;
        localtime_r(&now, &local);
        gmtime_r(&now, &utc);
        local.tm_isdst = utc.tm_isdst = 0;
        range->utc_offset = (long)difftime(mktime(&local), mktime(&utc));
    }
    json_decref(json);
    return 0;
}

/* The raw list; 1 when there is none. */
static int list(struct run *run, struct task_range *range, json_t **tasks, struct error *err)
{
    const struct task_service *service = run->job->backend->tasks;
    struct request request;
    json_t *json = NULL;

    *tasks = NULL;
    if (service == NULL || !service->list(range, &request)) {
        return 1;
    }
    if (get(run, &request, &json, err) != 0) {
        return -1;
    }
    if (json == NULL) {
        return 1;
    }
    if (service->utc_offset != NULL) { /* the clock of that time of the year, if it tells */
        service->utc_offset(json, &range->utc_offset);
    }
    *tasks = json_array();
    int result = service->listed(range, json, *tasks, err);
    json_decref(json);
    if (result != 0) {
        json_decref(*tasks);
        *tasks = NULL;
    }
    return result;
}

static json_t *documents_of(const struct run *run, const json_t *tasks)
{
    json_t *documents = json_array(), *task;
    size_t i;

    json_array_foreach(tasks, i, task)
    {
        json_array_append_new(documents, document_of(run, task));
    }
    return documents;
}

static bool is_bounded(const struct task_range *range)
{
    return range->since != TIME_UNBOUND || range->until != TIME_UNBOUND;
}

int tasks_list(struct run *run, struct task_range *range, json_t **documents, struct error *err)
{
    json_t *tasks;
    bool known;

    *documents = NULL;
    if (run->job->backend->tasks != NULL && is_bounded(range) &&
        find_offset(run, range, &known, err) != 0) {
        return -1;
    }
    int result = list(run, range, &tasks, err);
    if (result == 0) {
        *documents = documents_of(run, tasks);
    }
    json_decref(tasks);
    return result;
}

/* Whether a task that has not ended may be in the range: one whose time is not known counts, and
 * one that a change of the server's clock may bring in. */
static bool has_unfinished(const struct task_range *range, const json_t *tasks)
{
    const json_t *task;
    int64_t at;
    size_t i;

    json_array_foreach(tasks, i, task)
    {
        const char *status = json_string_at(task, "status");
        const char *time = json_string_at(task, "submitted_at");
        bool outside = time != NULL && instant_parse(time, &at) &&
                       (at < range->since - CLOCK_SLACK_MS || at > range->until + CLOCK_SLACK_MS);
        if (!outside &&
            (status == NULL || strcmp(status, "queued") == 0 || strcmp(status, "running") == 0)) {
            return true;
        }
    }
    return false;
}

/* The unfinished ones: they are listed whatever the range, so that none is overlooked. */
static int refuse_unfinished(struct run *run, const struct task_range *range, struct error *err)
{
    static const enum task_query queries[] = {TASKS_PENDING, TASKS_CURRENT};

    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct task_range now = {.query = queries[i],
                                 .page = 0,
                                 .page_size = PAGE_MAX,
                                 .since = TIME_UNBOUND,
                                 .until = TIME_UNBOUND,
                                 .utc_offset = range->utc_offset};
        json_t *tasks;
        if (list(run, &now, &tasks, err) < 0) {
            return -1;
        }
        bool any = has_unfinished(range, tasks);
        json_decref(tasks);
        if (any) {
            return error_set(err, EXIT_REFUSED,
                             "a task in this range waits or runs on the server, and deleting would "
                             "lose it: wait until it has ended");
        }
    }
    return 0;
}

static bool holds_id(const json_t *tasks, const char *id)
{
    const json_t *task;
    size_t i;

    json_array_foreach(tasks, i, task)
    {
        const char *other = json_string_at(task, "task_id");
        if (id != NULL && other != NULL && strcmp(id, other) == 0) {
            return true;
        }
    }
    return false;
}

/* What the server takes to be in the range must be what was shown: its clock may have changed
 * within the range (D19), and tasks may have come since. */
static int rehearse(struct run *run, const struct task_range *range, const json_t *shown,
                    struct error *err)
{
    const struct task_service *service = run->job->backend->tasks;
    const struct task_range all = {.query = TASKS_HISTORY,
                                   .page = -1,
                                   .page_size = -1,
                                   .since = TIME_UNBOUND,
                                   .until = TIME_UNBOUND};
    struct request request;
    json_t *json = NULL, *tasks = json_array(), *task;
    size_t i;

    if (service->rehearse == NULL) {
        json_decref(tasks);
        return 0;
    }
    int result = service->rehearse(range, &request)
                     ? get(run, &request, &json, err)
                     : error_set(err, EXIT_USAGE, "the range of times cannot be sent");
    result = result == 0 && json != NULL ? service->listed(&all, json, tasks, err) : result;
    bool same = result == 0 && json_array_size(tasks) == json_array_size(shown);
    json_array_foreach(tasks, i, task)
    {
        same = same && holds_id(shown, json_string_at(task, "task_id"));
    }
    if (result == 0 && !same) {
        result = error_set(err, EXIT_REFUSED,
                           "nothing was deleted: the server takes %zu tasks to be in this range, "
                           "not the %zu of the list; its clock changed then, or tasks have come: "
                           "list them again, and choose other times",
                           json_array_size(tasks), json_array_size(shown));
    }
    json_decref(tasks);
    json_decref(json);
    return result;
}

static int erase(struct run *run, const struct task_range *range, struct error *err)
{
    struct request request;
    json_t *json = NULL;

    if (!run->job->backend->tasks->erase(range, &request)) {
        return error_set(err, EXIT_USAGE, "the range of times cannot be sent");
    }
    int result = get(run, &request, &json, err);
    json_decref(json);
    return result;
}

int tasks_erase(struct run *run, struct task_range *range,
                bool (*agree)(void *ctx, const json_t *documents), void *ctx, json_t **documents,
                struct error *err)
{
    const struct task_service *service = run->job->backend->tasks;
    json_t *tasks = NULL, *after = NULL;
    bool known;

    *documents = NULL;
    if (service == NULL || service->erase == NULL) {
        return 1;
    }
    range->query = TASKS_HISTORY;
    int result = find_offset(run, range, &known, err);
    if (result == 0 && !known) {
        return error_set(err, EXIT_REFUSED,
                         "the server's clock cannot be told from its history, so the times could "
                         "mean other tasks: nothing is deleted");
    }
    result = result != 0 ? result : list(run, range, &tasks, err);
    if (result == 0 && json_array_size(tasks) > 0) {
        *documents = documents_of(run, tasks);
        result = refuse_unfinished(run, range, err);
        result = result != 0 ? result : agree(ctx, *documents) ? 0 : 2;
        result = result != 0 ? result : refuse_unfinished(run, range, err);
        result = result != 0 ? result : rehearse(run, range, tasks, err);
        result = result != 0 ? result : erase(run, range, err);
        result = result != 0 ? result : list(run, range, &after, err);
        if (result == 0 && json_array_size(after) > 0) {
            result = error_set(err, EXIT_FAILED, "%zu of %zu tasks are still there",
                               json_array_size(after), json_array_size(tasks));
        }
    } else if (result == 0) {
        *documents = json_array();
    }
    json_decref(after);
    json_decref(tasks);
    return result;
}

json_t *tasks_entry_document(const json_t *entry)
{
    static const char *const told[] = {"submitted_at", "reason", "expires_at", "key"};
    const char *state = json_string_at(entry, "state");
    json_t *info = json_object(), *images = json_array(), *path;
    size_t i;

    for (i = 0; i < sizeof told / sizeof *told; i++) {
        json_t *value = json_object_get(entry, told[i]);
        if (value != NULL) {
            json_object_set(info, told[i], value);
        }
    }
    json_array_foreach(json_object_get(entry, "images"), i, path)
    {
        json_array_append_new(images, json_pack("{s:O}", "path", path));
    }
    return json_pack(
        "{s:O?,s:O?,s:O?,s:s,s:O?,s:o,s:O?,s:n,s:o,s:[],s:i}", "command",
        json_object_get(entry, "command"), "backend", json_object_get(entry, "backend"), "endpoint",
        json_object_get(entry, "endpoint"), "status",
        state == NULL || strcmp(state, "submitting") == 0 ? "unknown" : state, "task_id",
        json_object_get(entry, "task_id"), "images", images, "params",
        json_object_get(entry, "params"), "caption", "info", info, "warnings", "elapsed_ms", 0);
}
