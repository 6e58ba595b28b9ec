#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "fields.h"
#include "fooocus_body.h"
#include "fooocus_fields.h"
#include "fooocus_file.h"
#include "fooocusapi.h"
#include "fooocusapi_history.h"

json_t *fooocusapi_links(const struct fooocusapi *api, const struct fooocus_task *task)
{
    json_t *links = json_array();
    const json_t *file;
    size_t i;

    json_array_foreach(task->files, i, file)
        json_array_append_new(links, json_sprintf("%s/%s/%s", task->base_url, api->engine.results,
                                                  json_string_value(file)));
    return links;
}

/* The first result as bytes of the format; 204 when there is none, 500 for "jpg", which Pillow does
 * not know by that name (D15). */
static void reply_binary(struct reply *reply, const struct fooocusapi *api,
                         const struct fooocus_task *task, const char *ext)
{
    const char *file = json_string_value(json_array_get(task->files, 0));
    struct fooocus_picture picture = {0};
    char path[RECORD_PATH_MAX];
    struct failure f;
    struct buf bytes;

    if (!file) {
        reply_text(reply, 204, NULL, "");
        return;
    }
    snprintf(path, sizeof path, "%.400s/%s/%s", api->engine.folder, api->engine.results, file);
    reply_text(reply, 500, "text/plain; charset=utf-8", "Internal Server Error");
    if (!fooocus_picture_load(path, &bytes))
        return;
    if (strcmp(ext, "jpg") != 0 &&
        fooocus_picture_decode(bytes.data, bytes.len, &picture, &f) == 0) {
        buf_release(&bytes);
        if (fooocus_picture_encode(&picture.raster, ext, NULL, &bytes))
            reply_bytes(reply, 200,
                        strcmp(ext, "png") == 0    ? "image/png"
                        : strcmp(ext, "webp") == 0 ? "image/webp"
                                                   : "image/jpeg",
                        bytes.data, bytes.len);
    }
    fooocus_picture_release(&picture);
    buf_release(&bytes);
}

/* What the reply of an asynchronous task says: nothing yet (response.py RecordResponse). */
static json_t *pending(const struct fooocus_task *task)
{
    return json_pack("{s:i, s:s, s:{}, s:i, s:i, s:i, s:s, s:i, s:s, s:s, s:[]}", "id", -1,
                     "task_id", task->id, "req_params", "in_queue_mills", -1, "start_mills", -1,
                     "finish_mills", -1, "task_status", "pending", "progress", -1, "preview", "",
                     "webhook_url", "", "result");
}

/* Records the task and lets it wait; a lost one is recorded only. */
static void submit(struct request *request, struct fooocus_task *task)
{
    struct fooocusapi *api = request->box->own;

    task->in_queue = fooocus_engine_millis();
    history_add(api->history, task->id, task->request, task->in_queue,
                fields_text(task->order.values, "webhook_url", ""));
    sandbox_accepted(request->box, task->id);
    fooocus_file_record_id(task);
    if (fault_strikes(request, "lost-task")) {
        task->gone = true;
        task->state = FOOOCUS_FINISHED;
        return;
    }
    if (fault_strikes(request, "finished-empty"))
        json_object_set_new(task->order.values, "base_model_name", json_string("out of memory"));
    fooocus_task_hold(&api->engine, task);
    fooocus_engine_add(&api->engine, task);
}

static void run(struct request *request, struct reply *reply, struct fooocus_task *task,
                const char *ext)
{
    struct fooocusapi *api = request->box->own;

    submit(request, task);
    if (*ext) {
        if (fooocus_engine_finish(&api->engine, task))
            reply_binary(reply, api, task, ext);
        return;
    }
    if (fields_flag(task->order.values, "stream_output")) {
        fooocusapi_stream(request, reply, task, task->gone);
    } else if (fields_flag(task->order.values, "async_process")) {
        reply_json(reply, 200, pending(task));
    } else {
        reply_text(reply, 500, "text/plain; charset=utf-8", "Internal Server Error");
        if (fooocus_engine_finish(&api->engine, task) && task->record &&
            !fault_strikes(request, "sync-500"))
            reply_json(reply, 200, json_incref(task->record));
    }
}

/* The mode: Accept "image/x" before stream_output before async_process before waiting. */
void fooocusapi_generate(struct request *request, struct reply *reply)
{
    json_t *values = fooocus_body(request, reply, FOOOCUSAPI_REQUEST, false);
    const char *accept = request_header(request, "Accept");
    struct fooocusapi *api = request->box->own;
    struct fooocus_task *task;
    struct failure f = {0};
    char ext[16] = "";
    bool image = false;

    if (!values)
        return;
    reply_text(reply, 500, "text/plain; charset=utf-8", "Internal Server Error");
    task = accept ? fooocus_task_new() : NULL;
    if (!task) {
        json_decref(values);
        return;
    }
    fooocus_file_accept(accept, ext, &image);
    if (strcmp(ext, "jpg") != 0 && strcmp(ext, "jpeg") != 0 && strcmp(ext, "webp") != 0)
        snprintf(ext, sizeof ext, "png");
    if (!image)
        *ext = '\0';
    else
        json_object_set_new(values, "image_number", json_integer(1));
    if (fault_strikes(request, "other-host"))
        snprintf(task->base_url, sizeof task->base_url, "http://10.0.0.245:7866");
    else
        snprintf(task->base_url, sizeof task->base_url, "http://127.0.0.1:%u", request->box->port);
    fooocus_body_uuid(task->id, false);
    if (fooocusapi_order(request, values, task, &f) == 0) {
        if (image)
            snprintf(task->ext, sizeof task->ext, "%s", ext);
        run(request, reply, task, ext);
    } else if (!image && fields_flag(values, "stream_output")) {
        fooocusapi_stream(request, reply, NULL, true);
    } else {
        reply_failure(request, reply, &f);
    }
    fooocus_task_drop(&api->engine, task);
}
