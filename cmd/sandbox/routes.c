#include "routes.h"

#include <string.h>

#include "dialect.h"
#include "fields.h"
#include "infotext.h"
#include "input.h"
#include "lists.h"
#include "settings.h"
#include "wire/base64.h"

/* Whether a Content-Type says JSON; FastAPI takes a missing one for JSON too. */
static bool says_json(const struct request *request)
{
    const char *type = request_header(request, "Content-Type");

    if (!type)
        return true;
    return strncmp(type, "application/json", 16) == 0 ||
           (strncmp(type, "application/", 12) == 0 && strstr(type, "+json"));
}

static void reply_422(struct reply *reply, json_t *detail)
{
    reply_json(reply, 422, json_pack("{s:[o]}", "detail", detail));
}

/* Reads the body as JSON; the words are FastAPI's. */
static bool read_json(struct request *request, struct reply *reply)
{
    json_error_t error;

    if (request->json)
        return true;
    if (request->body.len == 0) {
        reply_422(reply, json_pack("{s:s, s:[s], s:s, s:n}", "type", "missing", "loc", "body",
                                   "msg", "Field required", "input"));
        return false;
    }
    if (says_json(request)) {
        request->json = json_loadb(request->body.data, request->body.len, JSON_DECODE_ANY, &error);
        if (!request->json) {
            reply_422(reply,
                      json_pack("{s:s, s:[s, i], s:s, s:{}, s:{s:s}}", "type", "json_invalid",
                                "loc", "body", error.position, "msg", "JSON decode error", "input",
                                "ctx", "error", "Expecting value"));
            return false;
        }
        buf_release(&request->body);
    }
    if (json_is_object(request->json))
        return true;
    reply_422(reply,
              json_pack("{s:s, s:[s], s:s}", "type", "model_attributes_type", "loc", "body", "msg",
                        "Input should be a valid dictionary or object to extract "
                        "fields from"));
    return false;
}

json_t *routes_fields(struct request *request, struct reply *reply, const struct field *table)
{
    json_t *values, *errors;

    if (!read_json(request, reply))
        return NULL;
    values = fields_check(table, request->json, request->box->flavour, &errors);
    if (!values)
        reply_json(reply, 422, json_pack("{s:o}", "detail", errors));
    return values;
}

static void post_interrupt(struct request *request, struct reply *reply)
{
    state_interrupt(&request->box->state);
    reply_json(reply, 200, json_object());
}

static void post_skip(struct request *request, struct reply *reply)
{
    state_skip(&request->box->state);
    reply_json(reply, 200, json_null());
}

static void get_options(struct request *request, struct reply *reply)
{
    json_t *settings;

    if (request->box->flavour == FLAVOUR_SDCPP)
        settings = json_pack("{s:s, s:s}", "samples_format", "png", "sd_model_checkpoint",
                             "sandbox-painter");
    else
        settings = settings_copy(request->box);
    reply_json(reply, 200, settings);
}

static void post_options(struct request *request, struct reply *reply)
{
    struct failure f;

    if (!read_json(request, reply))
        return;
    if (settings_change(request->box, NULL, request->json, &f) != 0)
        reply_failure(request, reply, &f);
    else
        reply_json(reply, 200, json_null());
}

static void post_png_info(struct request *request, struct reply *reply)
{
    json_t *values = routes_fields(request, reply, FIELDS_PNG_INFO), *items, *info;
    struct failure f;
    struct buf bytes;

    if (!values)
        return;
    if (input_bytes(fields_text(values, "image", ""), &bytes, &f) != 0) {
        reply_failure(request, reply, &f);
        json_decref(values);
        return;
    }
    json_decref(values);
    record_picture(request->folder, "image", -1, &bytes, NULL);
    items = input_texts(&bytes);
    buf_release(&bytes);
    info = json_incref(json_object_get(items, "parameters"));
    json_object_del(items, "parameters");
    if (!info)
        info = json_string("");
    reply_json(reply, 200,
               json_pack("{s:O, s:o, s:o}", "info", info, "items", items, "parameters",
                         infotext_parse(json_string_value(info))));
    json_decref(info);
}

static void do_nothing(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 200, json_null());
}

static void get_root(struct request *request, struct reply *reply)
{
    reply_text(reply, 200, "text/html; charset=utf-8",
               request->box->flavour == FLAVOUR_SDCPP
                   ? "Stable Diffusion Server is running"
                   : "<!doctype html>\n<title>sdctl-sandbox</title>\n<p>This is sdctl-sandbox: the "
                     "API of a WebUI server, with a painterly filter in the model's place. "
                     "Nothing is generated.\n");
}

#define WEBUI (1u << FLAVOUR_FORGE | 1u << FLAVOUR_A1111)
#define SDCPP (1u << FLAVOUR_SDCPP)

static const struct route {
    unsigned flavours;
    const char *method, *path;
    void (*serve)(struct request *request, struct reply *reply);
} ROUTES[] = {
    {WEBUI | SDCPP, "GET", "/", get_root},
    {WEBUI, "POST", "/sdapi/v1/img2img", img2img_serve},
    {SDCPP, "POST", "/sdapi/v1/img2img", sdcpp_serve},
    {WEBUI, "POST", "/sdapi/v1/interrogate", caption_serve},
    {WEBUI, "POST", "/sdapi/v1/png-info", post_png_info},
    {WEBUI, "GET", "/sdapi/v1/progress", progress_serve},
    {WEBUI, "POST", "/sdapi/v1/interrupt", post_interrupt},
    {WEBUI, "POST", "/sdapi/v1/skip", post_skip},
    {WEBUI | SDCPP, "GET", "/sdapi/v1/options", get_options},
    {WEBUI, "POST", "/sdapi/v1/options", post_options},
    {WEBUI, "POST", "/sdapi/v1/refresh-checkpoints", do_nothing},
    {WEBUI, "POST", "/sdapi/v1/refresh-loras", do_nothing},
    {WEBUI, "POST", "/sdapi/v1/refresh-vae", do_nothing},
    {WEBUI, "POST", "/controlnet/detect", control_serve},
    {WEBUI, "POST", "/internal/progress", progress_serve_task},
    {WEBUI, "GET", "/internal/pending-tasks", progress_serve_pending},
};

static void serve(struct request *request, struct reply *reply)
{
    unsigned flavour = 1u << request->box->flavour;
    bool found = false;
    json_t *fixed;

    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++) {
        const struct route *r = &ROUTES[i];

        if (!(r->flavours & flavour) || strcmp(r->path, request->path) != 0)
            continue;
        found = true;
        if (strcmp(r->method, request->method) == 0) {
            r->serve(request, reply);
            return;
        }
    }
    fixed = lists_static(request->box->flavour, request->path);
    if (fixed && strcmp(request->method, "GET") == 0) {
        reply_json(reply, 200, fixed);
        return;
    }
    if (request->box->flavour == FLAVOUR_SDCPP)
        reply_text(reply, 404, "text/plain", "");
    else
        reply_json(
            reply, found || fixed ? 405 : 404,
            json_pack("{s:s}", "detail", found || fixed ? "Method Not Allowed" : "Not Found"));
    json_decref(fixed);
}

/* HTTP Basic as FastAPI checks it; /internal has no such check. False: the reply is a 401. */
static bool check_key(struct request *request, struct reply *reply)
{
    const char *given = request_header(request, "Authorization"),
               *wanted = request->box->credentials;
    char expected[1024];
    size_t n;

    if (!wanted || strncmp(request->path, "/internal/", 10) == 0)
        return true;
    n = strlen(wanted) > 512 ? 512 : strlen(wanted);
    base64_encode(expected, wanted, n);
    expected[base64_encoded_size(n)] = '\0';
    if (given && strncmp(given, "Basic ", 6) == 0 && strcmp(given + 6, expected) == 0)
        return true;
    reply_error(request, reply, 401,
                given && strncmp(given, "Basic ", 6) == 0 ? "Incorrect username or password"
                                                          : "Not authenticated");
    reply->challenge = true;
    return false;
}

static void fail(const struct request *request, struct reply *reply, const struct failure *f)
{
    bool http = strcmp(f->exception, "HTTPException") == 0;

    if (request->box->flavour == FLAVOUR_A1111)
        reply_json(reply, f->status,
                   json_pack("{s:s, s:s, s:s, s:s}", "error", f->exception, "detail",
                             http ? f->detail : "", "body", "", "errors", http ? "" : f->detail));
    else if (http)
        reply_json(reply, f->status, json_pack("{s:s}", "detail", f->detail));
    else
        reply_text(reply, f->status, "text/plain; charset=utf-8", "Internal Server Error");
}

static const char *const PATHS[] = {"/sdapi/v1/img2img", "/sdapi/v1/interrogate", NULL};

const struct dialect dialect_webui = {
    .name = "webui",
    .check_key = check_key,
    .serve = serve,
    .fail = fail,
    .paths = PATHS,
};
