#include "routes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Base64 of the preview as PNG, with a prefix; NULL (JSON null) when there is none. */
static json_t *preview_json(const struct raster *preview, const char *prefix)
{
    struct buf png, text;
    struct error err;
    json_t *json = NULL;
    char *to;

    buf_init(&png, (size_t)1 << 28);
    buf_init(&text, (size_t)1 << 29);
    if (preview->pixels && raster_write_png(preview, NULL, &png, &err) == 0) {
        buf_adds(&text, prefix);
        to = buf_room(&text, base64_encoded_size(png.len));
        if (to) {
            base64_encode(to, png.data, png.len);
            json = json_stringn(text.data, strlen(prefix) + base64_encoded_size(png.len));
        }
    }
    buf_release(&png);
    buf_release(&text);
    return json ? json : json_null();
}

static int preview_period(struct sandbox *box)
{
    json_t *settings = settings_copy(box);
    int every = settings_flag(settings, "live_previews_enable")
                    ? settings_int(settings, "show_progress_every_n_steps", 10)
                    : 0;

    json_decref(settings);
    return every;
}

static json_t *state_json(const struct state_view *v)
{
    return json_pack("{s:b, s:b, s:b, s:s, s:i, s:s, s:i, s:i, s:i}", "skipped", (int)v->skipped,
                     "interrupted", (int)v->interrupted, "stopping_generation", 0, "job", v->job,
                     "job_count", v->job_count, "job_timestamp", v->job_timestamp, "job_no",
                     v->job_no, "sampling_step", v->sampling_step, "sampling_steps",
                     v->sampling_steps);
}

/* GET /sdapi/v1/progress, its arithmetic with an unknown job count included (A18). */
static void get_progress(struct request *request, struct reply *reply)
{
    const char *skip = request_argument(request, "skip_current_image");
    bool with_image =
        !skip || (strcmp(skip, "true") != 0 && strcmp(skip, "1") != 0 && strcmp(skip, "True") != 0);
    struct raster preview = {0};
    struct state_view v;
    double progress = 0.01, eta;

    state_view(&request->box->state, &v);
    if (v.job_count == 0) {
        reply_json(reply, 200,
                   json_pack("{s:f, s:f, s:o, s:n, s:n}", "progress", 0.0, "eta_relative", 0.0,
                             "state", state_json(&v), "current_image", "textinfo"));
        return;
    }
    if (v.job_count > 0)
        progress += (double)v.job_no / v.job_count;
    if (v.sampling_steps > 0)
        progress += 1.0 / v.job_count * v.sampling_step / v.sampling_steps;
    if (progress == 0) {
        struct failure f;

        failure_set(&f, 500, "ZeroDivisionError", "float division by zero");
        reply_failure(request, reply, &f);
        return;
    }
    eta = v.since_start / progress - v.since_start;
    if (with_image)
        state_preview(&request->box->state, preview_period(request->box), &preview);
    reply_json(reply, 200,
               json_pack("{s:f, s:f, s:o, s:o, s:n}", "progress", progress > 1 ? 1.0 : progress,
                         "eta_relative", eta, "state", state_json(&v), "current_image",
                         preview_json(&preview, ""), "textinfo"));
    raster_release(&preview);
}

/* POST /internal/progress for a task that does not run. */
static json_t *waiting_json(const struct state_task *t)
{
    char text[64] = "Waiting...";

    if (t->queued)
        snprintf(text, sizeof text, "In queue: %d/%d", t->position, t->waiting);
    return json_pack("{s:b, s:b, s:b, s:n, s:n, s:n, s:i, s:s}", "active", 0, "queued",
                     (int)t->queued, "completed", (int)t->completed, "progress", "eta",
                     "live_preview", "id_live_preview", -1, "textinfo", text);
}

static void post_internal_progress(struct request *request, struct reply *reply)
{
    json_t *values = routes_fields(request, reply, FIELDS_PROGRESS), *image = json_null();
    struct raster preview = {0};
    struct state_task t;
    struct state_view v;
    double progress = 0;
    int id, seen;

    if (!values)
        return;
    t = state_task(&request->box->state, fields_text(values, "id_task", ""));
    if (!t.active) {
        reply_json(reply, 200, waiting_json(&t));
        json_decref(values);
        return;
    }
    id = seen = (int)fields_int(values, "id_live_preview", -1);
    state_view(&request->box->state, &v);
    if (v.job_count > 0) {
        progress += (double)v.job_no / v.job_count;
        if (v.sampling_steps > 0)
            progress += 1.0 / v.job_count * v.sampling_step / v.sampling_steps;
    }
    progress = progress > 1 ? 1 : progress;
    if (fields_flag(values, "live_preview")) {
        int now = state_preview(&request->box->state, preview_period(request->box), &preview);

        if (now != seen && preview.pixels) {
            image = preview_json(&preview, "data:image/png;base64,");
            id = now;
        }
        raster_release(&preview);
    }
    json_decref(values);
    reply_json(
        reply, 200,
        json_pack("{s:b, s:b, s:b, s:f, s:o, s:o, s:i, s:n}", "active", 1, "queued", (int)t.queued,
                  "completed", (int)t.completed, "progress", progress, "eta",
                  progress > 0 ? json_real(v.since_start / progress - v.since_start) : json_null(),
                  "live_preview", image, "id_live_preview", id, "textinfo"));
}

static void get_pending(struct request *request, struct reply *reply)
{
    json_t *tasks = state_pending(&request->box->state);

    reply_json(reply, 200,
               json_pack("{s:i, s:o}", "size", (int)json_array_size(tasks), "tasks", tasks));
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

#define WEBUI (1u << FLAVOUR_FORGE | 1u << FLAVOUR_A1111)
#define SDCPP (1u << FLAVOUR_SDCPP)

static const struct route {
    unsigned flavours;
    const char *method, *path;
    void (*serve)(struct request *request, struct reply *reply);
} ROUTES[] = {
    {WEBUI, "POST", "/sdapi/v1/img2img", routes_img2img},
    {SDCPP, "POST", "/sdapi/v1/img2img", routes_sdcpp},
    {WEBUI, "POST", "/sdapi/v1/interrogate", routes_interrogate},
    {WEBUI, "POST", "/sdapi/v1/png-info", post_png_info},
    {WEBUI, "GET", "/sdapi/v1/progress", get_progress},
    {WEBUI, "POST", "/sdapi/v1/interrupt", post_interrupt},
    {WEBUI, "POST", "/sdapi/v1/skip", post_skip},
    {WEBUI | SDCPP, "GET", "/sdapi/v1/options", get_options},
    {WEBUI, "POST", "/sdapi/v1/options", post_options},
    {WEBUI, "POST", "/sdapi/v1/refresh-checkpoints", do_nothing},
    {WEBUI, "POST", "/sdapi/v1/refresh-loras", do_nothing},
    {WEBUI, "POST", "/sdapi/v1/refresh-vae", do_nothing},
    {WEBUI, "POST", "/controlnet/detect", routes_detect},
    {WEBUI, "POST", "/internal/progress", post_internal_progress},
    {WEBUI, "GET", "/internal/pending-tasks", get_pending},
};

void routes_serve(struct request *request, struct reply *reply)
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
