#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "eks.h"
#include "lists.h"
#include "settings.h"
#include "wire/base64.h"

/* The agent's handler for a WebUI (E: src/backend/queue_agent/src/runtimes/sdwebui.py), exceptions
 * and their words included. */

#define API "http://localhost:8080/sdapi/v1/"

static json_t *encode(const struct buf *bytes)
{
    size_t n = base64_encoded_size(bytes->len);
    char *text = malloc(n + 1);
    json_t *json;

    if (!text)
        return NULL;
    base64_encode(text, bytes->data ? bytes->data : "", bytes->len);
    json = json_stringn(text, n);
    free(text);
    return json;
}

/* Takes what is behind a link into its place. A download that fails leaves the function's variable
 * unbound, which is what is reported (C7). */
static json_t *fetch(struct eks *e, const char *url, struct failure *f)
{
    json_t *json = NULL;
    struct error err;
    struct buf bytes;

    if (eks_links_get(e, url, &bytes, &err) == 0)
        json = encode(&bytes);
    else if (!e->box->quiet)
        fprintf(stderr, "sdctl-sandbox: eks: error fetching URL: %s\n", err.text);
    buf_release(&bytes);
    if (!json)
        failure_set(f, 0, "UnboundLocalError",
                    "cannot access local variable 'image_byte' where it is not associated with a "
                    "value");
    return json;
}

/* download_image(): every string anywhere that begins so. */
static int download(struct eks *e, json_t *value, struct failure *f)
{
    const char *key, *text;
    json_t *item, *bytes;
    size_t i, n = json_is_array(value) ? json_array_size(value) : 0;
    void *at = json_is_object(value) ? json_object_iter(value) : NULL;

    for (i = 0; i < n || at; i++) {
        item = at ? json_object_iter_value(at) : json_array_get(value, i);
        key = at ? json_object_iter_key(at) : NULL;
        text = json_string_value(item);
        if (text && (strncmp(text, "http", 4) == 0 || strncmp(text, "s3://", 5) == 0)) {
            bytes = fetch(e, text, f);
            if (!bytes)
                return -1;
            if (key)
                json_object_set_new(value, key, bytes);
            else
                json_array_set_new(value, i, bytes);
        } else if (download(e, item, f) != 0) {
            return -1;
        }
        at = at ? json_object_iter_next(value, at) : NULL;
    }
    return 0;
}

/* switch_model(): by title, exactly (C8). */
static int switch_model(struct eks *e, const char *name, struct failure *f)
{
    json_t *options = settings_copy(&e->webui);
    const char *now = settings_text(options, "sd_model_checkpoint");
    const struct lists_model *model = lists_find_model(name);
    json_t *change;
    int result = 0;

    if (!now || strcmp(now, name) != 0) {
        if (model && strcmp(model->title, name) == 0) {
            change = json_pack("{s:s}", "sd_model_checkpoint", name);
            result = settings_change(&e->webui, NULL, change, f);
            json_decref(change);
        } else {
            result = failure_set(f, 0, "Exception", "Failed to switch model to %s", name);
        }
    }
    json_decref(options);
    return result;
}

/* alwayson_scripts before anything else: the dynamic runtime's model is there. */
static int take_model(struct eks *e, const struct eks_task *task, json_t *content,
                      struct failure *f)
{
    json_t *scripts = json_object_get(content, "alwayson_scripts"), *model;
    const char *name;

    if (!scripts) {
        json_object_set_new(content, "alwayson_scripts", json_object());
        return 0;
    }
    if (!json_is_object(scripts))
        return failure_set(f, 0, "TypeError", "string indices must be integers, not 'str'");
    if (!task->runtime->dynamic)
        return 0;
    model = json_object_get(scripts, "sd_model_checkpoint");
    if (!model)
        return failure_set(f, 0, "KeyError", "sd_model_checkpoint");
    name = json_string_value(model);
    return name && *name ? switch_model(e, name, f) : 0;
}

/* What v1alpha1 has in alwayson_scripts goes where the WebUI looks for it, and the rest out. */
static void move_scripts(json_t *content)
{
    static const char *const OURS[] = {"task",       "id_task",  "uid",    "sd_model_checkpoint",
                                       "image_link", "save_dir", "sd_vae", "override_settings"};
    json_t *scripts = json_object_get(content, "alwayson_scripts"), *link;
    json_t *settings = json_object_get(scripts, "override_settings"), *theirs;

    theirs = json_object_get(content, "override_settings");
    if (json_object_size(settings) > 0 && json_is_object(theirs))
        json_object_update(theirs, settings);
    else if (json_object_size(settings) > 0)
        json_object_set(content, "override_settings", settings);
    link = json_object_get(scripts, "image_link");
    if (link)
        json_object_set_new(content, "init_images", json_pack("[O]", link));
    for (size_t i = 0; i < sizeof OURS / sizeof *OURS; i++)
        json_object_del(scripts, OURS[i]);
}

/* raise_for_status() */
static int raise_status(unsigned status, const char *route, struct failure *f)
{
    static const struct {
        unsigned status;
        const char *reason;
    } REASONS[] = {{404, "Not Found"},
                   {422, "Unprocessable Entity"},
                   {500, "Internal Server Error"},
                   {503, "Service Unavailable"}};
    const char *reason = "None";

    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (REASONS[i].status == status)
            reason = REASONS[i].reason;
    return failure_set(f, status, "HTTPError", "%u %s Error: %s for url: " API "%s", status,
                       status < 500 ? "Client" : "Server", reason, route);
}

/* The route of the sandbox's own WebUI. */
static json_t *invoke(struct eks *e, const struct eks_task *task, json_t *content,
                      const char *route, json_t **reason, struct failure *f)
{
    struct request request = {.box = &e->webui,
                              .method = (char[]){"POST"},
                              .path = (char[]){"/sdapi/v1/img2img"},
                              .json = json_incref(content),
                              .arrived = state_now()};
    struct reply reply = {.status = 500};
    json_t *answer = NULL;

    snprintf(request.folder, sizeof request.folder, "%s", task->folder);
    buf_init(&request.body, 0);
    buf_init(&reply.text, (size_t)1 << 20);
    dialect_webui.serve(&request, &reply);
    if (reply.status == 200) {
        answer = json_incref(reply.json);
    } else {
        raise_status(reply.status, route, f);
        *reason = json_incref(reply.json);
    }
    json_decref(request.json);
    json_decref(reply.json);
    buf_release(&reply.text);
    return answer;
}

json_t *eks_runtime_handle(struct eks *e, const struct eks_task *task, const char *type,
                           json_t *content, json_t **reason, struct failure *f)
{
    bool text = strcmp(type, "text-to-image") == 0;

    *reason = NULL;
    if (strcmp(type, "extra-single-image") == 0)
        return download(e, content, f) == 0 ? eks_extra_single(content, f) : NULL;
    if (take_model(e, task, content, f) != 0 || download(e, content, f) != 0)
        return NULL;
    move_scripts(content);
    if (text && !eks_extra_canvas(content)) {
        failure_set(f, 0, "MemoryError", "out of memory");
        return NULL;
    }
    return invoke(e, task, content, text ? "txt2img" : "img2img", reason, f);
}
