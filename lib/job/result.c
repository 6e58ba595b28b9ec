#include "job/result.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/instant.h"
#include "wire/json.h"

/* When the first of the results' URLs ends. */
static int add_expiry(json_t *document, const struct outcome *outcome)
{
    char at[INSTANT_TEXT];
    long ttl = -1;

    for (size_t i = 0; outcome != NULL && i < outcome->n_links; i++) {
        long one = outcome->links[i].ttl;
        ttl = one > 0 && (ttl < 0 || one < ttl) ? one : ttl;
    }
    if (ttl < 0) {
        return 0;
    }
    instant_format(at, instant_now() + ttl * 1000, 0, true);
    return json_object_set_new(document, "expires_at", json_string(at));
}

json_t *result_document(const struct result *r, const char *status, json_t *images,
                        const struct outcome *outcome)
{
    const struct task *task = r->task;
    json_t *document = json_pack(
        "{s:s,s:s,s:s?,s:s,s:s?,s:o,s:O?,s:s?,s:O?,s:O?,s:I}", "command", r->command, "backend",
        r->backend->name, "endpoint", r->endpoint, "status", status, "task_id",
        task->id[0] != '\0' ? task->id : NULL, "images", images != NULL ? images : json_array(),
        "params", task->native, "caption", outcome != NULL ? outcome->caption : NULL, "info",
        outcome != NULL ? outcome->info : NULL, "warnings", task->warnings, "elapsed_ms",
        (json_int_t)(clock_ms() - r->started));

    if (document != NULL &&
        (add_expiry(document, outcome) != 0 ||
         (task->where != NULL &&
          json_object_set_new(document, "where", json_string(task->where)) != 0))) {
        json_decref(document);
        return NULL;
    }
    return document;
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
    for (size_t i = 0; i < outcome->n_links; i++) {
        n += outcome->links[i].what.role == role;
    }
    return n;
}

/* Places one picture, the number-th of its role, and appends its description. */
static int place_one(const struct result *r, struct received *p, const struct pictured *what,
                     size_t number, size_t total, json_t *images, struct error *err)
{
    char *path = NULL;
    bool renamed;

    r->output->has_seed = what->has_seed;
    r->output->seed = what->seed;
    if (output_place_picture(r->output, p, role_name(what->role), number, total, &path, &renamed,
                             err) != 0) {
        return -1;
    }
    bool told =
        !renamed ||
        (r->output->kind == OUTPUT_TEMPLATE
             ? backend_warn(r->task, "'%s' was written: the name before it is taken", path)
             : backend_warn(r->task, "'%s' was written in place of '%s'", path, r->output->path));
    int bad = json_array_append_new(images, describe(p, what, path));
    free(path);
    return bad == 0 && told ? 0 : error_memory(err, "describing the result");
}

/* What is known of the i-th picture: where pictures are linked to, the link tells. */
static const struct pictured *what_of(const struct outcome *outcome, size_t i)
{
    return outcome->n_links > 0 ? &outcome->links[i].what : &outcome->pictures[i];
}

json_t *result_place(const struct result *r, struct receive *receive, const struct outcome *outcome,
                     struct error *err)
{
    struct output *output = r->output;
    size_t rounds = output->rounds > 1 ? output->rounds : 1;
    size_t n = outcome->n_links > 0 ? outcome->n_links : outcome->n_pictures;
    json_t *images = json_array();

    output->total = n;
    for (size_t i = 0; i < n; i++) {
        const struct pictured *what = what_of(outcome, i);
        size_t *placed = &output->placed[what->role];
        if (output->kind == OUTPUT_STDOUT && (what->role != ROLE_RESULT || *placed > 0)) {
            backend_warn(r->task, "picture %zu was dropped: standard output takes one", i + 1);
            continue;
        }
        if (place_one(r, receive->pictures[i], what, ++*placed,
                      count_role(outcome, what->role) * rounds, images, err) != 0) {
            json_decref(images);
            return NULL;
        }
    }
    return images;
}

void result_arrived(const struct receive *receive, struct arrived *arrived)
{
    for (size_t i = 0; i < receive->n_pictures; i++) {
        const struct received *p = receive->pictures[i];
        arrived[i] = (struct arrived){
            .width = p->framing.width, .height = p->framing.height, .text = p->text};
    }
}
