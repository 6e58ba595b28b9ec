#include "backend/ppinfra.h"

#include <string.h>

#include "unit.h"
#include "wire/json.h"

/* Parameters in, request tree or refusal out; after seed 003 and contracts.md B and 4.2. JSON is
 * written with ' for ". */

#define REQUIRED                                                                                   \
    "'images':[{'path':'a.png'}],'prompt':'p','width':512,'height':512,'count':1,"                 \
    "'steps':20,'cfg_scale':7.5,'sampler':'Euler a','model':'m'"
#define SENT                                                                                       \
    "'model_name':'m','image_base64':{'path':'a.png'},'prompt':'p','width':512,'height':512,"      \
    "'image_num':1,'steps':20,'guidance_scale':7.5,'sampler_name':'Euler a'"
#define PAINT                                                                                      \
    "'images':[{'path':'a.png'}],'mask':{'path':'m.png'},'prompt':'p','count':1,'steps':20,"       \
    "'cfg_scale':7.5,'sampler':'Euler a','model':'m'"
#define PAINTED                                                                                    \
    "'model_name':'m','image_base64':{'path':'a.png'},'mask_image_base64':{'path':'m.png'},"       \
    "'prompt':'p','image_num':1,'steps':20,'guidance_scale':7.5,'sampler_name':'Euler a'"

static json_t *parse(const char *text)
{
    char *copy = strdup(text);
    struct error err;

    for (char *c = copy; *c != '\0'; c++) {
        *c = (char)(*c == '\'' ? '"' : *c);
    }
    json_t *value = json_parse(copy, strlen(copy), "test", EXIT_FAILED, &err);
    CHECK(value != NULL, "bad test: %s: %s", err.text, text);
    free(copy);
    return value;
}

struct given {
    enum operation operation;
    const char *neutral, *native, *facts;
    bool unchecked, resolve;
};

/* As the driver does it: what the user wrote, and options over it. */
static int compose(struct task *task, const struct given *g, json_t *facts, struct error *err)
{
    json_t *native = parse(g->native != NULL ? g->native : "{}");

    task->operation = g->operation;
    task->neutral = parse(g->neutral);
    task->native = native;
    task->warnings = json_array();
    task->unchecked = g->unchecked;
    task->resolve = g->resolve;
    if (ppinfra_backend.adopt(native, err) != 0 ||
        native_check_object(ppinfra_natives, native, "--set", g->unchecked, err) != 0 ||
        native_translate(ppinfra_natives, task->neutral, native, err) != 0) {
        return -1;
    }
    return ppinfra_backend.compose(task, facts, err);
}

/* What is sent: path and exact body. */
static void check_sent(void)
{
    static const struct {
        struct given given;
        const char *path, *body;
    } rows[] = {
        {{.neutral = "{" REQUIRED "}"}, "/v3/async/img2img", "{'request':{" SENT "}}"},
        /* the whole of seed 003 */
        {{.neutral = "{" REQUIRED ",'negative_prompt':'n','vae':'v','seed':-1,'clip_skip':2,"
                     "'strength':0.75,'loras':['a','b:0.5','c:d:1'],'embeddings':['e'],"
                     "'controlnet':[{'model':'cn','image':{'path':'c.png'},'weight':'0.5',"
                     "'module':'canny','start':'0.1','guidance-end':'0.9'}],"
                     "'ip_adapters':[{'model':'ip-adapter_sd15.bin','image':{'path':'i.png'},"
                     "'strength':'0.5'}]}",
          .native = "{'response_image_type':'webp'}"},
         "/v3/async/img2img",
         "{'extra':{'response_image_type':'webp'},'request':{" SENT
         ",'negative_prompt':'n','sd_vae':'v','seed':-1,'clip_skip':2,'strength':0.75,"
         "'loras':[{'model_name':'a','strength':1.0},{'model_name':'b','strength':0.5},"
         "{'model_name':'c:d','strength':1.0}],'embeddings':[{'model_name':'e'}],"
         "'controlnet':{'units':[{'model_name':'cn','image_base64':{'path':'c.png'},"
         "'strength':0.5,'preprocessor':'canny','guidance_start':0.1,'guidance_end':0.9}]},"
         "'ip_adapters':[{'model_name':'ip-adapter_sd15.bin','image_base64':{'path':'i.png'},"
         "'strength':0.5}]}}"},
        /* all of it as native parameters, bare and in the envelope */
        {{.neutral = "{'images':[{'path':'a.png'}]}",
          .native = "{'model_name':'m','prompt':'p','width':512,'height':512,'image_num':1.0,"
                    "'steps':20,'request':{'guidance_scale':7.5,'sampler_name':'Euler a',"
                    "'clip_skip':null,'strength':null}}"},
         "/v3/async/img2img",
         "{'request':{" SENT ",'clip_skip':null,'strength':null}}"},
        {{.neutral = "{" REQUIRED "}", .native = "{'extra':{'enable_nsfw_detection':1}}"},
         "/v3/async/img2img",
         "{'extra':{'enable_nsfw_detection':true},'request':{" SENT "}}"},
        {{.neutral = "{'steps':30}", .native = "{'request':{" SENT "}}"},
         "/v3/async/img2img",
         "{'request':{'model_name':'m','image_base64':{'path':'a.png'},'prompt':'p','width':512,"
         "'height':512,'image_num':1,'steps':30,'guidance_scale':7.5,'sampler_name':'Euler a'}}"},
        {{.neutral = "{" REQUIRED "}",
          .native = "{'shift':3,'request':{'x':{'y':1}}}",
          .unchecked = true},
         "/v3/async/img2img",
         "{'shift':3,'request':{'x':{'y':1}," SENT "}}"},
        {{.operation = OPERATION_INPAINT, .neutral = "{" PAINT "}"},
         "/v3/async/inpainting",
         "{'request':{" PAINTED "}}"},
        {{.operation = OPERATION_INPAINT,
          .neutral = "{" PAINT ",'area':'masked','padding':32,'mask_blur_x':4,'mask_blur_y':4,"
                     "'fill':'original'}",
          .native = "{'inpainting_mask_invert':0,'initial_noise_multiplier':1}"},
         "/v3/async/inpainting",
         "{'request':{" PAINTED ",'inpainting_full_res':1,'inpainting_full_res_padding':32,"
         "'mask_blur':4,'inpainting_mask_invert':0,'initial_noise_multiplier':1}}"},
        {{.operation = OPERATION_INPAINT, .neutral = "{" PAINT ",'area':'whole','width':64}"},
         "/v3/async/inpainting",
         "{'request':{" PAINTED ",'inpainting_full_res':0}}"},
        {{.operation = OPERATION_INTERROGATE, .neutral = "{'images':[{'path':'a.png'}]}"},
         "/v3/img2prompt",
         "{'image_file':{'path':'a.png'}}"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = {.width = 64, .height = 48};
        struct request request = {0};
        struct error err = {0};
        json_t *body = parse(rows[i].body);
        CHECK(compose(&task, &rows[i].given, NULL, &err) == 0, "sent %zu: %s", i, err.text);
        bool made = ppinfra_backend.request(&task, ASK_SUBMIT, &request);
        char *text = json_dumps(request.body, 0);
        CHECK(made && strcmp(request.path, rows[i].path) == 0, "sent %zu: %s", i, request.path);
        CHECK(json_equal(request.body, body), "sent %zu: %s", i, text);
        free(text);
        json_decref(body);
        json_decref(request.body);
        backend_release_task(&task);
    }
}

/* A scheduler is a part of some samplers' names. */
static void check_scheduler(void)
{
    static const struct {
        const char *sampler, *scheduler, *sent; /* NULL: refused */
    } rows[] = {
        {"DPM++ 2M", "Karras", "DPM++ 2M Karras"},
        {"DPM++ 2M", "karras", "DPM++ 2M Karras"},
        {"DPM++ 2M Karras", "karras", "DPM++ 2M Karras"},
        {"Euler a", "automatic", "Euler a"},
        {"Euler a", "Karras", NULL},
        {"DPM++ 2M", "exponential", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = {0};
        struct error err = {0};
        struct given given = {.neutral = "{" REQUIRED "}"};
        json_t *neutral = parse(given.neutral);
        json_object_set_new(neutral, "sampler", json_string(rows[i].sampler));
        json_object_set_new(neutral, "scheduler", json_string(rows[i].scheduler));
        char *text = json_dumps(neutral, 0);
        given.neutral = text;
        int result = compose(&task, &given, NULL, &err);
        const char *sent = json_string_value(json_get_path(task.native, "request.sampler_name"));
        CHECK(rows[i].sent == NULL ? result != 0 && strstr(err.text, "--scheduler") != NULL
                                   : result == 0 && strcmp(sent, rows[i].sent) == 0,
              "scheduler %zu: %s", i, err.text);
        free(text);
        json_decref(neutral);
        backend_release_task(&task);
    }
}

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define WITH(members) "{" REQUIRED "," members "}"
#define UNIT(members) WITH("'controlnet':[{'model':'c','image':{},'strength':'1'," members "}]")

/* Limits of single parameters; NULL is no fault. A later member wins over an earlier one. */
static void check_limits(void)
{
    static const struct {
        enum operation operation;
        const char *neutral, *native, *text;
    } rows[] = {
        {0, NULL, "{'prompt':''}", "--prompt is empty"},
        {0, NULL, "{'prompt':'" THOUSAND "0123456789012345678901234'}",
         "--prompt has 1025 characters: 1 to 1024"},
        {0, NULL, "{'prompt':'" THOUSAND "01234567890123456789012\xc3\xa9'}", NULL},
        {0, NULL, "{'negative_prompt':''}", NULL},
        {0, NULL, "{'negative_prompt':'" THOUSAND "0123456789012345678901234'}",
         "--negative-prompt has 1025 characters: 0 to 1024"},
        {0, NULL, "{'width':127}", "--size 127: 128 to 2048"},
        {0, NULL, "{'width':128,'height':2048}", NULL},
        {0, NULL, "{'height':2049}", "--size 2049: 128 to 2048"},
        {0, NULL, "{'image_num':0}", "--count 0: 1 to 8"},
        {0, NULL, "{'image_num':9}", "--count 9: 1 to 8"},
        {0, NULL, "{'steps':0}", "--steps 0: 1 to 100"},
        {0, NULL, "{'steps':101}", "--steps 101: 1 to 100"},
        {0, NULL, "{'steps':'many'}", "request.steps takes a whole number"},
        {0, NULL, "{'guidance_scale':0.9}", "--cfg-scale 0.9: 1 to 30"},
        {0, NULL, "{'guidance_scale':30.5}", "--cfg-scale 30.5: 1 to 30"},
        {0, NULL, "{'sampler_name':'euler a'}", "did you mean 'Euler a'? (one of Euler a, Euler,"},
        {0, NULL, "{'seed':-2}", "--seed -2: -1 or more"},
        {0, NULL, "{'seed':4294967296}", NULL},
        {0, NULL, "{'clip_skip':0}", "--clip-skip 0: 1 to 12"},
        {0, NULL, "{'clip_skip':13}", "--clip-skip 13: 1 to 12"},
        {0, NULL, "{'strength':0}", "--strength 0: above 0, at most 1"},
        {0, NULL, "{'strength':1}", NULL},
        {0, NULL, "{'response_image_type':'gif'}",
         "--set extra.response_image_type 'gif': unknown (one of png, webp, jpeg)"},
        {0, NULL, "{'image_base64':'https://x/y.png'}", "-i takes base64 only, no link"},
        {0, NULL, "{'stepps':1}", "unknown parameter 'stepps'; did you mean 'request.steps'?"},
        {0, NULL, "{'request':{'stepps':1}}",
         "unknown parameter 'request.stepps'; did you mean 'request.steps'?"},
        {0, NULL, "{'request':{'steps.x':1}}", "unknown parameter 'request.steps.x'"},
        {0, NULL, "{'request':5}", "request takes an object"},
        {0, NULL, "{'steps':1,'request':{'steps':2}}", "'steps' is given twice"},
        {0, NULL, "{'mask_blur':4}", "--mask-blur: img2img has none"},
        {0, NULL, "{'controlnet':{'units':[]}}", "required: --controlnet"},
        {0, NULL, "{'controlnet':{'units':[5]}}", "--controlnet takes an object"},
        {0, NULL, "{'controlnet':{'units':[{}]}}",
         "required: --controlnet model, --controlnet image, --controlnet strength"},
        {0, NULL, "{'loras':[{'model_name':'a','strength':1,'weigth':1}]}",
         "--lora: unknown 'weigth'"},
        {0, UNIT("'preprocessor':'none'"), NULL, "--controlnet preprocessor 'none': unknown (one"},
        {0, UNIT("'preprocessor':'depth_leres++'"), NULL, NULL},
        {0, WITH("'controlnet':[{'model':'c','image':{},'strength':'0'}]"), NULL,
         "--controlnet strength 0: above 0, at most 1"},
        {0, WITH("'controlnet':[{'model':'c','image':{},'weight':'1.1'}]"), NULL,
         "--controlnet strength 1.1: above 0, at most 1"},
        {0, WITH("'controlnet':[{'model':'c','image':{},'strength':'strong'}]"), NULL,
         "--controlnet strength 'strong': takes a number"},
        {0, UNIT("'start':'0.5','end':'0.5'"), NULL,
         "--controlnet start 0.5: must be less than end, 0.5"},
        {0, UNIT("'start':'1'"), NULL, "--controlnet start 1: must be less than end, 1"},
        {0, UNIT("'end':'0'"), NULL, "--controlnet start 0: must be less than end, 0"},
        {0, UNIT("'start':'0.2','end':'1.2'"), NULL, "--controlnet end 1.2: 0 to 1"},
        {0, UNIT("'mode':'x'"), NULL, "--controlnet: unknown key 'mode', did you mean 'model'?"},
        {0, WITH("'loras':['a','b','c','d','e']"), NULL, NULL},
        {0, WITH("'loras':['a','b','c','d','e','f']"), NULL, "--lora given 6 times: at most 5"},
        {0, WITH("'loras':['a','b:1.5']"), NULL, "--lora 2 weight 1.5: 0 to 1"},
        {0, WITH("'loras':['a:-0.1']"), NULL, "--lora weight -0.1: 0 to 1"},
        {0, WITH("'loras':[':0.5']"), NULL, "--lora name is empty"},
        {0, WITH("'loras':['a']"), "{'loras':[]}", "--lora and request.loras: give either"},
        {0, WITH("'embeddings':['a','b','c','d','e','f']"), NULL,
         "--embedding given 6 times: at most 5"},
        {0, WITH("'ip_adapters':[{'model':'ip-adapter_sd15.bin','image':{},'strength':'0'}]"), NULL,
         NULL},
        {0, WITH("'ip_adapters':[{'model':'plus','image':{},'strength':'2'}]"), NULL,
         "--ip-adapter model 'plus': unknown (one of ip-adapter_sd15.bin, ip-adapter_sdxl.bin); "
         "--ip-adapter strength 2: 0 to 1"},
        {0,
         WITH("'ip_adapters':[{'model':'ip-adapter_sd15.bin','image':{},'strength':'0'},"
              "{'model':'ip-adapter_sd15.bin','image':{},'strength':'0'}]"),
         NULL, "--ip-adapter given 2 times: at most 1"},
        {0, WITH("'styles':['s']"), NULL, "--style: there is no such parameter"},
        {0, WITH("'script':'Loopback','script_args':[]"), NULL,
         "this: --script: there is no such parameter"},
        {0, WITH("'outpaint':{'left':8}"), NULL, "--outpaint: there is no such parameter"},
        {0, WITH("'resize':'just'"), NULL, "--resize 'just': there is no such choice"},
        {OPERATION_INPAINT, "{" PAINT "}", NULL, NULL},
        {OPERATION_INPAINT, "{" PAINT ",'width':512,'height':512}", NULL,
         "--size: inpainting keeps the image's own size"},
        {OPERATION_INPAINT, "{" PAINT ",'fill':'latent-noise'}", NULL,
         "--fill 'latent-noise': there is no such parameter"},
        {OPERATION_INPAINT, "{" PAINT ",'mask_blur_x':1,'mask_blur_y':2}", NULL,
         "there is one blur only"},
        {OPERATION_INPAINT, "{" PAINT ",'controlnet':[{'model':'c'}]}", NULL,
         "--controlnet: inpainting has none"},
        {OPERATION_INPAINT, "{" PAINT "}", "{'inpainting_full_res':2}", "--area 2: 0 to 1"},
        {OPERATION_INPAINT, "{" PAINT "}", "{'inpainting_mask_invert':2}",
         "--set request.inpainting_mask_invert 2: 0 to 1"},
        {OPERATION_INPAINT, "{" PAINT "}", "{'mask_blur':-1}", "--mask-blur -1: 0 or more"},
        {OPERATION_INTERROGATE, "{'images':[{}],'model':'clip'}", NULL, "--model: "},
    };
    static const char *const names[] = {"prompt",         "negative_prompt", "width",
                                        "height",         "image_num",       "steps",
                                        "guidance_scale", "sampler_name",    NULL};
    static const char *const neutral[] = {"prompt", "negative_prompt", "width",   "height", "count",
                                          "steps",  "cfg_scale",       "sampler", NULL};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = {.width = 64, .height = 48};
        struct error err = {0};
        json_t *words = parse(rows[i].neutral != NULL ? rows[i].neutral : "{" REQUIRED "}");
        json_t *native = parse(rows[i].native != NULL ? rows[i].native : "{}");
        for (size_t k = 0; names[k] != NULL; k++) {
            if (json_object_get(native, names[k]) != NULL) {
                json_object_del(words, neutral[k]);
            }
        }
        if (json_object_get(native, "image_base64") != NULL) {
            json_object_del(words, "images");
        }
        char *text = json_dumps(words, 0);
        struct given given = {
            .operation = rows[i].operation, .neutral = text, .native = rows[i].native};
        int result = compose(&task, &given, NULL, &err);
        CHECK(rows[i].text == NULL
                  ? result == 0
                  : result != 0 && err.code == EXIT_USAGE && strstr(err.text, rows[i].text) != NULL,
              "limits %zu: %s", i, result != 0 ? err.text : "taken");
        free(text);
        json_decref(native);
        json_decref(words);
        backend_release_task(&task);
    }
}

/* All faults in one line; what does not fit is counted. */
static void check_together(void)
{
    static const struct {
        const char *neutral, *native, *text;
    } rows[] = {
        {"{}", NULL,
         "PPInfra would refuse this: required: --model, -i, --prompt, --size, --count, --steps, "
         "--cfg-scale, --sampler"},
        {"{'images':[{}],'width':64,'steps':500,'sampler':'Eulr','strength':0}", NULL,
         "PPInfra would refuse this: required: --model, --prompt, --size, --count, --cfg-scale; "
         "--size 64: 128 to 2048; --steps 500: 1 to 100; --sampler 'Eulr': unknown, did you mean "
         "'Euler'? (one of Euler a, Euler, LMS, Heun, DPM2, DPM2 a, DPM++ 2S a, DPM++ 2M, DPM++ "
         "SDE, DPM fast, DPM adaptive, LMS Karras, DPM2 Karras, DPM2 a Karras, DPM++ 2S a Karras, "
         "DPM++ 2M Karras, DPM++ SDE Karras, DDIM, PLMS, UniPC); --strength 0: above 0, at most 1"},
    };
    struct task many = {0};
    struct error err = {0};
    struct given given = {
        .neutral = "{'steps':500,'cfg_scale':99,'sampler':'none','count':100,'width':1,'height':1,"
                   "'loras':['a:7','b:7','c:7','d:7','e:7','f:7','g:7','h:7','i:7','j:7','k:7',"
                   "'l:7','m:7'],'styles':['x'],'script':'y'}"};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = {0};
        struct given row = {.neutral = rows[i].neutral, .native = rows[i].native};
        CHECK(compose(&task, &row, NULL, &err) != 0 && strcmp(err.text, rows[i].text) == 0,
              "together %zu: %s", i, err.text);
        backend_release_task(&task);
    }
    CHECK(compose(&many, &given, NULL, &err) != 0 && strlen(err.text) <= ERROR_TEXT_MAX - 1 &&
              strstr(err.text, " more") == err.text + strlen(err.text) - 5,
          "many: %zu: %s", strlen(err.text), err.text);
    backend_release_task(&many);
}

/* Each picture is measured; when files alone are at fault it is their fault. */
static void check_inputs(void)
{
    static const struct {
        uint32_t width, height;
        uint64_t bytes;
        const char *neutral;
        enum exit_code code;
        const char *text;
    } rows[] = {
        {2048, 2048, 30000000, "{" REQUIRED "}", EXIT_DONE, NULL},
        {2049, 2048, 30000000, "{" REQUIRED "}", EXIT_INPUT,
         "'c.png' is 2049x2048: at most 2048x2"},
        {2048, 2049, 30000000, "{" REQUIRED "}", EXIT_INPUT, "'c.png' is 2048x2049"},
        {1, 1, 30000001, "{" REQUIRED "}", EXIT_INPUT,
         "'c.png' has 30000001 bytes: at most 30000000"},
        {4000, 4000, 30000001, "{" REQUIRED ",'seed':-7}", EXIT_USAGE,
         "--seed -7: -1 or more; 'c.png' is 4000x4000: at most 2048x2048; 'c.png' has"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct input inputs[2] = {{.name = "a.png", .width = 8, .height = 8, .bytes = 100},
                                  {.name = "c.png",
                                   .width = rows[i].width,
                                   .height = rows[i].height,
                                   .bytes = rows[i].bytes}};
        struct task task = {.inputs = inputs, .n_inputs = 2};
        struct error err = {.code = EXIT_DONE};
        struct given given = {.neutral = rows[i].neutral};
        compose(&task, &given, NULL, &err);
        CHECK(err.code == rows[i].code &&
                  (rows[i].text == NULL || strstr(err.text, rows[i].text) != NULL),
              "inputs %zu: %d %s", i, (int)err.code, err.text);
        backend_release_task(&task);
    }
}

#define MODEL(api, sd, own, more)                                                                  \
    "{'sd_name_in_api':'" api "','sd_name':'" sd "','name':'" own "','status':1" more "}"
#define LISTED(models) "{'checkpoint':{'models':[" models "],'pagination':{'next_cursor':''}}}"
#define TWO                                                                                        \
    MODEL("dream_1.safetensors", "dream.safetensors", "Dream", "")                                 \
    "," MODEL("dream_2.safetensors", "dreamXL.safetensors", "Dream XL", ",'is_sdxl':true")
#define ADAPTER(name) "'ip_adapters':[{'model':'" name "','image':{},'strength':'1'}]"

static void check_models(void)
{
    static const struct {
        const char *model, *more, *facts;
        bool resolve, unchecked;
        const char *sent; /* NULL: refused */
        const char *told; /* of the error or the warning; NULL: no warning */
    } rows[] = {
        {"dream_1.safetensors", "", LISTED(TWO), false, false, "dream_1.safetensors", NULL},
        {"dreamXL.safetensors", "", LISTED(TWO), false, false, "dreamXL.safetensors", NULL},
        {"Dream", "", LISTED(TWO), false, false, "dream_1.safetensors",
         "--model 'Dream' stands for 'dream_1.safetensors'"},
        {"dream_", "", LISTED(TWO), false, false, NULL, "--resolve takes a unique part of a name"},
        {"dream_", "", LISTED(TWO), true, false, NULL,
         "may be any of 2 checkpoints: dream_1.safetensors, dream_2.safetensors; give"},
        {"am xl", "", LISTED(TWO), true, false, "dream_2.safetensors",
         "--model 'am xl' stands for 'dream_2.safetensors'"},
        {"dreams_1.safetensors", "", LISTED(TWO), false, false, NULL,
         "did you mean 'dream_1.safetensors'?"},
        {"x", "", "{'checkpoint':{'models':[]}}", false, false, NULL,
         "the service lists no checkpoint 'x' (--model); --set-unchecked sends it anyway"},
        {"x", "", "{'checkpoint':{'models':null}}", false, false, NULL, "lists no checkpoint"},
        {"x", "", "{'checkpoint':{'models':[]}}", false, true, "x", NULL},
        {"x", "", "{'checkpoint':null}", false, false, "x", NULL},
        {"x", "", "{'checkpoint':[]}", false, false, "x", NULL},
        {"zz", "", "{'checkpoint':{'models':[" TWO "],'pagination':{'next_cursor':'c_100'}}}", true,
         false, "zz", "could not be checked"},
        {"am xl", "", "{'checkpoint':{'models':[" TWO "],'pagination':{'next_cursor':'c_100'}}}",
         true, false, NULL, "may be any of more than 1 checkpoints"},
        {"dream.safetensors", "",
         "{'checkpoint':{'models':[]},'inpainting_checkpoint':{'models':[" TWO "]}}", false, false,
         "dream.safetensors", NULL},
        {"old", "", "{'checkpoint':{'models':[{'sd_name':'old','status':0}]}}", false, false, "old",
         "checkpoint 'old' is not available now"},
        {"Old One", "", "{'checkpoint':{'models':[{'sd_name':'old','name':'Old One'}]}}", false,
         false, "old", "stands for 'old'"},
        {"dream_2.safetensors", ADAPTER("ip-adapter_sdxl.bin"), LISTED(TWO), false, false,
         "dream_2.safetensors", NULL},
        {"dream_2.safetensors", ADAPTER("ip-adapter_sd15.bin"), LISTED(TWO), false, false, NULL,
         "which is SDXL: use model=ip-adapter_sdxl.bin"},
        {"old", ADAPTER("ip-adapter_sdxl.bin"),
         "{'checkpoint':{'models':[{'sd_name':'old','base_model':'SD 1.5'}]}}", false, false, NULL,
         "which is not SDXL: use model=ip-adapter_sd15.bin"},
        {"old", ADAPTER("ip-adapter_sdxl.bin"),
         "{'checkpoint':{'models':[{'sd_name':'old','base_model':'Pony'}]}}", false, false, "old",
         NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = {0};
        struct error err = {0};
        char text[2048];
        json_t *facts = parse(rows[i].facts);
        snprintf(text, sizeof text, "{%s%s%s}", REQUIRED, *rows[i].more != '\0' ? "," : "",
                 rows[i].more);
        json_t *words = parse(text);
        json_object_set_new(words, "model", json_string(rows[i].model));
        char *neutral = json_dumps(words, 0);
        struct given given = {
            .neutral = neutral, .unchecked = rows[i].unchecked, .resolve = rows[i].resolve};
        int result = compose(&task, &given, facts, &err);
        const char *sent = json_string_value(json_get_path(task.native, "request.model_name"));
        const char *warning = json_string_value(json_array_get(task.warnings, 0));
        const char *told = result != 0 ? err.text : warning;
        CHECK(rows[i].sent == NULL ? result != 0 && err.code == EXIT_REFUSED
                                   : result == 0 && strcmp(sent, rows[i].sent) == 0,
              "model %zu: %s", i, result == 0 ? sent : err.text);
        CHECK(rows[i].told == NULL ? told == NULL
                                   : told != NULL && strstr(told, rows[i].told) != NULL,
              "model %zu: %s", i, told != NULL ? told : "nothing said");
        free(neutral);
        json_decref(words);
        json_decref(facts);
        backend_release_task(&task);
    }
}

static void check_facts(void)
{
    static const struct {
        enum operation operation;
        const char *model;
        size_t n;
        const char *path;
    } rows[] = {
        {OPERATION_IMG2IMG, "Dream Shaper", 1,
         "/v3/model?filter.types=checkpoint&filter.query=Dream%20Shaper&pagination.limit=100"},
        {OPERATION_IMG2IMG, "dream&x=\xc3\xa9_81543.safetensors", 1,
         "/v3/model?filter.types=checkpoint&filter.query=dream%26x%3D%C3%A9&pagination.limit=100"},
        {OPERATION_INPAINT, "v5.1_2.ckpt", 2,
         "/v3/model?filter.types=checkpoint&filter.query=v5.1&pagination.limit=100"},
        {OPERATION_IMG2IMG, "_5.ckpt", 1,
         "/v3/model?filter.types=checkpoint&filter.query=_5&pagination.limit=100"},
        {OPERATION_INTERROGATE, "x", 0, ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fact facts[4] = {0};
        struct task task = {.operation = rows[i].operation};
        task.native = json_pack("{s:{s:s}}", "request", "model_name", rows[i].model);
        size_t n = ppinfra_backend.facts_needed(&task, facts, 4);
        CHECK(n == rows[i].n && strcmp(facts[0].path, rows[i].path) == 0, "facts %zu: %zu %s", i, n,
              facts[0].path);
        task.unchecked = true;
        CHECK(ppinfra_backend.facts_needed(&task, facts, 4) == 0, "facts %zu: unchecked", i);
        CHECK(ppinfra_backend.facts_needed(&task, facts, 0) == 0, "facts %zu: no room", i);
        backend_release_task(&task);
    }
}

/* Members that Novita's Python client sends (novitalabs/python-sdk, proto.py: Img2ImgV3Request,
 * InpaintingRequest, CommonV3Extra) are ones that are known here, and taken where it sends them. */
static void check_novita(void)
{
    static const char *const img2img[] = {
        "model_name",      "image_base64", "prompt",    "width",          "height",
        "negative_prompt", "sd_vae",       "loras",     "embeddings",     "seed",
        "image_num",       "steps",        "clip_skip", "guidance_scale", "strength",
        "sampler_name",    "controlnet",   NULL};
    static const char *const inpainting[] = {"model_name",
                                             "image_base64",
                                             "mask_image_base64",
                                             "prompt",
                                             "image_num",
                                             "steps",
                                             "guidance_scale",
                                             "seed",
                                             "sampler_name",
                                             "negative_prompt",
                                             "mask_blur",
                                             "sd_vae",
                                             "loras",
                                             "embeddings",
                                             "clip_skip",
                                             "strength",
                                             "inpainting_full_res",
                                             "inpainting_full_res_padding",
                                             "inpainting_mask_invert",
                                             "initial_noise_multiplier",
                                             NULL};
    static const char *const extra[] = {"response_image_type",  "enable_nsfw_detection",
                                        "nsfw_detection_level", "custom_storage",
                                        "enterprise_plan",      NULL};
    static const struct {
        const char *const *names;
        const char *home;
        int operation;
    } rows[] = {{img2img, "request", PPINFRA_IMG2IMG},
                {inpainting, "request", PPINFRA_INPAINT},
                {extra, "extra", 0}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (const char *const *name = rows[i].names; *name != NULL; name++) {
            const struct ppinfra_rule *rule = ppinfra_request_rules;
            char path[64];
            snprintf(path, sizeof path, "%s.%s", rows[i].home, *name);
            while (rule->name != NULL && strcmp(rule->name, *name) != 0) {
                rule++;
            }
            CHECK(native_find(ppinfra_natives, path) != NULL, "novita: %s", path);
            CHECK((rule->taken & rows[i].operation) == rows[i].operation, "novita: %s", path);
        }
    }
}

int main(void)
{
    check_novita();
    check_sent();
    check_scheduler();
    check_limits();
    check_together();
    check_inputs();
    check_models();
    check_facts();
    return unit_done("ppinfra");
}
