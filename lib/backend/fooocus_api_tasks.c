#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/fooocus_api.h"
#include "wire/json.h"

/*
 * GET /v1/generation/job-history: {"queue": [...], "history": [...]}. The history has two shapes:
 * in memory an entry is {"job_id", "in_queue_mills", "start_mills", "finish_mills", "is_finished"},
 * all entries come, the oldest first; with --persistent it is {"params", "task_info"}, in pages,
 * the newest first. Deleting needs a job id and a server with --persistent (D28): it is not
 * offered.
 */

#define HISTORY "/v1/generation/job-history"
#define PAGE_SIZE 20L /* the server's own */
#define PAGE_SIZE_ALL 1000000L

static bool is_bounded(const struct task_range *range)
{
    return range->since != TIME_UNBOUND || range->until != TIME_UNBOUND;
}

/* The server knows no times: for a time range the whole history is asked for. */
static bool list(const struct task_range *range, struct request *request)
{
    long page = range->page < 0 ? 0 : range->page;
    long size = range->page_size < 0 ? PAGE_SIZE : range->page_size;

    *request = (struct request){0};
    if (is_bounded(range)) {
        page = 0;
        size = PAGE_SIZE_ALL;
    }
    if (range->query == TASKS_CURRENT || range->query == TASKS_PENDING) {
        page = 0;
        size = 1;
    }
    return request_path(request, HISTORY "?page=%ld&page_size=%ld", page, size);
}

static bool is_within(const struct task_range *range, json_int_t mills)
{
    return (range->since == TIME_UNBOUND || mills >= range->since) &&
           (range->until == TIME_UNBOUND || mills <= range->until);
}

/* Milliseconds since 1970 as ISO 8601; NULL when they are none. */
static json_t *iso_time(json_int_t mills)
{
    time_t seconds = (time_t)(mills / 1000);
    struct tm tm;
    char text[32], whole[48];

    if (mills <= 0 || gmtime_r(&seconds, &tm) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
        return NULL;
    }
    snprintf(whole, sizeof whole, "%s.%03dZ", text, (int)(mills % 1000));
    return json_string(whole);
}

static json_t *describe_urls(const char *urls)
{
    json_t *list_ = json_array();

    for (size_t n; urls != NULL && *urls != '\0'; urls += n + (urls[n] == ',')) {
        n = strcspn(urls, ",");
        json_array_append_new(list_, json_stringn(urls, n));
    }
    return list_;
}

static enum standing record_standing(const json_t *info)
{
    const char *reason = json_string_at(info, "finish_reason");

    return reason == NULL                       ? STANDING_UNKNOWN
           : strcmp(reason, "SUCCESS") == 0     ? STANDING_SUCCEEDED
           : strcmp(reason, "USER_CANCEL") == 0 ? STANDING_CANCELLED
                                                : STANDING_FAILED;
}

/* An entry of either shape as a new object; NULL when it is neither or memory ran out. The one in
 * memory does not tell how it ended, only that it did: "unknown" with "finished_at". */
static json_t *describe(const json_t *entry, bool queued, json_int_t *mills)
{
    const json_t *info = json_object_get(entry, "task_info");
    const char *id = json_string_at(info, "task_id");
    const char *status = standing_name(STANDING_UNKNOWN);
    json_int_t ended = 0;

    if (info != NULL) {
        *mills = json_integer_value(json_object_get(info, "task_in_queue_mills"));
        ended = json_integer_value(json_object_get(info, "task_finish_mills"));
        status = standing_name(record_standing(info));
    } else {
        id = json_string_at(entry, "job_id");
        *mills = json_integer_value(json_object_get(entry, "in_queue_mills"));
        ended = json_integer_value(json_object_get(entry, "finish_mills"));
        if (queued) {
            status = standing_name(json_integer_value(json_object_get(entry, "start_mills")) > 0
                                       ? STANDING_RUNNING
                                       : STANDING_QUEUED);
        }
    }
    json_t *task =
        json_pack("{s:s,s:s,s:o*,s:o*}", "task_id", id != NULL ? id : "", "status", status,
                  "submitted_at", iso_time(*mills), "finished_at", iso_time(ended));
    if (id == NULL ||
        (info != NULL &&
         (json_object_set_new(task, "urls", describe_urls(json_string_at(info, "result_url"))) !=
          0))) {
        json_decref(task);
        return NULL;
    }
    json_t *params = json_object_get(entry, "params");
    if (json_is_object(params)) {
        json_object_set(task, "params", params);
    }
    return task;
}

static bool is_asked(const struct task_range *range, const json_t *entry)
{
    bool runs = json_integer_value(json_object_get(entry, "start_mills")) > 0;

    return range->query == TASKS_ALL || (range->query == TASKS_CURRENT && runs) ||
           (range->query == TASKS_PENDING && !runs);
}

static int add(const struct task_range *range, const json_t *entry, bool queued, json_t *tasks,
               struct error *err)
{
    json_int_t mills = 0;
    json_t *task = describe(entry, queued, &mills);

    if (task == NULL) {
        return error_set(err, EXIT_FAILED, "the server's list has an entry that is no task");
    }
    if (!is_within(range, mills)) {
        json_decref(task);
        return 0;
    }
    return json_array_append_new(tasks, task) == 0 ? 0 : error_memory(err, "listing tasks");
}

/* The history, the newest first, and cut into pages where the server did not. */
static int add_history(const struct task_range *range, const json_t *history, json_t *tasks,
                       struct error *err)
{
    size_t n = json_array_size(history);
    bool kept = json_object_get(json_array_get(history, 0), "task_info") != NULL;
    json_t *all = json_array();
    int result = all == NULL ? error_memory(err, "listing tasks") : 0;

    for (size_t i = 0; result == 0 && i < n; i++) {
        result = add(range, json_array_get(history, kept ? i : n - 1 - i), false, all, err);
    }
    bool cut = (!kept || is_bounded(range)) && (range->page >= 0 || range->page_size >= 0);
    size_t size = range->page_size > 0 ? (size_t)range->page_size : (size_t)PAGE_SIZE;
    size_t from = cut && range->page > 0 ? (size_t)range->page * size : 0;

    for (size_t i = from; result == 0 && i < json_array_size(all) && (!cut || i - from < size);
         i++) {
        result = json_array_append(tasks, json_array_get(all, i)) == 0
                     ? 0
                     : error_memory(err, "listing tasks");
    }
    json_decref(all);
    return result;
}

static int listed(const struct task_range *range, const json_t *reply, json_t *tasks,
                  struct error *err)
{
    const json_t *queue = json_object_get(reply, "queue"), *entry;
    const json_t *history = json_object_get(reply, "history");
    size_t i;

    if (!json_is_array(queue) || !json_is_array(history)) {
        return error_set(err, EXIT_FAILED, "the server's answer has no list of tasks");
    }
    json_array_foreach(queue, i, entry)
    {
        if (is_asked(range, entry) && add(range, entry, true, tasks, err) != 0) {
            return -1;
        }
    }
    return range->query == TASKS_ALL || range->query == TASKS_HISTORY
               ? add_history(range, history, tasks, err)
               : 0;
}

const struct task_service fooocus_api_tasks = {.list = list, .listed = listed};
