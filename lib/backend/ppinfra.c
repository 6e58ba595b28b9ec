#include "backend/ppinfra.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/json.h"

#define MODELS "/v3/model?filter.types="

/* One search: names as well as parts of them are found by what they have in common. */
static size_t facts_needed(const struct task *task, struct fact *facts, size_t cap)
{
    const char *model = json_string_value(json_get_path(task->native, "request.model_name"));
    char name[256], encoded[3 * sizeof name];
    size_t n = ppinfra_inpaints(task) ? 2 : 1;

    if (task->operation == OPERATION_INTERROGATE || task->unchecked || model == NULL ||
        *model == '\0' || cap < n || !ppinfra_search(model, name, sizeof name) ||
        !request_encode(encoded, sizeof encoded, name)) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        facts[i].key = i == 0 ? PPINFRA_CHECKPOINT : PPINFRA_INPAINTING;
        snprintf(facts[i].path, sizeof facts[i].path,
                 MODELS "checkpoint&filter.query=%s%s&pagination.limit=100", encoded,
                 i == 0 ? "" : "&filter.is_inpainting=true");
    }
    return n;
}

static bool lives_on(const struct task *task)
{
    return task->operation != OPERATION_INTERROGATE;
}

static bool request_submission(const struct task *task, struct request *request)
{
    request->body = json_incref(task->native);
    return request_path(request, "%s",
                        task->operation == OPERATION_INTERROGATE ? "/v3/img2prompt"
                        : ppinfra_inpaints(task)                 ? "/v3/async/inpainting"
                                                                 : "/v3/async/img2img");
}

static bool ppinfra_request(const struct task *task, enum ask ask, struct request *request)
{
    char id[3 * TASK_ID_MAX + 1];

    *request = (struct request){0};
    if (ask == ASK_SUBMIT) {
        return request_submission(task, request);
    }
    return ask == ASK_STATE && task->id[0] != '\0' && request_encode(id, sizeof id, task->id) &&
           request_path(request, "/v3/async/task-result?task_id=%s", id);
}

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

/* {"code", "reason": "INVALID_REQUEST_BODY", "message", "metadata"} (4.2) */
static void fault(int status, const json_t *reply, struct buf *words)
{
    static const struct {
        const char *reason, *advice;
    } known[] = {
        {"BILLING_BALANCE_NOT_ENOUGH", " (top up the account)"},
        {"BILLING_AUTH_FAILED", " (check the account's billing)"},
        {"ANONYMOUS_ACCESS_QUOTA_EXCEEDS", " (give a key)"},
    };
    const char *reason = json_string_at(reply, "reason");
    const char *message = json_string_at(reply, "message");
    bool both = reason != NULL && *reason != '\0' && message != NULL && *message != '\0';

    (void)status;
    buf_adds(words, reason != NULL ? reason : "");
    buf_adds(words, both ? ": " : "");
    buf_adds(words, message != NULL ? message : "");
    for (size_t i = 0; reason != NULL && i < sizeof known / sizeof *known; i++) {
        buf_adds(words, strcmp(reason, known[i].reason) == 0 ? known[i].advice : "");
    }
}

static const struct catalogue catalogue[] = {
    {.kind = "checkpoints", .path = MODELS "checkpoint&pagination.limit=100", .items = "models"},
    {.kind = "loras", .path = MODELS "lora&pagination.limit=100", .items = "models"},
    {.kind = "vaes", .path = MODELS "vae&pagination.limit=100", .items = "models"},
    {.kind = "controlnets", .path = MODELS "controlnet&pagination.limit=100", .items = "models"},
    {.kind = "embeddings",
     .path = MODELS "textualinversion&pagination.limit=100",
     .items = "models"},
    {.kind = NULL},
};

static const char *const name_keys[] = {"sd_name_in_api", "sd_name", "name", NULL};

static const struct paging paging = {
    .items = "models", .cursor = "pagination.next_cursor", .parameter = "pagination.cursor"};

const struct backend ppinfra_backend = {
    .name = "ppinfra",
    .title = "PPInfra",
    .default_url = "https://api.ppinfra.com",
    .key_form = SECRET_BEARER,
    .natives = ppinfra_natives,
    .composed = ppinfra_composed,
    .catalogue = catalogue,
    .name_keys = name_keys,
    .paging = &paging,
    .adopt = ppinfra_adopt,
    .facts_needed = facts_needed,
    .compose = ppinfra_compose,
    .lives_on = lives_on,
    .request = ppinfra_request,
    .outcome = ppinfra_outcome,
    .progress = progress,
    .explain = explain,
    .fault = fault,
};
