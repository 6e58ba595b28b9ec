#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eks.h"

/* The input functions, one for each version of the API (E: src/frontend/input_function): they check
 * a little, publish to SNS, and answer with where the results will be. */

#define PAYLOAD_MAX ((size_t)1 << 20)   /* characters of json.dumps, the function's own check */
#define MESSAGE_MAX ((size_t)256 << 10) /* bytes of an SNS message with its attributes (C6) */

static const struct eks_runtime RUNTIMES[] = {
    {"sdruntime", "v1-5-pruned-emaonly.safetensors", false},
    {"sdruntime-dynamic", "sandbox-painter.safetensors [5a6db0c5e1]", true},
};

/* The bytes of json.dumps: ", " and ": ", and everything beyond ASCII escaped. */
static size_t dumped_size(const json_t *value)
{
    return json_dumpb(value, NULL, 0,
                      JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
}

/* str.replace("-", "").replace("_", "").isalnum(); letters beyond ASCII are taken for letters. */
static bool is_name(const json_t *value)
{
    const char *s = json_string_value(value);
    size_t n = 0;

    for (; s && *s; s++) {
        if (*s == '-' || *s == '_')
            continue;
        if (!((unsigned char)*s >= 0x80 || (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
              (*s >= 'A' && *s <= 'Z')))
            return false;
        n++;
    }
    return n > 0;
}

static bool is_task_type(const json_t *value)
{
    static const char *const TYPES[] = {"text-to-image", "image-to-image", "extra-single-image"};
    const char *s = json_string_value(value);

    for (size_t i = 0; s && i < sizeof TYPES / sizeof *TYPES; i++)
        if (strcmp(s, TYPES[i]) == 0)
            return true;
    return false;
}

/* validate() of v1alpha1: later findings replace earlier ones. NULL: all is well. */
static const char *validate_1(const json_t *scripts)
{
    const char *why = NULL;

    if (!scripts)
        return "alwayson_scripts is missing";
    if (!json_object_get(scripts, "task"))
        why = "task is missing";
    if (!json_object_get(scripts, "sd_model_checkpoint"))
        why = "sd_model_checkpoint is missing";
    if (!json_object_get(scripts, "id_task"))
        why = "id_task is missing";
    if (!is_name(json_object_get(scripts, "id_task")))
        why = "invalid id_task format";
    if (!is_task_type(json_object_get(scripts, "task")))
        why = "invalid task type";
    return why;
}

static const char *validate_2(const json_t *payload)
{
    const json_t *metadata = json_object_get(payload, "metadata");
    const char *why = NULL;

    if (!metadata) {
        why = "metadata is missing";
    } else {
        if (!is_name(json_object_get(metadata, "id")))
            why = "invalid id format";
        if (!is_task_type(json_object_get(metadata, "tasktype")))
            why = "invalid tasktype";
        if (!is_name(json_object_get(metadata, "runtime")))
            why = "invalid runtime format";
    }
    if (!json_object_get(payload, "content"))
        why = "content is missing";
    return why;
}

/* A function that sets no Content-Type gets API Gateway's own, whatever the body is (C11). */
static void refuse(struct reply *reply, const char *why)
{
    reply_text(reply, 400, "application/json", "");
    if (why)
        buf_addf(&reply->text, "Incorrect payload structure, %s", why);
    else
        buf_adds(&reply->text, "Invalid request format");
}

/* The subscription's filter policy over the message's one attribute (C3). */
static const struct eks_runtime *filter(bool alpha1, const char *value)
{
    for (size_t i = 0; i < sizeof RUNTIMES / sizeof *RUNTIMES; i++)
        if (strcmp(alpha1 ? RUNTIMES[i].checkpoint : RUNTIMES[i].name, value) == 0)
            return &RUNTIMES[i];
    return NULL;
}

/* sns_client.publish; false when it raises. */
static bool publish(const json_t *message, const char *attribute, const char *value)
{
    size_t n = dumped_size(message) + strlen(attribute) + strlen("String") + strlen(value);

    return *value && n <= MESSAGE_MAX;
}

/* v1alpha1: {"metadata", "content"} from the WebUI's body; NULL when Python would raise. */
static json_t *make_message(json_t *payload, const char *bucket)
{
    const json_t *scripts = json_object_get(payload, "alwayson_scripts");
    const char *id = json_string_value(json_object_get(scripts, "id_task"));
    const char *prefix = json_string_value(json_object_get(scripts, "save_dir"));

    if (!id || !prefix)
        return NULL;
    json_object_set_new(payload, "s3_output_path", json_sprintf("%s/%s/%s", bucket, prefix, id));
    return json_pack("{s:{s:s, s:s, s:O, s:s, s:{}}, s:O}", "metadata", "id", id, "runtime",
                     "legacy", "tasktype", json_object_get(scripts, "task"), "prefix", prefix,
                     "context", "content", payload);
}

static struct eks_task *make_task(const struct eks_runtime *runtime, json_t *message)
{
    struct eks_task *task = runtime ? calloc(1, sizeof *task) : NULL;

    if (!task)
        return NULL;
    task->runtime = runtime;
    task->message = json_deep_copy(message);
    return task;
}

/* Publishes and answers. */
static struct eks_task *hand_on(struct request *request, bool alpha1, json_t *message,
                                struct reply *reply)
{
    const json_t *metadata = json_object_get(message, "metadata");
    const json_t *scripts =
        json_object_get(json_object_get(message, "content"), "alwayson_scripts");
    const char *attribute = alpha1 ? "sd_model_checkpoint" : "runtime";
    const char *value = json_string_value(json_object_get(alpha1 ? scripts : metadata, attribute));
    const char *id = json_string_value(json_object_get(metadata, "id"));
    const json_t *prefix = json_object_get(metadata, "prefix");
    bool plain_id = fault_strikes(request, "id-task");
    json_t *answer;

    if (!value || !json_is_string(prefix) || !publish(message, attribute, value)) {
        refuse(reply, NULL);
        return NULL;
    }
    answer = json_pack(
        "{s:s, s:s, s:o}", alpha1 || plain_id ? "id_task" : "id", id, attribute, value,
        "output_location",
        json_sprintf("s3://%s/%s/%s", request->box->bucket, json_string_value(prefix), id));
    record_json(request->folder, "task.json", answer);
    reply_json(reply, 200, answer);
    sandbox_accepted(request->box, id);
    return make_task(filter(alpha1, value), message);
}

struct eks_task *eks_lambda(struct request *request, bool alpha1, struct reply *reply)
{
    json_t *payload, *part;
    struct eks_task *task = NULL;
    const char *why = NULL;

    request->json =
        json_loadb(request->body.data ? request->body.data : "", request->body.len, 0, NULL);
    buf_release(&request->body);
    record_json(request->folder, "envelope.json", request->json);
    payload = alpha1 ? request->json : json_object_get(request->json, "task");
    part = json_object_get(payload, alpha1 ? "alwayson_scripts" : "metadata");
    if (!json_is_object(payload) || (part && !json_is_object(part))) {
        refuse(reply, NULL);
        return NULL;
    }
    if (dumped_size(payload) > PAYLOAD_MAX)
        why = "payload too large";
    else
        why = alpha1 ? validate_1(part) : validate_2(payload);
    if (why) {
        refuse(reply, why);
        return NULL;
    }
    payload = alpha1 ? make_message(payload, request->box->bucket) : json_incref(payload);
    if (payload)
        task = hand_on(request, alpha1, payload, reply);
    else
        refuse(reply, NULL);
    json_decref(payload);
    return task;
}
