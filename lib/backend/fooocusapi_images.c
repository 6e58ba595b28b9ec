#include <string.h>

#include "backend/fooocusapi.h"
#include "wire/json.h"

static int set(struct task *task, const char *name, json_t *value, struct error *err)
{
    return json_object_set_new(task->native, name, value) == 0
               ? 0
               : error_memory(err, "preparing the request");
}

static bool has(const struct task *task, const char *name)
{
    return fooocusapi_has_picture(task->native, name);
}

static bool is_true(const struct task *task, const char *name)
{
    return json_is_true(json_object_get(task->native, name));
}

/* Puts the image where the operation wants it. */
static int compose_image(struct task *task, struct error *err)
{
    json_t *images = json_object_get(task->neutral, "images");
    bool inpaint =
        task->operation == OPERATION_INPAINT || json_object_get(task->neutral, "outpaint") != NULL;
    bool enhance =
        is_true(task, "enhance_checkbox") && json_object_get(task->native, "uov_method") == NULL;
    const char *name = inpaint   ? "inpaint_input_image"
                       : enhance ? "enhance_input_image"
                                 : "uov_input_image";

    if (json_array_size(images) > 1) {
        return error_set(err, EXIT_USAGE,
                         "FooocusAPI takes one image (--image), not %zu: run one at a time",
                         json_array_size(images));
    }
    if (json_array_size(images) == 1 &&
        set(task, name, json_incref(json_array_get(images, 0)), err) != 0) {
        return -1;
    }
    bool any = has(task, "uov_input_image") || has(task, "inpaint_input_image") ||
               has(task, "enhance_input_image") ||
               fooocusapi_has_picture(
                   json_array_get(json_object_get(task->native, "controlnet_image"), 0), "cn_img");
    if (!any || (inpaint && !has(task, "inpaint_input_image"))) {
        return error_set(err, EXIT_USAGE, "no image to work on: give one with -i FILE");
    }
    if (!has(task, "uov_input_image")) {
        return 0;
    }
    const char *method = json_string_at(task->native, "uov_method");
    if (method != NULL && strcmp(method, "Disabled") == 0) {
        return error_set(err, EXIT_USAGE,
                         "uov_method is Disabled: the server would ignore the image; set another "
                         "method, or enhance_checkbox without a method");
    }
    return method != NULL ? 0 : set(task, "uov_method", json_string("Vary (Subtle)"), err);
}

/* {left, top, right, bottom} as the sides' names and the distances in this order (D6). */
static int compose_outpaint(struct task *task, struct error *err)
{
    static const char *const names[][2] = {
        {"left", "Left"}, {"top", "Top"}, {"right", "Right"}, {"bottom", "Bottom"}};
    const json_t *extent = json_object_get(task->neutral, "outpaint");
    const json_t *given = json_object_get(task->native, "outpaint_distance");
    json_t *sides = json_array(), *distance = json_array(), *side;
    size_t i, k;
    int bad = 0;

    for (i = 0; i < 4 && extent != NULL; i++) {
        json_int_t n = json_integer_value(json_object_get(extent, names[i][0]));
        bad |= json_array_append_new(distance, json_integer(n));
        bad |= n > 0 ? json_array_append_new(sides, json_string(names[i][1])) : 0;
    }
    if (extent != NULL) {
        bad |= json_object_set(task->native, "outpaint_selections", sides);
        bad |= json_object_set(task->native, "outpaint_distance", distance);
        given = NULL;
    }
    json_decref(sides);
    json_decref(distance);
    for (i = 0; i < 4 && given != NULL; i++) {
        bool named = json_integer_value(json_array_get(given, i)) <= 0;
        json_array_foreach(json_object_get(task->native, "outpaint_selections"), k, side)
        {
            named = named || strcmp(json_string_value(side), names[i][1]) == 0;
        }
        bad |= !named && !backend_warn(task,
                                       "outpaint_distance has a number for %s, which "
                                       "outpaint_selections does not name: the server ignores it",
                                       names[i][1]);
    }
    return bad == 0 ? 0 : error_memory(err, "preparing the request");
}

static const struct input *find_input(const struct task *task, const char *name)
{
    const json_t *node = json_object_get(task->native, name);

    for (size_t i = 0; node != NULL && i < task->n_inputs; i++) {
        if (task->inputs[i].node == node) {
            return &task->inputs[i];
        }
    }
    return NULL;
}

/* The mask must have the image's size: the server lays one over the other (D25). */
static int compose_mask(struct task *task, struct error *err)
{
    json_t *mask = json_object_get(task->neutral, "mask");

    if (mask != NULL && set(task, "inpaint_mask_image_upload", json_incref(mask), err) != 0) {
        return -1;
    }
    if (has(task, "inpaint_input_image") && !has(task, "inpaint_mask_image_upload") &&
        json_array_size(json_object_get(task->native, "outpaint_selections")) == 0) {
        return error_set(err, EXIT_USAGE, "no mask: give one with -m FILE, white where to repaint");
    }
    const struct input *over = find_input(task, "inpaint_mask_image_upload");
    const struct input *image = find_input(task, "inpaint_input_image");
    if (over != NULL && image != NULL &&
        (over->width != image->width || over->height != image->height)) {
        return error_set(err, EXIT_INPUT,
                         "the mask '%s' is %ux%u, the image %ux%u: the server would lose the task",
                         over->name, (unsigned)over->width, (unsigned)over->height,
                         (unsigned)image->width, (unsigned)image->height);
    }
    return 0;
}

/* Which of the three strengths is meant, or NULL. */
static const char *strength_name(const struct task *task)
{
    const char *method = json_string_at(task->native, "uov_method");

    if (has(task, "inpaint_input_image")) {
        return "inpaint_strength";
    }
    if (!has(task, "uov_input_image") || method == NULL || strstr(method, "Fast") != NULL) {
        return NULL;
    }
    return strstr(method, "Vary") != NULL ? "overwrite_vary_strength"
                                          : "overwrite_upscale_strength";
}

/* Of the three that strength was translated to, the one that counts is kept. */
static int compose_strength(struct task *task, struct error *err)
{
    static const char *const all[] = {"overwrite_vary_strength", "overwrite_upscale_strength",
                                      "inpaint_strength"};
    const json_t *strength = json_object_get(task->neutral, "strength");
    const char *meant = strength_name(task);

    for (size_t i = 0; strength != NULL && i < 3; i++) {
        if ((meant == NULL || strcmp(all[i], meant) != 0) &&
            json_number_value(json_object_get(task->native, all[i])) ==
                json_number_value(strength)) {
            json_object_del(task->native, all[i]);
        }
    }
    if (strength != NULL && meant == NULL) {
        return error_set(err, EXIT_USAGE,
                         "--strength: what is asked for has none; it belongs to varying, upscaling "
                         "other than Fast, and inpainting");
    }
    for (size_t i = 0; i < 2; i++) {
        const json_t *value = json_object_get(task->native, all[i]);
        double number = json_number_value(value);
        if (json_is_number(value) && number <= 0 && number > -1) {
            return error_set(err, EXIT_USAGE,
                             "%s %g: the server takes it as not given; give more than 0", all[i],
                             number);
        }
    }
    return 0;
}

/* One flag of D11: without it the server sees the image prompts only. */
static int compose_mix(struct task *task, const char *name, struct error *err)
{
    const json_t *given = json_object_get(task->native, name);

    if (json_is_false(given)) {
        return error_set(err, EXIT_USAGE,
                         "%s=false: the server would ignore the image beside controlnet_image",
                         name);
    }
    return set(task, name, json_true(), err);
}

/* The server looks at one kind of image only (pre_process.py), but for what can be mixed. */
static int compose_kinds(struct task *task, struct error *err)
{
    const json_t *first = json_array_get(json_object_get(task->native, "controlnet_image"), 0);
    bool prompts = fooocusapi_has_picture(first, "cn_img");
    bool uov = has(task, "uov_input_image"), inpaint = has(task, "inpaint_input_image");

    if (has(task, "enhance_input_image") && (prompts || uov || inpaint)) {
        return error_set(err, EXIT_USAGE,
                         "enhance_input_image: the server would ignore every other image");
    }
    if (uov && inpaint) {
        return error_set(err, EXIT_USAGE,
                         "uov_input_image and inpaint_input_image: the server takes one of them");
    }
    if (prompts && uov) {
        return compose_mix(task, "mixing_image_prompt_and_vary_upscale", err);
    }
    return prompts && inpaint ? compose_mix(task, "mixing_image_prompt_and_inpaint", err) : 0;
}

int fooocusapi_compose_images(struct task *task, struct error *err)
{
    return compose_image(task, err) != 0 || compose_outpaint(task, err) != 0 ||
                   compose_mask(task, err) != 0 || compose_strength(task, err) != 0
               ? -1
               : compose_kinds(task, err);
}
