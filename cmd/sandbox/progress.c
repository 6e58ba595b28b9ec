#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "routes.h"
#include "settings.h"
#include "wire/base64.h"

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
void progress_serve(struct request *request, struct reply *reply)
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

void progress_serve_task(struct request *request, struct reply *reply)
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

void progress_serve_pending(struct request *request, struct reply *reply)
{
    json_t *tasks = state_pending(&request->box->state);

    reply_json(reply, 200,
               json_pack("{s:i, s:o}", "size", (int)json_array_size(tasks), "tasks", tasks));
}
