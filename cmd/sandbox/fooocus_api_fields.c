#include "fooocus_fields.h"

#define LORAS "[{\"enabled\": true, \"model_name\": \"" FOOOCUS_LORA "\", \"weight\": 0.1}]"

static const struct fooocus_field FOOOCUS_API_CONTROL[] = {
    {.name = "cn_img", .type = FOOOCUS_TEXT, .fallback = "null", .nullable = true},
    {.name = "cn_stop",
     .type = FOOOCUS_REAL,
     .fallback = "0.0",
     .low = 0,
     .high = 1,
     .nullable = true},
    {.name = "cn_weight",
     .type = FOOOCUS_REAL,
     .fallback = "0.0",
     .low = 0,
     .high = 2,
     .nullable = true},
    {.name = "cn_type",
     .type = FOOOCUS_CHOICE,
     .fallback = "\"ImagePrompt\"",
     .choices = FOOOCUS_CONTROLS},
    {0},
};

const struct fooocus_field FOOOCUS_API_ADVANCED[] = {
    {.name = "disable_preview", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "disable_intermediate_results", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "disable_seed_increment", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "adm_scaler_positive",
     .type = FOOOCUS_REAL,
     .fallback = "1.5",
     .low = 0.1,
     .high = 3.0},
    {.name = "adm_scaler_negative",
     .type = FOOOCUS_REAL,
     .fallback = "0.8",
     .low = 0.1,
     .high = 3.0},
    {.name = "adm_scaler_end", .type = FOOOCUS_REAL, .fallback = "0.3", .low = 0.0, .high = 1.0},
    {.name = "adaptive_cfg", .type = FOOOCUS_REAL, .fallback = "7.0", .low = 1.0, .high = 30.0},
    {.name = "clip_skip", .type = FOOOCUS_INT, .fallback = "2", .low = 1, .high = 12},
    {.name = "sampler_name", .type = FOOOCUS_TEXT, .fallback = "\"dpmpp_2m_sde_gpu\""},
    {.name = "scheduler_name", .type = FOOOCUS_TEXT, .fallback = "\"karras\""},
    {.name = "overwrite_step", .type = FOOOCUS_INT, .fallback = "-1", .low = -1, .high = 200},
    {.name = "overwrite_switch", .type = FOOOCUS_REAL, .fallback = "-1.0", .low = -1, .high = 1},
    {.name = "overwrite_width", .type = FOOOCUS_INT, .fallback = "-1", .low = -1, .high = 2048},
    {.name = "overwrite_height", .type = FOOOCUS_INT, .fallback = "-1", .low = -1, .high = 2048},
    {.name = "overwrite_vary_strength",
     .type = FOOOCUS_REAL,
     .fallback = "-1.0",
     .low = -1,
     .high = 1.0},
    {.name = "overwrite_upscale_strength",
     .type = FOOOCUS_REAL,
     .fallback = "-1.0",
     .low = -1,
     .high = 1.0},
    {.name = "mixing_image_prompt_and_vary_upscale", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "mixing_image_prompt_and_inpaint", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "debugging_cn_preprocessor", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "skipping_cn_preprocessor", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "canny_low_threshold", .type = FOOOCUS_INT, .fallback = "64", .low = 1, .high = 255},
    {.name = "canny_high_threshold", .type = FOOOCUS_INT, .fallback = "128", .low = 1, .high = 255},
    {.name = "refiner_swap_method", .type = FOOOCUS_TEXT, .fallback = "\"joint\""},
    {.name = "controlnet_softness",
     .type = FOOOCUS_REAL,
     .fallback = "0.25",
     .low = 0.0,
     .high = 1.0},
    {.name = "freeu_enabled", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "freeu_b1", .type = FOOOCUS_REAL, .fallback = "1.01"},
    {.name = "freeu_b2", .type = FOOOCUS_REAL, .fallback = "1.02"},
    {.name = "freeu_s1", .type = FOOOCUS_REAL, .fallback = "0.99"},
    {.name = "freeu_s2", .type = FOOOCUS_REAL, .fallback = "0.95"},
    {.name = "debugging_inpaint_preprocessor", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "inpaint_disable_initial_latent", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "inpaint_engine", .type = FOOOCUS_TEXT, .fallback = "\"v2.6\""},
    {.name = "inpaint_strength", .type = FOOOCUS_REAL, .fallback = "1.0", .low = 0.0, .high = 1.0},
    {.name = "inpaint_respective_field",
     .type = FOOOCUS_REAL,
     .fallback = "1.0",
     .low = 0.0,
     .high = 1.0},
    {.name = "inpaint_advanced_masking_checkbox", .type = FOOOCUS_FLAG, .fallback = "true"},
    {.name = "invert_mask_checkbox", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "inpaint_erode_or_dilate",
     .type = FOOOCUS_INT,
     .fallback = "0",
     .low = -64,
     .high = 64},
    {.name = "black_out_nsfw", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "vae_name", .type = FOOOCUS_TEXT, .fallback = "\"Default (model)\""},
    {.name = "debugging_dino", .type = FOOOCUS_FLAG, .fallback = "false"},
    {.name = "dino_erode_or_dilate", .type = FOOOCUS_INT, .fallback = "0", .low = -64, .high = 64},
    {.name = "debugging_enhance_masks_checkbox", .type = FOOOCUS_FLAG, .fallback = "false"},
    {0},
};

#define COMMON                                                                                     \
    {.name = "prompt", .type = FOOOCUS_TEXT, .fallback = "\"\""},                                  \
        {.name = "negative_prompt", .type = FOOOCUS_TEXT, .fallback = "\"\""},                     \
        {.name = "style_selections",                                                               \
         .type = FOOOCUS_TEXT,                                                                     \
         .fallback = "[\"Fooocus V2\", \"Fooocus Enhance\", \"Fooocus Sharp\"]",                   \
         .list = true},                                                                            \
        {.name = "performance_selection",                                                          \
         .type = FOOOCUS_CHOICE,                                                                   \
         .fallback = "\"Speed\"",                                                                  \
         .choices = FOOOCUS_PERFORMANCE},                                                          \
        {.name = "aspect_ratios_selection", .type = FOOOCUS_TEXT, .fallback = "\"1152*896\""},     \
        {.name = "image_number", .type = FOOOCUS_INT, .fallback = "1", .low = 1, .high = 32},      \
        {.name = "image_seed", .type = FOOOCUS_INT, .fallback = "-1"},                             \
        {.name = "sharpness", .type = FOOOCUS_REAL, .fallback = "2.0", .low = 0.0, .high = 30.0},  \
        {.name = "guidance_scale",                                                                 \
         .type = FOOOCUS_REAL,                                                                     \
         .fallback = "4.0",                                                                        \
         .low = 1.0,                                                                               \
         .high = 30.0},                                                                            \
        {.name = "base_model_name", .type = FOOOCUS_TEXT, .fallback = "\"" FOOOCUS_MODEL "\""},    \
        {.name = "refiner_model_name", .type = FOOOCUS_TEXT, .fallback = "\"None\""},              \
        {.name = "refiner_switch",                                                                 \
         .type = FOOOCUS_REAL,                                                                     \
         .fallback = "0.5",                                                                        \
         .low = 0.1,                                                                               \
         .high = 1.0},                                                                             \
        {.name = "loras",                                                                          \
         .type = FOOOCUS_OBJECT,                                                                   \
         .fallback = LORAS,                                                                        \
         .list = true,                                                                             \
         .model = FOOOCUS_LORA_MODEL},                                                             \
        {.name = "advanced_params",                                                                \
         .type = FOOOCUS_OBJECT,                                                                   \
         .fallback = "{}",                                                                         \
         .model = FOOOCUS_API_ADVANCED},                                                           \
        {.name = "save_meta", .type = FOOOCUS_FLAG, .fallback = "true"},                           \
        {.name = "meta_scheme", .type = FOOOCUS_TEXT, .fallback = "\"fooocus\""},                  \
        {.name = "save_extension", .type = FOOOCUS_TEXT, .fallback = "\"png\""},                   \
        {.name = "save_name", .type = FOOOCUS_TEXT, .fallback = "\"\""},                           \
        {.name = "read_wildcards_in_order", .type = FOOOCUS_FLAG, .fallback = "false"},            \
        {.name = "require_base64", .type = FOOOCUS_FLAG, .fallback = "false"},                     \
        {.name = "async_process", .type = FOOOCUS_FLAG, .fallback = "false"},                      \
        {.name = "webhook_url", .type = FOOOCUS_TEXT, .fallback = "\"\"", .nullable = true},

const struct fooocus_field FOOOCUS_API_TEXT[] = {
    COMMON{0},
};

const struct fooocus_field FOOOCUS_API_TEXT_IP[] = {
    COMMON{.name = "image_prompts",
           .type = FOOOCUS_OBJECT,
           .fallback = "[]",
           .list = true,
           .model = FOOOCUS_API_CONTROL},
    {0},
};

const struct fooocus_field FOOOCUS_API_UOV[] = {
    COMMON{.name = "uov_method",
           .type = FOOOCUS_CHOICE,
           .fallback = "\"Upscale (2x)\"",
           .choices = FOOOCUS_UOV},
    {.name = "upscale_value",
     .type = FOOOCUS_REAL,
     .fallback = "1.0",
     .low = 1.0,
     .high = 5.0,
     .nullable = true},
    {.name = "input_image", .type = FOOOCUS_TEXT, .fallback = NULL},
    {.name = "image_prompts",
     .type = FOOOCUS_OBJECT,
     .fallback = "[]",
     .list = true,
     .model = FOOOCUS_API_CONTROL},
    {0},
};

const struct fooocus_field FOOOCUS_API_INPAINT[] = {
    COMMON{.name = "input_image", .type = FOOOCUS_TEXT, .fallback = "\"\""},
    {.name = "input_mask", .type = FOOOCUS_TEXT, .fallback = "\"\"", .nullable = true},
    {.name = "inpaint_additional_prompt",
     .type = FOOOCUS_TEXT,
     .fallback = "\"\"",
     .nullable = true},
    {.name = "outpaint_selections",
     .type = FOOOCUS_CHOICE,
     .fallback = "[]",
     .list = true,
     .choices = FOOOCUS_SIDES},
    {.name = "outpaint_distance_left", .type = FOOOCUS_INT, .fallback = "-1", .nullable = true},
    {.name = "outpaint_distance_right", .type = FOOOCUS_INT, .fallback = "-1", .nullable = true},
    {.name = "outpaint_distance_top", .type = FOOOCUS_INT, .fallback = "-1", .nullable = true},
    {.name = "outpaint_distance_bottom", .type = FOOOCUS_INT, .fallback = "-1", .nullable = true},
    {.name = "image_prompts",
     .type = FOOOCUS_OBJECT,
     .fallback = "[]",
     .list = true,
     .model = FOOOCUS_API_CONTROL},
    {0},
};

const struct fooocus_field FOOOCUS_API_PROMPT[] = {
    COMMON{.name = "input_image", .type = FOOOCUS_TEXT, .fallback = "null", .nullable = true},
    {.name = "input_mask", .type = FOOOCUS_TEXT, .fallback = "\"\"", .nullable = true},
    {.name = "inpaint_additional_prompt",
     .type = FOOOCUS_TEXT,
     .fallback = "\"\"",
     .nullable = true},
    {.name = "outpaint_selections",
     .type = FOOOCUS_CHOICE,
     .fallback = "[]",
     .list = true,
     .choices = FOOOCUS_SIDES},
    {.name = "outpaint_distance_left", .type = FOOOCUS_INT, .fallback = "-1", .nullable = true},
    {.name = "outpaint_distance_right", .type = FOOOCUS_INT, .fallback = "-1", .nullable = true},
    {.name = "outpaint_distance_top", .type = FOOOCUS_INT, .fallback = "-1", .nullable = true},
    {.name = "outpaint_distance_bottom", .type = FOOOCUS_INT, .fallback = "-1", .nullable = true},
    {.name = "image_prompts",
     .type = FOOOCUS_OBJECT,
     .fallback = NULL,
     .list = true,
     .model = FOOOCUS_API_CONTROL},
    {0},
};

const struct fooocus_field FOOOCUS_API_ENHANCE[] = {
    COMMON{.name = "enhance_input_image", .type = FOOOCUS_TEXT, .fallback = "\"\""},
    {.name = "enhance_checkbox", .type = FOOOCUS_FLAG, .fallback = "true"},
    {.name = "enhance_uov_method",
     .type = FOOOCUS_CHOICE,
     .fallback = "\"Vary (Strong)\"",
     .choices = FOOOCUS_UOV},
    {.name = "enhance_uov_processing_order",
     .type = FOOOCUS_TEXT,
     .fallback = "\"Before First Enhancement\""},
    {.name = "enhance_uov_prompt_type", .type = FOOOCUS_TEXT, .fallback = "\"Original Prompts\""},
    {.name = "save_final_enhanced_image_only", .type = FOOOCUS_FLAG, .fallback = "true"},
    {.name = "enhance_ctrlnets",
     .type = FOOOCUS_OBJECT,
     .fallback = NULL,
     .list = true,
     .model = FOOOCUS_ENHANCE},
    {0},
};
