#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "backend/fooocus_api.h"
#include "wire/json.h"

#define ADVANCED FOOOCUS_API_ADVANCED "."
#define ADVANCED_MAX 64
#define SEED_MAX 9223372036854775807.0

#define NUMBER(kind, path, least, most, word, json)                                                \
    {                                                                                              \
        .name = path, .type = kind, .min = least, .max = most, .neutral = word, .fallback = json   \
    }
#define VALUE(kind, path, word, json)                                                              \
    {                                                                                              \
        .name = path, .type = kind, .neutral = word, .fallback = json                              \
    }
#define INT(...) NUMBER(NATIVE_INT, __VA_ARGS__)
#define REAL(...) NUMBER(NATIVE_REAL, __VA_ARGS__)
#define BOOL(path, json) VALUE(NATIVE_BOOL, path, NULL, json)
#define TEXT(...) VALUE(NATIVE_STRING, __VA_ARGS__)

/*
 * The left-hand column of seed 004 in its order, then what the server's models have beside it
 * (D13). Defaults that a preset of the server may change are left open, and so are those of
 * parameters that only some routes read. Where the models allow null but the worker fails on it,
 * null is not allowed here.
 */
const struct native fooocus_api_natives[] = {
    TEXT("prompt", "prompt", "\"\""),
    TEXT("negative_prompt", "negative_prompt", "\"\""),
    VALUE(NATIVE_STRINGS, "style_selections", "styles", NULL),
    TEXT("performance_selection", NULL, "\"Speed\""),
    TEXT("aspect_ratios_selection", NULL, NULL),
    INT("image_number", 1, 32, "count", "1"),
    INT("image_seed", -1, SEED_MAX, "seed", "-1"),
    REAL("sharpness", 0, 30, NULL, NULL),
    REAL("guidance_scale", 1, 30, "cfg_scale", NULL),
    TEXT("base_model_name", "model", NULL),
    TEXT("refiner_model_name", NULL, NULL),
    REAL("refiner_switch", 0.1, 1, NULL, NULL),
    VALUE(NATIVE_ARRAY, "loras", NULL, NULL),
    TEXT("uov_method", NULL, NULL),
    VALUE(NATIVE_PICTURE, "input_image", NULL, NULL),
    VALUE(NATIVE_STRINGS, "outpaint_selections", NULL, NULL),
    TEXT("inpaint_additional_prompt", NULL, NULL),
    {.name = "input_mask", .type = NATIVE_MASK, .nullable = true},
    BOOL(ADVANCED "disable_preview", "false"),
    BOOL(ADVANCED "disable_intermediate_results", "false"),
    BOOL(ADVANCED "disable_seed_increment", "false"),
    BOOL(ADVANCED "black_out_nsfw", "false"),
    REAL(ADVANCED "adm_scaler_positive", 0.1, 3, NULL, "1.5"),
    REAL(ADVANCED "adm_scaler_negative", 0.1, 3, NULL, "0.8"),
    REAL(ADVANCED "adm_scaler_end", 0, 1, NULL, "0.3"),
    REAL(ADVANCED "adaptive_cfg", 1, 30, NULL, NULL),
    INT(ADVANCED "clip_skip", 1, 12, "clip_skip", NULL),
    TEXT(ADVANCED "sampler_name", "sampler", NULL),
    TEXT(ADVANCED "scheduler_name", "scheduler", NULL),
    TEXT(ADVANCED "vae_name", "vae", NULL),
    INT(ADVANCED "overwrite_step", -1, 200, "steps", NULL),
    REAL(ADVANCED "overwrite_switch", -1, 1, NULL, NULL),
    INT(ADVANCED "overwrite_width", -1, 2048, "width", "-1"),
    INT(ADVANCED "overwrite_height", -1, 2048, "height", "-1"),
    REAL(ADVANCED "overwrite_vary_strength", -1, 1, "strength", NULL),
    REAL(ADVANCED "overwrite_upscale_strength", -1, 1, "strength", NULL),
    BOOL(ADVANCED "mixing_image_prompt_and_vary_upscale", NULL),
    BOOL(ADVANCED "mixing_image_prompt_and_inpaint", NULL),
    BOOL(ADVANCED "debugging_cn_preprocessor", "false"),
    BOOL(ADVANCED "skipping_cn_preprocessor", "false"),
    INT(ADVANCED "canny_low_threshold", 1, 255, NULL, "64"),
    INT(ADVANCED "canny_high_threshold", 1, 255, NULL, "128"),
    TEXT(ADVANCED "refiner_swap_method", NULL, "\"joint\""),
    REAL(ADVANCED "controlnet_softness", 0, 1, NULL, "0.25"),
    BOOL(ADVANCED "freeu_enabled", "false"),
    REAL(ADVANCED "freeu_b1", 0, 0, NULL, "1.01"),
    REAL(ADVANCED "freeu_b2", 0, 0, NULL, "1.02"),
    REAL(ADVANCED "freeu_s1", 0, 0, NULL, "0.99"),
    REAL(ADVANCED "freeu_s2", 0, 0, NULL, "0.95"),
    BOOL(ADVANCED "debugging_inpaint_preprocessor", "false"),
    BOOL(ADVANCED "inpaint_disable_initial_latent", "false"),
    TEXT(ADVANCED "inpaint_engine", NULL, NULL),
    REAL(ADVANCED "inpaint_strength", 0, 1, "strength", NULL),
    REAL(ADVANCED "inpaint_respective_field", 0, 1, NULL, NULL),
    BOOL(ADVANCED "inpaint_mask_upload_checkbox", NULL),
    BOOL(ADVANCED "invert_mask_checkbox", "false"),
    INT(ADVANCED "inpaint_erode_or_dilate", -64, 64, NULL, "0"),
    VALUE(NATIVE_ARRAY, "image_prompts", NULL, NULL),
    INT("outpaint_distance_left", -1, 16384, NULL, NULL),
    INT("outpaint_distance_right", -1, 16384, NULL, NULL),
    INT("outpaint_distance_top", -1, 16384, NULL, NULL),
    INT("outpaint_distance_bottom", -1, 16384, NULL, NULL),
    REAL("upscale_value", 1, 5, NULL, NULL),
    BOOL("save_meta", "true"),
    TEXT("meta_scheme", NULL, "\"fooocus\""),
    TEXT("save_extension", NULL, "\"png\""),
    TEXT("save_name", NULL, "\"\""),
    BOOL("read_wildcards_in_order", "false"),
    BOOL("require_base64", "false"),
    BOOL("async_process", "false"),
    {.name = "webhook_url", .type = NATIVE_STRING, .nullable = true, .fallback = "\"\""},

    BOOL(ADVANCED "inpaint_advanced_masking_checkbox", NULL),
    BOOL(ADVANCED "debugging_dino", "false"),
    INT(ADVANCED "dino_erode_or_dilate", -64, 64, NULL, "0"),
    BOOL(ADVANCED "debugging_enhance_masks_checkbox", "false"),
    VALUE(NATIVE_PICTURE, "enhance_input_image", NULL, NULL),
    BOOL("enhance_checkbox", NULL),
    TEXT("enhance_uov_method", NULL, NULL),
    TEXT("enhance_uov_processing_order", NULL, NULL),
    TEXT("enhance_uov_prompt_type", NULL, NULL),
    BOOL("save_final_enhanced_image_only", NULL),
    VALUE(NATIVE_ARRAY, "enhance_ctrlnets", NULL, NULL),
    {.name = NULL},
};

const struct native fooocus_api_loras[] = {
    BOOL("enabled", NULL),
    TEXT("model_name", NULL, NULL),
    REAL("weight", -2, 2, NULL, "0.5"),
    {.name = NULL},
};

const struct native fooocus_api_image_prompts[] = {
    {.name = "cn_img", .type = NATIVE_PICTURE, .nullable = true},
    {.name = "cn_stop", .type = NATIVE_REAL, .nullable = true, .max = 1},
    {.name = "cn_weight", .type = NATIVE_REAL, .nullable = true, .max = 2},
    TEXT("cn_type", NULL, "\"ImagePrompt\""),
    {.name = NULL},
};

const struct native fooocus_api_enhance_ctrls[] = {
    BOOL("enhance_enabled", "false"),
    TEXT("enhance_mask_dino_prompt", NULL, "\"face\""),
    TEXT("enhance_prompt", NULL, "\"\""),
    TEXT("enhance_negative_prompt", NULL, "\"\""),
    TEXT("enhance_mask_model", NULL, "\"sam\""),
    TEXT("enhance_mask_cloth_category", NULL, "\"full\""),
    TEXT("enhance_mask_sam_model", NULL, "\"vit_b\""),
    REAL("enhance_mask_text_threshold", 0, 1, NULL, "0.25"),
    REAL("enhance_mask_box_threshold", 0, 1, NULL, "0.3"),
    INT("enhance_mask_sam_max_detections", 0, 10, NULL, "0"),
    BOOL("enhance_inpaint_disable_initial_latent", "false"),
    TEXT("enhance_inpaint_engine", NULL, "\"v2.6\""),
    REAL("enhance_inpaint_strength", 0, 1, NULL, "1"),
    REAL("enhance_inpaint_respective_field", 0, 1, NULL, "0.618"),
    REAL("enhance_inpaint_erode_or_dilate", -64, 64, NULL, "0"),
    BOOL("enhance_mask_invert", "false"),
    {.name = NULL},
};

#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define METHODS                                                                                    \
    WORDS("Disabled", "Vary (Subtle)", "Vary (Strong)", "Upscale (1.5x)", "Upscale (2x)",          \
          "Upscale (Fast 2x)", "Upscale (Custom)")
#define ENGINES WORDS("None", "v1", "v2.5", "v2.6")

const struct fooocus_api_choice fooocus_api_choices[] = {
    {"performance_selection", WORDS("Quality", "Speed", "Extreme Speed", "Lightning", "Hyper-SD"),
     false},
    {"uov_method", METHODS, false},
    {"enhance_uov_method", METHODS, false},
    {"outpaint_selections", WORDS("Left", "Right", "Top", "Bottom"), false},
    {"sampler_name",
     WORDS("euler", "euler_ancestral", "heun", "heunpp2", "dpm_2", "dpm_2_ancestral", "lms",
           "dpm_fast", "dpm_adaptive", "dpmpp_2s_ancestral", "dpmpp_sde", "dpmpp_sde_gpu",
           "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_2m_sde_gpu", "dpmpp_3m_sde", "dpmpp_3m_sde_gpu",
           "ddpm", "lcm", "tcd", "restart", "ddim", "uni_pc", "uni_pc_bh2"),
     true},
    {"scheduler_name",
     WORDS("normal", "karras", "exponential", "sgm_uniform", "simple", "ddim_uniform", "lcm",
           "turbo", "align_your_steps", "tcd", "edm_playground_v2.5"),
     true},
    {"refiner_swap_method", WORDS("joint", "separate", "vae"), true},
    {"inpaint_engine", ENGINES, true},
    {"save_extension", WORDS("png", "jpg", "jpeg", "webp"), false},
    {"enhance_uov_processing_order", WORDS("Before First Enhancement", "After Last Enhancement"),
     false},
    {"enhance_uov_prompt_type", WORDS("Original Prompts", "Last Filled Enhancement Prompts"),
     false},
    {"cn_type", WORDS("ImagePrompt", "FaceSwap", "PyraCanny", "CPDS"), false},
    {"enhance_mask_model",
     WORDS("u2net", "u2netp", "u2net_human_seg", "u2net_cloth_seg", "silueta", "isnet-general-use",
           "isnet-anime", "sam"),
     false},
    {"enhance_mask_cloth_category", WORDS("full", "upper", "lower"), false},
    {"enhance_mask_sam_model", WORDS("vit_b", "vit_l", "vit_h"), false},
    {"enhance_inpaint_engine", ENGINES, false},
    {NULL, NULL, false},
};

/* The rows of advanced_params with bare names, into `rows` of ADVANCED_MAX. */
static void advanced_rows(struct native *rows)
{
    size_t prefix = strlen(ADVANCED), n = 0;

    for (const struct native *row = fooocus_api_natives; row->name != NULL; row++) {
        if (strncmp(row->name, ADVANCED, prefix) == 0 && n + 1 < ADVANCED_MAX) {
            rows[n] = *row;
            rows[n++].name += prefix;
        }
    }
    rows[n] = (struct native){0};
}

int fooocus_api_adopt(json_t *native, struct error *err)
{
    struct native rows[ADVANCED_MAX];
    char path[128];

    advanced_rows(rows);
    for (const struct native *row = rows; row->name != NULL; row++) {
        json_t *value = json_object_get(native, row->name);
        if (value == NULL) {
            continue;
        }
        snprintf(path, sizeof path, ADVANCED "%s", row->name);
        if (json_get_path(native, path) != NULL) {
            return error_set(err, EXIT_USAGE,
                             "%s is given twice, once in " FOOOCUS_API_ADVANCED ": leave one out",
                             row->name);
        }
        if (json_set_path(native, path, json_incref(value), err) != 0) {
            return -1;
        }
        json_object_del(native, row->name);
    }
    return 0;
}

/* What compose() does beyond these rows. */
const struct composed fooocus_api_composed[] = {
    {.neutral = "images", .native = "input_image"},
    {.neutral = "images",
     .native = "enhance_input_image",
     .operations = COMPOSED_IN(OPERATION_IMG2IMG),
     .note = "to enhance"},
    {.neutral = "images", .native = "image", .operations = COMPOSED_IN(OPERATION_INTERROGATE)},
    {.neutral = "mask", .native = "input_mask", .operations = COMPOSED_IN(OPERATION_INPAINT)},
    {.neutral = "model",
     .native = "image_type",
     .operations = COMPOSED_IN(OPERATION_INTERROGATE),
     .note = "interrogate: photo, anime"},
    {.neutral = "strength",
     .native = "advanced_params.overwrite_vary_strength",
     .operations = COMPOSED_IN(OPERATION_IMG2IMG),
     .note = "to vary"},
    {.neutral = "strength",
     .native = "advanced_params.overwrite_upscale_strength",
     .operations = COMPOSED_IN(OPERATION_IMG2IMG),
     .note = "to upscale"},
    {.neutral = "strength",
     .native = "advanced_params.inpaint_strength",
     .operations = COMPOSED_IN(OPERATION_INPAINT)},
    {.neutral = "area",
     .native = "advanced_params.inpaint_respective_field",
     .operations = COMPOSED_IN(OPERATION_INPAINT)},
    {.neutral = "width",
     .native = "advanced_params.overwrite_width",
     .operations = COMPOSED_IN(OPERATION_IMG2IMG),
     .note = "image prompts alone"},
    {.neutral = "height",
     .native = "advanced_params.overwrite_height",
     .operations = COMPOSED_IN(OPERATION_IMG2IMG),
     .note = "image prompts alone"},
    {.neutral = "loras", .native = "loras"},
    {.neutral = "embeddings", .native = "prompt", .note = "as embedding:NAME"},
    {.neutral = "controlnet", .native = "image_prompts"},
    {.neutral = "outpaint", .native = "outpaint_distance_left"},
    {.neutral = "outpaint", .native = "outpaint_distance_right"},
    {.neutral = "outpaint", .native = "outpaint_distance_top"},
    {.neutral = "outpaint", .native = "outpaint_distance_bottom"},
    {.neutral = "outpaint", .native = "outpaint_selections"},
    {.neutral = NULL},
};
