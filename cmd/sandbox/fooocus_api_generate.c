#include "fooocus_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "fields.h"
#include "fooocus_body.h"
#include "fooocus_fields.h"
#include "fooocus_file.h"

/* Text of one failure that has no picture to show. */
static json_t *failed_result(const char *reason)
{
    return json_pack("[{s:n, s:n, s:s, s:s}]", "base64", "url", "seed", "", "finish_reason",
                     reason);
}

static void reply_full(struct reply *reply, const struct fooocus_task *task, bool binary,
                       bool async)
{
    if (binary)
        reply_text(reply, 409, NULL, "QUEUE_IS_FULL");
    else if (async)
        reply_json(reply, 200,
                   json_pack("{s:s, s:s, s:s, s:i, s:n, s:n, s:o}", "job_id", "", "job_type",
                             task->type, "job_stage", "ERROR", "job_progress", 0, "job_status",
                             "job_step_preview", "job_result", failed_result("QUEUE_IS_FULL")));
    else
        reply_json(reply, 200, failed_result("QUEUE_IS_FULL"));
}

/* The first result as PNG, whatever its file is; 500 without one. */
static void reply_binary(struct reply *reply, const struct fooocus_api *api,
                         const struct fooocus_task *task)
{
    const char *file = json_string_value(json_array_get(task->files, 0));
    struct fooocus_picture picture = {0};
    char path[RECORD_PATH_MAX];
    struct buf bytes;
    struct failure f;

    reply_text(reply, 500, NULL, "");
    if (!file)
        return;
    snprintf(path, sizeof path, "%.400s/%s/%s", api->engine.folder, api->engine.results, file);
    if (fooocus_picture_load(path, &bytes) &&
        fooocus_picture_decode(bytes.data, bytes.len, &picture, &f) == 0) {
        buf_release(&bytes);
        if (fooocus_picture_encode(&picture.raster, "png", NULL, &bytes))
            reply_bytes(reply, 200, "image/png", bytes.data, bytes.len);
    }
    fooocus_picture_release(&picture);
    buf_release(&bytes);
}

/* Waits for the job and answers with its results. */
static void finish(struct request *request, struct reply *reply, struct fooocus_task *task,
                   bool binary)
{
    struct fooocus_api *api = request->box->own;
    struct failure f;
    json_t *results;

    if (!fooocus_engine_finish(&api->engine, task)) {
        reply_text(reply, 503, NULL, "");
        return;
    }
    if (binary) {
        reply_binary(reply, api, task);
        return;
    }
    results = fault_strikes(request, "finish-error")    ? failed_result("ERROR")
              : fault_strikes(request, "finish-cancel") ? failed_result("USER_CANCEL")
                                                        : fooocus_api_results(api, task, &f);
    if (results)
        reply_json(reply, 200, results);
    else
        reply_failure(request, reply, &f);
}

static const struct {
    const char *path;
    const struct fooocus_field *model;
} KINDS[] = {[KIND_TEXT] = {"/v1/generation/text-to-image", FOOOCUS_API_TEXT},
             [KIND_TEXT_IP] = {"/v2/generation/text-to-image-with-ip", FOOOCUS_API_TEXT_IP},
             [KIND_UOV] = {"/v2/generation/image-upscale-vary", FOOOCUS_API_UOV},
             [KIND_INPAINT] = {"/v2/generation/image-inpaint-outpaint", FOOOCUS_API_INPAINT},
             [KIND_PROMPT] = {"/v2/generation/image-prompt", FOOOCUS_API_PROMPT},
             [KIND_ENHANCE] = {"/v2/generation/image-enhance", FOOOCUS_API_ENHANCE}};

static void run(struct request *request, struct reply *reply, struct fooocus_task *task,
                bool binary)
{
    struct fooocus_api *api = request->box->own;
    bool async = fields_flag(task->request, "async_process");
    struct failure f;

    if (fault_strikes(request, "lost-job"))
        task->wedges = true;
    if (fault_strikes(request, "job-error"))
        json_object_set_new(task->order.values, "aspect_ratios_selection", json_string("none"));
    if (!fooocus_api_submit(api, task,
                            fault_strikes(request, "queue-full") ? 0 : request->box->queue_size)) {
        reply_full(reply, task, binary, async);
        return;
    }
    sandbox_accepted(request->box, task->id);
    fooocus_file_record_id(task);
    if (async)
        reply_json(reply, 200, fooocus_api_job(api, task, false, &f));
    else
        finish(request, reply, task, binary);
}

/* Accept (or ?accept=) of exactly image/png gives bytes, except when async_process is set too. */
void fooocus_api_generate(struct request *request, struct reply *reply)
{
    const char *accept = request_argument(request, "accept");
    struct fooocus_api *api = request->box->own;
    enum fooocus_api_kind kind = KIND_TEXT;
    struct fooocus_task *task;
    struct failure f = {0};
    bool binary;
    json_t *body;

    while (kind < KIND_ENHANCE && strcmp(KINDS[kind].path, request->path) != 0)
        kind++;
    body = fooocus_body(request, reply, KINDS[kind].model, true);
    if (!body)
        return;
    task = fooocus_task_new();
    if (!task) {
        json_decref(body);
        return;
    }
    accept = accept && *accept ? accept : request_header(request, "Accept");
    binary = accept && strcmp(accept, "image/png") == 0;
    if (binary)
        json_object_set_new(body, "image_number", json_integer(1));
    if (fault_strikes(request, "other-host"))
        snprintf(task->base_url, sizeof task->base_url, "http://10.0.0.245:8888");
    else
        snprintf(task->base_url, sizeof task->base_url, "http://127.0.0.1:%u", request->box->port);
    fooocus_body_uuid(task->id, true);
    if (fooocus_api_order(request, body, kind, task, &f) == 0)
        run(request, reply, task, binary);
    else
        reply_failure(request, reply, &f);
    fooocus_task_drop(&api->engine, task);
}
