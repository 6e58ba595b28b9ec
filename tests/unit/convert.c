/* convert-params: every row of the migration table, the value rules, both directions. */
#include <stdbool.h>

#include "base/text.h"
#include "convert/mapping_index.h"
#include "convert_run.h"
#include "unit.h"

/* A request for either server that is converted and, where `back` is set, gives itself again. */
struct pair {
    const char *row; /* the row's name it stands for, as printed: "adp.x", or the new name */
    const char *old, *fresh;
    bool back;
    unsigned kind;
};

#define SAME(name, value)                                                                          \
    {                                                                                              \
        name, "{\"" name "\":" value "}", "{\"" name "\":" value "}", true, 0                      \
    }
#define ADVANCED(name, value)                                                                      \
    {                                                                                              \
        "adp." name, "{\"advanced_params\":{\"" name "\":" value "}}", "{\"" name "\":" value "}", \
            true, 0                                                                                \
    }

static const struct pair pairs[] = {
    SAME("prompt", "\"a cat\""),
    SAME("negative_prompt", "\"blurry\""),
    SAME("style_selections", "[\"Fooocus V2\", \"Fooocus Sharp\"]"),
    SAME("performance_selection", "\"Lightning\""),
    SAME("aspect_ratios_selection", "\"1152*896\""),
    SAME("image_number", "2"),
    SAME("image_seed", "-1"),
    SAME("sharpness", "2.00"),
    SAME("guidance_scale", "4e0"),
    SAME("base_model_name", "\"m.safetensors\""),
    SAME("refiner_model_name", "\"None\""),
    SAME("refiner_switch", "0.5"),
    SAME("loras", "[{\"enabled\":true,\"model_name\":\"l\",\"weight\":0.10}]"),
    {"input_image_checkbox", NULL, "{\"input_image_checkbox\":true}", false, 0},
    {"current_tab", NULL, "{\"current_tab\":\"uov\"}", false, 0},
    SAME("uov_method", "\"Vary (Subtle)\""),
    {"uov_input_image", "{\"uov_method\":\"Upscale (2x)\",\"input_image\":\"QUJD\"}",
     "{\"uov_method\":\"Upscale (2x)\",\"uov_input_image\":\"QUJD\"}", true, 0},
    SAME("outpaint_selections", "[\"Left\",\"Top\"]"),
    {"inpaint_input_image", "{\"input_image\":\"QUJD\",\"input_mask\":\"REVG\"}",
     "{\"inpaint_input_image\":\"QUJD\",\"inpaint_mask_image_upload\":\"REVG\"}", true, 0},
    SAME("inpaint_additional_prompt", "\"a dog\""),
    {"inpaint_mask_image_upload", "{\"input_mask\":\"REVG\",\"input_image\":\"QUJD\"}",
     "{\"inpaint_mask_image_upload\":\"REVG\",\"inpaint_input_image\":\"QUJD\"}", true, 0},
    ADVANCED("disable_preview", "true"),
    ADVANCED("disable_intermediate_results", "true"),
    ADVANCED("disable_seed_increment", "true"),
    ADVANCED("black_out_nsfw", "true"),
    ADVANCED("adm_scaler_positive", "1.50"),
    ADVANCED("adm_scaler_negative", "0.8"),
    ADVANCED("adm_scaler_end", "0.3"),
    ADVANCED("adaptive_cfg", "7.0"),
    ADVANCED("clip_skip", "2"),
    ADVANCED("sampler_name", "\"dpmpp_2m_sde_gpu\""),
    ADVANCED("scheduler_name", "\"karras\""),
    ADVANCED("vae_name", "\"Default (model)\""),
    ADVANCED("overwrite_step", "-1"),
    ADVANCED("overwrite_switch", "-1.0"),
    ADVANCED("overwrite_width", "1024"),
    ADVANCED("overwrite_height", "768"),
    ADVANCED("overwrite_vary_strength", "0.5"),
    ADVANCED("overwrite_upscale_strength", "-1"),
    ADVANCED("mixing_image_prompt_and_vary_upscale", "false"),
    ADVANCED("mixing_image_prompt_and_inpaint", "false"),
    ADVANCED("debugging_cn_preprocessor", "false"),
    ADVANCED("skipping_cn_preprocessor", "false"),
    ADVANCED("canny_low_threshold", "64"),
    ADVANCED("canny_high_threshold", "128"),
    ADVANCED("refiner_swap_method", "\"joint\""),
    ADVANCED("controlnet_softness", "0.25"),
    ADVANCED("freeu_enabled", "true"),
    ADVANCED("freeu_b1", "1.01"),
    ADVANCED("freeu_b2", "1.02"),
    ADVANCED("freeu_s1", "0.99"),
    ADVANCED("freeu_s2", "0.95"),
    ADVANCED("debugging_inpaint_preprocessor", "false"),
    ADVANCED("inpaint_disable_initial_latent", "false"),
    ADVANCED("inpaint_engine", "\"v2.6\""),
    ADVANCED("inpaint_strength", "1.0"),
    ADVANCED("inpaint_respective_field", "0.618"),
    {"adp.inpaint_mask_upload_checkbox",
     "{\"advanced_params\":{\"inpaint_mask_upload_checkbox\":true}}", "{}", false, 0},
    ADVANCED("invert_mask_checkbox", "false"),
    ADVANCED("inpaint_erode_or_dilate", "-8"),
    {"image_prompts",
     "{\"image_prompts\":[{\"cn_img\":\"QUJD\",\"cn_stop\":0.5,\"cn_weight\":1.0,\"cn_type\":"
     "\"CPDS\"}]}",
     "{\"controlnet_image\":[{\"cn_img\":\"QUJD\",\"cn_stop\":0.5,\"cn_weight\":1.0,\"cn_type\":"
     "\"CPDS\"}]}",
     true, 0},
    {"generate_image_grid", NULL, "{\"generate_image_grid\":true}", false, 0},
    {"outpaint_distance_left",
     "{\"outpaint_selections\":[\"Left\",\"Top\"],\"outpaint_distance_left\":100,"
     "\"outpaint_distance_right\":-1,\"outpaint_distance_top\":50,\"outpaint_distance_bottom\":-1}",
     "{\"outpaint_selections\":[\"Left\",\"Top\"],\"outpaint_distance\":[100,50,0,0]}", true, 0},
    {"outpaint_distance_right",
     "{\"outpaint_selections\":[\"Right\"],\"outpaint_distance_left\":-1,"
     "\"outpaint_distance_right\":7,\"outpaint_distance_top\":-1,\"outpaint_distance_bottom\":-1}",
     "{\"outpaint_selections\":[\"Right\"],\"outpaint_distance\":[0,0,7,0]}", true, 0},
    {"outpaint_distance_top", "{\"outpaint_distance_top\":-1}", "{\"outpaint_distance\":[0,0,0,0]}",
     false, 0},
    {"outpaint_distance_bottom",
     "{\"outpaint_distance_bottom\":9,\"outpaint_selections\":[\"Bottom\"]}",
     "{\"outpaint_distance\":[0,0,0,9],\"outpaint_selections\":[\"Bottom\"]}", false, 0},
    {"upscale_value",
     "{\"uov_method\":\"Upscale (Custom)\",\"upscale_value\":1.50,\"input_image\":\"QUJD\"}",
     "{\"uov_method\":\"Upscale (Custom)\",\"upscale_multiple\":1.50,\"uov_input_image\":\"QUJD\"}",
     true, 0},
    {"preset", NULL, "{\"preset\":\"anime\"}", false, 0},
    {"stream_output", NULL, "{\"stream_output\":true}", false, 0},
    {"save_meta", "{\"save_meta\":false}", "{\"save_metadata_to_images\":false}", true, 0},
    {"meta_scheme", "{\"meta_scheme\":\"fooocus\"}", "{\"metadata_scheme\":\"fooocus\"}", true, 0},
    {"save_extension", "{\"save_extension\":\"webp\"}", "{\"output_format\":\"webp\"}", true, 0},
    {"save_name", "{\"save_name\":\"x\"}", "{}", false, 0},
    SAME("read_wildcards_in_order", "true"),
    SAME("require_base64", "false"),
    SAME("async_process", "true"),
    SAME("webhook_url", "\"http://127.0.0.1/\""),
    {"advanced_params", "{\"advanced_params\":{}}", "{}", false, 0},
    ADVANCED("inpaint_advanced_masking_checkbox", "true"),
    ADVANCED("debugging_dino", "true"),
    ADVANCED("dino_erode_or_dilate", "3"),
    ADVANCED("debugging_enhance_masks_checkbox", "true"),
    SAME("enhance_uov_method", "\"Disabled\""),
    SAME("enhance_uov_processing_order", "\"Before First Enhancement\""),
    SAME("enhance_uov_prompt_type", "\"Original Prompts\""),
    SAME("save_final_enhanced_image_only", "true"),
    {"enhance_checkbox", "{\"enhance_input_image\":\"QUJD\",\"enhance_checkbox\":false}",
     "{\"enhance_input_image\":\"QUJD\",\"enhance_checkbox\":true}", false, 0},
    {"enhance_input_image", "{\"enhance_input_image\":\"QUJD\",\"enhance_ctrlnets\":[]}",
     "{\"enhance_input_image\":\"QUJD\",\"enhance_ctrls\":[],\"enhance_checkbox\":true}", true, 0},
    {"enhance_ctrlnets", "{\"enhance_ctrlnets\":[{\"enhance_enabled\":true}]}",
     "{\"enhance_ctrls\":[{\"enhance_enabled\":true}]}", false, MAPPING_INPAINT},
};

static void check(const struct convert_options *options, const char *in, const char *want)
{
    struct converted v = convert_text(options, in, strlen(in));
    size_t n = strlen(want);
    const char *got = v.out.data != NULL ? v.out.data : "";

    CHECK(v.result == 0, "%s: %s", in, v.err.text);
    CHECK(v.out.len == n + 1 && memcmp(got, want, n) == 0 && got[n] == '\n',
          "%s\n    gave   %s    wanted %s", in, got, want);
    converted_release(&v);
}

/* The row's name as the table of pairs gives it. */
static bool is_covered(const struct mapping_row *row)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *name = pairs[i].row;
        bool advanced = strncmp(name, "adp.", 4) == 0;
        name += advanced ? 4 : 0;
        if (advanced == row->advanced &&
            ((row->old_name != NULL && strcmp(row->old_name, name) == 0) ||
             (row->new_name != NULL && strcmp(row->new_name, name) == 0))) {
            return true;
        }
    }
    return false;
}

static void every_row(void)
{
    for (const struct mapping_row *row = mapping_rows;
         row->old_name != NULL || row->new_name != NULL; row++) {
        CHECK(is_covered(row), "no pair for %s", row->old_name ? row->old_name : row->new_name);
    }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct pair *p = &pairs[i];
        if (p->old != NULL) {
            check(&(struct convert_options){.kind = p->kind}, p->old, p->fresh);
        }
        if (p->old == NULL || p->back) {
            check(&(struct convert_options){.reverse = true}, p->fresh, p->back ? p->old : "{}");
        }
    }
}

/* One conversion: options, input, output; out NULL means refused. */
struct rule {
    const char *what;
    struct convert_options options;
    const char *in, *out;
    size_t lost;
};

static const char *const keep_save_name[] = {"save_name"};

static const struct rule rules[] = {
    {"jpg", {.kind = 0}, "{\"save_extension\":\"jpg\"}", "{\"output_format\":\"jpeg\"}", 0},
    {"jpg in escapes",
     {.kind = 0},
     "{\"save_extension\":\"\\u006apg\"}",
     "{\"output_format\":\"jpeg\"}",
     0},
    {"jpeg stays",
     {.reverse = true},
     "{\"output_format\":\"jpeg\"}",
     "{\"save_extension\":\"jpeg\"}",
     0},
    {"a111", {.kind = 0}, "{\"meta_scheme\":\"a111\"}", "{\"metadata_scheme\":\"a1111\"}", 0},
    {"a1111 stays",
     {.reverse = true},
     "{\"metadata_scheme\":\"a1111\"}",
     "{\"meta_scheme\":\"a1111\"}",
     0},
    {"null texts",
     {.kind = 0},
     "{\"webhook_url\":null,\"inpaint_additional_prompt\": null}",
     "{\"webhook_url\":\"\",\"inpaint_additional_prompt\":\"\"}",
     0},
    {"upscale null", {.kind = 0}, "{\"upscale_value\":null}", "{\"upscale_multiple\":1.0}", 0},
    {"save_name kept",
     {.keep = keep_save_name, .n_keep = 1},
     "{\"save_name\":\"x\"}",
     "{\"save_name\":\"x\"}",
     0},
    {"save_name lost", {.kind = 0}, "{\"save_name\":\"x\"}", "{}", 1},
    {"save_name empty", {.kind = 0}, "{\"save_name\":\"\"}", "{}", 0},
    {"base64 lost", {.kind = 0}, "{\"require_base64\":true}", "{\"require_base64\":true}", 1},
    {"enabled",
     {.kind = 0},
     "{\"loras\":[{\"model_name\":\"a\"},{},{\"enabled\":false}, 3]}",
     "{\"loras\":[{\"enabled\":true,\"model_name\":\"a\"},{\"enabled\":true},{\"enabled\":false}, "
     "3]}",
     0},
    {"fraction of steps", {.kind = 0}, "{\"advanced_params\":{\"overwrite_switch\":0.5}}", NULL, 0},
    {"no fraction",
     {.kind = 0},
     "{\"advanced_params\":{\"overwrite_switch\":10e-1}}",
     "{\"overwrite_switch\":10e-1}",
     0},
    {"prompt defaults",
     {.kind = 0},
     "{\"image_prompts\":[{\"cn_img\":\"QQ==\",\"cn_stop\":0,\"cn_weight\":null,\"cn_type\":"
     "\"FaceSwap\"},{\"cn_img\":\"QQ==\",\"cn_stop\":0.0,\"cn_weight\":0e1},{\"cn_weight\":0,\"cn_"
     "type\":\"PyraCanny\"},{\"cn_stop\":null,\"cn_type\":\"CPDS\"}]}",
     "{\"controlnet_image\":[{\"cn_img\":\"QQ==\",\"cn_stop\":0.9,\"cn_weight\":0.75,\"cn_type\":"
     "\"FaceSwap\"},{\"cn_img\":\"QQ==\",\"cn_stop\":0.5,\"cn_weight\":0.6},{\"cn_weight\":1.0,"
     "\"cn_type\":\"PyraCanny\"},{\"cn_stop\":0.5,\"cn_type\":\"CPDS\"}]}",
     0},
    {"prompt defaults pinned",
     {.pin_defaults = true},
     "{\"image_prompts\":[{\"cn_img\":\"QQ==\"}]}",
     "{\"controlnet_image\":[{\"cn_stop\":0.5,\"cn_weight\":0.6,\"cn_img\":\"QQ==\"}]}",
     0},
    {"leading prompts without image",
     {.kind = 0},
     "{\"image_prompts\":[ {\"cn_img\":null}, {\"cn_img\":\"\"}, {\"cn_img\":\"QQ==\"} ]}",
     "{\"controlnet_image\":[ {\"cn_img\":\"QQ==\"} ]}",
     0},
    {"prompt 0 back",
     {.reverse = true},
     "{\"controlnet_image\":[{\"cn_img\":\"QQ==\",\"cn_stop\":0,\"cn_weight\":0.00}]}",
     "{\"image_prompts\":[{\"cn_img\":\"QQ==\",\"cn_stop\":0.0001,\"cn_weight\":0.0001}]}",
     1},
    {"distances by any order",
     {.kind = 0},
     "{\"outpaint_distance_bottom\":4,\"x\":1,\"outpaint_distance_left\":1,\"outpaint_distance_"
     "right\":3,\"outpaint_distance_top\":2,\"outpaint_selections\":[]}",
     "{\"outpaint_distance\":[1,2,3,4],\"x\":1,\"outpaint_selections\":[\"Left\",\"Top\",\"Right\","
     "\"Bottom\"]}",
     0},
    {"distances of null and less",
     {.kind = 0},
     "{\"outpaint_distance_left\":null,\"outpaint_distance_top\":-5}",
     "{\"outpaint_distance\":[0,0,0,0]}",
     0},
    {"selections added",
     {.kind = 0},
     "{\"outpaint_distance_top\":5}",
     "{\"outpaint_distance\":[0,5,0,0],\"outpaint_selections\":[\"Top\"]}",
     0},
    {"selections completed",
     {.kind = 0},
     "{\"outpaint_selections\": [ \"Left\" ], \"outpaint_distance_top\": 5}",
     "{\"outpaint_selections\": [ \"Left\", \"Top\" ], \"outpaint_distance\": [0, 5, 0, 0]}",
     0},
    {"selections of a form",
     {.kind = 0},
     "{\"outpaint_selections\":\"Left, Bottom\"}",
     "{\"outpaint_selections\":[\"Left\",\"Bottom\"]}",
     0},
    {"a distance of text", {.kind = 0}, "{\"outpaint_distance_left\":\"1\"}", NULL, 0},
    {"uov by method",
     {.kind = 0},
     "{\"input_image\":\"QQ==\",\"uov_method\":\"Vary (Strong)\"}",
     "{\"uov_input_image\":\"QQ==\",\"uov_method\":\"Vary (Strong)\"}",
     0},
    {"uov by --kind, method added",
     {.kind = MAPPING_UOV},
     "{\"input_image\":\"QQ==\"}",
     "{\"uov_input_image\":\"QQ==\",\"uov_method\":\"Upscale (2x)\"}",
     0},
    {"inpaint by --kind",
     {.kind = MAPPING_INPAINT},
     "{\"input_image\":\"QQ==\"}",
     "{\"inpaint_input_image\":\"QQ==\"}",
     0},
    {"prompt by --kind",
     {.kind = MAPPING_PROMPT},
     "{\"input_image\":\"QQ==\"}",
     "{\"inpaint_input_image\":\"QQ==\"}",
     0},
    {"text does not read images", {.kind = MAPPING_TEXT}, "{\"input_image\":\"QQ==\"}", "{}", 0},
    {"a disabled method is for inpaint",
     {.kind = 0},
     "{\"input_image\":\"QQ==\",\"uov_method\":\"Disabled\",\"input_mask\":\"\"}",
     "{\"inpaint_input_image\":\"QQ==\",\"uov_method\":\"Disabled\",\"inpaint_mask_image_upload\":"
     "\"\"}",
     0},
    {"open", {.kind = 0}, "{\"input_image\":\"QQ==\"}", NULL, 0},
    {"both",
     {.kind = 0},
     "{\"input_image\":\"QQ==\",\"uov_method\":\"Upscale (2x)\",\"input_mask\":\"QQ==\"}",
     NULL,
     0},
    {"an empty image decides nothing",
     {.kind = 0},
     "{\"input_image\":\"None\"}",
     "{\"inpaint_input_image\":\"None\"}",
     0},
    {"mixing with uov",
     {.kind = MAPPING_UOV},
     "{\"input_image\":\"QQ==\",\"uov_method\":\"Vary (Strong)\",\"image_prompts\":[{\"cn_img\":"
     "\"QQ==\"}],\"advanced_params\":{\"mixing_image_prompt_and_vary_upscale\":false}}",
     "{\"uov_input_image\":\"QQ==\",\"uov_method\":\"Vary (Strong)\",\"controlnet_image\":[{\"cn_"
     "img\":\"QQ==\"}],\"mixing_image_prompt_and_vary_upscale\":true}",
     0},
    {"mixing with inpaint",
     {.kind = 0},
     "{\"input_image\":\"QQ==\",\"input_mask\":\"QQ==\",\"image_prompts\":[{\"cn_img\":\"QQ==\"}]}",
     "{\"inpaint_input_image\":\"QQ==\",\"inpaint_mask_image_upload\":\"QQ==\",\"controlnet_"
     "image\":"
     "[{\"cn_img\":\"QQ==\"}],\"mixing_image_prompt_and_inpaint\":true}",
     0},
    {"mixing back",
     {.reverse = true},
     "{\"inpaint_input_image\":\"QQ==\",\"controlnet_image\":[{\"cn_img\":\"QQ==\"}],\"mixing_"
     "image_"
     "prompt_and_inpaint\":true}",
     "{\"input_image\":\"QQ==\",\"image_prompts\":[{\"cn_img\":\"QQ==\"}]}",
     0},
    {"prompts win over an image that is not mixed",
     {.reverse = true},
     "{\"inpaint_input_image\":\"QQ==\",\"controlnet_image\":[{\"cn_img\":\"QQ==\"}]}",
     "{\"image_prompts\":[{\"cn_img\":\"QQ==\"}]}",
     0},
    {"all mixed",
     {.reverse = true},
     "{\"uov_input_image\":\"QQ==\",\"uov_method\":\"Vary (Strong)\",\"inpaint_input_image\":\"Qg=="
     "\",\"controlnet_image\":[{\"cn_img\":\"QQ==\"}],\"mixing_image_prompt_and_inpaint\":true,"
     "\"mixing_image_prompt_and_vary_upscale\":true}",
     "{\"input_image\":\"QQ==\",\"uov_method\":\"Vary (Strong)\",\"image_prompts\":[{\"cn_img\":"
     "\"QQ==\"}],\"advanced_params\":{\"mixing_image_prompt_and_inpaint\":true}}",
     1},
    {"uov wins over inpaint",
     {.reverse = true},
     "{\"uov_input_image\":\"QQ==\",\"uov_method\":\"Vary (Strong)\",\"inpaint_input_image\":\"Qg=="
     "\"}",
     "{\"input_image\":\"QQ==\",\"uov_method\":\"Vary (Strong)\"}",
     0},
    {"an image without a method",
     {.reverse = true},
     "{\"uov_input_image\":\"QQ==\"}",
     "{\"input_image\":\"QQ==\",\"uov_method\":\"Disabled\"}",
     0},
    {"steps back",
     {.reverse = true},
     "{\"overwrite_switch\":20,\"overwrite_step\":300}",
     "{\"advanced_params\":{\"overwrite_step\":200}}",
     2},
    {"scaler back",
     {.reverse = true},
     "{\"adm_scaler_positive\":0.05}",
     "{\"advanced_params\":{\"adm_scaler_positive\":0.1}}",
     1},
    {"inverting back", {.reverse = true}, "{\"invert_mask_checkbox\":true}", "{}", 0},
    {"preset", {.reverse = true}, "{\"preset\":\"initial\",\"stream_output\":false}", "{}", 0},
    {"preset lost", {.reverse = true}, "{\"preset\":\"anime\",\"stream_output\":true}", "{}", 2},
    {"distances back",
     {.reverse = true},
     "{\"outpaint_distance\":[1, 2, 0, -3]}",
     "{\"outpaint_distance_left\":1,\"outpaint_distance_right\":-1,\"outpaint_distance_top\":2,"
     "\"outpaint_distance_bottom\":-1}",
     0},
    {"three distances", {.reverse = true}, "{\"outpaint_distance\":[1,2,3]}", NULL, 0},
    {"five distances", {.reverse = true}, "{\"outpaint_distance\":[1,2,3,4,5]}", NULL, 0},
    {"half a distance", {.reverse = true}, "{\"outpaint_distance\":[1,2,3,4.5]}", NULL, 0},
    {"pinned",
     {.pin_defaults = true, .kind = MAPPING_INPAINT},
     "{\"input_image\":\"QQ==\"}",
     "{\"inpaint_input_image\":\"QQ==\",\"inpaint_respective_field\":1.0}",
     0},
    {"pinned, but there",
     {.pin_defaults = true, .kind = MAPPING_INPAINT},
     "{\"input_image\":\"QQ==\",\"advanced_params\":{\"inpaint_respective_field\":0.3}}",
     "{\"inpaint_input_image\":\"QQ==\",\"inpaint_respective_field\":0.3}",
     0},
    {"pinned back",
     {.pin_defaults = true, .reverse = true},
     "{\"inpaint_input_image\":\"QQ==\"}",
     "{\"input_image\":\"QQ==\",\"advanced_params\":{\"inpaint_respective_field\":0.618}}",
     0},
    {"pinned enhance",
     {.pin_defaults = true},
     "{\"enhance_input_image\":\"QQ==\",\"enhance_ctrlnets\":[{}]}",
     "{\"enhance_input_image\":\"QQ==\",\"enhance_ctrls\":[{\"enhance_mask_dino_prompt\":\"face\"}]"
     ","
     "\"enhance_checkbox\":true,\"enhance_uov_method\":\"Vary (Strong)\",\"save_final_enhanced_"
     "image_only\":true}",
     0},
    {"enhance back",
     {.reverse = true},
     "{\"enhance_input_image\":\"QQ==\",\"enhance_checkbox\":true}",
     "{\"enhance_input_image\":\"QQ==\",\"enhance_ctrlnets\":[]}",
     0},
    {"enhance back without the checkbox",
     {.reverse = true},
     "{\"enhance_input_image\":\"QQ==\"}",
     "{\"enhance_input_image\":\"QQ==\",\"enhance_ctrlnets\":[]}",
     1},
    {"unknown",
     {.kind = 0},
     "{\"x\":[1,{\"y\": null}],\"advanced_params\":{\"z\":1}}",
     "{\"x\":[1,{\"y\": null}],\"z\":1}",
     0},
    {"new names pass",
     {.kind = 0},
     "{\"uov_input_image\":\"QQ==\",\"preset\":\"anime\"}",
     "{\"uov_input_image\":\"QQ==\",\"preset\":\"anime\"}",
     0},
    {"no duplicate from an old and a new name",
     {.kind = 0},
     "{\"output_format\":\"png\",\"save_extension\":\"webp\"}",
     "{\"output_format\":\"webp\"}",
     0},
    {"no duplicate from lifting",
     {.kind = 0},
     "{\"clip_skip\":1,\"x\":1,\"advanced_params\":{\"clip_skip\":2,\"x\":2}}",
     "{\"x\":1,\"clip_skip\":2}",
     1},
    {"keys in escapes",
     {.kind = 0},
     "{\"save_\\u006deta\":true,\"\\u0061\":1}",
     "{\"save_metadata_to_images\":true,\"\\u0061\":1}",
     0},
    {"advanced_params of null", {.kind = 0}, "{\"advanced_params\":null}", "{}", 0},
    {"advanced_params of a form", {.kind = 0}, "{\"advanced_params\":\"{}\"}", NULL, 0},
    {"empty", {.kind = 0}, "{}", "{}", 0},
    {"layout",
     {.kind = 0},
     "{ \"a\" : 1 , \"advanced_params\" : { \"clip_skip\" : 2 } }",
     "{ \"a\" : 1 , \"clip_skip\" : 2 }",
     0},
    {"layout of lines back",
     {.reverse = true},
     "{\n\t\"a\": 1,\n\t\"clip_skip\": 2\n}",
     "{\n\t\"a\": 1,\n\t\"advanced_params\": {\n\t\t\"clip_skip\": 2\n\t}\n}",
     0},
    {"array",
     {.kind = 0},
     "[ {\"save_meta\":1} ,\n {} ]",
     "[ {\"save_metadata_to_images\":1} ,\n {} ]",
     0},
    {"empty array", {.kind = 0}, " [ ] ", "[ ]", 0},
    {"lines", {.kind = 0}, "\n{\"save_meta\":1}\r\n\n{}", "{\"save_metadata_to_images\":1}\n{}", 0},
    {"a mask at an address",
     {.kind = 0},
     "{\"input_image\":\"QQ==\",\"input_mask\":\"http://x/\",\"advanced_params\":{\"invert_mask_"
     "checkbox\":true}}",
     NULL,
     0},
    {"a mask that is none",
     {.kind = 0},
     "{\"input_image\":\"QQ==\",\"input_mask\":\"QUJD\",\"advanced_params\":{\"invert_mask_"
     "checkbox\":true}}",
     NULL,
     0},
    {"inverting without a mask",
     {.kind = MAPPING_INPAINT},
     "{\"input_image\":\"QQ==\",\"advanced_params\":{\"invert_mask_checkbox\":true}}",
     "{\"inpaint_input_image\":\"QQ==\"}",
     1},
};

static void all_rules(void)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *r = &rules[i];
        struct converted v = convert_text(&r->options, r->in, strlen(r->in));
        const char *got = v.out.data != NULL ? v.out.data : "";
        size_t n = r->out != NULL ? strlen(r->out) : 0;

        CHECK((v.result == 0) == (r->out != NULL), "%s: %s", r->what, v.err.text);
        CHECK(r->out == NULL || (v.out.len == n + 1 && memcmp(got, r->out, n) == 0),
              "%s\n    gave   %s    wanted %s", r->what, got, r->out);
        CHECK(r->out != NULL || (v.out.len == 0 && v.err.code == EXIT_INPUT &&
                                 strstr(v.err.text, "(line 1, column ") != NULL),
              "%s: %s", r->what, v.err.text);
        CHECK(v.lost == r->lost, "%s: %zu losses, not %zu", r->what, v.lost, r->lost);
        converted_release(&v);
    }
}

/* What every fault says, and where. */
static void faults(void)
{
    static const struct {
        const char *in, *says;
        size_t out; /* bytes that were written before */
    } cases[] = {
        {"{\"a\":1}\n{\"a\":}", "(line 2, column 6)", 8},
        {"{\"\xc3\xa9\":1,\"b\":tru}", "(line 1, column 12)", 0},
        {"{\"a\":1,\n \"a\":2}", "a key stands twice in an object (line 2, column 2)", 0},
        {"{\"a\":1,\"\\u0061\":2}", "a key stands twice in an object (line 1, column 8)", 0},
        {"{\"x\":{\"a\":1,\"b\":2,\"\\u0061\":2}}", "a key stands twice", 0},
        {"{\"prompt\":1,\"prompt\":2}", "a key stands twice in an object (line 1, column 13)", 0},
        {"{\"advanced_params\":{\"q\":1,\"q\":2}}", "a key stands twice", 0},
        {"{\"a\":\"\x01\"}", "control character", 0},
        {"{\"a\":\"\xff\"}", "not UTF-8", 0},
        {"{\"a\":\"\xed\xa0\x80\"}", "not UTF-8", 0},
        {"{\"a\":\"\\ud800\"}", "half of a surrogate pair", 0},
        {"{\"a\":\"\\udc00\\ud800\"}", "half of a surrogate pair", 0},
        {"{\"a\":\"\\x\"}", "unknown escape", 0},
        {"{\"a\":01}", "begins with 0", 0},
        {"{\"a\":1.}", "lacks digits", 0},
        {"{\"a\":-}", "lacks digits", 0},
        {"{\"a\":1e}", "lacks digits", 0},
        {"{\"a\":+1}", "a value is expected", 0},
        {"{\"a\":NaN}", "a value is expected", 0},
        {"{\"a\":1,}", "a key in quotes", 0},
        {"{\"a\" 1}", "':' is expected", 0},
        {"{\"a\":[1 2]}", "',' or ']' is expected", 0},
        {"{\"a\":[1,]}", "a value is expected", 0},
        {"{\"a\":[1}", "',' or ']' is expected", 0},
        {"{\"a\":1", "ends too early", 0},
        {"{\"a", "ends too early", 0},
        {"{", "ends too early", 0},
        {"{} {}", "something follows the object on its line (line 1, column 4)", 3},
        {"{}\n[]", "an object is expected here (line 2, column 1)", 3},
        {"[{}] {}", "something follows the array", 5},
        {"[{},1]", "an object is expected", 3},
        {"[{},]", "an object is expected", 3},
        {"[{}", "ends too early", 3},
        {"[", "ends too early", 1},
        {"3", "an object is expected", 0},
        {"\xef\xbb\xbf{}", "byte order mark", 0},
        {"{\"a\":1}\0", "something follows", 8},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].in) + (i == sizeof cases / sizeof *cases - 1);
        struct converted v = convert_text(&(struct convert_options){.kind = 0}, cases[i].in, n);
        CHECK(v.result != 0 && v.err.code == EXIT_INPUT && strstr(v.err.text, cases[i].says),
              "%s: %s", cases[i].in, v.err.text);
        CHECK(v.out.len == cases[i].out, "%s: %zu bytes were written", cases[i].in, v.out.len);
        converted_release(&v);
    }
}

static void depth(void)
{
    char text[200] = "{\"a\":";
    size_t n = strlen(text);

    for (unsigned levels = 63; levels <= 64; levels++) {
        memset(text + n, '[', levels);
        memset(text + n + levels, ']', levels);
        text[n + 2 * levels] = '}';
        struct converted v =
            convert_text(&(struct convert_options){.kind = 0}, text, n + 2 * levels + 1);
        CHECK((v.result == 0) == (levels == 63), "%u levels: %s", levels, v.err.text);
        converted_release(&v);
    }
}

/* A check notes what it cannot convert and goes on. */
static void checking(void)
{
    const char *in = "{\"input_image\":\"QQ==\"}\n{\"save_name\":\"x\"}\n{}\n";
    struct converted v = convert_text(&(struct convert_options){.check = true}, in, strlen(in));

    CHECK(v.result == 0 && v.out.len == 0 && v.lost == 2, "checking: %s", v.err.text);
    CHECK(strstr(v.notes.data, "\"what\":\"refused\"") != NULL, "checking notes a refusal");
    converted_release(&v);
}

static void names(void)
{
    struct mapping_index ix;

    mapping_index_init(&ix);
    CHECK(ix.n < MAPPING_NAMES_MAX, "%zu names", ix.n);
    for (size_t i = 0; i < ix.n; i++) {
        CHECK(mapping_index_find(&ix, ix.names[i].name, ix.names[i].n) == (int)i, "%s",
              ix.names[i].name);
    }
    CHECK(mapping_index_find(&ix, "promp", 5) < 0 && mapping_index_find(&ix, "", 0) < 0,
          "unknown names");
}

int main(void)
{
    names();
    every_row();
    all_rules();
    faults();
    depth();
    checking();
    return unit_done("convert");
}
