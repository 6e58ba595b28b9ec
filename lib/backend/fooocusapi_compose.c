#include <stdio.h>
#include <string.h>

#include "backend/fooocusapi.h"
#include "base/text.h"
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

/* {"image", "image_type"}; without a type the server takes Photo. */
static int compose_interrogate(struct task *task, struct error *err)
{
    static const char *const kinds[] = {"Photo", "Anime"};
    static const char *const alike[] = {"clip", "deepdanbooru"}; /* WebUI's words */
    json_t *image = json_array_get(json_object_get(task->neutral, "images"), 0);
    const char *model = json_string_at(task->neutral, "model");
    const char *kind = NULL;

    for (size_t i = 0; model != NULL && i < 2; i++) {
        bool same = text_casecmp(model, kinds[i]) == 0 || strcmp(model, alike[i]) == 0;
        kind = same ? kinds[i] : kind;
    }
    if (model != NULL && kind == NULL) {
        return error_set(err, EXIT_USAGE, "--model '%s': FooocusAPI describes as photo or anime",
                         model);
    }
    json_t *native = json_pack("{s:O,s:s*}", "image", image, "image_type", kind);
    if (native == NULL) {
        return error_memory(err, "preparing the request");
    }
    json_decref(task->native);
    task->native = native;
    return 0;
}

/* What the neutral vocabulary has and this server has not. */
static int refuse_words(const struct task *task, struct error *err)
{
    static const char *const absent[][3] = {
        {"resize", "--resize", "the server keeps the image's shape"},
        {"mask_blur", "--mask-blur", "the server softens the edge by itself"},
        {"mask_blur_x", "--mask-blur-x", "the server softens the edge by itself"},
        {"mask_blur_y", "--mask-blur-y", "the server softens the edge by itself"},
        {"fill", "--fill",
         "the server fills at inpaint_strength above 0.99 and keeps the original below"},
        {"padding", "--padding", "--set inpaint_respective_field=X, 0 to 1, widens the area"},
        {"script", "--script", "the server has no scripts"},
        {"script_args", "--script-arg", "the server has no scripts"},
        {"ip_adapters", "--ip-adapter", "use --controlnet with type=ImagePrompt or type=FaceSwap"},
    };

    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        if (json_object_get(task->neutral, absent[i][0]) != NULL) {
            return error_set(err, EXIT_USAGE, "%s is not possible with FooocusAPI: %s",
                             absent[i][1], absent[i][2]);
        }
    }
    return 0;
}

/* Members that the server sets itself or ignores (pre_process.py, D14), and how the result comes.
 */
static int compose_fixed(struct task *task, struct error *err)
{
    static const char *const dead[] = {"input_image_checkbox", "current_tab", "require_base64",
                                       "inpaint_advanced_masking_checkbox",
                                       "inpaint_mask_upload_checkbox"};
    static const char *const modes[] = {"async_process", "stream_output"};
    const bool wanted[] = {task->delivery == DELIVERY_ASYNC, task->delivery == DELIVERY_STREAM};
    bool told = true;

    if (is_true(task, "invert_mask_checkbox")) {
        return error_set(err, EXIT_USAGE,
                         "invert_mask_checkbox: the server ignores it; invert the mask itself with "
                         "--invert-mask");
    }
    json_object_del(task->native, "invert_mask_checkbox");
    for (size_t i = 0; i < sizeof dead / sizeof *dead; i++) {
        if (json_object_del(task->native, dead[i]) == 0) {
            told = told && backend_warn(task, "%s was left out: the server ignores it", dead[i]);
        }
    }
    for (size_t i = 0; i < 2; i++) {
        if (is_true(task, modes[i]) && !wanted[i]) {
            told = told && backend_warn(task,
                                        "%s was left out: the command decides how the result "
                                        "comes",
                                        modes[i]);
        }
        json_object_del(task->native, modes[i]);
        if (wanted[i] && set(task, modes[i], json_true(), err) != 0) {
            return -1;
        }
    }
    if (task->delivery == DELIVERY_BINARY &&
        json_integer_value(json_object_get(task->native, "image_number")) > 1) {
        return error_set(
            err, EXIT_USAGE, "--binary brings one image, not %lld: leave --binary out, or --count",
            (long long)json_integer_value(json_object_get(task->native, "image_number")));
    }
    return told ? 0 : error_memory(err, "preparing the request");
}

/* What is sent and has no effect (async_worker.py). */
static int warn_ignored(struct task *task, struct error *err)
{
    static const char *const sizes[] = {"overwrite_width", "overwrite_height"};
    static const char *const fixed[] = {
        "sampler_name",       "scheduler_name", "sharpness",           "guidance_scale",
        "adaptive_cfg",       "refiner_switch", "adm_scaler_positive", "adm_scaler_negative",
        "refiner_model_name", "adm_scaler_end"};
    const char *performance = json_string_at(task->native, "performance_selection");
    const char *method = json_string_at(task->native, "uov_method");
    bool enhance = has(task, "enhance_input_image");
    bool single = enhance || (method != NULL && strstr(method, "Fast") != NULL);
    bool from_image = enhance || has(task, "uov_input_image") || has(task, "inpaint_input_image");
    bool fast = performance != NULL && strcmp(performance, "Quality") != 0 &&
                strcmp(performance, "Speed") != 0;
    bool told = true;

    for (size_t i = 0; from_image && i < 2; i++) {
        if (json_integer_value(json_object_get(task->native, sizes[i])) > 0) {
            told = told && backend_warn(task, "%s has no effect: the size follows from the image",
                                        sizes[i]);
        }
    }
    for (size_t i = 0; fast && i < sizeof fixed / sizeof *fixed; i++) {
        if (json_object_get(task->native, fixed[i]) != NULL) {
            told = told && backend_warn(task,
                                        "%s has no effect: performance_selection '%s' has "
                                        "its own",
                                        fixed[i], performance);
        }
    }
    if (single && json_integer_value(json_object_get(task->native, "image_number")) > 1) {
        told = told && backend_warn(task, "image_number has no effect: the server makes one here");
    }
    if (!is_true(task, "enhance_checkbox") &&
        (enhance || json_array_size(json_object_get(task->native, "enhance_ctrls")) > 0)) {
        told = told && backend_warn(task, "nothing is enhanced without enhance_checkbox=true");
    }
    return told ? 0 : error_memory(err, "preparing the request");
}

int fooocusapi_compose(struct task *task, const json_t *facts, struct error *err)
{
    if (task->operation == OPERATION_INTERROGATE) {
        return compose_interrogate(task, err);
    }
    if (refuse_words(task, err) != 0 || compose_fixed(task, err) != 0 ||
        fooocusapi_compose_units(task, err) != 0 || fooocusapi_compose_images(task, err) != 0 ||
        fooocusapi_check_values(task->native, task->unchecked, err) != 0 ||
        warn_ignored(task, err) != 0) {
        return -1;
    }
    return fooocusapi_check_names(task, facts, err);
}
