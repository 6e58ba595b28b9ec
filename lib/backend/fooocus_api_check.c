#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "backend/fooocus_api.h"
#include "base/text.h"
#include "wire/json.h"

#define ADVANCED FOOOCUS_API_ADVANCED "."
#define ENHANCE_MAX 3 /* default_enhance_tabs */

static int refuse_word(const struct fooocus_api_choice *choice, const char *label, const char *word,
                       struct error *err)
{
    size_t n = 0;

    while (choice->words[n] != NULL) {
        n++;
    }
    const char *nearest = text_nearest(word, choice->words, n);
    return error_set(
        err, EXIT_USAGE, "%s: Fooocus-API has no %s '%s'%s%s%s%s (--set-unchecked sends it anyway)",
        label, choice->name, word, choice->replaced ? " and would take its default in silence" : "",
        nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
        nearest != NULL ? "'?" : "");
}

static int check_word(const struct fooocus_api_choice *choice, const char *label,
                      const json_t *value, struct error *err)
{
    const char *word = json_string_value(value);

    for (size_t i = 0; word != NULL && choice->words[i] != NULL; i++) {
        if (strcmp(choice->words[i], word) == 0) {
            return 0;
        }
    }
    return word == NULL ? 0 : refuse_word(choice, label, word, err);
}

static int check_words(const struct task *task, const json_t *object, const char *label,
                       struct error *err)
{
    for (const struct fooocus_api_choice *c = fooocus_api_choices; c->name != NULL; c++) {
        const json_t *value = json_object_get(object, c->name), *item;
        size_t i;
        if (value == NULL || task->unchecked) {
            continue;
        }
        if (check_word(c, label, value, err) != 0) {
            return -1;
        }
        json_array_foreach(value, i, item)
        {
            if (check_word(c, label, item, err) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

static int check_object(const struct task *task, const struct native *rows, json_t *object,
                        const char *label, struct error *err)
{
    if (object == NULL) {
        return 0;
    }
    if (!json_is_object(object)) {
        return error_set(err, EXIT_USAGE, "%s must be an object", label);
    }
    return native_check_object(rows, object, label, task->unchecked, err) == 0
               ? check_words(task, object, label, err)
               : -1;
}

static int check_list(const struct task *task, const struct native *rows, const char *name,
                      struct error *err)
{
    json_t *item;
    char label[64];
    size_t i;

    json_array_foreach(json_object_get(task->native, name), i, item)
    {
        snprintf(label, sizeof label, "%s[%zu]", name, i);
        if (check_object(task, rows, item, label, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Any other word than these two raises in the server's scheduler thread, outside its try, and no
 * task runs until it is restarted (D9). */
static int check_scheme(const json_t *native, struct error *err)
{
    const char *scheme = json_string_at(native, "meta_scheme");

    if (scheme == NULL || strcmp(scheme, "fooocus") == 0 || strcmp(scheme, "a1111") == 0) {
        return 0;
    }
    return error_set(err, EXIT_USAGE,
                     "meta_scheme must be fooocus or a1111, not '%s': Fooocus-API's queue would "
                     "stop for everybody until it is restarted",
                     scheme);
}

/* W*H; anything else fails when the task runs. */
static int check_aspect(json_t *native, struct error *err)
{
    const char *text = json_string_at(native, "aspect_ratios_selection");
    unsigned width, height;
    int end = 0;

    if (text == NULL ||
        (isdigit((unsigned char)*text) && sscanf(text, "%5u*%5u%n", &width, &height, &end) == 2 &&
         text[end] == '\0' && width > 0 && height > 0)) {
        return 0;
    }
    return error_set(err, EXIT_USAGE,
                     "aspect_ratios_selection takes WIDTH*HEIGHT, such as 1152*896, not '%s'",
                     text);
}

/* The worker takes a factor only when it is below 5, and fails on null. */
static int check_upscale(const json_t *native, struct error *err)
{
    const char *method = json_string_at(native, "uov_method");

    if (method != NULL && strcmp(method, "Disabled") == 0) {
        return error_set(err, EXIT_USAGE,
                         "uov_method Disabled: Fooocus-API would ignore the image and make one "
                         "from the prompt alone");
    }
    if (json_number_value(json_object_get(native, "upscale_value")) == 5) {
        return error_set(err, EXIT_USAGE,
                         "upscale_value 5: Fooocus-API takes 2 instead; give less than 5, such as "
                         "4.99");
    }
    return 0;
}

/* Which routes read what; everything else is read by all. */
static const struct {
    const char *name;
    unsigned routes;
} readers[] = {
    {"uov_method", FOOOCUS_API_UOV},
    {"upscale_value", FOOOCUS_API_UOV},
    {"input_image", FOOOCUS_API_UOV | FOOOCUS_API_INPAINT},
    {"input_mask", FOOOCUS_API_INPAINT},
    {"inpaint_additional_prompt", FOOOCUS_API_INPAINT},
    {"outpaint_selections", FOOOCUS_API_INPAINT},
    {"outpaint_distance_left", FOOOCUS_API_INPAINT},
    {"outpaint_distance_top", FOOOCUS_API_INPAINT},
    {"outpaint_distance_right", FOOOCUS_API_INPAINT},
    {"outpaint_distance_bottom", FOOOCUS_API_INPAINT},
    {"image_prompts", FOOOCUS_API_UOV | FOOOCUS_API_INPAINT | FOOOCUS_API_PROMPT},
    {ADVANCED "overwrite_width", FOOOCUS_API_PROMPT},
    {ADVANCED "overwrite_height", FOOOCUS_API_PROMPT},
    {ADVANCED "inpaint_mask_upload_checkbox", FOOOCUS_API_NONE},
};

/* Removes what is at a dotted path of two steps at most; false when nothing was there. */
static bool take_out(json_t *native, const char *path)
{
    const char *dot = strchr(path, '.');
    json_t *object = dot == NULL ? native : json_object_get(native, FOOOCUS_API_ADVANCED);

    return json_object_del(object, dot == NULL ? path : dot + 1) == 0;
}

static bool drop_unread(struct task *task, enum fooocus_api_route route)
{
    bool told = true;

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if ((readers[i].routes & route) == 0 && take_out(task->native, readers[i].name)) {
            bool size = strstr(readers[i].name, "overwrite_") != NULL;
            told = told &&
                   backend_warn(task, "%s was left out: Fooocus-API's %s %s", readers[i].name,
                                fooocus_api_route_name(route),
                                size ? "sizes its result after the image" : "does not read it");
        }
    }
    return told;
}

/* The quick ways of working set these themselves (worker.py, set_lcm_defaults and its like). */
static bool drop_overwritten(struct task *task)
{
    static const char *const names[] = {"refiner_model_name",
                                        "sharpness",
                                        "guidance_scale",
                                        "refiner_switch",
                                        ADVANCED "adaptive_cfg",
                                        ADVANCED "sampler_name",
                                        ADVANCED "scheduler_name",
                                        ADVANCED "adm_scaler_positive",
                                        ADVANCED "adm_scaler_negative",
                                        ADVANCED "adm_scaler_end"};
    const char *speed = json_string_at(task->native, "performance_selection");
    bool told = true;

    if (speed == NULL || strcmp(speed, "Speed") == 0 || strcmp(speed, "Quality") == 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (take_out(task->native, names[i])) {
            told = told &&
                   backend_warn(task, "%s was left out: performance_selection '%s' sets its own",
                                names[i], speed);
        }
    }
    return told;
}

/* What outpainting and enhancing force (apply_outpaint; req_to_params). */
static bool drop_forced(struct task *task, enum fooocus_api_route route)
{
    static const char *const forced[] = {ADVANCED "inpaint_strength",
                                         ADVANCED "inpaint_respective_field"};
    bool outpaint = json_array_size(json_object_get(task->native, "outpaint_selections")) > 0;
    bool told = true;

    for (size_t i = 0; outpaint && i < 2; i++) {
        const json_t *value = json_get_path(task->native, forced[i]);
        bool same = json_number_value(value) == 1;
        if (take_out(task->native, forced[i]) && !same) {
            told =
                told && backend_warn(task, "%s was left out: outpainting sets it to 1", forced[i]);
        }
    }
    if (route == FOOOCUS_API_ENHANCE) {
        static const char *const flags[] = {"enhance_checkbox", "save_final_enhanced_image_only"};
        for (size_t i = 0; i < 2; i++) {
            if (json_is_false(json_object_get(task->native, flags[i])) &&
                take_out(task->native, flags[i])) {
                told = told &&
                       backend_warn(task, "%s was left out: Fooocus-API sets it to true", flags[i]);
            }
        }
    }
    if (json_object_size(json_object_get(task->native, FOOOCUS_API_ADVANCED)) == 0) {
        json_object_del(task->native, FOOOCUS_API_ADVANCED);
    }
    return told;
}

int fooocus_api_check(struct task *task, enum fooocus_api_route route, struct error *err)
{
    json_t *native = task->native;

    if (check_scheme(native, err) != 0 ||
        check_object(task, fooocus_api_natives, native, "parameters", err) != 0 ||
        check_words(task, json_object_get(native, FOOOCUS_API_ADVANCED), FOOOCUS_API_ADVANCED,
                    err) != 0 ||
        check_list(task, fooocus_api_loras, "loras", err) != 0 ||
        check_list(task, fooocus_api_image_prompts, "image_prompts", err) != 0 ||
        check_list(task, fooocus_api_enhance_ctrls, "enhance_ctrlnets", err) != 0 ||
        check_aspect(native, err) != 0 || (!task->unchecked && check_upscale(native, err) != 0)) {
        return -1;
    }
    size_t tabs = json_array_size(json_object_get(native, "enhance_ctrlnets"));
    if (tabs > ENHANCE_MAX && !task->unchecked) {
        return error_set(err, EXIT_USAGE,
                         "%zu enhance_ctrlnets: Fooocus-API takes %d and drops the rest in silence",
                         tabs, ENHANCE_MAX);
    }
    return drop_unread(task, route) && drop_overwritten(task) && drop_forced(task, route)
               ? 0
               : error_memory(err, "preparing the request");
}
