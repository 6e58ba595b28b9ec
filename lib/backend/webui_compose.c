#include "backend/webui.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "wire/json.h"

static int refuse(struct error *err, const char *what)
{
    return error_set(err, EXIT_USAGE, "%s", what);
}

/* Which of the kin it is, as far as the facts tell. */
static void find_flavour(struct task *task, const json_t *facts)
{
    const json_t *samplers = json_object_get(facts, WEBUI_SAMPLERS);
    const char *first = json_string_at(json_array_get(samplers, 0), "name");

    if (first != NULL && strcmp(first, "default") == 0) {
        task->flavour = WEBUI_SDCPP;
    } else if (json_is_array(json_object_get(facts, WEBUI_MODULES))) {
        task->flavour = WEBUI_FORGE;
    }
}

static int compose_interrogate(struct task *task, struct error *err)
{
    json_t *image = json_array_get(json_object_get(task->neutral, "images"), 0);
    const char *model = json_string_at(task->neutral, "model");

    model = model == NULL || strcmp(model, "photo") == 0 ? "clip"
            : strcmp(model, "anime") == 0                ? "deepdanbooru"
                                                         : model;
    if (strcmp(model, "clip") != 0 && strcmp(model, "deepdanbooru") != 0) {
        return error_set(err, EXIT_USAGE,
                         "--model: WebUI describes with clip or deepdanbooru, not %s", model);
    }
    json_t *native = json_pack("{s:O,s:s}", "image", image, "model", model);
    if (native == NULL) {
        return error_memory(err, "preparing the request");
    }
    json_decref(task->native);
    task->native = native;
    task->id[0] = '\0'; /* there is no way to tell the server one */
    return 0;
}

/* More init images than batch_size are a 500, fewer shrink the batch (A15). */
static int compose_images(struct task *task, struct error *err)
{
    json_t *images = json_object_get(task->neutral, "images");
    json_t *batch = json_object_get(task->native, "batch_size");

    if (images != NULL && json_object_set(task->native, "init_images", images) != 0) {
        return error_memory(err, "preparing the request");
    }
    size_t n = json_array_size(json_object_get(task->native, "init_images"));
    if (n == 0) {
        return refuse(err, "no image to work on: give one with -i FILE");
    }
    if (n > 1 && task->flavour == WEBUI_SDCPP) {
        return error_set(err, EXIT_USAGE,
                         "sd.cpp's server takes one image (--image), not %zu: run one at a time",
                         n);
    }
    if (n > 1 && batch == NULL) {
        return json_object_set_new(task->native, "batch_size", json_integer((json_int_t)n)) == 0
                   ? 0
                   : error_memory(err, "preparing the request");
    }
    if (n > 1 && (json_int_t)n > json_integer_value(batch)) {
        return error_set(err, EXIT_USAGE,
                         "%zu images (--image) do not fit batch_size %lld: the server would fail; "
                         "leave batch_size out",
                         n, (long long)json_integer_value(batch));
    }
    if (n > 1 && (json_int_t)n < json_integer_value(batch) &&
        !backend_warn(task, "the server shrinks batch_size to the %zu images given", n)) {
        return error_memory(err, "preparing the request");
    }
    return 0;
}

/* A latent pixel is 8 wide: WebUI divides and drops the rest (processing.py, opt_f), sd.cpp rounds
 * up to a multiple of 8, 16 or 64, as the model needs (align_image_size). */
static int compose_size(struct task *task, struct error *err)
{
    static const char *const sides[] = {"width", "height"};
    bool told = true;

    for (size_t i = 0; i < 2; i++) {
        json_int_t n = json_integer_value(json_object_get(task->native, sides[i]));
        if (n % 8 == 0) {
            continue;
        }
        if (n < 8 && task->flavour != WEBUI_SDCPP) {
            return error_set(err, EXIT_USAGE, "%s %d leaves nothing to work on: the least is 8",
                             sides[i], (int)n);
        }
        told = told && (task->flavour == WEBUI_SDCPP
                            ? backend_warn(task,
                                           "%s %d is not a multiple of 8: sd.cpp's server rounds "
                                           "it up to %d or more",
                                           sides[i], (int)n, (int)(n / 8 * 8 + 8))
                            : backend_warn(task,
                                           "%s %d is not a multiple of 8: the server rounds it "
                                           "down, the model works on %d",
                                           sides[i], (int)n, (int)(n / 8 * 8)));
    }
    return told ? 0 : error_memory(err, "preparing the request");
}

/* mask_blur beats the two others when all are sent, so they never go together (A1). */
static int compose_blur(struct task *task, struct error *err)
{
    json_t *both = json_object_get(task->native, "mask_blur");
    json_t *x = json_object_get(task->native, "mask_blur_x");
    json_t *y = json_object_get(task->native, "mask_blur_y");

    if (json_is_integer(both) && (x != NULL || y != NULL)) {
        return refuse(err, "mask_blur overrides mask_blur_x and mask_blur_y: give either "
                           "--mask-blur, or --mask-blur-x and --mask-blur-y");
    }
    if (x != NULL && y != NULL && json_equal(x, y)) {
        json_object_set(task->native, "mask_blur", x);
        json_object_del(task->native, "mask_blur_x");
        json_object_del(task->native, "mask_blur_y");
    }
    return 0;
}

static int compose_mask(struct task *task, struct error *err)
{
    json_t *mask = json_object_get(task->neutral, "mask");

    if (mask != NULL && json_object_set(task->native, "mask", mask) != 0) {
        return error_memory(err, "preparing the request");
    }
    mask = json_object_get(task->native, "mask");
    if (task->operation == OPERATION_INPAINT && (mask == NULL || json_is_null(mask))) {
        return refuse(err, "no mask: give one with -m FILE, white where to repaint");
    }
    if (mask != NULL && json_integer_value(json_object_get(task->native, "resize_mode")) == 3 &&
        !backend_warn(task, "with --resize latent the server skips resizing the image but still "
                            "resizes the mask; use just, crop or fill")) {
        return error_memory(err, "preparing the request");
    }
    return compose_blur(task, err);
}

/* NAME, NAME:WEIGHT, or with a weight for each of text encoder and U-Net as <lora:> takes them. */
static int check_loras(const json_t *loras, struct error *err)
{
    json_t *item;
    size_t i;

    json_array_foreach(loras, i, item)
    {
        const char *name = json_string_value(item);
        const char *colon = strchr(name, ':');
        if (colon == name) {
            return error_set(err, EXIT_USAGE, "--lora '%s': the name is missing", name);
        }
        while (colon != NULL) {
            char number[32];
            double weight;
            snprintf(number, sizeof number, "%.*s", (int)strcspn(colon + 1, ":"), colon + 1);
            if (!text_to_real(number, &weight)) {
                return error_set(err, EXIT_USAGE, "--lora '%s': the weight is not a number", name);
            }
            colon = strchr(colon + 1, ':');
        }
    }
    return 0;
}

/* <lora:NAME:WEIGHT> and the words of embeddings go behind the prompt. */
static int compose_prompt(struct task *task, struct error *err)
{
    json_t *loras = json_object_get(task->neutral, "loras");
    json_t *embeddings = json_object_get(task->neutral, "embeddings");
    const char *prompt = json_string_at(task->native, "prompt");
    struct buf text;
    json_t *item;
    size_t i;

    if (loras == NULL && embeddings == NULL) {
        return 0;
    }
    if (check_loras(loras, err) != 0) {
        return -1;
    }
    buf_init(&text, 1024UL * 1024);
    buf_adds(&text, prompt != NULL ? prompt : "");
    json_array_foreach(embeddings, i, item)
    {
        buf_addf(&text, "%s%s", text.len > 0 ? ", " : "", json_string_value(item));
    }
    json_array_foreach(task->flavour == WEBUI_SDCPP ? NULL : loras, i, item)
    {
        const char *name = json_string_value(item);
        buf_addf(&text, "%s<lora:%s%s>", text.len > 0 ? " " : "", name,
                 strchr(name, ':') != NULL ? "" : ":1");
    }
    int bad = text.failed ||
              json_object_set_new(task->native, "prompt", json_string(buf_str(&text))) != 0;
    buf_release(&text);
    return bad ? error_memory(err, "preparing the prompt") : 0;
}

/* Save flags that never take effect (A12), and one that changes the server for everybody (A16). */
static int compose_saving(struct task *task, struct error *err)
{
    static const char *const dead[] = {"do_not_save_samples", "do_not_save_grid"};
    bool told = true;

    for (size_t i = 0; i < 2; i++) {
        if (json_object_del(task->native, dead[i]) == 0) {
            told = told && backend_warn(task,
                                        "%s was left out: the server ignores it; save_images "
                                        "decides",
                                        dead[i]);
        }
    }
    if (json_is_false(json_object_get(task->native, "override_settings_restore_afterwards"))) {
        told = told && backend_warn(task, "override_settings_restore_afterwards=false leaves the "
                                          "server changed for everybody");
    }
    return told ? 0 : error_memory(err, "preparing the request");
}

/* LoRAs as sd.cpp's server takes them: by path, since it does not read them from the prompt. */
static int sdcpp_loras(struct task *task, struct error *err)
{
    json_t *item, *list;
    size_t i;

    if (json_object_get(task->neutral, "loras") == NULL) {
        return 0;
    }
    list = json_array();
    json_array_foreach(json_object_get(task->neutral, "loras"), i, item)
    {
        const char *name = json_string_value(item);
        const char *colon = strrchr(name, ':');
        double weight = 1;
        size_t n = colon != NULL && text_to_real(colon + 1, &weight) ? (size_t)(colon - name)
                                                                     : strlen(name);
        json_array_append_new(list, json_pack("{s:s%,s:f}", "path", name, n, "multiplier", weight));
    }
    return json_object_set_new(task->native, "lora", list) == 0
               ? 0
               : error_memory(err, "preparing the request");
}

/* The same routes, fewer parameters (4.1): what it would drop in silence is said. */
static int compose_sdcpp(struct task *task, struct error *err)
{
    static const char *const ignored[] = {"mask_blur",         "mask_blur_x",
                                          "mask_blur_y",       "inpainting_fill",
                                          "inpaint_full_res",  "inpaint_full_res_padding",
                                          "override_settings", "alwayson_scripts",
                                          "script_name",       "styles",
                                          "resize_mode",       "subseed"};
    json_t *skip = json_get_path(task->native, WEBUI_CLIP_SKIP);
    json_t *count = json_object_get(task->native, "n_iter");
    int bad = 0;

    if (json_get_path(task->native, WEBUI_CHECKPOINT) != NULL) {
        return refuse(err, "sd.cpp's server cannot change its model: leave --model out");
    }
    if (skip != NULL) {
        bad |= json_object_set(task->native, "clip_skip", skip);
        json_object_del(json_object_get(task->native, "override_settings"),
                        "CLIP_stop_at_last_layers");
    }
    if (json_object_size(json_object_get(task->native, "override_settings")) == 0) {
        json_object_del(task->native, "override_settings");
    }
    if (count != NULL && json_object_get(task->native, "batch_size") == NULL) {
        bad |= json_object_set(task->native, "batch_size", count);
        json_object_del(task->native, "n_iter");
    }
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
        if (json_object_del(task->native, ignored[i]) == 0) {
            bad |= !backend_warn(task, "sd.cpp's server ignores %s: it was left out", ignored[i]);
        }
    }
    return bad != 0 ? error_memory(err, "preparing the request") : sdcpp_loras(task, err);
}

/* The one field that is added unasked: it lets this task be watched and stopped by name. */
static int compose_id(struct task *task, struct error *err)
{
    const char *given = json_string_at(task->native, "force_task_id");

    if (given != NULL && strlen(given) >= sizeof task->id) {
        return refuse(err, "force_task_id is longer than 256 bytes");
    }
    if (given != NULL) {
        memcpy(task->id, given, strlen(given) + 1);
        return 0;
    }
    return json_object_set_new(task->native, "force_task_id", json_string(task->id)) == 0
               ? 0
               : error_memory(err, "preparing the request");
}

int webui_compose(struct task *task, const json_t *facts, struct error *err)
{
    find_flavour(task, facts);
    if (task->operation == OPERATION_INTERROGATE) {
        return compose_interrogate(task, err);
    }
    if (compose_images(task, err) != 0 || compose_size(task, err) != 0 ||
        compose_mask(task, err) != 0 || compose_prompt(task, err) != 0 ||
        webui_compose_script(task, err) != 0 || webui_compose_controlnet(task, err) != 0 ||
        compose_saving(task, err) != 0) {
        return -1;
    }
    if (task->flavour == WEBUI_SDCPP) {
        task->id[0] = '\0';
        return compose_sdcpp(task, err) == 0 ? webui_check_names(task, facts, err) : -1;
    }
    return compose_id(task, err) == 0 ? webui_check_names(task, facts, err) : -1;
}
