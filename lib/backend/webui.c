#include "backend/webui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "wire/json.h"

static bool recognise(const json_t *fact)
{
    return json_string_at(json_array_get(fact, 0), "name") != NULL;
}

/* The answer at a path is known by the path. */
static size_t need(struct fact *facts, size_t n, const char *path)
{
    facts[n].key = path;
    snprintf(facts[n].path, sizeof facts[n].path, "%s", path);
    return n + 1;
}

static size_t facts_needed(const struct task *task, struct fact *facts, size_t cap)
{
    size_t n = 0;
    const json_t *native = task->native;
    bool vae = json_get_path(native, WEBUI_VAE) != NULL;

    if (task->operation == OPERATION_INTERROGATE || cap < 5) {
        return 0;
    }
    n = need(facts, n, WEBUI_SAMPLERS);
    if (json_object_get(native, "sampler_name") || json_object_get(native, "sampler_index") ||
        json_object_get(native, "scheduler")) {
        n = need(facts, n, WEBUI_SCHEDULERS);
    }
    if (json_get_path(native, WEBUI_CHECKPOINT) != NULL) {
        n = need(facts, n, WEBUI_MODELS);
    }
    if (vae) {
        n = need(facts, n, WEBUI_VAES);
    }
    if (vae || json_object_get(task->neutral, "controlnet") != NULL) {
        n = need(facts, n, WEBUI_MODULES);
    }
    return n;
}

static bool request_submission(const struct task *task, struct request *request)
{
    bool interrogate = task->operation == OPERATION_INTERROGATE;

    request->body = json_incref(task->native);
    request->tap = interrogate ? NULL : "images[]";
    return request_path(request, "/sdapi/v1/%s", interrogate ? "interrogate" : "img2img");
}

static bool request_progress(const struct task *task, struct request *request)
{
    if (task->id[0] == '\0' || !request_path(request, "/internal/progress")) {
        return false;
    }
    request->tap = task->previews ? "live_preview" : NULL;
    request->body = json_pack("{s:s,s:I,s:b}", "id_task", task->id, "id_live_preview",
                              (json_int_t)(task->previews ? task->preview : -1), "live_preview",
                              task->previews);
    return request->body != NULL;
}

static bool request_control(const char *path, struct request *request)
{
    request->body = json_object();
    return request->body != NULL && request_path(request, "%s", path);
}

static bool webui_request(const struct task *task, enum ask ask, struct request *request)
{
    *request = (struct request){0};
    if (ask == ASK_SUBMIT) {
        return request_submission(task, request);
    }
    if (task->flavour == WEBUI_SDCPP) {
        return false;
    }
    switch (ask) {
    case ASK_STATE:
    case ASK_PROGRESS:
        return request_progress(task, request);
    case ASK_PROGRESS_STEP:
        return request_path(request, "/sdapi/v1/progress?skip_current_image=true");
    case ASK_CANCEL:
        return request_control("/sdapi/v1/interrupt", request);
    case ASK_SKIP:
        return request_control("/sdapi/v1/skip", request);
    default:
        return false;
    }
}

static double clamp(double value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

/* "In queue: 2/3" */
static void read_queue(const char *text, struct progress *p)
{
    static const char label[] = "In queue: ";
    char *end;

    if (text == NULL || strncmp(text, label, sizeof label - 1) != 0) {
        return;
    }
    p->position = strtol(text + sizeof label - 1, &end, 10);
    p->length = *end == '/' ? strtol(end + 1, NULL, 10) : -1;
}

static bool progress_of_task(const json_t *reply, struct progress *p)
{
    json_t *active = json_object_get(reply, "active");

    if (!json_is_boolean(active)) {
        return false;
    }
    *p = progress_unknown;
    p->active = json_is_true(active);
    p->queued = json_is_true(json_object_get(reply, "queued"));
    p->completed = json_is_true(json_object_get(reply, "completed"));
    if (json_is_number(json_object_get(reply, "progress"))) {
        p->fraction = clamp(json_number_value(json_object_get(reply, "progress")));
    }
    if (json_is_number(json_object_get(reply, "eta"))) {
        p->eta = json_number_value(json_object_get(reply, "eta"));
    }
    if (json_is_integer(json_object_get(reply, "id_live_preview"))) {
        p->preview = (long)json_integer_value(json_object_get(reply, "id_live_preview"));
    }
    read_queue(json_string_at(reply, "textinfo"), p);
    return true;
}

/* The global state (A18): job_count is -1 at the start, numbers may be out of range. */
static bool progress_of_server(const json_t *reply, struct progress *p)
{
    json_t *state = json_object_get(reply, "state");
    json_t *steps = json_object_get(state, "sampling_steps");

    if (!json_is_integer(steps)) {
        return false;
    }
    p->step = (long)json_integer_value(json_object_get(state, "sampling_step"));
    p->steps = (long)json_integer_value(steps);
    if (p->fraction < 0 && json_is_number(json_object_get(reply, "progress"))) {
        p->fraction = clamp(json_number_value(json_object_get(reply, "progress")));
        p->eta = json_number_value(json_object_get(reply, "eta_relative"));
    }
    return true;
}

static bool progress(enum ask ask, const json_t *reply, struct progress *p)
{
    return ask == ASK_PROGRESS ? progress_of_task(reply, p) : progress_of_server(reply, p);
}

/* FastAPI's list of what is wrong with a request: loc and msg of each item. */
static void add_validation(const json_t *detail, struct buf *words)
{
    size_t i, j;
    json_t *item, *part;

    json_array_foreach(detail, i, item)
    {
        const char *message = json_string_at(item, "msg");
        buf_adds(words, i > 0 ? "; " : "");
        json_array_foreach(json_object_get(item, "loc"), j, part)
        {
            if (json_is_string(part) && strcmp(json_string_value(part), "body") != 0) {
                buf_addf(words, "%s: ", json_string_value(part));
            }
        }
        buf_adds(words, message != NULL ? message : "");
    }
}

/* A1111: {"error","detail","body","errors"}; Forge: {"detail"}; sd.cpp: {"error","message"} (A20).
 */
static void fault(int status, const json_t *reply, struct buf *words)
{
    static const char *const keys[] = {"error", "detail", "errors", "message"};

    (void)status;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(reply, keys[i]);
        const char *text = json_string_value(value);
        if (json_is_array(value) || (text != NULL && *text != '\0')) {
            buf_adds(words, words->len > 0 ? ": " : "");
        }
        if (json_is_array(value)) {
            add_validation(value, words);
        } else if (text != NULL) {
            buf_adds(words, text);
        }
    }
}

/* img2img runs only a part of the steps, and one more (A28; sample_img2img launches t_enc + 1),
 * unless the server's img2img_fix_steps is on. */
static bool explain(const struct task *task, json_t *explained)
{
    json_t *steps = json_object_get(task->native, "steps");
    json_t *strength = json_object_get(task->native, "denoising_strength");
    double d = strength != NULL ? json_number_value(strength) : 0.75;
    double n = steps != NULL ? json_number_value(steps) : 50;

    if (task->operation == OPERATION_INTERROGATE) {
        return true;
    }
    return json_object_set_new(explained, "executed_steps",
                               json_pack("{s:i,s:s}", "value",
                                         (int)((d < 0.999 ? d : 0.999) * n) + 1, "origin",
                                         "steps and denoising_strength")) == 0;
}

/* Of two places where images go, neither can be asked for them again: a task that has ended has
 * nothing to fetch. */
static int read_state(const json_t *reply, struct outcome *outcome, struct error *err)
{
    struct progress *p = &outcome->progress;

    if (!progress_of_task(reply, p)) {
        return error_set(err, EXIT_FAILED, "the server's answer does not tell how the task stands");
    }
    outcome->standing = p->active      ? STANDING_RUNNING
                        : p->queued    ? STANDING_QUEUED
                        : p->completed ? STANDING_SUCCEEDED
                                       : STANDING_MISSING;
    return 0;
}

static int outcome(struct task *task, enum ask ask, const json_t *reply,
                   const struct arrived *arrived, size_t n_arrived, struct outcome *to,
                   struct error *err)
{
    *to = (struct outcome){0};
    return ask == ASK_SUBMIT ? webui_outcome(task, reply, arrived, n_arrived, to, err)
                             : read_state(reply, to, err);
}

static const struct catalogue catalogue[] = {
    {.kind = "models", .path = WEBUI_MODELS},
    {.kind = "samplers", .path = WEBUI_SAMPLERS},
    {.kind = "schedulers", .path = WEBUI_SCHEDULERS},
    {.kind = "vaes", .path = WEBUI_VAES},
    {.kind = "modules", .path = WEBUI_MODULES},
    {.kind = "upscalers", .path = "/sdapi/v1/upscalers"},
    {.kind = "styles", .path = "/sdapi/v1/prompt-styles"},
    {.kind = "loras", .path = "/sdapi/v1/loras"},
    {.kind = NULL},
};

const struct backend webui_backend = {
    .name = "webui",
    .title = "WebUI",
    .default_url = "http://127.0.0.1:7860",
    .probe = WEBUI_SAMPLERS,
    .key_form = SECRET_BASIC,
    .takes_id = true,
    .tasks = &webui_tasks,
    .natives = webui_natives,
    .composed = webui_composed,
    .catalogue = catalogue,
    .recognise = recognise,
    .facts_needed = facts_needed,
    .compose = webui_compose,
    .request = webui_request,
    .outcome = outcome,
    .progress = progress,
    .explain = explain,
    .fault = fault,
};
