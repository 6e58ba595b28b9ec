#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "backend/fooocusapi.h"
#include "base/text.h"
#include "wire/json.h"

/* Closed sets and objects in arrays, as data (base.py, flags.py). */

static const char *const performances[] = {"Quality",   "Speed",    "Extreme Speed",
                                           "Lightning", "Hyper-SD", NULL};
static const char *const methods[] = {
    "Disabled",     "Vary (Subtle)",     "Vary (Strong)",    "Upscale (1.5x)",
    "Upscale (2x)", "Upscale (Fast 2x)", "Upscale (Custom)", NULL};
static const char *const sides[] = {"Left", "Right", "Top", "Bottom", NULL};
static const char *const formats[] = {"png", "jpeg", "webp", NULL};
static const char *const schemes[] = {"fooocus", "a1111", NULL};
static const char *const swaps[] = {"joint", "separate", "vae", NULL};
static const char *const engines[] = {"None", "v1", "v2.5", "v2.6", NULL};
static const char *const orders[] = {"Before First Enhancement", "After Last Enhancement", NULL};
static const char *const prompt_types[] = {"Original Prompts", "Last Filled Enhancement Prompts",
                                           NULL};
static const char *const prompt_kinds[] = {"ImagePrompt", "FaceSwap", "PyraCanny", "CPDS", NULL};
static const char *const mask_models[] = {"u2net",           "u2netp",  "u2net_human_seg",
                                          "u2net_cloth_seg", "silueta", "isnet-general-use",
                                          "isnet-anime",     "sam",     NULL};
static const char *const clothes[] = {"full", "upper", "lower", NULL};
static const char *const sam_models[] = {"vit_b", "vit_l", "vit_h", NULL};
static const char *const schedulers[] = {"normal",
                                         "karras",
                                         "exponential",
                                         "sgm_uniform",
                                         "simple",
                                         "ddim_uniform",
                                         "lcm",
                                         "turbo",
                                         "align_your_steps",
                                         "tcd",
                                         "edm_playground_v2.5",
                                         NULL};
static const char *const samplers[] = {"euler",
                                       "euler_ancestral",
                                       "heun",
                                       "heunpp2",
                                       "dpm_2",
                                       "dpm_2_ancestral",
                                       "lms",
                                       "dpm_fast",
                                       "dpm_adaptive",
                                       "dpmpp_2s_ancestral",
                                       "dpmpp_sde",
                                       "dpmpp_sde_gpu",
                                       "dpmpp_2m",
                                       "dpmpp_2m_sde",
                                       "dpmpp_2m_sde_gpu",
                                       "dpmpp_3m_sde",
                                       "dpmpp_3m_sde_gpu",
                                       "ddpm",
                                       "lcm",
                                       "tcd",
                                       "restart",
                                       "ddim",
                                       "uni_pc",
                                       "uni_pc_bh2",
                                       NULL};

/* What the WebUI calls some of them, for the error. */
static const char *const sampler_aliases[][2] = {
    {"Euler a", "euler_ancestral"},
    {"DPM2 a", "dpm_2_ancestral"},
    {"DPM++ 2S a", "dpmpp_2s_ancestral"},
    {"DPM++ SDE", "dpmpp_sde"},
    {"DPM++ 2M", "dpmpp_2m"},
    {"DPM++ 2M SDE", "dpmpp_2m_sde"},
    {"DPM++ 3M SDE", "dpmpp_3m_sde"},
    {"UniPC", "uni_pc"},
};

struct words {
    const char *name;  /* the parameter, or its array */
    const char *inner; /* the member of the array's objects, or NULL */
    const char *const *allowed;
};

static const struct words closed[] = {
    {"performance_selection", NULL, performances},
    {"uov_method", NULL, methods},
    {"outpaint_selections", NULL, sides},
    {"output_format", NULL, formats},
    {"metadata_scheme", NULL, schemes},
    {"refiner_swap_method", NULL, swaps},
    {"inpaint_engine", NULL, engines},
    {"sampler_name", NULL, samplers},
    {"scheduler_name", NULL, schedulers},
    {"enhance_uov_method", NULL, methods},
    {"enhance_uov_processing_order", NULL, orders},
    {"enhance_uov_prompt_type", NULL, prompt_types},
    {"controlnet_image", "cn_type", prompt_kinds},
    {"enhance_ctrls", "enhance_mask_model", mask_models},
    {"enhance_ctrls", "enhance_mask_cloth_category", clothes},
    {"enhance_ctrls", "enhance_mask_sam_model", sam_models},
    {"enhance_ctrls", "enhance_inpaint_engine", engines},
};

static const struct native lora[] = {
    {.name = "enabled", .type = NATIVE_BOOL},
    {.name = "model_name", .type = NATIVE_STRING},
    {.name = "weight", .type = NATIVE_REAL, .min = -2, .max = 2},
    {.name = NULL},
};

/* null for a number passes the server's check and then fails its worker. */
static const struct native image_prompt[] = {
    {.name = "cn_img", .type = NATIVE_PICTURE, .nullable = true},
    {.name = "cn_stop", .type = NATIVE_REAL, .max = 1},
    {.name = "cn_weight", .type = NATIVE_REAL, .max = 2},
    {.name = "cn_type", .type = NATIVE_STRING},
    {.name = NULL},
};

static const struct native enhancement[] = {
    {.name = "enhance_enabled", .type = NATIVE_BOOL},
    {.name = "enhance_mask_dino_prompt", .type = NATIVE_STRING},
    {.name = "enhance_prompt", .type = NATIVE_STRING},
    {.name = "enhance_negative_prompt", .type = NATIVE_STRING},
    {.name = "enhance_mask_model", .type = NATIVE_STRING},
    {.name = "enhance_mask_cloth_category", .type = NATIVE_STRING},
    {.name = "enhance_mask_sam_model", .type = NATIVE_STRING},
    {.name = "enhance_mask_text_threshold", .type = NATIVE_REAL, .max = 1},
    {.name = "enhance_mask_box_threshold", .type = NATIVE_REAL, .max = 1},
    {.name = "enhance_mask_sam_max_detections", .type = NATIVE_INT, .max = 10},
    {.name = "enhance_inpaint_disable_initial_latent", .type = NATIVE_BOOL},
    {.name = "enhance_inpaint_engine", .type = NATIVE_STRING},
    {.name = "enhance_inpaint_strength", .type = NATIVE_REAL, .max = 1},
    {.name = "enhance_inpaint_respective_field", .type = NATIVE_REAL, .max = 1},
    {.name = "enhance_inpaint_erode_or_dilate", .type = NATIVE_REAL, .min = -64, .max = 64},
    {.name = "enhance_mask_invert", .type = NATIVE_BOOL},
    {.name = NULL},
};

static int check_word(const char *label, const char *text, const char *const *allowed,
                      struct error *err)
{
    const char *nearest = NULL;
    char all[360] = "";
    size_t n = 0, len = 0;

    for (; allowed[n] != NULL; n++) {
        if (strcmp(allowed[n], text) == 0) {
            return 0;
        }
        len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", n > 0 ? ", " : "", allowed[n]);
        len = len < sizeof all ? len : sizeof all - 1;
    }
    for (size_t i = 0; allowed == samplers && i < sizeof sampler_aliases / sizeof *sampler_aliases;
         i++) {
        nearest = text_casecmp(sampler_aliases[i][0], text) == 0 ? sampler_aliases[i][1] : nearest;
    }
    nearest = nearest != NULL ? nearest : text_nearest(text, allowed, n);
    return nearest != NULL
               ? error_set(err, EXIT_USAGE, "%s cannot be '%s' here; did you mean '%s'?", label,
                           text, nearest)
               : error_set(err, EXIT_USAGE, "%s cannot be '%s' here: it is one of %s", label, text,
                           all);
}

static int check_closed(const struct words *w, const json_t *value, struct error *err)
{
    char label[96];
    json_t *item;
    size_t i;

    if (json_is_string(value)) {
        return check_word(w->name, json_string_value(value), w->allowed, err);
    }
    json_array_foreach(value, i, item)
    {
        const json_t *word = w->inner == NULL ? item : json_object_get(item, w->inner);
        snprintf(label, sizeof label, "%s[%zu]%s%s", w->name, i, w->inner != NULL ? "." : "",
                 w->inner != NULL ? w->inner : "");
        if (json_is_string(word) &&
            check_word(label, json_string_value(word), w->allowed, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* The objects of an array, each by its own table. */
static int check_objects(const struct native *table, json_t *native, const char *name,
                         bool unchecked, struct error *err)
{
    json_t *array = json_object_get(native, name), *item;
    char label[64];
    size_t i;

    json_array_foreach(array, i, item)
    {
        snprintf(label, sizeof label, "%s[%zu]", name, i);
        if (!json_is_object(item)) {
            return error_set(err, EXIT_USAGE, "%s is no object", label);
        }
        if (native_check_object(table, item, label, unchecked, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Both servers require `enabled` (D12); a LoRA is named in order to be used. */
static int check_loras(json_t *native, bool unchecked, struct error *err)
{
    json_t *item;
    size_t i;

    if (check_objects(lora, native, "loras", unchecked, err) != 0) {
        return -1;
    }
    json_array_foreach(json_object_get(native, "loras"), i, item)
    {
        if (json_object_get(item, "model_name") == NULL) {
            return error_set(err, EXIT_USAGE, "loras[%zu] has no model_name", i);
        }
        if (json_object_get(item, "enabled") == NULL &&
            json_object_set_new(item, "enabled", json_true()) != 0) {
            return error_memory(err, "preparing the LoRAs");
        }
    }
    return 0;
}

static int check_distance(const json_t *native, struct error *err)
{
    const json_t *distance = json_object_get(native, "outpaint_distance"), *item;
    size_t i;

    if (distance != NULL && json_array_size(distance) != 4) {
        return error_set(err, EXIT_USAGE,
                         "outpaint_distance takes four numbers: left, top, right, bottom");
    }
    json_array_foreach(distance, i, item)
    {
        if (!json_is_integer(item)) {
            return error_set(err, EXIT_USAGE, "outpaint_distance takes whole numbers of pixels");
        }
    }
    return 0;
}

/* "1152*896"; the server turns the * into a multiplication sign and splits there. */
static int check_aspect(const json_t *native, struct error *err)
{
    const char *text = json_string_at(native, "aspect_ratios_selection");
    const char *at = text;
    int numbers = 0;

    while (at != NULL && isdigit((unsigned char)*at)) {
        at += strspn(at, "0123456789");
        numbers++;
        at += *at == '*' ? 1 : strncmp(at, "\xc3\x97", 2) == 0 ? 2 : 0;
        if (numbers == 2) {
            break;
        }
    }
    return text == NULL || (numbers == 2 && *at == '\0')
               ? 0
               : error_set(err, EXIT_USAGE,
                           "aspect_ratios_selection takes WIDTH*HEIGHT, such as 1152*896, not '%s'",
                           text);
}

int fooocusapi_check_values(json_t *native, bool unchecked, struct error *err)
{
    /* The neutral options know other ranges than this server. */
    if (native_check_object(fooocusapi_natives, native, "the request", true, err) != 0 ||
        check_loras(native, unchecked, err) != 0 ||
        check_objects(image_prompt, native, "controlnet_image", unchecked, err) != 0 ||
        check_objects(enhancement, native, "enhance_ctrls", unchecked, err) != 0 ||
        check_distance(native, err) != 0) {
        return -1;
    }
    for (size_t i = 0; !unchecked && i < sizeof closed / sizeof *closed; i++) {
        if (check_closed(&closed[i], json_object_get(native, closed[i].name), err) != 0) {
            return -1;
        }
    }
    return unchecked ? 0 : check_aspect(native, err);
}
