#include <stdlib.h>
#include <string.h>

#include "backend/eks.h"
#include "backend/webui.h"
#include "base/text.h"
#include "wire/json.h"

#define GROUPS_MAX 64
#define INFO_TEXT_MAX 4096

/* --- the gateway's answer --------------------------------------------------------------------- */

/* v1alpha2's documents say id_task, its code id (C2). */
static int read_submission(struct task *task, const json_t *reply, struct outcome *outcome,
                           struct error *err)
{
    const char *id = json_string_at(reply, "id");
    const char *where = json_string_at(reply, "output_location");

    id = id != NULL ? id : json_string_at(reply, "id_task");
    if (backend_take_id(task, id, err) != 0) {
        return -1;
    }
    if (where == NULL || strncmp(where, "s3://", 5) != 0 || strchr(where + 5, '/') == NULL) {
        return error_set(err, EXIT_FAILED,
                         "the server's answer does not say where in S3 the results of task %s go",
                         task->id);
    }
    free(task->where);
    task->where = strdup(where);
    if (task->where == NULL) {
        return error_memory(err, "reading the answer");
    }
    outcome->standing = STANDING_QUEUED;
    return 0;
}

/* --- the list of results ---------------------------------------------------------------------- */

/* What one delivery of the task left (C9): PREFIX/ID/ID-RAND.out and PREFIX/ID/ID-RAND-N.EXT. In
 * task->seen: {"groups": [{"rand", "out", "modified", "images": [{"n", "key"}]}], "next", "outs"}.
 */
struct name {
    char rand[40];
    long long n; /* of an image; -1: the .out */
};

static bool read_name(const struct task *task, const char *key, struct name *name)
{
    const char *file = strrchr(key, '/');
    size_t id = strlen(task->id), n;
    char number[24];

    file = file != NULL ? file + 1 : key;
    if (strncmp(file, task->id, id) != 0 || file[id] != '-') {
        return false;
    }
    file += id + 1;
    n = strcspn(file, "-.");
    if (n == 0 || n >= sizeof name->rand) {
        return false;
    }
    memcpy(name->rand, file, n);
    name->rand[n] = '\0';
    file += n;
    name->n = -1;
    if (strcmp(file, ".out") == 0) {
        return true;
    }
    n = *file == '-' ? strcspn(file + 1, ".") : 0;
    if (n == 0 || n >= sizeof number) {
        return false;
    }
    memcpy(number, file + 1, n);
    number[n] = '\0';
    return text_to_int(number, &name->n) && name->n >= 0;
}

/* The group of a delivery; made when there is none. NULL without memory or room. */
static json_t *group_of(json_t *groups, const char *rand)
{
    json_t *group;
    size_t i;

    json_array_foreach(groups, i, group)
    {
        if (strcmp(json_string_at(group, "rand"), rand) == 0) {
            return group;
        }
    }
    group = json_array_size(groups) < GROUPS_MAX ? json_pack("{s:s,s:[]}", "rand", rand, "images")
                                                 : NULL;
    return group != NULL && json_array_append_new(groups, group) == 0 ? group : NULL;
}

/* Puts an image among its group's, by number. */
static int add_image(json_t *group, long long n, const char *key)
{
    json_t *images = json_object_get(group, "images");
    size_t at = json_array_size(images);

    while (at > 0 && json_integer_value(json_object_get(json_array_get(images, at - 1), "n")) > n) {
        at--;
    }
    return json_array_insert_new(images, at,
                                 json_pack("{s:I,s:s}", "n", (json_int_t)n, "key", key));
}

static int add_key(const struct task *task, json_t *groups, const json_t *entry)
{
    const char *key = json_string_at(entry, "key"), *modified = json_string_at(entry, "modified");
    struct name name;

    if (!read_name(task, key, &name)) {
        return 0; /* whatever else is there */
    }
    json_t *group = group_of(groups, name.rand);
    if (group == NULL) {
        return -1;
    }
    return name.n >= 0 ? add_image(group, name.n, key)
                       : json_object_set_new(group, "out", json_string(key)) ||
                             json_object_set_new(group, "modified",
                                                 json_string(modified != NULL ? modified : ""));
}

/* The group whose .out is the newest of those that were not read yet, or NULL. Times are in one
 * form, so they compare as text. */
static json_t *newest(const json_t *seen)
{
    json_t *groups = json_object_get(seen, "groups"), *group, *best = NULL;
    size_t i;

    json_array_foreach(groups, i, group)
    {
        if (json_object_get(group, "out") != NULL && json_object_get(group, "read") == NULL &&
            (best == NULL ||
             strcmp(json_string_at(group, "modified"), json_string_at(best, "modified")) > 0)) {
            best = group;
        }
    }
    return best;
}

/* A listing in several pages is not of one moment: keys that are written meanwhile and come before
 * the page at hand are missed. Images are there before their .out, so a listing that began when all
 * its .outs were there has them all. Whether this one did; else remembers how many there are. */
static bool is_settled(struct task *task)
{
    json_t *groups = json_object_get(task->seen, "groups"), *group;
    json_int_t n = 0;
    size_t i;

    json_array_foreach(groups, i, group)
    {
        n += json_object_get(group, "out") != NULL;
    }
    if (json_integer_value(json_object_get(task->seen, "outs")) == n) {
        return true;
    }
    json_object_set_new(task->seen, "outs", json_integer(n));
    return false;
}

/* A listing, of which there may be more. */
static int read_listing(struct task *task, const json_t *reply, struct outcome *outcome,
                        struct error *err)
{
    const json_t *keys = json_object_get(reply, "keys");
    json_t *next = json_object_get(reply, "next"), *entry;
    bool more = json_is_true(json_object_get(reply, "truncated")) && json_is_string(next);
    bool continued = json_object_get(task->seen, "next") != NULL;
    int bad = 0;
    size_t i;

    if (!continued) {
        json_int_t outs = json_integer_value(json_object_get(task->seen, "outs"));
        json_decref(task->seen);
        task->seen = json_pack("{s:[],s:I}", "groups", "outs", outs);
    }
    json_t *groups = json_object_get(task->seen, "groups");
    json_object_del(task->seen, "next");
    json_array_foreach(keys, i, entry)
    {
        bad |= add_key(task, groups, entry);
    }
    bad |= more ? json_object_set(task->seen, "next", next) : 0;
    if (bad != 0 || task->seen == NULL) {
        return error_set(err, EXIT_FAILED,
                         "the results of task %s were delivered too often, or memory ran out",
                         task->id);
    }
    outcome->standing = json_array_size(groups) > 0 || more ? STANDING_RUNNING : STANDING_QUEUED;
    outcome->doubtful = !more && newest(task->seen) != NULL && (!continued || is_settled(task));
    return 0;
}

/* --- the .out --------------------------------------------------------------------------------- */

/* The WebUI's own words in `reason`, which may be anything. */
static const char *words_of(const json_t *reason)
{
    static const char *const keys[] = {"detail", "errors", "message", "error"};
    const char *text = json_string_value(reason);

    for (size_t i = 0; text == NULL && i < sizeof keys / sizeof *keys; i++) {
        const char *value = json_string_at(reason, keys[i]);
        text = value != NULL && *value != '\0' ? value : NULL;
    }
    return text;
}

/* Why it failed; NULL when it did not. A new string. */
static char *read_failure(const json_t *out, bool *failed)
{
    const json_t *parameters = json_object_get(out, "parameters");
    const json_t *status = json_object_get(parameters, "status");
    const char *error = json_string_at(out, "error");
    const char *message = json_string_at(parameters, "error_msg");
    const char *more = words_of(json_object_get(parameters, "reason"));
    struct buf text;

    *failed = !json_is_object(out) || error != NULL ||
              (json_is_integer(status) && json_integer_value(status) == 0);
    if (!*failed) {
        return NULL;
    }
    buf_init(&text, 65536);
    buf_adds(&text, error != NULL ? error : message != NULL ? message : "");
    if (more != NULL) {
        buf_addf(&text, "%s%s", text.len > 0 ? ": " : "", more);
    }
    return buf_detach(&text);
}

/* The parameters that the WebUI told, but for what is large. */
static json_t *read_info(const json_t *out)
{
    json_t *parameters = json_object_get(out, "parameters"), *info = json_object(), *value;
    const char *name;

    json_object_foreach(json_is_object(parameters) ? parameters : NULL, name, value)
    {
        bool small = json_is_number(value) || json_is_boolean(value) ||
                     (json_is_string(value) && json_string_length(value) < INFO_TEXT_MAX);
        if (small) {
            json_object_set(info, name, value);
        }
    }
    return info;
}

/* "1,2": the seed of the n-th result. */
static bool seed_at(const char *seeds, size_t n, json_int_t *seed)
{
    char number[32];
    long long value;

    for (; seeds != NULL && n > 0; n--) {
        seeds = strchr(seeds, ',');
        seeds = seeds != NULL ? seeds + 1 : NULL;
    }
    size_t len = seeds == NULL ? 0 : strcspn(seeds, ",");
    if (len == 0 || len >= sizeof number) {
        return false;
    }
    memcpy(number, seeds, len);
    number[len] = '\0';
    if (!text_to_int(number, &value)) {
        return false;
    }
    *seed = value;
    return true;
}

static size_t count_seeds(const char *seeds)
{
    size_t n = seeds != NULL && *seeds != '\0';

    for (; seeds != NULL && *seeds != '\0'; seeds++) {
        n += *seeds == ',';
    }
    return n;
}

/* The images of a group as links. Of more images than seeds the first is a grid when the WebUI was
 * to save its images (A12), and what is behind them all extra. */
static int add_links(const struct task *task, const json_t *group, const json_t *out,
                     struct outcome *outcome, struct error *err)
{
    const char *seeds = json_string_at(json_object_get(out, "parameters"), "image_seed");
    const json_t *images = json_object_get(group, "images"), *image;
    bool saves = json_is_true(json_get_path(task->native, EKS_CONTENT ".save_images"));
    size_t n = count_seeds(seeds), i;
    size_t first = n > 1 && json_array_size(images) > n && saves;
    char path[4096];

    json_array_foreach(images, i, image)
    {
        if (!eks_key_path(path, sizeof path, json_string_at(image, "key"))) {
            return error_set(err, EXIT_FAILED, "the name of a result is too long");
        }
        if (!backend_add_link(outcome, path, -1)) {
            return error_memory(err, "reading the results");
        }
        struct pictured *what = &outcome->links[outcome->n_links - 1].what;
        what->role = i < first ? ROLE_GRID : n > 0 && i - first >= n ? ROLE_EXTRA : ROLE_RESULT;
        what->has_seed = what->role == ROLE_RESULT && seed_at(seeds, i - first, &what->seed);
    }
    return 0;
}

/* The newest delivery that succeeded counts; one that failed only when there is no other. */
static int read_out(struct task *task, const json_t *out, struct outcome *outcome,
                    struct error *err)
{
    json_t *group = newest(task->seen);
    bool failed;

    if (group == NULL || json_object_set_new(group, "read", json_true()) != 0) {
        return error_memory(err, "reading the result");
    }
    outcome->reason = read_failure(out, &failed);
    outcome->standing = failed ? STANDING_FAILED : STANDING_SUCCEEDED;
    outcome->doubtful = failed && newest(task->seen) != NULL;
    if (failed) {
        return 0;
    }
    if (json_array_size(json_object_get(group, "images")) == 0) {
        return error_set(err, EXIT_FAILED, "task '%s' has succeeded without an image in S3",
                         task->id);
    }
    outcome->info = read_info(out);
    return add_links(task, group, out, outcome, err);
}

int eks_outcome(struct task *task, enum ask ask, const json_t *reply, const struct arrived *arrived,
                size_t n_arrived, struct outcome *outcome, struct error *err)
{
    (void)arrived;
    (void)n_arrived;
    *outcome = (struct outcome){.progress = {.fraction = -1,
                                             .eta = -1,
                                             .step = -1,
                                             .steps = -1,
                                             .position = -1,
                                             .length = -1,
                                             .preview = -1}};
    return ask == ASK_SUBMIT  ? read_submission(task, reply, outcome, err)
           : ask == ASK_STATE ? read_listing(task, reply, outcome, err)
                              : read_out(task, reply, outcome, err);
}

void eks_compare(struct task *task, const struct arrived *arrived, size_t n_arrived,
                 struct outcome *outcome)
{
    const char *type = json_string_value(json_get_path(task->native, EKS_METADATA ".tasktype"));
    struct task inner = *task;
    struct outcome view = {.info = outcome->info, .n_pictures = n_arrived};

    inner.flavour = WEBUI_ANY;
    inner.native = json_get_path(task->native, EKS_CONTENT);
    view.pictures = calloc(n_arrived + 1, sizeof *view.pictures);
    if (inner.native == NULL || view.pictures == NULL || n_arrived != outcome->n_links ||
        (type != NULL && strcmp(type, "extra-single-image") == 0)) {
        free(view.pictures);
        return;
    }
    for (size_t i = 0; i < n_arrived; i++) {
        view.pictures[i] = outcome->links[i].what;
    }
    webui_compare(&inner, arrived, &view);
    outcome->differences += view.differences;
    free(view.pictures);
}

const char *eks_out_key(const struct task *task)
{
    return json_string_at(newest(task->seen), "out");
}
