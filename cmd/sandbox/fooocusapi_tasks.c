#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "fooocus_body.h"
#include "fooocusapi.h"
#include "fooocusapi_history.h"

#define NEVER INT64_MIN

static void internal_error(struct reply *reply)
{
    reply_text(reply, 500, "text/plain; charset=utf-8", "Internal Server Error");
}

/* YYYY-MM-DDTHH:MM:SS at the beginning, in local time, the rest disregarded (D19): milliseconds, or
 * NEVER where the pattern is not met. False for a date that does not exist. */
static bool read_time(const char *text, int64_t *millis)
{
    static const char PATTERN[] = "dddd-dd-ddTdd:dd:dd";
    struct tm t = {.tm_isdst = -1}, wanted;
    long long part[6];
    char number[8];

    *millis = NEVER;
    for (size_t i = 0; PATTERN[i]; i++)
        if (PATTERN[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != PATTERN[i])
            return true;
    for (int i = 0; i < 6; i++) {
        snprintf(number, sizeof number, "%.*s", i == 0 ? 4 : 2, text + (i == 0 ? 0 : 2 + 3 * i));
        text_to_int(number, &part[i]);
    }
    t.tm_year = (int)part[0] - 1900;
    t.tm_mon = (int)part[1] - 1;
    t.tm_mday = (int)part[2];
    t.tm_hour = (int)part[3];
    t.tm_min = (int)part[4];
    t.tm_sec = (int)part[5];
    wanted = t;
    *millis = (int64_t)mktime(&t) * 1000;
    return t.tm_mon == wanted.tm_mon && t.tm_mday == wanted.tm_mday && part[3] < 24 &&
           part[4] < 60 && part[5] < 60;
}

json_t *fooocusapi_current(struct fooocusapi *api)
{
    struct fooocus_engine *engine = &api->engine;
    struct fooocus_task *task;
    json_t *current = NULL;
    char *preview;
    int step = 0;

    pthread_mutex_lock(&engine->lock);
    task = engine->current;
    if (task && task->state == FOOOCUS_RUNNING && !task->gone) {
        const struct fooocus_event *last =
            task->n_events ? &task->events[task->n_events - 1] : NULL;

        task->refs++;
        step = last ? last->step : 0;
        current = json_pack("{s:i, s:s, s:O, s:I, s:I, s:i, s:s, s:i, s:n, s:s, s:[]}", "id", -1,
                            "task_id", task->id, "req_params", task->request, "in_queue_mills",
                            (json_int_t)task->in_queue, "start_mills", (json_int_t)task->started,
                            "finish_mills", -1, "task_status", "running", "progress",
                            last ? last->progress : 0, "preview", "webhook_url", "", "result");
        json_decref(api->stale);
        api->stale = NULL;
    } else {
        task = NULL;
        current = api->stale ? json_deep_copy(api->stale) : NULL;
    }
    pthread_mutex_unlock(&engine->lock);
    if (task) {
        preview = fooocus_engine_preview(engine, task, step);
        if (preview)
            json_object_set_new(current, "preview", json_string(preview));
        free(preview);
        fooocus_task_drop(engine, task);
    }
    return current;
}

/* Deletes the files of records that are gone. */
static void delete_files(const struct fooocusapi *api, const json_t *records)
{
    const json_t *record, *link;
    char path[RECORD_PATH_MAX];
    size_t i, k;

    json_array_foreach(records, i, record)
        json_array_foreach(json_object_get(record, "result"), k, link)
    {
        const char *text = json_string_value(link), *date = text ? strstr(text, "/outputs/") : "";

        if (!date || !*date || strstr(date, ".."))
            continue;
        snprintf(path, sizeof path, "%.400s%.400s", api->engine.folder, date);
        remove(path);
    }
}

static json_t *history_page(struct fooocusapi *api, const json_t *waiting, int64_t from, int64_t to,
                            long long page, long long size)
{
    struct history_query query = {.ids = waiting,
                                  .range = from != NEVER,
                                  .from = from,
                                  .to = to,
                                  .paged = from == NEVER,
                                  .skip = page * size,
                                  .size = size};

    return history_list(api->history, &query);
}

/* The page of the tasks that wait; false where the server divides by zero. */
static bool pending_page(struct fooocusapi *api, const json_t *waiting, long long page,
                         long long size, json_t **to)
{
    struct history_query query = {.ids = waiting, .only = true};
    json_t *all = history_list(api->history, &query);
    long long n = (long long)json_array_size(all);

    *to = json_array();
    if (size != 0 && page <= (n + size - 1) / size)
        for (long long i = page * size; i < (page + 1) * size && i < n; i++)
            if (i >= 0)
                json_array_append(*to, json_array_get(all, (size_t)i));
    json_decref(all);
    return size != 0;
}

void fooocusapi_tasks(struct request *request, struct reply *reply)
{
    struct fooocusapi *api = request->box->own;
    const char *query = request_argument(request, "query"),
               *action = request_argument(request, "action"),
               *start = request_argument(request, "start_at"),
               *end = request_argument(request, "end_at");
    int64_t from = NEVER, to = api->started / 1000 * 1000;
    json_t *waiting, *history = json_array(), *current = json_array(), *pending = json_array(),
                     *now;
    long long page, size;
    bool all, good = true;

    if (!fooocus_body_int(request, reply, "page", 0, &page) ||
        !fooocus_body_int(request, reply, "page_size", 10, &size) ||
        (start && !read_time(start, &from)) || (end && !read_time(end, &to)) ||
        (from != NEVER && to == NEVER)) {
        if (reply->status != 422)
            internal_error(reply);
        goto out;
    }
    if (from == NEVER || from >= to)
        from = to = NEVER;
    if (action && text_casecmp(action, "delete") == 0) {
        if (from != NEVER) {
            now = history_delete(api->history, from, to);
            delete_files(api, now);
            json_decref(now);
        }
        reply_json(reply, 200, json_null());
        goto out;
    }
    query = query ? query : "all";
    all = strcmp(query, "all") == 0;
    waiting = fooocus_engine_waiting(&api->engine);
    if (all || strcmp(query, "history") == 0) {
        json_decref(history);
        history = history_page(api, waiting, from, to, page, size);
    }
    if (all || strcmp(query, "current") == 0) {
        now = fooocusapi_current(api);
        if (now)
            json_array_append_new(current, now);
    }
    if (all || strcmp(query, "pending") == 0) {
        json_decref(pending);
        good = pending_page(api, waiting, page, size, &pending);
    }
    json_decref(waiting);
    if (good)
        reply_json(reply, 200,
                   json_pack("{s:O, s:O, s:O}", "history", history, "current", current, "pending",
                             pending));
    else
        internal_error(reply);
out:
    json_decref(history);
    json_decref(current);
    json_decref(pending);
}

void fooocusapi_task(struct request *request, struct reply *reply)
{
    struct fooocusapi *api = request->box->own;
    const char *id = request->path + strlen("/tasks/");
    json_t *current = fooocusapi_current(api), *record;

    if (current && strcmp(json_string_value(json_object_get(current, "task_id")), id) == 0) {
        reply_json(reply, 200, current);
        return;
    }
    json_decref(current);
    record = history_get(api->history, id);
    reply_json(reply, 200, record ? record : json_array());
}
