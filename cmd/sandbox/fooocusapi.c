#include "fooocusapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caption.h"
#include "dialect.h"
#include "fields.h"
#include "fooocus_body.h"
#include "fooocus_fields.h"
#include "fooocus_file.h"
#include "fooocusapi_history.h"
#include "wire/base64.h"

/* post_worker.py: the end of a task goes into the record. That fails when the record was deleted
 * meanwhile, and does not happen when nobody waits any more. */
static void record_end(struct fooocus_engine *engine, struct fooocus_task *task)
{
    struct fooocusapi *api = engine->own;
    json_t *links;
    char status[16];
    bool gone;

    pthread_mutex_lock(&engine->lock);
    gone = task->gone;
    snprintf(status, sizeof status, "%s", *task->stop ? task->stop : "finished");
    pthread_mutex_unlock(&engine->lock);
    if (gone)
        return;
    links = fooocusapi_links(api, task);
    task->record =
        history_finish(api->history, task->id, task->started, task->finished, status, links);
    json_decref(links);
}

static bool start(struct sandbox *box)
{
    struct fooocusapi *api = calloc(1, sizeof *api);
    char path[RECORD_PATH_MAX];

    if (!api)
        return false;
    api->started = fooocus_engine_millis();
    api->engine.own = api;
    if (!fooocus_engine_start(&api->engine, box, "outputs", record_end)) {
        free(api);
        return false;
    }
    snprintf(path, sizeof path, "%s/outputs/db.sqlite3", api->engine.folder);
    api->history = history_open(path);
    if (!api->history) {
        state_stop(&box->state);
        fooocus_engine_stop(&api->engine);
        free(api);
        return false;
    }
    box->own = api;
    return true;
}

static void stop(struct sandbox *box)
{
    struct fooocusapi *api = box->own;

    fooocus_engine_stop(&api->engine);
    history_close(api->history);
    json_decref(api->stale);
    free(api);
    box->own = NULL;
}

static bool is_file(const char *path)
{
    return strncmp(path, "/outputs/", 9) == 0 || strncmp(path, "/inputs/", 8) == 0;
}

static bool check_key(struct request *request, struct reply *reply)
{
    const char *path = request->path;

    return is_file(path) || strcmp(path, "/") == 0 || strcmp(path, "/openapi.json") == 0 ||
           fooocus_body_key(request, reply);
}

static void get_file(struct request *request, struct reply *reply)
{
    struct fooocusapi *api = request->box->own;

    fooocus_file_serve(request, reply, &api->engine, request->path,
                       strncmp(request->path, "/inputs/", 8) == 0, 404);
}

static void post_control(struct request *request, struct reply *reply)
{
    struct fooocusapi *api = request->box->own;
    const char *action = request_argument(request, "action");

    if (!action) {
        fooocus_body_missing(reply, "action");
        return;
    }
    if (strcmp(action, "stop") != 0 && strcmp(action, "skip") != 0)
        reply_json(reply, 200, json_pack("{s:s}", "message", "Invalid control action"));
    else if (!fooocus_engine_interrupt(&api->engine, action))
        reply_json(reply, 200, json_pack("{s:s}", "message", "No task running"));
    else
        reply_json(reply, 200, json_pack("{s:o}", "message", json_sprintf("task %sed", action)));
}

/* The RGB picture that a tool's request carries; -1 with the reply filled. */
static int read_tool_picture(struct request *request, struct reply *reply, const json_t *values,
                             struct raster *rgb)
{
    struct fooocusapi *api = request->box->own;
    struct fooocus_keep keep = {request->folder, "image"};
    struct fooocus_picture picture = {0};
    struct failure f;
    int result = fooocus_picture_read(fields_text(values, "image", ""), api->engine.folder, &keep,
                                      &picture, &f);

    *rgb = (struct raster){0};
    if (result == 0 && !picture.raster.pixels)
        result = failure_set(&f, 500, "AttributeError", "'NoneType' object has no attribute");
    if (result == 0)
        result = fooocus_picture_rgb(&picture, rgb, &f);
    if (result != 0)
        reply_failure(request, reply, &f);
    fooocus_picture_release(&picture);
    return result;
}

static void post_describe(struct request *request, struct reply *reply)
{
    json_t *values = fooocus_body(request, reply, FOOOCUSAPI_DESCRIBE, false);
    struct raster rgb;
    struct buf text;

    if (!values)
        return;
    buf_init(&text, 4096);
    if (read_tool_picture(request, reply, values, &rgb) == 0) {
        if (strcmp(fields_text(values, "image_type", "Photo"), "Photo") == 0)
            caption_sentence(&rgb, &text);
        else
            caption_tags(&rgb, &text);
        reply_json(reply, 200, json_pack("{s:s}", "describe", buf_str(&text)));
    }
    raster_release(&rgb);
    buf_release(&text);
    json_decref(values);
}

/* What stands in the place of a segmentation: an ellipse in the middle is the subject. */
static void post_mask(struct request *request, struct reply *reply)
{
    json_t *values = fooocus_body(request, reply, FOOOCUS_MASK_REQUEST, false);
    struct raster rgb;
    struct buf png;
    char *text;

    if (!values)
        return;
    if (read_tool_picture(request, reply, values, &rgb) == 0) {
        for (size_t i = 0; i < (size_t)rgb.width * rgb.height; i++) {
            double x = 2.0 * (double)(i % rgb.width) / rgb.width - 1,
                   y = 2.0 * (double)(i / rgb.width) / rgb.height - 1;

            memset(rgb.pixels + 3 * i, x * x + y * y < 0.4 ? 255 : 0, 3);
        }
        text = fooocus_picture_encode(&rgb, "png", NULL, &png)
                   ? malloc(base64_encoded_size(png.len) + 1)
                   : NULL;
        if (text) {
            base64_encode(text, png.data, png.len);
            reply_json(reply, 200, json_stringn(text, base64_encoded_size(png.len)));
        }
        free(text);
        buf_release(&png);
    }
    raster_release(&rgb);
    json_decref(values);
}

static void get_models(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200,
               json_pack("{s:o, s:o}", "model_filenames", fooocus_fields_names(FOOOCUS_MODELS),
                         "lora_filenames", fooocus_fields_names(FOOOCUS_LORAS)));
}

static void get_styles(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200, fooocus_fields_names(FOOOCUS_STYLES));
}

static void get_root(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 307, NULL, "");
    snprintf(reply->location, sizeof reply->location, "/docs");
}

/* The request models only. */
static void get_openapi(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200,
               json_pack("{s:s, s:{s:s, s:s}, s:{s:{s:o, s:o, s:o}}}", "openapi", "3.1.0", "info",
                         "title", "FastAPI", "version", "0.1.0", "components", "schemas",
                         "CommonRequest", fooocus_check_schema(FOOOCUSAPI_REQUEST),
                         "DescribeImageRequest", fooocus_check_schema(FOOOCUSAPI_DESCRIBE),
                         "GenerateMaskRequest", fooocus_check_schema(FOOOCUS_MASK_REQUEST)));
}

static const struct fooocus_route ROUTES[] = {
    {"GET", "/", get_root},
    {"POST", "/v1/engine/generate/", fooocusapi_generate},
    {"POST", "/v1/engine/control", post_control},
    {"POST", "/v1/tools/describe-image", post_describe},
    {"POST", "/v1/tools/generate_mask", post_mask},
    {"GET", "/v1/engines/all-models", get_models},
    {"GET", "/v1/engines/styles", get_styles},
    {"GET", "/tasks", fooocusapi_tasks},
    {"GET", "/tasks/*", fooocusapi_task},
    {"GET", "/outputs/*", get_file},
    {"GET", "/inputs/*", get_file},
    {"GET", "/openapi.json", get_openapi},
    {NULL, NULL, NULL},
};

static void serve(struct request *request, struct reply *reply)
{
    fooocus_body_route(ROUTES, request, reply);
}

static const char *const PATHS[] = {"/v1/engine/generate/", "/v1/tools/describe-image", NULL};

static const struct fault FAULTS[] = {
    {"lost-task", NULL, 0, "the task never ends: its status stays null", NULL},
    {"finished-empty", NULL, 0, "the task fails: finished, without a result", NULL},
    {"sync-500", NULL, 0, "a synchronous request ends in a 500 although the result is there", NULL},
    {"stream-cut", NULL, 0, "the event stream breaks off at the first sampling step", NULL},
    {"stream-error", NULL, 0, "an error event, then the stream ends without \"Finished\"", NULL},
    {"stream-pings", NULL, 0, "a comment in front of every event", NULL},
    {"other-host", NULL, 0, "links to results name http://10.0.0.245:7866", NULL},
    {0},
};

const struct dialect dialect_fooocusapi = {
    .name = "fooocusapi",
    .start = start,
    .stop = stop,
    .check_key = check_key,
    .serve = serve,
    .fail = fooocus_body_fail,
    .paths = PATHS,
    .faults = FAULTS,
};
