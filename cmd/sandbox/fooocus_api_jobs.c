#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "fooocus_api.h"
#include "fooocus_body.h"
#include "wire/base64.h"

bool fooocus_api_submit(struct fooocus_api *api, struct fooocus_task *task, long long queue_size)
{
    struct fooocus_task **more;
    long long n = 0;

    pthread_mutex_lock(&api->engine.lock);
    for (size_t i = 0; i < api->n_jobs; i++)
        n += api->jobs[i]->state != FOOOCUS_FINISHED;
    more = n < queue_size ? realloc(api->jobs, (api->n_jobs + 1) * sizeof *more) : NULL;
    if (more) {
        api->jobs = more;
        more[api->n_jobs++] = task;
        task->refs += 2; /* the list's and the engine's */
        snprintf(api->last_job, sizeof api->last_job, "%s", task->id);
    }
    pthread_mutex_unlock(&api->engine.lock);
    if (more)
        fooocus_engine_add(&api->engine, task);
    return more != NULL;
}

/* A held job, or NULL. */
static struct fooocus_task *find(struct fooocus_api *api, const char *id)
{
    struct fooocus_task *found = NULL;

    pthread_mutex_lock(&api->engine.lock);
    for (size_t i = 0; id && !found && i < api->n_jobs; i++)
        if (strcmp(api->jobs[i]->id, id) == 0)
            found = api->jobs[i];
    if (found)
        found->refs++;
    pthread_mutex_unlock(&api->engine.lock);
    return found;
}

/* "data:image/EXT;base64,..." of a result. Pillow has no format of the name JPG. */
static json_t *as_base64(const struct fooocus_api *api, const char *file, struct failure *f)
{
    const char *ext = strrchr(file, '.') + 1;
    char path[RECORD_PATH_MAX], *text;
    json_t *json = NULL;
    struct buf bytes;

    if (strcmp(ext, "jpg") == 0) {
        failure_set(f, 500, "KeyError", "'JPG'");
        return NULL;
    }
    snprintf(path, sizeof path, "%.400s/%s/%s", api->engine.folder, api->engine.results, file);
    if (!fooocus_picture_load(path, &bytes))
        return json_null();
    text = malloc(base64_encoded_size(bytes.len) + 1);
    if (text) {
        base64_encode(text, bytes.data, bytes.len);
        text[base64_encoded_size(bytes.len)] = '\0';
        json = json_sprintf("data:image/%s;base64,%s", ext, text);
    }
    free(text);
    buf_release(&bytes);
    return json ? json : json_null();
}

json_t *fooocus_api_results(struct fooocus_api *api, struct fooocus_task *task, struct failure *f)
{
    json_t *list = json_array();
    const json_t *file;
    size_t i;

    json_array_foreach(task->files, i, file)
    {
        const char *name = json_string_value(file);
        json_t *base64 = json_null();

        if (fields_flag(task->request, "require_base64"))
            base64 = as_base64(api, name, f);
        if (!base64) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(
            list,
            json_pack(
                "{s:o, s:o, s:o, s:s}", "base64", base64, "url",
                json_sprintf("%s/%s/%s", task->base_url, api->engine.results, name), "seed",
                json_sprintf("%lld", (long long)json_integer_value(json_array_get(task->seeds, i))),
                "finish_reason", "SUCCESS"));
    }
    return list;
}

/* The state of a job as one moment saw it. */
struct view {
    const char *stage;
    char message[72];
    int progress, step;
    bool success;
};

static struct view look_at(struct fooocus_api *api, const struct fooocus_task *task)
{
    struct view v = {.stage = "WAITING"};

    pthread_mutex_lock(&api->engine.lock);
    for (size_t i = task->n_events; i-- > 0;) {
        if (i + 1 == task->n_events) {
            snprintf(v.message, sizeof v.message, "%s", task->events[i].message);
            v.progress = task->events[i].progress;
        }
        v.step = v.step > 0 ? v.step : task->events[i].step;
    }
    if (task->state == FOOOCUS_FINISHED) {
        v.success = !task->failed;
        v.stage = v.success ? "SUCCESS" : "ERROR";
        if (v.success) {
            v.progress = 100;
            snprintf(v.message, sizeof v.message, "Finished");
        }
    } else if (task->state == FOOOCUS_RUNNING) {
        v.stage = "RUNNING";
    }
    pthread_mutex_unlock(&api->engine.lock);
    return v;
}

json_t *fooocus_api_job(struct fooocus_api *api, struct fooocus_task *task, bool preview,
                        struct failure *f)
{
    struct view v = look_at(api, task);
    char *picture = preview ? fooocus_engine_preview(&api->engine, task, v.step) : NULL;
    json_t *results = json_null(), *job;

    if (v.success)
        results = fooocus_api_results(api, task, f);
    if (!results) {
        free(picture);
        return NULL;
    }
    job = json_pack("{s:s, s:s, s:s, s:i, s:s?, s:s?, s:o}", "job_id", task->id, "job_type",
                    task->type, "job_stage", v.stage, "job_progress", v.progress, "job_status",
                    *v.message ? v.message : NULL, "job_step_preview", picture, "job_result",
                    results);
    free(picture);
    return job;
}

void fooocus_api_query(struct request *request, struct reply *reply)
{
    struct fooocus_api *api = request->box->own;
    const char *id = request_argument(request, "job_id"),
               *preview = request_argument(request, "require_step_preview");
    struct fooocus_task *task;
    struct failure f;
    json_t *job;

    if (!id) {
        fooocus_body_missing(reply, "job_id");
        return;
    }
    task = find(api, id);
    if (!task) {
        reply_json(reply, 404,
                   json_pack("{s:s, s:s, s:s, s:i, s:s, s:n, s:n}", "job_id", "", "job_type",
                             "Not Found", "job_stage", "ERROR", "job_progress", 0, "job_status",
                             "Job not found", "job_step_preview", "job_result"));
        return;
    }
    job = fooocus_api_job(api, task,
                          preview && (strcmp(preview, "true") == 0 || strcmp(preview, "1") == 0 ||
                                      strcmp(preview, "True") == 0),
                          &f);
    if (job)
        reply_json(reply, 200, job);
    else
        reply_failure(request, reply, &f);
    fooocus_task_drop(&api->engine, task);
}

void fooocus_api_queue(struct request *request, struct reply *reply)
{
    struct fooocus_api *api = request->box->own;
    int running = 0, finished = 0;

    pthread_mutex_lock(&api->engine.lock);
    for (size_t i = 0; i < api->n_jobs; i++)
        *(api->jobs[i]->state == FOOOCUS_FINISHED ? &finished : &running) += 1;
    reply_json(reply, 200,
               json_pack("{s:i, s:i, s:s?}", "running_size", running, "finished_size", finished,
                         "last_job_id", *api->last_job ? api->last_job : NULL));
    pthread_mutex_unlock(&api->engine.lock);
}

/* Deletes a finished job and its files. The server then looks for its database, which is not there
 * without --persistent: 500 whatever happened (D28). */
static void delete_job(struct fooocus_api *api, const char *id)
{
    struct fooocus_task *gone = NULL;
    char path[RECORD_PATH_MAX];
    const json_t *file;
    size_t i;

    pthread_mutex_lock(&api->engine.lock);
    for (i = 0; i < api->n_jobs && !gone; i++)
        if (strcmp(api->jobs[i]->id, id) == 0 && api->jobs[i]->state == FOOOCUS_FINISHED &&
            json_array_size(api->jobs[i]->files) > 0) {
            gone = api->jobs[i];
            memmove(api->jobs + i, api->jobs + i + 1, (--api->n_jobs - i) * sizeof *api->jobs);
        }
    pthread_mutex_unlock(&api->engine.lock);
    if (!gone)
        return;
    json_array_foreach(gone->files, i, file)
    {
        snprintf(path, sizeof path, "%.400s/%s/%s", api->engine.folder, api->engine.results,
                 json_string_value(file));
        remove(path);
    }
    fooocus_task_drop(&api->engine, gone);
}

void fooocus_api_history(struct request *request, struct reply *reply)
{
    struct fooocus_api *api = request->box->own;
    const char *id = request_argument(request, "job_id"),
               *remove_it = request_argument(request, "delete");
    json_t *queue, *history;

    if (id && remove_it &&
        (strcmp(remove_it, "true") == 0 || strcmp(remove_it, "True") == 0 ||
         strcmp(remove_it, "1") == 0)) {
        delete_job(api, id);
        reply_text(reply, 500, "text/plain; charset=utf-8", "Internal Server Error");
        return;
    }
    queue = json_array();
    history = json_array();
    pthread_mutex_lock(&api->engine.lock);
    for (size_t i = 0; i < api->n_jobs; i++) {
        const struct fooocus_task *t = api->jobs[i];
        bool over = t->state == FOOOCUS_FINISHED;

        if (id && strcmp(id, t->id) != 0)
            continue;
        json_array_append_new(over ? history : queue,
                              json_pack("{s:s, s:I, s:I, s:I, s:b}", "job_id", t->id,
                                        "in_queue_mills", (json_int_t)t->in_queue, "start_mills",
                                        (json_int_t)t->started, "finish_mills",
                                        (json_int_t)t->finished, "is_finished", over));
    }
    pthread_mutex_unlock(&api->engine.lock);
    reply_json(reply, 200, json_pack("{s:o, s:o}", "queue", queue, "history", history));
}
