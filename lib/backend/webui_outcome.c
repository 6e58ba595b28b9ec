#include <stdlib.h>
#include <string.h>

#include "backend/infotext.h"
#include "backend/webui.h"
#include "wire/json.h"

/* `info` is JSON inside a string (A19); sd.cpp documents it as empty. */
static json_t *read_info(const json_t *reply)
{
    const char *text = json_string_at(reply, "info");
    struct error ignored;

    if (text == NULL || *text == '\0') {
        return NULL;
    }
    json_t *info = json_parse(text, strlen(text), "info", EXIT_FAILED, &ignored);
    return info != NULL && json_is_object(info)
               ? info
               : (json_decref(info), json_pack("{s:s}", "text", text));
}

/*
 * The seed of the n-th result. A script runs many times with seeds of its own and reports the last
 * run's, so the picture's text tells it, or `info` when there is only one.
 */
static void read_seed(const struct task *task, const struct arrived *arrived, const json_t *info,
                      size_t n, struct pictured *p)
{
    bool script = json_object_get(task->native, "script_name") != NULL;
    json_t *text = script && arrived->text != NULL ? infotext_parse(arrived->text) : NULL;
    json_t *seed = !script        ? json_array_get(json_object_get(info, "all_seeds"), n)
                   : text != NULL ? json_object_get(text, "seed")
                   : n == 0       ? json_object_get(info, "seed")
                                  : NULL;

    p->has_seed = json_is_integer(seed);
    p->seed = json_integer_value(seed);
    json_decref(text);
}

/*
 * Which picture is what (A12, A13): a grid comes first when index_of_first_image says so. Then come
 * the results, which carry their parameters when the server writes them, mixed with masks and
 * composites that do not, and last the extra images of scripts. Without such text, or when there
 * are no more than asked for, the first all_seeds are the results.
 */
static void assign_roles(const struct task *task, const struct arrived *arrived,
                         struct outcome *outcome)
{
    json_t *seeds = json_object_get(outcome->info, "all_seeds");
    json_int_t first = json_integer_value(json_object_get(outcome->info, "index_of_first_image"));
    bool script = json_object_get(task->native, "script_name") != NULL;
    bool any_text = false;
    size_t expected =
        script || json_array_size(seeds) == 0 ? outcome->n_pictures : json_array_size(seeds);
    bool surplus = script || (json_int_t)outcome->n_pictures - first > (json_int_t)expected;
    size_t found = 0;

    for (size_t i = 0; surplus && i < outcome->n_pictures; i++) {
        any_text = any_text || ((json_int_t)i >= first && arrived[i].text != NULL);
    }
    for (size_t i = 0; i < outcome->n_pictures; i++) {
        struct pictured *p = &outcome->pictures[i];
        if ((json_int_t)i < first) {
            p->role = ROLE_GRID;
            continue;
        }
        if (found >= expected || (any_text && arrived[i].text == NULL)) {
            p->role = ROLE_EXTRA;
            continue;
        }
        p->role = ROLE_RESULT;
        read_seed(task, &arrived[i], outcome->info, found++, p);
    }
}

static int read_caption(const json_t *reply, struct outcome *outcome, struct error *err)
{
    const char *caption = json_string_at(reply, "caption");

    if (caption == NULL) {
        return error_set(err, EXIT_FAILED, "the server's answer has no caption");
    }
    outcome->caption = strdup(caption);
    return outcome->caption != NULL ? 0 : error_memory(err, "reading the caption");
}

int webui_outcome(struct task *task, const json_t *reply, const struct arrived *arrived,
                  size_t n_arrived, struct outcome *outcome, struct error *err)
{
    json_t *images = json_object_get(reply, "images");

    outcome->n_pictures = n_arrived;
    if (!json_is_object(reply)) {
        return error_set(err, EXIT_FAILED, "the server's answer is not a JSON object");
    }
    if (task->operation == OPERATION_INTERROGATE) {
        return read_caption(reply, outcome, err);
    }
    if (json_is_false(json_object_get(task->native, "send_images"))) {
        outcome->info = read_info(reply);
        return 0;
    }
    if (n_arrived != json_array_size(images)) {
        return error_set(err, EXIT_FAILED, "the server's answer has images that are no strings");
    }
    if (n_arrived == 0) {
        return error_set(err, EXIT_FAILED, "the server's answer has no image (\"images\" is %s)",
                         images == NULL          ? "missing"
                         : json_is_array(images) ? "empty"
                                                 : "no array");
    }
    outcome->info = read_info(reply);
    outcome->pictures = calloc(n_arrived, sizeof *outcome->pictures);
    if (outcome->pictures == NULL) {
        return error_memory(err, "reading the answer");
    }
    assign_roles(task, arrived, outcome);
    webui_compare(task, arrived, outcome);
    return 0;
}
