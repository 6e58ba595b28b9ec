#include <stdio.h>
#include <string.h>

#include "backend/fooocus_api.h"
#include "base/buf.h"
#include "wire/json.h"

#define ADVANCED FOOOCUS_API_ADVANCED "."

static int refuse(struct error *err, const char *what)
{
    return error_set(err, EXIT_USAGE, "%s", what);
}

static int set(json_t *native, const char *name, json_t *value, struct error *err)
{
    return value != NULL && json_object_set_new(native, name, value) == 0
               ? 0
               : error_memory(err, "preparing the request");
}

static bool is_given(const json_t *native, const char *name)
{
    const json_t *value = json_object_get(native, name);
    const char *text = json_string_value(value);

    return value != NULL && !json_is_null(value) && (text == NULL || *text != '\0');
}

static int compose_interrogate(struct task *task, struct error *err)
{
    json_t *image = json_array_get(json_object_get(task->neutral, "images"), 0);

    if (fooocus_api_image_type(task) == NULL) {
        return error_set(err, EXIT_USAGE, "Fooocus-API describes with Photo or Anime, not '%s'",
                         json_string_at(task->neutral, "model"));
    }
    json_t *native = json_pack("{s:O}", "image", image);
    if (native == NULL) {
        return error_memory(err, "preparing the request");
    }
    json_decref(task->native);
    task->native = native;
    return 0;
}

/* What the neutral words can say and this server cannot. */
static int refuse_neutral(const struct task *task, struct error *err)
{
    static const struct {
        const char *name, *option, *instead;
    } words[] = {
        {"resize", "--resize", "it chooses the size of the result after the image"},
        {"mask_blur", "--mask-blur", "it blurs the edge itself"},
        {"mask_blur_x", "--mask-blur-x", "it blurs the edge itself"},
        {"mask_blur_y", "--mask-blur-y", "it blurs the edge itself"},
        {"fill", "--fill", "--set inpaint_disable_initial_latent=true starts from noise"},
        {"padding", "--padding",
         "--set inpaint_respective_field=X, 0 to 1, says how much of the "
         "image around the mask is seen"},
        {"ip_adapters", "--ip-adapter", "use --controlnet image=FILE,type=ImagePrompt"},
        {"script", "--script", "scripts are WebUI's"},
        {"script_args", "--script-arg", "scripts are WebUI's"},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const json_t *value = json_object_get(task->neutral, words[i].name);
        if (value != NULL && !(json_is_array(value) && json_array_size(value) == 0)) {
            return error_set(err, EXIT_USAGE, "Fooocus-API has no %s: %s", words[i].option,
                             words[i].instead);
        }
    }
    return 0;
}

static bool wants_enhance(const json_t *native)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(size_t)native, name, value)
    {
        if (strncmp(name, "enhance_", 8) == 0 ||
            strcmp(name, "save_final_enhanced_image_only") == 0) {
            return true;
        }
    }
    return false;
}

enum fooocus_api_route fooocus_api_route(const struct task *task)
{
    const json_t *native = task->native;

    if (wants_enhance(native)) {
        return FOOOCUS_API_ENHANCE;
    }
    if (task->operation == OPERATION_INPAINT || is_given(native, "input_mask") ||
        json_array_size(json_object_get(native, "outpaint_selections")) > 0) {
        return FOOOCUS_API_INPAINT;
    }
    if (is_given(native, "input_image")) {
        return FOOOCUS_API_UOV;
    }
    return json_array_size(json_object_get(native, "image_prompts")) > 0 ? FOOOCUS_API_PROMPT
                                                                         : FOOOCUS_API_NONE;
}

const char *fooocus_api_route_name(enum fooocus_api_route route)
{
    return route == FOOOCUS_API_UOV       ? "image-upscale-vary"
           : route == FOOOCUS_API_INPAINT ? "image-inpaint-outpaint"
           : route == FOOOCUS_API_ENHANCE ? "image-enhance"
                                          : "image-prompt";
}

static int compose_images(struct task *task, struct error *err)
{
    json_t *images = json_object_get(task->neutral, "images");
    const char *name = wants_enhance(task->native) ? "enhance_input_image" : "input_image";
    size_t n = json_array_size(images);

    if (n > 1) {
        return error_set(err, EXIT_USAGE,
                         "Fooocus-API takes one image (--image), not %zu: run one at a time, or "
                         "give the others as --controlnet image=FILE,type=ImagePrompt",
                         n);
    }
    if (n == 1 && json_object_set(task->native, name, json_array_get(images, 0)) != 0) {
        return error_memory(err, "preparing the request");
    }
    json_t *mask = json_object_get(task->neutral, "mask");
    if (mask != NULL && json_object_set(task->native, "input_mask", mask) != 0) {
        return error_memory(err, "preparing the request");
    }
    return 0;
}

/* A distance has an effect only for a direction that is named (D6). */
static int compose_outpaint(struct task *task, struct error *err)
{
    static const char *const sides[] = {"Left", "Top", "Right", "Bottom"};
    static const char *const keys[] = {"left", "top", "right", "bottom"};
    json_t *extent = json_object_get(task->neutral, "outpaint");
    json_t *selections = json_object_get(task->native, "outpaint_selections"), *item;
    char name[48];
    size_t at;
    int bad = 0;

    if (json_is_object(extent)) {
        selections = NULL;
        json_object_del(task->native, "outpaint_selections");
    }
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "outpaint_distance_%s", keys[i]);
        json_int_t pixels = json_integer_value(json_object_get(extent, keys[i]));
        if (json_is_object(extent)) {
            json_object_del(task->native, name);
        }
        if (pixels > 0) {
            bad |= json_object_set_new(task->native, name, json_integer(pixels));
        }
        pixels = json_integer_value(json_object_get(task->native, name));
        bool named = pixels <= 0;
        json_array_foreach(selections, at, item)
        {
            const char *text = json_string_value(item);
            named = named || (text != NULL && strcmp(text, sides[i]) == 0);
        }
        if (!named && selections == NULL) {
            selections = json_array();
            bad |= json_object_set_new(task->native, "outpaint_selections", selections);
        }
        if (!named) {
            bad |= json_array_append_new(selections, json_string(sides[i]));
        }
    }
    return bad == 0 ? 0 : error_memory(err, "preparing the request");
}

static int check_route(const struct task *task, enum fooocus_api_route route, struct error *err)
{
    const json_t *native = task->native;

    if (route == FOOOCUS_API_ENHANCE) {
        return task->operation == OPERATION_INPAINT || is_given(native, "input_mask") ||
                       json_object_get(native, "outpaint_selections") != NULL
                   ? refuse(err, "enhancing (enhance_...) makes its own masks: leave the mask and "
                                 "the outpainting out, or the enhance_ parameters")
               : is_given(native, "enhance_input_image")
                   ? 0
                   : refuse(err, "no image to enhance: give one with -i FILE");
    }
    if (route == FOOOCUS_API_NONE ||
        (route == FOOOCUS_API_INPAINT && !is_given(native, "input_image"))) {
        return refuse(err, "no image to work on: give one with -i FILE");
    }
    if (route == FOOOCUS_API_INPAINT && !is_given(native, "input_mask") &&
        json_array_size(json_object_get(native, "outpaint_selections")) == 0) {
        return refuse(err, "no mask: give one with -m FILE, white where to repaint");
    }
    return 0;
}

/* The method, and which of the strengths --strength is (worker.py: 0 or less means the method's
 * own). */
static int compose_method(struct task *task, enum fooocus_api_route route, struct error *err)
{
    json_t *strength = json_object_get(task->neutral, "strength");
    const char *keep = "inpaint_strength";
    static const char *const strengths[] = {"inpaint_strength", "overwrite_vary_strength",
                                            "overwrite_upscale_strength"};
    json_t *advanced = json_object_get(task->native, FOOOCUS_API_ADVANCED);
    const char *method = json_string_at(task->native, "uov_method");

    if (route == FOOOCUS_API_ENHANCE) {
        method = json_string_at(task->native, "enhance_uov_method");
        method = method != NULL ? method : "Vary (Strong)";
    } else if (route == FOOOCUS_API_UOV && method == NULL) {
        method = "Vary (Subtle)";
        if (set(task->native, "uov_method", json_string(method), err) != 0) {
            return -1;
        }
    }
    if (strength == NULL) {
        return 0;
    }
    if (route == FOOOCUS_API_PROMPT) {
        return refuse(err, "--strength needs an image to work on: give one with -i FILE");
    }
    if (route != FOOOCUS_API_INPAINT) {
        if (strstr(method, "Fast") != NULL) {
            return refuse(err, "--strength: Upscale (Fast 2x) does not repaint; choose another "
                               "uov_method");
        }
        keep = strncmp(method, "Upscale", 7) == 0 ? strengths[2] : strengths[1];
        if (json_number_value(strength) <= 0) {
            return refuse(err, "--strength 0: Fooocus-API takes that for its own default; give a "
                               "small number such as 0.001");
        }
    }
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(strengths[i], keep) != 0 &&
            json_equal(json_object_get(advanced, strengths[i]), strength)) {
            json_object_del(advanced, strengths[i]);
        }
    }
    return 0;
}

/* 1 is the whole image, 0 the rectangle around the mask alone (inpaint_worker.py, solve_abcd). */
static int compose_area(struct task *task, struct error *err)
{
    const char *area = json_string_at(task->neutral, "area");

    return area == NULL ? 0
                        : json_set_path(task->native, ADVANCED "inpaint_respective_field",
                                        json_real(strcmp(area, "whole") == 0 ? 1.0 : 0.0), err);
}

/* Embeddings are words of the prompt; Fooocus reads "embedding:NAME". */
static int compose_prompt(struct task *task, struct error *err)
{
    json_t *embeddings = json_object_get(task->neutral, "embeddings"), *item;
    const char *prompt = json_string_at(task->native, "prompt");
    struct buf text;
    size_t i;

    if (json_array_size(embeddings) == 0) {
        return 0;
    }
    buf_init(&text, 1024UL * 1024);
    buf_adds(&text, prompt != NULL ? prompt : "");
    json_array_foreach(embeddings, i, item)
    {
        buf_addf(&text, "%sembedding:%s", text.len > 0 ? ", " : "", json_string_value(item));
    }
    int bad =
        text.failed || set(task->native, "prompt", json_string(buf_str(&text)), err) != 0 ? -1 : 0;
    buf_release(&text);
    return bad == 0 ? 0 : error_memory(err, "preparing the prompt");
}

/* How the answer comes. async_process beats Accept: image/png on this server (call_worker.py). */
static int compose_delivery(struct task *task, struct error *err)
{
    bool async = json_is_true(json_object_get(task->native, "async_process"));
    json_int_t count = json_integer_value(json_object_get(task->native, "image_number"));

    if (task->delivery == DELIVERY_STREAM) {
        return refuse(err, "Fooocus-API cannot stream: leave --stream out, or use --async and "
                           "'sdctl tasks wait'");
    }
    if (async && task->delivery != DELIVERY_ASYNC) {
        json_object_del(task->native, "async_process");
        async = false;
        if (!backend_warn(task, "async_process was left out: the command decides how the result "
                                "comes")) {
            return error_memory(err, "preparing the request");
        }
    }
    if (task->delivery == DELIVERY_BINARY && count > 1) {
        return error_set(err, EXIT_USAGE,
                         "--binary brings one image, not %lld: leave --binary out, or --count",
                         (long long)count);
    }
    if (json_is_true(json_object_get(task->native, "require_base64"))) {
        json_object_del(task->native, "require_base64");
        if (!backend_warn(task, "require_base64 was left out: the pictures are fetched from their "
                                "URLs, which is quicker")) {
            return error_memory(err, "preparing the request");
        }
    }
    return task->delivery == DELIVERY_ASYNC && !async
               ? set(task->native, "async_process", json_true(), err)
               : 0;
}

int fooocus_api_compose(struct task *task, const json_t *facts, struct error *err)
{
    if (task->operation == OPERATION_INTERROGATE) {
        return compose_interrogate(task, err);
    }
    if (refuse_neutral(task, err) != 0 || compose_images(task, err) != 0 ||
        compose_outpaint(task, err) != 0 || fooocus_api_compose_prompts(task, err) != 0) {
        return -1;
    }
    enum fooocus_api_route route = fooocus_api_route(task);
    if (check_route(task, route, err) != 0 || compose_method(task, route, err) != 0 ||
        compose_area(task, err) != 0 || compose_prompt(task, err) != 0 ||
        fooocus_api_compose_loras(task, err) != 0 || compose_delivery(task, err) != 0) {
        return -1;
    }
    if (route == FOOOCUS_API_ENHANCE && json_object_get(task->native, "enhance_ctrlnets") == NULL &&
        set(task->native, "enhance_ctrlnets", json_array(), err) != 0) {
        return -1;
    }
    return fooocus_api_check(task, route, err) == 0 ? fooocus_api_check_names(task, facts, err)
                                                    : -1;
}
