#include <stdlib.h>
#include <string.h>

#include "backend/fooocus_api.h"
#include "tests/unit/unit.h"

/* What goes out to Fooocus-API: parameters in, path and body out, or a refusal. */

static const struct backend *const backend = &fooocus_api_backend;

/* What is asked: neutral parameters as the options give them, the user's own, the facts. */
struct asked {
    enum operation operation;
    enum delivery delivery;
    const char *neutral, *native, *facts;
    bool unchecked, resolve;
};

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text != NULL ? text : "{}", 0, NULL);

    CHECK(value != NULL, "test data: %s", text);
    return value;
}

/* The way that the job driver goes. 0 when it can be sent. */
static int prepare(const struct asked *a, struct task *task, struct error *err)
{
    json_t *neutral = parse(a->neutral), *native = parse(a->native), *facts = parse(a->facts);
    json_t *translated = json_object();

    *task = (struct task){.operation = a->operation,
                          .delivery = a->delivery,
                          .neutral = json_incref(neutral),
                          .native = json_object(),
                          .warnings = json_array(),
                          .unchecked = a->unchecked,
                          .resolve = a->resolve};
    int result = backend->adopt(native, err);
    if (result == 0) {
        result = native_check_object(backend->natives, native, "--set", a->unchecked, err);
    }
    if (result == 0) {
        json_object_update_recursive(task->native, native);
        if (a->operation != OPERATION_INTERROGATE) {
            result = native_translate(backend->natives, neutral, translated, err);
        }
        json_object_update_recursive(task->native, translated);
    }
    if (result == 0) {
        result = backend->compose(task, a->facts != NULL ? facts : NULL, err);
    }
    json_decref(neutral);
    json_decref(native);
    json_decref(translated);
    json_decref(facts);
    return result;
}

static void check_sent(const struct asked *a, const char *path, const char *body,
                       const char *warning)
{
    struct task task;
    struct error err = {0};
    struct request request = {0};

    if (prepare(a, &task, &err) != 0) {
        CHECK(false, "%s %s: %s", a->neutral, a->native, err.text);
        backend_release_task(&task);
        return;
    }
    bool offered = backend->request(&task, ASK_SUBMIT, &request);
    char *text = json_dumps(request.body, JSON_SORT_KEYS | JSON_COMPACT);
    json_t *want = parse(body);
    CHECK(offered && strcmp(request.path, path) == 0, "path %s, not %s", request.path, path);
    CHECK(json_equal(request.body, want), "%s\n  body %s\n  want %s", path, text, body);
    const char *told = json_string_value(json_array_get(task.warnings, 0));
    CHECK(warning == NULL ? told == NULL : told != NULL && strstr(told, warning) != NULL,
          "warning %s, not %s", told, warning);
    free(text);
    json_decref(want);
    json_decref(request.body);
    backend_release_task(&task);
}

static void check_refused(const struct asked *a, enum exit_code code, const char *word)
{
    struct task task;
    struct error err = {0};

    int result = prepare(a, &task, &err);
    CHECK(result != 0 && err.code == code && strstr(err.text, word) != NULL,
          "%s %s: %d '%s', not %d with '%s'", a->neutral, a->native, (int)err.code, err.text,
          (int)code, word);
    backend_release_task(&task);
}

#define UOV "/v2/generation/image-upscale-vary"
#define INPAINT "/v2/generation/image-inpaint-outpaint"
#define IMAGE "\"images\":[{\"file\":\"a\"}]"
#define MASKED IMAGE ",\"mask\":{\"file\":\"m\"}"

static void test_routes(void)
{
    check_sent(&(struct asked){.neutral = "{" IMAGE ",\"prompt\":\"a cat\",\"strength\":0.4}"}, UOV,
               "{\"prompt\":\"a cat\",\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary "
               "(Subtle)\",\"advanced_params\":{\"overwrite_vary_strength\":0.4}}",
               NULL);
    check_sent(&(struct asked){.neutral = "{" IMAGE ",\"strength\":0.4}",
                               .native = "{\"uov_method\":\"Upscale (Custom)\",\"upscale_value\":"
                                         "1.5}"},
               UOV,
               "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Upscale (Custom)\","
               "\"upscale_value\":1.5,\"advanced_params\":{\"overwrite_upscale_strength\":0.4}}",
               NULL);
    check_sent(&(struct asked){.operation = OPERATION_INPAINT,
                               .neutral = "{" MASKED ",\"strength\":0.4,\"area\":\"whole\"}"},
               INPAINT,
               "{\"input_image\":{\"file\":\"a\"},\"input_mask\":{\"file\":\"m\"},"
               "\"advanced_params\":{\"inpaint_strength\":0.4,\"inpaint_respective_field\":1.0}}",
               NULL);
    check_sent(&(struct asked){.neutral = "{" IMAGE ",\"outpaint\":{\"left\":100,\"top\":50,"
                                          "\"right\":0,\"bottom\":0}}"},
               INPAINT,
               "{\"input_image\":{\"file\":\"a\"},\"outpaint_selections\":[\"Left\",\"Top\"],"
               "\"outpaint_distance_left\":100,\"outpaint_distance_top\":50}",
               NULL);
    check_sent(&(struct asked){.neutral = "{" IMAGE "}",
                               .native = "{\"outpaint_distance_bottom\":8,\"outpaint_selections\":["
                                         "\"Right\"]}"},
               INPAINT,
               "{\"input_image\":{\"file\":\"a\"},\"outpaint_selections\":[\"Right\",\"Bottom\"],"
               "\"outpaint_distance_bottom\":8}",
               NULL);
    check_sent(&(struct asked){.neutral = "{" IMAGE "}",
                               .native = "{\"enhance_uov_method\":\"Upscale (2x)\"}"},
               "/v2/generation/image-enhance",
               "{\"enhance_input_image\":{\"file\":\"a\"},\"enhance_uov_method\":\"Upscale (2x)\","
               "\"enhance_ctrlnets\":[]}",
               NULL);
    check_sent(&(struct asked){.neutral = "{\"controlnet\":[{\"image\":{\"file\":\"c\"},\"type\":"
                                          "\"CPDS\",\"stop\":\"0.7\"}],\"width\":640,\"height\":"
                                          "512}"},
               "/v2/generation/image-prompt",
               "{\"image_prompts\":[{\"cn_img\":{\"file\":\"c\"},\"cn_type\":\"CPDS\",\"cn_stop\":"
               "0.7}],\"advanced_params\":{\"overwrite_width\":640,\"overwrite_height\":512}}",
               NULL);
    check_sent(&(struct asked){.neutral = "{" IMAGE ",\"controlnet\":[{\"image\":{\"file\":\"c\"},"
                                          "\"weight\":\"1\",\"end\":\"0.5\"}]}"},
               UOV,
               "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary (Subtle)\","
               "\"image_prompts\":[{\"cn_img\":{\"file\":\"c\"},\"cn_weight\":1.0,\"cn_stop\":"
               "0.5}]}",
               NULL);
}

static void test_words(void)
{
    check_sent(&(struct asked){.neutral =
                                   "{" IMAGE ",\"prompt\":\"p\",\"negative_prompt\":\"n\","
                                   "\"styles\":[\"Fooocus V2\"],\"count\":2,\"seed\":5,"
                                   "\"cfg_scale\":4,\"model\":\"m.safetensors\",\"sampler\":"
                                   "\"euler\",\"scheduler\":\"karras\",\"vae\":\"v\",\"clip_skip\":"
                                   "2,\"steps\":30,\"loras\":[\"l.safetensors:0.5\",\"k\"],"
                                   "\"embeddings\":[\"e\"]}"},
               UOV,
               "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary (Subtle)\",\"prompt\":"
               "\"p, embedding:e\",\"negative_prompt\":\"n\",\"style_selections\":[\"Fooocus V2\"],"
               "\"image_number\":2,\"image_seed\":5,\"guidance_scale\":4,\"base_model_name\":"
               "\"m.safetensors\",\"loras\":[{\"enabled\":true,\"model_name\":\"l.safetensors\","
               "\"weight\":0.5},{\"enabled\":true,\"model_name\":\"k\",\"weight\":1.0}],"
               "\"advanced_params\":{\"sampler_name\":\"euler\",\"scheduler_name\":\"karras\","
               "\"vae_name\":\"v\",\"clip_skip\":2,\"overwrite_step\":30}}",
               NULL);
    check_sent(&(struct asked){.neutral = "{" IMAGE "}",
                               .native = "{\"canny_low_threshold\":9,\"loras\":[{\"model_name\":"
                                         "\"x\"}],\"meta_scheme\":\"a1111\"}"},
               UOV,
               "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary (Subtle)\",\"meta_scheme\":"
               "\"a1111\",\"loras\":[{\"model_name\":\"x\",\"enabled\":true}],\"advanced_params\":{"
               "\"canny_low_threshold\":9}}",
               NULL);
    check_sent(&(struct asked){.neutral = "{" IMAGE ",\"width\":512}"}, UOV,
               "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary (Subtle)\"}",
               "overwrite_width was left out");
    check_sent(&(struct asked){.neutral = "{" IMAGE ",\"cfg_scale\":7}",
                               .native = "{\"performance_selection\":\"Lightning\"}"},
               UOV,
               "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary (Subtle)\","
               "\"performance_selection\":\"Lightning\"}",
               "guidance_scale was left out");
    check_sent(&(struct asked){.neutral = "{" IMAGE ",\"strength\":0.5,\"outpaint\":{\"left\":9}}"},
               INPAINT,
               "{\"input_image\":{\"file\":\"a\"},\"outpaint_selections\":[\"Left\"],"
               "\"outpaint_distance_left\":9}",
               "inpaint_strength was left out");
    check_sent(&(struct asked){.neutral = "{" IMAGE "}", .native = "{\"require_base64\":true}"},
               UOV, "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary (Subtle)\"}",
               "require_base64");
    check_sent(&(struct asked){.neutral = "{" IMAGE "}", .delivery = DELIVERY_ASYNC}, UOV,
               "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary "
               "(Subtle)\",\"async_process\":true}",
               NULL);
    check_sent(&(struct asked){.operation = OPERATION_INTERROGATE,
                               .neutral = "{" IMAGE ",\"model\":\"anime\"}"},
               "/v1/tools/describe-image?image_type=Anime", "{\"image\":{\"file\":\"a\"}}", NULL);
    check_sent(&(struct asked){.operation = OPERATION_INTERROGATE,
                               .neutral = "{" IMAGE ",\"model\":\"deepdanbooru\"}"},
               "/v1/tools/describe-image?image_type=Anime", "{\"image\":{\"file\":\"a\"}}", NULL);
}

#define SET(json)                                                                                  \
    &(struct asked)                                                                                \
    {                                                                                              \
        .neutral = "{" IMAGE "}", .native = json                                                   \
    }
#define OPTIONS(json)                                                                              \
    &(struct asked)                                                                                \
    {                                                                                              \
        .neutral = "{" IMAGE "," json "}"                                                          \
    }

static void test_refusals(void)
{
    check_refused(SET("{\"meta_scheme\":\"a111\"}"), EXIT_USAGE, "a1111");
    check_refused(&(struct asked){.neutral = "{" IMAGE "}",
                                  .native = "{\"meta_scheme\":\"a111\"}",
                                  .unchecked = true},
                  EXIT_USAGE, "a1111");
    check_refused(SET("{\"overwrite_switch\":4}"), EXIT_USAGE, "from -1 to 1");
    check_refused(SET("{\"adm_scaler_end\":\"x\"}"), EXIT_USAGE, "a number");
    check_refused(SET("{\"sampler_name\":\"eulre\"}"), EXIT_USAGE, "'euler'");
    check_refused(SET("{\"performance_selection\":\"Fast\"}"), EXIT_USAGE, "performance_selection");
    check_refused(SET("{\"advanced_params\":{\"clip_skp\":1}}"), EXIT_USAGE, "clip_skip");
    check_refused(SET("{\"advanced_params\":{\"clip_skip\":1},\"clip_skip\":2}"), EXIT_USAGE,
                  "twice");
    check_refused(SET("{\"aspect_ratios_selection\":\"1152\\u00d7896\"}"), EXIT_USAGE, "1152*896");
    check_refused(SET("{\"uov_method\":\"Disabled\"}"), EXIT_USAGE, "Disabled");
    check_refused(SET("{\"upscale_value\":5}"), EXIT_USAGE, "4.99");
    check_refused(SET("{\"upscale_value\":null}"), EXIT_USAGE, "a number");
    check_refused(SET("{\"loras\":[{\"model_name\":\"x\",\"weight\":3}]}"), EXIT_USAGE, "loras[0]");
    check_refused(SET("{\"image_prompts\":[{\"cn_img\":\"QUJD\",\"cn_type\":\"Canny\"}]}"),
                  EXIT_USAGE, "cn_type");
    check_refused(SET("{\"enhance_ctrlnets\":[{\"enhance_mask_model\":\"sma\"}]}"), EXIT_USAGE,
                  "'sam'");
    check_refused(SET("{\"outpaint_selections\":[\"left\"]}"), EXIT_USAGE, "'Left'");
    check_refused(OPTIONS("\"controlnet\":[{\"image\":{\"file\":\"c\"},\"weight\":\"0\"}]"),
                  EXIT_USAGE, "cn_weight 0");
    check_refused(OPTIONS("\"controlnet\":[{\"image\":{\"file\":\"c\"},\"module\":\"x\"}]"),
                  EXIT_USAGE, "module");
    check_refused(OPTIONS("\"controlnet\":[{\"type\":\"CPDS\"}]"), EXIT_USAGE, "no picture");
    check_refused(OPTIONS("\"mask_blur\":4"), EXIT_USAGE, "--mask-blur");
    check_refused(OPTIONS("\"resize\":\"crop\""), EXIT_USAGE, "--resize");
    check_refused(OPTIONS("\"strength\":0"), EXIT_USAGE, "--strength 0");
    check_refused(OPTIONS("\"count\":33"), EXIT_USAGE, "from 1 to 32");
    check_refused(OPTIONS("\"loras\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]"), EXIT_USAGE,
                  "6 LoRAs");
    check_refused(&(struct asked){.neutral = "{\"prompt\":\"x\"}"}, EXIT_USAGE, "no image");
    check_refused(&(struct asked){.neutral = "{\"images\":[{},{}]}"}, EXIT_USAGE, "one image");
    check_refused(&(struct asked){.operation = OPERATION_INPAINT, .neutral = "{" IMAGE "}"},
                  EXIT_USAGE, "no mask");
    check_refused(&(struct asked){.operation = OPERATION_INPAINT,
                                  .neutral = "{" MASKED "}",
                                  .native = "{\"enhance_ctrlnets\":[]}"},
                  EXIT_USAGE, "masks");
    check_refused(&(struct asked){.neutral = "{" IMAGE "}", .delivery = DELIVERY_STREAM},
                  EXIT_USAGE, "cannot stream");
    check_refused(
        &(struct asked){.neutral = "{" IMAGE ",\"count\":2}", .delivery = DELIVERY_BINARY},
        EXIT_USAGE, "not 2");
    check_refused(&(struct asked){.operation = OPERATION_INTERROGATE,
                                  .neutral = "{" IMAGE ",\"model\":\"blip\"}"},
                  EXIT_USAGE, "Photo");
}

#define FACTS                                                                                      \
    "{\"models\":{\"model_filenames\":[\"juggernaut.safetensors\",\"anime.safetensors\"],"         \
    "\"lora_filenames\":[\"detail_xl.safetensors\",\"detail_sd.safetensors\"]},\"styles\":["       \
    "\"Fooocus V2\",\"SAI Anime\"]}"

static void test_names(void)
{
    struct fact facts[8];
    json_t *loras = parse("{\"loras\":[\"x\"]}"), *styles = parse("{\"style_selections\":[\"y\"]}");
    struct task task = {.neutral = loras, .native = styles};

    size_t n = backend->facts_needed(&task, facts, 8);
    CHECK(n == 2 && strcmp(facts[0].path, "/v1/engines/all-models") == 0 &&
              strcmp(facts[1].key, "styles") == 0,
          "%zu facts", n);
    task.unchecked = true;
    CHECK(backend->facts_needed(&task, facts, 8) == 0, "facts for nothing");
    json_decref(loras);
    json_decref(styles);
    check_refused(&(struct asked){.neutral = "{" IMAGE ",\"model\":\"jugernaut.safetensors\"}",
                                  .facts = FACTS},
                  EXIT_REFUSED, "'juggernaut.safetensors'");
    check_refused(
        &(struct asked){.neutral = "{" IMAGE ",\"loras\":[\"detail:1\"]}", .facts = FACTS},
        EXIT_REFUSED, "leave it out in silence");
    check_refused(&(struct asked){.neutral = "{" IMAGE ",\"loras\":[\"detail:1\"]}",
                                  .facts = FACTS,
                                  .resolve = true},
                  EXIT_REFUSED, "2 of the server's");
    check_refused(
        &(struct asked){.neutral = "{" IMAGE ",\"styles\":[\"Fooocus V3\"]}", .facts = FACTS},
        EXIT_REFUSED, "'Fooocus V2'");
    check_sent(&(struct asked){.neutral = "{" IMAGE ",\"model\":\"Jugg\",\"loras\":[\"xl\"],"
                                          "\"styles\":[\"anime\"]}",
                               .facts = FACTS,
                               .resolve = true},
               UOV,
               "{\"input_image\":{\"file\":\"a\"},\"uov_method\":\"Vary (Subtle)\","
               "\"base_model_name\":\"juggernaut.safetensors\",\"loras\":[{\"enabled\":true,"
               "\"model_name\":\"detail_xl.safetensors\",\"weight\":1.0}],\"style_selections\":["
               "\"SAI Anime\"]}",
               NULL);
}

int main(void)
{
    test_routes();
    test_words();
    test_refusals();
    test_names();
    return unit_done("fooocus_api");
}
