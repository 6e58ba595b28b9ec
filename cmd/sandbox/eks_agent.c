#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "eks.h"
#include "input.h"

/* The agent's side of a message (E: src/backend/queue_agent/src/main.py). It tells SNS nothing
 * here. */

#define CRASH "{\"code\": 500, \"error\": \"Runtime handler failed\"}"

/* Where its objects go: PREFIX/ID/ID-RAND4 (C9). */
struct place {
    char id[EKS_ID_MAX + 1];
    char stem[S3_KEY_MAX + 1];
};

/* False when the agent would fail to read the message and delete it without a word (C4). */
static bool find_place(const json_t *metadata, struct place *place)
{
    const char *prefix = json_string_value(json_object_get(metadata, "prefix"));
    size_t n = prefix ? strlen(prefix) : 0;
    unsigned char r[2];
    char rand[5];

    if (n == 0)
        return false;
    snprintf(place->id, sizeof place->id, "%s", json_string_value(json_object_get(metadata, "id")));
    randombytes_buf(r, sizeof r);
    sodium_bin2hex(rand, sizeof rand, r, sizeof r);
    return snprintf(place->stem, sizeof place->stem, "%s%s%s/%s-%s", prefix,
                    prefix[n - 1] == '/' ? "" : "/", place->id, place->id,
                    rand) < (int)sizeof place->stem;
}

static void put(struct eks *e, const char *key, const char *type, const void *bytes, size_t n)
{
    struct error err;

    if (eks_links_put(e, key, type, bytes, n, &err) != 0)
        fprintf(stderr, "sdctl-sandbox: eks: failed to upload to S3: %s\n", err.text);
}

static void put_out(struct eks *e, const struct place *place, const char *text, size_t n)
{
    char key[S3_KEY_MAX + 8];

    snprintf(key, sizeof key, "%s.out", place->stem);
    put(e, key, "application/json", text, n);
}

/* repr() of an exception whose one argument is a text. */
static json_t *repr(const struct failure *f)
{
    const char *quote = strchr(f->detail, '\'') && !strchr(f->detail, '"') ? "\"" : "'";

    return json_sprintf("%s(%s%s%s)", f->exception, quote, f->detail, quote);
}

/* failed(): {"images", "parameters", "info"}; without JSON in the WebUI's error it fails too. */
static json_t *failed(const struct place *place, const struct failure *f, json_t *reason)
{
    if (f->status != 0 && !reason)
        return NULL;
    return json_pack("{s:[s], s:{s:s, s:i, s:o, s:o}, s:s}", "images", "", "parameters", "id_task",
                     place->id, "status", 0, "error_msg", repr(f), "reason",
                     reason ? json_incref(reason) : json_null(), "info", "");
}

/* ','.join(all_seeds) */
static json_t *seeds_of(const json_t *answer)
{
    const char *text = json_string_value(json_object_get(answer, "info"));
    json_t *info = text ? json_loads(text, 0, NULL) : NULL, *seed, *joined;
    struct buf list;
    size_t i;

    buf_init(&list, 65536);
    json_array_foreach(json_object_get(info, "all_seeds"), i, seed)
    {
        buf_addf(&list, "%s%lld", i ? "," : "", (long long)json_integer_value(seed));
    }
    joined = json_string(buf_str(&list));
    buf_release(&list);
    json_decref(info);
    return joined;
}

/* succeed() */
static json_t *succeeded(const struct place *place, const json_t *answer)
{
    json_t *parameters = json_object_get(answer, "parameters");

    if (parameters) {
        parameters = json_incref(parameters);
        json_object_set_new(parameters, "id_task", json_string(place->id));
        json_object_set_new(parameters, "image_seed", seeds_of(answer));
        json_object_set_new(parameters, "error_msg", json_string(""));
    } else {
        parameters = json_pack("{s:O, s:s, s:s}", "html_info", json_object_get(answer, "html_info"),
                               "id_task", place->id, "error_msg", "");
    }
    return json_pack("{s:[s], s:o, s:s}", "images", "", "parameters", parameters, "info", "");
}

static void put_image(struct eks *e, const struct place *place, const json_t *image, size_t n)
{
    const char *base64 = json_string_value(image);
    char key[S3_KEY_MAX + 32];
    struct failure f;
    struct buf bytes;
    bool jpeg;

    buf_init(&bytes, 0);
    if (base64 && input_bytes(base64, &bytes, &f) == 0) {
        jpeg = bytes.len > 2 && memcmp(bytes.data, "\xff\xd8", 2) == 0;
        snprintf(key, sizeof key, "%s-%zu.%s", place->stem, n, jpeg ? "jpg" : "png");
        put(e, key, jpeg ? "image/jpeg" : "image/png", bytes.data, bytes.len);
    }
    buf_release(&bytes);
}

/* Pictures, then the .out. */
static void put_results(struct eks *e, const struct place *place, const json_t *answer,
                        json_t *content, enum eks_end end)
{
    json_t *images = json_object_get(answer, "images"), *image;
    char *text = content ? json_dumps(content, JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15)) : NULL;
    size_t i;

    json_array_foreach(images, i, image)
    {
        if (end != EKS_LOSES && (end != EKS_DIES || i == 0))
            put_image(e, place, image, i + 1);
    }
    if (json_object_get(answer, "image") && end != EKS_LOSES)
        put_image(e, place, json_object_get(answer, "image"), 1);
    if (text && end != EKS_DIES)
        put_out(e, place, text, end == EKS_GARBLES ? strlen(text) / 2 : strlen(text));
    else if (end != EKS_DIES)
        put_out(e, place, CRASH, strlen(CRASH));
    free(text);
}

static void out_of_memory(json_t **reason, struct failure *f)
{
    failure_set(f, 500, "HTTPError",
                "500 Server Error: Internal Server Error for url: "
                "http://localhost:8080/sdapi/v1/img2img");
    *reason = json_pack("{s:s, s:s, s:s, s:s}", "error", "OutOfMemoryError", "detail", "", "body",
                        "", "errors", "CUDA out of memory. Tried to allocate 2.00 GiB.");
}

void eks_agent(struct eks *e, const struct eks_task *task, enum eks_end end)
{
    const json_t *metadata = json_object_get(task->message, "metadata");
    const char *type = json_string_value(json_object_get(metadata, "tasktype"));
    json_t *content = json_deep_copy(json_object_get(task->message, "content"));
    json_t *answer = NULL, *reason = NULL, *out = NULL;
    struct failure f = {0};
    struct place place;

    if (find_place(metadata, &place)) {
        if (end == EKS_FAILS || end == EKS_CRASHES)
            out_of_memory(&reason, &f);
        else if (json_is_object(content))
            answer = eks_runtime_handle(e, task, type, content, &reason, &f);
        else
            failure_set(&f, 0, "AttributeError", "'str' object has no attribute 'update'");
        if (end != EKS_CRASHES)
            out = answer ? succeeded(&place, answer) : failed(&place, &f, reason);
        if (!e->stop)
            put_results(e, &place, answer, out, end);
    }
    json_decref(content);
    json_decref(answer);
    json_decref(reason);
    json_decref(out);
}
