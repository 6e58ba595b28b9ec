#include <string.h>

#include "ppinfra.h"

#define INVALID(f, ...) failure_set((f), 400, "INVALID_REQUEST_BODY", __VA_ARGS__)

enum kind { TEXT, INTEGER, REAL, LIST, OBJECT };

/* A field. Null is as good as absent, as the Python SDK sends it. */
struct rule {
    const char *name;
    enum kind kind;
    bool required;
    double min, max; /* of a number, of a text's characters, of a list's items */
    bool above;      /* min itself is too small */
    const char *const *choices;
};

static const char *const SAMPLERS[] = {"Euler a",
                                       "Euler",
                                       "LMS",
                                       "Heun",
                                       "DPM2",
                                       "DPM2 a",
                                       "DPM++ 2S a",
                                       "DPM++ 2M",
                                       "DPM++ SDE",
                                       "DPM fast",
                                       "DPM adaptive",
                                       "LMS Karras",
                                       "DPM2 Karras",
                                       "DPM2 a Karras",
                                       "DPM++ 2S a Karras",
                                       "DPM++ 2M Karras",
                                       "DPM++ SDE Karras",
                                       "DDIM",
                                       "PLMS",
                                       "UniPC",
                                       NULL};
static const char *const PREPROCESSORS[] = {"scribble_hed",
                                            "softedge_hed",
                                            "scribble_hedsafe",
                                            "softedge_hedsafe",
                                            "depth_midas",
                                            "mlsd",
                                            "openpose",
                                            "openpose_face",
                                            "openpose_faceonly",
                                            "openpose_full",
                                            "openpose_hand",
                                            "dwpose",
                                            "scribble_pidinet",
                                            "softedge_pidinet",
                                            "scribble_pidsafe",
                                            "softedge_pidsafe",
                                            "normal_bae",
                                            "lineart_coarse",
                                            "lineart_realistic",
                                            "lineart_anime",
                                            "lineart",
                                            "depth_zoe",
                                            "shuffle",
                                            "mediapipe_face",
                                            "canny",
                                            "depth",
                                            "depth_leres",
                                            "depth_leres++",
                                            NULL};
static const char *const ADAPTERS[] = {"ip-adapter_sd15.bin", "ip-adapter_sdxl.bin", NULL};
static const char *const FORMATS[] = {"png", "webp", "jpeg", NULL};

#define ANY 1e18

static const struct rule ENVELOPE[] = {
    {"extra", OBJECT, false, 0, 0, false, NULL},
    {"request", OBJECT, true, 0, 0, false, NULL},
    {0},
};
static const struct rule EXTRA[] = {
    {"response_image_type", TEXT, false, 0, ANY, false, FORMATS},
    {0},
};
static const struct rule COMMON[] = {
    {"model_name", TEXT, true, 1, ANY, false, NULL},
    {"image_base64", TEXT, true, 1, ANY, false, NULL},
    {"prompt", TEXT, true, 1, 1024, false, NULL},
    {"image_num", INTEGER, true, 1, 8, false, NULL},
    {"steps", INTEGER, true, 1, 100, false, NULL},
    {"guidance_scale", REAL, true, 1, 30, false, NULL},
    {"sampler_name", TEXT, true, 1, ANY, false, SAMPLERS},
    {"negative_prompt", TEXT, false, 0, 1024, false, NULL},
    {"sd_vae", TEXT, false, 0, ANY, false, NULL},
    {"seed", INTEGER, false, -1, ANY, false, NULL},
    {"loras", LIST, false, 0, 5, false, NULL},
    {"embeddings", LIST, false, 0, 5, false, NULL},
    {"clip_skip", INTEGER, false, 1, 12, false, NULL},
    {"strength", REAL, false, 0, 1, true, NULL},
    {0},
};
static const struct rule IMG2IMG[] = {
    {"width", INTEGER, true, 128, 2048, false, NULL},
    {"height", INTEGER, true, 128, 2048, false, NULL},
    {"controlnet", OBJECT, false, 0, 0, false, NULL},
    {"ip_adapters", LIST, false, 0, 1, false, NULL},
    {0},
};
static const struct rule INPAINTING[] = {
    {"mask_image_base64", TEXT, true, 1, ANY, false, NULL},
    {"mask_blur", INTEGER, false, 0, 64, false, NULL},
    {"inpainting_full_res", INTEGER, false, 0, 1, false, NULL},
    {"inpainting_full_res_padding", INTEGER, false, 0, 256, false, NULL},
    {"inpainting_mask_invert", INTEGER, false, 0, 1, false, NULL},
    {"initial_noise_multiplier", REAL, false, 0, 1.5, false, NULL},
    {0},
};
static const struct rule LORA[] = {
    {"model_name", TEXT, true, 1, ANY, false, NULL},
    {"strength", REAL, true, 0, 1, false, NULL},
    {0},
};
static const struct rule EMBEDDING[] = {
    {"model_name", TEXT, true, 1, ANY, false, NULL},
    {0},
};
static const struct rule CONTROLNET[] = {
    {"units", LIST, true, 0, 100, false, NULL},
    {0},
};
static const struct rule UNIT[] = {
    {"model_name", TEXT, true, 1, ANY, false, NULL},
    {"image_base64", TEXT, true, 1, ANY, false, NULL},
    {"strength", REAL, true, 0, 1, true, NULL},
    {"preprocessor", TEXT, false, 0, ANY, false, PREPROCESSORS},
    {"guidance_start", REAL, false, 0, 1, false, NULL},
    {"guidance_end", REAL, false, 0, 1, false, NULL},
    {0},
};
static const struct rule ADAPTER[] = {
    {"model_name", TEXT, true, 1, ANY, false, ADAPTERS},
    {"image_base64", TEXT, true, 1, ANY, false, NULL},
    {"strength", REAL, true, 0, 1, false, NULL},
    {0},
};

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += (*text & 0xC0) != 0x80;
    return n;
}

static bool chosen(const char *const *choices, const char *text)
{
    for (; *choices; choices++)
        if (strcmp(*choices, text) == 0)
            return true;
    return false;
}

static int check_field(const struct rule *rule, const json_t *value, const char *where,
                       struct failure *f)
{
    static const char *const WORDS[] = {"a string", "an integer", "a number", "a list",
                                        "an object"};
    const bool good[] = {json_is_string(value), json_is_integer(value), json_is_number(value),
                         json_is_array(value), json_is_object(value)};
    double n;

    if (!good[rule->kind])
        return INVALID(f, "%s.%s: must be %s", where, rule->name, WORDS[rule->kind]);
    if (rule->kind == OBJECT)
        return 0;
    if (rule->kind == TEXT && rule->choices && *json_string_value(value) &&
        !chosen(rule->choices, json_string_value(value)))
        return INVALID(f, "%s.%s: not one of the values allowed", where, rule->name);
    n = rule->kind == TEXT   ? (double)characters(json_string_value(value))
        : rule->kind == LIST ? (double)json_array_size(value)
                             : json_number_value(value);
    if (n >= rule->min && n <= rule->max && !(rule->above && n == rule->min))
        return 0;
    return INVALID(f, "%s.%s: out of range %c%g, %g]", where, rule->name, rule->above ? '(' : '[',
                   rule->min, rule->max);
}

static int check(const struct rule *rule, const json_t *object, const char *where,
                 struct failure *f)
{
    if (!json_is_object(object))
        return INVALID(f, "%s: must be an object", where);
    for (; rule->name; rule++) {
        const json_t *value = json_object_get(object, rule->name);

        if (value && !json_is_null(value)) {
            if (check_field(rule, value, where, f) != 0)
                return -1;
        } else if (rule->required) {
            return INVALID(f, "%s.%s: required", where, rule->name);
        }
    }
    return 0;
}

static int check_model(const char *type, const json_t *object, const char *key, struct failure *f)
{
    const char *name = json_string_value(json_object_get(object, key));

    if (!name || !*name || ppinfra_has_model(type, name))
        return 0;
    return INVALID(f, "%s: there is no %s of the name %.100s", key, type, name);
}

/* Each item of a list, and that the models they name exist. */
static int check_items(const json_t *list, const struct rule *rules, const char *where,
                       const char *type, struct failure *f)
{
    json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        double start = 0, end = 1;

        if (check(rules, item, where, f) != 0 ||
            (type && check_model(type, item, "model_name", f) != 0))
            return -1;
        if (json_is_number(json_object_get(item, "guidance_start")))
            start = json_number_value(json_object_get(item, "guidance_start"));
        if (json_is_number(json_object_get(item, "guidance_end")))
            end = json_number_value(json_object_get(item, "guidance_end"));
        if (start >= end)
            return INVALID(f, "%s: guidance_start must be less than guidance_end", where);
    }
    return 0;
}

int ppinfra_check(const struct ppinfra_task *task, const json_t *body, struct failure *f)
{
    const json_t *request = json_object_get(body, "request"),
                 *extra = json_object_get(body, "extra"), *controlnet;

    if (check(ENVELOPE, body, "body", f) != 0 ||
        (json_is_object(extra) && check(EXTRA, extra, "extra", f) != 0) ||
        check(COMMON, request, "request", f) != 0 ||
        check(task->inpainting ? INPAINTING : IMG2IMG, request, "request", f) != 0 ||
        check_model("checkpoint", request, "model_name", f) != 0 ||
        check_model("vae", request, "sd_vae", f) != 0 ||
        check_items(json_object_get(request, "loras"), LORA, "request.loras", "lora", f) != 0 ||
        check_items(json_object_get(request, "embeddings"), EMBEDDING, "request.embeddings",
                    "textualinversion", f) != 0)
        return -1;
    if (task->inpainting)
        return 0;
    controlnet = json_object_get(request, "controlnet");
    if (json_is_object(controlnet) &&
        (check(CONTROLNET, controlnet, "request.controlnet", f) != 0 ||
         check_items(json_object_get(controlnet, "units"), UNIT, "request.controlnet.units",
                     "controlnet", f) != 0))
        return -1;
    return check_items(json_object_get(request, "ip_adapters"), ADAPTER, "request.ip_adapters",
                       NULL, f);
}
