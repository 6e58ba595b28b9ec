#include "job/wait_end.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/json.h"

void wait_end_note(struct wait *w, const char *state, json_t *images)
{
    struct error err;
    json_t *line, *image;
    size_t i;

    if (w->journal == NULL || w->entry == NULL) {
        return;
    }
    json_t *paths = json_array();
    json_array_foreach(images, i, image)
    {
        const char *name = json_string_at(image, "path"); /* none on standard output */
        char *path = name != NULL ? output_absolute(name) : NULL;
        if (path != NULL) {
            json_array_append_new(paths, json_file_name(path));
        }
        free(path);
    }
    line = json_pack("{s:s,s:s,s:s*,s:o}", "key", w->entry, "state", state, "reason",
                     w->outcome.reason, "images", paths);
    if (line == NULL || journal_add(w->journal, line, &err) != 0) {
        backend_warn(w->of.task,
                     "the journal could not be written; it still has the task as running");
    }
    json_decref(line);
}

void wait_end(struct wait *w, const char *status, json_t *images, int result)
{
    w->done = true;
    w->result = result;
    w->document = result_document(&w->of, status, images, &w->outcome);
    if (w->document == NULL && result == 0) {
        w->result = error_memory(&w->err, "describing the result");
    }
}

/* What the user can type for the task: its id unless a shell would make something else of it. */
static const char *name_of(const struct wait *w)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *id = w->of.task->id;
    bool safe = *id != '\0' && *id != '-' && id[strspn(id, plain)] == '\0';

    return safe ? id : w->entry != NULL ? w->entry : "ID";
}

void wait_end_give_up(struct wait *w)
{
    char why[300];

    bool nothing =
        w->err.code == EXIT_DEADLINE && w->of.backend->never != NULL &&
        (w->outcome.standing == STANDING_QUEUED || w->outcome.standing == STANDING_UNKNOWN);

    if (nothing) {
        error_set(&w->err, EXIT_DEADLINE, "the deadline passed and nothing has come: %s",
                  w->of.backend->never);
    }
    text_clean(why, sizeof why, w->err.text, strlen(w->err.text), sizeof why);
    if (w->entry != NULL || w->of.task->id[0] != '\0') {
        error_set(&w->err, w->err.code, "%s; 'sdctl tasks wait %s%s' goes on with this task", why,
                  name_of(w), w->entry != NULL ? "" : " --endpoint ...");
    }
    wait_end(w,
             standing_name(w->outcome.standing == STANDING_SUCCEEDED ? STANDING_RUNNING
                                                                     : w->outcome.standing),
             NULL, -1);
}

void wait_end_failed(struct wait *w, enum standing standing)
{
    const char *reason = w->outcome.reason;

    w->outcome.standing = standing;
    wait_end_note(w, standing == STANDING_CANCELLED ? "cancelled" : "failed", NULL);
    error_set(&w->err, EXIT_FAILED, "task %s %s%s%s", w->of.task->id,
              standing == STANDING_CANCELLED ? "was cancelled"
              : standing == STANDING_MISSING
                  ? (reason != NULL ? "is lost" : "is not known to the service")
                  : "failed",
              reason != NULL && *reason != '\0' ? ": " : "", reason != NULL ? reason : "");
    if (reason != NULL) {
        text_clean(w->err.server, sizeof w->err.server, reason, strlen(reason),
                   sizeof w->err.server);
    }
    wait_end(w, standing_name(standing), NULL, w->look && standing != STANDING_MISSING ? 0 : -1);
}

void wait_end_placed(struct wait *w)
{
    struct arrived arrived[RECEIVE_PICTURES_MAX];

    result_arrived(&w->received, arrived);
    if (w->of.task->native != NULL) {
        if (w->of.backend->compare != NULL) {
            w->of.backend->compare(w->of.task, arrived, w->received.n_pictures, &w->outcome);
        } else {
            backend_compare(w->of.task, w->of.backend->natives, arrived, w->received.n_pictures,
                            &w->outcome);
        }
    }
    json_t *images = result_place(&w->of, &w->received, &w->outcome, &w->err);
    if (images == NULL) {
        wait_end_give_up(w);
        return;
    }
    wait_end_note(w, "succeeded", images);
    wait_end(w, "succeeded", images, 0);
    w->err.code = w->outcome.differences > 0 ? EXIT_NOT_AS_ASKED : EXIT_DONE;
}
