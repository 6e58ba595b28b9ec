#include "convert/mapping.h"

#include <stdio.h>
#include <string.h>

#define SAME(name)                                                                                 \
    {                                                                                              \
        .old_name = name, .new_name = name, .kinds = MAPPING_ALL                                   \
    }
#define ADVANCED(name)                                                                             \
    {                                                                                              \
        .old_name = name, .new_name = name, .advanced = true, .kinds = MAPPING_ALL                 \
    }

#define INPAINTING (MAPPING_INPAINT | MAPPING_PROMPT)

const struct mapping_row mapping_rows[] = {
    SAME("prompt"),
    SAME("negative_prompt"),
    SAME("style_selections"),
    SAME("performance_selection"),
    SAME("aspect_ratios_selection"),
    SAME("image_number"),
    SAME("image_seed"),
    SAME("sharpness"),
    SAME("guidance_scale"),
    SAME("base_model_name"),
    SAME("refiner_model_name"),
    SAME("refiner_switch"),
    {.old_name = "loras",
     .new_name = "loras",
     .kinds = MAPPING_ALL,
     .rule = MAPPING_LORAS,
     .note = "an element without enabled gets \"enabled\": true, which both servers require"},
    {.new_name = "input_image_checkbox",
     .rule = MAPPING_IGNORED,
     .note = "the server sets it itself"},
    {.new_name = "current_tab", .rule = MAPPING_IGNORED, .note = "the server sets it itself"},
    {.old_name = "uov_method",
     .new_name = "uov_method",
     .kinds = MAPPING_UOV,
     .rule = MAPPING_UOV_METHOD,
     .old_default = "\"Upscale (2x)\"",
     .new_default = "\"Disabled\"",
     .note = "written when it is absent from a request to upscale or vary, for the old default is "
             "Upscale (2x) and the new one does nothing"},
    {.old_name = "input_image",
     .new_name = "uov_input_image",
     .kinds = MAPPING_UOV,
     .rule = MAPPING_INPUT_IMAGE,
     .note = "decided by --kind, else by the other fields, else refused"},
    {.old_name = "outpaint_selections",
     .new_name = "outpaint_selections",
     .kinds = INPAINTING,
     .rule = MAPPING_SELECTIONS,
     .note = "names every direction that has a distance; a comma-separated list becomes an array"},
    {.old_name = "input_image",
     .new_name = "inpaint_input_image",
     .kinds = INPAINTING,
     .rule = MAPPING_INPUT_IMAGE,
     .note = "decided by --kind, else by the other fields, else refused"},
    {.old_name = "inpaint_additional_prompt",
     .new_name = "inpaint_additional_prompt",
     .kinds = INPAINTING,
     .rule = MAPPING_NULL_TEXT,
     .note = "null becomes an empty text"},
    {.old_name = "input_mask",
     .new_name = "inpaint_mask_image_upload",
     .kinds = INPAINTING,
     .rule = MAPPING_MASK,
     .note = "an inline PNG is inverted when invert_mask_checkbox asked for it"},
    ADVANCED("disable_preview"),
    ADVANCED("disable_intermediate_results"),
    ADVANCED("disable_seed_increment"),
    ADVANCED("black_out_nsfw"),
    {.old_name = "adm_scaler_positive",
     .new_name = "adm_scaler_positive",
     .advanced = true,
     .kinds = MAPPING_ALL,
     .rule = MAPPING_ADM,
     .note = "back: at least 0.1"},
    {.old_name = "adm_scaler_negative",
     .new_name = "adm_scaler_negative",
     .advanced = true,
     .kinds = MAPPING_ALL,
     .rule = MAPPING_ADM,
     .note = "back: at least 0.1"},
    ADVANCED("adm_scaler_end"),
    ADVANCED("adaptive_cfg"),
    ADVANCED("clip_skip"),
    ADVANCED("sampler_name"),
    ADVANCED("scheduler_name"),
    ADVANCED("vae_name"),
    {.old_name = "overwrite_step",
     .new_name = "overwrite_step",
     .advanced = true,
     .kinds = MAPPING_ALL,
     .rule = MAPPING_STEP,
     .note = "back: at most 200"},
    {.old_name = "overwrite_switch",
     .new_name = "overwrite_switch",
     .advanced = true,
     .kinds = MAPPING_ALL,
     .rule = MAPPING_SWITCH,
     .note = "a fraction is refused: the new server takes whole steps; back: more than 1 is lost"},
    ADVANCED("overwrite_width"),
    ADVANCED("overwrite_height"),
    ADVANCED("overwrite_vary_strength"),
    ADVANCED("overwrite_upscale_strength"),
    {.old_name = "mixing_image_prompt_and_vary_upscale",
     .new_name = "mixing_image_prompt_and_vary_upscale",
     .advanced = true,
     .kinds = MAPPING_ALL,
     .rule = MAPPING_MIX_UOV,
     .note = "set when there are image prompts and an image to upscale or vary, as the old server "
             "does by itself; back: left out then"},
    {.old_name = "mixing_image_prompt_and_inpaint",
     .new_name = "mixing_image_prompt_and_inpaint",
     .advanced = true,
     .kinds = MAPPING_ALL,
     .rule = MAPPING_MIX_INPAINT,
     .note = "set when there are image prompts and an image to inpaint; back: left out then"},
    ADVANCED("debugging_cn_preprocessor"),
    ADVANCED("skipping_cn_preprocessor"),
    ADVANCED("canny_low_threshold"),
    ADVANCED("canny_high_threshold"),
    ADVANCED("refiner_swap_method"),
    ADVANCED("controlnet_softness"),
    ADVANCED("freeu_enabled"),
    ADVANCED("freeu_b1"),
    ADVANCED("freeu_b2"),
    ADVANCED("freeu_s1"),
    ADVANCED("freeu_s2"),
    ADVANCED("debugging_inpaint_preprocessor"),
    ADVANCED("inpaint_disable_initial_latent"),
    ADVANCED("inpaint_engine"),
    ADVANCED("inpaint_strength"),
    {.old_name = "inpaint_respective_field",
     .new_name = "inpaint_respective_field",
     .advanced = true,
     .kinds = INPAINTING,
     .old_default = "1.0",
     .new_default = "0.618",
     .note = "with --pin-defaults the default, 1.0 and 0.618, is written when it is absent"},
    {.old_name = "inpaint_mask_upload_checkbox",
     .new_name = "inpaint_mask_upload_checkbox",
     .advanced = true,
     .kinds = MAPPING_ALL,
     .rule = MAPPING_NEITHER,
     .note = "dropped: neither server has it today"},
    {.old_name = "invert_mask_checkbox",
     .new_name = "invert_mask_checkbox",
     .advanced = true,
     .kinds = INPAINTING,
     .rule = MAPPING_INVERT,
     .note = "true is dropped, for the new server ignores it; the mask is inverted instead"},
    {.old_name = "inpaint_erode_or_dilate",
     .new_name = "inpaint_erode_or_dilate",
     .advanced = true,
     .kinds = INPAINTING,
     .rule = MAPPING_ERODE,
     .note = "changes its sign when the mask was inverted: the old server inverts after it"},
    {.old_name = "image_prompts",
     .new_name = "controlnet_image",
     .kinds = MAPPING_ALL & ~MAPPING_ENHANCE,
     .rule = MAPPING_PROMPTS,
     .note = "cn_stop and cn_weight of 0 or null become the default of their cn_type; back: 0 "
             "becomes 0.0001"},
    {.new_name = "generate_image_grid",
     .rule = MAPPING_NEW_FLAG,
     .note = "true cannot be expressed"},
    {.old_name = "outpaint_distance_left",
     .new_name = "outpaint_distance",
     .kinds = INPAINTING,
     .rule = MAPPING_DISTANCE,
     .note = "[left, top, right, bottom]; -1 becomes 0, and back"},
    {.old_name = "outpaint_distance_right",
     .new_name = "outpaint_distance",
     .kinds = INPAINTING,
     .rule = MAPPING_DISTANCE,
     .note = "the same array"},
    {.old_name = "outpaint_distance_top",
     .new_name = "outpaint_distance",
     .kinds = INPAINTING,
     .rule = MAPPING_DISTANCE,
     .note = "the same array"},
    {.old_name = "outpaint_distance_bottom",
     .new_name = "outpaint_distance",
     .kinds = INPAINTING,
     .rule = MAPPING_DISTANCE,
     .note = "the same array"},
    {.old_name = "upscale_value",
     .new_name = "upscale_multiple",
     .kinds = MAPPING_UOV,
     .rule = MAPPING_MULTIPLE,
     .note = "null becomes 1.0"},
    {.new_name = "preset",
     .rule = MAPPING_NEW_PRESET,
     .note = "anything but \"initial\" cannot be expressed"},
    {.new_name = "stream_output", .rule = MAPPING_NEW_FLAG, .note = "true cannot be expressed"},
    {.old_name = "save_meta", .new_name = "save_metadata_to_images", .kinds = MAPPING_ALL},
    {.old_name = "meta_scheme",
     .new_name = "metadata_scheme",
     .kinds = MAPPING_ALL,
     .rule = MAPPING_SCHEME,
     .note = "a111 becomes a1111, never back: a111 stops the old server's queue"},
    {.old_name = "save_extension",
     .new_name = "output_format",
     .kinds = MAPPING_ALL,
     .rule = MAPPING_FORMAT,
     .note = "jpg becomes jpeg, never back"},
    {.old_name = "save_name",
     .new_name = "save_name",
     .kinds = MAPPING_ALL,
     .rule = MAPPING_SAVE_NAME,
     .note = "dropped unless --keep save_name; back: kept"},
    SAME("read_wildcards_in_order"),
    {.old_name = "require_base64",
     .new_name = "require_base64",
     .kinds = MAPPING_ALL,
     .rule = MAPPING_NO_EFFECT,
     .note = "the new server does nothing with it: fetch the URLs of the result"},
    SAME("async_process"),
    {.old_name = "webhook_url",
     .new_name = "webhook_url",
     .kinds = MAPPING_ALL,
     .rule = MAPPING_NULL_TEXT,
     .note = "null becomes an empty text, for the new server makes the word None of it"},

    {.old_name = "advanced_params",
     .kinds = MAPPING_ALL,
     .rule = MAPPING_LIFT,
     .note = "its members move to the request itself; back: into it"},
    ADVANCED("inpaint_advanced_masking_checkbox"),
    ADVANCED("debugging_dino"),
    ADVANCED("dino_erode_or_dilate"),
    ADVANCED("debugging_enhance_masks_checkbox"),
    {.old_name = "enhance_input_image",
     .new_name = "enhance_input_image",
     .kinds = MAPPING_ENHANCE,
     .rule = MAPPING_ENHANCE_IMAGE,
     .note = "dropped when --kind names another endpoint, for the new server would heed it first"},
    {.old_name = "enhance_checkbox",
     .new_name = "enhance_checkbox",
     .kinds = MAPPING_ENHANCE,
     .rule = MAPPING_CHECKBOX,
     .note = "set in a request to enhance, as the old server does by itself; back: left out"},
    {.old_name = "enhance_uov_method",
     .new_name = "enhance_uov_method",
     .kinds = MAPPING_ENHANCE,
     .old_default = "\"Vary (Strong)\"",
     .new_default = "\"Disabled\"",
     .note = "with --pin-defaults the default, Vary (Strong) and Disabled, is written when it is "
             "absent"},
    {.old_name = "enhance_uov_processing_order",
     .new_name = "enhance_uov_processing_order",
     .kinds = MAPPING_ENHANCE},
    {.old_name = "enhance_uov_prompt_type",
     .new_name = "enhance_uov_prompt_type",
     .kinds = MAPPING_ENHANCE},
    {.old_name = "save_final_enhanced_image_only",
     .new_name = "save_final_enhanced_image_only",
     .kinds = MAPPING_ENHANCE,
     .old_default = "true",
     .new_default = "false",
     .note = "with --pin-defaults the default, true and false, is written when it is absent"},
    {.old_name = "enhance_ctrlnets",
     .new_name = "enhance_ctrls",
     .kinds = MAPPING_ENHANCE,
     .rule = MAPPING_CTRLS,
     .note = "with --pin-defaults an element without enhance_mask_dino_prompt gets the default, "
             "face and empty; back: an empty array when it is absent, for the old server requires "
             "it"},
    {.old_name = NULL},
};

static const struct {
    unsigned kind;
    const char *word;
    const char *path;
} kinds[] = {
    {MAPPING_TEXT, "text", "/v2/generation/text-to-image-with-ip"},
    {MAPPING_UOV, "uov", "/v2/generation/image-upscale-vary"},
    {MAPPING_INPAINT, "inpaint", "/v2/generation/image-inpaint-outpaint"},
    {MAPPING_PROMPT, "prompt", "/v2/generation/image-prompt"},
    {MAPPING_ENHANCE, "enhance", "/v2/generation/image-enhance"},
};
#define KINDS (sizeof kinds / sizeof *kinds)

unsigned mapping_kind_of(const char *word)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].word, word) == 0) {
            return kinds[i].kind;
        }
    }
    return 0;
}

const char *mapping_kind_word(unsigned kind)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind == kind) {
            return kinds[i].word;
        }
    }
    return "";
}

const char *mapping_kind_path(unsigned kind)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].kind == kind) {
            return kinds[i].path;
        }
    }
    return "";
}

char *mapping_kinds_text(char *to, size_t cap, unsigned set)
{
    size_t n = 0;

    *to = '\0';
    if (set == MAPPING_ALL) {
        snprintf(to, cap, "all");
        return to;
    }
    for (size_t i = 0; i < KINDS; i++) {
        if ((set & kinds[i].kind) != 0 && n < cap) {
            n += (size_t)snprintf(to + n, cap - n, "%s%s", n > 0 ? ", " : "", kinds[i].word);
        }
    }
    return to;
}

const char *mapping_rule_text(enum mapping_rule rule)
{
    static const char *const texts[] = {
        [MAPPING_COPY] = "same",
        [MAPPING_LIFT] = "lifted",
        [MAPPING_LORAS] = "completed",
        [MAPPING_UOV_METHOD] = "completed",
        [MAPPING_INPUT_IMAGE] = "by kind",
        [MAPPING_SELECTIONS] = "completed",
        [MAPPING_NULL_TEXT] = "changed",
        [MAPPING_MASK] = "inverted",
        [MAPPING_INVERT] = "applied",
        [MAPPING_ERODE] = "changed",
        [MAPPING_ADM] = "range",
        [MAPPING_STEP] = "range",
        [MAPPING_SWITCH] = "range",
        [MAPPING_MIX_UOV] = "completed",
        [MAPPING_MIX_INPAINT] = "completed",
        [MAPPING_PROMPTS] = "changed",
        [MAPPING_DISTANCE] = "merged",
        [MAPPING_MULTIPLE] = "changed",
        [MAPPING_SCHEME] = "changed",
        [MAPPING_FORMAT] = "changed",
        [MAPPING_SAVE_NAME] = "dropped",
        [MAPPING_NEITHER] = "dropped",
        [MAPPING_NO_EFFECT] = "no effect",
        [MAPPING_ENHANCE_IMAGE] = "by kind",
        [MAPPING_CHECKBOX] = "completed",
        [MAPPING_CTRLS] = "renamed",
        [MAPPING_IGNORED] = "new only",
        [MAPPING_NEW_FLAG] = "new only",
        [MAPPING_NEW_PRESET] = "new only",
    };

    return texts[rule];
}
