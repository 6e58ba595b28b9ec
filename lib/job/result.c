#include "job/result.h"

#include <stdlib.h>

json_t *result_document(const struct job *job, const char *status, json_t *images,
                        const struct outcome *outcome)
{
    const struct task *task = &job->task;
    const char *endpoint = job->endpoint_name != NULL ? job->endpoint_name : job->url;

    return json_pack("{s:s,s:s,s:s?,s:s,s:s?,s:o,s:O,s:s?,s:O?,s:O,s:I}", "command", job->command,
                     "backend", job->backend->name, "endpoint", endpoint, "status", status,
                     "task_id", task->id[0] != '\0' ? task->id : NULL, "images",
                     images != NULL ? images : json_array(), "params", task->native, "caption",
                     outcome != NULL ? outcome->caption : NULL, "info",
                     outcome != NULL ? outcome->info : NULL, "warnings", task->warnings,
                     "elapsed_ms", (json_int_t)(clock_ms() - job->started));
}

static const char *role_name(enum picture_role role)
{
    static const char *const names[] = {"", "grid", "extra"};

    return names[role];
}

static json_t *describe(const struct received *p, const struct pictured *what, const char *path)
{
    json_t *picture = json_pack(
        "{s:o,s:s,s:I,s:I,s:I,s:s}", "path", path != NULL ? json_file_name(path) : json_null(),
        "type", picture_mime(p->framing.type), "width", (json_int_t)p->framing.width, "height",
        (json_int_t)p->framing.height, "bytes", (json_int_t)p->bytes, "sha256", p->sha256);
    int bad = 0;

    if (what->has_seed) {
        bad |= json_object_set_new(picture, "seed", json_integer(what->seed));
    }
    if (what->role != ROLE_RESULT) {
        bad |= json_object_set_new(picture, "role", json_string(role_name(what->role)));
    }
    if (bad != 0) {
        json_decref(picture);
        return NULL;
    }
    return picture;
}

static size_t count_role(const struct outcome *outcome, enum picture_role role)
{
    size_t n = 0;

    for (size_t i = 0; i < outcome->n_pictures; i++) {
        n += outcome->pictures[i].role == role;
    }
    return n;
}

/* Places one picture, the number-th of its role, and appends its description. */
static int place_one(struct job *job, struct received *p, const struct pictured *what,
                     size_t number, size_t total, json_t *images, struct error *err)
{
    char *path = NULL;
    bool renamed;

    if (output_place_picture(&job->output, p, role_name(what->role), number, total, &path, &renamed,
                             err) != 0) {
        return -1;
    }
    bool told = !renamed || backend_warn(&job->task, "'%s' was written in place of '%s'", path,
                                         job->output.path);
    int bad = json_array_append_new(images, describe(p, what, path));
    free(path);
    return bad == 0 && told ? 0 : error_memory(err, "describing the result");
}

json_t *result_place(struct job *job, struct receive *receive, const struct outcome *outcome,
                     struct error *err)
{
    struct output *output = &job->output;
    size_t rounds = output->rounds > 1 ? output->rounds : 1;
    json_t *images = json_array();

    for (size_t i = 0; i < outcome->n_pictures; i++) {
        const struct pictured *what = &outcome->pictures[i];
        size_t *placed = &output->placed[what->role];
        if (output->kind == OUTPUT_STDOUT && (what->role != ROLE_RESULT || *placed > 0)) {
            backend_warn(&job->task, "picture %zu was dropped: standard output takes one", i + 1);
            continue;
        }
        if (place_one(job, receive->pictures[i], what, ++*placed,
                      count_role(outcome, what->role) * rounds, images, err) != 0) {
            json_decref(images);
            return NULL;
        }
    }
    return images;
}
