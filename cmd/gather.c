#include "cmd/gather.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/canvas.h"
#include "cmd/from.h"
#include "cmd/image.h"
#include "cmd/mask.h"

#define PROMPT_MAX (1024UL * 1024)
#define PARAMS_MAX (64UL * 1024 * 1024)

/* A prompt given as @FILE is read from there; one final line end is taken off. */
static int read_prompt(json_t *neutral, const char *name, const struct deadline *deadline,
                       struct error *err)
{
    const char *given = json_string_at(neutral, name);
    struct buf text;
    int result = 0;

    if (given == NULL || *given != '@') {
        return 0;
    }
    buf_init(&text, PROMPT_MAX);
    if (source_read_text(given + 1, &text, deadline, err) != 0) {
        result = -1;
    } else if (memchr(text.data, '\0', text.len) != NULL || !text_is_utf8(text.data, text.len)) {
        result = error_set(err, EXIT_INPUT, "cannot use '%s': it is not UTF-8 text", given + 1);
    } else {
        size_t n = text.len;
        n -= n > 0 && text.data[n - 1] == '\n';
        n -= n > 0 && text.data[n - 1] == '\r';
        result = json_object_set_new(neutral, name, json_stringn(text.data, n)) == 0
                     ? 0
                     : error_memory(err, "reading the prompt");
    }
    buf_release(&text);
    return result;
}

/* --set KEY=VALUE, VALUE being JSON if it parses. */
static int read_set(const struct option_list *list, json_t **layer, struct error *err)
{
    char key[256];

    *layer = list->n == 0 ? NULL : json_object();
    for (size_t i = 0; i < list->n; i++) {
        const char *equals = strchr(list->v[i], '=');
        size_t n = (size_t)(equals - list->v[i]);
        if (n >= sizeof key) {
            return error_set(err, EXIT_USAGE, "--set: the parameter's name is too long");
        }
        memcpy(key, list->v[i], n);
        key[n] = '\0';
        json_t *value = json_loads(equals + 1, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
        value = value != NULL ? value : json_string(equals + 1);
        if (value == NULL) {
            return error_set(err, EXIT_USAGE, "--set %s: the value is not UTF-8 text", key);
        }
        if (json_set_path(*layer, key, value, err) != 0) {
            return error_prefix(err, "--set: ");
        }
    }
    return 0;
}

static int read_params(const char *path, const struct deadline *deadline, json_t **layer,
                       struct error *err)
{
    struct buf text;
    int result = -1;

    if (path == NULL) {
        return 0;
    }
    buf_init(&text, PARAMS_MAX);
    if (source_read_text(path, &text, deadline, err) == 0) {
        *layer = json_parse(buf_str(&text), text.len, path, EXIT_INPUT, err);
        result = *layer == NULL ? -1
                 : json_is_object(*layer)
                     ? 0
                     : error_set(err, EXIT_INPUT, "cannot use '%s': it holds no JSON object", path);
    }
    buf_release(&text);
    return result;
}

/* image=FILE,model=NAME,...: an object with the picture's node at image and mask. */
static json_t *read_unit(struct job *job, const char *option, const char *text, struct error *err)
{
    json_t *unit = json_object();
    char key[64];

    while (*text != '\0') {
        size_t n = strcspn(text, "="), value_len;
        if (text[n] != '=' || n >= sizeof key || n == 0 || memchr(text, ',', n) != NULL) {
            json_decref(unit);
            error_set(err, EXIT_USAGE, "%s: '%s' is not KEY=VALUE,...", option, text);
            return NULL;
        }
        memcpy(key, text, n);
        key[n] = '\0';
        text += n + 1;
        value_len = strcspn(text, ",");
        char *value = strndup(text, value_len);
        json_t *item = value == NULL               ? NULL
                       : strcmp(key, "image") == 0 ? image_open(job, value, err)
                       : strcmp(key, "mask") == 0  ? mask_open(job, value, err)
                                                   : json_string(value);
        free(value);
        if (item == NULL || json_object_set_new(unit, key, item) != 0) {
            json_decref(unit);
            error_prefix(err, "%s: ", option);
            return NULL;
        }
        text += value_len + (text[value_len] == ',');
    }
    return unit;
}

/* All units of an option, as an array under a neutral name. */
static int add_units(struct job *job, const struct option_list *list, const char *option,
                     const char *name, struct error *err)
{
    json_t *units = list->n == 0 ? NULL : json_array();

    for (size_t i = 0; i < list->n; i++) {
        json_t *unit = read_unit(job, option, list->v[i], err);
        if (unit == NULL || json_array_append_new(units, unit) != 0) {
            json_decref(units);
            return -1;
        }
    }
    return units == NULL || json_object_set_new(job->layers[LAYER_OPTION], name, units) == 0
               ? 0
               : error_memory(err, "preparing the units");
}

static int add_script(struct job *job, const struct generation_options *g, struct error *err)
{
    json_t *args = json_array();
    int bad = 0;

    if (g->script == NULL) {
        json_decref(args);
        return 0;
    }
    for (size_t i = 0; i < g->script_arg.n; i++) {
        bad |= json_array_append_new(args, json_string(g->script_arg.v[i]));
    }
    bad |= json_object_set_new(job->layers[LAYER_OPTION], "script_args", args);
    bad |= json_object_set_new(job->layers[LAYER_OPTION], "script", json_string(g->script));
    return bad == 0 ? 0
                    : error_set(err, EXIT_USAGE, "--script: the name or an argument is not UTF-8");
}

/* The init images: --image, else the picture of --from. *erased gets the first one as it was when
 * it has transparent parts. */
static int add_images(struct job *job, const struct option_list *list, const char *from,
                      int *erased, struct error *err)
{
    json_t *images = json_array();

    for (size_t i = 0; i < (list->n > 0 ? list->n : from != NULL); i++) {
        const char *path = list->n > 0 ? list->v[i] : from;
        bool link = job->backend != NULL && job->backend->takes_links && image_is_link(path);
        json_t *node =
            link ? json_string(path) : image_open_init(job, path, i == 0 ? erased : NULL, err);
        if (node == NULL || json_array_append_new(images, node) != 0) {
            json_decref(images);
            return -1;
        }
    }
    if (json_array_size(images) == 0) {
        json_decref(images);
        return 0;
    }
    return json_object_set_new(job->layers[LAYER_OPTION], "images", images) == 0
               ? 0
               : error_memory(err, "preparing the images");
}

/* One of standard input's readers only: -i -, -m -, --params - and --from - exclude each other. */
static int check_stdin(const struct generation *g, struct error *err)
{
    const char *const single[] = {g->inpaint.mask, g->inpaint.sketch, g->image.params,
                                  g->image.from, g->remote.api_key_file};
    size_t n = 0;

    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        n += single[i] != NULL && strcmp(single[i], "-") == 0;
    }
    for (size_t i = 0; i < g->image.image.n; i++) {
        n += strcmp(g->image.image.v[i], "-") == 0;
    }
    return n <= 1 ? 0
                  : error_set(err, EXIT_USAGE,
                              "standard input (-) can be read once only: name files for the rest");
}

/* The mask that is no file of its own: drawn with --sketch, or erased from the image. */
static int find_mask(struct job *job, const struct inpaint_options *o, bool outpaint, int *erased,
                     struct mask_given *mask, struct error *err)
{
    bool by_alpha = o->mask_from != NULL && strcmp(o->mask_from, "luma") != 0;

    if (o->sketch != NULL) {
        return canvas_sketch(job, o, mask, err);
    }
    if (o->mask != NULL || mask_is_native(job)) {
        return 0;
    }
    if (by_alpha) {
        return canvas_erased(job, o->mask_from, erased, mask, err);
    }
    if (outpaint) {
        return 0;
    }
    if (*erased >= 0) {
        return error_set(err, EXIT_USAGE,
                         "no mask: give one with -m FILE, white where to repaint; or "
                         "--mask-from alpha-inverted to repaint the transparent parts of '%s'",
                         job->sources[image_first(job)].name);
    }
    return error_set(err, EXIT_USAGE, "no mask: give one with -m FILE, white where to repaint");
}

/* The mask, and the canvas around it and the image. */
static int add_mask(struct job *job, const struct generation *g, int *erased, struct error *err)
{
    const struct inpaint_options *o = &g->inpaint;
    struct mask_given mask = MASK_GIVEN_INIT;
    struct outpaint extent;
    bool outpaint = g->image.outpaint != NULL;
    int result = -1;

    if (outpaint && canvas_parse(g->image.outpaint, &extent, err) != 0) {
        return -1;
    }
    if (outpaint && job->backend != NULL && job->backend->native_outpaint) {
        if (canvas_native(job, &extent, err) != 0) {
            return -1;
        }
        outpaint = false;
        if (o->mask == NULL && o->sketch == NULL) {
            return mask_drop(job, err);
        }
    }
    if (job->operation != OPERATION_INPAINT) {
        result = mask_drop(job, err);
        if (result != 0 || !outpaint) {
            return result;
        }
        result = -1;
    } else if (find_mask(job, o, outpaint, erased, &mask, err) != 0) {
        goto out;
    }
    bool alone = outpaint && o->mask == NULL && mask.fd < 0 && !mask_is_native(job);
    if (alone && canvas_new_area(job, &extent, &mask, err) != 0) {
        goto out;
    }
    if (mask_add(job, o, &mask, err) != 0) {
        goto out;
    }
    result = outpaint && !alone ? canvas_extend(job, &extent, err) : 0;
out:
    mask_given_release(&mask);
    return result;
}

static enum delivery delivery_of(const struct task_options *task)
{
    return task->async    ? DELIVERY_ASYNC
           : task->stream ? DELIVERY_STREAM
           : task->binary ? DELIVERY_BINARY
                          : DELIVERY_PLAIN;
}

/* A batch line's own native parameters, over those of --params. */
static int add_native(struct job *job, const json_t *native, struct error *err)
{
    json_t **layer = &job->layers[LAYER_PARAMS];
    json_t *copy = native == NULL ? NULL : json_deep_copy(native);

    if (native == NULL) {
        return 0;
    }
    *layer = *layer == NULL ? json_object() : *layer;
    int bad = copy == NULL || json_object_update_recursive(*layer, copy) != 0;
    json_decref(copy);
    return bad == 0 ? 0 : error_memory(err, "reading a job");
}

/* Native parameters as the service has them, pictures in them as pictures. */
static int take_native(struct job *job, json_t *native, struct error *err)
{
    bool adopts = native != NULL && job->backend != NULL && job->backend->adopt != NULL;

    return adopts && job->backend->adopt(native, err) != 0 ? -1 : image_lift(job, native, err);
}

/* Fills the job's layers and pictures. */
int gather_job(struct job *job, const struct generation *g, struct parsed *parsed,
               struct error *err)
{
    struct from from = {0};
    int erased = -1, result = -1;

    job->layers[LAYER_OPTION] = json_incref(parsed->neutral);
    job->unchecked = g->image.set_unchecked;
    job->resolve = g->image.resolve;
    job->delivery = delivery_of(&g->task);
    job->resubmit = g->task.resubmit;
    job->journal_params = g->task.journal_params;
    job->stage = g->task.s3_stage;
    if (check_stdin(g, err) != 0 ||
        read_prompt(parsed->neutral, "prompt", &job->patience.deadline, err) != 0 ||
        read_prompt(parsed->neutral, "negative_prompt", &job->patience.deadline, err) != 0 ||
        read_set(&g->image.set, &job->layers[LAYER_SET], err) != 0 ||
        read_params(g->image.params, &job->patience.deadline, &job->layers[LAYER_PARAMS], err) !=
            0 ||
        add_native(job, g->native, err) != 0 ||
        take_native(job, job->layers[LAYER_PARAMS], err) != 0 ||
        take_native(job, job->layers[LAYER_SET], err) != 0 ||
        (g->image.from != NULL &&
         from_read(&from, g->image.from, &job->patience.deadline, err) != 0) ||
        add_images(job, &g->image.image, from.image, &erased, err) != 0 ||
        add_units(job, &g->image.controlnet, "--controlnet", "controlnet", err) != 0 ||
        add_units(job, &g->image.ip_adapter, "--ip-adapter", "ip_adapters", err) != 0 ||
        add_script(job, &g->image, err) != 0) {
        goto out;
    }
    job->layers[LAYER_FROM] = json_incref(from.neutral);
    result = add_mask(job, g, &erased, err);
out:
    if (erased >= 0) {
        close(erased);
    }
    from_release(&from);
    return result;
}
