#include <stdlib.h>
#include <string.h>

#include "backend/fooocusapi.h"
#include "unit.h"

/* What goes out to a FooocusAPI server: parameters in, request or refusal out. */

#define MODELS                                                                                     \
    "{\"/v1/engines/all-models\":{\"model_filenames\":[\"juggernautXL_v8.safetensors\","           \
    "\"realisticStock.safetensors\",\"juggernautXL_v9.safetensors\"],"                             \
    "\"lora_filenames\":[\"offset.safetensors\"]},"                                                \
    "\"/v1/engines/styles\":[\"Fooocus V2\",\"SAI Anime\"]}"

struct sent {
    const char *name;
    enum operation operation;
    enum delivery delivery;
    const char *neutral, *native, *facts;
    const char *body;    /* the request, or NULL when it is refused */
    const char *words;   /* in the refusal, or in a warning; NULL: no warning */
    enum exit_code code; /* of the refusal */
    bool unchecked, resolve;
};

#define VARY "\"uov_input_image\":\"I\",\"uov_method\":\"Vary (Subtle)\""
#define I2I .operation = OPERATION_IMG2IMG
#define INPAINT .operation = OPERATION_INPAINT
#define IMAGE "\"images\":[\"I\"]"
#define MASKED IMAGE ",\"mask\":\"M\""
#define INPAINTED "\"inpaint_input_image\":\"I\",\"inpaint_mask_image_upload\":\"M\""

static const struct sent cases[] = {
    {"vary", I2I, .neutral = "{" IMAGE ",\"prompt\":\"a cat\",\"seed\":7}",
     .body = "{\"prompt\":\"a cat\",\"image_seed\":7," VARY "}"},
    {"every name", I2I,
     .neutral = "{" IMAGE ",\"negative_prompt\":\"n\",\"styles\":[\"SAI Anime\"],\"count\":2,"
                "\"cfg_scale\":4.5,\"model\":\"realisticStock.safetensors\",\"sampler\":\"euler\","
                "\"scheduler\":\"karras\",\"vae\":\"v\",\"clip_skip\":2,\"steps\":20}",
     .facts = MODELS,
     .body = "{\"negative_prompt\":\"n\",\"style_selections\":[\"SAI Anime\"],\"image_number\":2,"
             "\"guidance_scale\":4.5,\"base_model_name\":\"realisticStock.safetensors\","
             "\"sampler_name\":\"euler\",\"scheduler_name\":\"karras\",\"vae_name\":\"v\","
             "\"clip_skip\":2,\"overwrite_step\":20," VARY "}"},
    {"vary strength", I2I, .neutral = "{" IMAGE ",\"strength\":0.4}",
     .body = "{" VARY ",\"overwrite_vary_strength\":0.4}"},
    {"upscale strength", I2I, .neutral = "{" IMAGE ",\"strength\":0.4}",
     .native = "{\"uov_method\":\"Upscale (2x)\"}",
     .body = "{\"uov_input_image\":\"I\",\"uov_method\":\"Upscale (2x)\","
             "\"overwrite_upscale_strength\":0.4}"},
    {"fast upscale strength", I2I, .neutral = "{" IMAGE ",\"strength\":0.4}",
     .native = "{\"uov_method\":\"Upscale (Fast 2x)\"}", .words = "--strength"},
    {"no strength", I2I, .neutral = "{" IMAGE ",\"strength\":0}", .words = "more than 0"},
    {"disabled", I2I, .neutral = "{" IMAGE "}", .native = "{\"uov_method\":\"Disabled\"}",
     .words = "Disabled"},
    {"size", I2I, .neutral = "{" IMAGE ",\"width\":512,\"height\":512}",
     .body = "{" VARY ",\"overwrite_width\":512,\"overwrite_height\":512}", .words = "no effect"},
    {"two images", I2I, .neutral = "{\"images\":[\"I\",\"J\"]}", .words = "one image"},
    {"no image", I2I, .neutral = "{}", .words = "-i FILE"},
    {"inpaint", INPAINT, .neutral = "{" MASKED ",\"strength\":0.6,\"area\":\"masked\"}",
     .body = "{" INPAINTED ",\"inpaint_strength\":0.6,\"inpaint_respective_field\":0}"},
    {"whole", INPAINT, .neutral = "{" MASKED ",\"area\":\"whole\"}",
     .body = "{" INPAINTED ",\"inpaint_respective_field\":1}"},
    {"no mask", INPAINT, .neutral = "{" IMAGE "}", .words = "-m FILE"},
    {"blur", INPAINT, .neutral = "{" MASKED ",\"mask_blur\":4}", .words = "--mask-blur"},
    {"invert", INPAINT, .neutral = "{" MASKED "}", .native = "{\"invert_mask_checkbox\":true}",
     .words = "--invert-mask"},
    {"outpaint", I2I,
     .neutral = "{" IMAGE ",\"outpaint\":{\"left\":100,\"top\":50,\"right\":0,\"bottom\":0}}",
     .body = "{\"inpaint_input_image\":\"I\",\"outpaint_selections\":[\"Left\",\"Top\"],"
             "\"outpaint_distance\":[100,50,0,0]}"},
    {"inpaint and outpaint", INPAINT,
     .neutral = "{" MASKED ",\"outpaint\":{\"left\":0,\"top\":0,\"right\":0,\"bottom\":9}}",
     .body = "{" INPAINTED ",\"outpaint_selections\":[\"Bottom\"],"
             "\"outpaint_distance\":[0,0,0,9]}"},
    {"distance without a side", INPAINT, .neutral = "{" MASKED "}",
     .native = "{\"outpaint_distance\":[5,0,0,0]}",
     .body = "{" INPAINTED ",\"outpaint_distance\":[5,0,0,0]}", .words = "Left"},
    {"three distances", INPAINT, .neutral = "{" MASKED "}",
     .native = "{\"outpaint_distance\":[5,0,0]}", .words = "left, top, right, bottom"},
    {"loras", I2I, .neutral = "{" IMAGE ",\"loras\":[\"a.safetensors:0.5\",\"b\"]}",
     .body = "{" VARY ",\"loras\":[{\"enabled\":true,\"model_name\":\"a.safetensors\","
             "\"weight\":0.5},{\"enabled\":true,\"model_name\":\"b\",\"weight\":1.0}]}"},
    {"enabled", I2I, .neutral = "{" IMAGE "}",
     .native = "{\"loras\":[{\"model_name\":\"a\",\"weight\":2}]}",
     .body = "{" VARY ",\"loras\":[{\"model_name\":\"a\",\"weight\":2,\"enabled\":true}]}"},
    {"lora weight", I2I, .neutral = "{" IMAGE ",\"loras\":[\"a:3\"]}", .words = "loras[0]: weight"},
    {"lora twice", I2I, .neutral = "{" IMAGE ",\"loras\":[\"a\"]}", .native = "{\"loras\":[]}",
     .words = "not both"},
    {"six loras", I2I, .neutral = "{" IMAGE "}",
     .native = "{\"loras\":[{\"enabled\":true,\"model_name\":\"a\"},{\"enabled\":true,"
               "\"model_name\":\"a\"},{\"enabled\":true,\"model_name\":\"a\"},{\"enabled\":true,"
               "\"model_name\":\"a\"},{\"enabled\":true,\"model_name\":\"a\"},{\"enabled\":true,"
               "\"model_name\":\"None\"}]}",
     .words = "6 LoRAs", .body = "*"},
    {"embedding", I2I, .neutral = "{" IMAGE ",\"prompt\":\"p\",\"embeddings\":[\"e\",\"f:0.8\"]}",
     .body = "{" VARY ",\"prompt\":\"p, (embedding:e:1), (embedding:f:0.8)\"}"},
    {"mixing", I2I,
     .neutral = "{" IMAGE ",\"controlnet\":[{\"image\":\"C\",\"type\":\"FaceSwap\","
                "\"stop\":\"0.9\",\"weight\":\"0.75\"}]}",
     .body = "{" VARY ",\"controlnet_image\":[{\"cn_img\":\"C\",\"cn_type\":\"FaceSwap\","
             "\"cn_stop\":0.9,\"cn_weight\":0.75}],\"mixing_image_prompt_and_vary_upscale\":true}"},
    {"mixing inpaint", INPAINT, .neutral = "{" MASKED ",\"controlnet\":[{\"image\":\"C\"}]}",
     .body = "{" INPAINTED ",\"controlnet_image\":[{\"cn_img\":\"C\"}],"
             "\"mixing_image_prompt_and_inpaint\":true}"},
    {"not mixing", INPAINT, .neutral = "{" MASKED ",\"controlnet\":[{\"image\":\"C\"}]}",
     .native = "{\"mixing_image_prompt_and_inpaint\":false}", .words = "would ignore the image"},
    {"image prompt alone", I2I, .neutral = "{\"width\":1024,\"controlnet\":[{\"image\":\"C\"}]}",
     .body = "{\"overwrite_width\":1024,\"controlnet_image\":[{\"cn_img\":\"C\"}]}"},
    {"unit type", I2I, .neutral = "{\"controlnet\":[{\"image\":\"C\",\"type\":\"Canny\"}]}",
     .words = "controlnet_image[0].cn_type"},
    {"unit key", I2I, .neutral = "{\"controlnet\":[{\"image\":\"C\",\"module\":\"canny\"}]}",
     .words = "no 'module'"},
    {"unit number", I2I, .neutral = "{\"controlnet\":[{\"image\":\"C\",\"stop\":\"x\"}]}",
     .words = "stop takes a number"},
    {"enhance", I2I, .neutral = "{" IMAGE "}",
     .native = "{\"enhance_checkbox\":true,\"enhance_ctrls\":[{\"enhance_enabled\":true,"
               "\"enhance_mask_model\":\"sam\"}]}",
     .body = "{\"enhance_input_image\":\"I\",\"enhance_checkbox\":true,\"enhance_ctrls\":["
             "{\"enhance_enabled\":true,\"enhance_mask_model\":\"sam\"}]}"},
    {"enhance member", I2I, .neutral = "{" IMAGE "}",
     .native = "{\"enhance_checkbox\":true,\"enhance_ctrls\":[{\"enhance_enable\":true}]}",
     .words = "enhance_enabled"},
    {"enhance model", I2I, .neutral = "{" IMAGE "}",
     .native = "{\"enhance_checkbox\":true,\"enhance_ctrls\":[{\"enhance_mask_model\":\"u3net\"}]}",
     .words = "did you mean 'u2net'"},
    {"enhance beside another", INPAINT, .neutral = "{" MASKED "}",
     .native = "{\"enhance_input_image\":\"E\"}", .words = "every other image"},
    {"sampler of the WebUI", I2I, .neutral = "{" IMAGE ",\"sampler\":\"Euler a\"}",
     .words = "did you mean 'euler_ancestral'"},
    {"format", I2I, .neutral = "{" IMAGE "}", .native = "{\"output_format\":\"jpg\"}",
     .words = "output_format cannot be 'jpg'"},
    {"unchecked", I2I, .neutral = "{" IMAGE ",\"sampler\":\"new\"}", .unchecked = true,
     .body = "{" VARY ",\"sampler_name\":\"new\"}"},
    {"range", I2I, .neutral = "{" IMAGE ",\"cfg_scale\":0.5}", .words = "from 1 to 30"},
    {"aspect", I2I, .neutral = "{" IMAGE "}", .native = "{\"aspect_ratios_selection\":\"4:3\"}",
     .words = "WIDTH*HEIGHT"},
    {"performance", I2I, .neutral = "{" IMAGE ",\"cfg_scale\":4}",
     .native = "{\"performance_selection\":\"Lightning\"}",
     .body = "{" VARY ",\"guidance_scale\":4,\"performance_selection\":\"Lightning\"}",
     .words = "guidance_scale has no effect"},
    {"async", I2I, .delivery = DELIVERY_ASYNC, .neutral = "{" IMAGE "}",
     .body = "{" VARY ",\"async_process\":true}"},
    {"stream", I2I, .delivery = DELIVERY_STREAM, .neutral = "{" IMAGE "}",
     .body = "{" VARY ",\"stream_output\":true}"},
    {"binary", I2I, .delivery = DELIVERY_BINARY, .neutral = "{" IMAGE ",\"count\":2}",
     .words = "--binary brings one"},
    {"async by hand", I2I, .neutral = "{" IMAGE "}",
     .native = "{\"async_process\":true,\"require_base64\":false}", .body = "{" VARY "}",
     .words = "async_process was left out"},
    {"unknown model", I2I, .neutral = "{" IMAGE ",\"model\":\"realisticStock\"}", .facts = MODELS,
     .words = "did you mean 'realisticStock.safetensors'", .code = EXIT_REFUSED},
    {"part of a model", I2I, .neutral = "{" IMAGE ",\"model\":\"STOCK\"}", .facts = MODELS,
     .resolve = true, .body = "{" VARY ",\"base_model_name\":\"realisticStock.safetensors\"}"},
    {"part of two", I2I, .neutral = "{" IMAGE ",\"model\":\"jugg\"}", .facts = MODELS,
     .resolve = true, .words = "part of 2 names", .code = EXIT_REFUSED},
    {"unknown lora", I2I, .neutral = "{" IMAGE ",\"loras\":[\"ofset\"]}", .facts = MODELS,
     .words = "no LoRA 'ofset'", .code = EXIT_REFUSED},
    {"unknown style", I2I, .neutral = "{" IMAGE ",\"styles\":[\"SAI Anima\"]}", .facts = MODELS,
     .words = "did you mean 'SAI Anime'", .code = EXIT_REFUSED},
    {"describe", .operation = OPERATION_INTERROGATE, .neutral = "{" IMAGE "}",
     .body = "{\"image\":\"I\"}"},
    {"describe anime", .operation = OPERATION_INTERROGATE,
     .neutral = "{" IMAGE ",\"model\":\"anime\"}",
     .body = "{\"image\":\"I\",\"image_type\":\"Anime\"}"},
    {"describe clip", .operation = OPERATION_INTERROGATE,
     .neutral = "{" IMAGE ",\"model\":\"clip\"}",
     .body = "{\"image\":\"I\",\"image_type\":\"Photo\"}"},
    {"describe otherwise", .operation = OPERATION_INTERROGATE,
     .neutral = "{" IMAGE ",\"model\":\"blip\"}", .words = "photo or anime"},
};

static json_t *object(const char *text)
{
    return json_loads(text != NULL ? text : "{}", 0, NULL);
}

/* Parameters merged as the driver merges them. */
static int compose(const struct sent *c, struct task *task, struct error *err)
{
    json_t *native = object(c->native), *facts = c->facts != NULL ? object(c->facts) : NULL;
    int result = native_check_object(fooocusapi_natives, native, "--set", c->unchecked, err);

    *task = (struct task){.operation = c->operation,
                          .delivery = c->delivery,
                          .neutral = object(c->neutral),
                          .native = native,
                          .warnings = json_array(),
                          .unchecked = c->unchecked,
                          .resolve = c->resolve};
    if (result == 0 && c->operation != OPERATION_INTERROGATE) {
        result = native_translate(fooocusapi_natives, task->neutral, native, err);
    }
    result = result == 0 ? fooocusapi_backend.compose(task, facts, err) : result;
    json_decref(facts);
    return result;
}

static void check_sent(const struct sent *c)
{
    struct error err = {0};
    struct task task;
    int result = compose(c, &task, &err);
    char *got = json_dumps(task.native, JSON_SORT_KEYS);
    char *warnings = json_dumps(task.warnings, 0);

    CHECK((result == 0) == (c->body != NULL), "%s: %d: %s", c->name, result, err.text);
    if (result != 0) {
        enum exit_code code = c->code != 0 ? c->code : EXIT_USAGE;
        CHECK(c->words != NULL && strstr(err.text, c->words) != NULL && err.code == code,
              "%s: %d: %s", c->name, (int)err.code, err.text);
    } else if (c->body != NULL) {
        json_t *want = c->body[0] == '*' ? json_incref(task.native) : object(c->body);
        CHECK(json_equal(want, task.native), "%s: %s", c->name, got);
        json_decref(want);
        CHECK(c->words == NULL ? strcmp(warnings, "[]") == 0 : strstr(warnings, c->words) != NULL,
              "%s: %s", c->name, warnings);
    }
    free(got);
    free(warnings);
    backend_release_task(&task);
}

/* The mask must have the image's size. */
static void check_mask_size(void)
{
    struct error err = {0};
    json_t *image = json_object(), *mask = json_object();
    struct input inputs[] = {{.node = image, .name = "i.png", .width = 64, .height = 64},
                             {.node = mask, .name = "m.png", .width = 64, .height = 32}};
    struct task task = {.operation = OPERATION_INPAINT,
                        .neutral = json_pack("{s:[o],s:o}", "images", image, "mask", mask),
                        .native = json_object(),
                        .warnings = json_array(),
                        .inputs = inputs,
                        .n_inputs = 2};

    CHECK(fooocusapi_backend.compose(&task, NULL, &err) == -1 && err.code == EXIT_INPUT &&
              strstr(err.text, "m.png") != NULL,
          "a mask of another size: %s", err.text);
    json_object_clear(task.native);
    inputs[1].height = 64;
    CHECK(fooocusapi_backend.compose(&task, NULL, &err) == 0, "a mask: %s", err.text);
    CHECK(json_object_get(task.native, "inpaint_input_image") == image &&
              json_object_get(task.native, "inpaint_mask_image_upload") == mask,
          "pictures keep their identity");
    backend_release_task(&task);
}

struct asked {
    enum ask ask;
    enum operation operation;
    enum delivery delivery;
    const char *id, *native;
    const char *path; /* NULL: there is no such request */
    const char *accept;
    enum answer answer;
    bool post;
};

static const struct asked requests[] = {
    {ASK_SUBMIT, .path = "/v1/engine/generate/", .post = true},
    {ASK_SUBMIT, .delivery = DELIVERY_STREAM, .path = "/v1/engine/generate/", .post = true,
     .answer = ANSWER_EVENTS},
    {ASK_SUBMIT, .delivery = DELIVERY_BINARY, .path = "/v1/engine/generate/", .post = true,
     .answer = ANSWER_PICTURE, .accept = "image/png"},
    {ASK_SUBMIT, .delivery = DELIVERY_BINARY, .path = "/v1/engine/generate/", .post = true,
     .native = "{\"output_format\":\"jpeg\"}", .answer = ANSWER_PICTURE, .accept = "image/jpeg"},
    {ASK_SUBMIT, .operation = OPERATION_INTERROGATE, .path = "/v1/tools/describe-image",
     .post = true},
    {ASK_STATE, .id = "a/b", .path = "/tasks/a%2Fb"},
    {ASK_STATE, .id = ""},
    {ASK_QUEUE, .id = "a",
     .path = "/tasks?query=all&page=0&page_size=100000"
             "&start_at=2000-01-01T00:00:00&end_at=2000-01-01T00:00:01"},
    {ASK_QUEUE, .id = ""},
    {ASK_CANCEL, .path = "/v1/engine/control?action=stop", .post = true},
    {ASK_SKIP, .path = "/v1/engine/control?action=skip", .post = true},
    {ASK_PROGRESS, .id = "a"},
    {ASK_PROGRESS_STEP, .id = "a"},
};

static void check_request(const struct asked *a, size_t i)
{
    struct task task = {.operation = a->operation, .delivery = a->delivery};
    struct request request;

    task.native = object(a->native);
    snprintf(task.id, sizeof task.id, "%s", a->id != NULL ? a->id : "");
    bool made = fooocusapi_backend.request(&task, a->ask, &request);
    CHECK(made == (a->path != NULL), "request %zu", i);
    if (made && a->path != NULL) {
        CHECK(strcmp(request.path, a->path) == 0, "request %zu: %s", i, request.path);
        CHECK((request.body != NULL) == a->post && request.answer == a->answer, "request %zu", i);
        CHECK(a->accept == NULL ? request.accept == NULL
                                : request.accept != NULL && strcmp(request.accept, a->accept) == 0,
              "request %zu: accept", i);
        json_decref(request.body);
    }
    json_decref(task.native);
}

static void check_facts(void)
{
    struct task task = {.native =
                            object("{\"base_model_name\":\"m\",\"style_selections\":[\"s\"]}"),
                        .neutral = json_object()};
    struct fact facts[8];

    CHECK(fooocusapi_backend.facts_needed(&task, facts, 8) == 2 &&
              strcmp(facts[0].path, FOOOCUSAPI_MODELS) == 0 &&
              strcmp(facts[1].key, FOOOCUSAPI_STYLES) == 0,
          "the facts for names");
    task.unchecked = true;
    CHECK(fooocusapi_backend.facts_needed(&task, facts, 8) == 0, "no facts unchecked");
    backend_release_task(&task);
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_sent(&cases[i]);
    }
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        check_request(&requests[i], i);
    }
    check_mask_size();
    check_facts();
    return unit_done("fooocusapi");
}
