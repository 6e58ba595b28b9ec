#include "job/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/random.h"
#include "job/journal.h"
#include "job/stage.h"
#include "wire/body.h"

static const char *const layer_names[LAYER_COUNT] = {"option", "--set", "--params", "--from",
                                                     "--ui-defaults"};

void job_init(struct job *job)
{
    *job = (struct job){.started = clock_ms(),
                        .patience = {.deadline = {.at = DEADLINE_NEVER}, .retries = 3}};
    for (size_t i = 0; i < JOB_SOURCES_MAX; i++) {
        job->sources[i] = (struct source)SOURCE_INIT;
    }
}

json_t *job_add_picture(struct job *job, struct source *source, struct error *err)
{
    if (job->n_sources == JOB_SOURCES_MAX) {
        error_set(err, EXIT_USAGE, "too many pictures: at most %d", JOB_SOURCES_MAX);
        return NULL;
    }
    json_t *node = source_describe(source);
    if (node == NULL) {
        error_memory(err, "adding a picture");
        return NULL;
    }
    size_t at = job->n_sources++;
    job->sources[at] = *source;
    *source = (struct source)SOURCE_INIT;
    job->pictures[at] = (struct body_picture){.node = node, .source = &job->sources[at]};
    return node;
}

int job_replace_picture(struct job *job, size_t at, struct source *source, struct error *err)
{
    json_t *node = (json_t *)(size_t)job->pictures[at].node;
    json_t *description = source_describe(source);
    int bad = description == NULL || json_object_update(node, description) != 0;

    json_decref(description);
    if (bad != 0) {
        source_release(source);
        return error_memory(err, "replacing a picture");
    }
    source_release(&job->sources[at]);
    job->sources[at] = *source;
    *source = (struct source)SOURCE_INIT;
    return 0;
}

bool job_is_picture(const struct job *job, const json_t *node)
{
    for (size_t i = 0; i < job->n_sources; i++) {
        if (job->pictures[i].node == node) {
            return true;
        }
    }
    return false;
}

/* Notes for each member of an object at `prefix` ("" or ending in a dot), and of objects in it as
 * far down as the backend has names, that it came from `origin`. */
static int note_members(const struct job *job, json_t *native, const char *prefix,
                        const char *origin)
{
    const char *name;
    json_t *value;
    char path[256];
    int bad = 0;

    json_object_foreach(native, name, value)
    {
        int n = snprintf(path, sizeof path - 1, "%s%s", prefix, name);
        bool fits = n > 0 && (size_t)n < sizeof path - 1;
        bool inside = json_is_object(value) && !job_is_picture(job, value) && fits &&
                      (*prefix == '\0' || native_has_members(job->backend->natives, path));
        if (inside) {
            memcpy(path + n, ".", 2);
            bad |= note_members(job, value, path, origin);
        } else {
            bad |= json_object_set_new(job->origins, path, json_string(origin));
        }
    }
    return bad;
}

static int note_origins(const struct job *job, json_t *native, const char *origin)
{
    return note_members(job, native, "", origin);
}

json_t *job_copy_tree(const struct job *job, json_t *value)
{
    const char *name;
    json_t *item, *copy;
    size_t i;
    int bad = 0;

    if (job_is_picture(job, value) || !(json_is_object(value) || json_is_array(value))) {
        return json_incref(value);
    }
    copy = json_is_object(value) ? json_object() : json_array();
    json_array_foreach(value, i, item)
    {
        bad |= json_array_append_new(copy, job_copy_tree(job, item));
    }
    json_object_foreach(value, name, item)
    {
        bad |= json_object_set_new(copy, name, job_copy_tree(job, item));
    }
    if (bad != 0) {
        json_decref(copy);
        return NULL;
    }
    return copy;
}

/* Lays a native object over the request tree; the layer stays as it was given. */
static int overlay(struct job *job, json_t *native, enum job_layer layer, struct error *err)
{
    json_t *copy = job_copy_tree(job, native);
    int bad = json_object_update_recursive(job->task.native, copy);

    bad |= note_origins(job, native, layer_names[layer]);
    json_decref(copy);
    return bad == 0 ? 0 : error_memory(err, "merging parameters");
}

static int overlay_neutral(struct job *job, enum job_layer layer, struct error *err)
{
    json_t *native = json_object();
    int result = -1;

    if (job->layers[layer] == NULL) {
        json_decref(native);
        return 0;
    }
    if (native == NULL || json_object_update(job->task.neutral, job->layers[layer]) != 0) {
        error_memory(err, "merging parameters");
    } else if (native_translate(job->backend->natives, job->layers[layer], native, err) == 0) {
        result = overlay(job, native, layer, err);
    }
    json_decref(native);
    return result;
}

static int overlay_native(struct job *job, enum job_layer layer, struct error *err)
{
    json_t *native = job->layers[layer];

    if (native == NULL) {
        return 0;
    }
    if (job->backend->adopt != NULL && job->backend->adopt(native, err) != 0) {
        return -1;
    }
    if (native_check_object(job->backend->natives, native, layer_names[layer], job->unchecked,
                            err) != 0) {
        return -1;
    }
    return overlay(job, native, layer, err);
}

/* A task id that no one else has; letters and digits only, whatever the server makes of it. */
static void make_id(struct task *task)
{
    unsigned char random[8];
    char hex[2 * sizeof random + 1];

    random_bytes(random, sizeof random);
    hex_encode(hex, random, sizeof random);
    snprintf(task->id, sizeof task->id, "sdctl-%s", hex);
}

/* The first image is that of --image, else the first picture of the parameters. */
static void describe_images(struct job *job)
{
    json_t *images = json_object_get(job->task.neutral, "images");

    job->task.inputs = job->inputs;
    job->task.n_inputs = job->n_sources;
    job->task.n_images = json_array_size(images);
    for (size_t i = 0; i < job->n_sources; i++) {
        job->inputs[i] =
            (struct input){.node = job->pictures[i].node,
                           .name = job->sources[i].name,
                           .width = job->sources[i].picture.width,
                           .height = job->sources[i].picture.height,
                           .sha256 = job->sources[i].sha256,
                           .extension = picture_extension(job->sources[i].picture.type),
                           .bytes = job->sources[i].size};
        if (job->pictures[i].node == json_array_get(images, 0)) {
            job->task.width = job->sources[i].picture.width;
            job->task.height = job->sources[i].picture.height;
        }
    }
}

/* Merges what the layers say; needs to know the backend. */
static int merge(struct job *job, struct error *err)
{
    static const enum job_layer order[] = {LAYER_UI, LAYER_FROM, LAYER_PARAMS, LAYER_SET,
                                           LAYER_OPTION};

    job->task = (struct task){.operation = job->operation,
                              .unchecked = job->unchecked,
                              .resolve = job->resolve,
                              .delivery = job->delivery,
                              .stage = job->stage,
                              .neutral = json_object(),
                              .native = json_object(),
                              .warnings = json_array()};
    job->origins = json_object();
    if (job->stage != NULL && !job->backend->takes_links) {
        return error_set(err, EXIT_USAGE, "--s3-stage is not for %s: it takes no links",
                         job->backend->title);
    }
    if (job->stage != NULL && stage_check(job->stage, err) != 0) {
        return -1;
    }
    if (job->backend->flavour != NULL && job->url != NULL) {
        job->task.flavour = job->backend->flavour(job->url);
    }
    if (job->backend->takes_id) {
        make_id(&job->task);
    }
    for (size_t i = 0; i < LAYER_COUNT; i++) {
        bool native = order[i] == LAYER_SET || order[i] == LAYER_PARAMS;
        if (job->operation == OPERATION_INTERROGATE) {
            json_object_update(job->task.neutral, job->layers[order[i]]);
        } else if ((native ? overlay_native(job, order[i], err)
                           : overlay_neutral(job, order[i], err)) != 0) {
            return -1;
        }
    }
    describe_images(job);
    return 0;
}

int job_prepare(struct job *job, bool offline, struct error *err)
{
    if (job->backend == NULL && !offline) {
        return 0; /* the server tells which it is; job_run() merges then */
    }
    if (job->backend == NULL) {
        job->backend = backends[0];
    }
    if (merge(job, err) != 0) {
        return -1;
    }
    return offline ? job->backend->compose(&job->task, NULL, err) : 0;
}

int job_again(struct job *job, struct error *err)
{
    backend_release_task(&job->task);
    job->task = (struct task){0};
    json_decref(job->origins);
    job->origins = NULL;
    job->started = clock_ms();
    job->submitted = false;
    return job_prepare(job, false, err);
}

int job_print_body(const struct job *job, json_sink *sink, void *ctx, struct error *err)
{
    struct request request;
    struct body body;
    char chunk[4096];
    size_t got;
    int result = -1;

    if (!job->backend->request(&job->task, ASK_SUBMIT, &request) ||
        body_init(&body, request.body, job->pictures, job->n_sources, err) != 0) {
        return -1;
    }
    while ((result = body_read(&body, chunk, sizeof chunk, &got, err)) == 0 && got > 0) {
        if (!sink(ctx, chunk, got)) {
            result = error_set(err, EXIT_OUTPUT, "cannot write the request to standard output");
            break;
        }
    }
    body_release(&body);
    json_decref(request.body);
    return result;
}

void job_release(struct job *job)
{
    if (job == NULL) {
        return;
    }
    for (size_t i = 0; i < LAYER_COUNT; i++) {
        json_decref(job->layers[i]);
    }
    for (size_t i = 0; i < job->n_sources; i++) {
        source_release(&job->sources[i]);
    }
    output_release(&job->output);
    backend_release_task(&job->task);
    json_decref(job->origins);
    json_decref(job->probed);
    journal_close(job->journal);
}
