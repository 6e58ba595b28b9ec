#include "backend/fooocus_api.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/json.h"

#define MODELS "/v1/engines/all-models"
#define STYLES "/v1/engines/styles"
#define QUEUE "/v1/generation/job-queue"

/* {"running_size", "finished_size", "last_job_id"}: the newer server has no such path. */
static bool recognise(const json_t *fact)
{
    return json_is_integer(json_object_get(fact, "running_size")) &&
           json_is_integer(json_object_get(fact, "finished_size"));
}

static size_t need(struct fact *facts, size_t n, const char *key, const char *path)
{
    facts[n].key = key;
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
        json_array_size(json_object_get(native, "loras")) > 0 ||
        json_array_size(json_object_get(task->neutral, "loras")) > 0) {
        n = need(facts, n, "models", MODELS);
    }
    if (json_array_size(json_object_get(native, "style_selections")) > 0) {
        n = need(facts, n, "styles", STYLES);
    }
    return n;
}

const char *fooocus_api_image_type(const struct task *task)
{
    static const struct {
        const char *model, *type;
    } types[] = {
        {"Photo", "Photo"}, {"clip", "Photo"}, {"Anime", "Anime"}, {"deepdanbooru", "Anime"}};
    const char *model = json_string_at(task->neutral, "model");

    for (size_t i = 0; model != NULL && i < sizeof types / sizeof *types; i++) {
        if (text_casecmp(model, types[i].model) == 0) {
            return types[i].type;
        }
    }
    return model == NULL ? "Photo" : NULL;
}

static bool request_submission(const struct task *task, struct request *request)
{
    const char *type = fooocus_api_image_type(task);

    request->body = json_incref(task->native);
    if (task->operation == OPERATION_INTERROGATE) {
        request->form = true;
        return type != NULL &&
               request_path(request, "/v1/tools/describe-image?image_type=%s", type);
    }
    if (task->delivery == DELIVERY_BINARY) {
        request->accept = "image/png";
        request->answer = ANSWER_PICTURE;
    }
    return request_path(request, "/v2/generation/%s",
                        fooocus_api_route_name(fooocus_api_route(task)));
}

static bool make_request(const struct task *task, enum ask ask, struct request *request)
{
    char id[3 * TASK_ID_MAX + 4];

    *request = (struct request){0};
    switch (ask) {
    case ASK_SUBMIT:
        return request_submission(task, request);
    case ASK_STATE:
        return task->id[0] != '\0' && request_encode(id, sizeof id, task->id) &&
               request_path(request,
                            "/v1/generation/query-job?job_id=%s&require_step_preview=false", id);
    case ASK_QUEUE:
        return task->id[0] != '\0' && request_encode(id, sizeof id, task->id) &&
               request_path(request, "/v1/generation/job-history?job_id=%s", id);
    case ASK_CANCEL:
        request->body = json_object();
        return request->body != NULL && request_path(request, "/v1/generation/stop");
    default:
        return false;
    }
}

static bool lives_on(const struct task *task)
{
    return task->delivery == DELIVERY_ASYNC && task->operation != OPERATION_INTERROGATE;
}

/* The server tells nothing of a task whose submission is under way. */
static bool progress(enum ask ask, const json_t *reply, struct progress *p)
{
    (void)ask;
    (void)reply;
    (void)p;
    return false;
}

static bool explain(const struct task *task, json_t *explained)
{
    return task->operation == OPERATION_INTERROGATE ||
           json_object_set_new(explained, "route",
                               json_pack("{s:s,s:s}", "value",
                                         fooocus_api_route_name(fooocus_api_route(task)), "origin",
                                         "what is asked for")) == 0;
}

/* Where in the request it was, as a dotted path without "body". */
static void add_location(const json_t *loc, struct buf *words)
{
    const json_t *part;
    bool any = false;
    size_t i;

    json_array_foreach(loc, i, part)
    {
        const char *name = json_string_value(part);
        if (json_is_integer(part)) {
            buf_addf(words, "[%lld]", (long long)json_integer_value(part));
            any = true;
        } else if (name != NULL && !(i == 0 && strcmp(name, "body") == 0)) {
            buf_addf(words, "%s%s", any ? "." : "", name);
            any = true;
        }
    }
    buf_adds(words, any ? ": " : "");
}

/* {"detail"}, a text or FastAPI's list. "body" and each item's "input" echo the request with its
 * pictures and are never shown. */
static void fault(int status, const json_t *reply, struct buf *words)
{
    static const char *const keys[] = {"detail", "message", "msg", "job_status"};
    const json_t *detail = json_object_get(reply, "detail"), *item;
    size_t i;

    (void)status;
    json_array_foreach(detail, i, item)
    {
        const char *message = json_string_at(item, "msg");
        buf_adds(words, i > 0 ? "; " : "");
        add_location(json_object_get(item, "loc"), words);
        buf_adds(words, message != NULL ? message : "");
    }
    for (i = 0; words->len == 0 && i < sizeof keys / sizeof *keys; i++) {
        const char *text = json_string_at(reply, keys[i]);
        buf_adds(words, text != NULL ? text : "");
    }
}

static const struct catalogue catalogue[] = {
    {.kind = "models", .path = MODELS, .items = "model_filenames"},
    {.kind = "loras", .path = MODELS, .items = "lora_filenames"},
    {.kind = "styles", .path = STYLES},
    {.kind = NULL},
};

const struct backend fooocus_api_backend = {
    .name = "fooocus-api",
    .title = "Fooocus-API",
    .default_url = "http://127.0.0.1:8888",
    .probe = QUEUE,
    .key_form = SECRET_HEADER,
    .natives = fooocus_api_natives,
    .composed = fooocus_api_composed,
    .catalogue = catalogue,
    .own_files = true,
    .raw_pictures = true,
    .native_outpaint = true,
    .tasks = &fooocus_api_tasks,
    .recognise = recognise,
    .adopt = fooocus_api_adopt,
    .facts_needed = facts_needed,
    .compose = fooocus_api_compose,
    .lives_on = lives_on,
    .request = make_request,
    .outcome = fooocus_api_outcome,
    .progress = progress,
    .explain = explain,
    .fault = fault,
};
