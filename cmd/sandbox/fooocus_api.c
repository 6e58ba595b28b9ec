#include "fooocus_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caption.h"
#include "dialect.h"
#include "fooocus_body.h"
#include "fooocus_fields.h"
#include "fooocus_file.h"

static void post_stop(struct request *request, struct reply *reply)
{
    struct fooocus_api *api = request->box->own;

    if (!fooocus_engine_interrupt(&api->engine, "stop")) {
        pthread_mutex_lock(&api->engine.lock);
        api->engine.stop_next = true;
        pthread_mutex_unlock(&api->engine.lock);
    }
    reply_json(reply, 200, json_pack("{s:s}", "msg", "success"));
}

/* The bytes of the multipart part of that name; false when there is none. */
static bool find_part(const struct request *request, const char *name, const char **from, size_t *n)
{
    const char *type = request_header(request, "Content-Type"), *boundary, *at, *end;
    char mark[200], wanted[80];
    size_t length;

    boundary =
        type && strncmp(type, "multipart/form-data", 19) == 0 ? strstr(type, "boundary=") : NULL;
    if (!boundary || request->body.len == 0)
        return false;
    boundary += 9;
    boundary += *boundary == '"';
    snprintf(mark, sizeof mark, "\r\n--%.*s", (int)strcspn(boundary, "\";"), boundary);
    snprintf(wanted, sizeof wanted, " name=\"%s\"", name);
    length = strlen(mark);
    end = request->body.data + request->body.len;
    at = strstr(request->body.data, wanted); /* heads are text, and stand in front of the bytes */
    at = at ? strstr(at, "\r\n\r\n") : NULL;
    if (!at)
        return false;
    *from = at += 4;
    for (; at + length <= end; at++)
        if (memcmp(at, mark, length) == 0) {
            *n = (size_t)(at - *from);
            return true;
        }
    return false;
}

static void post_describe(struct request *request, struct reply *reply)
{
    const char *type = request_argument(request, "image_type"), *bytes;
    struct fooocus_picture picture = {0};
    struct raster rgb = {0};
    struct failure f;
    struct buf text;
    size_t n;

    if (!find_part(request, "image", &bytes, &n)) {
        reply_json(reply, 422,
                   json_pack("{s:[{s:s, s:[s, s], s:s, s:n}], s:n}", "detail", "type", "missing",
                             "loc", "body", "image", "msg", "Field required", "input", "body"));
        return;
    }
    if (type && !fooocus_fields_has(FOOOCUS_DESCRIBE, type)) {
        reply_json(reply, 422,
                   json_pack("{s:[{s:s, s:[s, s], s:s, s:s}], s:n}", "detail", "type", "enum",
                             "loc", "query", "image_type", "msg",
                             "Input should be 'Photo' or 'Anime'", "input", type, "body"));
        return;
    }
    buf_init(&text, 4096);
    if (fooocus_picture_decode(bytes, n, &picture, &f) == 0 &&
        fooocus_picture_rgb(&picture, &rgb, &f) == 0) {
        if (type && strcmp(type, "Anime") == 0)
            caption_tags(&rgb, &text);
        else
            caption_sentence(&rgb, &text);
        reply_json(reply, 200, json_pack("{s:s}", "describe", buf_str(&text)));
    } else {
        reply_failure(request, reply, &f);
    }
    buf_release(&text);
    raster_release(&rgb);
    fooocus_picture_release(&picture);
}

static void get_file(struct request *request, struct reply *reply)
{
    struct fooocus_api *api = request->box->own;

    fooocus_file_serve(request, reply, &api->engine, request->path, false, 500);
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

static void get_ping(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200, json_string("pong"));
}

static void get_clean(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200, json_pack("{s:s}", "message", "ok"));
}

static void get_home(struct request *request, struct reply *reply)
{
    (void)request;
    reply_text(reply, 200, "text/html; charset=utf-8",
               "Swagger-UI to: <a href=\"/docs\">/docs</a>");
}

/* The request models only. */
static void get_openapi(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200,
               json_pack("{s:s, s:{s:s, s:s}, s:{s:{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}}}",
                         "openapi", "3.1.0", "info", "title", "FastAPI", "version", "0.1.0",
                         "components", "schemas", "CommonRequest",
                         fooocus_check_schema(FOOOCUS_API_TEXT), "AdvancedParams",
                         fooocus_check_schema(FOOOCUS_API_ADVANCED), "Text2ImgRequestWithPrompt",
                         fooocus_check_schema(FOOOCUS_API_TEXT_IP), "ImgUpscaleOrVaryRequestJson",
                         fooocus_check_schema(FOOOCUS_API_UOV), "ImgInpaintOrOutpaintRequestJson",
                         fooocus_check_schema(FOOOCUS_API_INPAINT), "ImgPromptRequestJson",
                         fooocus_check_schema(FOOOCUS_API_PROMPT), "ImageEnhanceRequestJson",
                         fooocus_check_schema(FOOOCUS_API_ENHANCE), "Lora",
                         fooocus_check_schema(FOOOCUS_LORA_MODEL)));
}

static const struct fooocus_route ROUTES[] = {
    {"GET", "/", get_home},
    {"GET", "/ping", get_ping},
    {"POST", "/v1/generation/text-to-image", fooocus_api_generate},
    {"POST", "/v2/generation/text-to-image-with-ip", fooocus_api_generate},
    {"POST", "/v2/generation/image-upscale-vary", fooocus_api_generate},
    {"POST", "/v2/generation/image-inpaint-outpaint", fooocus_api_generate},
    {"POST", "/v2/generation/image-prompt", fooocus_api_generate},
    {"POST", "/v2/generation/image-enhance", fooocus_api_generate},
    {"GET", "/v1/generation/query-job", fooocus_api_query},
    {"GET", "/v1/generation/job-queue", fooocus_api_queue},
    {"GET", "/v1/generation/job-history", fooocus_api_history},
    {"POST", "/v1/generation/stop", post_stop},
    {"POST", "/v1/tools/describe-image", post_describe},
    {"GET", "/v1/engines/all-models", get_models},
    {"GET", "/v1/engines/styles", get_styles},
    {"GET", "/v1/engines/clean_vram", get_clean},
    {"GET", "/files/*", get_file},
    {"GET", "/openapi.json", get_openapi},
    {NULL, NULL, NULL},
};

static void serve(struct request *request, struct reply *reply)
{
    fooocus_body_route(ROUTES, request, reply);
}

static bool check_key(struct request *request, struct reply *reply)
{
    return strncmp(request->path, "/files/", 7) == 0 ||
           strcmp(request->path, "/openapi.json") == 0 || fooocus_body_key(request, reply);
}

static void ended(struct fooocus_engine *engine, struct fooocus_task *task)
{
    (void)engine;
    (void)task;
}

static bool start(struct sandbox *box)
{
    struct fooocus_api *api = calloc(1, sizeof *api);

    if (!api)
        return false;
    if (!fooocus_engine_start(&api->engine, box, "files", ended)) {
        free(api);
        return false;
    }
    box->own = api;
    return true;
}

static void stop(struct sandbox *box)
{
    struct fooocus_api *api = box->own;

    fooocus_engine_join(&api->engine);
    for (size_t i = 0; i < api->n_jobs; i++)
        fooocus_task_drop(&api->engine, api->jobs[i]);
    fooocus_engine_stop(&api->engine);
    free(api->jobs);
    free(api);
    box->own = NULL;
}

static const char *const PATHS[] = {
    "/v1/generation/text-to-image",      "/v2/generation/text-to-image-with-ip",
    "/v2/generation/image-upscale-vary", "/v2/generation/image-inpaint-outpaint",
    "/v2/generation/image-prompt",       "/v2/generation/image-enhance",
    "/v1/tools/describe-image",          NULL};

static const struct fault FAULTS[] = {
    {"queue-full", NULL, 0, "the queue is full", NULL},
    {"lost-job", NULL, 0, "the job and all behind it wait for ever", NULL},
    {"finish-error", NULL, 0, "a synchronous result with finish_reason ERROR", NULL},
    {"finish-cancel", NULL, 0, "a synchronous result with finish_reason USER_CANCEL", NULL},
    {"job-error", NULL, 0, "the job fails: ERROR, or an empty list", NULL},
    {"other-host", NULL, 0, "links to results name http://10.0.0.245:8888", NULL},
    {0},
};

const struct dialect dialect_fooocus_api = {
    .name = "fooocus-api",
    .start = start,
    .stop = stop,
    .check_key = check_key,
    .serve = serve,
    .fail = fooocus_body_fail,
    .paths = PATHS,
    .faults = FAULTS,
};
