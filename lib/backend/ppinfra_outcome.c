#include <stdlib.h>
#include <string.h>

#include "backend/ppinfra.h"
#include "base/text.h"
#include "wire/json.h"

/* A number, or the text of one: the service writes 64-bit integers as strings. */
static bool read_number(const json_t *value, double *number)
{
    *number = json_number_value(value);
    return json_is_number(value) ||
           (json_is_string(value) && text_to_real(json_string_value(value), number));
}

static bool read_integer(const json_t *value, long long *number)
{
    *number = json_integer_value(value);
    return json_is_integer(value) ||
           (json_is_string(value) && text_to_int(json_string_value(value), number));
}

/* 4.2; a word that is not there is asked again (B7). */
static const struct {
    const char *word;
    enum standing standing;
} words[] = {
    {"TASK_STATUS_QUEUED", STANDING_QUEUED},
    {"TASK_STATUS_PROCESSING", STANDING_RUNNING},
    {"TASK_STATUS_SUCCEED", STANDING_SUCCEEDED},
    {"TASK_STATUS_FAILED", STANDING_FAILED},
};

static enum standing standing_of(const char *word)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].word, word) == 0) {
            return words[i].standing;
        }
    }
    return STANDING_UNKNOWN;
}

static void read_progress(const json_t *task, enum standing standing, struct progress *p)
{
    double percent, eta;

    *p = progress_unknown;
    p->active = standing == STANDING_RUNNING;
    p->queued = standing == STANDING_QUEUED;
    p->completed = standing == STANDING_SUCCEEDED;
    if (read_number(json_object_get(task, "progress_percent"), &percent)) {
        p->fraction = percent < 0 ? 0 : percent > 100 ? 1 : percent / 100;
    }
    /* 0 is what an unknown one reads while the task has not ended */
    if (read_number(json_object_get(task, "eta"), &eta) && eta > 0 && !p->completed) {
        p->eta = eta;
    }
}

static bool is_link(const char *name)
{
    size_t n = strlen(name);

    return n >= 4 && strcmp(name + n - 4, "_url") == 0;
}

/* A copy of what the service said, without its signed links: whoever has one has the image. NULL
 * without memory. */
static json_t *without_links(json_t *value)
{
    json_t *copy, *item;
    const char *name;
    size_t i;
    int bad = 0;

    if (!json_is_object(value) && !json_is_array(value)) {
        return json_incref(value);
    }
    copy = json_is_object(value) ? json_object() : json_array();
    json_array_foreach(value, i, item)
    {
        bad |= json_array_append_new(copy, without_links(item));
    }
    json_object_foreach(value, name, item)
    {
        bad |= is_link(name) ? 0 : json_object_set_new(copy, name, without_links(item));
    }
    if (bad != 0) {
        json_decref(copy);
        return NULL;
    }
    return copy;
}

static json_t *read_info(const json_t *reply)
{
    static const char *const told[] = {"task", "extra", "images"};
    json_t *info = json_object();
    int bad = info == NULL;

    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        json_t *value = json_object_get(reply, told[i]);
        if (value != NULL && !json_is_null(value)) {
            bad |= json_object_set_new(info, told[i], without_links(value));
        }
    }
    if (bad != 0) {
        json_decref(info);
        return NULL;
    }
    return info;
}

static bool compare_seed(struct task *task, long long used, struct outcome *outcome)
{
    json_t *asked = json_get_path(task->native, "request.seed");

    if (!json_is_integer(asked) || json_integer_value(asked) < 0 ||
        json_integer_value(asked) == used) {
        return true;
    }
    outcome->differences++;
    return backend_warn(task, "seed: asked for %" JSON_INTEGER_FORMAT ", the server used %lld",
                        json_integer_value(asked), used);
}

/* The seed that the service tells is of the first image; how it goes on from there is not said. */
static int read_links(struct task *task, const json_t *reply, struct outcome *outcome,
                      struct error *err)
{
    json_t *images = json_object_get(reply, "images"), *image;
    json_t *seed = json_get_path(reply, "extra.seed");
    long long ttl, number;
    size_t i;

    json_array_foreach(images, i, image)
    {
        const char *url = json_string_at(image, "image_url");
        if (url == NULL || *url == '\0') {
            if (!backend_warn(task, "image %zu of the answer has no URL", i + 1)) {
                return error_memory(err, "reading the answer");
            }
            continue;
        }
        bool known = read_integer(json_object_get(image, "image_url_ttl"), &ttl) && ttl >= 0 &&
                     ttl < 1000000000;
        if (!backend_add_link(outcome, url, known ? (long)ttl : -1)) {
            return error_memory(err, "reading the answer");
        }
        struct pictured *what = &outcome->links[outcome->n_links - 1].what;
        *what = (struct pictured){.role = ROLE_RESULT};
        if (i == 0 && read_integer(seed, &number)) {
            what->has_seed = true;
            what->seed = number;
            if (!compare_seed(task, number, outcome)) {
                return error_memory(err, "reading the answer");
            }
        }
    }
    return 0;
}

static int read_results(struct task *task, const json_t *reply, struct outcome *outcome,
                        struct error *err)
{
    const char *reason = json_string_value(json_get_path(reply, "task.reason"));

    if (read_links(task, reply, outcome, err) != 0) {
        return -1;
    }
    if (outcome->n_links == 0) {
        bool told = reason != NULL && *reason != '\0';
        return error_set(err, EXIT_FAILED, "task '%s' has succeeded without an image%s%.200s",
                         task->id, told ? ": " : "", told ? reason : "");
    }
    return 0;
}

static int read_state(struct task *task, const json_t *reply, struct outcome *outcome,
                      struct error *err)
{
    json_t *about = json_object_get(reply, "task");
    const char *id = json_string_at(about, "task_id");
    const char *status = json_string_at(about, "status");
    const char *reason = json_string_at(about, "reason");

    if (status == NULL) {
        return error_set(err, EXIT_FAILED,
                         "the service's answer does not tell how task '%s' stands", task->id);
    }
    if (id != NULL && *id != '\0' && strcmp(id, task->id) != 0) {
        return error_set(err, EXIT_FAILED, "the service answered about task '%.64s', not '%s'", id,
                         task->id);
    }
    outcome->standing = standing_of(status);
    read_progress(about, outcome->standing, &outcome->progress);
    outcome->info = read_info(reply);
    if (reason != NULL && *reason != '\0') {
        outcome->reason = strdup(reason);
    }
    if (outcome->info == NULL || (reason != NULL && *reason != '\0' && outcome->reason == NULL)) {
        return error_memory(err, "reading the answer");
    }
    return outcome->standing == STANDING_SUCCEEDED ? read_results(task, reply, outcome, err) : 0;
}

static int read_caption(const json_t *reply, struct outcome *outcome, struct error *err)
{
    const char *caption = json_string_at(reply, "prompt");

    if (caption == NULL) {
        return error_set(err, EXIT_FAILED, "the service's answer has no prompt");
    }
    outcome->caption = strdup(caption);
    return outcome->caption != NULL ? 0 : error_memory(err, "reading the caption");
}

int ppinfra_outcome(struct task *task, enum ask ask, const json_t *reply,
                    const struct arrived *arrived, size_t n_arrived, struct outcome *outcome,
                    struct error *err)
{
    (void)arrived;
    (void)n_arrived;
    *outcome = (struct outcome){0};
    if (ask == ASK_STATE) {
        return read_state(task, reply, outcome, err);
    }
    if (task->operation == OPERATION_INTERROGATE) {
        return read_caption(reply, outcome, err);
    }
    outcome->standing = STANDING_QUEUED;
    read_progress(NULL, STANDING_QUEUED, &outcome->progress);
    return backend_take_id(task, json_string_at(reply, "task_id"), err);
}
