#include "backend/fooocusapi.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "wire/json.h"

/* The old server answers the lists of models and styles too, but has no /tasks. */
static bool recognise(const json_t *fact)
{
    return json_is_array(json_object_get(fact, "history")) &&
           json_is_array(json_object_get(fact, "current")) &&
           json_is_array(json_object_get(fact, "pending"));
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
    const json_t *native = task->native;
    size_t n = 0;

    if (task->operation == OPERATION_INTERROGATE || task->unchecked || cap < 2) {
        return 0;
    }
    if (json_object_get(native, "base_model_name") != NULL ||
        json_object_get(native, "refiner_model_name") != NULL ||
        json_object_get(native, "loras") != NULL ||
        json_object_get(task->neutral, "loras") != NULL) {
        n = need(facts, n, FOOOCUSAPI_MODELS);
    }
    if (json_array_size(json_object_get(native, "style_selections")) > 0) {
        n = need(facts, n, FOOOCUSAPI_STYLES);
    }
    return n;
}

static bool lives_on(const struct task *task)
{
    return task->delivery == DELIVERY_ASYNC && task->operation != OPERATION_INTERROGATE;
}

/* One image/x alone is asked for (D15); the server re-encodes, so it is what it would have saved.
 */
static const char *picture_type(const struct task *task)
{
    const char *format = json_string_at(task->native, "output_format");

    return format != NULL && strcmp(format, "jpeg") == 0   ? "image/jpeg"
           : format != NULL && strcmp(format, "webp") == 0 ? "image/webp"
                                                           : "image/png";
}

/* Without the slash at its end the path is redirected (4.4). */
static bool request_submission(const struct task *task, struct request *request)
{
    request->body = json_incref(task->native);
    if (task->operation == OPERATION_INTERROGATE) {
        return request_path(request, "/v1/tools/describe-image");
    }
    if (task->delivery == DELIVERY_BINARY) {
        request->accept = picture_type(task);
        request->answer = ANSWER_PICTURE;
    } else if (task->delivery == DELIVERY_STREAM) {
        request->answer = ANSWER_EVENTS;
        request->tap = "preview";
    }
    return request_path(request, "/v1/engine/generate/");
}

static bool request_state(const struct task *task, struct request *request)
{
    char id[3 * TASK_ID_MAX + 1];

    return task->id[0] != '\0' && request_encode(id, sizeof id, task->id) &&
           request_path(request, "/tasks/%s", id);
}

static bool request_control(const char *action, struct request *request)
{
    request->body = json_object();
    return request->body != NULL && request_path(request, "/v1/engine/control?action=%s", action);
}

static bool fooocusapi_request(const struct task *task, enum ask ask, struct request *request)
{
    *request = (struct request){0};
    switch (ask) {
    case ASK_SUBMIT:
        return request_submission(task, request);
    case ASK_STATE:
        return request_state(task, request);
    case ASK_QUEUE:
        /* All that waits on one page, and no history: there were no tasks at that time (D20). */
        return task->id[0] != '\0' &&
               request_path(request, "/tasks?query=all&page=0&page_size=100000"
                                     "&start_at=2000-01-01T00:00:00&end_at=2000-01-01T00:00:01");
    case ASK_CANCEL:
        return request_control("stop", request);
    case ASK_SKIP:
        return request_control("skip", request);
    case ASK_PROGRESS:
    case ASK_PROGRESS_STEP:
        break;
    }
    return false;
}

/* A task's own state tells how far it is; nothing else does. */
static bool progress(enum ask ask, const json_t *reply, struct progress *p)
{
    (void)ask;
    (void)reply;
    (void)p;
    return false;
}

static bool explain(const struct task *task, json_t *explained)
{
    (void)task;
    (void)explained;
    return true;
}

/* Where in the body a value is wrong: ["body", "loras", 0, "weight"] as loras.0.weight */
static void add_location(const json_t *loc, struct buf *words)
{
    const json_t *part;
    size_t i, n = 0;

    json_array_foreach(loc, i, part)
    {
        const char *text = json_string_value(part);
        if (text != NULL && !(i == 0 && strcmp(text, "body") == 0)) {
            buf_addf(words, "%s%s", n++ > 0 ? "." : "", text);
        } else if (json_is_integer(part)) {
            buf_addf(words, "%s%lld", n++ > 0 ? "." : "", (long long)json_integer_value(part));
        }
    }
    buf_adds(words, n > 0 ? ": " : "");
}

/* FastAPI: {"detail": text}, or a list of what is wrong with the request. */
static void fault(int status, const json_t *reply, struct buf *words)
{
    const json_t *detail = json_object_get(reply, "detail"), *item;
    const char *text = json_string_value(detail);
    size_t i;

    (void)status;
    buf_adds(words, text != NULL ? text : "");
    json_array_foreach(detail, i, item)
    {
        const char *message = json_string_at(item, "msg");
        buf_adds(words, i > 0 ? "; " : "");
        add_location(json_object_get(item, "loc"), words);
        buf_adds(words, message != NULL ? message : "");
    }
}

static const struct catalogue catalogue[] = {
    {.kind = "models", .path = FOOOCUSAPI_MODELS, .items = "model_filenames"},
    {.kind = "loras", .path = FOOOCUSAPI_MODELS, .items = "lora_filenames"},
    {.kind = "styles", .path = FOOOCUSAPI_STYLES},
    {.kind = NULL},
};

const struct backend fooocusapi_backend = {
    .name = "fooocusapi",
    .title = "FooocusAPI",
    .default_url = "http://127.0.0.1:7866",
    .probe = "/tasks?query=current",
    .key_form = SECRET_HEADER,
    .natives = fooocusapi_natives,
    .composed = fooocusapi_composed,
    .catalogue = catalogue,
    .own_files = true,
    .raw_pictures = true,
    .native_outpaint = true,
    .tasks = &fooocusapi_tasks,
    .recognise = recognise,
    .facts_needed = facts_needed,
    .compose = fooocusapi_compose,
    .lives_on = lives_on,
    .request = fooocusapi_request,
    .outcome = fooocusapi_outcome,
    .progress = progress,
    .explain = explain,
    .fault = fault,
};
