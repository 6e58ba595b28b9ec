#include "cmd/loopback.h"

#include <string.h>

#include "cmd/image.h"

int loopback_check(const struct job *job, struct error *err)
{
    size_t n = image_count(job);

    if (n > 1) {
        return error_set(err, EXIT_USAGE, "--loopback works on one image, not %zu", n);
    }
    return n == 0 || image_first(job) < job->n_sources
               ? 0
               : error_set(err, EXIT_USAGE,
                           "--loopback cannot replace an image that is a link: give it as a file");
}

/* The path of the first result; grids, masks and maps have a role. */
static const char *first_result(const json_t *document)
{
    const json_t *images = json_object_get(document, "images"), *image;
    size_t i;

    json_array_foreach(images, i, image)
    {
        if (json_object_get(image, "role") == NULL) {
            return json_string_at(image, "path");
        }
    }
    return NULL;
}

/* Whether the service can be told what the masked part starts from. */
static bool has_fill(const struct backend *backend)
{
    const struct native *row = backend->natives;

    while (row->name != NULL && (row->neutral == NULL || strcmp(row->neutral, "fill") != 0)) {
        row++;
    }
    return row->name != NULL;
}

/* What differs from round to round, laid over everything else. */
static int change_layer(struct job *job, struct error *err)
{
    json_t *neutral = native_to_neutral(job->backend->natives, job->task.native);
    json_t *seed = json_object_get(neutral, "seed");
    json_t *options = job->layers[LAYER_OPTION];
    int bad = neutral == NULL;

    if (json_is_integer(seed) && json_integer_value(seed) >= 0) {
        bad |= json_object_set_new(options, "seed", json_integer(json_integer_value(seed) + 1));
    }
    if (job->operation == OPERATION_INPAINT && has_fill(job->backend)) {
        bad |= json_object_set_new(options, "fill", json_string("original"));
    }
    json_decref(neutral);
    return bad == 0 ? 0 : error_memory(err, "preparing the next round");
}

int loopback_next(struct job *job, const json_t *document, struct error *err)
{
    const char *path = first_result(document);
    size_t image = image_first(job);

    if (path == NULL || image == job->n_sources) {
        return error_set(err, EXIT_FAILED,
                         "--loopback ends here: no picture came back for the next round");
    }
    return image_replace(job, image, path, err) != 0 || change_layer(job, err) != 0
               ? -1
               : job_again(job, err);
}
